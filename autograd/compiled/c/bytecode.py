"""A program packed for the C interpreter (interpreter.c.in): instructions and operands as arrays of ints.

Nodes are taken level by level: a node's level is one above the highest level of its operands, so nodes of one level do
not depend on each other. Those with the same operation become one instruction, whose results are in
consecutive slots; dot products over the same inputs become a product of matrices.

A bytecode for rows computes many rows of inputs at once. Values that depend on an input are in its part `rows`; all
others are computed once for all rows, in its part `steady`. A bytecode for one row has only a steady part.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from ...modes import gc_paused
from ...ops import DOT, Op
from ..program import PICK, Program

__all__ = ["Bytecode"]

_Columns = dict[tuple[int, ...], list[int]]  # the dot products of one list: for each other one and its bias, the nodes

STRIP, LIST = range(2)  # where operands are: in consecutive slots, or anywhere
PRODUCT, PICKED = -1, -2
SINGLE, MANY, WIDE = range(3)
LISTED = Op("listed")  # this is not an operation, but a list of operands
FEW = 4  # fewer results than this do not share an instruction


class _Places(dict[Any, int]):
    """The position of each of a program's values in lists of values, where operands come first.

    A literal also has a position, and so does each list of operands, which many nodes may share.
    """

    def __init__(self, leaves: Sequence[Any], nodes: Iterable[Any]) -> None:
        super().__init__(zip(leaves, range(len(leaves))))
        self.ops: list[Any] = [None for _ in leaves]
        self.operands: list[tuple[int, ...]] = [() for _ in leaves]
        self.literals: dict[str, int] = {}  # the keys are digits, since -0.0 equals 0.0
        self._lists: dict[tuple[int, ...], int] = {}
        splits: dict[tuple[int, int], Any] = {}  # where operands are, by name: an index, or a range for a list
        for node in nodes:
            op, operands = node.op, node.operands
            if op is None:  # Value(x) for an argument x
                self[node] = self[operands[0]]
            elif op.lists:
                key = id(op), len(operands)  # a redefined operation equals the old one
                split = splits.get(key) or splits.setdefault(key, op.places(len(operands)).values())
                self[node] = self._new(op, tuple([self._place(operands, at) for at in split]))
            else:
                self[node] = self._new(op, tuple(map(self.__getitem__, operands)))

    def _place(self, operands: tuple[Any, ...], at: int | range) -> int:
        if isinstance(at, int):
            return self[operands[at]]
        places = tuple(map(self.__getitem__, operands[at.start : at.stop]))
        if places not in self._lists:
            self._lists[places] = self._new(LISTED, places)
        return self._lists[places]

    def __missing__(self, number: float) -> int:
        digits = repr(float(number))
        if digits not in self.literals:
            self.literals[digits] = self._new(None, ())
        return self.literals[digits]

    def _new(self, op: Any, operands: tuple[int, ...]) -> int:
        self.ops.append(op)
        self.operands.append(operands)
        return len(self.ops) - 1


class Bytecode:
    """A program in the form that the interpreter takes.

    parameters: all those of the compiled step, whether this program uses them or not; they are the first steady slots.
    numbers: for every (id of an op, absent operands), its number in the interpreter's table of rows, and Row.kept.

    Here values are identified by their positions. active, slot: one per position; ~slot is a steady slot used by rows.
    """

    @gc_paused
    def __init__(
        self, program: Program, parameters: Sequence[Any], numbers: Mapping[Any, tuple[int, int]], rows: bool = False
    ) -> None:
        self.program = program
        self.numbers = numbers
        inputs = program.inputs
        leaves = [*parameters, *program.constants, *inputs] if rows else [*parameters, *inputs, *program.constants]
        place = _Places(leaves, program.order)
        self.ops, self.operands = place.ops, place.operands
        self.zero = place[0.0]
        self.literals = [*map(float, place.literals)]
        self.parameters = self.first_input = len(parameters)
        self.first_constant = self.first_input + (0 if rows else len(inputs))
        self.first_literal = self.first_constant + len(program.constants)
        self.active = self._marked(place, program.active)
        self.per_row = self._marked(place, program.per_row if rows else ())
        self.slot = [*range(len(self.ops))]
        for slot, literal in enumerate(place.literals.values(), self.first_literal):
            self.slot[literal] = slot
        nodes = range(len(leaves), len(self.ops))
        slots = self.first_literal + len(self.literals)
        self.steady = _Part(self, [node for node in nodes if not self.per_row[node]], slots, by_rows=False)
        self.slot = [~slot for slot in self.slot]
        if rows:
            self.slot[len(leaves) - len(inputs) : len(leaves)] = range(len(inputs))
        per_row = [node for node in nodes if self.per_row[node]]
        self.rows = _Part(self, per_row, len(inputs) if rows else 0, by_rows=True)
        self.root = self.slot[place[program.root]]

    def _marked(self, place: _Places, values: Collection[Any]) -> list[bool]:
        """Return, for each position, whether it belongs to one of these values, or to a list that contains one."""
        own = {*map(place.get, values)}
        return [
            not own.isdisjoint(self.operands[node]) if op is LISTED else node in own for node, op in enumerate(self.ops)
        ]

    def room(self, width: int) -> int:
        """Return how much room the interpreter needs besides the slots at this width, counted in numbers."""
        return max(self.steady.room + self.steady.room_by_width, self.rows.room + width * self.rows.room_by_width)


class _Part:
    def __init__(self, bytecode: Bytecode, nodes: Iterable[int], slots: int, by_rows: bool) -> None:
        self.bytecode = bytecode
        self.ops, self.operands, self.active, self.slot = (
            bytecode.ops, bytecode.operands, bytecode.active, bytecode.slot
        )  # fmt: skip
        self.by_rows = by_rows
        self.code = array("i")
        self.described = array("i")
        self.slots = slots
        self.room = self.room_by_width = 1
        for groups in self._levels(nodes):
            for (pack, *_), group in groups.items():
                pack(self, group)

    def _levels(self, nodes: Iterable[int]) -> list[dict[Any, list[int]]]:
        """Group the nodes by level and kind; each node comes after the nodes of this part that it depends on."""
        level = [-1] * len(self.ops)
        levels: list[dict[Any, list[int]]] = []
        for node in nodes:
            level[node] = highest = max(map(level.__getitem__, self.operands[node]), default=-1)
            if self.ops[node] is not LISTED and self.operands[node]:  # not a literal
                level[node] = highest = highest + 1
                if highest == len(levels):
                    levels.append({})
                levels[highest].setdefault(self._kind(node), []).append(node)
        return levels

    def _kind(self, node: int) -> tuple[Any, ...]:
        """Return how a node is packed, and what else nodes must have in common to become one instruction."""
        op, operands = self.ops[node], self.operands[node]
        if op is PICK:
            return _Part._picks, self.active[node], operands[0], len(operands)
        if op is DOT:
            return _Part._dots, self.active[node], len(operands)
        flows = self.active[node], *map(self.active.__getitem__, operands)
        if op.lists:
            return _Part._wide, id(op), len(self._listed(operands)), flows
        return _Part._scalars, id(op), flows

    def _write(self, code: int, active: int, results: Sequence[Sequence[int]], *described: Sequence[int]) -> None:
        """Add an instruction. results: the nodes of each result. active: bits for the operands that get a gradient."""
        slots = range(self.slots, self.slots + len(results))
        self.code.extend(
            (code, active if self.active[results[0][0]] else 0, len(results), self.slots, len(self.described))
        )
        for numbers in described:
            self.described.extend(numbers)
        for nodes, slot in zip(results, slots):
            for node in nodes:
                self.slot[node] = slot
        self.slots = slots.stop

    def _need(self, numbers: int, by_width: int) -> None:
        self.room = max(self.room, numbers)
        self.room_by_width = max(self.room_by_width, by_width)

    def _slots_of(self, places: Iterable[int]) -> list[int]:
        return [*map(self.slot.__getitem__, places)]

    def _listed(self, places: Iterable[int]) -> list[int]:
        """Return the values at these positions, with the values in lists one by one."""
        return [k for place in places for k in (self.operands[place] if self.ops[place] is LISTED else (place,))]

    def _active_bits(self, groups: Iterable[Iterable[int]]) -> int:
        """Return an int whose bit k says whether a gradient flows to anything in group k."""
        return sum((True in map(self.active.__getitem__, group)) << k for k, group in enumerate(groups))

    def _scalars(self, nodes: list[int]) -> None:
        slots = {node: self._slots_of(self.operands[node]) for node in nodes}
        code = 3 * self.bytecode.numbers[id(self.ops[nodes[0]]), ()][0]
        active = self._active_bits(zip(self.operands[nodes[0]]))
        if len(nodes) < FEW and not self.by_rows:
            for node in nodes:
                self._write(code + SINGLE, active, [[node]], slots[node])
            return
        nodes.sort(key=slots.__getitem__)
        columns = [*zip(*(slots[node] for node in nodes))]
        self._write(code + MANY, active, [*zip(nodes)], *map(_described, columns))
        self._need(0, len(nodes) * (len(columns) + 1))

    def _wide(self, nodes: list[int]) -> None:
        op, operands = self.ops[nodes[0]], self.operands[nodes[0]]
        bound = op.bind(self._listed(operands))
        length = len(bound[op.lists[0]])
        absent = tuple(name for name in op.defaults if name not in bound)
        described = [_described(self._slots_of(self._listed([k]))) for node in nodes for k in self.operands[node]]
        number, kept = self.bytecode.numbers[id(op), absent]
        self._write(3 * number + WIDE, self._active_bits(zip(operands)), [*zip(nodes)], [length], *described)
        self.slots += len(nodes) * (length + kept) * bool(kept)
        self._need(length * (len(operands) + 1), 0)  # room for a copy of each list, and for gradients

    def _picks(self, nodes: list[int]) -> None:
        index, *candidates = zip(*map(self.operands.__getitem__, nodes))
        active = self._active_bits([chain.from_iterable(candidates)])
        slots = self._slots_of(chain.from_iterable(candidates))
        self._write(PICKED, active, [*zip(nodes)], [self.slot[index[0]], *slots])

    def _dots(self, nodes: list[int]) -> None:
        """Add products X W^T: W is the steady side, or else that of a layer, or else the second operand.

        Rows that share their first column share a product if at least half of its terms are then wanted: in causal
        attention, a row has only some columns, or only the first terms of all columns.
        """
        rows: dict[int, _Columns] = {}
        for node in nodes:
            x, w, *bias = self.operands[node]
            if self._rank(x) > self._rank(w):
                x, w = w, x
            rows.setdefault(x, {}).setdefault((w, *bias), []).append(node)
        ws = {w: self.operands[w] for row in rows.values() for w, *_ in row}
        longest = {ws[w][0]: w for w in sorted(ws, key=lambda w: len(ws[w]))}
        whole = {w: full if ws[full := longest[ws[w][0]]][: len(ws[w])] == ws[w] else w for w in ws}
        by_first: dict[Any, dict[int, _Columns]] = {}
        for x, row in rows.items():
            filled = {(whole[w], *bias): found for (w, *bias), found in row.items()}
            by_first.setdefault(next(iter(filled)), {})[x] = filled
        for group in by_first.values():
            columns = dict.fromkeys(chain.from_iterable(group.values()))
            lengths = {len(ws[w]) for w, *_ in columns}
            if len(lengths) == 1 and 2 * self._wanted(group) >= len(group) * len(columns) * max(lengths):
                self._product(columns, group)
                continue
            alike: dict[Any, dict[int, _Columns]] = {}
            for x in group:
                alike.setdefault(tuple(rows[x]), {})[x] = rows[x]
            for own, group in alike.items():
                self._product(own, group)

    def _rank(self, side: int) -> tuple[bool, bool]:
        return not self.bytecode.per_row[side], max(self.operands[side]) < self.bytecode.first_input

    def _wanted(self, rows: Mapping[int, _Columns]) -> int:
        return sum(len(self.operands[x]) * len(row) for x, row in rows.items())

    def _product(self, columns: Collection[tuple[int, ...]], rows: Mapping[int, _Columns]) -> None:
        ws, bias = [w for w, *_ in columns], [b for _, *bias in columns for b in bias]
        positions, terms, count = len(rows), len(self.operands[ws[0]]), len(ws)
        by_lane = self.by_rows and True in map(self.bytecode.per_row.__getitem__, (*ws, *bias))
        xs = [place for x in rows for place in (*self.operands[x], *[self.bytecode.zero] * terms)[:terms]]
        self._write(
            PRODUCT,
            self._active_bits((xs, ws, bias)),
            [row.get(column, []) for row in rows.values() for column in columns],
            [positions, terms, len(bias), by_lane, self._wanted(rows) < positions * terms * count],
            *(_described(self._slots_of(group)) for group in (xs, self._listed(ws), bias) if group),
        )
        self._need(3 * count * (terms + 1 + positions) + 3 * positions * terms, 2 * positions * terms + count)


def _described(slots: Sequence[int]) -> list[int]:
    """Describe where operands are. For steady slots that rows refer to, the complements are consecutive."""
    first, count = slots[0], len(slots)
    if [*slots] == [*(range(first, first + count) if first >= 0 else range(first, first - count, -1))]:
        return [STRIP, first]
    return [LIST, *slots]
