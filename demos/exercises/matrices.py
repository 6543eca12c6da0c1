"""Lesson 56: what a matrix does to the plane."""

# ruff: noqa: N803, N806 - matrices are written as capitals
from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random
from typing import Any

from .exercise import Case, exercise
from .inputs import dot, matrix, times, vector


def _moves(rng: Random) -> Iterator[Case]:
    yield [[0.0, -1.0], [1.0, 0.0]], [1.0, -1.0], [[1.0, 0.0], [0.0, 1.0]]
    for count in (1, 3, 4):
        yield matrix(rng, 2, 2), vector(rng, 2), matrix(rng, count, 2)


@exercise(
    "56", "easy", 6,
    hint="Each point (p, q) goes to (W[0][0]*p + W[0][1]*q + b[0], W[1][0]*p + W[1][1]*q + b[1]).",
    solution="""
def transform(W, b, points):
    moved = []
    for p, q in points:
        moved.append([W[0][0] * p + W[0][1] * q + b[0], W[1][0] * p + W[1][1] * q + b[1]])
    return moved
""",
    cases=_moves,
)  # fmt: skip
def transform(slip: Any, W: list[list[Any]], b: list[Any], points: list[list[Any]]) -> list[list[Any]]:
    """transform(W, b, points) -> where y = W x + b takes each point [p, q]."""
    if slip("W is transposed: the first coordinate comes from row 0 of W."):
        W = [list(column) for column in zip(*W)]
    if slip("The shift b is missing: it moves every point after the turn."):
        b = [0.0, 0.0]
    if slip("The shift b is subtracted: add it instead."):
        b = [-shift for shift in b]
    if slip("The shift b is added twice."):
        b = [2 * shift for shift in b]
    if slip("Both coordinates come from row 0 of W: the second should come from row 1."):
        W = [W[0], W[0]]
    if slip("Both coordinates get b[0]: the second should get b[1]."):
        b = [b[0], b[0]]
    if slip("The sign of W[0][1] is flipped: a minus belongs in a determinant, not here."):
        W = [[W[0][0], -W[0][1]], W[1]]
    if slip("The shift b is added before W: add it afterwards."):
        moved = [[dot(row, [x + s for x, s in zip(point, b)]) for row in W] for point in points]
    else:
        moved = [[dot(row, point) + shift for row, shift in zip(W, b)] for point in points]
    if slip("Only the diagonal of W is used: each new coordinate depends on both old ones."):
        moved = [[W[i][i] * point[i] + b[i] for i in range(2)] for point in points]
    if slip("Both new coordinates are the first one: the second comes from row 1 of W."):
        moved = [[point[0], point[0]] for point in moved]
    if slip("The two coordinates of each point have changed places."):
        moved = [point[::-1] for point in moved]
    if slip("These are all the first coordinates, and then all the second ones: return a pair for each point."):
        return [list(column) for column in zip(*moved)]
    if slip("The new first coordinate is used for the second: keep the old point until both are computed."):
        moved = [[new, W[1][0] * new + W[1][1] * point[1] + b[1]] for (new, _), point in zip(moved, points)]
    return moved


def _squares(rng: Random) -> Iterator[Case]:
    yield ([[2.0, 0.0], [0.0, 0.5]],)
    yield ([[0.0, 1.0], [1.0, 0.0]],)
    for _ in range(5):
        yield (matrix(rng, 2, 2),)


@exercise(
    "56", "easy", 4,
    hint="The unit square becomes a parallelogram. Multiply along the main diagonal, and subtract the product of "
        "the other diagonal.",
    solution="""
def area(W):
    return W[0][0] * W[1][1] - W[0][1] * W[1][0]
""",
    cases=_squares,
)  # fmt: skip
def area(slip: Any, W: list[list[Any]]) -> Any:
    """area(W) -> the determinant: the area of the unit square after W, negative if W mirrors."""
    main, other = W[0][0] * W[1][1], W[0][1] * W[1][0]
    if slip("The other diagonal is subtracted, not added."):
        other = -other
    if slip("The other diagonal is missing: subtract W[0][1] * W[1][0]."):
        other = 0.0
    if slip("The columns are multiplied: multiply along the diagonals instead."):
        main, other = W[0][0] * W[1][0], W[0][1] * W[1][1]
    if slip("The rows are multiplied: multiply along the diagonals instead."):
        main, other = W[0][0] * W[0][1], W[1][0] * W[1][1]
    if slip("The lengths of the sides are multiplied: that is the area only if the sides meet at a right angle."):
        (a, b), (c, d) = W
        return (a * a + c * c) ** 0.5 * (b * b + d * d) ** 0.5
    if slip("The main diagonal is added up (that is the trace): multiply along it instead."):
        return W[0][0] + W[1][1]
    if slip("The diagonals are added up: multiply along each one instead."):
        return W[0][0] + W[1][1] - W[0][1] - W[1][0]
    if slip("All entries are multiplied: subtract the product of one diagonal from that of the other."):
        return main * other
    if slip("All entries are added up: multiply along the diagonals instead."):
        return sum(map(sum, W))
    if slip("W[1][0] is used twice: the other diagonal is W[0][1] * W[1][0]."):
        other = W[1][0] * W[1][0]
    if slip("W[0][1] is used twice: the other diagonal is W[0][1] * W[1][0]."):
        other = W[0][1] * W[0][1]
    if slip("The sign is lost: a mirror makes the area negative."):
        return abs(main - other)
    if slip("The two diagonals are the wrong way round: the main one comes first."):
        return other - main
    if slip("Leave out the factor 1/2: it belongs to a triangle, not to a parallelogram."):
        return (main - other) / 2
    return main - other


def _pairs(rng: Random) -> Iterator[Case]:
    yield [[0.0, -1.0], [1.0, 0.0]], [[2.0, 0.0], [0.0, 1.0]]
    for m, k, n in ((2, 3, 2), (1, 2, 3), (2, 2, 2), (3, 3, 3)):
        yield matrix(rng, m, k), matrix(rng, k, n)


@exercise(
    "56", "hard", 12,
    hint="W2 (W1 x) = W x for every x. Entry (i, j) of W is the dot product of row i of W2 and column j of W1.",
    solution="""
def collapse(W2, W1):
    W = []
    for row in W2:
        W.append([sum(p * q for p, q in zip(row, column)) for column in zip(*W1)])
    return W
""",
    cases=_pairs,
)  # fmt: skip
def collapse(slip: Any, W2: list[list[Any]], W1: list[list[Any]]) -> list[list[Any]]:
    """collapse(W2, W1) -> the matrix W of one layer that does what W1 followed by W2 does."""
    square = len(W2) == len(W1) == len(W1[0])
    if len(W1[0]) == len(W2) and slip("W2 is applied first, and then W1: the order is W2 (W1 x)."):
        W2, W1 = W1, W2
    if square and slip("Rows are multiplied by rows: entry (i, j) needs row i of W2 and column j of W1."):
        W1 = [list(column) for column in zip(*W1)]
    if slip("Negative entries of W1 have become 0, but there is nothing between two linear layers, not even a relu."):
        W1 = [[max(0.0, entry) for entry in row] for row in W1]
    if slip("The last product is left out: the loop over k ends one step too early."):
        W2, W1 = [row[:-1] for row in W2], W1[:-1]
    W = times(W2, W1) if W1 else [[0.0] * len(W1[0]) for _ in W2]
    if square and slip("The matrices are multiplied number by number, but each entry should be a dot product."):
        W = [[p * q for p, q in zip(*rows)] for rows in zip(W2, W1)]
    if square and slip("The matrices are added, but applying one layer after another multiplies them."):
        W = [[p + q for p, q in zip(*rows)] for rows in zip(W2, W1)]
    if slip("All rows of W are the same list: [[0] * n] * m repeats a single row."):
        total = [sum(column, 0.0) for column in zip(*W)]
        W = [total] * len(W)
    if slip("The last product overwrites the others: use `+=`, not `=`."):
        W = [[row[-1] * column[-1] for column in zip(*W1)] for row in W2]
    if slip("The sums are multiplied: multiply pair by pair first, and then add up."):
        W = [[sum(row, 0.0) * sum(column, 0.0) for column in zip(*W1)] for row in W2]
    if slip("The two matrices are returned as they are: return their product."):
        return [W2, W1]  # type: ignore[list-item]
    if len(W) == len(W[0]) and slip("Rows and columns of the result are swapped."):
        W = [list(column) for column in zip(*W)]
    return W


@exercise(
    "56", "medium", 6,
    hint="The columns of W are where (1, 0) and (0, 1) land. Follow each through the mirror, and then through the turn.",
    solution="""
def mirror_then_turn():
    return [[0, -1], [-1, 0]]
""",
    secret=True,
)  # fmt: skip
def mirror_then_turn(slip: Any) -> list[list[float]]:
    """mirror_then_turn() -> the W that swaps left and right, and then makes a quarter turn to the left."""
    mirror, turn = [[-1.0, 0.0], [0.0, 1.0]], [[0.0, -1.0], [1.0, 0.0]]
    if slip("This turns first and then mirrors: the mirror belongs on the right of the product."):
        mirror, turn = turn, mirror
    if slip("This mirrors top and bottom: (1, 0) has to go to (-1, 0) first."):
        mirror = [[1.0, 0.0], [0.0, -1.0]]
    if slip("This turns to the right: after the mirror, (-1, 0) goes down to (0, -1)."):
        turn = [[0.0, 1.0], [-1.0, 0.0]]
    if slip("This only turns: where does (1, 0) land after a mirror?"):
        return [[0.0, -1.0], [1.0, 0.0]]
    if slip("This only mirrors: where does (-1, 0) land after a quarter turn?"):
        return [[-1.0, 0.0], [0.0, 1.0]]
    if slip("This only turns, and to the right."):
        return [[0.0, 1.0], [-1.0, 0.0]]
    if slip("The two are multiplied number by number, but doing one after the other is the matrix product."):
        return [[0.0, 0.0], [0.0, 0.0]]
    if slip("This is a list of the two matrices: return their product, one matrix that does both."):
        return [turn, mirror]  # type: ignore[list-item]
    if slip("cos and sin take radians: 90 degrees are math.pi / 2."):
        turn = [[math.cos(90), -math.sin(90)], [math.sin(90), math.cos(90)]]
    if slip("This is half a turn."):
        return [[-1.0, 0.0], [0.0, -1.0]]
    if slip("This mirrors, and then makes half a turn: make a quarter turn instead."):
        return [[1.0, 0.0], [0.0, -1.0]]
    if slip("This changes nothing."):
        return [[1.0, 0.0], [0.0, 1.0]]
    if slip("The two are added, but doing one after the other is their product."):
        return [[p + q for p, q in zip(*rows)] for rows in zip(mirror, turn)]
    return times(turn, mirror)
