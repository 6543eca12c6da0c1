"""compile(): on either backend the same as the function itself, whatever changes between calls."""

from __future__ import annotations

import collections
import copy
import functools
import itertools
import math
import pickle
import random
import subprocess
import sys
import types
from array import array
from contextvars import ContextVar
from decimal import Decimal
from fractions import Fraction
from numbers import Real as RealNumber

import pytest
from backends import BACKENDS, assert_same, averaged, eagerly, gradients, leaves, needs_c, random_losses
from random_graphs import inputs
from test_ops import points

import autograd
import nn
import nn.functional as F
from autograd import Value, compile, dot, ieee, mean, no_grad
from autograd.compiled import tracing
from autograd.errors import (
    ArgumentError,
    AutogradError,
    DomainError,
    FloatOverflowError,
    GraphError,
    ShapeError,
    SingularityError,
    ToolError,
    TraceError,
)
from autograd.ops import BUILTIN, OPS
from autograd.value import NOT_REACHED
from nn import optim
from nn.optim import SGD

# User-defined rows: with three operands, with lists, and with an intermediate; names that are reserved in C and JavaScript.
OWN = {
    "test_compiled_lerp": autograd.op(
        "test_compiled_lerp", "lerp", "int + t * (var - int)", int="1 - t", var="t", t="var - int"
    ),
    "test_compiled_spread": autograd.op(
        "test_compiled_spread", "spread", "m = sum(xs[i]) / n; sum((xs[i] - m) * (xs[i] - m)) + i0",
        xs="m = sum(xs[i]) / n; 2 * (xs[i] - m)", i0="1",
    ),
    "test_compiled_pairs": autograd.op(
        "test_compiled_pairs", "pairs", "sum(int[i] * int[i] * w[i]) + by",
        int="2 * int[i] * w[i]", w="int[i] * int[i]", by="1", defaults={"by": None},
    ),
}  # fmt: skip


def apply(op, operands):
    """Return an operation on flat operands, called as a user would."""
    return (OWN.get(op.name) or getattr(autograd, op.name))(*op.bind(operands).values())


def points_of(op):
    if op.name == "test_compiled_spread":
        return [[1.0, 2.0, 4.0], [1.0, 0.5, 2.0, 3.0, 0.25, 9.0]]
    if op.name == "test_compiled_pairs":
        return [[1.0, 2.0], [1.0, 0.5, 2.0, 3.0], [1.0, 0.5, 2.0, 3.0, 0.5]]
    return itertools.islice(points(op), None, None, 1 if len(op.operands) == 1 or op.wide else 7)


def outcome(function):
    """Return what a call gives, or the error that it raises."""
    try:
        return function()
    except AutogradError as error:
        return error


def assert_same_outcome(found, wanted, exactly):
    if isinstance(wanted, Exception):
        assert type(found) is type(wanted) and str(found) == str(wanted)
    else:
        assert_same(found, wanted, exactly)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", [*BUILTIN, *(pytest.param(name, marks=pytest.mark.slow) for name in OWN)])
def test_every_row_is_what_the_engine_computes(name, backend):
    op = OPS[name]
    steps = {}
    for numbers in points_of(op):
        values = [Value(number, label=f"x{i}") for i, number in enumerate(numbers)]

        def loss(values=values):
            return apply(op, values) * 3.0

        if len(values) not in steps:
            steps[len(values)] = values, compile(loss, values, backend)
        values, step = steps[len(values)]
        for value, number in zip(values, numbers):
            value.data = number
        wanted = outcome(lambda: eagerly(loss, (values,), values))  # noqa: B023
        gradients(values)
        found = outcome(lambda: (step(), gradients(values)))  # noqa: B023
        gradients(values)
        assert_same_outcome(found, wanted, exactly=backend == "python" and "logsumexp" not in name)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("rows", [[-1.0, 2.0, 3.0], [-2.0, -1.0], [-math.inf, 2.0], [math.nan, 1.0], [-1e308, -1.0]])
def test_a_weight_behind_a_gradient_of_0_has_what_the_function_gives_it(rows, backend):
    """It has been reached, and 0 times an infinite number is nan."""
    w, b = leaves(0.5, 0.25)

    def loss(x):
        return dot([w], [x], b).relu()

    wanted = averaged(loss, ([*rows],), [w, b])
    step = compile(loss, [w, b], backend)
    for _ in range(3):
        w.grad = b.grad = NOT_REACHED
        assert_same((step.batch(rows), gradients([w, b])), wanted)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", [*BUILTIN, *(pytest.param(name, marks=pytest.mark.slow) for name in OWN)])
def test_every_row_over_many_rows_of_inputs(name, backend):
    op = OPS[name]
    by_length = {}
    for numbers in points_of(op):
        by_length.setdefault(len(numbers), []).append(numbers)
    for length, rows in by_length.items():
        shifts = leaves(*[0.0] * length)

        def loss(row):
            return apply(op, [s + x for s, x in zip(shifts, row)])  # noqa: B023

        sound = [row for row in rows if not isinstance(outcome(lambda: eagerly(loss, (row,), shifts)), Exception)]  # noqa: B023
        step = compile(loss, shifts, backend)
        gradients(shifts)
        assert_same((step.batch(sound), gradients(shifts)), averaged(loss, (sound,), shifts))
        if len(sound) < len(rows):
            wanted = outcome(lambda: averaged(loss, (rows,), shifts))  # noqa: B023
            gradients(shifts)
            assert_same_outcome(outcome(lambda: (step.batch(rows), gradients(shifts))), wanted, exactly=False)  # noqa: B023


@pytest.mark.parametrize("backend", BACKENDS)
def test_random_graphs(backend):
    for rng, loss, numbers, parameters in random_losses():
        step = compile(loss, parameters, backend)
        wanted = eagerly(loss, (numbers[:2],), parameters)
        assert_same((step(numbers[:2]), gradients(parameters)), wanted, exactly=backend == "python")
        rows = [inputs(rng)[:2] for _ in range(9)]
        assert_same((step.batch(rows), gradients(parameters)), averaged(loss, (rows,), parameters))


@pytest.mark.parametrize("backend", BACKENDS)
def test_gradients_accumulate_as_backward_leaves_them(backend):
    a, b, unused = leaves(0.1, 0.3, 1.0)

    def loss(x):
        return (a * x + b) * a + a * 0.7

    for x in (0.3, 0.7, 0.9):
        loss(x).backward()
    wanted = a.grad, b.grad
    a.zero_grad(), b.zero_grad()
    step = compile(loss, [a, b, unused], backend)
    for x in (0.3, 0.7, 0.9):
        step(x)
    assert (a.grad, b.grad) == pytest.approx(wanted, rel=1e-14)
    assert not unused.reached


class Transformer(nn.Module):
    """A small one, with picks, tied weights, attention and every kind of layer."""

    def __init__(self, seed):
        rng = random.Random(seed)
        self.table = nn.Embedding(5, 4, seed=rng)
        self.norm, self.other = nn.RMSNorm(4), nn.LayerNorm(4)
        self.attention = nn.SelfAttention(4, seed=rng)
        self.mlp = nn.MLP(4, [6, 4], seed=rng)

    def forward(self, tokens):
        x = self.norm(self.table(tokens))
        x = [[a + b for a, b in zip(*rows)] for rows in zip(x, self.attention(self.other(x), is_causal=True))]
        return F.linear(self.mlp(x), self.table.weight)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("length", [1, 3])
def test_one_trace_serves_all_tokens(backend, length):
    model = Transformer(0)
    parameters = list(model.parameters())
    rng = random.Random(length)

    def loss(tokens, targets):
        return F.cross_entropy(model(tokens), targets)

    step = compile(loss, parameters, backend)
    rows = [
        ([int(rng.random() * 5) for _ in range(length)], [int(rng.random() * 5) for _ in range(length)])
        for _ in range(10)
    ]
    for row in rows[:4]:
        wanted = eagerly(loss, row, parameters)
        assert_same((step(*row), gradients(parameters)), wanted, exactly=backend == "python")
    columns = [list(column) for column in zip(*rows)]
    for count in (1, 3, 4, 10):
        part = [column[:count] for column in columns]
        assert_same((step.batch(*part), gradients(parameters)), averaged(loss, part, parameters))
    assert repr(step) == f"<compiled loss(tokens, targets), backend '{backend}', 1 signature traced>"


@pytest.mark.parametrize("backend", BACKENDS)
def test_rows_of_several_structures_in_a_batch(backend):
    model = Transformer(1)
    parameters = list(model.parameters())

    def loss(tokens):
        return F.cross_entropy(model(tokens[:-1]), tokens[1:])

    documents = [[0, 1, 2], [3, 4], [4, 2, 2], [1, 0, 3, 2, 4], [0, 0]]
    step = compile(loss, parameters, backend)
    assert_same((step.batch(documents), gradients(parameters)), averaged(loss, (documents,), parameters))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("index", [-1, 3, 10**20, 1.0, True])
def test_an_index_that_picks_nothing(backend, index):
    table = nn.Embedding(3, 2, seed=0)

    def loss(token, x):
        return dot(table(token), [x, 1.0])

    step = compile(loss, list(table.parameters()), backend)
    step(1, 2.0)
    kind = ArgumentError if isinstance(index, float) else ShapeError
    if index is True:  # a bool is structure: always row 1 of the table
        assert step(True, 2.0) == step(1, 2.0)
        return
    with pytest.raises(kind, match="token"):
        step(index, 2.0)
    with pytest.raises(kind, match="token"):
        step.batch([0, 1, 2, 1, index, 0], [0.5] * 6)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_int_is_a_number_in_arithmetic(backend):
    (w,) = leaves(2.0)
    step = compile(lambda x, n: w * x**n + n, [w], backend)
    assert [step(3.0, 2), step(3, 2.0), step(True, 2)] == [20.0, 20.0, 4.0]
    assert step.batch([3, 1.0, 2], [2, 1, 3.0]) == pytest.approx((20.0 + 3.0 + 19.0) / 3)


@pytest.mark.parametrize("backend", BACKENDS)
def test_other_lengths_are_traced_anew_and_kept(backend):
    (w,) = leaves(2.0)
    traced = []

    def loss(xs, square=False):
        traced.append(len(xs))
        out = dot(xs, [w] * len(xs))
        return out * out if square else out

    step = compile(loss, [w], backend)
    assert [step([1.0]), step([1.0, 2.0]), step([3.0]), step([1.0], True), step([1.0], square=True)] == [2, 6, 6, 4, 4]
    assert step((2.0,)) == 4.0
    assert traced[:5] == [1, 1, 2, 2, 1]  # each is run twice; the check at call 2 runs the first one
    assert len(traced) == 5 * 2 + 2  # [x], [x, y], [x] squared in two ways, (x,); and at call 4
    step([5.0]), step([5.0, 6.0])
    assert len(traced) == 13  # call 8 is checked


def test_a_decorator():
    w, b = leaves(1.0, 0.0)

    @compile(params=[w, b], backend="python")
    def line(x, y):
        """Return how far off the line is."""
        return (w * x + b - y) ** 2

    assert line(1.0, 3.0) == 4.0
    assert (line.__name__, line.__doc__, line.backend) == ("line", "Return how far off the line is.", "python")


def test_what_can_be_compiled():
    model = nn.Linear(2, 1, seed=0)
    x = [1.0, -1.0]
    wanted = model(x)[0].data

    def scaled(x, by):
        return model(x)[0] * by

    class Loss:
        def __call__(self, x):
            return model(x)[0]

    parameters = list(model.parameters())
    for function, arguments in (
        (lambda x: model(x)[0], (x,)), (functools.partial(scaled, by=1), (x,)), (Loss(), (x,)), (Loss().__call__, (x,)),
    ):  # fmt: skip
        assert compile(function, parameters)(*arguments) == wanted
    assert compile(nn.Sequential(nn.Linear(2, 1), _First()), parameters, "python")(x) is not None


class _First(nn.Module):
    def forward(self, xs):
        return xs[0]


@pytest.mark.parametrize("backend", BACKENDS)
def test_parameters_shared_and_given_twice(backend):
    (w,) = leaves(3.0)
    step = compile(lambda x: dot([w, w], [x, w]), [w, w], backend)
    assert (step(2.0), w.grad) == (15.0, 8.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_frozen_leaf_is_read_and_left_alone(backend):
    w, frozen = leaves(3.0, 2.0)
    step = compile(lambda x: w * frozen * x + frozen.exp() * 0, [w], backend)
    assert (step(1.0), w.grad, frozen.reached) == (6.0, 2.0, False)
    frozen.data = 5.0
    assert (step(1.0), w.grad, frozen.reached) == (15.0, 7.0, False)
    assert step.batch([1.0] * 5) == 15.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_data_changed_between_calls_is_seen(backend):
    model = nn.MLP(2, [3, 1], seed=0)
    parameters = list(model.parameters())
    step = compile(lambda x: model(x)[0], parameters, backend)
    for seed in range(3):
        model.load_state_dict(nn.MLP(2, [3, 1], seed=seed).state_dict())
        assert step([1.0, 2.0]) == pytest.approx(model([1.0, 2.0])[0].data)
        parameters[0].data += 1.0
        assert step([1.0, 2.0]) == pytest.approx(model([1.0, 2.0])[0].data)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_parameter_that_was_replaced_is_refused(backend):
    model = nn.MLP(2, [3, 1], seed=0)
    step = compile(lambda x: model(x)[0], list(model.parameters()), backend)
    step([1.0, 2.0])
    model.layers[0].weight[1][0] = Value(7.0)
    with pytest.raises(
        TraceError, match=r"layers.0.weight\[1\]\[0\] has taken the place of a parameter.*compile again"
    ):
        step([1.0, 2.0])


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_the_function_uses_from_outside_may_change(backend):
    (w,) = leaves(2.0)
    scale, targets, options = 2.0, [1.0, 2.0], {"power": 1}

    def helper(x):
        return x * scale

    def loss(x):
        return sum(helper(w) * x - t for t in targets) ** options["power"]

    step = compile(loss, [w], backend)

    def check():
        assert step(1.5) == pytest.approx(loss(1.5).data)
        assert step.batch([1.5] * 4) == pytest.approx(loss(1.5).data)

    check()
    scale = 3.0
    check()
    targets[1] = 0.5
    check()
    targets.append(4.0)
    check()
    options["power"] = 2
    check()


class Settings:
    scale = 2.0

    def __init__(self):
        self.by = 2.0

    @property
    def both(self):
        return self.scale * self.by

    def loss(self, w, x):
        return w * x * self.by


class Operand:
    def __init__(self):
        self.by = 2.0

    def __mul__(self, value):
        return value * self.by


class Made:
    def __init__(self, value):
        self.value = value * GLOBAL[0]


class Slotted:
    __slots__ = ("by",)


GLOBAL = [2.0]


class Flagged(nn.Module):
    def __init__(self):
        self.w = Value(1.0)

    def forward(self, x):
        y = self.w * x * GLOBAL[0]
        return y * 3.0 if self.training else y


def with_a_default(w, x, by=GLOBAL):
    return w * x * by[0]


def in_an_inner_function(w, x):
    return sum((lambda y: y * GLOBAL[0])(w * x) for _ in range(2))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "what",
    ["attribute", "property", "class", "method", "slot", "namespace", "file", "default", "inner", "deque", "defaultdict",
     "set", "array", "partial", "decorator", "in a list", "eval", "global of a module", "bytearray", "proxy", "chain",
     "user dict", "user list", "values", "function", "code", "operator", "init"],
)  # fmt: skip
def test_whatever_the_function_looks_at_may_change(what, backend, monkeypatch):
    (w,) = leaves(2.0)
    monkeypatch.setattr(sys.modules[__name__], "GLOBAL", [2.0])
    monkeypatch.setattr(with_a_default, "__defaults__", (GLOBAL,))
    monkeypatch.setattr(Settings, "scale", 2.0)
    held, slotted, space, model = Settings(), Slotted(), types.SimpleNamespace(by=2.0), Flagged()
    slotted.by = 2.0
    file = types.ModuleType("a_file_of_the_users")
    file.by = 2.0
    many, named, numbers, block = (
        collections.deque([2.0]),
        collections.defaultdict(float, by=2.0),
        {2.0},
        array("d", [2.0]),
    )
    nested = [{"held": held}]
    data, named_too, listed = bytearray([2]), collections.UserDict(by=2.0), collections.UserList([2.0])
    proxy, chained, values = types.MappingProxyType(named), collections.ChainMap({}, named), named.values()
    operand = Operand()

    def with_an_attribute(x):
        return w * x * with_an_attribute.by

    def reloaded(x):
        return w * x

    reloaded.__qualname__ = "reloaded"  # now it looks as if a file defined it
    with_an_attribute.by = 2.0

    def doubled(function):
        @functools.wraps(function)
        def wrapper(x):
            return function(x) * many[0]

        return wrapper

    def put(thing, name, value=5.0):
        return lambda: setattr(thing, name, value)

    change_global = lambda: GLOBAL.__setitem__(0, 5.0)  # noqa: E731
    function, change = {
        "attribute": (lambda x: w * x * held.by, put(held, "by")),
        "property": (lambda x: w * x * held.both, put(held, "by")),
        "class": (lambda x: w * x * Settings.scale, put(Settings, "scale")),
        "method": (lambda x: held.loss(w, x), put(held, "by")),
        "slot": (lambda x: w * x * slotted.by, put(slotted, "by")),
        "namespace": (lambda x: w * x * space.by, put(space, "by")),
        "file": (lambda x: w * x * file.by, put(file, "by")),
        "default": (lambda x: with_a_default(w, x), change_global),
        "inner": (lambda x: in_an_inner_function(w, x), change_global),
        "deque": (lambda x: w * x * many[0], lambda: many.__setitem__(0, 5.0)),
        "defaultdict": (lambda x: w * x * named["by"], lambda: named.__setitem__("by", 5.0)),
        "set": (lambda x: w * x * len(numbers), lambda: numbers.add(5.0)),
        "array": (lambda x: w * x * block[0], lambda: block.__setitem__(0, 5.0)),
        "partial": (functools.partial(with_a_default, w, by=GLOBAL), change_global),
        "decorator": (doubled(lambda x: w * x), lambda: many.__setitem__(0, 5.0)),
        "in a list": (lambda x: w * x * nested[0]["held"].by, put(held, "by")),
        "eval": (model, model.eval),
        "global of a module": (model, change_global),
        "bytearray": (lambda x: w * x * data[0], lambda: data.__setitem__(0, 5)),
        "proxy": (lambda x: w * x * proxy["by"], lambda: named.__setitem__("by", 5.0)),
        "chain": (lambda x: w * x * chained["by"], lambda: named.__setitem__("by", 5.0)),
        "user dict": (lambda x: w * x * named_too["by"], lambda: named_too.__setitem__("by", 5.0)),
        "user list": (lambda x: w * x * listed[0], lambda: listed.__setitem__(0, 5.0)),
        "values": (lambda x: sum(w * x * value for value in values), lambda: named.__setitem__("by", 5.0)),
        "function": (with_an_attribute, put(with_an_attribute, "by")),
        "code": (reloaded, put(reloaded, "__code__", (lambda x: w * x * x).__code__.replace(co_freevars=("w",)))),
        "operator": (lambda x: operand * (w * x), put(operand, "by")),
        "init": (lambda x: Made(w * x).value, change_global),
    }[what]
    step = compile(function, [w, model.w], backend)
    seen = []
    for _ in range(2):
        wanted = eagerly(function, (1.5,), [w, model.w])
        assert_same((step(1.5), gradients([w, model.w])), wanted, exactly=backend == "python")
        assert_same((step.batch([1.5] * 5), gradients([w, model.w])), wanted)
        seen.append(wanted)
        change()
    assert seen[0] != seen[1]


def test_what_a_file_holds_that_is_imported_inside_may_change(tmp_path, monkeypatch):
    (tmp_path / "imported_inside.py").write_text("BY = 2.0")
    monkeypatch.syspath_prepend(tmp_path)
    (w,) = leaves(2.0)

    def loss(x):
        import imported_inside

        return w * x * imported_inside.BY

    step = compile(loss, [w])
    assert step(1.0) == 4.0
    monkeypatch.setattr(sys.modules["imported_inside"], "BY", 5.0)
    assert step(1.0) == 10.0
    monkeypatch.delitem(sys.modules, "imported_inside")


def test_what_is_kept_beside_the_loss_is_no_reason_to_trace_again():
    """An object whose method is compiled may keep a history, which its __init__ names."""
    (w,) = leaves(2.0)

    runs = []

    class Run:
        def __init__(self):
            self.losses = []

        def loss(self, x):
            runs.append(x)
            return w * x

    run = Run()
    step = compile(run.loss, [w])
    for x in (1.0, 2.0, 3.0):
        run.losses.append(step(x))
    assert len(runs) == 3  # one trace, one eager run, and one check at call 2


def test_what_the_function_only_writes_is_no_reason_to_trace_again():
    (w,) = leaves(2.0)
    kept, runs = types.SimpleNamespace(last=None), []

    def loss(x):
        runs.append(x)
        kept.last = w * x
        return kept.last

    step = compile(loss, [w], "python")
    step(1.0)
    loss(1.0)
    assert [step(2.0), step(3.0)] == [4.0, 6.0] and len(
        runs
    ) == 4  # one trace, one eager run, one by us, and one at call 2


def test_a_frozen_leaf_may_be_replaced():
    w, target = leaves(3.0, 2.0)
    step = compile(lambda x: w * x - target, [w], "python")
    assert step(1.0) == 1.0
    target = Value(1.0)
    assert step(1.0) == 2.0


@pytest.mark.parametrize("backend", ["python", pytest.param("c", marks=[needs_c, pytest.mark.slow])])
def test_a_row_that_is_defined_again(backend):
    (w,) = leaves(3.0)
    own = autograd.op("test_compiled_again", "again", "a * 2", "2")
    kept = [own]
    step, other = compile(lambda x: own(w) * x, [w], backend), compile(lambda x: kept[0](w) * x, [w], backend)
    assert (step(1.0), other(1.0), w.grad) == (6.0, 6.0, 4.0)
    own = autograd.op("test_compiled_again", "again", "a * 5", "5")
    assert step(1.0) == step.batch([1.0] * 5) == 15.0
    assert other(1.0) == kept[0](w).data


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", ["bigram", "log_softmax", "experts", "nested"])
def test_picks_among_computed_values_and_other_picks(kind, backend):
    """The gradient is passed on to everything that was picked, and no 0 is left where nothing was picked."""
    table = nn.Embedding(3, 3, seed=0)
    a, b, c = leaves(0.5, -1.5, 2.0)
    parameters = [*table.parameters(), a, b, c]
    loss = {
        "bigram": lambda i, j: F.cross_entropy(table(i), j),
        "log_softmax": lambda i, j: -F.pick(F.log_softmax([a * b, b * c, c]), i) * F.pick([a, 1.0, c], j),
        "experts": lambda i, j: F.pick([(a * b).tanh(), c * c, Value(2.0)], i) * (j + 1),
        "nested": lambda i, j: F.pick([F.pick([a * b, b, c], i), a * c, F.pick(table(i), j)], j),
    }[kind]
    step = compile(loss, parameters, backend)
    for i, j in itertools.product(range(3), repeat=2):
        wanted = eagerly(loss, (i, j), parameters)
        assert_same((step(i, j), gradients(parameters)), wanted, exactly=backend == "python")
        assert_same((step.batch([i] * 5, [j] * 5), gradients(parameters)), wanted)
    rows = [[0, 1, 0, 0, 1], [1, 1, 2, 2, 1]]
    assert_same((step.batch(*rows), gradients(parameters)), averaged(loss, rows, parameters))


SCORES = {
    "nll": lambda scores, y: -F.pick(F.log_softmax(scores), y),
    "softmax": lambda scores, y: -F.pick(F.softmax(scores), y).log(),
    "chosen first": lambda scores, y: autograd.logsumexp(scores) - F.pick(scores, y),
    "chosen last": lambda scores, y: -F.pick(scores, y) + autograd.logsumexp(scores),
    "twice": lambda scores, y: F.pick(scores, y).tanh() * scores[0] + scores[1] * scores[2] * F.pick(scores, y),
    "cross_entropy": lambda scores, y: F.cross_entropy(scores, y),
}


@pytest.mark.parametrize("kind", SCORES)
def test_a_pick_that_decides_where_backward_begins_is_exact(kind):
    """The eager graph has the chosen candidate alone, and walks to it first: so its sums are in a different order for
    each choice."""
    model = nn.MLP(4, [6, 5], activation="tanh", seed=0)
    parameters = list(model.parameters())

    def loss(xs, y):
        return SCORES[kind](model(xs), y)

    step = compile(loss, parameters, "python")
    rng = random.Random(0)
    for _ in range(3):
        for y in range(5):
            xs = [rng.gauss(0.0, 1.0) for _ in range(4)]
            assert_same((step(xs, y), gradients(parameters)), eagerly(loss, (xs, y), parameters), exactly=True)
    assert "1 signature traced" in repr(step)


def test_where_only_some_choices_are_values_the_general_program_goes_on():
    """A function that returns a plain number for some choice cannot be traced for it alone."""
    (w,) = leaves(2.0)
    step = compile(lambda i: F.pick([1.0, w * w, w.exp()], i), [w], "python")
    assert step(0) == 1.0
    assert (step(1), w.grad) == (4.0, 4.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_gradient_may_be_cleared_to_none(backend):
    """Written as PyTorch's users do; a grad that nothing reaches stays cleared."""
    w, b, other = leaves(3.0, 1.0, 2.0)
    parameters = [w, b, other]
    step = compile(lambda xs: dot(xs, [w] * len(xs)) + b, parameters, backend)
    for call, wanted in (
        (lambda: step([2.0]), [2.0, 1.0]),
        (lambda: step.batch([[2.0]] * 5), [2.0, 1.0]),
        (lambda: step.batch([[2.0], [1.0, 3.0]]), [3.0, 1.0]),
        (lambda: step.train([([[2.0]] * 5,)], optim.SGD([w, b], lr=0.0), 1), [2.0, 1.0]),
    ):
        for p in parameters:
            p.grad = None
        call()
        assert [w.grad, b.grad] == pytest.approx(wanted, rel=1e-15) and not other.reached


@pytest.mark.parametrize("backend", BACKENDS)
def test_infinities_in_a_batch_are_those_of_its_rows(backend):
    """Rows are computed side by side, in eights: those that only fill a group contribute nothing, not even 0 times
    infinity."""
    w, v = leaves(1.5, -0.5)
    step = compile(lambda x: dot([w, v], [x, 1.0]).relu() * autograd.maximum(w, v * x), [w, v], backend)
    xs = [1.0, 2.0, 0.5, 3.0, math.inf]
    assert_same((step.batch(xs), gradients([w, v])), averaged(step.__wrapped__, (xs,), [w, v]))


def test_atomic_makes_a_program_of_its_own():
    (w,) = leaves(2.0)
    step = compile(lambda xs: dot(xs, [w, w]), [w], "python")
    step([1.0, 2.0])
    whole = step.source
    with autograd.atomic():
        step([1.0, 2.0])
    assert "xs_0 * w + xs_1 * w" in whole and "xs_0 * w + xs_1 * w" not in step.source


@needs_c
@pytest.mark.slow
def test_an_error_in_a_graph_too_large_for_a_page_of_python():
    w = Value(1.0, label="w")

    def loss(x):
        y = w * x
        for _ in range(100_001):
            y = y * 1.0
        return (y - 2.0 * x).log()

    with pytest.raises(DomainError, match="log"):
        compile(loss, [w], "c")(1.0)


def test_parameters_of_a_subclass_are_refused():
    class Own(Value):
        __slots__ = ()

    with pytest.raises(ArgumentError, match="subclass Own"):
        compile(lambda x: x, [Own(1.0)])


def test_namedtuples_and_what_isinstance_is_told():
    w, _ = leaves(3.0, 0.0)
    Point = collections.namedtuple("Point", "x y")
    assert compile(lambda p: w * p.x - p.y, [w])(Point(2.0, 1.0)) == 5.0
    step = compile(lambda x: w * (x if isinstance(x, (int, float)) else 0.0), [w])
    assert (step(2.0), step(3)) == (6.0, 9.0)


def test_no_grad_computes_without_gradients():
    (w,) = leaves(2.0)
    step = compile(lambda x: w * x, [w])
    with no_grad():
        assert (step(3.0), step.batch([1.0, 2.0])) == (6.0, 3.0)
    assert not w.reached


@pytest.mark.parametrize("backend", BACKENDS)
def test_errors_name_the_value_as_the_engine_does(backend):
    w = Value(-1.0, label="w")
    for function, kind in (
        (lambda x: (w * x).log() + w.log(), DomainError), (lambda x: (w * x * -1e3).exp(), FloatOverflowError),
        (lambda x: x / (w + 1), SingularityError), (lambda x: (w + 1).sqrt() * x, SingularityError),
    ):  # fmt: skip
        wanted = outcome(lambda: eagerly(function, (1.0,), [w]))  # noqa: B023
        assert type(wanted) is kind
        step = compile(function, [w], backend)
        for call in (lambda: step(1.0), lambda: step.batch([1.0] * 5)):  # noqa: B023
            w.zero_grad()
            found = outcome(call)
            assert (type(found), str(found)) == (kind, str(wanted)), found
            assert not w.reached
    assert "log(w) is not defined at w = -1.0" in str(outcome(lambda: compile(lambda: w.log(), [w], backend)()))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_slope_that_is_infinite_stops_only_a_gradient(backend):
    (w,) = leaves(0.0)
    step = compile(lambda x: w.sqrt() * x, [w], backend)
    assert (step(0.0), w.grad) == (0.0, 0.0)
    with pytest.raises(SingularityError, match=r"sqrt\(w\) to w: the slope"):
        step(1.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_inside_ieee_infinities_are_numbers(backend):
    (w,) = leaves(0.0)
    step = compile(lambda x: w.log() * x, [w], backend)
    with pytest.raises(DomainError):
        step(1.0)
    with ieee():
        assert (step(1.0), w.grad) == (-math.inf, math.inf)
        assert step.batch([1.0] * 5) == -math.inf


@pytest.mark.parametrize("backend", BACKENDS)
def test_nan_is_not_swallowed(backend):
    w, v = leaves(math.nan, 2.0)
    for function in (
        lambda x: (w * x).relu(),
        lambda x: autograd.maximum(v * x, w),
        lambda x: autograd.logsumexp([v, w]),
    ):
        step = compile(function, [w, v], backend)
        assert math.isnan(step(1.0)) and math.isnan(step.batch([1.0, 2.0, 3.0, 4.0, 5.0]))


def test_batches_of_unequal_lengths_and_of_none():
    (w,) = leaves(2.0)
    step = compile(lambda x, y: w * x + y, [w])
    for columns in (([1.0, 2.0], [1.0]), ([], [])):
        with pytest.raises(ShapeError, match="the same number of rows"):
            step.batch(*columns)
    for columns in (([1.0, "2"], [1.0, 2.0]), ([[1.0], 2.0], [1.0, 2.0])):
        with pytest.raises((ArgumentError, TraceError, TypeError)):
            step.batch(*columns)


@pytest.mark.parametrize("argument", [{"x": 1.0}, object(), 1j, [object()]])
def test_arguments_that_are_no_numbers(argument):
    (w,) = leaves(2.0)
    with pytest.raises(ArgumentError, match="as arguments of a compiled step"):
        compile(lambda x: w, [w])(argument)


def test_wrong_calls_of_compile():
    (w,) = leaves(2.0)
    model = nn.Linear(2, 1)
    for wrong, kind, message in (
        (lambda: compile(lambda x: x, w), ArgumentError, "want a list of parameters"),
        (lambda: compile(lambda x: x, model), ArgumentError, "give its parameters"),
        (lambda: compile(lambda x: x, [1.0]), ArgumentError, "want leaves"),
        (lambda: compile(lambda x: x, [w * w]), ArgumentError, "want leaves"),
        (lambda: compile(3, [w]), ArgumentError, "want a function"),
        (lambda: compile(lambda x: x, [w], "cuda"), ArgumentError, "auto, python, c"),
    ):
        with pytest.raises(kind, match=message):
            wrong()


def test_source_wants_a_call_first():
    (w,) = leaves(2.0)
    step = compile(lambda x: w * x, [w])
    with pytest.raises(autograd.errors.ToolError, match="has not been called yet"):
        step.source  # noqa: B018


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_step_says_where_it_ran(backend):
    w = Value(2.0)
    step = compile(lambda x: (w / x) ** 2, [w], backend)
    assert step.last_backend is None
    step(1.0)
    assert step.last_backend == backend
    with pytest.raises(ZeroDivisionError):
        step(0.0)
    assert step.last_backend == "eager"
    step.batch([1.0, 2.0])
    assert step.last_backend == backend
    with no_grad():
        step.batch([1.0])
        assert step.last_backend == "eager"
    step.train([([1.0],)], optim.SGD([w], lr=0.0), 3)
    assert step.last_backend == backend


@needs_c
def test_auto_takes_c_for_what_is_worth_it_and_says_so():
    ws = [Value(0.5) for _ in range(50)]
    step = compile(lambda xs: dot(ws, xs), ws)
    step([1.0] * 50)
    assert step.last_backend == "python"
    step.batch([[1.0] * 50] * 1_000)
    assert step.last_backend == "c"


def test_importing_the_engine_loads_none_of_this():
    code = "import sys, autograd; print([m for m in sys.modules if m.startswith('autograd.') or m == 'ctypes'])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    for name in (
        "ctypes",
        "autograd.compiled",
        "autograd.compiled.tracing",
        "autograd.compiled.export",
        "autograd.native.build",
    ):
        assert f"'{name}'" not in loaded


@pytest.mark.parametrize("how", ["call", "batch", "train"])
def test_a_step_in_a_function_that_is_compiled_is_refused(how):
    """It returns a plain number, which would be kept for all calls, and leaves gradients of its own."""
    w, v = leaves(2.0, 3.0)
    inner = compile(lambda x: v * x, [v])
    inner(1.0)
    use = {
        "call": lambda: inner(1.0),
        "batch": lambda: inner.batch([1.0]),
        "train": lambda: inner.train([([1.0],)], SGD([v]), 1)[0],
    }[how]
    with pytest.raises(TraceError, match="__wrapped__") as error:
        compile(lambda x: w * x + use(), [w])(1.0)
    assert str(error.value).startswith("test_compiled.py:")
    assert compile(lambda x: w * x + inner.__wrapped__(x), [w])(1.0) == 5.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_no_number_is_named_as_the_engine_does(backend):
    w, b = leaves(2.0, 3.0)
    step = compile(lambda x: w * x + b, [w, b], backend)
    step.batch([1.0, 2.0])
    for run in (lambda: step(1.0), lambda: step.batch([1.0, 2.0])):
        b.grad = "3"
        with pytest.raises(ArgumentError, match="want a real number as grad"):
            run()
        b.grad, b.data = 0.0, "3"
        with pytest.raises(ArgumentError, match="want a real number as data"):
            run()
        b.data = 3.0


def test_wrong_batches_are_told():
    (w,) = leaves(2.0)
    step, optimizer = compile(lambda x: w * x, [w]), SGD([w])
    for wrong, kind, message in (
        (lambda: step.batch(1.0), ArgumentError, "a list, with an entry for each row"),
        (lambda: step.batch("ab"), ArgumentError, "a list, with an entry for each row"),
        (lambda: step.batch(x for x in [1.0]), ArgumentError, "a list, with an entry for each row"),
        (lambda: step.train(([1.0, 2.0],), optimizer, 2), ArgumentError, r"pass \[\(xs, ys\)\]"),
        (lambda: step.train([([1.0],)], optimizer, 2.0), ArgumentError, "whole number of steps, got 2.0"),
        (lambda: step.train([([1.0],)], 0.1, 2), ArgumentError, "want an optimizer"),
    ):
        with pytest.raises(kind, match=message):
            wrong()
    with no_grad(), pytest.raises(ShapeError, match="the same number of rows"):
        compile(lambda x, y: w * x, [w]).batch([1.0, 2.0], [1.0])
    with no_grad():
        assert compile(lambda: w * w, [w]).batch() == 4.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_rows_are_told_apart_by_what_they_are(backend):
    """There is a tuple among lists, and a True or another kind of int among the ints that pick."""
    w, v = leaves(2.0, 3.0)
    step = compile(lambda xs: w * xs[0] * (2 if isinstance(xs, list) else 3), [w], backend)
    assert step.batch([[1.0], (1.0,)]) == 5.0
    assert compile(lambda i: F.pick([w, v], i) * 1, [w, v], backend).batch([0, True, 1]) == pytest.approx(8 / 3)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("rows", [[True] * 3, [True, True, False, True], [[]] * 5, [None] * 2])
def test_every_row_without_a_number_counts(rows, backend):
    w = Value(3.0, "w")
    step = compile(lambda row: w * w if row in (True, None) else w * 5.0, [w], backend=backend)
    wanted = sum(9.0 if row in (True, None) else 15.0 for row in rows) / len(rows)
    slope = sum(6.0 if row in (True, None) else 5.0 for row in rows) / len(rows)
    for _ in range(3):
        w.zero_grad()
        assert (step.batch(rows), w.grad) == (pytest.approx(wanted, rel=1e-12), pytest.approx(slope, rel=1e-12))
    assert step.update(SGD([w], lr=0.5), rows) == pytest.approx(wanted, rel=1e-12)
    assert w.data == pytest.approx(3.0 - 0.5 * slope, rel=1e-12)


def test_training_in_no_grad_is_no_reason_to_forget_gradients():
    (w,) = leaves(2.0)
    step = compile(lambda x: w * x, [w])
    with no_grad(), pytest.raises(GraphError, match="train: no gradient has reached w"):
        step.train([([1.0],)], SGD([w], lr=0.1), 1)
    assert (step.batch([1.0]), w.grad) == (2.0, 1.0)


def test_the_loss_is_a_float():
    (w,) = leaves(2.0)
    step = compile(lambda i, x: F.pick([w, Value(x)], i), [w], "python")
    assert type(step(1, 0)) is float


def test_a_step_is_neither_copied_nor_pickled():
    (w,) = leaves(2.0)
    step = compile(lambda x: w * x, [w])
    step(1.0)
    for what in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(ToolError, match="cannot be copied or pickled"):
            what(step)


@pytest.mark.parametrize("backend", BACKENDS)
def test_parameters_left_out_are_all_leaves_that_the_loss_depends_on(backend):
    w, b, unused = leaves(2.0, 0.5, 1.0)
    held = {"w": w}

    def loss(xs):
        made = Value(3.0)
        return held["w"] * xs[0] * made + (b * xs[1] if len(xs) > 1 else 0.0)

    step = compile(loss, backend=backend)
    assert (step([2.0]), step.parameters, w.grad) == (12.0, [w], 6.0)
    w.zero_grad()
    assert_same((step([2.0, 1.0]), gradients([w, b])), (12.5, [6.0, 1.0]))
    assert step.parameters == [w, b] and not unused.reached
    assert_same((step.batch([[2.0]] * 5), gradients([w, b])), (12.0, [6.0, None]))
    other = compile(loss, backend=backend)
    other.train([([[1.0, 1.0]] * 5,)], SGD([w, b], lr=0.1), 2)
    assert (w.data, b.data) == pytest.approx((2.0 - 2 * 0.3, 0.5 - 2 * 0.1))


def test_parameters_that_are_none_are_an_error():
    (w,) = leaves(2.0)
    used_up = iter([w])
    list(used_up)
    for params in ([], used_up):
        with pytest.raises(ArgumentError, match="want parameters, got none"):
            compile(lambda x: w * x, params)


@pytest.mark.parametrize("times", [1, 3, 40])
def test_structures_are_kept_up_to_a_bound(times, monkeypatch):
    (w,) = leaves(2.0)
    monkeypatch.setattr("autograd.compiled.tracing.MOST_SIGNATURES", 3)
    monkeypatch.setattr("autograd.explain.source._said", set())
    step = compile(lambda xs: dot(xs, [w] * len(xs)), [w], "python")
    counts = [count for count in (1, 2, 3, 1, 4, 5, 1, 6) for _ in range(times)]
    with pytest.warns(UserWarning, match=r"called with new signatures.*Pad lists") as said:
        losses = [step([1.0] * count) for count in counts]
    assert losses == [2.0 * count for count in counts]
    assert len(said) == 1 and "3 signatures traced" in repr(step)
    kept = {len(executable.sample.numbers) for executable in step.programs.kept.values()}
    assert kept == {5, 1, 6}  # the least recently used went first


@pytest.mark.parametrize("backend", BACKENDS)
def test_another_thread_may_find_parameters_between_preparing_and_running(backend):
    *few, last = leaves(1.0, 2.0, 3.0, 4.0, 5.0)
    step = compile(lambda x, more: dot(few, [x] * 4) * 1.5 + (last if more else 0.0), backend=backend)
    batch = step.prepare([1.0, 2.0, 3.0, 4.0, 5.0], [False] * 5)
    assert step(1.0, True) == 20.0  # as another thread may
    assert [step.run(batch), few[0].grad, last.grad] == pytest.approx([45.0, 6.0, 1.0], rel=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_another_thread_may_find_parameters_before_a_batch_is_trained_on(backend, monkeypatch):
    *few, last = leaves(1.0, 2.0, 3.0, 4.0, 5.0)
    step = compile(lambda x, more: dot(few, [x] * 4) * 1.5 + (last if more else 0.0), backend=backend)
    lock = tracing.Programs.lock

    def locked(programs):
        if sys._getframe(1).f_code.co_name == "train" and last not in step.parameters:
            step(1.0, True)
        return lock.fget(programs)

    monkeypatch.setattr(tracing.Programs, "lock", property(locked))
    batches = iter([([1.0, 2.0, 3.0, 4.0, 5.0], [False] * 5)] * 2)
    assert step.train(batches, SGD(few, lr=1e-12), 2) == pytest.approx([45.0, 45.0])


def test_another_thread_may_trace_while_a_check_is_chosen_or_a_program_forgotten(monkeypatch):
    (w,) = leaves(2.0)
    step = compile(lambda xs: dot([w] * len(xs), xs), [w], "python")
    kept, wanted = step.programs.kept, tracing.in_mode

    def in_mode(key):
        if kept:
            kept[len(kept),] = next(iter(kept.values()))
        return wanted(key)

    monkeypatch.setattr(tracing, "in_mode", in_mode)
    monkeypatch.setattr(tracing, "MOST_SIGNATURES", 5)
    with pytest.warns(UserWarning, match="the least recently used one is now forgotten"):
        assert [step([1.0] * n) for n in (1, 1, 1, 1, 2, 3, 4)] == [2.0, 2.0, 2.0, 2.0, 4.0, 6.0, 8.0]


def test_signatures_that_alternate_are_looked_up_and_no_more(monkeypatch):
    (w,) = leaves(2.0)
    step = compile(lambda xs: dot([w] * len(xs), xs), [w], "python")
    rows = [[1.0], [1.0, 2.0], [1.0, 2.0, 3.0]]
    for row in rows * 6:
        step(row)
    monkeypatch.setattr(type(step.programs), "of", None)
    assert [step(row) for row in rows * 2] == [2.0, 6.0, 12.0] * 2
    assert [each.used for each in step.programs.kept.values()][:2] == [22, 23]


def test_a_check_may_be_asked_for_at_every_call_or_at_none():
    (w,) = leaves(2.0)
    runs = []

    def loss(x):
        runs.append(x)
        return w * x

    for check, wanted in (("always", 6), ("doubling", 4), ("never", 1)):
        step = compile(loss, [w], "python", check=check)
        assert [step(x) for x in (1.0, 2.0, 3.0, 4.0, 5.0)] == [2.0, 4.0, 6.0, 8.0, 10.0]
        assert len(runs) == wanted, check  # the first call runs it twice, to trace it and to check the trace
        runs.clear()
    with pytest.raises(ArgumentError, match="doubling, always, never"):
        compile(loss, [w], check="sometimes")


def test_a_check_that_failed_is_over_until_the_next_is_due():
    (w,) = leaves(2.0)
    broken: ContextVar[bool] = ContextVar("broken", default=False)  # guards do not watch it

    def loss(x):
        if broken.get():
            raise KeyError("the file is gone")
        return w * x

    step = compile(loss, [w], "python")
    assert step(1.0) == 2.0
    token = broken.set(True)
    for x in (2.0, 4.0):  # calls 2 and 4
        with pytest.raises(KeyError):
            step(x)
        if x == 2.0:
            assert step(3.0) == 6.0
    broken.reset(token)
    assert step(5.0) == 10.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_updates_are_counted_and_checked(backend):
    (w,) = leaves(2.0)
    runs = []

    def loss(x):
        runs.append(x)
        return (w * x) ** 2

    step = compile(loss, [w], backend)
    step.train([([1.0, 2.0, 3.0],)], SGD([w], lr=0.01), 20)
    assert len(runs) == 1 + 3 + 4  # traced, checked on three rows, and one row at the updates 2, 4, 8 and 16
    step.update(SGD([w], lr=0.01), [1.0, 2.0, 3.0])
    assert len(runs) == 8


def test_a_function_that_is_traced_anew_again_and_again_says_why(monkeypatch):
    (w,) = leaves(2.0)
    settings = types.SimpleNamespace(temperature=1.0)
    monkeypatch.setattr("autograd.explain.source._said", set())
    step = compile(lambda x: w * x * settings.temperature, [w], "python")

    def anneal():
        for i in range(12):
            settings.temperature = 0.5 + i
            assert step(1.0) == 2.0 * settings.temperature

    with pytest.warns(
        UserWarning, match=r"again at nearly every call, since it refers to settings\.temperature, which changes"
    ) as said:
        anneal()
    assert len(said) == 1


# --- Numbers that are not floats, written into data or grad --------------------------------------------------


class Short(float):
    """A number with arithmetic of its own, as numpy's float32 has, which keeps some seven digits."""

    def __mul__(self, other):
        return Short(round(float(self) * float(other), 2))

    __rmul__ = __add__ = __radd__ = __mul__


class Real:
    """What numpy's float32 is to Python: registered as a real number, but not a float."""

    def __init__(self, number):
        self.number = number

    def __float__(self):
        return self.number

    def __mul__(self, other):
        return Real(round(self.number * float(other), 2))

    __rmul__ = __add__ = __radd__ = __mul__


RealNumber.register(Real)
REAL = [3, True, 2**60 + 1, Fraction(1, 3), Short(0.125), Real(0.125)]
NOT_REAL = ["0.5", 1j, [0.5], Decimal("0.5"), Value(0.5)]


def played(compiled, written, slot, at, how):
    """Return what five calls return and leave, `written` being put into a slot before call `at`; the last is an error's
    text."""
    w, b, c = Value(0.5, label="w"), Value(0.25, label="b"), Value(1.5, label="c")

    def loss(x):
        return (w * x + b).tanh() * c + w * w

    if compiled:
        step = compile(loss, [w, b], compiled)
        call = {"one": lambda: step(0.5), "batch": lambda: step.batch([0.5, 1.0])}[how]
    else:
        call = lambda: eagerly_left(loss(0.5) if how == "one" else mean([loss(0.5), loss(1.0)]))  # noqa: E731
    found = []
    for k in range(5):
        if k == at:
            name, _, attribute = slot.partition(".")
            setattr({"w": w, "b": b, "c": c}[name], attribute, written)
        try:
            loss_found = call()
        except AutogradError as error:
            return [*found, type(error), str(error)]
        assert type(loss_found) is type(w.grad) is type(b.grad) is float
        found += [loss_found, w.grad, b.grad]
    return found


def eagerly_left(loss):
    loss.backward()
    return loss.data


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("how", ["one", "batch"])
@pytest.mark.parametrize("calls", [(1, 2), pytest.param((0, 4), marks=pytest.mark.slow)], ids=str)  # 1 is not checked
def test_what_is_no_float_becomes_one_or_is_refused_by_name(backend, how, calls):
    """At every call, checked or not, and whatever data or grad hold, the result is that of backward()."""
    for written in [*REAL, *NOT_REAL, None]:
        for slot in ("w.data", "w.grad", "b.data", "b.grad", "c.data"):
            for at in calls:
                found, wanted = (played(compiled, written, slot, at, how) for compiled in (backend, None))
                assert len(found) == len(wanted), (written, slot, at, found, wanted)
                for x, y in zip(found, wanted):
                    if isinstance(y, float):
                        assert math.isclose(x, y, rel_tol=1e-12, abs_tol=1e-12), (written, slot, at)
                    elif isinstance(y, str):
                        assert f"{slot[2:]} of " in x and slot[0] in x, x
                    else:
                        assert x is y, (written, slot, at, found)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_gradient_that_is_no_number_is_refused_and_the_others_stay(backend):
    w, b = Value(2.0, label="w"), Value(3.0, label="b")
    step = compile(lambda x: w * x + b, [w, b], backend)
    step(1.0), step(1.0)
    w.grad = "much"
    with pytest.raises(ArgumentError, match="grad of w"):
        step(1.0)
    assert (w.grad, b.grad) == ("much", 2.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_loss_of_minus_zero_keeps_its_sign(backend):
    w = Value(0.0)
    step = compile(lambda x: w * x, [w], backend)
    for loss in (
        step(-1.0),
        step.batch([-1.0, -2.0]),
        step.batch([-1.0] * 9),
        step.update(SGD([w], lr=0.0), [-1.0] * 9),
    ):
        assert math.copysign(1.0, loss) == -1.0
