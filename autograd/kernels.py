"""Wide rows compiled into straight-line Python: a kernel for each length of lists that is met.

>>> from autograd.ops import TOTAL
>>> print(kernel_text(TOTAL, {"xs": 2}, frozenset()), end="")
def total_2(xs):
    o0, o1 = xs
    try:
        xs_0 = o0.data
        xs_1 = o1.data
        out = xs_0 + xs_1
        node = new()
        node.partials = (1.0, 1.0)
        if type(out) is not float:
            raise TypeError
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return carefully(total_op, (*xs,))
    node.operands = (o0, o1)
    node.kinds = "vv"
    node.data = out
    node.grad = NOT_REACHED
    node.op = total_op
    node.label = ""
    node.scope = scope
    return in_mode(node) if mode else node
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .backward import UNROLLED
from .formula import PYTHON
from .methods import FINISH, define
from .ops import Op

__all__ = ["compile_kernel", "kernel_text"]

_KERNEL = (
    """\
def {name}({parameters}):
{bind}    try:
{read}        out = {value}
{slopes}        node = new()
        node.partials = {partials}
        if type(out) is not float:
            raise TypeError
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return carefully({op}, {given})
    node.operands = {operands}
    node.kinds = "{kinds}"
"""
    + FINISH
)


def compile_kernel(op: Op, sizes: dict[str, int], constants: frozenset[str]) -> Callable[..., Any]:
    """A wide row for lists of one length: `sizes` by name (1 for a single operand).

    `constants` names the operands that are plain numbers. A kernel that meets anything else than it was
    compiled for hands over to `carefully`, so it need not look at every operand's type.
    """
    return define(kernel_text(op, sizes, constants), _name(op, sizes))


def _name(op: Op, sizes: dict[str, int]) -> str:
    return f"{op.name}_{sizes[op.lists[0]]}"


def kernel_text(op: Op, sizes: dict[str, int], constants: frozenset[str]) -> str:
    """The kernel's source. Up to UNROLLED operands a list have names of their own; above that it loops."""
    unrolled = sizes[op.lists[0]] <= UNROLLED
    bind: list[str] = []  # names for the Values in a list
    read: list[str] = []  # names for their numbers
    kept: list[str] = []  # the operands the node keeps: Values, and plain numbers as floats
    names: dict[str, Any] = {}  # what the formulas call the numbers
    for name, size in sizes.items():
        number = _constant(op) if name in constants else "{}.data"
        if name in op.lists and unrolled:
            held = [f"o{len(kept) + i}" for i in range(size)]
            names[name] = [f"{name}_{i}" for i in range(size)]
            bind.append(f"{_tuple(held)[1:-1]} = {name}")
            read += [f"{text} = {number.format(operand)}" for text, operand in zip(names[name], held)]
            kept += names[name] if name in constants else held
            others = " or ".join(f"type({text}) is not float" for text in names[name])
        else:
            star = "*" if name in op.lists else ""
            names[name] = f"{name}_data"
            value = f"[{number.format('x')} for x in {name}]" if star else number.format(name)
            read.append(f"{names[name]} = {value}")
            kept.append(star + (names[name] if name in constants else name))
            others = f"{{*map(type, {names[name]})}} != {{float}}" if star else f"type({names[name]}) is not float"
        if name not in constants and not _is_arithmetic(op):
            read += [f"if {others}:", "    raise TypeError  # data was set to something else"]
    if not unrolled:
        bind += [f"indices = range({sizes[op.lists[0]]})", "n = float(len(indices))"]
    formula = op.formula(sum(sizes.values()))
    intermediates = [f"{let} = {text}" for let, text in formula.statements(PYTHON, names)]
    slopes: list[str] = []
    partials: list[str] = []
    for name, size in sizes.items():
        slope = op.partials[op.operands.index(name)]
        if name not in constants:
            lets = [f"{let} = {text}" for let, text in slope.statements(PYTHON, names)]
            slopes += [line for line in lets if line not in intermediates]
        if unrolled or name not in op.lists:
            partials += ["None" if name in constants else slope.last(PYTHON, names, i) for i in range(size)]
        else:
            partials.append(f"*[{'None' if name in constants else slope.last(PYTHON, names)} for i in indices]")
    return _KERNEL.format(
        name=_name(op, sizes),
        parameters=", ".join(op.operands),
        bind=_lines(bind, 4),
        read=_lines(read + intermediates, 8),
        value=formula.last(PYTHON, names),
        slopes=_lines(slopes, 8),
        partials=_tuple(partials),
        op=f"{op.name}_op",
        given=_tuple([f"*{name}" if name in op.lists else name for name in sizes]),
        operands=_tuple(kept),
        kinds="".join(("c" if name in constants else "v") * size for name, size in sizes.items()),
    )


def _constant(op: Op) -> str:
    """How a plain number is read, so that an int becomes a float and a Value among them is found out.

    Times 1.0 is enough for arithmetic, which hands a Value on to the result; a comparison would swallow it.
    """
    return "{} * 1.0" if _is_arithmetic(op) else "copysign({0}, {0})"


def _is_arithmetic(op: Op) -> bool:
    """Whether the type of the result shows what its operands were: a function or a comparison would hide it."""
    return {term.head for term in op.value.terms()} <= {"+", "-", "*", "/", "neg", "sum", "name", "item", "number"}


def _tuple(parts: list[str]) -> str:
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _lines(lines: list[str], indent: int) -> str:
    return "".join(f"{' ' * indent}{line}\n" for line in lines)
