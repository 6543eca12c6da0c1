"""A small edit of a program: what it changes in the tree, where, and what to say about it.

An edit is made in place and undone afterwards, so hundreds of them cost little.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

__all__ = [
    "Change", "Edit", "Function", "Site", "call_of", "edit_at", "grouped", "is_number", "made", "names_in", "new", "sites", "text",
]  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Loop = ast.For | ast.While | ast.comprehension


class Change(NamedTuple):
    """A change of one field of a node, or of one item of a list."""

    owner: ast.AST
    field: str
    index: int | None
    value: Any


class Edit(NamedTuple):
    """kind: its row in sentences.py. fields: the words that the row has blanks for. cost: how far-fetched it is.

    key: edits with the same kind and key are one slip made in several places; "" for an edit that is always alone.
    """

    kind: str
    lines: tuple[int, ...]
    changes: tuple[Change, ...]
    fields: dict[str, str]
    cost: float
    key: str = ""


class Site(NamedTuple):
    """An expression of a program, and where it is."""

    node: ast.expr
    owner: ast.AST
    field: str
    index: int | None
    statement: ast.stmt
    function: Function
    loops: tuple[Loop, ...]

    def put(self, value: ast.expr) -> Change:
        return Change(self.owner, self.field, self.index, new(value, self.node))

    @property
    def line(self) -> int:
        return self.node.lineno


@contextmanager
def made(changes: Sequence[Change]) -> Iterator[None]:
    """Keep changes in the tree during the block. Raises IndexError if another edit has removed one of the places."""
    before: list[Change] = []
    try:
        for owner, field, index, value in changes:
            held = getattr(owner, field)
            before.append(Change(owner, field, index, held if index is None else held[index]))
            _set(owner, field, index, value)
        yield
    finally:
        for change in reversed(before):
            _set(*change)


def _set(owner: ast.AST, field: str, index: int | None, value: Any) -> None:
    if index is None:
        setattr(owner, field, value)
    else:
        getattr(owner, field)[index] = value


def new(node: Any, place: ast.AST) -> Any:
    """Return a new node, at the position of an old one."""
    return ast.fix_missing_locations(ast.copy_location(node, place))


def text(node: ast.AST, limit: int = 48) -> str:
    """Return the code of a node, on one line."""
    code = " ".join(ast.unparse(node).split())
    return code if len(code) <= limit else code[: limit - 3] + "..."


def edit_at(kind: str, site: Site, value: ast.expr, cost: float, key: str = "", **fields: str) -> Edit:
    """Return an edit that puts another expression at a site."""
    return Edit(kind, (site.line,), (site.put(value),), {"old": text(site.node), **fields}, cost, key)


def call_of(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def is_number(node: ast.expr) -> bool:
    return isinstance(node, (ast.BinOp, ast.Call, ast.Name, ast.Attribute, ast.Subscript, ast.Constant)) and not (
        isinstance(node, ast.Constant) and not isinstance(node.value, (int, float))
    )


def sites(tree: ast.AST) -> Iterator[Site]:
    """Yield every expression that is read, from the outside in."""
    yield from _below(tree, None, None, ())


def _below(
    node: ast.AST, statement: ast.stmt | None, function: Function | None, loops: tuple[Loop, ...]
) -> Iterator[Site]:
    if isinstance(node, ast.stmt):
        statement = node
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        function, loops = node, ()
    inside = loops
    if isinstance(node, (ast.For, ast.While)):
        inside = (*loops, node)
    elif isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)):
        inside = (*loops, *node.generators)
    for field, value in ast.iter_fields(node):
        if field in ("decorator_list", "returns", "annotation", "args") and not isinstance(node, ast.Call):
            continue
        within = loops if field in ("iter", "orelse") else inside
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST):
                continue
            if isinstance(child, ast.expr) and statement and function and _is_read(child):
                yield Site(child, node, field, index, statement, function, within)
            yield from _below(child, statement, function, within)


def _is_read(node: ast.expr) -> bool:
    return isinstance(getattr(node, "ctx", None) or ast.Load(), ast.Load)


def names_in(function: Function) -> list[str]:
    """Return the names that a function assigns values to, its arguments first."""
    found = dict.fromkeys(argument.arg for argument in function.args.args)
    if function.args.vararg:
        found[function.args.vararg.arg] = None
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] = None
        elif isinstance(node, (ast.FunctionDef, ast.Lambda)) and node is not function:
            for argument in node.args.args:
                found[argument.arg] = None
    return list(found)


def grouped(edits: Sequence[Edit]) -> list[Edit]:
    """Return each slip that is made in several places, as a single edit of all of them, which costs a little more than
    one edit."""
    together: dict[tuple[str, str], list[Edit]] = {}
    for edit in edits:
        if edit.key:
            together.setdefault((edit.kind, edit.key), []).append(edit)
    found: list[Edit] = []
    for several in together.values():
        places = {id(edit.changes[0].owner) for edit in several}, {edit.changes[0].index for edit in several}
        if 1 < len(several) < 9 and max(map(len, places)) > 1:
            changes = tuple(change for edit in several for change in edit.changes)
            lines = tuple(sorted({line for edit in several for line in edit.lines}))
            found.append(several[0]._replace(lines=lines, changes=changes, cost=several[0].cost + 0.5, key=""))
    return found
