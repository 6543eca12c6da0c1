"""The program on PyTorch's tensors of float64: each function is the one that matches, such as cross_entropy, not a log of a softmax."""

from __future__ import annotations

import math
from types import SimpleNamespace

from .words import Word


class Tensor(Word):
    """A scalar tensor that can be written as a Value is."""

    __slots__ = ("tensor",)
    __hash__ = object.__hash__

    def __init__(self, engine, tensor):
        self.engine, self.tensor = engine, tensor

    @property
    def data(self):
        return self.tensor.item()

    @data.setter
    def data(self, number):
        self.tensor.data.fill_(float(number))

    @property
    def grad(self):
        return 0.0 if self.tensor.grad is None else self.tensor.grad.item()

    @grad.setter
    def grad(self, number):
        self.tensor.grad = None if number is None else self.tensor.detach().new_tensor(float(number))

    @property
    def is_leaf(self):
        return self.tensor.is_leaf and self.tensor.requires_grad

    def detach(self):
        return Tensor(self.engine, self.tensor.detach().clone().requires_grad_())

    def backward(self, gradient=1.0):
        if self.tensor.requires_grad:
            self.tensor.backward(self.tensor.new_tensor(gradient), retain_graph=True)


class Torch:
    """The engine."""

    def __init__(self, torch):
        self.torch, self.F = torch, torch.nn.functional
        self.no_grad = torch.no_grad
        self.optim = SimpleNamespace(**{name: self._optimiser(name) for name in ("SGD", "Adam", "AdamW", "RMSprop")})

    def leaf(self, number):
        return Tensor(self, self.torch.tensor(float(number), dtype=self.torch.float64, requires_grad=True))

    def tensor(self, x):
        return x.tensor if isinstance(x, Tensor) else self.torch.tensor(float(x), dtype=self.torch.float64)

    def stack(self, xs):
        return self.torch.stack([self.tensor(x) * 1.0 for x in xs])  # without * 1.0, their grads may share memory

    def wrap(self, tensor):
        return Tensor(self, tensor)

    def rows(self, tensor):
        return [Tensor(self, x) for x in tensor.unbind()]

    def apply(self, name, operands):
        method = getattr(self, f"_{name}", None)
        if method:
            return self.wrap(method(*operands))
        tensors = [self.tensor(x) for x in operands]
        return self.wrap((getattr(self.torch, name, None) or getattr(self.F, name))(*tensors))

    # What torch calls by a different name, or expects in a different form.

    def _clone(self, a):
        return self.tensor(a).clone()

    def _leaky_relu(self, a, slope=0.01):
        return self._sided(a, lambda x: x * self.tensor(slope), slope, lambda x, number: self.F.leaky_relu(x, number))

    def _elu(self, a, alpha=1.0):
        return self._sided(
            a, lambda x: self.torch.expm1(x) * self.tensor(alpha), alpha, lambda x, number: self.F.elu(x, number)
        )

    def _sided(self, a, below, option, function):
        """Return a function that passes a plain number to torch as an option, and spells out what is differentiated."""
        x = self.tensor(a)
        if not isinstance(option, Tensor):
            return function(x, option)
        return self.torch.where(x > 0, x, below(x.clamp(max=0)))  # above 0, the option has a slope, which is 0

    def _softplus(self, a):
        return self.F.softplus(self.tensor(a))

    def _silu(self, a):
        return self.F.silu(self.tensor(a))

    def _gelu(self, a):
        return self.F.gelu(self.tensor(a))

    def _clamp_min(self, a, low):
        return self.torch.clamp(self.tensor(a), min=self.tensor(low))

    def _clamp_max(self, a, high):
        return self.torch.clamp(self.tensor(a), max=self.tensor(high))

    def _where(self, condition, a, b):
        condition = self.tensor(condition)  # here, the option has a slope, which is 0
        return self.torch.where(condition != 0, self.tensor(a), self.tensor(b)) + 0.0 * condition

    def _dot(self, xs, ws, bias=None):
        product = self.torch.dot(self.stack(xs), self.stack(ws))
        return product if bias is None else product + self.tensor(bias)

    def _total(self, xs):
        return self.stack(xs).sum()

    def _mean(self, xs):
        return self.stack(xs).mean()

    def _maximum(self, xs):
        return self.torch.amax(self.stack(xs), 0)

    def _minimum(self, xs):
        return self.torch.amin(self.stack(xs), 0)

    def _logsumexp(self, xs):
        return self.torch.logsumexp(self.stack(xs), 0)

    def _surprisal(self, xs, x):
        for k, score in enumerate(xs):
            if score is x:
                return self.F.cross_entropy(self.stack(xs), self.torch.tensor(k))
        return self._logsumexp(xs) - self.tensor(x)

    def own(self, name, operands, lists, formulas, groups):
        """Return an operation given as formulas: its value, whose slopes torch finds by itself."""
        functions = {
            name: getattr(self.torch, name)
            for name in ["exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "atan", "sinh", "cosh", "erf"]
        }
        names = {**functions, "sum": lambda terms: self.torch.stack(terms).sum(), "max": lambda terms: self.torch.amax(self.torch.stack(terms), 0),
                 "pow": self.torch.pow, "abs": abs, "len": len, "float": float, "range": range, "pi": math.pi}  # fmt: skip
        given = [
            [self.tensor(x) for x in group] if operand in lists else self.tensor(group)
            for operand, group in zip(operands, groups)
        ]
        return self.wrap(formulas[0]({**names, **dict(zip(operands, given))}) + self.tensor(0.0))

    def grad(self, output, inputs, create_graph=False, allow_unused=False):
        wanted = [inputs] if isinstance(inputs, Tensor) else list(inputs)
        found = [None] * len(wanted)
        if output.tensor.requires_grad:
            found = self.torch.autograd.grad(
                output.tensor,
                [x.tensor for x in wanted],
                create_graph=create_graph,
                retain_graph=True,
                allow_unused=True,
            )
        return tuple(self.leaf(0.0) if g is None else self.wrap(g) for g in found)

    def softmax(self, xs):
        return self.rows(self.F.softmax(self.stack(xs), 0))

    def log_softmax(self, xs):
        return self.rows(self.F.log_softmax(self.stack(xs), 0))

    def cross_entropy(self, scores, target, label_smoothing=0.0):
        target = self.torch.tensor(target)
        return self.wrap(self.F.cross_entropy(self.stack(scores), target, label_smoothing=label_smoothing))

    def mse_loss(self, xs, ys):
        return self.wrap(self.F.mse_loss(self.stack(xs), self.stack(ys)))

    def l1_loss(self, xs, ys):
        return self.wrap(self.F.l1_loss(self.stack(xs), self.stack(ys)))

    def binary_cross_entropy_with_logits(self, xs, ys):
        return self.wrap(self.F.binary_cross_entropy_with_logits(self.stack(xs), self.stack(ys)))

    def hinge_loss(self, xs, ys):
        return self.wrap(self.torch.relu(1 - self.stack(xs) * self.stack(ys)).mean())

    def _optimiser(self, name):
        return lambda params, **options: getattr(self.torch.optim, name)(
            [p.tensor for p in params], foreach=False, **options
        )

    def clip_grad_norm_(self, parameters, limit):
        return self.torch.nn.utils.clip_grad_norm_([p.tensor for p in parameters], limit).item()
