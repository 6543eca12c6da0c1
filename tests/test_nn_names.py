"""What programs written for torch.nn rely on: masks, heads, weights, losses and schedules are those of PyTorch."""

from __future__ import annotations

import math
import random

import pytest
from backends import BACKENDS
from nn_torch import close, data, grads, load_into, numbers, same_in_torch, values

import autograd
import nn
import nn.functional as F
from autograd import Value
from autograd.errors import ArgumentError, ShapeError, TraceError
from nn.optim import SGD, lr_scheduler
from nn.shapes import flatten

MASKS = {
    "bool": [[True, False, True], [True, True, False], [False, True, True], [True, True, True]],
    "numbers": [[0.0, -1.5, 2.0], [-math.inf, 0.5, 0.0], [0.0, 0.0, -math.inf], [1e-3, -2.0, 0.25]],
    "far": [[0.0, -1e9, 0.0], [-1e30, 0.0, -1e30], [0.0, 0.0, 0.0], [-1e9, -1e9, -1e9]],
}


@pytest.mark.parametrize("kind", MASKS)
def test_masked_attention_is_pytorchs(kind, torchs):
    mask, shapes = MASKS[kind], [(4, 2), (3, 2), (3, 5)]

    def theirs(torch):
        m = torch.tensor(mask, dtype=torch.bool if kind == "bool" else torch.float64)
        return lambda q, k, v: torch.nn.functional.scaled_dot_product_attention(q, k, v, m)

    inputs = [numbers(i, *shape) for i, shape in enumerate(shapes)]
    same_in_torch(torchs, lambda q, k, v: F.scaled_dot_product_attention(q, k, v, mask), theirs, *inputs)


@pytest.mark.parametrize(
    ("mask", "options", "said"),
    [
        ([[True, True], [False, False]], {}, "row 1 of attn_mask leaves out every key"),
        ([[0.0, -math.inf], [-math.inf, -math.inf]], {}, "row 1 of attn_mask leaves out every key"),
        ([[True, True], [True, True]], {"is_causal": True}, "want attn_mask or is_causal, got both"),
        ([[True, True]], {}, "want a row of attn_mask for each of 2 queries, got shape \\(1, 2\\)"),
        ([[True], [True]], {}, "attention, attn_mask: want a list of rows, \\(2, 2\\)"),
    ],
)
def test_a_mask_that_cannot_be_is_refused(mask, options, said):
    x = numbers(0, 2, 3)
    with pytest.raises(ValueError, match=said):
        F.scaled_dot_product_attention(x, x, x, mask, **options)


HEADS = [
    {"heads": 2}, {"heads": 1, "bias": False}, {"heads": 4, "mask": [[False, True, False], [False, False, True]]},
    {"heads": 2, "padding": [False, False, True]}, {"heads": 2, "mask": [[0.5, -1.0, 0.0], [0.0, 2.0, -0.5]]},
    {"heads": 2, "average": False}, {"heads": 2, "mask": [[False, True, True], [False, False, True]], "padding": [False, True, False], "rows": 3},
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(HEADS)))
def test_heads_are_pytorchs(case, torchs):
    options = HEADS[case]
    heads, bias, mask, padding = (options.get(name) for name in ("heads", "bias", "mask", "padding"))
    bias, average, dim = bias is not False, options.get("average", True), 4
    if "rows" in options:  # the first row may look at the first key only; the last key is padding
        mask, padding = [[False, True, True], [False, False, True]], [False, False, True]
    ours = nn.MultiheadAttention(dim, heads, bias=bias, seed=0)
    for p, x in zip(ours.parameters(), numbers(5, 1000)):
        p.data = x
    state = ours.state_dict()
    q, k, v = (numbers(i, *shape) for i, shape in enumerate([(2, dim), (3, dim), (3, dim)]))

    def theirs(torch):
        module = load_into(torch, torch.nn.MultiheadAttention(dim, heads, bias=bias), state)
        assert list(module.state_dict()) == list(state)
        t = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (q, k, v)]
        kind = torch.bool if mask and isinstance(mask[0][0], bool) else torch.float64
        out, weights = module(
            *t,
            key_padding_mask=None if padding is None else torch.tensor(padding),
            attn_mask=None if mask is None else torch.tensor(mask, dtype=kind),
            average_attn_weights=average,
        )
        (out**2).sum().backward()
        return out, weights, [x.grad for x in t], {key: p.grad for key, p in module.named_parameters()}

    out_torch, weights_torch, input_grads, parameter_grads = torchs(theirs)
    mine = [values(x) for x in (q, k, v)]
    out, weights = ours(*mine, key_padding_mask=padding, attn_mask=mask, average_attn_weights=average)
    close(data(out), out_torch, 1e-10)
    close(data(weights), weights_torch, 1e-10)
    autograd.total([y * y for y in flatten(out)]).backward()
    for x, wanted in zip(mine, input_grads):
        close(grads(x), wanted, 1e-10)
    for key, tensor in ours._tensors():
        close(grads(tensor), parameter_grads[key], 1e-10)
    again, none = ours(q, k, v, padding, False, mask)
    assert none is None and data(again) == data(out)


def test_one_head_is_self_attention_and_a_mask_means_the_same_there():
    heads, one = nn.MultiheadAttention(3, 1, seed=0), nn.SelfAttention(3, seed=1)
    one.load_state_dict(heads.state_dict())
    x, mask = numbers(0, 3, 3), [[False, True, True], [False, False, True], [False, False, False]]
    out = data(heads(x, x, x, attn_mask=mask)[0])
    close(data(one(x, attn_mask=mask)), out)
    close(data(one(x, is_causal=True)), out)
    close(data(heads(x, x, x, is_causal=True)[1]), data(one(x, is_causal=True, need_weights=True)[1]))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: nn.SelfAttention(4, 2), "want True or False as bias, got 2: MultiheadAttention\\(4, 2\\) has 2 heads"),
        (lambda: nn.Linear(4, 2, 3), "want True or False as bias, got 3"),
        (lambda: nn.MultiheadAttention(4, 3), "want num_heads to divide embed_dim, got 3 and 4"),
        (lambda: nn.MultiheadAttention(4, 2, 0.1), "want dropout=0"),
        (lambda: F.cross_entropy([1.0, 2.0], 0, label_smoothing=1.5), "want a label_smoothing from 0 to 1"),
        (lambda: F.cross_entropy([1.0, 2.0], 0, [1.0]), "cross_entropy, weight: want a list"),
        (lambda: F.cross_entropy([[1.0, 2.0]], [3], ignore_index=3), "every target is ignore_index"),
        (lambda: F.binary_cross_entropy_with_logits([1.0, 2.0], [0.0, 1.0], [1.0]), "want a number as weight, or the shape"),
        (lambda: nn.MSELoss(reduction="men"), "want one of 'mean', 'sum', 'none' as reduction"),
        (lambda: lr_scheduler.LambdaLR([], lambda t: t), "LambdaLR: want an optimiser, got"),
        (lambda: lr_scheduler.LambdaLR(SGD([Value(1.0)]), 0.5), "a function, or one for each of 1 groups, got 0.5"),
        (lambda: lr_scheduler.LambdaLR(SGD([Value(1.0)]), [abs, abs]), "one for each of 1 groups, got "),
        (lambda: lr_scheduler.StepLR([], 1), "StepLR: want an optimiser, got \\[\\]"),
        (lambda: lr_scheduler.CosineAnnealingLR(SGD([Value(1.0)]), 0), "want a whole number >= 1 as T_max"),
        (lambda: nn.utils.clip_grad_norm_([Value(1.0)], 0.0), "want max_norm > 0, got 0.0"),
        (lambda: nn.utils.clip_grad_norm_(nn.Linear(1, 1), 1.0), "give its parameters\\(\\)"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(wrong, said):
    with pytest.raises((ArgumentError, ShapeError), match=said):
        wrong()


# --- Losses ------------------------------------------------------------------------------------------------

WEIGHTS = [0.5, 2.0, 1.25, 0.0]
CLASSES = [
    {}, {"weight": WEIGHTS}, {"label_smoothing": 0.1}, {"weight": WEIGHTS, "label_smoothing": 0.3},
    {"ignore_index": 1}, {"ignore_index": 1, "weight": WEIGHTS, "label_smoothing": 0.2}, {"ignore_index": -1, "label_smoothing": 1.0},
]  # fmt: skip


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("case", range(len(CLASSES)))
def test_cross_entropy_is_pytorchs(case, reduction, torchs):
    options = {**CLASSES[case], "reduction": reduction}
    targets = [0, 1, 2, 0, options.get("ignore_index", 2)]
    chances = [[0.1, 0.2, 0.3, 0.4], [1.0, 0.0, 0.0, 0.0]]
    module = nn.CrossEntropyLoss(**options)

    def theirs(target):
        def make(torch):
            changed = (
                {**options, "weight": torch.tensor(WEIGHTS, dtype=torch.float64)} if "weight" in options else options
            )
            kind = torch.float64 if isinstance(target, list) and isinstance(target[0], list) else torch.long
            return lambda x: torch.nn.functional.cross_entropy(x, torch.tensor(target, dtype=kind), **changed)

        return make

    same_in_torch(torchs, lambda x: F.cross_entropy(x, targets, **options), theirs(targets), numbers(1, 5, 4))
    same_in_torch(torchs, lambda x: F.cross_entropy(x, 2, **options), theirs(2), numbers(2, 4))
    close(
        data([module(values(numbers(1, 5, 4)), targets)]),
        data([F.cross_entropy(values(numbers(1, 5, 4)), targets, **options)]),
    )
    if "ignore_index" not in options:
        same_in_torch(torchs, lambda x: F.cross_entropy(x, chances, **options), theirs(chances), numbers(3, 2, 4))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weight", [None, 0.5, "row", "all"])
@pytest.mark.parametrize("pos_weight", [None, 3.0, "row"])
def test_cross_entropy_of_scores_is_pytorchs(pos_weight, weight, reduction, torchs):
    of = {"row": [0.5, 2.0, 0.0], "all": [[1.0, 2.0, 3.0], [0.5, 0.25, 4.0]]}
    options = {"weight": of.get(weight, weight), "pos_weight": of.get(pos_weight, pos_weight)}
    target, scores = [[0.0, 1.0, 0.3], [1.0, 0.9, 0.0]], [[-40.0, -1.0, 0.0], [2.0, 30.0, 800.0]]

    def theirs(torch):
        tensors = {name: None if w is None else torch.tensor(w, dtype=torch.float64) for name, w in options.items()}
        loss = torch.nn.functional.binary_cross_entropy_with_logits
        return lambda x: loss(x, torch.tensor(target, dtype=torch.float64), reduction=reduction, **tensors)

    module = nn.BCEWithLogitsLoss(reduction=reduction, **options)
    same_in_torch(torchs, lambda x: module(x, target), theirs, scores)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", ["L1Loss", "MSELoss"])
def test_losses_as_modules_are_pytorchs(name, reduction, torchs):
    def theirs(torch):
        return getattr(torch.nn, name)(reduction=reduction)

    ours = getattr(nn, name)(reduction=reduction)
    same_in_torch(
        torchs,
        lambda x, y: ours(x, y),
        lambda torch: lambda x, y: theirs(torch)(x, y),
        numbers(0, 2, 3),
        [[0.5, *numbers(1, 2)], numbers(2, 3)],
    )
    assert repr(ours) == f"{name}(reduction={reduction!r})"


# --- Gradients and rates -----------------------------------------------------------------------------------


@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3.0, math.inf])
@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_clipping_is_pytorchs(max_norm, norm_type, torchs):
    slopes = [3.0, -4.0, 0.5]

    def theirs(torch):
        params = [torch.tensor(1.0, dtype=torch.float64, requires_grad=True) for _ in range(4)]
        for p, slope in zip(params, slopes):
            p.grad = torch.tensor(slope, dtype=torch.float64)
        norm = torch.nn.utils.clip_grad_norm_(params, max_norm, norm_type).item()
        clipped = [p.grad.item() for p in params[:3]]
        torch.nn.utils.clip_grad_value_(params, 0.1)
        return norm, clipped, [p.grad.item() for p in params[:3]]

    norm, clipped, cut = torchs(theirs)
    params = [Value(1.0) for _ in range(4)]
    for p, slope in zip(params, slopes):
        p.grad = slope
    assert nn.utils.clip_grad_norm_(params, max_norm, norm_type) == pytest.approx(norm, rel=1e-14)
    close([p.grad for p in params[:3]], clipped)
    nn.utils.clip_grad_value_(iter(params), 0.1)
    close([p.grad for p in params[:3]], cut)
    assert not params[3].reached
    params[0].grad = math.nan
    assert math.isnan(nn.utils.clip_grad_norm_(params, 1.0)) and all(math.isnan(p.grad) for p in params[:3])


SCHEDULES = {
    "LambdaLR": {"lr_lambda": lambda t: min(1.0, (t + 1) / 4) * 0.9**t},
    "StepLR": {"step_size": 3, "gamma": 0.5},
    "CosineAnnealingLR": {"T_max": 5, "eta_min": 0.01},
    "CosineAnnealingWarmRestarts": {"T_0": 2, "T_mult": 2, "eta_min": 0.001},
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_are_pytorchs(name, torchs):
    def rates(optim, params):
        optimizer = optim.SGD([{"params": [params[0]], "lr": 0.5}, {"params": [params[1]]}], lr=0.1)
        schedule, seen = getattr(optim.lr_scheduler, name)(optimizer, **SCHEDULES[name]), []
        for _ in range(14):
            seen += [group["lr"] for group in optimizer.param_groups]
            assert schedule.get_last_lr() == seen[-2:]
            optimizer.step()
            schedule.step()
        return seen

    wanted = torchs(lambda torch: rates(torch.optim, [torch.tensor(1.0, requires_grad=True) for _ in range(2)]))
    close(rates(nn.optim, [Value(1.0), Value(1.0)]), wanted)


def test_cycles_are_alike_unless_they_are_asked_to_grow():
    optimizer = SGD([Value(1.0)], lr=0.5)
    schedule, seen = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 3), []
    for _ in range(9):
        seen.append(optimizer.param_groups[0]["lr"])
        schedule.step()
    assert seen[:3] == seen[3:6] == seen[6:] and seen[0] == 0.5 > seen[1] > seen[2]


def test_a_schedule_goes_on_where_it_was_saved():
    optimizer = SGD([Value(1.0)], lr=0.5)
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, 10)
    for _ in range(4):
        schedule.step()
    state, rate = schedule.state_dict(), optimizer.param_groups[0]["lr"]
    other = SGD([Value(1.0)], lr=0.5)
    again = lr_scheduler.CosineAnnealingLR(other, 10)
    again.load_state_dict(state)
    assert other.param_groups[0]["lr"] == rate < 0.5


def test_a_schedule_that_fails_stays_where_it_was():
    optimizer = SGD([{"params": Value(1.0), "lr": 0.5}, {"params": Value(1.0)}], lr=0.1)
    for fails, error in ((lambda t: 1 / (2 - t), ZeroDivisionError), (lambda t: 1.0 if t < 2 else None, ArgumentError)):
        schedule = lr_scheduler.LambdaLR(optimizer, [lambda t: 0.5**t, fails])  # the first group's rate can be computed
        schedule.step()
        state, rates = schedule.state_dict(), schedule.get_last_lr()
        with pytest.raises(error):
            schedule.step()
        assert schedule.state_dict() == state and schedule.get_last_lr() == rates == [0.25, 0.1]


def test_an_own_schedule_or_optimiser_without_its_rule_says_what_to_define():
    class Warm(lr_scheduler.LRScheduler):
        pass

    class Newton(nn.optim.Optimizer):
        pass

    w = Value(1.0)
    w.grad = 1.0
    with pytest.raises(NotImplementedError, match="Warm has no rate: define one, which says what the learning rate is"):
        Warm(SGD([w]))
    with pytest.raises(NotImplementedError, match="Newton has no rule: define one, which says how a parameter moves"):
        Newton([w], {"lr": 0.1}).step()


# --- In a compiled step ------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_new_works_compiled(backend):
    model, heads = nn.Linear(3, 4, seed=0), nn.MultiheadAttention(4, 2, seed=1)
    mask = [[False, True], [False, False]]
    params = [*model.parameters(), *heads.parameters()]

    def loss(x, target):
        rows = [model(row) for row in x]
        out, _ = heads(rows, rows, rows, attn_mask=mask)
        hidden = nn.SiLU()(nn.ELU(0.5)(out))
        first = F.cross_entropy(hidden[0], target, WEIGHTS, label_smoothing=0.1, reduction="sum")
        second = F.binary_cross_entropy_with_logits(hidden[1], [0.0, 1.0, 0.5, 1.0], pos_weight=2.0) + F.l1_loss(
            hidden[0], x[0] + [0.5]
        )
        clipped = autograd.where(hidden[0][0] - hidden[0][0] + 1, hidden[0][1].clamp(-0.1, 0.2), 5.0) % 0.07
        return first + second + clipped + autograd.minimum(hidden[1])

    rng = random.Random(0)
    step = autograd.compile(loss, params, backend=backend)
    for _ in range(3):
        x, target = [[rng.uniform(-1, 1) for _ in range(3)] for _ in range(2)], rng.randrange(4)
        nn.Module.zero_grad(heads), model.zero_grad()
        wanted = loss(x, target)
        wanted.backward()
        slopes = [p.grad for p in params]
        nn.Module.zero_grad(heads), model.zero_grad()
        assert step(x, target) == pytest.approx(wanted.data, rel=1e-12)
        close([p.grad for p in params], slopes)


@pytest.mark.parametrize(
    "refused",
    [
        lambda x, i: F.cross_entropy([[x, 2.0]], [i], ignore_index=0),
        lambda x, i: autograd.where(x > 0, x, 2.0),
        lambda x, i: Value(nn.utils.clip_grad_norm_([x], 1.0)),
    ],
)
def test_what_a_trace_cannot_follow_is_refused_by_name(refused):
    w = Value(2.0)
    with pytest.raises(TraceError):
        autograd.compile(lambda x, i: refused(w * x, i), [w])(3.0, 1)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("options", [{}, {"momentum": 0.9, "centered": True}])
def test_rmsprop_trains_compiled_as_it_does_by_itself(backend, options):
    xs = [(0.3, 1.0), (-0.5, 0.2), (0.9, -0.7)] * 4

    def trained(run):
        w = Value(0.5)
        optimizer = nn.optim.RMSprop([w], lr=0.05, **options)
        run(lambda x, y: (w * x - y) ** 2, w, optimizer)
        return w.data

    def by_hand(loss, w, optimizer):
        for x, y in xs:
            optimizer.zero_grad()
            loss(x, y).backward()
            optimizer.step()

    def compiled(loss, w, optimizer):
        step = autograd.compile(loss, [w], backend=backend)
        step.train([([x], [y]) for x, y in xs], optimizer, steps=len(xs))

    assert trained(compiled) == pytest.approx(trained(by_hand), rel=1e-12)


# --- micrograd's nn ----------------------------------------------------------------------------------------


def test_neurons_and_layers_are_micrograds():
    micrograd = pytest.importorskip("micrograd.nn")
    for nonlin in (True, False):
        theirs, ours = micrograd.Layer(3, 2, nonlin=nonlin), nn.Layer(3, 2, nonlin=nonlin)
        assert repr(theirs) == repr(ours) and len(theirs.parameters()) == len(ours.parameters()) == 8
        for a, b in zip(theirs.neurons, ours.neurons):
            assert repr(a) == repr(b)
            for p, q in zip(a.parameters(), b.parameters(), strict=True):
                q.data = p.data
            b.b.data = a.b.data = 0.25
        for a, b in zip(theirs([1.0, -2.0, 3.0]), ours([1.0, -2.0, 3.0]), strict=True):
            a.backward()
            b.backward()
            assert a.data == pytest.approx(b.data, rel=1e-14)
        assert [p.grad for p in theirs.parameters()] == pytest.approx([p.grad for p in ours.parameters()])
        (one, other) = micrograd.Layer(3, 1), nn.Layer(3, 1)
        assert hasattr(one([1.0, 2.0, 3.0]), "data") and isinstance(other([1.0, 2.0, 3.0]), Value)


def test_parameters_are_a_list_and_an_iterator():
    model = nn.MLP(2, [3, 1])
    ps = model.parameters()
    assert (
        len(ps) == 13
        and ps[0] is next(ps)
        and next(ps) is ps[1]
        and ps[-1] is list(ps)[-1]
        and repr(ps) == "13 parameters"
    )
    assert ps[:2] == list(ps)[:2] and [*ps] == [*ps] == list(ps) and sum(1 for _ in ps) == sum(1 for _ in ps) == 13
    assert iter(ps) is not ps and ps[3] in ps
    step = autograd.compile(lambda x, y: (model([x, x])[0] - y) ** 2, ps)  # after an optimiser has gone through them
    assert len(SGD(ps).param_groups[0]["params"]) == 13 and step(1.0, 2.0) > 0 and any(p.reached for p in ps)


@pytest.mark.parametrize(
    "taken",
    [
        lambda out: out.backward(), lambda out: out - 1, lambda out: (1 - out) ** 2, lambda out: out * 2, lambda out: 2.0 * out,
        lambda out: out.data, lambda out: out > 0, lambda out: float(out), lambda out: f"{out:.2f}", lambda out: -out,
        lambda out: out + 1.0, lambda out: 1.0 + out, lambda out: out / 2, lambda out: abs(out), lambda out: out.tanh(),
        lambda out: out % 2, lambda out: out**2, lambda out: round(out, 2), lambda out: out.grad,
    ],
)  # fmt: skip
def test_a_list_of_one_taken_for_its_value_says_how_to_get_it(taken):
    out = nn.MLP(2, [3, 1])([1.0, 2.0])
    with pytest.raises((TypeError, AttributeError), match=r"\(score,\) = model\(x\), or model\(x\)\[0\]"):
        taken(out)


def test_a_list_of_one_is_a_list():
    out = nn.MLP(2, [3, 1])([1.0, 2.0])
    assert (
        isinstance(out, list) and repr(out) == f"{out}" == repr([*out]) and out == [out[0]] and [*out, 1] == [out[0], 1]
    )
    assert not hasattr(out, "nothing") and sorted([out, out]) and out <= [out[0]]
    (score,) = out
    assert isinstance(score, Value)
