"""The options of draw() as command-line flags, made from draw's own signature: ``font_size=`` becomes ``--font-size``.

>>> parser = argparse.ArgumentParser()
>>> add_flags(parser)
>>> given_flags(parser.parse_args(["--theme", "dark", "--no-legend", "--page", "none", "--numbers", "data,grad"]))
{'page': None, 'theme': 'dark', 'legend': False, 'show': ['data', 'grad']}
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

from ..drawing import draw

__all__ = ["add_flags", "given_flags"]

RENAMED = {"show": "numbers"}  # the name --show is taken: it opens the picture
WITHOUT = ("names", "input")  # nobody can type these in a shell


def _options() -> list[Parameter]:
    return [
        one for one in signature(draw).parameters.values() if one.kind is one.KEYWORD_ONLY and one.name not in WITHOUT
    ]


def _flag(option: Parameter) -> str:
    return RENAMED.get(option.name, option.name)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the options of draw() to a parser."""
    group = parser.add_argument_group("how the picture looks", "the options of autograd.draw, which explains them")
    for option in _options():
        words = f"--{_flag(option).replace('_', '-')}"
        if isinstance(option.default, bool):
            group.add_argument(words, action=argparse.BooleanOptionalAction, default=argparse.SUPPRESS)
        else:
            kind = str(option.annotation).partition(" ")[0]
            group.add_argument(words, type=_read(kind), default=argparse.SUPPRESS, metavar=kind.upper())


def given_flags(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the given options, by draw's names."""
    given = vars(arguments)
    return {one.name: given[_flag(one)] for one in _options() if _flag(one) in given}


def _read(kind: str) -> Callable[[str], Any]:
    """Return the function that reads an option: a number, or words, where "none" is None and a comma makes a list."""
    number = {"int": int, "float": float}.get(kind)

    def read(text: str) -> Any:
        if text.lower() == "none":
            return None
        if number:
            return number(text)
        words = text.split(",")
        return words if len(words) > 1 else [float(side) for side in text.split("x")] if _is_size(text) else text

    read.__name__ = kind if number else "option"
    return read


def _is_size(text: str) -> bool:
    """Return whether a string is the size of a page, such as 960x540."""
    width, x, height = text.partition("x")
    return bool(x) and width.isdecimal() and height.isdecimal()
