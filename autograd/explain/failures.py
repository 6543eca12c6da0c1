"""Explain failures in the learner's names, with the place in the model, and a form that does not fail.

>>> from autograd import Value
>>> z = Value(40.0)
>>> p = z.sigmoid()
>>> (1 - p).log()
Traceback (most recent call last):
    ...
autograd.errors.DomainError: log(0.0) is not defined: want an operand > 0. log(1 - sigmoid(z)) is -softplus(z), ...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from ..errors import ArgumentError, AutogradError, SingularityError, printable
from ..frames import public
from ..graph import Edge, nearest
from ..modes import Scope
from .naming import ModuleNames, named_graph, names_for, one_line
from .phrases import name_of, operation, slope_texts
from .source import source_of

__all__ = ["known_options", "names_of", "place", "stable_form", "stopped"]


def names_of(operands: Sequence[Any]) -> list[str]:
    """Return the learner's names for some operands: labels, or the variables that hold them; "" if there is neither."""
    values = [operand for operand in operands if not isinstance(operand, float)]
    found = names_for(*values, nodes=values)
    return [one_line(getattr(operand, "label", "") or found.get(operand, "")) for operand in operands]


def stable_form(name: str, operands: Sequence[Any]) -> str:
    """Suggest a form of the failed expression that does have a value; "" if none is known.

    It recognises the logarithm of a probability that was rounded to 0, as in a hand-written cross-entropy.
    """
    if name not in ("log", "log2", "log10") or isinstance(operands[0], float) or operands[0].data != 0:
        return ""
    x = operands[0]
    if _is(x, "sigmoid"):
        z = _called(x.operands[0], "z")
        return f"{name}(sigmoid({z})) is -softplus(-{z}), which has a value at every {z}: write -(-{z}).softplus()"
    if _is(x, "sub") and x.operands[0] == 1.0:
        p = x.operands[1]
        if _is(p, "sigmoid"):
            z = _called(p.operands[0], "z")
            return f"{name}(1 - sigmoid({z})) is -softplus({z}), which has a value at every {z}: write -{z}.softplus()"
        p = _called(p, "p")
        return (
            f"If {p} is sigmoid(z), write -z.softplus() for log(1 - {p}), and -(-z).softplus() for log({p}): "
            "they have a value at every z"
        )
    if _is(x, "div") and _is(x.operands[0], "exp"):
        return "The logarithm of a softmax has a value at all scores if it is taken in one step: surprisal(xs, x) is -log(p)"
    return ""


def _is(node: Any, name: str) -> bool:
    return not isinstance(node, float) and node.op is not None and node.op.name == name


def _called(node: Any, otherwise: str) -> str:
    name = names_of([node])[0]
    return name if name.isidentifier() else otherwise


F = TypeVar("F", bound=Callable[..., Any])


def known_options(function: F) -> F:
    """Wrap a function so that an unknown option raises an error that lists its options.

    >>> @known_options
    ... def sketch(value, *, colour="red", depth=None): ...
    >>> sketch(1, color="blue")
    Traceback (most recent call last):
        ...
    autograd.errors.ArgumentError: there is no option color here: did you mean colour? The options are colour, depth
    """
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    if "__signature__" in vars(function):  # the function passes options on
        names = tuple(function.__signature__.parameters)  # type: ignore[attr-defined]

    @wraps(function)
    def checked(*arguments: Any, **options: Any) -> Any:
        for name in options:
            if name not in names:
                near = f"{said} The" if (said := nearest(name, names)) else "the"
                listed = ", ".join(other for other in names if other not in names[: code.co_argcount])
                raise ArgumentError(f"there is no option {name} here: {near} options are {listed}")
        return function(*arguments, **options)

    return public(cast("F", checked))


def stopped(root: Any, node: Any, graph: Any = None) -> SingularityError:
    """Return the error for a gradient that cannot flow back from a node, since a slope there is infinite."""
    graph = graph or named_graph(root)
    k = next(k for k, partial in enumerate(node.partials) if hasattr(partial, "reason"))
    edge = Edge(graph, node, k)
    operand = edge.operand
    source = source_of(node)
    module = one_line(ModuleNames().section(node.scope))
    where = ", ".join(part for part in (f"in {module}" if module else "", source) if part)
    what = "not defined" if edge.partial != edge.partial else "infinite"
    name, formula = name_of(graph, operand), ", ".join(["the slope", *slope_texts(edge)[:1]])
    return SingularityError(
        f"no gradient can flow through {name_of(graph, node)} = {operation(graph, node)} to {name}: {formula}, is {what} "
        f"at {name} = {operand.data!r}"
        f"{f' ({where})' if where else ''}. Keep {name} away from there, or use `with autograd.ieee():` to get inf and nan "
        f"as PyTorch does{'' if source else '; with record_source() this names the line'}"
    )


def place(error: AutogradError, call: Scope) -> None:
    """Begin an error's text with the innermost module whose call raised it, ``layers.0 (Linear)``."""
    if getattr(error, "module", None) is not None or not error.args or not isinstance(error.args[0], str):
        return
    error.module = call.module  # type: ignore[attr-defined]
    kind, path = type(call.module).__name__, ModuleNames().path(call)
    text: str = error.args[0]
    head, colon, rest = text.partition(": ")
    if colon and head in {base.__name__.lower() for base in type(call.module).__mro__}:
        text = rest
    title = one_line(f"{path} ({kind})" if path else kind, 80)
    if not text.startswith(title):
        error.args = (printable(f"{title}: {text}"), *error.args[1:])
