"""Every row of the table agrees with central differences and with PyTorch, and wrong rows are found."""

from __future__ import annotations

import itertools
import math
import re
from types import SimpleNamespace

import pytest
from rows_in_torch import WITHOUT_TORCH, in_torch

from autograd import Value, ieee
from autograd.errors import FormulaError
from autograd.formula import IEEE, PLAIN, Expr, Formula
from autograd.methods import compile_function
from autograd.ops import BUILTIN, OPS, Op, row

ROWS = [OPS[name] for name in BUILTIN]
GRID = (-22.0, -8.0, -3.7, -1.3, -0.9, -0.25, -1e-3, 0.0, 1e-3, 0.4, 0.75, 1.0, 1.6, 2.0, 3.1, 22.0)
# Where a value has no slope, PyTorch's choice: (row, operands) -> partials.
KINKS = {
    ("abs", (0.0,)): (0.0,),
    ("relu", (0.0,)): (0.0,),
    ("leaky_relu", (0.0, 0.01)): (0.01, 0.0),
    ("pow", (0.0, 2.0)): (0.0, 0.0),
    ("pow", (0.0, 1.0)): (1.0, 0.0),
    ("pow", (0.0, 0.0)): (0.0, 0.0),
    ("pow", (-2.0, 0.0)): (0.0, math.nan),
    ("maximum", (1.0, 1.0)): (0.5, 0.5),
    ("minimum", (1.0, 1.0)): (0.5, 0.5),
    ("minimum", (1.0, 2.0, 1.0, 1.0)): (1 / 3, 0.0, 1 / 3, 1 / 3),
    ("sign", (0.0,)): (0.0,),
    ("atan2", (0.0, 0.0)): (0.0, 0.0),
    ("elu", (0.0, 0.5)): (0.5, 0.0),
    ("clamp_min", (1.0, 1.0)): (1.0, 0.0),
    ("clamp_max", (1.0, 1.0)): (1.0, 0.0),
    ("where", (0.0, 1.0, 2.0)): (0.0, 0.0, 1.0),
    ("maximum", (2.0, 1.0, 2.0, 2.0)): (1 / 3, 0.0, 1 / 3, 1 / 3),
}


def points(op: Op):
    """Operands to try a row at: the grid, or a few lists of several lengths for a wide one."""
    if op.wide:
        for size in (1, 2, 5):
            for start in range(0, len(GRID) - size, 3):
                xs = [GRID[(start + 5 * i) % len(GRID)] for i in range(size)]
                ws = [GRID[(start + 3 * i + 1) % len(GRID)] for i in range(size)]
                flat = [*xs, *(ws if "ws" in op.operands else [])]
                singles = [name for name in op.operands if name not in op.lists]
                if all(name in op.defaults for name in singles):
                    yield flat
                if singles:
                    yield [*flat, *[0.5] * len(singles)]
    else:
        yield from ([float(x) for x in xs] for xs in itertools.product(GRID, repeat=len(op.operands)))
        if op.name == "acosh":  # most of the grid is below its domain
            yield from ([1 + abs(x)] for x in GRID)


def partials(op: Op, numbers, out):
    for k in range(len(numbers)):
        formula, index = op.partial(k, len(numbers))
        yield formula.evaluate({**op.bind(numbers), "out": out}, IEEE, index)


def value(op: Op, numbers):
    return op.formula(len(numbers)).evaluate(op.bind(numbers), IEEE)


def slope(op: Op, numbers, k):
    """d value / d operand k: a five-point difference, or None where the value has a kink or an edge nearby."""
    h = 1e-3 * max(1.0, abs(numbers[k]))
    quarter = h / 4

    def at(x):
        return value(op, [*numbers[:k], x, *numbers[k + 1 :]])

    def five_point(h):
        x = numbers[k]
        return (at(x - 2 * h) - 8 * at(x - h) + 8 * at(x + h) - at(x + 2 * h)) / (12 * h)

    tiny = h / 1000
    left, right = (at(numbers[k]) - at(numbers[k] - tiny)) / tiny, (at(numbers[k] + tiny) - at(numbers[k])) / tiny
    if not (abs(left - right) <= 0.01 * max(1.0, abs(left))):
        return None
    wide, narrow = five_point(h), five_point(quarter)
    if not (abs(wide - narrow) <= 1e-5 * max(1.0, abs(narrow))):  # this is also true for nan
        return None
    return narrow


def check_row(op: Op) -> int:
    """Assert that every partial of a row is the slope of its value, wherever there is one; count the places."""
    checked = 0
    for numbers in points(op):
        out = value(op, numbers)
        if not math.isfinite(out):
            continue
        for k, partial in enumerate(partials(op, numbers, out)):
            expected = slope(op, numbers, k)
            if expected is not None:
                checked += 1
                assert abs(partial - expected) <= 1e-7 * max(1.0, abs(expected)), (op.name, numbers, k)
    for (name, numbers), expected in KINKS.items():
        if name == op.name:
            found = tuple(partials(op, numbers, value(op, numbers)))
            assert found == pytest.approx(expected, nan_ok=True), (op.name, numbers)
            checked += 1
    return checked


@pytest.mark.parametrize("op", ROWS, ids=str)
def test_partials_are_the_slopes_of_the_value(op):
    assert check_row(op) >= 5 * len(op.operands)


def mutants(formula: Formula):
    """Yield every formula that differs from this one in one place: an operator, a comparison, a function or a
    number."""
    swaps = {
        "+": "-", "-": "+", "*": "/", "/": "*", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=",
        "sin": "cos", "cos": "sin", "exp": "expm1", "expm1": "exp", "log": "log1p", "sinh": "cosh", "cosh": "sinh",
    }  # fmt: skip

    def changed(term: Expr):
        if term.head in swaps:
            yield Expr(swaps[term.head], term.args, term.atom)
        if term.head == "number":
            yield Expr("number", atom=term.atom + 1)
        if term.head == "neg":
            yield term.args[0]
        if term.head == "**":
            yield term.args[0]
        if term.head in ("name", "item"):
            yield Expr("neg", (term,))
        for i, arg in enumerate(term.args):
            for other in changed(arg):
                yield Expr(term.head, (*term.args[:i], other, *term.args[i + 1 :]), term.atom)

    def formula_with(lets, result):
        other = Formula("0")
        other.source, other.lets, other.result = f"a mutant of {formula.source}", lets, result
        return other

    for result in changed(formula.result):
        yield formula_with(formula.lets, result)
    for i, (name, term) in enumerate(formula.lets):
        for other in changed(term):
            yield formula_with((*formula.lets[:i], (name, other), *formula.lets[i + 1 :]), formula.result)
    for text in ("0", "1.001 * {}", "{} + 0.001", "-{}"):
        wrapped = Formula(text.format("slope"))
        result = wrapped.result if text == "0" else _replace(wrapped.result, formula.result)
        yield formula_with(formula.lets, result)


def _replace(term: Expr, by: Expr) -> Expr:
    if term.head == "name":
        return by
    return Expr(term.head, tuple(_replace(arg, by) for arg in term.args), term.atom)


def with_partial(op: Op, i: int, formula: Formula) -> Op:
    other = Op(op.name)
    for slot in ("name", "symbol", "value", "operands", "lists", "defaults", "domain"):
        setattr(other, slot, getattr(op, slot))
    other.partials = (*op.partials[:i], formula, *op.partials[i + 1 :])
    return other


def same_everywhere(op: Op, other: Op) -> bool:
    """Return whether a mutant computes the same slopes after all, as ``a > 0`` for ``a >= 0`` may."""
    places = [*points(op), *(numbers for (name, numbers) in KINKS if name == op.name)]
    for numbers in places:
        out = value(op, numbers)
        if math.isfinite(out):
            for a, b in zip(partials(op, numbers, out), partials(other, numbers, out)):
                if a != pytest.approx(b, rel=1e-06, abs=1e-09, nan_ok=True):
                    return False
    return True


@pytest.mark.parametrize(
    "op", [pytest.param(op, marks=[pytest.mark.slow] * (k % 3 > 0), id=op.name) for k, op in enumerate(ROWS)]
)
def test_a_mutation_of_any_partial_is_noticed(op):
    tried = 0
    for i, partial in enumerate(op.partials):
        for mutant in mutants(partial):
            other = with_partial(op, i, mutant)
            try:
                check_row(other)
            except (AssertionError, ArithmeticError):
                tried += 1
            else:
                assert same_everywhere(op, other), (
                    f"{op.name}: {partial.source!r} could be wrong unnoticed: {mutant.source}"
                )
    assert tried >= 4 * len(op.partials) - 3


@pytest.mark.parametrize("op", ROWS, ids=str)
def test_the_compiled_method_computes_the_row(op):
    """Value and partials of what runs are those of the formulas, bit for bit, with constants on either side."""
    function = compile_function(op)
    for numbers in points(op):
        names = op.bind(numbers)
        with ieee():
            try:
                expected = op.formula(len(numbers)).evaluate(names, PLAIN)
            except (ArithmeticError, ValueError):
                continue
            arguments = {
                name: [Value(x) for x in group] if name in op.lists else Value(group) for name, group in names.items()
            }
            node = function(**arguments)
            assert same(node.data, expected), (op.name, numbers)
            for found, wanted in zip(node.partials, partials(op, numbers, expected)):
                assert same(found, wanted), (op.name, numbers)
            constant = {name: arguments[name] if i else names[name] for i, name in enumerate(names)}
            node = function(**constant)
            assert same(node.data, expected)
            first = len(names[op.operands[0]]) if op.wide else 1
            assert all(partial is None for partial in node.partials[:first])


def same(a, b):
    return a == b or (a != a and b != b)


def test_every_row_is_a_function_and_those_of_one_or_two_operands_are_methods():
    import autograd

    for op in ROWS:
        assert hasattr(Value, op.name) is not (op.wide or len(op.operands) > 2), op.name
        assert op.name in vars(autograd) or callable(getattr(autograd, op.name)), op.name
    assert {"abs", "pow", "max", "sum", "min"}.isdisjoint(autograd.__all__), "Python's own names stay Python's"
    assert {*BUILTIN} - {"abs", "pow"} <= {*autograd.__all__}
    assert autograd.max is autograd.maximum and autograd.sum([1.0, 2.0]).data == 3


def modulo(function):
    """PyTorch's fmod or remainder, with the slope of what it computes with respect to b: its own is -(a / b), rounded
    before it is cut.

    22 / 0.001 is 22,000, but fmod(22, 0.001) takes 21,999 of them, since 0.001 is a little more than a thousandth.
    """

    def apply(a, b):
        out = function(a, b).detach()
        return out + (a - a.detach()) + (b - b.detach()) * ((out - a) / b).round().detach()

    return apply


def row_in_torch(torch, op, some):
    """Value and gradients of a row in PyTorch, at some points."""
    theirs = in_torch(torch, op.name)
    theirs = modulo(theirs) if op.name in ("fmod", "remainder") else theirs
    found = []
    for numbers in some:
        tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
        out = theirs(*tensors)
        out.backward()
        found.append([out.item(), *(0.0 if t.grad is None else t.grad.item() for t in tensors)])
    return found


def row_in_ours(op, numbers):
    with ieee():
        values = [Value(x) for x in numbers]
        out = compile_function(op)(**op.bind(values))
        out.backward()
    return [out.data, *(v.grad for v in values)]


def assert_row(op, some, theirs):
    for numbers, wanted in zip(some, theirs, strict=True):
        found = row_in_ours(op, numbers)
        assert all(map(close, found, wanted)), (op.name, numbers, found, wanted)


ROWS_IN_TORCH = [op for op in ROWS if op.name not in WITHOUT_TORCH]


@pytest.mark.parametrize("op", ROWS_IN_TORCH, ids=str)
def test_pytorch_agrees_on_some_points_of_every_row(op, torchs):
    every = list(points(op))
    some = every[:: max(1, len(every) // 30)]
    assert_row(op, some, torchs(lambda torch: row_in_torch(torch, op, some)))


@pytest.mark.parametrize("op", ROWS_IN_TORCH, ids=str)
def test_pytorch_agrees_on_every_row(op):
    torch = pytest.importorskip("torch")
    assert_row(op, list(points(op)), row_in_torch(torch, op, points(op)))


def test_a_row_that_pytorch_lacks_is_told_what_to_do():
    torch = SimpleNamespace(nn=SimpleNamespace(functional=SimpleNamespace()))
    new = SimpleNamespace(name="softsign", wide=False)
    with pytest.raises(
        AssertionError,
        match=r"PyTorch has no function softsign: add 'softsign' to IN_TORCH in tests/rows_in_torch",
    ):
        row_in_torch(torch, new, [[0.5]])


def close(a, b):
    return same(a, b) or abs(a - b) <= 1e-12 * max(1.0, abs(b))


@pytest.mark.parametrize("name", ["out", "n", "i", "exp", "max", "pi", "__debug__", "a__b"])
def test_a_name_that_is_taken_is_refused_on_the_spot(name):
    with pytest.raises(FormulaError, match=f"{name!r} is taken"):
        row("new1", "?", "x", **{"x": "1", name: "1"})
    with pytest.raises(FormulaError, match=f"{name!r} is taken"):
        Formula(f"{name} = a + 1; a * {name}")


@pytest.mark.parametrize(
    ("value", "defaults", "said"),
    [
        ("a + b", {"c": 1.0}, "'c', which is not an operand by itself"),
        ("a + b", {"b": None}, "want a number as the default of 'b', got None"),
        ("a + b", {"b": "1"}, "want a number as the default of 'b', got '1'"),
        ("a + b", {"a": 1.0}, "want the operands with a default last, got a, b"),
        ("sum(a[i]) + b", {"a": None}, "'a', which is not an operand by itself"),
    ],
)
def test_a_default_that_cannot_be_is_refused_on_the_spot(value, defaults, said):
    with pytest.raises(FormulaError, match=re.escape(said)):
        row("new1", "?", value, "1", "1", defaults=defaults)
    assert "new1" not in OPS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("two words", "?", "a", "1"), "identifier"),
        (("mul", "*", "a * b", "b", "a"), "already an operation"),
        (("new1", "?", "a +", "1"), "cannot read"),
        (("new1", "?", "import_os(a)", "1"), "there is no function import_os: there are exp,"),
        (("new1", "?", "a.data", "1"), "this has no place in a formula"),
        (("new1", "?", "a * c", "1"), "'c'"),
        (("new1", "?", "a", "1", "2"), "'b'"),
        (("new1", "?", "a", "q"), "'q'"),
        (("new1", "?", "exp", "1"), "is a function"),
        (("new1", "?", "pow(a)", "1"), "pow wants 2 operands, got 1"),
        (("new1", "?", "'a'", "1"), "'a' is not a real number"),
        (("new1", "?", "a ^ 2", "1"), "use ** for powers\n  a ^ 2\n    ^"),
        (("new1", "?", "max(a, b)", "1", "0"), "write max(xs[i])"),
        (("new1", "?", "1e400 * a", "1"), "this number is too large for a float"),
        (("class", "?", "a", "1"), "identifier"),
        (("new1", "?", "a", 1), "as text"),
        (("new1", None, "a", "1"), "as text"),
        ((1, "?", "a", "1"), "as text"),
        (("new1", "?", "", "1"), "there is no expression"),
        (("new1", "?", "out = a; out", "1"), "taken"),
        (("new1", "?", "a"), "want a partial"),
        (("new1", "?", "lambda: a", "1"), "this has no place in a formula"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_on_the_spot(arguments, said):
    with pytest.raises(FormulaError, match=re.escape(said)):
        row(*arguments)
    assert "new1" not in OPS


def test_operands_are_told_apart_by_their_number():
    for name, value, partials, defaults, groups in (
        ("test_ops_three", "sum(xs[i] * ws[i]) * a + b", {"xs": "ws[i] * a", "ws": "xs[i] * a", "a": "sum(xs[i] * ws[i])", "b": "1"},
         {"b": None}, ([1, 2, 3], [4, 5, 6], 7, 8)),
        ("test_ops_two", "sum(xs[i]) * a + b", {"xs": "a", "a": "(out - b) / a", "b": "1"}, {}, ([1, 2], 3, 4)),
    ):  # fmt: skip
        row(name, name, value, defaults=defaults, **partials)
        flat = [x for group in groups for x in (group if isinstance(group, list) else [group])]
        assert list(OPS[name].bind(flat).values()) == list(groups)
        if defaults:
            assert list(OPS[name].bind(flat[:-1]).values()) == list(groups[:-1])
    with pytest.raises(FormulaError, match="whether 'k' was left out cannot be told"):
        row("test_ops_unclear", "?", "sum(xs[i]) + k", xs="1", k="1", defaults={"k": None})
