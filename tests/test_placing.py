"""Where things are in a picture: in order, beside each other and readable, for models made at random, by every layout engine."""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import re
import shutil
import subprocess

import pytest
from drawn import needs_engine
from random_models import HARD, KINDS, model

import nn
from autograd import Value, dot, draw, total
from autograd.drawing import engines
from autograd.drawing.dot import DotWriter
from autograd.drawing.measures import Measures
from autograd.drawing.options import Look
from autograd.drawing.placing.page import page_size, scale_on
from autograd.drawing.placing.place import Rect
from autograd.errors import ArgumentError, ToolError

SEEDS = range(8)
QUICK = {"mlp", "attention", "recurrent", "chain", "tangled"}
CASES = [
    pytest.param((kind, seed), marks=[pytest.mark.slow] * (seed > 0 or kind not in QUICK), id=f"{kind}-{seed}")
    for kind in [*KINDS, *HARD]
    for seed in SEEDS[: 3 if kind in HARD else 8]
]
SLIDE = (960, 540)


class Case:
    """A random model, and its drawings with the writers that placed them: each is made once."""

    def __init__(self, kind, seed):
        self.kind, self.seed = kind, seed
        self.root, self.rows = model(kind, seed)
        self.made = {}

    def drawn(self, page=SLIDE, direction="LR", **options):
        """Return a drawing, and its writer."""
        key = page, direction, *options.items()
        if key not in self.made:
            drawing = draw(self.root, page=page, direction=direction, **options)
            self.made[key] = drawing, placed(drawing, Look(direction=direction), page_size(page))
        return self.made[key]


@pytest.fixture(scope="module", params=CASES)
def case(request):
    return Case(*request.param)


@pytest.fixture(scope="module", params=CASES[::4])
def some(request):
    return Case(*request.param)


def placed(drawing, look=None, page=(960, 540)):
    """Return a writer that has placed the boxes as the drawing has them: with heat maps in them, or without."""
    places = set(re.findall(r'pos="[^"e]*"', drawing.source))
    for maps in (False, True):
        writer = DotWriter(drawing.picture, look or Look())
        writer.page, writer.maps = page, maps
        if set(re.findall(r'pos="[^"e]*"', writer.drawing().source)) <= places:
            return writer
    raise AssertionError("the drawing's places differ from those that its writer gives")


def overlap(one, other, room=0.0):
    return (
        min(one.x + one.width, other.x + other.width) - max(one.x, other.x) > room
        and min(one.y + one.height, other.y + other.height) - max(one.y, other.y) > room
    )


def along(points, steps=12):
    """Points on a way."""
    for i in range(0, len(points) - 1, 3):
        a, b, c, d = points[i : i + 4]
        for step in range(steps + 1):
            t = step / steps
            yield tuple(
                (1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * q + 3 * (1 - t) * t**2 * r + t**3 * s
                for p, q, r, s in zip(a, b, c, d)
            )


def inside(point, rect, room):
    return (
        rect.x + room < point[0] < rect.x + rect.width - room and rect.y + room < point[1] < rect.y + rect.height - room
    )


@pytest.mark.parametrize(
    "options", [{}, {"page": None, "budget": 60}, {"direction": "TB"}], ids=["slide", "all", "down"]
)
def test_nothing_is_on_top_of_anything(case, options):
    placement = case.drawn(**options)[1].placement
    shapes = {**placement.boxes, **{("op", box): rect for box, rect in placement.operations.items()}}
    for (one, here), (other, there) in itertools.combinations(shapes.items(), 2):
        assert not overlap(here, there, 0.2), (one, other)
    for rect in [*shapes.values(), *placement.frames.values()]:
        assert rect.x >= -0.2 and rect.x + rect.width <= placement.width + 0.2
        assert rect.y >= -0.2 and rect.y + rect.height <= placement.height + 0.2
    for one, other in itertools.combinations(placement.frames, 2):
        if one not in other.path() and other not in one.path():
            assert not overlap(placement.frames[one], placement.frames[other], 0.2)
    for box, rect in placement.boxes.items():
        for cluster, frame in placement.frames.items():
            if box.cluster is not None and cluster in box.cluster.path():
                assert not inside((frame.x, frame.y), rect, 0) and overlap(frame, rect)
                assert frame.x <= rect.x and rect.x + rect.width <= frame.x + frame.width
            else:
                assert not overlap(rect, frame, 0.2), (box, cluster.title)


def test_no_arrow_crosses_a_box_and_no_number_is_on_another(case):
    _, writer = case.drawn()
    placement = writer.placement
    for arrow, route in placement.arrows.items():
        assert (len(route.points) - 1) % 3 == 0
        for box, rect in [*placement.boxes.items(), *placement.operations.items()]:
            if box not in (arrow.head, arrow.tail):
                assert not any(inside(point, rect, 1.0) for point in along(route.points)), (arrow, box)
    assert_numbers_have_room(writer)
    assert_arrows_are_apart(placement)


def assert_numbers_have_room(writer):
    boxes, numbers = writer.placement.boxes, {}
    for arrow, route in writer.placement.arrows.items():
        if route.label:
            width, height = (side - 2 for side in Measures(writer).words(arrow))
            x, y = route.label
            numbers[arrow] = Rect(x - width / 2, y - height / 2, width, height)
    for one, other in itertools.combinations(numbers.values(), 2):
        assert not overlap(one, other, 0.5)
    for number in numbers.values():
        assert not any(overlap(number, rect, 0.5) for rect in boxes.values())
    for arrow, route in writer.placement.arrows.items():
        points = [*along(route.points)]
        for other, number in numbers.items():
            assert other is arrow or not any(inside(point, number, 0.5) for point in points), (arrow, other)
    return len(numbers)


def assert_arrows_are_apart(placement):
    """Assert that no two arrows run down side by side so closely that they look like one."""
    down = [
        (x, *sorted((y, end[1]))) for r in placement.arrows.values() for (x, y), end in legs(r.points) if end[0] == x
    ]
    for (x, top, bottom), (other, above, below) in itertools.combinations(down, 2):
        assert abs(x - other) >= 3 or min(bottom, below) - max(top, above) < 6


def legs(points):
    return zip(points[::3], points[3::3])


def test_an_arrow_may_pass_rows():
    x = y = Value(0.5, label="x")
    for _ in range(8):
        y = y.sin() * 1.5
    drawing = draw(y * x)
    assert drawing.picture.is_plain
    placement = placed(drawing).placement
    (route,) = (
        placement.arrows[arrow]
        for arrow in drawing.picture.arrows
        if (arrow.tail.name, arrow.head.kind) == ("x", "result")
    )
    assert any(x == end[0] and abs(y - end[1]) > 200 for (x, y), end in legs(route.points))


@pytest.mark.parametrize("page", [SLIDE, "a4"])
def test_arrows_into_rows_of_different_margins_are_apart(page):
    """A loop leaves room before its row for the arrows that lead back; those from other rows pass outside it."""
    wx, wh, h = Value(0.5, label="wx"), Value(-0.3, label="wh"), Value(0.0, label="h0")
    for t in range(4):
        h = h + (wx * Value(t - 1.5, label=f"x{t}") + wh * h).tanh()
    placement = placed(draw((h - 1) ** 2, page=page), page=page_size(page)).placement
    assert_arrows_are_apart(placement)


def test_a_number_is_beside_its_operation():
    a, b = Value(0.5, label="a"), Value(123456789.0, label="b")
    writer = placed(draw(total([a * 2 + 1, b * b.sin(), (a + b).tanh()])))
    for arrow, route in writer.placement.arrows.items():
        if route.label and arrow.partial and arrow.tail.kind != "constant":
            end = route.label[0] + Measures(writer).words(arrow)[0] / 2
            assert 0 < writer.placement.operations[arrow.head].x - end <= 16, arrow
            under = route.label[1] + Measures(writer).words(arrow)[1] / 2
            assert any(y - under == pytest.approx(2.5, abs=0.1) for _, y in route.points)  # for letters such as g


def test_an_arrow_past_a_box_bends_once():
    x = Value(0.5, label="x")
    placement = placed(draw(x.sin() + x)).placement
    (route,) = (
        route for arrow, route in placement.arrows.items() if (arrow.tail.name, arrow.head.symbol) == ("x", "+")
    )
    heights = [y for _, y in route.points]
    assert sum(abs(one - other) > 0.5 for one, other in zip(heights, heights[1:])) == 1


@pytest.mark.parametrize("first", [*itertools.permutations(range(3))], ids=str)
def test_neurons_are_in_order_whichever_is_read_first(first):
    layer = nn.Linear(2, 3)
    drawing = draw(read(layer, *first))
    nodes = drawing.picture.graph.nodes
    sums = [next(node for node in nodes if layer.weight[k][0] in node.operands) for k in range(3)]
    box_of = {node: box for box in drawing.picture.boxes for node in box.nodes}
    placement = placed(drawing).placement
    for row in (sums, [next(node for node in nodes if v in node.operands) for v in sums]):
        rects = [placement.boxes[box_of[node]] for node in row]
        assert [rect.y for rect in rects] == sorted(rect.y for rect in rects) and len({*rects}) == 3


@pytest.mark.parametrize("right", range(3))
def test_what_is_computed_from_a_list_is_in_its_order_whichever_is_read_first(right):
    scores = [Value(s, label=f"s{i}") for i, s in enumerate([1.0, 2.0, -1.0])]
    drawing = draw(-nn.functional.softmax(scores)[right].log())
    placement = placed(drawing).placement
    row = [box for box in drawing.picture.boxes if box.symbol == "exp"]
    row.sort(key=lambda box: placement.boxes[box].y)
    assert [box.node.data for box in row] == pytest.approx([math.exp(-1), 1.0, math.exp(-3)])


def read(layer, i, j, k):
    h = [v.tanh() for v in layer([Value(0.5, "x"), Value(-1.0, "y")])]
    return h[i] / h[j] - h[k]


@pytest.mark.parametrize("count", [9, 12, 150])
def test_the_count_of_weights_has_room_beside_a_wide_box(count):
    h = [Value(1e13 * (k + 0.5)) for k in range(count)]
    a = [dot([Value((-1) ** k * (0.3 + j + k)) for k in range(count)], h).tanh() for j in range(5)]
    root = total([dot([Value(0.5 + j + k) for k in range(5)], a) for j in range(12)])
    assert assert_numbers_have_room(placed(draw(root))) >= 3


@pytest.mark.parametrize("page", [None, SLIDE], ids=["all", "slide"])
def test_what_comes_first_in_the_code_is_above(case, page):
    """These are neurons, inputs, keys and heads: those of a list that are shown one by one."""
    drawing, writer = case.drawn(page if case.rows else SLIDE)
    placement = writer.placement
    box_of = {node: box for box in drawing.picture.boxes for node in box.nodes}
    seen = 0
    for row in case.rows:
        rects = [placement.boxes[box_of[node]] for node in row if node in box_of and box_of[node].node is node]
        heights = [rect.y + rect.height / 2 for rect in rects]
        same_row = len({round(rect.x / 40) for rect in rects}) == 1
        if same_row:
            assert heights == sorted(heights), row
            seen += len(heights)
    assert seen or page or case.kind in ("chain", "samples", *HARD)  # those fold, or have no lists


def test_text_can_be_read_and_one_fold_less_could_not(case):
    for page in (SLIDE, (640, 375), "a4"):
        drawing, writer = case.drawn(page)
        sizes = [float(size) for size in re.findall(r'(?:POINT-SIZE|fontsize)="?([\d.]+)', drawing.source)]
        assert min(sizes) * scale_on(page_size(page), writer.size) >= 9
        if case.kind in HARD:  # drawn in full, they are thousands of boxes
            continue
        plain, _ = case.drawn(None, budget=None)
        if len(drawing.picture.boxes) < len(plain.picture.boxes) and drawing.picture.is_plain:
            assert placed(plain, page=page_size(page)).fit < 1


def test_one_drawing_is_one_graph(some, monkeypatch):
    """Its text is decided when it is made, and is the same on every run, whatever the format and the clock."""
    asked = []
    monkeypatch.setattr(engines, "lay_out", lambda source, format, *, deadline: asked.append(source) or b"<svg/>")
    drawing = draw(some.root, deadline=0.001, names={})
    for format in ("png", "jpg", "png"):
        drawing.pipe(format)
    assert asked == [drawing.source] * 3 == [draw(model(some.kind, some.seed)[0], names={}).source] * 3


def programs():
    found = [program for program in (shutil.which("dot"),) if program]
    with contextlib.suppress(ToolError):
        found.append(engines._find_pure())
    return found


@needs_engine
def test_every_engine_draws_it_where_it_was_placed(some):
    drawing, writer = some.drawn(title="A title")
    placement = writer.placement
    wanted = {box.id: rect for box, rect in placement.boxes.items()}
    wanted |= {f"o{box.id}": rect for box, rect in placement.operations.items()}
    wanted |= {f"cluster_{cluster.id}": rect for cluster, rect in placement.frames.items()}
    for program in programs():
        text = subprocess.run([program, "-Kdot", "-Tjson"], input=drawing.source.encode(), capture_output=True).stdout
        objects = {thing["name"]: thing for thing in json.loads(text)["objects"]}
        assert wanted.keys() <= objects.keys()
        x, y = (
            map(float, objects[next(iter(wanted))]["pos"].split(","))
            if "pos" in objects[next(iter(wanted))]
            else (0, 0)
        )
        first = wanted[next(iter(wanted))]
        right, down = x - first.x - first.width / 2, -y - first.y - first.height / 2
        for name, rect in wanted.items():
            if "pos" in objects[name]:
                x, y = map(float, objects[name]["pos"].split(","))
                assert x - right == pytest.approx(rect.x + rect.width / 2, abs=0.3), (program, name)
                assert -y - down == pytest.approx(rect.y + rect.height / 2, abs=0.3), (program, name)


# --- The graphs that lecturers draw ---


def lectures():
    import random

    import nn
    import nn.functional as F

    xs = [Value(0.5, label="x0"), Value(-0.3, label="x1")]
    yield "neurons in view", (nn.MLP(2, [4, 4, 1], seed=0)(xs)[0] - 1.0) ** 2
    four = [Value(x, label=f"x{i}") for i, x in enumerate([5.1, 3.5, 1.4, 0.2])]
    yield "iris", F.cross_entropy(nn.MLP(4, [8, 3], seed=0)(four), 1)
    rng, model = random.Random(0), nn.MLP(2, [3, 1], seed=0)
    from autograd import mean

    yield "ten rows", mean([(model([rng.random(), rng.random()])[0] - 1.0) ** 2 for _ in range(10)])
    y = Value(1.0, label="x")
    for i in range(100):
        y = y * 1.0001 if i % 2 else y + 0.5
    yield "chain of 100", y
    w, u, h = Value(0.5, label="w"), Value(0.9, label="u"), Value(0.0, label="h0")
    for t in range(6):
        h = (w * Value(0.1 * t, label=f"x{t}") + u * h).tanh()
    yield "rnn", (h - 1.0) ** 2


LECTURES = dict(lectures())


def boxes(name, **options):
    root = LECTURES[name]
    root.backward()
    return draw(root, **options).picture.boxes


@pytest.mark.slow
def test_the_graphs_that_lecturers_draw():
    neurons = [box for box in boxes("neurons in view") if box.cluster is not None and box.kind == "value"]
    assert len(neurons) == 9 and all(box.times == 1 for box in neurons)
    rows = boxes("ten rows")
    assert {box.times for box in rows if box.cluster is not None and box.kind == "value"} == {10}
    chain = boxes("chain of 100")
    (more,) = [box for box in chain if box.kind == "more"]
    shown = [int(box.name[1:]) for box in chain if box.kind == "value"]
    assert {*range(1, 6)} <= set(shown) and {*range(95, 100)} <= set(shown) and len(more.nodes) + len(shown) == 99
    assert {box.times for box in boxes("rnn") if box.symbol and box.kind == "value"} >= {6}


@pytest.mark.slow
def test_what_is_wanted_in_full_is_shown_or_said_to_be_too_much():
    root = LECTURES["iris"]

    def kinds(**options):
        picture = draw(root, **options).picture
        inside = [box for box in picture.boxes if box.cluster is not None and box.cluster.title == "layers.0"]
        return {box.times for box in inside if box.kind == "value"}, picture.notes

    assert kinds()[0] == {8}
    shown, notes = kinds(open="layers.0", page=(960, 900))
    assert shown == {1}
    assert notes == ["layers.0 in full is too much for the page: some of it is abbreviated; page=None has room for all"]
    shown, notes = kinds(open="layers.0", page=(500, 300))
    assert notes == ["layers.0 in full is too much for the page; page=None has room for all"]
    shown, notes = kinds(depth=2, page=(400, 200))
    assert notes and notes[0].startswith("depth=2 is too much for the page: drawn with depth=")
    assert "too much for the page" in draw(root, depth=2, page=(400, 200)).source
    import nn

    small = nn.MLP(2, [2, 3, 1], "tanh", seed=0)([Value(0.5, label="x0"), Value(-0.3, label="x1")])[0]
    picture = draw(small, open="layers.0", page=(960, 900)).picture
    inside = [box for box in picture.boxes if box.cluster is not None and box.cluster.title == "layers.0"]
    assert len(inside) == 10 and not any(box.brief or box.inner for box in inside) and not picture.notes


@pytest.mark.parametrize("page", ["a5", (1, 2), (960,), 7, ("wide", 3), (float("nan"), 500)])
def test_pages_that_are_none(page):
    with pytest.raises(ArgumentError, match=r"want page=\(width, height\) in points, \"a4\" or None, got "):
        draw(Value(1.0), page=page)
