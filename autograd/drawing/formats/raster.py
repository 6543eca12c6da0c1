"""Pixel formats that a layout engine does not write: Pillow converts PNGs to them."""

# pyright: reportMissingTypeStubs=false, reportMissingImports=false
from __future__ import annotations

import io
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from ...errors import ToolError, install

__all__ = ["as_film", "as_pixels"]

COLOURS = 128  # the maximum number of colours in a frame: a few flat ones, and the blends between them at edges


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
    shown = [_on_paper(frame, size, paper) for frame in frames]
    durations = [round(1000 * seconds)] * (len(shown) - 1) + [round(3000 * seconds)]
    file = io.BytesIO()
    shown[0].save(file, format=format.upper(), save_all=True, append_images=shown[1:], duration=durations, loop=0)
    return file.getvalue()


def _on_paper(frame: Any, size: tuple[int, int], paper: Any) -> Any:
    whole = _pillow().new("RGB", size, paper)
    whole.paste(frame, (0, 0))
    return whole.quantize(COLOURS)


def _opened(png: bytes) -> Any:
    return _pillow().open(io.BytesIO(png)).convert("RGB")


def _pillow() -> Any:
    try:
        return import_module("PIL.Image")
    except ImportError:
        raise ToolError(f"this format needs Pillow: {install('Pillow')}; or use format='png' or 'svg'") from None
