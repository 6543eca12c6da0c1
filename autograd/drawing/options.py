"""The options of draw(), which the other ways to show a graph take too: once for editors, and once for `help`.

>>> def sketch(value, *, colour="red", **options): ...
>>> def draw(value, *, depth=None, colour="blue"): ...
>>> import inspect
>>> inspect.signature(options_of(draw)(sketch))
<Signature (value, *, colour='red', depth=None)>
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

if TYPE_CHECKING:
    from ..node import Node
    from .page import Page

__all__ = ["DrawOptions", "DrawingOptions", "PictureOptions", "options_of"]


class PictureOptions(TypedDict, total=False):
    """What a picture shows of a graph: the options of pictures that are text. Each is explained at :func:`draw`."""

    depth: int | None
    budget: int | None
    fold: object
    open: object
    at: Node | str | None
    radius: int
    path: Node | str | None


class DrawingOptions(PictureOptions, total=False):
    """And how it looks: the options of a drawing of a graph whose values have their names already."""

    page: Page
    formulas: bool
    theme: str
    title: str
    deadline: float | None


class DrawOptions(DrawingOptions, total=False):
    """All options of :func:`draw`."""

    names: Mapping[Any, str] | None


F = TypeVar("F", bound=Callable[..., Any])


def options_of(other: Callable[..., Any], *, but: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Show the keywords of another function in the signature of one that hands its ``**options`` on to it.

    but: keywords that `function` does not pass to `other`.
    """

    def decorate(function: F) -> F:
        own = signature(function)
        kept = [one for one in own.parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
        taken = {one.name for one in kept}.union(but)
        more = [one for one in signature(other).parameters.values() if one.kind is Parameter.KEYWORD_ONLY]
        parameters = [*kept, *(one for one in more if one.name not in taken)]
        function.__signature__ = own.replace(parameters=parameters)
        return function

    return decorate
