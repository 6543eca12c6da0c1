"""Lesson 53b: a gradient is a sum over paths, and the order of a backward pass decides whether it is complete."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from ..languages import tr
from .exercise import Case, exercise
from .inputs import vector
from .sandbox import WrongError, called, safe_repr


def _paths(rng: Random) -> Iterator[Case]:
    yield ([[3.0, 1.0], [3.0, 1.0], [2.0, 1.0, 1.0], [2.0, 1.0, 1.0]],)  # the four paths of the emblem: 10
    for lengths in ((2,), (1, 3), (3, 2, 2), (2, 2)):
        yield ([vector(rng, length) for length in lengths],)


@exercise(
    "53b", "easy", 5,
    hint="Along one path the partials multiply. Different paths bring their shares to the same leaf, where they "
        "add up.",
    solution="""
def over_paths(paths):
    total = 0.0
    for partials in paths:
        product = 1.0
        for partial in partials:
            product = product * partial
        total = total + product
    return total
""",
    cases=_paths,
)  # fmt: skip
def over_paths(slip: Any, paths: list[list[Any]]) -> Any:
    """over_paths(paths) -> the gradient of a leaf, from the partials along each of its paths."""
    shares = []
    share: Any = 1.0
    extra: Any = 0.0
    kept = slip("The product carries over from one path to the next: start each path at 1.")
    early = slip("Products of only part of a path are added too: add when a path is complete, after the inner loop.")
    for partials in paths:
        share = share if kept else 1.0
        for k, partial in enumerate(partials):
            share = share * partial
            extra = extra + share if early and k < len(partials) - 1 else extra
        if slip("Each product starts at 0, and stays 0: start it at 1."):
            share = 0.0
        if slip("Along a path the partials are added: multiply them instead."):
            share = sum(partials[1:], partials[0])
        if slip("Only the last partial of each path is used: multiply all of them."):
            share = partials[-1]
        if slip("The first partial of each path is left out."):
            share = math.prod(partials[1:])
        if slip("The last partial of each path is left out."):
            share = math.prod(partials[:-1])
        if slip("Only the first partial of each path is used: multiply all of them."):
            share = partials[0]
        shares.append(share)
    total = sum(shares[1:], shares[0]) + extra
    if slip("The last path overwrites the others: use `+=`, not `=`."):
        total = shares[-1]
    if slip("Only the first path is counted: go on to the others."):
        total = shares[0]
    if slip("Only the largest path is counted: all of them count."):
        total = max(shares)
    if slip("Only the smallest path is counted: all of them count."):
        total = min(shares)
    if slip("Equal shares are counted only once, as in a set: count every path."):
        total = sum(set(shares))
    if slip("The paths are averaged, but their shares add up."):
        total = total / len(shares)
    if slip("The paths are multiplied with each other, but their shares add up."):
        total = math.prod(shares)
    if slip("The sum starts at 1: start at 0."):
        total = total + 1
    return total


# Edges in the order of a correct backward pass: (node, operand, partial), where node 0 is the result.
_EMBLEM = [(0, 1, 3.0), (0, 2, 2.0), (2, 1, 1.0), (1, 3, 1.0), (1, 3, 1.0)]


def _graphs(rng: Random) -> Iterator[Case]:
    yield 4, list(_EMBLEM)
    for count in (2, 3, 5, 6):
        edges = []
        for node in range(count - 1):
            edges += [(node, node + 1 + int(rng.random() * (count - node - 1)), x) for x in vector(rng, 2)]
        yield count, edges


@exercise(
    "53b", "medium", 10,
    hint="Make a list of zeros, and put the seed 1 at node 0. Each edge adds partial * grad of its node to its operand's grad.",
    solution="""
def backprop(count, edges):
    grads = [0.0] * count
    grads[0] = 1.0
    for node, operand, partial in edges:
        grads[operand] += partial * grads[node]
    return grads
""",
    cases=_graphs,
)  # fmt: skip
def backprop(slip: Any, count: int, edges: list[tuple[int, int, float]]) -> list[float]:
    """backprop(count, edges) -> the gradient of each of `count` nodes; node 0 is the result.

    edges: (node, operand, partial), in an order such that a node's gradient is complete before its own edges come.
    """
    grads = [0.0] * count
    if slip("Every gradient starts at 1, but only that of the result should; the others start at 0."):
        grads = [1.0] * count
    times = slip("grad is multiplied by each share, but the shares of several edges add up: `+=`.")
    grads = [1.0] * count if times else grads
    grads[0] = 0.0 if slip("The seed is missing: the result's own gradient is 1.") else 1.0
    reverse = slip(
        "The edges are followed from the leaves up: go from the result down, so that each node is complete in time."
    )
    once = slip("An operand that one node uses twice gets only one of its two shares: keep every edge.")
    done: set[tuple[int, int]] = set()
    if slip("The seed is put at the last node, but node 0 is the result."):
        grads[0], grads[-1] = 0.0, 1.0
    if slip("Node and operand are swapped: the gradient goes from the node to its operand."):
        edges = [(operand, node, partial) for node, operand, partial in edges]
    if slip("It ends after the first edge: is there a return inside the loop?"):
        edges = edges[:1]
    if slip("The last edge is left out: the loop ends one step too early."):
        edges = edges[:-1]
    if slip("The first edge is left out: the loop starts one step too late."):
        edges = edges[1:]
    for node, operand, partial in reversed(edges) if reverse else edges:
        if once and (node, operand) in done:
            continue
        done.add((node, operand))
        share = partial * grads[node]
        if slip("The gradient from above is left out: each share is partial * grad of the node."):
            share = partial
        if slip("The partial is left out: each share is partial * grad of the node."):
            share = grads[node]
        if slip("Partial and gradient are added, but the chain rule multiplies them."):
            share = partial + grads[node]
        if slip("The shares are subtracted, but they add up: `+=`."):
            share = -share
        if slip("A second share overwrites the first: use `+=`, not `=`."):
            grads[operand] = share
        elif times:
            grads[operand] *= share
        else:
            grads[operand] += share
    return grads


def _examine_order(solution: Any) -> None:
    rng = Random(53)
    cases: list[dict[str, list[str]]] = [
        {"f": ["b", "c"], "c": ["b"], "b": ["a", "a"], "a": []},
        {"L": ["p"], "p": ["w", "x"], "w": [], "x": []},
        {"f": ["g", "h"], "g": ["h"], "h": ["i"], "i": []},
        {"a": [], "b": ["a"], "f": ["a", "b"], "other": ["a"], "unused": []},  # f does not depend on the last two
    ]
    for count in (1, 6, 9):
        names = [f"v{i}" for i in range(count)]
        after = {name: sorted({names[i + 1 + int(rng.random() * (count - i - 1))] for _ in "12"} if i < count - 1 else ())
                 for i, name in enumerate(names)}  # fmt: skip
        met: dict[str, None] = {}
        waiting = ["v0"]
        for name in waiting:
            if name not in met:
                met[name] = None
                waiting += after[name]
        cases.append({name: after[name] for name in sorted(met, reverse=True)})
    for operands in cases:
        given = [_order_of(solution, operands) for _ in "12"]
        if (
            _is_alphabetical(given[0])
            and given[0][1:]
            and all(_is_alphabetical(_order_of(solution, other)) for other in cases)
        ):
            raise WrongError(tr("the names are sorted alphabetically, but what counts is which node uses which"))
        _judge_order(operands, _root_of(operands), given[0])
        if given[0] != given[1]:
            raise WrongError(tr(
                "the same call gives a different list the second time. Something is kept from one call to the next: a list as a "
                "default argument, or a global"))  # fmt: skip


def _root_of(operands: Mapping[str, Any]) -> str:
    return next(name for name in ("f", "L", "v0") if name in operands)


def _order_of(solution: Any, operands: Mapping[str, Sequence[str]]) -> Any:
    return called(solution, {name: list(used) for name, used in operands.items()}, _root_of(operands))


def _is_alphabetical(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(name, str) for name in found) and found == sorted(found)


def _judge_order(operands: Mapping[str, Sequence[str]], root: str, found: Any) -> None:
    graph = ", ".join(
        f"{name} = {'(' + ', '.join(used) + ')' if used else tr('leaf')}" for name, used in operands.items()
    )
    at = tr("at {graph}, root {root}: ", graph=graph, root=root)
    if not isinstance(found, (list, tuple)):
        raise WrongError(at + tr("want a list of names, got {found}", found=safe_repr(found)))
    if any(isinstance(name, (list, tuple)) for name in found):
        raise WrongError(at + tr("want a flat list of names, got {found}", found=safe_repr(found)))
    at += tr("got {found}: ", found=list(found))
    for name in found:
        if name not in operands:
            raise WrongError(at + tr("no node is called {name}", name=repr(name)))
    twice = next((name for name in found if list(found).count(name) > 1), None)
    if twice:
        raise WrongError(at + tr(
            "{name} is there twice. It passes its gradient on once, when it is complete: remember which nodes were visited",
            name=twice))  # fmt: skip
    wanted = _below(operands, root)
    extra = next((name for name in found if name not in wanted), None)
    if extra:
        raise WrongError(
            at
            + tr(
                "{root} does not depend on {name}. Start at the root, and go to what it was computed from",
                root=root,
                name=extra,
            )
        )
    missing = [name for name in operands if name in wanted and name not in found]
    if missing:
        raise WrongError(
            f"{at}{tr('{name} is missing.', name=missing[0])} {_missing(operands, root, missing)}".rstrip()
        )
    operands = {name: operands[name] for name in found}
    place = {name: k for k, name in enumerate(found)}
    wrong = [(name, used) for name in operands for used in operands[name] if place[used] < place[name]]
    if wrong and all(place[used] < place[name] for name in operands for used in operands[name]):
        raise WrongError(
            at + tr("that is the order of the forward pass. In the backward pass the root comes first: reverse it")
        )
    if wrong:
        name, used = wrong[0]
        raise WrongError(at + tr(
            "{used} comes before {name}, which still owes it a share of its gradient. Add a node to the list only after all its "
            "operands are in it, then reverse the list", used=used, name=name))  # fmt: skip


def _below(operands: Mapping[str, Sequence[str]], root: str) -> dict[str, None]:
    """Return the root and everything that it was computed from."""
    met, waiting = dict.fromkeys([root]), [root]
    for name in waiting:
        new = [used for used in operands[name] if used not in met]
        met.update(dict.fromkeys(new))
        waiting += new
    return met


def _missing(operands: Mapping[str, Sequence[str]], root: str, missing: Sequence[str]) -> str:
    """Return why these nodes may be missing."""
    wanted = _below(operands, root)
    if len(missing) == len(wanted):
        return tr("The list is empty: is the set of visited nodes kept between calls?")
    if list(missing) == [root]:
        return tr("The root belongs in the list too, before all others")
    leaves = {name for name in wanted if not operands[name]}
    if set(missing) == leaves:
        return tr(
            "Are all leaves left out, or are only the root's own operands followed? Go down to the leaves: they "
            "get a gradient too"
        )
    if all(name not in operands[user][:1] for name in missing for user in wanted):
        return tr("Only the first operand of a node is followed: go to all of them")
    return ""


@exercise(
    "53b", "hard", 15,
    hint="Visit the operands of a node before you add the node itself to the list, and visit each node once. Then "
        "reverse the list.",
    solution="""
def order(operands, root):
    found, visited = [], set()
    def visit(node):
        if node not in visited:
            visited.add(node)
            for operand in operands[node]:
                visit(operand)
            found.append(node)
    visit(root)
    return found[::-1]
""",
    examine=_examine_order,
)  # fmt: skip
def order(slip: Any, operands: dict[str, list[str]], root: str) -> list[str]:
    """order(operands, root) -> the names of root and of all nodes that it was computed from, each after those that use it.

    operands: for each name, the names of what it was computed from; a leaf has [].
    """
    raise NotImplementedError
