"""End a command that cannot write its output, with one sentence, whatever it was doing.

A full disk, a closed stream and a vanished folder are reported on the error stream, with exit status 1. A pipe whose
reader stops early, as in ``| head``, is not a failure; nor is a program without a console, which has no streams.

>>> @whole("greet")
... def main(arguments=None):
...     print("hello")
...     return 0
>>> main()
hello
0
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from typing import Any

__all__ = ["StrictParser", "whole"]

FAILED = 1  # the exit status
Main = Callable[..., int]


class _Lost(io.TextIOBase):
    """A stand-in for a stream that was closed or never existed. It remembers whether anything should have been printed."""

    encoding = "utf-8"
    was_written = False

    def write(self, text: str) -> int:
        self.was_written = self.was_written or bool(text)
        return len(text)

    def writable(self) -> bool:
        return True


class StrictParser(argparse.ArgumentParser):
    """A parser that reports when its help cannot be written."""

    def _print_message(self, message: str, file: Any = None) -> None:
        (file or sys.stderr).write(message or "")


def whole(name: str) -> Callable[[Main], Main]:
    """Return a decorator for the main function of the command `name`, which returns its exit status."""

    def decorator(main: Main) -> Main:
        @wraps(main)
        def command(arguments: Sequence[str] | None = None) -> int:
            before = sys.stdout, sys.stderr
            sys.stdout, sys.stderr = map(_prepared, before)
            try:
                return _ended(name, main, arguments)
            finally:
                sys.stdout, sys.stderr = before

        return command

    return decorator


def _prepared(stream: Any) -> Any:
    """Return a stream that exists and accepts any character."""
    if stream is None or getattr(stream, "closed", False):
        return _Lost()
    if hasattr(stream, "reconfigure"):  # a character that the console cannot show must not end the command
        stream.reconfigure(errors="backslashreplace")
    return stream


def _ended(name: str, main: Main, arguments: Sequence[str] | None) -> int:
    leaving: SystemExit | None = None
    status = 0
    try:
        try:
            status = main(arguments)
        except SystemExit as error:  # argparse exits after printing its help
            leaving = error
        sys.stdout.flush()  # a full disk is often noticed only here
    except BrokenPipeError:  # the reader of the pipe has stopped reading
        _give_up(sys.stdout)
        return 0
    except OSError as error:
        why = error.strerror or str(error)
        return _failed(name, f"{error.filename}: {why}" if error.filename else f"the output cannot be written: {why}")
    except UnicodeEncodeError as error:
        return _failed(name, f"{error.object!r} cannot be written as {error.encoding}: set PYTHONUTF8=1")
    if isinstance(sys.stdout, _Lost) and sys.stdout.was_written and not isinstance(sys.stderr, _Lost):
        sys.stdout.was_written = False  # report it only once
        return _failed(name, "the standard output is closed, so what was printed is lost")
    if leaving:
        raise leaving
    return status


def _failed(name: str, why: str) -> int:
    _give_up(sys.stdout)
    try:
        print(f"{name}: {why}", file=sys.stderr, flush=True)
    except (OSError, ValueError):
        _give_up(sys.stderr)
    return FAILED


def _give_up(stream: Any) -> None:
    """Keep Python from trying once more, as it exits, to write what cannot be written."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
