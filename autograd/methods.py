"""Rows compiled into straight-line Python: the methods of Value.

What runs can be read: ``inspect.getsource(Value.tanh)`` prints it, and tracebacks quote it. Each method
computes the value, freezes the partials as plain numbers on the new node, and links the operands.
A plain number among the operands stays one: nothing flows to it, so its partial is None and never computed.

    >>> from autograd import Value
    >>> import inspect
    >>> print(inspect.getsource(Value.tanh).splitlines()[4].strip())
    out = tanh(a)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

from .formula import FUNCTIONS, PYTHON, add_up, larger, largest
from .modes import is_on, shared
from .ops import Op

__all__ = ["FINISH", "OPERATORS", "compile_function", "compile_methods", "define", "publish", "stub"]

# Python's method for the rows that are operators.
OPERATORS = {
    "add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__", "pow": "__pow__",
    "neg": "__neg__", "abs": "__abs__",
}  # fmt: skip

FINISH = """\
    node.data = out
    node.grad = NOT_REACHED
    node.op = {op}
    node.label = ""
    node.scope = scope
    return in_mode(node) if mode else node
"""

_UNARY = (
    """\
def {name}(self):
    {doc}
    a = self.data
    try:
        out = {value}
        node = new()
        node.partials = ({slope_a},)
    except (ArithmeticError, ValueError):
        return carefully({op}, (self,))
    node.operands = (self,)
"""
    + FINISH
)

_BINARY = (
    """\
def {name}(self, {other}{default}):
    {doc}
    a = self.data
    kind = type({other})
    if kind is Value:
        b = {other}.data
        try:
            out = {value}
            node = new()
            node.partials = ({slope_a}, {slope_b})
        except (ArithmeticError, ValueError):
            return carefully({op}, (self, {other}))
        node.operands = (self, {other})
    elif kind is float or kind is int:
        try:
            b = {other} if kind is float else float({other})
            out = {value}
            node = new()
            node.partials = ({slope_a}, None)
        except (ArithmeticError, ValueError):
            return carefully({op}, (self, {other}))
        node.operands = (self, b)
    else:
        return carefully({op}, (self, {other}))
"""
    + FINISH
)

_REFLECTED = (
    """\
def {name}(self, {other}):
    {doc}
    b = self.data
    kind = type({other})
    if kind is float or kind is int:
        try:
            a = {other} if kind is float else float({other})
            out = {value}
            node = new()
            node.partials = (None, {slope_b})
        except (ArithmeticError, ValueError):
            return carefully({op}, ({other}, self))
        node.operands = (a, self)
    else:
        return carefully({op}, ({other}, self))
"""
    + FINISH
)

_SCALAR = """\
def {name}({parameters}):
    {doc}
    return {fast}carefully({op}, ({operands},))
"""

_WIDE = """\
def {name}({parameters}):
    {doc}
    if mode and is_on("atomic"):
        return in_steps({op}, ({operands},))
    try:
        kernel = {name}_kernels[{key}]
    except (KeyError, IndexError, TypeError):
        return first_time({op}, {name}_kernels, ({operands},))
    return kernel({operands})
"""

shared.update(
    {name: getattr(math, name) for name in FUNCTIONS if name != "abs"},
    abs=abs, copysign=math.copysign, larger=larger, largest=largest, add_up=add_up, is_on=is_on,
)  # fmt: skip


class _Source:
    """Hands the text of the methods compiled at import to linecache, when a traceback or inspect asks for it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def get_source(self, _name: str) -> str:
        return self.text


def _exec(text: str, filename: str) -> dict[str, Any]:
    defined: dict[str, Any] = {}
    exec(compile(text, filename, "exec"), shared, defined)
    return defined


def compile_methods(rows: Sequence[Op]) -> dict[str, Callable[..., Any]]:
    """The methods of Value, by name: ``tanh``, and ``__mul__``, ``__rmul__``, ``mul`` for an operator."""
    texts: list[str] = []
    for op in rows:
        if not op.wide:
            texts.append(_fill(_UNARY if len(op.operands) == 1 else _BINARY, op))
            if op.name in OPERATORS and len(op.operands) == 2:
                texts.append(_fill(_REFLECTED, op, name=f"r{op.name}"))
    text = "\n\n".join(texts)
    shared["__loader__"] = _Source(text)
    defined = _exec(text, __file__.replace("methods.py", "compiled_methods.py"))
    methods: dict[str, Callable[..., Any]] = {}
    for name, function in defined.items():
        dunder = OPERATORS.get(name)
        if dunder is None and name[0] == "r" and name[1:] in OPERATORS:
            dunder = OPERATORS[name[1:]].replace("__", "__r", 1)
        else:
            methods[name] = function
        if dunder is not None:
            methods[dunder] = function
        function.__qualname__ = f"Value.{dunder or name}"
    return methods


def compile_function(op: Op, doc: str = "") -> Callable[..., Any]:
    """A row as a function: ``dot(xs, ws, bias=None)`` for a wide one, else of that many Values or numbers."""
    parameters = [f"{name}={op.defaults[name]!r}" if name in op.defaults else name for name in op.operands]
    names = {"name": op.name, "op": f"{op.name}_op", "doc": _doc(op)}
    names |= {"parameters": ", ".join(parameters), "operands": ", ".join(op.operands)}
    if op.wide:
        shared[f"{op.name}_kernels"] = {}
        parts = (f"len({x}), type({x}[0])" if x in op.lists else f"type({x})" for x in op.operands)
        function = _register(op, _WIDE.format(key=", ".join(parts), **names), op.name)
    else:
        fast = ""
        if not op.operands[2:]:
            method = _register(op, _fill(_UNARY if len(op.operands) == 1 else _BINARY, op), f"{op.name}", "method ")
            shared[f"{op.name}_method"] = method
            first = op.operands[0]
            fast = f"{op.name}_method({', '.join(op.operands)}) if type({first}) is Value else "
        function = _register(op, _SCALAR.format(fast=fast, **names), op.name)
    if doc:
        function.__doc__ = doc
    return function


def _doc(op: Op) -> str:
    slopes = ", ".join(f"d/d{name} = {partial.source}" for name, partial in zip(op.operands, op.partials))
    return f'"""{op.value.source}, with the partials {slopes}."""'


def _fill(template: str, op: Op, name: str = "") -> str:
    """A scalar row in its template; its operands are called a and b there whatever the row calls them."""
    letters = dict(zip(op.operands, "ab"))
    slopes = {f"slope_{letter}": slope.text(PYTHON, letters) for letter, slope in zip("ab", op.partials)}
    other = op.operands[1] if op.defaults else "other"
    default = f"={op.defaults[other]!r}" if op.defaults else ""
    return template.format(
        name=name or op.name, doc=_doc(op), op=f"{op.name}_op", other=other, default=default,
        value=op.value.text(PYTHON, letters), **slopes,
    )  # fmt: skip


def _register(op: Op, text: str, name: str, what: str = "") -> Callable[..., Any]:
    """Compile one function of a row, which finds the row under its name."""
    shared[f"{op.name}_op"] = op
    return define(text, name, what)


def define(text: str, name: str, what: str = "") -> Callable[..., Any]:
    filename = f"<autograd {what}{name}>"
    function: Callable[..., Any] = _exec(text, filename)[name]
    _texts[filename] = text
    if linecache := sys.modules.get("linecache"):  # it is slow to load, so it is not loaded for this
        publish(linecache)
    return function


_texts: dict[str, str] = {}


def publish(linecache: Any) -> None:
    """Give linecache the text of every function compiled so far, so that tracebacks and inspect can quote it."""
    for filename, text in _texts.items():
        linecache.cache.setdefault(filename, (len(text), None, text.splitlines(keepends=True), filename))


def stub(rows: Sequence[Op]) -> str:
    """The text of compiled_methods.pyi, which tells type checkers and editors what the rows become."""
    lines = [
        "# Made from the rows of ops.py by `pytest --refresh`.",
        "from collections.abc import Sequence",
        "from .value import Value",
        "",
        "class Methods:",
    ]
    for op in rows:
        if op.wide:
            continue
        others = op.operands[1:]
        default = f": Value | float = {op.defaults[others[0]]!r}" if op.defaults else ": Value | float"
        names = [op.name, OPERATORS[op.name]] if op.name in OPERATORS else [op.name]
        if op.name in OPERATORS and others:
            names.append(OPERATORS[op.name].replace("__", "__r", 1))
        parameters = f", {others[0] if op.defaults else 'other'}{default}" if others else ""
        for name in names:
            lines.append(f"    def {name}(self{parameters}) -> Value: ...  # {op.value.source}")
    lines.append("")
    for op in rows:
        if op.wide:
            parameters = ", ".join(
                f"{x}: Sequence[Value | float]" if x in op.lists else f"{x}: Value | float | None = {op.defaults[x]!r}"
                for x in op.operands
            )
            lines.append(f"def {op.name}({parameters}) -> Value: ...  # {op.value.source}")
    return "\n".join(lines) + "\n"
