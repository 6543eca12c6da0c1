"""The C interpreter's source: the template interpreter.c.in, with the cases of its switches printed from the rows.

>>> from autograd.ops import OPS
>>> print(_single(3, Row(OPS["tanh"])))
case 3: {
    const double a0 = d[at[0]];
    out[0] = seen(tanh(a0), &bad);
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

# C that notices what Python raises an error for: seen() and over() are in the template.
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
    """An operation with a given set of its optional operands: what a code stands for."""

    def __init__(self, op: Op, absent: tuple[str, ...] = ()) -> None:
        self.op = op
        self.absent = absent
        self.operands = [name for name in op.operands if name not in absent]
        self.value = op.value
        for name in absent:
            self.value = self.value.without(name)
        self.partials = [op.partials[op.operands.index(name)] for name in self.operands]


def rows_of(ops: Iterable[Op]) -> list[Row]:
    """The rows that an interpreter for `ops` has; a row's place here is its number there."""
    rows: list[Row] = []
    for op in ops:
        optional = [name for name, default in op.defaults.items() if default is None]
        rows += [Row(op, absent) for k in range(len(optional) + 1) for absent in combinations(optional, k)]
    return rows


def interpreter_source(rows: Sequence[Row]) -> str:
    """The whole file for these rows. Of row k, 3 k computes one result, 3 k + 1 many, 3 k + 2 over lists."""
    term = _alone(DOT.value.hoisted().pieces(C, {"xs": ["x"], "ws": ["w"]})[0][2][0])
    slopes = [partial.last(C, {"xs": ["x"], "ws": ["w"]}, 0) for partial in DOT.partials]
    scalar = [(3 * k, row) for k, row in enumerate(rows) if not row.op.wide]
    wide = [(3 * k + 2, row) for k, row in enumerate(rows) if row.op.wide and row.op is not DOT]
    parts = {
        "TERM": term,
        "SLOPE_X": slopes[0],
        "SLOPE_W": slopes[1],
        "WIDE": "\n\n".join(_wide(code, row) for code, row in wide),
        "FORWARD": _cases(
            *(_single(code, row) for code, row in scalar),
            *(_many(code + 1, row) for code, row in scalar),
            *(f"case {code}: row_{code}(m, in, at, 0, &bad); break;" for code, _ in wide),
        ),
        "BACKWARD": _cases(
            *(_single_backward(code, row) for code, row in scalar),
            *(_many_backward(code + 1, row) for code, row in scalar),
            *(f"case {code}: row_{code}(m, in, at, 1, &bad); break;" for code, _ in wide),
        ),
    }
    text = files(__name__.rpartition(".")[0]).joinpath("interpreter.c.in").read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    return text


def _cases(*cases: str) -> str:
    return indent("\n".join(cases), 8 * " ")


def _braced(head: str, *lines: str) -> str:
    return "\n".join([f"{head} {{", *(f"    {line}" for text in lines for line in text.splitlines()), "}"])


def _alone(piece: Piece) -> str:
    return piece.within(WHOLE)


# Operand k is a0, a1 ... in formulas, or the list x0, x1 ...; y is the result, g its gradient, size the lists' length.
# Intermediate k of a formula is let0, let1 ...


def _names(row: Row, formula: Formula) -> dict[str, Any]:
    names = {name: f"{'x' if name in row.op.lists else 'a'}{k}" for k, name in enumerate(row.operands)}
    return {**names, **{let: f"let{k}" for k, (let, _) in enumerate(formula.lets)}, "out": "y", "n": "size"}


def _lets(formula: Formula, names: dict[str, Any]) -> Iterator[str]:
    """The intermediates of a hoisted formula; reductions are loops over i."""
    for let, reduction, (term, *_) in formula.pieces(_CHECKED, names):
        name, text = names[let], _alone(term)
        if not reduction:
            yield f"const double {name} = {text};"
            continue
        step = f"+= {text}" if reduction == "sum" else f"= larger({name}, {text})"
        yield f"double {name};"
        yield f"{{ long i = 0; {name} = {text}; for (i = 1; i < n; i++) {name} {step}; }}"


def _kept(lets: list[str], add: str, pieces: Any) -> tuple[list[str], str]:
    """Keep the terms of a sum that a slope needs once more, such as the exponentials of logsumexp."""
    for _, reduction, (term, *_) in pieces:
        if reduction == "sum" and "(" in (text := _alone(term)) and text in add:
            keeping = [let.replace(f"= {text};", f"= kept[i] = {text};") for let in lets]
            return keeping, add.replace(text, "kept[i]")
    return lets, add


def _reads(row: Row, source: str) -> str:
    return f"const double {', '.join(f'a{k} = {source.format(k=k)}' for k in range(len(row.operands)))};"


def _single(code: int, row: Row) -> str:
    value = row.value.hoisted()
    names = _names(row, value)
    return _braced(
        f"case {code}:",
        _reads(row, "d[at[{k}]]"),
        *_lets(value, names),
        f"out[0] = {value.last(_CHECKED, names)};",
        "break;",
    )


def _single_backward(code: int, row: Row) -> str:
    lines: list[str] = []
    for k, partial in enumerate(row.partials):
        slope = partial.hoisted()
        names = _names(row, slope)
        add = f"G[at[{k}]] += {_alone(slope.times('g[0]', _CHECKED, names))};"
        lines.append(_braced(f"if (active & {1 << k})", *_lets(slope, names), add))
    return _braced(f"case {code}:", _reads(row, "d[at[{k}]]"), "const double y = out[0];", *lines, "break;")


def _many(code: int, row: Row) -> str:
    value = row.value.hoisted()
    names = _names(row, value)
    return _braced(
        f"case {code}:",
        *_fetched(row),
        "double *restrict results = out;",
        _loop(_reads(row, "x{k}[i]"), *_lets(value, names), f"results[i] = {value.last(_CHECKED, names)};"),
        "break;",
    )


def _fetched(row: Row) -> Iterator[str]:
    """The operands of many results, in rows: x0, x1 ..., described at at0, at1 ..."""
    for k in range(len(row.operands)):
        yield f"const int *at{k} = {f'after(at{k - 1}, in->count)' if k else 'at'};"
        yield f"const double *restrict x{k} = fetch(m, at{k}, in->count, m->room + {k} * n);"


def _many_backward(code: int, row: Row) -> str:
    lines: list[str] = []
    for k, partial in enumerate(row.partials):
        slope = partial.hoisted()
        names = _names(row, slope)
        add = f"to[i] += {_alone(slope.times('g[i]', _CHECKED, names))};"
        loop = _loop(_reads(row, "x{k}[i]"), "const double y = out[i];", *_lets(slope, names), add)
        lines.append(
            _braced(
                f"if (active & {1 << k})",
                f"double *restrict to = target(m, at{k}, in->count, m->room + {len(row.operands)} * n);",
                loop,
                f"hand_on(m, at{k}, in->count, to);",
            )
        )
    return _braced(f"case {code}:", *_fetched(row), *lines, "break;")


def _loop(*lines: str) -> str:
    """A loop over the results; where nothing is called or noticed, the compiler is told that it may be done by vectors."""
    loop = _braced("for (long i = 0; i < n; i++)", *lines)
    return loop if "bad" in loop else f"BY_VECTORS\n{loop}"


def _wide(code: int, row: Row) -> str:
    """A function for a row over lists: `n` is their length, and stands first in the description."""
    value = row.value.hoisted()
    names = _names(row, value)
    places: list[str] = []
    reads: list[str] = []
    for k, name in enumerate(row.operands):
        places.append(f"const int *at{k} = {f'after(at{k - 1}, n)' if k else 'at'};")
        if name in row.op.lists:
            reads.append(f"const double *x{k} = listed(m, at{k}, n, lane, m->room + {k} * n);")
        else:
            reads.append(f"double room{k}; const double a{k} = *listed(m, at{k}, 1, lane, &room{k});")
    slopes: list[str] = []
    for k, (name, partial) in enumerate(zip(row.operands, row.partials)):
        slope = partial.hoisted()
        slope_names = _names(row, slope)
        add = f"add_to(m, at{k}, i, lane, {_alone(slope.times('g', _CHECKED, slope_names))});"
        lets, add = _kept([*_lets(slope, slope_names)], add, slope.pieces(_CHECKED, slope_names))
        over = f"for (long i = 0; i < {'n' if name in row.op.lists else '1'}; i++) {add}"
        kept = f"double *kept = m->room + {len(row.operands)} * n;" if "kept[i]" in add else ""
        slopes.append(_braced(f"if (in->active & {1 << k})", *filter(None, [kept]), *lets, over))
    lane = _braced(
        "for (long lane = 0; lane < (backward ? m->live : m->width); lane++)",
        "const long here = (in->out + r) * m->width + lane;",
        *reads,
        _braced("if (!backward)", *_lets(value, names), f"m->data[here] = {value.last(_CHECKED, names)};", "continue;"),
        "const double y = m->data[here], g = m->grad[here];",
        "(void)y;",
        *slopes,
    )
    return _braced(
        f"static void row_{code}(const Memory *m, const Instruction *in, const int *at, int backward, int *noticed)",
        "const long n = *at++;",
        "const double size = (double)n;",
        "(void)size;",
        "int bad = 0;",
        _braced("for (int r = 0; r < in->count; r++)", *places, lane, f"at = after(at{len(row.operands) - 1}, n);"),
        "*noticed |= bad;",
    )
