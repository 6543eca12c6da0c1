"""Rows compiled into straight-line Python: a method per scalar row, a kernel per length of a wide one.

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

from .formula import FUNCTIONS, PYTHON, Formula, add_up, larger, largest
from .modes import is_on, shared
from .ops import Op

__all__ = ["OPERATORS", "compile_function", "compile_kernel", "compile_methods", "hand_on", "publish", "stub", "visit"]

# Python's method for the rows that are operators.
OPERATORS = {
    "add": "__add__", "sub": "__sub__", "mul": "__mul__", "div": "__truediv__", "pow": "__pow__",
    "neg": "__neg__", "abs": "__abs__",
}  # fmt: skip
UNROLLED = 64  # terms of a wide operation written out; above that they are a loop

_FINISH = """\
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
    + _FINISH
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
    + _FINISH
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
    + _FINISH
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

_KERNEL = (
    """\
def {name}({parameters}):
{bind}
    try:
{unpack}
        out = {value}
        node = new()
        node.partials = {partials}
        if type(out) is not float:
            return carefully({op}, {flat})
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return carefully({op}, {flat})
    node.operands = {operands}
"""
    + _FINISH
)


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


def _define(text: str, filename: str) -> dict[str, Any]:
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
    defined = _define(text, __file__.replace("methods.py", "compiled_methods.py"))
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


def compile_kernel(op: Op, sizes: dict[str, int], constants: frozenset[str]) -> Callable[..., Any]:
    """A wide row for lists of one length: `sizes` by name (1 for a single operand, 0 for one left out).

    `constants` names the operands that are plain numbers. A kernel that meets anything else than it was
    compiled for hands over to `carefully`, so it need not look at every operand's type.
    """
    count = max(sizes[name] for name in op.lists)
    build = _unrolled if count <= UNROLLED else _looped
    present = {name: size for name, size in sizes.items() if size}
    formula = op.formula(sum(present.values()))
    bind, unpack, value, partials, flat, operands = build(op, formula, present, constants)
    text = _KERNEL.format(
        name=f"{op.name}_{count}",
        parameters=", ".join(op.operands),
        bind="\n".join(f"    {line}" for line in bind),
        unpack="\n".join(f"        {line}" for line in unpack),
        value=value,
        partials=partials,
        op=f"{op.name}_op",
        flat=flat,
        operands=operands,
    )
    return _register(op, text, f"{op.name}_{count}")


_Parts = tuple[list[str], list[str], str, str, str, str]


def _unrolled(op: Op, formula: Formula, sizes: dict[str, int], constants: frozenset[str]) -> _Parts:
    """Every operand under a name of its own: ``out = xs_0 * ws_0 + xs_1 * ws_1``."""
    bind: list[str] = []
    unpack: list[str] = []
    given: list[str] = []
    operands: list[str] = []
    names: dict[str, Any] = {}
    for name, size in sizes.items():
        listed = name in op.lists
        held = [f"o{len(given) + i}" for i in range(size)]
        numbers = [f"{name}_{i}" for i in range(size)] if listed else [name]
        bind.append(f"{_tuple(held) if listed else held[0]} = {name}")
        number = _constant(op) if name in constants else "{}.data"
        unpack += [f"{y} = {number.format(x)}" for x, y in zip(held, numbers)]
        given += held
        operands += numbers if name in constants else held
        names[name] = numbers if listed else name
    unpack += [f"{let} = {text}" for let, text in formula.statements(PYTHON, names)]
    slopes: list[str] = []
    partials: list[str] = []
    for name, size in sizes.items():
        slope = op.partials[op.operands.index(name)]
        if name in constants:
            partials += ["None"] * size
        else:
            slopes += [f"{let} = {text}" for let, text in slope.statements(PYTHON, names)]
            partials += [slope.last(PYTHON, names, i) for i in range(size)]
    value = "\n        ".join([formula.last(PYTHON, names), *slopes])
    return bind, unpack, value, _tuple(partials), _tuple(given), _tuple(operands)


def _looped(op: Op, formula: Formula, sizes: dict[str, int], constants: frozenset[str]) -> _Parts:
    """The same over lists, for operations too wide to write out."""
    bind = [f"indices = range(len({op.lists[0]}))", f"n = float(len({op.lists[0]}))"]
    unpack: list[str] = []
    given: list[str] = []
    operands: list[str] = []
    spelled = {name: f"{name}_data" for name in sizes}
    for name in sizes:
        star = "*" if name in op.lists else ""
        number = "x * 1.0" if name in constants else "x.data"
        unpack.append(
            f"{name}_data = [{number} for x in {name}]" if star else f"{name}_data = {number.replace('x', name, 1)}"
        )
        given.append(star + name)
        operands.append(star + (spelled[name] if name in constants else name))
    unpack += [f"{let} = {text}" for let, text in formula.statements(PYTHON, spelled)]
    slopes: list[str] = []
    partials: list[str] = []
    for name in sizes:
        slope = op.partials[op.operands.index(name)]
        if name in constants:
            partials.append("*[None] * len(indices)" if name in op.lists else "None")
            continue
        slopes += [f"{let} = {text}" for let, text in slope.statements(PYTHON, spelled)]
        text = slope.last(PYTHON, spelled)
        partials.append(f"*[{text} for i in indices]" if name in op.lists else text)
    value = "\n        ".join([formula.last(PYTHON, spelled), *slopes])
    return bind, unpack, value, _tuple(partials), _tuple(given), _tuple(operands)


def _constant(op: Op) -> str:
    """How a plain number is read, so that an int becomes a float and a Value among them is found out.

    Times 1.0 is enough for arithmetic, which hands a Value on to the result; a comparison would swallow it.
    """
    arithmetic = all(term.head not in ("if", "max") for term in op.value.terms())
    return "{} * 1.0" if arithmetic else "copysign({0}, {0})"


def _tuple(parts: list[str]) -> str:
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


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
    return _publish(text, name, what)


def _publish(text: str, name: str, what: str = "") -> Callable[..., Any]:
    filename = f"<autograd {what}{name}>"
    function: Callable[..., Any] = _define(text, filename)[name]
    _texts[filename] = text
    if linecache := sys.modules.get("linecache"):  # it is slow to load, so it is not loaded for this
        publish(linecache)
    return function


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


class Unrolled(dict[int, Callable[..., None]]):
    """One step of the backward pass, written out for each number of operands when it is first met.

    A loop over 33 operands spends more on looping than on the two things done with each of them.

        >>> def show(lines): return Unrolled("step", "operands, partials, grad", lines).text(2)
        >>> print(show("if p{k} is not None: o{k}.grad += p{k} * grad"))
        def step_2(operands, partials, grad):
            o0, o1, = operands
            p0, p1, = partials
            if p0 is not None: o0.grad += p0 * grad
            if p1 is not None: o1.grad += p1 * grad
    """

    def __init__(self, name: str, parameters: str, line: str, backwards: bool = False) -> None:
        self.name = name
        self.parameters = parameters
        self.line = line
        self.backwards = backwards

    def text(self, count: int) -> str:
        ks = range(count)[::-1] if self.backwards else range(count)
        lines = [f"def {self.name}_{count}({self.parameters}):"]
        if count <= UNROLLED:
            lines += [f"    {''.join(f'{x}{k}, ' for k in range(count)).rstrip()} = {xs}"
                      for x, xs in (("o", "operands"), ("p", "partials"))]  # fmt: skip
            lines += [f"    {self.line.format(k=k)}" for k in ks]
        else:
            step = "[::-1]" if self.backwards else ""
            lines += [f"    for o, p in zip(operands{step}, partials{step}):", f"        {self.line.format(k='')}"]
        return "\n".join(lines)

    def __missing__(self, count: int) -> Callable[..., None]:
        function = self[count] = _publish(self.text(count), f"{self.name}_{count}")
        return function


# The depth-first walk: what a node depends on is visited before it, its first operand first.
visit = Unrolled(
    "visit", "operands, partials, done, push",
    "if p{k} is not None and o{k}.operands and o{k}.grad is not done: push(o{k})", backwards=True,
)  # fmt: skip
# The chain rule: what reaches an operand through a node is the slope there times what reached the node.
hand_on = Unrolled("hand_on", "operands, partials, grad", "if p{k} is not None: o{k}.grad += p{k} * grad")


_texts: dict[str, str] = {}


def publish(linecache: Any) -> None:
    """Give linecache the text of every function compiled so far, so that tracebacks and inspect can quote it."""
    for filename, text in _texts.items():
        linecache.cache.setdefault(filename, (len(text), None, text.splitlines(keepends=True), filename))
