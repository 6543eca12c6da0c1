"""Which line made a node: recorded on request, across this package's and nn's own frames, and costing nothing else."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import nn
from autograd import Value, atomic, dot, no_grad, record_source, total
from autograd.explain.source import line_of, source_of


def test_operations_of_every_kind_are_given_the_users_line():
    a, b = Value(2.0), Value(3.0)
    with record_source():
        made = [a * b, 2 + a, a.tanh(), dot([a, b], [b, a]), total([a, b, 1.0]), -a]
        with atomic():
            inside = dot([a, b], [b, a])
    for node in [*made, inside, *inside.operands]:
        assert line_of(node)[0] == __file__
    assert source_of(made[0]).endswith("made = [a * b, 2 + a, a.tanh(), dot([a, b], [b, a]), total([a, b, 1.0]), -a]")
    assert source_of(inside).startswith("test_source.py:")


def test_inside_a_module_it_is_the_line_that_called_it():
    layer = nn.Linear(2, 2, seed=0)
    with record_source():
        h = layer([1.0, 2.0])
    assert source_of(h[0]).endswith("h = layer([1.0, 2.0])")


def test_off_by_default_and_off_again():
    a = Value(2.0)
    before = a * a
    with record_source(), no_grad():
        unrecorded = a * a
    after = a * a
    assert [line_of(x) for x in (a, before, unrecorded, after)] == [None] * 4 and source_of(after) == ""


def test_as_a_decorator():
    @record_source()
    def f(a):
        return a * a

    assert "return a * a" in source_of(f(Value(1.0)))


def test_a_line_is_freed_with_its_node():
    a = Value(2.0)
    with record_source():
        b = a * a
    alive = weakref.ref(b)
    del b
    gc.collect()
    assert alive() is None


def test_code_without_a_file():
    space = {"a": Value(2.0)}
    with record_source():
        exec(compile("b = a * a", "<made up>", "exec"), space)
        exec(compile("c = a * a", "/tmp/ipykernel_12/345.py", "exec"), space)
    assert source_of(space["b"]) == "<made up>:1" and source_of(space["c"]) == "cell:1"


def test_a_folder_whose_name_begins_like_ours_is_the_users():
    file = Path(nn.__file__).parents[1] / "nn_experiments" / "train.py"
    names = {"Value": Value, "record_source": record_source}
    exec(compile("x = Value(2.0)\nwith record_source():\n    y = x * x", str(file), "exec"), names)
    assert line_of(names["y"]) == (str(file), 3)
