"""Backprop one edge at a time, there and back, on the user's own expression.

    >>> from autograd import Value
    >>> a = Value(1.0, label="a")
    >>> b = a + a; c = b + 1; f = b * c
    >>> bp = f.step_through()
    >>> bp.step()
    [edge 1/5] f -> b
          partial   d(b * c)/db, other operand held, = c = 3
          upstream  f.grad = 1
          b.grad = 3 * 1 = 3
          b.grad is NOT complete: 1 more to come      (moving on to a now would give 6 or 16, not 10)
    >>> bp.undo()
    [edge 1/5 undone] f -> b
          b.grad is again not reached

A stepper is the backward pass slowed down: it writes real `.grad`s, in the order and with the rounding of
`backward()`, and takes them back: that is in moves.py. Here is what it says, what it can be asked, and its
pictures. The forward pass has a stepper of its own, in forward.py.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..careful import real
from ..changes import remark
from ..errors import AutogradError, GraphError, OptionError
from ..graph import Edge, gradients, recompute, recomputed_partials, walk
from ..modes import shared
from ..paths import LISTED, Ledger, Sums, columns, said_count, totals, why
from ..source import source_of
from ..wording import Report, below, counted, operation, product, short, slope, with_numbers
from .moves import Moved, Moves

if TYPE_CHECKING:
    from .verify import Checked

__all__ = ["Moved", "Predicted", "Stepper", "step_through"]

WINDOW = 20  # nodes shown of a big graph
WIDEST = 60  # characters of an operation in a table before it is only named
SMALL = 500  # nodes up to which remarks that need the whole graph are made
MOST_FRAMES = 1000
INDENT = "\n      "


class Predicted(Report):
    """The answer to a guess. right: whether it agrees with the truth to the digits typed, two at least."""

    right: bool


def step_through(root: Any, *, forward: bool = False, **options: Any) -> Stepper:
    """A Stepper on the graph of `root`, or with ``forward=True`` a ForwardStepper."""
    if forward:
        from .forward import ForwardStepper

        return ForwardStepper(root, **options)
    return Stepper(root, **options)


class Stepper(Moves):
    """Backprop of a result, held between two edges: `position` of the ``len(stepper)`` have been made.

    fresh: start every grad from nothing; otherwise leaves go on from what an earlier pass left there, as in
    `backward()`. constants: show them too, though no gradient flows there.

    Every move returns a text that shows itself. As a context manager, or after `close()`, it leaves the
    values as it found them. A node is given as itself or by its name: of another graph it raises GraphError.
    A gradient that meets an infinite slope, such as sqrt's at 0, raises DivisionError, and we stand before that edge.

    >>> from autograd import Value
    >>> a = Value(3.0, label="a"); f = (a * a).tanh()
    >>> with Stepper(f) as bp:
    ...     while bp.step().moved:
    ...         pass
    ...     bp.position, len(bp), a.grad == 6 * (1 - f.data**2)
    (3, 3, True)
    >>> a
    Value(3.0, grad not reached, label='a')
    """

    shows_grads = True

    def __init__(self, root: Any, *, fresh: bool = False, constants: bool = False) -> None:
        super().__init__(root, fresh)
        self.constants = constants
        self._data = {node: node.data for node in self.graph.nodes}
        self._stale = remark(self.graph) if len(self.graph) <= SMALL else ""
        self._found: tuple[dict[Any, float], dict[Any, Any]] | None = None  # data and partials before a set()
        self._true_grads: dict[Any, float] | None = None

    # --- The state as a table ---

    def facts(self, node: Any) -> dict[str, str]:
        """What a picture says of a node instead of its data and grad."""
        return {"grad": self._grad_text(node).removeprefix("grad ")}

    def __repr__(self) -> str:
        try:
            return "\n".join([self.headline(), *self._notes(), self._order_line(), *self._table()])
        except Exception as error:  # a repr never raises
            return f"<{type(self).__name__} at {self.position} of {len(self)}: {error}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """What a notebook shows: the picture, and the text where there can be none."""
        from ..drawing.output import shows_pictures

        bundle: dict[str, Any] = {"text/plain": repr(self)}
        with suppress(Exception):  # a display may fail in any way, and must not hide the text
            if include or shows_pictures():
                bundle = self.draw()._repr_mimebundle_(include, exclude) | bundle
        return bundle

    def _notes(self) -> list[str]:
        notes: list[str] = []
        if self._stale:
            notes.append(f"{self._stale}: the slopes are those of the old data")
        if not self.closed:
            shown = [self._at_place(i) for i in self._shown()]
            notes += [note for node in shown if (note := self._changed_text(node))]
            notes += [f"{note}: the next move puts it back" for node in shown if (note := self._rewritten_text(node))][
                :1
            ]
        if self._earlier and not self.closed:
            some = [
                f"{self.name(node)}.grad = {short(self._grads_found[node])}"
                for node in self.graph.nodes
                if node in self._earlier
            ]
            more = f" and {len(some) - 3} more" if len(some) > 3 else ""
            notes.append(
                f"{', '.join(some[:3])}{more} from an earlier pass, and this one adds to it, as backward() does; "
                "step_through(fresh=True) starts from nothing"
            )
        return [f"  note   {note}" for note in notes]

    def _shown(self) -> range:
        """Which places in the order of backprop are shown: all, or some around the cursor."""
        count = len(self.graph)
        if count <= WINDOW + 4:
            return range(count)
        at = self._place(self.cursor)
        start = min(max(at - WINDOW // 4, 0), count - WINDOW)
        return range(start, start + WINDOW)

    def _place(self, node: Any) -> int:
        """The place of a node in the order it is stepped through."""
        return len(self.graph) - 1 - self.graph.index[node]

    def _at_place(self, i: int) -> Any:
        return self.graph.nodes[-1 - i]

    def _order_line(self) -> str:
        shown = self._shown()
        names = [self.name(self._at_place(i)) for i in shown]
        return "  order  " + " ".join(["..."] * (shown.start > 0) + names + ["..."] * (shown.stop < len(self.graph)))

    def _table(self) -> list[str]:
        shown = self._shown()
        rows: list[tuple[str, str, str]] = []
        for i in shown:
            node = self._at_place(i)
            said = operation(self.graph, node)
            if len(said) > WIDEST:
                said = f"{node.op.name} of {len(node.operands)} operands"
            rows.append((f"{self.name(node)} = {said}" if said else self.name(node), *self._row(node)))
            if self.constants:
                constants = (operand for operand in node.operands if isinstance(operand, float))
                rows += [
                    (f"  {short(constant)}", short(constant), "constant: no gradient flows to it")
                    for constant in constants
                ]
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

    def _row(self, node: Any) -> tuple[str, str]:
        """A node's number, and how far its gradient has come."""
        return short(node.data), self._grad_text(node) + self._marker(node)

    def _marker(self, node: Any) -> str:
        return "    <- next" if self.position and node is self.next_node and not self.closed else ""

    def _grad_text(self, node: Any) -> str:
        grad = short(node.grad)
        if self.closed:
            return f"grad {grad}" if node.grad is not shared["NOT_REACHED"] else "grad not reached"
        if node is self.root:
            return f"grad {grad} (seed)"
        left = self._left[node]
        if left == self._due[node]:
            return "grad not reached" + (f" ({grad} from an earlier pass)" if node in self._earlier else "")
        return f"grad {grad}" + (f", NOT complete: {left} more to come" if left else "")

    def order(self) -> Report:
        """The order of backprop, and why it is that: a node goes when all that uses it has gone."""
        lines = [f"{self.name(self.root)} first, then each node when all that uses it has passed its gradient on:"]
        rows: list[tuple[str, str]] = []
        shown = self._shown()
        for i in shown:
            node = self._at_place(i)
            rows.append((f"{i + 1:>{len(str(shown.stop))}}  {self.name(node)}", self._order_text(node)))
        lines += columns(rows)
        if len(shown) < len(self.graph):
            lines.append(f"  ({len(shown)} of {counted(len(self.graph), 'node')})")
        return Report("\n".join(lines))

    def _order_text(self, node: Any) -> str:
        if node is self.next_node:
            return "next: passes its gradient on to " + ", ".join(map(self.name, below(node)[:WINDOW]))
        if self._left[node]:
            came = self._due[node] - self._left[node]
            return f"waits: {came} of {counted(self._due[node], 'contribution')} arrived"
        passed_on = self.done or self._place(node) < self._place(self.next_node)
        return "done" if node.operands and passed_on else "complete"

    # --- What is said about an edge ---

    def _made_text(self, i: int) -> str:
        """The report of the i-th edge, which has been made."""
        edge = self._edge(i)
        operand, upstream = edge.operand, edge.node.grad
        before, left = self._history[i]
        after = before + edge.partial * upstream
        share, name = product(edge.partial, upstream), self.name(operand)
        first = left == self._due[operand] - 1
        if first and operand not in self._earlier:
            line = f"{name}.grad = {share}"
        else:
            line = f"{name}.grad += {share}      now {short(after)}   (was {short(before)}{', from an earlier pass' * first})"
        return INDENT.join(
            [
                f"[edge {i + 1}/{len(self)}] {self._arrow(edge)}",
                *self._explained(edge),
                line,
                self._arrival_text(operand, left, after),
            ]
        )

    def _explained(self, edge: Edge) -> list[str]:
        """The lines on where an edge's factors come from."""
        node = edge.node
        lines = [f"partial   {slope(edge, self._data)}", f"upstream  {self.name(node)}.grad = {short(node.grad)}"]
        if source := source_of(node):
            lines.insert(0, f"source    {source}")
        if self.constants:
            lines += [
                f"constant  {short(operand)} is operand {k + 1} of {len(node.operands)}: no gradient flows to it"
                for k, operand in enumerate(node.operands)
                if isinstance(operand, float)
            ]
        return lines + [f"note      {note}" for other in (*below(node), node) if (note := self._changed_text(other))]

    def _changed_text(self, node: Any) -> str:
        """The sentence on data that was written while we were stepping, if it was."""
        old, new = self._data[node], node.data
        if new is old or new == old:
            return ""
        return (
            f"{self.name(node)}.data was changed behind the graph's back, from {short(old)} to {short(new)}: "
            f"the slopes stay those of {short(old)} (set() recomputes)"
        )

    def _arrival_text(self, operand: Any, left: int, grad: float) -> str:
        name = self.name(operand)
        if not left:
            return f"{name}.grad is complete"
        remark = self._too_early(operand, grad) if len(self.graph) <= SMALL else ""
        return f"{name}.grad is NOT complete: {left} more to come{remark}"

    def _too_early(self, node: Any, grad: float) -> str:
        """What would become of an operand if the node passed its gradient on now: never the rest, or all of it twice."""
        if not node.operands:
            return ""
        operand = below(node)[0]
        slope_there = totals(walk(node), operand)[node]
        truth = self._truth()
        right = truth[operand]
        wrong = [right - (truth[node] - grad) * slope_there, right + grad * slope_there]
        texts = [text for text in dict.fromkeys(map(short, wrong)) if text != short(right)]
        if not texts:
            return ""
        return f"      (moving on to {self.name(operand)} now would give {' or '.join(texts)}, not {short(right)})"

    def _truth(self) -> dict[Any, float]:
        """What every gradient of this pass comes to."""
        if self._true_grads is None:
            self._true_grads = gradients(self.graph)
        return self._true_grads

    def _summary(self, made: int) -> list[str]:
        """What a run has come to: the gradients of the leaves."""
        leaves = [node for node in self.graph.nodes if not node.operands]
        width = max(len(self.name(leaf)) for leaf in leaves[:WINDOW])
        lines = [f"  {self.name(leaf) + '.grad':<{width + 5}} = {short(leaf.grad)}" for leaf in leaves[:WINDOW]]
        if len(leaves) > WINDOW:
            lines.append(f"  and {counted(len(leaves) - WINDOW, 'more leaf').replace('leafs', 'leaves')}")
        return [f"{counted(made, self.unit)} made, backprop of {self.name(self.root)} is done", *lines]

    def _undone_text(self) -> str:
        """The report of the edge just taken back."""
        edge = self._edge(self.position)
        state = self._grad_text(edge.operand).removeprefix("grad ")
        return INDENT.join(
            [
                f"[edge {self.position + 1}/{len(self)} undone] {self._arrow(edge)}",
                f"{self.name(edge.operand)}.grad is again {state}",
            ]
        )

    def explain(self, x: Any = None) -> Report:
        """The edge that comes next, or the node x: its formula, then with numbers."""
        if x is not None:
            return self._explain_node(self.node(x))
        if blocked := self._blocked(forwards=True):
            return blocked
        edge = self._edge(self.position)
        node, operand = edge.node, edge.operand
        lines = [
            f"[edge {self.position + 1}/{len(self)} comes next] {self._arrow(edge)}",
            f"forward   {self._computed(node)}",
            *self._explained(edge),
            f"so {self.name(operand)}.grad gets {product(edge.partial, node.grad)}",
        ]
        return Report(INDENT.join(lines))

    def _computed(self, node: Any) -> str:
        said = operation(self.graph, node)
        if not said:
            return f"{self.name(node)} = {short(self._data[node])}"
        return " = ".join(
            dict.fromkeys([self.name(node), said, with_numbers(node, self._data), short(self._data[node])])
        )

    def _explain_node(self, node: Any) -> Report:
        lines = [self._computed(node) + ("" if node.operands else "      (a leaf)"), self._grad_text(node)]
        if source := source_of(node):
            lines.append(f"source    {source}")
        into = [i for i in range(len(self)) if self._operand(i) is node]
        for i in into[:WINDOW]:
            edge = self._edge(i)
            came = product(edge.partial, edge.node.grad) if i < self.position else "to come"
            lines.append(f"from {self._arrow(edge)}:  {came}")
        out = [self._edge(i) for i in range(len(self)) if self._nodes[i] is node]
        lines += [f"to {self._arrow(edge)}:  {slope(edge, self._data)}" for edge in out[:WINDOW]]
        return Report(INDENT.join(lines))

    def why(self, x: Any) -> Ledger:
        """df/dx path by path, as far as it has arrived; the rest is marked "to come"."""
        node = self.node(x)
        if self._is_complete(node):
            return why(self.root, node, graph=self.graph)
        sums = Sums(self.graph, node)
        into = [i for i in range(len(self)) if self._operand(i) is node]
        arrived = {(self._nodes[i], self._ks[i]) for i in into if i < self.position}
        so_far = 0.0
        for i in into[: len(arrived)]:
            so_far += self._nodes[i].partials[self._ks[i]] * self._nodes[i].grad
        head = f"d{self.name(self.root)}/d{self.name(node)} is a sum over {said_count(sums.count)}, as far as they have arrived:"
        rows: list[tuple[str, str]] = []
        if sums.count <= LISTED:
            for path in sums.all_paths():
                here = (path.nodes[-2], path.ks[-1]) in arrived
                rows.append((path.text(), product(*path.factors()) if here else "to come"))
        else:
            for i in into[:WINDOW]:
                edge = self._edge(i)
                here = i < self.position
                rows.append(
                    (f"all by {self._arrow(edge)}", product(edge.partial, edge.node.grad) if here else "to come")
                )
        text = "\n".join([head, *columns(rows), f"  so far {short(so_far)}"])
        return Ledger(text, total=so_far, paths=sums.count, size=sums.sizes[-1])

    # --- Asking ---

    def predict(self, x: Any, guess: float | str) -> Predicted:
        """Whether `guess` is what x.grad of this pass will be, said before it is shown; a wrong one is diagnosed.

        guess: a number, or its text, or an expression of the graph's names such as ``"1 - f**2"``. It is
        right if it agrees to the digits typed, two at least. Raises NotANumberError for anything else.

        >>> from autograd import Value
        >>> a = Value(3.0, label="a"); b = Value(2.0, label="b"); f = a * b + a
        >>> f.step_through().predict("a", 2)
        not 2: it is only what comes by v2: contributions add up; or it is one path only, f -> v2 -> a: there are 2, ...
        >>> f.step_through().predict(a, "b + 1").right
        True
        """
        from .guesses import Guess, cuts, hints
        from .mistakes import phrases_for

        node = self.node(x)
        read = Guess(guess, self.graph)
        truth = self._truth()[node]
        quantity = f"d{self.name(self.root)}/d{self.name(node)}"
        if read.agrees(truth):
            return Predicted(f"right: {quantity} = {short(truth)}", right=True)
        if read.too_few_digits(truth):
            return Predicted(
                f"close: {read.text} is right as far as it goes, but give two digits at least", right=False
            )
        slips = hints(self.graph, node, read)
        slips = slips or [f"it is what {phrase} gives" for phrase in phrases_for(self.graph, node, read)]
        slips = slips or cuts(self.graph, node, read) or ["no usual slip gives it; explain() shows what comes next"]
        return Predicted(f"not {read.text}: {'; or '.join(slips)}", right=False)

    def what_if(self, x: Any, value: float) -> Report:
        """What changes if x were `value`, before and after; nothing is changed.

        Raises NotANumberError for what is no number, and the error of an operation that has no value there.

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
        ]
        root = self.root
        if self.shows_grads and node is not root and root in new and self._is_complete(node):
            slope_there, nudge = self._truth()[node], number - node.data
            lines.append(
                f"  d{self.name(root)}/d{self.name(node)} = {short(slope_there)} predicts a change of "
                f"{product(slope_there, nudge)}; it is {short(new[root] - root.data)}"
            )
        if self._stale:
            lines.append(f"  note   {self._stale}: here it has its data of now")
        return Report("\n".join(lines))

    def _differences(self, new: Mapping[Any, float]) -> list[str]:
        """Before and after of every node that changes, those nearest to the result last."""
        touched = [node for node in self.graph.nodes if node in new]
        told = touched if len(touched) <= WINDOW else [*touched[: WINDOW // 2], *touched[-WINDOW // 2 :]]
        lines = columns([(self.name(node), f"{short(node.data)} -> {short(new[node])}") for node in told])
        if len(told) < len(touched):
            lines.insert(WINDOW // 2, f"  ... {counted(len(touched) - len(told), 'node')} between ...")
        return lines

    def set(self, x: Any, value: float) -> Moved:
        """Change the leaf x, recompute what depends on it, and stand where we stood.

        Raises GraphError for a node that is computed; where the new numbers have no value, the error of the
        operation that has none, and nothing is changed.

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
            return Moved(f"{self.headline()}; step_through() begins anew", moved=0)
        number = real(value, f"a real number for {name}")
        if node.operands:
            leaves = ", ".join(self.name(leaf) for leaf in self.graph.nodes[:8] if not leaf.operands)
            raise GraphError(
                f"{name} is computed from others: set a leaf ({leaves}), or ask what_if({name}, {short(number)})"
            )
        new = recompute(self.graph, {node: number})
        lines = [f"{name} is {short(new[node])} now:", *self._differences(new)]
        self._replace(new, recomputed_partials(self.graph, new))
        where = f"still at {self.unit} {self.position} of {len(self)}"
        return Moved("\n".join([*lines, f"  {where}"]), moved=0)

    def _replace(self, data: Mapping[Any, float], partials: Mapping[Any, Any]) -> None:
        """Write new data and partials, and make again the edges made so far; all or nothing."""
        old_data = {node: node.data for node in self.graph.nodes}
        old_partials = {node: node.partials for node in self.graph.nodes}
        position = self.position
        try:
            self._rewrite(data, partials, position)
        except AutogradError:
            self._rewrite(old_data, old_partials, position)
            raise
        if self._found is None:
            self._found = old_data, old_partials

    def _rewrite(self, data: Mapping[Any, float], partials: Mapping[Any, Any], position: int) -> None:
        while self.position:
            self._take_back()
        for node, number in data.items():
            node.data = self._data[node] = number
        for node, slopes in partials.items():
            node.partials = slopes
        self._true_grads = None
        self._stale = remark(self.graph) if len(self.graph) <= SMALL else ""
        while self.position < position:
            self._make()

    def check(self) -> Checked:
        """Each partial and each gradient against central differences; of a big graph those around the cursor."""
        from .verify import verify

        nodes = self.graph.nodes[::-1]
        around = nodes if len(nodes) <= 10 * WINDOW else [self._at_place(i) for i in self._shown()]
        notes = [f"{self._stale}: the slopes are those of the old data"] if self._stale else []
        notes += [note for node in around if not self.closed and (note := self._changed_text(node))]
        return verify(self.graph, around, notes)

    # --- Pictures, the prompt, the end ---

    def draw(self, **options: Any) -> Any:
        """The graph as a graphviz.Digraph: what is done is solid, what comes next thick, what is to come dashed.

        options: those of :func:`autograd.draw` but for names. A large graph is drawn round the cursor.
        """
        from .pictures import draw_progress

        return draw_progress(self, **options)

    def show(self, **options: Any) -> str:
        """Open the picture, print its path, and return it; where nothing can be laid out, print why, and the text."""
        from ..drawing import open_drawing

        return open_drawing(self.draw(**options), self.name(self.root), lambda: repr(self))

    def save_picture(self, path: str, **options: Any) -> str:
        """Write the picture to a file, whose ending says the format; returns the path.

        Raises LayoutError where nothing can be laid out or the file cannot be written.
        """
        from ..drawing.output import write_whole, writing

        picture = self.draw(**options).pipe(os.path.splitext(path)[1].lstrip(".").lower() or "svg")
        with writing(path):
            return write_whole(path, picture)

    def save(self, path: str | os.PathLike[str], **options: Any) -> str:
        """Write a page that plays this, and opens where the stepper stands; returns the path.

        options: those of :func:`autograd.save_player`.
        """
        from ..player import Player

        start = f"#{'' if self.shows_grads else 'f'}{self.position}"
        return Player(self.root, graph=self.graph, start=start, **options).save(path)

    def frames(self, folder: str, **options: Any) -> list[str]:
        """One SVG for each position, ``000.svg`` before the first edge; returns their paths. Stands where it stood.

        Raises OptionError for more than 1000 edges, LayoutError where nothing can be laid out or written.
        """
        if len(self) > MOST_FRAMES:
            raise OptionError(
                f"frames() would write {len(self) + 1} pictures, more than {MOST_FRAMES}: step to what matters, and draw() there"
            )
        from ..drawing.output import writing

        with writing(folder, "write into"):
            os.makedirs(folder, exist_ok=True)
        here, paths = self.position, list[str]()
        try:
            for k in range(len(self) + 1):
                self.goto(k)
                paths.append(self.save_picture(os.path.join(folder, f"{k:03}.svg"), **options))
        finally:
            self.goto(here)
        return paths

    def prompt(self) -> None:
        """A prompt to step with, whose commands are words: ``step``, ``undo``, ``why b``, ``help``."""
        from .prompt import prompt

        prompt(self)

    def close(self) -> None:
        """Leave the values as they were found: grads, and data and partials if they were set."""
        if self.closed:
            return
        self.closed = True
        if self._found is not None:
            data, partials = self._found
            for node in self.graph.nodes:
                node.data, node.partials = data[node], partials[node]
        self._restore()

    def _restore(self) -> None:
        for node, grad in self._grads_found.items():
            node.grad = grad

    def __enter__(self) -> Stepper:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
