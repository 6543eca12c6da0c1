"""A program as a file that runs by itself: what Step.source, source_c and source_js are.

Below the function stands a main, with the numbers that the step was called with last, which prints the loss and the
gradients.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import groupby

from ..formula import FUNCTIONS
from ..formula.languages import LANGUAGES, WIDTH, helpers, remark
from .codegen import identifiers
from .emit import BACKWARD, FORWARD, Names, c_function, javascript_function, python_function
from .program import Program
from .wrap import INDENT, by_matrix_rows, filled

__all__ = ["page"]

LONG = 60  # lines of a function, from which on it is said where its passes begin
_WHAT_RUNS = (
    "This page is for reading, and for programs of your own. compile() does not run it: its C backend",
    "runs the same operations as bytecode, in an interpreter (autograd/compiled/c/interpreter.c.in).",
)
_NOT_FINITE = "Where backward() says what is infinite or undefined, this gives inf or nan: 0 * inf is nan, not 0."


def page(program: Program, language: str, title: str, inputs: Sequence[float]) -> str:
    """A whole file: what the function is, the function, and a main that runs it on `inputs` and prints what comes out.

    language: "python", "c" or "javascript". title: what was traced, for the first line.
    Raises ToolError for a program with more operations than anybody reads, or a parser takes.
    """
    spell = LANGUAGES[language]
    names = Names(program, identifiers(program), spell)
    text = {"python": python_function, "c": c_function, "javascript": javascript_function}[language](program)
    data = _Data(
        names,
        inputs=[repr(x) if isinstance(x, int) else spell.number(x).strip("()") for x in inputs],
        parameters=[spell.number(node.data).strip("()") for node in (*program.parameters, *program.constants)],
    )
    operations = len(program.order) - len(program.picks)
    about = [
        f"{spell.remark} {remark(title)}: {_counted(len(program.inputs), 'input')}, "
        f"{_counted(len(program.parameters), 'parameter')}, {_counted(operations, 'operation')}.",
        f"{spell.remark} d_x is d(result)/d(x). Gradients are added to those that are given, as backward() adds them.",
    ]
    if language == "c":
        about[1:1] = [f"{spell.remark} {line}" for line in _WHAT_RUNS]
    if language != "python":  # which raises
        about.append(f"{spell.remark} {_NOT_FINITE}")
    lines = _MAINS[language](text, data)
    if len(text.splitlines()) > LONG:  # say where it begins to be worth reading
        found = [
            f"{word} from line {at + 1} on"
            for word, heading in (("forward", FORWARD), ("backward", BACKWARD))
            if (at := _line_of(heading, "\n".join([*about, "", *lines])))
        ]
        about.append(f"{spell.remark} {', '.join(found).capitalize()}.")
    return "\n".join([*about, *lines, ""])


def _line_of(heading: str, text: str) -> int:
    """The index of the line of a heading; 0 if it has none."""
    return next((i for i, line in enumerate(text.splitlines()) if line.endswith(f" {heading}")), 0)


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


class _Data:
    """What a page's main runs the function on: numbers as they are written, and the names of the gradients."""

    def __init__(self, names: Names, inputs: list[str], parameters: list[str]) -> None:
        self.names = names
        self.inputs = inputs
        self.parameters = parameters

    def listed(self, template: str, remark: str, empty: list[str]) -> list[str]:
        """The statements for inputs and parameters, with the name of each tensor before its numbers.

        empty: what stands in a list of nothing.
        """
        lines: list[str] = []
        for name, items, names in (
            ("inputs", self.inputs, self.names.inputs),
            ("parameters", self.parameters, self.names.parameters),
        ):
            items = items or empty
            line = template.format(name, ", ".join(items))
            if len(line) <= WIDTH - len(INDENT):
                lines.append(line)
                continue
            before, after = template.format(name, "\0").split("\0")
            lines.append(before)
            for stem, row in groupby(zip(items, names), lambda pair: re.sub(r"(_\d+)+$", "", pair[1])):
                items_here, names_here = zip(*row)
                lines.append(f"{INDENT}{remark} {stem}")
                rows = filled(by_matrix_rows(items_here, names_here), WIDTH - 2 * len(INDENT))
                lines += [INDENT + row for row in rows]
            lines.append(after)
        return lines

    def blocks(self) -> list[tuple[str, tuple[int, ...]]]:
        """The gradients' names; those of a matrix or a vector as one, with its shape."""
        blocks: list[tuple[str, tuple[int, ...]]] = []
        names = self.names.gradients
        at = 0
        while at < len(names):
            stem, shape = names[at], ()
            if stem.endswith("_0_0") and (columns := _run(names, at, stem[:-1])):
                stem, rows = stem[:-4], 1
                while _run(names, at + rows * columns, f"{stem}_{rows}_") >= columns:
                    rows += 1
                shape = (rows, columns)
            elif stem.endswith("_0"):
                stem, shape = stem[:-2], (_run(names, at, stem[:-1]),)
            if math.prod(shape) < 4:
                stem, shape = names[at], ()
            blocks.append((stem, shape))
            at += math.prod(shape)
        return blocks


def _run(names: Sequence[str], at: int, stem: str) -> int:
    """How many names from there on are ``stem0``, ``stem1`` ..."""
    found = 0
    while at + found < len(names) and names[at + found] == f"{stem}{found}":
        found += 1
    return found


def _python_file(text: str, data: _Data) -> list[str]:
    used = sorted(name for name in (*FUNCTIONS, "inf", "nan") if name != "abs" and re.search(rf"\b{name}\b", text))
    loops = ["", " for i in range({})", " for i in range({}) for j in range({})"]
    spelled = [
        f'*(f"{stem}{"_{i}_{j}"[: 4 * len(shape)]}"{loops[len(shape)].format(*shape)})' if shape else f'"{stem}"'
        for stem, shape in [("loss", ()), *data.blocks()]
    ]
    return [
        *([f"from math import {', '.join(used)}"] if used else []),
        *(line for helper in helpers("python", text) for line in ("", "", helper)),
        "",
        "",
        text,
        "",
        "",
        'if __name__ == "__main__":',
        *(INDENT + line for line in data.listed("{} = [{}]", "#", [])),
        *(INDENT + line for line in _main_list("names = [{}]", spelled)),
        f"    gradients = [0.0] * {len(data.names.gradients)}",
        "    loss, gradients = step(inputs, parameters, gradients)",
        "    for name, number in zip(names, [loss, *gradients]):",
        "        print(name, number)",
    ]


def _main_list(template: str, items: Sequence[str]) -> list[str]:
    line = template.format(", ".join(items))
    if len(line) <= WIDTH - len(INDENT):
        return [line]
    before, after = template.split("{}")
    return [before, *(f"{INDENT}{item}," for item in items), after]


def _c_file(text: str, data: _Data) -> list[str]:
    prints: list[str] = []
    at = 0
    for stem, shape in data.blocks():
        start = f"{at} + " * (at > 0)
        if not shape:
            prints.append(f'printf("{stem} %.17g\\n", gradients[{at}]);')
        elif len(shape) == 1:
            prints.append(f'for (int i = 0; i < {shape[0]}; i++) printf("{stem}_%d %.17g\\n", i, gradients[{start}i]);')
        else:
            rows, columns = shape
            prints += [
                f"for (int i = 0; i < {rows}; i++)",
                f"    for (int j = 0; j < {columns}; j++)",
                f'        printf("{stem}_%d_%d %.17g\\n", i, j, gradients[{start}{columns} * i + j]);',
            ]
        at += math.prod(shape)
    return [
        "#include <math.h>",
        "#include <stdio.h>",
        "",
        *helpers("c", text),
        "",
        text,
        "",
        "int main(void) {",
        *(INDENT + line for line in data.listed("const double {}[] = {{{}}};", "//", ["0.0"])),
        f"    double gradients[{max(1, at)}] = {{0.0}};",
        '    printf("loss %.17g\\n", step(inputs, parameters, gradients));',
        *(INDENT + line for line in prints),
        "    return 0;",
        "}",
    ]


def _javascript_file(text: str, data: _Data) -> list[str]:
    spelled = ['"loss"']
    for stem, shape in data.blocks():
        if not shape:
            spelled.append(f'"{stem}"')
        else:
            place = "${k}" if len(shape) == 1 else f"${{Math.floor(k / {shape[1]})}}_${{k % {shape[1]}}}"
            spelled.append(f"...Array.from({{ length: {math.prod(shape)} }}, (_, k) => `{stem}_{place}`)")
    return [
        '"use strict";',
        "",
        *helpers("javascript", text),
        "",
        text,
        "",
        'if (typeof module !== "undefined") module.exports = { step };',
        'if (typeof require !== "undefined" && require.main === module) {',
        *(INDENT + line for line in data.listed("const {} = [{}];", "//", [])),
        *(INDENT + line for line in _main_list("const names = [{}];", spelled)),
        f"    const gradients = Array({len(data.names.gradients)}).fill(0.0);",
        "    const [loss, slopes] = step(inputs, parameters, gradients);",
        "    [loss, ...slopes].forEach((number, i) => console.log(names[i], number));",
        "}",
    ]


_MAINS = {"python": _python_file, "c": _c_file, "javascript": _javascript_file}
