"""Tracing: what a function computes is learned once; what a trace cannot see is refused, naming the line."""

from __future__ import annotations

import copy
import math
import random
import threading
import time

import pytest
from backends import needs_c, trace

import nn
import nn.functional as F
from autograd import Value, atomic, compile, dot, grad, logsumexp, maximum
from autograd.compiled.tracers import ArgTracer, ParamTracer, Tracer
from autograd.errors import TraceError
from autograd.explain.naming import named_graph
from autograd.graph import Graph
from nn.optim import SGD

W, B = Value(3.0, label="w"), Value(1.0, label="b")
RNG = random.Random(0)


def if_on_an_argument(x):
    return W * x if x > 0 else W  # here


def if_on_a_parameter(x):
    return W * x if W > 0 else W  # here


def if_on_a_result(x):
    h = W * x
    return h if h >= 0 else -h  # here


def truth(x):
    return W if x else B  # here


def data(x):
    return W * W.data * x  # here


def data_of_a_result(x):
    return x * (W * x).data * W  # here


def item(x):
    return W * W.item() * x  # here


def gradient(x):
    return W * W.grad * x  # here


def as_float(x):
    return W * float(x)  # here


def math_function(x):
    return W * math.exp(x)  # here


def rounded(x):
    return W * round(x, 2)  # here


def whole_part(x):
    return W * (x // 1)  # here


def printed(x):
    print(f"{W * x:.3f}")  # here
    return W * x


def written(x):
    W.data = 2.0  # here
    return W * x


def backward(x):
    loss = W * x
    loss.backward()  # here
    return loss


def slope(x):
    (curve,) = grad((W * x).tanh(), W, create_graph=True)  # here
    return curve * B


def backward_as_in_torch(x):
    loss = W * x
    loss.backward(retain_graph=True)  # here
    return loss


def as_index(x):
    return [W, B][x]  # here


def in_range(x):
    return W * len(range(x))  # here


def equal(x):
    return W if x == 1 else B  # here


def looked_up(x):
    return W * {1: 2.0}[x]  # here


def plain_method(x):
    return x.exp() * W  # here


def swallowed(x):
    try:
        scale = W.data  # here
    except TypeError:
        scale = 1.0
    return W * x * scale


def in_the_layers(x):
    return F.relu(maximum(W * x, B)) * sorted([W, B])[0]  # here


REFUSED = [
    if_on_an_argument, if_on_a_parameter, if_on_a_result, truth, data, data_of_a_result, item, gradient, as_float,
    math_function, rounded, whole_part, printed, written, backward, slope, as_index, in_range, equal, looked_up, plain_method,
    swallowed, in_the_layers,
]  # fmt: skip


@pytest.mark.parametrize("function", REFUSED, ids=lambda f: f.__name__)
def test_what_looks_at_a_number_is_refused_naming_the_line(function):
    argument = 1 if function in (as_index, in_range, equal, looked_up) else 1.5
    with pytest.raises(TraceError) as error:
        compile(function, [W, B])(argument)
    where, what = str(error.value).splitlines()
    assert where.startswith("test_tracing.py:") and where.endswith("# here"), where
    assert ". " in what  # first what is wrong, then what to do
    assert type(W) is Value and W.data == 3.0


def test_refusals_are_the_errors_one_would_expect():
    assert issubclass(TraceError, TypeError) and issubclass(TraceError, ValueError)


def drawn(x):
    return W * (x + RNG.random())  # here


def from_the_clock(x):
    return W * (x * time.perf_counter())  # here


def drawn_structure(x):
    total = W * x  # here
    for _ in range(1 + int(RNG.random() * 1000)):
        total = total * W
    return total


def structure_from_the_clock(x):
    total = W * x
    for _ in range(1 + time.perf_counter_ns() % 9973):
        total = total * W  # here
    return total


def drawn_by_python(x):
    return W * x * random.gauss(0.0, 1.0)  # here


def drawn_for_an_if(x):
    return W * x if RNG.random() < 0.999 else W


def drawn_from_all(x):
    return W * x if random.random() < 0.999 else W


@pytest.mark.parametrize(
    "function", [drawn, drawn_by_python, drawn_for_an_if, drawn_from_all, drawn_structure, from_the_clock]
)
def test_what_changes_by_itself_is_refused_and_generators_go_on_as_if_nothing_had_been_drawn(function):
    """The error names the line if the numbers show it; for a draw that made no difference, the function's first line."""
    line = r"test_tracing.py:\d+.*" + ("" if function in (drawn_for_an_if, drawn_from_all) else "# here") + r"\n"
    what = "as a compiled program: " if function is from_the_clock else "draws a random number"
    before = RNG.getstate(), random.getstate()
    with pytest.raises(TraceError, match=rf"^{line}{function.__name__}.* {what}") as error:
        compile(function, [W])(1.0)
    assert "pass it as an argument" in str(error.value)
    assert (RNG.getstate(), random.getstate()) == before and not W.reached


@pytest.mark.needs_stack
def test_a_structure_that_changes_is_refused():
    with pytest.raises(TraceError, match=r"run again|for the function itself"):
        compile(structure_from_the_clock, [W])(1.0)


def test_what_was_computed_before_is_refused():
    before = W * W
    with pytest.raises(TraceError, match="computed before the function ran"):
        compile(lambda x: before * x, [W])(1.0)


def test_a_leaf_that_is_no_parameter_may_not_be_read_either():
    scale = Value(5.0, label="scale")
    with pytest.raises(TraceError, match="scale has no number yet"):
        compile(lambda x: W * x * scale.data + scale, [W])(1.0)
    assert type(scale) is Value


@pytest.mark.parametrize("made", [Value(5.0, label="scale"), Value(2.0) * 3.0], ids=["leaf", "result"])
def test_nor_may_a_value_that_is_nowhere_in_the_graph(made):
    with pytest.raises(TraceError, match="has no number yet"):
        compile(lambda x: W * x * made.data, [W])(1.0)
    assert type(made) is Value


def test_what_is_left_over_from_the_call_before_is_refused():
    state = [0.0]

    def recurrent(x):
        state[0] = (W * x + state[0]).tanh()
        return state[0]

    with pytest.raises(TraceError, match="left over from the previous call"):
        compile(recurrent, [W])(1.0)


def test_numbers_drawn_from_a_generator_that_is_set_inside_are_always_the_same():
    def function(x):
        rng = random.Random(3)
        RNG.seed(5)
        return W * x * rng.random() * RNG.random()

    assert compile(function, [W])(2.0) == function(2.0).data
    W.zero_grad()


def test_a_number_has_no_text():
    for function in (lambda x: W * {"1": 2.0}[str(x)], lambda x: W * {"1": 2.0}[f"{x}"]):
        with pytest.raises(TraceError, match="x has no number yet"):
            compile(function, [W])(1)


@pytest.mark.parametrize("result", [3.0, None, [W], "loss"])
def test_a_function_must_return_one_value(result):
    with pytest.raises(TraceError, match="want one Value, the loss"):
        compile(lambda x: result, [W])(1.0)


def test_an_argument_alone_is_no_loss():
    with pytest.raises(TraceError, match="depends on no parameter"):
        compile(lambda x: x * 2, [W])(1.0)


def test_a_value_as_argument_must_be_a_parameter():
    step = compile(lambda w, x: w * x, [W])
    assert step(W, 2.0) == 6.0
    with pytest.raises(TraceError, match="not among the parameters"):
        step(Value(1.0), 2.0)
    W.zero_grad()


def test_errors_of_the_function_itself_come_out():
    with pytest.raises(ZeroDivisionError):
        compile(lambda x: W * x * (1 / 0), [W])(1.0)
    assert type(W) is Value


def in_another_thread(function):
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]


def test_to_other_threads_parameters_are_what_they_were():
    """They read and write them, compute with them and take gradients, while this one traces."""
    layer = nn.Linear(2, 1, seed=0)
    w, b = layer.weight[0][0], layer.bias[0]
    numbers = w.data, b.data

    def elsewhere():
        w.zero_grad()
        result = (2 * w - b / w + w**2 + -w).tanh() + dot([w, b], [b, 1.0]) + layer([1.0, 2.0])[0] + abs(w).leaky_relu()
        result.backward()
        found = [result.data, w.grad, b.grad, w.item(), w > b, repr(w), f"{w}"]
        w.data = b.data = 0.25
        w.data, b.data = numbers
        for p in layer.parameters():
            p.zero_grad()
        return found

    wanted = elsewhere()
    seen = []

    def function(x):
        seen.append(in_another_thread(elsewhere))
        return layer([x, 1.0])[0] * w

    compile(function, layer.parameters())(1.0)
    assert seen == [wanted] * 2  # one trace and one eager run


def test_threads_may_trace_the_same_parameters():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    parameters = list(model.parameters())

    def loss(x, y):
        time.sleep(0.0005)
        return (model([x, y])[0] - y) ** 2

    wanted = loss(0.5, -1.0).data
    steps = [compile(loss, parameters, "python") for _ in range(8)]
    found = []
    threads = [threading.Thread(target=lambda step=step: found.append(step(0.5, -1.0))) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 8
    assert {type(p) for p in parameters} == {Value}


def test_a_stand_in_that_got_out_says_what_it_is():
    kept = []

    def function(x):
        kept.append(W * x)
        return kept[-1]

    compile(function, [W])(1.0)
    W.zero_grad()
    with pytest.raises(TraceError, match="the result of mul has no number yet"):
        kept[0].data  # noqa: B018
    assert "mul" in repr(kept[0])
    with pytest.raises(TraceError):
        copy.copy(kept[0])


def test_plain_numbers_stay_plain():
    """What eager code computes in floats is not a Value here, and takes no place in names."""
    _kinds = []

    def function(x, y):
        _kinds[:] = [x * 2 + y, -x, x - W, dot([x], [y])]
        return _kinds[-1] * W + (1 - y * x) * W

    program = trace(function, (2.0, 1.0), [W])
    assert [type(kind) for kind in _kinds] == [ArgTracer, ArgTracer, Tracer, Tracer]
    graph = Graph(function(2.0, 1.0))
    assert counted_names(program) == [graph.name(node) for node in graph.nodes if node.operands]


def counted_names(program):
    return [program.name(node) for node in program.order if not getattr(node, "plain", False)]


def test_names_are_those_of_a_drawing():
    model = nn.MLP(2, [3, 1], seed=0)

    def loss(x, y):
        return F.hinge_loss(model(x), [y])

    drawn_names = named_graph(loss([0.5, -0.5], 1.0)).names
    eager = [name for node, name in drawn_names.items() if node.operands]
    program = trace(loss, ([0.5, -0.5], 1.0), model.parameters())
    assert counted_names(program) == eager
    assert [program.name(p) for p in program.parameters][:2] == ["layers.0.weight[0][0]", "layers.0.weight[0][1]"]
    assert [program.name(node) for node in program.inputs] == ["x[0]", "x[1]", "y"]


def test_values_made_of_arguments_are_those_arguments():
    step = compile(lambda xs: dot([Value(x) for x in xs], [W, B]) + Value(2.0), [W, B])
    assert step([1.0, 10.0]) == 15.0
    assert [W.grad, B.grad] == [1.0, 10.0]
    W.zero_grad(), B.zero_grad()


def test_methods_taken_from_the_class_are_recorded():
    step = compile(lambda xs: sum(map(Value.tanh, [W * x for x in xs])), [W])
    assert step([0.1, 0.2]) == sum([math.tanh(3.0 * 0.1), math.tanh(3.0 * 0.2)], 0.0)
    W.zero_grad()


def test_atomic_is_traced_as_such():
    def function(xs):
        return dot(xs, [W, B])

    with atomic():
        names = [node.op for node in trace(function, ([1.0, 2.0],), [W, B]).order]
    assert names == ["mul", "mul", "add"]
    assert [node.op for node in trace(function, ([1.0, 2.0],), [W, B]).order] == ["dot"]


def test_a_list_that_begins_with_a_number_may_go_on_with_values():
    """There is a kernel for lists of numbers then, which finds out about a stand-in by asking for its number."""
    for function in (logsumexp, maximum):
        function([0.5, 1.0, 2.0])
        program = trace(lambda x, f=function: f([0.5, W, W * x]), (1.5,), [W])
        assert program.root.op == function.__name__


def test_a_parameter_that_has_just_become_a_value_again_is_one():
    """Another thread may have found a stand-in's method before the trace was over, and call it after."""
    v = Value(2.0)
    assert ParamTracer.data.fget(v) == 2.0 and ParamTracer.__mul__(v, 3.0).data == 6.0
    ParamTracer.grad.fset(v, 1.5)
    assert v.grad == 1.5


@needs_c
def test_no_update_is_lost_to_another_threads_trace():
    """Training in C and a trace both change the class of the parameters for a while, so they take turns."""
    w, b = Value(3.0), Value(1.0)
    step, optimizer = compile(lambda x: (w * x + b) ** 2, [w, b], "c"), SGD([w, b], lr=0.1)
    step.batch([1.0, 2.0])
    threads = []

    def update():
        optimizer.zero_grad()
        step.batch([1.0, 2.0])
        optimizer.step()

    def traced(x):
        if not threads:
            threads.append(threading.Thread(target=update))
            threads[0].start()
            threads[0].join(0.2)
        return w * x

    trace(traced, (1.0,), [w, b])
    threads[0].join()
    assert (w.data, b.data) == pytest.approx((3.0 - 0.1 * 18.0, 1.0 - 0.1 * 11.0))


def test_what_got_out_of_a_trace_can_be_printed_compared_and_looked_up_but_not_read():
    """A debugger, for example, asks it after the trace; by then it no longer decides anything."""
    w, rows, out = Value(2.0, "w"), [Value(1.0), Value(3.0)], []

    def function(x, i):
        y, picked = w * x, F.pick(rows, i)
        out.extend([x, i, y, picked])
        return y * picked

    assert compile(function, [w, *rows])(1.5, 1) == 9.0
    for tracer in out[:4]:
        assert str(tracer) == repr(tracer) == f"{tracer}" and type(tracer).__name__ in str(tracer)
        assert tracer == tracer and tracer != 1 and tracer in {tracer: 0}
        for look in (lambda t: f"{t:.2f}", lambda t: t.partials, lambda t: t.data):
            with pytest.raises(TraceError):
                look(tracer)
        with pytest.raises((TraceError, TypeError), match=r"not a row|__pow__\(\) takes 2 positional"):
            pow(tracer, 2, 3)
        with pytest.raises(TypeError, match=r"unsupported operand|want a Value or a real number"):
            tracer + "a"
    for tracer in out[2:4]:
        with pytest.raises(TypeError, match="unexpected keyword argument 'slope'"):
            tracer.leaky_relu(slope=1.0)


def test_flags_texts_and_none_among_the_arguments_make_programs_of_their_own():
    w = Value(3.0, "w")
    step = compile(lambda x, how, also: w * x if how in (True, "twice") else w + x + (0 if also is None else 1), [w])
    assert [step(2.0, how, None) for how in (True, False, "twice", None)] == [6.0, 5.0, 6.0, 5.0]
    assert step(2.0, False, "more") == 6.0


def test_a_closure_whose_variable_is_not_bound_yet_is_traced_when_it_is():
    w = Value(3.0, "w")

    def function(x):
        return w * x if x is None else w * x + late() * 0

    step = compile(function, [w])
    late = lambda: 7.0  # noqa: E731 - bound after compile() has seen the cell
    assert step(2.0) == 6.0


def test_a_closure_whose_variable_is_bound_and_deleted_between_calls_is_traced_again():
    w = Value(3.0, "w")

    def function(x, scaled):
        return w * x * scale if scaled else w * x

    def put(number):
        nonlocal scale
        scale = number

    def drop():
        nonlocal scale
        del scale

    step = compile(function, [w], check="never")
    assert step(1.0, False) == 3.0
    for scale in (2.0, 5.0):
        assert step(1.0, True) == 3.0 * scale
    drop()
    with pytest.raises(NameError):
        step(1.0, True)
    assert step(1.0, False) == 3.0
    put(7.0)
    assert (step(1.0, True), step(1.0, False)) == (21.0, 3.0)


def test_an_array_that_changes_in_place_is_seen():
    numpy = pytest.importorskip("numpy")
    w, numbers = Value(3.0, "w"), numpy.array([1.0, 2.0])
    step = compile(lambda: w * float(numbers[1]), [w])
    assert step() == 6.0
    numbers[1] = 5.0
    assert step() == 15.0


def test_generators_of_numpy_go_on_as_if_nothing_had_been_drawn():
    numpy = pytest.importorskip("numpy")
    w, generator = Value(3.0, "w"), numpy.random.default_rng(0)
    wanted = numpy.random.default_rng(0).random(3).tolist()
    compile(lambda x: w * x, [w])(1.0)
    assert generator.random(1).tolist() == wanted[:1]
    with pytest.raises(TraceError):
        compile(lambda x: w * x * float(generator.random()), [w])(1.0)
    assert generator.random(2).tolist() == wanted[1:]
