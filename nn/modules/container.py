"""Lists of modules: Sequential calls them one after the other, and ModuleList only holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

from autograd import Value
from autograd.errors import ArgumentError
from autograd.frames import public

from ..shapes import Matrix, Vector
from .module import Module

__all__ = ["ModuleList", "Sequential"]


class ModuleList(Module):
    """Modules under the names 0, 1, 2 ...: a list to index, to iterate over and to append to.

    A plain list of modules in an attribute works as well; this class has the name that torch programs use.
    """

    @public
    def __init__(self, modules: Iterable[Module] = ()) -> None:
        for module in modules:
            self.append(module)

    @public
    def append(self, module: Module) -> ModuleList:
        """Add a module at the end."""
        if not isinstance(module, Module):  # pyright: ignore[reportUnnecessaryIsInstance] - not all callers are checked
            raise ArgumentError(f"{type(self).__name__}: want a module, such as nn.ReLU(), got {module!r}")
        setattr(self, str(len(self)), module)
        return self

    def __len__(self) -> int:
        return sum(1 for _ in self)  # list(self) would call __len__ again

    def __iter__(self) -> Iterator[Module]:
        return (held for held in vars(self).values() if isinstance(held, Module))

    def __getitem__(self, index: Any) -> Any:
        """Return the module at an index or, for a slice, a container of the same kind that holds those modules."""
        modules: list[Any] = list(self)
        if not isinstance(index, slice):
            return modules[index]
        part = type(self)()
        for module in modules[index]:
            part.append(module)
        return part


class Sequential(ModuleList):
    """Modules that are called one after the other, each on the result of the one before.

    >>> from nn import Linear, Tanh
    >>> Sequential(Linear(2, 3), Tanh(), Linear(3, 1))
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): Tanh()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    """

    @public
    def __init__(self, *modules: Module) -> None:
        super().__init__(modules)

    @overload
    def forward(self, input: int) -> list[Value]: ...
    @overload
    def forward(self, input: Sequence[int]) -> Any: ...  # rows if an Embedding comes first, else a vector
    @overload
    def forward(self, input: Vector) -> list[Value]: ...
    @overload
    def forward(self, input: Matrix) -> list[list[Value]]: ...
    def forward(self, input: Any) -> Any:
        for module in self:
            input = module(input)
        return input
