"""The JavaScript that is emitted computes what Python computes: every row, and random graphs, in one process of node."""

from __future__ import annotations

import json
import math
import shutil
import subprocess

import pytest
from backends import eagerly, leaves, random_losses, trace
from test_compiled import OWN, apply, outcome, points_of

from autograd.compiled.export import page
from autograd.ops import BUILTIN, OPS

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="no node here")

# Reads lines of {page, calls: [[inputs, parameters], ...]}, prints for each the results of its calls.
RUNNER = """
const lines = require("fs").readFileSync(0, "utf-8").split("\\n").filter(Boolean);
for (const line of lines) {
    const { page, calls } = JSON.parse(line);
    const module = { exports: {} };
    new Function("module", "require", page)(module, { main: null });
    console.log(JSON.stringify(calls.map(([inputs, parameters]) => {
        const [result, slopes] = module.exports.step(inputs, parameters, parameters.map(() => 0));
        return [result, ...slopes].map(String);
    })));
}
"""


def in_node(jobs):
    text = "\n".join(json.dumps({"page": text, "calls": calls}) for text, calls in jobs)
    done = subprocess.run(["node", "-e", RUNNER], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [
        [[float(x.replace("Infinity", "inf")) for x in call] for call in json.loads(line)]
        for line in done.stdout.splitlines()
    ]


def assert_close(found, wanted, what):
    for x, y in zip(found, wanted, strict=True):
        assert math.isclose(x, y, rel_tol=1e-12, abs_tol=1e-13) or (x != x and y != y), (what, found, wanted)


def test_every_row():
    jobs, answers = [], []
    for name in (*BUILTIN, *OWN):
        by_length = {}
        for numbers in points_of(OPS[name]):
            by_length.setdefault(len(numbers), []).append(numbers)
        for numbers_of_a_length in by_length.values():
            values = leaves(*numbers_of_a_length[0])

            def loss(values=values, name=name):
                return apply(OPS[name], values)

            calls, wanted = [], []
            for numbers in numbers_of_a_length:
                for value, number in zip(values, numbers):
                    value.data = number
                result = outcome(lambda loss=loss, values=values: eagerly(loss, (values,), values))
                if not isinstance(result, Exception):
                    calls.append([[], numbers])
                    wanted.append([result[0], *result[1]])
            if calls:
                traced = trace(loss, (), values)
                assert traced.parameters == sorted(values, key=traced.parameters.index)
                order = [values.index(p) for p in traced.parameters]
                calls = [[[], [numbers[i] for i in order]] for _, numbers in calls]
                jobs.append((page(traced, "javascript", name, []), calls))
                answers.append((name, [[w[0], *(w[1 + i] for i in order)] for w in wanted]))
    for found, (name, wanted) in zip(in_node(jobs), answers, strict=True):
        for x, y in zip(found, wanted, strict=True):
            assert_close(x, y, name)


def test_random_graphs():
    jobs, answers = [], []
    for seed, (_, loss, numbers, parameters) in enumerate(random_losses()):
        wanted = eagerly(loss, (numbers[:2],), parameters)
        traced = trace(loss, (numbers[:2],), parameters)
        call = [numbers[:2], [p.data for p in traced.parameters]]
        jobs.append((page(traced, "javascript", "loss", numbers[:2]), [call]))
        answers.append((seed, [wanted[0], *(grad for grad in wanted[1] if grad is not None)]))
    for (found,), (seed, wanted) in zip(in_node(jobs), answers, strict=True):
        assert_close(found, wanted, seed)
