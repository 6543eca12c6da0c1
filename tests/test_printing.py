"""The printer: random terms in every dialect, read back by readers of their own, are the same terms."""

from __future__ import annotations

import math
import random
import re

import pytest
from readers import read_c, read_javascript, read_latex, read_python

from autograd import Value, maximum
from autograd.compiled.c.template import _CHECKED
from autograd.explain.formulas import formula, latex
from autograd.explain.phrases import SPOKEN
from autograd.formula import FUNCTIONS, JAVASCRIPT, LATEX, PYTHON, READABLE, SUM, TERM, C, Expr, Formula
from autograd.formula.dialects import printed
from autograd.graph import Graph

DIALECTS = {
    PYTHON: read_python, C: read_c, JAVASCRIPT: read_javascript, READABLE: read_python, SPOKEN: read_python, LATEX: read_latex,
}  # fmt: skip
NUMBERS = (0.0, 1.0, 2.0, 3.0, 0.5, 20.0, 1e-7, 12345.0)
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


def number(rng: random.Random, depth: int, wide: bool = False) -> Expr:
    """Return a random term that is a number; `wide`: that may use xs[i]."""
    if depth == 0:
        leaves = [Expr("name", atom=rng.choice("abc")), Expr("number", atom=rng.choice(NUMBERS))]
        return rng.choice([*leaves, Expr("item", atom=rng.choice(["xs", "ws"]))] if wide else leaves)
    kind = rng.randrange(12)
    deeper = lambda: number(rng, rng.randrange(depth), wide)  # noqa: E731
    if kind < 6:
        return Expr(rng.choice("+-*/"), (deeper(), deeper()))
    if kind == 6:
        return Expr(rng.choice(["**", "pow"]), (deeper(), deeper()))
    if kind == 7:
        return Expr("neg", (deeper(),))
    if kind == 8:
        return Expr("if", (condition(rng, depth - 1, wide), deeper(), deeper()))
    if kind == 9:
        return Expr("squared", (number(rng, 0, wide),))
    if kind == 10:
        name = rng.choice([*FUNCTIONS])
        return Expr(name, tuple(deeper() for _ in range(FUNCTIONS[name])))
    body = Expr(rng.choice("+-*/"), (Expr("item", atom="xs"), number(rng, rng.randrange(depth), True)))
    return Expr(rng.choice(["sum", "max"]), (rng.choice([body, Expr("neg", (body,)), body.args[0]]),))


def condition(rng: random.Random, depth: int, wide: bool = False) -> Expr:
    if depth <= 0 or rng.random() < 0.5:
        return Expr(rng.choice(COMPARISONS), (number(rng, max(0, depth), wide), number(rng, max(0, depth), wide)))
    return Expr(rng.choice(["and", "or"]), (condition(rng, depth - 1, wide), condition(rng, depth - 1, wide)))


def plain(term: Expr, dialect, names, index=None):
    """Return a term as the readers have it: what every language writes the same way is the same."""
    head = term.head
    if head == "number":
        return ("neg", -term.atom) if str(term.atom).startswith("-") else term.atom
    if head == "name":
        return names.get(term.atom, term.atom)
    if head == "item":
        return f"{term.atom}[i]" if index is None else names[term.atom][index]
    if head in ("sum", "max") and "xs" in names:
        first, *rest = (plain(term.args[0], dialect, names, i) for i in range(len(names["xs"])))
        for other in rest:
            first = ("+" if head == "sum" else "larger"), first, other
        return first
    args = tuple(plain(arg, dialect, names, None if head in ("sum", "max") else index) for arg in term.args)
    if head == "squared":
        return ("*", *args, *args) if dialect.code else ("**", *args, 2.0)
    if head in ("**", "pow"):
        return ("pow" if dialect.code else "**"), *args
    return head, *args


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_random_term_is_read_back_as_the_same_term(dialect):
    rng = random.Random(dialect.name)
    kept = 0
    for _ in range(1500):
        term = dialect.prepare(number(rng, rng.randrange(5)))
        text = printed(term, dialect, {}, None).within(0)
        assert DIALECTS[dialect](text) == plain(term, dialect, {}), text
        kept += term.head != "number"
    assert kept > 1000


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("length", [1, 2, 3])
def test_so_it_is_with_its_reductions_written_out(dialect, length):
    rng = random.Random(f"{dialect.name} {length}")
    names = {name: [f"{name[0]}{i}" for i in range(length)] for name in ("xs", "ws")}
    for _ in range(300):
        term = dialect.prepare(number(rng, 1 + rng.randrange(4), wide=True))
        wanted = plain(term, dialect, names, 0)
        assert DIALECTS[dialect](printed(term, dialect, names, 0).within(0)) == wanted
        formula = Formula("a")
        formula.result = term
        if not any(term.indexed()):
            terms = formula.addends(dialect, names)
            text = " + ".join(t.within(TERM if i else SUM if terms[1:] else 0) for i, t in enumerate(terms))
            assert DIALECTS[dialect](text) == wanted, text
        one = {1: "d", -1: ("neg", "d")}.get(term.atom) if term.head == "number" else None
        times = DIALECTS[dialect](formula.times("d", dialect, names, 0).within(0))
        assert times == (one or ("*", wanted, "d"))


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_name_may_stand_for_a_number_or_for_other_text(dialect):
    rng = random.Random(dialect.name)
    for _ in range(500):
        term, inner = (dialect.prepare(number(rng, rng.randrange(4))) for _ in range(2))
        names = {"a": -1.5, "b": printed(inner, dialect, {}, None), "c": 0.25}
        meant = {"a": ("neg", 1.5), "b": plain(inner, dialect, {}), "c": 0.25}
        assert DIALECTS[dialect](printed(term, dialect, names, None).within(0)) == plain(term, dialect, meant)


def test_the_c_that_notices_is_c():
    """The interpreter's dialect differs only in calls."""
    rng = random.Random(1)
    for _ in range(500):
        term = C.prepare(number(rng, rng.randrange(5)))
        read = read_c(printed(term, _CHECKED, {}, None).within(0).replace("&bad", "bad"))

        def unchecked(read):
            if not isinstance(read, tuple):
                return read
            head, *args = read
            args = [*map(unchecked, args)]
            if head == "seen":
                return args[0]
            return ("/", *args[:2]) if head == "over" else (head, *args)

        assert unchecked(read) == plain(term, C, {})


def test_intermediates_are_put_in_whole():
    source = "m = a if a > 0 else -a; p = m - b; p * m - p ** 2 - (0 - p)"
    env = {"a": -2.0, "b": 3.0}
    assert eval(Formula(source).text(READABLE), env) == Formula(source).evaluate(env)


def test_what_would_grow_out_of_hand_keeps_its_names():
    lets = "; ".join(["m0 = a + 1", *(f"m{k} = m{k - 1} * m{k - 1} / 2" for k in range(1, 60))])
    text = Formula(f"{lets}; m59").text(READABLE)
    assert text.startswith("m0 = a + 1; m1 = m0*m0/2; ") and len(text) < 2000


def random_root(rng: random.Random):
    made = [Value(round(rng.uniform(-2, 2), 2), label=name) for name in "abc"]
    for _ in range(6):
        x, y = rng.choice(made), rng.choice([*made, -1.5, 2.0])
        made.append(rng.choice([x + y, x - y, x * y, -x, y - x, abs(x), x.sin(), maximum(x, y)]))
    return made[-1]


def test_a_graph_is_written_as_its_formula_is():
    """formulas.py prints through the same table: what it writes is what was computed, in Python and in LaTeX."""
    rng = random.Random(2)
    for _ in range(300):
        root = random_root(rng)
        names = {"sin": math.sin, "maximum": max, "Value": float}
        names |= {node.label: node.data for node in Graph(root).nodes if node.label}
        for line in formula(root).splitlines():
            name, _, text = line.rpartition(" = ")
            names[name] = found = eval(text, {}, names)
        assert found == pytest.approx(root.data, rel=1e-12)
        typeset = re.sub(r"\\(begin|end)\{aligned\}\n?|&| \\\\$", "", latex(root), flags=re.MULTILINE)
        typeset = re.sub(r"\\mathrm\{(\w+)\}", r"\1", typeset).strip()
        assert whole(typeset, read_latex) == whole(formula(root), read_python)


def whole(text: str, read):
    """Return the last of some lines "name = term", with the terms above put in for their names."""

    def expanded(term):
        return tuple(map(expanded, term)) if isinstance(term, tuple) else named.get(term, term)

    named = {}
    for line in text.splitlines():
        name, _, term = line.rpartition(" = ")
        named[name.strip()] = result = expanded(read(term))
    return result
