"""The backward pass, written out for each number of operands: the walk, and the chain rule itself.

>>> print(hand_on.text(2))
def hand_on_2(operands, partials, grad):
    o0, o1, = operands
    p0, p1, = partials
    if p0 is not None: o0.grad += p0 * grad
    if p1 is not None: o1.grad += p1 * grad
"""

from __future__ import annotations

from collections.abc import Callable

from .methods import define

__all__ = ["UNROLLED", "hand_on", "visit"]

UNROLLED = 64  # operands written out; above that they are a loop


class Unrolled(dict[int, Callable[..., None]]):
    """One step of the backward pass, written out for each number of operands when it is first met.

    A loop over 33 operands spends more on looping than on what is done with each of them.
    """

    def __init__(self, name: str, parameters: str, line: str, backwards: bool = False) -> None:
        self.name = name
        self.parameters = parameters
        self.line = line
        self.backwards = backwards

    def text(self, count: int) -> str:
        ks = range(count)[::-1] if self.backwards else range(count)
        lines = [f"def {self.name}_{count}({self.parameters}):"]
        if count <= UNROLLED:
            lines += [f"    {''.join(f'{x}{k}, ' for k in range(count)).rstrip()} = {xs}"
                      for x, xs in (("o", "operands"), ("p", "partials"))]  # fmt: skip
            lines += [f"    {self.line.format(k=k)}" for k in ks]
        else:
            step = "[::-1]" if self.backwards else ""
            lines += [f"    for o, p in zip(operands{step}, partials{step}):", f"        {self.line.format(k='')}"]
        return "\n".join(lines)

    def __missing__(self, count: int) -> Callable[..., None]:
        function = self[count] = define(self.text(count), f"{self.name}_{count}")
        return function


# The depth-first walk: what a node depends on is visited before it, its first operand first.
visit = Unrolled(
    "visit", "operands, partials, done, push",
    "if p{k} is not None and o{k}.operands and o{k}.grad is not done: push(o{k})", backwards=True,
)  # fmt: skip
# The chain rule: what reaches an operand through a node is the slope there times what reached the node.
hand_on = Unrolled("hand_on", "operands, partials, grad", "if p{k} is not None: o{k}.grad += p{k} * grad")
