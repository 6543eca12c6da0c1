"""Module: an object that holds parameters and other modules, and computes something when it is called."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from autograd import Value
from autograd.errors import ArgumentError, AutogradError, GraphError, ShapeError, hidden
from autograd.frames import hide_our_frames, is_users_own, public
from autograd.modes import CUT, PARAMETER, Scope, here, shared
from autograd.node import at_once, write
from autograd.slow_path import real
from autograd.value import NOT_REACHED

from ..elsewhere import module_names
from ..shapes import Numbers, described, flatten, has_shape, is_list, shape_of

__all__ = ["Module"]
__tracebackhide__ = hidden


def _no_forward(self: Module, *_: Any, **__: Any) -> Any:
    raise NotImplementedError(f"{type(self).__name__} has no forward: define one, which says what a call computes")


Forward = TypeVar("Forward")
_Forward = TypeVar("_Forward", covariant=True)


class _HasForward(Protocol[_Forward]):
    @property
    def forward(self) -> _Forward: ...


class _LikeForward:
    def __get__(self, module: _HasForward[Forward], owner: Any = None) -> Forward: ...


def _like_forward(call: Callable[..., Any]) -> _LikeForward:
    """Return `call` itself; an editor then shows the signature of `forward` for it."""
    return call  # type: ignore[return-value]


class Parameters:
    """The parameters of a module, in order: you can loop over them repeatedly, count them, and index them.

    next() gives one after another, as for torch's generator; len() and [i] work as for micrograd's list.

    >>> from nn import Linear
    >>> parameters = Linear(2, 1).parameters()
    >>> parameters, len(parameters), parameters[0] is next(parameters), len(list(parameters)), len(list(parameters))
    (3 parameters, 3, True, 3, 3)
    """

    def __init__(self, parameters: Iterable[Value]) -> None:
        self._all = tuple(parameters)
        self._rest = iter(self._all)

    def __iter__(self) -> Iterator[Value]:
        return iter(self._all)

    def __next__(self) -> Value:
        return next(self._rest)

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, index: Any) -> Any:
        found = self._all[index]
        return list(found) if isinstance(index, slice) else found

    def __setitem__(self, index: Any, new: Any) -> None:
        raise ArgumentError(
            "parameters() lists what the module holds, but a new Value in this list would not be in the module: move a "
            f"parameter by its number, as in parameters[{index!r}].data -= lr * parameters[{index!r}].grad"
        )

    def __add__(self, others: Iterable[Value]) -> list[Value]:
        return [*self, *others]

    def __radd__(self, others: Iterable[Value]) -> list[Value]:
        return [*others, *self]

    def __repr__(self) -> str:
        return f"{len(self)} parameter{'s' if len(self) != 1 else ''}"


class _OneOutput(list[Any]):
    """The list that a module with one output returns. If it is mistaken for the Value in it, an error says so."""

    def __getattr__(self, name: str) -> Any:
        fix = f": {_ONE}" if hasattr(Value, name) and not name.startswith("__") else ""
        raise AttributeError(f"'list' object has no attribute {name!r}{fix}")

    def __format__(self, spec: str) -> str:
        if spec:
            raise ArgumentError(_ONE)
        return repr(self)


_ONE = "a module returns a list, here of 1 Value. Write (score,) = model(x), or model(x)[0]"


def _refusing(name: str) -> Callable[..., Any]:
    """Make an arithmetic method for a list of one: with a list it does what lists do, otherwise it raises an error."""
    of_lists: Any = getattr(list, name, None)
    if name == "__radd__":  # which list itself does not need
        of_lists = lambda self, other: [*other, *self]  # noqa: E731

    def method(self: Any, *others: Any) -> Any:
        if of_lists and isinstance(others[0], list):
            return of_lists(self, *others)
        raise ArgumentError(_ONE)

    return method


for _name in (
    "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow", "mod", "rmod", "lt", "le", "gt", "ge",
    "neg", "abs", "float", "int", "round",
):  # fmt: skip
    setattr(_OneOutput, f"__{_name}__", _refusing(f"__{_name}__"))


if TYPE_CHECKING:
    _NamesOfOthers = object
else:
    _NamesOfOthers = module_names()


class Module(_NamesOfOthers):
    """The base of all layers and models: keep parameters and modules in attributes, and define `forward`.

    A parameter is a Value in an attribute, by itself or in nested lists, tuples, dicts or numpy arrays. The result of
    an operation is not a parameter, nor is anything that `forward` keeps for later. Other modules may be held in the
    same ways.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.w, self.b = [Value(2.0)], Value(1.0)
    ...     def forward(self, x):
    ...         return self.w[0] * x + self.b
    >>> line = Line()
    >>> line(3.0).data, [name for name, _ in line.named_parameters()], line.state_dict()
    (7.0, ['w[0]', 'b'], {'w': [2.0], 'b': 1.0})
    """

    training: bool = True
    _kept: frozenset[str] = frozenset()  # attributes that a forward pass has set

    forward: Callable[..., Any] = _no_forward

    @_like_forward
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the result of `forward`; the nodes it makes record that they were made in this call."""
        outer = here.scope
        call = Scope(self, outer)
        try:
            shared["scope"] = here.scope = call
            out = self.forward(*args, **kwargs)
        except AutogradError as error:
            _told(error, call)
            raise
        except Exception as error:
            if is_users_own(error):
                hide_our_frames(error)
            raise
        finally:
            shared["scope"] = here.scope = outer
        return _OneOutput(out) if type(out) is list and len(out) == 1 and isinstance(out[0], Value) else out

    def __setattr__(self, name: str, held: Any) -> None:
        is_running = self._is_running()  # a forward pass may keep anything
        if not is_running:
            try:
                self._want_parameters(name, held)
            except AutogradError as error:
                raise error.with_traceback(None) from None
        object.__setattr__(self, name, held)
        kept = self._kept | {name} if is_running else self._kept - {name}
        if kept != self._kept:
            object.__setattr__(self, "_kept", kept)
        if name not in kept:
            for _, part in _parts(name, held):
                _mark(part)

    def _want_parameters(self, name: str, held: Any) -> None:
        """Refuse computed Values where parameters are or, in __init__, should be."""
        computed = [(key, part) for key, part in _values(name, held) if part.op is not None]
        if not computed:
            return
        old = () if name in self._kept else {part for _, part in _values(name, vars(self).get(name)) if part.op is None}
        from autograd.explain.untrained import no_parameter, only_leaf

        frame = sys._getframe(2)  # pyright: ignore[reportPrivateUsage] - the frame of the assignment
        code = frame.f_code
        by_itself = code.co_argcount > 0 and frame.f_locals.get(code.co_varnames[0]) is self
        for key, result in computed:
            leaf = only_leaf(result)
            if old and (leaf in old or not by_itself):
                raise no_parameter(f"{type(self).__name__}.{key}", result, is_one=True)
            if leaf is not None and by_itself and code.co_name == "__init__" and leaf.scope is not PARAMETER:
                raise no_parameter(f"{type(self).__name__}.{key}", result, is_one=False)

    def _want_unmoved(self, path: str, result: Value) -> None:
        """Refuse a computed Value in a list if its only leaf is a parameter that is no longer here."""
        from autograd.explain.untrained import no_parameter, only_leaf

        leaf = only_leaf(result)
        if leaf is None or leaf.scope is not PARAMETER:
            return
        here = [(key, part) for name, held in vars(self).items() for key, part in _values(name, held)]
        if not any(part is leaf for _, part in here):
            key = next(key for key, part in here if part is result)
            raise no_parameter(f"{path}.{key}", result, is_one=True)

    def _is_running(self) -> bool:
        scope = here.scope
        while scope is not None and scope.module is not self:
            scope = scope.parent
        return scope is not None

    def _own(self) -> Iterator[tuple[str, Any]]:
        """Find the modules and tensors in the attributes, each under its key."""
        for name, held in vars(self).items():
            for key, part in _parts(name, held):
                if isinstance(part, Module) or name not in self._kept:
                    if not _is_computed(part):
                        _mark(part)  # a list may have grown since it was assigned
                    yield key, part

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield the modules held directly, with their names: ``layers``, or ``layers.0`` in a list."""
        for name, part in list(self._own()):
            if isinstance(part, Module):
                yield name, part

    def children(self) -> Iterator[Module]:
        """Yield the modules held directly."""
        return (module for _, module in self.named_children())

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """Yield this module, under the name "", and all modules inside it, each once and outer ones first."""
        seen: set[Module] = set()
        for path, module, _ in self._walk(""):
            if module not in seen:
                seen.add(module)
                yield path, module

    def modules(self) -> Iterator[Module]:
        """Yield this module and all modules inside it, each once."""
        return (module for _, module in self.named_modules())

    def _walk(self, path: str, outer: tuple[Module, ...] = ()) -> Iterator[tuple[str, Module, list[tuple[str, Any]]]]:
        """Yield every module, once for each path to it: the path, the module, and what it holds directly."""
        parts = list(self._own())
        yield path, self, parts
        outer += (self,)
        for name, part in parts:
            if isinstance(part, Module) and part not in outer:  # a module may hold another that holds it
                yield from part._walk(f"{path}.{name}" if path else name, outer)

    def _tensors(self) -> Iterator[tuple[str, Any]]:
        """Yield every tensor of the model under its key in state_dict: a Value, or nested lists of them."""
        for path, module, parts in self._walk(""):
            for name, part in parts:
                if _is_computed(part):
                    if name not in vars(module):  # it is in a list, so __setattr__ has not seen it
                        module._want_unmoved(path or type(module).__name__, part)
                elif not isinstance(part, Module):
                    yield f"{path}.{name}" if path else name, part

    @public
    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Yield every parameter once, with its name, such as ``layers.0.weight[3][1]``."""
        names: dict[Value, str] = {}
        for key, tensor in self._tensors():
            for name, parameter in _entries(key, tensor):
                names.setdefault(parameter, name)
        return iter([(name, parameter) for parameter, name in names.items()])

    @public
    def parameters(self) -> Parameters:
        """Return every parameter once."""
        return Parameters(dict.fromkeys(parameter for _, tensor in self._tensors() for parameter in flatten(tensor)))

    @public
    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset the grad of every parameter to what it was before any backward pass: not reached.

        set_to_none=False: reset it to 0, which counts as a gradient.
        """
        write(self.parameters(), "grad", repeat(NOT_REACHED if set_to_none else 0.0))

    @public
    def state_dict(self) -> dict[str, Numbers]:
        """Return the parameters' numbers in nested lists, under the keys that the same model has in torch.

        >>> from nn import Linear
        >>> Linear(2, 1, seed=0).state_dict()
        {'weight': [[0.4870...]], 'bias': [...]}
        """
        return {key: _numbers(tensor) for key, tensor in self._tensors()}

    @public
    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> None:
        """Copy numbers into the parameters: nested lists, or torch's tensors, as state_dict returns them.

        strict: require exactly the keys of this module's own state_dict. Raises a ShapeError that names every wrong
        key, with the shape wanted and the shape it got; then nothing is changed.
        """
        if not isinstance(state_dict, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are checked
            raise ShapeError(f"{type(self).__name__}.load_state_dict: want a dict by name, got {described(state_dict)}")
        tensors = dict(self._tensors())
        wrong: list[str] = []
        parameters: list[Value] = []
        numbers: list[float] = []
        for key, tensor in tensors.items():
            if key in state_dict:
                given = state_dict[key]
                given = given.tolist() if hasattr(given, "tolist") else given
                if not has_shape(given, shape := shape_of(tensor)):
                    wrong.append(f"{key} wants shape {shape}, got {described(given)}")
                else:
                    parameters += flatten(tensor)
                    numbers += [real(number, f"a real number in {key}") for number in flatten(given)]
            elif strict:
                wrong.append(f"{key} is missing")
        if strict:
            wrong += [f"{key} is not in this module" for key in state_dict if key not in tensors]
        if wrong:
            raise ShapeError(f"{type(self).__name__}.load_state_dict: {'; '.join(wrong)}")
        write(parameters, "data", numbers)

    @public
    def train(self, mode: bool = True) -> Module:
        """Set `training` here and in all modules inside."""
        if type(mode) is not bool:
            raise ArgumentError(f"{type(self).__name__}.train: want True or False, got {mode!r}")
        at_once(*[partial(vars(module).__setitem__, "training", mode) for module in self.modules()])
        return self

    def eval(self) -> Module:
        """Set `training` to False here and in all modules inside."""
        return self.train(False)

    def extra_repr(self) -> str:
        """Return what a subclass shows about itself in repr."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = [f"({name}): {child!r}" for name, child in self.named_children()]
        if not lines:
            return f"{type(self).__name__}({extra})"
        inside = "\n".join([extra] * bool(extra) + lines).replace("\n", "\n  ")
        return f"{type(self).__name__}(\n  {inside}\n)"


def _told(error: AutogradError, call: Scope) -> None:
    """Name the module in an error's text, and keep only one of our frames in its traceback."""
    from autograd.explain.failures import place

    if not isinstance(error, GraphError):
        place(error, call)
    hide_our_frames(error)


def _parts(name: str, held: Any) -> Iterator[tuple[str, Any]]:
    """Find the modules and tensors in an attribute, each under its key, and any Values that were computed."""
    if isinstance(held, (Module, Value)) or _tensor_shape(held) is not None:
        yield name, held
    elif isinstance(held, (list, tuple, dict)):
        items: Any = held.items() if isinstance(held, dict) else enumerate(held)
        for key, item in items:
            yield from _parts(f"{name}.{key}", item)
    elif str(getattr(held, "dtype", "")) == "object":  # Values in a numpy array
        yield from _parts(name, held.tolist())


def _values(name: str, held: Any) -> Iterator[tuple[str, Value]]:
    """Yield every Value in an attribute, with its name, such as ``weight[0][1]``."""
    if isinstance(held, Value):
        yield name, held
    elif isinstance(held, (list, tuple, dict)):
        items: Any = held.items() if isinstance(held, dict) else enumerate(held)
        for key, item in items:
            if type(item) is not float:
                yield from _values(f"{name}[{key!r}]", item)
    elif str(getattr(held, "dtype", "")) == "object":
        yield from _values(name, held.tolist())


def _is_computed(part: Any) -> bool:
    return isinstance(part, Value) and part.op is not None


def _mark(part: Any) -> None:
    """Mark the Values of a tensor as owned by a module, which drawings show."""
    if not isinstance(part, Module) and getattr(part, "op", None) is None:
        for leaf in flatten(part):
            if leaf.scope is None or leaf.scope is CUT:
                leaf.scope = PARAMETER


def _tensor_shape(held: Any) -> tuple[int, ...] | None:
    """Return the shape of a leaf, or of lists of leaves; None for anything else, such as lists of unequal length."""
    if isinstance(held, Value):
        return () if held.op is None else None
    if not is_list(held) or not held:
        return None
    if set(map(type, held)) == {Value}:
        return (len(held),) if {leaf.op for leaf in held} == {None} else None
    shapes = set(map(_tensor_shape, held))
    inner = shapes.pop()
    return None if shapes or inner is None else (len(held), *inner)


def _entries(name: str, tensor: Any) -> Iterator[tuple[str, Value]]:
    """Yield the Values of a tensor: ``weight[0][0]``, ``weight[0][1]`` ..."""
    if isinstance(tensor, Value):
        yield name, tensor
    else:
        for i, row in enumerate(tensor):
            yield from _entries(f"{name}[{i}]", row)


def _numbers(tensor: Any) -> Any:
    return tensor.data if isinstance(tensor, Value) else [_numbers(row) for row in tensor]
