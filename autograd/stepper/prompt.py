"""A prompt for a stepper: commands are words, Enter repeats the last one, and a bare name shows that node.

    >>> from autograd import Value
    >>> a = Value(2.0, label="a"); f = (a * a).tanh()
    >>> session = Session(f.step_through())
    >>> print(session.answer("1 - f**2"))
    0.001341
    >>> print(session.answer("stpe"))
    no command or name here is called 'stpe': did you mean step?

A command is a method of the stepper, with the same name if Python allows it. HELP says what may follow a command; the
session reads the arguments and calls the method.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

from ..errors import AutogradError, FormulaError
from ..explain.phrases import short
from ..explain.terminal import is_terminal, line_editing, say
from ..graph import nearest
from .expression import Expression

__all__ = ["Session", "help_text", "prompt"]

# What each command takes, and what it does; the words in braces depend on the stepper.
HELP: Mapping[str, tuple[str, str]] = {
    "step": ("[n]", "make the next {unit}, or the next n"),
    "next": ("", "finish this node: {rest of a node}"),
    "over": ("", "all the {unit}s of the module that comes next, in one report"),
    "out": ("", "the rest of the module that we are in, in one report"),
    "undo": ("[n]", "take back an {unit}, or n; undo node: {moves of a node}"),
    "until": ("x", "continue until {asked} is {arrived}; x may be a module"),
    "run": ("", "make all that is left, or up to a breakpoint"),
    "rewind": ("", "take everything back"),
    "goto": ("k", "go to where k {unit}s have been processed"),
    "break": ("[x]", "stop at a node, module or operation, at nan, or at a condition:\n"
              "{indent}break if abs({quantity}) > 10; again: cancel it"),
    "watch": ("[x]", "say after every move what x is: a node, a module, an expression"),
    "explain": ("[x]", "the next {unit}, or x: its formula, then with numbers"),
    "why": ("x", "df/dx path by path, as far as it has arrived"),
    "where": ("", "the state: {where}"),
    "order": ("", "the order of the nodes, and what each of them waits for"),
    "predict": ("x g", "guess what {asked} will be: a number, or an expression"),
    "diagnose": ("x g", "what mistake would make x.grad come out as g"),
    "compare": ("[m]", "the right pass beside one with mistake m; without m: the list"),
    "whatif": ("x v", "what would change if x were v; nothing is changed"),
    "set": ("x v", "change the leaf x and recompute"),
    "check": ("[all]", "partials and gradients against central differences; all: a list"),
    "anomalies": ("", "what looks unhealthy: nan, dead relu, vanishing gradients"),
    "constants": ("", "show constants, or hide them again"),
    "draw": ("[file]", "the picture: opened, or written to that file (.svg, .png)"),
    "save": ("file", "write the session to a text file, or a page that plays: .html"),
    "help": ("[c]", "this list, or the commands that begin with c"),
    "quit": ("", "leave (the end of the input does too)"),
}  # fmt: skip
# The method behind a command, where it has a different name. A stepper without the method does not have the command.
METHODS = {"break": "break_at", "quit": "prompt"}
# Other names for them: those of other debuggers, and those that hasty fingers type.
LETTERS = {"s": "step", "n": "next", "o": "over", "u": "undo", "c": "run", "r": "run", "b": "break", "l": "where",
           "w": "where", "h": "help", "q": "quit", "?": "help"}  # fmt: skip
OTHER_WORDS = {
    "back": "undo", "continue": "run", "reset": "rewind", "restart": "rewind", "show": "draw", "print": "where",
}  # fmt: skip
SAME = {"exit": "quit", "exit()": "quit", "quit()": "quit", "break_at": "break", "what_if": "whatif"}
PROMPT = "bp> "


class Session:
    """A conversation: the stepper and the last command. :meth:`answer` takes a line and returns the reply."""

    def __init__(self, stepper: Any) -> None:
        self.stepper = stepper  # the commands are those that it can do
        self.commands = commands_of(stepper)
        self.last = next(iter(self.commands))
        self.over = False

    def answer(self, line: str) -> str:
        """Return the reply to one line; a wrong line gets one sentence and changes nothing.

        A line that begins with # is a comment. One line may hold several commands: ``step; why a``.
        """
        typed, line = line, line.strip() or self.last
        if line.startswith("#"):
            reply = ""
        else:
            try:
                reply = "\n".join(str(self._answer(part)) for part in self._parts(line))
                self.last = line
            except AutogradError as error:
                reply = str(error)
        self.stepper.transcript += [f"{PROMPT}{typed.rstrip()}"] + [reply] * bool(reply)
        return reply

    def _nodes(self) -> Mapping[str, Any]:
        """Return the nodes by name; none while there is no graph, as before the first loss of a training."""
        return self.stepper.graph.by_name if self.stepper.graph is not None else {}

    def _region(self, name: str) -> Any:
        return self.stepper.regions.find(name) if self.stepper.regions is not None else None

    def _parts_named(self) -> list[str]:
        return self.stepper.regions.names if self.stepper.regions is not None else []

    def _parts(self, line: str) -> list[str]:
        """Split a line into commands. The steps of an expression also have semicolons, but they are one command."""
        parts = [part.strip() for part in line.split(";")]
        are_commands = all(part and self._command(*_word_and_rest(part)) for part in parts)
        return parts if len(parts) > 1 and are_commands else [line]

    def _answer(self, line: str) -> Any:
        word, rest = _word_and_rest(line)
        command = self._command(word, rest)
        if command is None:
            return self._other(line)
        arguments = self._arguments(command, rest)
        own = getattr(self, f"_{command}", None)
        return (own or getattr(self.stepper, METHODS.get(command, command)))(*arguments)

    def _command(self, word: str, rest: str) -> str | None:
        """Return the command for a word: its name, its beginning, or its letter. A node's name takes precedence."""
        for spelled in (word, SAME.get(word, "")):
            if spelled in self.commands:
                return spelled
        if word in HELP:
            raise FormulaError(f"{word} is {self.stepper.lacks}")
        if not rest and word in self._nodes():
            return None
        lower = word.lower()
        if lower in self.commands or LETTERS.get(lower) in self.commands:
            return lower if lower in self.commands else LETTERS[lower]
        meant = [command for command in self.commands if len(word) > 1 and command.startswith(word)]
        return next((command for command in meant if _fits(self.commands[command][0], rest)), next(iter(meant), None))

    def _other(self, line: str) -> Any:
        """Answer a line that is not a command: a node, a module, or an expression."""
        nodes = self._nodes()
        if line in nodes or self._region(line):
            return self.stepper.explain(line)
        word, rest = _word_and_rest(line)
        if word in ("p", "print") and rest:
            return self._other(rest)
        if re.fullmatch(r"[^\W\d][\w.\[\]]*", line) and not self._is_number(line):
            raise FormulaError(f"no command or name here is called {line!r}: {self._instead(line)}")
        name, equals, value = map(str.strip, line.partition("="))
        if equals and ";" not in line and value[:1] != "=":
            raise FormulaError(
                f"= changes nothing here: write set {self.stepper.name(self.stepper.node(name))} {value}"
            )
        return short(self._number(line))

    def _is_number(self, name: str) -> bool:
        """Return whether a name with a dot is the name of a number, such as ``a.grad``."""
        return name.rpartition(".")[0] in self._nodes() or name == "pi"

    def _instead(self, line: str) -> str:
        if other := OTHER_WORDS.get(line.lower()):
            return f"{other} may be meant; help lists all"
        near = next((command for command in self.commands if command.startswith(line.lower())), None)
        if near:
            return f"for {near} write {near[:2]} or more"
        words = [*self.commands, *self._parts_named(), *self._nodes()]
        return nearest(line, words) or "help lists the commands"

    def _number(self, text: str) -> float:
        """Evaluate a number, or an expression of the graph's names; ``a.grad`` is allowed once it is reached."""
        expression = Expression(text, attributes=True, known=self._nodes())
        return float(expression.evaluate(self.stepper.numbers() if self._nodes() else {}))

    # --- What may follow a command ---

    def _arguments(self, command: str, rest: str) -> tuple[Any, ...]:
        takes, _ = self.commands[command]
        if not takes:
            if rest:
                raise FormulaError(f"{command} takes no argument, got {rest!r}")
            return ()
        if takes in ("x g", "x v"):
            return self._pair(command, rest)
        if not rest:
            if takes.startswith("["):
                return ()
            raise FormulaError(f"{command} wants {self._wanted(command, takes)}")
        if takes in ("[n]", "k"):
            return (rest if hasattr(self.stepper, f"{command}_{rest}") else self._whole(command, rest),)
        if takes == "v":
            return (self._number(rest),)
        if takes == "[all]" and rest != "all":
            raise FormulaError(f"{command} takes no argument, or the word all, got {rest!r}")
        return (rest,)

    def _wanted(self, command: str, takes: str) -> str:
        if takes == "k":
            return f"a position, from 0 to {len(self.stepper)}"
        if takes == "file":
            return f"the name of a file, such as: {command} session.txt"
        return "a number" if takes == "v" else f"a name, such as: {command} {self._some_name()}"

    def _whole(self, command: str, text: str) -> int:
        try:
            return int(text)
        except ValueError:
            there = f": until {text} moves on to it" if text in self._nodes() else ""
            raise FormulaError(f"{command} wants a whole number, got {text}{there}") from None

    def _some_name(self) -> str:
        return next(iter(self._nodes()), "w")

    def _pair(self, command: str, rest: str) -> tuple[Any, Any]:
        """Split a node's name from what follows it. Names may contain blanks: the longest existing one is taken."""
        cuts = list(re.finditer(r"\s*[= ]\s*", rest))
        named = [cut for cut in cuts if rest[: cut.start()] in self._nodes()]
        cut = next(iter(named[-1:] or cuts), None)
        if cut is None or not rest[cut.end() :]:
            example = f"{command} {self._some_name()} 3"
            raise FormulaError(f"{command} wants a name and a number, such as: {example}")
        node, value = self.stepper.node(rest[: cut.start()]), rest[cut.end() :]
        return node, self._number(value) if self.commands[command][0] == "x v" else value

    # --- Commands that are a little more than a method ---

    def _undo(self, n: Any = 1) -> Any:
        return self.stepper.undo(n) if isinstance(n, int) else getattr(self.stepper, f"undo_{n}")()

    def _constants(self) -> Any:
        self.stepper.constants = not self.stepper.constants
        return self.stepper.where()

    def _check(self, every: str = "") -> Any:
        return self.stepper.check(every=bool(every))

    def _draw(self, file: str = "") -> str:
        if file:
            return f"written to {self.stepper.save_picture(file)}"
        self.stepper.show()  # the answer says where the picture is, or why there is none
        return ""

    def _save(self, file: str) -> str:
        return f"written to {self.stepper.save(file)}"

    def _quit(self) -> str:
        self.over = True
        return ""

    # --- Tab ---

    def complete(self, before: str, word: str) -> list[str]:
        """Return the words that may follow `before` and begin with `word`."""
        first = before.strip()
        if not first:
            found = [
                *(command + " " * _wants_more(takes) for command, (takes, _) in self.commands.items()),
                *self._names(),
            ]
        else:
            command = self._command(*_word_and_rest(first)) or ""
            takes = self.commands.get(command, ("x", ""))[0]
            found = {"": [], "file": [], "[file]": [], "k": [], "[n]": [kind for kind in ("node", "update") if hasattr(self.stepper, f"{command}_{kind}")], "[all]": ["all"],
                     "[c]": list(self.commands), "[m]": self.stepper.mistakes()}.get(takes)  # fmt: skip
            if found is None:
                found = self._names() + (["if", "nan", *self.stepper.operations()] if command == "break" else [])
        if word.rpartition(".")[0] in self._nodes():
            found += [f"{word.rpartition('.')[0]}.{quantity}" for quantity in ("grad", "data")]
        return sorted({name for name in found if name.startswith(word)})

    def _names(self) -> list[str]:
        return [*self._nodes(), *self._parts_named()]


def commands_of(stepper: Any) -> dict[str, tuple[str, str]]:
    """Return the commands that a stepper has, each with what it takes and what it does."""
    table = {**getattr(stepper, "own_commands", {}), **HELP}
    has = (command for command in table if hasattr(stepper, METHODS.get(command, command)))
    return {command: getattr(stepper, "own_commands", {}).get(command, table[command]) for command in has}


def help_text(prompted: object, beginning: str = "") -> str:
    """List the commands of a stepper, or those that begin with a word."""
    stepper: Any = prompted
    commands = commands_of(stepper)
    nodes = [] if stepper.graph is None else stepper.graph.nodes
    names = ", ".join(stepper.name(node) for node in nodes[:-9:-1]) or "known once there is a loss"
    words = {"unit": stepper.unit, "quantity": stepper.quantity, "indent": " " * 16, **stepper.help_words}
    return "\n".join(
        [
            "Two letters of a command are enough; Enter repeats it; # begins a comment;",
            "a name shows that node or module; any other line is an expression of",
            f"the names, such as 1 - f**2 or {words['example']}.",
            *(
                f"  {f'{word} {takes}':<13} {text.format_map(words)}"
                for word, (takes, text) in commands.items()
                if word.startswith(beginning)
            ),
            f"  the names: {names}" + (" ..." if len(nodes) > 8 else ""),
        ]
    )


def _word_and_rest(line: str) -> tuple[str, str]:
    word, _, rest = line.partition(" ")
    return word, rest.strip()


def _wants_more(takes: str) -> bool:
    return bool(takes) and not takes.startswith("[")


def _fits(takes: str, rest: str) -> bool:
    """Return whether a command accepts what follows an ambiguous word: ``un 2`` is undo, ``un a`` is until."""
    places, given = takes.split(), rest.replace("=", " ").split()
    if places == ["[n]"] and given:
        return given[0] in ("node", "update") or given[0].isdigit()
    return sum(not place.startswith("[") for place in places) <= len(given) <= len(places)


def prompt(stepper: object) -> None:
    """Read commands until ``quit`` or the end of the input. Piped input is echoed, so that the output reads well.

    Ctrl-C during a command takes back what it has done, and returns to the prompt.
    """
    session = Session(stepper)
    in_notebook = "ipykernel" in sys.modules
    if is_terminal(sys.stdin) and not in_notebook:
        with line_editing(session.complete):
            _converse(session, echo=False)
    else:
        _converse(session, echo=not in_notebook)


def _converse(session: Session, echo: bool) -> None:
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
        if echo:
            say(line)
        if reply := _interruptible(session, line):
            say(reply)


def _interruptible(session: Session, line: str) -> str:
    put_back = session.stepper.keep()
    try:
        return session.answer(line)
    except KeyboardInterrupt:
        put_back()
        return f"stopped; everything is as it was before: {session.stepper.headline()}"
