"""One reader: what formulas and typed expressions have in common means the same in both, and is refused in the same words."""

from __future__ import annotations

import math
import random

import pytest

from autograd.errors import FormulaError
from autograd.formula import Formula
from autograd.stepper.expression import Expression

COMMON = [  # text that neither may have, the sentence, the column of the caret
    ("2 ^ a", "use ** for powers", 2),
    ("(a + 1) // 2", "this operator is not known here", 8),
    ("a +* a", "cannot read this here", 3),
    ("tanh(a * ", "this parenthesis is never closed", 4),
    ("a) + 2", "this parenthesis was never opened", 1),
    ("2a", "write 2*a for 2 times a", 0),
    ("1 + tahn(a)", "there is no function tahn: did you mean ta", 4),
    ("b * a(b)", "write a*(...) for a times", 4),
    ("2(a + b)", "write 2*(a + b) for 2 times a + b", 0),
    ("tanh(a, a)", "tanh wants 1 operand, got 2", 0),
    ("a + 2j", "2j is not a real number", 4),
    ("1e999 * a", "this number is too large for a float", 0),
    ("a.__class__", "this has no place in ", 0),
    ("x = a; y = lambda: 1; x", "this has no place in ", 11),
    ("a; a", "want one expression, or steps such as b = a + a; b * b", 0),
    ("a = b = 2; a", "want one expression, or steps", 0),
    ("b = b + 1; b", "b is used before it is computed", 0),
    ("f(a) = 2", "only a name can be on the left of =", 0),
    ("m = a\nm +\\\n  n ^ 2", "use ** for powers", 4),
    ("\u00e9\u00e9 ^ 2", "use ** for powers", 3),
    ("a + " * 30 + "a ^ 2", "use ** for powers", 60),
]


@pytest.mark.parametrize(("text", "sentence", "column"), COMMON)
def test_both_refuse_in_the_same_words_with_a_caret_under_the_place(text, sentence, column):
    with pytest.raises(FormulaError) as of_formula:
        Formula(text)
    with pytest.raises(FormulaError) as of_expression:
        Expression(text)
    for error in (of_formula, of_expression):
        said, line, caret = str(error.value).split("\n")
        assert sentence in said and caret == "  " + " " * column + "^"
        assert line.strip() and line[2:] in text[max(len(text) - 200, 0) :]


def arithmetic(rng: random.Random, depth: int) -> str:
    if not depth or rng.random() < 0.2:
        return rng.choice(["a", "b", "pi", "2", ".5", "1e-3", "3.0"])
    left, right = arithmetic(rng, depth - 1), arithmetic(rng, depth - 1)
    return rng.choice([f"({left} + {right})", f"{left} - {right}", f"{left} * {right}", f"-({left})", f"({left}) / ({right})",
                       f"({left}) ** 2", f"tanh({left})", f"exp(-abs({right}))", f"pow(abs({left}), {right})"])  # fmt: skip


def computed(evaluate):
    """Return a number, or nothing where there is none."""
    try:
        return evaluate()
    except (ArithmeticError, ValueError):
        return None


def test_both_compute_the_same_number_from_the_same_text():
    rng, count = random.Random(5), 0
    for _ in range(500):
        text = f"c = {arithmetic(rng, 2)}; d = {arithmetic(rng, 3)}; d + c * ({arithmetic(rng, 3)})"
        names = {"a": rng.uniform(-2, 2), "b": rng.uniform(-2, 2)}
        of_formula = computed(lambda: Formula(text).evaluate(names))  # noqa: B023
        of_expression = computed(lambda: Expression(text).evaluate(names))  # noqa: B023
        assert (of_formula is None) == (of_expression is None), text
        if of_formula is not None:
            assert math.isclose(of_formula, of_expression, rel_tol=1e-12), text
            count += 1
    assert count > 300


@pytest.mark.parametrize(
    "text",
    [
        *("(" * 500 + "a", "1" * 5000 + " + a", "a\0b", "# a", ""),
        *(pytest.param(text, marks=pytest.mark.needs_stack) for text in ("-" * 5000 + "a", "a" + " + a" * 5000)),
    ],
)
def test_no_text_ends_in_a_traceback_of_pythons(text):
    for read, error in ((Formula, FormulaError), (Expression, FormulaError)):
        with pytest.raises(error) as refused:
            read(text)
        assert len(str(refused.value)) < 400


NO_FORMULA = [  # text that is read, but is not a formula; the sentence; the column of the caret
    ("m = a; m = b; m * m", "'m' is computed twice", 11),
    ("out = a; out", "'out' is taken", 6),
    ("m = xs[i] + 1; m * sum(xs[i])", "'m' has no i", 4),
    ("m = a; sum(m[i])", "'m' is an intermediate value, not a list", 11),
    ("b + sum(a)", "sum(...) needs an xs[i] inside", 4),
    ("max(a, b)", "write max(xs[i]), or an if", 0),
    ("1 + (a < b)", "this is true or false: want a number here, such as 1 if a < b else 0", 5),
    ("1 if a else 2", "this is a number: want a comparison here, such as a != 0", 5),
    ("a + exp", "exp is a function: write exp(...)", 4),
    ("m = a * b", "want one expression at the end", 4),
    ("a < b < c", "this has no place in a formula", 0),
    ("b + " + "tanh(" * 101 + "a" + ")" * 101, "nested more than 100 levels deep", 0),
]


@pytest.mark.parametrize(("text", "sentence", "column"), NO_FORMULA)
def test_what_makes_no_formula_gets_a_caret_too(text, sentence, column):
    with pytest.raises(FormulaError) as refused:
        Formula(text)
    said, _, caret = str(refused.value).split("\n")
    assert sentence in said and caret == "  " + " " * column + "^"
