"""A program as source: forward and backward, line by line, in Python, C or JavaScript.

>>> from autograd import Value
>>> w, x = Value(3.0, label="w"), Value(2.0, label="x")
>>> print(python_function(Program((w * x).tanh(), [w], [x])))
def step(inputs, parameters, gradients):
    (x,) = inputs
    (w,) = parameters
    (d_w,) = gradients
<BLANKLINE>
    # forward: operands before what is computed from them
    v2 = w * x
    v3 = tanh(v2)
<BLANKLINE>
    # backward: over each edge goes its slope times the gradient at its upper end
    d_v3 = 1.0
    d_v2 = (1.0 - v3 * v3) * d_v3
    d_w = d_w + x * d_v2
<BLANKLINE>
    return v3, (d_w,)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..formula.languages import LANGUAGES, Language
from .codegen import Statements, prefixed
from .program import Program
from .wrap import INDENT

__all__ = ["Names", "c_function", "javascript_function", "python_function", "python_loop"]

FORWARD = "forward: operands before what is computed from them"
BACKWARD = "backward: over each edge goes its slope times the gradient at its upper end"


class Names:
    """The names of a program's inputs, parameters and gradients, in the order they are given."""

    def __init__(self, program: Program, bare: dict[Any, str], language: Language) -> None:
        names = prefixed(bare, language)
        self.inputs = [names[node] for node in program.inputs]
        self.parameters = [names[node] for node in (*program.parameters, *program.constants)]
        self.gradients = [f"d_{bare[node]}" for node in program.parameters]


def _body(lines: Statements) -> None:
    lines.heading(FORWARD)
    lines.forward(lines.program.order)
    if lines.program.root in lines.program.active:
        lines.heading(BACKWARD)
        lines.open_lists()
        lines.backward(lines.program.order, seed=lines.language.number(1.0))
        lines.settle_parameters()
        lines.close_lists()
    lines.write("")


def _tuple(names: Sequence[str]) -> str:
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def _unpack(lines: Statements, names: Sequence[str], what: str) -> None:
    """``(a, b) = what``"""
    lines.listing(f"({{1}}{',' * (len(names) == 1)}) = {{0}}", what, names)


def _open(lines: Statements, names: Names, bound: bool, more: str = "") -> None:
    """Where the numbers come from: the arguments, or the Values themselves, value__0, value__1 ...

    more: what is added to the gradients that no pick decides about.
    """
    if bound:
        lines.write(*(f"{name} = value__{i}.data" for i, name in enumerate(names.parameters)))
        lines.write(*(f"{name} = value__{i}.grad" for i, name in enumerate(names.gradients)))
        if read := [
            *names.parameters,
            *names.gradients,
        ]:  # numpy's numbers, ints ... are made floats before it runs again
            lines.write(f"if not {' is '.join(f'type__({name})' for name in read)} is float__: raise not__floats")
        steady = (node in lines.program.useful and node not in lines.place for node in lines.program.parameters)
        lines.write(*(f"{name} = {name}{more}" for name, wanted in zip(names.gradients, steady) if more and wanted))
    else:
        for kind, wanted in (("parameters", names.parameters), ("gradients", names.gradients)):
            if wanted:
                _unpack(lines, wanted, kind)


def _close(lines: Statements, names: Names, bound: bool, result: str) -> None:
    if bound:
        lines.write(*(f"value__{i}.grad = {name}" for i, name in enumerate(names.gradients)))
    if bound:
        lines.write(f"return {result}")
    else:
        lines.listing(f"return {{0}}, ({{1}}{',' * (len(names.gradients) == 1)})", result, names.gradients)


def python_function(program: Program, bound: bool = False) -> str:
    """``step(inputs, parameters, gradients)``, which returns the result, and the gradients added to those given.

    parameters: the numbers of program.parameters, then those of program.constants.
    bound: instead ``step(inputs)``, which reads and writes those Values, as value__0, value__1 ..., itself.
    """
    lines = Statements(program, LANGUAGES["python"])
    names = Names(program, lines.bare, lines.language)
    if names.inputs:
        _unpack(lines, names.inputs, "inputs")
    _open(lines, names, bound)
    _body(lines)
    _close(lines, names, bound, lines.names[program.root])
    return "\n".join([f"def step(inputs{'' if bound else ', parameters, gradients'}):", *lines.lines])


def python_loop(program: Program, bound: bool = False) -> str:
    """``step(rows, seed, parameters, gradients)``: the results for all rows of inputs, added up, and the gradients.

    What depends on no input is computed once. seed: the gradient at each row's result, 1/n for a mean.
    """
    lines = Statements(program, LANGUAGES["python"])
    names = Names(program, lines.bare, lines.language)
    varying = [node for node in program.order if node in program.per_row]
    steady = [node for node in program.order if node not in program.per_row]
    used_by_rows = {program.root, *(operand for node in varying for operand in node.operands)}
    between = [node for node in steady if node in program.active and node in used_by_rows and node not in lines.place]
    lines.running = {*between}
    _open(
        lines, names, bound, more=" + 0.0"
    )  # since a grad that only zeros come to has been reached, and they are left out
    lines.heading("what is the same for every row")
    lines.forward(steady)
    for node in program.picks:
        if not any(candidate in program.per_row for candidate in node.operands[1:]):
            lines.choose(node)
        if node in program.active:
            lines.chosen_slot(node)
    lines.open_lists()
    for node in between:
        lines.statement("{} = {}", lines.gradient(node), "0.0")
    lines.write("losses = -0.0", f"for {_tuple(names.inputs)} in rows:")
    lines.indent = 2 * INDENT
    for node in varying:
        if node in lines.place:
            lines.statement("{} = {}", lines.slot(node), "0.0")
    lines.remark(FORWARD)
    lines.forward(varying)
    lines.statement("losses = {}{}", "losses + ", lines.names[program.root])
    if program.root in program.active:
        lines.heading(BACKWARD)
        lines.backward(varying, seed="seed")
        lines.settle_where_any([*program.parameters, *between])
        lines.indent = INDENT
        lines.heading("backward through what is the same for every row")
        lines.backward(steady)
        lines.settle_parameters()
        lines.close_lists()
    lines.indent = INDENT
    lines.write("")
    _close(lines, names, bound, "losses")
    return "\n".join([f"def step(rows, seed{'' if bound else ', parameters, gradients'}):", *lines.lines])


def c_function(program: Program) -> str:
    lines = Statements(program, LANGUAGES["c"])
    names = Names(program, lines.bare, lines.language)
    for kind, wanted, template in (
        ("inputs", names.inputs, "const double {} = {};"),
        ("parameters", names.parameters, "const double {} = {};"),
        ("gradients", names.gradients, "double {} = {};"),
    ):
        for i, name in enumerate(wanted):
            lines.write(template.format(name, f"{kind}[{i}]"))
    _body(lines)
    for i, name in enumerate(names.gradients):
        lines.write(f"gradients[{i}] = {name};")
    lines.write(f"return {lines.names[program.root]};")
    head = "double step(const double *inputs, const double *parameters, double *gradients) {"
    return "\n".join([head, *lines.lines, "}"])


def javascript_function(program: Program) -> str:
    lines = Statements(program, LANGUAGES["javascript"])
    names = Names(program, lines.bare, lines.language)
    lines.listing("const [{1}] = {0};", "inputs", names.inputs)
    lines.listing("const [{1}] = {0};", "parameters", names.parameters)
    lines.listing("let [{1}] = {0};", "gradients", names.gradients)
    _body(lines)
    lines.listing("return [{}, [{}]];", lines.names[program.root], names.gradients)
    return "\n".join(["function step(inputs, parameters, gradients) {", *lines.lines, "}"])
