"""Wide rows compiled into straight-line Python, one kernel for each length of list that occurs.

>>> from autograd.ops import TOTAL
>>> print(kernel_text(TOTAL, {"xs": 2}, frozenset()), end="")
def total_2(xs):
    o0, o1 = xs
    try:
        xs_0 = o0.data
        xs_1 = o1.data
        out = xs_0 + xs_1
        node = new()
        node.da = (1.0, 1.0)
        if type(out) is not float:
            raise TypeError
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        node = carefully(total_op, (*xs,))
        if isinstance(node, Exception):
            raise node from None
        return node
    node.a = (o0, o1)
    node.b = node.db = None
    node.data = out
    node.grad = NOT_REACHED
    node.op = total_op
    node.label = ""
    node.scope = scope
    return in_mode(node) if mode else node
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

from .formula import FUNCTIONS, PYTHON, Formula
from .formula.namer import Namer, words
from .methods import FINISH, Page, define, raising, under
from .ops import Op

__all__ = ["compile_kernel", "kernel_text", "make_room"]

_numbers = count()

KERNELS = 256  # how many kernels a row keeps
UNROLLED = 64  # the longest list of operands that each get a name; a longer list becomes a loop

_KERNEL = raising(
    """\
def {name}({parameters}):
{bind}    try:
{read}        out = {value}
{slopes}        node = new()
        node.da = {partials}
        if type(out) is not float:
            raise TypeError
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return carefully({op}, {given})
    node.a = {operands}
    node.b = node.db = None
"""
    + FINISH
)
_LENGTH = "indices = range({size})", "n = float(len(indices))"
_EACH = "[{number} for x in {name}]"
_IS_OTHER = "type({name}) is not float"
_ARE_OTHER = "{{*map(type, {name})}} != {{float}}"
_REFUSE = ["if {others}:", "    raise TypeError  # data was set to something else"]
_PLAIN, _ANY, _DATA = "{} * 1.0", "copysign({0}, {0})", "{}.data"
_WORDS = {
    *words(
        _KERNEL,
        *_LENGTH,
        _EACH,
        _IS_OTHER,
        _ARE_OTHER,
        *_REFUSE,
        _PLAIN,
        _ANY,
        *(s.template for s in PYTHON.spellings.values()),
    ),
    *FUNCTIONS,
}


def compile_kernel(op: Op, sizes: dict[str, int], constants: frozenset[str]) -> Callable[..., Any]:
    """Compile a wide row for lists of one length: `sizes` by name (1 for a single operand).

    `constants` names the operands that are plain numbers. A kernel that meets anything it was not compiled for leaves
    it to `carefully`, so it need not check the type of every operand.
    """
    name = _name(op, sizes)
    page = Page(f"<autograd operations: {name}, number {next(_numbers)}>")  # dropped along with the kernel
    page.show()
    return define(kernel_text(op, sizes, constants), name, page)


def make_room(kernels: dict[Any, Any]) -> None:
    """Drop the oldest kernels of a row that has more than KERNELS: each length and mix of operands has its own."""
    while len(kernels) > KERNELS:
        with suppress(KeyError, RuntimeError):  # another thread is changing it
            oldest: Any = kernels.pop(next(iter(kernels)))
            linecache = sys.modules.get("linecache")
            if linecache and hasattr(oldest, "__code__"):
                linecache.cache.pop(oldest.__code__.co_filename, None)


def _name(op: Op, sizes: dict[str, int]) -> str:
    return f"{op.name}_{sizes[op.lists[0]]}"


def kernel_text(op: Op, sizes: dict[str, int], constants: frozenset[str]) -> str:
    """Write the kernel's source. Up to UNROLLED operands of a list each have a name; a longer list becomes a loop."""
    unrolled = sizes[op.lists[0]] <= UNROLLED
    namer = Namer(_WORDS)
    given = namer.names(op.operands)  # what the kernel calls its parameters
    bind: list[str] = []  # names for the Values in a list
    read: list[str] = []  # names for the numbers of these Values
    kept: list[str] = []  # the operands the node keeps: Values, and plain numbers as floats
    names: dict[str, Any] = {}  # what the formulas call these numbers
    for name, size in sizes.items():
        number = _constant(op) if name in constants else _DATA
        if name in op.lists and unrolled:
            held = [namer.name(f"o{len(kept) + i}") for i in range(size)]
            names[name] = [namer.name(f"{given[name]}_{i}") for i in range(size)]
            bind.append(f"{_tuple(held)[1:-1]} = {given[name]}")
            read += [f"{text} = {number.format(operand)}" for text, operand in zip(names[name], held)]
            kept += names[name] if name in constants else held
            others = " or ".join(_IS_OTHER.format(name=text) for text in names[name])
        else:
            star = "*" if name in op.lists else ""
            names[name] = namer.name(f"{given[name]}_data")
            value = _EACH.format(number=number.format("x"), name=given[name]) if star else number.format(given[name])
            read.append(f"{names[name]} = {value}")
            kept.append(star + (names[name] if name in constants else given[name]))
            others = (_ARE_OTHER if star else _IS_OTHER).format(name=names[name])
        if name not in constants and not _is_arithmetic(op):
            read += [line.format(others=others) for line in _REFUSE]
    if not unrolled:
        bind += [line.format(size=sizes[op.lists[0]]) for line in _LENGTH]

    def lets(formula: Formula) -> dict[str, Any]:
        return {**names, **namer.names(let for let, _ in formula.lets)}

    formula = op.formula(sum(sizes.values()))
    formula = formula.hoisted() if formula.nests() else formula
    computed = lets(formula)
    read += [f"{let} = {text}" for let, text in formula.statements(PYTHON, computed)]
    slopes: list[str] = []
    partials: list[str] = []
    for name, size in sizes.items():
        if name in constants:
            partials += ["None"] * size if unrolled or name not in op.lists else [f"*[None] * {size}"]
            continue
        slope, shared = op.partials[op.operands.index(name)].hoisted().without_those_of(formula)
        known = {**lets(slope), **{let: computed[let] for let in shared}}
        slopes += [f"{let} = {text}" for let, text in slope.statements(PYTHON, known)]
        if unrolled or name not in op.lists:
            partials += [slope.last(PYTHON, known, i) for i in range(size)]
        else:
            partials.append(f"*[{slope.last(PYTHON, known)} for i in indices]")
    return _KERNEL.format(
        name=_name(op, sizes),
        parameters=", ".join(given.values()),
        bind=_lines(bind, 4),
        read=_lines(read, 8),
        value=formula.last(PYTHON, computed),
        slopes=_lines(slopes, 8),
        partials=_tuple(partials),
        op=under(f"{op.name}_op", op),
        given=_tuple([f"*{given[name]}" if name in op.lists else given[name] for name in sizes]),
        operands=_tuple(kept),
    )


def _constant(op: Op) -> str:
    """Return code that reads plain numbers, turns ints into floats, and notices a Value among them.

    Multiplying by 1.0 is enough for arithmetic, whose result shows that a Value was there; a comparison would hide it.
    """
    return _PLAIN if _is_arithmetic(op) else _ANY


def _is_arithmetic(op: Op) -> bool:
    """Return whether the result's type reveals a Value among the operands: a function or a comparison would hide it."""
    return {term.head for term in op.value.terms()} <= {"+", "-", "*", "/", "neg", "sum", "name", "item", "number"}


def _tuple(parts: list[str]) -> str:
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def _lines(lines: list[str], indent: int) -> str:
    return "".join(f"{' ' * indent}{line}\n" for line in lines)
