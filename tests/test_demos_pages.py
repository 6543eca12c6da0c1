"""The six questions: every line a page prints is the one written below it, and no number in its prose is made up."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
from contextlib import redirect_stdout
from importlib.metadata import distributions
from pathlib import Path

import pytest

from demos.exercises import exercises_of
from demos.practice import questions_of
from demos.shared import plots
from demos.shared.catalog import DEMOS, LESSONS
from demos.shared.page import _told, read, run

PAGES = [demo.name for demo in DEMOS if demo.lesson]
TRAINED = {"attention", "letters", "nudge"}  # these take seconds, so the quick suite runs each only once
FOLDER = Path(__file__).parent.parent / "demos" / "lessons"


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Each page, run once: its variables, its statements with what they printed."""
    done = {}

    def run_once(name):
        if name not in done:
            statements = []
            names = run(
                name,
                out=tmp_path_factory.mktemp(name),
                quiet=True,
                watch=lambda *seen: statements.append(seen),
            )
            done[name] = names, statements
        return done[name]

    return run_once


def refreshed(path: Path, statements) -> str:
    """Return the page with what it printed in its `# >` lines."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for statement, printed in reversed(statements):
        below = statement.node.end_lineno
        old = statement.expected.count("\n")
        lines[below : below + old] = [f"# > {line}".rstrip() for line in printed.splitlines()]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_what_it_says(name, ran, request):
    _, statements = ran(name)
    path = FOLDER / f"{name}.py"
    new = refreshed(path, statements)
    if request.config.getoption("--refresh"):
        path.write_text(new, encoding="utf-8", newline="\n")
    assert new == path.read_text(encoding="utf-8"), f"{name} prints different lines: if that is right, pytest --refresh"


def test_a_terminal_is_told_what_is_left_to_do():
    assert _told("## One\n\nProse.\n\n## Two") == "\nOne\n\nTwo\n"
    assert _told("## Make\n\nWrite `f`, **then** [lesson 7](7).\n") == "\nMake\n\nWrite `f`, then lesson 7.\n"
    for path in (FOLDER / f"{name}.py" for name in PAGES):
        assert any("check(" in _told(cell.prose) for cell in read(path)), path


@pytest.mark.parametrize("name", PAGES)
def test_what_only_draws_is_folded_on_a_page(name):
    for cell in read(FOLDER / f"{name}.py"):
        assert cell.draws or "@plot" not in cell.code, cell.code[:80]


def test_a_terminal_shows_each_question_before_its_number(tmp_path, capsys):
    run("paths", out=tmp_path)
    told = capsys.readouterr().out
    asked = [one.text for one in questions_of("53b")]
    assert asked and all(told.count(f"Predict: {text}") == 1 for text in asked)
    assert told.index(f"Predict: {asked[0]}") < told.index("a sum over 4 paths")


NUMBER = re.compile(r"(?<![\w.])-?(?:\d+(?:\.\d+)?|\.\d+)(?:e-?\d+)?(?![\w])")
SHOWN = {"show", "plot", "annotate", "text"}  # people read what these are given


def numbers(text: str) -> set[float]:
    text = re.sub(r"[Ll]esson[ _]\w+|\d+ minutes|\]\(\w+\)", "", text)
    return {abs(float(number)) for number in NUMBER.findall(text.replace(",", " "))}


def constants(node: ast.AST) -> list:
    return [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant)]


@pytest.mark.parametrize("name", PAGES)
def test_every_number_in_the_prose_is_printed_or_typed(name, ran):
    _, statements = ran(name)
    printed = numbers("".join(text for _, text in statements))
    typed, stated = set(), set()
    for cell in read(FOLDER / f"{name}.py"):
        stated |= numbers(cell.prose)
        for statement in cell.statements:
            typed |= {abs(float(c)) for c in constants(statement.node) if type(c) in (int, float)}
            for call in ast.walk(statement.node):
                if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in SHOWN:
                    stated |= numbers("\n".join(c for c in constants(call) if type(c) is str))
    counted = {float(k) for k in range(13)}  # how many of something, and exponents
    assert stated - printed - typed - counted == set(), f"{name} states numbers that it does not compute"


def test_the_check_of_the_prose_finds_a_made_up_number():
    half = ".5"
    assert numbers(f"Lesson 53: L is 6.25, dL/dw -10, x0 is {half}, 1e-7") == {6.25, 10.0, 0.5, 1e-7}


# Numbers that the curriculum promises, computed elsewhere: the page must print each of them.
PROMISED = {
    "slope": "6 6.1 0.01",
    "paths": "10 2 16 6 5 0 20",
    "letters": "3.2958",
    "attention": "1 2 3 .0900 .2447 .6652 .1400 .2840 .5760 1.0000 24.3595 .447 .949 .22 1e-07 256",
    "layer": "2.3026 .5736 .0588 10 2 20 200",
    "gradient": "2.5 6.25 -10 -5 1.5625 0 6.25",
    "descent": "9 3.52 1.4464 .8 .2 14 17.12 .6 1.08 1.464 3 6 4 .9601 .2941 -1.0356 -.3054",
    "nudge": "-10 -6 -.96 -.0996 17 4 2 20 200",
    "transform": "1.299 -.75 .75 1 -1 2.25 150",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reaches_the_numbers_of_the_curriculum(name, ran):
    printed = numbers("".join(text for _, text in ran(name)[1]))
    assert numbers(PROMISED[name]) <= printed


def test_what_the_pages_find_out(ran):
    found = {name: ran(name)[0] for name in PAGES}
    assert found["layer"]["right"]() == 10
    assert found["nudge"]["right"] == 4
    passes = found["nudge"]["passes"]
    for n, few, many in zip((2, 20, 200), passes["backprop"], passes["differences"]):
        assert many > 0.9 * n * few  # so the more weights, the more one backward pass saves
    last = list(found["attention"]["seen"].values())[-1][0]
    assert all(last[i][i] > 0.9 for i in range(3))
    assert abs(found["transform"]["det"](found["transform"]["W"]) - 1.5**2) < 1e-3


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_its_pictures(name, ran):
    report = ran(name)[0]["report"]
    page = report.page.read_text(encoding="utf-8")
    for file in report.files:
        assert file.stat().st_size > 0
        assert file.name in page or file.name == "index.html"
    assert report.missing == {}
    assert len([file for file in report.files if file.suffix == ".svg"]) >= 2


# --- In an editor, in a notebook, as a script ----------------------------------------------------------------


def again(names, *more):
    """Return a page to run once more, which is slow if it trains."""
    slow = {name: [pytest.mark.slow] * (name in TRAINED) for name in names}
    return [pytest.param(name, *others, marks=slow[name]) for name, *others in zip(names, *more)]


@pytest.mark.parametrize("name", again(PAGES))
@pytest.mark.parametrize("whole", [False, True], ids=["cell by cell", "as a script"])
def test_a_page_runs_in_an_editor_or_as_a_script(name, whole, tmp_path, monkeypatch):
    """Nothing runs the page: Python gets whole cells, as an editor sends them, or the whole file. Pictures are
    made, but left empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [f"{name}.py"])
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    monkeypatch.setattr("demos.shared.report.rendered", lambda *_: b"<svg/>")
    monkeypatch.setattr(plots, "figure", lambda *_, **__: None)
    path, names = FOLDER / f"{name}.py", {"__name__": "__main__"}
    shown = 0
    cells = [cell for cell in read(path) if cell.code]
    parts = [(path.read_text(encoding="utf-8"), cells)] if whole else [(cell.code, [cell]) for cell in cells]
    for code, held in parts:
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, str(path), "exec"), names)
        lines = printed.getvalue().splitlines()
        pictures = [line for line in lines if line.startswith("[") and line.endswith((".svg]", ".html]"))]
        shown += len(pictures)
        lines = [line for line in lines if not line.startswith(("Predict: ", "    Then: predict("))]
        expected = "".join(statement.expected for cell in held for statement in cell.statements)
        assert [line.rstrip() for line in lines if line not in pictures] == re.sub(
            "(?m)^# > ?", "", expected
        ).splitlines()
    files = [file.suffix for file in tmp_path.glob("out/*/*") if file.name != "index.html"]
    assert files.count(".svg") >= 2 and files.count(".svg") + files.count(".html") == shown


def test_a_page_finds_its_imports_wherever_it_is_opened(tmp_path):
    first = "\n".join(next(cell.code for cell in read(FOLDER / f"{name}.py") if cell.code) for name in PAGES)
    assert "sys.path" not in first and "demos" not in first
    if not any(name == "scalar-autograd" for name in map(_name, distributions())):
        pytest.skip("the package is not installed for this Python")
    said = subprocess.run([sys.executable, "-c", first], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr


def _name(distribution):
    return distribution.metadata["Name"]


@pytest.mark.parametrize(
    ("name", "optimizer"),
    again(["attention", "nudge", "letters", "layer", "transform"], ["AdamW", "SGD", "AdamW", "SGD", "SGD"]),
)
def test_so_many_steps_are_so_many_updates(name, optimizer, tmp_path, monkeypatch):
    made = []
    kept = getattr(__import__("nn").optim, optimizer).step
    monkeypatch.setattr(f"nn.optim.{optimizer}.step", lambda self: (made.append(self), kept(self)))
    monkeypatch.setattr("demos.shared.report.rendered", lambda *_: b"<svg/>")
    monkeypatch.setattr(plots, "figure", lambda *_, **__: None)
    run(name, out=tmp_path, steps=7, quiet=True)
    assert len(made) == 7


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_its_question_once_in_english_and_once_in_russian(name, ran):
    (demo,) = (demo for demo in DEMOS if demo.name == name)
    page = ran(name)[0]["report"].page.read_text(encoding="utf-8")
    assert page.count(f">{demo.question}</h1>") == page.count(demo.russian) == 1
    assert f"Lesson {demo.lesson}" in page


def test_a_page_that_is_not_there():
    with pytest.raises(ValueError, match="want the name or the file of a page"):
        run("nothing")


# --- How a lesson is built -----------------------------------------------------------------------------------


def prose_of(name: str) -> str:
    return "\n".join(cell.prose for cell in read(FOLDER / f"{name}.py"))


def test_the_lessons_are_all_there_in_teaching_order():
    assert tuple(demo.lesson for demo in DEMOS if demo.lesson) == LESSONS


@pytest.mark.parametrize("demo", [demo for demo in DEMOS if demo.lesson], ids=lambda demo: demo.lesson)
def test_a_lesson_has_what_a_teacher_needs(demo):
    prose, source = prose_of(demo.name), demo.path.read_text(encoding="utf-8")
    head = re.search(
        rf"\*\*Lesson {demo.lesson}, (\d+) minutes\.\*\* You (should know|need).*By the end you will be able to",
        prose,
        re.DOTALL,
    )
    assert head and 15 <= int(head[1]) <= 20
    headings = re.findall(r"(?m)^## (.+)", prose)
    for part in ("Run", "Investigate", "Modify", "Make", "Summary"):
        assert any(heading.startswith(part) for heading in headings), part
    asked = re.findall(r'predict\("(\w+)"\)', source)
    assert len(asked) >= 3 and set(asked) == {one.name for one in questions_of(demo.lesson)}
    exercises = [one.name for one in exercises_of(demo.lesson)]
    assert len(exercises) >= 2 and all(f"`{name}`" in prose or f"`{name}(" in prose for name in exercises)
    read_too = [one.text for one in questions_of(demo.lesson)] + [
        text for text in constants(ast.parse(source)) if _is_prose(text)
    ]
    words = " ".join([re.sub(r"```.*?```|\$\$.*?\$\$", "", prose, flags=re.DOTALL), *read_too]).split()
    assert 600 <= len(words) <= 1200, len(words)
    summary = " ".join(prose.partition("## Summary: what to say in an interview")[2].split())
    assert summary.count(". ") >= 4 and "**Next:**" in summary
    later = LESSONS[LESSONS.index(demo.lesson) + 1 :]
    assert not later or f"({later[0]})" in summary.partition("**Next:**")[2]
    assert not re.search(r"(?<![\w.])\.\d", prose), "0.1, with the 0"


def _is_prose(text: object) -> bool:
    """Return whether it is a caption or a title."""
    return isinstance(text, str) and " " in text.strip() and text[:1].isupper()


TERMS = {  # what the list of questions says, so that its readers find the words again
    "51": ["similarity", "weighted sum", "query", "key", "value", "softmax", "probabilit", "stronger the link"],
    "52": ["weighted sum", "linear combination", "features", "cross-entropy", "bias"],
    "53": ["chain rule", "partial derivative", "prediction", "learning rate"],
    "54": ["gradient", "vector of the partial derivatives", "learning rate", "antigradient", "local", "global"],
    "55": ["rate", "sensitiv", "spread", "layer", "chain rule"],
    "56": ["scale", "turn", "shift", "shear", "mirror", "flatten", "feature space", "determinant"],
}


@pytest.mark.parametrize("lesson", TERMS)
def test_a_lesson_says_the_words_of_the_list(lesson):
    (demo,) = (demo for demo in DEMOS if demo.lesson == lesson)
    text = prose_of(demo.name).lower()
    assert [term for term in TERMS[lesson] if term not in text] == []


def test_the_lesson_in_pytorch_gives_the_same_loss(ran):
    torch = pytest.importorskip("torch")
    found = ran("letters")[0]
    code = re.search(r"```python\n(.*?)```", prose_of("letters"), re.DOTALL)[1]
    batch = found["examples"][:24]
    names = {"weights": found["weights"], "batch": batch}
    exec(code, names)
    ours = found["mean"]([found["F"].cross_entropy(found["model"](signs), target) for signs, target in batch])
    assert abs(names["loss"].item() - ours.data) < 1e-12 and names["loss"].dtype is torch.float64
