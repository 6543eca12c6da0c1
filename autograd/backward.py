"""The backward pass, written out for each kind of node: the walk, and the chain rule itself.

>>> print(hand_on.text("vv"))
def hand_on_vv(operands, partials, grad):
    o0, o1, = operands
    p0, p1, = partials
    o0.grad += p0 * grad
    o1.grad += p1 * grad
"""

from __future__ import annotations

from collections.abc import Callable

from .methods import define

__all__ = ["UNROLLED", "hand_on", "visit"]

UNROLLED = 64  # operands written out; above that they are a loop


class Unrolled(dict[str, Callable[..., None]]):
    """One step of the backward pass, written out for each kind of node when it is first met.

    The key is a node's `kinds`, a v for each operand that is a Value and a c for each constant, which is passed
    over. A loop over 33 operands would spend more on looping and asking than on what is done with each of them.
    """

    def __init__(self, name: str, lists: str, others: str, line: str, backwards: bool = False) -> None:
        self.name = name
        self.lists = lists.split()
        self.parameters = ", ".join([*self.lists, *others.split()])
        self.line = line
        self.backwards = backwards

    def text(self, kinds: str) -> str:
        """The source of the step for nodes of these kinds."""
        places = [k for k, kind in enumerate(kinds) if kind == "v"]
        lines = [f"def {self.name}_{kinds if len(kinds) <= UNROLLED else len(kinds)}({self.parameters}):"]
        if len(kinds) <= UNROLLED:
            for name in self.lists:
                unpacked = (f"{name[0]}{k}, " if kind == "v" else "_, " for k, kind in enumerate(kinds))
                lines.append(f"    {''.join(unpacked).rstrip() or '()'} = {name}")
            lines += [f"    {self.line.format(k=k)}" for k in (places[::-1] if self.backwards else places)]
        else:
            turn = "[::-1]" if self.backwards else ""
            zipped = ", ".join(f"{name}{turn}" for name in self.lists)
            each = ", ".join(name[0] for name in self.lists)
            if len(places) == len(kinds):
                lines += [f"    for {each} in {f'zip({zipped})' if self.lists[1:] else zipped}:"]
                lines += [f"        {self.line.format(k='')}"]
            else:
                lines += [f"    for {each}, kind in zip({zipped}, {kinds[::-1] if self.backwards else kinds!r}):"]
                lines += [f'        if kind == "v":\n            {self.line.format(k="")}']
        return "\n".join(lines)

    def __missing__(self, kinds: str) -> Callable[..., None]:
        function = self[kinds] = define(self.text(kinds), self.text(kinds).split("(")[0].removeprefix("def "))
        return function


# The depth-first walk: what a node depends on is visited before it, its first operand first. Leaves keep their grad, and
# need no visit; one whose grad was set to anything but a float is visited: None, as in PyTorch, starts afresh.
visit = Unrolled(
    "visit",
    "operands",
    "done push",
    "if (o{k}.operands or o{k}.grad is not NOT_REACHED and type(o{k}.grad) is not float) "
    "and o{k}.grad is not done: push(o{k})",
    backwards=True,
)
# The chain rule: what reaches an operand through a node is the slope there times what reached the node.
hand_on = Unrolled("hand_on", "operands partials", "grad", "o{k}.grad += p{k} * grad")
