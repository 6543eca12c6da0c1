"""``python -m autograd "tanh(a*b + c)" a=2 b=-3 c=6.88``: step through backprop without writing Python."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any
from unicodedata import normalize

from ..errors import AutogradError, FormulaError, ToolError
from ..explain.naming import one_line
from ..explain.phrases import Report, name_of, operation, short, with_numbers
from ..explain.terminal import say
from ..stepper.expression import CONSTANTS, Expression
from .ending import StrictParser, whole
from .pictures import add_flags, given_flags

__all__ = ["forward_table", "graph_of", "main"]

USAGE = """\
  python -m autograd "tanh(a*b + c)" a=2 b=-3 c=6.8813735870195432
  python -m autograd "b = a + a; b * (b + 1)" a=1 --all
  python -m autograd doctor"""


@whole("autograd")
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line: return 0 when done, 1 if it cannot write, 2 if it cannot read, or doctor's own status."""
    try:
        return _run([_readable(argument) for argument in (sys.argv[1:] if arguments is None else arguments)])
    except AutogradError as error:
        print(error, file=sys.stderr)
        return 1 if isinstance(error, ToolError) else 2
    except KeyboardInterrupt:
        print()
        return 130


def _readable(argument: str) -> str:
    """Return an argument as text: if Python read its bytes as ASCII, decode them as UTF-8."""
    try:
        return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:  # half a surrogate pair, which Windows lets through
        return argument


def _parser() -> argparse.ArgumentParser:
    parser = StrictParser(
        prog="python -m autograd",
        description="Step through backprop of an expression, forwards and back.",
        epilog=f"examples:\n{USAGE}\n\nIn the prompt: step, undo, why a, until b, set a 3, draw, help, quit; Enter repeats.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "expression", help="such as 'tanh(a*b + c)', or steps: 'b = a + a; b * (b + 1)'; or the word doctor"
    )
    parser.add_argument("--version", action="version", version=f"scalar-autograd {_version()}")
    parser.add_argument("values", nargs="*", metavar="NAME=NUMBER", help="a value for each name")
    parser.add_argument("--all", action="store_true", help="print every edge, and quit")
    parser.add_argument("--forward", action="store_true", help="step through the forward pass")
    parser.add_argument("--show", action="store_true", help="open the graph's picture")
    parser.add_argument(
        "--svg", metavar="FILE", help="write the graph's picture: .svg, .png, .pdf, .tex, .gif or .webp"
    )
    parser.add_argument("--film", metavar="FILE", help="write a film of the steps: .svg, .gif or .webp")
    parser.add_argument("--html", metavar="FILE", help="write a page that plays the steps")
    add_flags(parser)
    return parser


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("scalar-autograd")
    except PackageNotFoundError:
        return "(not installed: running from its folder)"


def _run(arguments: list[str]) -> int:
    if not arguments:
        _parser().print_help()
        return 2
    options = _parser().parse_intermixed_args(_guarded(arguments))
    if options.expression == "doctor" and not options.values:
        from .doctor import doctor

        return doctor()
    root = graph_of(options.expression, options.values)
    from ..stepper import step_through

    stepper = step_through(root, forward=options.forward)
    if not options.forward:
        say(forward_table(stepper.graph))
    look = given_flags(options)
    if options.svg:
        say(f"written to {stepper.save_picture(options.svg, **look)}")
    if options.film:
        say(f"written to {stepper.save(options.film, **look)}")
    if options.html:
        from ..player import save_player

        say(f"written to {save_player(root, options.html)}")
    if options.show:
        stepper.show(**look)
    if options.all:
        while not stepper.done:
            say(stepper.step())
        say(repr(stepper))
    elif not (options.svg or options.film or options.html):
        say("\n" + repr(stepper))
        say(f"\nEnter makes the next {stepper.unit}; help lists the commands, quit leaves.")
        stepper.prompt()
    return 0


def _guarded(arguments: list[str]) -> list[str]:
    """Keep argparse from taking an expression or a file name for an option because it begins with a minus."""
    guarded: list[str] = []
    for argument in arguments:
        if guarded and guarded[-1] in ("--svg", "--film", "--html"):
            guarded[-1] += f"={argument}"
        elif argument.startswith("-") and not argument.startswith("--") and argument != "-h":
            guarded.append(f" {argument}")
        else:
            guarded.append(argument)
    return guarded


def graph_of(text: str, values: Sequence[str] = ()) -> Any:
    """Compute the Value of an expression at ``name=number`` values, each labelled with its name.

    Raises FormulaError for text that cannot be read, for a name without a value and for a value without a name.

    >>> graph_of("a * b", ["a=2", "b=-3"])
    Value(-6.0, grad not reached, label='f')
    """
    from ..value import Value

    expression = Expression(text)
    said = one_line(expression.text, 60)
    given = list(map(_read_value, values))
    numbers = dict(given)
    for name in numbers:
        if (times := sum(other == name for other, _ in given)) > 1:
            raise FormulaError(f"{one_line(name)} has {times} values: want one")
        if name in expression.assigned:
            raise FormulaError(f"{one_line(name)} is computed in {said!r}, so it takes no value")
        if name not in expression.names:
            has = one_line(", ".join(map(one_line, expression.names)) or "no names", 120)
            raise FormulaError(f"there is no {one_line(name)} in {said!r}: it has {has}")
    wanted = [name for name in expression.names if name not in numbers and name not in CONSTANTS]
    if wanted:
        wanted = [one_line(name) for name in wanted[:20]]
        example = " ".join(f"{name}=1" for name in wanted)
        raise FormulaError(f"{' and '.join(wanted)} {'has' if len(wanted) == 1 else 'have'} no value: add {example}")
    root = expression.evaluate({name: Value(number, label=name) for name, number in numbers.items()})
    if not isinstance(root, Value):
        if expression.assigned:
            raise FormulaError(
                f"{said!r} is {short(root)}, and nothing in it is free to change, so there is nothing to "
                'differentiate: give numbers after it, as in "b = a*a" a=1'
            )
        raise FormulaError(f"{said} = {short(root)} has no names in it, so there is nothing to differentiate")
    if not root.label:
        taken = {*expression.names, *expression.assigned}
        root.label = next(name for name in ("f", "out", "result", "the_result") if name not in taken)
    return root


def _read_value(text: str) -> tuple[str, float]:
    name, equals, number = normalize("NFKC", text).strip().partition("=")  # as Python normalises names: ａ is a
    if not equals or not name.strip().isidentifier():
        raise FormulaError(
            f"want a value such as a=2, got {one_line(repr(text.strip()), 60)}: is the expression in quotes?"
        )
    try:
        value = Expression(number).evaluate({})
    except AutogradError as error:
        got, why = one_line(repr(number.strip()), 60), str(error) if len(str(error)) < 400 else "it is too long"
        raise FormulaError(f"{one_line(name.strip())} wants a number, got {got}: {why}") from None
    return name.strip(), float(value)


def forward_table(graph: Any) -> Report:
    """Write the forward pass as a table: each node, its formula, the formula with numbers, and the result."""
    rows: list[tuple[str, str]] = []
    for node in graph.nodes:
        said = operation(graph, node)
        chain = [said, with_numbers(node)] if said else []
        rows.append((name_of(graph, node), " = ".join(dict.fromkeys([*chain, short(node.data)]))))
    width = max(len(name) for name, _ in rows)
    return Report("\n".join(f"  {name:<{width}} = {said}" for name, said in rows))
