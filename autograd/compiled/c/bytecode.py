"""A program packed for the C interpreter (interpreter.c.in): instructions and operands as arrays of ints.

Nodes are taken level by level: a node's level is one above the highest of its operands', so that nodes of one
level depend on none of each other. Those of the same operation become one instruction, whose results lie in
slots that follow one another; dot products over the same inputs become a product of matrices.

A bytecode of rows computes many rows of inputs at once: what depends on an input is in its part `rows`, and what
does not is computed once for all of them, in its part `steady`. A bytecode of one row has a steady part only.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...ops import DOT
from ..program import PICK, Program

__all__ = ["Bytecode"]

STRIP, ONE, LIST = range(3)  # how operands lie: in a row, all the same, anywhere
PRODUCT, PAIRS, PICKED = -1, -2, -3
SINGLE, MANY, WIDE = range(3)
FEW = 4  # results that are not worth an instruction of many
VECTOR = 8  # numbers in the widest vector there is


class Bytecode:
    """A program as the interpreter takes it.

    parameters: those of the compiled step, used in this program or not; they are the first steady slots.
    numbers: of every (id of an op, absent operands) its number in the interpreter's table of rows.
    """

    def __init__(
        self, program: Program, parameters: Sequence[Any], numbers: Mapping[Any, int], rows: bool = False
    ) -> None:
        self.program = program
        self.numbers = numbers
        self.steady_slot: dict[Any, int] = {p: i for i, p in enumerate(parameters)}
        self.first_input = len(self.steady_slot)
        if not rows:
            self._add_steady(program.inputs)
        self.first_frozen = len(self.steady_slot)
        self._add_steady(program.frozen)
        self.first_constant = len(self.steady_slot)
        self.constants = dict.fromkeys(repr(x) for node in program.order for x in node.operands if isinstance(x, float))
        self._add_steady(self.constants)
        self.row_slot: dict[Any, int] = {node: i for i, node in enumerate(program.inputs)} if rows else {}
        steady = [node for node in program.order if node not in program.varying] if rows else program.order
        self.steady = _Part(self, steady, self.steady_slot, by_rows=False)
        varying = [node for node in program.order if node in program.varying] if rows else []
        self.rows = _Part(self, varying, self.row_slot, by_rows=True)
        self.root = self.rows.reference(program.root)

    def _add_steady(self, things: Iterable[Any]) -> None:
        for thing in things:
            self.steady_slot[thing] = len(self.steady_slot)

    def room(self, width: int) -> int:
        """How many numbers of room the interpreter needs beside the slots, at this width."""
        return max(self.steady.room + self.steady.room_by_width, self.rows.room + width * self.rows.room_by_width)


class _Part:
    """Instructions, in order, and the slots of their results."""

    def __init__(self, bytecode: Bytecode, nodes: Sequence[Any], slot: dict[Any, int], by_rows: bool) -> None:
        self.bytecode = bytecode
        self.slot = slot
        self.by_rows = by_rows
        self.moving = bytecode.program.moving
        self.code = array("i")
        self.operands = array("i")
        self.slots = len(slot)
        self.room = self.room_by_width = self.columns = 1
        for group in _levels(nodes):
            self._pack(group)

    # --- references: a slot of this part, or ~slot of a steady one

    def reference(self, operand: Any) -> int:
        if isinstance(operand, float):
            operand = repr(operand)
        if operand in self.slot:
            return self.slot[operand]
        return ~self.bytecode.steady_slot[operand]

    def references(self, operands: Iterable[Any]) -> list[int]:
        return [self.reference(operand) for operand in operands]

    def write(self, code: int, moving: int, nodes: Sequence[Any], *operands: Sequence[int]) -> None:
        """One instruction, whose results are these nodes; moving: bits for the operands that a gradient goes on to."""
        self.code.extend((code, moving if nodes[0] in self.moving else 0, len(nodes), self.slots, len(self.operands)))
        for numbers in operands:
            self.operands.extend(numbers)
        for node in nodes:
            self.slot[node] = self.slots
            self.slots += 1

    def need(self, numbers: int, by_width: int, columns: int = 1) -> None:
        self.room = max(self.room, numbers)
        self.room_by_width = max(self.room_by_width, by_width)
        self.columns = max(self.columns, columns)

    def moving_bits(self, operands: Sequence[Any]) -> int:
        return sum(1 << k for k, operand in enumerate(operands) if operand in self.moving)

    # --- what becomes of the nodes of a level

    def _pack(self, nodes: Sequence[Any]) -> None:
        first = nodes[0]
        if len(nodes) == 1 and not self.by_rows and first.op is not None and first.op is not PICK and not first.op.wide:
            self._single(first)  # most levels of a long chain
            return
        groups: dict[Any, list[Any]] = {}
        for node in nodes:
            groups.setdefault(self._kind(node), []).append(node)
        for kind, group in groups.items():
            match kind[0]:
                case "alias":
                    for node in group:
                        self.slot[node] = self.reference(node.operands[0])
                case "dot":
                    self._dots(group)
                case "pick":
                    self._picks(group)
                case "wide":
                    self._wide(group)
                case _:
                    self._scalars(group)

    def _kind(self, node: Any) -> tuple[Any, ...]:
        """What nodes must have in common to be one instruction."""
        op, moves = node.op, node in self.moving
        if op is None:
            return ("alias",)
        if op is PICK:
            return "pick", moves, node.operands[0], len(node.operands)
        if op is DOT:
            return "dot", moves, len(node.operands)
        if op.wide:
            return "wide", moves, id(op), len(node.operands), self._wide_moving(node)
        return "scalar", moves, id(op), self.moving_bits(node.operands)

    def _single(self, node: Any) -> None:
        code = 3 * self.bytecode.numbers[id(node.op), ()] + SINGLE
        self.write(code, self.moving_bits(node.operands), [node], self.references(node.operands))

    def _scalars(self, nodes: list[Any]) -> None:
        if len(nodes) < FEW and not self.by_rows:
            for node in nodes:
                self._single(node)
            return
        operands = {node: self.references(node.operands) for node in nodes}
        nodes = sorted(nodes, key=operands.__getitem__)
        columns = zip(*(operands[node] for node in nodes))
        code = 3 * self.bytecode.numbers[id(nodes[0].op), ()] + MANY
        moving = self.moving_bits(nodes[0].operands)
        self.write(code, moving, nodes, *map(_described, columns))
        self.need(0, len(nodes) * (len(nodes[0].operands) + 1))

    def _wide_moving(self, node: Any) -> int:
        bound = node.op.bind(node.operands).values()
        return self.moving_bits([
            next((x for x in group if x in self.moving), 0.0) if isinstance(group, list) else group for group in bound
        ])  # fmt: skip

    def _wide(self, nodes: list[Any]) -> None:
        op, length = nodes[0].op, 0
        described: list[int] = []
        for node in nodes:
            for group in op.bind(node.operands).values():
                if isinstance(group, list):
                    length = len(group)
                    described += _in_row_or_list(self.references(group))
                else:
                    described += [ONE, self.reference(group)]
        absent = tuple(name for name in op.defaults if name not in op.bind(nodes[0].operands))
        code = 3 * self.bytecode.numbers[id(op), absent] + WIDE
        self.write(code, self._wide_moving(nodes[0]), nodes, [length], described)
        self.need(length * (len(op.operands) + 1), 0)  # of each list a copy, and terms that are kept

    def _picks(self, nodes: list[Any]) -> None:
        index, count = self.reference(nodes[0].operands[0]), len(nodes[0].operands) - 1
        choices = [self.references(node.operands[1:]) for node in nodes]
        steady = choices[0][0] < 0
        first = ~choices[0][0] if steady else choices[0][0]
        apart = (~choices[0][1] if choices[0][1] < 0 else choices[0][1]) - first if count > 1 else 1
        regular = [
            [~slot if steady else slot for slot in range(first + j, first + j + count * apart, apart)] if apart else []
            for j in range(len(nodes))
        ]
        how = [STRIP, int(steady), first, apart] if choices == regular else [LIST, *(s for row in choices for s in row)]
        moving = int(any(candidate in self.moving for node in nodes for candidate in node.operands[1:]))
        self.write(PICKED, moving, nodes, [count, index], how)

    # --- dot products

    def _dots(self, nodes: list[Any]) -> None:
        if self.by_rows:
            apart = [node for node in nodes if not self._has_steady_side(node)]
            if apart:
                self._pairs(apart)
            nodes = [node for node in nodes if self._has_steady_side(node)]
        for lists, matrix in self._products(nodes):
            self._product(lists, matrix)

    def _has_steady_side(self, node: Any) -> bool:
        varying = self.bytecode.program.varying
        sides = DOT.bind(node.operands)
        steady = [not any(x in varying for x in sides[name]) for name in DOT.lists]
        return any(steady) and sides.get("bias") not in varying

    def _sides(self, node: Any, uses: Mapping[Any, int]) -> tuple[Any, Any, Any]:
        """X, W and the bias of a dot product: W is what stays, or what belongs to a layer; a product is symmetric."""
        sides = DOT.bind(node.operands)
        xs, ws = (tuple(sides[name]) for name in DOT.lists)
        varying, parameters = self.bytecode.program.varying, self.bytecode.steady_slot
        if self.by_rows:
            swap = any(w in varying for w in ws)
        else:
            first = self.bytecode.first_input
            is_layer = [
                all(parameters.get(o, first) < first for o in side if not isinstance(o, float)) for side in (xs, ws)
            ]
            swap = is_layer[0] > is_layer[1] or (is_layer[0] == is_layer[1] and uses[ws] > uses[xs])
        return (ws, xs, sides.get("bias")) if swap else (xs, ws, sides.get("bias"))

    def _products(self, nodes: Sequence[Any]) -> Iterator[tuple[list[Any], list[Any]]]:
        """The dot products grouped into products of matrices: rows of X with their nodes, and (W, bias) of each column."""
        uses: dict[Any, int] = {}
        for node in nodes:
            for side in DOT.bind(node.operands).values():
                if isinstance(side, list):
                    uses[tuple(side)] = uses.get(tuple(side), 0) + 1
        by_x: dict[Any, list[tuple[Any, Any, Any]]] = {}
        for node in nodes:
            x, w, bias = self._sides(node, uses)
            by_x.setdefault(x, []).append((w, bias, node))
        by_matrix: dict[Any, list[Any]] = {}
        for x, columns in by_x.items():
            matrix = tuple((w, bias) for w, bias, _ in columns)
            by_matrix.setdefault(matrix, []).append((x, [node for _, _, node in columns]))
        for matrix, rows in by_matrix.items():
            for position in [rows] if not self.by_rows else [[row] for row in rows]:
                yield position, list(matrix)

    def _product(self, rows: list[Any], matrix: list[Any]) -> None:
        terms, count, positions = len(matrix[0][0]), len(matrix), len(rows)
        steady = self.bytecode.steady_slot
        xs = [self.references(x) for x, _ in rows]
        ws = [steady[repr(o) if isinstance(o, float) else o] for w, _ in matrix for o in w]
        biases = [steady[repr(b) if isinstance(b, float) else b] for _, b in matrix if b is not None]
        if all(_is_row(x) for x in xs):
            x_described = [STRIP, *(x[0] for x in xs)]
        else:
            x_described = [LIST, *(slot for x in xs for slot in x)]
        w_described = [STRIP, ws[0]] if _is_row(ws) else [LIST, *ws]
        b_described = ([STRIP, biases[0]] if _is_row(biases) else [LIST, *biases]) if biases else [ONE]
        moving = (
            any(o in self.moving for x, _ in rows for o in x)
            + 2 * any(o in self.moving for w, _ in matrix for o in w)
            + 4 * any(b in self.moving for _, b in matrix)
        )
        nodes = [node for _, row in rows for node in row]
        self.write(PRODUCT, moving, nodes, [positions, terms], x_described, w_described, b_described)
        padded = (positions + VECTOR - 1) // VECTOR * VECTOR
        copies = 0 if w_described[0] == STRIP else 2 * count * terms
        self.need(copies + positions * terms + 4 * terms + (terms + count) * padded, terms + 8, max(terms, positions))

    def _pairs(self, nodes: list[Any]) -> None:
        sides = [DOT.bind(node.operands) for node in nodes]
        bits = 0
        for k, name in enumerate(DOT.operands):
            operands = [
                o for bound in sides if name in bound for o in (bound[name] if name in DOT.lists else [bound[name]])
            ]
            bits |= any(o in self.moving for o in operands) << k
        terms = len(sides[0]["xs"])
        self.write(PAIRS, bits, nodes, [terms, int("bias" in sides[0])], *(self.references(n.operands) for n in nodes))
        self.need(0, 3)


def _levels(nodes: Iterable[Any]) -> list[list[Any]]:
    """The nodes by level; those that a node of this list depends on come before it."""
    level: dict[Any, int] = {}
    levels: list[list[Any]] = []
    for node in nodes:
        own = max([level.get(operand, -1) for operand in node.operands]) + 1
        level[node] = own
        if own == len(levels):
            levels.append([])
        levels[own].append(node)
    return levels


def _is_row(slots: Sequence[int]) -> bool:
    return slots[0] >= 0 and list(slots) == list(range(slots[0], slots[0] + len(slots)))


def _in_row_or_list(slots: Sequence[int]) -> list[int]:
    return [STRIP, slots[0]] if _is_row(slots) else [LIST, *slots]


def _described(slots: Sequence[int]) -> list[int]:
    """One operand of many results."""
    if _is_row(slots):
        return [STRIP, slots[0]]
    if len(set(slots)) == 1:
        return [ONE, slots[0]]
    return [LIST, *slots]
