"""A guess has to agree to the digits typed, at least two, and it matters how it was typed."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from autograd import Value
from autograd.errors import ArgumentError
from autograd.graph import Graph
from autograd.stepper.guesses import Guess


def graph():
    a = Value(3.0, label="a")
    f = a * a
    f.label = "f"
    return Graph(f)


AGREES = [
    ("0.71", 0.7071, True), ("0.70", 0.7071, False), ("0.707", 0.7071, True), (".71", 0.7071, True),
    ("7.1e-1", 0.7071, True), ("0.7", 0.7, True), ("0.7", 0.7071, False), (0.7071, 0.70714, True),
    (5, 5.0, True), (5, 5.04, True), (5, 5.06, False), (10, 10.4, True), (10, 10.6, False), ("10.0", 10.04, True),
    ("1_000", 1000.4, True), (-6, -6.0, True), (-6, 6.0, False), ("-0.50", -0.504, True), (Fraction(1, 2), 0.5, True),
    (0, 0.0, True), (0, 0.001, False), ("0.0", 1e-300, True), ("1e-5", 1.04e-5, True), ("1e-5", 1.06e-5, False),
    (float("inf"), float("inf"), True), (float("inf"), 1e308, False), (1, float("inf"), False), (1, float("nan"), False),
    (0.1 + 0.2, 0.3, True), (1e300, 1e300, True), ("2 * a", 6.0, True), ("a**2 + f", 18.0, True), ("2 * a", 6.0001, False),
    ("1/3", 1 / 3, True), (True, 1.0, True),
]  # fmt: skip


@pytest.mark.parametrize(("guess", "truth", "agrees"), AGREES)
def test_agrees(guess, truth, agrees):
    assert Guess(guess, graph()).agrees(truth) is agrees


@pytest.mark.parametrize(
    ("guess", "truth", "few"),
    [("0.7", 0.7071, True), ("0.8", 0.7071, False), (1, 0.9, True), (0, 0.3, False), ("0.70", 0.7, False)],
)
def test_too_few_digits(guess, truth, few):
    assert Guess(guess, graph()).too_few_digits(truth) is few


@pytest.mark.parametrize("guess", ["nan", math.nan, "", "zz", "a +", None, [], 1j, Value(1.0)])
def test_what_is_no_guess(guess):
    with pytest.raises(ArgumentError):
        Guess(guess, graph())


def test_an_upstream_gradient_alone_and_a_classical_mistake_are_told_before_a_cut_edge():
    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    p = a * b
    f = p * 0.5
    p.label, f.label = "p", "f"
    assert f.step_through().predict(a, 0.5) == (
        "not 0.5: the partial is forgotten: it is p.grad alone, to be multiplied by the partial d(a * b)/da"
    )
    c = Value(1.0, label="c")
    d = c + c
    g = d * (d + 1)
    assert "visited set" in g.step_through().predict(c, 6) and "without the edge" in g.step_through().predict(c, 4)
    y = c * 3
    assert g.why(y) == "no path from g to y: was it made from .data, or inside no_grad()?"
