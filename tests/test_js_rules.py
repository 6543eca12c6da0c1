"""The rows as JavaScript: the same numbers as in Python, for every row and for random graphs."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
from array import array

import pytest
import random_graphs

from autograd import Value, ieee, op
from autograd.graph import Graph
from autograd.ops import BUILTIN, OPS
from autograd.player.js_rules import rules
from autograd.player.player import described, packed, script_of
from autograd.recording import record

node = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to run JavaScript")


def run(script: str, given) -> object:
    done = subprocess.run(
        ["node", "-e", script], input=json.dumps(given), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


READ = 'const given = JSON.parse(require("fs").readFileSync(0, "utf8"));\n'


def computed(roots) -> list:
    """Return the data and gradients that the page's model has for each graph."""
    graphs = [Graph(root) for root in roots]
    nodes = [node for graph in graphs for node in graph.nodes]
    script = f"""{script_of(rules(nodes))}
    {READ}
    console.log(JSON.stringify(given.map((graph) => {{
      const model = new Model(graph, RULES);
      return [[...model.data].map(String), [...model.gradients()].map(String)];
    }})));"""
    return list(zip(graphs, run(script, [described(graph) for graph in graphs])))


def close(a: float, b: float) -> bool:
    return a == b or (a != a and b != b) or abs(a - b) <= 1e-12 * max(1.0, abs(a), abs(b))


@node
def test_every_row_has_the_same_value_and_slopes_in_javascript():
    roots = []
    rng = random.Random(0)
    with ieee():
        for name in BUILTIN:
            row = OPS[name]
            for _ in range(20):
                count = len(row.operands) if not row.wide else 7 if row.defaults else 6
                operands = [Value(0.05 + 0.9 * rng.random()) for _ in range(count)]
                roots.append(record(row, operands))
                if not row.domain and not row.wide:
                    roots.append(record(row, [Value(-3 * rng.random()) for _ in range(count)]))
            if row.wide and row.defaults:
                roots.append(record(row, [Value(rng.random()) for _ in range(6)]))
    for graph, (data, grads) in computed(roots):
        root = graph.root
        assert close(float(data[-1]), root.data), root.op
        for operand, partial in zip(root.operands, root.partials):
            assert close(float(grads[graph.index[operand]]), partial), root.op


@node
def test_random_graphs_have_the_same_numbers_in_javascript():
    roots = []
    for seed in range(60):
        rng = random.Random(seed)
        leaves = [Value(x) for x in random_graphs.inputs(rng)]
        roots.append(random_graphs.run(random_graphs.program(rng, 30), leaves))
    for graph, (data, grads) in computed(roots):
        graph.root.zero_grad()
        graph.root.backward()
        for node, x, slope in zip(graph.nodes, data, grads):
            assert close(float(x), node.data)
            assert math.isclose(float(slope), node.grad, rel_tol=1e-9, abs_tol=1e-11)


@node
def test_a_row_of_the_users_own_may_use_javascripts_words():
    odd = op("odd_words", "odd", "new * exp(-var) + x", new="exp(-var)", var="-new * exp(-var)", x="1")
    root = odd(Value(2.0), Value(0.5), Value(1.0))
    wide = op("odd_list", "odd", "sum(this[i] * x)", this="x", x="sum(this[i])")
    listed = wide([Value(2.0), Value(3.0)], Value(4.0))
    for graph, (data, grads) in computed([root, listed]):
        assert close(float(data[-1]), graph.root.data)
        assert [float(g) for g in grads[:-1]] == pytest.approx([float(p) for p in graph.root.partials])


def numbers_to_say():
    rng = random.Random(1)
    numbers = [0.0, -0.0, 2.0, 0.12345, 12345.678, 1e-7, 1e300, math.inf, -math.inf, math.nan, 0.28125, 0.28135, 1000.25, 1000.75,
               -0.00012345, 99999.95, 0.99995, 9.9995, 1e15, 123456789012345678.0, 2.5e-5, 5e-324, 1023.9999, -1.0, 999.96875]  # fmt: skip
    for _ in range(2000):
        numbers.append((rng.random() - 0.5) * 10 ** (30 * rng.random() - 12))
        numbers.append(int(rng.random() * 1e6) / 2 ** int(1 + rng.random() * 12))
    return numbers


@node
def test_numbers_are_said_as_in_python():
    from autograd.explain.phrases import product, short

    numbers = numbers_to_say()
    script = f"""{script_of("{}")}
    {READ}
    const numbers = [...floats(given)];
    console.log(JSON.stringify([numbers.map(short), numbers.slice(0, -3).map((_, i) => product(numbers.slice(i, i + 3)))]));"""
    said, products = run(script, packed(array("d", numbers)))
    for number, text in zip(numbers, said):
        assert text == short(number)
    for i, text in enumerate(products):
        assert text == product(*numbers[i : i + 3])
