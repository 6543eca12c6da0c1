"""Numbers that belong together as table cells: heat maps of matrices, and dot products with a row for each pair.

>>> from autograd import Value, total
>>> xs = [Value(1.0, label="x[0]"), Value(-2.0, label="x[1]")]
>>> grid_of(Graph(total(xs)), xs) == [[xs[0]], [xs[1]]]
True
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from ...explain.naming import one_line
from ...explain.phrases import short, typed
from ...graph import Graph
from ...modes import CUT
from ...node import Node
from ...slow_path import Pole
from ..legend import told
from ..palette import Palette, mix
from ..picture import LISTED, UNKNOWN, Box, Picture
from ..placing.text import measured
from ..sheet import Markup, escape, gaps, html, row, table

if TYPE_CHECKING:
    from ..dot import DotWriter

__all__ = [
    "BROKEN",
    "Detail",
    "Grid",
    "by_beginning",
    "constant_rows",
    "grid_of",
    "has_map",
    "heat_map",
    "indexed",
    "map_of",
    "maps_of",
    "matrices",
    "pair_rows",
    "pairs_of",
    "small_map",
    "troubles",
    "wrapped",
]

NUMBERED = 8  # a matrix with more columns is drawn without numbers
WIDEST = 64  # the maximum number of rows and columns that are shown
BESIDE, BESIDE_CELLS = 2, 24  # the maximum number of columns, with and without numbers, of a map beside its gradient
ALIKE, SLACK = 0.6, 1.15  # a map wider than this fraction of the widest is stretched; the room for one that is not
BROKEN = 3.5  # the width of an arrow along which nan or inf came back
CELL = 7  # the size in points of a cell without a number
STRONGEST = 0.7  # the strongest mix of a colour on which a number is still readable
FEW, NARROW, MANY = 16, 4, 256  # limits in a box: cells and columns of a map with numbers, cells of a map without

DEEP = 3  # how many operations after a matrix product its rows are still known

NUMBER = re.compile(r"[\[\d].*")  # what tells x0 from x1, or w[0][1] from w[0][2]


class Detail(NamedTuple):
    """How much of each matrix is shown: the most columns that have numbers, and the most rows and columns."""

    numbers: int = NUMBERED
    cells: int = WIDEST


Grid = list[list[Any]]  # rows of Values; None where there is no cell, as above the diagonal of causal attention


def indexed(name: str) -> tuple[str, tuple[int, ...]]:
    """Split a name into its stem and the indices at its end.

    >>> indexed("layers.0.weight[3][1]"), indexed("loss")
    (('layers.0.weight', (3, 1)), ('loss', ()))
    """
    found = re.fullmatch(r"(.*?)((?:\[\d+\]){0,2})", name, re.DOTALL)
    assert found
    return found[1], tuple(map(int, re.findall(r"\d+", found[2])))


def grid_of(graph: Graph, nodes: Sequence[Any]) -> Grid:
    """Arrange some values in rows: by the indices at the end of their names, else by the calls that computed them.

    >>> from autograd import Value, total
    >>> xs = [Value(1.0, label="x[0][1]"), Value(2.0, label="x[1][0]")]
    >>> [[None if cell is None else cell.data for cell in row] for row in grid_of(Graph(total(xs)), xs)]
    [[None, 1.0], [2.0, None]]
    """
    return _shaped(graph, nodes)[0]


def _shaped(graph: Graph, nodes: Sequence[Any]) -> tuple[Grid, bool]:
    """Arrange some values in rows, and say whether these are the rows of a matrix."""
    named = [indexed(graph.name(node)) for node in nodes]
    places = [index for _, index in named]
    if len({(base, len(index)) for base, index in named}) > 1 or not places[0] or len(set(places)) < len(places):
        grid = _in_rows(nodes, lambda node: id(node.scope)) or _in_rows(nodes, _row_of)
        return grid or wrapped(nodes), bool(grid)
    if len(places[0]) == 1:
        return wrapped([node for _, node in sorted(zip(places, nodes), key=lambda pair: pair[0])]), False
    rows, columns = sorted({place[0] for place in places}), sorted({place[1] for place in places})
    at = dict(zip(places, nodes))
    return [[at.get((row, column)) for column in columns] for row in rows], True


def _in_rows(nodes: Sequence[Any], row_of: Callable[[Any], Any]) -> Grid:
    """Return a row for each group of values, such as those of a sample; nothing if their lengths would differ."""
    rows: dict[Any, list[Any]] = {}
    for node in nodes:
        rows.setdefault(row_of(node), []).append(node)
    lengths = {len(row) for row in rows.values()}
    return [*rows.values()] if len(rows) > 1 and len(lengths) == 1 < lengths.pop() else []


def _row_of(node: Any) -> Any:
    """Return what tells the row of a value in a matrix product: the vector that was multiplied by the weights."""
    for _ in range(DEEP):
        if not node.operands:
            break
        if len(node.op.lists) == 2:
            return tuple(map(id, node.op.bind(node.operands)[node.op.lists[0]]))
        node = next((operand for operand in node.operands if not isinstance(operand, float)), node)
    return id(node)


def wrapped(items: Sequence[Any]) -> list[list[Any]]:
    """Put a few values in a column, and many in rows that make roughly a square, like the pixels of an image."""
    width = 1 if len(items) <= 2 * NUMBERED else math.ceil(math.sqrt(len(items)))
    return [list(items[at : at + width]) for at in range(0, len(items), width)]


# --- Heat maps ---------------------------------------------------------------------------------------------


def heat_map(
    grid: Sequence[Sequence[float | None]],
    palette: Palette,
    digits: int = 2,
    columns: int = NUMBERED,
    most: int = WIDEST,
) -> str:
    """Write a matrix as coloured cells, with numbers if there is room; None leaves a gap, nan and inf are pink.

    columns: the maximum number of columns with numbers. most: the maximum number of rows and columns shown.
    """
    finite = [abs(number) for row in grid for number in row if number is not None and math.isfinite(number)]
    largest, numbered = max(finite, default=0.0), len(grid[0]) <= columns and len(grid) <= 2 * columns
    rows = [
        "".join(_cell(number, largest, palette, digits if numbered else 0) for number in row[:most])
        for row in grid[:most]
    ]
    padding = 2 if numbered else 0
    return (
        f'<TABLE BORDER="1" COLOR="{palette["line"]}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}">'
        f"{''.join(f'<TR>{row}</TR>' for row in rows)}</TABLE>"
    )


def _cell(number: float | None, largest: float, palette: Palette, digits: int) -> str:
    size = "" if digits else f' WIDTH="{CELL}" HEIGHT="{CELL}"'
    if number is None:
        return f"<TD{size}></TD>"
    if not math.isfinite(number):
        colour = palette["broken"]
    else:
        share = abs(number) / largest if largest else 0.0
        colour = mix(palette["paper"], palette["positive" if number > 0 else "negative"], STRONGEST * share)
    return f'<TD{size} BGCOLOR="{colour}">{escape(short(number, digits)) if digits else ""}</TD>'


def matrices(graph: Graph, nodes: Sequence[Any]) -> dict[str, list[Any]]:
    """Sort some values into matrices by the stems of their names; those without an index in their name are one."""
    named: dict[str, list[Any]] = {}
    for node in nodes:
        base, index = indexed(graph.name(node))
        named.setdefault(base if index else "", []).append(node)
    return named


def maps_of(writer: DotWriter, nodes: Sequence[Any]) -> list[str]:
    """Write table rows: for each matrix among some values, its name, its shape, its data and its gradient."""
    tables = [_maps_of_one(writer, base, some) for base, some in matrices(writer.graph, nodes).items()]
    widths = [measured(table, writer.look.font_size)[0] for table in tables]
    inner = [
        table[1:-1] if width > ALIKE * max(widths) else _unstretched(table, writer)
        for table, width in zip(tables, widths)
    ]
    return [f'<TR><TD ALIGN="LEFT">{table}</TD></TR>' for table in inner]


def _maps_of_one(writer: DotWriter, base: str, nodes: Sequence[Any]) -> str:
    grid, is_matrix = _shaped(writer.graph, nodes)
    shape = f"{len(grid)} × {len(grid[0])}" if is_matrix else f"{len(nodes)}"
    name = writer.text(base, size=13, bold=True) + " " if base else ""
    maps: dict[str, str] = {}
    if writer.shows("data"):
        maps["data"] = map_of(writer, [[None if cell is None else cell.data for cell in row] for row in grid])
    if writer.shows("grad"):
        grads = [[cell.grad if cell is not None and cell.reached else None for cell in row] for row in grid]
        reached = any(grad is not None for row in grads for grad in row)
        maps["grad" if reached else f"grad {UNKNOWN}"] = map_of(writer, grads) if reached else ""
    heads = [f'<TD ALIGN="LEFT">{writer.text(word, faint=True)}</TD>' for word in maps]
    cells = [f'<TD ALIGN="LEFT" VALIGN="TOP">{heat}</TD>' for heat in maps.values()]
    title = f'<TR><TD ALIGN="LEFT" COLSPAN="2">{name}{writer.text(shape, faint=True)}</TD></TR>'
    below = [f"<TR>{cell}</TR>" for pair in zip(heads, cells) for cell in pair]
    beside = [f"<TR>{''.join(heads)}</TR>", f"<TR>{''.join(cells)}</TR>"]
    narrow = (
        BESIDE if len(grid[0]) <= writer.detail.numbers and len(grid) <= 2 * writer.detail.numbers else BESIDE_CELLS
    )
    return _table([title, *(beside if len(grid[0]) <= narrow else below)])


def map_of(writer: DotWriter, grid: Sequence[Sequence[float | None]]) -> str:
    detail = writer.detail
    return heat_map(grid, writer.palette, min(writer.look.digits, 2), detail.numbers, detail.cells)


def _unstretched(table: str, writer: DotWriter) -> str:
    """Wrap a table inside another table's cell, so that Graphviz does not make it as wide as that cell.

    There is room for wider letters than Helvetica's, since a machine may not have Helvetica.
    """
    width, height = (math.ceil(SLACK * size) for size in measured(table, writer.look.font_size))
    return table[1:-1].replace("<TABLE ", f'<TABLE ALIGN="LEFT" FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{height}" ', 1)


def _table(rows: Sequence[str]) -> Markup:
    return Markup(f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(rows)}</TABLE>>')


def has_map(writer: DotWriter, box: Box) -> bool:
    """Return whether a box for n similar values shows the data of all of them."""
    if not writer.maps or not 1 < box.times <= MANY or len(box.nodes) != box.times:
        return False
    return writer.is_computed and writer.shows("data")


def small_map(writer: DotWriter, box: Box) -> str:
    """Write the data of all values in a box for n similar ones as a small heat map; "" if there are too many."""
    nodes: Sequence[Any] = box.nodes
    if not has_map(writer, box):
        return ""
    grid = grid_of(writer.graph, nodes)
    if len(nodes) <= FEW and not 1 < len(grid[0]) <= NARROW:
        grid = [list(nodes[at : at + NARROW]) for at in range(0, len(nodes), NARROW)]
    numbers = [[None if cell is None else cell.data for cell in row] for row in grid]
    return heat_map(numbers, writer.palette, min(writer.look.digits, 2) if len(nodes) <= FEW else 0)


# --- Leaves ---


def by_beginning(picture: Picture, box: Box) -> dict[str, list[Node]]:
    """Sort the leaves of a box by name; if there are many, by the beginnings of their names."""
    found: dict[str, list[Node]] = {}
    graph, most = picture.graph, picture.listed
    for node in box.nodes:
        name = graph.name(node)[len(box.name) :].lstrip(".")
        if picture.is_tight and len(box.nodes) > most:
            name = NUMBER.sub("", name) if graph.is_named(node) else "others"
        elif len(box.nodes) > LISTED:
            name = name.partition("[")[0]
        found.setdefault(name, []).append(node)
    return found


def constant_rows(writer: DotWriter, box: Box) -> Markup:
    """Write the numbers in a box of constants, as they were typed."""
    numbers = box.numbers
    if len(numbers) == 1:
        return html(escape(typed(numbers[0])) + writer.times(box.times))
    rows = [row([writer.right(escape(typed(number)))]) for number in numbers[:LISTED]]
    if len(numbers) > LISTED:
        rows.append(row([f"<TD>{told(f'{len(numbers) - LISTED:,} more')}</TD>"]))
    if box.times > 1:
        rows.append(row([writer.right(writer.times(box.times))]))
    return table(rows)


# --- Pairs -------------------------------------------------------------------------------------------------


def pairs_of(picture: Picture, box: Box) -> list[tuple[Any, Any]]:
    """Return the pairs of a dot product whose operands are all leaves in one box; a bias is the pair (None, bias)."""
    users = {node for arrow in picture.arrows if arrow.tail is box for node, _ in arrow.edges}
    if len(users) != 1:
        return []
    (node,) = users
    if len(node.op.lists) != 2:
        return []
    bound = node.op.bind(node.operands)
    first, second = (bound[name] for name in node.op.lists)
    inside = {*box.nodes}
    if any(isinstance(operand, float) or operand not in inside for operand in (*first, *second)):
        return []
    rest = [operand for name, operand in bound.items() if name not in node.op.lists and operand in inside]
    return [*zip(first, second), *((None, operand) for operand in rest)]


def pair_rows(writer: DotWriter, pairs: Sequence[tuple[Any, Any]], most: int) -> list[str]:
    """Write a row for each pair: its factors, its product, and two gradients, each the other factor times upstream."""
    heads = ["", "x", "", "w", "x * w", told("grad of x"), told("grad of w")]
    rows = [_cells_of([(writer.text(word, faint=True), "") for word in heads])]
    for x, w in pairs[:most]:
        product = "" if x is None else short(x.data * w.data, writer.look.digits)
        rows.append(
            _cells_of([*_named(writer, x), *_named(writer, w), (product, ""), _grad(writer, x), _grad(writer, w)])
        )
    if len(pairs) > most:
        rows.append(_cells_of([(writer.text(told(f"{len(pairs) - most:,} more"), faint=True), "")]))
    return rows


def _named(writer: DotWriter, value: Any) -> list[tuple[str, str]]:
    if value is None:
        return [("", ""), ("", "")]
    return [
        (writer.text(one_line(writer.graph.name(value), 16), faint=True), ""),
        (escape(short(value.data, writer.look.digits)), ""),
    ]


def _grad(writer: DotWriter, value: Any) -> tuple[str, str]:
    if value is None:
        return "", ""
    return (
        (escape(short(value.grad, writer.look.digits)), writer.tint(value.grad))
        if value.reached
        else (writer.text(UNKNOWN, faint=True), "")
    )


def _cells_of(cells: Sequence[tuple[str, str]]) -> str:
    return row(gaps([_cell_with(text, tint) for text, tint in cells]))


def _cell_with(text: str, tint: str) -> str:
    colour = f' BGCOLOR="{tint}" STYLE="ROUNDED"' if tint else ""
    return f'<TD ALIGN="RIGHT"{colour}>{text}</TD>'


# --- What is read first ------------------------------------------------------------------------------------


def troubles(picture: Picture, common: dict[str, Any]) -> list[str]:
    """Write the first lines of a legend: where nan or inf came back, and where no gradient can flow back.

    common: what is known about the whole graph. If all is well there, its pictures need not be searched.
    """
    notes: list[str] = []
    if "is_finite" not in common:
        nodes = picture.graph.nodes
        common["is_finite"] = all(map(math.isfinite, chain.from_iterable(map(flows, nodes))))
        common["is_cut"] = any(node.scope is CUT for node in nodes)
    is_finite = common["is_finite"] or all(
        math.isfinite(flow) for arrow in picture.arrows for flow in arrow.contributions
    )
    if not is_finite:
        notes.append("pink: nan or inf came back here: start with the one nearest to the result")
    if common["is_cut"] and any(node.scope is CUT for box in picture.boxes for node in box.nodes):
        notes.append("dashed frame: cut off by detach() or no_grad(), so no gradient flows back from there")
    return notes


def flows(node: Any) -> list[float]:
    """Return what a value passed on to each of its operands."""
    grad = node.grad
    if not node.operands or not node.reached:
        return []
    return [0.0 if type(p) is Pole and not grad else float(p) * grad for p in node.partials if p is not None]
