"""Every row at special points, beside PyTorch: zeros of both signs, subnormals, 1e308, inf, nan, ties and kinks.

``python tests/special_points.py`` writes what PyTorch computes there to golden/special_points.json, so that the tests
need no PyTorch. ``pytest --refresh`` writes golden/special_points.md, the table of all that differs, and why.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from rows_in_torch import WITHOUT_TORCH, in_torch

from autograd import Value, atomic, grad, ieee
from autograd.methods import compile_function
from autograd.ops import BUILTIN, OPS, Op

FILE = Path(__file__).parent / "golden" / "special_points.json"
INF, NAN, LEAST, LARGEST = math.inf, math.nan, 5e-324, 1.7976931348623157e308
ULPS = 4
IN_BOTH = [name for name in BUILTIN if name not in WITHOUT_TORCH]
ALONE = [
    0.0, LEAST, 1e-310, 2.2250738585072014e-308, 1e-160, 0.3, 0.5, 0.7, 1.0, 2.0, 3.0, 19.999999999999996, 20.0,
    20.000000000000004, 40.0, 710.0, 745.0, 1e16, 1e100, 1e308, LARGEST, INF,
]  # fmt: skip
ALONE = [*ALONE, *(-x for x in ALONE), NAN]
PAIRED = [0.0, -0.0, LEAST, 0.5, 1.0, -1.0, 2.0, -2.0, 3.0, 1e308, INF, -INF, NAN]
LISTED = [0.0, -0.0, 1.0, -1.0, 1e16, 1e308, -1e308, INF, -INF, NAN]


def points(op: Op) -> Iterator[tuple[float, ...]]:
    """Operands, flat. The score of surprisal is the first of its list."""
    if op.name == "leaky_relu":
        yield from ((a, slope) for a in ALONE for slope in (0.01, -2.0))
    elif op.name == "elu":
        yield from ((a, alpha) for a in ALONE for alpha in (1.0, -2.0))
    elif op.name == "where":
        yield from product((0.0, -0.0, 0.5, INF, NAN), (0.0, 1.0, -INF, NAN), (-0.0, 2.0, INF, NAN))
    elif op.name == "dot":
        yield from ((a, b, 2.0, 0.5) for a, b in product(LISTED, repeat=2))
    elif op.wide:
        found = [*product(LISTED, repeat=1), *product(LISTED, repeat=2), *product((0.0, 1.0, INF, -INF, NAN), repeat=3)]
        yield from ((*xs, xs[0]) if op.name == "surprisal" else xs for xs in found)
    else:
        yield from product(ALONE if len(op.operands) == 1 else PAIRED, repeat=len(op.operands))


function_of = cache(compile_function)


class Found(NamedTuple):
    """A value, its slopes with respect to every operand, and the slopes of those, row by row."""

    value: float
    first: list[float]
    second: list[float]


def tied(op: Op, leaves: list[Any]) -> list[Any]:
    return [*leaves[:-1], leaves[0]] if op.name == "surprisal" else leaves


def ours(op: Op, operands: Sequence[float]) -> tuple[Found, list[float]]:
    """Return what we find, and the grads after backward(), which are the slopes again."""
    with ieee():
        values = tied(op, [Value(x) for x in operands])
        out = function_of(op)(*op.bind(values).values())
        leaves = list(dict.fromkeys(values))
        first = grad(out, leaves, create_graph=True, allow_unused=True)
        second = [second.data for slope in first for second in grad(slope, leaves, allow_unused=True)]
        out.backward()
    return Found(out.data, [slope.data for slope in first], second), [leaf.grad for leaf in leaves]


def in_steps(op: Op, operands: Sequence[float]) -> list[float]:
    """Return the value and the slopes of what atomic() builds."""
    with ieee(), atomic():
        values = tied(op, [Value(x) for x in operands])
        out = function_of(op)(*op.bind(values).values())
        leaves = list(dict.fromkeys(values))
        return [out.data, *(slope.data for slope in grad(out, leaves, allow_unused=True))]


def torchs(op: Op, operands: Sequence[float]) -> Found:
    import torch

    tensors = tied(op, [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in operands])
    out = in_torch(torch, op.name)(*tensors)
    leaves = list(dict.fromkeys(tensors))

    def slopes(of: Any, **options: Any) -> list[Any]:
        if not of.requires_grad:
            return [torch.zeros((), dtype=torch.float64)] * len(leaves)
        return list(torch.autograd.grad(of, leaves, allow_unused=True, materialize_grads=True, **options))

    first = slopes(out, create_graph=True)
    second = [x.item() for slope in first for x in slopes(slope, retain_graph=True)]
    return Found(out.item(), [x.item() for x in first], second)


# --- What differs, and why ---------------------------------------------------------------------------------


def apart(a: float, b: float) -> float:
    """Return how many floats b is from a. A nan equals itself, and 0.0 differs from -0.0."""
    if a != a or b != b or math.isinf(a) or math.isinf(b) or a == b == 0:
        return 0 if repr(a) == repr(b) else INF
    return abs(_place(a) - _place(b))


def _place(x: float) -> int:
    bits = struct.unpack("<q", struct.pack("<d", x))[0]
    return bits if bits >= 0 else -(bits & (1 << 63) - 1)


class Reason(NamedTuple):
    """Why some places of these operations differ: `holds` is asked with the operands, our number and PyTorch's."""

    ops: str
    what: str
    said: str
    holds: Callable[[Sequence[float], float, float], bool]


def zeros(_: Sequence[float], ours: float, torchs: float) -> bool:
    return ours == torchs == 0


def torch_has_nan(_: Sequence[float], ours: float, torchs: float) -> bool:
    return ours == 0 and torchs != torchs


ROUNDED = Reason(
    "tanh sigmoid silu softplus gelu logsumexp surprisal", "first second backward atomic",
    "a small difference of larger numbers, such as 1 - out**2: one bit of out is many bits of it",
    lambda at, ours, torchs: math.isclose(ours, torchs, rel_tol=2e-14),
)  # fmt: skip
REASONS = [
    ROUNDED,
    Reason("*", "backward", "grads add up from 0.0, and 0.0 + -0.0 is 0.0; grad() keeps the sign", zeros),
    Reason("dot total mean", "value atomic", "PyTorch's sum starts from 0.0, ours from the first term", zeros),
    Reason("relu", "value", "the larger of -0.0 and 0.0 is 0.0 (IEEE 754-2019, maximum)", zeros),
    Reason("sigmoid", "value first second backward", "exp(710) overflows in PyTorch's 1 / (1 + exp(-a)); ours has exp(a) there",
           lambda at, ours, torchs: at[0] == -710 and 0 < ours < 1e-308 and torchs == 0),
    Reason("silu", "value first second backward", "PyTorch's exp(710) overflows as sigmoid's does, and its 1 - sigmoid(a) loses the digits of exp(-a)",
           lambda at, ours, torchs: (abs(at[0]) > 700 and torchs == 0 and abs(ours) < 1e-300) or (at[0] >= 19 and math.isclose(ours, torchs, rel_tol=1e-6, abs_tol=2e-16))),
    Reason("fmod remainder", "second", "where the slope is nan, so is its slope",
           lambda at, ours, torchs: ours != ours and not (at[1] and math.isfinite(at[0] / at[1] + 1 / at[1]))),
    Reason("fmod remainder", "first backward", "what is nan has no slope; PyTorch's is -(a / b)",
           lambda at, ours, torchs: ours != ours and not (at[1] and math.isfinite(at[0]))),
    Reason("fmod remainder", "first second", "0.0 and -0.0: PyTorch has minus the quotient", zeros),
    Reason("asinh atanh atan2", "second", "a * a overflows, or 1 / 0 is inf: times 0 that is nan in PyTorch", torch_has_nan),
    Reason("elu", "second", "0.0 and -0.0: PyTorch multiplies by alpha", zeros),
    Reason("elu", "first second backward", "nan never disappears; the slope of PyTorch's where() and clamp() at nan is 0",
           lambda at, ours, torchs: at[0] != at[0] and ours != ours),
    Reason("softplus", "second", "below 0 PyTorch's exp of what is subnormal is 0",
           lambda at, ours, torchs: at[0] == -710 and 0 < ours < 1e-308 and torchs == 0),
    Reason("softplus", "second", "PyTorch counts 20 as beyond the threshold in the second derivative, and as below it in the first",
           lambda at, ours, torchs: at[0] == 20 and torchs == 0),
    Reason("softplus", "second", "1 - slope next to slope = 1: both have lost half of their digits",
           lambda at, ours, torchs: 19 < at[0] < 20 and math.isclose(ours, torchs, rel_tol=1e-7)),
    Reason("erf gelu", "second", "2 * a overflows in PyTorch, and inf * 0 is nan; the limit is 0", torch_has_nan),
    Reason("leaky_relu", "first backward", "where() in PyTorch multiplies what it left out by 0, and 0 * inf is nan",
           torch_has_nan),
    Reason("pow", "second", "0**b is 0 for every b > 0, and a**0 is 1 for every a: PyTorch's where() multiplies log(0) or a**-1 by 0",
           lambda at, ours, torchs: torch_has_nan(at, ours, torchs)),
    Reason("pow", "second", "0.0 and -0.0: PyTorch multiplies by b - 1", zeros),
    Reason("pow", "second", "the slope in b of a**b is nan for a < 0, and so is ours of that; PyTorch's has a part left out",
           lambda at, ours, torchs: at[0] < 0 and ours != ours),
    Reason("pow", "second", "1 / a overflows for a subnormal a: we multiply by this slope of log, PyTorch divides by a",
           lambda at, ours, torchs: 0 < at[0] < 1e-308 and not math.isfinite(ours)),
    Reason("pow", "second", "inf**0 is 1, with slope 0: times log(inf) that is nan; PyTorch leaves the product out", lambda at, ours, torchs: math.inf in at and ours != ours),
    Reason("maximum minimum", "second", "nan never disappears: where the slope is nan, so is its slope",
           lambda at, ours, torchs: any(x != x for x in at) and ours != ours),
    Reason("logsumexp", "first second backward atomic", "PyTorch's slope is exp(x - out), and out is rounded to the size of the scores",
           lambda at, ours, torchs: all(1e16 <= abs(x) < INF for x in at)),
    Reason("logsumexp", "atomic", "where the largest is infinite, it is the result, and the slope is that of maximum",
           lambda at, ours, torchs: not all(map(math.isfinite, at)) and torchs != torchs),
    Reason("maximum minimum", "atomic", "a pair shares the slope evenly, and of three equal operands the last pair is not even",
           lambda at, ours, torchs: len(set(at)) == 1 and len(at) == 3 and ours in (0.25, 0.5)),
    Reason("logsumexp", "second", "next to inf the slope 0 stays 0; PyTorch multiplies it by nan", torch_has_nan),
]  # fmt: skip


class Difference(NamedTuple):
    op: str
    what: str
    operands: tuple[float, ...]
    ours: float
    torchs: float

    def reasons(self) -> list[Reason]:
        return [
            reason
            for reason in REASONS
            if (self.op in reason.ops.split() or reason.ops == "*")
            and self.what in reason.what.split()
            and reason.holds(self.operands, self.ours, self.torchs)
        ]


def stored() -> dict[str, list[Any]]:
    """Return what was written to the file: the points of each operation, and PyTorch's numbers there."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def differences() -> Iterator[Difference]:
    """Yield where our numbers are more than ULPS floats from PyTorch's, which were written to the file."""
    for name, rows in stored().items():
        for operands, (value, first, second) in rows:
            found, grads = ours(OPS[name], operands)
            for what, here, there in (
                ("value", [found.value], [value]),
                ("first", found.first, first),
                ("second", found.second, second),
                ("backward", grads, first),
                ("atomic", in_steps(OPS[name], operands), [value, *first]),
            ):
                if what == "atomic" and not OPS[name].wide:
                    continue
                for a, b in zip(here, there, strict=True):
                    if apart(a, b) > ULPS:
                        yield Difference(name, what, tuple(operands), a, b)


def table() -> str:
    """Return what differs, one line for each operation, derivative and reason. Raises AssertionError if one has no
    reason.

    The last bits of exp and tanh depend on the machine, so there is one line for everything in ROUNDED.
    """
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    for difference in differences():
        reasons = difference.reasons()
        assert reasons, f"no reason is known for {difference}"
        if reasons[0] is not ROUNDED:
            groups.setdefault((difference.op, difference.what, reasons[0].said), []).append(difference)
    lines = ["| operation | what | places | such as | ours | PyTorch | reason |", "|---|---|---:|---|---|---|---|"]
    for (op, what, said), found in groups.items():
        first = found[0]
        at = ", ".join(map(repr, first.operands))
        lines.append(f"| {op} | {what} | {len(found)} | {at} | {first.ours!r} | {first.torchs!r} | {said} |")
    lines.append(f"| {ROUNDED.ops} | {ROUNDED.what} | | | | to 2e-14 of it | {ROUNDED.said} |")
    unused = {reason.said for reason in REASONS if reason is not ROUNDED} - {said for _, _, said in groups}
    assert not unused, f"nothing differs for these reasons any more: {unused}"
    return "\n".join(lines) + "\n"


def written() -> str:
    """Return the file's text: a line for each point."""
    ops = []
    for name in IN_BOTH:
        rows = ",\n".join(json.dumps([at, torchs(OPS[name], at)]) for at in points(OPS[name]))
        ops.append(f'"{name}": [\n{rows}\n]')
    return "{\n" + ",\n".join(ops) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8", newline="\n")
