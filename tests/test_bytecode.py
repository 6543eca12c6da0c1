"""Bytecode: what a program becomes for the C interpreter, how small it is, and that C runs it."""

from __future__ import annotations

import math
import random

import pytest
from backends import assert_same, eagerly, gradients, needs_c, trace

import nn
import nn.functional as F
from autograd import Value, compile, dot, logsumexp, mean, op, total
from autograd.compiled.c.bytecode import PRODUCT, Bytecode
from autograd.compiled.c.runtime import LoadedProgram, interpreter
from autograd.compiled.c.template import interpreter_source, rows_of
from autograd.ops import BUILTIN, OPS, Op

NUMBERS = {(id(row.op), row.absent): (k, row.kept) for k, row in enumerate(rows_of(OPS[name] for name in BUILTIN))}


def codes(part):
    return list(part.code[::5])


def model_and_loss(sizes=(16, 16, 1)):
    model = nn.MLP(2, list(sizes), seed=0)
    return model, lambda x, y: F.hinge_loss(model(x), [y])


def test_a_layer_is_one_product():
    model, loss = model_and_loss()
    parameters = list(model.parameters())
    one = Bytecode(trace(loss, ([1.0, 2.0], 1.0), parameters), parameters, NUMBERS)
    many = Bytecode(trace(loss, ([1.0, 2.0], 1.0), parameters), parameters, NUMBERS, rows=True)
    assert codes(one.steady).count(PRODUCT) == codes(many.rows).count(PRODUCT) == 3
    assert len(codes(many.rows)) < 10 and not codes(many.steady)
    assert many.rows.described.buffer_info()[1] < 100  # a layer's weights lie in a row: they are not listed


def test_positions_that_share_a_layer_are_one_product():
    attention = nn.SelfAttention(4, seed=0)
    parameters = list(attention.parameters())
    rows = [[0.1 * i + j for j in range(4)] for i in range(6)]
    program = trace(lambda rows: attention(rows)[0][0], (rows,), parameters)
    bytecode = Bytecode(program, parameters, NUMBERS)
    assert codes(bytecode.steady).count(PRODUCT) <= 4 + 1 + 1  # queries, keys, values, out; scores, mix of one row


def test_the_rows_of_causal_attention_share_two_products():
    """Row t has t + 1 scores, and then the mean of t + 1 values."""
    attention = nn.SelfAttention(4, seed=0)
    parameters = list(attention.parameters())
    rows = [[0.1 * i + j for j in range(4)] for i in range(6)]

    def loss(rows):
        return total([number for row in attention(rows, is_causal=True) for number in row])

    bytecode = Bytecode(trace(loss, (rows,), parameters), parameters, NUMBERS)
    assert codes(bytecode.steady).count(PRODUCT) == 1 + 2 + 1  # queries, keys and values; scores, means; out


def test_most_of_a_product_is_wanted():
    """One row has 50 columns, and 50 rows have one each: a product of all of them would have 2,550 results."""
    x, w = ([[Value(1.0), Value(2.0)] for _ in range(51)] for _ in "xw")
    parameters = [p for row in (*x, *w) for p in row]

    def loss():
        return total([*(dot(x[0], w[k]) for k in range(50)), *(dot(x[k], w[0]) for k in range(1, 51))])

    assert Bytecode(trace(loss, (), parameters), parameters, NUMBERS).steady.slots < len(parameters) + 250


@needs_c
@pytest.mark.parametrize("infinite", ["nothing", "an item of x", "an item of w", "a gradient"])
def test_rows_that_share_a_product_share_no_infinity(infinite):
    """A shorter row is filled up with zeros, but 0 times infinity would be nan."""
    x = [[Value(0.1 * i - 0.3 * j + 0.2) for j in range(i + 1)] for i in range(5)]
    w = [[Value(0.3 * i + 0.1 * j + 0.1) for j in range(5)] for i in range(4)]
    parameters = [p for row in (*x, *w) for p in row]
    if infinite.startswith("an item"):
        {"x": x, "w": w}[infinite[-1]][3][3].data = math.inf
    factor = math.inf if infinite == "a gradient" else 1.0

    def loss(factor):
        sums = [dot(row, column[: len(row)]) for row in x for column in w]
        return total([y.tanh() for y in sums]) + factor * sums[0]

    step = compile(loss, parameters, "c", check="never")
    wanted = eagerly(loss, (factor,), parameters)
    assert_same((step(factor), gradients(parameters)), wanted)
    assert (step.last_backend == "c") == (infinite == "nothing")


@needs_c
def test_columns_of_which_some_are_longer_elsewhere():
    w = [Value(0.1 * k - 0.3) for k in range(9)]

    def loss(x):
        short = [w[0] * x, w[1] + x]
        sums = [dot(short, w[2:4]), dot(short, w[5:7]), dot([*short, w[8]], w[2:5]), dot(short, w[6:8])]
        return total([y.tanh() for y in sums])

    step = compile(loss, w, "c", check="never")
    assert_same((step(0.7), gradients(w)), eagerly(loss, (0.7,), w))


@needs_c
def test_a_dot_product_that_is_computed_twice():
    w = [Value(0.5), Value(-0.25), Value(2.0)]

    def loss(x):
        xs, ws = [w[0] * x, w[1] + x], [w[1] * 2.0, w[2] - x]
        return dot(xs, ws, w[0]) * dot(xs, ws, w[0]).tanh() + dot(xs, ws) * dot(ws, xs)

    step = compile(loss, w, "c")
    assert_same((step(0.7), gradients(w)), eagerly(loss, (0.7,), w))
    xs = [0.1 * i for i in range(9)]
    wanted = eagerly(lambda: mean([loss(x) for x in xs]), (), w)
    assert_same((step.batch(xs), gradients(w)), wanted)


@needs_c
@pytest.mark.slow
def test_what_the_slopes_of_an_operation_use_again():
    """Its sums have terms that are calls, alike in part, and its slopes have one of them, or both."""
    shared = "s = sum(exp(xs[i])); t = sum(2 * sin(xs[i]) + exp(xs[i])); "
    own = op("own_again", "o", shared + "s * t", xs=shared + "exp(xs[i]) * t + s * (2 * cos(xs[i]) + exp(xs[i]))")
    try:
        w = [Value(0.1 * k - 0.3) for k in range(7)]

        def loss(x):
            return own([v * x for v in w]) * 0.1 + own(w[:3])

        step = compile(loss, w, "c")
        assert_same((step(0.7), gradients(w)), eagerly(loss, (0.7,), w))
        xs = [0.1 * i for i in range(11)]
        wanted = eagerly(lambda: mean([loss(x) for x in xs]), (), w)
        assert_same((step.batch(xs), gradients(w)), wanted)
        assert step.last_backend == "c"
    finally:
        del OPS["own_again"]


def test_what_depends_on_no_input_is_computed_once():
    w = Value(2.0)
    program = trace(lambda x: (w * w).exp() * x + w.tanh(), (1.0,), [w])
    bytecode = Bytecode(program, [w], NUMBERS, rows=True)
    assert len(codes(bytecode.steady)) == 3 and len(codes(bytecode.rows)) == 2


@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize("kind", [pytest.param("chain", marks=pytest.mark.needs_stack), "wide", "network", "random"])
def test_a_program_is_small(kind, rows):
    """It takes at most 64 bytes for an instruction and its slot, and 4 for an operand."""
    w = Value(0.9)
    rng = random.Random(0)

    def chain(x):
        y = w * x
        for _ in range(5_000):
            y = y * w
        return y

    def wide(x):
        ys = [w * (x + i) for i in range(500)]
        return dot(ys, ys[::-1]) + logsumexp(ys[::2]) + mean([y.tanh() for y in ys])

    def tangled(x):
        ys = [w * x, w + x]
        for _ in range(2_000):
            a, b = (ys[int(rng.random() * len(ys))] for _ in "ab")
            ys.append(a * b if rng.random() < 0.5 else dot([a, b], [b, w], a))
        return dot(ys[-50:], ys[-50:])

    model, loss = model_and_loss()
    parameters = [w, *model.parameters()]
    rng.seed(1)
    if kind == "random":
        state = rng.getstate()

        def repeated(x):
            rng.setstate(state)
            return tangled(x)

        program = trace(repeated, (1.0,), parameters)
    elif kind == "network":
        program = trace(loss, ([1.0, 2.0], 1.0), parameters)
    else:
        program = trace({"chain": chain, "wide": wide}[kind], (1.0,), parameters)
    bytecode = Bytecode(program, parameters, NUMBERS, rows)
    nodes, operands = len(program.order) + len(parameters) + 10, sum(len(node.operands) for node in program.order)
    numbers = (
        len(bytecode.steady.code)
        + len(bytecode.rows.code)
        + len(bytecode.steady.described)
        + len(bytecode.rows.described)
    )
    slots = 16 * (bytecode.steady.slots + bytecode.rows.slots)
    assert 4 * numbers + slots <= 64 * nodes + 4 * operands


def test_the_calculus_is_printed_from_the_rows():
    source = interpreter_source(rows_of(OPS[name] for name in BUILTIN))
    for text in (
        "#define TERM(x, w) (x * w)",
        "#define SLOPE_X(x, w) (w)",
        "#define SLOPE_W(x, w) (x)",
        "tanh(x0[i])",
        "1.0 - out[i] * out[i]",
    ):
        assert text in source
    assert "@" not in source


@needs_c
def test_it_is_c_that_runs():
    model, loss = model_and_loss()
    parameters = list(model.parameters())
    step = compile(loss, parameters, "c")
    step([1.0, 2.0], 1.0)
    step.batch([[1.0, 2.0]] * 100, [1.0] * 100)
    executable = step.programs.latest
    assert not {"one", "many"} & set(vars(executable))  # nothing was emitted in Python
    assert sorted(executable._loaded) == ["c many", "c one"]


@needs_c
@pytest.mark.parametrize("count", [4, 7, 8, 9, 31, 32, 33, 100, 1_000])
def test_any_number_of_rows(count):
    model, loss = model_and_loss((5, 3, 1))
    parameters = list(model.parameters())
    rng = random.Random(count)
    xs = [[rng.random(), rng.random()] for _ in range(count)]
    ys = [rng.choice([-1.0, 1.0]) for _ in range(count)]
    step = compile(loss, parameters, "c")
    wanted = eagerly(lambda: mean([loss(x, y) for x, y in zip(xs, ys)]), (), parameters)
    assert_same((step.batch(xs, ys), gradients(parameters)), wanted)


@needs_c
@pytest.mark.slow
def test_many_rows_of_large_programs_are_done_in_blocks():
    w = Value(0.5)

    def loss(x):
        ys = [w * x]
        for _ in range(3_000):
            ys.append((ys[-1] + x).tanh())
        return ys[-1]

    program = trace(loss, (1.0,), [w])
    machine = interpreter(program)
    bytecode = Bytecode(program, [w], machine.numbers, rows=True)
    assert LoadedProgram(machine, bytecode).most == 8
    step = compile(loss, [w], "c")
    xs = [0.01 * i for i in range(30)]
    wanted = eagerly(lambda: mean([loss(x) for x in xs]), (), [w])
    assert_same((step.batch(xs), gradients([w])), wanted)


@needs_c
def test_operands_that_are_the_same_slot():
    a, b = Value(0.5), Value(-0.25)
    step = compile(
        lambda x: dot([x * a] * 5, [b, a, b, a, b]) + dot([a * x] * 2, [a * x] * 2) + (a * x) * (a * x), [a, b], "c"
    )
    loss = step.__wrapped__
    xs = [0.1 * i for i in range(9)]
    wanted = eagerly(lambda: mean([loss(x) for x in xs]), (), [a, b])
    assert_same((step.batch(xs), gradients([a, b])), wanted)
    assert_same((step(0.3), gradients([a, b])), eagerly(loss, (0.3,), [a, b]))


@needs_c
def test_a_long_chain_in_c():
    w = Value(0.999999)

    def loss(x):
        y = w * x
        for _ in range(5_000):
            y = y * w + 1e-9
        return y

    step = compile(loss, [w], "c")
    assert_same((step(1.0), gradients([w])), eagerly(loss, (1.0,), [w]))


def test_a_code_for_every_set_of_optional_operands():
    names = [(row.op.name, row.absent) for row in rows_of([OPS["dot"], OPS["tanh"], OPS["leaky_relu"]])]
    assert names == [("dot", ()), ("dot", ("bias",)), ("tanh", ()), ("leaky_relu", ())]
    assert isinstance(OPS["dot"], Op)


@needs_c
@pytest.mark.slow
def test_a_list_of_a_plain_number_is_not_the_list_of_the_value_at_that_place():
    own = op("own_lists", "o", "sum(sin(ys[i]) + 1) - sum(xs[i])", xs="-1", ys="cos(ys[i])")
    try:
        for plain in range(8):
            w = Value(0.5)
            step = compile(lambda x, w=w, plain=float(plain): own([x + w], [plain]), [w], backend="c", check="never")
            assert step(1.25) == own([1.75], [Value(float(plain))]).data
            assert step.last_backend == "c"
    finally:
        del OPS["own_lists"]


@needs_c
def test_a_list_with_zero_is_not_the_one_with_minus_zero():
    x, left = Value(-0.0), Value(-1.0)

    def loss():
        return total([x, 0.0]).atan2(left) + 10 * total([x, -0.0]).atan2(left)

    step = compile(loss, [x], backend="c", check="never")
    assert step() == loss().data == pytest.approx(-9 * math.pi) and step.last_backend == "c"


@needs_c
@pytest.mark.slow
def test_an_operation_that_is_defined_anew_with_other_lists():
    """It has the name of the old one, which it equals, and as many operands."""
    try:
        for lists, partials in (("xs", {"xs": "1"}), ("xs ys", {"xs": "1", "ys": "2"})):
            total = " + ".join(f"{'2 * ' * (name == 'ys')}sum({name}[i])" for name in lists.split())
            own = op("own_anew", "o", total, **partials)
            w, groups = Value(0.5), [[1.0, 2.0, 3.0, 4.0]] if lists == "xs" else [[1.0, 2.0], [3.0, 4.0]]

            def loss(x, own=own, w=w, groups=groups):
                return own(*([w * y for y in group] for group in groups)) * x

            step = compile(loss, [w], "c", check="never")
            assert (step(2.0), step.last_backend) == (loss(2.0).data, "c")
    finally:
        OPS.pop("own_anew", None)
