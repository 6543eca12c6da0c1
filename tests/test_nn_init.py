"""How parameters start: where random numbers come from, and how they are spread."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

import nn
from nn import init
from nn.shapes import flatten


def spread(numbers):
    mean = sum(numbers) / len(numbers)
    return mean, (sum((x - mean) ** 2 for x in numbers) / len(numbers)) ** 0.5


def test_a_seed_is_an_int_or_a_generator():
    for make in (
        lambda seed: nn.Linear(2, 3, seed=seed),
        lambda seed: nn.MLP(2, [3, 1], seed=seed),
        lambda seed: nn.Embedding(3, 2, seed=seed),
        lambda seed: nn.SelfAttention(2, seed=seed),
    ):
        same = make(5).state_dict()
        assert make(5).state_dict() == make(random.Random(5)).state_dict() == same != make(6).state_dict()
    rng = random.Random(5)
    assert nn.Linear(2, 3, seed=rng).state_dict() != nn.Linear(2, 3, seed=rng).state_dict()
    with pytest.raises(ValueError, match=r"want an int or a random.Random as seed, got 'five'"):
        nn.Linear(1, 1, seed="five")


def test_without_a_seed_layers_differ_and_programs_repeat():
    code = "import nn; print(nn.Linear(1, 1).state_dict(), nn.Linear(1, 1).state_dict())"
    runs = [
        subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], capture_output=True, text=True)
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout != "", runs[0].stderr
    nn.manual_seed(3)
    first, second = nn.Linear(1, 1).state_dict(), nn.Linear(1, 1).state_dict()
    assert first != second
    nn.manual_seed(3)
    assert nn.Linear(1, 1).state_dict() == first


def test_numbers_are_spread_as_in_torch():
    weight = flatten(nn.Linear(100, 200, seed=0).state_dict()["weight"])
    assert max(weight) <= 0.1 and min(weight) >= -0.1
    mean, deviation = spread(weight)
    assert abs(mean) < 0.001 and abs(deviation - 0.1 / 3**0.5) < 0.001

    bound = (6 / (40 + 3 * 40)) ** 0.5
    attention = nn.SelfAttention(40, seed=0).state_dict()
    weight = flatten(attention["in_proj_weight"])
    assert bound * 0.99 < max(weight) <= bound and -bound <= min(weight) < -bound * 0.99
    assert set(attention["in_proj_bias"]) == set(attention["out_proj.bias"]) == {0.0}
    assert max(flatten(attention["out_proj.weight"])) <= 40**-0.5

    mean, deviation = spread(flatten(nn.Embedding(200, 100, seed=0).state_dict()["weight"]))
    assert abs(mean) < 0.02 and abs(deviation - 1) < 0.02


def test_attention_is_spread_as_torch_spreads_its_own(torchs):
    bound = (6 / (40 + 3 * 40)) ** 0.5

    def theirs(torch):
        torch.manual_seed(0)
        state = torch.nn.MultiheadAttention(40, 1).state_dict()
        return [round(state[key].abs().max().item(), 3) for key in ("in_proj_weight", "out_proj.weight")]

    in_proj, out_proj = torchs(theirs)
    assert abs(in_proj - bound) < 0.01 * bound
    assert abs(out_proj - 40**-0.5) < 0.01


def test_the_numbers_are_the_same_on_every_python():
    draw, bell = init.uniform(1.0, seed=1), init.normal(seed=1)
    assert [f"{draw():.6f}" for _ in range(3)] == ["-0.731272", "0.694867", "0.527549"]
    assert [f"{bell():.6f}" for _ in range(3)] == ["0.308709", "-0.054097", "-1.111257"]
