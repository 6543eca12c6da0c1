"""The options of draw(): the same for every way to show a graph, and listed by every signature."""

from __future__ import annotations

import inspect

import pytest

from autograd import Value, draw, draw_diff
from autograd.drawing import show
from autograd.drawing.build import build_picture
from autograd.drawing.formats.mermaid import mermaid
from autograd.drawing.options import DrawingOptions, DrawOptions, PictureOptions
from autograd.drawing.tree import tree
from autograd.stepper.pictures import draw_progress


def keywords(function) -> dict[str, object]:
    """Return the keywords that a signature lists, with their defaults; no ``**options`` is left in it."""
    parameters = inspect.signature(function).parameters.values()
    assert not [one for one in parameters if one.kind is one.VAR_KEYWORD], function
    return {one.name: one.default for one in parameters if one.kind is one.KEYWORD_ONLY}


def test_editors_are_told_what_help_tells():
    assert set(PictureOptions.__annotations__) == set(keywords(build_picture))
    assert set(DrawOptions.__annotations__) == set(keywords(draw))
    assert set(DrawOptions.__annotations__) - set(DrawingOptions.__annotations__) == {"input", "names"}


@pytest.mark.parametrize("function", [show, draw_diff, draw_progress, mermaid, tree])
def test_what_hands_options_on_has_them_with_their_defaults(function):
    own = keywords(function)
    of_draw = keywords(draw)
    assert {name: own[name] for name in own if name in of_draw} == {
        name: of_draw[name] for name in own if name in of_draw
    }
    assert set(own) >= set(keywords(build_picture))
    assert set(own) - set(of_draw) == ({"unicode"} if function is tree else set())


@pytest.mark.parametrize(
    "name", ["draw", "show", "tree", "mermaid", "player", "formula", "latex", "why", "step_through"]
)
def test_a_way_to_look_inside_is_the_tools_own_function(name):
    """help(), Shift-Tab and editors then say the same about ``f.draw`` as about ``draw``."""
    f = Value(2.0, label="a") * 3
    assert not [p for p in inspect.signature(getattr(f, name)).parameters.values() if p.kind is p.VAR_KEYWORD]
    assert getattr(Value, name).__doc__ and getattr(f, name).__self__ is f
