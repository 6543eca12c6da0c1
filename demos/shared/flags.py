"""Flags of the command line: an unknown or unreadable one is answered in one sentence."""

from __future__ import annotations

import argparse
from typing import NoReturn

__all__ = ["BAD_USAGE", "Parser", "count"]

BAD_USAGE = 2  # the exit status


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_USAGE, f"demos: {message}. All flags: {self.prog} --help\n")


def count(text: str, least: int = 1) -> int:
    """A whole number from a flag."""
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"want a whole number of at least {least}, got {text!r}")
    return int(text)
