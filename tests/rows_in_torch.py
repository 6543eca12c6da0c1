"""What PyTorch has for each row of the table, as a function of tensors: it stacks those of a list itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

IN_TORCH: dict[
    str, Callable[[Any], Callable[..., Any]]
] = {  # where torch and its nn.functional have no function of the row's name
    "leaky_relu": lambda torch: lambda a, slope: torch.where(a > 0, a, slope * a),
    "elu": lambda torch: lambda a, alpha: torch.where(a > 0, a, alpha * torch.expm1(torch.clamp(a, max=0))),
    "clamp_min": lambda torch: lambda a, low: torch.clamp(a, min=low),
    "clamp_max": lambda torch: lambda a, high: torch.clamp(a, max=high),
    "where": lambda torch: lambda condition, a, b: torch.where(condition != 0, a, b),
    "dot": lambda torch: lambda *xs: dot(torch, xs),
    "total": lambda torch: lambda *xs: torch.stack(xs).sum(),
    "mean": lambda torch: lambda *xs: torch.stack(xs).mean(),
    "minimum": lambda torch: lambda *xs: torch.stack(xs).amin(),
    "maximum": lambda torch: lambda *xs: torch.stack(xs).amax(),
    "logsumexp": lambda torch: lambda *xs: torch.stack(xs).logsumexp(0),
    "surprisal": lambda torch: lambda *xs: surprisal(torch, xs),
}
WITHOUT_TORCH: tuple[str, ...] = ()  # rows that PyTorch has nothing for: central differences and mpmath check them


def dot(torch: Any, xs: tuple[Any, ...]) -> Any:
    """Return the scalar product of the first half and the second, plus what is left over."""
    half = len(xs) // 2
    product = torch.stack(xs[:half]) @ torch.stack(xs[half : 2 * half])
    return product + xs[-1] if len(xs) % 2 else product


def surprisal(torch: Any, xs: tuple[Any, ...]) -> Any:
    """Return the surprisal of the last, a score that is one of the others; torch names it by its index."""
    scores = torch.stack(xs[:-1])
    at = next((k for k, x in enumerate(xs[:-1]) if x is xs[-1]), None)
    return scores.logsumexp(0) - xs[-1] if at is None else torch.nn.functional.cross_entropy(scores, torch.tensor(at))


def in_torch(torch: Any, name: str) -> Callable[..., Any]:
    own = IN_TORCH.get(name)
    found = own(torch) if own else getattr(torch, name, None) or getattr(torch.nn.functional, name, None)
    assert found, (
        f"PyTorch has no function {name}: add {name!r} to IN_TORCH in tests/rows_in_torch.py, with what computes "
        "the same, or to WITHOUT_TORCH if nothing does"
    )
    return found
