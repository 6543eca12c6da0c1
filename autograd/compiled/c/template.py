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
    """An operation with some of its optional operands: the meaning of a code."""

    def __init__(self, op: Op, absent: tuple[str, ...] = ()) -> None:
        self.op = op
        self.absent = absent
        self.operands = [name for name in op.operands if name not in absent]
        self.value = op.value
        for name in absent:
            self.value = self.value.without(name)
        self.partials = [op.partials[op.operands.index(name)] for name in self.operands]

    def names(self, formula: Formula) -> dict[str, Any]:
        """Return C's names: operand k is a0, a1 ..., or the list x0, x1 ...; y is the result, size the lists' length."""
        names = {name: f"{'x' if name in self.op.lists else 'a'}{k}" for k, name in enumerate(self.operands)}
        return {**names, **{let: f"let{k}" for k, (let, _) in enumerate(formula.lets)}, "out": "y", "n": "size"}


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
    slopes = [partial.last(C, given, 0) for partial in DOT.partials]
    scalar = [(3 * k + many, row, bool(many)) for many in range(2) for k, row in enumerate(rows) if not row.op.wide]
    wide = [(3 * k + 2, row) for k, row in enumerate(rows) if row.op.wide and row.op is not DOT]
    parts = {
        "TERM": DOT.value.hoisted().pieces(C, given)[0][2][0].within(WHOLE),
        "SLOPE_X": slopes[0],
        "SLOPE_W": slopes[1],
        "WIDE": "\n\n".join(_wide(code, row) for code, row in wide),
    }
    for name, case, backward in (("FORWARD", _forward, 0), ("BACKWARD", _backward, 1)):
        calls = [f"case {code}: row_{code}(m, in, at, {backward}, &bad); break;" for code, _ in wide]
        parts[name] = "\n".join([*(case(*each) for each in scalar), *calls])
    text = files(__name__.rpartition(".")[0]).joinpath("interpreter.c.in").read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    return text


def _braced(head: str, *lines: str) -> str:
    return "\n".join([f"{head} {{", *lines, "}"])


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


def _case(code: int, row: Row, many: bool, *parts: tuple[str, str, list[str], str]) -> str:
    """Write a case: for each part, a head, a line, the lines for each result, and a line for what follows many.

    Operand k's numbers are x{k}: for one result, those at slot at[k]; for many, those described by at{k}. The lines for
    many results run by vectors if nothing is called or noticed.
    """
    lines = [] if many else ["const word i = 0;"]
    for k in range(len(row.operands)):
        if many:
            lines.append(f"const int *at{k} = {f'after(at{k - 1}, in->count)' if k else 'at'};")
            lines.append(f"const double *restrict x{k} = fetch(m, at{k}, in->count, 0, m->width, m->room + {k} * n);")
        else:
            lines.append(f"const double *x{k} = d + at[{k}];")
    for head, before, each, after in parts:
        each = [f"const double {', '.join(f'a{k} = x{k}[i]' for k in range(len(row.operands)))};", *each]
        if many:
            loop = _braced("for (word i = 0; i < n; i++)", *each)
            each = [loop if "bad" in loop else f"BY_VECTORS\n{loop}", after]
        lines.append(_braced(head, before, *each))
    return _braced(f"case {code}:", *lines, "break;")


def _forward(code: int, row: Row, many: bool) -> str:
    value = row.value.hoisted()
    names = row.names(value)
    return _case(code, row, many, ("", "", [*_lets(value, names), f"out[i] = {value.last(_CHECKED, names)};"], ""))


def _backward(code: int, row: Row, many: bool) -> str:
    parts: list[tuple[str, str, list[str], str]] = []
    for k, slope in enumerate(partial.hoisted() for partial in row.partials):
        names = row.names(slope)
        add = f"to[i] += {slope.times('g[i]', _CHECKED, names).within(WHOLE)};"
        to = f"G + at[{k}]"
        if many:
            to = f"target(m, at{k}, in->count, m->width, m->room + {len(row.operands)} * n)"
        after = f"hand_on(m, at{k}, in->count, 0, m->width, to);"
        lines = ["const double y = out[i];", *_lets(slope, names), add]
        parts.append((f"if (active & {1 << k})", f"double *to = {to};", lines, after))
    return _case(code, row, many, *parts)


def _wide(code: int, row: Row) -> str:
    """Write a function for a row over lists: `n` is their length, and comes first in the description."""
    value = row.value.hoisted()
    names = row.names(value)
    places: list[str] = []
    reads: list[str] = []
    slopes: list[str] = []
    for k, (name, slope) in enumerate(zip(row.operands, (partial.hoisted() for partial in row.partials))):
        is_list, slope_names = name in row.op.lists, row.names(slope)
        places.append(f"const int *at{k} = {f'after(at{k - 1}, n)' if k else 'at'};")
        read = f"fetch(m, at{k}, n, lane, 1, m->room + {k} * n)" if is_list else f"*number(m, slot_of(at{k}, 0), lane)"
        reads.append(f"const double {f'*x{k}' if is_list else f'a{k}'} = {read};")
        lets, add = [*_lets(slope, slope_names)], slope.times("g", _CHECKED, slope_names).within(WHOLE)
        for _, reduction, (term, *_) in slope.pieces(_CHECKED, slope_names):
            text = term.within(WHOLE)
            if reduction == "sum" and "(" in text and text in add:  # keep terms, such as logsumexp's exponentials
                keep = f"double *kept = m->room + {len(row.operands)} * n;"
                lets = [keep, *(let.replace(f"= {text};", f"= kept[i] = {text};") for let in lets)]
                add = add.replace(text, "kept[i]")
                break
        over = f"for (word i = 0; i < {'n' if is_list else '1'}; i++) *gradient(m, slot_of(at{k}, i), lane) += {add};"
        slopes.append(_braced(f"if (in->active & {1 << k})", *lets, over))
    lane = _braced(
        "for (word lane = 0; lane < (backward ? m->live : m->width); lane++)",
        "const word here = (in->out + r) * m->width + lane;",
        *reads,
        _braced("if (!backward)", *_lets(value, names), f"m->data[here] = {value.last(_CHECKED, names)};", "continue;"),
        "const double y = m->data[here], g = m->grad[here]; (void)y;",
        *slopes,
    )
    return _braced(
        f"static void row_{code}(const Memory *m, const Instruction *in, const int *at, int backward, int *noticed)",
        "const word n = *at++; const double size = (double)n; (void)size; int bad = 0;",
        _braced("for (int r = 0; r < in->count; r++)", *places, lane, f"at = after(at{len(row.operands) - 1}, n);"),
        "*noticed |= bad;",
    )


_UPDATE = """\
#include <stddef.h>
#include <string.h>

/* Updates the parameters from the `at`-th to the one before `stop` that a gradient has reached. known: whether anything
   is remembered about a parameter. Consecutive parameters with the same number of updates are updated together. */
PUBLIC void update(double *restrict data, const double *restrict grad, double *const *memory, unsigned char *known,
const unsigned char *reached, const double *options, ptrdiff_t at, ptrdiff_t stop) { (void)memory, (void)options;
@OPEN@
while (at < stop) {
    if (!reached[at]) { at++; continue; }
    ptrdiff_t end = at;
    for (int others = 0; end + 64 <= stop && !others; end += 64 * !others) {
        _Pragma("omp simd reduction(|:others)")
        for (int k = 0; k < 64; k++) others |= !(@SAME@);
    }
    for (int k = 0; end < stop && (@SAME@); ) end++;
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
    same = ["(reached[end + k])", "(known[end + k] == known[at])"]
    same += [f"(m_{name}[end + k] == m_{name}[at])" for name in update.remembered if name in update.shared]
    text = _UPDATE.replace("@SAME@", " & ".join(same)).replace("@OPEN@", "\n".join(opened))
    for name, first in (("LATER", False), ("FIRST", True)):
        text = text.replace(f"@{name}@", "\n".join(_branch(update, first)))
    return text.replace("@KNOWN@", "memset(known + at, 1, end - at);" * bool(update.remembered))


def _branch(update: Update, first: bool) -> list[str]:
    """Write the first update of consecutive parameters, or a later one. What they share precedes the loop."""
    outside: list[str] = []
    inside = ["const double v_grad = grad[k];", "double v_data = data[k];"]
    for name in update.remembered:
        is_shared = name in update.shared
        start = "0.0" if first else f"m_{name}[{'at' if is_shared else 'k'}]"
        (outside if is_shared else inside).append(f"double v_{name} = {start};")
    for name, formula in update.first if first else update.later:
        declared = "" if name in (*update.remembered, "data") else "const double "
        line = f"{declared}v_{name} = {formula.text(C, {used: f'v_{used}' for used in formula.names()})};"
        (outside if name in update.shared else inside).append(line)
    inside += [*(f"m_{name}[k] = v_{name};" for name in update.remembered), "data[k] = v_data;"]
    return [*outside, "BY_VECTORS", "for (ptrdiff_t k = at; k < end; k++) {", *inside, "}"]
