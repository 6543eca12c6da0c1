"""nn.functional: every function against torch's of the same name, and the losses' own rules."""

from __future__ import annotations

import math

import pytest
from nn_torch import close, data, numbers, same_in_torch, values

from autograd import Value, gradcheck
from autograd.graph import walk
from nn import functional as F
from nn.modules.activation import ACTIVATIONS
from nn.shapes import flatten

ELEMENTWISE = list(ACTIVATIONS)
SHAPES = [(3,), (2, 3), (2, 2, 3)]


def same_function(torchs, function, *inputs, tolerance=1e-12):
    """Assert that a function written once, of F and the inputs, agrees with PyTorch."""

    def theirs(torch):
        return lambda *tensors: function(torch.nn.functional, *tensors)

    same_in_torch(torchs, lambda *xs: function(F, *xs), theirs, *inputs, tolerance=tolerance)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_activations_agree_with_pytorch(name, shape, torchs):
    def theirs(torch):
        return getattr(torch.nn.functional, name, None) or getattr(torch, name)

    same_in_torch(torchs, getattr(F, name), theirs, numbers(0, *shape))


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_activations_keep_lists_as_they_are_nested(name):
    function = getattr(F, name)
    one = function(Value(0.5)).data
    assert function(0.5).data == one
    assert data(function([Value(0.5), 0.5, [Value(0.5), (0.5,)], []])) == [one, one, [one, [one]], []]
    with pytest.raises(TypeError, match="got the str 'abc'"):
        function(["abc"])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_agrees_with_pytorch(name, shape, torchs):
    function = getattr(F, name)

    def theirs(torch):
        return lambda x: getattr(torch.nn.functional, name)(x, dim=-1)

    same_in_torch(torchs, function, theirs, numbers(1, *shape))
    same_in_torch(torchs, lambda x: function(x, dim=len(shape) - 1), theirs, numbers(1, *shape))
    with pytest.raises(ValueError, match="want the last dimension, dim=-1, got dim=7"):
        function(numbers(1, *shape), dim=7)


@pytest.mark.parametrize("scale", [1.0, 300.0])
def test_softmax_of_any_size_is_positive_and_sums_to_one(scale):
    out = data(F.softmax([scale * x for x in numbers(2, 5)]))
    assert all(p >= 0 for p in out) and abs(math.fsum(out) - 1) < 1e-12
    assert all(x <= 0 and math.isfinite(x) for x in data(F.log_softmax([scale * x for x in numbers(2, 5)])))


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 4)])
def test_linear_and_norms_agree_with_pytorch(shape, torchs):
    x, weight, bias, scale, shift = (numbers(i, *s) for i, s in enumerate((shape, (2, 4), (2,), (4,), (4,))))
    for function, *inputs in (
        (lambda F, x, w, b: F.linear(x, w, b), x, weight, bias),
        (lambda F, x, w: F.linear(x, w), x, weight),
        (lambda F, x, w: F.rms_norm(x, [4], w), x, scale),
        (lambda F, x: F.rms_norm(x, [4], eps=0.1), x),
        (lambda F, x, w, b: F.layer_norm(x, [4], w, b), x, scale, shift),
        (lambda F, x: F.layer_norm(x, [4]), x),
    ):
        same_function(torchs, function, *inputs)


def test_linear_refuses_what_does_not_fit():
    for weight, bias, message in (
        ([], None, r"linear, weight: want a list of rows, \(out, d\), got shape \(0,\)"),
        ([1.0, 2.0], None, r"linear, weight: .* got shape \(2,\): one row is written \[row\]"),
        ([[1.0, 2.0]], [1.0, 2.0], r"want a bias for each of 1 outputs, got shape \(2,\)"),
        ([[1.0]], None, r"want a list of numbers or of rows, \(1,\) or \(N, 1\), got shape \(2,\)"),
    ):
        with pytest.raises(ValueError, match=message):
            F.linear([1.0, 2.0], weight, bias)


def test_embedding_agrees_with_pytorch(torchs):
    for indices in (1, [0, 2, 2], [[1], [0]]):
        same_in_torch(
            torchs,
            lambda weight, at=indices: F.embedding(at, weight),
            lambda torch, at=indices: lambda weight: torch.nn.functional.embedding(torch.tensor(at), weight),
            numbers(3, 3, 2),
        )


@pytest.mark.parametrize("shape", [(), (3,), (4, 1), (2, 3)])
def test_mse_loss_agrees_with_pytorch(shape, torchs):
    same_function(torchs, lambda F, x, y: F.mse_loss(x, y), numbers(4, *shape), numbers(5, *shape))


@pytest.mark.parametrize("shape", [(), (5,), (4, 1)])
def test_hinge_loss_is_what_it_says(shape):
    scores = numbers(6, *shape)
    targets = [1 if x > 0 else -1 for x in flatten(numbers(7, *shape))]
    by_hand = [max(0.0, 1 - y * x) for x, y in zip(flatten(scores), targets)]
    nested = targets[0] if not shape else targets if len(shape) == 1 else [[y] for y in targets]
    close(F.hinge_loss(scores, nested).data, sum(by_hand) / len(by_hand))
    assert gradcheck(lambda *_: F.hinge_loss(xs, nested), flatten(xs := values(scores)))


def test_cross_entropy_agrees_with_pytorch(torchs):
    probabilities = data(F.softmax(numbers(8, 4, 3)))

    def theirs(torch, target):
        dtype = torch.int64 if isinstance(flatten(target)[0], int) else torch.float64
        return lambda x: torch.nn.functional.cross_entropy(x, torch.tensor(target, dtype=dtype))

    for shape, target in (((3,), 2), ((4, 3), [0, 2, 1, 2]), ((3,), probabilities[0]), ((4, 3), probabilities)):
        same_in_torch(
            torchs,
            lambda x, y=target: F.cross_entropy(x, y),
            lambda torch, y=target: theirs(torch, y),
            numbers(9, *shape),
        )
    inputs = numbers(9, 3), probabilities[0]  # a gradient to the target too
    same_function(torchs, lambda F, x, y: F.cross_entropy(x, y), *inputs, tolerance=1e-11)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_reductions_are_torchs(reduction, torchs):
    classes = [2, 0]
    for shape in ((), (3,), (2, 3)):
        inputs = numbers(4, *shape), numbers(5, *shape)
        same_function(torchs, lambda F, x, y: F.mse_loss(x, y, reduction=reduction), *inputs)
    same_in_torch(
        torchs,
        lambda x: F.cross_entropy(x, classes, reduction=reduction),
        lambda torch: lambda x: torch.nn.functional.cross_entropy(x, torch.tensor(classes), reduction=reduction),
        numbers(9, 2, 3),
    )
    hinges = F.hinge_loss([[0.5], [2.0]], [[1], [-1]], reduction=reduction)
    assert data(hinges) == {"mean": 1.75, "sum": 3.5, "none": [[0.5], [3.0]]}[reduction]
    with pytest.raises(ValueError, match="want one of 'mean', 'sum', 'none' as reduction, got 'median'"):
        F.mse_loss([1.0], [2.0], reduction="median")


def test_cross_entropy_of_one_sample_is_one_node():
    loss = F.cross_entropy(values([1.0, 2.0, 3.0]), 1)
    assert [node.op for node in walk(loss) if node.op] == ["surprisal"]
    assert F.cross_entropy([1000.0, 0.0], 1).data == 1000.0  # nothing overflows on the way


def test_losses_refuse_what_does_not_fit():
    for call, error, message in (
        (lambda: F.mse_loss([[1.0], [2.0]], [1.0, 2.0]), ValueError, r"input's shape \(2, 1\), got shape \(2,\): take .* \[row\[0\] for row in input\]"),
        (lambda: F.hinge_loss([1.0, 2.0], [1]), ValueError, r"hinge_loss: want a target of the input's shape \(2,\), got shape \(1,\)"),
        (lambda: F.mse_loss([1.0], 1.0), ValueError, r"got the float"),
        (lambda: F.cross_entropy([1.0, 2.0], 2), IndexError, "want an index from 0 to 1, got 2"),
        (lambda: F.cross_entropy([1.0, 2.0], -1), IndexError, "want an index from 0 to 1, got -1"),
        (lambda: F.cross_entropy([1.0, 2.0], 1.0), TypeError, "want a whole number to pick one of 2, got 1.0"),
        (lambda: F.cross_entropy([[1.0, 2.0]], 1), ValueError, "want 1 targets, one for each row, got the int"),
        (lambda: F.cross_entropy([[1.0, 2.0]], [1, 0]), ValueError, r"want 1 targets, one for each row, got shape \(2,\)"),
        (lambda: F.cross_entropy([[1.0, 2.0], [1.0]], [0, 0]), ValueError, r"the same number of scores in each row, got rows of different shapes: \(2,\)"),
        (lambda: F.cross_entropy([1.0, 2.0], [1.0]), ValueError, r"input's shape \(2,\), got shape \(1,\)"),
        (lambda: F.cross_entropy(1.0, 0), ValueError, r"one number is written \[x\]"),
        (lambda: F.softmax([]), ValueError, r"got shape \(0,\)"),
    ):  # fmt: skip
        with pytest.raises(error, match=message):
            call()


@pytest.mark.parametrize("is_causal", [False, True])
@pytest.mark.parametrize("scale", [None, 0.3])
def test_scaled_dot_product_attention_agrees_with_pytorch(is_causal, scale, torchs):
    for queries, keys in ((3, 3), (2, 4), (4, 2)):
        inputs = numbers(10, queries, 3), numbers(11, keys, 3), numbers(12, keys, 2)
        same_function(
            torchs,
            lambda F, q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=is_causal, scale=scale),
            *inputs,
        )


def test_the_hand_example_of_attention():
    q, keys, vs = [[1.0, 2.0]], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [[10.0], [20.0], [30.0]]
    weights = F.attention_weights(values(q), values(keys))
    assert [f"{w:.4f}" for w in weights[0]] == ["0.1400", "0.2840", "0.5760"]
    ((out,),) = F.scaled_dot_product_attention(values(q), values(keys), values(vs))
    assert f"{out:.4f}" == "24.3595"
    scores = {node.label: node.data for node in walk(out) if node.label.startswith("scores")}
    assert scores == {"scores[0][0]": 1.0, "scores[0][1]": 2.0, "scores[0][2]": 3.0}
    (unscaled,) = F.attention_weights(q, keys, scale=1.0)
    assert [f"{w:.4f}" for w in unscaled] == ["0.0900", "0.2447", "0.6652"]


def test_attention_refuses_what_does_not_fit():
    for q, k, v, message in (
        (
            [1.0, 2.0],
            [[1.0, 2.0]],
            [[1.0]],
            r"query: want a list of rows, \(T, d\), got shape \(2,\): one row is written",
        ),
        ([[1.0, 2.0]], [[1.0]], [[1.0]], r"key: want a list of rows, \(S, 2\), got shape \(1, 1\)"),
        ([[1.0]], [[1.0], [2.0]], [[1.0]], r"want a value for each of 2 keys, got shape \(1, 1\)"),
        ([[1.0]], [[1.0]], [[1.0], [2.0]], r"want a value for each of 1 keys, got shape \(2, 1\)"),
        ([[1.0]], [[1.0]], [1.0], r"value: want a list of rows, \(S, d\), got shape \(1,\)"),
    ):
        with pytest.raises(ValueError, match=message):
            F.scaled_dot_product_attention(q, k, v)
