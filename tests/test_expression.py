"""What is typed is read safely: arithmetic and the table's operations, and a caret under anything else."""

from __future__ import annotations

import math

import pytest

import autograd
from autograd import Value
from autograd.errors import DomainError, FormulaError, GraphError, SingularityError
from autograd.stepper.expression import Expression


def evaluate(text, **numbers):
    return Expression(text).evaluate({name: Value(number, label=name) for name, number in numbers.items()})


GOOD = [
    ("tanh(a*b + c)", {"a": 2, "b": -3, "c": 6.8813735870195432}, 0.7071067811865477),
    ("(a*b).tanh()", {"a": 2, "b": 0.25}, math.tanh(0.5)),
    ("b = a + a; b * (b + 1)", {"a": 1}, 6.0),
    ("x = a; y = x * x; y / 2", {"a": 3}, 4.5),
    ("-a ** 2 + +b", {"a": 3, "b": 1}, -8.0),
    ("2**a + pow(a, 3) + a**-1", {"a": 2}, 12.5),
    ("max(a, b, 2) + maximum([a, b])", {"a": 3, "b": 4}, 8.0),
    ("sum([a, b, 1]) + mean(a, b)", {"a": 1, "b": 2}, 5.5),
    ("dot([a, 2], [3, b], 1)", {"a": 1, "b": 2}, 8.0),
    ("logsumexp([a, a])", {"a": 0}, math.log(2)),
    ("leaky_relu(a) + leaky_relu(a, 0.5) + relu(a)", {"a": -1}, -0.51),
    ("ln(a) * pi + 1_000 * .5e-3", {"a": 1}, 0.5),
    ("abs(a) + neg(a)", {"a": -2}, 4.0),
    ("pi * 2", {"pi": 3}, 6.0),
    ("  a+\tb ", {"a": 1, "b": 2}, 3.0),
    ("x = a; x = x + 1; x * x", {"a": 1}, 4.0),
]


def test_operations_of_the_users_own_are_known():
    autograd.op("hyp", "hyp", "sqrt(a * a + b * b)", "a / out", "b / out")
    autograd.op("sum_of_cubes", "cubes", "sum(xs[i] * xs[i] * xs[i])", xs="3 * xs[i] ** 2")
    assert evaluate("hyp(a, 4)", a=3).data == Expression("hyp(3, 4)").evaluate({}) == 5.0
    assert evaluate("sum_of_cubes(a, 2) + a.hyp(4)", a=3).data == 40.0


def test_a_list_is_one_operation_unless_it_is_to_be_seen_in_steps():
    """This is as for dot() itself: under atomic() every multiplication is a node."""
    for text, op in (("dot([a, 2], [3, a])", "dot"), ("total([a, a, 1])", "total"), ("maximum([a, 2])", "maximum")):
        assert evaluate(text, a=1).op == op
    with autograd.atomic():
        assert evaluate("dot([a, 2], [3, a])", a=1).op == "add" and evaluate("total([a, a, 1])", a=1).op == "add"


def test_operands_are_counted():
    for text, said in (("dot(a)", "dot wants 3 operands, got 1"), ("dot([a], [2], [3])", "dot wants lists of values"),
                       ("hypot(a)", "no function hypot"), ("add(a, 2)", "no function add")):  # fmt: skip
        with pytest.raises(FormulaError, match=said):
            evaluate(text, a=1)
    with pytest.raises(GraphError, match="lists of the same length"):
        evaluate("dot([a, 2], [3])", a=1)


@pytest.mark.parametrize(("text", "numbers", "value"), GOOD)
def test_what_can_be_read_is_computed(text, numbers, value):
    assert evaluate(text, **numbers).data == pytest.approx(value)


BAD = [  # text, what is said, the column of the caret
    ("2 ^ a", "use ** for powers", 2),
    ("(a + 1) ^ 2", "use ** for powers", 8),
    ("é ^ 2", "use ** for powers", 2),
    ("a +* a", "cannot read this here", 3),
    ("tanh(a * ", "this parenthesis is never closed", 4),
    ("a) + 2", "this parenthesis was never opened", 1),
    ("2a", "write 2*a for 2 times a", 0),
    ("a b", "cannot read this here", 2),
    ("1 + foo(a)", "there is no function foo", 4),
    ("1 + tahn(a)", "did you mean tan or tanh?", 4),
    ("__import__('os')", "there is no function __import__", 0),
    ("a.__class__", "this has no place", 0),
    ("a.data", "this has no place", 0),
    ("a.backward()", "there is no function backward", 0),
    ("[x for x in a]", "this has no place", 0),
    ("lambda: 1", "this has no place", 0),
    ("a if a else a", "this has no place", 0),
    ("a < 2", "this has no place", 0),
    ("a[0]", "this has no place", 0),
    ("f'{a}'", "this has no place", 0),
    ("a // 2", "this operator is not known here", 2),
    ("a @ a", "this operator is not known here", 2),
    ("not a", "this has no place", 0),
    ("~a", "this has no place", 0),
    ("tanh(x=a)", "this has no place", 0),
    ("tanh(*a)", "this has no place", 5),
    ("(tanh)(a)(a)", "only functions can be called", 0),
    ("2(a + b)", "write 2*(a + b) for 2 times a + b", 0),
    ("b * a(b)", "write a*(...) for a times", 4),
    ("tanh()", "tanh wants 1 operand, got 0", 0),
    ("tanh(a, a)", "tanh wants 1 operand, got 2", 0),
    ("mean()", "mean wants something in its parentheses", 0),
    ("'a'", "'a' is not a real number", 0),
    ("a + 2j", "2j is not a real number", 4),
    ("a + True", "True is not a real number", 4),
    ("1e999 * a", "this number is too large for a float", 0),
    ("import os", "want one expression, or steps", 0),
    ("a; a", "want one expression, or steps", 0),
    ("a = b = 2; a", "want one expression, or steps", 0),
    ("a, b = 2; a", "want one expression, or steps", 0),
    ("b = b + 1; b", "b is used before it is computed", 0),
    ("f(a) = 2", "only a name can be on the left of =", 0),
    ("a + x", "x has no value", 4),
    ("1/0 + a", "this divides by zero", 0),
    ("exp(1000) + a", "this is too large for a float", 0),
    ("9**9**9 + a", "this is too large for a float", 0),
    ("log(-1) + a", "this cannot be computed", 0),
    ("tanh([a])", "tanh wants a value, not a list", 0),
    ("mean([[a]])", "mean wants lists of values", 0),
    ("[a] + 1", "this cannot be computed", 0),
]


@pytest.mark.parametrize(("text", "said", "column"), BAD)
def test_what_cannot_be_read_gets_a_caret_under_the_place(text, said, column):
    with pytest.raises(FormulaError) as error:
        evaluate(text, a=2)
    sentence, line, caret = str(error.value).splitlines()
    assert said in sentence
    assert line == f"  {text.strip()}" and caret == "  " + " " * column + "^"


@pytest.mark.parametrize(
    "text",
    [
        *("", "  ", "(" * 500, "1" * 5000, "a\0b", "[a]"),
        *(pytest.param(text, marks=pytest.mark.needs_stack) for text in ("a" + "+a" * 50_000, "-" * 5000 + "a")),
    ],
)
def test_no_text_at_all_ends_in_a_traceback_of_pythons(text):
    with pytest.raises(FormulaError) as error:
        evaluate(text, a=2)
    assert len(str(error.value)) < 400


def test_errors_of_the_operations_name_the_operand():
    with pytest.raises(DomainError, match=r"log\(a\) is not defined at a = -1.0"):
        evaluate("log(a)", a=-1)
    with pytest.raises(SingularityError, match="divides by zero"):
        evaluate("1 / a", a=0)


def test_assigned_names_become_labels_and_names_are_in_order():
    expression = Expression("b = x + a; n = b * b; n / pi")
    assert expression.names == ["x", "a", "pi"] and expression.assigned == ["b", "n"]
    f = evaluate("b = a + a; c = a; b * c", a=1)
    assert [operand.label for operand in f.operands] == ["b", "a"]


def test_numbers_alone_give_a_float_and_attributes_are_read_where_allowed():
    assert Expression("tanh(0) + 2 * pow(2, 3) - mean([1, 2])").evaluate({}) == 14.5
    assert Expression("a.grad * 2", attributes=True).evaluate({"a": 1.0, "a.grad": 4.0}) == 8.0
    with pytest.raises(FormulaError, match=r"a\.grad is not reached yet"):
        Expression("a.grad", attributes=True).evaluate({"a": 1.0})
    with pytest.raises(FormulaError, match="b has no value"):
        Expression("b.grad", attributes=True).evaluate({"a": 1.0})
