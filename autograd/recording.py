"""Record what compiled methods cannot: failed arithmetic, other types of operands, modes, lists of a new length.

>>> from autograd import Value
>>> from autograd.ops import MUL
>>> node = record(MUL, [Value(3.0), 4.0])
>>> node.data, node.partials
(12.0, (4.0, None))
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

from .errors import ArgumentError, AutogradError, DomainError, GraphError, hidden
from .formula import FUNCTIONS, PLAIN, Algebra, add_up, larger, largest
from .kernels import compile_kernel, make_room
from .methods import OPERATORS
from .modes import CUT, PARAMETER, is_on, shared
from .ops import MAXIMUM, OPS, Op
from .slow_path import evaluate, evaluate_partial, real, real_data
from .value import NOT_REACHED, Value

__all__ = ["ON_VALUES", "apply", "listed", "one_list", "record", "record_checked"]


def record(op: Op, operands: Sequence[Value | float]) -> Value:
    """Compute a node step by step from its row: for mixed operands, and where arithmetic failed."""
    for operand in operands:
        if type(operand) is not Value and hasattr(operand, "record"):  # traced by compile(): no numbers yet
            return operand.record(op, operands)  # type: ignore[union-attr]
    numbers = [real_data(operand, operand.data) if isinstance(operand, Value) else operand for operand in operands]
    try:
        out = evaluate(op, operands, numbers, _names)
    except DomainError as error:
        raise _with_advice(error, op, operands) from None
    node = Value(out)
    node.op, node.operands, node.scope = op, tuple(operands), shared["scope"]
    node.partials = tuple(
        evaluate_partial(op, operands, numbers, out, k) if isinstance(operand, Value) else None
        for k, operand in enumerate(operands)
    )
    return _in_mode(node) if shared["mode"] else node


def one_list(name: str, given: Sequence[Any]) -> ArgumentError:
    """Return the error for a function of one list that was given several arguments, such as ``mean(a, b)``."""
    if isinstance(given[0], (list, tuple)):
        write = f"[{name}(row) for row in rows] for a list of rows"
    else:
        said = [_names([x])[0] if isinstance(x, Value) else repr(x) for x in given[:3]]
        said = [x or f"x{i}" for i, x in enumerate(said, 1)] + ["..."] * (len(given) > 3)
        write = f"{name}([{', '.join(said)}])"
    return ArgumentError(f"{name} takes one list, but got {len(given)} arguments: write {write}")


def _names(operands: Sequence[Any]) -> list[str]:
    from .explain.failures import names_of

    return names_of(operands)


def _with_advice(error: DomainError, op: Op, operands: Sequence[Any]) -> DomainError:
    """Add the fix to the error: a form that has a value there, or IEEE's inf and nan."""
    from .explain.failures import stable_form

    stable = stable_form(op.name, operands)
    advice = stable or "Inside `with autograd.ieee():` it is inf or nan, as in PyTorch"
    return type(error)(f"{error}. {advice}")


def apply(op: Op, groups: Sequence[Any]) -> Value:
    """Compute a row from the arguments of its function, which are lists for a wide row.

    >>> from autograd.ops import DOT
    >>> apply(DOT, [[Value(1.0), Value(2.0)], [3.0, 4.0], None]).data
    11.0
    """
    if op.wide and is_on("atomic"):
        return _in_steps(op, groups)
    return record(op, _flat(_checked(op, groups)))


def record_checked(op: Op, operands: Sequence[Any]) -> Any:
    """Make a node of operands that are not all Values, floats or ints. Operators return NotImplemented otherwise."""
    checked: list[Value | float] = []
    for k, operand in enumerate(operands):
        if isinstance(operand, Value):
            checked.append(operand)
            continue
        try:
            checked.append(real(operand, f"a Value or a real number as operand {k + 1} of {op.name}"))
        except ArgumentError as error:
            if op.name in OPERATORS:
                return _by_the_other(op, operands, k, error)
            raise
    return record(op, checked)


def _by_the_other(op: Op, operands: Sequence[Any], k: int, error: ArgumentError) -> Any:
    """Ask the type of operand k for the operator's result, as Python would; if it has none, raise our error."""
    other = operands[k]
    was_asked = k == 0 or isinstance(other, (str, bytes, list, tuple))  # the messages of these do not help
    method = None if was_asked else getattr(type(other), OPERATORS[op.name].replace("__", "__r", 1), None)
    found = method(other, operands[0]) if method else NotImplemented
    if found is NotImplemented:
        raise error
    return found


def _in_mode(node: Value) -> Value:
    if is_on("no_grad"):
        node.op, node.operands, node.partials, node.scope = None, (), (), CUT
    elif is_on("record_source"):
        from .explain.source import remember

        remember(node)
    return node


def _in_place(op: Op, leaf: Value, other: object) -> ArgumentError | None:
    from .explain.untrained import in_place

    return in_place(op, leaf, other)


def _first_time(op: Op, kernels: dict[Any, Callable[..., Value]], groups: Sequence[Any]) -> Value:
    """Run a wide operation on operands that no kernel was compiled for: check them, then compile one."""
    given = _checked(op, groups)
    flat = _flat(given)
    sizes: dict[str, int] = {}
    constants: set[str] = set()
    key: list[Any] = []  # the key that the compiled function looks up: see methods.compile_function
    for name in op.operands:
        group = given.get(name)
        listed = isinstance(group, list)
        kind = type(group[0] if listed else group)
        key += [len(group), kind] if listed else [kind]
        if name in given:
            sizes[name] = len(group) if listed else 1
        if kind is float:
            constants.add(name)
    if any(isinstance(operand, Value) and type(operand) is not Value for operand in flat):
        traced = next(
            (kind for kind in key if hasattr(kind, "recorder")), None
        )  # the type that compile() uses instead of numbers
        if traced is None:
            return record_checked(op, flat)
        kernels[tuple(key)] = traced.recorder(op)
    elif tuple(key) not in kernels:
        kernels[tuple(key)] = compile_kernel(op, sizes, frozenset(constants))
    kernel = kernels[tuple(key)]
    make_room(kernels)
    return kernel(*map(given.get, op.operands))


def _in_steps(op: Op, groups: Sequence[Any]) -> Value:
    """Build a wide operation from two-operand ones: compute its value formula on Values."""
    given = _checked(op, groups)
    flat = _flat(given)
    formula = op.formula(len(flat))
    if any(hasattr(x, "record") for x in flat) and any(term.head == "if" for term in formula.terms()):
        return record(
            op, flat
        )  # traced by compile(), so there are no numbers to decide by: one node, with the same number
    result = formula.evaluate(given, ON_VALUES)
    if any(
        result is operand for operand in flat
    ):  # a sum of one term takes no step, but its result is a node of its own
        return record(op, flat)
    return result if isinstance(result, Value) else Value(result)


def _checked(op: Op, groups: Sequence[Any]) -> dict[str, Any]:
    """Sort the arguments of a wide operation by operand name: Values and floats, without what was left out."""
    given: dict[str, Any] = {}
    for name, group in zip(op.operands, groups):
        if name in op.lists:
            operands = enumerate(listed(op.name, name, group))
            given[name] = [_operand(op, f"{name}[{i}]", operand) for i, operand in operands]
        elif group is not None or op.defaults.get(name, 0.0) is not None:
            given[name] = _operand(op, name, group)
    counts = {name: len(given[name]) for name in op.lists}
    if len(set(counts.values())) > 1:
        raise GraphError(
            f"{op.name}: want lists of the same length, got "
            + " and ".join(f"{count} in {name}" for name, count in counts.items())
        )
    return given


def _flat(given: dict[str, Any]) -> list[Value | float]:
    """List the operands one after the other, as a node keeps them."""
    return [operand for group in given.values() for operand in (group if isinstance(group, list) else [group])]


def listed(who: str, name: str, group: Any) -> list[Any]:
    """Return the argument `name` as a list. Raises ArgumentError if it is not one, GraphError if it is empty."""
    try:
        operands = list(group)
    except TypeError:
        raise ArgumentError(f"{who}: want a list of Values or numbers for {name}, got {type(group).__name__}") from None
    if not operands:
        raise GraphError(f"{who}: want at least one operand in {name}, got an empty list")
    return operands


def _operand(op: Op, name: str, operand: Any) -> Value | float:
    return operand if isinstance(operand, Value) else real(operand, f"a Value or a real number for {name} of {op.name}")


def _number(operand: Value | float) -> float:
    return real_data(operand, operand.data) if isinstance(operand, Value) else operand


def _on_values(name: str) -> Callable[..., Any]:
    """Apply a function of the grammar to Values and numbers: the row with its name."""

    def apply(*operands: Value | float) -> Any:
        if any(isinstance(operand, Value) for operand in operands):
            return record(OPS[name], operands)
        return evaluate(OPS[name], operands, [_number(operand) for operand in operands])

    return apply


def _square_or_power(a: Value | float, b: Value | float) -> Any:
    """Raise to a power; a square is a product, as in every language: its slopes, a and a, overflow later than 2 * a."""
    return _on_values("mul")(a, a) if b == 2 else _on_values("pow")(a, b)


def _compared(compare: Callable[[float, float], bool]) -> Callable[..., bool]:
    def by_data(a: Value | float, b: Value | float) -> bool:
        return compare(_number(a), _number(b))

    return by_data


def _largest(terms: list[Value | float]) -> Value | float:
    """Make one node of all operands, so that equal ones share the gradient; under atomic(), one node for each pair."""
    if not any(isinstance(term, Value) for term in terms):
        return largest([_number(term) for term in terms])
    if is_on("atomic") and len(terms) > 1:  # one operand makes a node too: without it, nan would have the slope 1
        return reduce(lambda a, b: record(MAXIMUM, (a, b)), terms)
    return record(MAXIMUM, terms)


# The grammar's functions for Values. With these, formulas build graphs: wide operations step by step, and gradients.
ON_VALUES: Algebra = {
    **PLAIN,
    "/": _on_values("div"),
    "**": _square_or_power,
    "max": _largest,
    **{name: _on_values(name) for name in PLAIN if name in OPS},
    **{head: _compared(PLAIN[head]) for head in ("<", "<=", ">", ">=", "==", "!=")},
}


def _giving_errors(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that returns an error instead of raising it: compiled code raises it there."""

    def give(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except AutogradError as error:
            return error.with_traceback(None)

    return give


# Every name that compiled methods and kernels use. They live in one module (see modes.py), which is linked here.
# methods.under adds the names that a row needs; modes.py and nn.Module set which modes are on, and the scope.
shared.update(
    {name: getattr(math, name) for name in FUNCTIONS if name != "abs"},
    abs=abs,
    copysign=math.copysign,
    larger=larger,
    largest=largest,
    add_up=add_up,
    is_on=is_on,
    AutogradError=AutogradError,
    __tracebackhide__=hidden,
    Value=Value,
    new=partial(object.__new__, Value),
    NOT_REACHED=NOT_REACHED,
    carefully=_giving_errors(record_checked),
    first_time=_giving_errors(_first_time),
    in_mode=_in_mode,
    in_steps=_in_steps,
    in_place=_in_place,
    one_list=one_list,
    PARAMETER=PARAMETER,
)
