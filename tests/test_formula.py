"""Formulas: the grammar, and that every language computes what the row says."""

from __future__ import annotations

import math
import subprocess

import pytest

from autograd.errors import FormulaError
from autograd.formula import IEEE, JAVASCRIPT, LATEX, PYTHON, READABLE, C, Formula
from autograd.formula.languages import helpers
from autograd.ops import BUILTIN, OPS

NESTED = [
    "a - (b - c)", "a - b - c", "a / (b / c)", "a / b / c", "a * (b + c)", "(a + b) * c", "-a ** 2", "(-a) ** 2", "-(a + b)",
    "a ** 3", "2 ** b", "a if b < c else (b if a > 1 else c)", "(a if b < c else b) * 2", "-(-a)", "a - -b",
    "1 if a < 0 and b > 0 or c == 3 else 0", "1 if a < 0 and (b > 0 or c == 3) else 0", "pow(a * a, b - c)", "abs(-a) - 1",
]  # fmt: skip


@pytest.mark.parametrize("source", NESTED)
def test_printed_python_means_what_was_read(source):
    """Parentheses appear where they must: Python itself is the judge, of code and of what people read."""
    env = {"pow": math.pow, "abs": abs}
    for a, b, c in ((1.5, 2.5, 3.0), (-0.5, 1.0, 2.0), (-2.0, 3.0, 0.25)):
        names = {"a": a, "b": b, "c": c}
        expected = eval(source, env, names)
        assert eval(Formula(source).text(PYTHON), env, names) == pytest.approx(expected, rel=1e-15)
        assert eval(Formula(source).text(READABLE), env, names) == pytest.approx(expected, rel=1e-15)
        assert Formula(source).evaluate(names) == pytest.approx(expected, rel=1e-15)
        within = {name: f"({number!r})" for name, number in names.items()}
        assert eval(Formula(source).text(PYTHON, within), env) == pytest.approx(expected, rel=1e-15)


def _texts(dialect):
    for name in BUILTIN:
        for formula in (OPS[name].value, *OPS[name].partials):
            names = {"xs": ["x0", "x1"], "ws": ["w0", "w1"]}
            yield name, formula, formula.text(dialect, names, 1)


def test_every_row_prints_in_every_language():
    for dialect in (PYTHON, C, JAVASCRIPT, READABLE, LATEX):
        for name, _formula, text in _texts(dialect):
            assert text, name
            assert dialect is LATEX or text.count("(") == text.count(")"), (name, text)
            assert dialect is not LATEX or text.count("{") == text.count("}"), (name, text)


def test_javascript_computes_the_rows(tmp_path):
    """The emitted expressions, run by node, agree with ours to the last few digits."""
    import shutil

    if not shutil.which("node"):
        pytest.skip("node is not installed")
    point = {
        "a": 0.7,
        "b": 1.3,
        "negative_slope": 0.01,
        "alpha": 0.7,
        "low": 0.5,
        "high": 0.5,
        "condition": 1.0,
        "out": 0.6,
        "bias": 0.5,
        "x": 0.3,
        "x0": 0.3,
        "x1": 0.6,
        "w0": 2.0,
        "w1": -1.0,
    }
    lines = [f"const {name} = {number};" for name, number in point.items()]
    texts = [*_texts(JAVASCRIPT)]
    lines += helpers("javascript", "\n".join(text for _, _, text in texts))
    expected = []
    for name, formula, text in texts:
        lines.append(f"console.log({text});")
        named = {**point, "xs": [0.3, 0.6], "ws": [2.0, -1.0]}
        expected.append((name, text, formula.evaluate(named, IEEE, 1)))
    script = tmp_path / "rows.js"
    script.write_text("\n".join(lines))
    printed = subprocess.run(["node", str(script)], capture_output=True, text=True, check=True).stdout.split()
    assert len(printed) == len(expected) > 50
    for (name, text, number), found in zip(expected, printed):
        assert float(found) == pytest.approx(number, rel=1e-13, nan_ok=True), (name, text)


def test_people_read_what_was_written_and_machines_what_is_fast():
    gelu = OPS["gelu"].value
    assert gelu.text(READABLE) == "0.5*a*(1 + erf(a/sqrt(2)))"
    assert "sqrt" not in gelu.text(PYTHON)
    assert OPS["tanh"].partials[0].text(READABLE, {"out": "f"}) == "1 - f**2"
    assert OPS["tanh"].partials[0].text(C, {"out": "v8"}) == "1.0 - v8 * v8"
    assert OPS["div"].value.text(LATEX) == r"\frac{a}{b}"
    assert Formula("a * b").text(READABLE, {"a": "(-3)", "b": "2"}) == "(-3)*2"


def test_ieee_follows_the_standard():
    inf, nan = math.inf, math.nan
    cases = [
        ("a / b", 1.0, 0.0, inf), ("a / b", -1.0, 0.0, -inf), ("a / b", 1.0, -0.0, -inf), ("a / b", 0.0, 0.0, nan),
        ("log(a)", 0.0, 0, -inf), ("log(a)", -1.0, 0, nan), ("sqrt(a)", -1.0, 0, nan), ("exp(a)", 1e4, 0, inf),
        ("pow(a, b)", -2.0, 0.5, nan), ("pow(a, b)", 0.0, -1.0, inf), ("pow(a, b)", -0.0, -1.0, -inf),
        ("pow(a, b)", 0.0, -2.0, inf), ("pow(a, b)", 1e200, 2.5, inf), ("pow(a, b)", -1e200, 3.0, -inf),
        ("log1p(a)", -1.0, 0, -inf), ("sinh(a)", -1e4, 0, -inf), ("cosh(a)", -1e4, 0, inf), ("asin(a)", 2.0, 0, nan),
        ("sin(a)", inf, 0, nan),
    ]  # fmt: skip
    for source, a, b, expected in cases:
        found = Formula(source).evaluate({"a": a, "b": b}, IEEE)
        assert found == expected or (math.isnan(found) and math.isnan(expected)), (source, a, b, found)


@pytest.mark.parametrize(
    "bad", ["a.b", "[a]", "a; b", "f(a)", "a < b < c", "sum(a)(b)", "x[0]", "a and", "import os", "not a", "a @ b"]
)
def test_what_is_no_formula_is_refused(bad):
    with pytest.raises(FormulaError):
        Formula(bad)
