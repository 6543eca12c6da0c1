"""The prompt's commands for training, each with what it takes and what it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, TypeVar

__all__ = ["COMMANDS", "COMPARED", "WORDS", "all_or_nothing"]

COMPARED = 10  # the number of updates for which compare shows a mistake
WORDS: Mapping[str, str] = {
    "unit": "edge", "rest of a node": "", "moves of a node": "", "asked": "x.grad", "example": "2 * loss.grad",
    "arrived": "complete", "where": "",
}  # fmt: skip
COMMANDS: Mapping[str, tuple[str, str]] = {
    "next": ("", "the phase that comes next: forward, backward, update, zero_grad"),
    "step": ("[n]", "the next edge inside backward; elsewhere, the next phase"),
    "forward": ("", "compute the loss of the batch"),
    "backward": ("", "all edges that are left; then you can ask why and explain"),
    "update": ("", "move the parameters: the loss before and after"),
    "zero_grad": ("", "clear the gradients"),
    "undo": ("[n]", "take back the last move, or n; undo update: a whole update"),
    "run": ("[n]", "the rest of this update, or n updates"),
    "until": ("v", "continue until the loss is below v"),
    "rewind": ("", "take everything back"),
    "goto": ("k", "go to where k updates have been made"),
    "mistake": ("[m]", "make mistake m from now on; again: stop; without m: the list"),
    "compare": ("[m]", f"the losses of {COMPARED} updates from here, right and with mistake m"),
    "history": ("", "the loss before and after each update"),
    "where": ("", "what is done, and what comes next"),
}

T = TypeVar("T")


def all_or_nothing(command: Callable[..., T]) -> Callable[..., T]:
    """Make a TrainingStepper's command restore everything if it is interrupted."""

    @wraps(command)
    def whole(stepper: Any, *args: Any, **kwargs: Any) -> T:
        if vars(stepper).get("_is_busy"):  # this is part of another command
            return command(stepper, *args, **kwargs)
        put_back, end = stepper.keep(), partial(vars(stepper).pop, "_is_busy", None)
        try:
            stepper._is_busy = True
            return command(stepper, *args, **kwargs)
        except Exception:
            raise
        except BaseException:
            put_back()
            raise
        finally:
            end()  # this is one call, so no interrupt comes before it

    return whole
