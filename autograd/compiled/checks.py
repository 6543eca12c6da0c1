"""When a program is checked against the function itself: by a code's first call, and at calls 2, 4, 8 ... of a step, in turn."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .executable import Executable
from .lookup import Programs, in_mode
from .prepared import Part

__all__ = ["POLICIES", "Checks"]

POLICIES = ("doubling", "always", "never")


class Checks:
    """Of the programs of one step, by the policy that `programs.check` names. No clock decides."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs
        self._always = programs.check == "always"
        self._next: float = 2 if programs.check == "doubling" else math.inf

    def before(self, parts: Sequence[Part], in_c: bool, most: int = 1) -> int:
        """Check the programs of these parts whose code never was, and the one whose turn it is, as a call begins.

        Returns how many calls may be made until the next check, `most` at most.
        """
        programs, calls = self._programs, self._programs.calls
        for executable, part in {part.executable: part for part in reversed(parts)}.items():
            executable.used, executable.part, part.in_c = calls, part, in_c
            if executable.kind(*part.code) not in executable.checked or (
                self._always and executable.last_check < calls
            ):
                self._check(part)
            if not in_c and "one" in executable.checked:
                executable.due = 0 if self._always else self._next
        if calls >= self._next:
            while self._next <= calls:
                self._next *= 2
            in_turn = min(
                (e for e in programs.kept.values() if e.part and e.mode == in_mode(())), key=_turn, default=None
            )
            if in_turn and in_turn.part and in_turn.last_check < calls:
                self._check(in_turn.part)
            for executable in programs.kept.values():
                if executable.due:
                    executable.due = self._next
        return 1 if self._always else int(max(1, min(most, self._next - calls)))

    def _check(self, part: Part) -> None:
        executable = part.executable
        self._programs.check_again(executable, part.sample(executable.checks), part.code)


def _turn(executable: Executable) -> tuple[int, int]:
    """The lowest is checked next."""
    return executable.checks, executable.last_check
