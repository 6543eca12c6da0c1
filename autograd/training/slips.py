"""Common mistakes in training, to be made on purpose: calls left out, and optimizers written slightly wrong.

A mistake in an optimizer changes a formula of its rule (see autograd.updates); otherwise it is the very same optimizer.

>>> rule = {"beta1": 0.9, "beta2": 0.999, "rate": "lr / (1 - beta1 ** step)", "data": "data - rate * m / (sqrt(v) + eps)"}
>>> SLIPS["no_bias_correction"].change(rule)["rate"], SLIPS["eps_inside_root"].change(rule)["data"]
('lr / (1)', 'data - rate * m / (sqrt(v + eps))')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ..errors import ArgumentError
from ..graph import nearest
from ..node import write, writing

__all__ = ["SLIPS", "Slip", "check_slip", "step_with"]

Rule = Mapping[str, "str | float"]


class Slip(NamedTuple):
    """A mistake: its description, and how it changes an optimizer's rule, if it does."""

    phrase: str
    change: Callable[[Rule], Rule] | None = None


def _formulas(pattern: str, instead: Callable[[re.Match[str]], str]) -> Callable[[Rule], Rule]:
    """Replace what fits a pattern in every formula of a rule."""

    def change(rule: Rule) -> Rule:
        return {name: re.sub(pattern, instead, x) if isinstance(x, str) else x for name, x in rule.items()}

    return change


def _betas_swapped(rule: Rule) -> Rule:
    return {**rule, "beta1": rule["beta2"], "beta2": rule["beta1"]} if {"beta1", "beta2"} <= set(rule) else rule


def _inside_the_root(match: re.Match[str]) -> str:
    scaled = f" * {match[2]} * {match[2]}" if match[2] else ""
    return f"sqrt({match[1]}{scaled} + eps)"


# fmt: off
SLIPS: Mapping[str, Slip] = {
    "no_zero_grad":       Slip("zero_grad() is left out, so the gradients of all updates add up"),
    "uphill":             Slip("the sign is wrong: w + lr * dL/dw goes up"),
    "betas_swapped":      Slip("the two betas are swapped: the mean forgets slowly, the mean square fast", _betas_swapped),
    "no_bias_correction": Slip("the averages, which began at 0, are not divided by 1 - beta ** step",
                               _formulas(r"1 - beta\d \*\* step", lambda _: "1")),
    "eps_inside_root":    Slip("eps is added inside the root, where it counts like its square root outside",
                               _formulas(r"sqrt\((\w+)\)(?: \* (\w+))? \+ eps", _inside_the_root)),
}
# fmt: on


def check_slip(kind: str, optimizer: Any) -> Slip:
    """Return the mistake with that name. Raises ArgumentError if there is none, or if this optimizer cannot make it."""
    if kind not in SLIPS:
        raise ArgumentError(f"no mistake is called {kind!r}: {nearest(kind, SLIPS) or 'there are ' + ', '.join(SLIPS)}")
    slip = SLIPS[kind]
    if slip.change and not any(slip.change(rule) != rule for rule in _rules(optimizer)):
        raise ArgumentError(f"{type(optimizer).__name__} cannot make the mistake {kind}: its rule has no place for it")
    return slip


def _rules(optimizer: Any) -> list[Rule]:
    rule = getattr(optimizer, "rule", None)
    return [rule(group, False) for group in optimizer.param_groups] if rule else []


def step_with(kinds: Iterable[str], optimizer: Any, parameters: Sequence[Any]) -> None:
    """Let the optimizer make its step() with these mistakes.

    It is not a context manager: after an interrupt just before its block, that would put the gradients back only when
    the traceback is discarded, and so overwrite what has been restored by then.
    """
    slips = {kind: check_slip(kind, optimizer) for kind in kinds}
    changes = [slip.change for slip in slips.values() if slip.change]
    put_back = writing(parameters, "grad", [p.grad for p in parameters])
    right = getattr(optimizer, "rule", None)
    forget = partial(vars(optimizer).pop, "rule", None) if changes else tuple

    def rule(group: Any, first: bool) -> Rule:
        changed = right(group, first) if right else {}
        for change in changes:
            changed = change(changed)
        return changed

    try:
        if changes:
            optimizer.rule = rule
        if "uphill" in slips:
            reached = [p for p in parameters if p.reached]
            write(reached, "grad", [-p.grad for p in reached])
        optimizer.step()
    finally:
        try:
            put_back()
        finally:
            forget()
