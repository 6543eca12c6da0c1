"""A large graph is folded as much as its page needs and no more: opening any one fold again would be too much."""

from __future__ import annotations

import random
import re
import sys

import pytest
from random_models import KINDS, LARGE, TANGLED, long_chain, many_blocks, model

from autograd import draw
from autograd.drawing.folding.opening import units
from autograd.drawing.folding.states import State

FOLD = sys.modules["autograd.drawing.folding.fold"]


@pytest.fixture
def folders(monkeypatch):
    """What folds the graphs that are drawn, as if they were giants."""
    made = []
    start = FOLD.Folder.__init__
    monkeypatch.setattr(FOLD.Folder, "__init__", lambda self, *given: made.append(self) or start(self, *given))
    monkeypatch.setattr(FOLD, "LARGE", 1_500)
    monkeypatch.setattr(FOLD, "THICK", 500)
    return made


def opened_once(folder, state):
    """The same fold with one thing less folded."""
    yield from state.without_a_fold()
    if state.ends:
        yield state._replace(ends=state.ends + 1)
    for unit in units(folder, folder.folded(state).groups, State(folder.listing.depth), state):
        yield state.with_unit(*unit)


def assert_full(folder, state, drawn):
    """Assert that a fold is the one drawn, that it fits, and that it does not with one thing less folded."""
    picture = folder.has_room.__self__.picture
    assert boxes(picture(folder.folded(state))) == drawn and folder.has_room(folder.folded(state)) >= 1
    wanted = [*opened_once(folder, state)]
    assert wanted
    for more in wanted[:40]:
        folded = folder.folded(more)
        keeps_budget = sum(group.what != "leaf" for group in folded.groups) <= folder.budget
        assert not keeps_budget or boxes(picture(folded)) == drawn or folder.has_room(folded) < 1, more


@pytest.mark.needs_stack  # to free a graph that is thousands of values deep
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
@pytest.mark.parametrize("make", LARGE)
def test_one_fold_less_could_not_be_read(make, seed, folders):
    root = make(random.Random(f"{make.__name__} {seed}"))
    root.backward()
    drawn = boxes(draw(root, names={}).picture)
    full, *others = folders
    (few,) = (folder for folder in others if folder.thin)
    assert len(few.listing.nodes) < len(full.listing.nodes) / 2
    assert_full(full, few.state._replace(split=frozenset(few.thin.places[i] for i in few.state.split)), drawn)


@pytest.mark.needs_stack
@pytest.mark.parametrize("seed", [pytest.param(seed, marks=pytest.mark.slow) for seed in (*range(5), 13, 15, 16)])
@pytest.mark.parametrize("make", TANGLED)
def test_of_a_graph_that_no_fold_fits_as_much_as_fits_is_near_the_result(make, seed, folders):
    root = make(random.Random(f"{make.__name__} {seed}"))
    root.backward()
    drawing = draw(root, names={})
    rest = max(drawing.picture.boxes, key=lambda box: len(box.nodes))
    assert (
        rest.kind == "more"
        and 2 * len(rest.nodes) > len(drawing.picture.graph)
        and any(box.node is root for box in drawing.picture.boxes)
    )
    full = folders[0]
    assert full.state.shown
    assert_full(full, full.state, boxes(drawing.picture))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", KINDS)
def test_one_fold_less_of_a_small_graph_could_not_be_read(kind, seed, monkeypatch):
    made = []
    start = FOLD.Folder.__init__
    monkeypatch.setattr(FOLD.Folder, "__init__", lambda self, *given: made.append(self) or start(self, *given))
    root, _ = model(kind, seed)
    drawn = boxes(draw(root, names={}, page=(480, 270)).picture)
    if made[-1].state != State(made[-1].listing.depth):
        assert_full(made[-1], made[-1].state, drawn)


def boxes(picture):
    return [(box.kind, box.name, box.times, len(box.nodes), box.brief) for box in picture.boxes]


@pytest.mark.needs_stack
def test_what_is_left_of_a_thinned_graph_is_in_order_and_linked(folders):
    root = LARGE[2](random.Random(0))
    draw(root, names={})
    (few,) = (folder for folder in folders if folder.thin)
    listing = few.listing
    assert [node for node in folders[0].listing.nodes if node in {*listing.nodes}] == listing.nodes
    assert listing.nodes[-1] is root
    assert all(-1 <= j < i for i, operands in enumerate(listing.operands) for j in operands)
    unlinked = [i for i, node in enumerate(listing.nodes) if node.operands and max(listing.operands[i]) < 0]
    assert not unlinked


@pytest.mark.needs_stack
@pytest.mark.parametrize("make", [*TANGLED[:3], long_chain, many_blocks])
def test_a_thinned_graph_has_the_same_words_for_what_is_left_out(make, folders):
    root = make(random.Random(f"{make.__name__} 0"))
    root.backward()
    draw(root, names={})
    full, few = folders[0], folders[-1]
    state = few.state._replace(split=frozenset(few.thin.places[i] for i in few.state.split))
    picture = full.has_room.__self__.picture
    words = [  # the values in the middle of a chain may be more than its operations, if some are sums
        [
            (re.sub("[0-9](?=.* more)", "0", box.name), box.facts())
            for box in picture(folded).boxes
            if box.kind == "more"
        ]
        for folded in (few.folded(few.state), full.folded(state))
    ]
    assert words[0] == words[1] != []
