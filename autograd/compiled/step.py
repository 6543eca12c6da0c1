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
import os
import warnings
from _thread import RLock, get_ident
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any, overload

from ..errors import ArgumentError, AutogradError, ToolError, TraceError
from ..explain.source import record_source, said_line, source_of, users_line
from ..formula import add_up
from ..functions import mean
from ..graph import walk
from ..modes import gc_paused, is_on, shared
from ..value import Value
from .batches import Block, Rows, rows_of_columns, transposed
from .c.runtime import BatchPlan, want_floats
from .executable import KINDS, Executable, Part
from .export import page
from .guards import Guards
from .program import PICK, Program
from .self_check import Itself, drawn, first_difference, generators_put_back, near_enough
from .signature import Signature, filled, signature
from .tracers import Tracer, running
from .tracing import as_program, failed_alone, traced

if TYPE_CHECKING:
    from .training import Updates

__all__ = ["Prepared", "Step", "compile", "say_once"]

BACKENDS = ("auto", "python", "c")
CHECKS = ("doubling", "always", "never")
WORTH = 20_000  # edges from which on "auto" takes C: less is over before C has been called
OFTEN = 8  # times that a function is traced anew, from which on it is said
WHOLE, VECTOR = 32, 8  # rows of a first batch that are checked: all of them, or one vector of C's and the remainder
MOST_SIGNATURES, MOST_EDGES = 256, 10_000_000  # kept in a step; what was called longest ago goes first

_USUAL = (
    "What is drawn at random, read from a clock, counted, or left over from the call before is kept for all calls, and so is "
    "what depends on a type, a text or an `is`: do that outside, and pass it as an argument"
)


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

    def made_floats(self) -> bool:
        """See Executable.made_floats."""
        return any(part.executable.made_floats() for part in self.parts)


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
        if backend not in BACKENDS:
            raise ArgumentError(f"compile: want one of the backends {', '.join(BACKENDS)}, got {backend!r}")
        if check not in CHECKS:
            raise ArgumentError(f"compile: want check as one of {', '.join(CHECKS)}, got {check!r}")
        self.backend = backend
        self.check = check
        self.parameters = [] if params is None else _parameters(params)
        self._finds_parameters = params is None
        self._function = function
        self._kept: dict[Signature, Executable] = {}
        self._guards: Guards | None = None  # of what the function reads from outside
        self._hold = _always  # whether that is the same still
        self._own: dict[Any, Any] = {}  # places that the function itself writes in every run
        self._replacements: set[Value] = set()  # Values that came when a parameter went
        self._enough = {"auto": WORTH, "python": math.inf, "c": 0}[backend]  # edges from which on C is taken
        self._latest: Executable | None = None
        self._calls = 0
        self._next_check: float = {"doubling": 2, "always": 0, "never": math.inf}[check]
        self.last_backend: str | None = None
        self.updates: Updates | None = None  # by the optimiser that update() was called with last
        self.generation = 0  # grows when the function uses something else than it did
        self._lock, self._process = RLock(), os.getpid()
        update_wrapper(self, function, updated=())

    @property
    def lock(self) -> Any:
        """Of the interpreter's memory, which two threads may use; open in a forked child."""
        if self._process != os.getpid():
            self._lock, self._process = RLock(), os.getpid()
        return self._lock

    def __call__(self, *arguments: Any, **keywords: Any) -> float:
        if running:
            self._refuse_inside()
        mode = shared["mode"]
        if mode and is_on("no_grad"):
            self.last_backend = "eager"
            return self._function(*arguments, **keywords).data
        if not self._hold():
            self.retrace()
        calls = self._calls = self._calls + 1
        numbers: list[float] = []
        key = signature(arguments, numbers) if arguments else ()
        if keywords:
            key = (key, tuple(keywords), signature(keywords.values(), numbers))
        if mode:
            key = _in_mode(key)
        executable = self._kept.get(key) or self._trace(key, numbers, arguments, keywords)
        if numbers and executable.choices:
            executable.check(numbers)
        self._latest = executable
        executable.used = calls
        if executable.edges >= self._enough:
            rows = Rows([Block(numbers, len(numbers))] if numbers else [], 1)
            prepared = Prepared(self, (), [Part(executable, rows, arguments, keywords)])
            if self.is_for_c(prepared):
                self._calls -= 1
                self.begin([prepared], in_c=True)
                loss = self._in_c(prepared)
                return self._eagerly(arguments, keywords) if loss is None else loss
        if calls >= executable.due:
            self._check_call(executable, (numbers, arguments, keywords))
        self.last_backend = "python"
        try:
            return executable.one(numbers)
        except (ArithmeticError, TypeError, ValueError) as error:
            if isinstance(error, AutogradError):
                raise
            if isinstance(error, TypeError) and executable.made_floats():
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

        Raises ShapeError for lists of different lengths, and ArgumentError for a batch of another step.
        """
        self.look_around()
        if not (columns and isinstance(columns[0], Prepared)):
            return self._prepared(columns)
        batch = columns[0]
        if len(columns) > 1 or batch.step is not self:
            raise ArgumentError(f"{self._title()}: want one batch that this step has prepared, got {columns!r}")
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
        if self._latest is None:
            raise ToolError(f"{self._title()} has not been called yet: what it computes depends on its arguments")
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
        raise ToolError(
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
        if not self._hold():
            self.retrace()

    def retrace(self) -> None:
        """Forget every program: the next call traces the function anew, with what it reads from outside then."""
        self._kept.clear()
        self._hold = _always
        self.generation += 1

    @gc_paused()
    def _trace(
        self,
        key: Signature,
        inputs: Sequence[float],
        arguments: Sequence[Any],
        keywords: Mapping[str, Any],
        rows: Rows | None = None,
    ) -> Executable:
        """Trace the function on these arguments, and check the program by its numbers: on these, or on `rows` like them."""
        last = self._guards
        guards = self._guards = last.renewed() if last else Guards(self._function)
        if last and self.generation >= OFTEN and 2 * self.generation > self._calls:
            changes = ", ".join([*dict.fromkeys(last.changed_places(guards).values())][:3]) or "what it reads"
            say_once(
                f"{self._title()} is traced anew at nearly every call, since {changes} changes, which it names: pass that as "
                "an argument, or give it another name"
            )
        with generators_put_back(guards.generators):
            untouched = drawn(guards.generators)
            root, tracers = self._traced(arguments, keywords, guards)
            after_trace = drawn(guards.generators)
            first = guards.renewed()
            executable = self._executable(root, tracers, guards, inputs, self._leaves(root))
            samples = [(inputs, arguments, keywords)]
            if rows:
                count = rows.count if rows.count <= WHOLE else VECTOR + rows.count % VECTOR
                samples = [(numbers, filled(arguments, iter(numbers)), keywords) for numbers in rows.rows[:count]]
            results = self._run_itself(samples) if self.check != "never" or self._finds_parameters else []
            after_results = drawn(guards.generators)
            second = first.renewed()
        if results:
            self._want_apart(executable.program, results)
            if self._finds_parameters and self._find_parameters(executable, results):
                self.retrace()
            if self._finds_parameters:
                executable = self._executable(root, tracers, guards, inputs, self.parameters)
            if read_and_changed := first.changed(second):
                raise TraceError(
                    f"{self._title()} changes {', '.join(read_and_changed[:3])}, which it also reads: compiled, it would stay "
                    f"as it is. {_USUAL}"
                )
        self._want_old_parameters(last or guards, second, executable.program)
        executable.sample = arguments, keywords
        if self.check == "never":
            executable.checked.update(KINDS)
            executable.due = math.inf
        else:
            drew = untouched != after_trace != after_results
            code = self._wants_c(executable, rows), rows.count if rows else 0
            self._want_same(executable, samples, Itself(results), code, drew)
        of_the_users = {node.op for node in executable.program.order if node.op not in (None, PICK)}
        self._guards = second.renewed(of_the_users, first.changed_places(second))
        self._hold = self._guards.hold
        self._keep(key, executable)
        return executable

    def _traced(self, arguments: Sequence[Any], keywords: Mapping[str, Any], guards: Guards) -> tuple[Any, list[Any]]:
        given = dict.fromkeys(self.parameters)
        allowed = None if self._finds_parameters else given
        try:
            return traced(self._function, arguments, keywords, allowed, {**given, **guards.values})
        except AutogradError:
            raise
        except Exception as error:
            self._function(*arguments, **keywords)  # which raises, if tracers are not the reason
            raise failed_alone(error) from error

    def _executable(
        self, root: Any, tracers: list[Any], guards: Guards, inputs: Sequence[float], parameters: Sequence[Value]
    ) -> Executable:
        executable = Executable(as_program(root, tracers, parameters, guards), parameters, inputs)
        executable.check(inputs)
        return executable

    def _leaves(self, root: Any) -> list[Value]:
        """The parameters; where they are to be found, all that may be one."""
        if not self._finds_parameters:
            return self.parameters
        return [node for node in walk(root) if type(node) is Value and not node.operands]

    def _find_parameters(self, executable: Executable, results: Sequence[Any]) -> bool:
        """Take as parameters the leaves that both runs have met, others being made inside; whether there are new ones."""
        outside, known = set(walk(*results)), set(self.parameters)
        new = [leaf for leaf in executable.parameters if leaf in outside and leaf not in known]
        self.parameters += new
        return bool(new)

    def _keep(self, key: Signature, executable: Executable) -> None:
        kept = self._kept
        kept[key] = executable
        if len(kept) > MOST_SIGNATURES or (len(kept) > 1 and sum(e.edges for e in kept.values()) > MOST_EDGES):
            say_once(
                f"{self._title()} is called with ever new structures of arguments: {len(kept) - 1} programs are kept, and "
                "the one that was used longest ago is forgotten now. Pad lists to a few lengths, if that is possible"
            )
            del kept[min(kept, key=lambda k: (k == key, kept[k].used))]

    def _want_apart(self, program: Program, results: Sequence[Any]) -> None:
        """Refuse what one run has left over for the next, and what was computed before both."""
        for result in results:
            if isinstance(result, Tracer):
                raise TraceError(f"{self._title()} uses a value that was left over from the call before. {_USUAL}")
            if not isinstance(result, Value) and not (program.root.op is PICK and isinstance(result, (int, float))):
                raise TraceError(
                    f"{self._title()} returns {result!r} as it stands, and a Value when it is traced. {_USUAL}"
                )
        computed = [node for node in program.order if type(node) is Value]
        if computed and (before := set(walk(*results)).intersection(computed)):
            raise TraceError(
                f"{before.pop()!r} was computed before the function ran, from numbers that later calls may change: "
                "compute it inside the function, or pass its .item() as an argument"
            )

    def _want_old_parameters(self, last: Guards, now: Guards, program: Program) -> None:
        if any(p in last.values and p not in now.values for p in self.parameters):
            self._replacements.update(value for value in now.values if value not in last.values)
        if strangers := [node for node in program.constants if node in self._replacements]:
            raise TraceError(
                f"{program.name(strangers[0])} stands where a parameter stood, and is none of those that compile() was given: "
                "compile again, with the new ones"
            )

    def _prepared(self, columns: Sequence[Sequence[Any]]) -> Prepared:
        parts: list[Part] = []
        for key, rows, first in rows_of_columns(columns):
            key = _in_mode(key)
            executable = self._kept.get(key) or self._trace(key, rows.rows[0], first, {}, rows)
            executable.check_rows(rows)
            parts.append(Part(executable, rows, first))
            self._latest = executable
        return Prepared(self, columns, parts)

    # --- the self-check

    def begin(self, batches: Sequence[Prepared], in_c: bool, most: int = 1) -> int:
        """Count a call with the first of these batches, and check the programs whose turn it is, or that never were.

        Returns how many calls may be made before the next check, `most` at most. Those after the first are to be counted.
        """
        self._calls += 1
        if self.check == "never":
            return most
        for executable, part in {part.executable: part for batch in reversed(batches) for part in batch.parts}.items():
            executable.used, executable.part = self._calls, part
            if executable.kind(in_c, part.rows.count) not in executable.checked:
                self._check_part(part, in_c)
        if self._calls >= self._next_check:
            self._set_next_check()
            in_turn = min((e for e in self._kept.values() if e.part), key=_turn, default=None)
            if in_turn and in_turn.part and in_turn.last_check < self._calls:
                self._check_part(in_turn.part, in_c)
        return int(max(1, min(most, self._next_check - self._calls)))

    def count(self, calls: int) -> None:
        """Count calls that were made without `begin`."""
        self._calls += calls

    def _set_next_check(self) -> None:
        while self.check == "doubling" and self._next_check <= self._calls:
            self._next_check *= 2
        for executable in self._kept.values():
            executable.due = self._next_check if "one" in executable.checked else 0

    def _check_part(self, part: Part, in_c: bool) -> None:
        """Check one row of a batch, by the batch's code."""
        numbers = part.rows.rows[part.executable.checks % part.rows.count]
        sample = numbers, filled(part.arguments, iter(numbers)), part.keywords
        self._check(part.executable, sample, (in_c, part.rows.count))

    def _check_call(self, executable: Executable, sample: Any) -> None:
        """Check the program of one sample, if it never was; or the one whose turn it is, on arguments that it had."""
        executable.sample = sample[1:]
        if self._calls >= self._next_check:
            self._set_next_check()
            key, other = min(self._kept.items(), key=lambda item: _turn(item[1]))
            numbers: list[float] = []
            arguments, keywords = other.sample
            if not keywords and _in_mode(signature(arguments, numbers)) == key:  # else its lists have grown since
                executable, sample = other, (numbers, arguments, keywords)
        if executable.last_check < self._calls or "one" not in executable.checked:
            self._check(executable, sample, (False, 0))
        executable.due = self._next_check

    def _check(self, executable: Executable, sample: Any, code: tuple[bool, int]) -> None:
        guards = self._guards
        assert guards is not None
        with self.lock:  # so that no other thread trains the parameters between the two runs that are compared
            with generators_put_back(guards.generators):
                try:
                    results = self._run_itself([sample])
                    self._want_apart(executable.program, results)
                    itself = Itself(results)
                except TraceError:
                    raise
                except Exception:
                    if executable.trial([sample[0]], code) is None:  # then the call says what is wrong
                        executable.checked.add(executable.kind(*code))
                        return
                    raise
            self._want_same(executable, [sample], itself, code)
        self._guards = guards.renewed()
        self._hold = self._guards.hold

    def _run_itself(self, samples: Sequence[Any]) -> list[Any]:
        self.last_backend = "eager"
        return [self._function(*arguments, **keywords) for _, arguments, keywords in samples]

    def _want_same(
        self,
        executable: Executable,
        samples: Sequence[Any],
        itself: Itself,
        code: tuple[bool, int],
        drew: bool = False,
    ) -> None:
        """Raise TraceError, naming the first value that differs and its line, if a program gives other numbers.

        drew: whether a random number was drawn, which is enough.
        """
        executable.checks += 1
        executable.checked.add(executable.kind(*code))
        program = executable.program
        with self.lock:
            found = executable.trial([numbers for numbers, _, _ in samples], code)
        difference = found and itself.differs(*found, near_enough(program), executable.name)
        if not (difference or drew or not math.isfinite(itself.loss)):
            executable.last_check = self._calls
            return
        line, where = "", "each value agrees, so this is a fault of compile() itself"
        for (numbers, arguments, keywords), result in zip(samples, itself.results):
            if parted := first_difference(program, numbers, result):
                where = f"the first value that differs is {_described(*parted, program)}"
                again = self._with_lines(program, numbers, arguments, keywords)
                line = next(filter(None, (source_of(own) for own in again if isinstance(own, Value))), "")
                break
        if drew:
            raise TraceError(f"{line}\n{self._title()} draws a random number. {_USUAL}".lstrip())
        if difference or line:
            since = self._calls - executable.last_check
            affected = f"up to {since} calls may be affected" if since > 1 else "no call before is affected"
            difference = difference or "it is computed in another way when it is run again"
            raise TraceError(
                f"{line}\n{self._title()} as a compiled program: {difference}; {where}; {affected}. {_USUAL}".lstrip()
            )

    def _with_lines(self, program: Program, numbers: Any, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
        """The first difference again, from a run that remembers lines."""
        assert self._guards is not None
        with record_source(), generators_put_back(self._guards.generators):
            self._function(*arguments, **keywords)  # draws what has been drawn when the function was traced
            return first_difference(program, numbers, self._function(*arguments, **keywords)) or ()

    # --- running

    def run(self, prepared: Prepared) -> float:
        """The mean loss of a batch, wherever it is computed."""
        if shared["mode"] and is_on("no_grad"):
            self.last_backend = "eager"
            return self._mean(prepared).data
        in_c = self.is_for_c(prepared)
        self.begin([prepared], in_c)
        if in_c:
            loss = self._in_c(prepared)
            return self.run_eagerly(prepared) if loss is None else loss
        self.last_backend = "python"
        before = [p.grad for p in self.parameters] if len(prepared.parts) > 1 else []
        try:
            sums = [part.executable.many(part.rows.rows, 1.0 / prepared.count) for part in prepared.parts]
            return add_up(sums) / prepared.count
        except (ArithmeticError, TypeError, ValueError) as error:
            if isinstance(error, AutogradError):
                raise
            for p, grad in zip(self.parameters, before):
                p.grad = grad
            if isinstance(error, TypeError) and prepared.made_floats():
                return self.run(prepared)
            return self.run_eagerly(prepared)

    def run_eagerly(self, prepared: Prepared) -> float:
        """The same by the function itself, which says what is wrong."""
        self.last_backend = "eager"
        loss = self._mean(prepared)
        loss.backward()
        return loss.data

    def _mean(self, prepared: Prepared) -> Value:
        return mean([self._function(*row) for row in transposed(prepared.columns)])

    def _eagerly(self, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> float:
        """The same of one sample."""
        self.last_backend = "eager"
        loss = self._function(*arguments, **keywords)
        loss.backward()
        return loss.data

    def _in_c(self, prepared: Prepared) -> float | None:
        """The mean loss of a batch, if C can compute it."""
        self.last_backend = "c"
        with self.lock:
            try:
                return self._ran(prepared)
            except TypeError:
                return self._ran(prepared) if prepared.made_floats() else None

    def _ran(self, prepared: Prepared) -> float | None:
        """With the parameters' numbers copied in, and their gradients out."""
        numbers, grads = [p.data for p in self.parameters], [p.grad for p in self.parameters]
        want_floats(numbers + grads)
        data = array("d", numbers)
        for loaded in prepared.plan.loaded:
            loaded.read_constants()
        losses: list[float] = []
        for loaded, rows, weight in prepared.plan.portions:
            loaded.data[: len(data)] = data
            losses.append(weight * loaded.machine.run(loaded, rows))
            if loaded.bad:
                return None
        for loaded, rows, weight in prepared.plan.portions:
            new = loaded.grad if weight == 1 else [weight * grad for grad in loaded.grad[: len(data)]]
            grads = [grad + more if reached else grad for grad, more, reached in zip(grads, new, rows.reached)]
        for p, grad in zip(self.parameters, grads):
            p.grad = grad
        return add_up(losses)

    def is_for_c(self, prepared: Prepared, times: int = 1) -> bool:
        """Whether C shall do this batch, that many times; if there is no interpreter, that is said once."""
        return times * prepared.edges >= self._enough and all(self._can_run_in_c(p.executable) for p in prepared.parts)

    def _wants_c(self, executable: Executable, rows: Rows | None) -> bool:
        return executable.edges * (rows.count if rows else 1) >= self._enough and self._can_run_in_c(executable)

    def _can_run_in_c(self, executable: Executable) -> bool:
        try:
            return executable.can_run_in_c()
        except ToolError as error:
            say_once(f"{error}. compile() goes on with its Python backend, which is slower")
            return False


def _always() -> bool:
    return True


def _in_mode(key: Signature) -> Signature:
    """The key of a program that is traced now: atomic() makes another one, and so does no_grad() round train()."""
    for mode in ("atomic", "no_grad"):
        if is_on(mode):
            key = (key, mode)
    return key


_said: set[str] = set()


def say_once(text: str) -> None:
    """Warn at the user's line; of each kind, which is how the text begins, once."""
    if (kind := text[:30]) not in _said:
        _said.add(kind)
        warnings.warn_explicit(text, UserWarning, *users_line())


def _turn(executable: Executable) -> tuple[int, int]:
    """The lowest is checked next."""
    return executable.checks, executable.last_check


def _described(traced_value: Any, own: Any, _: Any, program: Program) -> str:
    """The value where a program parts from the function itself, as the learner knows it."""
    if not isinstance(traced_value, Value):
        return f"the number {traced_value!r}, which is {own!r} for the function itself"
    what = traced_value.op.name if traced_value.op else "a leaf"
    its = f"{own.op.name if own.op else 'a leaf'} ({own.data!r})" if isinstance(own, Value) else repr(own)
    return f"{program.name(traced_value)} ({what}), which is {its} for the function itself"


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
    The check: loss and gradients of the program against those of the function itself, which runs on the same arguments:
    at the first call of each structure of arguments, and at the calls 2, 4, 8, 16 ... of the step ("doubling"), at
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
