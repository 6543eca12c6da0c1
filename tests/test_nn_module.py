"""Module: what counts as a parameter, its names, its state, and the scope of a call."""

from __future__ import annotations

import copy
import gc
import pickle
import threading

import pytest

import nn
from autograd import AutogradError, Value, no_grad
from autograd.modes import PARAMETER, here, shared
from autograd.value import NOT_REACHED


class Block(nn.Module):
    def __init__(self, shared_with=None):
        self.weight = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]
        self.scale = Value(5.0)
        self.heads = [nn.Linear(2, 1), nn.Linear(2, 1)]
        self.table = {"a": Value(6.0), "b": (Value(7.0), Value(8.0))}
        self.ragged = [[Value(9.0)], [Value(10.0), Value(11.0)]]
        self.mixed = [Value(12.0), 0.5, "text", None]
        self.first = shared_with or self.heads[0]
        self.inner_node = self.scale * 2
        self.constant = 3.0
        self.names = ["x", "y"]

    def forward(self, x):
        return [head(x)[0] * self.scale for head in self.heads]


def test_parameters_are_the_leaves_that_attributes_hold():
    block = Block()
    names = [name for name, _ in block.named_parameters()]
    assert names == [
        "weight[0][0]", "weight[0][1]", "weight[1][0]", "weight[1][1]", "scale", "table.a", "table.b[0]", "table.b[1]",
        "ragged.0[0]", "ragged.1[0]", "ragged.1[1]", "mixed.0",
        "heads.0.weight[0][0]", "heads.0.weight[0][1]", "heads.0.bias[0]",
        "heads.1.weight[0][0]", "heads.1.weight[0][1]", "heads.1.bias[0]",
    ]  # fmt: skip
    parameters = list(block.parameters())
    assert len(parameters) == len(set(parameters)) == len(names)
    assert all(a is b for a, (_, b) in zip(parameters, block.named_parameters()))
    assert all(p.scope is PARAMETER for p in parameters)
    assert block.inner_node not in parameters


def test_parameters_in_an_array_of_numpys_are_found():
    np = pytest.importorskip("numpy")

    class Model(nn.Module):
        def __init__(self):
            self.weight = np.array([[Value(1.0), Value(2.0)]])
            self.scale = np.array([1.0, 2.0])  # plain numbers are not parameters

        def forward(self, x):
            return (self.weight @ x)[0]

    model = Model()
    model(np.array([3.0, 4.0])).backward()
    assert [(name, p.grad) for name, p in model.named_parameters()] == [("weight[0][0]", 3.0), ("weight[0][1]", 4.0)]
    model.load_state_dict({"weight": [[5.0, 6.0]]})
    assert model.state_dict() == {"weight": [[5.0, 6.0]]} and model.weight[0, 1].data == 6.0


def test_a_parameter_is_marked_when_the_attribute_is_set_or_later_when_its_list_has_grown():
    module = nn.Module()
    module.weight = [Value(1.0)]
    assert module.weight[0].scope is PARAMETER
    module.weight.append(Value(2.0))
    assert list(module.parameters()) == module.weight
    assert module.weight[1].scope is PARAMETER
    module.double = module.weight[0] * 2  # a result is not a parameter, and is not marked
    assert module.double.scope is None and list(module.parameters()) == module.weight
    with no_grad():
        module.weight = Value(3.0) * 2  # a new number is a parameter
    assert [p.data for p in module.parameters()] == [6.0]


def test_what_forward_keeps_is_no_parameter():
    class Keeps(nn.Module):
        def __init__(self):
            self.w = Value(2.0)
            self.later = None

        def forward(self, x):
            self.seen = x
            if self.later is None:
                self.later = nn.Linear(1, 1)  # a layer made at the first call is a part of the module
            self.out = self.w * x
            return self.out

    module, x = Keeps(), Value(3.0)
    module(x)
    assert [name for name, _ in module.named_parameters()] == ["w", "later.weight[0][0]", "later.bias[0]"]
    assert x.scope is None and list(module.state_dict()) == ["w", "later.weight", "later.bias"]
    assert module.seen is x


def test_state_dict_and_back():
    block, other = Block(), Block()
    for i, parameter in enumerate(block.parameters()):
        parameter.data = i / 7
    state = block.state_dict()
    assert state["weight"] == [[0.0, 1 / 7], [2 / 7, 3 / 7]]
    assert state["first.weight"] == state["heads.0.weight"]  # shared: there under both names, as in torch
    other.load_state_dict(state)
    assert other.state_dict() == state
    kept = list(other.parameters())
    other.load_state_dict(pickle.loads(pickle.dumps(state)))
    assert list(other.parameters()) == kept  # the same Values, with new numbers


def test_a_state_that_does_not_fit_changes_nothing():
    model = nn.MLP(2, [3, 1], seed=0)
    before = model.state_dict()
    wrong = {**before, "layers.0.weight": [[0.0, 1.0]], "layers.0.bias": [0.0, [1.0], 2.0], "extra": 1.0}
    del wrong["layers.1.bias"]
    with pytest.raises(AutogradError) as error:
        model.load_state_dict(wrong)
    for part in (
        "layers.0.weight wants shape (3, 2), got shape (1, 2)",
        "layers.0.bias wants shape (3,), got rows of different shapes",
        "layers.1.bias is missing",
        "extra is not in this module",
    ):
        assert part in str(error.value)
    with pytest.raises(ValueError, match="wants shape"):
        model.load_state_dict(wrong, strict=False)
    with pytest.raises(TypeError, match=r"layers\.1\.bias, got the str"):
        model.load_state_dict({**before, "layers.1.bias": ["one"]})
    with pytest.raises(ValueError, match=r"MLP\.load_state_dict: want a dict by name, got the NoneType"):
        model.load_state_dict(None)
    assert model.state_dict() == before
    model.load_state_dict({"layers.1.bias": [7.0]}, strict=False)
    assert model.state_dict()["layers.1.bias"] == [7.0]


def test_modules_and_their_names():
    block = Block()
    assert [name for name, _ in block.named_modules()] == ["", "heads.0", "heads.1"]
    assert list(block.modules()) == [block, *block.heads]
    assert list(block.children()) == [*block.heads, block.heads[0]]
    model = nn.MLP(2, [3, 1])
    assert [name for name, _ in model.named_modules()] == ["", "layers", "layers.0", "layers.0.relu", "layers.1"]


def test_a_module_may_hold_the_one_that_holds_it():
    outer = nn.Sequential(nn.Linear(1, 1))
    outer[0].parent = outer
    assert len(list(outer.parameters())) == 2
    assert list(outer.state_dict()) == ["0.weight", "0.bias"]
    assert [name for name, _ in outer.named_modules()] == ["", "0"]


def test_modules_can_be_replaced_while_they_are_listed():
    model = nn.Sequential(nn.Linear(1, 1), nn.ReLU())
    for name, child in model.named_children():
        if isinstance(child, nn.ReLU):
            setattr(model, name, nn.Tanh())
    assert isinstance(model[1], nn.Tanh)


def test_train_and_eval_reach_every_module():
    model = nn.Sequential(nn.Linear(1, 1), nn.MLP(1, [1, 1]))
    assert model.training
    assert model.eval() is model and not any(module.training for module in model.modules())
    assert model.train() is model and all(module.training for module in model.modules())
    with pytest.raises(AutogradError, match="want True or False, got 20"):
        model.train(20)  # taken for the number of steps
    assert model.training


def test_zero_grad_takes_back_to_not_reached():
    model = nn.Linear(2, 1)
    model([1.0, 2.0])[0].backward()
    assert all(p.reached for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is NOT_REACHED for p in model.parameters())


def test_nodes_know_the_call_that_made_them():
    model = nn.MLP(2, [3, 1])
    (out,) = model([1.0, 2.0])
    linear, activation = out.scope, out.operands[0].scope
    assert linear.module is model.layers[1] and linear.parent.module is model and linear.parent.parent is None
    path = []
    while activation is not None:
        path.append(activation.module)
        activation = activation.parent
    assert path == [model.layers[0].relu, model.layers[0], model]
    assert (out * 2).scope is None
    (again,) = model([1.0, 2.0])
    assert again.scope is not out.scope  # two calls to one module are told apart


def test_the_scope_is_left_when_forward_fails():
    class Fails(nn.Module):
        def forward(self):
            raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        Fails()()
    assert here.scope is None and shared["scope"] is None


def test_threads_leave_no_scope_behind():
    inside, leave = threading.Event(), threading.Event()

    class Waits(nn.Module):
        def forward(self):
            inside.set()
            leave.wait(10)

    class Ends(nn.Module):
        def forward(self):
            leave.set()
            thread.join(10)

    thread = threading.Thread(target=Waits())
    thread.start()
    inside.wait(10)
    Ends()()  # entered while the other thread was inside, left after it
    assert (Value(1.0) * 2).scope is None


NET = """\
Net(
  (body): Sequential(
    (0): Linear(in_features=2, out_features=3, bias=True)
    (1): LeakyReLU(negative_slope=0.2)
  )
  (norm): RMSNorm((3,), eps=None, elementwise_affine=True)
  (empty): Module()
)"""


def net(nn):
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(2, 3), nn.LeakyReLU(0.2))
            self.norm = nn.RMSNorm(3)
            self.empty = nn.Module()

    return Net()


def test_repr_shows_the_structure():
    assert repr(net(nn)) == NET


def test_repr_is_torchs(torchs):
    assert torchs(lambda torch: repr(net(torch.nn))) == NET


@pytest.mark.parametrize("make", [
    lambda nn: nn.Linear(2, 3, bias=False), lambda nn: nn.Embedding(5, 3), lambda nn: nn.RMSNorm(4, 0.1),
    lambda nn: nn.LayerNorm(4), lambda nn: nn.LayerNorm(4, bias=False), lambda nn: nn.LayerNorm(4, elementwise_affine=False),
    lambda nn: nn.LeakyReLU(0.2), lambda nn: nn.Softmax(dim=-1), lambda nn: nn.Tanh(),
])  # fmt: skip
def test_the_repr_of_a_layer_is_torchs(make, torchs):
    assert repr(make(nn)) == torchs(lambda torch: repr(make(torch.nn)))


def test_copies_and_pickles():
    model = nn.Sequential(nn.Linear(2, 2, seed=0), nn.Tanh(), nn.Linear(2, 1, seed=1))
    model([1.0, 2.0])[0].backward()
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin.state_dict() == model.state_dict()
        assert [p.grad for p in twin.parameters()] == [p.grad for p in model.parameters()]
        assert not set(twin.parameters()) & set(model.parameters())
        assert all(p.scope is PARAMETER for p in twin.parameters())


def test_a_graph_made_by_modules_is_freed_by_reference_counting():
    model = nn.Sequential(nn.SelfAttention(2), nn.RMSNorm(2))
    model([[1.0, 2.0], [3.0, 4.0]])
    gc.collect()
    gc.disable()
    try:
        for out in model([[1.0, 2.0], [3.0, 4.0]]):
            out[0].backward()
        del out
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_module_in_the_style_of_micrograd_works():
    class Neuron(nn.Module):
        def __init__(self, n):
            self.w = [Value(0.5) for _ in range(n)]
            self.b = Value(0)

        def __call__(self, x):
            return sum((wi * xi for wi, xi in zip(self.w, x)), self.b).relu()

        def parameters(self):
            return [*self.w, self.b]

    neuron = Neuron(2)
    neuron([1.0, 2.0]).backward()
    assert [p.grad for p in neuron.parameters()] == [1.0, 2.0, 1.0]
    neuron.zero_grad()
    assert not any(p.reached for p in neuron.parameters())


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match="Module has no forward"):
        nn.Module()(1.0)
