"""Building the C interpreter: with whatever compiler there is, once, and without harm where something is wrong."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from backends import needs_c

from autograd.compiled.c.build import build, cache_folder, compiler
from autograd.errors import CompileError

SOURCE = "int answer(void) { return 42; }\n"
LAST = "import autograd, warnings\nw = autograd.Value(2.0)\nstep = autograd.compile(lambda x: w * x, [w], 'c')\n"
posix = pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    return tmp_path / "cache" / "scalar-autograd"


def run(code, **environment):
    """What a fresh process prints, and its warnings."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@needs_c
def test_it_is_built_once_into_a_private_folder(cache):
    made = build(SOURCE)
    assert made.parent == cache == cache_folder()
    written = made.stat().st_mtime_ns
    assert build(SOURCE) == made and made.stat().st_mtime_ns == written
    assert build(SOURCE + "int more;") != made
    assert len(list(cache.iterdir())) == 2  # and nothing that was only needed to build
    if os.name == "posix":
        assert stat.S_IMODE(cache.stat().st_mode) == 0o700
        cache.chmod(0o755)
        build(SOURCE)
        assert stat.S_IMODE(cache.stat().st_mode) == 0o700


@needs_c
@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b[:-1] + bytes([b[-1] ^ 1])])
def test_a_damaged_library_is_built_anew(cache, damage):
    made = build(SOURCE)
    whole = made.read_bytes()
    made.write_bytes(damage(whole))
    again = build(SOURCE)
    assert again.read_bytes()[:4] == whole[:4] and len(again.read_bytes()) == len(whole)


@needs_c
def test_compiler_flags_and_processor_are_part_of_the_key(cache, monkeypatch):
    import autograd.compiled.c.build

    made = {build(SOURCE)}
    monkeypatch.setattr(autograd.compiled.c.build, "_processor", lambda: "another one")
    made.add(build(SOURCE))
    monkeypatch.setenv("CC", f"{shlex.join(compiler())} -DOTHER")
    made.add(build(SOURCE))
    assert len(made) == 3


@needs_c
@posix
def test_cc_is_respected_and_no_shell_reads_it(cache, tmp_path, monkeypatch):
    real = compiler()[0]
    wrapper = tmp_path / "my compiler; touch hacked"
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> "{tmp_path}/calls"\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("CC", f"{shlex.quote(str(wrapper))} -DEXTRA='$(touch hacked)'")
    monkeypatch.chdir(tmp_path)
    build(SOURCE)
    calls = (tmp_path / "calls").read_text()
    assert (
        "-DEXTRA=$(touch hacked)" in calls
        and "-ffp-contract=off" in calls
        and "fast-math" not in calls.replace("-fno-fast-math", "")
    )
    assert not (tmp_path / "hacked").exists()


def test_no_compiler(monkeypatch, tmp_path):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CompileError, match="install gcc or clang"):
        compiler()
    monkeypatch.setenv("CC", "nosuchcompiler -O2")
    with pytest.raises(CompileError, match="CC says 'nosuchcompiler -O2'"):
        compiler()
    if os.name == "posix":
        monkeypatch.setenv("CC", 'gcc "-O2')
        with pytest.raises(CompileError, match="cannot be read: No closing quotation"):
            compiler()


@needs_c
@posix
def test_a_compiler_by_a_path_from_here(cache, tmp_path, monkeypatch):
    (tmp_path / "mycc").symlink_to(compiler()[0])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CC", "./mycc")
    assert build(SOURCE).exists()
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "scalar-autograd"


@posix
@pytest.mark.parametrize("script", ["exit 1", "exit 0", "echo 'it hurts' >&2; exit 3"])
def test_a_compiler_that_fails(cache, tmp_path, monkeypatch, script):
    broken = tmp_path / "broken"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CC", str(broken))
    with pytest.raises(CompileError, match=r"could not build the C backend: (it hurts|it ended with status)"):
        build(SOURCE)
    assert not list(cache.iterdir())


@needs_c
@posix
def test_a_compiler_that_knows_few_flags(cache, tmp_path, monkeypatch):
    simple = tmp_path / "simple"
    simple.write_text(
        f'#!/bin/sh\ncase "$*" in *native*) echo "unknown flag" >&2; exit 1;; esac\nexec {compiler()[0]} "$@"\n'
    )
    simple.chmod(0o755)
    monkeypatch.setenv("CC", str(simple))
    assert build(SOURCE).exists()


@posix
@pytest.mark.parametrize(
    ("name", "prepare"),
    [
        ("no compiler", lambda folder: {"PATH": str(folder), "CC": ""}),
        ("CC is wrong", lambda folder: {"CC": "nosuchcompiler"}),
        ("the compiler fails", lambda folder: {"CC": shutil.which("false")}),
        ("no cache folder", lambda folder: {"XDG_CACHE_HOME": "/proc/nowhere"}),
    ],
)
def test_one_notice_and_python_goes_on(tmp_path, name, prepare):
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache"), **prepare(tmp_path)}
    code = (
        LAST
        + "print(step(3.0), step.batch([1.0, 2.0]), w.grad, step.ran_on)\n"
        + "print(autograd.compile(lambda x: w * x, [w], 'c')(1.0))"
    )
    printed, warned = run(code, **environment)
    assert printed.split() == ["6.0", "3.0", "4.5", "python", "2.0"]
    assert warned.count("UserWarning") == 1 and "goes on with its Python backend" in warned, warned
    assert "<string>:4" in warned  # the user's line


@needs_c
@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write anywhere")
def test_a_cache_that_cannot_be_written(cache):
    cache.mkdir(parents=True)
    cache.chmod(0o500)
    try:
        with pytest.raises(CompileError, match="could not be built in"):
            build(SOURCE)
    finally:
        cache.chmod(0o700)


@posix
def test_a_cache_of_somebody_else_is_not_used(cache, monkeypatch):
    cache.mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: cache.stat().st_uid + 1)
    with pytest.raises(CompileError, match="belongs to another user"):
        cache_folder()


@needs_c
@pytest.mark.slow
def test_processes_that_build_at_once(tmp_path):
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    code = LAST + "print(step(3.0), step.batch([1.0] * 9))"
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code], stdout=subprocess.PIPE, text=True, env=environment
        )
        for _ in range(3)
    ]
    assert [process.communicate()[0].split() for process in running] == [["6.0", "2.0"]] * 3
    assert [process.returncode for process in running] == [0, 0, 0]
    left = list(Path(tmp_path, "scalar-autograd").iterdir())
    assert 1 <= len(left) <= 3 and all(path.is_file() for path in left)


@needs_c
def test_the_interpreter_does_not_contract_or_reorder(tmp_path):
    """a * b + c is rounded twice, as Python does it, also where the processor could do both at once."""
    code = """
        from autograd import Value, compile, dot
        a, b, c = Value(1 + 2.0**-30), Value(1 - 2.0**-30), Value(-1.0)
        for function in (lambda: a * b + c, lambda: dot([a], [b], c), lambda: dot([a, a], [b, c])):
            assert compile(function, [a, b, c], "c")() == function().data
    """
    run(code)
