"""The C interpreter's source: the template interpreter.c.in, with the cases of its switches printed from the rows.

>>> from autograd.ops import OPS
>>> print(_forward(3, Row(OPS["tanh"]), many=False))
case 3: {
    const word i = 0;
    const double *x0 = d + at[0];
    const double a0 = x0[i];
    out[i] = seen(tanh(a0), &bad);
    break;
}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import combinations
from textwrap import indent
from typing import Any

from ...formula import FUNCTIONS, WHOLE, C, Dialect, Formula, Piece, Spelling
from ...ops import DOT, Op

__all__ = ["Row", "interpreter_source", "rows_of"]

# C code that notices where Python would raise an error: seen() and over() are in the template.
_CALL = C.spellings["exp"].level
_CHECKED = Dialect(
    "C",
    {
        **C.spellings,
        **{head: Spelling(f"seen({C.spellings[head].template}, &bad)", _CALL, *C.spellings[head].places)
           for head in (*FUNCTIONS, "**") if head != "abs"},
        "/": Spelling("over({}, {}, &bad)", _CALL, 0, 0),
    },
)  # fmt: skip


class Row:
    """An operation with some of its optional operands: the meaning of a code."""

    def __init__(self, op: Op, absent: tuple[str, ...] = ()) -> None:
        self.op = op
        self.absent = absent
        self.operands = [name for name in op.operands if name not in absent]
        self.value = op.value
        for name in absent:
            self.value = self.value.without(name)
        self.partials = [op.partials[op.operands.index(name)] for name in self.operands]


def rows_of(ops: Iterable[Op]) -> list[Row]:
    """List the rows of an interpreter for `ops`. A row's place in this list is its number in the interpreter."""
    rows: list[Row] = []
    for op in ops:
        optional = [name for name, default in op.defaults.items() if default is None]
        rows += [Row(op, absent) for k in range(len(optional) + 1) for absent in combinations(optional, k)]
    return rows


def interpreter_source(rows: Sequence[Row]) -> str:
    """Write the whole file for these rows. Code 3 k computes one result of row k, 3 k + 1 many, 3 k + 2 over lists."""
    term = _alone(DOT.value.hoisted().pieces(C, {"xs": ["x"], "ws": ["w"]})[0][2][0])
    slopes = [partial.last(C, {"xs": ["x"], "ws": ["w"]}, 0) for partial in DOT.partials]
    scalar = [(3 * k + many, row, bool(many)) for many in range(2) for k, row in enumerate(rows) if not row.op.wide]
    wide = [(3 * k + 2, row) for k, row in enumerate(rows) if row.op.wide and row.op is not DOT]
    parts = {
        "TERM": term,
        "SLOPE_X": slopes[0],
        "SLOPE_W": slopes[1],
        "WIDE": "\n\n".join(_wide(code, row) for code, row in wide),
    }
    for name, case, backward in (("FORWARD", _forward, 0), ("BACKWARD", _backward, 1)):
        calls = [f"case {code}: row_{code}(m, in, at, {backward}, &bad); break;" for code, _ in wide]
        parts[name] = indent("\n".join([*(case(*each) for each in scalar), *calls]), 8 * " ")
    text = files(__name__.rpartition(".")[0]).joinpath("interpreter.c.in").read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    return text


def _braced(head: str, *lines: str) -> str:
    return "\n".join([f"{head} {{", *(f"    {line}" for text in lines for line in text.splitlines()), "}"])


def _alone(piece: Piece) -> str:
    return piece.within(WHOLE)


# In formulas, operand k is a0, a1 ..., or the list x0, x1 ...; y is the result, g its gradient, size the lists' length.
# The intermediate values of a formula are let0, let1 ...


def _names(row: Row, formula: Formula) -> dict[str, Any]:
    names = {name: f"{'x' if name in row.op.lists else 'a'}{k}" for k, name in enumerate(row.operands)}
    return {**names, **{let: f"let{k}" for k, (let, _) in enumerate(formula.lets)}, "out": "y", "n": "size"}


def _lets(formula: Formula, names: dict[str, Any]) -> Iterator[str]:
    """Write the intermediate values of a hoisted formula; reductions are loops over i."""
    for let, reduction, (term, *_) in formula.pieces(_CHECKED, names):
        name, text = names[let], _alone(term)
        if not reduction:
            yield f"const double {name} = {text};"
            continue
        step = f"+= {text}" if reduction == "sum" else f"= larger({name}, {text})"
        yield f"double {name};"
        yield f"{{ word i = 0; {name} = {text}; for (i = 1; i < n; i++) {name} {step}; }}"


def _kept(lets: list[str], add: str, pieces: Any) -> tuple[list[str], str]:
    """Keep the terms of a sum that a slope needs again, such as the exponentials of logsumexp."""
    for _, reduction, (term, *_) in pieces:
        if reduction == "sum" and "(" in (text := _alone(term)) and text in add:
            keeping = [let.replace(f"= {text};", f"= kept[i] = {text};") for let in lets]
            return keeping, add.replace(text, "kept[i]")
    return lets, add


def _operands(row: Row, many: bool) -> Iterator[str]:
    """Write operand k's numbers, x{k}: for one result, those at slot at[k]; for many, those given by at{k}."""
    if not many:
        yield "const word i = 0;"
    for k in range(len(row.operands)):
        if many:
            yield f"const int *at{k} = {f'after(at{k - 1}, in->count)' if k else 'at'};"
            yield f"const double *restrict x{k} = fetch(m, at{k}, in->count, 0, m->width, m->room + {k} * n);"
        else:
            yield f"const double *x{k} = d + at[{k}];"


def _reads(row: Row) -> str:
    return f"const double {', '.join(f'a{k} = x{k}[i]' for k in range(len(row.operands)))};"


def _forward(code: int, row: Row, many: bool) -> str:
    value = row.value.hoisted()
    names = _names(row, value)
    lines = [_reads(row), *_lets(value, names), f"out[i] = {value.last(_CHECKED, names)};"]
    return _braced(f"case {code}:", *_operands(row, many), *_looped(many, lines), "break;")


def _backward(code: int, row: Row, many: bool) -> str:
    slopes: list[str] = []
    for k, partial in enumerate(row.partials):
        slope = partial.hoisted()
        names = _names(row, slope)
        add = f"to[i] += {_alone(slope.times('g[i]', _CHECKED, names))};"
        lines = _looped(many, [_reads(row), "const double y = out[i];", *_lets(slope, names), add])
        if many:
            to = f"target(m, at{k}, in->count, m->width, m->room + {len(row.operands)} * n)"
            lines.append(f"hand_on(m, at{k}, in->count, 0, m->width, to);")
        else:
            to = f"G + at[{k}]"
        slopes.append(_braced(f"if (active & {1 << k})", f"double *to = {to};", *lines))
    return _braced(f"case {code}:", *_operands(row, many), *slopes, "break;")


def _looped(many: bool, lines: Iterable[str]) -> list[str]:
    """Write these lines for each of many results, by vectors if nothing is called or noticed."""
    if not many:
        return [*lines]
    loop = _braced("for (word i = 0; i < n; i++)", *lines)
    return [loop if "bad" in loop else f"BY_VECTORS\n{loop}"]


def _wide(code: int, row: Row) -> str:
    """Write a function for a row over lists: `n` is their length, and comes first in the description."""
    value = row.value.hoisted()
    names = _names(row, value)
    places: list[str] = []
    reads: list[str] = []
    for k, name in enumerate(row.operands):
        places.append(f"const int *at{k} = {f'after(at{k - 1}, n)' if k else 'at'};")
        if name in row.op.lists:
            reads.append(f"const double *x{k} = fetch(m, at{k}, n, lane, 1, m->room + {k} * n);")
        else:
            reads.append(f"const double a{k} = *number(m, slot_of(at{k}, 0), lane);")
    slopes: list[str] = []
    for k, (name, partial) in enumerate(zip(row.operands, row.partials)):
        slope = partial.hoisted()
        slope_names = _names(row, slope)
        add = f"*gradient(m, slot_of(at{k}, i), lane) += {_alone(slope.times('g', _CHECKED, slope_names))};"
        lets, add = _kept([*_lets(slope, slope_names)], add, slope.pieces(_CHECKED, slope_names))
        over = f"for (word i = 0; i < {'n' if name in row.op.lists else '1'}; i++) {add}"
        kept = f"double *kept = m->room + {len(row.operands)} * n;" if "kept[i]" in add else ""
        slopes.append(_braced(f"if (in->active & {1 << k})", *filter(None, [kept]), *lets, over))
    lane = _braced(
        "for (word lane = 0; lane < (backward ? m->live : m->width); lane++)",
        "const word here = (in->out + r) * m->width + lane;",
        *reads,
        _braced("if (!backward)", *_lets(value, names), f"m->data[here] = {value.last(_CHECKED, names)};", "continue;"),
        "const double y = m->data[here], g = m->grad[here];",
        "(void)y;",
        *slopes,
    )
    return _braced(
        f"static void row_{code}(const Memory *m, const Instruction *in, const int *at, int backward, int *noticed)",
        "const word n = *at++;",
        "const double size = (double)n;",
        "(void)size;",
        "int bad = 0;",
        _braced("for (int r = 0; r < in->count; r++)", *places, lane, f"at = after(at{len(row.operands) - 1}, n);"),
        "*noticed |= bad;",
    )
