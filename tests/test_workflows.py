"""The workflows only call .ci/, which is run here as far as it can be: with a Python that records what it is asked to do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
RECORDER = """#!/bin/sh
echo "$@" >> "$RECORD"
if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi
case "$*" in *"$FAILS"*) exit 3;; esac
"""


def lines():
    return re.findall(r"(?m)^ *- run: (.*)$", WORKFLOW.read_text(encoding="utf-8"))


def test_the_workflows_only_call_what_is_run_and_tested_elsewhere():
    assert {path.name for path in WORKFLOW.parent.iterdir()} == {WORKFLOW.name, "pages.yml", "release.yml"}
    assert lines() == ['sudo -E env "PATH=$PATH" .ci/run', "python .ci/readme.py", "python .ci/sdist.py"]
    text = WORKFLOW.read_text(encoding="utf-8")
    assert set(re.findall(r"uses: (.*)@", text)) == {"actions/checkout", "actions/setup-python"}
    release = (WORKFLOW.parent / "release.yml").read_text(encoding="utf-8")
    called = {program for program in re.findall(r"\.ci/[\w.]+", text + release) if program.endswith((".py", "run"))}
    assert called == {".ci/run", ".ci/readme.py", ".ci/sdist.py", ".ci/address.py"}
    assert all((ROOT / program).exists() for program in called)


def test_a_release_carries_the_address_of_the_repository_it_was_built_from(tmp_path):
    load_file = pytest.importorskip("setuptools.config.pyprojecttoml").load_file
    import address

    (tmp_path / ".github").mkdir()
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    address.main("https://example.org/somebody/scalar-autograd/", tmp_path)
    assert load_file(tmp_path / "pyproject.toml")["project"]["urls"] == {
        "Source": "https://example.org/somebody/scalar-autograd",
        "Documentation": "https://example.org/somebody/scalar-autograd#readme",
        "Changelog": "https://example.org/somebody/scalar-autograd/blob/main/.github/CHANGELOG.md",
        "Issues": "https://example.org/somebody/scalar-autograd/issues",
    }
    shown = (tmp_path / ".github" / "description.md").read_text(encoding="utf-8")
    assert "(https://example.org/somebody/scalar-autograd/raw/main/.github/graph.svg" in shown
    assert re.findall(r"\]\((?!https?:|#)", shown) == []
    for target in re.findall(r"scalar-autograd/(?:blob|raw)/main/([^)#\s]*)", shown):
        assert (ROOT / target).exists(), target


def test_the_systems_and_versions_are_those_that_the_package_names():
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    versions = re.findall(r"Python :: (3\.\d+)", settings)
    text = WORKFLOW.read_text(encoding="utf-8")
    matrices = re.findall(r"os: \[(.*)\]\n *python: \[(.*)\]", text)
    assert [re.findall(r"[\d.]+", pythons) for _, pythons in matrices] == [versions, versions]
    assert [systems.split(", ") for systems, _ in matrices] == [
        ["macos-latest", "windows-latest"],
        ["ubuntu-latest", "macos-latest", "windows-latest"],
    ]
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    listed = re.findall(r"(?m)^ {12}(3\.\d+)$", text)
    assert sorted(listed) == versions
    assert re.search(r"for version in ([\d. ]+); do", run)[1].split() == versions


def recorded(tmp_path, folder, fails="never"):
    """Run .ci/readme.py in a folder, with a python3 that only records calls. Return its exit status and what was asked of it."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python3").write_text(RECORDER, encoding="utf-8")
    (programs / "python3").chmod(0o755)
    record = tmp_path / "record"
    environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "RECORD": str(record), "FAILS": fails}
    line = lines()[1].split()
    done = subprocess.run([sys.executable, *line[1:]], cwd=folder, env={**os.environ, **environment}, check=False)
    return done.returncode, record.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def checkout(tmp_path):
    folder = tmp_path / "checkout"
    folder.mkdir()
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    shutil.copy(ROOT / "README.md", folder)
    return folder


@pytest.mark.skipif(os.name == "nt", reason="the recorder is a shell script")
def test_the_two_commands_are_run_as_they_are_pasted(tmp_path, checkout):
    assert recorded(tmp_path, checkout) == (
        0,
        [
            "-m venv .venv", "-m pip install -q -e .[dot,demos]", "-m demos iris",
            "-m venv .venv", "-m pip install -q -e .[dot,test]", "-m pytest -q",
        ],
    )  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="the recorder is a shell script")
def test_a_command_that_fails_fails_the_job(tmp_path, checkout):
    status, asked = recorded(tmp_path, checkout, fails="demos iris")
    assert status == 3 and asked[-1] == "-m demos iris"


def test_the_commands_for_windows_are_a_script_that_powershell_reads(checkout):
    if not shutil.which("pwsh"):
        pytest.skip("no PowerShell here")
    code = "import sys; sys.path.insert(0, '.ci'); import readme; print(*readme.commands(True), sep='\\n')"
    commands = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=True)
    for command in commands.stdout.splitlines():
        read = f"$null = [scriptblock]::Create({command!r})"
        subprocess.run(["pwsh", "-NoProfile", "-Command", read], check=True)


def test_the_script_for_linux_is_read_by_bash():
    if os.name == "nt" or not shutil.which("bash"):
        pytest.skip("no bash here")
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.slow
def test_an_sdist_has_everything_and_is_the_same_twice(tmp_path):
    pytest.importorskip("setuptools_scm")
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: nothing says which files are tracked")
    import sdist

    contents = []
    for name in ("first", "second"):
        folder = tmp_path / name
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".venv", "out", "__pycache__", "*.egg-info"))
        code = "import setuptools.build_meta as build; print(build.build_sdist('made'))"
        environment = {**os.environ, "SOURCE_DATE_EPOCH": sdist.WHEN}
        subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, env=environment, capture_output=True)
        (archive,) = (folder / "made").glob("*.tar.gz")
        sdist.normalise(archive)
        contents.append(archive.read_bytes())
    assert contents[0] == contents[1]
    with tarfile.open(archive) as packed:
        packed_names = {name.partition("/")[2] for name in packed.getnames()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    assert {name for name in tracked if name} <= packed_names
