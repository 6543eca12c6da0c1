"""A lesson as a notebook: its cells, without the output that the file shows below each line.

The format is Jupyter's nbformat 4.5 (nbformat.readthedocs.io), which is JSON.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from autograd.drawing.output import write_whole

from ..languages import VARIABLE, language, reading, tr
from ..shared.catalog import Demo
from ..shared.page import read, told_prose

__all__ = ["notebook", "with_answers", "write_notebook"]

_INSTALL = '# %pip install -q --no-index --find-links ../wheels "scalar-autograd[dot,demos]"'


def notebook(demo: Demo) -> dict[str, Any]:
    """Return the notebook of a lesson, as Python objects."""
    why = tr(
        'If the next cell says "No module named autograd", remove the # in front of %pip, run this cell, and restart.'
    )
    speak = f'\n\nimport os\n\nos.environ["{VARIABLE}"] = "{language()}"' if language() != "en" else ""
    cells = [_code("first", f"# {why}\n{_INSTALL}{speak}")]
    with reading(demo.name):
        for number, cell in enumerate(read(demo.path)):
            name = f"{demo.name}-{number}"
            cells.append(_code(name, cell.code) if cell.code else _prose(name, told_prose(cell, demo)))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def with_answers(demo: Demo) -> str:
    """Return the lesson as a file of cells, with what each line prints below it: for the teacher."""
    source = demo.path.read_text(encoding="utf-8")
    written = [f"# %%{cell}" for cell in source.split("# %%")[1:]]
    with reading(demo.name):
        told = (cell for cell in read(demo.path) if cell.prose)
        for number, cell in enumerate(written):
            if cell.startswith("# %% [markdown]"):
                after = cell[len(cell.rstrip()) :]
                lines = [f"# {line}".rstrip() for line in told_prose(next(told), demo).rstrip("\n").split("\n")]
                written[number] = "\n".join(["# %% [markdown]", *lines]) + after
    return "".join(written)


def _code(name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": _lines(source),
    }


def _prose(name: str, source: str) -> dict[str, Any]:
    text = re.sub(r"\]\((\w+)\)", r"](lesson_\1.ipynb)", source)  # links between lessons
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(text)}


def _lines(text: str) -> list[str]:
    return text.strip().splitlines(keepends=True)


def write_notebook(demo: Demo, path: Path) -> None:
    write_whole(path, json.dumps(notebook(demo), ensure_ascii=False, indent=1) + "\n")
