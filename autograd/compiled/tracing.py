"""Tracing: run a function once with Values that have no numbers, to learn what it computes.

While a function is traced, tracers (tracers.py) take the place of its numbers: every operation on them is recorded,
never computed. self_check.py then compares the numbers of the recorded program with the function's.
"""

from __future__ import annotations

import os
from _thread import RLock, get_ident
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from ..errors import TraceError
from ..explain.naming import names_for
from ..explain.source import said_line, users_line
from ..graph import walk
from ..modes import gc_paused
from ..value import Value
from .batches import is_number, mapped
from .guards import Guards
from .program import Program
from .tracers import TraceContext, as_tracers, running, tracer

__all__ = ["Locks", "as_program", "failed_alone", "traced"]

Locks = partial(
    defaultdict[int, Any], RLock
)  # by process: one that a thread held at a fork would stay closed in the child
_one_at_a_time = Locks()  # since parameters, which threads may share, are tracers during a trace


@gc_paused
def traced(
    function: Callable[..., Any],
    arguments: Sequence[Any],
    keywords: Mapping[str, Any],
    parameters: Container[Value] | None,
    hidden: Iterable[Value],
) -> tuple[Any, list[Any]]:
    """Run `function` on tracers; return its result, and the tracers of the numbers in its arguments, in order.

    parameters: Values that may be arguments; None for any. hidden: Values whose numbers the function may not read.
    Raises TraceError, naming the user's line, for anything that would not be the same in every call.
    """
    context, thread = TraceContext(), get_ident()

    def traced_as(thing: Any, name: str) -> Any:
        if isinstance(thing, Value) and parameters is not None and thing not in parameters:
            raise TraceError(f"{name} is a Value, but not among the parameters: pass {name}.item(), or add it to them")
        if is_number(thing):
            context.inputs.append(tracer(thing, name))
            return context.inputs[-1]
        return thing

    names = _argument_names(function, len(arguments))
    positional = [mapped(argument, traced_as, name) for name, argument in zip(names, arguments)]
    named = {name: mapped(argument, traced_as, name) for name, argument in keywords.items()}
    with _one_at_a_time[os.getpid()]:
        outer = running.get(thread)
        hide, show = as_tracers(hidden)
        try:
            hide()
            running[thread] = context
            root = function(*positional, **named)
        except Exception as error:
            raise (context.refused or error) from None
        finally:
            try:
                show()
            finally:
                running.pop(thread, None)
                if outer:
                    running[thread] = outer
    if context.refused:
        raise context.refused
    if not isinstance(root, Value) or getattr(root, "plain", False):
        got = "a plain number, which depends on no parameter" if isinstance(root, (Value, float, int)) else repr(root)
        raise TraceError(f"want one Value, the loss, as the result of a compiled function, got {got}")
    return root, context.inputs


@gc_paused
def as_program(root: Any, inputs: Sequence[Any], parameters: Iterable[Value], guards: Guards) -> Program:
    """Make a Program of what was traced, with the nodes named after the function's own variables."""
    nodes = walk(root)
    leaves = [node for node in nodes if not node.operands]
    if new := [leaf for leaf in leaves if leaf not in guards.names]:
        guards.names.update(names_for(root, variables=guards.variables, nodes=nodes, wanted=new))
    return Program(
        root, parameters, inputs, {leaf: guards.names[leaf] for leaf in leaves if leaf in guards.names}, nodes
    )


def failed_alone(error: Exception) -> TraceError:
    """Return the error for a function that fails on tracers but not on numbers."""
    trail = error.__traceback__
    line = users_line()
    while trail:
        if not trail.tb_frame.f_code.co_filename.startswith((os.path.dirname(__file__), "<autograd")):
            line = trail.tb_frame.f_code.co_filename, trail.tb_lineno
        trail = trail.tb_next
    return TraceError(
        f"{said_line(line)}\nthe function runs on numbers, but fails on the tracers that take their place while it is "
        f"traced ({type(error).__name__}: {error}). Compute this outside, and pass the result as an argument"
    )


def _argument_names(function: Callable[..., Any], count: int) -> list[str]:
    import inspect

    names: list[str] = []
    with suppress(TypeError, ValueError):  # some callables of other languages have no signature
        given = inspect.signature(function).parameters.values()
        names = [each.name for each in given if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)]
    return [names[i] if i < len(names) else f"argument_{i + 1}" for i in range(count)]
