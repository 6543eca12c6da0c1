"""Lines of equal height over a grid of numbers, by marching squares (Maple, 2003).

>>> (line,) = contour_lines([0.0, 1.0], [0.0, 1.0], [[0.0, 2.0], [0.0, 2.0]], 1.0)
>>> sorted(line)
[(0.5, 0.0), (0.5, 1.0)]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["contour_lines", "contour_regions"]

Point = tuple[float, float]
Crossing = tuple[int, int, int]  # (i, j, way): on the edge of a cell from row i, column j, right (0) or down (1)


def contour_lines(
    xs: Sequence[float], ys: Sequence[float], heights: Sequence[Sequence[float]], level: float
) -> list[list[Point]]:
    """Return the lines along which the heights, interpolated linearly on the grid, are `level`. A closed line ends
    where it began. heights: one row for each of ys.
    """
    neighbours: dict[Crossing, list[Crossing]] = {}
    for i in range(len(ys) - 1):
        for j in range(len(xs) - 1):
            for a, b in _through_cell(heights, level, i, j):
                neighbours.setdefault(a, []).append(b)
                neighbours.setdefault(b, []).append(a)
    return [[_place(xs, ys, heights, level, at) for at in line] for line in _chained(neighbours)]


def contour_regions(
    xs: Sequence[float], ys: Sequence[float], heights: Sequence[Sequence[float]], level: float
) -> list[list[Point]]:
    """Return the outlines of the areas above `level`, closed along the border of the grid; fill them with the even-odd
    rule."""
    below = level - 1.0
    rim = [below] * (len(xs) + 2)
    padded = [rim, *([below, *row, below] for row in heights), rim]
    return contour_lines([xs[0], *xs, xs[-1]], [ys[0], *ys, ys[-1]], padded, level)


def _through_cell(
    heights: Sequence[Sequence[float]], level: float, i: int, j: int
) -> Iterator[tuple[Crossing, Crossing]]:
    """Yield the pieces of lines in one cell, from edge to edge."""
    corners = heights[i][j], heights[i][j + 1], heights[i + 1][j + 1], heights[i + 1][j]
    above = [height > level for height in corners]
    edges: list[Crossing] = [(i, j, 0), (i, j + 1, 1), (i + 1, j, 0), (i, j, 1)]  # between corners 0-1, 1-2, 2-3, 3-0
    crossed = [edges[k] for k in range(4) if above[k] != above[(k + 1) % 4]]
    if len(crossed) == 2:
        yield crossed[0], crossed[1]
    elif crossed:  # a saddle: the height in the middle says which two corners are joined
        middle = (corners[0] + corners[1] + corners[2] + corners[3]) / 4 > level
        a, b, c, d = crossed
        yield from ((a, b), (c, d)) if middle == above[0] else ((a, d), (b, c))


def _chained(neighbours: dict[Crossing, list[Crossing]]) -> Iterator[list[Crossing]]:
    """Return whole lines, open ones first."""
    seen: set[Crossing] = set()
    ends = [at for at, others in neighbours.items() if len(others) == 1]
    for start in (*ends, *neighbours):
        if start in seen:
            continue
        line, at = [start], start
        seen.add(start)
        while following := [other for other in neighbours[at] if other not in seen]:
            at = following[0]
            seen.add(at)
            line.append(at)
        if len(line) > 2 and start in neighbours[at]:
            line.append(start)
        yield line


def _place(
    xs: Sequence[float], ys: Sequence[float], heights: Sequence[Sequence[float]], level: float, at: Crossing
) -> Point:
    i, j, down = at
    first, second = heights[i][j], heights[i + down][j + 1 - down]
    share = (level - first) / (second - first)
    return xs[j] + share * (xs[j + 1 - down] - xs[j]), ys[i] + share * (ys[i + down] - ys[i])
