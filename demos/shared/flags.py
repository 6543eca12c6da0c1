"""Command-line flags: an error about an unknown or unreadable flag is one sentence."""

from __future__ import annotations

import argparse
import sys
from typing import Any, NoReturn

from ..languages import LANGUAGES, VARIABLE, told, tr

__all__ = ["BAD_USAGE", "FAILED", "Parser", "count"]

BAD_USAGE = 2  # the exit status
FAILED = 1  # the exit status if a valid request could not be carried out


# What argparse itself says, listed for the catalogues.
_SAID = (
    "usage: {command}", "positional arguments:", "options:", "show this help message and exit",
    "the following arguments are required: {names}", "argument {name}: {why}", "expected one argument",
    "invalid choice: {word} (choose from {names})", "unrecognized arguments: {words}",
    "want a whole number of at least {least}, got {text}",
)  # fmt: skip


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        said = tr("the language of lessons, verdicts and commands; without it, that of {variable}", variable=VARIABLE)
        self.add_argument("--lang", choices=LANGUAGES, help=said)  # cli.py has read it before any parser exists

    def _print_message(self, message: str, file: Any = None) -> None:
        (file or sys.stderr).write(message or "")  # argparse would hide that this fails

    def format_help(self) -> str:
        lines = [line.rpartition("  ") for line in super().format_help().split("\n")]
        return "\n".join(f"{before}{gap}{told(text)}" for before, gap, text in lines)

    def error(self, message: str) -> NoReturn:
        self.exit(
            BAD_USAGE,
            tr("demos: {message}. All flags: {command}", message=told(message), command=f"{self.prog} --help") + "\n",
        )


def count(text: str, least: int = 1) -> int:
    """Read a whole number from a flag. The error is in English: Parser.error translates all of its sentence."""
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"want a whole number of at least {least}, got {text!r}")
    return int(text)
