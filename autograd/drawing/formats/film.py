"""Several pictures with one layout as a film: an SVG that plays without a script, a GIF, or a file for each.

Whatever is the same in all frames is in the SVG once, and style rules show the rest only in its own frames. So the film
also plays in a README and in a notebook, and shows its last frame in print and to readers who asked for less motion.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from ...errors import ArgumentError
from ..output import Progress, write_whole, writing
from .raster import as_film
from .scene import SVG

if TYPE_CHECKING:
    from ..digraph import Drawing

__all__ = ["FILMS", "animated", "write_film", "write_frames"]

FILMS = ("svg", "gif", "webp")  # the endings of a film's name
LAST = 3  # how many times as long the last frame is shown
NAMESPACE = re.compile(r' xmlns(?::\w+)?="[^"]*"')
RULE = re.compile(r"^\.[\w-]+ \{.*\}$", re.MULTILINE)


def write_film(path: str | os.PathLike[str], frames: Iterable[Drawing], seconds: float, title: str) -> str:
    """Write a film of some drawings and return its path; its extension, "svg", "gif" or "webp", gives the format.

    seconds: how long each frame is shown. Raises ArgumentError for any other extension, and ToolError if a frame cannot
    be drawn.
    """
    kind = os.path.splitext(os.fspath(path))[1][1:].lower()
    if kind not in FILMS:
        raise ArgumentError(f"want a film whose name ends in .{', .'.join(FILMS)}, got {os.fspath(path)!r}")
    if not (isinstance(seconds, (int, float)) and 0.02 <= seconds <= 60):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ArgumentError(f"want seconds for each frame, from 0.02 to 60, got {seconds!r}")
    engine_kind = "svg" if kind == "svg" else "png"
    drawn = [frame.pipe(engine_kind) for frame in _told(frames, "drawing")]
    shots = [shot.encode() if isinstance(shot, str) else shot for shot in drawn]
    content = (
        animated([shot.decode() for shot in shots], seconds, title).encode()
        if kind == "svg"
        else as_film(shots, seconds, kind)
    )
    with writing(path):
        return write_whole(path, content)


def write_frames(folder: str | os.PathLike[str], frames: Iterable[Drawing], format: str = "svg") -> list[str]:
    """Write each drawing to its own file, the first to ``000.svg``; return their paths."""
    with writing(folder, "write into"):
        os.makedirs(folder, exist_ok=True)
    drawn = enumerate(_told(frames, "writing"))
    return [frame.render(os.path.join(folder, f"{k:03}.{format}")) for k, frame in drawn]


def _told(frames: Iterable[Drawing], doing: str) -> Iterator[Drawing]:
    """Lay out the frames; if that takes long, say how many are done."""
    progress = Progress()
    for k, frame in enumerate(frames, 1):
        progress.say(f"{doing} frame {k}")
        yield frame


def animated(svgs: Sequence[str], seconds: float, title: str) -> str:
    """Combine SVGs with one layout into one that shows them one after the other, over and over."""
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    roots = [ElementTree.fromstring(svg) for svg in svgs]
    rules = dict.fromkeys(rule for svg in svgs for rule in RULE.findall(svg))
    last = roots[-1]
    graph = last.find(f"{SVG}g")
    head = {name: last.get(name, "") for name in ("width", "height", "viewBox")}
    if graph is None:
        raise ArgumentError("want frames that are SVGs of a layout engine")
    pieces: list[str] = []
    moments: dict[str, str] = {}  # style rules that show a piece in some of the frames
    for versions in _pieces(roots):
        pieces += _versions(versions, len(svgs), seconds, moments)
    dark = ["@media (prefers-color-scheme: dark) {", *sorted(rules), "}"] if rules else []
    still = [
        "@media print, (prefers-reduced-motion: reduce) {",
        ".moment { animation: none !important; visibility: hidden !important }",  # Firefox prints what is on the screen
        ".last { visibility: visible !important }", "}",
    ]  # fmt: skip
    style = "\n".join(["<style>", *moments.values(), *still, *dark, "</style>"])
    described = last.findtext(f"{SVG}desc", "")
    attributes = "".join(f' {name}="{escape(text)}"' for name, text in head.items())
    return "\n".join([
        f'<svg role="img"{attributes} xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f"<title>{escape(title)}</title><desc>{escape(described)}</desc>{style}",
        f'<g class="graph" transform="{escape(graph.get("transform", ""))}">', *pieces, "</g>", "</svg>", "",
    ])  # fmt: skip


def _pieces(roots: Sequence[ElementTree.Element]) -> Iterator[list[str]]:
    """Return each part of the picture, a box or an arrow, as it looks in every frame; "" where it is missing."""
    parts: list[dict[str, str]] = []
    for root in roots:
        graph = root.find(f"{SVG}g")
        children = [child for child in (graph if graph is not None else ()) if child.tag != f"{SVG}title"]
        parts.append({child.get("id", f"{child.tag} {i}"): _text(child) for i, child in enumerate(children)})
    for name in dict.fromkeys(name for part in parts[::-1] for name in part):
        yield [part.get(name, "") for part in parts]


def _text(element: ElementTree.Element) -> str:
    for inner in element.iter():
        inner.attrib.pop("id", None)  # an id may occur only once
        inner.tag = inner.tag.removeprefix(SVG)
    return NAMESPACE.sub("", ElementTree.tostring(element, encoding="unicode")).strip()


def _versions(versions: list[str], count: int, seconds: float, moments: dict[str, str]) -> Iterator[str]:
    """Write a part: once if it never changes, otherwise each of its versions with the moments that show it."""
    if len(set(versions)) == 1:
        yield versions[0]
        return
    for text in dict.fromkeys(filter(None, versions)):
        shown = [version == text for version in versions]
        name = "moment-" + "-".join(_runs(shown)) + f"-of-{count}"
        moments.setdefault(name, _keyframes(name, shown))
        duration = f"{seconds * (count - 1 + LAST):g}s"
        look = 'class="moment last"' if shown[-1] else 'class="moment" visibility="hidden"'
        yield f'<g {look} style="animation: {name} {duration} step-end infinite">{text}</g>'


def _runs(shown: list[bool]) -> Iterator[str]:
    """Name the runs of frames that show something: ``0_2`` for the first three."""
    for i, here in enumerate(shown):
        if here and not (i and shown[i - 1]):
            end = next((k for k in range(i, len(shown)) if not shown[k]), len(shown))
            yield f"{i}_{end - 1}"


def _keyframes(name: str, shown: list[bool]) -> str:
    every = 100 / (len(shown) - 1 + LAST)
    stops = [i for i, here in enumerate(shown) if not i or here != shown[i - 1]]
    steps = (f"{i * every:.4g}% {{ visibility: {'visible' if shown[i] else 'hidden'} }}" for i in stops)
    return f"@keyframes {name} {{ {' '.join(steps)} }}"
