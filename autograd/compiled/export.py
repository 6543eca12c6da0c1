"""A program as source: forward and backward, line by line, in Python, C or JavaScript, and as a standalone file.

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
    # backward: each edge carries its slope times the gradient at its upper end
    d_v3 = 1.0
    d_v2 = (1.0 - v3 * v3) * d_v3
    d_w = d_w + x * d_v2
<BLANKLINE>
    return v3, (d_w,)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from ..formula import FUNCTIONS
from ..formula.languages import LANGUAGES, WIDTH, helpers, remark
from .codegen import Statements
from .program import Program
from .wrap import INDENT, by_matrix_rows, filled, listed

__all__ = ["c_function", "javascript_function", "page", "python_function", "python_loop"]

FORWARD = "forward: operands before what is computed from them"
BACKWARD = "backward: each edge carries its slope times the gradient at its upper end"


LONG = 60  # from this many lines on, a page says where its passes begin
_WHAT_RUNS = (
    "This page is for reading, and for your own programs. compile() does not run it: its C backend",
    "runs the same operations as bytecode, in an interpreter (autograd/compiled/c/interpreter.c.in).",
)
_NOT_FINITE = "Where backward() raises an error, this gives inf or nan: 0 * inf is nan, not 0."


class Names:
    """The names of a program's inputs, parameters and gradients, in the order in which they are passed."""

    def __init__(self, lines: Statements) -> None:
        program = lines.program
        self.inputs = [lines.names[node] for node in program.inputs]
        self.parameters = [lines.names[node] for node in (*program.parameters, *program.constants)]
        self.gradients = [lines.gradient(node) for node in program.parameters]


# --- The function ------------------------------------------------------------------------------------------


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
    """Write ``(a, b) = what``."""
    lines.listing(f"({{1}}{',' * (len(names) == 1)}) = {{0}}", what, names)


def _open(lines: Statements, names: Names, bound: bool, more: str = "") -> None:
    """Write where the numbers come from: the arguments, or the Values themselves, value__0, value__1 ...

    more: what is added to the gradients that do not depend on a pick.
    """
    if bound:
        lines.write(*(f"{name} = value__{i}.data" for i, name in enumerate(names.parameters)))
        lines.write(*(f"{name} = value__{i}.grad" for i, name in enumerate(names.gradients)))
        if read := [
            *names.parameters,
            *names.gradients,
        ]:  # numpy's numbers, ints ... become floats before it runs again
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
    """Write ``step(inputs, parameters, gradients)``: it returns the result, and its gradients added to those passed.

    parameters: the numbers of program.parameters, then those of program.constants.
    bound: write ``step(inputs)`` instead, which itself reads and writes those Values, as value__0, value__1 ...
    """
    lines = Statements(program, LANGUAGES["python"])
    names = Names(lines)
    if names.inputs:
        _unpack(lines, names.inputs, "inputs")
    _open(lines, names, bound)
    _body(lines)
    _close(lines, names, bound, lines.names[program.root])
    return "\n".join([f"def step(inputs{'' if bound else ', parameters, gradients'}):", *lines.lines])


def python_loop(program: Program, bound: bool = False) -> str:
    """Write ``step(rows, seed, parameters, gradients)``: it adds up the results for all rows, and the gradients.

    What depends on no input is computed once. seed: the gradient at each row's result, 1/n for a mean.
    """
    lines = Statements(program, LANGUAGES["python"])
    names = Names(lines)
    varying = [node for node in program.order if node in program.per_row]
    steady = [node for node in program.order if node not in program.per_row]
    used_by_rows = {program.root, *(operand for node in varying for operand in node.operands)}
    between = [node for node in steady if node in program.active and node in used_by_rows and node not in lines.place]
    lines.running = {*between}
    _open(
        lines, names, bound, more=" + 0.0"
    )  # since a grad that only zeros reach has been reached, though they are left out
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
    names = Names(lines)
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
    names = Names(lines)
    lines.listing("const [{1}] = {0};", "inputs", names.inputs)
    lines.listing("const [{1}] = {0};", "parameters", names.parameters)
    lines.listing("let [{1}] = {0};", "gradients", names.gradients)
    _body(lines)
    lines.listing("return [{}, [{}]];", lines.names[program.root], names.gradients)
    return "\n".join(["function step(inputs, parameters, gradients) {", *lines.lines, "}"])


# --- A file that runs by itself ----------------------------------------------------------------------------

# What comes before the function, and after it: the numbers of its last call, and a loop that prints the output.
# The first line of `lists` is for numbers, the second for names.
_FUNCTIONS = {"python": python_function, "c": c_function, "javascript": javascript_function}
_BEFORE = {
    "python": [],
    "c": ["#include <math.h>", "#include <stdio.h>", ""],
    "javascript": ['"use strict";', ""],
}
_MAIN = {
    "python": ['if __name__ == "__main__":'],
    "c": ["int main(void) {"],
    "javascript": [
        'if (typeof module !== "undefined") module.exports = { step };',
        'if (typeof require !== "undefined" && require.main === module) {',
    ],
}
_LISTS = {
    "python": ("{} = [{}]", "{} = [{}]"),
    "c": ("const double {}[] = {{{}}};", "const char *{}[] = {{{}}};"),
    "javascript": ("const {} = [{}];", "const {} = [{}];"),
}
_END = {
    "python": [
        "    loss, gradients = step(inputs, parameters, [0.0] * len(names))",
        '    print("loss", loss)',
        "    for name, gradient in zip(names, gradients):",
        "        print(name, gradient)",
    ],
    "c": [
        "    double gradients[{room}] = {{0.0}};",
        '    printf("loss %.17g\\n", step(inputs, parameters, gradients));',
        '    for (int i = 0; i < {count}; i++) printf("%s %.17g\\n", names[i], gradients[i]);',
        "    return 0;",
        "}}",
    ],
    "javascript": [
        "    const [loss, gradients] = step(inputs, parameters, Array(names.length).fill(0.0));",
        '    console.log("loss", loss);',
        "    names.forEach((name, i) => console.log(name, gradients[i]));",
        "}}",
    ],
}


def page(program: Program, language: str, title: str, inputs: Sequence[float]) -> str:
    """Write a whole file: a comment, the function, and a main that runs it on `inputs` and prints the output.

    language: "python", "c" or "javascript". title: what was traced, for the first line.
    Raises ToolError for a program with more operations than anybody reads, or than a parser accepts.
    """
    spell = LANGUAGES[language]
    text = _FUNCTIONS[language](program)
    operations = len(program.order) - len(program.picks)
    about = [
        f"{remark(title)}: {_counted(len(program.inputs), 'input')}, "
        f"{_counted(len(program.parameters), 'parameter')}, {_counted(operations, 'operation')}.",
        *(_WHAT_RUNS if language == "c" else ()),
        "d_x is d(result)/d(x). Gradients are added to those that are passed, as backward() adds them.",
        *(() if language == "python" else (_NOT_FINITE,)),  # Python raises
    ]
    lines = [*_before(language, text), *text.splitlines(), *[""] * (2 if language == "python" else 1)]
    lines += [*_MAIN[language], *(INDENT + line for line in _numbers(program, language, inputs))]
    count = len(program.parameters)
    lines += [line.format(count=count, room=max(1, count)) for line in _END[language]]
    if len(text.splitlines()) > LONG:  # say where the interesting part begins
        starts = [(word, lines.index(f"{INDENT}{spell.remark} {heading}"))
                  for word, heading in (("forward", FORWARD), ("backward", BACKWARD))
                  if f"{INDENT}{spell.remark} {heading}" in lines]  # fmt: skip
        told = ", ".join(f"{word} from line {at + len(about) + 2} on" for word, at in starts)
        about.append(f"{told.capitalize()}.")
    return "\n".join([*(f"{spell.remark} {line}" for line in about), *lines, ""])


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _before(language: str, text: str) -> list[str]:
    used = sorted(name for name in (*FUNCTIONS, "inf", "nan") if name != "abs" and re.search(rf"\b{name}\b", text))
    if language == "python":
        imports = [f"from math import {', '.join(used)}"] if used else []
        return [*imports, *(line for helper in helpers(language, text) for line in ("", "", helper)), "", ""]
    return [*_BEFORE[language], *helpers(language, text), ""]


def _numbers(program: Program, language: str, inputs: Sequence[float]) -> list[str]:
    """Write the statements for inputs, parameters and the names of the gradients."""
    spell, (numbers, texts) = LANGUAGES[language], _LISTS[language]
    names = Names(Statements(program, spell))
    written = {
        "inputs": [repr(x) if isinstance(x, int) else spell.number(x).strip("()") for x in inputs],
        "parameters": [spell.number(node.data).strip("()") for node in (*program.parameters, *program.constants)],
    }
    lines: list[str] = []
    for name, of in (("inputs", names.inputs), ("parameters", names.parameters)):
        items = written[name] or ["0.0"] * (language == "c")  # its arrays may not be empty
        lines += _named(numbers, name, items, of, spell.remark)
    quoted = [f'"{name}"' for name in names.gradients] or ['""'] * (language == "c")
    return [*lines, *listed(texts, "names", quoted, WIDTH - len(INDENT))]


def _named(template: str, name: str, items: Sequence[str], names: Sequence[str], remark: str) -> list[str]:
    """Write a list of numbers; if it is long, the name of each tensor comes before its numbers."""
    line = template.format(name, ", ".join(items))
    if len(line) <= WIDTH - len(INDENT):
        return [line]
    before, after = template.format(name, "\0").split("\0")
    lines = [before]
    for stem, row in groupby(zip(items, names), lambda pair: re.sub(r"(_\d+)+$", "", pair[1])):
        lines.append(f"{INDENT}{remark} {stem}")
        rows = filled(by_matrix_rows(*zip(*row)), WIDTH - 2 * len(INDENT))
        lines += [INDENT + row for row in rows]
    return [*lines, after]
