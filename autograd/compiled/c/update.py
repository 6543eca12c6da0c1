"""An optimiser's rule (autograd/updates.py) in C: a library with one function, for all parameters of a group."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any

from ...errors import ToolError
from ...formula import C, Formula
from ...updates import Update, run
from ...value import Value
from .build import build, ctypes, load, tried_once
from .runtime import Struct, address, zeros

__all__ = ["update_function"]

_SOURCE = """\
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


def _source(update: Update) -> str:
    opened = [f"const double v_{name} = options[{i}]; (void)v_{name};" for i, name in enumerate(update.options)]
    opened += [f"double *restrict m_{name} = memory[{i}];" for i, name in enumerate(update.remembered)]
    same = ["(reached[end + k])", "(known[end + k] == known[at])"]
    same += [f"(m_{name}[end + k] == m_{name}[at])" for name in _clocks(update, update.later)]
    text = _SOURCE.replace("@SAME@", " & ".join(same)).replace("@OPEN@", "\n".join(opened))
    for name, first in (("LATER", False), ("FIRST", True)):
        text = text.replace(f"@{name}@", "\n".join(_branch(update, first)))
    return text.replace("@KNOWN@", "memset(known + at, 1, end - at);" * bool(update.remembered))


def _branch(update: Update, first: bool) -> list[str]:
    """Write the first update of consecutive parameters, or a later one. Everything common to all precedes the loop."""
    lines = update.first if first else update.later
    common = {*update.options, *_clocks(update, lines)}
    outside: list[str] = []
    inside = ["const double v_grad = grad[k];", "double v_data = data[k];"]
    for name in update.remembered:
        start = "0.0" if first else f"m_{name}[{'at' if name in common else 'k'}]"
        (outside if name in common else inside).append(f"double v_{name} = {start};")
    for name, formula in lines:
        declared = "" if name in (*update.remembered, "data") else "const double "
        line = f"{declared}v_{name} = {formula.text(C, {used: f'v_{used}' for used in formula.names()})};"
        if common.issuperset(formula.names()) and name != "data":
            common.add(name)
            outside.append(line)
        else:
            inside.append(line)
    inside += [*(f"m_{name}[k] = v_{name};" for name in update.remembered), "data[k] = v_data;"]
    return [*outside, "BY_VECTORS", "for (ptrdiff_t k = at; k < end; k++) {", *inside, "}"]


def _clocks(update: Update, lines: Sequence[tuple[str, Formula]]) -> list[str]:
    """Return the names whose values depend only on the number of updates: each is computed from itself alone."""
    clocks, before = [*update.remembered], 0
    while len(clocks) != before:
        before, common = len(clocks), {*update.options, *clocks}
        for name, formula in lines:
            (common.add if common.issuperset(formula.names()) else common.discard)(name)
        clocks = [name for name in clocks if name in common]
    return clocks


def update_function(update: Update) -> int:
    """Return the address of update() for a rule. Raises ToolError if it cannot be built; it is tried once."""
    return tried_once(update, lambda: _built(update))


def _built(update: Update) -> int:
    """Build it, make two updates of some parameters, in runs of all lengths, and require the same bits as in Python."""
    function = load(build(_source(update)), "update").update
    function.argtypes = [ctypes.c_void_p] * 6 + [ctypes.c_ssize_t] * 2
    count, options = 200, [0.3 / (k + 1) for k in range(len(update.options))]
    params = [Value(math.sin(k)) for k in range(count)]
    for k, p in enumerate(params):
        if k % 97 > 2 and k != 20:
            p.grad = math.cos(k)
    data, grad = (array("d", [getattr(p, name) for p in params]) for name in ("data", "grad"))
    reached, known = array("B", [p.reached for p in params]), zeros(count, "B")
    memory = {name: zeros(count) for name in update.remembered}
    given = (data, grad, Struct(*memory.values()), known, reached, array("d", options or [0.0]))
    state: dict[Any, dict[str, float]] = {}
    for _ in range(2):
        run([(update, params, options)], state)
        function(*map(address, given), 0, count)
    found = [[*data], *([kept[k] for k in range(count) if reached[k]] for kept in memory.values())]
    expected = [[p.data for p in params], *([kept[name] for kept in state.values()] for name in memory)]
    if repr(found) != repr(expected):  # in the repr, nan equals nan
        raise ToolError(
            "the C compiler made a library that updates parameters differently from Python: "
            "its flags, or the compiler itself, cannot be trusted"
        )
    return ctypes.cast(function, ctypes.c_void_p).value
