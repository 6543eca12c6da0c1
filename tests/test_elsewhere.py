"""Names of torch, JAX, HIPS' autograd and micrograd are answered with what is written here, and all of that runs."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import math
import pydoc
import random
import re
import subprocess
import sys

import pytest

import autograd
import nn
from autograd import Value, grad, logsumexp
from autograd.elsewhere import known_names, sentence
from autograd.elsewhere.table import CALLED, TABLES

MODULES = [owner for owner in TABLES if owner not in ("Value", "nn.Module")]
NAMES = [(owner, name) for owner in TABLES for name in known_names(owner)]


def test_there_are_many_and_each_is_in_one_line():
    assert len(NAMES) > 300 and len(set(NAMES)) == len(NAMES)
    assert {"autograd", "Value", "nn", "nn.functional", "nn.optim", "nn.init", "nn.utils", "nn.Module"} <= {*TABLES}


def things():
    """Return the names that the pieces of Python mention."""
    x, w = Value(1.5, "x"), Value(0.5, "w")
    model = nn.Linear(2, 1, seed=0)
    f = x**2 * w
    f.backward()
    loss = model([1.0, 2.0])[0] ** 2
    loss.backward()
    names = {name: getattr(autograd, name) for name in autograd.__all__}
    return {
        **names, "autograd": autograd, "nn": nn, "math": math, "random": random, "itertools": itertools, "json": json,
        "x": x, "w": w, "f": f, "xs": [x, w], "ws": [w, x], "rows": [[x, w], [w, x]], "numbers": [0.5, 1.5, 0.25],
        "function": lambda v: v * v, "model": model, "loss": loss, "state": [0.5, 0.25],
        "optimizer": nn.optim.SGD(model.parameters(), lr=0.1), "m": {x: 0.0},
    }  # fmt: skip


def pieces():
    return sorted(
        {(owner, told) for owner, table in TABLES.items() for told in table.values()}
        | {(owner, told) for owner, table in CALLED.items() for told in table.values()}
    )


@pytest.mark.parametrize(("owner", "told"), pieces())
def test_what_is_suggested_runs(owner, told):
    names = things()
    names["function"].__name__ = "function"
    found = re.findall("`([^`]*)`", told)
    assert found or told.endswith("leave it out"), told
    for python in found:
        try:
            code = compile(python, told, "eval")
        except SyntaxError:
            exec(compile(python, told, "exec"), names)
        else:
            result = eval(code, names)
            if owner == "Value" and ("arcsin" in told or "lower case" in told):
                assert isinstance(result, Value)


@pytest.mark.parametrize("owner", MODULES)
def test_a_name_of_a_module_is_answered_however_it_is_asked_for(owner):
    module = importlib.import_module(owner)
    for name in known_names(owner):
        told = re.escape(sentence(owner, name))
        assert not hasattr(module, name), f"{owner}.{name} is there now: take {name} out of the table of {owner}"
        with pytest.raises(AttributeError, match=f"^module '{owner}' has no attribute '{name}': {told}$"):
            getattr(module, name)
        with pytest.raises(ImportError, match=f"^cannot import name '{name}' from '{owner}': {told}$"):
            exec(f"from {owner} import {name}")
        if hasattr(module, "__path__"):
            with pytest.raises(ModuleNotFoundError, match=f"^No module named '{owner}.{name}': {told}$"):
                exec(f"import {owner}.{name}")
        assert not hasattr(module, name)


def test_a_module_that_is_called_says_what_was_meant():
    for package, table in CALLED.items():
        for name, told in table.items():
            with pytest.raises(
                TypeError, match=re.escape(f"{package}.{name} is a module, which cannot be called: {told}")
            ):
                importlib.import_module(f"{package}.{name}")(2.0)
    for name in ("autograd.modes", "nn.shapes"):
        with pytest.raises(TypeError, match=f"^{name} is a module, which cannot be called$"):
            importlib.import_module(name)(2.0)


@pytest.mark.parametrize(("owner", "thing"), [("Value", Value(1.0)), ("nn.Module", nn.Linear(1, 1))])
def test_a_name_of_a_class_is_answered(owner, thing):
    kind = type(thing).__name__
    for name in known_names(owner):
        with pytest.raises(
            AttributeError, match=re.escape(f"{kind!r} object has no attribute {name!r}: {sentence(owner, name)}")
        ):
            getattr(thing, name)
        assert not hasattr(thing, name) and name not in dir(thing)
    assert {"backward", "tanh", "draw"} <= {*dir(Value(1.0))} and {"forward", "weight"} <= {*dir(nn.Linear(1, 1))}


def test_an_attribute_that_a_value_cannot_take_says_where_to_keep_it():
    p = Value(1.0)
    for name in known_names("Value"):
        with pytest.raises(AttributeError, match=re.escape(sentence("Value", name))):
            setattr(p, name, 0)
        with pytest.raises(AttributeError):
            delattr(p, name)
    with pytest.raises(AttributeError, match=r"keep such data beside it, `m = \{p: 0.0 for p in xs\}`"):
        p.m = 0


def test_subclasses_may_have_what_they_like():
    class Weight(Value):
        pass

    class Slotted(Value):
        __slots__ = ("m", "shape")

    class Net(nn.Module):
        draw = "drawn"

        def __init__(self):
            self.fit, self.w = 3, Value(2.0)

    p, q, net = Weight(1.0), Slotted(1.0), Net()
    p.m, q.m, p.color = 0.5, 0.25, "red"
    p.m += 1
    assert (p.m, q.m, p.color, net.fit, net.draw) == (1.5, 0.25, "red", 3, "drawn") and "m" in dir(p)
    del p.m
    assert not hasattr(p, "m") and (p * q).data == 1
    assert [name for name, _ in net.named_parameters()] == ["w"]


def test_help_lists_them_below_what_is_there():
    text = pydoc.render_doc(Value, renderer=pydoc.plaintext)
    assert (
        text.index("backward(self")
        < text.index("inherited from autograd.elsewhere.NamesOfOthers")
        < text.index("tolist")
    )
    assert "is_leaf" in text[: text.index("inherited from autograd.elsewhere.NamesOfOthers")]


def test_any_other_name_is_not_there_and_python_may_suggest_one():
    with pytest.raises(AttributeError, match=r"module 'nn' has no attribute 'Liner'$") as caught:
        _ = nn.Liner
    assert caught.value.name == "Liner" and caught.value.obj is nn
    for text in ("import autograd.nothing", "import nn.nothing"):
        with pytest.raises(ModuleNotFoundError, match=r"nothing'$"):
            exec(text)
    with pytest.raises(ImportError, match="cannot import name 'nothing' from 'autograd' \\("):
        exec("from autograd import nothing")


def test_a_fresh_interpreter_says_so_too():
    """There the interpreter has not specialised the code yet, or the code is in an imported file."""
    for text, told in (
        ("from autograd import Tensor", "ImportError: cannot import name 'Tensor' from 'autograd': `Value(2.0)`"),
        ("import autograd.numpy as np", "ModuleNotFoundError: No module named 'autograd.numpy': "),
        (
            "for _ in range(99):\n    try:\n        from nn import LSTM\n    except ImportError: pass\nfrom nn import LSTM",
            "from 'nn': a loop",
        ),
    ):
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
        assert told in done.stderr.splitlines()[-1]


# --- micrograd's constructor -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "made",
    [
        lambda x: Value(0.5, (x,)), lambda x: Value(0.5, (x,), "tanh"), lambda x: Value(0.5, {x}, "tanh"), lambda x: Value(0.5, (), "+"),
        lambda x: Value(0.5, _op="tanh"), lambda x: Value(0.5, [x], (1.0,)),
    ],
)  # fmt: skip
def test_a_result_made_by_hand_names_op(made):
    with pytest.raises(
        TypeError, match=r"an operation is made from formulas, not by the constructor.*autograd\.op\("
    ) as caught:
        made(Value(1.0))
    names = {"autograd": autograd, "x": Value(0.5)}
    for python in re.findall("`([^`]*)`", str(caught.value)):
        exec(python, names)
    with contextlib.suppress(KeyError):
        del autograd.ops.OPS["mytanh"]


def test_labels_of_any_kind_are_still_labels():
    assert [Value(1.0, label).label for label in ((), None, 3, (1, 2), "a")] == ["", "", "3", "(1, 2)", "a"]


def test_what_torch_asks_of_a_leaf():
    a = Value(2.0, requires_grad=True)
    b = a.clone()
    assert (a.is_leaf, b.is_leaf, a.requires_grad, b.retain_grad()) == (True, False, True, None)
    (b * b).backward()
    assert a.grad == 4 == b.grad and a.detach().is_leaf
    a.requires_grad = True
    for refused in (lambda: Value(2.0, requires_grad=False), lambda: setattr(a, "requires_grad", False)):
        with pytest.raises(ValueError, match="a Value always records"):
            refused()


def test_microgpts_names():
    a, b = Value(2.0), Value(3.0)
    f = a * b
    assert f._children == (a, b) and f._local_grads == (3.0, 2.0) and a._children == () == a._local_grads
    assert (a * a)._children == (a, a) and (a * 3)._children == (a,) and (a * 3)._local_grads == (3.0,)
    for name in ("_children", "_local_grads", "_prev", "_op"):
        with pytest.raises(AttributeError):
            setattr(f, name, ())


@pytest.mark.parametrize("target", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("score", [-40.0, -1.0, 0.0, 2.0, 30.0])
def test_cross_entropy_of_one_score_is_torchs(score, target, torchs):
    def theirs(torch):
        z = torch.tensor(score, dtype=torch.float64, requires_grad=True)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(z, torch.tensor(target, dtype=torch.float64))
        loss.backward()
        return loss, z.grad

    loss_torch, grad_torch = torchs(theirs)
    z = Value(score)
    loss = logsumexp([0.0, z]) - target * z
    assert loss.data == pytest.approx(loss_torch, rel=1e-12, abs=1e-14)
    assert grad(loss, z)[0].data == pytest.approx(grad_torch, rel=1e-12, abs=1e-14)
