"""Rows compiled into straight-line Python: the methods of Value.

What runs can be read: ``inspect.getsource(Value.tanh)`` prints it, and tracebacks quote it. Each method
computes the value, freezes the partials as plain numbers on the new node, and links the operands.
A plain number among the operands stays one: nothing flows to it, so its partial is None and never computed.

    >>> from autograd import Value
    >>> import inspect
    >>> print(inspect.getsource(Value.tanh).splitlines()[6].strip())
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

__all__ = ["FINISH", "OPERATORS", "compile_function", "compile_methods", "define"]

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
    try:
        a = self.data
        if type(a) is not float:
            raise TypeError  # data was set to something else
        out = {value}
        node = new()
        node.partials = ({slope_a},)  # d out/d a
    except (ArithmeticError, TypeError, ValueError):
        return carefully({op}, (self,))
    node.operands = (self,)
    node.kinds = "v"
"""
    + FINISH
)

_BINARY = (
    """\
def {name}(self, {other}{default}):
    {doc}
    kind = type({other})
    if kind is Value:
        try:
            a = self.data
            b = {other}.data
            if type(a) is not float or type(b) is not float:
                raise TypeError  # data was set to something else
            out = {value}
            node = new()
            node.partials = ({slope_a}, {slope_b})  # d out/d a, d out/d b
        except (ArithmeticError, TypeError, ValueError):
            return carefully({op}, (self, {other}))
        node.operands = (self, {other})
        node.kinds = "vv"
    elif kind is float or kind is int:
        try:
            a = self.data
            if type(a) is not float:
                raise TypeError  # data was set to something else
            b = {other} if kind is float else float({other})
            out = {value}
            node = new()
            node.partials = ({slope_a}, None)
        except (ArithmeticError, TypeError, ValueError):
            return carefully({op}, (self, {other}))
        node.operands = (self, b)
        node.kinds = "vc"
    else:
        return carefully({op}, (self, {other}))
"""
    + FINISH
)

_REFLECTED = (
    """\
def {name}(self, {other}):
    {doc}
    kind = type({other})
    if kind is float or kind is int:
        try:
            a = {other} if kind is float else float({other})
            b = self.data
            if type(b) is not float:
                raise TypeError  # data was set to something else
            out = {value}
            node = new()
            node.partials = (None, {slope_b})
        except (ArithmeticError, TypeError, ValueError):
            return carefully({op}, ({other}, self))
        node.operands = (a, self)
        node.kinds = "cv"
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
        pass  # an error of the first time is none of the look-up's
    else:
        return kernel({operands})
    return first_time({op}, {name}_kernels, ({operands},))
"""

shared.update(
    {name: getattr(math, name) for name in FUNCTIONS if name != "abs"},
    abs=abs, copysign=math.copysign, larger=larger, largest=largest, add_up=add_up, is_on=is_on,
)  # fmt: skip


class _Page:
    """The text of all that was compiled, as one file that tracebacks and inspect can quote from.

    linecache asks a module's loader for the text of a file that is not on the disk; this is that loader.
    """

    filename = __file__.replace("methods.py", "compiled_methods.py")

    def __init__(self) -> None:
        self.text = ""

    def get_source(self, _module: str) -> str:
        return self.text

    def add(self, text: str) -> int:
        """Append; returns how many lines stand above."""
        above = self.text.count("\n")
        self.text += text.rstrip("\n") + "\n\n\n"
        if linecache := sys.modules.get("linecache"):
            linecache.cache.pop(self.filename, None)
        return above


page = _Page()
shared["__loader__"] = page


def define(text: str, name: str) -> Callable[..., Any]:
    """Compile the text of one function, put it on the page, and return the function."""
    defined: dict[str, Any] = {}
    exec(compile("\n" * page.add(text) + text, page.filename, "exec"), shared, defined)
    return defined[name]


class Method:
    """A method of Value that is compiled when it is first asked for, and then stands there itself.

    names: what Value calls it, such as ``__add__`` and ``add``.
    """

    __slots__ = ("names", "op", "template")

    def __init__(self, op: Op, template: str, *names: str) -> None:
        self.op = op
        self.template = template
        self.names = names

    def __get__(self, value: Any, owner: Any = None) -> Any:
        function: Any = define(_fill(self.template, self.op), self.op.name)
        function.__qualname__ = f"Value.{self.names[0]}"
        for name in self.names:
            setattr(shared["Value"], name, function)
        return function if value is None else function.__get__(value, owner)


def compile_methods(rows: Sequence[Op]) -> dict[str, Method]:
    """The methods of Value, by name: ``tanh``, and ``__mul__``, ``__rmul__``, ``mul`` for an operator."""
    methods: list[Method] = []
    for op in rows:
        if not op.wide:
            shared[f"{op.name}_op"] = op
            template = _UNARY if len(op.operands) == 1 else _BINARY
            operator = OPERATORS.get(op.name)
            methods.append(Method(op, template, *([operator] if operator else []), op.name))
            if operator and template is _BINARY:
                methods.append(Method(op, _REFLECTED, operator.replace("__", "__r", 1)))
    return {name: method for method in methods for name in method.names}


def compile_function(op: Op, doc: str = "") -> Callable[..., Any]:
    """A row as a function: ``dot(xs, ws, bias=None)`` for a wide one, else of that many Values or numbers."""
    parameters = [f"{name}={op.defaults[name]!r}" if name in op.defaults else name for name in op.operands]
    names = {"name": op.name, "op": f"{op.name}_op", "doc": _doc(op)}
    names |= {"parameters": ", ".join(parameters), "operands": ", ".join(op.operands)}
    if op.wide:
        shared[f"{op.name}_kernels"] = {}
        parts = (f"len({x}), type({x}[0])" if x in op.lists else f"type({x})" for x in op.operands)
        text = _WIDE.format(key=", ".join(parts), **names)
    else:
        fast = ""
        if not op.operands[2:]:
            template = _UNARY if len(op.operands) == 1 else _BINARY
            shared[f"{op.name}_method"] = define(_fill(template, op), op.name)
            first = op.operands[0]
            fast = f"{op.name}_method({', '.join(op.operands)}) if type({first}) is Value else "
        text = _SCALAR.format(fast=fast, **names)
    shared[f"{op.name}_op"] = op
    function = define(text, op.name)
    if doc:
        function.__doc__ = doc
    return function


def _doc(op: Op) -> str:
    slopes = ", ".join(f"d/d{name} = {partial.source}" for name, partial in zip(op.operands, op.partials))
    return f'"""{op.value.source}, with the partials {slopes}."""'


def _fill(template: str, op: Op) -> str:
    """A scalar row in its template; its operands are called a and b there whatever the row calls them."""
    letters = dict(zip(op.operands, "ab"))
    slopes = {f"slope_{letter}": slope.text(PYTHON, letters) for letter, slope in zip("ab", op.partials)}
    other = op.operands[1] if op.defaults else "other"
    default = f"={op.defaults[other]!r}" if op.defaults else ""
    return template.format(
        name=op.name, doc=_doc(op), op=f"{op.name}_op", other=other, default=default,
        value=op.value.text(PYTHON, letters), **slopes,
    )  # fmt: skip
