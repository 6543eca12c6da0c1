"""compile(): trace a function of Values once, then run it at machine speed, with the same numbers.

    >>> w = Value(3.0, label="w")
    >>> step = compile(lambda x, y: (w * x - y) ** 2, [w])
    >>> step(2.0, 5.0), w.grad
    (1.0, 4.0)
    >>> print(step.source)  # what has just run
    # <lambda>(x, y): 2 inputs, 1 parameter, 3 operations.
    ...
        # forward: operands before what is computed from them
        v1 = w * x
        v2 = v1 - y
        v3 = pow(v2, 2.0)
    ...
        d_w = d_w + x * d_v1
    ...

Two backends do the same: straight-line Python (codegen.py), which is always there, and an interpreter in C
(c/), which is built once per machine. What either refuses to compute, the function itself computes as it
stands: so errors are those of the engine, and name the values they come from.
"""

from __future__ import annotations

import math
from _thread import get_ident
from collections.abc import Callable, Iterable, Sequence
from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any, overload

from ..errors import ArgumentError, AutogradError, ToolError, TraceError
from ..explain.phrases import Report
from ..explain.source import said_line, users_line
from ..modes import is_on, shared, turn, wait_for_turn
from ..value import Value
from .batches import rows_of_columns
from .c.runtime import NotFloatError
from .export import page
from .lookup import POLICIES, Checks, Programs, in_mode
from .prepared import Part, Prepared
from .signature import Sample, signature
from .tracers import running

if TYPE_CHECKING:
    from .training import Updates

__all__ = ["Step", "compile"]

WORTH = 20_000  # edges from which on "auto" takes C: less is over before C has been called
BACKENDS = {"auto": WORTH, "python": math.inf, "c": 0}


class Step:
    """A compiled function, which :func:`compile` returns. Call it as the function: it returns the loss, a float,
    and adds its gradients to those of the parameters, as backward() does.

    source, source_c, source_js: what was called last, as a file of Python, C or JavaScript that runs by itself.
    backend: "auto", "python" or "c", as asked for. last_backend: where the last loss was really computed, "python", "c", or
    "eager" where the function itself had to; None before the first call. parameters: those that gradients are taken for.
    """

    def __init__(
        self, function: Callable[..., Any], params: Iterable[Value] | None, backend: str, check: str = "doubling"
    ) -> None:
        if not callable(function):
            raise ArgumentError(f"compile: want a function that returns the loss, got {function!r}")
        for name, given, known in (("backend", backend, BACKENDS), ("check", check, POLICIES)):
            if given not in [*known]:
                raise ArgumentError(f"compile: want {name} as one of {', '.join(known)}, got {given!r}")
        self.backend = backend
        self.check = check
        self.last_backend: str | None = None
        self.updates: Updates | None = None  # by the optimiser that update() was called with last
        self.programs = Programs(function, None if params is None else _parameters(params), check, BACKENDS[backend])
        self.checks = Checks(self.programs)
        self.lock = self.programs.lock
        self._function = function
        update_wrapper(self, function, updated=())

    @property
    def parameters(self) -> list[Value]:
        return self.programs.parameters

    def __call__(self, *arguments: Any, **keywords: Any) -> float:
        if running:
            self._refuse_inside()
        mode = shared["mode"]
        if mode and is_on("no_grad"):
            self.last_backend = "eager"
            return self._function(*arguments, **keywords).data
        programs = self.programs
        if not programs.hold():
            programs.retrace()
        numbers: list[float] = []
        key = signature(arguments, numbers) if arguments else ()
        if keywords:
            key = (key, tuple(keywords), signature(keywords.values(), numbers))
        if mode:
            key = in_mode(key)
        executable = programs.kept.get(key) or programs.trace(key, Sample(numbers, arguments, keywords))
        programs.latest = executable
        if programs.calls + 1 < executable.due:
            executable.used = programs.calls = programs.calls + 1
        else:  # a check is due, or C may have to run it
            executable.check(numbers)
            part = Part.of_one(executable, numbers)
            if executable.edges >= programs.enough and programs.can_run_in_c(executable):
                return self.run(Prepared(self, [[x] for x in arguments], [part], keywords))
            programs.calls += 1
            self.checks.before([part], in_c=False)
        self.last_backend = "python"
        try:
            thread = get_ident()
            while turn[0] and wait_for_turn():
                pass
            turn[0] = thread
            try:
                return executable.one(numbers)
            finally:
                turn[0] = turn[1]
        except (ArithmeticError, ValueError) as error:
            if isinstance(error, AutogradError):
                raise
            again = lambda: executable.one(numbers)  # noqa: E731
            return self._tried(again, executable.made_floats, lambda: self._function(*arguments, **keywords))

    def batch(self, *columns: Sequence[Any]) -> float:
        """The mean loss over the rows of a batch, ``batch(xs, ys)``; adds its gradients to those of the parameters.

        columns: for each argument of the function a list of its values, one for each row; or what `prepare` made of them.
        Raises ShapeError for lists of different lengths.
        """
        self._refuse_inside()
        return self.run(self.prepare(*columns))

    def prepare(self, *columns: Any) -> Prepared:
        """A batch to be used again and again: `batch`, `update` and `train` take it in place of its columns.

        >>> w = Value(1.0)
        >>> step = compile(lambda x, y: (w * x - y) ** 2, [w])
        >>> batch = step.prepare([1.0, 2.0], [2.0, 4.0])
        >>> step.batch(batch)
        2.5

        Raises ShapeError for lists of different lengths, and ArgumentError for a batch of another step.
        """
        self.programs.look_around()
        if columns and isinstance(columns[0], Prepared):
            batch = columns[0]
            if len(columns) > 1 or batch.step is not self:
                raise ArgumentError(
                    f"{self.programs.title}: want one batch that this step has prepared, got {columns!r}"
                )
            if batch.generation == self.programs.generation:
                return batch
            columns = tuple(batch.columns)
        return Prepared(self, columns, [self._part(*found) for found in rows_of_columns(columns)])

    def _part(self, key: Any, rows: Any, first: tuple[Any, ...]) -> Part:
        """Rows of one signature, traced if they are the first of it."""
        programs, key = self.programs, in_mode(key)
        executable = programs.kept.get(key) or programs.trace(key, Sample(rows.rows[0], first, {}), rows)
        programs.latest = executable
        executable.check_rows(rows)
        return Part(executable, rows)

    def update(self, optimizer: Any, *columns: Any) -> float:
        """One update: zero_grad, backward of the mean loss of a batch, step. Returns the loss.

        optimizer, columns: as `train` and `batch` take them. All of it is done in C where C knows the optimiser's rule.
        Raises as `train` and `batch` do.
        """
        from .training import update

        self._refuse_inside()
        return update(self, optimizer, columns)

    def train(self, batches: Iterable[Any], optimizer: Any, steps: int) -> list[float]:
        """`steps` updates: zero_grad, backward of the mean loss of the next batch, step. Returns the losses.

        batches: what `batch` takes, as tuples, or what `prepare` made of them; when they come to an end, they begin again.
        optimizer: where C knows its rule, updates run there; of any other object zero_grad() and step() are called.
        The parameters' numbers are written back before code of this thread can run: the iterator of the batches, what
        handles an exception or an interrupt, the code behind the call. Another thread sees those from before.
        Raises ArgumentError for an optimiser with a Value that the loss uses and compile() was not given.
        """
        from .training import train

        self._refuse_inside()
        return train(self, batches, optimizer, steps)

    @property
    def source(self) -> str:
        return self._page("python")

    @property
    def source_c(self) -> str:
        return self._page("c")

    @property
    def source_js(self) -> str:
        return self._page("javascript")

    def _page(self, language: str) -> str:
        title, latest = self.programs.title, self.programs.latest
        if latest is None:
            raise ToolError(f"{title} has not been called yet: what it computes depends on its arguments")
        return Report(page(latest.program, language, title, latest.inputs))

    def retrace(self) -> None:
        """Forget every program: the next call traces the function anew, with what it reads from outside then."""
        self.programs.retrace()

    def __repr__(self) -> str:
        count = len(self.programs.kept)
        traced = f"{count} signature{'s' * (count != 1)} traced"
        return f"<compiled {self.programs.title}, backend {self.backend!r}, {traced}>"

    def __reduce__(self) -> Any:
        raise ToolError(
            f"{self.programs.title}: a compiled step is neither copied nor pickled, since its function knows these "
            "parameters: compile again, with those of the copy"
        )

    def _refuse_inside(self) -> None:
        """A step returns a plain number, which would be kept, and leaves gradients of its own."""
        if get_ident() in running:
            raise TraceError(
                f"{said_line(users_line())}\n{self.programs.title} is a compiled step, and called in a function that is "
                "compiled itself: call there the function that it was made of, which is its __wrapped__"
            )

    # --- running a batch

    def run(self, batch: Prepared) -> float:
        """The mean loss of a batch, wherever it is computed; adds its gradients."""
        if shared["mode"] and is_on("no_grad"):
            self.last_backend = "eager"
            return batch.itself(self._function).data
        in_c = self.is_for_c(batch)
        self.programs.calls += 1
        self.checks.before(batch.parts, in_c)
        return self.computed(batch, in_c)

    def computed(self, batch: Prepared, in_c: bool) -> float:
        """The same without a check."""
        self.last_backend = "c" if in_c else "python"
        return self._tried(
            batch.in_c if in_c else batch.in_python, batch.made_floats, lambda: batch.itself(self._function)
        )

    def is_for_c(self, batch: Prepared, times: int = 1) -> bool:
        """Whether C shall do this batch, that many times."""
        programs = self.programs
        return times * batch.edges >= programs.enough and all(programs.can_run_in_c(p.executable) for p in batch.parts)

    def _tried(self, run: Callable[[], float], made_floats: Callable[[], bool], itself: Callable[[], Value]) -> float:
        """What `run` gives; where it meets what it cannot compute, the function itself does, or says what is wrong."""
        try:
            return run()
        except (ArithmeticError, ValueError) as error:
            if isinstance(error, AutogradError):
                raise
            again = isinstance(error, NotFloatError) and made_floats()
        if again:
            return self._tried(run, made_floats, itself)
        self.last_backend = "eager"
        loss = itself()
        loss.backward()
        return loss.data


def _parameters(params: Any) -> list[Value]:
    fix = ": give its parameters()" if hasattr(params, "parameters") else ""
    if isinstance(params, Value) or not isinstance(params, Iterable):
        raise ArgumentError(f"compile: want a list of parameters, got a {type(params).__name__}{fix}")
    parameters: list[Any] = list(dict.fromkeys(params))
    if not parameters:
        raise ArgumentError(
            "compile: want parameters, got none: a generator such as model.parameters() is used up after one loop. "
            "Leave params out, and the step takes every leaf that the loss depends on"
        )
    for p in parameters:
        if not isinstance(p, Value) or p.operands:
            raise ArgumentError(f"compile: want leaves as parameters, got {p!r}")
        if type(p) is not Value and not hasattr(p, "recorder"):  # which it has while another thread traces
            raise ArgumentError(
                f"compile: want Values as parameters, got {p!r} of the subclass {type(p).__name__}, "
                "whose methods a trace would not see"
            )
    return parameters


@overload
def compile(
    loss_fn: Callable[..., Any], params: Iterable[Value] | None = None, backend: str = "auto", check: str = "doubling"
) -> Step: ...
@overload
def compile(
    *, params: Iterable[Value] | None = None, backend: str = "auto", check: str = "doubling"
) -> Callable[[Callable[..., Any]], Step]: ...


def compile(
    loss_fn: Any = None, params: Iterable[Value] | None = None, backend: str = "auto", check: str = "doubling"
) -> Any:
    """Trace `loss_fn` when it is first called, and run it at machine speed from then on.

    loss_fn: returns one Value, the loss. Its arguments are numbers and nested lists of them; an int may pick a
    row of an Embedding or a class target. Other lengths are traced anew, and so is another bool or str.
    params: the Values whose gradients are wanted, such as model.parameters(); left out, every leaf from outside that
    the loss depends on.
    backend: "python"; "c", which needs a C compiler, and goes on with Python where there is none; "auto" takes C
    for what is worth it. check: "doubling", "always" or "never": see below.
    Returns a Step: call it, or its `batch`, `update` and `train`. Also a decorator, ``@compile(params=...)``.

    The contract: the function is pure in its arguments and parameters. What else it reads is a constant while it stays
    the same: variables, attributes, and items of lists and dicts of up to 100,000 things together, are looked at before
    each call, and where one has changed the function is traced anew. Side effects happen while it is traced or checked.
    Raises TraceError, naming the line, for what would not be the same in every call: an `if` on a number, .data, float(),
    text, a number drawn at random, state that the function both reads and changes.
    Not looked at, so that `Step.retrace` must be called: a context variable, what belongs to Python or to a library (a
    patched function, a setting of the process), the clock and iterators, 0.0 that becomes -0.0, 1 that becomes True. An
    int is a float in a program, and so exact up to 2**53; which Value an int picks cannot be asked with `is`.
    Numbers of other types in data or grad (numpy's, ints, fractions) are made floats at the next call; anything that is not a
    number is refused by name.
    The check: loss and gradients of the program against those of the function itself, which runs on the same arguments:
    at the first call of each signature of arguments, and at the calls 2, 4, 8, 16 ... of the step ("doubling"), at
    each ("always"), or at none ("never"). It raises TraceError, and leaves the gradients as they were.

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
