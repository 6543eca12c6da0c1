"""Pixel formats that a layout engine does not write: Pillow converts PNGs to them."""

# pyright: reportMissingTypeStubs=false, reportMissingImports=false
from __future__ import annotations

import io
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from ...errors import ToolError, install

__all__ = ["as_film", "as_pixels"]

COLOURS = 256  # the maximum number of colours in a film: a few flat ones, and the blends between them at edges
APART = 8  # how far these are apart, from 0 to 255: Pillow mixes up colours that differ by less
SEEN = 8  # how many frames are looked at for these


def as_pixels(png: bytes, format: str) -> bytes:
    """Convert a PNG to another format. Raises ToolError if Pillow is missing."""
    file = io.BytesIO()
    _opened(png).save(file, format=format.upper())
    return file.getvalue()


def as_film(pngs: Sequence[bytes], seconds: float, format: str = "gif") -> bytes:
    """Combine PNGs into a GIF or WebP that shows each for some seconds, the last three times as long, over and over."""
    frames = [_opened(png) for png in pngs]
    size = max(frame.width for frame in frames), max(frame.height for frame in frames)
    paper = frames[0].getpixel((0, 0))
    shown = _in_few_colours([_on_paper(frame, size, paper) for frame in frames])
    options = {"lossless": True} if format == "webp" else {}
    durations = [round(1000 * seconds)] * (len(shown) - 1) + [round(3000 * seconds)]
    file = io.BytesIO()
    shown[0].save(
        file, format=format.upper(), save_all=True, append_images=shown[1:], duration=durations, loop=0, **options
    )
    return file.getvalue()


def _on_paper(frame: Any, size: tuple[int, int], paper: Any) -> Any:
    whole = _pillow().new("RGB", size, paper)
    whole.paste(frame, (0, 0))
    return whole


def _in_few_colours(frames: Sequence[Any]) -> list[Any]:
    """Use one palette for all frames, the commonest colours: otherwise, what stays the same would change slightly."""
    seen = frames[:: -(-len(frames) // SEEN)]
    width, height = frames[0].size
    together = _pillow().new("RGB", (width, height * (len(seen) + 1)))
    for k, frame in enumerate([*seen, frames[-1]]):
        together.paste(frame, (0, height * k))
    chosen: list[tuple[int, int, int]] = []
    for _, colour in sorted(together.getcolors(width * together.height), reverse=True):
        if all(max(abs(a - b) for a, b in zip(colour, other)) >= APART for other in chosen):
            chosen.append(colour)
    palette = _pillow().new("P", (1, 1))
    palette.putpalette([share for colour in chosen[:COLOURS] for share in colour])
    return [frame.quantize(palette=palette, dither=0) for frame in frames]


def _opened(png: bytes) -> Any:
    return _pillow().open(io.BytesIO(png)).convert("RGB")


def _pillow() -> Any:
    try:
        return import_module("PIL.Image")
    except ImportError:
        raise ToolError(f"this format needs Pillow: {install('Pillow')}; or use format='png' or 'svg'") from None
