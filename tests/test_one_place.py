"""Anything new is written in one place, as .github/CONTRIBUTING.md says; the rest follows, or ``pytest --refresh`` writes it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PAGE = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks():
    """Yield what the page adds: for each block of code the file, where in it, and the code."""
    for block in re.findall(r"(?ms)^```python\n# (.*?)^```$", PAGE):
        where, _, code = block.partition("\n")
        name, _, place = where.partition(", ")
        yield name, place, code


def added(text, place, code):
    """Return a file's text with a block added where the page says."""
    if not place:
        assert not text, "the page says that this is a new file"
        return code
    if place == "at the end":
        return f"{text}\n\n{code}"
    line = place.removeprefix("above: ")
    assert text.count(f"\n{line}\n") == 1, place
    return text.replace(f"\n{line}\n", f"\n{code}{line}\n")


# What the page asks for beside its blocks: an exercise's solutions, names taken out of tables, what waits for a translator.
RIGHT = "2 * x", "x + x", "x * 2.0", "sum([x, x])", "-(-2 * x)", "x / 0.5"
WRONG = (
    "x", "x * x", "x + 2", "3 * x", "-2 * x", "2", "0", "x / 2", "2 * x + 1", "4 * x", "x ** 3", "None",
)  # fmt: skip
SOLUTIONS = "\n\n".join(
    f"def {kind}_{number}(x):\n    return {code}\n"
    for kind, codes in (("right", RIGHT), ("wrong", WRONG))
    for number, code in enumerate(codes, 1)
)
REASON = 'Reason("softsign", "first second backward", "PyTorch subtracts, and loses digits", lambda *_: True)'
IN_WORK = {"de", "ru/whole", "ru/exercises", "ru/practice", "ru/commands"}


def run(folder, *words):
    here = {**os.environ, "PYTHONPATH": str(folder)}  # rather than the checkout that is installed
    done = subprocess.run([sys.executable, *words], cwd=folder, env=here, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def says(folder, code):
    return run(folder, "-c", code).strip()


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the repository to which one of each kind is added."""
    folder = tmp_path_factory.mktemp("house")
    leave = shutil.ignore_patterns(".git", ".venv", "out", "__pycache__", "*.egg-info", "browser", "node_modules")
    shutil.copytree(ROOT, folder / "house", ignore=leave)
    folder /= "house"

    def write(name, change):
        path = folder / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(change(text), encoding="utf-8", newline="\n")

    for name, place, code in blocks():
        write(name, lambda text, place=place, code=code: added(text, place, code))
    number = re.search(r"\*\*Lesson (\w+), 5 minutes", PAGE)[1]
    write(
        "demos/shared/catalog.py", lambda text: re.sub(r"(?m)^LESSONS = \((.*)\)", rf'LESSONS = (\1, "{number}")', text)
    )
    write("tests/solutions/twice.py", lambda _: SOLUTIONS)
    write("nn/elsewhere.py", lambda text: re.sub(r'\n +"[sS]oftsign": .*', "", text))
    write("tests/special_points.py", lambda text: text.replace("REASONS = [\n", f"REASONS = [\n    {REASON},\n"))
    write("tests/translations.py", lambda text: text.replace(": set[str] = set()", f" = {IN_WORK}"))
    refreshed = (
        "tests/test_nn_exports.py",
        "tests/test_stub.py",
        "tests/test_readme.py",
        "tests/test_demos_pages.py::test_a_page_prints_what_it_says[whole]",
    )
    run(folder, "-m", "pytest", "-q", "--refresh", "-p", "no:cacheprovider", *refreshed)
    run(folder, "-m", "tests.judge_solutions", "--refresh", "twice")
    run(folder, "-m", "tests.judge_solutions", "--judge", "named", *(f"twice.wrong_{k}" for k in range(1, 13)))
    (command,) = re.findall(r"(?m)^mkdir demos/languages/.*$", PAGE)
    for words in command.split(" && "):
        run_words = words.split()
        if run_words[0].endswith("python"):
            run(folder, *run_words[1:])
        else:
            subprocess.run(run_words, cwd=folder, check=True)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("code", "answer"), [
    ("from autograd import Value; x = Value(1.0); x.softsign().backward(); print(x.grad)", "0.25"),
    ("import autograd; print('def softsign' in open('autograd/compiled_methods.pyi').read())", "True"),
    ("import nn; print(nn.functional.softsign(1.0).data, nn.Softsign(), 'softsign' in nn.functional.__all__)", "0.5 Softsign() True"),
    ("import nn; print(nn.MLP(1, [1, 1], activation='softsign').layers[0].activation)", "softsign"),
    ("import nn; print(nn.modules.activation.ACTIVATIONS['softsign'] is nn.Softsign, 'Softsign' in nn.__all__)", "True True"),
    ("import nn; print([y.data for y in nn.Scale()([1.0, 3.0])], 'Scale' in nn.__all__)", "[2.0, 6.0] True"),
    ("from nn.optim import SignSGD; from autograd import Value; w = Value(1.0); o = SignSGD([w], 0.5)\n"
     "(w * 3).backward(); o.step(); print(w.data)", "0.5"),
    ("from nn.optim import SignSGD; from autograd import Value, compile; w = Value(1.0); step = compile(lambda x: w * x, [w])\n"
     "step.train([([3.0],)], SignSGD([w], 0.5), steps=2); print(w.data)", "0.0"),
    ("from demos.exercises import check; check(lambda x: 2 * x, 'twice')", "twice: right"),
    ("from demos.practice import predict; predict('answer', 42)", "right: 42. 6 sevens are 42"),
    ("from demos.practice import predict; predict('answer', 13)", "not 13: that is the sum; multiply"),
    ("from demos.languages import LANGUAGES, using, tr; print('de' in LANGUAGES)\nwith using('de'): print(tr('Predict.'))", "True\nPredict."),
    ("from demos.exercises import check; check(lambda x: x, 'twice')", "twice: not yet. At x=3: want 6, got 3. It is not doubled."),
])  # fmt: skip
def test_what_is_added_in_one_place_is_there(tree, code, answer):
    assert says(tree, code) == answer


@pytest.mark.slow
def test_a_demo_is_one_file(tree):
    listing = run(tree, "-m", "demos")
    assert "alone" in listing and "Does a demo need more than its file?" in listing
    assert " 57 whole" in listing and "What is the answer?" in listing
    assert "1 files in" in run(tree, "-m", "demos", "alone", "--out", "out/alone")
    assert "42" in run(tree, "-m", "demos", "57", "--out", "out/whole")


@pytest.mark.slow
def test_a_page_and_a_catalogue_are_written_by_the_commands_on_the_page(tree):
    assert (tree / "demos/lessons/whole.py").read_text(encoding="utf-8").endswith("print(6 * 7)\n# > 42\n")
    catalogue = (tree / "demos/languages/de/whole.po").read_text(encoding="utf-8")
    assert 'msgid "What is the answer?"\nmsgstr ""' in catalogue


def test_every_kind_on_the_page_has_its_block():
    kinds = re.findall(r"(?m)^\*\*(?:An?) ([a-z ]+)\*\* is", PAGE)
    assert kinds == [
        "operation", "activation", "layer", "optimiser", "lesson", "prediction question", "exercise", "demo", "translation",
    ]  # fmt: skip
    assert len(list(blocks())) == len(kinds) - 1
    for name, place, _ in blocks():
        assert (ROOT / name).exists() == bool(place), name


# The tests of what was added. The lesson on the page is short, and lacks most of what tests/test_demos_pages.py asks for.
THEIRS = (
    "test_ops", "test_special_points", "test_elsewhere", "test_stub", "test_types", "test_readme", "test_demos_rooms", "test_nn_activation",
    "test_nn_exports", "test_nn_functional", "test_nn_optim", "test_demos_exercises", "test_solutions_judged", "test_translations",
    "test_demos_cli",
)  # fmt: skip
OF_THE_LESSON = "whole or 57 or belongs_to_a_lesson"


@pytest.mark.slow
def test_the_tests_of_what_was_added_pass(tree):
    pytest.importorskip("torch")
    pytest.importorskip("numpy")
    run(
        tree,
        "-m",
        "tests.freeze_torch",
        *(f"tests/test_{name}.py" for name in ("ops", "nn_activation", "nn_functional")),
    )
    run(tree, "tests/special_points.py")
    files = [f"tests/{name}.py" for name in THEIRS]
    run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--refresh", "tests/test_special_points.py")
    passed = run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", f"not ({OF_THE_LESSON})")
    assert int(re.search(r"(\d+) passed", passed)[1]) > 1000
    kept = json.loads((tree / "tests/golden/special_points.json").read_text(encoding="utf-8"))
    assert (
        "softsign" in kept
        and "test_ops.py::test_pytorch_agrees_on_some_points_of_every_row[softsign]"
        in json.loads((tree / "tests/golden/torch.json").read_text(encoding="utf-8"))
    )
