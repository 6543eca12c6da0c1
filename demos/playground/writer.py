"""Puts the page together: as one file with everything in it, or as a folder for a web server, with parts that can be
cached."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from autograd.drawing.output import write_whole
from autograd.player.player import safe_json

from ..languages import LANGUAGES, tr, using
from .documents import documents, emblem
from .parts import bundle, fetch, licences, npm
from .sources import archive, compiled, staged

__all__ = ["Page", "build", "policy", "words_of_html", "words_of_the_page", "write_file", "write_folder"]

_HERE = Path(__file__).parent / "page"
_NAMES = {"en": "English", "ru": "Русский"}
_REPORT = Path(__file__).parents[1] / "shared" / "report.js"


class Page(NamedTuple):
    """What a page consists of. script: its program. parts: what its Python is made of, by name. licences: all of them,
    as text.

    told: what it shows, by language: the documents, the emblem, and the words that are not English.
    """

    script: str
    parts: Mapping[str, bytes]
    told: Mapping[str, Any]
    licences: str


def build(cache: Path | None = None) -> Page:
    """Fetch the parts, compile our sources, and gather the documents. cache: where fetched parts are kept.

    Raises PartsError if parts cannot be fetched, and OSError if nothing can be written.
    """
    npm()
    cache = cache or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "scalar-autograd")
    modules = fetch(cache / "playground")
    pyodide = modules / "pyodide"
    with tempfile.TemporaryDirectory() as folder:
        sources = staged(Path(folder, "sources"))
        library = compiled(modules, sources)
        parts = {
            "worker.js": bundle(
                modules, _HERE / "worker.js", "--format=esm", "--external:node:*", "--external:ws"
            ).encode(),
            "python.wasm": (pyodide / "pyodide.asm.wasm").read_bytes(),
            "library.zip": library,
            "sources": archive(sources),
            "lock.json": _lock(pyodide / "pyodide-lock.json"),
        }
        Path(folder, "predictions.js").write_text(_predictions(), encoding="utf-8")
        script = bundle(modules, _HERE / "main.js", "--format=iife", f"--alias:predictions={folder}/predictions.js")
    return Page(script, parts, {name: _told(name) for name in LANGUAGES}, licences(modules))


def _told(name: str) -> dict[str, Any]:
    """Return what the page shows in a language."""
    with using(name):
        words = {sentence: other for sentence in words_of_the_page() if (other := tr(sentence)) != sentence}
        return {"documents": documents(), "emblem": emblem(), "words": words}


def words_of_the_page() -> list[str]:
    """Return the page's own sentences in English, as they are written in index.html and the scripts."""
    scripts = [_REPORT, *sorted(_HERE.glob("*.js"))]
    said = [each for path in scripts for each in re.findall(r'\bsay\("([^"]+)"', path.read_text(encoding="utf-8"))]
    return list(dict.fromkeys([*words_of_html(_read("index.html")), *said]))


def words_of_html(text: str) -> list[str]:
    """Return the translatable words of a page: its texts, titles and labels.

    >>> words_of_html('<p title="a b"><b translate="no">c</b> d {e} <i>f g</i></p>')
    ['a b', 'f g']
    """
    text = re.sub(r'(?s)<(script|style|pre|title)\b.*?</\1>|<(\w+)[^<>]*translate="no">.*?</\2>', "<>", text)
    found = re.findall(r'>\s*([^<>{}]*\w[^<>{}]*?)\s*<|(?:title|aria-label)="([^"]+)"', text)
    return list(dict.fromkeys("".join(pair) for pair in found))


def _predictions() -> str:
    """Return the script of a lesson's page, as a module that works on a part of a page."""
    return f"export default (document, SENTENCES = {{}}) => {{\n{_REPORT.read_text(encoding='utf-8')}\n}};\n"


def _lock(path: Path) -> bytes:
    """Return the list of packages that may be loaded. It is empty."""
    known = json.loads(path.read_text(encoding="utf-8"))
    return json.dumps({**known, "packages": {}}).encode()


# --- Writing --------------------------------------------------------------------------------------------------


def write_file(path: Path, page: Page) -> Path:
    """Write one file with everything in it, and return its path. Raises OSError if it cannot be written."""
    write_whole(path, _html(page, {}, _inside(_data(page)), _inside(page.parts), "'none'"))
    return path


def _inside(parts: Mapping[str, bytes]) -> str:
    """Return the parts, as elements of the page."""
    return "\n".join(
        f'<script type="text/plain" id="part-{name}">{base64.b64encode(_packed(content)).decode()}</script>'
        for name, content in parts.items()
    )


def write_folder(folder: Path, page: Page) -> list[Path]:
    """Write a page and its parts, for a web server: a part's name changes with its content, so caches may keep it.

    Returns the paths of the files. Raises OSError if they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, bytes] = {}
    names: dict[str, str] = {}
    for name, content in {**_data(page), **page.parts}.items():
        stem, dot, kind = name.partition(".")
        names[name] = f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}{dot}{kind}.gz"
        files[names[name]] = _packed(content)
    files["index.html"] = _html(page, {"parts": names}, "", "", "'self'").encode()
    for name, content in files.items():
        write_whole(folder / name, content)
    return [folder / name for name in files]


def _data(page: Page) -> dict[str, bytes]:
    """Return what the page shows, with one part for each language."""
    return {f"data-{name}": json.dumps(told, ensure_ascii=False).encode() for name, told in page.told.items()}


def _packed(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _html(page: Page, more: Mapping[str, Any], first: str, parts: str, fetched: str) -> str:
    """Return the page as text. first: the parts that are needed for what is visible at first; parts: the others."""
    script, later = page.script.replace("</script", "<\\/script"), _read("later.js")
    pieces = {
        "policy": policy([script, later], fetched),
        "style": _read("style.css"),
        "later": later,
        "script": script,
        "data": safe_json({"languages": {name: _NAMES.get(name, name) for name in page.told}, **more}),
        "first": first,
        "licences": escape(page.licences),
        "parts": parts,
    }
    return re.sub(rf"\{{({'|'.join(pieces)})\}}", lambda found: pieces[found[1]], _read("index.html"))


def policy(scripts: Sequence[str], fetched: str) -> str:
    """Return the page's Content-Security-Policy. scripts: those in it; nothing else runs except what they start.

    fetched: where the page may fetch from, 'none' or 'self'. Frames of the page inherit all this.
    """
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes} 'strict-dynamic' 'wasm-unsafe-eval'; worker-src data:; connect-src {fetched}; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
