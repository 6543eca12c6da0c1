"""Building the C interpreter: with any compiler, only once, and without harm if something goes wrong."""

from __future__ import annotations

import hashlib
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

from autograd.errors import ToolError
from autograd.native import build as building
from autograd.native.build import build, cache_folder, compiler

SOURCE = "int answer(void) { return 42; }\n"
LAST = "import autograd, warnings\nw = autograd.Value(2.0)\nstep = autograd.compile(lambda x: w * x, [w], 'c')\n"
NOBODY = 65534
posix = pytest.mark.skipif(os.name != "posix", reason="a matter of POSIX")
is_root = hasattr(os, "geteuid") and os.geteuid() == 0
root = pytest.mark.skipif(not is_root, reason="only root gives files away")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    return tmp_path / "cache" / "scalar-autograd"


def run(code, **environment):
    """Return what a fresh process prints, and its warnings."""
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
    assert len(list(cache.iterdir())) == 2  # nothing is left that was only needed to build
    if os.name == "posix":
        assert stat.S_IMODE(cache.stat().st_mode) == 0o700
        cache.chmod(0o755)  # others may read it
        assert build(SOURCE) == made


@needs_c
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_of_a_librarys_name_is_not_waited_for(cache):
    made = build(SOURCE)
    made.unlink()
    os.mkfifo(made)
    again = build(SOURCE)
    assert stat.S_ISREG(again.lstat().st_mode) and len(list(cache.iterdir())) == 1


@needs_c
@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b[:-1] + bytes([b[-1] ^ 1])])
def test_a_damaged_library_is_built_anew(cache, damage):
    made = build(SOURCE)
    whole = made.read_bytes()
    made.write_bytes(damage(whole))
    again = build(SOURCE)
    assert again.read_bytes()[:4] == whole[:4] and len(again.read_bytes()) == len(whole)
    other = again.rename(again.with_name(f"{again.stem[:-32]}{'0' * 32}{again.suffix}"))  # the digest is wrong
    assert build(SOURCE) == again and not other.exists()


@needs_c
def test_compiler_flags_and_processor_are_part_of_the_key(cache, monkeypatch):
    import autograd.native.build

    made = {build(SOURCE)}
    monkeypatch.setattr(autograd.native.build, "_processor", lambda: "another one")
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
    with pytest.raises(ToolError, match="install gcc or clang"):
        compiler()
    monkeypatch.setenv("CC", "nosuchcompiler -O2")
    with pytest.raises(ToolError, match="CC says 'nosuchcompiler -O2'"):
        compiler()
    if os.name == "posix":
        monkeypatch.setenv("CC", 'gcc "-O2')
        with pytest.raises(ToolError, match="cannot be read: No closing quotation"):
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
@pytest.mark.needs_process
@pytest.mark.parametrize("script", ["exit 1", "exit 0", "echo 'it hurts' >&2; exit 3"])
def test_a_compiler_that_fails(cache, tmp_path, monkeypatch, script):
    broken = tmp_path / "broken"
    broken.write_text(f"#!/bin/sh\n{script}\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CC", str(broken))
    with pytest.raises(ToolError, match=r"could not build the C backend: (it hurts|it ended with status)"):
        build(SOURCE)
    assert not list(cache.iterdir())


@needs_c
def test_the_complaint_is_the_error_and_not_where_it_is(cache, monkeypatch):
    monkeypatch.setenv("CC", f"{shlex.join(compiler())} -fdiagnostics-color=always")
    with pytest.raises(ToolError, match=r"^\S.* could not build the C backend: library.c:2:\d+: error: [ -~‘’]+$"):
        build("int answer(void) {\n return nothing; }")


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
        + "print(step(3.0), step.batch([1.0, 2.0]), w.grad, step.last_backend)\n"
        + "print(autograd.compile(lambda x: w * x, [w], 'c')(1.0))"
    )
    printed, warned = run(code, **environment)
    assert printed.split() == ["6.0", "3.0", "4.5", "python", "2.0"]
    assert warned.count("UserWarning") == 1 and "continues with its Python backend" in warned, warned
    assert "<string>:4" in warned  # the user's line


@needs_c
@posix
@pytest.mark.skipif(is_root, reason="root may write anywhere")
def test_a_cache_that_cannot_be_written(cache):
    cache.mkdir(parents=True)
    cache.chmod(0o500)
    try:
        with pytest.raises(ToolError, match="could not be built in"):
            build(SOURCE)
    finally:
        cache.chmod(0o700)


@root
def test_a_cache_of_somebody_else_is_not_used(cache):
    cache.mkdir(parents=True, mode=0o755)
    os.chown(cache, NOBODY, NOBODY)
    with pytest.raises(ToolError, match="belongs to another user"):
        cache_folder()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o755


@root
def test_a_link_of_somebody_else_is_not_followed(cache, tmp_path):
    """It is not even followed to a folder of ours, which would be made private and filled."""
    target = tmp_path / "ours"
    target.mkdir(mode=0o755)
    cache.parent.mkdir(mode=0o777)
    cache.symlink_to(target)
    os.chown(cache, NOBODY, NOBODY, follow_symlinks=False)
    with pytest.raises(ToolError, match="belongs to another user"):
        build(SOURCE)
    assert stat.S_IMODE(target.stat().st_mode) == 0o755 and not list(target.iterdir())
    os.chown(target, NOBODY, NOBODY)
    os.chown(cache, 0, 0, follow_symlinks=False)
    with pytest.raises(ToolError, match="belongs to another user"):
        build(SOURCE)


@needs_c
@posix
def test_a_link_of_the_users_own_is_followed(cache, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    cache.parent.mkdir()
    cache.symlink_to(tmp_path / "elsewhere")
    assert build(SOURCE) == build(SOURCE)
    assert len(list((tmp_path / "elsewhere").iterdir())) == 1


@needs_c
@posix
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_what_lies_in_a_folder_that_others_can_write_is_never_loaded(cache, mode):
    """Anybody could make a library with the digest of its own bytes in its name."""
    made = build(SOURCE)
    made.unlink()
    library = made.with_name("planted.so")
    subprocess.run(
        [*compiler(), "-shared", "-fPIC", "-x", "c", "-", "-o", str(library)],
        input=b"int answer(void) { return 666; }\n", check=True,
    )  # fmt: skip
    digest = hashlib.sha256(library.read_bytes()).hexdigest()[:32]
    library = library.rename(made.with_name(f"{made.name.partition('-')[0]}-{digest}{made.suffix}"))
    assert build(SOURCE) == library  # only what follows tells it from ours
    cache.chmod(mode)
    with pytest.raises(ToolError, match=r"others can write to the cache folder .*set XDG_CACHE_HOME"):
        build(SOURCE)
    assert library.exists()


@needs_c
@posix
def test_a_generous_umask_makes_no_library_that_others_can_write(cache):
    before = os.umask(0)
    try:
        made = build(SOURCE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(made.stat().st_mode) == 0o700 and build(SOURCE) == made


@needs_c
@pytest.mark.slow
def test_processes_that_build_at_once(tmp_path):
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    code = LAST + "print(step(3.0), step.batch([1.0] * 9))"
    busy = "ignore:waiting for the C compiler:UserWarning"
    command = [sys.executable, "-W", "error", "-W", busy, "-c", code]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(3)]
    assert [process.communicate()[0].split() for process in running] == [["6.0", "2.0"]] * 3
    assert [process.returncode for process in running] == [0, 0, 0]
    left = list(Path(tmp_path, "scalar-autograd").iterdir())
    assert 1 <= len(left) <= 3 and all(path.is_file() for path in left)


@needs_c
@pytest.mark.slow
def test_the_interpreter_does_not_contract_or_reorder(tmp_path):
    """a * b + c is rounded twice, as Python does it, also where the processor could do both at once."""
    code = """
        from autograd import Value, compile, dot
        a, b, c = Value(1 + 2.0**-30), Value(1 - 2.0**-30), Value(-1.0)
        for function in (lambda: a * b + c, lambda: dot([a], [b], c), lambda: dot([a, a], [b, c])):
            assert compile(function, [a, b, c], "c")() == function().data
    """
    run(code)


PLACES = {
    "win32": ({"LOCALAPPDATA": "/own"}, "/own"), "darwin": ({}, "/home/Library/Caches"), "linux": ({}, "/home/.cache"),
    "linux with XDG": ({"XDG_CACHE_HOME": "/xdg"}, "/xdg"), "linux with a relative one": ({"XDG_CACHE_HOME": "xdg"}, "/home/.cache"),
    "win32 without": ({}, "/home/AppData/Local"),
}  # fmt: skip


@posix
@pytest.mark.parametrize("system", PLACES)
def test_where_each_system_keeps_what_can_be_made_anew(system, monkeypatch):
    for name in ("LOCALAPPDATA", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    given, place = PLACES[system]
    for name, value in {"HOME": "/home", **given}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(building.sys, "platform", system.partition(" ")[0])
    assert building._users_cache() == place


@posix
def test_windows_has_no_permissions_to_be_read(cache, monkeypatch):
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    monkeypatch.setattr(building.sys, "platform", "win32")
    assert cache_folder() == cache


def test_a_python_that_cannot_load_libraries_is_told_so(monkeypatch):
    monkeypatch.setattr(building, "ctypes", None)
    monkeypatch.setattr(building, "_NO_CTYPES", "it is not built in", raising=False)
    with pytest.raises(ToolError, match=r"cannot load ctypes here.*it is not built in"):
        build(SOURCE)
    monkeypatch.undo()
    monkeypatch.setattr(building.sys, "maxsize", 2**31 - 1)
    with pytest.raises(ToolError, match="64-bit"):
        build(SOURCE)


@pytest.mark.skipif(sys.platform == "emscripten", reason="the answer differs in a browser")
def test_a_processor_that_nothing_tells_of_is_called_after_its_machine(monkeypatch):
    def nowhere(*_, **__):
        raise OSError

    known = building._processor()
    monkeypatch.setattr(building.Path, "read_text", nowhere)
    assert building.platform.node() in building._processor() != known


def test_a_complaint_without_a_word_is_its_first_line():
    assert building._complaint(b"") == "" and building._complaint(b"in file x\nx: error: no\n") == "x: error: no"
    assert building._complaint(b"\x1b[1mfirst\x1b[0m\nsecond") == "first"
