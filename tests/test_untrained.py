"""A training step that cannot train says so, in one sentence with the parameter and the fix; right programs stay silent."""

from __future__ import annotations

import copy
import itertools
import random
import warnings
from textwrap import dedent

import pytest
from backends import BACKENDS

import autograd
import nn
from autograd import Value, compile, grad, no_grad
from autograd.errors import AutogradError
from autograd.explain.anomalies import detect_anomalies
from nn import functional as F

# What every program below finds.
START = """
class Line(nn.Module):
    def __init__(self):
        self.w = Value(0.5)
        self.vs = [Value(0.1), Value(0.2)]
        self.rows = [[Value(0.3)], [Value(0.4)]]
    def forward(self, x):
        return self.w * x + self.vs[0] + self.vs[1] * x + self.rows[0][0] + self.rows[1][0] * x
random.seed(0)
line = Line()
w, b = Value(2.0), Value(0.5)
ps = [Value(1.0), Value(-1.0)]
lr = 0.1
loss = (line(2.0) - 3.0) ** 2
"""

# A program, and what its error says: the sentence names the parameter and the fix.
WRONG = {
    # a parameter is replaced
    "an update makes a result of it": ("loss.backward(); line.w = line.w - lr * line.w.grad", "Line.w is a parameter, but the result of sub is not: .* p.data -= lr"),
    "in place": ("loss.backward(); line.w -= lr * line.w.grad", "line.w -= ... makes a new Value, .* write line.w.data -= lr \\* line.w.grad"),
    "with weight decay": ("loss.backward(); line.w = line.w * 0.99 - lr * line.w.grad", "Line.w is a parameter"),
    "a moving average": ("line.w = 0.9 * line.w + 0.1 * w", "Line.w is a parameter, but the result of add is not"),
    "clipped": ("line.w = line.w.clamp(-1, 1)", "Line.w is a parameter"),
    "scaled at the start": ("line.w = line.w * 0.01", "Line.w is a parameter, but the result of mul is not"),
    "made again from a result": ("line.w = Value(random.random()) * 0.1", "Line.w is a parameter"),
    "by setattr": ("for name, p in list(line.named_parameters())[:1]: setattr(line, name, p - 0.1)", "Line.w is a parameter"),
    "a list of it": ("loss.backward(); line.vs = [p - lr * p.grad for p in line.vs]", r"Line.vs\[0\] is a parameter, but the result of sub is not"),
    "rows of it": ("line.rows = [[p * 0.5 for p in row] for row in line.rows]", r"Line.rows\[0\]\[0\] is a parameter"),
    "one in a list": ("loss.backward(); line.vs[0] = line.vs[0] - lr * line.vs[0].grad; line.parameters()", r"Line.vs\[0\] is a parameter"),
    "one in a row": ("line.rows[1][0] = line.rows[1][0] * 0.5; line.zero_grad()", r"Line.rows\[1\]\[0\] is a parameter"),
    "seen by an optimiser": ("line.vs[1] = line.vs[1] - 0.1; nn.optim.SGD(line.parameters(), lr=lr)", r"Line.vs\[1\] is a parameter"),
    "seen by state_dict": ("line.vs[1] = line.vs[1] - 0.1; line.state_dict()", r"Line.vs\[1\] is a parameter"),
    "after two updates": ("for _ in range(2): line.vs[0] = line.vs[0] - 0.1\nline.state_dict()", r"Line.vs\[0\] is a parameter"),
    "in a method of its own": (
        """
        class Own(Line):
            def update(self):
                self.w = self.w - lr * self.w.grad
        own = Own(); own(1.0).backward(); own.update()
        """,
        "Own.w is a parameter, but the result of sub is not",
    ),
    "in a layer": ("net = nn.Sequential(nn.Linear(2, 1, seed=0)); layer = net[0]; layer.weight[0][1] = layer.weight[0][1] - 0.1; net.parameters()", r"0.weight\[0\]\[1\] is a parameter"),
    "in the list of parameters": ("ps = line.parameters(); ps[0] = ps[0] - lr * ps[0].grad", r"would not be in the module: .*parameters\[0\].data -= lr"),
    # p -= lr * p.grad
    "of each parameter": ("loss.backward()\nfor p in line.parameters(): p -= lr * p.grad", "-= ... makes a new Value, and the old one keeps its number: write .*.data -= lr"),
    "before backward": ("for p in line.parameters(): p -= lr * p.grad", "-= ... makes a new Value"),
    "uphill": ("loss.backward()\nfor p in line.parameters(): p += lr * p.grad", r"\+= ... makes a new Value, .*.data \+= lr"),
    "decayed": ("loss.backward()\nfor p in line.parameters(): p *= 0.9", r"\*= ... makes a new Value, .*.data \*= 0.9"),
    "of a leaf in no_grad": ("(w * w).backward()\nwith no_grad(): w -= lr * w.grad", r"w -= ... makes a new Value, and the old one keeps its number: write w.data -= lr \* w.grad"),
    "of a list in no_grad": ("(ps[0] * ps[1]).backward()\nwith no_grad():\n    for p in ps: p -= lr * p.grad", "-= ... makes a new Value"),
    "by index in no_grad": ("(ps[0] * ps[1]).backward()\nwith no_grad():\n    for i in range(2): ps[i] -= lr * ps[i].grad", "-= ... makes a new Value"),
    "of a parameter in no_grad": ("loss.backward()\nwith no_grad():\n    for p in line.parameters(): p -= lr * p.grad", "-= ... makes a new Value"),
    "decayed in no_grad": ("(w * w).backward()\nwith no_grad(): w *= 0.99", r"w \*= ... makes a new Value, .* write w.data \*= 0.99"),
    "in a decorated function": ("(w * w).backward()\n@no_grad\ndef update(w): w -= lr * w.grad\nupdate(w)", "w -= ... makes a new Value"),
    # nothing to update
    "a generator that is used up": ("ps = (p for p in line.parameters()); n = len(list(ps)); nn.optim.SGD(ps, lr=lr)", "SGD: want parameters, got none: a generator yields its items only once, .* list"),
    "a map that is used up": ("ps = map(lambda p: p, line.parameters()); list(ps); nn.optim.Adam(ps)", "Adam: want parameters, got none: a map yields its items only once"),
    "in a group": ("ps = iter([w]); next(ps); nn.optim.SGD([{'params': [b]}, {'params': ps}], lr=lr)", "SGD: want parameters, got none: a list_iterator yields"),
    "clipped, used up": ("ps = iter([w]); list(ps); nn.utils.clip_grad_norm_(ps, 1.0)", "want parameters, got none: a list_iterator yields"),
    "a model without parameters": ("nn.optim.SGD(nn.Tanh().parameters(), lr=lr)", "SGD: want parameters to update, got none: a parameter is a Value that an attribute of a Module holds"),
    "compiled, used up": ("ps = iter([w]); list(ps); compile(lambda x: w * x, ps)", "compile: want parameters, got none"),
    "made of results": ("class Net(nn.Module):\n    def __init__(self): self.w = Value(0.3) * 0.1\nNet()", "Net.w would be the result of mul, which is not a parameter: .* as in Value"),
    "made of lists of results": ("class Net(nn.Module):\n    def __init__(self): self.w = [[Value(random.random()) - 0.5 for _ in range(2)] for _ in range(2)]\nNet()", r"Net.w\[0\]\[0\] would be the result of sub"),
    # no gradient
    "step before backward": ("nn.optim.SGD([w], lr=lr).step()", "SGD.step: no gradient has reached w. Call loss.backward"),
    "step of many": ("nn.optim.AdamW(line.parameters()).step()", "AdamW.step: no gradient has reached any of the 5 parameters, such as line.w"),
    "cleared in between": ("opt = nn.optim.SGD(line.parameters(), lr=lr); loss.backward(); opt.zero_grad(); opt.step()", "SGD.step: no gradient has reached any of the 5"),
    "another model": ("opt = nn.optim.RMSprop(Line().parameters()); loss.backward(); opt.step()", "RMSprop.step: no gradient"),
    "a copy": ("opt = nn.optim.SGD(line.parameters(), lr=lr); line = copy.deepcopy(line); line(1.0).backward(); opt.step()", "SGD.step: no gradient"),
    "made of data": ("opt = nn.optim.SGD(line.parameters(), lr=lr); loss = (Value(line(2.0).data) - 3.0) ** 2; loss.backward(); opt.step()", "not from their .data"),
    "detached": ("opt = nn.optim.SGD(line.parameters(), lr=lr); loss = (line(2.0).detach() - 3.0) ** 2; loss.backward(); opt.step()", "SGD.step: no gradient"),
    "with a closure": ("nn.optim.SGD([w], lr=lr).step(lambda: w * w)", "SGD.step: no gradient has reached w"),
    "with a schedule": ("opt = nn.optim.SGD([w], lr=lr); nn.optim.lr_scheduler.StepLR(opt, 2); opt.zero_grad(); opt.step()", "SGD.step: no gradient has reached w"),
    # a cut graph
    "the loss of no_grad": ("with no_grad(): loss = (line(2.0) - 3.0) ** 2\nloss.backward()", r"backward\(\) of loss: it was made inside no_grad\(\) or by detach\(\), .* Compute it outside"),
    "a detached loss": ("loss = loss.detach(); loss.backward()", r"backward\(\) of loss: it was made inside no_grad"),
    "a decorated loss": ("@no_grad()\ndef f(x): return line(x)\nf(2.0).backward()", "it was made inside no_grad"),
    "its gradient": ("with no_grad(): loss = w * w\ngrad(loss, [w])", "loss does not depend on w"),
    # a constructor that makes no result
    "micrograd's constructor": ("Value(0.5, (w,))", "an operation is made from formulas, .* autograd.op"),
    "with a set": ("Value(0.5, {w, b})", "an operation is made from formulas"),
    "with one operand": ("Value(0.5, w)", "an operation is made from formulas"),
    "with a name": ("Value(0.5, (w,), 'tanh')", "an operation is made from formulas"),
    # gradients that are not numbers
    "a grad that is a Value": ("w.grad = Value(1.0); (w * w).backward()", "want a real number as grad of Value.*: its .item"),
    "an update by such a grad": ("w.grad = Value(1.0); nn.optim.SGD([w], lr=lr).step()", "want a real number as grad of"),
    "decay of the Value": ("(w * w).backward(); w.grad += 0.1 * w; nn.optim.SGD([w], lr=lr).step()", "want a real number as grad of"),
    "data that is a Value": ("(w * w).backward(); w.data = w - lr * w.grad; w * w", "want a real number as data of"),
    # labels
    "hinge of classes": ("F.hinge_loss([w, b], [0, 1])", r"hinge_loss: want -1 or 1 as every target, got 0. For classes 0 and 1, write 2 \* y - 1"),
    "hinge of one class": ("F.hinge_loss(w, 0.0)", "hinge_loss: want -1 or 1 as every target, got 0.0"),
    # truth and comparison
    "if loss": ("if loss: pass", "the truth value of loss .* write loss.data != 0 for the first, loss is not None"),
    "while loss": ("while loss: break", "the truth value of loss"),
    "not loss": ("not w", "the truth value of w"),
    "and": ("w and b", "the truth value of w"),
    "any": ("any(ps)", "the truth value of"),
    "loss == 0": ("if loss == 0: pass", "loss == 0 compares a node of a graph with a number, .* write loss.data == 0"),
    "w != 1.0": ("w != 1.0", "w == 1.0 compares a node"),
    "a number in a list": ("2.0 in ps", "== 2.0 compares a node"),
    # options
    "an lr that nobody reads": ("opt = nn.optim.SGD([w], lr=lr); opt.lr = 0.5", r"SGD.lr has no effect on updates: write optimizer.param_groups\[0\]\['lr'\] = 0.5"),
}  # fmt: skip

RIGHT = {
    "by data": "loss.backward()\nfor p in line.parameters(): p.data -= lr * p.grad",
    "by data, replaced": "loss.backward()\nfor p in line.parameters(): p.data = p.data - lr * p.grad",
    "by data in no_grad": "loss.backward()\nwith no_grad():\n    for p in line.parameters(): p.data -= lr * p.grad; p.grad = 0.0",
    "micrograd's loop": "for k in range(3):\n    for p in ps: p.grad = 0.0\n    l = (ps[0] * 2.0 + ps[1]) ** 2; l.backward()\n    for p in ps: p.data += -0.1 * p.grad",
    "a leaf that is bound again": "for k in range(3):\n    l = (w - 3) ** 2; l.backward(); w = w - 0.1 * w.grad",
    "a leaf bound again in place": "for k in range(3):\n    l = (w - 3) ** 2; l.backward(); w -= 0.1 * w.grad",
    "a leaf made again": "for k in range(3):\n    l = (w - 3) ** 2; l.backward(); w = Value(w.data - 0.1 * w.grad)",
    "a parameter made again": "loss.backward(); line.w = Value(line.w.data - lr * line.w.grad); list(line.parameters())",
    "a parameter of no_grad": "loss.backward()\nwith no_grad(): line.w = line.w - lr * line.w.grad\nlen(line.parameters()) == 5 or 1 / 0",
    "a list of new parameters": "line.vs = [Value(p.data * 0.5) for p in line.vs]; line.state_dict()",
    "an optimiser": "opt = nn.optim.SGD(line.parameters(), lr=lr); opt.zero_grad(); loss.backward(); opt.step(); opt.zero_grad(); opt.step()",
    "a closure": "opt = nn.optim.SGD([w], lr=lr)\ndef closure():\n    opt.zero_grad(); l = w * w; l.backward(); return l\nopt.step(closure)",
    "accumulated": "opt = nn.optim.SGD(line.parameters(), lr=lr)\nfor k in range(4):\n    (line(k) / 2).backward()\n    if k % 2: opt.step(); opt.zero_grad()",
    "one of two reached": "opt = nn.optim.SGD([w, b], lr=lr); (w * w).backward(); opt.step()",
    "gradients of 0": "opt = nn.optim.SGD([w], lr=lr); opt.zero_grad(set_to_none=False); opt.step()",
    "gradients by hand": "w.grad = 2 * w.data; nn.optim.SGD([w], lr=lr).step()",
    "a schedule looked at": "opt = nn.optim.SGD([w], lr=lr); s = nn.optim.lr_scheduler.StepLR(opt, 2)\nfor _ in range(5): opt.step(); s.step()",
    "a schedule changes lr": "opt = nn.optim.SGD([w], lr=lr)\nfor group in opt.param_groups: group['lr'] *= 0.5",
    "an optimiser of one's own": "class Own(nn.optim.SGD):\n    def __init__(self, ps, lr): super().__init__(ps, lr=lr); self.lr = lr\nOwn([w], 0.1)",
    "a group that is empty": "opt = nn.optim.SGD([{'params': [w]}, {'params': []}], lr=lr); (w * w).backward(); opt.step()",
    "parameters looped over twice": "ps = line.parameters(); n = sum(1 for _ in ps); opt = nn.optim.SGD(ps, lr=lr)",
    "a fresh generator": "opt = nn.optim.SGD((p for p in line.parameters()), lr=lr); loss.backward(); opt.step()",
    "clipped": "loss.backward(); nn.utils.clip_grad_norm_(line.parameters(), 1.0); nn.utils.clip_grad_norm_([], 1.0)",
    "a running sum": "total = Value(0.0)\nfor k in range(3): total += line(k)\ntotal.backward()",
    "a running sum in no_grad": "total = Value(0.0)\nwith no_grad():\n    for k in range(3): total += line(k)\n    total /= 3",
    "numbers in place": "x = Value(2.0); x -= 1; x *= 3; x /= 2; x **= 2; x.backward()",
    "numbers in place in no_grad": "x = Value(2.0)\nwith no_grad(): x -= 1; x *= 3",
    "a moving average in no_grad": "avg = Value(0.0)\nwith no_grad():\n    for k in range(3): avg *= 0.9; avg += 0.1 * line(k)",
    "a bias comes first": "loss.backward(); out = line.w\nfor p in line.vs: out += p * 2.0\nout.backward()",
    "in forward": "class Net(nn.Module):\n    def __init__(self): self.w, self.b = Value(2.0), Value(1.0)\n    def forward(self, x): out = self.w; out *= x; out += self.b; return out\nn = Net()\nfor _ in range(2): n(3.0).backward()\nwith no_grad(): n(2.0)",
    "in micrograd's __call__": "class Net(nn.Module):\n    def __init__(self): self.w, self.b = Value(2.0), Value(1.0)\n    def __call__(self, x): out = self.w; out *= x; out += self.b; return out\nn = Net()\nfor _ in range(2): n(3.0).backward()\nwith no_grad(): n(2.0)",
    "a state in forward": "class Rnn(nn.Module):\n    def __init__(self): self.u, self.w, self.h = Value(0.5), Value(2.0), Value(0.0)\n    def forward(self, x): self.h = (self.u * self.h + self.w * x).tanh(); return self.h\nr = Rnn()\nfor x in (1.0, 2.0): out = r(x)\nout.backward(); r.h = Value(0.0)",
    "a state in a method": "class Rnn(nn.Module):\n    def __init__(self): self.u, self.w, self.h = Value(0.5), Value(2.0), Value(0.0)\n    def __call__(self, x): self.h = (self.u * self.h + self.w * x).tanh(); return self.h\nr = Rnn()\nfor x in (1.0, 2.0): out = r(x)\nout.backward()",
    "a list of states": "class Rnn(nn.Module):\n    def __init__(self): self.u, self.w, self.hs = Value(0.5), Value(2.0), [Value(0.0)]\n    def __call__(self, x): self.hs.append((self.u * self.hs[-1] + self.w * x).tanh()); return self.hs[-1]\nr = Rnn()\nfor x in (1.0, 2.0): out = r(x)\nr.parameters()",
    "positive weights": "class Net(nn.Module):\n    def __init__(self): self.logs = [Value(0.1), Value(0.2)]; self.scales = []\n    def __call__(self, x): self.scales = [p.exp() for p in self.logs]; return self.scales[0] * x\nn = Net()\nfor _ in range(2): n(2.0).backward(); n.parameters()",
    "an activation that remembers": "class Act(nn.Module):\n    def __init__(self): self.out = None\n    def __call__(self, x): self.out = x.tanh(); return self.out\na = Act()\nfor _ in range(2): a(w).backward(); a.parameters()",
    "initialised in no_grad": "class Net(nn.Module):\n    def __init__(self):\n        with no_grad(): self.w = [Value(random.random()) * 0.1 for _ in range(3)]\nassert len(Net().parameters()) == 3",
    "tied weights": "line.w = line.vs[0]; assert len(line.parameters()) == 4",
    "a copied model": "best = copy.deepcopy(line); opt = nn.optim.SGD(best.parameters(), lr=lr); best(1.0).backward(); opt.step()",
    "backward of a leaf": "w.backward(); assert w.grad == 1.0",
    "a detached leaf is used": "x = (w * b).detach(); (x * x).backward(); assert x.grad == 2.0",
    "a result of no_grad is used": "with no_grad(): target = w * b\n((w - target) ** 2).backward()",
    "evaluated in no_grad": "with no_grad(): print(line(2.0).data)",
    "hinge": "F.hinge_loss([w, b], [1, -1]).backward(); F.hinge_loss(w, -1.0); F.hinge_loss([w], [True])",
    "is it there": "assert line.w is not None and w.data != 0 and w.grad == 0 and not w.operands",
    "which is larger": "assert max(ps) is ps[0] and w > 0 and w >= b and sorted(ps) and (w < 3) and not w == b and w != b",
    "among nodes": "assert w in [b, w] and b not in [w] and {w: 1}[w] == 1 and [w, b].index(b) == 1 and (w == None) is False",
    "with other types": "assert w != 'w'",
    "a label that is a number": "assert [Value(0.0, label=i).label for i in range(2)] == ['0', '1']",
    "unpickled": "import pickle; opt = nn.optim.SGD(line.parameters(), lr=lr); loss.backward(); opt.step(); pickle.loads(pickle.dumps(opt)).state_dict()",
    "a subclass": "class Mine(Value):\n    def __add__(self, other): return 'mine'\nx = Mine(1.0); x += 2\nassert x == 'mine'",
}  # fmt: skip


def run(program):
    names = {
        "autograd": autograd, "nn": nn, "F": F, "Value": Value, "no_grad": no_grad, "grad": grad, "copy": copy, "random": random,
        "compile": compile, "itertools": itertools, "pytest": pytest,
    }  # fmt: skip
    exec(START, names)
    exec(dedent(program), names)


def test_the_tables_are_long():
    assert len(WRONG) >= 40 and len(RIGHT) >= 40


@pytest.mark.parametrize("program", WRONG)
def test_what_cannot_train_says_so(program):
    code, sentence = WRONG[program]
    with pytest.raises(AutogradError, match=sentence) as caught:
        run(code)
    assert len(str(caught.value)) < 400 and "\n" not in str(caught.value)


@pytest.mark.parametrize("program", RIGHT)
def test_what_trains_stays_silent(program, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(RIGHT[program])
    assert capsys.readouterr().err == ""


def test_what_is_refused_leaves_everything_as_it_was():
    model = nn.MLP(2, [2, 1], seed=0)
    before = model.state_dict()
    model([1.0, 2.0])[0].backward()
    with pytest.raises(AutogradError):
        model.layers[0].bias = [p * 0.5 for p in model.layers[0].bias]
    w = next(model.parameters())
    with pytest.raises(AutogradError), no_grad():
        w -= 0.1
    assert model.state_dict() == before and len(model.parameters()) == 9


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("way", ["train", "update"])
def test_compiled_training_says_the_same(backend, way):
    def go(step, optimizer, batch):
        return step.train([batch], optimizer, 2) if way == "train" else step.update(optimizer, *batch)

    model, other = nn.MLP(2, [2, 1], seed=0), nn.MLP(2, [2, 1], seed=1)

    def loss(x, y):
        return (model(x)[0] - y) ** 2

    def cut(x, y):
        with no_grad():
            return loss(x, y)

    batch = [[1.0, 2.0]], [1.0]
    for function, params, trained in (
        (loss, model, other),
        (cut, model, model),
        (lambda x, y: loss(x, y).detach(), model, model),
    ):
        step, optimizer = compile(function, params.parameters(), backend), nn.optim.SGD(trained.parameters(), lr=0.1)
        with pytest.raises(AutogradError, match="train: no gradient has reached any of the 9 parameters"):
            go(step, optimizer, batch)
    step = compile(lambda x, y: F.hinge_loss(model(x), [y]), model.parameters(), backend)
    with pytest.raises(AutogradError, match="hinge_loss: want -1 or 1"):
        go(step, nn.optim.SGD(model.parameters(), lr=0.1), ([[1.0, 2.0]], [0]))
    before = model.state_dict()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    go(compile(loss, model.parameters(), backend), optimizer, batch)
    assert model.state_dict() != before
    optimizer.zero_grad()
    optimizer.step()  # parameters have moved before, so this is allowed


def test_an_unhealthy_cut_is_told_by_detect_anomalies():
    w = Value(2.0, label="w")
    with no_grad():
        loss = w * w
    assert "was it made from .data, or inside no_grad()?" in str(detect_anomalies(loss))


def test_what_cannot_train_can_still_be_named_and_drawn():
    model = nn.MLP(2, [3, 1], seed=0)
    model.layers[0].weight[0][0] = model.layers[0].weight[0][0] - 0.1
    x = Value(0.5)
    with pytest.raises(AutogradError, match="x"):
        bool(x)
    (score,) = model([x, 1.0])
    assert "layers.1" in score.draw().source


def test_the_fix_can_be_typed():
    model = nn.MLP(2, [3, 1], seed=0)
    model([1.0, 2.0])[0].backward()
    with pytest.raises(AutogradError, match=r"write p\.data -= lr \* p\.grad$"):
        exec("for p in model.parameters(): p -= 0.1 * p.grad", {"model": model})
