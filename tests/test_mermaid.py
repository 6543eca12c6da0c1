"""Mermaid text: the same boxes and arrows, and no label that Mermaid, Markdown or HTML would read."""

from __future__ import annotations

import re

from drawn import HOSTILE, emblem, neuron
from test_folding import batch

from autograd import Value, draw, total


def test_golden(golden):
    f = neuron()
    f.backward()
    golden("neuron.mmd", f.mermaid() + "\n")
    golden("batch.mmd", batch(8)[0].mermaid(budget=40) + "\n")


def test_it_shows_what_the_drawing_shows():
    for f, options in ((emblem(), {}), (batch(8)[0], {"budget": 40}), (batch(2)[0], {"depth": 1})):
        picture = draw(f, page=None, **options).picture
        text = f.mermaid(**options)
        assert text == draw(f, page=None, **options).mermaid()
        assert text.count(" --> ") == len(picture.arrows)
        assert len(re.findall(r"^ *[vgcm]\w*[\[({>]", text, flags=re.MULTILINE)) == len(picture.boxes)
        assert len(re.findall(r"^ *subgraph", text, flags=re.MULTILINE)) == len(
            re.findall(r"^ *end$", text, flags=re.MULTILINE)
        )


def test_hostile_labels_stay_text():
    f = total([Value(1.0, label=label) for label in HOSTILE])
    for line in f.mermaid().splitlines()[1:]:
        for inside in re.findall(r'"(.*)"', line):
            for piece in inside.split("<br/>"):
                assert re.fullmatch(r"(?:\w|[ .,\-+=/\[\]]|#\d+;)*", piece), line


def test_data_that_changed_since_is_told_over_the_flowchart():
    w, x = Value(1.0, label="w"), Value(2.0, label="x")
    f = w * x
    f.label = "f"
    assert f.mermaid().startswith("flowchart")
    w.data = 3.0
    assert f.mermaid().startswith('---\ntitle: "w changed after f was computed"\n---\nflowchart')
    assert 'title: "update 1#58; w changed after f was computed"' in f.draw(title="update 1").mermaid()
