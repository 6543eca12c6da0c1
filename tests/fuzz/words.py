"""One text, several engines: numbers of PyTorch and of mpmath that can be written as Values are.

An engine has `leaf(number)`, which gives a number to differentiate with respect to, and `apply(name, operands,
**options)`, which computes an operation of the table in autograd/ops.py, or a function of nn, by its name.
"""

from __future__ import annotations

import ast
import operator
import re
from contextlib import nullcontext
from types import SimpleNamespace

import autograd
import nn
from autograd.ops import BUILTIN, OPS

from . import layers

SCALAR = [name for name in BUILTIN if not OPS[name].wide]


class Word:
    """A number of another engine: its operators and methods are those of a Value."""

    __slots__ = ("engine",)
    __hash__ = object.__hash__

    def __getattr__(self, name):
        if name in SCALAR:
            return lambda *more: self.engine.apply(name, [self, *more])
        raise AttributeError(name)

    def __neg__(self):
        return self.engine.apply("neg", [self])

    def __pos__(self):
        return self

    def __abs__(self):
        return self.engine.apply("abs", [self])

    def clamp(self, min=None, max=None):
        above = self if min is None else self.clamp_min(min)
        return above if max is None else above.clamp_max(max)

    def item(self):
        return self.data


def _infix(name):
    def left(self, other):
        return self.engine.apply(name, [self, other])

    def right(self, other):
        return self.engine.apply(name, [other, self])

    return left, right


for _name, _sign in {
    "add": "add",
    "sub": "sub",
    "mul": "mul",
    "div": "truediv",
    "pow": "pow",
    "remainder": "mod",
}.items():
    _left, _right = _infix(_name)
    setattr(Word, f"__{_sign}__", _left)
    setattr(Word, f"__r{_sign}__", _right)


def _compared(compare):
    return lambda self, other: compare(self.data, getattr(other, "data", other))


for _sign in ("lt", "le", "gt", "ge"):
    setattr(Word, f"__{_sign}__", _compared(getattr(operator, _sign)))


def ours(seen):
    """Return the names of a program, as they are. What it calls seen() on is appended to the list."""
    names = {name: getattr(autograd, name) for name in autograd.__all__}
    return {**names, "nn": nn, "F": nn.functional, "seen": lambda *numbers: seen.extend(map(plain, numbers))}


def plain(number):
    """Return what a program shows: a number; a Value's data; nothing for a grad that was removed."""
    return number.data if hasattr(number, "data") else 0.0 if number is None else number


def names_for(engine, seen):
    """Return the same names for another engine."""

    def wide(name):
        return lambda *groups: engine.apply(name, groups)

    def listed(name):
        return lambda *xs: engine.apply(name, [xs[0] if len(xs) == 1 else xs])

    names = {
        name: lambda *operands, name=name: engine.apply(name, operands) for name in SCALAR if name not in ("abs", "pow")
    }
    names |= {name: wide(name) for name in ("dot", "total", "mean", "logsumexp", "surprisal")}
    names |= {"maximum": listed("maximum"), "minimum": listed("minimum"), "softmax": engine.softmax}
    names["clamp"] = lambda x, min=None, max=None: (x if isinstance(x, Word) else engine.leaf(x)).clamp(min, max)
    names |= {"no_grad": engine.no_grad, "atomic": nullcontext, "ieee": nullcontext}
    names |= {
        "Value": lambda number, label="": engine.leaf(number),
        "grad": engine.grad,
        "op": lambda *row, **more: own(engine, *row, **more),
    }
    functions = SimpleNamespace(**layers.functions(engine))
    modules = SimpleNamespace(**layers.modules(engine), functional=functions)
    modules.optim = engine.optim
    modules.utils = SimpleNamespace(clip_grad_norm_=engine.clip_grad_norm_)
    return {**names, "nn": modules, "F": functions, "seen": lambda *numbers: seen.extend(map(plain, numbers))}


def run(text, names):
    """Execute a program; returns its names."""
    exec(compile(text, "<program>", "exec"), names)
    return names


def leaves(names):
    """Return the Values of a program that gradients are wanted for: those that it gives a name, and the parameters of
    its modules, in order."""
    found = {}
    for thing in list(names.values()):
        for leaf in thing.parameters() if hasattr(thing, "parameters") and hasattr(thing, "forward") else [thing]:
            if isinstance(leaf, (autograd.Value, Word)) and leaf.is_leaf:
                found[id(leaf)] = leaf
    return list(found.values())


# --- Operations of one's own -------------------------------------------------------------------------------


def own(engine, name, symbol, value, *partials, defaults=None, **named):
    """Return a row given as text, for another engine, which reads the formulas by itself, as Python."""
    operands = list(named) or list("abcdefgh")[: len(partials)]
    lists = [operand for operand in operands if f"{operand}[i]" in value]
    formulas = [formula(text, lists) for text in (value, *(named.values() or partials))]

    def function(*given, **by_name):
        given = [*given, *[{**(defaults or {}), **by_name}[operand] for operand in operands[len(given) :]]]
        return engine.own(name, operands, lists, formulas, given)

    return function


def formula(text, lists):
    """Return a formula as a function of its names: ``s = exp(-a); 1 / (1 + s)``; sums and maxima get what they are over
    as a function of i."""
    *lets, last = [part.strip() for part in text.split(";")]
    steps = [(let.partition("=")[0].strip(), _code(let.partition("=")[2], lists)) for let in lets]
    result = _code(last, lists)

    def compute(names):
        names = {**names, "__builtins__": {}}
        for let, code in steps:
            names[let] = eval(code, names)
        return eval(result, names)

    return compute


def _code(text, lists):
    size = f"len({lists[0]})" if lists else "0"
    tree = ast.parse(text.strip(), mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.func.id in ("sum", "max"):
            over = ast.parse(f"lambda i: {ast.unparse(node.args[0])}", mode="eval").body
            node.args = [
                ast.ListComp(
                    ast.Call(over, [ast.Name("i", ast.Load())], []),
                    [
                        ast.comprehension(
                            ast.Name("i", ast.Store()), ast.parse(f"range({size})", mode="eval").body, [], 0
                        )
                    ],
                )
            ]
    text = re.sub(r"\bn\b", f"float({size})", ast.unparse(tree))
    return compile(text, "<formula>", "eval")
