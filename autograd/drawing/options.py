"""The options of draw(), which the other ways of showing a graph also accept: once for editors, and once for `help`.

>>> def sketch(value, *, colour="red", **options): ...
>>> def draw(value, *, depth=None, colour="blue"): ...
>>> import inspect
>>> inspect.signature(options_of(draw)(sketch))
<Signature (value, *, colour='red', depth=None)>
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, TypeVar

from ..errors import ArgumentError
from ..explain.failures import known_options
from .palette import THEMES, Palette

if TYPE_CHECKING:
    from ..node import Node
    from .placing.page import Page

__all__ = ["DrawOptions", "DrawingOptions", "Look", "PictureOptions", "look_of", "options_of"]


class PictureOptions(TypedDict, total=False):
    """What a picture shows of a graph: the options for pictures in text form. Each is explained at :func:`draw`."""

    depth: int | None
    budget: int | None
    fold: object
    open: object
    at: Node | str | None
    radius: int
    path: Node | str | None


class DrawingOptions(PictureOptions, total=False):
    """What a picture shows and how it looks: the options for a drawing of a graph whose values already have names."""

    view: str
    page: Page
    formulas: bool
    theme: str
    title: str
    legend: bool
    direction: str
    font_size: float
    show: str | Iterable[str]
    digits: int
    transparent: bool
    deadline: float | None


class DrawOptions(DrawingOptions, total=False):
    """All options of :func:`draw`."""

    input: Any
    names: Mapping[Any, str] | None


NUMBERS = ("data", "grad", "partials")  # the numbers that a picture can show
DIRECTIONS = ("LR", "TB", "RL", "BT")
SMALLEST, LARGEST = 4, 100  # the size of a font in points


class Look(NamedTuple):
    """The look of a picture, checked: the options of :func:`draw` that a writer needs."""

    formulas: bool = False
    theme: str = "light"
    title: str = ""
    legend: bool = True
    direction: str = "LR"
    font_size: float = 11
    show: tuple[str, ...] = NUMBERS
    digits: int = 4
    transparent: bool = False

    @property
    def palette(self) -> Palette:
        """The colours; those for light paper if the page decides."""
        return THEMES.get(self.theme, THEMES["light"])


def look_of(options: dict[str, Any]) -> Look:
    """Remove the options of a look from the others, and return the look. Raises ArgumentError for a wrong value.

    >>> options = {"theme": "dark", "depth": 2}
    >>> look_of(options).theme, options
    ('dark', {'depth': 2})
    """
    given = {name: options.pop(name) for name in Look._fields if name in options}
    shown: Any = given.get("show", NUMBERS)
    given["show"] = (shown,) if isinstance(shown, str) else tuple(shown)
    look = Look(**given)
    _want("title=text, a str", look.title, isinstance(look.title, str))  # pyright: ignore[reportUnnecessaryIsInstance]
    _want("theme='light', 'dark' or 'auto'", look.theme, look.theme in (*THEMES, "auto"))
    _want(f"direction to be one of {', '.join(map(repr, DIRECTIONS))}", look.direction, look.direction in DIRECTIONS)
    _want("show as 'data', 'grad', 'partials' or a list of these", shown, bool(shown) and {*look.show} <= {*NUMBERS})
    sized = _is_number(look.font_size) and SMALLEST <= look.font_size <= LARGEST
    _want(f"font_size in points, from {SMALLEST} to {LARGEST}", look.font_size, sized)
    _want("digits as a whole number from 1 to 17", look.digits, type(look.digits) is int and 1 <= look.digits <= 17)
    return look


def _want(wanted: str, got: object, fits: bool) -> None:
    if not fits:
        raise ArgumentError(f"want {wanted}, got {got!r}")


def _is_number(number: object) -> bool:
    return isinstance(number, (int, float)) and not isinstance(number, bool)


F = TypeVar("F", bound=Callable[..., Any])


def options_of(other: Callable[..., Any], *, but: tuple[str, ...] = ()) -> Callable[[F], F]:
    """Add the keywords of `other` to the signature of a function that passes its ``**options`` on to it.

    but: keywords that the function does not pass on.
    """

    def decorate(function: F) -> F:
        own = signature(function)
        kept = [one for one in own.parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
        taken = {one.name for one in kept}.union(but)
        more = [one for one in signature(other).parameters.values() if one.kind is Parameter.KEYWORD_ONLY]
        parameters = [*kept, *(one for one in more if one.name not in taken)]
        function.__signature__ = own.replace(parameters=parameters)
        return known_options(function)

    return decorate
