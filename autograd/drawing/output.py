"""Where pictures and pages go: files that are written completely or not at all, the browser, a notebook."""

from __future__ import annotations

import base64
import html
import os
import stat
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

from ..errors import ToolError

__all__ = [
    "CELL",
    "Progress",
    "block",
    "image",
    "notebook",
    "open_drawing",
    "open_file",
    "shown",
    "shows_pictures",
    "write_whole",
    "writing",
]

PATIENCE = 2.0  # seconds before the first message, and between two messages

CELL = (640.0, 375.0)  # the part of a picture, in points, that a notebook's cell shows without scrolling

STYLE = (
    "<style>.autograd-block summary{display:block;cursor:zoom-in}.autograd-block details[open] summary{cursor:zoom-out}"
    ".autograd-block details[open] .autograd-small{display:none}"
    ".autograd-block details[open] summary:has(.autograd-small)::after{content:'- smaller'}"
    ".autograd-block details[open] .autograd-only,.autograd-block .autograd-whole{max-width:none!important}</style>"
)

LINKS = 40  # how many links to follow in a row, as Linux does
BINARY = getattr(os, "O_BINARY", 0)  # only Windows has this flag


class Progress:
    """A reporter that tells the error stream every two seconds how far some work has come.

    at_once: whether the work has already taken two seconds.
    """

    def __init__(self, at_once: bool = False) -> None:
        self._next = monotonic() + (0 if at_once else PATIENCE)

    def say(self, text: str) -> None:
        """Print this text, if it is time."""
        if monotonic() >= self._next and sys.stderr:  # pythonw has none
            self._next = monotonic() + PATIENCE
            print(text, file=sys.stderr, flush=True)


@contextmanager
def writing(path: str | os.PathLike[str], what: str = "write") -> Generator[None]:
    """Turn a failure to write a file into a ToolError that names the file."""
    try:
        yield
    except OSError as error:
        raise ToolError(f"cannot {what} {os.fspath(path)}: {error.strerror or error}") from None
    except UnicodeEncodeError as error:
        raise ToolError(
            f"cannot {what} {os.fspath(path)}: file names are {error.encoding} here, unless you set PYTHONUTF8=1"
        ) from None


def write_whole(path: str | os.PathLike[str], content: bytes | str) -> str:
    """Write a file completely or not at all: an existing one is replaced only when the new one is complete.

    A link stays a link: the file that it points to is replaced. Permissions are kept, and so is the owner, if allowed.
    Only a regular file can be replaced; a device, a pipe, a FIFO or an open descriptor is written to. Raises OSError.
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
    """Return the open descriptor that a path such as /dev/stdout or /dev/fd/3 names."""
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
    for stream in (sys.stdout, sys.stderr):  # text that was printed earlier comes first
        if stream:  # pythonw has none
            stream.flush()
    closes = isinstance(target, str)
    with open(os.open(target, os.O_WRONLY | BINARY) if closes else target, "wb", closefd=closes) as file:
        file.write(data)


def _replace(path: str, before: os.stat_result | None, data: bytes) -> None:
    # The name is known before the file exists, so an interrupt at any moment leaves no unfinished file.
    unfinished = os.path.join(os.path.dirname(path), f".{os.urandom(8).hex()}.part")
    mode = stat.S_IMODE(before.st_mode) & 0o777 if before else 0o666
    try:
        with open(unfinished, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
        if before:
            _take_after(before, unfinished, mode)
        os.replace(unfinished, path)
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, path) from None  # the error names the path that the user knows
    finally:
        with suppress(OSError):  # the file already has its final name
            os.unlink(unfinished)


def _take_after(before: os.stat_result, path: str, mode: int) -> None:
    """Give a new file the owner and the permissions of the old one: the umask may have narrowed them."""
    now = os.stat(path)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        with suppress(OSError):  # only root may change a file's owner
            os.chown(path, before.st_uid, before.st_gid)
    os.chmod(path, mode)


def open_file(path: str | os.PathLike[str]) -> bool:
    """Open a picture or a page in the browser; return False if there is no screen."""
    no_screen = sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
    try:
        return not no_screen and webbrowser.open(Path(path).resolve().as_uri())
    except (OSError, webbrowser.Error):
        return False


def notebook() -> Any:
    """Return the IPython that displays results, or None."""
    ipython: Any = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def shows_pictures() -> bool:
    """Return whether a result may be displayed as a picture: False at the prompt of IPython in a terminal."""
    shell = notebook()
    return shell is None or "image/svg+xml" in shell.display_formatter.active_types


def block(text: str, svg: str, whole: str = "") -> str:
    """Write HTML for a notebook: the text, and the picture below, as wide as the cell. A click opens it at full size.

    whole: the picture that a click opens, if it is a different one. Each picture is an image, so nothing in it can run,
    and two pictures cannot interfere. Viewers that strip the style show the whole picture below the other.
    """
    kind, more = ("small", image(whole, "whole")) if whole else ("only", "")
    return (
        f'{STYLE}<div class="autograd-block" style="overflow-x:auto">'
        f'<pre style="white-space:pre-wrap;margin:0">{html.escape(text)}</pre>'
        f"<details><summary>{image(svg, kind)}</summary>{more}</details></div>"
    )


def image(svg: str, kind: str) -> str:
    """Write a picture as an HTML image, at most as wide as its place. kind: its CSS class."""
    source = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return (
        f'<img alt="" class="autograd-{kind}" style="max-width:100%;height:auto" '
        f'src="data:image/svg+xml;base64,{source}">'
    )


def shown(text: str, draw: Callable[[], Any], include: Any, exclude: Any) -> dict[str, Any]:
    """Return what a notebook shows for an object with a picture: the text, and the picture below. Never raises."""
    bundle: dict[str, Any] = {"text/plain": text}
    with suppress(Exception):  # a display may fail in any way, and must not hide the text
        if include or shows_pictures():
            bundle.update(draw().bundle(text, include, exclude, is_new=True))
    return bundle


def open_drawing(drawing: Any, title: str, otherwise: Callable[[], str]) -> str:
    """Open a drawing as a file named after `title`; if nothing can be laid out, print why, and the text `otherwise`."""
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in title[:30]) or "graph"
    try:
        picture = drawing.pipe("svg")
    except ToolError as error:
        print(error)
        print(otherwise())
        return ""
    path = write_whole(_free_path(_folder(), name), picture)
    print(path)
    open_file(path)
    return path


@cache
def _folder() -> str:
    """Return the folder for files that this process opens: a viewer may read them long after the program has ended."""
    return tempfile.mkdtemp(prefix="autograd_")


def _free_path(folder: str, name: str) -> str:
    numbered = (os.path.join(folder, f"{name}_{i}.svg" if i > 1 else f"{name}.svg") for i in count(1))
    return next(path for path in numbered if not os.path.exists(path))
