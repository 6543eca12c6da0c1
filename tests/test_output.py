"""Files: written whole or not at all, whatever is in their place; and what is opened where there is no screen."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from drawn import needs_engine

from autograd import Value, draw, save_player
from autograd.cli.command import main
from autograd.drawing import output
from autograd.drawing.output import open_file, write_whole
from autograd.stepper import step_through
from demos.shared.report import Report

ROOT = str(Path(__file__).parent.parent)
on_posix = pytest.mark.skipif(os.name == "nt", reason="makes programs out of shell scripts")
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may")


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "f.svg"
    assert write_whole(path, "old") == str(path)
    with pytest.raises(TypeError):
        write_whole(path, None)  # pyright: ignore
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["f.svg"]


@on_posix
def test_a_file_has_the_permissions_that_any_other_would_have(tmp_path):
    path = tmp_path / "f.svg"
    plain = tmp_path / "plain"
    plain.write_text("")
    write_whole(path, b"1")
    assert path.stat().st_mode == plain.stat().st_mode
    for mode in (0o600, 0o666, 0o755):
        path.chmod(mode)
        write_whole(path, b"2")
        assert stat.S_IMODE(path.stat().st_mode) == mode


@on_posix
def test_the_umask_is_respected_and_never_touched(tmp_path, monkeypatch):
    before = os.umask(0o027)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(os, "umask", lambda mask: pytest.fail("it belongs to the process"))
            write_whole(tmp_path / "f.svg", b"1")
        assert stat.S_IMODE((tmp_path / "f.svg").stat().st_mode) == 0o640
    finally:
        os.umask(before)


@as_root
def test_a_file_keeps_its_owner(tmp_path):
    path = tmp_path / "f.svg"
    path.touch(mode=0o600)
    os.chown(path, 65534, 65533)
    write_whole(path, b"1")
    now = path.stat()
    assert (now.st_uid, now.st_gid, stat.S_IMODE(now.st_mode)) == (65534, 65533, 0o600) and path.read_bytes() == b"1"


# --- Every writer of files, wherever the path leads ------------------------------------------------------------


def value():
    a = Value(2.0, label="a")
    f = a * a
    f.label = "f"
    f.backward()
    return f


def by_report(path):
    Report(path.parent.parent / "report", "title").write(str(path), "text")


WRITERS = {
    "write_whole": lambda path: write_whole(path, "text"),
    "save_player": lambda path: save_player(value(), path),
    "stepper's page": lambda path: step_through(value()).save(path),
    "save": lambda path: draw(value()).save(path),
    "render": lambda path: draw(value()).render(outfile=path, format="svg", cleanup=True),
    "stepper's picture": lambda path: step_through(value()).save_picture(str(path)),
    "--html": lambda path: main(["a*a", "a=2", "--html", str(path)]),
    "--svg": lambda path: main(["a*a", "a=2", "--svg", str(path)]),
    "report": by_report,
}
LAID_OUT = {"render", "stepper's picture", "--svg"}
every_writer = pytest.mark.parametrize(
    "write",
    [pytest.param(write, id=name, marks=[needs_engine] * (name in LAID_OUT)) for name, write in WRITERS.items()],
)


@pytest.fixture
def file(tmp_path):
    """A file in a folder of its own, beside which nothing may be left."""
    (tmp_path / "target").mkdir()
    yield tmp_path / "target" / "page"
    assert {path.name for path in (tmp_path / "target").iterdir()} <= {"page"}


@on_posix
@every_writer
@pytest.mark.parametrize("there", [True, False], ids=["a file", "nothing"])
def test_a_link_stays_and_its_target_changes(tmp_path, file, write, there):
    write(file)
    wanted = file.read_bytes()
    assert wanted
    (tmp_path / "absolute").symlink_to(file)
    (tmp_path / "relative").symlink_to(os.path.join("target", "page"))
    (tmp_path / "twice").symlink_to("relative")
    for name in ("absolute", "relative", "twice"):
        file.write_text("old") if there else file.unlink()
        write(tmp_path / name)
        assert (tmp_path / name).is_symlink()
        assert file.read_bytes() == wanted


@on_posix
@every_writer
def test_a_fifo_is_written_into(file, write):
    write(file)
    wanted = file.read_bytes()
    file.unlink()
    os.mkfifo(file)
    read = []
    reader = Thread(
        target=lambda: read.append(file.read_bytes()), daemon=True
    )  # it would read for ever from a FIFO that was replaced
    reader.start()
    write(file)
    reader.join(timeout=20)
    assert read == [wanted]
    assert stat.S_ISFIFO(file.stat().st_mode)


@as_root
@every_writer
def test_a_device_is_written_into(file, write):
    os.mknod(file, 0o600 | stat.S_IFCHR, os.makedev(1, 3))  # as /dev/null
    try:
        file.read_bytes()
    except OSError:
        pytest.skip("no devices in this file system")
    write(file)
    assert stat.S_ISCHR(file.stat().st_mode) and file.stat().st_rdev == os.makedev(1, 3)


@on_posix
@pytest.mark.parametrize(
    "name", ["/dev/stdout", *(pytest.param(x, marks=pytest.mark.slow) for x in ("/dev/fd/1", "link"))]
)
def test_an_open_descriptor_is_written_into(tmp_path, name):
    """It may be a pipe, a file (after what was printed earlier, and before what is printed later) or a socket."""
    (tmp_path / "link").symlink_to("/dev/stdout")
    code = f"""if True:
        from autograd.drawing.output import write_whole
        print("before"); write_whole({name!r}, "page "); print("after")"""
    command = {"args": [sys.executable, "-c", code], "cwd": tmp_path, "env": {**os.environ, "PYTHONPATH": ROOT}}
    wanted = b"before\npage after\n"
    assert subprocess.run(**command, stdout=subprocess.PIPE, check=True).stdout == wanted
    with open(tmp_path / "out", "wb") as out:
        subprocess.run(**command, stdout=out, check=True)
    assert (tmp_path / "out").read_bytes() == wanted
    ours, theirs = socket.socketpair()
    with ours, theirs:
        subprocess.run(**command, stdout=theirs.fileno(), check=True)
        assert ours.recv(100) == wanted


@on_posix
def test_what_cannot_be_written_stays(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for name in ("loop", "socket", ".", "nothing/", "nothing/f", ""):
            with pytest.raises(OSError):
                write_whole(os.path.join(tmp_path, name) if name else "", b"1")
    assert sorted(os.listdir(tmp_path)) == ["loop", "socket"]


def test_nothing_is_opened_without_a_screen(monkeypatch):
    opened = []
    monkeypatch.setattr(output.webbrowser, "open", lambda uri: opened.append(uri) or True)
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    assert open_file("f.svg") is False and not opened
    monkeypatch.setenv("DISPLAY", ":0")
    assert open_file("f.svg") is True and opened[0].startswith("file://")


def test_what_takes_long_says_how_far_it_is(monkeypatch, capsys):
    clock = iter([0.0, 1.0, 2.5, 2.5, 3.0, 5.0, 5.0])
    monkeypatch.setattr(output, "monotonic", lambda: next(clock))
    progress = output.Progress()
    for k in range(1, 5):
        progress.say(f"step {k}")
    assert capsys.readouterr().err.split("\n") == ["step 2", "step 4", ""]
