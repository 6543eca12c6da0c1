"""A solution's answer as plain numbers: lists of any kind, numpy arrays and Values all count as the numbers they
hold."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import islice
from numbers import Real
from typing import Any

from autograd import Value

from ..languages import tr
from .sandbox import WrongError, called, safe_repr

__all__ = ["Tree", "floats", "leaves", "like", "plain", "same", "shape", "shown", "shown_twice", "words"]

Tree = Any  # a number, or a list of trees
_MANY = 10_000  # numbers that an answer may hold


def plain(found: Any) -> Tree:
    """Return an answer as nested lists, with its numbers and Values. Raises WrongError if it holds anything else."""
    if found is None:
        raise WrongError(tr("it returns None: is a return missing?"))
    if isinstance(found, Value) or (isinstance(found, Real) and not isinstance(found, bool)):
        return found
    if hasattr(found, "tolist"):  # numpy's numbers and arrays, and torch's tensors
        return plain(called(found.tolist))
    if isinstance(found, (set, frozenset)):
        raise WrongError(
            tr("it returns a set, which has no order and keeps only one of several equal numbers: return a list")
        )
    if isinstance(found, (str, bytes, bool, dict)) or not isinstance(found, Iterable):
        raise WrongError(tr("want numbers, got {found}, a {kind}", found=safe_repr(found), kind=type(found).__name__))
    # a generator runs the learner's code only now
    items = list(found[:_MANY]) if type(found) in (list, tuple) else called(_listed, found)
    if any(item is None for item in items):
        raise WrongError(tr("there is a None among what it returns: is a return missing in a helper?"))
    return [plain(item) for item in items]


def _listed(found: Iterable[Any]) -> list[Any]:
    return list(islice(found, _MANY))


def floats(tree: Tree) -> Tree:
    """Return the same tree, with a float for each Value or number."""
    if isinstance(tree, list):
        return [floats(item) for item in tree]
    try:
        return float(tree.data if isinstance(tree, Value) else tree)
    except (OverflowError, TypeError, ValueError):
        raise WrongError(tr("{found} is not a number that fits a float", found=safe_repr(tree))) from None


def leaves(tree: Tree) -> list[Any]:
    """Return the numbers in a tree, from the first to the last."""
    return [leaf for item in tree for leaf in leaves(item)] if isinstance(tree, list) else [tree]


def shape(tree: Tree) -> tuple[int, ...] | None:
    """Return the lengths of a tree's lists, from the outside in; None if lists at the same depth differ."""
    if not isinstance(tree, list):
        return ()
    inner = {shape(item) for item in tree}
    if len(inner) > 1 or None in inner:
        return None
    return (len(tree), *(next(iter(inner), ()) or ()))


def like(tree: Tree, right: Tree) -> bool:
    """Return whether both trees are nested in the same way."""
    if not isinstance(tree, list) or not isinstance(right, list):
        return not isinstance(tree, list) and not isinstance(right, list)
    return len(tree) == len(right) and all(map(like, tree, right))


def same(tree: Tree, other: Tree, precision: float) -> bool:
    """Return whether the numbers agree, in absolute terms or relative to the largest of them."""
    return like(tree, other) and all(
        math.isclose(x, y, rel_tol=precision, abs_tol=precision) or (x != x and y != y)
        for x, y in zip(leaves(tree), leaves(other))
    )


def shown(tree: Tree, digits: int = 5) -> str:
    """Return a tree as Python would write it, with short numbers."""
    if isinstance(tree, list):
        return f"[{', '.join(shown(item, digits) for item in tree)}]"
    return f"{tree or 0.0:.{digits}g}"  # no "-0"


def shown_twice(tree: Tree, other: Tree) -> tuple[str, str]:
    """Return two trees that differ, with as many digits as tell them apart."""
    pairs = ((shown(tree, digits), shown(other, digits)) for digits in (5, 8, 12, 17))
    return next(pair for pair in pairs if pair[0] != pair[1])


def words(tree: Tree) -> str:
    """Return what kind of answer it is: "a number", "a list of 3 numbers", "a 2 x 3 matrix"."""
    lengths = shape(tree)
    if lengths == ():
        return tr("a number")
    if lengths is None:
        return tr("a list of {items}", items=", ".join(map(words, tree)))
    if len(lengths) == 1:
        return tr("a list of {count} number" if lengths[0] == 1 else "a list of {count} numbers", count=lengths[0])
    if len(lengths) == 2:
        return tr("a {sizes} matrix", sizes=" x ".join(map(str, lengths)))
    return tr("a list nested {depth} deep", depth=len(lengths))
