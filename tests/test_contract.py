"""compile()'s contract: what a user changes, counts, reads or picks between calls, run both compiled and eagerly.

Each scenario is played twice. "same": the numbers are those of the function itself. "retraced": they are too, since the
function was traced again. "refused": the first trace says why not. "found N": the self-check reports it at call N.
"never": the numbers differ and nothing reports it; each of these is named in `NEVER`, and in the docstring of
compile().
"""

from __future__ import annotations

import collections
import contextlib
import contextvars
import copy
import dataclasses
import enum
import functools
import io
import itertools
import json
import math
import operator
import random
import statistics
import sys
import time
import types
import typing

import jit_threads  # noqa: F401 - registers its scenarios
import pytest
from backends import assert_same, gradients, needs_c
from scenarios import SCENARIOS, SOURCES, scenario

import nn
import nn.functional as F
from autograd import Value, compile, dot, no_grad
from autograd.errors import TraceError

CFG = {"scale": 2.0}
SCALE = 2.0
TABLE = (1.0, 2.0)


def as_it_stands(loss, params):
    def call(*arguments):
        result = loss(*arguments)
        result.backward()
        return result.data, gradients(params)

    return call


def play_compiled(play, backend):
    """Return what the calls of a scenario gave, which call was refused, if one was, and whether anything was traced
    again."""
    steps, calls, found = [], [0], []

    def compiled(loss, params):
        step = compile(loss, params, backend)
        steps.append(step)

        def call(*arguments):
            calls[0] += 1
            return step(*arguments), gradients(params)

        return call

    try:
        for result in play(compiled):
            found.append(result)
    except TraceError:
        return found, calls[0], False
    return found, 0, any(step.programs.generation for step in steps)


# --- What is guarded: every holder of a number, and every way it changes -------------------------------------


@dataclasses.dataclass
class Settings:
    by: float = 2.0
    shared = 2.0

    @property
    def twice(self):
        return 2 * self.by

    def scaled(self, x):
        return x * self.by

    def __mul__(self, other):
        return other * self.by


class Kind(type):
    shared = 2.0


class Dotted(dict):
    __getattr__ = dict.__getitem__


class Steps(list):
    def last(self):
        return self[-1]


class Sizes(typing.NamedTuple):
    name: str
    listed: list


class Hue(enum.Enum):
    RED, BLUE = 1, 2


class Level(enum.IntEnum):
    LOW, HIGH = 1, 2


class Slotted:
    __slots__ = ("__own", "by")

    def own(self):
        return self.__own

    def put(self):
        self.__own = 5.0


class Net(nn.Module):
    """A user's module, with a setting, a switch, a list of layers and what may be absent."""

    def __init__(self, w):
        self.w, self.scale, self.layers, self.act = [w], 2.0, [nn.Tanh()], None

    def forward(self, x):
        h = self.w[0] * x * self.scale
        for layer in self.layers:
            h = layer([h])[0]
        if hasattr(self, "extra"):
            h = h * self.extra
        return h * 2.0 if self.training else h


def held_in(what):
    """Return a loss of one w and x that reads the number 2.0, and how it becomes 5.0."""
    w = Value(3.0)
    cell, config, listed, nested = 2.0, {"by": 2.0}, [1.0, 2.0], [{"deep": [2.0]}]
    settings, slotted, space, net = Settings(), Slotted(), types.SimpleNamespace(by=2.0), Net(w)
    slotted.by = slotted._Slotted__own = 2.0
    keyed = {slotted: "a setting"}
    file = types.ModuleType("a_file_of_the_users")
    file.by = 2.0
    many, ordered = collections.deque([2.0]), collections.OrderedDict(by=2.0)
    data, numbers, chosen = bytearray([2]), {2.0}, lambda x: x * 2.0
    chain, proxy = collections.ChainMap({}, config), types.MappingProxyType(config)
    user_dict, user_list = collections.UserDict(by=2.0), collections.UserList([2.0])
    default = collections.defaultdict(float, by=2.0)
    counts = collections.Counter(by=2)

    dotted, steps, sizes, pair = Dotted(by=2.0), Steps([2.0]), Sizes("a", listed), {"a": 2.0, "b": 5.0}
    names = ["by"]

    class Local(Settings):
        pass

    class Made(metaclass=Kind):
        pass

    @no_grad()
    def in_a_mode():
        return config["by"]

    @contextlib.contextmanager
    def as_context():
        yield config["by"]

    @functools.singledispatch
    def by_type(x):
        return x * config["by"]

    def under(x):
        with as_context() as by:
            return w * x * by

    def by_pattern(x):
        match settings:
            case Settings(by=by):
                return w * x * by

    def another_order():
        pair["a"] = pair.pop("a")

    local = Local()

    def change_cell():
        nonlocal cell
        cell = 5.0

    def change_function():
        nonlocal chosen
        chosen = lambda x: x * 5.0  # noqa: E731

    def with_default(x, by=listed):
        return w * x * by[1]

    def with_keyword(x, *, by=config):
        return w * x * by["by"]

    def with_attribute(x):
        return w * x * with_attribute.by

    with_attribute.by = 2.0

    def doubled(function):
        @functools.wraps(function)
        def wrapper(x):
            return function(x) * config["by"]

        return wrapper

    def inner(x):
        return sum(w * x * listed[1] for _ in range(2))

    def put(thing, name="by", value=5.0):
        return lambda: setattr(thing, name, value)

    def item(thing, key="by", value=5.0):
        return lambda: thing.__setitem__(key, value)

    return {
        "cell": (lambda x: w * x * cell, change_cell),
        "function in a cell": (lambda x: chosen(w * x), change_function),
        "dict": (lambda x: w * x * config["by"], item(config)),
        "dict.get": (lambda x: w * x * config.get("by", 1.0), item(config)),
        "dict, a key that was absent": (lambda x: w * x * config.get("more", 2.0), item(config, "more")),
        "dict, a key that goes": (lambda x: w * x * config.get("by", 5.0), lambda: config.pop("by")),
        "dict, all values": (lambda x: sum(w * x * y for y in config.values()), item(config, "more")),
        "list": (lambda x: w * x * listed[1], item(listed, 1)),
        "list, longer": (lambda x: w * x * len(listed), lambda: listed.append(3.0)),
        "list, cleared": (lambda x: w * x * (1.0 + sum(listed)), listed.clear),
        "list, a slice": (lambda x: w * x * sum(listed), item(listed, slice(0, 2), [5.0])),
        "list, sorted": (lambda x: w * x * listed[0], lambda: listed.sort(reverse=True)),
        "nested": (lambda x: w * x * nested[0]["deep"][0], item(nested[0]["deep"], 0)),
        "nested, replaced": (lambda x: w * x * nested[0]["deep"][0], item(nested, 0, {"deep": [5.0]})),
        "attribute": (lambda x: w * x * settings.by, put(settings)),
        "property": (lambda x: w * x * settings.twice, put(settings)),
        "method": (lambda x: settings.scaled(w * x), put(settings)),
        "bound method": (functools.partial(Settings.scaled, settings), None),
        "operator": (lambda x: settings * (w * x), put(settings)),
        "attribute of a class": (lambda x: w * x * local.shared, put(Local, "shared")),
        "attribute that hides its class's": (lambda x: w * x * settings.shared, put(settings, "shared")),
        "method of a class, replaced": (lambda x: local.scaled(w * x), put(Local, "scaled", lambda self, x: x * 5.0)),
        "method of an instance": (lambda x: local.scaled(w * x), put(local, "scaled", lambda x: x * 5.0)),
        "getattr by its name": (lambda x: w * x * getattr(settings, "by"), put(settings)),  # noqa: B009
        "getattr with a default": (lambda x: w * x * getattr(settings, "more", 2.0), put(settings, "more")),
        "hasattr": (lambda x: w * x * (5.0 if hasattr(settings, "more") else 2.0), put(settings, "more")),
        "attribute that goes": (lambda x: w * x * getattr(space, "by", 5.0), lambda: delattr(space, "by")),
        "slot": (lambda x: w * x * slotted.by, put(slotted)),
        "private slot": (lambda x: w * x * slotted.own(), slotted.put),
        "object as a key": (lambda x: sum(w * x * key.by for key in keyed), put(slotted)),
        "namespace": (lambda x: w * x * space.by, put(space)),
        "file": (lambda x: w * x * file.by, put(file)),
        "file, a name that was absent": (lambda x: w * x * getattr(file, "more", 2.0), put(file, "more")),
        "default": (with_default, item(listed, 1)),
        "keyword default": (with_keyword, item(config)),
        "attribute of a function": (with_attribute, put(with_attribute)),
        "decorator": (doubled(lambda x: w * x), item(config)),
        "partial": (functools.partial(with_keyword, by=config), item(config)),
        "inner function": (inner, item(listed, 1)),
        "deque": (lambda x: w * x * many[0], item(many, 0)),
        "ordered dict": (lambda x: w * x * ordered["by"], item(ordered)),
        "default dict": (lambda x: w * x * default["by"], item(default)),
        "counter": (lambda x: w * x * counts["by"], item(counts, "by", 5)),
        "bytearray": (lambda x: w * x * data[0], item(data, 0, 5)),
        "set": (lambda x: w * x * len(numbers), lambda: numbers.add(5.0)),
        "chain": (lambda x: w * x * chain["by"], item(config)),
        "proxy": (lambda x: w * x * proxy["by"], item(config)),
        "user dict": (lambda x: w * x * user_dict["by"], item(user_dict)),
        "user list": (lambda x: w * x * user_list[0], item(user_list, 0)),
        "object in a list": (lambda x: w * x * [settings][0].by, put(settings)),
        "operator.attrgetter": (lambda x: w * x * operator.attrgetter("by")(settings), put(settings)),
        "dict of a user's class": (lambda x: w * x * dotted.by, item(dotted)),
        "list of a user's class": (lambda x: w * x * steps.last(), lambda: steps.append(5.0)),
        "named tuple": (lambda x: w * x * sizes.listed[1], item(listed, 1)),
        "dict, another order": (lambda x: w * x * next(iter(pair.values())), another_order),
        "getattr by names in a tuple": (
            lambda x: sum(w * x * getattr(settings, n) for n in ("by", "shared")),
            put(settings),
        ),
        "getattr by names in a list": (lambda x: sum(w * x * getattr(settings, n) for n in names), put(settings)),
        "vars": (lambda x: w * x * sum(vars(space).values()), put(space)),
        "vars, a name that was absent": (lambda x: w * x * len(vars(space)), put(space, "more")),
        "__dict__": (lambda x: sum(w * x * y for y in space.__dict__.values()), put(space)),
        "pattern": (by_pattern, put(settings)),
        "function decorated by a mode": (lambda x: w * x * in_a_mode(), item(config)),
        "function decorated by contextmanager": (under, item(config)),
        "function decorated by singledispatch": (lambda x: by_type(w * x), item(config)),
        "attribute of a metaclass": (lambda x: w * x * Made.shared, put(Made, "shared")),
        "module": (net, put(net, "scale")),
        "module.eval()": (net, net.eval),
        "module, a layer replaced": (net, item(net.layers, 0, nn.ReLU())),
        "module, a layer more": (net, lambda: net.layers.append(nn.Tanh())),
        "module, an attribute that was absent": (net, put(net, "extra")),
        "module, its forward": (net, put(net, "forward", lambda x: net.w[0] * x)),
    }[what], w


HELD = """cell; function in a cell; dict; dict.get; dict, a key that was absent; dict, a key that goes; dict, all values; list;
list, longer; list, cleared; list, a slice; list, sorted; nested; nested, replaced; attribute; property; method; operator;
attribute of a class; attribute that hides its class's; method of a class, replaced; method of an instance;
getattr by its name; getattr with a default; hasattr; attribute that goes; slot; private slot; object as a key; namespace; file;
file, a name that was absent; default; keyword default; attribute of a function; decorator; partial; inner function; deque;
ordered dict; default dict; counter; bytearray; set; chain; proxy; user dict; user list; object in a list;
operator.attrgetter; dict of a user's class; list of a user's class; named tuple; dict, another order;
getattr by names in a tuple; getattr by names in a list; vars; vars, a name that was absent; __dict__; pattern;
function decorated by a mode; function decorated by contextmanager; function decorated by singledispatch;
attribute of a metaclass; module; module.eval(); module, a layer replaced; module, a layer more;
module, an attribute that was absent; module, its forward""".replace("\n", " ").split("; ")

for _what in HELD:

    @scenario("retraced", f"guarded: {_what}")
    def _(compiled, what=_what):
        (loss, change), w = held_in(what)
        step = compiled(loss, [w])
        yield step(0.5)
        yield step(0.5)
        yield step(0.5)
        change()
        yield step(0.5)


@scenario("retraced")
def a_global(compiled):
    global SCALE
    SCALE = 2.0
    w = Value(3.0)
    step = compiled(lambda x: w * x * SCALE, [w])
    yield step(1.0)
    SCALE = 5.0
    yield step(1.0)


@scenario("retraced")
def a_global_that_was_absent(compiled):
    globals().pop("LATER", None)
    w = Value(3.0)

    def loss(x):
        try:
            return w * x * LATER
        except NameError:
            return w * x

    step = compiled(loss, [w])
    yield step(1.0)
    globals()["LATER"] = 5.0
    yield step(1.0)
    del globals()["LATER"]


@scenario("retraced")
def a_builtin_that_a_global_hides(compiled):
    globals().pop("abs", None)
    w = Value(-3.0)
    step = compiled(lambda x: abs(w) * x, [w])
    yield step(1.0)
    globals()["abs"] = lambda value: value * 5.0
    yield step(1.0)
    del globals()["abs"]


@scenario("retraced")
def a_setting_beside_a_large_list(compiled):
    w, many, config = Value(3.0), [float(i) for i in range(120_000)], {"scale": 2.0}
    step = compiled(lambda x: w * many[1] * x * config["scale"], [w])
    yield step(1.0)
    config["scale"] = 5.0
    yield step(1.0)


@scenario("retraced")
def a_setting_beside_what_the_function_writes(compiled):
    w, state = Value(3.0), {"last": None, "temperature": 2.0}

    def loss(x):
        state["last"] = w * x
        return w * x / state["temperature"]

    step = compiled(loss, [w])
    yield step(1.0)
    state["temperature"] = 1.0
    yield step(1.0)


@scenario("retraced")
def a_mask_that_is_made_once_and_replaced(compiled):
    w = Value(3.0)
    kept = types.SimpleNamespace(mask=None)

    def loss(x):
        if kept.mask is None:
            kept.mask = [1.0, 2.0]
        return w * x * kept.mask[1]

    step = compiled(loss, [w])
    yield step(1.0)
    yield step(1.0)
    kept.mask = [1.0, 5.0]
    yield step(1.0)


@scenario("retraced")
def a_memo_that_is_changed(compiled):
    w, memo = Value(3.0), {}

    def loss(xs):
        if len(xs) not in memo:
            memo[len(xs)] = 2.0
        return w * xs[0] * memo[len(xs)]

    step = compiled(loss, [w])
    yield step([1.0])
    memo[1] = 5.0
    yield step([1.0])


@scenario("retraced")
def a_frozen_leaf_that_is_replaced(compiled):
    w, held = Value(3.0), [Value(2.0)]
    step = compiled(lambda x: w * x * held[0], [w])
    yield step(1.0)
    held[0] = Value(5.0)
    yield step(1.0)


@scenario("same")
def a_frozen_leaf_that_moves(compiled):
    w, held = Value(3.0), Value(2.0)
    step = compiled(lambda x: w * x * held, [w])
    yield step(1.0)
    held.data = 5.0
    yield step(1.0)


@scenario("same")
def a_frozen_leaf_of_a_subclass(compiled):
    class Own(Value):
        pass

    w, held = Value(3.0), Own(2.0)
    step = compiled(lambda x: w * x * held, [w])
    for number in (2.0, 5.0):
        held.data = number
        yield step(1.0)


@scenario("retraced")
def a_setting_behind_attributes_that_raise_a_key_error(compiled):
    class Settings:
        def __init__(self, known):
            self.__dict__["known"] = known

        def __getattr__(self, name):
            return self.__dict__["known"][name]

    w, settings = Value(3.0), Settings({"scale": 2.0})
    step = compiled(lambda x: w * x * settings.scale, [w])
    yield step(1.0)
    settings.known["scale"] = 5.0
    yield step(1.0)


@scenario("same")
def a_function_that_asks_whether_it_got_a_list(compiled):
    w = Value(3.0)
    step = compiled(lambda x: w * (x[0] if hasattr(x, "append") else x), [w])
    for x in (2.0, [5.0], 4.0):
        yield step(x)


@scenario("same")
def a_parameter_that_moves(compiled):
    w = Value(3.0)
    step = compiled(lambda x: (w * x).tanh(), [w])
    for number in (3.0, 0.5, -1.0, 0.25):
        w.data = number
        yield step(1.0)


@scenario("same")
def other_lengths_bools_and_texts(compiled):
    w = Value(3.0)
    step = compiled(lambda xs, square, name: dot(xs, [w] * len(xs)) ** (2 if square else 1) * len(name), [w])
    for arguments in (([1.0], True, "a"), ([1.0, 2.0], True, "a"), ([1.0], False, "ab"), ([2.0], True, "a")):
        yield step(*arguments)


@scenario("same")
def deepcopy_between_calls(compiled):
    w = Value(3.0)
    step = compiled(lambda x: w * x, [w])
    yield step(1.0)
    assert type(copy.deepcopy(w)) is Value and type(w) is Value
    yield step(2.0)


@scenario("same")
def what_is_kept_beside(compiled):
    w, log = Value(3.0), []

    def loss(x):
        log.append(len(log))
        return w * x

    step = compiled(loss, [w])
    for x in (1.0, 2.0, 3.0):
        yield step(x)


@scenario("same")
def enums(compiled):
    w = Value(3.0)

    def loss(x, hue, level):
        return w * x * (2.0 if hue is Hue.RED else 5.0) * (3.0 if level is Level.LOW else 7.0)

    step = compiled(loss, [w])
    for hue, level in itertools.product(Hue, Level):
        yield step(1.0, hue, level)


@scenario("same")
def an_argument_that_may_be_none(compiled):
    w = Value(3.0)
    step = compiled(lambda x, by=None: w * x if by == None else w * x * by, [w])  # noqa: E711
    for arguments in ((1.0,), (1.0, 2.0), (2.0, None), (2.0, 3.0)):
        yield step(*arguments)


@scenario("same")
def an_argument_among_other_things(compiled):
    w = Value(3.0)
    step = compiled(lambda x: w * x * (2.0 if x in (None, "pad", [], ()) else 5.0), [w])
    yield step(1.0)
    yield step(2.0)


@scenario("same")
def an_argument_that_is_copied(compiled):
    w = Value(3.0)

    def loss(xs):
        xs, first = copy.deepcopy(xs), copy.copy(xs[0])
        xs.append(first)
        return w * sum(xs)

    step, numbers = compiled(loss, [w]), [1.0, 2.0]
    for _ in range(4):
        yield step(numbers)


@scenario("retraced")
def a_module_of_the_same_package_imported_inside(compiled):
    package, settings = types.ModuleType("a_package_of_the_users"), types.ModuleType("a_package_of_the_users.settings")
    settings.RATE = 2.0
    package.settings, package.__path__, w = settings, [], Value(3.0)
    names = {"__name__": "a_package_of_the_users.loss", "__package__": "a_package_of_the_users", "w": w}
    exec("def loss(x):\n    from .settings import RATE\n    return w * x * RATE", names)
    sys.modules.update({"a_package_of_the_users": package, "a_package_of_the_users.settings": settings})
    step = compiled(names["loss"], [w])
    yield step(1.0)
    settings.RATE = 5.0
    yield step(1.0)
    del sys.modules["a_package_of_the_users"], sys.modules["a_package_of_the_users.settings"]


@scenario("retraced")
def a_layer_after_a_layer_of_one_output(compiled):
    model = nn.Sequential(nn.Linear(1, 1, seed=0))
    step = compiled(lambda x: model([x])[0], [*model.parameters()])
    yield step(0.5)
    model.append(nn.Linear(1, 1, seed=1))
    yield step(0.5)


# --- What a trace cannot follow ------------------------------------------------------------------------------

W, V = Value(3.0, label="w"), Value(2.0, label="v")
FLOATS = {
    "if x": lambda x: W if x else V,
    "if x > 0": lambda x: W * x if x > 0 else W,
    "if w > 0": lambda x: W * x if W > 0 else W,
    "x == 1": lambda x: W if x == 1 else V,
    "x != 1": lambda x: W if x != 1 else V,
    "x in": lambda x: W if x in (1.0, 2.0) else V,
    "not x": lambda x: W * (not x),
    "x and": lambda x: W * (x and 2.0),
    "x or": lambda x: W * (x or 2.0),
    "max(x, 0)": lambda x: W * max(x, 0.0),
    "sorted": lambda x: W * sorted([x, 0.5])[0],
    "hash": lambda x: W * (hash(x) % 3),
    "dict": lambda x: W * {1.5: 2.0}.get(x, 1.0),
    "set": lambda x: W * len({x, 1.5}),
    "list.count": lambda x: W * [1.5, 2.0].count(x),
    "list.index": lambda x: W * [1.5, 2.0].index(x),
    "float": lambda x: W * float(x),
    "int": lambda x: W * int(x),
    "round": lambda x: W * round(x),
    "math.floor": lambda x: W * math.floor(x),
    "math.exp": lambda x: W * math.exp(x),
    "math.isnan": lambda x: W if math.isnan(x) else V,
    "x // 1": lambda x: W * (x // 1),
    "x % 1": lambda x: W * (x % 1),
    "divmod": lambda x: W * divmod(x, 1)[0],
    "str": lambda x: W * len(str(x)),
    "format": lambda x: W * len(f"{x:.1f}"),
    "f-string": lambda x: W * len(f"{x}"),
    "str of a result": lambda x: W * len(str(W * x)),
    "f-string of a parameter": lambda x: W * x * len(f"{W}"),
    "percent": lambda x: W * len(str.format("{}", x)),
    "data": lambda x: W * W.data * x,
    "item of a result": lambda x: W * (W * x).item(),
    "grad": lambda x: W * W.grad * x,
    "backward": lambda x: (W * x).backward() or W,
    "partials": lambda x: W * (W * x).partials[0],
    "write": lambda x: setattr(W, "data", 2.0) or W * x,
    "is_integer": lambda x: W * x.is_integer(),
    "hex": lambda x: W * len(x.hex()),
    "real": lambda x: W * x.real,
    "as_integer_ratio": lambda x: W * x.as_integer_ratio()[0],
    "statistics.mean": lambda x: W * statistics.mean([x, 1.0]),
    "sorted Values": lambda x: sorted([W * x, V])[0],
    "max of Values": lambda x: max(W * x, V),
    "swallowed": lambda x: W * swallowed(x),
    "time": lambda x: W * x * time.perf_counter(),
    "random": lambda x: W * x * random.random(),
    "random, in an if": lambda x: W * x if random.random() < 0.999 else W,
    "random.gauss": lambda x: W * x * random.gauss(0.0, 1.0),
    "a generator": lambda x: W * x * RNG.random(),
    "shuffle": lambda x: W * x * random.sample(range(1000), 3)[0],
    "copy": lambda x: W * copy.copy(W) * x,
    "type": lambda x: W * x if type(x) is float else W,
    "isinstance Value": lambda x: W if isinstance(x, Value) else W * x,
    "repr": lambda x: W * len(repr(x)),
    "callable": lambda x: W * (2.0 if hasattr(x, "backward") else 1.0),
    "returns a number": lambda x: x * 2,
    "returns a list": lambda x: [W * x],
}  # fmt: skip
INTS = {
    "range(n)": lambda n: W * len(range(n)),
    "list[n]": lambda n: [W, V, W * V][n],
    "list * n": lambda n: dot([W] * n, [1.0] * n),
    "n & 1": lambda n: W * (n & 1),
    "n | 1": lambda n: W * (n | 1),
    "n ^ 1": lambda n: W * (n ^ 1),
    "~n": lambda n: W * ~n,
    "1 << n": lambda n: W * (1 << n),
    "n >> 1": lambda n: W * (n >> 1),
    "pow(2, n, 5)": lambda n: W * pow(2, n, 5),
    "bit_length": lambda n: W * n.bit_length(),
    "numerator": lambda n: W * n.numerator,
    "islice": lambda n: sum(itertools.islice([W, V, W * V], n)),
    "chr": lambda n: W * len(chr(n)),
    "if pick": lambda n: W * 2 if F.pick([1.0, 0.0], n) else W * 5,
    "pick == 1": lambda n: W * 2 if F.pick([0, 1], n) == 1 else W * 5,
    "pick in": lambda n: W * 2 if F.pick([7, 9], n) in (7, 8) else W * 5,
    "dict[pick]": lambda n: W * {0.0: 1.0, 1.0: 2.0}.get(F.pick([0.0, 1.0], n), 3.0),
    "set of picks": lambda n: W * len({F.pick([0.0, 1.0], n), 0.0}),
    "pick and": lambda n: W * (F.pick([0.0, 1.0], n) and 2.0),
    "count of picks": lambda n: W * [0.0, 1.0].count(F.pick([0.0, 1.0], n)),
    "filter of picks": lambda n: W * len([*filter(None, F.embedding(n, [[0.0, 1.0], [1.0, 1.0]]))]),
    "pick of Values ==": lambda n: W * 2 if F.pick([W, V], n) == W else V,
    "pick of Values as a key": lambda n: W * {W: 1.0, V: 2.0}[F.pick([W, V], n)],
    "pick of Values in a set": lambda n: W * len({F.pick([W, V], n), W}),
}  # fmt: skip
RNG = random.Random(0)


def swallowed(x):
    try:
        return 2.0 if x > 0 else 1.0
    except TypeError:
        return 3.0


for _arguments, _functions in (((1.5,), FLOATS), ((1,), INTS)):
    for _name, _function in _functions.items():

        @scenario("refused", f"{'float' if _functions is FLOATS else 'int'}: {_name}")
        def _(compiled, function=_function, arguments=_arguments):
            yield compiled(function, [W, V])(*arguments)


@pytest.mark.parametrize("name", [*FLOATS, *INTS])
def test_a_refusal_is_a_sentence_that_says_what_to_do(name):
    function, argument = (FLOATS[name], 1.5) if name in FLOATS else (INTS[name], 1)
    with pytest.raises(TraceError) as error:
        compile(function, [W, V])(argument)
    returned = name.startswith("returns")
    assert returned or ". " in str(error.value)
    assert returned or name == "random, in an if" or str(error.value).startswith("test_contract.py:"), error.value
    assert [W.data, V.data, type(W), W.reached] == [3.0, 2.0, Value, False]


# --- State of its own ------------------------------------------------------------------------------------------


def counted(state):
    """Return a loss that counts its calls in a dict, in an attribute, ..., and changes after the tenth."""
    w = Value(3.0)

    def warm(n, x):
        return w * x * (0.1 if n <= 10 else 1.0)

    calls, cell, space, listed = {"n": 0}, 0, types.SimpleNamespace(n=0), [0]

    class Counter:
        n = 0

    def in_dict(x):
        calls["n"] += 1
        return warm(calls["n"], x)

    def in_cell(x):
        nonlocal cell
        cell += 1
        return warm(cell, x)

    def in_attribute(x):
        space.n += 1
        return warm(space.n, x)

    def in_list(x):
        listed[0] += 1
        return warm(listed[0], x)

    def in_class(x):
        Counter.n += 1
        return warm(Counter.n, x)

    def in_itself(x):
        in_itself.n = getattr(in_itself, "n", 0) + 1
        return warm(in_itself.n, x)

    def in_the_number(x):
        calls["n"] += 1
        return w * x * calls["n"]

    def congruential(x):
        calls["n"] = (calls["n"] * 1103515245 + 12345) % 2**31
        return warm(11 if calls["n"] > 2**30 else 1, x)

    def toggled(x):
        space.n = not space.n
        return w * x

    def recurrent(x):
        listed[0] = (w * x + listed[0]).tanh()
        return listed[0]

    def last(x):
        before, space.n = space.n, x
        return w * (x - before)

    return locals()[state], w


for _state in (
    "in_dict", "in_cell", "in_attribute", "in_list", "in_class", "in_itself", "in_the_number", "congruential", "toggled",
    "recurrent", "last",
):  # fmt: skip

    @scenario("refused", f"state: {_state}")
    def _(compiled, state=_state):
        loss, w = counted(state)
        yield compiled(loss, [w])(1.0)


@scenario("refused", source="github.com/jax-ml/jax/issues/1348")
def a_global_counter(compiled):
    w = Value(3.0)

    def loss(x):
        global SCALE
        SCALE = SCALE + 1
        return w * x * SCALE

    yield compiled(loss, [w])(1.0)


@scenario("refused")
def an_iterator_that_differs_at_once(compiled):  # JAX's page of sharp bits: iterators
    w, numbers = Value(3.0), iter([1.0, 2.0, 3.0, 4.0])
    yield compiled(lambda x: w * x * next(numbers), [w])(1.0)


@scenario("found 2")
def an_iterator_that_differs_later(compiled):
    w, numbers = Value(3.0), itertools.cycle([5.0, 5.0, 7.0])
    step = compiled(lambda x: w * x * next(numbers), [w])
    for _ in range(4):
        yield step(1.0)


@scenario("found 8")
def a_count_behind_an_iterator(compiled):
    w, ticks = Value(3.0), itertools.count(1)
    step = compiled(lambda x: w * x * (0.1 if next(ticks) <= 4 else 1.0), [w])
    for _ in range(9):
        yield step(1.0)


@scenario("found 4")
def a_clock_with_a_threshold(compiled):
    w, clock = Value(3.0), iter([0, 1, 2, 9, 9, 9])
    step = compiled(lambda x: w * x * (0.1 if next(clock) < 5 else 1.0), [w])
    for _ in range(5):
        yield step(1.0)


@scenario("found 2")
def a_file_that_is_read(compiled):
    w, file = Value(3.0), io.StringIO("2 2 5 5 5 5")
    step = compiled(lambda x: w * x * float(file.read(2)), [w])
    for _ in range(3):
        yield step(1.0)


@scenario("found 2")
def a_type_that_comes_later(compiled):
    w = Value(3.0)
    step = compiled(lambda x: w + x if isinstance(x, int) else w * x, [w])
    yield step(2.0)
    yield step(2)


@scenario("found 2")
def which_one_was_picked(compiled):
    """`is` does not ask a tracer anything."""
    w, v = Value(3.0), Value(2.0)
    step = compiled(lambda i: w * 2 if F.pick([w, v], i) is v else w * 5, [w, v])
    yield step(0)
    yield step(1)


# --- What was reported of other compilers ----------------------------------------------------------------------


@scenario("retraced", source="github.com/jax-ml/jax/issues/1426")
def a_local_of_the_enclosing_function(compiled):
    w, a = Value(3.0), 10
    step = compiled(lambda x: (w * x) ** 2 * a, [w])
    yield step(1.0)
    a = 20
    yield step(1.0)


@scenario("retraced", source="github.com/Xilinx/mlir-aie/issues/2879")
def a_closure_over_an_argument_of_a_factory(compiled):
    w = Value(3.0)
    transform = lambda function, x: function(w * x)  # noqa: E731
    add = 1.0
    step = compiled(lambda x: transform(lambda a: a * add, x), [w])
    yield step(1.0)
    add = 2.0
    yield step(1.0)


@scenario("retraced", source="github.com/numba/numba/issues/3267")
def a_global_that_numba_freezes(compiled):
    w = Value(3.0)
    CFG["scale"] = 2.0
    step = compiled(lambda x: w * x * CFG["scale"], [w])
    yield step(1.0)
    CFG["scale"] = 5.0
    yield step(1.0)


@scenario("retraced", source="github.com/numba/numba/pull/6727")
def a_global_tuple(compiled):
    global TABLE
    w, TABLE = Value(3.0), (1.0, 2.0)
    step = compiled(lambda x: w * x * TABLE[1], [w])
    yield step(1.0)
    TABLE = (1.0, 5.0)
    yield step(1.0)


@scenario("retraced", source="github.com/pytorch/pytorch/issues/111522")
def an_attribute_of_a_class_that_is_deleted(compiled):
    class A:
        a = 2.0

    w, held = Value(3.0), A()
    step = compiled(lambda x: w * x * getattr(held, "a", 5.0), [w])
    yield step(1.0)
    del A.a
    yield step(1.0)


@scenario("retraced", source="github.com/pytorch/pytorch/issues/124717")
def a_module_whose_switch_is_turned(compiled):
    class Adapter(nn.Module):
        def __init__(self):
            self.w, self.disabled = Value(3.0), False

        def forward(self, x):
            out = self.w * x
            return out if self.disabled else out + 1

    model = Adapter()
    step = compiled(model, [model.w])
    yield step(2.0)
    model.disabled = True
    yield step(2.0)


@scenario("retraced", source="github.com/pytorch/pytorch/issues/197859")
def a_submodule_that_is_hidden(compiled):
    class Wrapper(nn.Module):
        def __init__(self):
            self.w, self.sub = Value(3.0), nn.Tanh()

        def forward(self, x):
            return self.sub([self.w * x])[0]

    model = Wrapper()
    step = compiled(model, [model.w])
    yield step(0.5)
    object.__setattr__(model, "sub", nn.Sigmoid())
    yield step(0.5)


@scenario("retraced", source="github.com/pytorch/pytorch/issues/111785")
def an_attribute_that_points_elsewhere(compiled):
    w, rows = Value(3.0), [[1.0], [5.0]]
    cache = types.SimpleNamespace(current=rows[0])
    step = compiled(lambda x: w * x * cache.current[0], [w])
    yield step(1.0)
    cache.current = rows[1]
    yield step(1.0)


@scenario("retraced", source="github.com/pytorch/pytorch/issues/124357")
def an_attribute_of_an_instance_that_is_called(compiled):
    class Scaled:
        def __init__(self):
            self.by = 2.0

        def __call__(self, x):
            return w * x * self.by

    w, scaled = Value(3.0), Scaled()
    step = compiled(scaled, [w])
    yield step(1.0)
    scaled.by = 5.0
    yield step(1.0)


@scenario("retraced", source="github.com/pytorch/pytorch/issues/98928")
def a_module_attribute(compiled):
    model = nn.Sequential(nn.Linear(1, 1, seed=0))
    step = compiled(lambda x: model([x])[0], [*model.parameters()])
    yield step(0.5)
    model.append(nn.Tanh())
    yield step(0.5)


@scenario("retraced", source="github.com/pytorch/pytorch/issues/93782")
def a_global_lambda(compiled):
    w = Value(3.0)
    toy = lambda xs: sum(xs)  # noqa: E731
    step = compiled(lambda x: w * toy([x, x]), [w])
    yield step(1.0)
    toy = lambda xs: xs[0]  # noqa: E731
    yield step(1.0)


def helper(x):
    return x * 2.0


@scenario("retraced", source="github.com/pytorch/pytorch/issues/108898")
def a_global_function(compiled):
    global helper
    w, kept = Value(3.0), helper
    step = compiled(lambda x: helper(w * x), [w])
    yield step(1.0)
    helper = lambda x: x * 5.0  # noqa: E731
    yield step(1.0)
    helper = kept


@scenario("same", source="github.com/pytorch/pytorch/issues/171488")
def a_dict_that_is_filled_once(compiled):
    w, known = Value(3.0), {}

    def loss(x, key):
        if key not in known:
            known[key] = 1.0
        return w * x * known[key]

    step = compiled(loss, [w])
    for _ in range(3):
        yield step(1.0, "torch")


@scenario("retraced", source="github.com/pytorch/pytorch/issues/197860")
def the_code_of_a_method(compiled):
    class Model:
        def m(self, x):
            return x * 2.0

    def second(self, x):
        return x * 9.0

    w, model = Value(3.0), Model()
    step = compiled(lambda x: model.m(w * x), [w])
    yield step(1.0)
    Model.m.__code__ = second.__code__
    yield step(1.0)


@scenario("never", source="github.com/Lightning-AI/lightning-thunder/issues/1464")
def a_context_variable(compiled):
    w, data = Value(3.0), contextvars.ContextVar("data", default=1.0)
    step = compiled(lambda x: w * x * data.get(), [w])
    yield step(1.0)
    yield step(1.0)
    data.set(2.0)
    yield step(1.0)


@scenario("refused", source="github.com/jax-ml/jax/issues/5206")
def a_key_that_is_split(compiled):
    w, key = Value(3.0), random.Random(0)
    yield compiled(lambda x: w * x * random.Random(key.getrandbits(32)).random(), [w])(1.0)


@scenario("same", source="github.com/jax-ml/jax/pull/5492")
def an_argument_that_leaks_into_a_list(compiled):
    w, kept = Value(3.0), []

    def loss(x):
        kept.append(x)
        return w * x

    step = compiled(loss, [w])
    for x in (1.0, 2.0):
        yield step(x)


@scenario("refused", source="github.com/jax-ml/jax/issues/3086")
def an_argument_that_leaks_and_is_used(compiled):
    w, kept = Value(3.0), [1.0]

    def loss(x):
        before = kept[-1]
        kept.append(x)
        return w * x * before

    yield compiled(loss, [w])(2.0)


@scenario("same", source="github.com/jax-ml/jax/pull/13022")
def a_function_that_keeps_an_argument(compiled):
    w, kept = Value(3.0), {}

    def loss(x):
        kept["hi"] = [lambda: x]
        return w * x

    step = compiled(loss, [w])
    for x in (1.0, 2.0):
        yield step(x)


@scenario("refused", source="github.com/jcmgray/autoray/issues/27")
def numbers_that_a_library_draws(compiled):
    w = Value(3.0)
    draw = functools.partial(random.uniform, 0.0, 1.0)
    yield compiled(lambda x: w * x * draw(), [w])(1.0)


@scenario("same", source="github.com/numba/numba/issues/7715")
def a_generator_that_is_seeded_inside(compiled):
    w = Value(3.0)
    step = compiled(lambda x: w * x * random.Random(3).random(), [w])
    for x in (1.0, 2.0):
        yield step(x)


CHANGED = {
    "append": lambda w, xs: xs.append(1.0),
    "pop": lambda w, xs: xs.pop(),
    "sort": lambda w, xs: xs.reverse(),
    "item": lambda w, xs: operator.setitem(xs, 0, 5.0),
    "item, a Value": lambda w, xs: operator.setitem(xs, 0, w),
    "clear": lambda w, xs: xs.clear(),
}

for _name, _change in CHANGED.items():

    @scenario("refused", f"a list it gets: {_name}")
    def _(compiled, change=_change):
        w = Value(3.0)

        def loss(xs):
            total = sum(xs)
            change(w, xs)
            return w * total

        yield compiled(loss, [w])([1.0, 2.0])


@scenario("found 8")
def an_attribute_whose_name_is_put_together(compiled):
    w, rates = Value(3.0), types.SimpleNamespace()
    step = compiled(lambda x: w * x * getattr(rates, f"number_{1}"), [w])
    for k in range(8):
        rates.number_1 = 2.0 if k < 5 else 5.0
        yield step(1.0)


def test_the_line_is_the_users_if_a_library_fails_on_a_tracer():
    w = Value(3.0)

    def loss(x):
        return w * x * len(json.dumps(x))  # here

    with pytest.raises(TraceError, match=r"^test_contract\.py:\d+  return .*# here\n.* not JSON serializable"):
        compile(loss, [w])(1.0)


def test_a_method_that_is_decorated_is_told_where_to_compile_it():
    with pytest.raises(Exception) as error:  # Python up to 3.11 wraps it in a RuntimeError

        class Model:
            @compile
            def loss(self, x):
                return x

    found = error.value.__cause__ or error.value
    assert str(found) == (
        "compile: Model.loss is a method, and has no object yet: in __init__, write self.loss = compile(self.loss, ...)"
    )


# --- What is never found: each a line in the docs ----------------------------------------------------------------

NEVER = {
    "a_context_variable",
    "a_library_that_is_patched",
    "a_module_of_the_process",
    "the_sign_of_a_zero",
    "an_int_too_large",
}


@scenario("never")
def a_library_that_is_patched(compiled):
    w, kept = Value(3.0), math.hypot
    step = compiled(lambda x: w * x * math.hypot(3.0, 4.0), [w])
    yield step(1.0)
    yield step(1.0)
    math.hypot = lambda *_: 1.0
    yield step(1.0)
    math.hypot = kept


@scenario("never")
def a_module_of_the_process(compiled):
    w, limit = Value(3.0), sys.getrecursionlimit()
    step = compiled(lambda x: w * x * sys.getrecursionlimit(), [w])
    yield step(1.0)
    yield step(1.0)
    sys.setrecursionlimit(limit + 500)
    yield step(1.0)
    sys.setrecursionlimit(limit)


@scenario("never")
def the_sign_of_a_zero(compiled):
    w, listed = Value(3.0), [0.0]
    step = compiled(lambda x: w * x * math.copysign(1.0, listed[0]), [w])
    yield step(1.0)
    yield step(1.0)
    listed[0] = -0.0
    yield step(1.0)


@scenario("never")
def an_int_too_large(compiled):
    """Ints are floats in a program."""
    w = Value(3.0)
    step = compiled(lambda n: w * (n - 2**53), [w])
    yield step(2)
    yield step(3)
    yield step(2**53 + 1)


# Whether a function is traced again is decided before a backend runs, so the quick suite tries only one scenario in
# three in C.
ROWS = [
    pytest.param(
        name, backend, marks=[needs_c] * (backend == "c") + [pytest.mark.slow] * (backend == "c" and k % 3 > 0)
    )
    for k, name in enumerate(SCENARIOS)
    for backend in ("python", "c")
]


@pytest.mark.parametrize(("name", "backend"), ROWS)
def test_scenario(name, backend):
    wanted, play = SCENARIOS[name]
    found, refused, retraced = play_compiled(play, backend)
    if wanted == "refused":
        assert refused == 1, (refused, found)
        return
    if wanted.startswith("found"):
        assert refused == int(wanted.split()[1]), (refused, found)
        return
    assert not refused
    itself = [*play(as_it_stands)]
    assert len(itself) == len(found) > 1
    if wanted == "never":
        assert found != itself
        return
    for one, other in zip(found, itself):
        assert_same(one, other)
    assert retraced == (wanted == "retraced")
    if retraced:
        assert itself[0] != itself[-1]  # the change matters


def test_the_table_is_what_it_promises():
    kinds = collections.Counter(wanted.split()[0] for wanted, _ in SCENARIOS.values())
    assert sum(kinds.values()) >= 150 and kinds["never"] <= 10
    assert len(SOURCES) >= 75 and len({*SOURCES.values()}) >= 70
    assert {name for name, (wanted, _) in SCENARIOS.items() if wanted == "never"} == NEVER
    assert all(
        not wanted.startswith(("found", "never")) for name, (wanted, _) in SCENARIOS.items() if "guarded" in name
    )


def test_retrace_starts_anew():
    w, data = Value(3.0), contextvars.ContextVar("data", default=1.0)
    step = compile(lambda x: w * x * data.get(), [w])
    assert step(1.0) == 3.0
    data.set(2.0)
    step.retrace()
    assert step(1.0) == 6.0
