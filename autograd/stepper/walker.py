"""The parts that the two steppers share: their state as a table, trying other numbers, their pictures, and closing.

Nothing here knows about gradients: `backprop.py` and `forward.py` both build on it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import GraphError
from ..explain.paths import columns
from ..explain.phrases import Report, counted, operation, short, with_numbers
from ..explain.regions import Region
from ..explain.staleness import remark
from ..frames import public
from ..graph import recompute, recomputed_partials
from ..slow_path import real
from .moved import Moved
from .moves import Moves
from .points import said_range

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from ..drawing.digraph import Drawing
    from ..drawing.options import DrawingOptions
    from ..node import Node
    from .pictures import ProgressWriter

__all__ = ["INDENT", "SMALL", "WINDOW", "Walker"]

WINDOW = 20  # how many nodes of a large graph are shown
CHANGES = 8  # the maximum number of nodes whose numbers before and after are listed
WIDEST = 60  # the longest operation in a table, in characters; a longer one is shown by name only
SMALL = 500  # the maximum number of nodes for remarks that need the whole graph
FILMS, PAGES = (".svg", ".gif", ".webp"), (".html", ".htm")  # the file name endings of a film and of a page
INDENT = "\n      "


@public
class Walker(Moves):
    """A pass over a graph, paused between two moves: everything that backprop and the forward pass can both answer.

    constants: show these too. Every answer is text that displays itself. As a context manager, or after `close()`, it
    leaves the values as it found them.

    computed: the name of the numbers that were fixed when the graph was recorded. constant: what a table shows for a
    constant. page_mark: the beginning of the address of a page that opens at this pass. help_words: words for the
    prompt's help.
    """

    computed: str
    constant: str
    page_mark: str
    help_words: ClassVar[Mapping[str, str]]
    lacks = "about gradients, which a forward pass does not have: step_through() has it"

    def __init__(self, root: Node, constants: bool) -> None:
        super().__init__(root)
        self.constants: bool = constants
        self._data = {node: node.data for node in self.graph.nodes}
        self._stale = remark(self.graph) if len(self.graph) <= SMALL else ""
        self.transcript: list[str] = []  # what was said at the prompt
        self._found: tuple[dict[Any, float], dict[Any, Any]] | None = None  # data and partials before set()

    # --- For subclasses ---

    def _place(self, node: Any) -> int:
        """Return the position of a node in the order of this pass."""
        raise NotImplementedError

    def _at_place(self, i: int) -> Any:
        raise NotImplementedError

    def _row(self, node: Any) -> tuple[str, str]:
        """Return a node's number, and how far it has come."""
        raise NotImplementedError

    def _order_head(self) -> str:
        """Explain the order."""
        raise NotImplementedError

    def _order_text(self, node: Any) -> str:
        """Say what a node waits for, or what it does."""
        raise NotImplementedError

    def _pen(self) -> type[ProgressWriter]:
        """Return the writer that draws this pass."""
        raise NotImplementedError

    def facts(self, node: Node, digits: int = 4) -> dict[str, str]:
        """Return the text that a picture shows for a node instead of its data and grad."""
        raise NotImplementedError

    # --- The state as a table ---

    def __repr__(self) -> str:
        try:
            return str(self.where())
        except Exception as error:  # a repr never raises
            return f"<{type(self).__name__} at {self.position} of {len(self)}: {error}>"

    def where(self) -> Report:
        """Show the state: each node, its data, and how far it has come."""
        return Report("\n".join([self.headline(), *self._noted(), self._order_line(), *self._table()]))

    def _noted(self) -> list[str]:
        return [f"  note   {note}" for note in self._notes()]

    def _notes(self) -> list[str]:
        notes = self._stale_notes()
        if not self.closed:
            notes += [note for i in self._shown() if (note := self._changed_text(self._at_place(i)))]
        return notes

    def _stale_notes(self) -> list[str]:
        return [f"{self._stale}: {self.computed} are those of the old data"] if self._stale else []

    def _changed_text(self, node: Any) -> str:
        """Return the sentence about data that has changed since stepping began, if any has."""
        old, new = self._data[node], node.data
        if new is old or new == old:
            return ""
        return (
            f"{self.name(node)}.data was changed behind the graph's back, from {short(old)} to {short(new)}: "
            f"{self.computed} stay those of {short(old)} (set() recomputes)"
        )

    def _shown(self) -> range:
        """Return the positions to show, in the order of this pass: all, or some around the cursor."""
        count = len(self.graph)
        if count <= WINDOW + 4:
            return range(count)
        at = self._place(self.cursor)
        start = min(max(at - WINDOW // 4, 0), count - WINDOW)
        return range(start, start + WINDOW)

    def _order_line(self) -> str:
        shown = self._shown()
        names = [self.name(self._at_place(i)) for i in shown]
        return "  order  " + " ".join(["..."] * (shown.start > 0) + names + ["..."] * (shown.stop < len(self.graph)))

    def _table(self) -> list[str]:
        shown = self._shown()
        rows = [row for i in shown for row in self._rows(self._at_place(i))]
        numbers = [number if number.startswith("-") else f" {number}" for _, number, _ in rows]
        wide, long = max(len(row[0]) for row in rows), max(map(len, numbers))
        lines = [
            f"  {left:<{wide}}  data  {number:<{long}}   {state}".rstrip()
            for (left, _, state), number in zip(rows, numbers)
        ]
        above, under = shown.start, len(self.graph) - shown.stop
        return [
            *([f"  ... {counted(above, 'node')} before these"] if above else []),
            *lines,
            *([f"  ... {counted(under, 'node')} after these"] if under else []),
        ]

    def _rows(self, node: Any) -> list[tuple[str, str, str]]:
        """Return a node's row and, if requested, the rows of the constants that it is computed from."""
        text = operation(self.graph, node)
        if len(text) > WIDEST:
            text = f"{node.op.name} of {len(node.operands)} operands"
        number, state = self._row(node)
        marker = "    <- next" if self.position and node is self.next_node and not self.closed else ""
        row = (f"{self.name(node)} = {text}" if text else self.name(node), number, state + marker)
        constants = [short(operand) for operand in node.operands if self.constants and isinstance(operand, float)]
        return [row, *((f"  {constant}", constant, self.constant) for constant in constants)]

    def order(self) -> Report:
        """Show the order in which nodes take their turn, and what each of them waits for."""
        shown = self._shown()
        width = len(str(shown.stop))
        nodes = [(i + 1, self._at_place(i)) for i in shown]
        lines = [
            self._order_head(),
            *columns([(f"{i:>{width}}  {self.name(node)}", self._order_text(node)) for i, node in nodes]),
        ]
        if len(shown) < len(self.graph):
            lines.append(f"  ({len(shown)} of {counted(len(self.graph), 'node')})")
        return Report("\n".join(lines))

    def _computed(self, node: Any) -> str:
        """Write how a node got its number, as equations."""
        text = operation(self.graph, node)
        if not text:
            return f"{self.name(node)} = {short(self._data[node])}"
        return " = ".join(
            dict.fromkeys([self.name(node), text, with_numbers(node, self._data), short(self._data[node])])
        )

    def _explain_region(self, region: Region) -> Report:
        """Describe a module or another named part: how large it is, and how far it has come."""
        own = [i for i in range(len(self)) if self._arrival(i) in region.members or self._nodes[i] in region.members]
        leaves = region.leaves
        calls = f"{counted(len(region.calls), 'call')}, " if region.calls else ""
        lines = [
            f"{region.title}: {calls}{counted(len(region.nodes), 'value')}, {counted(len(leaves), 'leaf', 'leaves')}"
        ]
        if own:
            made = sum(i < self.position for i in own)
            lines.append(f"{self.unit}s {own[0] + 1} to {own[-1] + 1} of {len(self)}, {made} of {len(own)} processed")
        there = [number for node in region.nodes if (number := self.known(node, self.quantity)) is not None]
        if there:
            lines.append(
                f"{len(there)} of {counted(len(region.nodes), 'value')} reached, {said_range(self.quantity, there)}"
            )
        if leaves:
            lines.append(f"leaves: {said_range('data', [leaf.data for leaf in leaves])}")
        return Report(INDENT.join(lines))

    # --- Other numbers ---

    def what_if(self, x: Node | str, value: float) -> Report:
        """Show what would change if x were `value`, before and after; nothing is changed.

        Raises ArgumentError if `value` is not a number, and an operation's own error where it has no value.

        >>> from autograd import Value
        >>> a = Value(3.0, label="a"); f = a * a
        >>> f.step_through().what_if("a", 4)
        if a were 4, not 3 (nothing is changed):
          a    3 -> 4
          f    9 -> 16
        """
        node = self.node(x)
        number = real(value, f"a real number for {self.name(node)}")
        new = recompute(self.graph, {node: number})
        lines = [
            f"if {self.name(node)} were {short(number)}, not {short(node.data)} (nothing is changed):",
            *self._differences(new),
            *self._about_change(node, new),
        ]
        if self._stale:
            lines.append(f"  note   {self._stale}: here its current data counts")
        return Report("\n".join(lines))

    whatif = what_if  # the prompt's name for what_if

    def _about_change(self, node: Any, new: Mapping[Any, float]) -> list[str]:
        """Return what else this pass can say about a change."""
        return []

    def _differences(self, new: Mapping[Any, float]) -> list[str]:
        """Show every node that changes, before and after, those nearest to the result last."""
        touched = [node for node in self.graph.nodes if node in new]
        told = touched if len(touched) <= CHANGES + 1 else [*touched[: CHANGES // 2], *touched[-CHANGES // 2 :]]
        lines = columns([(self.name(node), f"{short(node.data)} -> {short(new[node])}") for node in told])
        if len(told) < len(touched):
            lines.insert(CHANGES // 2, f"  ... {counted(len(touched) - len(told), 'node')} between ...")
        return lines

    def set(self, x: Node | str, value: float) -> Moved:
        """Change the leaf x, recompute what depends on it, and keep the position.

        Raises GraphError for a node that is computed. If an operation has no value for the new numbers, its
        error is raised, and nothing is changed.

        >>> from autograd import Value
        >>> a = Value(3.0, label="a"); f = a * a
        >>> f.step_through().set("a", 4)
        a is 4 now:
          a    3 -> 4
          f    9 -> 16
          still at edge 0 of 2
        """
        node = self.node(x)
        name = self.name(node)
        if self.closed:
            return Moved(f"{self.headline()}; step_through() starts again", moved=0)
        number = real(value, f"a real number for {name}")
        if node.operands:
            leaves = ", ".join(self.name(leaf) for leaf in self.graph.nodes[:8] if not leaf.operands)
            raise GraphError(
                f"{name} is computed from others: set a leaf ({leaves}), or ask what_if({name}, {short(number)})"
            )
        new = recompute(self.graph, {node: number})
        lines = [f"{name} is {short(new[node])} now:", *self._differences(new)]
        self._replace(new, recomputed_partials(self.graph, new))
        return self._moved([*lines, f"  still at {self.unit} {self.position} of {len(self)}"], {}, 0)

    def _replace(self, data: Mapping[Any, float], partials: Mapping[Any, Any]) -> None:
        """Write new data and partials, and repeat the moves made so far: all of it or nothing."""
        old_data = {node: node.data for node in self.graph.nodes}
        old_partials = {node: node.partials for node in self.graph.nodes}
        put_back = self.keep()
        try:
            self._rewrite(data, partials, self.position)
            if self._found is None:
                self._found = old_data, old_partials
        except BaseException:
            put_back()
            raise

    def keep(self) -> Callable[[], None]:
        """Remember everything as it is, and return a function that restores it, wherever a command was interrupted."""
        own = {name: copy(held) if type(held) in (list, dict, set) else held for name, held in vars(self).items()}
        numbers = [(node, node.data, node.grad, node.partials) for node in self.graph.nodes]

        def put_back() -> None:
            vars(self).update(own)
            for node, data, grad, partials in numbers:
                node.data, node.grad = data, grad
                if node.operands:
                    node.partials = partials

        return put_back

    def _rewrite(self, data: Mapping[Any, float], partials: Mapping[Any, Any], position: int) -> None:
        while self.position:
            self._take_back()
        for node, number in data.items():
            node.data = self._data[node] = number
        for node, slopes in partials.items():
            node.partials = slopes
        self._stale = remark(self.graph) if len(self.graph) <= SMALL else ""
        while self.position < position:
            self._make()

    # --- Pictures, the prompt, the end ---

    def draw(self, **options: Unpack[DrawingOptions]) -> Drawing:
        """Draw the graph as a graphviz.Digraph: lines are solid if done, thick if next, dashed if they come later.

        options: those of :func:`autograd.draw` except names. For a large graph, only the part around the cursor is
        drawn.
        """
        from .pictures import draw_progress

        return draw_progress(self, self._pen(), **options)

    def draw_move(self, place: int, moves: int, **options: Unpack[DrawingOptions]) -> Drawing:
        """Draw the position after `place` moves, with the last `moves` of them thick. The current position stays."""
        here = self.position
        try:
            self.goto(place)
            self.lit = range(place - moves, place) if moves < len(self) else range(0)
            return self.draw(**options)
        finally:
            self.lit = range(0)
            self.goto(here)

    def show(self, **options: Unpack[DrawingOptions]) -> str:
        """Open the picture, print its path, and return it. If nothing can be laid out, print why, and the text
        instead."""
        from ..drawing import open_drawing

        return open_drawing(self.draw(**options), self.name(self.root), lambda: repr(self))

    def save_picture(self, file: str, /, **options: Unpack[DrawingOptions]) -> str:
        """Write the picture to a file, in the format of its ending, and return the path.

        Raises ToolError if nothing can be laid out or the file cannot be written.
        """
        from ..drawing.output import write_whole, writing

        picture = self.draw(**options).pipe(os.path.splitext(file)[1].lstrip(".").lower() or "svg")
        with writing(file):
            return write_whole(file, picture)

    def save(self, file: str | os.PathLike[str], /, *, seconds: float = 1.0, **options: Unpack[DrawingOptions]) -> str:
        """Write a film, a page or plain text, depending on the ending of the file's name, and return the path.

        A film ends in ``.svg``, ``.gif`` or ``.webp`` and shows each position for the given seconds; the SVG plays
        without a script. A page ends in ``.html``, steps forwards and back, and opens at this position. Anything else
        is plain text: the conversation at the prompt or, without one, a report of every move made so far, and the
        state.
        options: those of :func:`autograd.draw` except names, for a film; a page takes only `deadline` of these. Raises
        ToolError if the file cannot be drawn or written.
        """
        ending = os.path.splitext(os.fspath(file))[1].lower()
        if ending in FILMS:
            from ..drawing.formats.film import write_film
            from .pictures import film_of

            title = f"{self.unit}s of {self.name(self.root)}"
            return write_film(file, film_of(self, self._pen(), **options), seconds, title)
        if ending not in PAGES:
            return self._save_text(file)
        from ..player import Player

        start = f"#{self.page_mark}{self.position}"
        return Player(self.root, graph=self.graph, start=start, deadline=options.get("deadline", 3.0)).save(file)

    def _save_text(self, path: str | os.PathLike[str]) -> str:
        from ..drawing.output import write_whole, writing

        said = self.transcript or [*map(self._made_text, range(self.position)), str(self.where())]
        with writing(path):
            return write_whole(path, "\n".join(said) + "\n")

    def help(self, beginning: str = "") -> Report:
        """List what you can ask here: the prompt's commands, which are methods, or those that begin with a word."""
        from .prompt import help_text

        return Report(help_text(self, beginning))

    def mistakes(self) -> list[str]:
        """List the mistakes that compare() can make."""
        from .mistakes import MISTAKES

        return list(MISTAKES)

    def frames(self, folder: str, *, format: str = "svg", **options: Unpack[DrawingOptions]) -> list[str]:
        """Write one picture for each position, all with one layout, from ``000.svg`` (before any move); return the paths.

        format: the ending of their names, such as "png", "pdf" or "tex". options: those of :func:`autograd.draw` except
        names. Raises ArgumentError for more than 1000 moves, and ToolError if nothing can be laid out or written.
        """
        from ..drawing.formats.film import write_frames
        from .pictures import film_of

        return write_frames(folder, film_of(self, self._pen(), **options), format)

    def prompt(self) -> None:
        """Open a prompt for stepping, whose commands are words: ``step``, ``undo``, ``explain b``, ``help``."""
        from .prompt import prompt

        prompt(self)

    def close(self) -> None:
        """Leave the values as they were found: data and partials if they were set, and grads."""
        if not self.closed:
            try:
                self._restore()
            except BaseException:  # after an interrupt, everything is still restored
                self._restore()
                raise
            finally:
                self.closed = True

    def _restore(self) -> None:
        """Can be repeated."""
        if self._found is not None:
            data, partials = self._found
            for node in self.graph.nodes:
                node.data, node.partials = data[node], partials[node]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
