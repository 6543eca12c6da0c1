"""From DOT text to a picture: find a layout engine, run it in a process that can be stopped, keep the result whole.

The system's `dot` is used where there is one; else `graphviz-pure`, the layout engine in a wheel, which the
extra ``dot`` installs. With neither, the error says in one sentence what to install.
"""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import sysconfig
import webbrowser
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import which
from typing import Any

from ..errors import PIP, DeadlineError, LayoutError

__all__ = ["DEADLINE", "find_engine", "lay_out", "notebook", "open_file", "shows_pictures", "write_whole", "writing"]

DEADLINE = 3.0  # seconds a layout may take
LINKS = 40  # followed one after the other, as Linux does
BINARY = getattr(os, "O_BINARY", 0)  # Windows has it
PURE = "graphviz-pure"
PURE_LACKS = ("pdf", "ps", "eps")  # formats that only the system's Graphviz writes
INSTALL = f"install one with `{PIP} graphviz-pure`, or Graphviz from https://graphviz.org/download"


def find_engine() -> str:
    """The path of the layout engine: the system's `dot`, else `graphviz-pure`. Raises LayoutError without either.

    An environment that is not activated is not on PATH, so its own folder of programs is looked in too.
    """
    return which("dot") or _find_pure()


def _find_pure() -> str:
    folders = [None, sysconfig.get_path("scripts")]
    with suppress(ValueError):  # Python in a browser knows no user
        folders.append(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user")))
    for folder in (*folders, os.path.dirname(sys.executable)):
        if found := which(PURE, path=folder):
            return found
    raise LayoutError(f"there is no layout engine to draw with: {INSTALL}")


def _is_pure(engine: str) -> bool:
    return Path(engine).stem == PURE


def lay_out(source: str, format: str = "svg", *, layout: str = "dot", deadline: float | None = DEADLINE) -> bytes:
    """The picture of some DOT text, as the bytes of a file of that format.

    deadline: seconds after which the engine is stopped; None waits for ever.
    Raises LayoutError if there is no engine, or it cannot write that format; DeadlineError if it is not done in time.
    """
    engine = find_engine()
    if _is_pure(engine) and format.partition(":")[0] in PURE_LACKS:
        raise LayoutError(
            f"{PURE} writes no {format.upper()}: use format='svg' or 'png', or install Graphviz "
            "(https://graphviz.org/download), whose dot does"
        )
    command = [engine, f"-K{layout}", f"-T{format}"]
    hidden: dict[str, Any] = {"creationflags": subprocess.CREATE_NO_WINDOW} if sys.platform == "win32" else {}
    try:
        done = subprocess.run(
            command, input=source.encode(), capture_output=True, timeout=deadline, check=False, **hidden
        )
    except subprocess.TimeoutExpired:
        raise DeadlineError(
            f"the layout was not done in {deadline:.3g} s: draw less with budget=100 or depth=1, "
            "or wait longer with deadline=60"
        ) from None
    except OSError as error:
        raise LayoutError(f"cannot run {engine}: {error}. Or {INSTALL}") from None
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {done.returncode}"]
        raise LayoutError(f"{Path(engine).name} could not draw this as {format}: {said[0]}")
    return done.stdout


@contextmanager
def writing(path: str | os.PathLike[str], what: str = "write") -> Generator[None]:
    """Where a file cannot be written, says so as a LayoutError that names it."""
    try:
        yield
    except OSError as error:
        raise LayoutError(f"cannot {what} {os.fspath(path)}: {error.strerror or error}") from None


def write_whole(path: str | os.PathLike[str], content: bytes | str) -> str:
    """Write a file whole or not at all: an existing one is replaced only when the new one is complete.

    A link stays a link: the file that it leads to is replaced. Permissions are kept, and the owner where that is allowed.
    Only a regular file can be replaced: a device, a pipe, a FIFO or an open descriptor is written into. Raises OSError.
    """
    path = os.fsdecode(path)
    data = content.encode() if isinstance(content, str) else content
    descriptor, before = _descriptor(path), _status(path)
    if descriptor is not None or not _replaceable(path, before):
        _write_into(path if descriptor is None else descriptor, data)
    else:
        _replace(os.path.realpath(path), before, data)
    return path


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _replaceable(path: str, before: os.stat_result | None) -> bool:
    return stat.S_ISREG(before.st_mode) if before else bool(os.path.basename(path))


def _descriptor(path: str) -> int | None:
    """The open descriptor that a path such as /dev/stdout or /dev/fd/3 names."""
    for _ in range(LINKS):
        folder, name = os.path.split(path)
        if name.isdecimal() and os.path.realpath(folder) == os.path.realpath("/dev/fd"):
            return int(name)
        try:
            path = os.path.join(folder, os.readlink(path))
        except OSError:
            break
    return None


def _write_into(target: str | int, data: bytes) -> None:
    for stream in (sys.stdout, sys.stderr):  # what was printed before stands before
        if stream:  # pythonw has none
            stream.flush()
    closes = isinstance(target, str)
    with open(os.open(target, os.O_WRONLY | BINARY) if closes else target, "wb", closefd=closes) as file:
        file.write(data)


def _replace(path: str, before: os.stat_result | None, data: bytes) -> None:
    # The name is known before the file is there: whenever an interrupt comes, no unfinished file is left.
    unfinished = os.path.join(os.path.dirname(path), f".{os.urandom(8).hex()}.part")
    mode = stat.S_IMODE(before.st_mode) & 0o777 if before else 0o666
    try:
        with open(unfinished, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
        if before:
            _take_after(before, unfinished, mode)
        os.replace(unfinished, path)
    finally:
        with suppress(OSError):  # it has its name
            os.unlink(unfinished)


def _take_after(before: os.stat_result, path: str, mode: int) -> None:
    """Give a new file the owner and the permissions of the old one, which the umask may have narrowed."""
    now = os.stat(path)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        with suppress(OSError):  # only root gives files away
            os.chown(path, before.st_uid, before.st_gid)
    os.chmod(path, mode)


def open_file(path: str | os.PathLike[str]) -> bool:
    """Open a picture or a page in the browser; False where there is no screen to open it on."""
    no_screen = sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
    try:
        return not no_screen and webbrowser.open(Path(path).resolve().as_uri())
    except (OSError, webbrowser.Error):
        return False


def notebook() -> Any:
    """The IPython that displays what is asked for, or None."""
    ipython: Any = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def shows_pictures() -> bool:
    """Whether what is displayed may be a picture: not at the prompt of IPython in a terminal."""
    shell = notebook()
    return shell is None or "image/svg+xml" in shell.display_formatter.active_types
