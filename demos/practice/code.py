"""A score as a short code, so that a teacher can read it without a server: `chain-7-4of5-K3QX`."""

from __future__ import annotations

from typing import NamedTuple

from autograd.player.questions import checksum

__all__ = ["CodeError", "Score", "decode", "encode"]


class CodeError(ValueError):
    """A code that was mistyped or made up."""


class Score(NamedTuple):
    """What a code says: the level and seed of the quiz, and how many answers were right at the first attempt."""

    level: str
    seed: int
    right: int
    asked: int


def encode(level: str, seed: int, right: int, asked: int) -> str:
    """Return the code of a score.

    >>> encode("chain", 7, 4, 5)
    'chain-7-4of5-...'
    """
    text = f"{level}-{seed}-{right}of{asked}"
    return f"{text}-{checksum(text)}"


def decode(code: str) -> Score:
    """Return what a code says. Raises CodeError if one of its letters is wrong.

    >>> decode(encode("chain", 7, 4, 5))
    Score(level='chain', seed=7, right=4, asked=5)
    """
    text, _, check = code.strip().rpartition("-")
    if not text or check.upper() != checksum(text):
        raise CodeError(f"{code!r} is not the code of a quiz: one of its letters is wrong")
    level, seed, score = text.rsplit("-", 2) if text.count("-") == 2 else ("", "", "")
    right, _, asked = score.partition("of")
    try:
        return Score(level, int(seed), int(right), int(asked))
    except ValueError:
        raise CodeError(f"{code!r} is not the code of a quiz") from None
