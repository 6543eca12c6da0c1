"""The source code of a learner's function or class, as a tree that can be edited and compiled again."""

from __future__ import annotations
import __future__

import ast
import builtins
import linecache
import math
import sys
from collections.abc import Mapping, Sequence
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import autograd
import nn

from ..sandbox import REPAIRED, is_library

__all__ = ["Program", "Turns", "compiled", "program_of", "written"]

_LONGEST = 2_000  # items of a list, or bits of an integer: anything longer is assumed to grow without end
_MODULES = {"math", "cmath", "autograd", "nn", "numpy", "itertools", "functools", "operator", "collections", "copy", "random",
            "dataclasses", "typing", "fractions", "statistics", "contextlib"}  # fmt: skip
_EFFECTS = {"open", "input", "exec", "eval", "compile", "exit", "quit", "breakpoint", "globals", "__import__", "iter"}
_ENDLESS = {"count", "cycle", "repeat"}  # functions of itertools: their iterations cannot be counted


class _EndlessError(BaseException):
    """Ends a changed program that does not stop."""


class Program(NamedTuple):
    """A module with one definition and the helpers that it calls, with the line numbers of the learner's file.

    turning: its loops, comprehensions and functions, whose iterations are counted. whole: whether everything it
    calls is in the module or in a library.
    """

    tree: ast.Module
    turning: Sequence[Any]
    name: str
    namespace: Mapping[str, Any]
    lines: list[str]
    whole: bool

    def code_at(self, line: int, limit: int = 64) -> str:
        """Return the learner's own text of the statement that a line belongs to, on one line, without comments."""
        found: ast.stmt | None = None
        for node in ast.walk(self.tree):
            if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0):
                found = node
        if found is None:
            return self.lines[line - 1].strip()
        last = found.end_lineno or line
        body = getattr(found, "body", None)
        if body:
            last = max(found.lineno, body[0].lineno - 1)
        kept = [_uncommented(one) for one in self.lines[found.lineno - 1 : last]]
        code = " ".join(" ".join(kept).split())
        return code if len(code) <= limit else code[: limit - 3] + "..."


def _uncommented(line: str) -> str:
    """Return the line without its trailing comment; a # inside quotes stays."""
    quote = ""
    for place, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == "#":
            return line[:place]
    return line


def written(source: str, name: str) -> Program:
    """Return a program that we wrote."""
    tree = ast.parse(source)
    namespace = {"math": math, "nn": nn, "autograd": autograd, "Value": autograd.Value}
    return Program(tree, turning_in(tree), name, namespace, source.splitlines(), True)


def program_of(thing: Any) -> Program | None:
    """Return the source of a function or class, as a program; None if it is unknown, or does more than compute."""
    found = _definition(thing)
    if found is None:
        return None
    node, lines, some, tree = found
    namespace = dict(some.__globals__)
    for name, cell in zip(some.__code__.co_freevars, some.__closure__ or ()):
        try:
            namespace.setdefault(name, cell.cell_contents)
        except ValueError:
            return None
    helpers: list[ast.stmt] = []
    wanted = [node]
    for one in wanted:
        for name in _names(one):
            helper = namespace.get(name)
            for other in tree.body:
                if (
                    isinstance(other, (ast.FunctionDef, ast.ClassDef))
                    and other.name == name
                    and other not in wanted
                    and _file_of(helper) == some.__code__.co_filename
                ):
                    wanted.append(other)
                    helpers.append(other)
    module = ast.Module([*reversed(helpers), node], [])
    inside = {one.name for one in wanted}
    whole = all(name in inside or not _is_learners(namespace.get(name)) for one in wanted for name in _names(one))
    return (
        Program(module, turning_in(module), node.name, namespace, lines, whole)
        if _only_computes(module, namespace)
        else None
    )


def _definition(
    thing: Any,
) -> tuple[ast.FunctionDef | ast.ClassDef, list[str], FunctionType, ast.Module] | None:
    """Return the node that defines a function or class, the lines of its file, one of its functions, and the tree of
    the whole file."""
    functions = list(vars(thing).values()) if isinstance(thing, type) else [thing]
    some = next((one for one in functions if isinstance(one, FunctionType)), None)
    if some is None:
        return None
    filename, first = some.__code__.co_filename, some.__code__.co_firstlineno
    if isinstance(thing, type):  # a dataclass also has generated methods
        some = next(
            (
                one
                for one in functions
                if isinstance(one, FunctionType) and linecache.getlines(one.__code__.co_filename)
            ),
            some,
        )
        filename, first = some.__code__.co_filename, some.__code__.co_firstlineno
    lines = linecache.getlines(filename, some.__globals__)
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError):
        return None
    kinds = ast.ClassDef if isinstance(thing, type) else ast.FunctionDef
    for node in ast.walk(tree):
        top = min((one.lineno for one in getattr(node, "decorator_list", ())), default=getattr(node, "lineno", 0))
        inside = top <= first <= (getattr(node, "end_lineno", 0) or 0) if isinstance(thing, type) else top == first
        if isinstance(node, kinds) and node.name == thing.__name__ and inside:
            return node, lines, some, tree
    return None


def _file_of(thing: Any) -> str:
    if isinstance(thing, type):
        thing = next((one for one in vars(thing).values() if isinstance(one, FunctionType)), None)
    return thing.__code__.co_filename if isinstance(thing, FunctionType) else ""


def turning_in(tree: ast.AST) -> list[Any]:
    return [one for one in ast.walk(tree) if isinstance(one, _TURNING)]


def _names(tree: ast.AST) -> list[str]:
    """Return the names that a definition takes from outside: an argument or a local variable may have the name of
    another exercise."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    return list(dict.fromkeys(node.id for node in names if node.id not in own))


def _is_learners(thing: Any) -> bool:
    return bool(_file_of(thing)) and not is_library(_file_of(thing))


def _only_computes(tree: ast.AST, namespace: Mapping[str, Any]) -> bool:
    """Return whether the program can be run a thousand times: it does not open files, ask for input, or sleep."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            if any(name.split(".")[0] not in _MODULES for name in named):
                return False
        elif isinstance(node, ast.Name):
            held = namespace.get(node.id, getattr(builtins, node.id, None))
            if isinstance(held, ModuleType) and held.__name__.split(".")[0] not in _MODULES:
                return False
            if node.id in _ENDLESS and getattr(held, "__module__", "") == "itertools":
                return False
            if node.id in _EFFECTS and held is getattr(builtins, node.id, None):
                return False
            home = (getattr(held, "__module__", None) or "").split(".")[0]
            if home in {"time", "os", "posix", "nt", "subprocess", "shutil", "socket", "urllib", "_io", "io"}:
                return False
        elif isinstance(node, ast.Attribute):
            if node.attr in _ENDLESS and ast.unparse(node.value) == "itertools":
                return False
        elif isinstance(node, (ast.Await, ast.Global)):
            return False
    return True


class Turns:
    """Counts loop iterations and calls, and ends a program that makes too many of them or grows without end."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.made = 0

    def __call__(self) -> bool:
        self.made += 1
        if self.made > self.most:
            raise _EndlessError("it runs on")
        if not self.made % 16 and any(map(_is_huge, sys._getframe(1).f_locals.values())):
            raise _EndlessError("it grows on")
        return True


def compiled(program: Program, turns: Turns) -> Any:
    """Return what the tree defines in its current state, with loops that always end. None if it does not compile, or
    fails at once."""
    with_ticks = [node.ifs if isinstance(node, ast.comprehension) else node.body for node in program.turning]
    for node, body in zip(program.turning, with_ticks):
        body.insert(0, _TICK.value if isinstance(node, ast.comprehension) else _TICK)
    try:
        code: CodeType = compile(
            program.tree, REPAIRED, "exec", __future__.annotations.compiler_flag, dont_inherit=True
        )
    except (SyntaxError, ValueError, TypeError):
        return None
    finally:
        for body in with_ticks:
            del body[0]
    namespace = {"math": math, **program.namespace, "__tick__": turns}
    try:
        exec(code, namespace)
    except Exception:
        return None
    return namespace[program.name]


def _is_huge(thing: Any) -> bool:
    if isinstance(thing, int):
        return thing.bit_length() > _LONGEST
    return isinstance(thing, (list, dict, set, tuple, str)) and len(thing) > _LONGEST


_TURNING = (ast.For, ast.While, ast.FunctionDef, ast.comprehension)
_TICK = ast.fix_missing_locations(
    ast.copy_location(ast.Expr(ast.Call(ast.Name("__tick__", ast.Load()), [], [])), ast.parse("0").body[0])
)
