"""Our frames are told from the user's however the package was found: through .., a link, from a zip, without source."""

from __future__ import annotations

import compileall
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What a learner may write in a notebook beside the checkout. Lines that are asked for are marked.
NOTEBOOK = """\
import json, sys, warnings
sys.path.insert(0, sys.argv[1])
import autograd
from autograd import Value, compile, detect_anomalies, ieee, record_source
import nn
a = Value(2.0); b = Value(3.0); said = {}
f = a * b + 1
said["tree"] = str(f.tree(unicode=False))
said["formula"] = f.formula()
said["stepper"] = repr(f.step_through())
from autograd.explain.source import line_of
with record_source():
    c = a * b  # record
    layer = nn.Linear(2, 1, seed=0)
    h = layer([a, b])[0]  # module
said["record"], said["module"] = line_of(c), line_of(h)
said["picture"] = a.draw().source
def loss(x):
    return a * x if a.data > x.data else a  # trace
try:
    compile(loss, [a], "python")(1.0)
except Exception as error:
    said["trace"] = f"{type(error).__name__} {error}"
def plain(x):
    return float(a * x)  # float
try:
    compile(plain, [a], "python")(1.0)
except Exception as error:
    said["float"] = f"{type(error).__name__} {error}"
with record_source(), ieee():
    d = (a - 2.0).log()  # anomaly
    d.backward()
said["anomaly"] = str(detect_anomalies(d))
said["module file"] = autograd.__file__ or ""
print(json.dumps(said))
"""


def linked(folder):
    for package in ("autograd", "nn"):
        (folder / package).symlink_to(ROOT / package)


def parent(folder):
    linked(folder)
    return ".."


def parent_of_a_neighbour(folder):
    linked(folder)
    return "../notebooks/.."


def link_to_checkout(folder):
    (folder / "checkout").symlink_to(ROOT)
    return "../checkout"


def dotted(folder):
    linked(folder / "notebooks")
    return "."


def zipped(folder):
    with zipfile.ZipFile(folder / "engine.zip", "w") as file:
        for path in (path for package in ("autograd", "nn") for path in (ROOT / package).rglob("*.*")):
            if "__pycache__" not in path.parts:
                file.write(path, path.relative_to(ROOT))
    return "../engine.zip"


def without_source(folder):
    for package in ("autograd", "nn"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(folder / package, quiet=1, legacy=True, ddir=f"built/elsewhere/{package}")
        for path in (folder / package).rglob("*.py"):
            path.unlink()
    return ".."


def users_own_nn(folder):
    """Return a module with that name that is the user's, in the folder of the user's own files."""
    (folder / "autograd").symlink_to(ROOT / "autograd")
    (folder / "notebooks" / "nn.py").write_text(
        "from autograd import Value\nclass Linear:\n    def __init__(self, *_, **__): pass\n"
        "    def __call__(self, xs): return [Value(1.0) + xs[0]]\n"
    )
    return ".."


@pytest.mark.skipif(os.name == "nt", reason="makes links")
@pytest.mark.parametrize(
    "found",
    [parent, zipped, users_own_nn,
     *(pytest.param(way, marks=pytest.mark.slow) for way in (parent_of_a_neighbour, link_to_checkout, dotted, without_source))],
)  # fmt: skip
def test_names_and_lines_are_the_users(tmp_path, found):
    (tmp_path / "notebooks").mkdir()
    entry = found(tmp_path)
    (tmp_path / "notebooks" / "user.py").write_text(NOTEBOOK)
    done = subprocess.run(
        [sys.executable, "user.py", entry], cwd=tmp_path / "notebooks", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert not said["module file"].startswith(str(ROOT))  # the copy was asked, not the installed one
    for what in ("tree", "formula", "stepper"):
        assert "v0" not in said[what] and "a*b" in said[what].replace(" * ", "*"), said[what]
    assert "<B>a</B>" in said["picture"]
    marked = {line.rpartition("# ")[2]: i for i, line in enumerate(NOTEBOOK.splitlines(), 1) if "# " in line}
    for what in {"record", "module"} - ({"module"} if found is users_own_nn else set()):
        assert said[what] == [str(tmp_path / "notebooks" / "user.py"), marked[what]] or said[what] == [
            "user.py",
            marked[what],
        ]
    for what in ("trace", "float", "anomaly"):
        assert f"user.py:{marked[what]}  " in said[what], said[what]
