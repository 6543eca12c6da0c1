"""The text of C: the interpreter's template with its cases printed from the rows, and the rules of optimisers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import combinations
from typing import Any

from ...formula import FUNCTIONS, WHOLE, C, Dialect, Formula, Spelling
from ...ops import DOT, Op
from ...updates import Update

__all__ = ["Row", "interpreter_source", "rows_of", "update_source"]

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
    """An operation with some of its optional operands: the meaning of a code.

    kept: how many intermediate values of an operation over lists its slopes use again.
    """

    def __init__(self, op: Op, absent: tuple[str, ...] = ()) -> None:
        self.op = op
        self.absent = absent
        self.operands = [name for name in op.operands if name not in absent]
        value = op.value
        for name in absent:
            value = value.without(name)
        self.value = value.hoisted()
        self.slopes = [op.partials[op.operands.index(name)].hoisted() for name in self.operands]
        self.kept = max((len(slope.without_those_of(self.value)[1]) for slope in self.slopes), default=0) * op.wide

    def names(self, formula: Formula) -> dict[str, Any]:
        """Return C's names: x0 is the first operand, if it is a list; otherwise a number in x0. size: a list's length."""
        item, result = ("[0]", "y") if self.op.wide else ("[i]", "out[i]")
        names = {name: f"x{k}{item * (name not in self.op.lists)}" for k, name in enumerate(self.operands)}
        return {**names, **{let: f"let{k}" for k, (let, _) in enumerate(formula.lets)}, "out": result, "n": "size"}

    def added(self, slope: Formula, gradient: str) -> str:
        return f"to[i] += {slope.times(gradient, _CHECKED, self.names(slope)).within(WHOLE)};"


def rows_of(ops: Iterable[Op]) -> list[Row]:
    """List the rows of an interpreter for `ops`. A row's position in this list is its number in the interpreter."""
    rows: list[Row] = []
    for op in ops:
        optional = [name for name, default in op.defaults.items() if default is None]
        rows += [Row(op, absent) for k in range(len(optional) + 1) for absent in combinations(optional, k)]
    return rows


def interpreter_source(rows: Sequence[Row]) -> str:
    """Write the whole file for these rows. Code 3 k computes one result of row k, 3 k + 1 many, 3 k + 2 over lists."""
    given: dict[str, Any] = {"xs": ["x"], "ws": ["w"]}
    scalar = [(3 * k + many, row, bool(many)) for k, row in enumerate(rows) for many in range(2) if not row.op.wide]
    wide = [(3 * k + 2, row) for k, row in enumerate(rows) if row.op.wide and row.op is not DOT]
    parts = {
        "TERM": DOT.value.hoisted().pieces(C, given)[0][2][0].within(WHOLE),
        "SLOPE_X": DOT.partials[0].last(C, given, 0),
        "SLOPE_W": DOT.partials[1].last(C, given, 0),
        "CASES": "\n".join([*(_scalar(*each) for each in scalar), *(_wide(*each) for each in wide)]),
    }
    text = files(__name__.rpartition(".")[0]).joinpath("interpreter.c.in").read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    return text


def _braced(head: str, *lines: str) -> str:
    return "\n".join([f"{head} {{", *lines, "}"])


def _loop(size: str, *lines: str) -> str:
    """Write a loop over i. It runs by vectors if nothing in it is called or noticed."""
    loop = _braced(f"for (word i = 0; i < {size}; i++)", *lines)
    return loop if "bad" in loop else f"BY_VECTORS\n{loop}"


def _lets(formula: Formula, names: dict[str, Any]) -> Iterator[str]:
    """Write the intermediate values of a hoisted formula; reductions are loops over i."""
    for let, reduction, (term, *_) in formula.pieces(_CHECKED, names):
        name, text = names[let], term.within(WHOLE)
        if not reduction:
            yield f"const double {name} = {text};"
            continue
        step = f"+= {text}" if reduction == "sum" else f"= larger({name}, {text})"
        yield f"double {name};"
        yield f"{{ word i = 0; {name} = {text}; for (i = 1; i < n; i++) {name} {step}; }}"


def _both_ways(sizes: Sequence[str], forward: Sequence[str], slopes: Iterable[Sequence[str]]) -> list[str]:
    """Write how the operands' numbers are read, as x0, x1 ..., and then what is done forward, or backward.

    sizes: how many slots of each operand are described; "" if it is in the slot at[k]. slopes: for each operand, the
    lines that add to its gradients, to[i].
    """
    reads: list[str] = []
    backward: list[str] = []
    for k, (size, lines) in enumerate(zip(sizes, slopes)):
        read, to, end = f"d + at[{k}]", f"G + at[{k}]", ""
        if size:
            reads.append(f"const int *at{k} = {f'after(at{k - 1}, {sizes[k - 1]})' if k else 'at'};")
            read = f"fetch(m, at{k}, {size}, lane, lanes, m->room + {k} * n)"
            to = f"target(m, at{k}, {size}, lanes, m->room + {len(sizes)} * n)"
            end = f"hand_on(m, at{k}, {size}, lane, lanes, to);"
        reads.append(f"const double *restrict x{k} = {read};")
        backward.append(_braced(f"if (active & {1 << k})", f"double *to = {to};", *lines, end))
    return [*reads, _braced("if (!backward)", *forward), _braced("else", *backward)]


def _scalar(code: int, row: Row, many: bool) -> str:
    """Write the case that computes one result, or many."""
    end, names = "n" if many else "1", row.names(row.value)
    forward = _loop(end, *_lets(row.value, names), f"out[i] = {row.value.last(_CHECKED, names)};")
    slopes = [[_loop(end, *_lets(slope, row.names(slope)), row.added(slope, "g[i]"))] for slope in row.slopes]
    return _braced(f"case {code}:", *_both_ways(["in->count" * many] * len(slopes), [forward], slopes), "break;")


def _wide(code: int, row: Row) -> str:
    """Write the case over lists: `n` is their length, and comes first in the description.

    After the results are slots for what slopes use again: the terms of a sum, and intermediate values.
    """
    names = row.names(row.value)
    lets = "\n".join(_lets(row.value, names))
    keep = [f"kept[n + {k}] = {names[let]};" for k, (let, _) in enumerate(row.value.lets[: row.kept])]
    result = f"out[here] = {row.value.last(_CHECKED, names)};"
    sums = [term for _, head, (term, *_) in row.value.pieces(_CHECKED, names)[: row.kept] if head == "sum"]
    calls = [term.text for term in sums if term.level == _CALL and "(" in term.text][:1]
    sizes = ["n" if name in row.op.lists else "1" for name in row.operands]
    slopes: list[list[str]] = []
    for size, slope in zip(sizes, row.slopes):
        names, (rest, same) = row.names(slope), slope.without_those_of(row.value)
        again = (f"const double {names[let]} = kept[n + {k}]; (void){names[let]};" for k, let in enumerate(same))
        add = row.added(slope, "dy")
        for call in calls:  # such as logsumexp's exponentials
            add = add.replace(call, "kept[i]")
        slopes.append([*again, *_lets(rest, names), _loop(size, add)])
    for call in calls:
        lets = lets.replace(f"= {call};", f"= kept[i] = {call};")
    result = _braced(
        "for (word r = 0; r < in->count; r++)",
        "const word lanes = 1, here = r * m->width + lane;",
        f"double *kept = out + in->count * m->width + here * (n + {row.kept}); (void)kept;",
        "const double y = out[here], dy = g[here]; (void)y; (void)dy;",
        *_both_ways(sizes, [lets, *keep, result], slopes),
        f"at = after(at{len(sizes) - 1}, {sizes[-1]});",
    )
    return _braced(
        f"case {code}:",
        "const int *const first = at + 1; const word n = at[0]; const double size = (double)n; (void)size;",
        _braced("for (word lane = 0; lane < (backward ? m->live : m->width); lane++)", "at = first;", result),
        "break;",
    )


_UPDATE = """\
#include <stddef.h>
#include <string.h>

#define SAME(count) (@SAME@)

/* Updates the parameters from the `at`-th to the one before `stop` that a gradient has reached. known: whether anything
   is remembered about a parameter. Consecutive parameters with the same number of updates are updated together. */
PUBLIC void update(double *restrict data, const double *restrict grad, double *const *memory, unsigned char *known,
const unsigned char *reached, const double *options, ptrdiff_t at, ptrdiff_t stop) { (void)memory, (void)options;
@OPEN@
while (at < stop) {
    if (!reached[at]) { at++; continue; }
    ptrdiff_t end = at + 1;
    while (end + 64 <= stop && SAME(64)) end += 64;
    while (end < stop && SAME(1)) end++;
    if (known[at]) {
@LATER@
    } else {
@FIRST@
    }
@KNOWN@
    at = end;
}
}
"""


def update_source(update: Update) -> str:
    opened = [f"const double v_{name} = options[{i}]; (void)v_{name};" for i, name in enumerate(update.options)]
    opened += [f"double *restrict m_{name} = memory[{i}];" for i, name in enumerate(update.remembered)]
    alike = ["reached", "known", *(f"m_{name}" for name in update.remembered if name in update.shared)]
    same = " && ".join(f"!memcmp({x} + end - 1, {x} + end, count * sizeof *{x})" for x in alike)
    text = _UPDATE.replace("@SAME@", same).replace("@OPEN@", "\n".join(opened))
    for name, formulas in (("LATER", update.later), ("FIRST", update.first)):
        text = text.replace(f"@{name}@", "\n".join(_branch(update, formulas)))
    return text.replace("@KNOWN@", "memset(known + at, 1, end - at);" * bool(update.remembered))


def _branch(update: Update, formulas: Sequence[tuple[str, Formula]]) -> list[str]:
    """Write an update of consecutive parameters. What they share precedes the loop. What is not known yet is 0."""
    outside: list[str] = []
    inside = ["const double v_grad = grad[k];", "double v_data = data[k];"]
    for name in update.remembered:
        lines, place = (outside, "at") if name in update.shared else (inside, "k")
        lines.append(f"double v_{name} = m_{name}[{place}];")
    for name, formula in formulas:
        declared = "" if name in (*update.remembered, "data") else "const double "
        line = f"{declared}v_{name} = {formula.text(C, {used: f'v_{used}' for used in formula.names()})};"
        (outside if name in update.shared else inside).append(line)
    inside += [*(f"m_{name}[k] = v_{name};" for name in update.remembered), "data[k] = v_data;"]
    return [*outside, "BY_VECTORS", "for (ptrdiff_t k = at; k < end; k++) {", *inside, "}"]
