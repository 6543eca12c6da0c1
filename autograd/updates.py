"""How an optimiser moves a parameter, as formulas that are read once, run as Python and printed as C.

An optimiser gives each group of parameters a rule: a dict, in order, in which a number is an option and a string is the
formula of a new value. A formula reads the parameter's `data` and `grad`, what is remembered about it (0 before its
first update), the options, and the values above it. The rule sets `data`, and whatever it remembers.

    >>> from autograd import Value
    >>> rule = {"lr": 0.1, "momentum": 0.5, "velocity": "momentum * velocity + grad", "data": "data - lr * velocity"}
    >>> update, options = read(rule, rule, ["velocity"])
    >>> w, state = Value(3.0), {}
    >>> w.grad = 2.0
    >>> run([(update, [w], options)], state); run([(update, [w], options)], state); w, state[w]
    (Value(2.5, grad=2.0), {'velocity': 3.0})
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from functools import cached_property, partial
from operator import setitem
from typing import Any

from .errors import FormulaError
from .formula import FUNCTIONS, IEEE, PYTHON, Formula
from .formula.grammar import is_taken
from .node import at_once, exhaust, writing
from .slow_path import real, real_data
from .value import NOT_REACHED

__all__ = ["Update", "read", "run"]

Rule = Mapping[str, "str | float"]
_FUNCTIONS = {name: getattr(math, name) for name in FUNCTIONS if name != "abs"}


def read(first: Rule, later: Rule, memory: Iterable[str]) -> tuple[Update, list[float]]:
    """Return the rule of a group, for the first update of a parameter and for later ones, and its current options.

    memory: the names that are remembered. Raises FormulaError for text outside the grammar, or a name without a
    value.
    """
    key = tuple(memory), _spelled(first), _spelled(later)
    found = _read.get(key)
    if found is None:
        if len(_read) >= RULES:
            _read.clear()
        found = _read[key] = Update(*key)
    return found, [float(later[name]) for name in found.options]


RULES = 256  # how many rules are kept
_read: dict[Any, Update] = {}


def _spelled(rule: Rule) -> tuple[str | None, ...]:
    """List the names of a rule, and then their formulas, or None for an option."""
    return (*rule, *[given if type(given) is str else None for given in rule.values()])


def _pairs(spelled: Sequence[str | None]) -> Iterator[tuple[str, str | None]]:
    return zip(map(str, spelled), spelled[len(spelled) // 2 :])


class Update:
    """A rule without its numbers. first, later: (name, Formula) in order, for the first update and for later ones.

    remembered: the names in memory that the rule sets. shared: the names that depend only on the options and on how
    often a parameter was updated, such as Adam's corrections of its bias: parameters updated equally often share them.
    """

    def __init__(self, memory: Sequence[str], first: Sequence[str | None], later: Sequence[str | None]) -> None:
        self.options = [name for name, text in _pairs(later) if text is None]
        self.first, self.later = (
            [(name, Formula(text)) for name, text in _pairs(rule) if text is not None] for rule in (first, later)
        )
        set_names = {name for name, _ in self.later}
        self.remembered = [name for name in memory if name in set_names]
        for lines in (self.first, self.later):
            self._check(lines)
        self.shared = self._shared()

    def _check(self, lines: Sequence[tuple[str, Formula]]) -> None:
        known = {"data", "grad", *self.options, *self.remembered}
        for name, formula in lines:
            if unknown := [used for used in formula.names() if used not in known]:
                raise FormulaError(
                    f"{unknown[0]!r} in {name} = {formula.source!r} has no value: want one of {', '.join(sorted(known))}"
                )
            if is_taken(name) or name.startswith("_") or name in (*self.options, "grad"):
                raise FormulaError(f"{name} = {formula.source!r}: a rule cannot set {name!r}")
            known.add(name)

    def _shared(self) -> set[str]:
        found, names, before = {*self.remembered}, set[str](), -1
        while len(found) != before:
            before = len(found)
            for lines in (self.first, self.later):
                names = {*self.options, *found}
                for name, formula in lines:
                    (names.add if names.issuperset(formula.names()) else names.discard)(name)
                found &= names
        return names - {"data"}

    @cached_property
    def moved(self) -> Callable[..., tuple[list[Any], ...]]:
        """The function that computes the update of every parameter that a gradient has reached: see `source`.

        It changes nothing but `_new`. It returns the data of all parameters; then the dicts of what is remembered about
        those that a gradient has reached, and the new numbers for these, a list for each name. The dicts of parameters
        that are not in `_state` are in `_new`.
        """
        namespace: dict[str, Any] = {
            **_FUNCTIONS, "_as_ieee": self._as_ieee, "_floats": _floats, "_NOT_REACHED": NOT_REACHED,
        }  # fmt: skip
        exec(compile(self.source, "<autograd update>", "exec"), namespace)
        return namespace["update"]

    @property
    def source(self) -> str:
        """Compile the rule as a Python function.

        >>> update, _ = read({"lr": 0.1, "data": "data - lr * grad"}, {"lr": 0.1, "data": "data - lr * grad"}, [])
        >>> print(update.source)
        def update(_params, _state, _options, _new):
            _numbers, _memories = [], []
            (lr,) = _options
            for _p in _params:
                grad, data = _p.grad, _p.data
                if grad is not _NOT_REACHED and grad is not None:
                    if not type(grad) is type(data) is float:
                        grad, data = _floats(_p)
                    try:
                        data = data - lr * grad
                    except (ArithmeticError, ValueError):
                        data, = _as_ieee(_p, {}, _options)
                _numbers.append(data)
            return _numbers, _memories
        """
        first, later, shared = self._lines(self.first), self._lines(self.later), self._lines(self.later, shared=True)
        own = [name for name in self.remembered if name not in self.shared]
        clocks = [name for name in self.remembered if name in self.shared]
        lines = [f"{name} = _memory[{name!r}]" for name in own]
        if shared:  # computed again only if this parameter was updated more or less often than the one before
            now = ", ".join(f"_memory[{name!r}]" for name in clocks) or "()"
            read = [f"{', '.join(clocks)} = _now"] * bool(clocks)
            lines += [f"_now = {now}", "if _now != _then:", *_indented("_then = None", *read, *shared, "_then = _now")]
        lines += [line for line in later if line not in shared]
        memory: list[str] = []
        kept = dict[str, str]()
        if self.remembered:
            memory = ["_memory = _state.get(_p) or _new.setdefault(_p, {})"]
            kept = {"_memories": "_memory", **{f"_new_{name}": name for name in self.remembered}}
            zeros = [f"{' = '.join(self.remembered)} = 0.0", *["_then = None"] * bool(shared)]
            lines = ["if not _memory:", *_indented(*zeros, *first), "else:", *_indented(*lines)]
        quietly = f"{', '.join(['data', *self.remembered])}, = _as_ieee(_p, {'_memory' if memory else '{}'}, _options)"
        floats = ["if not type(grad) is type(data) is float:", "    grad, data = _floats(_p)"]
        body = [*floats, *memory, "try:", *_indented(*lines),
                "except (ArithmeticError, ValueError):", f"    {quietly}",
                *(f"{column}.append({name})" for column, name in kept.items())]  # fmt: skip
        reached = "if grad is not _NOT_REACHED and grad is not None:"
        each = ["grad, data = _p.grad, _p.data", reached, *_indented(*body), "_numbers.append(data)"]
        loop = ["for _p in _params:", *_indented(*each)]
        columns = [*dict.fromkeys(["_numbers", "_memories", *kept])]
        head = [f"{', '.join(columns)} = {', '.join(['[]'] * len(columns))}", *["_then = None"] * bool(shared)]
        head += [f"({', '.join(self.options)},) = _options"] * bool(self.options)
        end = f"return {', '.join(columns)}"
        return "\n".join(["def update(_params, _state, _options, _new):", *_indented(*head, *loop, end)])

    def _lines(self, rule: Iterable[tuple[str, Formula]], shared: bool = False) -> list[str]:
        return [f"{name} = {formula.text(PYTHON)}" for name, formula in rule if not shared or name in self.shared]

    def _as_ieee(self, p: Any, memory: dict[str, float], options: Sequence[float]) -> list[float]:
        """Update one parameter, with inf and nan where Python's arithmetic raises an error, as in C and PyTorch.

        Returns the new data, and the new numbers to remember.
        """
        grad, data = _floats(p)
        names = dict(zip(self.options, options), data=data, grad=grad)
        names.update((name, memory.get(name, 0.0)) for name in self.remembered)
        for name, formula in self.later if memory or not self.remembered else self.first:
            names[name] = formula.evaluate(names, IEEE)
        return [names[name] for name in ("data", *self.remembered)]


def run(
    groups: Iterable[tuple[Update, Sequence[Any], Sequence[float]]],
    state: MutableMapping[Any, Any],
    set_data: Callable[..., None] | None = None,
    also: Callable[[Any], Any] = bool,
    argument: Any = None,
) -> None:
    """Update every parameter that a gradient has reached, of all groups, each with its rule and options: all or none.

    state: what is remembered about each parameter, a dict by name. set_data: the node.setter for the data of all
    parameters, if the caller has made it. also, argument: a further change, for this setter to make.
    """
    new: dict[Any, dict[str, float]] = {}
    data: list[float] = []
    changes: list[partial[Any]] = []
    for update, params, options in groups:
        numbers, memories, *columns = update.moved(params, state, options, new)
        data += numbers
        if memories:
            changes += [writing(memories, *column, setitem) for column in zip(update.remembered, columns)]
        if not set_data:
            changes.append(writing(params, "data", numbers))
    if new:
        changes.append(partial(state.update, new))
    if not set_data:
        at_once(*changes)
    elif changes:
        set_data(data, exhaust, map(partial.__call__, [*changes, partial(also, argument)]))
    else:
        set_data(data, also, argument)


def _floats(p: Any) -> tuple[float, float]:
    """Return a parameter's grad and data as floats. Raises ArgumentError if one of them is not a number."""
    return real(p.grad, f"a real number as grad of {f'the Value {p.label!r}' if p.label else 'a Value'}"), real_data(
        p, p.data
    )


def _indented(*lines: str) -> list[str]:
    return [f"    {line}" for line in lines]
