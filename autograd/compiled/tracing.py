"""Tracing: run a function once with Values that have no numbers, to learn what it computes, for each signature.

While a function is traced, tracers (tracers.py) take the place of its numbers: every operation on them is recorded,
never computed. self_check.py then compares the numbers of the recorded program with the function's. A program is kept
as long as the guards hold: that is, as long as what the function reads from outside has not changed.
"""

from __future__ import annotations

import math
import os
from _thread import RLock, get_ident
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from traceback import walk_tb
from typing import Any

from ..errors import AutogradError, ToolError, TraceError
from ..explain.check import drawn, generators_put_back
from ..explain.naming import mapped, names_for
from ..explain.source import record_source, said_line, say_once, source_of, users_line
from ..frames import is_librarys
from ..graph import walk
from ..modes import gc_paused, is_on
from ..value import Value
from .batches import KINDS, Executable, Prepared, Rows, Sample, Signature, is_number
from .c.runtime import Training
from .guards import Guards
from .program import PICK, Program
from .self_check import Itself, described, first_difference, near_enough
from .tracers import Tracer, as_tracers, running, tracer

__all__ = ["POLICIES", "Programs", "as_program", "in_mode", "traced"]

# Locks by process: one that a thread held at a fork would stay locked in the child.
Locks = partial(defaultdict[int, Any], RLock)
_one_at_a_time = Locks()  # threads may share parameters, which are tracers during a trace


@gc_paused
def traced(
    function: Callable[..., Any], arguments: Sequence[Any], keywords: Mapping[str, Any],
    parameters: Container[Value] | None, hidden: Iterable[Value],
) -> tuple[Any, list[Any]]:  # fmt: skip
    """Run `function` on tracers; return its result, and the tracers of the numbers in its arguments, in order.

    parameters: Values that may be arguments; None for any. hidden: Values whose numbers the function may not read.
    Raises TraceError, naming the user's line, for anything that would not be the same in every call.
    """
    inputs, refused, thread = list[Any](), list[TraceError](), get_ident()

    def traced_as(thing: Any, name: str) -> Any:
        if isinstance(thing, Value) and parameters is not None and thing not in parameters:
            raise TraceError(f"{name} is a Value, but not among the parameters: pass {name}.item(), or add it to them")
        if is_number(thing):
            inputs.append(tracer(thing, name))
            return inputs[-1]
        return thing

    names = _argument_names(function, len(arguments))
    positional = [mapped(argument, traced_as, name) for name, argument in zip(names, arguments)]
    named = {name: mapped(argument, traced_as, name) for name, argument in keywords.items()}
    with _one_at_a_time[os.getpid()]:
        hide, show = as_tracers(hidden)
        try:
            hide()
            running[thread] = refused
            root = function(*positional, **named)
        except Exception as error:
            raise (refused[0] if refused else error) from None
        finally:
            try:
                show()
            finally:
                running.pop(thread, None)
    if refused:
        raise refused[0]
    if not isinstance(root, Value) or getattr(root, "plain", False):
        got = "a plain number, which depends on no parameter" if isinstance(root, (Value, float, int)) else repr(root)
        raise TraceError(f"want one Value, the loss, as a compiled function's result, got {got}: return the loss alone")
    return root, inputs


@gc_paused
def as_program(root: Any, inputs: Sequence[Any], parameters: Iterable[Value], guards: Guards) -> Program:
    """Make a Program of what was traced, with the nodes named after the function's own variables."""
    nodes = walk(root)
    leaves = [node for node in nodes if not node.operands]
    if new := [leaf for leaf in leaves if leaf not in guards.names and not leaf.label]:  # and later programs' leaves
        guards.names.update(names_for(root, variables=guards.variables, nodes=nodes, wanted=[*new, *guards.values]))
    return Program(
        root, parameters, inputs, {leaf: guards.names[leaf] for leaf in leaves if leaf in guards.names}, nodes
    )


def failed_alone(error: Exception) -> TraceError:
    lines = [(frame.f_code.co_filename, number) for frame, number in walk_tb(error.__traceback__)]
    users_own = [users_line(), *(line for line in lines if not is_librarys(line[0]))]
    return TraceError(
        f"{said_line(users_own[-1])}\nthe function runs on numbers, but fails on the tracers that take their place while it is "
        f"traced ({type(error).__name__}: {error}). Compute this outside, and pass the result as an argument"
    )


def _argument_names(function: Callable[..., Any], count: int) -> list[str]:
    import inspect

    names: list[str] = []
    with suppress(TypeError, ValueError):  # some callables written in other languages have no signature
        names = [p.name for p in inspect.signature(function).parameters.values() if p.kind <= p.POSITIONAL_OR_KEYWORD]
    return [names[i] if i < len(names) else f"argument_{i + 1}" for i in range(count)]


POLICIES = {"doubling": 2, "always": 0, "never": math.inf}  # by name: the first call to check again
OFTEN = 8  # how often a function is traced again before we warn
WHOLE, VECTOR = 32, 8  # rows of a first batch to check: all if they are this few, otherwise a C vector and the rest
MOST_SIGNATURES, MOST_EDGES = 256, 10_000_000  # how many a step keeps; it drops the least recently called first

_USUAL = (
    "Anything drawn at random, read from a clock, counted, or left over from the previous call is fixed for all calls, "
    "and so is anything that depends on a type, a string or an `is`: do that outside, and pass it as an argument"
)


class Programs:
    """The traced programs of a function. hold: whether the guards hold. generation: how many times it was traced again.

    parameters: those that get gradients; None for every leaf from outside that the loss depends on. check: as in
    compile(). enough: the number of edges from which a batch runs in C. calls: how many times the step has been called.
    next_check: the number of the call at which a check is due.
    """

    def __init__(self, function: Callable[..., Any], parameters: list[Value] | None, check: str, enough: float) -> None:
        self.function = function
        self.parameters = [] if parameters is None else parameters
        self.check = check
        self.kept: dict[Signature, Executable] = {}
        self.latest: Executable | None = None
        self.hold: Callable[[], bool] = lambda: True
        self.generation = 0
        self.calls = 0
        self.next_check = POLICIES[check]
        self.enough = enough
        self._finds_parameters = parameters is None
        self._locks = Locks()
        self._guards: Guards | None = None
        self._replacements: set[Value] = set()  # Values that have replaced a parameter

    @property
    def title(self) -> str:
        name = getattr(self.function, "__name__", type(self.function).__name__)
        if self.latest is None:
            return name
        inputs = (node.label.partition("[")[0] for node in self.latest.program.inputs)
        return f"{name}({', '.join(dict.fromkeys(inputs))})"

    @property
    def lock(self) -> Any:
        """Protects the interpreter's memory, and the parameters while they are trained."""
        return self._locks[os.getpid()]

    @cached_property
    def gradients(self) -> Training:
        return Training(self.parameters)

    def retrace(self) -> None:
        self.kept.clear()
        self.generation += 1
        vars(self).pop("gradients", None)

    def runs_in_c(self, *batches: Sequence[tuple[Executable, Rows]], times: int = 1) -> bool:
        """Return whether C should run each of these batches `times` times: if that is worthwhile, and a gradient flows.

        If there is no interpreter, say so once.
        """
        edges = min(sum(rows.count * executable.edges for executable, rows in parts) for parts in batches)
        executables = [executable for parts in batches for executable, _ in parts]
        try:
            flows = (each.program.root in each.program.active and each.machine for each in executables)
            return times * edges >= self.enough and all(flows)
        except ToolError as error:
            say_once(f"{error}. compile() continues with its Python backend, which is slower")
            return False

    def of(self, key: Signature, sample: Sample, rows: Rows) -> Executable:
        """Return the program for `rows` like a sample. If there is none, trace and check it."""
        executable = self.kept.get(key)
        if self.latest:
            self.latest.used = self.calls
        if executable is None:
            with self.lock:
                executable = self.kept[key] = self._trace(key, sample, rows)
            self._forget_the_oldest(key)
        self.latest = executable
        return executable

    @gc_paused
    def _trace(self, key: Signature, sample: Sample, rows: Rows) -> Executable:
        guards = self._guards.renewed() if self._guards else Guards(self.function)
        last = self._guards or guards
        if self.generation >= OFTEN and 2 * self.generation > self.calls:
            changes = ", ".join([*dict.fromkeys(last.changed_places(guards).values())][:3]) or "what it reads"
            say_once(
                f"{self.title} is traced again at nearly every call, since it refers to {changes}, which changes: pass "
                "that as an argument, or give it another name"
            )
        some = rows.count if rows.count <= WHOLE else VECTOR + rows.count % VECTOR
        samples = [sample.like(rows[i]) for i in range(some)]
        parameters, runs = self.parameters, self.check != "never" or self._finds_parameters
        with generators_put_back(guards.generators):
            root, tracers = self._on_tracers(sample, guards)
            first, before = guards.renewed(), drawn(guards.generators)
            program = as_program(root, tracers, parameters, guards)
            executable = Executable(program, parameters, sample, key, in_mode(()))
            results = [each.call(self.function) for each in samples if runs]
            second, drew = first.renewed(), drawn(guards.generators) != before
        if results:
            if any(repr(vars(each)) != repr(vars(sample.like(each.numbers))) for each in samples):
                raise self._refusal("changes a list that it gets, for later calls as well: copy it first, [*xs]")
            self._want_apart(program, results)
            outside = {*walk(*results)} if self._finds_parameters else ()
            if new := [leaf for leaf in program.constants if leaf in outside]:  # others were created inside
                parameters = [*parameters, *new]
                program = as_program(root, tracers, parameters, guards)
                executable = Executable(program, parameters, sample, key, in_mode(()))
            if changed := first.changed(second):
                paths = ", ".join(changed[:3])
                raise self._refusal(f"changes {paths}, which it also reads: compiled, it would stay as it is. {_USUAL}")
        replacements = self._replacements
        if any(p in last.values and p not in second.values for p in self.parameters):
            replacements = replacements.union(second.values.keys() - last.values.keys())
        if strangers := replacements.intersection(program.constants):
            raise TraceError(
                f"{program.name(strangers.pop())} has taken the place of a parameter, but was not given to compile(): "
                "compile again, with the new parameters"
            )
        if self.check == "never":
            executable.checked.update(KINDS)
        else:
            kind = executable.kind(self.runs_in_c([(executable, rows)]), rows.count)
            self._compare(guards, executable, samples, Itself(results), kind, self.calls + 1, drew)
        users_own = {node.op for node in program.order} - {None, PICK}
        now = second.renewed(users_own, first.changed_places(second))
        if len(parameters) > len(self.parameters):
            self.retrace()
        # A single step: without a call or a jump, nothing can interrupt it.
        self.parameters, self._replacements, self._guards, self.hold = parameters, replacements, now, now.hold
        return executable

    def _on_tracers(self, sample: Sample, guards: Guards) -> tuple[Any, list[Any]]:
        given = dict.fromkeys(self.parameters)
        allowed = None if self._finds_parameters else given
        try:
            return traced(self.function, sample.arguments, sample.keywords, allowed, {**given, **guards.values})
        except AutogradError:
            raise
        except Exception as error:
            sample.call(self.function)  # this raises the function's own error, if tracers are not the reason
            raise failed_alone(error) from error

    def _forget_the_oldest(self, newest: Signature) -> None:
        kept = [*self.kept.items()]  # a copy: other threads trace, too
        if len(kept) > MOST_SIGNATURES or (len(kept) > 1 and sum(e.edges for _, e in kept) > MOST_EDGES):
            say_once(
                f"{self.title} keeps being called with new signatures: {len(kept) - 1} programs are kept, and "
                "the least recently used one is now forgotten. Pad lists to a few lengths, if that is possible"
            )
            self.kept.pop(min(kept, key=lambda item: (item[0] == newest, item[1].used))[0], None)

    def _want_apart(self, program: Program, results: Sequence[Any]) -> None:
        """Refuse anything that one run left over for the next, and anything computed before both."""
        for result in results:
            if isinstance(result, Tracer):
                raise self._refusal(f"uses a value that was left over from the previous call. {_USUAL}")
            if not isinstance(result, Value) and not (program.root.op is PICK and isinstance(result, (int, float))):
                raise self._refusal(f"returns {result!r} when called, but a Value when traced. {_USUAL}")
        computed = {node for node in program.order if type(node) is Value}
        if computed and (before := computed.intersection(walk(*results))):
            raise self._refusal(
                f"uses {before.pop()!r}, computed before the function ran, from numbers that later calls may change: "
                "compute it inside the function, or pass its .item() as an argument"
            )

    def begin(self, batches: Sequence[Prepared], in_c: bool, most: int = 1) -> int:
        """Begin a call on these batches: check the programs whose code is unchecked, and the one that is due.

        Returns how many calls may be made until the next check, at most `most`. No clock decides when one is due.
        """
        self.calls += 1
        calls, always = self.calls, self.check == "always"
        for executable, rows in dict(part for batch in reversed(batches) for part in reversed(batch.parts)).items():
            kind = executable.kind(in_c, rows.count)
            executable.used, executable.last = calls, (rows, kind)
            if kind not in executable.checked or (always and executable.last_check < calls):
                self._check(executable, rows, kind)
            if KINDS[0] in executable.checked and not (in_c or executable.choices):
                executable.quick = executable.loop
        if always:
            return 1
        if calls >= self.next_check:
            self.next_check = 1 << calls.bit_length()  # the next power of 2
            able = [e for e in [*self.kept.values()] if e.last and e.mode == in_mode(())]
            in_turn = min(able, key=lambda e: (e.checks, e.last_check), default=None)
            if in_turn and in_turn.last and in_turn.last_check < calls:
                self._check(in_turn, *in_turn.last)
        return int(max(1, min(most, self.next_check - calls)))

    def _check(self, executable: Executable, rows: Rows, kind: str) -> None:
        """Check a program on one of these rows, run by the code that runs them all."""
        guards: Guards = self._guards  # type: ignore[assignment]
        sample = executable.sample.like(rows[executable.checks % rows.count])
        with self.lock:  # so that no other thread trains the parameters between the two runs to compare
            with generators_put_back(guards.generators):
                try:
                    results = [sample.call(self.function)]
                    self._want_apart(executable.program, results)
                    itself = Itself(results)
                except Exception as error:
                    if isinstance(error, TraceError) or executable.trial(Rows(sample.numbers), kind) is not None:
                        raise
                    executable.checked.add(kind)  # the call itself will say what cannot be computed
                    return
            self._compare(guards, executable, [sample], itself, kind, self.calls)
        self._guards = guards = guards.renewed()
        self.hold = guards.hold

    def _compare(
        self, guards: Guards, executable: Executable, samples: Sequence[Sample], itself: Itself, kind: str, call: int,
        drew: bool = False,
    ) -> None:  # fmt: skip
        """Raise TraceError, naming the first value that differs and its line, if a program's numbers differ.

        call: the number of this call. drew: whether a random number was drawn, which is also a reason.
        """
        program = executable.program
        found = executable.trial(Rows([x for sample in samples for x in sample.numbers], len(samples)), kind)
        difference = found and itself.differs(*found, near_enough(program), executable.name)
        executable.checks += 1
        executable.checked.add(kind)
        if not (difference or drew or not math.isfinite(itself.loss)):
            executable.last_check = call
            return
        line, where = "", "each value agrees, so this is a fault in compile() itself"
        for sample, result in zip(samples, itself.results):
            if parted := first_difference(program, sample.numbers, result):
                where = f"the first value that differs is {described(*parted, program)}"
                with record_source(), generators_put_back(guards.generators):  # trace again, to remember lines
                    sample.call(self.function)  # draws the same random numbers as when the function was traced
                    again = first_difference(program, sample.numbers, sample.call(self.function)) or ()
                line = next(filter(None, (source_of(own) for own in again if isinstance(own, Value))), "")
                break
        if drew:
            raise self._refusal(f"draws a random number. {_USUAL}", line)
        if difference or line:
            since = call - executable.last_check
            affected = f"up to {since} calls may be affected" if since > 1 else "no earlier call is affected"
            what = difference or "it is computed differently when it is run again"
            raise self._refusal(f"as a compiled program: {what}; {where}; {affected}. {_USUAL}", line)

    def _refusal(self, why: str, line: str = "") -> TraceError:
        """Return the error for a function; without a line of its own, it names the line where the function begins."""
        code = getattr(self.function, "__code__", None)
        line = line or (said_line((code.co_filename, code.co_firstlineno)) if code else "")
        return TraceError(f"{line}\n{self.title} {why}".lstrip())


def in_mode(key: Signature) -> Signature:
    modes = [*filter(is_on, ("atomic", "no_grad"))]  # under these, the same function makes another program
    return (key, *modes) if modes else key
