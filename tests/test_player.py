"""The player without a browser: its words are the stepper's, its page is whole, small and safe."""

from __future__ import annotations

import html.parser
import json
import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import random_graphs
from drawn import emblem, neuron

import nn
from autograd import Stepper, Value, atomic, dot, save_player, total
from autograd.errors import ArgumentError, ToolError
from autograd.explain.paths import why
from autograd.graph import Graph
from autograd.modes import named_scope
from autograd.player.js_rules import rules
from autograd.player.layout import views
from autograd.player.player import Player, described, script_of
from autograd.player.questions import questions_about, quiz_data
from demos.practice import decode, quiz

node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to run JavaScript")

HOSTILE = [
    "</script><script>document.title='owned'</script>", "<!--", "]]>", "\"'`><img src=x onerror=alert(1)>", "a\u2028b\u2029",
    "${alert(1)}", "{0}", "{data}", "{script}", "&lt;b&gt;", "\\u003c", "\x00\x1b[31m", "\ud800", "a,b=c@d#e%41+f", "__proto__",
    "javascript:alert(1)", "-->", "\\N \\", "日本語 😀", "x" * 300,
]  # fmt: skip


def mixed() -> Value:
    x, y = Value(0.5, label="x"), Value(-1.5, label="y")
    z = (x - y) ** 2 + 2**x / (y - 3.0) - -x
    s = dot([x, y, z], [1.0, x, x], y).gelu() + dot([x, y, z, z, x], [y, y, x, 0.5, y]).softplus()
    return (s.leaky_relu() + abs(z).log() * x.sigmoid()).relu() + x * y


def cancelling() -> Value:
    a, b, n = Value(1.00012, label="a"), Value(1.0, label="b"), Value(4.0, label="n")
    return (a - b) * n.tanh() - dot([n, a], [b, b]).tanh() + (a * 1234.56 - 1234.56) + (a - b) ** 2


def random_graph(seed: int) -> Value:
    rng = random.Random(seed)
    leaves = [Value(x, label=f"x{i}") for i, x in enumerate(random_graphs.inputs(rng))]
    return random_graphs.run(random_graphs.program(rng, 12), leaves)


def model(root, script: str):
    """Return what JavaScript says about the graph."""
    graph = Graph(root)
    text = f"""{script_of(rules(graph.nodes))}
    const model = new Model({json.dumps(described(graph))}, RULES);
    console.log(JSON.stringify({script}));"""
    done = subprocess.run(["node", "-"], input=text, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@node
@pytest.mark.parametrize(
    "make",
    [
        emblem,
        neuron,
        mixed,
        cancelling,
        *(
            pytest.param(lambda seed=seed: random_graph(seed), marks=[pytest.mark.slow] * (seed > 2))
            for seed in range(12)
        ),
    ],
    ids=lambda make: make.__name__,
)
def test_every_step_is_said_as_the_stepper_says_it(make):
    root = make()
    said = model(root, "model.edges.map((_, i) => { model.goto(i + 1); return model.made(i).join(INDENT); })")
    with Stepper(root, fresh=True) as stepper:
        stepper.graph = graph = Graph(root)  # without the names of this function's variables
        stepper._prepare(True)
        assert said == [str(stepper.step()) for _ in range(len(stepper))]
        forward = root.step_through(forward=True)
        forward.graph = graph
        assert model(root, "model.inner.map((_, i) => model.computed(i).join(INDENT))") == [
            str(forward.step()) for _ in range(len(forward))
        ]


@node
@pytest.mark.parametrize("make", [emblem, neuron, mixed, *(lambda seed=seed: random_graph(seed) for seed in range(6))])
def test_paths_are_told_as_why_tells_them(make):
    root = make()
    graph = Graph(root)
    said = model(root, "model.names.map((_, node) => model.why(node).join('\\n'))")
    for value, text in zip(graph.nodes, said):
        ledger = why(root, value, graph=graph)
        if ledger.paths <= 12:
            assert text == str(ledger)
        else:
            assert text.splitlines()[0] == str(ledger).splitlines()[0]


@node
def test_paths_beyond_counting_are_counted_and_the_largest_listed():
    x = Value(1.0, label="x")
    y = x
    for _ in range(150):
        y = y + y * 0.25
    lines = model(y, "model.why(0)")
    assert "about 2**150 paths, the 8 largest of them:" in lines[0]
    assert len(lines) == 11
    assert float(lines[-1].split()[-1]) == pytest.approx(1.25**150)


def parsed(text: str) -> dict[str, list[str]]:
    """Return the elements of a page with a text inside, as an HTML parser finds them."""
    found: dict[str, list[str]] = {}

    class Parser(html.parser.HTMLParser):
        def handle_starttag(self, tag, attributes):
            names = dict(attributes)
            assert not [name for name in names if name.startswith("on")], tag
            assert not re.match(r"(https?:)?//", str(names.get("src") or names.get("href") or "")), tag
            self.inside = names.get("id") or tag
            found.setdefault(self.inside, []).append("")

        def handle_data(self, data):
            if self.inside:
                found[self.inside][-1] += data

        def handle_endtag(self, tag):
            self.inside = ""

    parser = Parser()
    parser.inside = ""
    parser.feed(text)
    parser.close()
    return found


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_label_stays_a_label(label):
    a = Value(2.0, label=label)
    with named_scope(label):
        f = (a * a).tanh()
    f.label = label
    page = Player(f).html
    page.encode()
    found = parsed(page)
    assert len(found["script"]) == 1, "one script, and one element with data"
    data = json.loads(found["data"][0])
    assert len(data["graph"]["names"]) == 3
    assert not set("<>&\u2028\u2029\x00") & set(found["data"][0])
    assert "img" not in found


def test_the_policy_allows_this_script_and_this_style_and_nothing_else():
    import base64
    import hashlib

    page = Player(emblem()).html
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    for tag in ("script", "style"):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1]
        hashed = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{hashed}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy and "http" not in policy


@pytest.mark.slow
def test_a_graph_of_200_values_is_under_300_kilobytes(tmp_path):
    rng = random.Random(3)
    with atomic():
        network = nn.MLP(3, [7, 5, 1], seed=rng)([Value(0.1), Value(0.2), Value(0.3)])[0]
    rows = nn.SelfAttention(4, seed=rng)([[Value(0.1 * i * k) for i in range(4)] for k in range(3)])
    many_modules = total([number * number for row in rows for number in row])
    for root in (network, many_modules):
        assert 190 <= len(Graph(root)) <= 260
        page = save_player(root, tmp_path / "f.html", deadline=None)
        assert os.path.getsize(page) < 300_000


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path, monkeypatch):
    path = tmp_path / "f.html"
    path.write_text("before")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(PermissionError("in use")))
    with pytest.raises(ToolError, match=r"cannot write .*f\.html"):
        save_player(emblem(), path)
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["f.html"]


def test_the_page_needs_no_layout_engine(monkeypatch):
    def none(*_, **__):
        raise ToolError('there is no layout engine: install "scalar-autograd[dot]"')

    page = Player(emblem()).html
    monkeypatch.setattr("autograd.drawing.engines.lay_out", none)
    assert Player(emblem()).html == page
    (view,) = json.loads(parsed(page)["data"][0])["views"]
    assert len(view["boxes"]) == 5 and view["size"][0] > view["size"][1] > 50


def test_a_network_whose_parameters_fit_beside_their_titles_is_laid_out():
    """One of the views that are tried has its parameters there: they have a place, but no arrow."""
    model = nn.MLP(2, [12, 12, 1], seed=0)
    loss = nn.functional.hinge_loss(model([Value(1.0, label="x"), Value(-2.0, label="y")]), [1])
    found = views(Graph(loss), deadline=None)
    assert found[0]["closed"] == []
    assert all(arrow["d"].startswith("M") for view in found for arrow in view["arrows"])


def test_changed_data_is_said():
    f = neuron()
    f.operands[0].operands[1].data = 1.0
    data = json.loads(parsed(Player(f).html)["data"][0])
    assert "c changed after f was computed" in data["note"]


def test_a_notebook_shows_the_page_in_a_frame_of_its_own():
    shown = emblem().player()._repr_html_()
    assert "<iframe" in shown and 'sandbox="allow-scripts"' in shown
    assert "<script" not in shown


def test_a_stepper_saves_where_it_stands(tmp_path):
    stepper = emblem().step_through()
    stepper.step(3)
    data = json.loads(parsed(Path(stepper.save(tmp_path / "f.html")).read_text(encoding="utf-8"))["data"][0])
    assert data["start"] == "#edge=3"


def test_only_a_value_is_played():
    with pytest.raises(ArgumentError, match="want a Value to play, got 3"):
        save_player(3, "f.html")


# --- The quiz ----------------------------------------------------------------------------------------------


def asked_in_script(data, seed: int, script: str):
    """Return what quiz.js answers."""
    text = f"""{script_of("{}")}
    const data = {json.dumps(data)};
    const told = (text) => text;
    const quiz = new Quiz(data.quiz || data, {seed}, told, data.rounds || null);
    console.log(JSON.stringify({script}));"""
    done = subprocess.run(["node", "-"], input=text, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@node
@pytest.mark.parametrize("seed", [0, 7, 2**40])
def test_a_quiz_on_a_page_asks_and_judges_as_the_one_at_the_prompt(seed):
    """It is given forty answers, half of them wrong numbers that have a reason."""
    for f in (emblem(), neuron(), (Value(0.5, "u") * Value(-3.0, "v")).exp()):
        game = quiz(f, seed=seed)
        named, guesses, told = quiz_data(game.graph), [], []
        for k in range(40):
            asked = game.question
            known = [wrong for wrong, _, _ in asked.mistakes()] + [number for _, number, _ in asked.slips()]
            guess = str([asked.truth, known[k % len(known)], f"{asked.truth:.2g}", round(asked.truth * 1.7, 3)][k % 4])
            guesses.append(guess)
            question, said = asked.text, str(game.answer(guess)).splitlines()[0]
            told.append([question, said.replace(" The next one:", "").replace(".skip() shows it.", "Show"), game.code])
        assert len(named["questions"]) == len(questions_about(game.graph))
        script = f"{json.dumps(guesses)}.map((guess) => [quiz.question.text, quiz.answer(guess).words, quiz.code()])"
        seen = asked_in_script(named, seed, script)
        shown = "Show has the answer, and where it comes from."
        assert [[text, said.replace(shown, "Show"), code] for text, said, code in seen] == told
        assert decode(seen[-1][2]).seed == seed


@node
def test_a_series_ends_and_its_code_is_read_by_the_teacher():
    page = quiz(level="reuse", seed=3).page(questions=6)
    data = json.loads(parsed(page.html)["data"][0])
    again, truths = quiz(level="reuse", seed=3), []
    for _ in range(6):
        truths.append((again.question.text, again.question.truth))
        again.skip()
    assert [
        (one["quiz"]["questions"][0]["text"], one["quiz"]["questions"][0]["truth"]) for one in data["rounds"]
    ] == truths
    script = f"{json.dumps([str(truth) for _, truth in truths])}.map((one, k) => k === 2 ? quiz.skip() : quiz.answer(one).words)"
    said = asked_in_script(data, 3, f"[{script}, quiz.question, quiz.code()]")
    assert said[0][2].endswith(" 2 of 3.") and said[0][-1].endswith(" 5 of 6, 3 in a row.") and said[1] is None
    assert decode(said[2]) == ("reuse", 3, 5, 6)


def test_a_large_graph_and_one_with_changed_numbers_are_not_asked_about():
    x = Value(1.0, label="x")
    y = x
    for _ in range(400):
        y = y + x
    changed = neuron()
    changed.operands[0].operands[1].data = 1.0
    for f, there in ((y, False), (changed, False), (Value(1.0, "a"), False), (emblem(), True)):
        assert ("quiz" in json.loads(parsed(Player(f).html)["data"][0])) is there


def test_no_element_has_the_name_of_a_word_in_the_address():
    """A browser would scroll to it, and the page around a player with it."""
    folder = Path(__file__).parents[1] / "autograd" / "player"
    words = re.search(r"const WORDS = (\[.*?\]);", (folder / "player_controls.js").read_text(encoding="utf-8"))
    ids = re.findall(r'\bid="(\w+)"', (folder / "player.html").read_text(encoding="utf-8"))
    alone = set(json.loads(words[1])) - {"update"}  # which has a number in an address
    assert len(ids) > 30 and "predict" in alone and not alone & set(ids)
