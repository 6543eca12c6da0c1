"""The exercise "build your own Value": right classes pass, and each usual mistake is recognised by its number."""

from __future__ import annotations

import math

import pytest

import autograd
from demos.exercises import EXERCISES, check, verdict_on

RIGHT = EXERCISES["Value"].solution

# What is changed in the right class, and words that the verdict contains.
MISTAKES = {
    "no accumulation": [("self.grad += ", "self.grad = "), ("other.grad += ", "other.grad = "), "`=` for `+=`"],
    "no seed": [("self.grad = 1.0", "pass"), "the seed"],
    "sum without upstream": [("self.grad += out.grad\n            other.grad += out.grad",
                              "self.grad += 1.0\n            other.grad += 1.0"), "in add is not multiplied"],
    "product gives its own data": [("self.grad += other.data", "self.grad += self.data"),
                                   ("other.grad += self.data", "other.grad += other.data"), "*other* operand"],
    "product without upstream": [("other.data * out.grad", "other.data"), ("self.data * out.grad", "self.data"),
                                 "not multiplied by out.grad"],
    "product forgets the other": [("            other.grad += self.data * out.grad\n", ""), "both operands have a slope"],
    "sum forgets the other": [("            other.grad += out.grad\n", ""), "both operands have a slope"],
    "product's slopes are 1": [("other.data * out.grad", "out.grad"), ("self.data * out.grad", "out.grad"), "both get 1, as in a sum"],
    "product gives itself": [("other.data * out.grad", "out.data * out.grad"), ("self.data * out.grad", "out.data * out.grad"),
                             "each gets the product itself"],
    "sum gives its operands": [("self.grad += out.grad\n            other.grad += out.grad",
                                "self.grad += self.data * out.grad\n            other.grad += other.data * out.grad"),
                               "the slope of a sum is 1"],
    "sum forgets the first": [("            self.grad += out.grad\n", ""), "a gets nothing: both operands have a slope"],
    "tanh's slope is another": [("1 - out.data ** 2", "2 - out.data ** 2"), "a.grad should be 0.786448, but is 1.78645"],
    "called too early": [("out.pass_on = pass_on\n", "out.pass_on = pass_on()\n"), "out.pass_on = pass_on, without ()"],
    "a plain number comes out": [("        return out\n\n    def __mul__", "        return out.data\n\n    def __mul__"),
                                 "a + b should be a Value, but is -1.0"],
    "a graph that ends at a plain number": [
        ("def __mul__(self, other):\n", "def __mul__(self, other):\n        if not isinstance(other, Value): return Value(self.data * other)\n"),
        "a * 3: nothing arrives at a"],
    "tanh from the input": [("1 - out.data ** 2", "1 - self.data ** 2"), "from the output"],
    "tanh without the square": [("1 - out.data ** 2", "1 - out.data"), "square is missing"],
    "tanh's slope is out": [("(1 - out.data ** 2)", "out.data"), "not out itself"],
    "wrong value of a product": [("self.data * other.data, ", "self.data + other.data, "), "should be -6, but is -1"],
    "no plain numbers": [("other = other if isinstance(other, Value) else Value(other)\n", "pass\n"), "plain number"],
    "operands not remembered": [("(self, other))", "())"), "(a"],
    "tanh not remembered": [("(self,))", "())"), "(a*b + c).tanh()"],
    "data changes": [("out = Value(self.data + other.data", "self.data += 1; out = Value(self.data - 1 + other.data"),
                     "changes a.data"],
    "not a number": [("self.grad = 0.0\n        self.operands", "self.grad = None\n        self.operands"), "None"],
    "backward missing": [("def backward", "def back"), "has no attribute 'backward'"],
    "endless": [("        order, visited = [], set()\n", "        while True: pass\n        order, visited = [], set()\n"),
                "still running"],
}  # fmt: skip


def made(source):
    namespace = {"math": math}
    exec(compile(source, "learner.py", "exec"), namespace)
    return namespace["Value"]


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_told(name):
    *changes, words = MISTAKES[name]
    source = RIGHT
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    right, sentence = verdict_on("Value", made(source))
    assert not right and words in sentence, sentence


RECURSIVE = """
class Value:
    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = data, 0.0, edges
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])
    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, [(self, 1 - t * t)])
    def backward(self):
        {body}
"""
PLAIN = """self.grad = 1.0
        self.push()
    def push(self):
        for operand, slope in self.edges:
            operand.grad += slope * self.grad
            operand.push()"""
PATHS = """self.push(1.0)
    def push(self, share):
        self.grad += share
        for operand, slope in self.edges:
            operand.push(slope * share)"""
VISITED = """self.grad = 1.0
        self.push({self})
    def push(self, visited):
        for operand, slope in self.edges:
            operand.grad += slope * self.grad
            if operand not in visited:
                visited.add(operand)
                operand.push(visited)"""


def test_plain_recursion_is_told_from_a_sum_over_paths():
    assert "plain recursion" in verdict_on("Value", made(RECURSIVE.format(body=PLAIN)))[1]
    assert verdict_on("Value", made(RECURSIVE.format(body=PATHS)))[0]  # slow on large graphs, and right


def test_going_depth_first_with_a_visited_set_is_told():
    assert "visited set" in verdict_on("Value", made(RECURSIVE.format(body=VISITED)))[1]


def test_the_engines_own_class_and_micrograds_pass():
    assert check(autograd.Value)
    engine = pytest.importorskip("micrograd.engine")

    class Value(engine.Value):  # micrograd has relu and no tanh
        def tanh(self):
            out = Value(math.tanh(self.data), (self,), "tanh")

            def _backward():
                self.grad += (1 - out.data**2) * out.grad

            out._backward = _backward
            return out

    for name in ("__add__", "__mul__"):

        def operation(self, other, name=name):
            other = other if isinstance(other, engine.Value) else Value(other)
            out = getattr(engine.Value, name)(self, other)
            out.__class__ = Value
            return out

        setattr(Value, name, operation)
    right, sentence = verdict_on("Value", Value)
    assert right and "34" in sentence


def test_an_operation_that_calls_itself_costs_nobody_their_python(capsys):
    class Value:
        def __init__(self, data):
            self.data, self.grad = data, 0.0

        def __add__(self, other):
            return self + other

        def backward(self):
            pass

    assert not check(Value) and "calling itself" in capsys.readouterr().out


def test_a_file_with_a_class_of_any_name_is_examined(tmp_path, capsys):
    path = tmp_path / "my_engine.py"
    helper = "class Helper:\n    pass\n"
    for code, right in ((RIGHT, True), (RIGHT.replace("self.grad += ", "self.grad = "), False)):
        path.write_text(f"import math\n{code.replace('Value', 'Number')}\n{helper}", encoding="utf-8")
        assert check(str(path)) is right
        assert capsys.readouterr().out.startswith("Value: right" if right else "Value: not yet")
    path.write_text(helper, encoding="utf-8")
    assert not check(str(path)) and "there is no exercise in" in capsys.readouterr().out
