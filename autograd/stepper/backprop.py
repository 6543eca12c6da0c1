"""Backprop one edge at a time, forwards and back, on the user's own expression.

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

A stepper is the backward pass in slow motion: it writes real `.grad`s, in the order and with the rounding of
`backward()`, and takes them back (in edges.py). This file has its reports and its answers to questions. The forward
pass has its own stepper, in forward.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ..explain.paths import LISTED, Ledger, Sums, columns, said_count, totals, why, why_part
from ..explain.phrases import Report, below, counted, product, short, slope
from ..explain.regions import Region
from ..explain.source import source_of
from ..frames import public
from ..graph import Edge, gradients, walk
from ..modes import shared
from .edges import Edges
from .guesses import Guess, Predicted, cuts, hints, judge
from .walker import INDENT, SMALL, WINDOW

if TYPE_CHECKING:
    from ..explain.anomalies import Anomalies
    from ..node import Node
    from .diagnosis import Diagnosis
    from .pictures import ProgressWriter
    from .verify import Checked

__all__ = ["Stepper"]


@public
class Stepper(Edges):
    """Backprop of a result, paused between two edges: `position` of the ``len(stepper)`` edges have been processed.

    fresh: True starts every grad from nothing; with False, leaves add to what an earlier pass left there, as in
    `backward()`. The default is False, unless the leaves hold exactly what one backward() of this result has left: then
    that pass is shown. constants: show these too, though no gradient flows to them.

    Stepping changes no later result: a backward() of the same result adds to the grads that were there before.

    Every move returns text that displays itself. As a context manager, or after `close()`, it leaves the
    values as it found them. A node is given as itself or by its name; one from another graph raises GraphError. A
    gradient that meets an infinite slope, such as sqrt's at 0, raises SingularityError, and the position stays before
    that edge.

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

    computed = "the slopes"
    constant = "constant: no gradient flows to it"
    page_mark = "edge="
    help_words: ClassVar[Mapping[str, str]] = {
        "rest of a node": "all its remaining edges",
        "moves of a node": "all that a node passed on",
        "asked": "x.grad",
        "example": "2 * a.grad",
        "arrived": "complete",
        "where": "each node, its data, and how far its grad has come",
    }

    def __init__(self, root: Node, *, fresh: bool | None = None, constants: bool = False) -> None:
        super().__init__(root, constants)
        self._true_grads: dict[Any, float] | None = None
        self._prepare(fresh)

    # --- The state ---

    def facts(self, node: Node, digits: int = 4) -> dict[str, str]:
        """Return the text that a picture shows for a node instead of its grad."""
        if self.closed or node is self.root:
            return {"grad": self._grad_text(node, digits).removeprefix("grad ")}
        left = self._left[node]
        return {"grad": "not reached" if left == self._due[node] else short(node.grad, digits) + (" …" if left else "")}

    def known(self, node: Node, quantity: str) -> float | None:
        """Return a node's data, or its grad if it has been reached."""
        number = getattr(node, quantity)
        return None if number is shared["NOT_REACHED"] else number

    def _pen(self) -> type[ProgressWriter]:
        from .pictures import BackpropWriter

        return BackpropWriter

    def _notes(self) -> list[str]:
        return super()._notes() + ([] if self.closed else [*self._rewritten_notes()[:1], *self._earlier_notes()])

    def _rewritten_notes(self) -> list[str]:
        notes = [self._rewritten_text(self._at_place(i)) for i in self._shown()]
        return [f"{note}: the next move puts it back" for note in notes if note]

    def _earlier_notes(self) -> list[str]:
        """Return the sentence about the grads that were there before, if there were any."""
        some = [
            f"{self.name(node)}.grad = {short(self._before[node])}"
            for node in self.graph.nodes
            if node in self._earlier
        ]
        more = f" and {len(some) - 3} more" if len(some) > 3 else ""
        return [
            f"{', '.join(some[:3])}{more} from an earlier pass, and this one adds to it, as backward() does; "
            "step_through(fresh=True) starts from nothing"
        ] * bool(some)

    def _row(self, node: Any) -> tuple[str, str]:
        return short(node.data), self._grad_text(node)

    def _grad_text(self, node: Any, digits: int = 4) -> str:
        grad = short(node.grad, digits)
        if self.closed:
            return f"grad {grad}" if node.grad is not shared["NOT_REACHED"] else "grad not reached"
        if node is self.root:
            return f"grad {grad} (seed)"
        left = self._left[node]
        if left == self._due[node]:
            return "grad not reached" + (f" ({grad} from an earlier pass)" if node in self._earlier else "")
        return f"grad {grad}" + (f", NOT complete: {left} more to come" if left else "")

    def _order_head(self) -> str:
        return f"{self.name(self.root)} first, then each node when everything that uses it has passed its gradient on:"

    def _order_text(self, node: Any) -> str:
        if node is self.next_node:
            return "next: passes its gradient on to " + ", ".join(map(self.name, below(node)[:WINDOW]))
        if self._left[node]:
            came = self._due[node] - self._left[node]
            return f"waits: {came} of {counted(self._due[node], 'contribution')} arrived"
        passed_on = self.done or self._place(node) < self._place(self.next_node)
        return "done" if node.operands and passed_on else "complete"

    # --- Sentences about an edge ---

    def _made_text(self, i: int) -> str:
        """Report the i-th edge, which has been processed."""
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
        """Write the lines that explain where an edge's factors come from."""
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

    def _arrival_text(self, operand: Any, left: int, grad: float) -> str:
        name = self.name(operand)
        if not left:
            return f"{name}.grad is complete"
        remark = self._too_early(operand, grad) if len(self.graph) <= SMALL else ""
        return f"{name}.grad is NOT complete: {left} more to come{remark}"

    def _too_early(self, node: Any, grad: float) -> str:
        """Write the wrong gradients of an operand if the node moves on now: the rest is lost, or all of it comes again."""
        operand, *_ = below(node) or [None]
        if operand is None:  # a leaf, or computed from constants
            return ""
        slope_there = totals(walk(node), operand)[node]
        truth = self._truth()
        right = truth[operand]
        wrong = [right - (truth[node] - grad) * slope_there, right + grad * slope_there]
        texts = [text for text in dict.fromkeys(map(short, wrong)) if text != short(right)]
        if not texts:
            return ""
        return f"      (moving on to {self.name(operand)} now would give {' or '.join(texts)}, not {short(right)})"

    def _truth(self) -> dict[Any, float]:
        """Compute what every gradient of this pass will be."""
        if self._true_grads is None:
            self._true_grads = gradients(self.graph)
        return self._true_grads

    def _summary(self, made: int) -> list[str]:
        """List the results of a run: the gradients of the leaves."""
        leaves = [node for node in self.graph.nodes if not node.operands]
        width = max((len(self.name(leaf)) for leaf in leaves[:WINDOW]), default=0)
        lines = [f"  {self.name(leaf) + '.grad':<{width + 5}} = {short(leaf.grad)}" for leaf in leaves[:WINDOW]]
        if len(leaves) > WINDOW:
            lines.append(f"  and {counted(len(leaves) - WINDOW, 'more leaf', 'more leaves')}")
        return [f"{counted(made, self.unit)} processed, backprop of {self.name(self.root)} is done", *lines]

    def _undone_text(self) -> str:
        """Report the edge just taken back."""
        edge = self._edge(self.position)
        state = self._grad_text(edge.operand).removeprefix("grad ")
        return INDENT.join(
            [
                f"[edge {self.position + 1}/{len(self)} undone] {self._arrow(edge)}",
                f"{self.name(edge.operand)}.grad is again {state}",
            ]
        )

    def explain(self, x: object = None) -> Report:
        """Explain the edge that comes next, or the node x: its formula, and then the formula with numbers."""
        if x is not None:
            part = self.part(x)
            return self._explain_region(part) if isinstance(part, Region) else self._explain_node(part)
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

    def _explain_node(self, node: Any) -> Report:
        lines = [self._computed(node) + ("" if node.operands else "      (a leaf)"), self._grad_text(node)]
        if source := source_of(node):
            lines.append(f"source    {source}")
        into = [i for i in range(len(self)) if self._arrival(i) is node]
        for i in into[:WINDOW]:
            edge = self._edge(i)
            came = product(edge.partial, edge.node.grad) if i < self.position else "to come"
            lines.append(f"from {self._arrow(edge)}:  {came}")
        out = [self._edge(i) for i in range(len(self)) if self._nodes[i] is node]
        lines += [f"to {self._arrow(edge)}:  {slope(edge, self._data)}" for edge in out[:WINDOW]]
        return Report(INDENT.join(lines))

    def why(self, x: object) -> Ledger:
        """Show df/dx path by path, as far as it has arrived; the rest is marked "to come".

        For a module, or a prefix of names, show the gradients of its leaves and the number of their paths.
        """
        node = self.part(x)
        if isinstance(node, Region):
            return why_part(self.graph, node, self._truth(), self._is_complete)
        if self._is_complete(node):
            return why(self.root, node, graph=self.graph)
        sums = Sums(self.graph, node)
        into = [i for i in range(len(self)) if self._arrival(i) is node]
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

    def predict(self, x: Node | str, guess: float | str) -> Predicted:
        """Say whether `guess` is what x.grad will be in this pass, before it is shown; diagnose a wrong one.

        guess: a number, its text, or an expression of the graph's names such as ``"1 - f**2"``. It is right if it
        agrees with the truth to the digits typed, at least two. Raises ArgumentError for
        anything else.

        >>> from autograd import Value
        >>> a = Value(3.0, label="a"); b = Value(2.0, label="b"); f = a * b + a
        >>> f.step_through().predict("a", 2)
        not 2: it is only what comes from v2: contributions add up; or it is one path only, f -> v2 -> a: there are 2, ...
        >>> f.step_through().predict(a, "b + 1").right
        True
        """
        node = self.node(x)
        read = Guess(guess, self.graph)
        quantity = f"d{self.name(self.root)}/d{self.name(node)}"
        return judge(read, self._truth()[node], quantity, lambda: self._slips(node, read))

    def _slips(self, node: Any, read: Guess) -> list[str]:
        """Yield what may have led to a wrong number: simple slips, then the classical mistakes, then a cut edge."""
        from .mistakes import phrases_for

        return (
            hints(self.graph, node, read)
            or [f"it is what {phrase} gives" for phrase in phrases_for(self.graph, node, read)]
            or cuts(self.graph, node, read)
            or ["none of the usual slips gives it; explain() shows what comes next"]
        )

    def _about_change(self, node: Any, new: Mapping[Any, float]) -> list[str]:
        """Compare the change in the result that a complete gradient predicts with the actual change."""
        root = self.graph.root
        if node is root or root not in new or not self._is_complete(node):
            return []
        slope_there, nudge = self._truth()[node], new[node] - node.data
        return [
            f"  d{self.name(root)}/d{self.name(node)} = {short(slope_there)} predicts a change of "
            f"{product(slope_there, nudge)}; it is {short(new[root] - root.data)}"
        ]

    def _rewrite(self, data: Mapping[Any, float], partials: Mapping[Any, Any], position: int) -> None:
        self._true_grads = None
        super()._rewrite(data, partials, position)

    def check(self, *, every: bool = False) -> Checked:
        """Check each partial and each gradient against central differences; in a large graph, those near the cursor.

        It lists those that disagree or, with every=True, all of them.
        """
        from .verify import verify

        nodes = self.graph.nodes[::-1]
        around = nodes if len(nodes) <= 10 * WINDOW else [self._at_place(i) for i in self._shown()]
        changes = [note for node in around if not self.closed and (note := self._changed_text(node))]
        return verify(self.graph, around, self._stale_notes() + changes, every=every)

    def diagnose(self, x: Node | str, guess: float | str) -> Diagnosis:
        """Find the mistake that makes x.grad come out as `guess`, and go there: see :func:`autograd.diagnose`."""
        from .diagnosis import diagnose

        found = diagnose(self.root, self.node(x), guess, graph=self.graph)
        if found.kinds:
            self.goto(found.edge)
        return found

    def compare(self, kind: str | None = None) -> Report:
        """Show the right pass beside one with a mistake: see :func:`autograd.compare`. Without `kind`, list them."""
        from .comparison import compare

        if kind is None:
            return Report(f"the mistakes: {', '.join(self.mistakes())}")

        return compare(self.root, kind, graph=self.graph)

    def anomalies(self) -> Anomalies:
        """List what looks unhealthy, such as nan or a vanishing gradient: see :func:`autograd.detect_anomalies`."""
        from ..explain.anomalies import detect_anomalies

        return detect_anomalies(self.root, graph=self.graph)
