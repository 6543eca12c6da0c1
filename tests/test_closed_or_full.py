"""Every command, with an output that is closed, full, taken away or ASCII: one sentence, exit status 1, and no
half-written file."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograd import Recorder, Value, detect_anomalies
from autograd.cli import command
from autograd.cli.ending import whole
from autograd.drawing.output import write_whole
from demos import cli
from demos.shared.progress import Progress

ROOT = Path(__file__).parents[1]
FULL = Path("/dev/full")
EXPRESSION = ["tanh(a*b)", "a=2", "b=-3"]

# Every command that prints, and its arguments; {folder} is a fresh one.
COMMANDS = {
    "autograd": (command.main, ["{folder}"]),
    "autograd, nothing": (command.main, []),
    "autograd --all": (command.main, [*EXPRESSION, "--all"]),
    "autograd --forward": (command.main, [*EXPRESSION, "--forward", "--all"]),
    "autograd prompt": (command.main, EXPRESSION),
    "autograd --svg": (command.main, [*EXPRESSION, "--svg", "{folder}/f.svg"]),
    "autograd --html": (command.main, [*EXPRESSION, "--html", "{folder}/f.html"]),
    "autograd --help": (command.main, ["--help"]),
    "autograd --version": (command.main, ["--version"]),
    "autograd doctor": (command.main, ["doctor"]),
    "scalar-autograd": (cli.command, [*EXPRESSION, "--all"]),
    "scalar-autograd lesson": (cli.command, ["lesson"]),
    "scalar-autograd exercises": (cli.command, ["exercises", "{folder}"]),
    "demos": (cli.main, []),
    "demos --help": (cli.main, ["--help"]),
    "demos in Russian": (cli.main, ["--lang", "ru"]),
    "demos of one": (cli.main, ["iris", "--help"]),
    "demos exercises": (cli.main, ["exercises", "{folder}"]),
    "demos exercises --help": (cli.main, ["exercises", "--help"]),
    "demos check": (cli.main, ["check", "{folder}/none.py"]),
    "demos quiz": (cli.main, ["quiz"]),
    "demos bench --help": (cli.main, ["bench", "--help"]),
    "demos workshop --help": (cli.main, ["workshop", "--help"]),
    "demos playground --help": (cli.main, ["playground", "--help"]),
    "demos iris": (cli.main, ["iris", "--steps", "1", "--out", "{folder}/iris"]),
}
NOT_PRINTING = {"autograd"}  # this one has an error to report


@pytest.fixture(autouse=True)
def as_it_was(monkeypatch):
    monkeypatch.setenv("AUTOGRAD_HISTORY", "")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr("demos.shared.report.Film.graph", lambda *_, **__: None)  # pictures take long, and say nothing
    monkeypatch.setattr("demos.shared.report.Report.plays", lambda *_: None)
    monkeypatch.setattr("demos.shared.report.Report.plot", lambda *_, **__: lambda draw: None)
    yield
    cli.use("en")


def ended(name, folder):
    main, arguments = COMMANDS[name]
    try:
        return main([word.format(folder=folder) for word in arguments])
    except SystemExit as left:
        return left.code


def test_every_command_is_here():
    assert {*cli.COMMANDS} <= {arguments[0] for main, arguments in COMMANDS.values() if main is cli.main and arguments}


@pytest.mark.parametrize("name", COMMANDS)
def test_all_is_well(name, tmp_path, capsys):
    """Otherwise the tests that follow would prove nothing."""
    assert ended(name, tmp_path) in (0, 1, 2) and "closed" not in capsys.readouterr().err


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")
@pytest.mark.parametrize("unbuffered", [False, True], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in NOT_PRINTING])
def test_a_full_disk_takes_no_output(name, unbuffered, tmp_path, monkeypatch, capsys):
    with FULL.open("w") as full:
        full.reconfigure(write_through=unbuffered)
        monkeypatch.setattr("sys.stdout", full)
        status = ended(name, tmp_path)
    said = capsys.readouterr().err
    assert status == 1 and said.count("\n") == 1, said
    assert said.endswith(": the output cannot be written: No space left on device\n")


@pytest.mark.parametrize("how", ["none", "closed"])
@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in NOT_PRINTING])
def test_a_stream_that_is_not_there(name, how, tmp_path, monkeypatch, capsys):
    stream = None
    if how == "closed":
        stream = io.StringIO()
        stream.close()
    monkeypatch.setattr("sys.stdout", stream)
    status = ended(name, tmp_path)
    said = capsys.readouterr().err
    assert status == 1 and said.endswith(": the standard output is closed, so what was printed is lost\n")
    assert said.count("\n") == 1 and sys.stdout is stream
    if name == "demos iris":
        assert (tmp_path / "iris" / "index.html").exists()  # what goes into files is still made


@pytest.mark.parametrize("name", COMMANDS)
def test_neither_stream_is_there(name, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)
    assert ended(name, tmp_path) == (
        2 if name in ("autograd", "autograd, nothing") else 1 if name == "demos check" else 0
    )


USES = {
    "tree": lambda f: f.tree(),
    "a printed report": lambda f: print(f.why("a"), f.step_through(), detect_anomalies(f)),
    "prompt": lambda f: f.step_through().prompt(),
    "show": lambda f: f.show(),
    "player": lambda f: f.player().save("f.html"),
    "recorder": lambda f: Recorder().step(f),
    "progress": lambda f: Progress("iris", 1).__enter__()(1, loss=0.5),
}


@pytest.mark.parametrize("there", [None, "closed"], ids=["none", "closed"])
@pytest.mark.parametrize("name", USES)
def test_a_program_without_a_console_runs(name, there, tmp_path, monkeypatch):
    """pythonw.exe and services start Python like this: code that prints nothing works, and print() loses its text."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("autograd.drawing.output.open_file", lambda path: None)
    f = Value(2.0, label="a") * 3.0
    f.backward()
    stream = None
    if there:
        stream = io.StringIO()
        stream.close()
    monkeypatch.setattr("sys.stdout", stream)
    if there and name in ("a printed report", "prompt", "show", "progress"):
        with pytest.raises(ValueError, match="closed file"):  # any print() raises this
            USES[name](f)
    else:
        USES[name](f)
    assert "`-- a  " in f.tree()


def test_a_pipe_whose_reader_has_seen_enough_is_no_failure(capsys):
    @whole("greet")
    def main(arguments):
        raise BrokenPipeError

    assert main([]) == 0 and capsys.readouterr().err == ""


def test_what_is_no_failure_to_write_goes_on(capsys):
    @whole("greet")
    def main(arguments):
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        main([])


def files_in(folder):
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "arguments",
    [
        ["autograd", *EXPRESSION, "--svg", "{folder}/f.svg"],
        ["autograd", *EXPRESSION, "--html", "{folder}/f.html"],
        pytest.param(["demos", "exercises", "{folder}"], marks=pytest.mark.slow),
        pytest.param(["demos", "slope", "--out", "{folder}"], marks=pytest.mark.slow),
        pytest.param(["demos", "workshop", "{folder}"], marks=pytest.mark.slow),
        pytest.param(["demos", "playground", "{folder}/p.html"], marks=pytest.mark.slow),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_a_disk_that_fills(arguments, tmp_path):
    resource = pytest.importorskip("resource")
    folder, home = tmp_path / "out", tmp_path / "home"
    folder.mkdir(), home.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", *(word.format(folder=folder) for word in arguments)],
        capture_output=True, text=True, cwd=ROOT, timeout=120, env={**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500)),
    )  # fmt: skip
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "File too large" in done.stderr, done.stderr
    left = files_in(tmp_path)
    assert not any(path.suffix == ".part" or path.stat().st_size == 1500 for path in left), left


def test_a_folder_that_vanishes(tmp_path, monkeypatch, capsys):
    """The output fails while a demo runs, after it has begun its page."""
    from demos.shared.report import Report

    def gone(report, text, prose=Report.prose):
        shutil.rmtree(report.folder, ignore_errors=True)
        prose(report, text)

    monkeypatch.setattr(Report, "prose", gone)
    assert cli.main(["iris", "--steps", "1", "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert said.endswith("index.html: No such file or directory\n") and said.count("\n") == 1 and ".part" not in said


def test_a_failure_to_write_names_the_file_that_was_asked_for(tmp_path):
    with pytest.raises(OSError, match="No such file") as caught:
        write_whole(tmp_path / "none" / "f.svg", "text")
    assert caught.value.filename == str(tmp_path / "none" / "f.svg")


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["λ*ж", "λ=2", "ж=3", "--all"], 0, r"f = \u03bb * \u0436"),
        pytest.param(["λ*ж", "λ=2", "ж=3", "--svg", "ж.svg"], 1, "file names are ascii here", marks=pytest.mark.slow),
        pytest.param(["λ*ж", "λ=2", "ж=3", "--html", "f.html"], 0, "written to f.html", marks=pytest.mark.slow),
        pytest.param(["λ*ф", "λ=2", "ж=3"], 2, r"there is no \u0436 in", marks=pytest.mark.slow),
    ],
)
def test_cyrillic_where_everything_is_ascii(arguments, status, said, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "autograd", *arguments],
        capture_output=True, cwd=tmp_path, env={**os.environ, **ASCII, "PYTHONPATH": str(ROOT)}, input=b"", timeout=60,
    )  # fmt: skip
    text = (done.stdout + done.stderr).decode("ascii")
    assert done.returncode == status and said in text and "Traceback" not in text, text


@pytest.mark.parametrize("locale", [ASCII, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "cp866"}])
def test_what_is_printed_there_can_be_read(locale):
    code = (
        "from autograd import Value\na, b = Value(2.0, label='\\u03bb'), Value(3.0, label='\\u2116')\nf = a * b\n"
        "for text in f.tree(), f.why(a), f.formula(), f.step_through(), f.step_through().step(): print(text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env={**os.environ, **locale, "PYTHONPATH": str(ROOT)}, timeout=60, check=False
    )  # fmt: skip
    assert not done.stderr and done.stdout.count(rb"\u03bb") > 4, done


def test_what_another_autograd_left_of_ours_says_so(tmp_path):
    """pip removes every file that the other package had, and so our autograd/__init__.py."""
    for package in ("autograd", "nn"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "autograd" / "__init__.py").unlink()
    for code in (
        "import nn",
        "from autograd.value import Value",
        "import runpy; runpy.run_module('autograd', run_name='__main__')",
    ):
        done = subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}"],
            capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
        )  # fmt: skip
        last = done.stderr.splitlines()[-1]
        assert (
            last.startswith("ImportError: ") and "uninstall" in last and "--force-reinstall scalar-autograd" in last
        ), done
