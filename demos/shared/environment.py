"""What the demos need from the Python they run on, and the command to paste if something is missing."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from ..languages import VARIABLE, chosen, language, tr

__all__ = ["ROOT", "command", "program", "what_is_wrong"]

ROOT = Path(__file__).parents[2]
_VENV_PYTHON = Path(".venv", "Scripts" if os.name == "nt" else "bin", "python")


def command(*args: str) -> str:
    """Return a command line for this Python, as you would type it here: ``.venv/bin/python -m demos moons``."""
    python = Path(sys.executable)
    if python.is_relative_to(Path.cwd()):
        python = python.relative_to(Path.cwd())
    elif python.parent.as_posix() in [Path(folder).as_posix() for folder in os.get_exec_path()]:
        python = Path(python.stem)
    words = [f'"{word}"' if set(word) & set(" [];&'") else word for word in (str(python), *args)]
    return " ".join(words)


def program(*words: str) -> str:
    """Return the command that starts this: ``python -m demos ...`` in a checkout, or else ``scalar-autograd ...``."""
    if words and language() != (chosen(os.environ.get(VARIABLE, "")) or "en"):
        words = (*words, "--lang", language())  # the next command is in the same language
    if __name__.startswith("demos."):
        return command("-m", "demos", *words)
    return " ".join(
        [
            "scalar-autograd",
            *(
                []
                if words[:1] in (("exercises",), ("check",), ("quiz",), ("workshop",), ("playground",))
                else ["lesson"]
            ),
            *words,
        ]
    )


def what_is_wrong() -> str | None:
    """If this Python cannot run the demos, return one sentence with the command to paste; otherwise None."""
    for package in ("autograd", "nn", "graphviz"):
        if find_spec(package) is None:
            return tr(
                "{package} is not installed for this Python ({python}): {command}",
                package=package,
                python=sys.executable,
                command=_repair(),
            )
    try:
        if not hasattr(import_module("autograd"), "Value"):
            where = import_module("autograd").__file__
            return tr("`import autograd` finds another package ({where}): start from the folder of this project: {command}",
                      where=where, command=f"cd {ROOT}")  # fmt: skip
        import_module("nn")
    except ImportError as error:
        return str(error)
    return None


def _repair() -> str:
    if (ROOT / _VENV_PYTHON).exists() and not Path(sys.prefix).samefile(ROOT / ".venv"):
        return f"{_VENV_PYTHON} -m demos"
    install = '-m pip install -e ".[dot,demos]"'
    if sys.prefix != sys.base_prefix:
        return f"{command()} {install}"
    return f"{command()} -m venv .venv; {_VENV_PYTHON} {install}; {_VENV_PYTHON} -m demos"
