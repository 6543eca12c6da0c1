"""A prompt over a stepper: words for commands, Enter repeats, a bare name shows that node.

    >>> from autograd import Value
    >>> a = Value(2.0, label="a"); f = (a * a).tanh()
    >>> session = Session(f.step_through())
    >>> print(session.answer("1 - f**2"))
    0.001341
    >>> print(session.answer("steep"))
    no command or name here is 'steep': help lists the commands

The prompt writes what the stepper's methods return; whatever it can do, they can.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..errors import AutogradError, FormulaError
from ..explain.phrases import short
from .expression import Expression

if TYPE_CHECKING:
    from .walker import Walker

__all__ = ["Session", "prompt", "say"]

# What each command takes, and what it does; in braces what depends on the stepper.
HELP = {
    "step": "[n]      make the next {unit}, or the next n",
    "next": "         finish this node: {rest of a node}",
    "undo": "[n]      take back an {unit}, or n; undo node: {moves of a node}",
    "until": "x       go on until {asked} is {arrived}",
    "run": "          make all that is left, or up to a breakpoint",
    "rewind": "       take everything back",
    "goto": "k        go to where k {unit}s have been made",
    "break": "[x]     stop at node x, or at every x of an operation; again: no longer",
    "explain": "[x]   the next {unit}, or the node x: its formula, then with numbers",
    "why": "x         df/dx path by path, as far as it has arrived",
    "where": "        the state: {where}",
    "order": "        who goes when, and what each node waits for",
    "predict": "x g   say what {asked} will be: a number, or an expression",
    "diagnose": "x g  what mistake would make x.grad come out as g",
    "compare": "[m]   the right pass beside one with mistake m; without m: the list",
    "whatif": "x v    what changes if x were v; nothing is changed",
    "set": "x v       change the leaf x and recompute",
    "check": "        every partial and gradient against central differences",
    "anomalies": "    what looks unhealthy: nan, dead relu, vanishing gradients",
    "constants": "    show constants, or no longer",
    "draw": "[file]   the picture: opened, or written to that file (.svg, .png)",
    "help": "         this list",
    "quit": "         leave (the end of the input does too)",
}
# The method that does it, where it has another name; a stepper without it does not have the command.
METHODS = {"break": "break_at", "whatif": "what_if", "where": "__repr__", "help": "prompt", "quit": "prompt"}
OTHER_WORDS = {
    "back": "undo",
    "continue": "run",
    "reset": "rewind",
    "restart": "rewind",
    "show": "draw",
    "print": "where",
}
COLOURS = (
    (r"\bNOT complete: \d+ more to come", "1;33"),
    (r"(?<=grad )is complete$", "32"),
    (r"^\[[^\]]+\][^\n]*", "1"),
)
PROMPT = "bp> "


class Session:
    """The prompt's memory: the stepper and the last command. :meth:`answer` takes a line and gives the reply."""

    def __init__(self, stepper: Walker) -> None:
        self.stepper: Any = stepper  # what it can do is asked of it
        self.commands = [command for command in HELP if hasattr(stepper, METHODS.get(command, command))]
        self.last = "step"
        self.over = False

    def answer(self, line: str) -> str:
        """The reply to one line; a line that is wrong gets one sentence and changes nothing."""
        line = line.strip() or self.last
        try:
            reply = str(self._answer(line))
        except AutogradError as error:
            return str(error)
        self.last = line
        return reply

    def _answer(self, line: str) -> Any:
        word, _, rest = line.partition(" ")
        command = self._command(word, rest.strip())
        if command is None:
            return self._other(line)
        return getattr(self, f"_{command}")(rest.strip())

    def _command(self, word: str, rest: str) -> str | None:
        """The command that a word means: written in full, or by two letters or more where no node has that name."""
        if word in self.commands:
            return word
        if word in HELP:
            raise FormulaError(
                f"{word} is about gradients, which a {self.stepper.what} does not have: step_through() has it"
            )
        if word in ("?", "exit", "exit()", "quit()"):
            return "help" if word == "?" else "quit"
        if len(word) < 2 or (not rest and self._node_called(word) is not None):
            return None
        meant = [command for command in self.commands if command.startswith(word)]
        return next((command for command in meant if _fits(command, rest)), meant[0] if meant else None)

    def _node_called(self, name: str) -> Any:
        graph = self.stepper.graph
        return next((node for node in graph.nodes if graph.name(node) == name), None)

    def _other(self, line: str) -> Any:
        node = self._node_called(line)
        if node is not None:
            return self.stepper.explain(node)
        if line.isidentifier():
            near = next((command for command in self.commands if command.startswith(line.lower())), None)
            hint = f"for {near} write {near[:2]} or more" if near else "help lists the commands"
            if other := OTHER_WORDS.get(line.lower()):
                hint = f"{other} may be meant; help lists all"
            raise FormulaError(f"no command or name here is {line!r}: {hint}")
        name, equals, value = map(str.strip, line.partition("="))
        if equals and ";" not in line and value[:1] != "=":
            raise FormulaError(f"= changes nothing here: set {self.stepper.name(self.stepper.node(name))} {value} does")
        return short(self._number(line))

    def _number(self, text: str) -> float:
        """A number, or an expression of the graph's names; ``a.grad`` counts where it has been reached."""
        return float(Expression(text, attributes=True).evaluate(self.stepper.numbers()))

    # What may stand after a command: nothing, a count, a name, or a name and a number.

    def _nothing(self, command: str, rest: str) -> None:
        if rest:
            raise FormulaError(f"{command} wants nothing after it, got {rest!r}")

    def _counts(self, command: str, rest: str) -> list[int]:
        return [self._whole(command, rest)] if rest else []

    def _whole(self, command: str, text: str) -> int:
        try:
            return int(text)
        except ValueError:
            there = f": until {text} goes on to it" if self._node_called(text) is not None else ""
            raise FormulaError(f"{command} wants a whole number, got {text}{there}") from None

    def _some_name(self) -> str:
        return self.stepper.name(self.stepper.graph.nodes[0])

    def _wanted(self, command: str, rest: str) -> str:
        if not rest:
            raise FormulaError(f"{command} wants a name, such as: {command} {self._some_name()}")
        return rest

    def _pair(self, command: str, rest: str) -> tuple[Any, str]:
        name, _, value = rest.replace("=", " ").partition(" ")
        if not value.strip():
            example = f"{command} {self._some_name()} 3"
            raise FormulaError(f"{command} wants a name and a number, such as: {example}")
        return self.stepper.node(name), value.strip()

    # The commands.

    def _step(self, rest: str) -> Any:
        return self.stepper.step(*self._counts("step", rest))

    def _next(self, rest: str) -> Any:
        self._nothing("next", rest)
        return self.stepper.next()

    def _undo(self, rest: str) -> Any:
        return self.stepper.undo_node() if rest == "node" else self.stepper.undo(*self._counts("undo", rest))

    def _until(self, rest: str) -> Any:
        return self.stepper.until(self._wanted("until", rest))

    def _run(self, rest: str) -> Any:
        self._nothing("run", rest)
        return self.stepper.run()

    def _rewind(self, rest: str) -> Any:
        self._nothing("rewind", rest)
        return self.stepper.rewind()

    def _goto(self, rest: str) -> Any:
        if not rest:
            raise FormulaError(f"goto wants a position, from 0 to {len(self.stepper)}")
        return self.stepper.goto(self._whole("goto", rest))

    def _break(self, rest: str) -> Any:
        return self.stepper.break_at(rest or None)

    def _explain(self, rest: str) -> Any:
        return self.stepper.explain(rest or None)

    def _why(self, rest: str) -> Any:
        return self.stepper.why(self._wanted("why", rest))

    def _where(self, rest: str) -> Any:
        self._nothing("where", rest)
        return repr(self.stepper)

    def _order(self, rest: str) -> Any:
        self._nothing("order", rest)
        return self.stepper.order()

    def _predict(self, rest: str) -> Any:
        return self.stepper.predict(*self._pair("predict", rest))

    def _diagnose(self, rest: str) -> Any:
        return self.stepper.diagnose(*self._pair("diagnose", rest))

    def _compare(self, rest: str) -> Any:
        from .mistakes import MISTAKES

        return self.stepper.compare(rest) if rest else f"the mistakes: {', '.join(MISTAKES)}"

    def _whatif(self, rest: str) -> Any:
        node, value = self._pair("whatif", rest)
        return self.stepper.what_if(node, self._number(value))

    def _set(self, rest: str) -> Any:
        node, value = self._pair("set", rest)
        return self.stepper.set(node, self._number(value))

    def _check(self, rest: str) -> Any:
        self._nothing("check", rest)
        return self.stepper.check()

    def _anomalies(self, rest: str) -> Any:
        self._nothing("anomalies", rest)
        return self.stepper.anomalies()

    def _constants(self, rest: str) -> Any:
        self._nothing("constants", rest)
        self.stepper.constants = not self.stepper.constants
        return repr(self.stepper)

    def _draw(self, rest: str) -> Any:
        if rest:
            return f"written to {self.stepper.save_picture(rest)}"
        self.stepper.show()  # it says where the picture is, or why there is none
        return ""

    def _help(self, rest: str) -> str:
        names = ", ".join(self.stepper.name(node) for node in self.stepper.graph.nodes[:-9:-1])
        words = {"unit": self.stepper.unit, **self.stepper.help_words}
        return "\n".join(
            [
                "Two letters of a command are enough; Enter repeats it; a name shows that node;",
                f"any other line is an expression of the names, such as 1 - f**2 or {words['example']}.",
                *(f"  {word} {HELP[word].format_map(words)}" for word in self.commands if word.startswith(rest)),
                f"  the names: {names}" + (" ..." if len(self.stepper.graph) > 8 else ""),
            ]
        )

    def _quit(self, _: str) -> str:
        self.over = True
        return ""


def _fits(command: str, rest: str) -> bool:
    """Whether a command takes what was typed after a word short for several: ``un 2`` is undo, ``un a`` until."""
    takes, given = HELP[command].partition("  ")[0].split(), rest.replace("=", " ").split()
    if takes == ["[n]"] and given:
        return given == ["node"] or given[0].isdigit()
    return sum(not place.startswith("[") for place in takes) <= len(given) <= len(takes)


def prompt(stepper: Walker) -> None:
    """Read commands until ``quit`` or the end of the input. Piped input is echoed, so that the output reads well."""
    session = Session(stepper)
    typed = _is_terminal(sys.stdin) or "ipykernel" in sys.modules
    if typed:
        _load_readline()
    while not session.over:
        try:
            line = input(PROMPT)
        except EOFError:
            say("")
            return
        except KeyboardInterrupt:
            say("\n(quit leaves)")
            continue
        except Exception as error:  # a notebook that runs by itself has nobody to ask
            say(
                f"there is nobody to answer the prompt here ({error}): call the stepper's methods instead, such as bp.step()"
            )
            return
        if not typed:
            say(line)
        if reply := session.answer(line):
            say(reply)


def _load_readline() -> None:
    with suppress(ImportError):
        import readline  # noqa: F401  # pyright: ignore[reportUnusedImport] - importing it gives input() a history


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):
        return False


def say(text: str) -> None:
    """Print, wrapped to a narrow terminal, in colour on one that has colours, in whatever encoding there is."""
    stream = sys.stdout
    if _is_terminal(stream):
        width = shutil.get_terminal_size().columns
        text = "\n".join(_wrapped(line, width) for line in text.split("\n"))
        text = coloured(text) if has_colour() else text
    encoding = getattr(stream, "encoding", None) or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)


GAP = re.compile(" {3,}")  # between two columns


def _wrapped(line: str, width: int) -> str:
    if len(line) < width or width < 20 or set(line) <= {" ", "^"}:
        return line
    indent = len(line) - len(line.lstrip())
    hanging = " " * min(indent + 4 if indent else 2, width // 2)
    for gap in reversed([*GAP.finditer(line, indent)]):  # between two columns rather than inside of one
        if gap.start() < width and len(hanging) + len(line) - gap.end() < width:
            return f"{line[: gap.start()]}\n{hanging}{line[gap.end() :]}"
    return "\n".join(
        textwrap.wrap(
            line,
            width - 1,
            subsequent_indent=hanging,
            drop_whitespace=True,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def has_colour() -> bool:
    """Whether the terminal shows colours: none under NO_COLOR, on a dumb one, or on a console of old Windows."""
    env = os.environ
    if env.get("NO_COLOR") or env.get("TERM") == "dumb" or not _is_terminal(sys.stdout):
        return False
    return sys.platform != "win32" or any(name in env for name in ("WT_SESSION", "ANSICON", "TERM"))


def coloured(text: str) -> str:
    """The words that matter, marked for a terminal."""
    for pattern, colour in COLOURS:
        text = re.sub(pattern, _painter(colour), text, flags=re.MULTILINE)
    return text


def _painter(colour: str) -> Callable[[re.Match[str]], str]:
    return lambda match: f"\x1b[{colour}m{match[0]}\x1b[0m"
