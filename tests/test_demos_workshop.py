"""What a teacher hands out: links that lead somewhere, notebooks that run, nothing that gives an answer away too early."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import partial
from html import unescape
from pathlib import Path

import pytest

from demos.exercises import EXERCISES
from demos.exercises.files import check_file
from demos.languages import using
from demos.practice import QUESTIONS
from demos.shared.catalog import DEMOS, find
from demos.shared.report import markdown, markdown_line
from demos.workshop import PLATFORMS, PYTHONS, workshop
from demos.workshop.handout import figures, handout
from demos.workshop.notebook import notebook, with_answers

LESSONS = [demo for demo in DEMOS if demo.lesson]


@pytest.mark.parametrize("demo", LESSONS, ids=lambda demo: demo.lesson)
def test_a_notebook_has_the_cells_and_none_of_the_answers(demo):
    made = notebook(demo)
    assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    names = [cell["id"] for cell in made["cells"]]
    assert len(set(names)) == len(names) and all(re.fullmatch(r"[\w-]{1,64}", name) for name in names)
    code = "\n".join("".join(cell["source"]) for cell in made["cells"] if cell["cell_type"] == "code")
    assert "# >" not in code and "predict(" in code
    assert all(cell["source"] for cell in made["cells"])
    json.dumps(made)


@pytest.mark.parametrize("demo", LESSONS, ids=lambda demo: demo.lesson)
def test_a_teachers_lesson_has_the_answers(demo):
    assert with_answers(demo) == demo.path.read_text(encoding="utf-8")
    with using("ru"):
        russian = with_answers(demo)
    assert re.search("[а-яё]{4}", russian) and russian.count("# %%") == with_answers(demo).count("# %%")
    assert re.findall("(?m)^# > .*", russian) == re.findall("(?m)^# > .*", with_answers(demo))


@pytest.mark.parametrize("lesson", ["53", "53b", "55"])
def test_the_player_asks_first(lesson):
    """In these three lessons, the player starts in "predict first"."""
    text = find(lesson).path.read_text(encoding="utf-8")
    assert re.search(r'(?m)^show\(\w+\.player\(\), "player", ".*", at="predict"\)$', text)


def test_the_handout_asks_first_and_answers_last():
    page = handout(LESSONS)
    lessons, _, answers = page.partition("<h1>Answers</h1>")
    assert lessons.count('class="predict"') == answers.count("<li>") == len(QUESTIONS)
    assert "<iframe" not in page and "<input" not in page and "white-space: pre-wrap" in page
    for one in QUESTIONS.values():
        shown = one.answer if isinstance(one.answer, str) else f"{one.answer:.4g}"
        assert shown in unescape(answers)


def test_each_lesson_has_figures_to_show_and_players_are_none():
    from demos.shared.page import read

    for demo in LESSONS:
        names = [name for cell in read(demo.path) for name, _ in figures(cell)]
        assert len(names) >= 2 and len(set(names)) == len(names) and not {"player", "film"} & set(names)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("workshop")
    workshop(made, tell=lambda _: None)
    return made


@pytest.mark.slow
def test_every_link_works_from_a_stick(folder):
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        targets = re.findall(r'(?:href|src)="([^"#][^"]*)"', text) if page.name != "player.html" else []
        for target in targets:
            assert not re.match(r"\w+:|/", target), (page, target)
            assert (page.parent / target.partition("#")[0]).exists(), (page, target)


@pytest.mark.slow
def test_solutions_are_right_and_exercises_are_not_begun(folder, capsys):
    for lesson in (demo.lesson for demo in LESSONS):
        assert check_file(folder / "teacher" / "solutions" / f"lesson_{lesson}.py"), lesson
        assert not check_file(folder / "exercises" / f"lesson_{lesson}.py")
    told = capsys.readouterr().out
    assert told.count("not begun") == len(EXERCISES)
    assert "def order(operands, root):\n    found" not in (folder / "exercises" / "lesson_53b.py").read_text(
        encoding="utf-8"
    )


@pytest.mark.slow
def test_the_notes_name_what_learners_get_wrong(folder):
    notes = unescape((folder / "teacher" / "notes.html").read_text(encoding="utf-8"))
    for part in ("Three hours", "Ninety minutes", "Forty-five minutes", "late at the break"):
        assert part in notes
    assert all(one.name in notes for one in EXERCISES.values() if not one.examine)


@pytest.mark.slow
def test_a_notebook_runs_in_an_empty_folder(folder, tmp_path):
    """It runs cell by cell, in a process of its own that has only the installed package."""
    made = json.loads((folder / "notebooks" / "lesson_53.ipynb").read_text(encoding="utf-8"))
    code = [" ".join([]).join(cell["source"]) for cell in made["cells"] if cell["cell_type"] == "code"]
    script = "\n".join(f"exec(compile({cell!r}, 'cell', 'exec'))" for cell in code)
    root = str(Path(__file__).parents[1])
    start = f"import sys; sys.path.insert(0, {root!r}); import demos\n"
    done = subprocess.run([sys.executable, "-c", start + script], cwd=tmp_path, capture_output=True, text=True, timeout=120,
                          env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_wheels_are_asked_for_every_system_and_python(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr("demos.workshop._pip", lambda *words: asked.append(words))
    from demos.workshop import _download

    _download(tmp_path / "wheels", lambda _: None)
    assert asked[0][0] == "wheel"
    for command, found in (("download", "--find-links"), ("install", "--no-index")):
        targets = [
            (words[words.index("--platform") + 1], words[words.index("--python-version") + 1])
            for words in asked[1:]
            if words[0] == command and found in words
        ]
        assert sorted(targets) == sorted((platform, python) for platform in PLATFORMS for python in PYTHONS)


def test_wheels_need_a_checkout(monkeypatch, tmp_path):
    monkeypatch.setattr("demos.workshop._ROOT", tmp_path)
    with pytest.raises(OSError, match="--wheels builds the package, so it works only in a checkout of the project"):
        workshop(tmp_path / "made", wheels=True)
    assert not (tmp_path / "made").exists()


@pytest.mark.needs_process
def test_what_pip_says_last_is_told():
    from demos.workshop import _pip

    with pytest.raises(OSError, match=r"^pip frobnicate failed: .*(frobnicate|No module named pip)"):
        _pip("frobnicate")


def pythons():
    """Yield the Pythons of this machine that the workshop is for: on the path, in pyenv's folder, and this one."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    for version in PYTHONS:
        here = [sys.executable] if version == f"{sys.version_info[0]}.{sys.version_info[1]}" else []
        programs = [*here, shutil.which(f"python{version}"), *pyenv.glob(f"versions/{version}.*/bin/python")]
        for program in filter(None, programs):
            if not subprocess.run([program, "-c", "import ensurepip"], capture_output=True, check=False).returncode:
                yield version, program
                break


@pytest.mark.slow
def test_the_wheels_are_small_and_enough_for_every_python_here(tmp_path):
    """It is installed as before.txt says, with no index; then the doctor finds everything, and a lesson runs."""
    from demos.workshop import _ROOT, _download

    wheels, before = tmp_path / "wheels", set(os.listdir(_ROOT))
    try:
        _download(wheels, lambda _: None)
    except OSError as error:
        if "from versions: none" in str(error) or "onnection" in str(error):
            pytest.skip(f"no package index can be reached: {error}")
        raise
    assert set(os.listdir(_ROOT)) == before, "a build leaves nothing behind in the checkout"
    assert sum(path.stat().st_size for path in wheels.iterdir()) <= 150e6
    found = list(pythons())
    assert found
    for version, program in found:
        venv = tmp_path / version
        subprocess.run([program, "-m", "venv", venv], check=True)
        python = venv / ("Scripts" if os.name == "nt" else "bin") / "python"
        run = partial(subprocess.run, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
        install = run(
            [python, "-m", "pip", "install", "-q", "--no-index", "--find-links", wheels, "scalar-autograd[dot,demos]"]
        )
        assert install.returncode == 0, (version, install.stderr)
        doctor = run([python, "-I", "-m", "autograd", "doctor"])
        assert "everything needed is there" in doctor.stdout.splitlines()[-1], (version, doctor.stdout)
        lesson = run([python.parent / "scalar-autograd", "lesson", "53", "--out", f"lesson-{version}"])
        assert lesson.returncode == 0 and (tmp_path / f"lesson-{version}" / "index.html").exists(), lesson.stderr


def test_the_markdown_that_notes_and_questions_use():
    assert markdown_line("x**2 and y**2") == "x**2 and y**2"
    assert markdown_line("**a** *b*") == "<strong>a</strong> <em>b</em>"
    assert "<td" in markdown("| a | b |\n|---|---|\n| 1 | `x` |") and "<code>x</code>" in markdown(
        "| a | b |\n|---|---|\n| 1 | `x` |"
    )
    assert markdown("```python\na < b\n\nc\n```") == '<pre class="code" tabindex="0"><code>a &lt; b\n\nc</code></pre>'
