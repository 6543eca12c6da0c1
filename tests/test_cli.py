"""``python -m autograd``: an expression read safely, its forward table, every edge, a picture; bad input in one sentence."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autograd.cli.command import forward_table, graph_of, main
from autograd.errors import FormulaError
from autograd.graph import Graph

NEURON = ["tanh(a*b + c)", "a=2", "b=-3", "c=6.8813735870195432"]
EMBLEM = ["b = a + a; b * (b + 1)", "a=1"]


def test_the_readme_commands_print_every_edge(capsys, golden):
    assert main([*NEURON, "--all"]) == 0 and main([*EMBLEM, "--all"]) == 0
    golden("cli_all.txt", capsys.readouterr().out)


def test_the_prompt_comes_after_the_forward_table(capsys, monkeypatch):
    lines = iter(["st", "quit"])
    monkeypatch.setattr("builtins.input", lambda _: next(lines))
    assert main(EMBLEM) == 0
    said = capsys.readouterr().out
    assert said.index("b  = a + a = 1 + 1 = 2") < said.index("edge 0 of 5") < said.index("[edge 1/5] f -> b")


def test_the_forward_pass(capsys, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _: "quit")
    assert main([*NEURON, "--forward"]) == 0
    assert "0.7071" not in capsys.readouterr().out  # nothing is shown before it is reached
    assert main([*NEURON, "--forward", "--all"]) == 0
    assert "[operation 3/3] f = tanh(v4)" in capsys.readouterr().out


BAD = [
    (["a ^ 2", "a=1"], "use ** for powers\n  a ^ 2\n    ^"),
    (["a*b", "a=1"], "b has no value: add b=1"),
    (["a*b*c", "a=1"], "b and c have no value: add b=1 c=1"),
    (["a*b", "a=1", "b=2", "c=3"], "there is no c in 'a*b': it has a, b"),
    (["b = a; b * b", "a=1", "b=2"], "b is computed in 'b = a; b * b', so it takes no value"),
    (["a*b", "a=1", "b=2", "a=3"], "a has 2 values: want one"),
    (["a*b", "a=x", "b=2"], "a wants a number, got 'x'"),
    (["a*b", "a=", "b=2"], "a wants a number, got ''"),
    (["a", "*", "b"], "want a value such as a=2, got '*': is the expression in quotes?"),
    (["a b", "a=1"], "cannot read this here\n  a b\n    ^"),
    (["2*3"], "2*3 = 6 has no names in it"),
    (["a = 1; b = a * a"], "nothing in it is free to change"),
    (["log(a)", "a=-1"], "log(a) is not defined at a = -1.0: want a > 0"),
    (
        ["sqrt(a)", "a=0", "--all"],
        "no gradient can flow through f = sqrt(a) to a: the slope, 0.5 / f, is infinite at a = 0.0",
    ),
    (["a*2", "a=1", "--svg", "/nowhere/at/all.svg"], "cannot write /nowhere/at/all.svg"),
    (["__import__('os').system('true')"], "only functions"),
]


@pytest.mark.parametrize(("arguments", "said"), BAD)
def test_bad_input_gets_one_sentence_and_status_2_and_a_failure_to_write_1(arguments, said, capsys):
    if "--svg" in arguments:
        pytest.importorskip("graphviz")
    assert main(arguments) == (1 if "--svg" in arguments else 2)
    error = capsys.readouterr().err
    if "--svg" in arguments and "layout engine" in error:
        pytest.skip("no layout engine")
    assert said in error or "there is no function system" in error
    assert "Traceback" not in error


def test_no_arguments_print_the_help(capsys):
    assert main([]) == 2
    assert "python -m autograd doctor" in capsys.readouterr().out
    with pytest.raises(SystemExit) as left:
        main(["--bogus"])
    assert left.value.code == 2


def test_an_expression_may_begin_with_a_minus_and_numbers_be_fractions():
    assert graph_of("-a*2", ["a=1/3"]).data == -2 / 3
    assert main(["-a*2", "a=-1/3", "--all"]) == 0


def test_a_files_name_may_begin_with_a_minus(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["-a*b", "a=2", "b=3", "--all", "--html", "-page.html"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["-page.html"]
    assert "-6" in capsys.readouterr().out


def test_the_result_gets_a_name_that_is_free():
    assert graph_of("a*2", ["a=1"]).label == "f"
    assert graph_of("f*2", ["f=1"]).label == "out"
    assert graph_of("y = f*2", ["f=1"]).label == "y"
    with pytest.raises(FormulaError, match="nothing to differentiate"):
        graph_of("y = 2*2")


def test_the_forward_table():
    assert forward_table(Graph(graph_of("x = a*b; tanh(x)", ["a=2", "b=0.25"]))) == (
        "  a = 2\n  b = 0.25\n  x = a * b = 2 * 0.25 = 0.5\n  f = tanh(x) = tanh(0.5) = 0.4621"
    )


def test_the_picture_is_written_and_the_page_too(tmp_path, capsys, monkeypatch):
    pytest.importorskip("graphviz")
    monkeypatch.setattr("builtins.input", lambda _: pytest.fail("a command that writes a file asks nothing"))
    picture, page = tmp_path / "f.svg", tmp_path / "f.html"
    status = main([*EMBLEM, "--svg", str(picture)])
    if "layout engine" in capsys.readouterr().err:
        pytest.skip("no layout engine")
    assert status == 0 and "<svg" in picture.read_text(encoding="utf-8")
    assert main([*EMBLEM, "--html", str(page)]) == 0
    assert "<html" in page.read_text(encoding="utf-8")


def test_a_reader_who_has_seen_enough_ends_it_quietly():
    code = "import sys, autograd.cli.command as m; sys.argv[1:] = ['a*a', 'a=1', '--all']; sys.exit(m.main())"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.wait(timeout=30)
    process.stderr.close()


def test_a_film_is_written_and_the_picture_opened_with_the_options_of_draw(tmp_path, capsys, monkeypatch):
    pytest.importorskip("graphviz")
    from autograd.stepper import Stepper

    film, shown = tmp_path / "steps.svg", []
    monkeypatch.setattr(Stepper, "show", lambda self, **options: shown.append(options))
    status = main(
        [*EMBLEM, "--film", str(film), "--show", "--depth", "none", "--digits", "3", "--theme", "dark", "--all"]
    )
    if "layout engine" in capsys.readouterr().err:
        pytest.skip("no layout engine")
    assert status == 0 and film.read_text(encoding="utf-8").count("<svg") >= 1
    assert shown == [{"depth": None, "digits": 3, "theme": "dark"}]


def test_what_is_interrupted_ends_with_the_status_that_shells_expect(capsys, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("autograd.cli.command._run", interrupted)
    assert main(["a*a", "a=1"]) == 130 and capsys.readouterr().out == "\n"


def test_output_that_is_no_file_and_letters_that_are_none_do_no_harm(monkeypatch):
    import io

    written = io.StringIO()
    monkeypatch.setattr(sys, "stdout", type("Window", (), {"write": written.write, "flush": lambda self: None})())
    assert main(["a*a", "a=3", "--all"]) == 0 and "done" in written.getvalue()
    monkeypatch.undo()
    assert main(["a*\ud800", "a=1"]) == 2  # half a character, as Windows lets through


def test_the_version_is_told_from_a_checkout_too(capsys, monkeypatch):
    import importlib.metadata

    def gone(_):
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.setattr(importlib.metadata, "version", gone)
    with pytest.raises(SystemExit):
        main(["--version"])
    assert "not installed: running from its folder" in capsys.readouterr().out


EXTREME = {
    **{f"{name} of nothing": (f"a + {name}([])", "a=2", f"{name} wants at least one value, got an empty list")
       for name in ("total", "sum", "mean", "max", "maximum", "minimum", "logsumexp")},
    "dot of nothing": ("a + dot([], [])", "a=2", "dot wants at least one value"),
    "a long name": ("x" * 100_000 + "*2", "a=1", "there is no a in"),
    "a long name of a value": ("a*2", "x" * 100_000 + "=1", "there is no xxx"),
    "a long number": ("a*2", "a=" + "9" * 100_000, "a wants a number, got '999"),
    "a long name without a value": ("x" * 100_000 + "*a", "a=1", "has no value: add"),
    "deep parentheses": ("(" * 100_000 + "a" + ")" * 100_000, "a=1", "too many nested parentheses"),
    "deep calls": ("tanh(" * 100_000 + "a" + ")" * 100_000, "a=1", "too many nested parentheses"),
    "deep lists": ("total(" + "[" * 100_000 + "a" + "]" * 100_000 + ")", "a=1", "too many nested parentheses"),
    "deep powers": ("**".join(["a"] * 10_000), "a=1", "is nested too deeply"),
    "a full-width digit": ("a*２", "a=1", "invalid character '２'"),
    "a NUL": ("a\0*2", "a=2", "null bytes"),
    "a NUL in a number": ("a*2", "a=2\0", "a wants a number"),
}  # fmt: skip


@pytest.mark.parametrize("what", EXTREME)
def test_extreme_expressions_get_a_short_answer(what, capsys):
    expression, value, said = EXTREME[what]
    assert main([expression, value, "--all"]) == 2
    error = capsys.readouterr().err
    assert said in error and len(error) < 500 and "Traceback" not in error


@pytest.mark.parametrize("value", ["ａ=2", "a=２", "a=2"])
def test_full_width_letters_and_digits_are_those_of_python(value, capsys):
    assert main(["ａ*a", value, "--all"]) == 0 and "f = a * a = 2 * 2 = 4" in capsys.readouterr().out
