"""Compilers that are none: whatever CC makes, compile() goes on with Python, says why in one sentence, and is right."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from backends import needs_c

from autograd.compiled.c import build
from autograd.errors import ToolError

ROOT = Path(__file__).parents[1]
PROGRAM = """
import warnings
from autograd import Value, compile
w = Value(3.0)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    step = compile(lambda x: w * x, [w], backend="c")
    print(step(2.0), w.grad, step.last_backend, float("5e-324") * float("1.0"))
print(len(caught), *(each.message for each in caught))
"""
FORTY_TWO = """
double run(void *p, void *b) { return 42; }
long train(void *a, long b, long c, long d, void *e, double *f) { return d; }
void attach(void *p) {}
int tidy(void) { return 0; }
void *computes = 0;
"""


def ran(tmp_path, cc, program=PROGRAM):
    """What the program prints with another compiler and an empty cache."""
    environment = {**os.environ, "CC": str(cc), "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert not done.returncode and not done.stderr, done.stderr
    return done.stdout


def script(tmp_path, text):
    path = tmp_path / "cc"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def compiles(tmp_path, source):
    """A compiler that compiles this, whatever it is asked for."""
    (tmp_path / "other.c").write_text(source, encoding="utf-8")
    real = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    return script(tmp_path, f'[ "$1" = --version ] || {real} -shared -fPIC -o library.so {tmp_path}/other.c')


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2] != "Z"
    except OSError:
        return False


posix = pytest.mark.skipif(os.name != "posix" or sys.platform == "darwin", reason="a script as compiler")


@posix
@needs_c
@pytest.mark.parametrize(
    ("source", "said"),
    [
        (FORTY_TWO, "computes 42.0 where Python computes"),
        ("int nothing;", "cannot be loaded"),
    ],
)
def test_a_library_that_is_another_one_is_not_used(tmp_path, source, said):
    out = ran(tmp_path, compiles(tmp_path, source)).splitlines()
    assert out[0] == "6.0 2.0 python 5e-324"
    assert out[1].startswith("1 ") and said in out[1] and "Python backend" in out[1]


@posix
@needs_c
@pytest.mark.slow
def test_flags_that_flush_small_numbers_to_zero_are_noticed_and_undone(tmp_path):
    out = ran(tmp_path, "gcc -funsafe-math-optimizations").splitlines()
    assert out[0] in ("6.0 2.0 python 5e-324", "6.0 2.0 c 5e-324")
    assert out[0].split()[2] == "c" or "sets numbers below" in out[1]


@posix
@needs_c
@pytest.mark.slow
def test_flags_that_add_up_in_another_order_are_noticed(tmp_path):
    real = shutil.which("gcc") or "cc"
    cc = script(tmp_path, f'exec {real} "$@" -fassociative-math -fno-signed-zeros -fno-trapping-math')
    out = ran(tmp_path, cc).splitlines()
    assert out[0] == "6.0 2.0 python 5e-324" and "not to be trusted" in out[1]


@pytest.mark.needs_process
@posix
def test_a_compiler_that_hangs_is_ended_with_what_it_started(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "_SECONDS", 2)
    monkeypatch.setattr(build, "_PATIENCE", 0.5)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv(
        "CC", str(script(tmp_path, f'[ "$1" = --version ] && exit; sleep 97 & echo $! > {tmp_path}/pid; wait'))
    )
    began = time.monotonic()
    with (
        pytest.warns(UserWarning, match="waiting for the C compiler"),
        pytest.raises(ToolError, match="was not done after 2 s"),
    ):
        build.build("int x;")
    assert time.monotonic() - began < 10
    child = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10  # a killed process may take a moment to go
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(child)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="ctypes itself refuses to be loaded in a second interpreter")
def test_a_subinterpreter_goes_on_in_python(tmp_path):
    pytest.importorskip("_xxsubinterpreters")
    program = PROGRAM.replace(
        "print(len", f"open({str(tmp_path / 'out')!r}, 'w').write(f'{{step.last_backend}} {{w.grad}}'); print(len"
    )
    inside = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{program}"
    outside = f"""
import _xxsubinterpreters as interpreters
identity = interpreters.create()
interpreters.run_string(identity, {inside!r})
interpreters.destroy(identity)
"""  # in a process of its own: a second interpreter changes what other libraries find out about the lock
    subprocess.run([sys.executable, "-c", outside], capture_output=True, check=True)
    assert (tmp_path / "out").read_text() in ("python 2.0", "c 2.0")
