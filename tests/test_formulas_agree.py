"""Formulas mean one thing: random ones in every mode, and the texts that op() refuses."""

from __future__ import annotations

import math
import subprocess
import sys
import time
import unicodedata

import formulas
import pytest
from backends import needs_c

from autograd import Value, compile, op
from autograd.errors import AutogradError, FormulaError
from autograd.formula import Formula
from autograd.formula.grammar import DEEPEST
from autograd.native.build import compiler
from autograd.ops import OPS


@pytest.fixture(autouse=True)
def _forget_own():
    before = {*OPS}
    yield
    for name in {*OPS} - before:
        del OPS[name]


@pytest.mark.parametrize("count", [40, pytest.param(300, marks=pytest.mark.slow)])
def test_random_formulas_agree_in_every_mode(count):
    seen = formulas.run(count, seed=7)
    assert seen["agreed"] > 0.7 * count and seen["finite points"] > 1.5 * count and seen["refused"] > 0.05 * count


def test_an_addend_keeps_its_parentheses():
    a, b = Value(3.0), Value(5.0)
    ramp = op("ramp", "r", "(a if a > 0 else 0) + b", "1 if a > 0 else 0", "1")
    for backend in ("python", "auto"):
        assert ramp(a, b).data == compile(lambda: ramp(a, b), [a, b], backend)() == 8.0


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("-sum(xs[i] - 1)", -2.0),
        ("0.5 * sum(xs[i] + 1)", 2.0),
        ("2 * max(xs[i] + 1)", 8.0),
        ("2 - sum(xs[i] + xs[i])", -4.0),
    ],
)
def test_a_reduction_of_one_term_keeps_its_parentheses(value, wanted):
    below = op("below", "b", value, xs=value)
    node = below([Value(3.0)])
    assert node.data == wanted and node.partials == (wanted,)


REFUSED = [
    # conditions and numbers
    ("a > 0", "want a number here, such as 1 if a > 0 else 0"),
    ("(a > 0) + a", "true or false: want a number here, such as 1 if a > 0 else 0"),
    ("a > 0 and a", "this is a number: want a comparison here, such as a != 0"),
    ("1 if a else 0", "this is a number: want a comparison here, such as a != 0"),
    ("1 if (a > 0) == (a > 1) else a", "true or false: want a number here, such as 1 if a > 0 else 0"),
    ("m = a > 0; 1 if m else a", "true or false: want a number here, such as 1 if a > 0 else 0"),
    ("sin(a < 1) + a", "true or false: want a number here, such as 1 if a < 1 else 0"),
    # sums that an if might leave out
    ("0 if n > 2 else max(log(xs[i]))", "a max is computed whatever an if chooses: name it first"),
    ("1 if a > 0 and sum(xs[i]) > 0 else 0", "a sum is computed whatever an if chooses"),
    # lists, and the i of their items
    ("sum(a)", r"needs an xs\[i\] inside"),
    ("sum(a) + sum(a[i])", r"sum\(...\) needs an xs\[i\] inside"),
    ("sum(max(a[i]))", r"sum\(...\) needs an xs\[i\] inside"),
    ("a[i]", r"what is i in a\[i\]"),
    ("sum(a[i]) + a", r"'a' .* is a list: write a\[i\]"),
    ("a + n", "names n, the length of a list"),
    ("sum(i * a[i])", "'i'"),
    # intermediates
    ("m = a; m = m + a; m", "'m' is computed twice"),
    ("m = k; k = a; m + k", "k is used before it is computed"),
    ("m = m + a; m", "m is used before it is computed"),
    ("m = k = a; m", "want one expression, or steps such as"),
    ("m = a[i]; sum(a[i]) + m", "'m' has no i"),
    ("m = 1; sum(a[i] * m[i])", "'m' is an intermediate value, not a list"),
    ("__debug__ = a; a", "'__debug__' is taken"),
    # depth
    ("-" * 5000 + "a", f"more than {DEEPEST} levels"),
    ("(" * 5000 + "a" + ")" * 5000, "cannot read|levels"),
    ("a" + " + a" * DEEPEST, f"more than {DEEPEST} levels"),
    ("sin(" * DEEPEST + "a" + ")" * DEEPEST, f"more than {DEEPEST} levels"),
    # text
    ("a\0", "cannot read"),
    ("a + '\ud800'", "cannot read"),
    ("9" * 5000 + " * a", "cannot read|no place|too long"),
    ("a + True", "True is not a real number"),
]  # fmt: skip


def _case(text, said):
    return pytest.param(text, said, marks=[pytest.mark.needs_stack] * (text.count("-") > 1000))


@pytest.mark.parametrize(("text", "said"), [_case(*case) for case in REFUSED], ids=range(len(REFUSED)))
def test_what_could_mean_two_things_is_refused(text, said):
    with pytest.raises(FormulaError, match=f"(?s){said}"):
        op("refused", "r", text, "1")
    assert "refused" not in OPS


@pytest.mark.needs_stack
def test_a_text_that_is_too_deep_is_not_repeated_in_full():
    with pytest.raises(FormulaError) as error:
        Formula("-" * 5000 + "a")
    assert len(str(error.value)) < 400


@pytest.mark.parametrize(
    ("partials", "said"),
    [
        ({"xs": "ks[i]"}, "names 'ks', which is not an operand"),
        ({"xs": "1 + xs"}, r"'xs' in '1 \+ xs' is a list"),
        ({"xs": "b[i]"}, "'b' is not a list"),
        ({"b": "xs[i]"}, r"what is i in xs\[i\], in 'xs\[i\]', the partial of 'b'"),
        ({"b": "b = 2; b"}, "'b' in 'b = 2; b' is an operand"),
        ({"b": "sum(b)"}, r"needs an xs\[i\]"),
        ({"b": "1 < b"}, "is true or false"),
        ({"domain": "b"}, "this is a number: want a comparison here, such as b != 0"),
        ({"domain": "c > 0"}, "the domain names 'c'"),
        ({"defaults": {"b": None}}, "'b' can be left out only where it is a term of a sum, and 'b' uses it"),
    ],
)
def test_a_partial_is_checked_against_the_operands(partials, said):
    with pytest.raises(FormulaError, match=said):
        op("refused", "r", "sum(xs[i]) + b", **{"xs": "b", "b": "1", **partials})


def test_the_deepest_formula_works_everywhere():
    text = "sin(" * (DEEPEST - 1) + "a" + ")" * (DEEPEST - 1)
    deep = op("deep", "d", text, text)
    x = Value(0.5)
    node = deep(x)
    assert compile(lambda: deep(x), [x], "python")() == node.data == OPS["deep"].value.evaluate({"a": 0.5})
    assert str(node.draw()) and node.tree()


@pytest.mark.parametrize(
    "text", ["1e308 * 10 * a", "sinh(sinh(7)) ** 2 * a", "a / (1e308 * 10)", "(0 - 1e308 * 10) * a"]
)
def test_a_constant_that_overflows_is_said_when_it_is_computed(text):
    large, x = op("large", "l", text, "1"), Value(0.5)
    outcomes = {
        formulas.outcome(compute) for compute in (lambda: large(x).data, compile(lambda: large(x), [x], "python"))
    }
    assert len(outcomes) == 1
    assert all(isinstance(one, float) or issubclass(one, AutogradError) for one in outcomes)


NAMES = "node xs_0 o0 a_data scope in_mode indices range name symbol value self other kind new out_ NOT_REACHED x é M_PI sum_0"


@pytest.mark.parametrize("name", NAMES.split())
def test_an_operand_may_be_called_as_something_of_ours(name):
    single = op("single", "s", f"m = 2 * {name}; m * {name} + y", **{name: f"4 * {name}", "y": "1"})
    wide = op(
        "wide",
        "w",
        f"new_ = sum({name}[i] ** 2); new_ * k",
        **{name: f"2 * k * {name}[i]", "k": f"sum({name}[i] ** 2)"},
    )
    x, y = Value(3.0), Value(1.0)
    for own, operands in ((single, (x, y)), (wide, ([x, 2.0, y], y)), (wide, ([x, *[Value(2.0)] * 70], y))):
        node = own(*operands)
        step = compile(lambda own=own, operands=operands: own(*operands), [x, y], "python")
        assert step() == node.data
        assert node.tree() and node.draw()
    x.zero_grad()
    single(**{name: x, "y": y}).backward()
    assert x.grad == 12.0


@pytest.mark.parametrize("name", ["ﬁ", "ｘ", "µ"])
def test_a_name_is_what_python_reads_it_as(name):
    same = op(name, "s", f"{name} * 2", **{name: "2"})
    assert same(Value(3.0)).data == 6.0 and unicodedata.normalize("NFKC", name) in OPS


@pytest.mark.parametrize("name", ["mode", "type", "len", "Value", "kernel", "carefully", "float"])
def test_a_parameter_that_would_hide_what_its_function_calls_is_refused(name):
    with pytest.raises(FormulaError, match=f"'{name}' is taken"):
        op("hiding", "h", f"sum({name}[i])", **{name: "1"})
    assert "hiding" not in OPS


def test_a_second_operand_with_a_default_may_be_called_a():
    shifted = op("shifted", "s", "x - 2 * a", x="1", a="-2", defaults={"a": 0.5})
    node = shifted(Value(3.0), Value(1.0))
    assert (node.data, node.partials, shifted(Value(3.0)).data) == (1.0, (1.0, -2.0), 2.0)


def test_a_default_may_be_infinite():
    capped = op(
        "capped",
        "c",
        "a if a < top else top",
        a="1 if a < top else 0",
        top="0 if a < top else 1",
        defaults={"top": math.inf},
    )
    assert capped(Value(3.0)).data == 3.0 and capped(Value(3.0), 2.0).data == 2.0


def test_a_function_keeps_its_row_when_the_name_is_defined_again():
    first = op("again", "a", "2 * a", "2")
    second = op("again", "a", "a * a", "2 * a")
    x = Value(3.0)
    assert (first(x).op.value.source, second(x).op.value.source) == ("2 * a", "a * a")


def test_a_remark_in_a_formula_is_no_code():
    own = op("remarked", "r", 'a * 2  # """; raise SystemExit #', '2  # \\"""\\')
    assert own(Value(1.0)).data == 2.0 and "raise SystemExit" in own.__doc__


@needs_c
@pytest.mark.slow  # with another row, the interpreter is built again
def test_the_length_of_a_list_is_a_real_number_in_c():
    own = op("lengths", "l", "sum(xs[i]) * (n / n ** 2)", xs="n / n ** 2 + (n - 1) / n")
    xs = [Value(1.0), Value(2.0)]
    assert compile(lambda: own(xs), xs, "c")() == own(xs).data == 1.5
    assert [x.grad for x in xs] == [1.0, 1.0]


def test_two_partials_may_use_the_same_name_for_different_things():
    both = op("both", "b", "sum(xs[i]) * sum(ws[i])", xs="m = sum(ws[i]); m", ws="m = sum(xs[i]); m")
    for size in (2, 70):
        node = both([Value(2.0)] * size, [Value(3.0)] * size)
        assert node.partials == (3.0 * size,) * size + (2.0 * size,) * size


def test_defining_operations_takes_linear_time():
    def seconds(count: int) -> float:
        start = time.process_time()
        for k in range(count):
            op(f"linear_{k}", "l", "a * a", "2 * a")
        return time.process_time() - start

    seconds(50)
    early = min(seconds(200) for _ in range(2))
    seconds(1000)
    assert min(seconds(200) for _ in range(2)) < 3 * early


@needs_c
def test_a_label_that_is_a_macro_is_a_name_in_c(tmp_path):
    """Every macro that the compiler defines with the page's headers is tried as a label and as an argument."""
    command = [*compiler(), "-dM", "-E", "-include", "math.h", "-include", "stdio.h", "-x", "c", "/dev/null"]
    known = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    macros = sorted({line.split()[1].partition("(")[0] for line in known.splitlines() if line.startswith("#define")})
    macros = [name for name in macros if not name.startswith("__")] + [
        "M_PI",
        "EOF",
        "NULL",
        "linux",
        "unix",
        "asm",
        "errno",
        "main",
    ]
    leaves = [Value(0.5 + k, label=name) for k, name in enumerate(macros)]

    def loss(M_PI):
        total = Value(0.0)
        for leaf in leaves:
            total = total + leaf * M_PI
        return total

    step = compile(loss, leaves, "python")
    wanted = step(2.0)
    (tmp_path / "page.c").write_text(step.source_c, encoding="utf-8")
    subprocess.run([*compiler(), "page.c", "-o", "page", "-lm"], cwd=tmp_path, check=True)
    printed = subprocess.run([f"{tmp_path}/page"], capture_output=True, text=True, check=True).stdout
    assert float(printed.splitlines()[0].split()[1]) == wanted


def test_the_script_runs_by_itself():
    command = [sys.executable, "-m", "tests.formulas", "--count", "5", "--seed", "3"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=formulas.__file__.rpartition("tests")[0]
    )
    assert done.returncode == 0 and done.stdout.endswith("no disagreement\n"), done.stdout + done.stderr
