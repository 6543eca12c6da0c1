"""All single changes of a module's syntax tree, in an order that stays the same.

>>> SOURCES["demo.py"] = "def f(a, b):\\n    return a + b if a < 1 else g(a, b)\\n"
>>> [change.said for change in changes("demo.py")]
['return None', 'if not (a < 1)', 'a <= 1', 'a > 1', 'a - b', 'g(b, a)', '2']
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# The parts of the code that mutants are drawn from, each as often as the others.
GROUPS = {
    "value": ["autograd/value.py"],
    "slow path": ["autograd/slow_path.py"],
    "recording": ["autograd/recording.py", "autograd/functions.py"],
    "methods": ["autograd/methods.py", "autograd/kernels.py"],
    "modes": ["autograd/modes.py"],
    "graph": ["autograd/graph.py"],
    "higher order": ["autograd/higher_order.py"],
    "formula printer": ["autograd/formula/*.py", "autograd/explain/formulas.py"],
    "stepper": ["autograd/stepper/*.py"],
    "nn": ["nn/*.py", "nn/modules/*.py"],
    "optim": ["nn/optim/*.py", "autograd/updates.py"],
    "compiled": ["autograd/compiled/*.py", "autograd/compiled/c/*.py"],
    "drawing": ["autograd/drawing/*.py", "autograd/drawing/*/*.py"],
}

_BINARY = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.BitXor: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
_COMPARED = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
_LEFT_OUT = (ast.Expr, ast.Assign, ast.AugAssign, ast.Raise, ast.Delete, ast.Continue, ast.Break)


class Change:
    """One change. place: which node of a walk over the tree it is at; kind: which of the changes of that node; line: where it is."""

    def __init__(self, file: str, place: int, kind: int) -> None:
        self.file, self.place, self.kind = file, place, kind

    @cached_property
    def _described(self) -> tuple[int, int, str, str, str]:
        node, parents = _tree(self.file)[0][self.place], _tree(self.file)[1]
        said, _ = list(_ways(node, parents))[self.kind]
        return node.lineno, node.end_lineno or node.lineno, _short(node), said(), _function(node, parents)  # type: ignore[attr-defined]

    line = property(lambda self: self._described[0])
    end = property(lambda self: self._described[1])
    before = property(lambda self: self._described[2])
    said = property(lambda self: self._described[3])
    function = property(lambda self: self._described[4])

    @property
    def name(self) -> str:
        """The name of the change, which does not depend on its line."""
        return f"{self.file}: {self.function}: {self.before} -> {self.said}"

    def tree(self) -> ast.Module:
        """Return the module with this change; every line keeps its number."""
        nodes, parents = _parsed(_source(self.file))
        _, apply = list(_ways(nodes[self.place], parents))[self.kind]
        apply()
        return ast.fix_missing_locations(nodes[0])  # type: ignore[arg-type]


Parents = dict[ast.AST, ast.AST]
SOURCES: dict[str, str] = {}  # texts to use in place of files, by file name


def _source(file: str) -> str:
    return SOURCES[file] if file in SOURCES else (ROOT / file).read_text(encoding="utf-8")


def _parsed(source: str) -> tuple[list[ast.AST], Parents]:
    """Return all nodes, the module first, and the node around each."""
    nodes: list[ast.AST] = [ast.parse(source)]
    parents: Parents = {}
    for node in nodes:
        for child in ast.iter_child_nodes(node):
            if child not in parents:  # operators are the same objects everywhere
                parents[child] = node
                nodes.append(child)
    return nodes, parents


@cache
def _tree(file: str) -> tuple[list[ast.AST], Parents]:
    return _parsed(_source(file))


def drawn(count: int, seed: int) -> list[Change]:
    """Draw `count` changes, the same number from each group; a longer draw begins with a shorter one."""
    rng = random.Random(seed)
    piles = []
    for patterns in GROUPS.values():
        files = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
        pile = [change for path in files for change in changes(path.relative_to(ROOT).as_posix())]
        rng.shuffle(pile)
        piles.append(pile)
    found: dict[str, Change] = {}  # by name: results are kept under it
    while len(found) < count and any(piles):
        for pile in filter(None, piles):
            change = pile.pop()
            found.setdefault(change.name, change)
    return [*found.values()][:count]


@cache
def changes(file: str) -> tuple[Change, ...]:
    """Return all changes of a module."""
    nodes, parents = _tree(file)
    hidden = _out_of_reach(nodes)
    return tuple(
        Change(file, place, kind)
        for place, node in enumerate(nodes)
        if hasattr(node, "lineno") and node not in hidden
        for kind, _ in enumerate(_ways(node, parents))
    )


def _short(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:80]


def _function(node: ast.AST, parents: Parents) -> str:
    names: list[str] = []
    while node in parents:
        node = parents[node]
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.append(node.name)
    return ".".join(reversed(names)) or "module"


def _out_of_reach(nodes: list[ast.AST]) -> set[ast.AST]:
    """Return what no test could see: annotations, docstrings, overloads, what only type checkers read, lists of
    names."""
    hidden: set[ast.AST] = set()
    for node in nodes:
        roots: list[ast.AST | None] = []
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            hidden.add(node)
            roots = [node.test, *node.body]
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            roots = [node.annotation]
        elif isinstance(node, ast.FunctionDef):
            roots = [node.returns, *([node] if any("overload" in ast.unparse(d) for d in node.decorator_list) else [])]
        elif _is_list_of_names(node) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            roots = [node]
        hidden.update(inside for root in roots if root is not None for inside in ast.walk(root))
    return hidden


def _is_list_of_names(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)


def _ways(node: ast.AST, parents: Parents) -> Iterator[tuple[Callable[[], str], Callable[[], None]]]:
    """Yield each change of a node: what it looks like, and what makes it."""

    def setting(
        name: str, value: object, said: Callable[[], str] | None = None
    ) -> tuple[Callable[[], str], Callable[[], None]]:
        def say() -> str:
            twin = copy.copy(node)
            setattr(twin, name, value)
            return said() if said else _short(twin)

        return say, lambda: setattr(node, name, value)

    def replacing(new: ast.AST | None) -> tuple[Callable[[], str], Callable[[], None]]:
        def apply() -> None:
            parent = parents[node]
            for name, field in ast.iter_fields(parent):
                if field is node:
                    setattr(parent, name, ast.copy_location(new, node))  # type: ignore[arg-type]
                elif isinstance(field, list) and any(item is node for item in field):
                    k = next(k for k, item in enumerate(field) if item is node)
                    field[k] = ast.copy_location(new or ast.Pass(), node)

        return lambda: _short(new) if new else "left out", apply

    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in _BINARY:
        if not _is_text(node):
            yield setting("op", _BINARY[type(node.op)]())
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in _COMPARED.get(type(node.ops[0]), ()):
            yield setting("ops", [other()])
    elif isinstance(node, ast.BoolOp):
        yield setting("op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield replacing(node.operand)
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        word = "while" if isinstance(node, ast.While) else "if"
        test = node.test
        negated = ast.copy_location(ast.UnaryOp(ast.Not(), test), test)
        yield setting("test", negated, lambda: f"{word} not ({_short(test)})")
    elif (
        isinstance(node, ast.Return)
        and node.value is not None
        and not (isinstance(node.value, ast.Constant) and node.value.value is None)
    ):
        yield setting("value", None, lambda: "return None")
    elif isinstance(node, ast.Constant):
        if type(node.value) is bool:
            yield setting("value", not node.value)
        elif type(node.value) in (int, float):
            yield setting("value", node.value + 1)
    elif (
        isinstance(node, ast.Call)
        and len(node.args) >= 2
        and not any(isinstance(arg, ast.Starred) for arg in node.args[:2])
    ):
        yield setting("args", [node.args[1], node.args[0], *node.args[2:]])
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield setting("ifs", [])
    if isinstance(node, _LEFT_OUT) and not isinstance(parents.get(node), ast.Module):
        yield replacing(None)


def _is_text(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in ast.walk(node)
    )
