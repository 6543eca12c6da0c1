"""Stepping: the same gradients as backward() to the last bit, forwards and backwards, and every sentence on the way."""

from __future__ import annotations

import copy
import importlib
import inspect
import math
import random
import re
from pathlib import Path
from typing import Any

import pytest
from random_graphs import inputs, program, run
from small_graphs import emblem, neuron

import autograd
import nn
from autograd import Stepper, Value, compare, dot, ieee, mean, record_source, total
from autograd.errors import (
    ArgumentError,
    DeadlineError,
    DomainError,
    GraphError,
    SingularityError,
    ToolError,
)
from autograd.explain.phrases import short
from autograd.graph import Graph, walk
from autograd.ops import BUILTIN, OPS
from autograd.stepper.walker import Walker
from autograd.value import NOT_REACHED


def state(f):
    return [(node.data, node.grad, node.partials) for node in walk(f)]


def same_bits(xs, ys):
    return len(xs) == len(ys) and all(math.copysign(1, x) == math.copysign(1, y) and x == y for x, y in zip(xs, ys))


# --- The transcripts of the curriculum -----------------------------------------------------------------------


def test_the_neuron_step_by_step(golden):
    f = neuron()
    bp = f.step_through()
    said = [repr(bp)]
    while (report := bp.step()).moved:
        said.append(repr(report))
    said += [repr(bp.step()), repr(bp), repr(bp.undo(2)), repr(bp.rewind()), repr(bp.undo()), repr(bp.run())]
    golden("stepper_neuron.txt", "\n\n".join(said) + "\n")


def test_the_emblem_step_by_step(golden):
    f, _, b, a = emblem()
    bp = f.step_through()
    said = [repr(bp.step()), repr(bp), repr(bp.why(a)), repr(bp.order()), repr(bp.explain()), repr(bp.explain("b"))]
    said += [repr(bp.until(b)), repr(bp.next()), repr(bp.why(a)), repr(bp.check()), repr(bp.what_if(a, 2))]
    golden("stepper_emblem.txt", "\n\n".join(said) + "\n")


def test_the_forward_pass_step_by_step(golden):
    fp = neuron().step_through(forward=True)
    said = [repr(fp), repr(fp.step()), repr(fp), repr(fp.order()), repr(fp.explain()), repr(fp.until("n"))]
    said += [repr(fp.predict("f", "0.70")), repr(fp.predict("f", "0.71")), repr(fp.run()), repr(fp.step())]
    said += [repr(fp.undo()), repr(fp.rewind()), repr(fp.undo())]
    golden("stepper_forward.txt", "\n\n".join(said) + "\n")


# --- Property: any mix of moves is backward() --------------------------------------------------------------


def wander(bp, rng, nodes):
    """A random mix of moves that ends at the end."""
    for _ in range(25):
        pick = int(rng.random() * 9)
        n = 1 + int(rng.random() * 7)
        if pick < 3:
            bp.step(n)
        elif pick == 3:
            bp.undo(n)
        elif pick == 4:
            bp.next()
        elif pick == 5:
            bp.undo_node()
        elif pick == 6:
            bp.goto(int(rng.random() * (len(bp) + 1)))
        elif pick == 7:
            bp.until(nodes[int(rng.random() * len(nodes))])
        else:
            bp.rewind()
    bp.run()


@pytest.mark.parametrize("seed", range(60))
def test_any_mix_of_moves_gives_what_backward_gives_bit_for_bit(seed):
    rng = random.Random(seed)
    leaves = [Value(x, label=f"x{i}") for i, x in enumerate(inputs(rng))]
    f = run(program(rng, 5 + int(rng.random() * 60)), leaves)
    for node in walk(f):  # some leaves already hold a gradient: both continue from there
        if not node.operands and rng.random() < 0.3:
            node.grad = rng.random()
    twin = copy.deepcopy(f)
    twin.backward()
    bp = f.step_through()
    wander(bp, rng, walk(f))
    assert bp.done
    assert same_bits([node.grad for node in walk(f)], [node.grad for node in walk(twin)])
    assert [node.reached for node in walk(f)] == [node.reached for node in walk(twin)]


@pytest.mark.parametrize("seed", range(20))
def test_undo_takes_back_to_the_very_object(seed):
    rng = random.Random(seed)
    f = run(program(rng, 20), [Value(x) for x in inputs(rng)])
    bp = f.step_through()
    states = [[node.grad for node in walk(f)]]
    while bp.step().moved:
        states.append([node.grad for node in walk(f)])
    assert len(states) == len(bp) + 1
    while bp.position:
        states.pop()
        bp.undo()
        assert all(node.grad is grad for node, grad in zip(walk(f), states[-1]))


def test_a_seed_of_minus_zero_and_infinite_gradients_are_stepped_as_backward_has_them():
    a = Value(0.0)
    with ieee():
        f = (a.log() * -1.0) * (a * -0.0)
    g = copy.deepcopy(f)
    g.backward()
    f.step_through().run()
    assert repr([n.grad for n in walk(f)]) == repr([n.grad for n in walk(g)])


def test_order_is_that_of_the_graph():
    f, *_ = emblem()
    bp = f.step_through()
    edges = []
    while bp.edge:
        edges.append(repr(bp.edge))
        bp.step()
    assert edges == [repr(edge) for edge in Graph(f).edges()]


# --- The ends, contexts, what was there before -----------------------------------------------------------------


def test_at_either_end_a_move_says_so_and_changes_nothing():
    bp = neuron().step_through()
    for move in (bp.undo, bp.undo_node, bp.rewind):
        assert move().moved == 0 and "nothing to undo" in move()
    bp.run()
    before = state(bp.root)
    for move in (bp.step, bp.next, bp.run):
        assert move().moved == 0 and "nothing left" in move()
    assert state(bp.root) == before
    assert bp.step(5).moved == 0 and bp.undo(99).moved == -5


def test_a_leaf_has_nothing_to_step_through():
    a = Value(2.0, label="a")
    bp = Stepper(a)
    assert len(bp) == 0 and bp.done and a.grad == 1.0
    for said in (repr(bp), bp.step(), bp.undo(), bp.next(), bp.run(), bp.goto(0)):
        assert "a leaf" in said
    bp.close()
    assert not a.reached


def test_as_a_context_manager_it_leaves_the_values_as_it_found_them():
    f, c, _, a = emblem()
    a.grad = 7.0
    before = state(f)
    with f.step_through() as bp:
        bp.step(3)
        bp.set(a, 5)
        bp.step()
        assert state(f) != before
    assert state(f) == before
    assert c.grad is NOT_REACHED
    assert "closed" in bp.step() and "closed" in repr(bp) and "closed" in bp.set(a, 1) and "closed" in bp.goto(1)


def test_what_an_earlier_pass_left_is_added_to_and_said():
    f, _, _, a = emblem()
    f.backward()
    bp = f.step_through(fresh=False)
    assert "a.grad = 10 from an earlier pass" in repr(bp)
    assert "not reached (10 from an earlier pass)" in repr(bp)
    assert "(was 10, from an earlier pass)" in bp.step(4)
    bp.run()
    assert a.grad == 20.0
    bp.close()
    assert a.grad == 10.0
    fresh = f.step_through(fresh=True)
    fresh.run()
    assert a.grad == 10.0 and "earlier" not in repr(fresh)


def test_looking_changes_nothing_that_a_backward_counts():
    for looks in (1, 2):  # at the end of that pass, or before it
        f, _, _, a = emblem()
        for _ in range(looks):
            f.step_through().run()
            assert a.grad == 10.0
        f.backward()
        assert a.grad == 10.0
        bp = f.step_through()
        assert "earlier" not in repr(bp)
        bp.step(4)
        f.backward()
        assert a.grad == 20.0  # as after a second backward(), no matter what was shown in between
    g = a * 3
    g.backward()
    assert a.grad == 23.0
    f.step_through().run()  # the pass adds to what another result has left, and says so
    assert a.grad == 33.0 and "a.grad = 23 from an earlier pass" in repr(f.step_through())
    g.step_through().step()
    assert copy.copy(a).grad == 26.0 and type(copy.deepcopy(a.grad)) is float


def test_it_is_an_iterator_over_the_moves_that_are_left():
    f, _, _, a = emblem()
    bp = f.step_through()
    bp.step()
    assert [str(edge).partition("]")[0] for edge in bp] == [f"[edge {i}/5" for i in range(2, 6)]
    assert bp.done and list(bp) == [] and a.grad == 10.0
    with pytest.raises(StopIteration):
        next(bp)
    bp.rewind()
    assert "[edge 1/5]" in next(bp)
    assert len(list(f.step_through(forward=True))) == 3


def test_not_complete_and_not_reached_are_shown_where_true():
    f, _, b, _ = emblem()
    bp = f.step_through()
    assert repr(bp).count("not reached") == 3
    assert "NOT complete: 1 more to come" in bp.step()
    assert "moving on to a now would give 6 or 16, not 10" in bp.goto(1)
    assert "b = a + a  data   2   grad 3, NOT complete: 1 more to come" in repr(bp)
    bp.until(b)
    assert "b = a + a  data   2   grad 5" in repr(bp) and "NOT" not in repr(bp)


def test_repeated_edges_are_told_apart_and_constants_can_be_shown():
    a = Value(3.0, label="a")
    f = a * a * 2
    bp = f.step_through()
    assert "constant" not in bp.step()
    said = str(bp.step(2))
    assert "(operand 1 of 2)" in said and "(operand 2 of 2)" in said
    shown = f.step_through(fresh=True, constants=True)
    assert "constant: no gradient flows to it" in repr(shown)
    assert "2 is operand 2 of 2: no gradient flows to it" in shown.step()


@pytest.mark.parametrize("op", BUILTIN)
def test_formulas_that_are_printed_are_python(op):
    """In every operation's report, forwards and back, each piece between equals signs can be pasted."""
    op = OPS[op]
    xs = [Value((op.name == "acosh") + 0.3 + 0.1 * i, label=f"x{i}") for i in range(4)]
    if op.wide:
        f = getattr(autograd, op.name)(*{"dot": [xs[:2], xs[2:]], "surprisal": [xs, xs[0]]}.get(op.name, [xs[:3]]))
    else:
        f = getattr(autograd, op.name)(*xs[: len(op.operands)])
    said = f.step_through().step()
    head, *pieces = said.splitlines()[1].removeprefix("      partial   d").split(" = ")
    compile(head.partition("/d")[0].strip(), "", "eval")
    (call,) = f.step_through(forward=True).step().splitlines()[:1]
    for piece in [*pieces, call.partition(" = ")[2]]:
        compile(piece, "", "eval")
    assert "^" not in said and said.isascii()


def test_the_slope_of_a_power_is_said_without_its_special_cases():
    assert "d(a**2)/da = 2 * a = 2 * 3 = 6" in (Value(3.0, label="a") ** 2).step_through().step()
    assert "d(a**3)/da = 3 * a**2 = 3 * (-2)**2 = 12" in (Value(-2.0, label="a") ** 3).step_through().step()
    assert "d(2**z)/dz = f * log(2) = 8 * log(2) = 5.545" in (2 ** Value(3.0, label="z")).step_through().step().replace(
        "v1", "f"
    )


def test_source_lines_are_shown_where_they_were_recorded():
    a = Value(2.0, label="a")
    b = a * a
    with record_source():
        f = b.tanh()
    bp = f.step_through()
    assert "test_stepper.py" in bp.step() and "f = b.tanh()" in bp.goto(1)
    assert "source" not in bp.step()
    assert "f = b.tanh()" in bp.explain(f) and "f = b.tanh()" in f.step_through(forward=True).step(2)


# --- Moving to places ----------------------------------------------------------------------------------------


def test_until_next_and_undo_node():
    f, _c, b, a = emblem()
    bp = f.step_through()
    assert bp.until(b).moved == 3 and bp.position == 3
    assert "already" in bp.until("b") and "already" in bp.until(f)
    assert bp.next().moved == 2 and bp.done and a.grad == 10.0
    assert bp.undo_node().moved == -2 and not a.reached
    assert bp.undo_node().moved == -1 and bp.undo_node().moved == -2 and bp.position == 0


@pytest.mark.parametrize("k", [-1, 6, 1.0, "2", None, True])
def test_goto_a_place_that_is_not_there_moves_nothing(k):
    bp = emblem()[0].step_through()
    bp.step(2)
    assert "want a position from 0 to 5" in bp.goto(k)
    assert bp.position == 2


@pytest.mark.parametrize("n", [0, -1, 1.5, "1", None, True])
def test_a_count_that_is_none_is_refused(n):
    bp = emblem()[0].step_through()
    with pytest.raises(ArgumentError, match="whole number"):
        bp.step(n)
    with pytest.raises(ArgumentError, match="whole number"):
        bp.undo(n)
    assert bp.position == 0


def test_breakpoints():
    f, _c, b, a = emblem()
    bp = f.step_through()
    assert bp.break_at() == "stops nowhere"
    assert bp.break_at(b) == "stops at b"
    assert "stopped at b" in bp.run() and bp.position == 3
    assert bp.break_at("b") == "no longer stops at b"
    bp.rewind()
    assert bp.break_at("add") == "stops at every add"
    assert "stopped at c" in bp.run() and bp.position == 2
    assert "stopped at b" in bp.step(3) and bp.position == 3
    bp.break_at("add")
    bp.break_at(a)
    bp.undo()
    assert "stopped at a" in bp.run() and bp.done
    with pytest.raises(GraphError, match=r"or operation here is called 'tan': the operations are add, mul"):
        bp.break_at("tan")
    bp = bp.root.step_through()
    bp.break_at("b")
    bp.break_at("a")
    assert "stopped at b" in bp.run() and "stopped at a" in bp.run()  # not twice at b
    fp = neuron().step_through(forward=True)
    fp.break_at("tanh")
    assert "stopped at f" in fp.run() and fp.position == 2


# --- Asking --------------------------------------------------------------------------------------------------


PREDICTIONS = [
    ("b", 5, True, "right: df/db = 5"),
    ("b", "5.0", True, "right"),
    ("a", "2 * b + 6", True, "right: df/da = 10"),  # an expression of the graph's names
    ("a", 10.0004, False, "none of the usual slips"),
    ("a", -10, False, "the sign is wrong"),
    ("b", -5, False, "the sign is wrong"),
    ("b", 3, False, "not complete yet: after f there is 1 more to come"),
    ("b", 2, False, "only what comes from c"),
    ("a", 3, False, "one path only"),
    ("a", 5, False, "not complete yet"),
    ("b", 1, False, "upstream is forgotten: it is the partial d(b + 1)/db alone, to be multiplied by c.grad"),
    ("b", 4, False, "upstream is forgotten: it is the sum of the partials"),
    ("a", 16, False, "it is what plain recursion gives"),
    ("a", 6, False, "going depth-first with a visited set gives"),
    ("a", 77, False, "none of the usual slips gives it"),
    ("a", 1, False, "it is a's data"),
]


@pytest.mark.parametrize(("x", "guess", "right", "said"), PREDICTIONS)
def test_predictions(x, guess, right, said):
    f, *_ = emblem()
    bp = f.step_through()
    before = state(f)
    answer = bp.predict(x, guess)
    assert answer.right is right and said in answer
    assert state(f) == before and bp.position == 0
    if not right:
        assert "10" not in answer.replace(str(guess), "")  # it does not give the answer away


def test_a_prediction_is_right_to_the_digits_typed_two_at_least():
    bp = neuron().step_through()
    f = bp.root
    fp = f.step_through(forward=True)
    for guess, right in [("0.71", True), ("0.707", True), ("0.7071", True), ("0.70", False), ("0.7072", False)]:
        assert fp.predict(f, guess).right is right
    close = fp.predict(f, 0.7)
    assert not close.right and "two digits" in close
    assert fp.predict("p", "-6").right and fp.predict("p", -6).right and not fp.predict("p", 6).right
    assert bp.predict("n", "1 - f**2").right


@pytest.mark.parametrize("guess", [float("nan"), "nan", "half", None, [1], "0.5 +"])
def test_a_guess_that_is_no_number_gets_one_sentence(guess):
    bp = neuron().step_through()
    with pytest.raises(ArgumentError, match="guess"):
        bp.predict("a", guess)


def test_what_if_changes_nothing_and_set_recomputes_in_place():
    f, c, b, a = emblem()
    bp = f.step_through()
    bp.step(3)
    before = state(f)
    said = bp.what_if(a, 3)
    assert "f    6 -> 42" in said and "nothing is changed" in said
    assert "b    2 -> 7" in bp.what_if(b, 7) and "c" in bp.what_if(b, 7)
    assert state(f) == before
    assert "f    6 -> 42" in bp.set(a, 3)
    assert (bp.position, b.grad, c.data, a.data) == (3, 13.0, 7.0, 3.0)
    bp.run()
    assert a.grad == emblem_gradient(3.0) == 26.0
    assert "predicts a change of 26 * 1 = 26; it is 30" in bp.what_if(a, 4)


def emblem_gradient(x):
    f, _, _, a = emblem(x)
    f.backward()
    return a.grad


@pytest.mark.parametrize("seed", range(20))
def test_set_gives_what_a_graph_made_anew_gives(seed):
    rng = random.Random(seed)
    numbers, instructions = inputs(rng), program(rng, 25)
    leaves = [Value(x, label=f"x{i}") for i, x in enumerate(numbers)]
    f = run(instructions, leaves)
    reached = [leaf for leaf in leaves if leaf in walk(f)]
    bp = f.step_through()
    bp.step(1 + int(rng.random() * len(bp)))
    here = bp.position
    for leaf in reached:
        bp.set(leaf, 0.5 * leaf.data)
    assert bp.position == here
    bp.run()
    g = run(instructions, [Value(0.5 * x if leaf in reached else x) for x, leaf in zip(numbers, leaves)])
    g.backward()
    assert same_bits([n.data for n in walk(f)], [n.data for n in walk(g)])
    assert same_bits([n.grad for n in walk(f)], [n.grad for n in walk(g)])


def test_a_set_that_cannot_be_computed_loses_nothing():
    a = Value(2.0, label="a")
    f = a.log() * 3
    bp = f.step_through()
    bp.step()
    before = state(f)
    with pytest.raises(DomainError, match="log"):
        bp.set(a, -1)
    with pytest.raises(DomainError, match="log"):
        bp.what_if(a, -1)
    with pytest.raises(GraphError, match=r"f is computed from others: set a leaf \(a\), or ask what_if\(f, 3\)"):
        bp.set(f, 3)
    with pytest.raises(ArgumentError, match="a real number for a"):
        bp.set(a, "three")
    assert state(f) == before and bp.position == 1


def test_a_set_onto_an_infinite_slope_is_undone():
    a = Value(4.0, label="a")
    f = a.sqrt()
    bp = f.step_through()
    bp.run()
    with pytest.raises(SingularityError, match="infinite"):
        bp.set(a, 0.0)
    assert (a.data, f.data, a.grad, bp.position) == (4.0, 2.0, 0.25, 1)


def test_an_infinite_slope_stops_a_step_as_it_stops_backward():
    a = Value(0.0, label="a")
    f = a.sqrt() * 2
    bp = f.step_through()
    bp.step()
    with pytest.raises(SingularityError, match=r"through v1 = sqrt\(a\) to a: .* infinite at a = 0\.0"):
        bp.step()
    assert bp.position == 1 and not a.reached


def test_check_compares_with_central_differences_and_tells_a_kink():
    bp = emblem()[0].step_through()
    assert bp.check().ok
    a = Value(0.0, label="a")
    at_the_kink = (a.relu() * 2).step_through().check()
    assert not at_the_kink.ok and "a kink, with slope 0 on its left and 2 on its right" in at_the_kink
    rng = random.Random(3)
    assert run(program(rng, 60), [Value(x) for x in inputs(rng)]).step_through().check().ok
    f = emblem()[0]
    f.operands[0].partials = (1.0, 2.0)  # a wrong slope
    wrong = f.step_through().check()
    assert not wrong.ok and "partial b -> a (operand 2)    2, by differences 1" in wrong


# --- What others do meanwhile ----------------------------------------------------------------------------------


def test_nodes_of_another_graph_are_refused():
    bp = neuron().step_through()
    stranger = Value(1.0, label="z")
    for ask in (bp.until, bp.why, bp.explain, bp.break_at, lambda x: bp.predict(x, 1), lambda x: bp.set(x, 1)):
        with pytest.raises(GraphError, match=r"is not in the graph of f: was it made from \.data"):
            ask(stranger)
        with pytest.raises(GraphError, match=r"called 'zz'"):
            ask("zz")
    with pytest.raises(ArgumentError, match="want a Value"):
        Stepper(3.0)


def test_grads_changed_from_outside_are_put_back_and_it_is_said():
    f, _, b, a = emblem()
    bp = f.step_through()
    bp.step()
    b.grad = 99.0
    assert "b.grad was changed from outside, from 3 to 99: put back" in bp.step(2)
    f.zero_grad()
    assert "changed from outside" in bp.step()
    bp.run()
    assert (b.grad, a.grad) == (5.0, 10.0)


def test_another_backward_in_the_middle_loses_nothing():
    f, _, _, a = emblem()
    bp = f.step_through()
    bp.step(4)
    f.backward()
    bp.run()
    assert a.grad == 10.0


def test_data_changed_behind_its_back_is_said():
    f, _, _, a = emblem()
    bp = f.step_through()
    a.data = 4.0
    assert "a.data was changed behind the graph's back, from 1 to 4" in repr(bp)
    bp.until("b")
    assert "a.data was changed" in bp.step()
    bp.run()
    assert a.grad == 10.0
    late = emblem()
    late[3].data = 4.0
    assert "changed after f was computed" in repr(late[0].step_through())


# --- Large graphs, odd names -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_big_graph_shows_some_twenty_nodes_around_the_cursor():
    x = Value(1.0, label="x")
    f = x
    for _ in range(2000):
        f = f * 1.001
    bp = f.step_through()
    bp.goto(1000)
    lines = repr(bp).splitlines()
    assert 20 <= len(lines) <= 26 and any("<- next" in line for line in lines)
    assert "nodes before these" in repr(bp) and "nodes after these" in repr(bp)
    assert len(repr(bp.run()).splitlines()) < 30
    assert len(repr(bp.undo(500)).splitlines()) < 12
    assert len(repr(bp.order()).splitlines()) < 26
    assert bp.check().ok


def test_an_operation_over_many_operands_is_said_in_short():
    xs = [Value(float(i), label=f"x{i}") for i in range(300)]
    f = dot(xs, [0.5] * 300)
    f.label = "f"
    bp = f.step_through()
    said = bp.step()
    assert "d dot(...)/dx0, other operands held, = 0.5" in said
    assert max(map(len, repr(bp).splitlines())) < 300
    maximum_like = (xs[0] + xs[1]).step_through()
    assert "d(x0 + x1)/dx0, other operand held, = 1" in maximum_like.step()


def test_hostile_labels_stay_on_one_line():
    a = Value(1.0, label="two\nlines\x1b[31m" + "x" * 100)
    said = repr((a * 2).step_through())
    assert "\x1b" not in said and len(said.splitlines()) == 4
    assert said.isascii()


def test_a_repr_never_raises():
    bp = neuron().step_through()
    del bp.root.operands[0].data
    assert "Stepper" in repr(bp) or "backprop" in repr(bp)


# --- Pictures ----------------------------------------------------------------------------------------------------


def test_the_drawing_tells_done_next_and_pending():
    pytest.importorskip("graphviz")
    f, *_ = emblem()
    bp = f.step_through()
    dashed = []
    for _ in range(6):
        source = bp.draw().source
        dashed.append(source.count("style=dashed"))
        assert source.count("penwidth=3.2") == (not bp.done)
        bp.step()
    assert dashed == [4, 3, 2, 1, 0, 0]
    assert "edge 5 of 5" in source and ">3 …<" in (bp.goto(1), bp.draw().source)[1]
    ahead = f.step_through(forward=True).draw().source
    assert ">?<" in ahead and "partial of mul" in ahead
    assert not any(told in ahead for told in ('label=" 3 "', '= 3"', "number on an arrow"))  # c, before it is computed


def test_the_drawing_takes_what_draw_takes():
    pytest.importorskip("graphviz")
    bp = neuron().step_through()
    drawing = bp.draw(title="before update 3", deadline=60, theme="dark", formulas=True)
    assert "before update 3" in drawing.source and drawing.deadline == 60


@pytest.mark.parametrize("length", [20, 400], ids=["whole", "excerpt"])
def test_what_takes_too_long_to_lay_out_is_drawn_round_the_cursor(monkeypatch, length):
    engines = pytest.importorskip("autograd.drawing.engines")
    sizes: list[int] = []

    def lay_out(source: str, *_: Any, **__: Any) -> bytes:
        sizes.append(source.count("data"))
        if sizes[-1] > 12:
            raise DeadlineError("too slow")
        return source.encode()

    monkeypatch.setattr(engines, "lay_out", lay_out)
    a = Value(0.5, label="a")
    x = a
    for _ in range(length):
        x = (x * 0.9).tanh()
    bp = x.step_through()
    assert b"penwidth=3.2" in bp.draw().pipe()  # the next edge is in it
    assert sizes[-1] <= 12


def test_a_notebook_shows_the_picture_and_the_text():
    pytest.importorskip("graphviz")
    bp = neuron().step_through()
    bundle = bp._repr_mimebundle_()
    assert bundle["text/plain"] == repr(bp)


def test_grads_that_somebody_else_wrote_are_told_before_the_next_move():
    f, _, _, a = emblem()
    bp = f.step_through()
    bp.step(3)
    f.zero_grad()
    assert "note   f.grad was changed from outside, from 1 to 0: the next move puts it back" in repr(bp)
    bp.run()
    assert a.grad == 10.0 and "note" not in repr(bp)


def test_check_after_a_change_says_what_was_changed():
    f, _, _, a = emblem()
    bp = f.step_through()
    a.data = 5.0
    said = bp.check()
    assert "df/da    10, by differences 42" in said and "note   a.data was changed behind the graph's back" in said


def test_an_infinite_slope_is_checked_in_words():
    a = Value(0.0, label="a")
    said = a.sqrt().step_through().check()
    assert not said.ok and "infinite, which no difference can be" in said and "nan" not in said


def test_where_no_difference_can_tell_nothing_is_said_to_disagree():
    with ieee():
        a, b = Value(float("inf"), label="a"), Value(2.0, label="b")
        f = a + b
        said = f.step_through().check()
    assert not said.ok and said.startswith("0 of 4 disagree with central differences, which say nothing about 4:")
    assert said.count("no difference can tell") == 4


def test_what_is_computed_anew_says_that_a_leaf_has_changed_since():
    w, x = Value(1.0, label="w"), Value(2.0, label="x")
    f = w * x
    f.label = "f"
    w.data = 2.0
    bp = f.step_through()
    assert "note   w changed after f was computed: the slopes are those of the old data" in bp.check()
    assert bp.what_if(x, 3).splitlines()[1:] == [
        "  x    2 -> 3",
        "  f    2 -> 6",
        "  note   w changed after f was computed: here its current data counts",
    ]


def test_a_closed_stepper_makes_no_claims_about_grads():
    f, _, _, a = emblem()
    bp = f.step_through()
    bp.step(3)
    bp.close()
    assert "<- next" not in repr(bp) and "closed" in bp.until(a) and "complete" not in bp.until(f)


def test_what_is_no_node_is_refused_in_a_sentence():
    f, *_ = emblem()
    for ask in (f.why, f.step_through().why, f.step_through().until):
        with pytest.raises(GraphError, match="want a node of f's graph, or its name, got 3"):
            ask(3)
    quoted = Value(1.0, label="two\nlines") * f
    with pytest.raises(GraphError, match="there are quoted, f, c, b, a, two lines"):
        quoted.step_through().until("zz")


GRADIENTS_ONLY = ("edge", "why", "check", "diagnose", "compare", "anomalies")


def test_the_forward_pass_knows_no_gradients():
    f, _, _, a = emblem()
    f.backward()
    found = state(f)
    for position in range(4):
        with f.step_through(forward=True, constants=True) as fp:
            assert isinstance(fp, Walker) and not isinstance(fp, Stepper)
            fp.goto(position)
            assert not any(hasattr(fp, name) for name in GRADIENTS_ONLY)
            answers = [
                repr(fp),
                fp.order(),
                fp.explain("c"),
                fp.what_if(a, 2),
                fp.predict("c", 7),
                fp.set(a, 2),
                repr(fp),
            ]
            a.data = 5.0
            answers += [repr(fp), f.step_through(forward=True).__repr__(), *fp.numbers()]
            for answer in answers:
                assert not re.search("grad|slope|partial|predicts|to come", answer), answer
        a.data = 1.0
        assert state(f) == found
    assert all(hasattr(f.step_through(), name) for name in GRADIENTS_ONLY)
    with pytest.raises(ArgumentError, match="fresh is about grads"):
        f.step_through(forward=True, fresh=True)


@pytest.mark.parametrize("options", [{}, {"depth": 0}, {"fold": True}, {"budget": 3}], ids=str)
def test_the_picture_of_a_forward_pass_shows_no_gradients(options):
    pytest.importorskip("graphviz")
    xs = [Value(float(i), label=f"x[{i}]") for i in range(9)]
    f = dot(xs, xs).tanh() + total(xs)
    f.backward()
    fp = f.step_through(forward=True)
    for _ in range(len(fp) + 1):
        source = fp.draw(**options).source
        assert "grad" not in source and "number on an arrow" not in source
        assert bool(re.search(r">\?<", source)) == (not fp.done)
        fp.step()


@pytest.mark.slow
def test_a_folded_picture_of_a_forward_pass_shows_only_what_is_computed():
    pytest.importorskip("graphviz")
    nn.manual_seed(0)
    model = nn.MLP(2, [3, 1])
    f = mean([model([0.3 * i, 1.7])[0] for i in range(1, 4)])
    f.backward()
    fp, words = f.step_through(forward=True), set()
    for position in range(0, len(fp) + 1, 3):
        fp.goto(position)
        known = {short(node.data) for node in fp.graph.nodes if fp.state(node, 0) == "done"}
        hidden = {short(node.data) for node in fp.graph.nodes if fp.state(node, 0) != "done"} - known
        for options in ({}, {"budget": None, "at": f, "radius": 9}, {"budget": 9}, {"budget": 20}, {"depth": 1}):
            drawing = fp.draw(**options)
            words = set(re.findall(r"(?<![\w.])-?\d+\.\d+", drawing.source + drawing.description))
            assert not words & hidden, (position, options, words & hidden)
    assert words


def test_a_forward_pass_computes_with_what_it_has_shown():
    f, *_ = emblem()
    fp = f.step_through(forward=True)
    assert set(fp.numbers()) == {"a", "a.data"}
    fp.step()
    assert fp.numbers() == {"a": 1.0, "a.data": 1.0, "b": 2.0, "b.data": 2.0}
    bp = f.step_through()
    bp.step()
    assert bp.numbers()["b.grad"] == 3.0 and "a.grad" not in bp.numbers() and bp.numbers()["f"] == 6.0


def test_a_stepper_diagnoses_and_compares_where_it_stands():
    f, _, _, a = emblem()
    bp = f.step_through()
    assert bp.diagnose("a", 16).kinds == ("naive_recursion",) and bp.position == 1
    assert bp.diagnose(a, 10).kinds == () and bp.position == 1
    assert str(bp.compare("no_seed")) == str(compare(f, "no_seed", graph=bp.graph)) and bp.anomalies().kinds == ()


def test_frames_into_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ToolError, match="cannot write into"):
        emblem()[0].step_through().frames(str(tmp_path / "file"))


# --- What an editor knows ------------------------------------------------------------------------------------


MACHINERY = {"expression.Expression.evaluate", "mistakes.Mistake.slope", "mistakes.Mistake.follow", "mistakes.Mistake.start",
             "mistakes.Case.number"}  # fmt: skip


def doors():
    """Yield every public function and method of the package, by name."""
    for file in sorted(Path(autograd.stepper.__file__).parent.glob("*.py")):
        module = importlib.import_module(f"autograd.stepper.{file.stem}".removesuffix(".__init__"))
        for name in module.__all__:
            thing = getattr(module, name)
            found = vars(thing).items() if inspect.isclass(thing) else [("", thing)]
            for inner, value in found:
                function = value.fget if isinstance(value, property) else value
                if inspect.isfunction(function) and not inner.startswith("_"):
                    yield f"{file.stem}.{name}.{inner}".rstrip("."), function


def test_every_door_says_what_it_takes_and_returns():
    found = dict(doors())
    assert {"backprop.Stepper.why", "moves.Moves.step", "walker.Walker.draw", "__init__.step_through"} <= set(found)
    for name, function in found.items():
        said = inspect.get_annotations(function)
        code = function.__code__
        assert said.keys() >= {*code.co_varnames[: code.co_argcount + code.co_kwonlyargcount], "return"} - {"self"}, (
            name
        )
        if name not in MACHINERY:
            assert not [word for word, kind in said.items() if re.search(r"\bAny\b", str(kind))], name


def test_a_move_shows_its_own_edges_whenever_it_is_looked_at():
    a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(10.0, label="c")
    f = (a * b + c).tanh() * a
    for stepper in (f.step_through(), f.step_through(forward=True)):
        with stepper:
            moves, sources = [], []
            while not stepper.done:
                moves.append(stepper.step())
                sources.append(moves[-1].draw().source)
                assert "thick: this step" in sources[-1]
                assert "thick: comes next" in stepper.draw().source
            assert len(set(sources)) == len(stepper)
            end, grads = stepper.position, [node.grad for node in stepper.graph.nodes]
            assert [move.draw().source for move in moves] == sources  # what came later changes nothing in them
            assert stepper.position == end and [node.grad for node in stepper.graph.nodes] == grads
            thick = [source.count('penwidth="3.2"') + source.count("penwidth=3.2") for source in sources]
            assert all(count >= 1 for count in thick)
            stepper.rewind()
            assert stepper.step(2).draw().source != sources[1]  # both of its edges are lit
            undone = stepper.undo()
            assert undone.draw().source == stepper.draw().source  # the edge that was undone comes next
            stepper.goto(0)
            assert stepper.run().draw().source == stepper.draw().source  # all edges: none is special


def test_a_graph_without_a_leaf_that_takes_a_gradient_is_run_too():
    cube = autograd.op("cubed", "cubed", "a * a * a", "3 * a ** 2")
    f = cube(1.0) * 2
    assert "1 edge processed, backprop of f is done" in f.step_through().run()
    assert f.step_through(forward=True).run().endswith("f = 2")


def test_a_pass_that_begins_with_another_gradient_is_backward_with_it():
    for gradient in (2.0, -0.5, 0, 1):
        f, _, _, a = emblem()
        g = f.step_through(gradient=gradient)
        g.run()
        stepped = [node.grad for node in walk(f)]
        g.close()
        f.backward(gradient)
        assert stepped == [node.grad for node in walk(f)] and a.grad == stepped[0]
    with pytest.raises(ArgumentError, match="want gradient or forward, not both"):
        f.step_through(forward=True, gradient=2.0)
    with autograd.no_grad(), pytest.raises(ArgumentError, match=r"no_grad\(\) would not record"):
        f.step_through(gradient=2.0)


def test_a_compiled_step_is_stepped_through_as_its_function():
    w = Value(3.0, label="w")
    step = autograd.compile(lambda x, y: (w * x - y) ** 2, [w])
    with step.step_through(2.0, 5.0) as bp:
        bp.run()
        stepped = w.grad
    assert w.grad == 0.0 and step(2.0, 5.0) == 1.0 and w.grad == stepped == 4.0


def test_what_was_computed_from_constants_alone_can_be_stepped_through():
    """The fuzzer found this: such a node waits for gradients, and passes none on."""
    f = total([1.0, 2.0])
    f.label = "f"
    g = mean([f, f, Value(3.0, label="x")])
    for forward in (False, True):
        with g.step_through(forward=forward) as bp:
            while not bp.done:
                assert str(bp.step()) and str(bp.explain(f)) and str(bp.where()) and str(bp.order())
            assert forward or (f.grad == 2 / 3 and str(bp.why(f)) and "total([1, 2]) = 3" in str(bp.explain(f)))


def test_a_picture_of_the_forward_pass_tells_no_number_in_advance():
    """Not even in the heat map of a loop's turns."""
    w, h = Value(0.5, label="w"), Value(0.75, label="h")
    for t in range(3):
        h = (w * (0.25 * t) + h * w).tanh()
    h.backward()
    assert 'TABLE BORDER="1"' in h.draw(depth=0).source
    drawn = h.step_through(forward=True).draw(depth=0).source
    assert 'TABLE BORDER="1"' not in drawn and "?" in drawn


def test_a_picture_of_backprop_explains_its_colours():
    x = Value(0.5, label="x")
    assert "orange: gradient above 0, blue: below 0" in x.tanh().step_through().draw().source
