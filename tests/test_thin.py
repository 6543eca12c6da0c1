"""A large graph is folded as much as its page needs and no more: opening any one fold again would be too much."""

from __future__ import annotations

import random
import sys

import pytest
from random_models import LARGE

from autograd import draw

FOLD = sys.modules["autograd.drawing.folding.fold"]
FLAGS = ("types", "repeats", "kinds", "joined", "dots", "brief", "turns", "samples")


@pytest.fixture
def folders(monkeypatch):
    """What folds the graphs that are drawn, as if they were giants."""
    made = []
    start = FOLD._Folder.__init__
    monkeypatch.setattr(FOLD._Folder, "__init__", lambda self, *given: made.append(self) or start(self, *given))
    monkeypatch.setattr(FOLD, "LARGE", 1_500)
    monkeypatch.setattr(FOLD, "THICK", 500)
    return made


def opened_once(folder, plain, state):
    """The same fold with one thing less folded."""
    yield from (state._replace(**{flag: 0}) for flag in FLAGS if getattr(state, flag))
    if state.brief == 2:
        yield state._replace(brief=1)
    if state.ends:
        yield state._replace(ends=state.ends + 1)
    for unit in folder._units(folder.folded(state).groups, plain, state):
        is_name = isinstance(next(iter(unit)), str)
        yield state._replace(**({"opened": state.opened | unit} if is_name else {"split": state.split | unit}))


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
    state = few.state._replace(split=frozenset(few.thin.places[i] for i in few.state.split))
    picture = full.has_room.__self__.picture
    assert boxes(picture(full.folded(state))) == drawn and full.has_room(full.folded(state)) >= 1
    wanted = [*opened_once(full, FOLD._State(full.listing.depth), state)]
    assert wanted
    for more in wanted[:40]:
        folded = full.folded(more)
        keeps_budget = sum(group.what != "leaf" for group in folded.groups) <= full.budget
        assert not keeps_budget or boxes(picture(folded)) == drawn or full.has_room(folded) < 1, more


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
