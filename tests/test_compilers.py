"""Compilers that do not work: no matter what CC makes, compile() continues in Python, says why in one sentence, and is
right."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from backends import needs_c

from autograd.errors import ToolError
from autograd.native import build

ROOT = Path(__file__).parents[1]
PROGRAM = """
import warnings
from autograd import Value, compile
w = Value(3.0)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.filterwarnings("ignore", "waiting for the C compiler")  # on a machine that is busy
    step = compile(lambda x: w * x, [w], backend="c")
    print(step(2.0), w.grad, step.last_backend, float("5e-324") * float("1.0"))
print(len(caught), *(each.message for each in caught))
"""
FORTY_TWO = """
long train(void *a, long b, long c, long d, void *e, double *f) { f[0] = 42; return d; }
int tidy(void) { return 0; }
void *computes = 0;
"""


def ran(tmp_path, cc, program=PROGRAM):
    """Return what the program prints with another compiler and an empty cache."""
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
    """Return a compiler that always compiles this, no matter what it is asked for."""
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


FLUSHING = """
#include <xmmintrin.h>
__attribute__((constructor)) static void flush(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
"""


@posix
@needs_c
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="x86's way to flush small numbers to 0")
@pytest.mark.slow
def test_a_library_that_flushes_small_numbers_to_zero_is_not_used_and_undone(tmp_path):
    """With some compilers, -ffast-math makes such a library: it does so when it is loaded, for the whole process."""
    (tmp_path / "flushing.c").write_text(FLUSHING, encoding="utf-8")
    real = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    cc = script(tmp_path, f'[ "$1" = --version ] && exec {real} "$@"; exec {real} "$@" {tmp_path}/flushing.c')
    out = ran(tmp_path, cc).splitlines()
    assert out[0] == "6.0 2.0 python 5e-324"
    assert out[1].startswith("1 ") and "sets numbers below 2.2e-308 to 0" in out[1]


@posix
@needs_c
@pytest.mark.slow
def test_flags_that_add_up_in_another_order_are_noticed(tmp_path):
    real = shutil.which("gcc") or "cc"
    cc = script(tmp_path, f'exec {real} "$@" -fassociative-math -fno-signed-zeros -fno-trapping-math')
    out = ran(tmp_path, cc).splitlines()
    assert out[0] == "6.0 2.0 python 5e-324" and "cannot be trusted" in out[1]


@pytest.mark.needs_process
@posix
@pytest.mark.slow
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
        pytest.raises(ToolError, match="did not finish within 2 s"),
    ):
        build.build("int x;")
    assert time.monotonic() - began < 10
    child = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10  # a killed process may take a moment to go
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(child)


@needs_c
def test_a_second_interpreter_goes_on_in_python_or_has_its_own_c(tmp_path):
    """Before Python 3.12 a second interpreter may not be able to start a compiler or load ctypes. Otherwise both train
    with one library, on their own Values."""
    pytest.importorskip("_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters")
    program = f"""
import sys, warnings
sys.path.insert(0, {str(ROOT)!r})
from autograd import Value, compile
from nn.optim import SGD
def trained(backend):
    w = Value(3.0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        step = compile(lambda x: w * x, [w], backend=backend)
        found = step(2.0), step.train([([1.0],)], SGD([w], lr=0.5), 3), w.data, w.grad
    return repr(found), step.last_backend, *(str(each.message) for each in caught)
lines = [" ".join(trained(backend)) for backend in ("python", "c", "c")]
"""
    inside = program + f"open({str(tmp_path / 'out')!r}, 'w').write('\\n'.join(lines))"
    outside = f"""
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
{program}
assert "(6.0, [3.0, 2.5, 2.0], 1.5, 1.0) c" == lines[-1], lines
identity = interpreters.create()
failed = interpreters.run_string(identity, {inside!r})
assert failed is None, failed
interpreters.destroy(identity)
assert trained("c") == trained("c") == tuple(lines[-1].rsplit(" ", 1))
"""  # in a process of its own: a second interpreter changes what other libraries find out about the lock
    done = subprocess.run([sys.executable, "-c", outside], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    first, second, third = (tmp_path / "out").read_text().splitlines()
    answer = "(6.0, [3.0, 2.5, 2.0], 1.5, 1.0)"
    if sys.version_info >= (3, 13):
        assert (first, second, third) == (f"{answer} python", f"{answer} c", f"{answer} c")
    else:
        assert first == third == f"{answer} python"
        assert second.startswith(f"{answer} python ") and second.endswith(
            "continues with its Python backend, which is slower"
        )
        assert ("ctypes" if sys.version_info >= (3, 12) else "cannot be run") in second
