"""Random programs as short Python texts. Each seed gives one sequence of programs.

A program defines leaves, modules, operations of its own, and `loss()`, which computes a number from them; then() does
with it what programs do: backward passes, changes of data, training, gradients of gradients. What then() calls seen()
on is compared.
"""

from __future__ import annotations

import random

UNARY = {
    "neg": "-{}", "abs": "abs({})", "exp": "{}.tanh().exp()", "expm1": "{}.sin().expm1()", "log": "({0} * {0} + 0.5).log()",
    "log1p": "({0} * {0}).log1p()", "exp2": "{}.tanh().exp2()", "log2": "(abs({}) + 0.25).log2()", "log10": "(abs({}) + 0.25).log10()",
    "sqrt": "({0} * {0} + 0.5).sqrt()", "square": "{}.square()", "reciprocal": "(abs({}) + 0.5).reciprocal()", "sin": "{}.sin()",
    "cos": "{}.cos()", "tan": "{}.tanh().tan()", "asin": "(0.9 * {}.tanh()).asin()", "acos": "(0.9 * {}.sin()).acos()",
    "atan": "{}.atan()", "sinh": "{}.tanh().sinh()", "cosh": "{}.sin().cosh()", "asinh": "{}.asinh()", "acosh": "({0} * {0} + 1.5).acosh()",
    "atanh": "(0.9 * {}.tanh()).atanh()", "erf": "{}.erf()", "tanh": "{}.tanh()", "sigmoid": "{}.sigmoid()", "relu": "{}.relu()",
    "leaky_relu": "{}.leaky_relu()", "leaky": "{}.leaky_relu(0.2)", "softplus": "{}.softplus()", "silu": "{}.silu()", "elu": "{}.elu()",
    "elu2": "{}.elu(0.5)", "gelu": "{}.gelu()", "power": "{} ** 2", "cube": "{} ** 3", "inverse": "(abs({}) + 0.5) ** -1.5",
    "root": "({0} * {0} + 0.25) ** 0.5", "base": "2 ** {}.tanh()", "clamp": "{}.clamp(-0.8, 0.9)", "plus": "1 + {}", "minus": "2 - {}",
    "half": "{} / 2", "over": "1 / ({0} * {0} + 1)", "remainder": "{} % 1.7", "clone": "{}.clone()", "detach": "{}.detach()",
    "times": "0.5 * {}", "sign": "{}.sign()",
}  # fmt: skip
BINARY = {
    "add": "{} + {}", "sub": "{} - {}", "mul": "{} * {}", "div": "{0} / ({1} * {1} + 0.5)", "pow": "({0} * {0} + 0.5) ** {1}", "atan2": "{}.atan2({})",
    "clamp_min": "{}.clamp_min({})", "clamp_max": "{}.clamp_max({})", "where": "where({}.relu(), {}, {})", "fmod": "{}.fmod(abs({}) + 0.7)",
    "slope": "{}.leaky_relu({})", "alpha": "elu({}, {})", "product": "{} * {}", "less": "{} - {}",
}  # fmt: skip
WIDE = (
    "dot",
    "bias",
    "total",
    "mean",
    "maximum",
    "minimum",
    "logsumexp",
    "surprisal",
    "softmax",
    "log_softmax",
    "cross_entropy",
    "mse",
    "l1",
    "hinge",
    "bce",
)
MODULES = (
    ("linear", "nn.Linear(2, 2, seed={})"), ("mlp", 'nn.MLP(2, [3, 2], "{activation}", seed={})'), ("norm", "nn.LayerNorm(2)"), ("rms", "nn.RMSNorm(2)"),
    ("table", "nn.Embedding(3, 2, seed={})"), ("attention", "nn.SelfAttention(2, seed={})"),
)  # fmt: skip
ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "silu", "softplus", "leaky_relu")
OWN = (
    'cube = op("cube", "cube", "a * a * a", "3 * a ** 2")',
    'bell = op("bell", "bell", "exp(-a ** 2 * b ** 2)", "-2 * a * b ** 2 * out", "-2 * b * a ** 2 * out")',
    'ramp = op("ramp", "ramp", "(a if a > 0 else 0.5 * a) + b", "1 if a > 0 else 0.5", "1")',
    'swish = op("swish", "swish", "s = exp(-k * a); a / (1 + s)", a="s = exp(-k * a); (1 + s + k * a * s) / (1 + s) ** 2", k="s = exp(-k * a); a * a * s / (1 + s) ** 2", defaults={"k": 1.5})',
    'lean = op("lean", "lean", "a + (b - a * b) + (a * a - b)", "1 - b + 2 * a", "-a")',
    'power = op("power", "power", "sum(xs[i] * xs[i]) / n", xs="2 * xs[i] / n")',
    'gap = op("gap", "gap", "k * sum((xs[i] - 1) ** 2) - sum(xs[i])", xs="2 * k * (xs[i] - 1) - 1", k="sum((xs[i] - 1) ** 2)")',
)
CALLS = {
    "cube": "cube({})", "bell": "bell({}, {})", "ramp": "ramp({}, {})", "swish": "swish({}, {})", "lean": "lean({}, {})", "power": "power([{}, {}, {}])", "gap": "gap([{}, {}], {})",
}  # fmt: skip
EXTREME = (1e-300, 1e300, -1e160, 1e16, -1e9, 5e-324, 1e-16, 700.0, -745.0, 40.0, 0.0, -0.0, 1.0, 1e5, 1e154)
OPTIMISERS = (
    "SGD({}, lr=0.05)", "SGD({}, lr=0.05, momentum=0.9)", "SGD({}, lr=0.05, momentum=0.8, nesterov=True)", "SGD({}, lr=0.1, momentum=0.5, dampening=0.3)",
    "SGD({}, lr=0.05, weight_decay=0.1)", "SGD({}, lr=0.02, maximize=True)", "Adam({}, lr=0.05)", "Adam({}, lr=0.05, betas=(0.8, 0.9), eps=1e-4)",
    "Adam({}, lr=0.05, weight_decay=0.1)", "Adam({}, lr=0.05, amsgrad=True)", "AdamW({}, lr=0.05)", "AdamW({}, lr=0.05, weight_decay=0.2)",
    "RMSprop({}, lr=0.02)", "RMSprop({}, lr=0.02, momentum=0.5)", "RMSprop({}, lr=0.02, centered=True)",
)  # fmt: skip


def program(seed: int, number: int) -> str:
    """Return the program of that number among those of the seed."""
    return Writer(random.Random(seed * 1_000_003 + number)).text()


class Writer:
    """Writes one program."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.head: list[str] = []  # leaves, modules, operations
        self.body: list[str] = []
        self.names: list[str] = []  # numbers to compute with
        self.leaves: list[str] = []
        self.modules: dict[str, str] = {}  # the kind of each by its name
        self.own: list[str] = []
        self.loops: list[str] = []  # the variables that change in a loop
        self.made = 0

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def one(self, things):
        return things[int(self.rng.random() * len(things))]

    def below(self, n: int) -> int:
        return int(self.rng.random() * n)

    def text(self) -> str:
        kind = self.rng.random()
        if kind < 0.004:
            return self.long()
        self.extreme = kind < 0.06
        self.damped = not self.extreme and self.chance(0.6)
        for k in range(1 + self.below(3)):
            self.leaf(f"{'xyz'[k]}")
        if self.chance(0.25):
            for k in range(1 + self.below(2)):
                self.module(f"m{k}")
        if self.chance(0.2):
            self.own = sorted({self.below(len(OWN)) for _ in range(1 + self.below(2))})
            self.head += [OWN[k] for k in self.own]
        arguments = ["s", "t"][: self.below(3)] if self.chance(0.4) else []
        self.names = [*self.leaves, *arguments, *self.names]
        self.settle(1 + self.below(6) + (self.below(8) if self.chance(0.3) else 0))
        given = ", ".join(f"{name}={self.number()}" for name in arguments)
        lines = [
            *self.head,
            "",
            f"def loss({given}):",
            *(f"    {line}" for line in self.body),
            f"    return {self.result()}",
        ]
        lines += ["", "def then():", *(f"    {line}" for line in self.then())]
        return "\n".join(lines) + "\n"

    # --- Numbers ---

    def number(self) -> str:
        if self.chance(0.1):
            return self.one(("1", "2", "0.5", "-1.0", "3", "0.25", "-2", "1.5", "0", "-0.0"))
        return repr(round(self.rng.uniform(-2, 2), 2) or 0.25)

    def leaf(self, name: str) -> None:
        number = (
            repr(self.one(EXTREME))
            if self.extreme and self.chance(0.6)
            else repr(round(self.rng.uniform(-2, 2), self.one((1, 2, 15))) or 0.5)
        )
        self.head.append(f"{name} = Value({number})")
        self.leaves.append(name)

    def module(self, name: str) -> None:
        kind, text = self.one(MODULES)
        self.modules[name] = kind
        self.head.append(f"{name} = {text.format(self.below(9), activation=self.one(ACTIVATIONS))}")
        twins = [other for other, its in self.modules.items() if its == kind and other != name]
        if kind == "linear" and twins and self.chance(0.7):
            self.head.append(f"{name}.weight = {twins[0]}.weight")

    def pick(self) -> str:
        """Return a number made earlier: the latest, or any other."""
        if self.names and self.chance(0.4):
            return self.names[-1 - self.below(min(3, len(self.names)))]
        return self.one(self.names)

    def operand(self) -> str:
        return self.number() if self.chance(0.12) else self.pick()

    # --- Statements of loss() ---

    def settle(self, count: int, indent: str = "", blocks: bool = True) -> None:
        for _ in range(count):
            self.statement(indent, blocks)

    def statement(self, indent: str, blocks: bool) -> None:
        if blocks and self.chance(0.16):
            return self.block(indent)
        if self.modules and self.chance(0.35):
            return self.call_module(indent)
        self.assign(self.expression(), indent)
        return None

    def assign(self, text: str, indent: str) -> None:
        changing = [name for name in self.names if name.startswith("v")]
        if changing and self.chance(0.15):
            name = self.one(changing)
            sign = self.one(("+=", "-=", "*="))
            self.body.append(f"{indent}{name} {sign} {text}")
        else:
            name = f"v{self.made}"
            self.made += 1
            damped = f"2 * ({text}).tanh()" if self.damped and self.chance(0.3) and not text.startswith("0") else text
            self.body.append(f"{indent}{name} = {damped}")
            self.names.append(name)

    def expression(self) -> str:
        kind = self.rng.random()
        if self.own and self.chance(0.3):
            call = CALLS[OWN[self.one(self.own)].partition(" ")[0]]
            return call.format(*(self.pick() for _ in range(3)))
        if kind < 0.34:
            return UNARY[self.one([*UNARY])].format(self.value())
        if kind < 0.72:
            first, second = self.value(), self.value() if self.chance(0.85) else self.number()
            name = self.one([*BINARY])
            if name in ("add", "sub", "mul", "product", "less") and self.chance(0.3):
                second = self.operand()
                if self.chance(0.5):
                    first, second = second, first
                if not any(part in self.values() for part in (first, second)):
                    first = self.value()
            return BINARY[name].format(first, second, self.value())
        return self.wide(self.one(WIDE))

    def values(self) -> list[str]:
        """Return the names of Values: an argument of loss() is a plain number in some modes."""
        return [name for name in self.names if name not in "st"]

    def value(self) -> str:
        return self.one(self.values()) if self.chance(0.6) else self.values()[-1]

    def some(self, count: int) -> str:
        return ", ".join([self.value(), *(self.operand() for _ in range(count - 1))])

    def wide(self, name: str) -> str:
        count = 1 + self.below(4) if self.chance(0.95) else 60 + self.below(10)
        xs = self.some(count)
        several = ", ".join(dict.fromkeys(xs.split(", ")))  # no ties
        match name:
            case "dot" | "bias":
                return f"dot([{xs}], [{self.some(count)}]{f', {self.operand()}' if name == 'bias' else ''})"
            case "maximum" | "minimum":
                return f"{name}([{several}])" if self.chance(0.9) else f"{name}([{xs}])"
            case "surprisal":
                scores = several.split(", ")
                return f"surprisal([{several}], {self.one(scores)})"
            case "softmax" | "log_softmax":
                call = name if name == "softmax" else "F.log_softmax"
                return f"{call}([{several}])[{self.below(len(several.split(', ')))}]"
            case "cross_entropy":
                more = self.one(("", "", ", label_smoothing=0.1"))
                return f"F.cross_entropy([{several}], {self.below(len(several.split(', ')))}{more})"
            case "mse" | "l1":
                return f"F.{name}_loss([{xs}], [{', '.join(self.number() for _ in range(count))}])"
            case "hinge":
                return f"F.hinge_loss([{xs}], [{', '.join(self.one(('1', '-1')) for _ in range(count))}])"
            case "bce":
                return f"F.binary_cross_entropy_with_logits([{xs}], [{', '.join(self.one(('0.0', '1.0', '0.3')) for _ in range(count))}])"
            case _:
                return f"{name}([{xs}])"

    def call_module(self, indent: str) -> None:
        name = self.one([*self.modules])
        kind = self.modules[name]
        given = f"[{self.value()}, {self.operand()}]"
        if kind == "table":
            given = str(self.below(3))
        elif kind == "attention":
            given = f"[{given}, [{self.value()}, {self.operand()}]]"
        out = f"{name}({given})" + ("[1]" if kind == "attention" else "")
        self.assign(f"{out}[{self.below(2)}]", indent)

    def block(self, indent: str) -> None:
        kind = self.one(("for", "for", "for", "with", "with", "accumulate"))
        if kind == "with":
            mode = self.one(("no_grad", "atomic", "ieee", "atomic"))
            self.body.append(f"{indent}with {mode}():")
            self.settle(1 + self.below(2), indent + "    ", False)
        elif kind == "accumulate":
            name = f"v{self.made}"
            self.made += 1
            self.body.append(f"{indent}{name} = 0.0")
            self.body.append(f"{indent}for k in range({2 + self.below(4)}):")
            self.body.append(
                f"{indent}    {name} += {self.value()} * {self.one(('k', '0.5', self.value()))} - {self.value()}"
            )
            self.names.append(name)
        else:
            name = f"v{self.made}"
            self.made += 1
            self.body.append(f"{indent}{name} = {self.value()} * 1.0")
            self.names.append(name)
            self.body.append(f"{indent}for k in range({2 + self.below(4)}):")
            self.settle(1 + self.below(2), indent + "    ", False)
            self.body.append(f"{indent}    {name} = {self.one(('{0} * {1} + k', '({0} + {1}).tanh()', '{0} - {1} * 0.25', '({0} * {1}).sin() + {0}'))}".format(name, self.names[-1]))  # fmt: skip

    def result(self) -> str:
        made = [name for name in self.names if name.startswith("v")] or self.values()
        if len(made) > 2 and self.chance(0.6):
            return f"mean([{', '.join(made[-3:])}])"
        if len(made) > 1 and self.chance(0.5):
            return f"{made[-1]} + {made[-2]} * {self.one(self.leaves)}"
        return f"{made[-1]} + {self.one(self.leaves)} * 0"

    # --- What is done with it ---

    def then(self) -> list[str]:
        kind = self.rng.random()
        grads = ", ".join(f"{name}.grad" for name in self.leaves)
        x = self.one(self.leaves)
        if self.extreme or kind < 0.2:
            return ["f = loss()", "f.backward()", f"seen(f, {grads})"]
        if kind < 0.55:
            return self.higher(x, grads)
        if kind < 0.7:
            return self.changed(x, grads)
        return self.training(grads)

    def higher(self, x: str, grads: str) -> list[str]:
        y = self.one(self.leaves)
        lines = ["f = loss()", f"g, = grad(f, [{x}], create_graph=True, allow_unused=True)", "seen(f, g)"]
        penalty = self.one(("g * g", "g ** 2", "g * {0}", "f * g", "g.tanh() + f", "g * g + f * {0}", "g")).format(y)
        kind = self.rng.random()
        if kind < 0.5:
            return [*lines, f"h = {penalty} + {y} * 0", "h.backward()", f"seen(h, {grads})"]
        lines += [f"h, = grad({penalty} + {y} * 0, [{y}], create_graph=True, allow_unused=True)", "seen(h)"]
        if kind < 0.8:
            return lines
        return [*lines, f"i, = grad(h * h + {x} * 0, [{x}], allow_unused=True)", "seen(i)"]

    def changed(self, x: str, grads: str) -> list[str]:
        ways = (
            ["f = loss()", "f.backward()", "loss().backward()", f"seen({grads})"],
            ["f = loss()", f"{x}.data = {self.number()}", "f.backward()", f"seen(f, {grads})"],
            ["f = loss()", "f.backward()", f"{x}.data = {x}.data + 0.25", "h = loss()", "h.backward()", f"seen(f, h, {grads})"],
            ["f = loss()", "f.backward(-1.5)", f"seen({grads})", f"{x}.grad = None", "f = loss()", "f.backward()", f"seen({grads})"],
            ["f = loss()", "h = f.detach()", f"k = f * h + {x}", "k.backward()", f"seen(k, {grads})"],
            ["f = loss()", f"g, = grad(f, [{x}], allow_unused=True)", "f.backward()", f"seen(g, {grads})"],
            ["for k in range(3):", "    f = loss()", "    f.backward()", f"    {x}.data -= 0.05 * {x}.grad", f"seen({grads}, {x})"],
        )  # fmt: skip
        return self.one(ways)

    def training(self, grads: str) -> list[str]:
        params = [*self.leaves] if self.chance(0.7) else [self.one(self.leaves)]  # some are frozen
        given = f"[{', '.join([*params, *(f'*{name}.parameters()' for name in self.modules)])}]"
        if any(".weight = " in line for line in self.head):  # shared parameters are given once
            given = f"[*dict.fromkeys({given})]"
        lines = [
            f"optimizer = nn.optim.{self.one(OPTIMISERS).format(given)}",
            f"for step in range({2 + self.below(3)}):",
        ]
        lines += ["    optimizer.zero_grad()"] if self.chance(0.85) else []
        lines += ["    f = loss()", "    f.backward()"]
        lines += [f"    nn.utils.clip_grad_norm_({given}, {self.one(('0.5', '2.0'))})"] if self.chance(0.2) else []
        shown = ", ".join(self.leaves)
        return [*lines, "    optimizer.step()", "    seen(f)", f"seen({shown}, {grads})"]

    # --- Depth and width ---

    def long(self) -> str:
        """Return a chain of up to 100,000 operations, or lists of up to 10,000."""
        if self.chance(0.5):
            count = self.one((3000, 10_000, 50_000))
            step = self.one(
                ("v = v * w + x", "v = (v + x) * w", "v = v + w * x", "v = (v * w).sin()", "v = v - x * w; v = v * 0.5")
            )
            body = ["v = x", f"for k in range({count}):", f"    {step}", "return v * w"]
        else:
            count = self.one((1000, 10_000))
            rows = self.one(("total([x * k for k in range({0})])", "dot([x] * {0}, [w * 0.5] * {0}, x)", "mean([x + w * k for k in range({0})])",
                             "logsumexp([x * 0.001 * k for k in range({0})]) * w", "maximum([x - k for k in range({0})]) * w"))  # fmt: skip
            body = [f"v = {rows.format(count)}", "return v + w"]
        lines = [
            f"x = Value({self.rng.uniform(0.1, 0.9):.3f})",
            f"w = Value({self.rng.uniform(0.3, 0.99):.3f})",
            "",
            "def loss():",
            *(f"    {line}" for line in body),
        ]
        return (
            "\n".join([*lines, "", "def then():", "    f = loss()", "    f.backward()", "    seen(f, x.grad, w.grad)"])
            + "\n"
        )
