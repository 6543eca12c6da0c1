"""What an optimiser remembers about each parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

from autograd import Value

__all__ = ["State"]


class _Live(MutableMapping[Any, Any]):
    """A dict that is looked up again at every use."""

    def __init__(self, current: Callable[[], dict[Any, Any]]) -> None:
        self.current = current

    def __getitem__(self, key: Any) -> Any:
        return self.current()[key]

    def __setitem__(self, key: Any, kept: Any) -> None:
        self.current()[key] = kept

    def __delitem__(self, key: Any) -> None:
        del self.current()[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.current())

    def __len__(self) -> int:
        return len(self.current())

    def __repr__(self) -> str:
        return repr(self.current())

    def __reduce__(self) -> Any:
        return dict, (self.current(),)


class State(_Live):
    """What an optimiser remembers about each parameter. It may be stored elsewhere until somebody looks at it."""

    def __init__(self, kept: Mapping[Value, Mapping[str, float]] | None = None) -> None:
        super().__init__(self._fetched)
        self._kept: dict[Any, Any] = dict(kept or {})
        self._fetch: Callable[[dict[Any, Any]], bool] | None = None

    def keep_elsewhere(self, fetch: Callable[[dict[Any, Any]], bool]) -> None:
        """Call `fetch` to update the dict before somebody looks at it: once, or every time while it returns True."""
        self._fetch = fetch

    def _fetched(self) -> dict[Any, Any]:
        if self._fetch is not None and not self._fetch(self._kept):
            self._fetch = None
        return self._kept

    def __getitem__(self, p: Value) -> MutableMapping[str, float]:
        self._fetched()[p]  # raises KeyError
        return _Live(lambda: self._fetched()[p])

    def __reduce__(self) -> Any:
        return State, (self._fetched(),)
