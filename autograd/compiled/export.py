"""Write a program as source: forward and backward, line by line, in Python or C, and as a standalone file."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..explain.phrases import counted
from ..formula import FUNCTIONS
from ..formula.languages import LANGUAGES, helpers, remark
from .codegen import INDENT, Statements
from .program import Program

__all__ = ["function", "page", "python_loop"]

FORWARD = "forward: operands before what is computed from them"
BACKWARD = "backward: each edge carries its slope times the gradient at its upper end"

_HEADS = {
    "python": "def step(inputs, parameters, gradients):",
    "c": "double step(const double *inputs, const double *parameters, double *gradients) {",
}
_WHAT_RUNS = (
    "This file is for you to read or use elsewhere. compile() does not run it: its C backend",
    "runs the same operations as bytecode, in an interpreter (autograd/compiled/c/interpreter.c.in).",
)
_NOT_FINITE = "Where backward() raises an error, this gives inf or nan: 0 * inf is nan, not 0."


def function(program: Program, language: str) -> str:
    """Write ``step(inputs, parameters, gradients)``: it returns the result, and its gradients plus those passed.

    parameters: the numbers of program.parameters, then those of program.constants. In C, the gradients change in place.
    """
    lines, in_c = Statements(program, LANGUAGES[language]), language == "c"
    for kind, names in (("inputs", lines.inputs), ("parameters", lines.values), ("gradients", lines.gradients)):
        items = [f"{name} = {kind}[{i}]" for i, name in enumerate(names)] if in_c else names
        if names:
            lines.listing(f"{'const ' * (kind != 'gradients')}double {{1}};" if in_c else "[{1}] = {0}", kind, items)
    order = lines.together()
    lines.heading(FORWARD, "")
    lines.forward(order)
    if program.root in program.active:
        lines.heading(BACKWARD, "")
        lines.open_list()
        lines.backward(order, seed=lines.language.number(1.0))
        lines.settle_parameters()
    lines.write("")
    result, gradients = lines.names[program.root], [lines.kept[p] for p in program.parameters]
    if in_c:
        lines.write(*(f"gradients[{i}] = {name};" for i, name in enumerate(gradients)), f"return {result};")
    else:
        lines.listing("return {0}, [{1}]", result, gradients)
    return "\n".join([_HEADS[language], *lines.lines, *["}"] * in_c])


def python_loop(program: Program) -> str:
    """Write ``step(rows, seed)`` in Python: it does the same for all rows, on the Values value__0, value__1 ...

    It returns the sum of the results; without inputs, that of one row. Values that depend on no input are computed
    once. seed: the gradient at each row's result, 1/n for a mean.
    """
    lines = Statements(program, LANGUAGES["python"])
    lines.width = math.inf  # people do not read this code
    lines.write(*(f"{name} = value__{i}.data" for i, name in enumerate(lines.values)))
    lines.write(*(f"{name} = value__{i}.grad" for i, name in enumerate(lines.gradients)))
    if read := [f"type__({name})" for name in (*lines.values, *lines.gradients)]:  # numpy's numbers, ints ...
        lines.write(f"if not {' is '.join(read)} is float__: raise not__floats")  # become floats before the next run
    varying = [node for node in program.order if node in program.per_row or not program.inputs]
    steady = [node for node in program.order if node not in program.per_row and program.inputs]
    used_by_rows = {program.root, *(operand for node in varying for operand in node.operands)}
    between = [node for node in steady if node in program.active and node in used_by_rows]
    lines.kept.update((node, lines.gradient(node)) for node in between)
    uses = Counter(operand for node in varying for operand in node.operands)
    lines.used_once = {node for node in (*program.parameters, *between) if uses[node] == 1 and node in program.useful}
    lines.forward(steady)
    for node in program.picks:
        if program.per_row.isdisjoint(node.operands[1:]):
            lines.choose(node)
        if node in program.active:
            lines.chosen_slot(node)
    lines.write(*(f"{lines.gradient(node)} = 0.0" for node in between))
    lines.open_list()
    lines.write("losses = -0.0")
    if program.inputs:
        lines.write(f"for [{', '.join(lines.inputs)}] in rows:")
        lines.indent = 2 * INDENT
    lines.write(*(f"{lines.kept[node]} = 0.0" for node in varying if node in lines.place))
    lines.forward(varying)
    lines.write(f"losses = losses + {lines.names[program.root]}")
    lines.backward(varying, seed="seed")
    lines.settle([*program.parameters, *between])
    lines.indent = INDENT
    lines.backward(steady)
    lines.settle_parameters()
    stored = (  # + 0.0 even if nothing was added
        f"value__{i}.grad = {lines.kept[p]}{' + 0.0' * (p in lines.used_once)}"
        for i, p in enumerate(program.parameters)
    )
    lines.write("", "; ".join(stored), "return losses")  # in one line: a debugger may interrupt it between two
    return "\n".join(["def step(rows, seed):", *lines.lines])


# By language: the text before the function; lists of numbers, and of names; and a main, with the @numbers of its call.
_BEFORE = {"python": "", "c": "#include <math.h>\n#include <stdio.h>\n"}
_LISTS = {
    "python": ("{} = [{}]", "{} = [{}]"),
    "c": ("const double {}[] = {{{}}};", "const char *{}[] = {{{}}};"),
}
_MAIN = {
    "python": """
if __name__ == "__main__":
@numbers
    loss, gradients = step(inputs, parameters, [0.0] * len(names))
    print("loss", loss)
    for name, gradient in zip(names, gradients):
        print(name, gradient)
""",
    "c": """
int main(void) {
@numbers
    double gradients[@count + 1] = {0.0};
    printf("loss %.17g\\n", step(inputs, parameters, gradients));
    for (int i = 0; i < @count; i++) printf("%s %.17g\\n", names[i], gradients[i]);
    return 0;
}
""",
}


def page(program: Program, language: str, title: str, inputs: Sequence[float]) -> str:
    """Write a whole file: a comment, the function, and a main that runs it on `inputs` and prints the output.

    language: "python" or "c". title: what was traced, for the first line. Raises ToolError for a program
    with more operations than people read, or than a parser accepts.
    """
    spell, text = LANGUAGES[language], function(program, language)
    operations = len(program.order) - len(program.picks)
    about = [
        f"{remark(title)}: {counted(len(program.inputs), 'input')}, "
        f"{counted(len(program.parameters), 'parameter')}, {counted(operations, 'operation')}.",
        *(_WHAT_RUNS if language == "c" else ()),
        "d_x is d(result)/d(x). Gradients are added to those that are passed, as backward() adds them.",
        *(() if language == "python" else (_NOT_FINITE,)),  # Python raises
    ]
    blank = [""] * (2 if language == "python" else 1)
    before = [*_BEFORE[language].splitlines(), *_imported(text) * (language == "python")]
    before += [line for helper in helpers(language, text) for line in (*blank, helper)]
    lines = [*(f"{spell.remark} {line}" for line in about), *before, *blank, text, *blank[1:]]
    main = _MAIN[language].replace("@count", str(len(program.parameters)))
    return "\n".join([*lines, main.replace("@numbers", "\n".join(_numbers(program, language, inputs)))])


def _imported(text: str) -> list[str]:
    used = sorted(name for name in (*FUNCTIONS, "inf", "nan") if name != "abs" and re.search(rf"\b{name}\b", text))
    return [f"from math import {', '.join(used)}"] if used else []


def _numbers(program: Program, language: str, inputs: Sequence[float]) -> list[str]:
    lines, (numbers, texts) = Statements(program, LANGUAGES[language]), _LISTS[language]

    def written(x: Any) -> str:
        return repr(x) if isinstance(x, int) else lines.language.number(x).strip("()")

    empty = language == "c"  # an array in C may not be empty
    values = [node.data for node in (*program.parameters, *program.constants)]
    lines.listing(numbers, "inputs", [*map(written, inputs)] or ["0.0"] * empty)
    lines.listing(numbers, "parameters", [*map(written, values)] or ["0.0"] * empty)
    lines.listing(texts, "names", [f'"{name}"' for name in lines.gradients] or ['""'] * empty)
    return lines.lines
