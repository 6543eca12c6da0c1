"""Breaking long statements into lines of a page's width: after a plus or a comma, and matrices row by row.

>>> print(*listed("{} = [{}]", "w", [f"w_{i}_{j}" for i in range(2) for j in range(3)], 30), sep="\\n")
w = [
    w_0_0, w_0_1, w_0_2,
    w_1_0, w_1_1, w_1_2,
]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

__all__ = ["INDENT", "broken", "by_matrix_rows", "filled", "listed"]

INDENT = "    "


def broken(line: str, room: int) -> list[str]:
    """Break a long line after a plus or a comma."""
    lines: list[str] = []
    while len(line) > room:
        cut = max(line.rfind(" + ", 0, room) + 2, line.rfind(", ", 0, room) + 1)
        if cut <= len(INDENT):
            break
        lines.append(line[:cut])
        line = f"{INDENT}{line[cut + 1 :]}"
    return [*lines, line]


def listed(template: str, name: str, items: Sequence[str], room: int) -> list[str]:
    """Fill a list in brackets into a template; if the statement is long, each row of a matrix begins a line."""
    line = template.format(name, ", ".join(items))
    if len(line) <= room:
        return [line]
    before, after = template.format(name, "\0").split("\0")
    return [before, *(INDENT + row for row in filled(by_matrix_rows(items, items), room - len(INDENT))), after]


def by_matrix_rows(items: Sequence[str], names: Sequence[str]) -> list[list[str]]:
    """Split the items of a listing into the rows of matrices that their names show: ``w_3_0``, ``w_3_1`` ..."""
    rows = [[item for item, _ in row] for _, row in groupby(zip(items, names), lambda pair: pair[1].rpartition("_")[0])]
    together: list[list[str]] = []
    single = False
    for row in rows:
        if together and single and len(row) == 1:
            together[-1] += row
        else:
            together.append(row)
        single = len(row) == 1
    return together


def filled(rows: Iterable[Sequence[str]], room: int) -> list[str]:
    """Write lines of items with commas; each row begins a new line."""
    lines: list[str] = []
    for row in rows:
        line = ""
        for item in row:
            if line and len(line) + len(item) + 2 > room:
                lines.append(line)
                line = ""
            line += f"{' ' * bool(line)}{item},"
        lines.append(line)
    return lines
