"""compile(): trace a function of Values once, then run it at machine speed, with the same numbers.

Two backends do the same job: straight-line Python (codegen.py), which is always available, and an interpreter in C
(c/), which is built once per machine. If one of them refuses to compute something, the function itself runs. So errors
are those of the engine, and name the values from which they come.
"""

from __future__ import annotations

import math
from _thread import get_ident
from collections.abc import Callable, Iterable, Sequence
from functools import partial, update_wrapper
from typing import Any, overload

from ..errors import ArgumentError, AutogradError, ToolError, TraceError
from ..explain.phrases import Report, counted
from ..explain.source import said_line, users_line
from ..frames import hide_our_frames, is_users_own, public
from ..modes import is_on, shared
from ..value import Value
from .batches import Prepared, Rows, Sample, rows_by_signature, signature
from .export import page
from .tracers import running
from .tracing import POLICIES, Programs, in_mode
from .training import train, updates_by

__all__ = ["Step", "compile"]

WORTH = 20_000  # with this many edges or more, "auto" uses C: less is done before C is even called
BACKENDS = {"auto": WORTH, "python": math.inf, "c": 0}


@public
class Step:
    """A compiled function, from :func:`compile`. Call it like the function: it returns the loss, a float.

    It adds the loss's gradients to those of the parameters, as backward() does.

    source, source_c: the last call, as a standalone file in Python or C. backend: "auto", "python" or "c", as requested.
    last_backend: where the last loss was actually computed: "python", "c", or "eager" if the function itself had to
    run; None before the first call. parameters: the Values that get gradients.
    """

    def __init__(
        self, function: Callable[..., Any], params: Iterable[Value] | None, backend: str, check: str = "doubling"
    ) -> None:
        if not callable(function):
            raise ArgumentError(f"compile: want a function that returns the loss, got {function!r}")
        for name, given, known in (("backend", backend, BACKENDS), ("check", check, POLICIES)):
            if given not in [*known]:
                raise ArgumentError(f"compile: want {name} to be one of {', '.join(known)}, got {given!r}")
        self.backend = backend
        self.check = check
        self.last_backend: str | None = None
        self.updates: Any = None  # those made by the optimiser that was used last: see training.py
        self.programs = Programs(function, None if params is None else _parameters(params), check, BACKENDS[backend])
        update_wrapper(self, function, updated=())

    @property
    def parameters(self) -> list[Value]:
        return self.programs.parameters

    def __call__(self, *arguments: Any, **keywords: Any) -> float:
        try:
            if running:
                self.refuse_inside()
            mode = shared["mode"]
            if mode and is_on("no_grad"):
                self.last_backend = "eager"
                return self.programs.function(*arguments, **keywords).data
            programs = self.programs
            if not programs.hold():
                programs.retrace()
            numbers: list[float] = []
            key = signature(arguments, numbers) if arguments else ()
            if keywords:
                key = (key, tuple(keywords), signature(keywords.values(), numbers))
            if mode:
                key = in_mode(key)
            executable = programs.kept.get(key) or programs.of(key, Sample(numbers, arguments, keywords), Rows(numbers))
            if (before := programs.latest) is not executable:
                (before or executable).used, programs.latest = programs.calls, executable
            calls = programs.calls + 1
            if (quick := executable.quick) and calls < programs.next_check:
                programs.calls = calls
                self.last_backend = "python"
                try:
                    return quick([numbers], 1.0)
                except (ArithmeticError, ValueError):  # run it again, to see what to do
                    return Prepared(self, [(executable, Rows(numbers))]).computed(in_c=False)
            return self.run(Prepared(self, [(executable, Rows(numbers))]))
        except Exception as error:
            if isinstance(error, AutogradError) or is_users_own(error):
                hide_our_frames(error)
            raise

    def batch(self, *columns: Sequence[Any]) -> float:
        """Return the mean loss over the rows of a batch, ``batch(xs, ys)``, and add its gradients to the parameters'.

        columns: for each argument of the function, a list of its values, one for each row; or the result of `prepare`.
        Raises ShapeError for lists of different lengths.
        """
        return self.run(self.prepare(*columns))

    def prepare(self, *columns: Any) -> Prepared:
        """Prepare a batch for repeated use: `batch`, `update` and `train` take it in place of its columns.

        >>> w = Value(1.0)
        >>> step = compile(lambda x, y: (w * x - y) ** 2, [w])
        >>> batch = step.prepare([1.0, 2.0], [2.0, 4.0])
        >>> step.batch(batch)
        2.5

        Raises ShapeError for lists of different lengths, and ArgumentError for a batch of another step.
        """
        self.refuse_inside()
        if not self.programs.hold():
            self.programs.retrace()
        if columns and isinstance(columns[0], Prepared):
            batch = columns[0]
            if len(columns) > 1 or batch.step is not self:
                raise ArgumentError(f"want one batch that this step has prepared, got {columns!r}")
            if batch.generation == self.programs.generation:
                return batch
            found = [(executable.key, executable.sample, rows) for executable, rows in batch.parts]
        else:
            found = [
                (in_mode(key), Sample(rows[0], first, {}), rows)
                for key, (rows, first) in rows_by_signature(columns).items()
            ]
        generation = self.programs.generation
        batch = Prepared(self, [(self.programs.of(key, sample, rows), rows) for key, sample, rows in found])
        # A trace that finds more parameters makes the programs before it out of date.
        return batch if generation == self.programs.generation else self.prepare(*columns)

    def update(self, optimizer: Any, *columns: Any) -> float:
        """Make one update: zero_grad, backward from the mean loss of a batch, step. Returns the loss.

        optimizer, columns: as in `train` and `batch`, whose errors it raises, and all in C if C can run the rule.
        """
        with self.programs.lock:
            return updates_by(optimizer, self).run([self.prepare(*columns)], 0, 1, 1)[0]

    def train(self, batches: Iterable[Any], optimizer: Any, steps: int) -> list[float]:
        """Make `steps` updates: zero_grad, backward from the mean loss of the next batch, step. Returns the losses.

        batches: tuples of the columns that `batch` takes, or results of `prepare`; when they run out, the same ones start
        again, in the same order.
        optimizer: if C can run its rule, updates run there; for any other object, zero_grad() and step() are called.
        The parameters' numbers are written back before other code of this thread can run: the iterator of the batches,
        the handler of an exception or an interrupt, the code after the call. Another thread sees the old numbers.
        Raises ArgumentError if the optimiser has a Value that the loss uses but compile() was not given.
        """
        return train(self, batches, optimizer, steps)

    @property
    def source(self) -> str:
        return self._page("python")

    @property
    def source_c(self) -> str:
        return self._page("c")

    def _page(self, language: str) -> str:
        title, latest = self.programs.title, self.programs.latest
        if latest is None:
            raise ToolError(f"{title} has not been called yet: what it computes depends on its arguments")
        return Report(page(latest.program, language, title, latest.sample.numbers))

    def step_through(self, *arguments: Any, **keywords: Any) -> Any:
        """Step through backprop of the function itself for these arguments, edge by edge: see `Value.step_through`."""
        return self.programs.function(*arguments, **keywords).step_through()

    def retrace(self) -> None:
        """Forget every program: the next call traces the function again, with whatever it then reads from outside."""
        self.programs.retrace()

    def __set_name__(self, owner: type, name: str) -> None:
        code = getattr(self.programs.function, "__code__", None)
        if code and code.co_varnames[:1] == ("self",):
            fix = f"in __init__, write self.{name} = compile(self.{name}, ...)"
            raise ArgumentError(f"compile: {owner.__name__}.{name} is a method, and has no object yet: {fix}")

    def __repr__(self) -> str:
        traced = counted(len(self.programs.kept), "signature")
        return f"<compiled {self.programs.title}, backend {self.backend!r}, {traced} traced>"

    def __reduce__(self) -> Any:
        why = "cannot be copied or pickled, since its function uses these very parameters"
        raise ToolError(f"{self.programs.title}: a compiled step {why}: compile again, with those of the copy")

    def refuse_inside(self) -> None:
        """Refuse a step inside a traced function: it returns a plain number, and adds gradients by itself."""
        if get_ident() in running:
            raise TraceError(
                f"{said_line(users_line())}\n{self.programs.title} is a compiled step, but is called in a function that is "
                "being compiled: call the function it was made from instead, its __wrapped__"
            )

    def run(self, batch: Prepared) -> float:
        if shared["mode"] and is_on("no_grad"):
            self.last_backend = "eager"
            return batch.itself().data
        self.programs.begin([batch], in_c := self.programs.runs_in_c(batch.parts))
        return batch.computed(in_c)


def _parameters(params: Any) -> list[Value]:
    fix = ": give its parameters()" if hasattr(params, "parameters") else ""
    fix = f": call it, {params.__name__}()" if hasattr(params, "__self__") and callable(params) else fix
    if isinstance(params, Value) or not isinstance(params, Iterable):
        raise ArgumentError(f"compile: want a list of parameters, got a {type(params).__name__}{fix}")
    parameters: list[Any] = [*params]
    if not parameters:
        raise ArgumentError(
            "compile: want parameters, got none: a generator such as model.parameters() is used up after one loop. "
            "Leave params out, and the step takes every leaf that the loss depends on"
        )
    for p in parameters:
        if not isinstance(p, Value) or p.operands:
            raise ArgumentError(f"compile: want leaves as parameters, got {p!r}")
        if type(p) is not Value and not hasattr(p, "recorder"):  # another thread, while it traces, changes its class
            raise ArgumentError(
                f"compile: want Values as parameters, got {p!r} of the subclass {type(p).__name__}, "
                "whose methods a trace would not see"
            )
    return [*dict.fromkeys(parameters)]


@overload
def compile(
    loss_fn: Callable[..., Any], params: Iterable[Value] | None = None, backend: str = "auto", check: str = "doubling"
) -> Step: ...
@overload
def compile(
    *, params: Iterable[Value] | None = None, backend: str = "auto", check: str = "doubling"
) -> Callable[[Callable[..., Any]], Step]: ...


@public
def compile(
    loss_fn: Any = None, params: Iterable[Value] | None = None, backend: str = "auto", check: str = "doubling"
) -> Any:
    """Trace `loss_fn` at its first call, and run it at machine speed from then on. Also ``@compile(params=...)``.

    loss_fn: returns one Value, the loss. Its arguments are numbers and nested lists of them; an int may pick a
    row of an Embedding or a class target. Lists of a different length are traced again, and so is a different bool,
    str or member of an Enum. params: the Values whose gradients are wanted, such as model.parameters(); if left out,
    every leaf from outside that the loss depends on. backend: "python"; "c", which needs a C compiler, and falls back
    to Python without one; or "auto", which uses C when that is worthwhile. check: "doubling", "always" or "never": see
    below. Returns a Step: call it, or its `batch`, `update` and `train`.

    The contract: the function is pure in its arguments and parameters. Anything else it reads is a constant as long as
    it does not change: variables, attributes, and items of lists and dicts (up to 100,000 in all) are looked at before
    each call, and if one has changed, the function is traced again. Side effects happen only while it is traced or
    checked. What the loss does not depend on is not computed, so an error in it does not appear. Raises TraceError,
    naming the line, for anything that would not be the same in every call: an `if` on a number, .data, float(), text, a
    number drawn at random, state that the function both reads and changes.

    The check compares the program's loss and gradients with those of the function itself, run on the same arguments: at
    the first call of each signature of arguments, and at calls 2, 4, 8, 16 ... of the step ("doubling"), at every call
    ("always"), or never ("never"). It raises TraceError, and leaves the gradients as they were.

    Some changes are not noticed, so you must call `Step.retrace`: a context variable, anything that belongs to Python
    or a library (a patched function, a setting of the process), files, the clock and iterators, a name put together at
    run time or read by eval(), an object behind a weak reference, an object's class or that class's bases, 0.0 that
    becomes -0.0, 1 that becomes True or 1.0. `is` cannot tell which Value an int picked.

    An int is a float in a program, so it is exact up to 2**53. Numbers of other types in data or grad (numpy's, ints,
    fractions) become floats at the next call; anything that is not a number raises an error that names it.

    >>> w = Value(1.0)
    >>> @compile(params=[w])
    ... def loss(x, y):
    ...     return (w * x - y) ** 2
    >>> loss.batch([1.0, 2.0], [2.0, 4.0]), w.grad
    (2.5, -5.0)
    """
    if loss_fn is None:
        return partial(Step, params=params, backend=backend, check=check)
    return Step(loss_fn, params, backend, check)
