"""The modes in which a computation can run (no_grad, atomic, ieee), and where in a model it runs.

A compiled method looks at one global, `mode`: the modes that are on, in all threads. If there are any, the method
asks which of them are on in its own context. So a mode is private to its thread (or task), and having modes costs
nothing measurable. `scope` is the module call in which nodes are made.

Entering a mode adds an object to that list, and leaving it removes the object. So modes may be left in any order and in
any task, and an interrupt leaves none of them on.
"""

from __future__ import annotations

import gc
import sys
from _thread import _local  # pyright: ignore[reportPrivateUsage] - threading.local, without importing threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from types import ModuleType
from typing import Any, TypeVar, overload

__all__ = [
    "CUT",
    "PARAMETER",
    "Scope",
    "atomic",
    "gc_paused",
    "here",
    "ieee",
    "is_on",
    "modes_restored",
    "named_scope",
    "no_grad",
]

# The module that compiled methods live in (see methods.py): to them, `mode` and `scope` are globals.
compiled = ModuleType("autograd._compiled", "Methods and kernels, compiled from the rows of autograd.ops.")
shared: dict[str, Any] = vars(compiled)


class _Entered:
    """One entry into a mode, which leaving it removes."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


_entered: list[_Entered] = []  # the modes that are on, in all threads
_on: ContextVar[tuple[_Entered, ...]] = ContextVar(
    "autograd_modes", default=()
)  # entered in this context; some may have been left already
shared.update(mode=_entered, scope=None)
sys.modules[compiled.__name__] = compiled

_F = TypeVar("_F", bound=Callable[..., Any])
_M = TypeVar("_M", bound="Mode")
_GENERATOR = 0x20  # inspect.CO_GENERATOR, without importing inspect


def is_on(name: str) -> bool:
    """Return True inside ``with name():``, in this thread."""
    return any(mode.name == name and mode in _entered for mode in _on.get())


class Mode:
    """A context manager that switches one mode on, and a decorator that does so for a function, with () or without.

    For a decorated generator, the mode is on while its body runs, and off while it waits for its next turn.
    """

    name = ""
    _own: tuple[_Entered, ...] = ()  # one entry for each time it was entered and not left

    @overload
    def __new__(cls: type[_M]) -> _M: ...
    @overload
    def __new__(cls, function: _F) -> _F: ...
    def __new__(cls, function: Any = None) -> Any:
        mode = super().__new__(cls)
        return mode if function is None else mode(function)

    def __enter__(self) -> None:
        mode = _Entered(self.name)
        _on.set((*filter(_entered.__contains__, _on.get()), mode))
        try:
            self._own += (mode,)
            _entered.append(mode)
        except BaseException:  # an interrupt
            self._leave(mode)
            raise

    def __exit__(self, *_: object) -> None:
        mode = self._own[-1]
        try:
            self._leave(mode)
        except BaseException:
            self._leave(mode)
            raise

    def __del__(self) -> None:  # an interrupt may come before the first line of __exit__
        for mode in self._own:
            self._leave(mode)

    def _leave(self, mode: _Entered) -> None:
        """Can be repeated."""
        if mode in _entered:
            _entered.remove(mode)
        self._own = tuple(other for other in self._own if other is not mode)

    def __call__(self, function: _F) -> _F:
        mode = type(self)

        @wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with mode():
                return function(*args, **kwargs)

        @wraps(function)
        def in_turns(*args: Any, **kwargs: Any) -> Any:
            generator = function(*args, **kwargs)
            move, given = generator.send, None
            while True:
                try:
                    with mode():
                        item = move(given)
                except StopIteration as end:
                    return end.value
                try:
                    move, given = generator.send, (yield item)
                except BaseException as error:  # pass errors, and GeneratorExit, on to the generator
                    move, given = generator.throw, error

        code = getattr(function, "__code__", None)
        return in_turns if code and code.co_flags & _GENERATOR else inside  # type: ignore[return-value]


class no_grad(Mode):  # noqa: N801 - torch's name
    """Compute without recording: results remember no operands, as under torch.no_grad().

    >>> from autograd import Value, no_grad
    >>> a = Value(3.0)
    >>> with no_grad():
    ...     b = a * a
    >>> b.operands
    ()
    """

    name = "no_grad"


class atomic(Mode):  # noqa: N801
    """Build dot, total, mean, maximum, logsumexp and surprisal from two-operand operations, to see every multiply.

    Each pair of equal numbers shares the gradient of a maximum evenly: among three or more, the last one then gets the
    largest share.

    >>> from autograd import Value, atomic, dot
    >>> xs, ws = [Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]
    >>> dot(xs, ws).op
    dot
    >>> with atomic():
    ...     y = dot(xs, ws)
    >>> y.op, [operand.op for operand in y.operands]
    (add, [mul, mul])
    """

    name = "atomic"


class ieee(Mode):  # noqa: N801
    """Give inf and nan as PyTorch does, instead of an error for log(0), 1/0 or exp(1000).

    >>> from autograd import Value, ieee
    >>> with ieee():
    ...     Value(0.0).log().data
    -inf
    """

    name = "ieee"


@contextmanager
def modes_restored() -> Generator[None]:
    """Switch off any mode that the code inside leaves on, such as one that another context entered but never left.

    >>> from contextvars import Context
    >>> never_left = no_grad()
    >>> with modes_restored():
    ...     Context().run(never_left.__enter__)
    >>> len(shared["mode"])
    0
    """
    before = [*_entered]
    try:
        yield
    finally:
        _entered[:] = [mode for mode in _entered if mode in before]


class Scope:
    """One call to a module: the module, and the call around it.

    Nodes made during the call refer to it, so that a drawing can fold a layer and name its parameters.
    `module` is a plain string if a part of a computation was only given a name (see named_scope), and None for the
    marks of leaves, below.
    """

    __slots__ = ("module", "parent")

    def __init__(self, module: Any, parent: Scope | None) -> None:
        self.module = module
        self.parent = parent


PARAMETER = Scope(None, None)  # the scope of a leaf that belongs to a module
CUT = Scope(None, None)  # the scope of a leaf that was computed, but was cut from its graph by detach() or no_grad()


class _Here(_local):
    scope: Scope | None = None


here = _Here()  # this thread's scope; shared["scope"] is the scope of the thread that last entered or left one


class named_scope:  # noqa: N801 - jax's name
    """Name a part of a computation that is not a module, so that drawings can fold it, as with jax.named_scope.

    >>> from autograd import Value
    >>> with named_scope("scores"):
    ...     score = Value(2.0) * Value(3.0)
    >>> score.scope.module
    'scores'
    """

    __slots__ = ("_own", "name")

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        self._own = Scope(self.name, here.scope)
        shared["scope"] = here.scope = self._own

    def __exit__(self, *_: object) -> None:
        shared["scope"] = here.scope = self._own.parent

    def __del__(self) -> None:  # an interrupt may come before the first line of __exit__
        if getattr(self, "_own", None) is here.scope is not None:
            shared["scope"] = here.scope = self._own.parent


def gc_paused(function: _F) -> _F:
    """Decorate a function to pause the garbage collector, which would search a growing graph again and again in vain.

    >>> import gc
    >>> gc_paused(gc.isenabled)(), gc.isenabled()
    (False, True)
    """

    @wraps(function)
    def paused(*args: Any, **kwargs: Any) -> Any:
        was_on = gc.isenabled()
        try:
            gc.disable()
            return function(*args, **kwargs)
        finally:
            if was_on:
                gc.enable()

    return paused  # type: ignore[return-value]
