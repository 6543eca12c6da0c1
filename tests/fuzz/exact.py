"""The program on numbers of 60 digits, with bounds on how far a float may be off: values, gradients, gradients of
gradients, and training.

It has a graph and reverse accumulation of its own, and shares nothing with the engine that it judges except the text of
the program.
"""

from __future__ import annotations

import math
from contextlib import contextmanager

from . import rows
from .bounds import BeyondError, add_up, bounded, fmod, function
from .words import Word


class Node(Word):
    """A number in a graph. number: bounded. given: the bounded operands when it was computed, from which its slopes are."""

    __slots__ = ("cut", "given", "grad", "number", "operands", "slopes")
    __hash__ = object.__hash__

    def __init__(self, engine, number, operands=(), given=(), slopes=None):
        self.engine, self.number, self.operands, self.given, self.slopes = engine, number, operands, given, slopes
        self.grad = bounded(0.0)
        self.cut = False  # made by detach(), or in no_grad()

    @property
    def data(self):
        return self.number

    @data.setter
    def data(self, number):
        self.number = bounded(number)

    @property
    def is_leaf(self):
        return not self.operands

    def detach(self):
        return self.engine.cut(self.number)

    def backward(self, gradient=1.0):
        if self.cut:
            raise BeyondError("no gradient flows back from here")
        for leaf, arrived in self.engine.gradients(self, bounded(gradient)).items():
            if leaf.is_leaf:
                leaf.grad = leaf.grad + arrived if leaf.reached else arrived

    @property
    def reached(self):
        return self.grad is not None and id(self) in self.engine.reached

    def zero_grad(self):
        for node in order(self):
            node.grad = bounded(0.0)
            self.engine.reached.discard(id(node))


def order(root):
    """Everything that a node depends on, operands first."""
    done, seen, stack = [], set(), [(root, False)]
    while stack:
        node, visited = stack.pop()
        if visited:
            done.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [
                (operand, False) for operand in node.operands if isinstance(operand, Node) and operand not in seen
            ]
    return done


class Exact:
    """The engine. tied: whether a maximum had equal operands."""

    def __init__(self):
        self.recording = True
        self.reached = set()
        self.kept = []  # so that no id in `reached` is given to another object
        self.tied = False
        self.optim = _Optimisers(self)

    def leaf(self, number):
        return Node(self, bounded(number))

    def cut(self, number):
        node = Node(self, number)
        node.cut = True
        return node

    def apply(self, name, groups):
        """Apply an operation to operands, or a wide one to lists."""
        if name in rows.WIDE:
            value, slopes = rows.WIDE[name]
        else:
            value, slopes = rows.SCALAR[name]
        return self._node(
            groups,
            lambda *given: value(*given),
            lambda given, out: slopes(*given, out=out),
            name in ("maximum", "minimum"),
        )

    def own(self, name, operands, lists, formulas, groups):
        """Return an operation that is given as formulas."""
        value, *partials = formulas

        def named(given):
            return {**dict(zip(operands, given)), **FORMULA}

        def slopes(given, out):
            found = []
            for operand, partial, group in zip(operands, partials, given):
                names = {**named(given), "out": out}
                found += (
                    [partial({**names, "i": i}) for i in range(len(group))] if operand in lists else [partial(names)]
                )
            return found

        return self._node(groups, lambda *given: bounded(value(named(given))), slopes)

    def _node(self, groups, value, slopes, ties=False):
        groups = [list(group) if isinstance(group, (list, tuple)) else group for group in groups]
        given = [list(map(_given, group)) if isinstance(group, list) else _given(group) for group in groups]
        number = bounded(
            value(
                *([bounded(x) for x in g] if isinstance(g, list) else None if g is None else bounded(g) for g in given)
            )
        )
        if ties and sum(x == number for x in map(bounded, given[0])) > 1:
            self.tied = True
        if not self.recording:
            return self.cut(number)
        flat = [x for group in groups for x in (group if isinstance(group, list) else [group])]
        return Node(self, number, tuple(flat), (groups, given), slopes)

    def gradients(self, root, seed):
        """d root / d node, for all nodes: bounded numbers, or nodes if the seed is one."""
        recorded = isinstance(seed, Node)
        arrived = {root: [seed]}
        found = {}
        for node in reversed(order(root)):
            if node not in arrived:
                continue
            shares = arrived.pop(node)
            total = shares[0] if len(shares) == 1 else _added(shares) if recorded else add_up(shares)
            found[node] = total
            self.kept.append(node)
            self.reached.add(id(node))
            if not node.operands:
                continue
            groups, given = node.given
            slopes = node.slopes(groups, node) if recorded else node.slopes(given, node.number)
            for operand, slope in zip(node.operands, slopes):
                if isinstance(operand, Node) and slope is not None:
                    arrived.setdefault(operand, []).append(slope * total if recorded else bounded(slope) * total)
        return found

    def grad(self, output, inputs, create_graph=False, allow_unused=False):
        wanted = [inputs] if isinstance(inputs, Node) else list(inputs)
        before = set(self.reached)
        found = self.gradients(output, self.leaf(1.0) if create_graph else bounded(1.0))
        self.reached = before
        results = [found.get(node, 0.0) for node in wanted]
        return tuple(x if isinstance(x, Node) else Node(self, bounded(x)) for x in results)

    @contextmanager
    def no_grad(self):
        before, self.recording = self.recording, False
        try:
            yield
        finally:
            self.recording = before

    # --- Functions of nn, spelled out ---

    def softmax(self, xs):
        xs = list(map(self._value, xs))
        top = self.apply("maximum", [xs])
        exps = [(x - top).exp() for x in xs]
        total = self.apply("total", [exps])
        return [e / total for e in exps]

    def log_softmax(self, xs):
        xs = list(map(self._value, xs))
        top = self.apply("maximum", [xs])
        scores = [x - top for x in xs]
        norm = self.apply("logsumexp", [scores])
        return [x - norm for x in scores]

    def cross_entropy(self, scores, target, label_smoothing=0.0):
        term = self.apply("surprisal", [scores, scores[target]])
        if not label_smoothing:
            return term
        others = self.apply("dot", [[-x for x in self.log_softmax(scores)], [1.0] * len(scores), None])
        return term * (1 - label_smoothing) + others * (label_smoothing / len(scores))

    def _value(self, x):
        return x if isinstance(x, Node) else self.leaf(x)

    def _reduced(self, terms):
        return terms[0] if len(terms) == 1 else self.apply("mean", [terms])

    def mse_loss(self, xs, ys):
        return self._reduced([(x - y) ** 2 for x, y in zip(map(self._value, xs), ys)])

    def l1_loss(self, xs, ys):
        return self._reduced([abs(x - y) for x, y in zip(map(self._value, xs), ys)])

    def hinge_loss(self, xs, ys):
        return self._reduced([(1 - x * y).relu() for x, y in zip(map(self._value, xs), ys)])

    def binary_cross_entropy_with_logits(self, xs, ys):
        return self._reduced([self.apply("logsumexp", [[0.0, x]]) - y * x for x, y in zip(map(self._value, xs), ys)])

    def clip_grad_norm_(self, parameters, limit):
        moved = [p for p in parameters if p.reached]
        norm = rows.sqrt(add_up([p.grad * p.grad for p in moved])) if moved else bounded(0.0)
        scale = limit / (norm + 1e-6)
        if not scale >= 1:
            for p in moved:
                p.grad = p.grad * scale
        return norm


def _given(x):
    """Return an operand as a bounded number; a constant stays one, since no slope with respect to it is wanted."""
    return x.number if isinstance(x, Node) else x


def _added(nodes):
    total = nodes[0]
    for node in nodes[1:]:
        total = total + node
    return total


def _call(name):
    compute = function(name)
    return lambda a: a.engine.apply(name, [a]) if isinstance(a, Word) else compute(bounded(a))


def _sum(terms):
    engine = next((x.engine for x in terms if isinstance(x, Word)), None)
    return engine.apply("total", [terms]) if engine else add_up(map(bounded, terms))


def _max(terms):
    engine = next((x.engine for x in terms if isinstance(x, Word)), None)
    return engine.apply("maximum", [terms]) if engine else rows._largest(terms)


# What a formula may call, for numbers of every engine.
FORMULA = {
    **{name: _call(name) for name in rows.FUNCTIONS}, "abs": abs, "pow": rows.power, "fmod": fmod, "sum": _sum, "max": _max, "len": len,
    "float": float, "range": range, "pi": math.pi,
}  # fmt: skip


# --- Optimisers --------------------------------------------------------------------------------------------


class _Optimisers:
    """nn.optim: the published rules (see nn/optim for the papers), on bounded numbers."""

    def __init__(self, engine):
        self.engine = engine

    def SGD(self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, maximize=False):  # noqa: N802
        def update(p, slope, kept):
            if not momentum:
                return p.data - lr * slope
            before = kept.get("m")
            kept["m"] = slope if before is None else momentum * before + (1 - dampening) * slope
            return p.data - lr * (slope + momentum * kept["m"] if nesterov else kept["m"])

        return _Optimiser(params, update, weight_decay, maximize)

    def Adam(  # noqa: N802
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, maximize=False, shrink=0.0
    ):
        beta1, beta2 = betas

        def update(p, slope, kept):
            step = kept["step"] = kept.get("step", 0) + 1
            mean, square = kept.get("mean", bounded(0.0)), kept.get("square", bounded(0.0))
            kept["mean"] = mean = mean + (1 - beta1) * (slope - mean)
            kept["square"] = square = beta2 * square + (1 - beta2) * slope * slope
            if amsgrad:
                largest = kept.get("largest", bounded(0.0))
                kept["largest"] = square = square if square > largest else largest
            rate = lr / (1 - bounded(beta1) ** step)
            scale = 1 / rows.sqrt(1 - bounded(beta2) ** step)
            data = p.data * (1 - lr * shrink) if shrink else p.data
            return data - rate * mean / (rows.sqrt(square) * scale + eps)

        return _Optimiser(params, update, weight_decay, maximize)

    def AdamW(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2, amsgrad=False, maximize=False):  # noqa: N802
        return self.Adam(params, lr, betas, eps, 0, amsgrad, maximize, shrink=weight_decay)

    def RMSprop(  # noqa: N802
        self, params, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False, maximize=False
    ):
        def update(p, slope, kept):
            kept["square"] = square = alpha * kept.get("square", bounded(0.0)) + (1 - alpha) * slope * slope
            if centered:
                mean = kept.get("mean", bounded(0.0))
                kept["mean"] = mean = mean + (1 - alpha) * (slope - mean)
                square = square - mean * mean
            move = slope / (rows.sqrt(square) + eps)
            if momentum:
                kept["m"] = move = momentum * kept.get("m", bounded(0.0)) + move
            return p.data - lr * move

        return _Optimiser(params, update, weight_decay, maximize)


class _Optimiser:
    def __init__(self, params, update, weight_decay, maximize):
        self.params, self.update, self.weight_decay, self.maximize = list(params), update, weight_decay, maximize
        self.kept = {id(p): {} for p in self.params}

    def zero_grad(self):
        for p in self.params:
            p.grad = bounded(0.0)
            p.engine.reached.discard(id(p))

    def step(self):
        if not any(p.reached for p in self.params):
            raise BeyondError("no gradient has reached anything")  # where our step() says that it cannot train
        for p in self.params:
            if p.reached:
                slope = -p.grad if self.maximize else p.grad
                slope = slope + self.weight_decay * p.data if self.weight_decay else slope
                p.data = self.update(p, slope, self.kept[id(p)])
