"""Makes a program that shows a disagreement as short as possible: each change that still shows one in the same mode is
kept.

Changes are made in the syntax tree: a statement is removed, a block is replaced by its body, an expression by a part of
it, or a number by a simpler one. A program that no longer computes shows nothing, so it is not kept.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator

SIMPLE = (1.0, 2.0, 0.5, 3.0, -1.0)


def shrink(
    text: str, shows: Callable[[str], bool], deadline: float, clock: Callable[[], float] = time.monotonic
) -> str:
    """Return the shortest text found by `deadline` on the clock. shows: whether a text still disagrees."""
    best = text
    found = True
    while found:
        found = False
        for shorter in sorted(set(changed(best)), key=len):
            if clock() > deadline:
                return best
            if _size(shorter) < _size(best) and shows(shorter):
                best, found = shorter, True
                break
    return best


def _size(text: str) -> tuple[int, int]:
    """Return what should become smaller: the parts of the program, then its letters."""
    return sum(1 for _ in ast.walk(ast.parse(text))), len(text)


def changed(text: str) -> Iterator[str]:
    """Yield all programs that are one change simpler."""
    tree = ast.parse(text)
    for node in [*ast.walk(tree)]:
        for name, field in [*ast.iter_fields(node)]:
            if isinstance(field, list):
                for i, item in enumerate(field):
                    blocks = [item.body] if isinstance(item, (ast.For, ast.With)) else []
                    for new in [[], *blocks, *([part] for part in _parts(item))]:
                        yield from _with(tree, node, name, [*field[:i], *new, *field[i + 1 :]])
            elif isinstance(field, ast.expr):
                for part in _parts(field):
                    yield from _with(tree, node, name, part)


def _parts(item: object) -> Iterator[ast.expr]:
    """Yield what may replace an expression: a part of it, or a simpler number."""
    if not isinstance(item, ast.expr):
        return
    for child in ast.walk(item):
        if isinstance(child, ast.expr) and child is not item:
            yield child
    if isinstance(item, ast.Constant) and type(item.value) in (int, float):
        simpler = (2, 1) if type(item.value) is int else (*SIMPLE, round(item.value, 1))
        yield from (
            ast.Constant(number)
            for number in simpler
            if len(repr(number)) < len(repr(item.value)) or number == 1.0 != item.value
        )


def _with(tree: ast.Module, node: ast.AST, name: str, new: object) -> Iterator[str]:
    """Yield the program with something else in one field of a node, if that is a program; the tree stays as it is."""
    kept = getattr(node, name)
    setattr(node, name, new)
    try:
        text = ast.unparse(tree)
        compile(text, "<program>", "exec")
    except (SyntaxError, ValueError, TypeError, AttributeError, IndexError, RecursionError):
        return
    finally:
        setattr(node, name, kept)
    yield text + "\n"
