"""What is installed: `autograd`, `nn` and the lessons as `scalar_autograd`, usable outside the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from textwrap import wrap

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built wheel, unpacked into a folder that plays site-packages."""
    pytest.importorskip("setuptools", minversion="77")
    work = tmp_path_factory.mktemp("packaging")
    source = work / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", ".github", "LICENSE", "autograd", "nn", "demos", "tests"):
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.exists():
            shutil.copy(path, source)
    code = f"from setuptools import build_meta; build_meta.build_wheel({str(work)!r})"  # pip does the same
    subprocess.run([sys.executable, "-c", code], cwd=source, check=True, capture_output=True)
    (wheel,) = work.glob("*.whl")
    folder = work / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def python(code, site, cwd):
    """Run code with nothing but that folder and the dependencies on the path."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
    )


def test_the_wheel_holds_exactly_these_packages(site):
    packages = {path.name for path in site.iterdir() if not path.name.endswith(".dist-info")}
    assert packages == {"autograd", "nn", "scalar_autograd"}
    for package, folder in (("autograd", "autograd"), ("nn", "nn"), ("scalar_autograd", "demos")):
        shipped = {p.relative_to(site / package).as_posix() for p in (site / package).rglob("*") if p.is_file()}
        kept = {
            p.relative_to(ROOT / folder).as_posix()
            for p in (ROOT / folder).rglob("*")
            if p.is_file() and "__pycache__" not in p.parts
        }
        assert shipped == kept, "a file is missing from package-data, or one too many is in it"


def test_it_works_outside_the_checkout(site, tmp_path):
    code = """
import autograd, nn
model = nn.MLP(2, [3, 1])
loss = model([1.0, -2.0])[0] ** 2
loss.backward()
print(autograd.__file__, sum(p.reached for p in model.parameters()))
"""
    ran = python(code, site, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert str(site) in ran.stdout


def test_lessons_and_exercises_are_there_outside_the_checkout(site, tmp_path):
    code = """
import scalar_autograd.cli as cli
from scalar_autograd import check
def predicted(y, slope, dx):
    return y + slope * dx
assert check(predicted)
assert cli.command([]) == 0
assert cli.command(["exercises", "mine"]) == 0 and cli.command(["check", "mine/lesson_0.py"]) == 1
assert cli.command(["lesson", "gradient", "--out", "page"]) == 0
assert cli.command(["b = a + a; b * b", "a=1", "--all"]) == 0
"""
    ran = python(code, site, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "demos" not in ran.stdout and "next: scalar-autograd lesson" in ran.stdout
    assert 'step by step: scalar-autograd "b = a + a' in ran.stdout and "exercises FOLDER" in ran.stdout
    assert (tmp_path / "page" / "index.html").exists()


def test_only_graphviz_is_required(site):
    (metadata,) = site.glob("*.dist-info/METADATA")
    required = [
        line for line in metadata.read_text().splitlines() if line.startswith("Requires-Dist") and "extra" not in line
    ]
    assert len(required) == 1 and "graphviz" in required[0]


def test_the_other_autograd_in_the_same_folder_is_explained(site, tmp_path):
    """The package of the same import name left a file of its own among ours."""
    mixed = tmp_path / "site"
    shutil.copytree(site, mixed)
    (mixed / "autograd" / "differential_operators.py").write_text("")
    ran = python("import autograd", mixed, tmp_path)
    assert ran.returncode != 0
    assert "HIPS" in ran.stderr and ran.stderr.count("python -m pip") == 2

    (mixed / "autograd" / "__init__.py").write_text("")  # installed after ours, it replaces our own
    ran = python("import nn", mixed, tmp_path)
    assert ran.returncode != 0
    assert "HIPS" in ran.stderr and ran.stderr.count("python -m pip") == 2


def test_an_old_python_is_told_which_it_would_take(tmp_path):
    """pip would have refused; a checkout on the path has not been asked."""
    for package in ("autograd", "nn"):
        ran = python(f"import sys; sys.version_info = (3, 9, 18); import {package}", ROOT, tmp_path)
        assert ran.returncode != 0
        assert ran.stderr.splitlines()[-1].startswith("ImportError: scalar-autograd needs Python 3.10 or newer")


def test_importing_the_engine_loads_no_tool(tmp_path):
    code = """
import sys
before = set(sys.modules)  # Python 3.13 takes some itself for -c
import autograd
for name in ("graphviz", "ast", "inspect", "dataclasses", "autograd.drawing", "autograd.explain.check", "ctypes", "linecache"):
    assert name not in sys.modules or name in before, name
"""
    ran = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr


def test_the_metadata_is_by_the_standards_of_today(site):
    (path,) = site.glob("*.dist-info/METADATA")
    head, _, description = path.read_text(encoding="utf-8").partition("\n\n")
    assert "\nLicense-Expression: MIT\n" in head and "\nLicense-File: LICENSE\n" in head and "License ::" not in head
    assert "\nDescription-Content-Type: text/markdown\n" in head
    for minor in range(10, 15):
        assert f"\nClassifier: Programming Language :: Python :: 3.{minor}\n" in head
    for system in ("MacOS", "Microsoft :: Windows", "POSIX :: Linux"):
        assert f"\nClassifier: Operating System :: {system}\n" in head
    assert description.strip() == (ROOT / ".github" / "description.md").read_text(encoding="utf-8").strip()


def test_the_package_knows_its_version(site):
    import autograd

    (metadata,) = site.glob("*.dist-info/METADATA")
    assert f"\nVersion: {autograd.__version__}\n" in metadata.read_text(encoding="utf-8")


def test_every_folder_of_code_is_installed(request):
    """setuptools finds folders by itself only where each has the name that it is imported by; demos/ has another."""
    path = ROOT / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    folders = sorted(
        init.parent.relative_to(ROOT)
        for top in ("autograd", "nn", "demos")
        for init in (ROOT / top).rglob("__init__.py")
    )
    names = [".".join(folder.parts).replace("demos", "scalar_autograd", 1) for folder in folders]
    listed = "\n".join(
        wrap(" ".join(f'"{name}",' for name in names), 118, initial_indent="    ", subsequent_indent="    ")
    )
    new = re.sub(r"(?<=\npackages = \[\n).*?(?=\n\])", listed, text, flags=re.DOTALL)
    if request.config.getoption("--refresh"):
        path.write_text(new, encoding="utf-8", newline="\n")
    assert new == path.read_text(encoding="utf-8"), "pyproject.toml does not list all folders: pytest --refresh"
