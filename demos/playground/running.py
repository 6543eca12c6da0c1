"""A learner's session in the browser's Python: it runs cells, answers the page's questions, and ends endless loops.

The page sends objects such as ``{"do": "run", "code": "1 + 1", "cell": 3}``. The results come back as objects with one
key each, such as ``{"text": "2", "error": False}`` or ``{"show": {"text/plain": "2"}, "place": 7}``.
"""

from __future__ import annotations

import ast
import builtins
import io
import json
import linecache
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from time import perf_counter
from traceback import walk_tb
from types import CodeType
from typing import Any

from autograd import Value
from autograd.drawing import set_engine
from autograd.drawing.engines import Engine
from autograd.errors import printable

from ..languages import tr, whole
from .notebook import Bundle, install

__all__ = ["ROUNDS", "Session", "start"]

ROUNDS = 10_000_000  # iterations of the loops in a cell: about ten seconds, and a hundred times what any lesson needs
PRINTED = 100_000  # characters a cell may print
SHOWN = 300  # things a cell may show, such as the frames of a moving picture
_CELL = "<ipython-input-"  # how the file names of cells begin; the engine shows such a name as "cell"
_TOOL = 4  # a tool id of sys.monitoring that no debugger or profiler uses


class StoppedError(BaseException):
    """Ends a loop; an `except Exception` in the learner's code does not catch it."""


def start(tell: Callable[[str], None], engine: Engine | None = None) -> Session:
    """Return a session that tells the page, as JSON, what happens. engine: the layout engine for pictures."""
    if engine:
        set_engine(engine)
    return Session(tell)


class Session:
    """The variables of one learner, and the requests that can be made about them."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self.names: dict[str, Any] = {}
        self._left = {"letters": PRINTED, "things": SHOWN}
        self._display = install(self.names, self._show)
        self._quiz: Any = None
        self._printed: list[str] = []  # printed but not sent yet: a message for every line would be too many
        self._printed_error = False
        self._flushed = 0.0
        self.forget()

    def forget(self) -> None:
        """Start afresh."""
        self.names.clear()
        self.names.update(__name__="__main__", display=self._display.display)  # type: ignore[attr-defined]

    def do(self, request: str) -> None:
        """Do what the page asks for, and tell it when it is done."""
        asked: dict[str, Any] = json.loads(request)
        self._left = {"letters": PRINTED, "things": SHOWN}
        told = getattr(self, f"_{asked.pop('do')}")(**asked)
        self._say(done=told or {})

    def _say(self, **what: Any) -> None:
        self._flush()
        self._tell(json.dumps(what))

    def _flush(self) -> None:
        if self._printed:
            self._tell(json.dumps({"text": "".join(self._printed), "error": self._printed_error}))
            self._printed.clear()
        self._flushed = perf_counter()

    def _show(self, bundle: Bundle, place: int, again: bool = False) -> None:
        if self._left["things"] > 0 or again:
            self._say(show=bundle, place=place, again=again)
        elif self._left["things"] == 0:
            self._print(tr("... and more than {count} things to see, which are left out", count=SHOWN) + "\n")
        self._left["things"] -= not again

    def _print(self, text: str, error: bool = False) -> None:
        left = self._left["letters"]
        if left <= 0:
            return
        self._left["letters"] = left - len(text)
        if error != self._printed_error:
            self._flush()
        self._printed_error = error
        self._printed.append(
            text
            if len(text) < left
            else f"{text[:left]}\n{tr('... more than {count} letters: the rest is left out', count=whole(PRINTED))}\n"
        )
        if perf_counter() - self._flushed > 0.1:
            self._flush()

    # --- Cells ------------------------------------------------------------------------------------------------

    def _run(self, code: str, cell: int) -> dict[str, Any]:
        """Run a cell: report at once what it prints and shows, and then whether it failed and what it computed."""
        file = f"{_CELL}{cell}>"
        before = dict(self.names)
        linecache.cache[file] = (len(code), None, code.splitlines(keepends=True), file)
        try:
            with self._guarded():
                tree = ast.parse(code, file)
                last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
                exec(compile(tree, file, "exec"), self.names)
                if isinstance(last, ast.Expr):
                    result = eval(compile(ast.Expression(last.value), file, "eval"), self.names)
                    if result is not None:
                        self.names["_"] = result
                        self._display.display(result)  # type: ignore[attr-defined]
        except BaseException as error:
            return self._failed(error, file)
        return {"computed": self._computed(before)}

    def _computed(self, before: dict[str, Any]) -> list[str]:
        """Return the names that a cell gave to results, with the latest first."""
        changed = [name for name, thing in self.names.items() if _is_result(thing) and thing is not before.get(name)]
        names = [name for name in reversed(changed) if name != "_"]
        if "_" in changed and not any(self.names[name] is self.names["_"] for name in names):
            names.insert(0, "_")
        return names[:4]

    def _failed(self, error: BaseException, file: str) -> dict[str, Any]:
        """Report an error, and return the line of the cell that it came from."""
        if isinstance(error, SyntaxError) and error.filename == file:
            self._print(
                f"line {error.lineno}: {error.text.rstrip() if error.text else ''}\n{type(error).__name__}: {error.msg}\n",
                True,
            )
            return {"line": error.lineno}
        places = [
            (frame.f_code.co_filename, line, frame.f_code.co_name)
            for frame, line in walk_tb(error.__traceback__)
            if frame.f_code.co_filename.startswith(_CELL)
        ]
        for name, line, function in places[-6:]:
            where = (
                tr("line {line}", line=line)
                if name == file
                else tr("cell {cell}, line {line}", cell=name.removeprefix(_CELL)[:-1], line=line)
            )
            inside = "" if function == "<module>" else f" in {function}"
            self._print(f"{where}{inside}: {linecache.getline(name, line).strip()}\n", True)
        own = [line for name, line, _ in places if name == file]
        self._print(f"{_said(error)}\n", True)
        return {"line": own[-1] if own else None}

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """While a cell runs, what it prints goes to the page, input() is refused, and endless loops are stopped."""
        out, error = _Stream(self._print), _Stream(lambda text: self._print(text, True))
        before, builtins.input = builtins.input, _nobody
        try:
            with redirect_stdout(out), redirect_stderr(error), _counted():
                yield
        finally:
            builtins.input = before

    # --- What the page asks for ---------------------------------------------------------------------------------

    def _step(self, name: str) -> None:
        """Show the page that steps through one of the learner's results."""
        from autograd.explain.naming import names_for
        from autograd.player import Player

        def show() -> None:
            root = self.names[name]
            self._display.display(Player(root, names=names_for(root, variables=self.names)))  # type: ignore[attr-defined]

        self._attempt(show)

    def _express(self, text: str) -> None:
        """Show the formula, the graph and the steps of an expression, ``tanh(a*b + c)`` or ``a*b; a=2, b=3``."""
        from autograd.cli.command import graph_of
        from autograd.player import Player
        from autograd.stepper.expression import CONSTANTS, Expression

        def show() -> None:
            expression, numbers = _numbers_in(text)
            names = [name for name in Expression(expression).names if name not in CONSTANTS and name not in numbers]
            given = numbers | {name: str(1 + 0.5 * k) for k, name in enumerate(names)}
            root = graph_of(expression, [f"{name}={number}" for name, number in given.items()])
            root.backward()
            slopes = [f"d{root.label}/d{leaf.label} = {leaf.grad:.6g}" for leaf in _leaves(root)]
            self._print("\n".join([root.formula(), f"{root.label} = {root.data:.6g}", *slopes]) + "\n")
            self._display.display(Player(root))  # type: ignore[attr-defined]

        self._attempt(show)

    def _check(self, name: str) -> dict[str, Any]:
        """Say whether an exercise's solution is right."""
        from ..exercises import check

        if name not in self.names:
            self._print(tr("there is no {name} yet: run the cell that defines it", name=name) + "\n")
            return {"right": False}
        with redirect_stdout(_Stream(self._print)):
            return {"right": check(self.names[name], name)}

    def _help(self, name: str, solved: bool) -> None:
        """Print the hint of an exercise, or a solution."""
        from ..exercises import hint, solution

        with redirect_stdout(_Stream(self._print)):
            (solution if solved else hint)(name)

    def _ask(self, level: str, seed: int) -> dict[str, Any]:
        """Begin a quiz."""
        from ..practice import quiz

        self._quiz = quiz(level=level, seed=seed)
        self._quiz.place = "page"
        return self._asked(f"{self._quiz!r}")

    def _answer(self, guess: str | None) -> dict[str, Any]:
        """Answer the question of the quiz, or skip it."""
        return self._asked(f"{self._quiz.skip() if guess is None else self._quiz.answer(guess)}")

    def _asked(self, text: str) -> dict[str, Any]:
        return {"text": text, "right": self._quiz.right, "asked": self._quiz.asked, "code": self._quiz.code}

    def _complete(self, text: str) -> dict[str, Any]:
        """Return the names that can complete what is being typed."""
        from rlcompleter import Completer

        completer = Completer({**self.names})
        try:
            found = (completer.attr_matches if "." in text else completer.global_matches)(text)
        except Exception:  # completion reads attributes of objects, which may do anything
            found = []
        return {"names": sorted({name.rstrip("( :").rpartition(".")[2] for name in found if "__" not in name})[:200]}

    def _attempt(self, show: Callable[[], None]) -> None:
        try:
            show()
        except Exception as error:
            self._print(f"{_said(error)}\n", True)


class _Stream(io.TextIOBase):
    """A standard output stream that passes each text on to a function."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def write(self, text: str) -> int:
        self._write(text)
        return len(text)


def _nobody(*_: object) -> str:
    raise RuntimeError(tr("there is nobody to ask here: write the answer into the cell, in place of input()"))


def _is_result(thing: Any) -> bool:
    return isinstance(thing, Value) and bool(thing.operands)


def _leaves(root: Value) -> list[Any]:
    from autograd.explain.naming import named_graph

    return [node for node in named_graph(root).nodes if not node.operands and node.label]


def _numbers_in(text: str) -> tuple[str, dict[str, str]]:
    """Split an expression from the numbers after its last semicolon, if only numbers are there.

    >>> _numbers_in("b = a + a; b * c; a=1, c=-2")
    ('b = a + a; b * c', {'a': '1', 'c': '-2'})
    """
    before, semicolon, after = text.rpartition(";")
    pairs = [piece.partition("=") for piece in after.split(",")]
    try:
        numbers = {name.strip(): str(float(number)) for name, equals, number in pairs}
    except ValueError:
        return text, {}
    given = {name.strip(): number.strip() for name, _, number in pairs}
    return (before, given) if semicolon and all(name.isidentifier() for name in numbers) else (text, {})


def _said(error: BaseException) -> str:
    if isinstance(error, StoppedError):
        return str(error)
    if isinstance(error, SystemExit):
        return tr("exit() does nothing here: leave it out")
    kind = type(error).__name__
    text = printable(str(error))
    return f"{kind}: {text}" if text else kind


# --- Loops --------------------------------------------------------------------------------------------------------


@contextmanager
def _counted() -> Iterator[None]:
    """End a loop of a cell after ROUNDS iterations, if Python reports jumps (3.12 or newer, as in the browser)."""
    monitoring: Any = getattr(sys, "monitoring", None)
    if monitoring is None or monitoring.get_tool(_TOOL):
        yield
        return
    left = ROUNDS

    def jumped(code: CodeType, offset: int, to: int) -> Any:
        nonlocal left
        if to > offset or not code.co_filename.startswith(_CELL):
            return monitoring.DISABLE
        left -= 1
        if left < 0:
            raise StoppedError(
                tr(
                    "It was still running after {count} iterations of a loop, so it was stopped. What would end "
                    "that loop?",
                    count=whole(ROUNDS),
                )
            )
        return None

    monitoring.use_tool_id(_TOOL, "playground")
    monitoring.register_callback(_TOOL, monitoring.events.JUMP, jumped)
    monitoring.set_events(_TOOL, monitoring.events.JUMP)
    try:
        yield
    finally:
        monitoring.set_events(_TOOL, 0)
        monitoring.register_callback(_TOOL, monitoring.events.JUMP, None)
        monitoring.free_tool_id(_TOOL)
        monitoring.restart_events()
