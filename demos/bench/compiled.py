"""The workloads on scalar-autograd's compile(): traced before the clock starts, replayed while it runs.

A Replay makes one update at a time, after which every Value is up to date. A Training leaves the updates to step.train,
UPDATES of them in one call.
"""

from __future__ import annotations

import nn.functional as F
from autograd import Value, compile, dot
from nn.optim import SGD

from ..models.gpt import signs_of
from .ours import gpt_model, moons_model
from .scalar import chained
from .scalar import expression as expression_of_two
from .works import DECAY, DOCUMENT, moons_data

__all__ = ["prepared_c", "replay_c", "replay_python", "train_c", "train_python"]

UPDATES = {"python": 100, "c": 5_000}


class _Compiled:
    """What both modes share: the steps, by backend."""

    def __init__(self, backend):
        self.backend = backend

    def _expression(self):
        a, b = Value(-4.0), Value(2.0)
        return compile(lambda *_: expression_of_two(a, b), [a, b], self.backend), [a, b]

    def _moons(self):
        model, parameters, optimizer = moons_model()

        def loss(x, side):
            return F.hinge_loss(model(x), [side]) + DECAY * dot(parameters, parameters)

        return compile(loss, parameters, self.backend), parameters, optimizer, moons_data()

    def _gpt(self):
        model, parameters, optimizer = gpt_model()

        def loss(signs):
            return F.cross_entropy(model(signs[:-1]), signs[1:])

        return compile(loss, parameters, self.backend), parameters, optimizer, ([signs_of(DOCUMENT)],)


class Replay(_Compiled):
    """step() or step.update()."""

    is_prepared = False

    def expression(self):
        step, (a, b) = self._expression()

        def run():
            a.grad = b.grad = 0.0
            return [step(), a.grad, b.grad]

        return run

    def moons(self):
        return self._updates(*self._moons())

    def gpt(self):
        return self._updates(*self._gpt())

    def chain(self, length):
        x = Value(1.0)
        step = compile(lambda: chained(x, length), [x], self.backend)
        # The first call traces and compiles, and the second checks itself. Otherwise the longest chains would measure
        # this too.
        step(), step()

        def run():
            x.grad = 0.0
            return [step(), x.grad]

        return run

    def _updates(self, step, parameters, optimizer, columns):
        if self.is_prepared:
            columns = [step.prepare(*columns)]

        def run():
            loss = step.update(optimizer, *columns)
            return lambda: [loss, *(p.grad for p in parameters)]

        return run


class Prepared(Replay):
    """step.update() on a batch that was prepared once."""

    is_prepared = True
    chain = property()  # has no batch


class Training(_Compiled):
    """step.train(): losses, gradients and updates stay inside until somebody looks at a Value."""

    def expression(self):
        step, parameters = self._expression()
        return self._train(step, parameters, SGD(parameters, lr=0.0), ([0.0],))

    def moons(self):
        return self._train(*self._moons())

    def gpt(self):
        return self._train(*self._gpt())

    def _train(self, step, parameters, optimizer, columns):
        answer = []

        def run():
            if answer:
                step.train([columns], optimizer, UPDATES[self.backend])
            else:
                answer.extend(step.train([columns], optimizer, 1))
                answer.extend(p.grad for p in parameters)
            return answer

        run.count = UPDATES[self.backend]
        return run


replay_python, replay_c, prepared_c = Replay("python"), Replay("c"), Prepared("c")
train_python, train_c = Training("python"), Training("c")
