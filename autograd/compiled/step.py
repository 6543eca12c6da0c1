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

Two backends do the same: straight-line Python (emit.py), which is always there, and an interpreter in C
(c/), which is built once per machine. What either refuses to compute, the function itself computes as it
stands: so errors are those of the engine, and name the values they come from.
"""

from __future__ import annotations

import math
import sys
import warnings
from _thread import get_ident
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any, overload

from ..errors import AutogradError, CompileError, OptionError, TraceError, WrongKindError
from ..formula import add_up
from ..functions import mean
from ..modes import is_on, shared
from ..source import said_line, users_line
from ..value import NOT_REACHED, Value
from .agreement import disagreement, ensure_agreement
from .arguments import Structure, structure
from .batches import Block, Rows, rows_of_columns, transposed
from .c.runtime import BatchPlan
from .executable import Executable, Part
from .export import page
from .locks import Lock, of_classes
from .program import PICK, Program
from .tracers import running
from .tracing import trace
from .watching import Watch, is_steady

if TYPE_CHECKING:
    from .training import Updates

__all__ = ["Prepared", "Step", "compile", "say_once"]

BACKENDS = ("auto", "python", "c")
WORTH = 20_000  # edges from which on "auto" takes C: less is over before C has been called


class Prepared:
    """A batch that a step's `prepare` has traced and turned into numbers: its columns, and its rows by structure.

    It keeps the numbers as they were: what is changed in its lists later does not change it.
    """

    def __init__(self, step: Step, columns: Sequence[Sequence[Any]], parts: list[Part]) -> None:
        self.step = step
        self.generation = step.generation
        self.columns = columns
        self.parts = parts
        self.count = sum(part.rows.count for part in parts)
        self.edges = sum(part.rows.count * part.executable.edges for part in parts)
        self._plan: BatchPlan | None = None

    @property
    def plan(self) -> BatchPlan:
        """The batch as C takes it."""
        if self._plan is None:
            self._plan = BatchPlan([(part.loaded, part.batch, part.rows.count / self.count) for part in self.parts])
        return self._plan


class Step:
    """A compiled function, which :func:`compile` returns. Call it as the function: it returns the loss, a float,
    and adds its gradients to those of the parameters, as backward() does.

    source, source_c, source_js: what was called last, as a file of Python, C or JavaScript that runs by itself.
    backend: "auto", "python" or "c", as asked for. ran_on: where the last loss was really computed, "python", "c", or
    "eager" where the function itself had to; None before the first call. parameters: those that gradients are taken for.
    """

    def __init__(self, function: Callable[..., Any], params: Iterable[Value], backend: str) -> None:
        if not callable(function):
            raise WrongKindError(f"compile: want a function that returns the loss, got {function!r}")
        if backend not in BACKENDS:
            raise OptionError(f"compile: want one of the backends {', '.join(BACKENDS)}, got {backend!r}")
        self.backend = backend
        self.parameters = _parameters(params)
        self._function = function
        self._kept: dict[Structure, Executable] = {}
        self._watch: Watch | None = None  # of what the function uses from outside
        self._unchanged = _always  # the look that it takes
        self._strangers: set[Value] = set()  # Values that came when a parameter went
        self._enough = {"auto": WORTH, "python": math.inf, "c": 0}[backend]  # edges from which on C is taken
        self._latest: Executable | None = None
        self.ran_on: str | None = None
        self.updates: Updates | None = None  # by the optimiser that update() was called with last
        self.generation = 0  # grows when the function uses something else than it did
        self.lock = Lock()  # of the interpreter's memory, which two threads may use
        update_wrapper(self, function, updated=())

    def __call__(self, *arguments: Any, **keywords: Any) -> float:
        if running:
            self._refuse_inside()
        mode = shared["mode"]
        if mode and is_on("no_grad"):
            self.ran_on = "eager"
            return self._function(*arguments, **keywords).data
        if not self._unchanged():
            self._forget()
        numbers: list[float] = []
        key = structure(arguments, numbers) if arguments else ()
        if keywords:
            key = (key, tuple(keywords), structure(keywords.values(), numbers))
        if mode:
            key = _in_mode(key)
        executable = self._kept.get(key) or self._trace(key, numbers, arguments, keywords)
        if numbers:
            if executable.choices:
                executable.check(numbers)
            if [*map(type, numbers)] != executable.kinds:
                executable = self._of_kinds(executable, key, numbers, arguments, keywords)
        self._latest = executable
        if executable.edges >= self._enough:
            prepared = Prepared(self, (), [Part(executable, Rows([Block(numbers, len(numbers))], 1))])
            if self.is_for_c(prepared):
                loss = self._in_c(prepared)
                return self._eagerly(arguments, keywords) if loss is None else loss
        self.ran_on = "python"
        if executable.leading:
            executable = self._as_chosen(executable, numbers, arguments, keywords)
        try:
            return executable.one(numbers)
        except (ArithmeticError, TypeError, ValueError) as error:
            if isinstance(error, AutogradError):
                raise
            if isinstance(error, TypeError) and self._has_cleared():
                return self(*arguments, **keywords)
            return self._eagerly(arguments, keywords)

    def batch(self, *columns: Sequence[Any]) -> float:
        """The mean loss over the rows of a batch, ``batch(xs, ys)``; adds its gradients to those of the parameters.

        columns: for each argument of the function a list of its values, one for each row; or what `prepare` made of them.
        Raises ShapeError for lists of different lengths.
        """
        if running:
            self._refuse_inside()
        return self.run(self.prepare(*columns))

    def prepare(self, *columns: Any) -> Prepared:
        """A batch to be used again and again: `batch`, `update` and `train` take it in place of its columns.

        >>> w = Value(1.0)
        >>> step = compile(lambda x, y: (w * x - y) ** 2, [w])
        >>> batch = step.prepare([1.0, 2.0], [2.0, 4.0])
        >>> step.batch(batch)
        2.5

        Raises ShapeError for lists of different lengths, and WrongKindError for a batch of another step.
        """
        self.look_around()
        if not (columns and isinstance(columns[0], Prepared)):
            return self._prepared(columns)
        batch = columns[0]
        if len(columns) > 1 or batch.step is not self:
            raise WrongKindError(f"{self._title()}: want one batch that this step has prepared, got {columns!r}")
        return batch if batch.generation == self.generation else self._prepared(batch.columns)

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
        Raises OptionError for an optimiser with a Value that the loss uses and compile() was not given.
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
        if self._latest is None:
            raise CompileError(f"{self._title()} has not been called yet: what it computes depends on its arguments")
        return page(self._latest.program, language, self._title(), self._latest.inputs)

    def _title(self) -> str:
        name = getattr(self._function, "__name__", type(self._function).__name__)
        if self._latest is None:
            return name
        inputs = (node.label.partition("[")[0] for node in self._latest.program.inputs)
        return f"{name}({', '.join(dict.fromkeys(inputs))})"

    def __repr__(self) -> str:
        count = len(self._kept)
        return f"<compiled {self._title()}, backend {self.backend!r}, {count} structure{'s' * (count != 1)} traced>"

    def __reduce__(self) -> Any:
        raise CompileError(
            f"{self._title()}: a compiled step is neither copied nor pickled, since its function knows these parameters: "
            "compile again, with those of the copy"
        )

    # --- tracing

    def _refuse_inside(self) -> None:
        """A step returns a plain number, which would be kept, and leaves gradients of its own."""
        if get_ident() in running:
            raise TraceError(
                f"{said_line(users_line())}\n{self._title()} is a compiled step, and called in a function that is compiled "
                "itself: call there the function that it was made of, which is its __wrapped__"
            )

    def look_around(self) -> None:
        """See whether the function uses something else from outside than it did when it was traced."""
        if not self._unchanged():
            self._forget()

    def _forget(self) -> None:
        self._kept.clear()
        self._unchanged = _always
        self.generation += 1

    def _trace(
        self,
        key: Structure,
        inputs: Sequence[float],
        arguments: Sequence[Any],
        keywords: Mapping[str, Any] | None = None,
    ) -> Executable:
        watch = Watch(self._function)

        def traced() -> Program:
            return trace(self._function, arguments, self.parameters, keywords, watch)

        files = set(sys.modules)
        program = traced()
        if any(not is_steady(name) for name in set(sys.modules) - files):  # it imports a file, which is to be watched
            watch = Watch(self._function)
            program = traced()
        if self._watch and any(p in self._watch.values and p not in watch.values for p in self.parameters):
            self._strangers.update(value for value in watch.values if value not in self._watch.values)
        rows = (node.op for node in program.order if node.op not in (None, PICK))
        self._watch = Watch(self._function, before=watch, rows=rows)
        if strangers := [node for node in program.frozen if node in self._strangers]:
            raise TraceError(
                f"{program.name(strangers[0])} stands where a parameter stood, and is none of those that compile() was given: "
                "compile again, with the new ones"
            )
        executable = Executable(program, self.parameters, inputs)
        executable.check(inputs)
        ensure_agreement(traced, program, lambda: self._function(*arguments, **(keywords or {})), inputs)
        self._unchanged = self._watch.unchanged
        self._kept[key] = executable
        return executable

    def _of_kinds(
        self,
        executable: Executable,
        key: Structure,
        inputs: Sequence[float],
        arguments: Sequence[Any],
        keywords: Mapping[str, Any],
    ) -> Executable:
        """The program for ints where there were floats, or the other way: the function may tell them apart."""
        kinds = [*map(type, inputs)]
        key = (key, tuple(kinds))
        if own := self._kept.get(key):
            own.check(inputs)
            return own
        if any(kind not in known for kind, known in zip(kinds, executable.known)):
            if disagreement(executable.program, inputs, self._function(*arguments, **keywords)) is not None:
                return self._trace(key, inputs, arguments, keywords)
            for kind, known in zip(kinds, executable.known):
                known.add(kind)
        executable.kinds = kinds
        return executable

    def _as_chosen(
        self, executable: Executable, inputs: Sequence[Any], arguments: Sequence[Any], keywords: Mapping[str, Any]
    ) -> Executable:
        """The program for what is picked now, in which sums are added up as in the function's own graph."""
        chosen = {i: inputs[i] for i in executable.leading}
        key = tuple(chosen.values())
        if key not in executable.chosen:
            try:
                program = trace(self._function, arguments, self.parameters, keywords, self._watch, chosen)
                executable.chosen[key] = Executable(program, self.parameters, inputs)
            except TraceError:  # what is picked is a plain number, on which nothing depends
                executable.chosen[key] = executable
        return executable.chosen[key]

    def _prepared(self, columns: Sequence[Sequence[Any]]) -> Prepared:
        parts: list[Part] = []
        for key, rows, first in rows_of_columns(columns):
            key = _in_mode(key)
            executable = self._kept.get(key) or self._trace(key, rows.rows[0], first)
            executable.check_rows(rows)
            inputs: list[float] = []
            structure(first, inputs)
            if [*map(type, inputs)] != executable.kinds:
                executable = self._of_kinds(executable, key, inputs, first, {})
                executable.check_rows(rows)
            parts.append(Part(executable, rows))
            self._latest = executable
        return Prepared(self, columns, parts)

    # --- running

    def run(self, prepared: Prepared) -> float:
        """The mean loss of a batch, wherever it is computed."""
        if shared["mode"] and is_on("no_grad"):
            self.ran_on = "eager"
            return self._mean(prepared).data
        if self.is_for_c(prepared):
            loss = self._in_c(prepared)
            return self.run_eagerly(prepared) if loss is None else loss
        self.ran_on = "python"
        before = [p.grad for p in self.parameters] if len(prepared.parts) > 1 else []
        try:
            sums = [part.executable.many(part.rows.rows, 1.0 / prepared.count) for part in prepared.parts]
            return add_up(sums) / prepared.count
        except (ArithmeticError, TypeError, ValueError) as error:
            if isinstance(error, AutogradError):
                raise
            for p, grad in zip(self.parameters, before):
                p.grad = grad
            if isinstance(error, TypeError) and self._has_cleared():
                return self.run(prepared)
            return self.run_eagerly(prepared)

    def _has_cleared(self) -> bool:
        """Whether a gradient was None, which a user may set, and has now not been reached instead."""
        cleared = [p for p in self.parameters if p.grad is None]
        for p in cleared:
            p.grad = NOT_REACHED
        return bool(cleared)

    def run_eagerly(self, prepared: Prepared) -> float:
        """The same by the function itself, which says what is wrong."""
        self.ran_on = "eager"
        loss = self._mean(prepared)
        loss.backward()
        return loss.data

    def _mean(self, prepared: Prepared) -> Value:
        return mean([self._function(*row) for row in transposed(prepared.columns)])

    def _eagerly(self, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> float:
        """The same of one sample."""
        self.ran_on = "eager"
        loss = self._function(*arguments, **keywords)
        loss.backward()
        return loss.data

    def _in_c(self, prepared: Prepared) -> float | None:
        """The mean loss of a batch, if C can compute it."""
        self.ran_on = "c"
        with self.lock:
            try:
                for loaded in prepared.plan.loaded:
                    loaded.read_frozen()
                return self._ran(prepared)
            except TypeError:  # some data or grad is no number, which the function itself says
                return None

    def _ran(self, prepared: Prepared) -> float | None:
        """With the parameters' numbers copied in, and their gradients out."""
        numbers = array("d", [p.data for p in self.parameters])
        losses: list[float] = []
        for loaded, rows, weight in prepared.plan.portions:
            loaded.data[: len(numbers)] = numbers
            losses.append(weight * loaded.machine.run(loaded.address, rows.address))
            if loaded.bad:
                return None
        for loaded, rows, weight in prepared.plan.portions:
            grads = loaded.grad if weight == 1 else [weight * grad for grad in loaded.grad[: len(numbers)]]
            for p, grad, reached in zip(self.parameters, grads, rows.reached):
                if reached:
                    try:
                        p.grad += grad
                    except TypeError:
                        if p.grad is not None:
                            raise
                        p.grad = grad
        return add_up(losses)

    def is_for_c(self, prepared: Prepared, times: int = 1) -> bool:
        """Whether C shall do this batch, that many times; if there is no interpreter, that is said once."""
        if times * prepared.edges < self._enough:
            return False
        try:
            return all(part.executable.can_run_in_c() for part in prepared.parts)
        except CompileError as error:
            say_once(error)
            return False


def _always() -> bool:
    return True


def _in_mode(key: Structure) -> Structure:
    """The key of a program that is traced now: atomic() makes another one, and so does no_grad() round train()."""
    for mode in ("atomic", "no_grad"):
        if is_on(mode):
            key = (key, mode)
    return key


_said = False


def say_once(error: CompileError) -> None:
    global _said
    if not _said:
        _said = True
        text = f"{error}. compile() goes on with its Python backend, which is slower"
        warnings.warn_explicit(text, UserWarning, *users_line())


def _parameters(params: Any) -> list[Value]:
    fix = ": give its parameters()" if hasattr(params, "parameters") else ""
    if isinstance(params, Value) or not isinstance(params, Iterable):
        raise WrongKindError(f"compile: want a list of parameters, got a {type(params).__name__}{fix}")
    parameters: list[Any] = list(dict.fromkeys(params))
    with of_classes:
        for p in parameters:
            _want_parameter(p)
    return parameters


def _want_parameter(p: Any) -> None:
    if not isinstance(p, Value) or p.operands:
        raise WrongKindError(f"compile: want leaves as parameters, got {p!r}")
    if type(p) is not Value:
        raise WrongKindError(
            f"compile: want Values as parameters, got {p!r} of the subclass {type(p).__name__}, "
            "whose methods a trace would not see"
        )


@overload
def compile(loss_fn: Callable[..., Any], params: Iterable[Value], backend: str = "auto") -> Step: ...
@overload
def compile(*, params: Iterable[Value], backend: str = "auto") -> Callable[[Callable[..., Any]], Step]: ...


def compile(loss_fn: Any = None, params: Any = (), backend: str = "auto") -> Any:
    """Trace `loss_fn` when it is first called, and run it at machine speed from then on.

    loss_fn: returns one Value, the loss. Its arguments are numbers and nested lists of them; an int may pick a
    row of an Embedding or a class target. Other lengths are traced anew, and so is another bool or str.
    params: the Values whose gradients are wanted, such as model.parameters().
    backend: "python"; "c", which needs a C compiler, and goes on with Python where there is none; "auto" takes C
    for what is worth it. Also a decorator, ``@compile(params=...)``.
    Returns a Step: call it, or its `batch` and `train`. Raises TraceError, naming the line, for what would not
    be the same at every call: an `if` on a number, .data, float(), a number drawn at random inside; and for a function
    that does something else when it is traced than when it is run as it stands, which is tried once.
    What the function uses from outside (globals, attributes, lists of up to 100,000 things) is looked at before each
    call, and traced anew if it has changed. What it does beside computing the loss, it does while it is traced only.

    >>> w = Value(1.0)
    >>> @compile(params=[w])
    ... def loss(x, y):
    ...     return (w * x - y) ** 2
    >>> loss.batch([1.0, 2.0], [2.0, 4.0]), w.grad
    (2.5, -5.0)
    """
    return partial(Step, params=params, backend=backend) if loss_fn is None else Step(loss_fn, params, backend)
