"""Edits that depend on the code around an expression: another variable, or a missing factor or term."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator, Sequence

from .edits import Edit, Function, Site, call_of, edit_at, is_number, names_in, text

__all__ = ["atoms_of", "in_scope", "missing", "other_calls", "other_names"]

_ABOUT = ("getattr", "hasattr", "isinstance", "type", "id")
_ROOT = re.compile(r"(len\(\w+\)) \*\* 0\.5")


def in_scope(tree: ast.Module, function: Function) -> list[str]:
    """Return the names in a function and in the functions around it, except for the names of functions."""
    around = [
        one for one in ast.walk(tree) if isinstance(one, (ast.FunctionDef, ast.Lambda)) and function in ast.walk(one)
    ]
    found = dict.fromkeys(names_in(function))
    for one in around:
        found.update(dict.fromkeys(names_in(one)))
    return list(found)


def other_names(site: Site, names: Sequence[str]) -> Iterator[Edit]:
    node = site.node
    if isinstance(site.owner, ast.Call) and text(site.owner.func) in _ABOUT:
        return  # len(x) and the like ask about x, and do not compute with it
    yield from _element(site, names)
    if isinstance(node, ast.Name) and node.id in names:
        called = isinstance(site.owner, ast.Call) and site.field == "func"
        for other in names if not called else ():
            if other != node.id:
                cost = 1.3 if not isinstance(site.owner, ast.Call) or site.field == "args" else 1.6
                yield edit_at("name", site, ast.Name(other, ast.Load()), cost, f"{node.id} {other}", other=other)


def _element(site: Site, names: Sequence[str]) -> Iterator[Edit]:
    """Yield the loop variable x for X[0]."""
    node = site.node
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and isinstance(node.slice, (ast.Constant, ast.Name))
    ):
        for loop in site.loops:
            for one in ast.walk(getattr(loop, "target", loop)):
                if isinstance(one, ast.Name) and one.id in names and isinstance(one.ctx, ast.Store):
                    yield edit_at(
                        "name", site, ast.Name(one.id, ast.Load()), 1.3, f"{text(node)} {one.id}", other=one.id
                    )


def other_calls(site: Site, names: Sequence[str]) -> Iterator[Edit]:
    """Yield calls to a function that was given as an argument: slope(w) for w."""
    node = site.node
    if not isinstance(node, ast.Name) or (isinstance(site.owner, ast.Call) and site.field == "func"):
        return
    asked = {n.func.id for n in ast.walk(site.function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    for name in names:
        if name in asked and name != node.id:
            yield edit_at("lacks call", site, call_of(name, node), 1.4, f"{name} {node.id}", name=name)


def atoms_of(tree: ast.Module, function: Function, names: Sequence[str]) -> list[ast.expr]:
    """Return things that may be missing: numbers, names, elements and lengths that the function uses."""
    found: dict[str, ast.expr] = {}
    loops = [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    for name in names:
        found[name] = ast.Name(name, ast.Load())
    for node in ast.walk(function):
        is_slice = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)
        is_read = isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Load)
        if is_read and not is_slice and len(text(node)) < 24:
            found[text(node)] = node
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and len(text(node)) < 12:
            found[text(node)] = node
    top = next((one for one in tree.body[::-1] if isinstance(one, ast.FunctionDef)), None)
    for argument in top.args.args if top else ():
        found[f"len({argument.arg})"] = call_of("len", ast.Name(argument.arg, ast.Load()))
        for index in loops:
            if index in ("i", "j", "k", "n", "r", "c") and argument.arg in names:
                element = ast.Subscript(ast.Name(argument.arg, ast.Load()), ast.Name(index, ast.Load()), ast.Load())
                found[text(element)] = element
    for attribute in ("grad", "data"):
        for name in ("out", "self", "other"):
            if name in names:
                one = ast.Attribute(ast.Name(name, ast.Load()), attribute, ast.Load())
                found[text(one)] = one
    if top:
        for argument in top.args.args:
            root = ast.BinOp(call_of("len", ast.Name(argument.arg, ast.Load())), ast.Pow(), ast.Constant(0.5))
            found[text(root)] = root
    return [copy.deepcopy(atom) for atom in found.values()]  # a tree must not contain itself


def missing(site: Site, atoms: Sequence[ast.expr]) -> Iterator[Edit]:
    """Yield edits that add a missing factor, divisor or term."""
    node = site.node
    if not _takesmissing(site):
        return
    far = (
        0.0
        if isinstance(site.owner, (ast.Return, ast.Assign, ast.AugAssign, ast.Tuple, ast.List, ast.ListComp))
        else 0.2
    )
    for atom in (ast.Constant(2), *atoms):
        code = _ROOT.sub(r"sqrt(\1)", text(atom))
        if code == text(node) and not isinstance(atom, ast.Constant):
            yield edit_at("square", site, ast.BinOp(node, ast.Pow(), ast.Constant(2)), 1.5 + far)
            continue
        plain = 0.0 if isinstance(atom, (ast.Constant, ast.Name)) else 0.2
        for op, kind in ((ast.Mult(), "factor"), (ast.Div(), "divisor"), (ast.Add(), "term"), (ast.Sub(), "minus")):
            if isinstance(atom, ast.Constant) and kind in ("term", "minus"):
                continue
            value = ast.BinOp(node, op, atom)
            yield edit_at(kind, site, value, 1.5 + far + plain, code, part=code)


def _takesmissing(site: Site) -> bool:
    """Return whether a number may be missing next to this expression: not inside a product, where it would make no
    difference."""
    node, owner = site.node, site.owner
    if not is_number(node) or (isinstance(node, ast.Constant) and not isinstance(owner, ast.Return)):
        return False
    if isinstance(owner, (ast.Return, ast.Assign, ast.AugAssign, ast.Tuple, ast.ListComp, ast.GeneratorExp)):
        return site.field in ("value", "elts", "elt")
    if isinstance(owner, ast.List):
        return True
    if isinstance(owner, ast.BinOp):
        return isinstance(owner.op, (ast.Add, ast.Sub)) or (isinstance(owner.op, ast.Div) and site.field == "right")
    return isinstance(owner, ast.Call) and site.field == "args" and _sinks(owner)


def _sinks(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("append", "exp", "sqrt", "insert", "sum")
