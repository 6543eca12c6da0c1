"""Rows compiled into straight-line Python: the methods of Value.

You can read what runs: ``inspect.getsource(Value.tanh)`` prints it, and tracebacks quote it. Each method
computes the value, freezes the partials as plain numbers on the new node, and links the operands.
An operand that is a plain number stays one: no gradient flows to it, so its partial is None and never computed.

    >>> from autograd import Value
    >>> import inspect
    >>> print(inspect.getsource(Value.tanh).splitlines()[6].strip())
    out = tanh(a)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from textwrap import indent
from types import CodeType
from typing import Any

from .errors import FormulaError
from .formula import FUNCTIONS, PYTHON, Formula
from .formula.namer import Namer, words
from .modes import shared
from .ops import Op

__all__ = [
    "FINISH",
    "OPERATORS",
    "Page",
    "compile_function",
    "compile_methods",
    "define",
    "keep_in_place",
    "page",
    "raising",
    "under",
]

# Python's methods for the rows that are operators.
OPERATORS = {
    "add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__", "pow": "__pow__",
    "neg": "__neg__", "abs": "__abs__", "remainder": "__mod__",
}  # fmt: skip

FINISH = """\
    node.data = out
    node.grad = NOT_REACHED
    node.op = {op}
    node.label = ""
    node.scope = scope
    return in_mode(node) if mode else node
"""


def raising(template: str, name: str = "node") -> str:
    """Let the compiled function raise an error that its helper returned, so that a traceback ends there."""
    return re.sub(
        r"(?m)^( +)return ((?:carefully|first_time)\(.*\))$",
        rf"\1{name} = \2\n\1if isinstance({name}, Exception):\n\1    raise {name} from None\n\1return {name}",
        template,
    )


_UNARY = raising(
    """\
def {name}(self):
    {doc}
    try:
        a = self.data
        if type(a) is not float:
            raise TypeError  # data was set to something else
{lets}        out = {value}
{lets_a}        node = new()
        node.da = {slope_a}  # d out/d a
    except (ArithmeticError, TypeError, ValueError):
        return carefully({op}, (self,))
    node.a = self
    node.b = node.db = None
"""
    + FINISH
)

_BINARY = raising(
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
{lets}            out = {value}
{lets_a}{lets_b}            node = new()
            node.da = {slope_a}  # d out/d a
            node.db = {slope_b}  # d out/d b
        except (ArithmeticError, TypeError, ValueError):
            return carefully({op}, (self, {other}))
        node.a = self
        node.b = {other}
    elif kind is float or kind is int:
        try:
            a = self.data
            if type(a) is not float:
                raise TypeError  # data was set to something else
            b = {other} if kind is float else float({other})
{lets}            out = {value}
{lets_a}            node = new()
            node.da = {slope_a}
        except (ArithmeticError, TypeError, ValueError):
            return carefully({op}, (self, {other}))
        node.a = self
        node.b = b
        node.db = None  # nothing flows to a constant
    else:
        return carefully({op}, (self, {other}))
"""
    + FINISH
)

# ``p += x`` also makes a new Value, so the most common way to update a parameter would change nothing.
_IN_PLACE = _BINARY.replace(
    """\
    {doc}
""",
    """\
    {doc}
    if self.op is None and (mode or self.scope is PARAMETER):
        error = in_place({op}, self, {other})
        if error:
            raise error
""",
)

_REFLECTED = raising(
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
{lets}            out = {value}
{lets_b}            node = new()
            node.db = {slope_b}
        except (ArithmeticError, TypeError, ValueError):
            return carefully({op}, ({other}, self))
        node.a = a
        node.da = None  # nothing flows to a constant
        node.b = self
    else:
        return carefully({op}, ({other}, self))
"""
    + FINISH
)

_SCALAR = raising(
    """\
def {name}({parameters}):
    {doc}{fast}
    return carefully({op}, ({operands},))
""",
    "_node",
)

_FAST = """
    if type({first}) is Value:
        try:
            return {method}({operands})
        except AutogradError as _error:
            raise _error.with_traceback(None) from None"""

_WIDE = raising(
    """\
def {name}({parameters}):
    {doc}{refuse}
    if mode and is_on("atomic"):
        return in_steps({op}, ({operands},))
    try:
        kernel = {kernels}[{key}]
    except (KeyError, IndexError, TypeError):
        pass  # compile outside of `except`: an error there is not the look-up's
    else:
        try:
            return kernel({operands})
        except AutogradError as _error:
            raise _error.with_traceback(None) from None
    return first_time({op}, {kernels}, ({operands},))
""",
    "_node",
)

_REFUSE = """
    if _others:
        raise one_list("{name}", ({operands}, *_others))"""

# The names in the templates themselves: nothing that a row adds may have the same name.
_METHOD_WORDS = {*words(_UNARY, _IN_PLACE, _REFLECTED), *FUNCTIONS, "larger"}
_FUNCTION_WORDS = {*words(_SCALAR, _FAST, _WIDE, _REFUSE), "Value", "float", "len", "type"}


class Page:
    """The text of what was compiled, as a file that tracebacks and inspect quote from linecache.

    filename: its beginning tells naming.users_frame that a frame is not the user's.
    """

    def __init__(self, filename: str = "<autograd operations>") -> None:
        self.filename = filename
        self.lines: list[str] = []

    def add(self, text: str) -> int:
        """Append the text, and return how many lines are above it."""
        above = len(self.lines)
        self.lines += f"{text.rstrip()}\n\n\n".splitlines(keepends=True)
        return above

    def show(self) -> None:
        """Let linecache quote the page, once one of its functions is used: importing autograd loads no tool."""
        import linecache

        linecache.cache[self.filename] = 0, None, self.lines, self.filename  # None: never looked for on disk


page = Page()  # the page of all methods and functions


def define(text: str, name: str, on: Page = page) -> Callable[..., Any]:
    """Compile the text of one function, put it on a page, and return the function."""
    defined: dict[str, Any] = {}
    exec(_further_down(compile(text, on.filename, "exec"), on.add(text)), shared, defined)
    return defined[name]


def _further_down(code: CodeType, lines: int) -> CodeType:
    """Return the same code, numbered as if it had that many lines above it."""
    inside = (_further_down(part, lines) if isinstance(part, CodeType) else part for part in code.co_consts)
    return code.replace(co_firstlineno=code.co_firstlineno + lines, co_consts=tuple(inside))


_under: dict[tuple[str, int], str] = {}  # keys: the name, and the id of the object, which `shared` keeps alive


def under(name: str, thing: Any) -> str:
    """Return the name that compiled functions use for an object of a row: a new one if the row was redefined."""
    if (name, id(thing)) not in _under:
        free = f"{name}_{len(_under)}" if name in shared else name
        shared[free] = thing
        _under[name, id(thing)] = free
    return _under[name, id(thing)]


class Method:
    """A method of Value that is compiled when it is first used, and then replaces this descriptor.

    names: its names in Value, such as ``__add__`` and ``add``.
    """

    __slots__ = ("names", "op", "template")

    def __init__(self, op: Op, template: str, *names: str) -> None:
        self.op = op
        self.template = template
        self.names = names

    def __get__(self, value: Any, owner: Any = None) -> Any:
        page.show()
        other = self.op.operands[-1] if self.op.defaults else "other"
        default = f"={self.op.defaults[other]!r}" if self.op.defaults else ""
        function: Any = define(_fill(self.template, self.op, other, default), self.op.name)
        function.__qualname__ = f"Value.{self.names[0]}"
        for name in self.names:
            setattr(shared["Value"], name, function)
        return function if value is None else function.__get__(value, owner)


def keep_in_place(kind: type) -> None:
    """Let ``x += y`` use the ``__add__`` of a subclass of Value, if that defines no ``__iadd__``."""
    for operator in vars(kind).keys() & OPERATORS.values():
        name = operator.replace("__", "__i", 1)
        if hasattr(kind, name) and name not in vars(kind):
            setattr(kind, name, vars(kind)[operator])


def compile_methods(rows: Sequence[Op]) -> dict[str, Method]:
    """Make the methods of Value, by name: ``tanh``; for operators, ``__mul__``, ``__rmul__``, ``__imul__`` and ``mul``.

    A row over lists, or with more than two operands, becomes a function only.
    """
    methods: list[Method] = []
    for op in rows:
        if not op.wide and not op.operands[2:]:
            template = _UNARY if len(op.operands) == 1 else _BINARY
            operator = OPERATORS.get(op.name)
            methods.append(Method(op, template, *([operator] if operator else []), op.name))
            if operator and template is _BINARY:
                methods.append(Method(op, _REFLECTED, operator.replace("__", "__r", 1)))
                methods.append(Method(op, _IN_PLACE, operator.replace("__", "__i", 1)))
    return {name: method for method in methods for name in method.names}


def compile_function(op: Op, doc: str = "") -> Callable[..., Any]:
    """Make a function of a row: ``dot(xs, ws, bias=None)`` for a wide row, or else of a Value or number per operand."""
    for name in _FUNCTION_WORDS.intersection(op.operands):
        raise FormulaError(f"{op.name}: {name!r} is taken: give the operand another name")
    parameters = [f"{name}={_literal(op.defaults[name])}" if name in op.defaults else name for name in op.operands]
    names = {"name": op.name, "op": under(f"{op.name}_op", op), "doc": _doc(op)}
    names |= {"parameters": ", ".join(parameters), "operands": ", ".join(op.operands)}
    if op.wide:
        parts = (f"len({x}), type({x}[0])" if x in op.lists else f"type({x})" for x in op.operands)
        refuse = ""
        if len(op.operands) == 1:  # mean(a, b) looks right
            refuse = _REFUSE.format(**names)
            names["parameters"] += ", *_others"
        key, kernels = ", ".join(parts), under(f"{op.name}_kernels", {})
        text = _WIDE.format(key=key, kernels=kernels, refuse=refuse, **names)
    else:
        fast = ""
        if not op.operands[2:]:
            template = _UNARY if len(op.operands) == 1 else _BINARY
            method = under(f"{op.name}_method", define(_fill(template, op), op.name))
            fast = _FAST.format(first=op.operands[0], method=method, operands=", ".join(op.operands))
        text = _SCALAR.format(fast=fast, **names)
    function = define(text, op.name)
    if doc:
        function.__doc__ = doc
    return function


def _literal(number: float | None) -> str:
    return repr(number) if number is None or math.isfinite(number) else f"float('{number}')"


def _doc(op: Op) -> str:
    slopes = ", ".join(f"d/d{name} = {partial.source}" for name, partial in zip(op.operands, op.partials))
    doc = f"{op.value.source}, with the partials {slopes}."
    one_line = " ".join(doc.split())  # a character that linecache counts as a line break would move all the lines below
    return '"""{}"""'.format(one_line.replace("\\", r"\\").replace('"', r"\""))


def _fill(template: str, op: Op, other: str = "other", default: str = "") -> str:
    """Fill a scalar row into its template, where its operands are called a and b, whatever the row calls them."""
    space = 8 if template is _UNARY else 12
    letters = dict(zip(op.operands, "ab"))
    namer = Namer({*_METHOD_WORDS, "a", "b", other})

    def written(formula: Formula) -> tuple[str, str]:
        names = {**letters, **namer.names(let for let, _ in formula.lets)}
        lets = "".join(f"{let} = {text}\n" for let, text in formula.statements(PYTHON, names))
        return indent(lets, space * " "), formula.last(PYTHON, names)

    texts: dict[str, str] = {}
    texts["lets"], texts["value"] = written(op.value)
    for letter, slope in zip("ab", op.partials):
        texts[f"lets_{letter}"], texts[f"slope_{letter}"] = written(slope)
    return template.format(
        name=op.name, doc=_doc(op), op=under(f"{op.name}_op", op), other=other, default=default, **texts
    )
