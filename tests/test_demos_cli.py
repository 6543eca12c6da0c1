"""`python -m demos` as a newcomer meets it: the list, the flags, and one clear sentence for anything that goes
wrong."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demos import cli
from demos.languages import LANGUAGES, using
from demos.shared import environment
from demos.shared.catalog import DEMOS, LESSONS, find

ROOT = Path(__file__).parent.parent
RUSSIAN = (  # copied from the list that the project grew from
    "Как скалярное произведение используется в Attention механизмах?",
    "Как работает матричное умножение в слое нейросети?",
    "Как вычисляется градиент функции потерь?",
    "Как работает градиентный спуск с точки зрения математики?",
    "Почему производные важны для backpropagation?",
    "Как матрицы весов трансформируют данные в линейной модели?",
)
QUESTIONS = {51: "attention", 52: "layer", 53: "gradient", 54: "descent", 55: "nudge", 56: "transform"}


def start(*words, cwd=ROOT, **env):
    """Run Python with these words, and return the finished process."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )


def test_it_lists_every_demo_with_its_question():
    said = start("-m", "demos", PYTHONIOENCODING="utf-8")
    assert said.returncode == 0 and said.stderr == ""
    for demo in DEMOS:
        assert demo.name in said.stdout and demo.question in said.stdout and demo.russian in said.stdout
    assert " all " in said.stdout


def test_exercises_are_written_and_checked_from_the_command_line(tmp_path, capsys):
    def asked(*words):
        try:
            status = cli.main([*words])
        except SystemExit as left:
            status = left.code
        return status, *capsys.readouterr()

    status, said, failed = asked("exercises", str(tmp_path / "mine"))
    assert (status, failed) == (0, "") and f"{len(LESSONS)} new files" in said
    path = tmp_path / "mine" / "lesson_54.py"
    assert f"check {path.name}" in path.read_text(encoding="utf-8")
    checked = start("-m", "demos", "check", str(path))
    assert checked.returncode == 1 and checked.stdout == "descend: not begun\nsettle: not begun\n0 of 2 right\n"
    status, said, _ = asked("check", "--json", str(path))
    assert status == 1 and json.loads(said)["of"] == 2
    status, _, failed = asked("exercises", str(path))
    assert status == 1 and failed.startswith("demos: the exercises could not be written")
    status, _, failed = asked("check")
    assert status == 2 and "FILE" in failed
    _, listed, _ = asked()
    assert "exercises FOLDER: write" in listed and "check FILE: say" in listed


def test_a_console_that_knows_only_ascii_gets_the_list_too():
    said = start("-m", "demos", PYTHONIOENCODING="ascii")
    assert said.returncode == 0 and said.stdout.isascii()
    assert "How does attention use the dot product?" in said.stdout and "?????" not in said.stdout


def test_a_reader_that_leaves_early_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    said = subprocess.run([sys.executable, "-m", "demos"], cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert said.stderr == b""


def test_without_a_console_it_runs_in_silence(tmp_path):
    code = "import sys, runpy; sys.stdout = sys.stderr = None; sys.argv = ['demos', {!r}, '--out', {!r}]; runpy.run_module('demos', run_name='__main__')"
    said = start("-c", code.format("gradient", str(tmp_path)))
    assert said.returncode == 0 and said.stdout == said.stderr == ""
    assert (tmp_path / "index.html").exists()


def test_a_question_is_found_by_number_and_by_name():
    for (number, name), russian in zip(QUESTIONS.items(), RUSSIAN):
        assert find(str(number)) is find(name) is not None
        assert (find(name).lesson, find(name).russian) == (str(number), russian)
    assert find("99") is None


def test_a_misspelled_name_is_answered_with_the_nearest(capsys):
    for typed, meant in (("irsi", "iris"), ("Moons", "moons"), ("atention", "attention"), ("al", "all")):
        assert cli.main([typed]) == 2 and f"did you mean {meant}?" in capsys.readouterr().err
    said = start("-m", "demos", "irsi")
    assert said.returncode == 2 and said.stderr.count("\n") == 1 and "did you mean iris?" in said.stderr


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["iris", "--steps", "many"], "want a whole number of at least 1, got 'many'"),
        (["iris", "--steps", "0"], "want a whole number of at least 1, got '0'"),
        (["iris", "--seed", "-1"], "--seed"),
        (["iris", "--stepz", "5"], "unknown flag --stepz"),
        (["iris", "moons"], "unknown argument moons"),
        (["iris", "--rounds", "2"], "unknown flag --rounds"),
        (["bench", "--only", "nothing"], "invalid choice: 'nothing'"),
        (["--steps", "5", "nothing"], "no demo 'nothing'"),
    ],
)
def test_a_bad_word_gets_one_sentence(words, wanted, capsys):
    try:
        status = cli.main(words)
    except SystemExit as stopped:
        status = stopped.code
    said = capsys.readouterr()
    assert status == 2 and said.out == ""
    assert wanted in said.err and said.err.startswith("demos: ") and said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "meant"), [("chek my.py", "check my.py"), ("exercise f", "exercises f"), ("Quizz order", "quiz order")]
)
def test_a_command_that_is_misspelt_is_told_in_full(words, meant, capsys):
    assert cli.command(words.split()) == 2
    said = capsys.readouterr().err
    assert said.endswith(f"scalar-autograd {meant}\n") and said.count("\n") == 1


def test_a_name_like_a_command_may_be_an_expression(capsys):
    assert cli.command(["checks * 2", "checks=1"]) == 0 and "checks" in capsys.readouterr().out
    assert cli.command(["checks", "checks=1"]) == 0 and "checks" in capsys.readouterr().out


def test_help_is_there(capsys):
    assert cli.main(["--help"]) == 0
    assert "--seed" in capsys.readouterr().out
    assert cli.main(["iris", "--help"]) == 0
    assert "--out" in capsys.readouterr().out


def test_an_unwritable_folder_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    assert cli.main(["gradient", "--out", str(tmp_path / "file" / "page")]) == 1
    said = capsys.readouterr().err
    assert str(tmp_path / "file" / "page") in said and "--out" in said and said.count("\n") == 1


def test_it_ends_with_the_address_and_the_next_command(tmp_path, capsys):
    assert cli.main(["gradient", "--out", str(tmp_path)]) == 0
    *_, address, after = capsys.readouterr().out.splitlines()
    assert address == (tmp_path / "index.html").as_uri()
    assert after.startswith("next: ") and after.endswith("-m demos paths")


@pytest.mark.parametrize("opened", [True, False])
def test_the_page_is_opened_if_that_is_asked_for(opened, tmp_path, capsys, monkeypatch):
    asked = []
    monkeypatch.setattr("autograd.drawing.output.open_file", lambda path: asked.append(path) or opened)
    monkeypatch.setattr("demos.shared.report.rendered", lambda *_: b"<svg/>")
    assert cli.main(["paths", "--open", "--out", str(tmp_path)]) == 0
    assert asked == [(tmp_path / "index.html").resolve()]
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("next: " if opened else "no browser could be opened: open the address above yourself")


def test_all_runs_one_after_the_other_and_stops_where_something_goes_wrong(tmp_path, capsys, monkeypatch):
    ran, fails = [], ["moons"]
    monkeypatch.setattr(cli, "_run", lambda demo, options, out: ran.append((demo.name, out)) or int(demo.name in fails))
    assert cli.main(["all", "--out", str(tmp_path)]) == 1
    assert ran[-1] == ("moons", tmp_path / "moons")
    fails.clear()
    ran.clear()
    assert cli.main(["all", "--out", str(tmp_path)]) == 0
    assert [name for name, _ in ran] == [demo.name for demo in DEMOS if demo.name != "bench"]
    assert f"== iris: {find('iris').question}" in capsys.readouterr().out


def test_the_installed_command_runs_lessons_commands_and_expressions(tmp_path, capsys):
    for words, status, said in (
        ([], 0, 'Backprop of an expression, step by step: scalar-autograd "b = a + a'),
        (["--lang", "ru"], 0, "Как вычисляется градиент функции потерь?"),
        (["lesson", "irsi"], 2, "did you mean iris?"),
        (["lesson", "irsi", "--lang=ru"], 2, "Может быть, iris?"),
        (["quiz", "--page", str(tmp_path / "quiz.html")], 0, (tmp_path / "quiz.html").as_uri()),
        (["quiz", "--page", str(tmp_path / "no" / "quiz.html")], 1, str(tmp_path / "no")),
        (["b = a + a; b * (b + 1)", "a=1", "--all"], 0, "f  = b * v2 = 2 * 3 = 6"),
        (["--lang", "xx"], 2, f"--lang is 'xx': want one of {', '.join(LANGUAGES)}"),
    ):
        with using("en"):  # what a command sets lasts until it ends
            assert cli.command(words) == status, words
            assert said in "".join(capsys.readouterr()), words


def test_a_flag_that_changes_nothing_is_said(tmp_path, capsys):
    assert cli.main(["gradient", "--seed", "3", "--out", str(tmp_path)]) == 0
    assert "left out: --seed 3: this demo has no seed" in capsys.readouterr().out


def test_interrupted_it_keeps_what_was_made_and_says_where(tmp_path):
    if os.name == "nt":
        pytest.skip("there is no SIGINT to send")
    words = [sys.executable, "-m", "demos", "iris", "--steps", "100000", "--out", str(tmp_path)]
    running = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while running.poll() is None and not list(tmp_path.glob("graph-0.*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 130 and "Traceback" not in said
    assert "stopped" in said and (tmp_path / "index.html").as_uri() in said
    assert "graph-0." in (tmp_path / "index.html").read_text()
    assert not list(tmp_path.glob(".*"))  # there is no half-written file


# --- The wrong Python, the wrong folder, something missing ---------------------------------------------------


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_what_runs_first_parses_in_old_pythons(name):
    source = (ROOT / "demos" / name).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 4))
    assert not [node for node in ast.walk(tree) if isinstance(node, (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr))]
    assert "annotations" not in source


def test_an_old_python_says_so_in_one_sentence():
    code = "import sys; sys.version_info = (3, 8, 1); import demos"
    said = start("-c", code)
    assert said.returncode == 1 and said.stderr.count("\n") == 1
    assert "Python 3.8" in said.stderr and "3.10 or newer" in said.stderr and "-m demos" in said.stderr
    if os.name != "nt":
        without = start("-c", code, PATH="")
        assert "get one from https://www.python.org/downloads, then: python3 -m demos" in without.stderr


def test_started_as_a_file_it_says_how_to_start_it(tmp_path):
    for path in (ROOT / "demos", ROOT / "demos" / "__main__.py"):
        said = start(str(path), "iris", cwd=tmp_path)
        assert said.returncode == 1 and said.stderr.count("\n") == 1
        assert f'cd "{ROOT}"' in said.stderr and "-m demos" in said.stderr


def test_a_missing_package_is_named_with_the_command_that_gets_it(monkeypatch, capsys):
    for package in ("autograd", "nn", "graphviz"):
        monkeypatch.setattr(environment, "find_spec", lambda name, gone=package: None if name == gone else True)
        assert cli.main(["iris"]) == 2
        said = capsys.readouterr().err
        assert said.startswith(f"demos: {package} is not installed") and said.count("\n") == 1 and "python" in said


def test_another_package_called_autograd_is_told_from_ours(tmp_path):
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd" / "__init__.py").write_text("")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from demos.shared.environment import what_is_wrong as w; print(w())"
    said = start("-c", code)
    assert "another package" in said.stdout and str(ROOT) in said.stdout and said.stdout.count("\n") == 1


def test_a_command_is_typed_as_it_would_be_here(monkeypatch, tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for python, typed in (
        (here / ".venv" / "bin" / "python", Path(".venv", "bin", "python")),
        (tmp_path / "bin" / "python3", "python3"),
        (tmp_path / "other" / "python3", tmp_path / "other" / "python3"),
    ):
        monkeypatch.setattr(sys, "executable", str(python))
        shown = environment.command("-m", "pip", "install", "-e", ".[demos]")
        assert shown == f'{typed} -m pip install -e ".[demos]"'
    with using("ru"):
        assert environment.program("moons").endswith("-m demos moons --lang ru")  # the next one goes on in Russian


def test_a_package_is_installed_into_a_venv_which_is_made_if_there_is_none(tmp_path, monkeypatch):
    python, install = (
        Path(".venv", "Scripts" if os.name == "nt" else "bin", "python"),
        '-m pip install -e ".[dot,demos]"',
    )
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    for prefix, base, wanted in (
        ("a", "a", f"{environment.command()} -m venv .venv; {python} {install}; {python} -m demos"),
        ("a", "b", f"{environment.command()} {install}"),
    ):
        monkeypatch.setattr(sys, "prefix", prefix)
        monkeypatch.setattr(sys, "base_prefix", base)
        assert environment._repair() == wanted
    (tmp_path / python).parent.mkdir(parents=True)
    (tmp_path / python).write_text("")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert environment._repair() == f"{python} -m demos"  # there is one, but another Python was asked
