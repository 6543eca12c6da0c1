"""Our own sources and the standard library, as archives for the browser's Python and compiled by that Python.

Starting from source code would spend most of its time compiling, so the code is compiled here, by the same Python in
node.
"""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from .parts import run

__all__ = ["archive", "compiled", "staged"]

_DEMOS = Path(__file__).parents[1]
_FOLDERS = {"__pycache__", "bench", "workshop", "page", "starters"}  # folders that the browser does not need
_KINDS = {".pyc", ".pyi", ".md", ".in", ".mjs"}  # kinds of files that it does not need


def staged(folder: Path) -> Path:
    """Copy what the page needs into a folder: autograd, nn, graphviz, and the demos under their installed name."""
    for name, source in _packages():
        for path in source.rglob("*"):
            inside = path.relative_to(source)
            if path.is_file() and not _FOLDERS & set(inside.parts[:-1]) and path.suffix not in _KINDS:
                (folder / name / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, folder / name / inside)
    return folder


def _packages() -> Iterator[tuple[str, Path]]:
    for name in ("autograd", "nn", "graphviz"):
        spec = find_spec(name)
        assert spec and spec.origin, name
        yield name, Path(spec.origin).parent
    yield "scalar_autograd", _DEMOS


def compiled(modules: Path, folder: Path) -> bytes:
    """Compile the sources in a folder in place; return the standard library as an archive, compiled too."""
    library = folder.with_suffix(".zip")
    run(["node", Path(__file__).parent / "page" / "compile.mjs", modules, folder, library], folder)
    return library.read_bytes()


def archive(folder: Path) -> bytes:
    """Pack a folder's files into one: the length of a list, the list of [path, length] as JSON, then file after file.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "a.txt").write_text("hello")
    ...     archive(Path(folder))
    b'\\x0e\\x00\\x00\\x00[["a.txt", 5]]hello'
    """
    files = [
        (path.relative_to(folder).as_posix(), path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()
    ]
    listed = json.dumps([[path, len(content)] for path, content in files]).encode()
    return struct.pack("<I", len(listed)) + listed + b"".join(content for _, content in files)
