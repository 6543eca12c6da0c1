"""Scenarios from public threads about other compilers of Python functions: what users ran into, as programs for ours.

Each names its thread. The results surprised their authors. A compiled step gives what the function gives, or says why
it does not.
"""

from __future__ import annotations

import collections
import functools
import itertools
import math
import random
import time
import types

from scenarios import calling, changing

import nn
from autograd import Value, dot, mean

_TORCH, _JAX, _TF, _NUMBA = (
    f"github.com/{name}/" for name in ("pytorch/pytorch", "jax-ml/jax", "tensorflow/tensorflow", "numba/numba")
)


class Holder:
    factor = 2.0
    items: list = []  # noqa: RUF012

    def __init__(self, **names):
        vars(self).update(names)

    def scaled(self, x):
        return x * self.factor

    @property
    def doubled(self):
        return 2 * self.factor


# --- Changed between calls ------------------------------------------------------------------------------------


@changing("retraced", _TORCH + "issues/176851")
def a_class_that_holds_global_state():
    class State:
        factor = 1.0

    w = Value(3.0)
    return lambda x: w * x * State.factor, w, lambda: setattr(State, "factor", 10.0)


@changing("retraced", _TORCH + "issues/115774")
def a_cache_that_is_replaced():
    w, model = Value(3.0), Holder(cache=[2.0, 3.0])
    return lambda x: w * x * model.cache[0], w, lambda: setattr(model, "cache", [5.0, 3.0])


@changing("retraced", _TORCH + "pull/120861")
def a_list_under_two_names():
    w, numbers = Value(3.0), [1.0, 2.0, 3.0]
    alias = numbers
    return lambda x: w * x * (numbers[-1] + alias[-1]), w, lambda: alias.append(7.0)


@changing("retraced", _TORCH + "pull/178401")
def a_function_with_another_default():
    w = Value(3.0)

    def made(by):
        def scale(x, by=by):
            return x * by

        return scale

    held = Holder(scale=made(2.0))
    return lambda x: w * held.scale(x), w, lambda: setattr(held, "scale", made(5.0))


@changing("retraced", _TORCH + "pull/119719")
def a_field_behind_a_property():
    w, held = Value(3.0), Holder()
    return lambda x: w * x * held.doubled, w, lambda: setattr(held, "factor", 5.0)


@changing("retraced", _TORCH + "pull/194642")
def a_property_that_is_another_one():
    class Own(Holder):
        @property
        def tripled(self):
            return 3 * self.factor

    w, held = Value(3.0), Own()
    return lambda x: w * x * held.tripled, w, lambda: setattr(Own, "tripled", property(lambda self: 4 * self.factor))


@changing("retraced", _TORCH + "pull/183088")
def a_name_that_hides_the_one_of_the_class():
    w, held = Value(3.0), Holder()
    return lambda x: w * x * held.factor, w, lambda: vars(held).update(factor=5.0)


@changing("retraced", _TORCH + "pull/30503")
def a_function_that_is_defined_anew():
    w, names = Value(3.0), types.SimpleNamespace(f=lambda x: x + 1.0)
    return lambda x: w * names.f(x), w, lambda: setattr(names, "f", lambda x: x + 2.0)


@changing("retraced", _TORCH + "issues/136915")
def an_int_in_a_closure():
    w, by = Value(3.0), 1

    def change():
        nonlocal by
        by += 1

    return lambda x: w * (x + by), w, change


@changing("retraced", _TORCH + "issues/146598")
def a_cached_function_that_is_cleared():
    w, table = Value(3.0), {"by": 2.0}

    @functools.cache
    def read():
        return table["by"]

    def change():
        table["by"] = 5.0
        read.cache_clear()

    return lambda x: w * x * read(), w, change


@changing("retraced", _TORCH + "issues/196173")
def an_object_that_is_told_by_identity():
    w, first, second = Value(3.0), Holder(), Holder()
    chosen = Holder(which=first)
    return lambda x: w * x * (2.0 if chosen.which is first else 5.0), w, lambda: setattr(chosen, "which", second)


@changing("retraced", _TORCH + "issues/198189")
def the_order_of_a_dict():
    w, cache = Value(3.0), collections.OrderedDict(a=2.0, b=5.0)
    return lambda x: w * x * next(iter(cache.values())), w, lambda: cache.move_to_end("a")


@changing("retraced", _TORCH + "issues/175858")
def a_dict_with_a_key_more():
    w, state = Value(3.0), {"obs": 2.0}
    return lambda x: w * x * len(state), w, lambda: state.update(loss=1.0)


@changing("retraced", "github.com/pytorch/tensordict/issues/1606")
def a_dict_that_is_emptied():
    w, state = Value(3.0), {"a": 2.0}
    return lambda x: w * x * state.get("a", 1.0), w, state.clear


@changing("retraced", _TORCH + "issues/169253")
def a_list_of_the_class():
    class Model(Holder):
        weights = [2.0, 3.0]  # noqa: RUF012

    w = Value(3.0)
    return lambda x: w * x * mean([Value(y) for y in Model.weights]), w, lambda: Model.weights.append(10.0)


@changing("retraced", _TF + "issues/44980")
def a_property_of_self_of_another_length():
    w, network = Value(3.0), Holder(weights=[0.5, 0.25])
    return lambda x: w * x * len(network.weights), w, lambda: setattr(network, "weights", [1.0])


@changing("retraced", _TF + "issues/33689")
def a_global_that_was_none():
    w, held = Value(3.0), Holder(foo=None)
    return lambda x: w * x * (1.0 if held.foo is None else held.foo), w, lambda: setattr(held, "foo", 5.0)


@changing("retraced", _TF + "issues/42223")
def a_solver_whose_step_size_changes():
    w, solver = Value(3.0), Holder(alpha=0.5)
    return lambda x: (w * x - solver.alpha) ** 2, w, lambda: setattr(solver, "alpha", 0.25)


@changing("retraced", _JAX + "issues/13992")
def a_value_with_a_hash_that_changes():
    class Static(Holder):
        def __hash__(self):
            return hash(self.val)

        def __eq__(self, other):
            return isinstance(other, Static) and self.val == other.val

    w, v = Value(3.0), Static(val=100.0)
    return lambda x: w * x + v.val, w, lambda: setattr(v, "val", 1.0)


@changing("retraced", _JAX + "issues/28418")
def an_object_whose_hash_is_its_number():
    class Own(Holder):
        def __hash__(self):
            return hash(self.a)

    w, own = Value(3.0), Own(a=1.0)
    return lambda x: w * x * (own.a + 1), w, lambda: setattr(own, "a", 2.0)


@changing("retraced", _JAX + "issues/9024")
def data_of_an_object_changed_in_place():
    w, m = Value(3.0), Holder(data=[0.0, 1.0, 2.0])

    def change():
        m.data[:] = [y + 1 for y in m.data]

    return lambda x: w * x * m.data[1], w, change


@changing("retraced", _JAX + "issues/12773")
def a_sampler_that_holds_its_key():
    w, sampler = Value(3.0), Holder(key=1.0)
    return lambda x: w * x * sampler.key, w, lambda: setattr(sampler, "key", 7.0)


@changing("retraced", "github.com/ml-jku/DIffUCO/issues/13")
def a_bound_method_of_an_object_that_changes():
    w, held = Value(3.0), Holder()
    method = held.scaled
    return lambda x: method(w * x), w, lambda: setattr(held, "factor", 5.0)


@changing("retraced", _NUMBA + "issues/938")
def a_loop_variable_in_a_closure():
    w, n = Value(3.0), 0.0

    def change():
        nonlocal n
        n = 4.0

    return lambda x: w * (x + n), w, change


@changing("retraced", _NUMBA + "issues/9664")
def a_flag_of_another_file():
    w, other = Value(3.0), types.ModuleType("another_file_of_globals")
    other.flag = False
    return lambda x: w * x * (5.0 if other.flag else 1.0), w, lambda: setattr(other, "flag", True)


@changing("retraced", _NUMBA + "issues/7249")
def an_array_behind_a_function():
    w, a = Value(3.0), [10.0]

    def access():
        return a[0]

    wrapper = lambda function: function()  # noqa: E731
    return lambda x: w * x * wrapper(access), w, lambda: a.__setitem__(0, 20.0)


@changing("retraced", _NUMBA + "pull/450")
def a_transform_that_is_handed_in():
    w, names = Value(3.0), types.SimpleNamespace(transform=lambda y: 1 + y**2)
    return (
        lambda x: sum(names.transform(w * y) for y in (x, 2 * x)),
        w,
        lambda: setattr(names, "transform", lambda y: 2 + y),
    )


@changing("retraced", _NUMBA + "issues/5041")
def a_global_list_that_is_looped_over():
    w, shifts = Value(3.0), [0.0, 1.0, 2.0]
    return lambda x: sum(w * x + shift for shift in shifts), w, lambda: shifts.append(9.0)


@changing("retraced", "github.com/thautwarm/diojit/issues/18")
def a_global_that_was_assumed_to_stay():
    w, names = Value(3.0), types.SimpleNamespace(F=abs)
    return lambda x: w * names.F(-w) * x, w, lambda: setattr(names, "F", lambda y: y * 3.0)


@changing("retraced", "github.com/facebookresearch/beanmachine/pull/1122")
def two_outer_variables_of_which_one_changes():
    w, a, b = Value(3.0), 2.0, 5.0

    def inner(x):
        return w * x * a + b

    def change():
        nonlocal b
        b = 50.0

    return lambda x: inner(x), w, change


@changing("same", _JAX + "pull/20732")
def a_parameter_that_an_optimizer_moves():
    w = Value(3.0)
    return lambda x: (w * x - 1.0) ** 2, w, lambda: setattr(w, "data", w.data - 0.25)


@changing("retraced", _TORCH + "pull/133725")
def a_seed_that_is_another_one():
    w, held = Value(3.0), Holder(seed=1)
    return lambda x: w * x * random.Random(held.seed).random(), w, lambda: setattr(held, "seed", 2)


# --- Arguments -----------------------------------------------------------------------------------------------


@calling("same", _TORCH + "issues/117496")
def a_float_argument_that_halves():
    w = Value(3.0)
    return lambda t: w + t, w


@calling("same", _TORCH + "pull/118772", xs=(8, 8, 9, 8.0))
def an_int_argument_that_becomes_a_float():
    w = Value(3.0)
    return lambda i: w * i, w


@calling("same", _JAX + "pull/692", xs=("a", "bb", "a", "bb", "ccc"))
def a_static_argument_by_value():
    w = Value(3.0)
    return lambda name: w * len(name), w


@calling("same", _JAX + "issues/883", xs=([1.0, 2.0], [1.0, 2.0], [1.0, 2.0, 3.0]))
def a_list_as_an_argument_called_twice():
    w = Value(3.0)
    return lambda xs: dot(xs, [w] * len(xs)), w


@calling("same", _JAX + "issues/4572", xs=([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [4.0, 5.0, 6.0]))
def a_function_inside_that_is_called_often():
    w = Value(3.0)
    square = lambda y: y**2  # noqa: E731
    return lambda xs: sum(square(w * x) for x in xs), w


@calling("same", "github.com/tensorflow/tensorflow/issues/26311", xs=(1.0, 1.0, 1.0, 1.0))
def the_same_argument_again_and_again():
    w = Value(3.0)
    return lambda x: (w * x).tanh(), w


@calling("same", "github.com/tensorflow/tensorflow/issues/37512", xs=([0.5, 1.5], [2.5, 3.5], [1.0]))
def a_list_that_is_filled_in_a_loop():
    w = Value(3.0)

    def loss(xs):
        products = []
        for x in xs:
            products.append(w * x)
        return mean(products)

    return loss, w


@calling("same", _JAX + "issues/5233")
def a_local_that_is_assigned_twice():
    w = Value(3.0)

    def loss(x):
        copy = x
        copy = copy**2
        return w * copy

    return loss, w


@calling("same", _NUMBA + "issues/6525")
def a_local_with_the_name_of_a_global():
    w = Value(3.0)

    def loss(x):
        Holder = 2.0
        return w * x * Holder

    return loss, w


@calling("same", _TORCH + "issues/95425", xs=(True, False, True, True, False))
def a_layer_that_is_dropped_by_an_argument():
    w, layer = Value(3.0), nn.Tanh()
    return lambda drop: w if drop else layer([w])[0], w


@calling("same", _TORCH + "issues/147171")
def a_number_that_is_drawn_and_not_used_by_a_generator_of_its_own():
    w = Value(3.0)

    def loss(x):
        random.Random(1).random()
        return w * x

    return loss, w


@calling("same", _TORCH + "issues/168103")
def a_list_of_results_that_is_only_filled():
    w, results = Value(3.0), []

    def loss(x):
        z = w * x + 1
        results.append(z)
        return z

    return loss, w


@calling("same", _TORCH + "issues/197896")
def a_log_that_a_helper_made_inside_keeps():
    w, log = Value(3.0), []

    def loss(x):
        class Helper:
            def touch(self, y):
                log.append("touched")
                return y * 2.0

        return Helper().touch(w * x)

    return loss, w


@calling("same", _TORCH + "pull/192272")
def a_class_that_is_made_inside():
    w = Value(3.0)

    def loss(x):
        class Inner:
            items: list = []  # noqa: RUF012

        Inner.items.append(2.0)
        return w * x * len(Inner.items)

    return loss, w


@calling("same", _TORCH + "issues/138112")
def a_nonlocal_that_two_functions_inside_share():
    w = Value(3.0)

    def loss(x):
        z = k = 1.0

        def take():
            nonlocal k
            k = z

        def run():
            nonlocal z
            z = 3.0
            take()

        run()
        return w * x * k

    return loss, w


@calling("same", _NUMBA + "issues/6232")
def a_sum_in_a_closure_inside():
    w = Value(3.0)

    def loss(x):
        total = Value(0.0)

        def add(y):
            nonlocal total
            total = total + w * y

        for k in range(3):
            add(x * k)
        return total

    return loss, w


@calling("same", _TORCH + "issues/133944")
def a_constant_that_is_cached_by_hand():
    w, cache = Value(3.0), {}

    def loss(x):
        if "pi" not in cache:
            cache["pi"] = math.pi
        return w * x * cache["pi"]

    return loss, w


@calling("same", _TORCH + "pull/120861", xs=([1.0, 2.0, 3.0], [3.0, 2.0, 1.0], [1.0, 2.0], [1.0, 2.0, 3.0, 2.0]))
def lists_of_other_lengths_beside_a_global_one():
    w, numbers = Value(3.0), [1.0, 2.0, 3.0]
    return lambda xs: w * (numbers[-1] + xs[-1]), w


# --- Refused ------------------------------------------------------------------------------------------------


@calling("refused", _JAX + "pull/16430")
def a_default_by_or():
    w = Value(3.0)
    return lambda x: w * (x or 1.0), w


@calling("refused", _JAX + "pull/22098")
def a_truth_value_behind_and():
    w = Value(3.0)
    return lambda x: w if True and x else w * 2.0, w


@calling("refused", _JAX + "issues/2783")
def a_sign_by_float():
    w = Value(3.0)
    return lambda x: w * x if float(x) >= 0.0 else w * -x, w


@calling("refused", _JAX + "pull/24511")
def an_if_on_a_sign():
    w = Value(3.0)
    return lambda x: (w * x).sin() if x > 0 else (w * x).cos(), w


@calling("refused", "github.com/google-deepmind/chex/issues/387")
def an_assertion_about_a_value():
    w = Value(3.0)

    def loss(x):
        assert x != 100.0
        return w * x

    return loss, w


@calling("refused", "github.com/patrick-kidger/diffrax/issues/379", xs=(1, 2))
def a_count_of_steps_that_is_compared():
    w = Value(3.0)
    return lambda steps: w if steps == 1 else w * 2.0, w


@calling("refused", "github.com/apple/axlearn/issues/815")
def a_check_that_all_is_finite():
    w = Value(3.0)

    def loss(x):
        assert math.isfinite(w * x)
        return w * x

    return loss, w


@calling("refused", _TORCH + "issues/197085")
def a_shuffle():
    w, order = Value(3.0), [*range(50)]

    def loss(x):
        numbers = order[:]
        random.shuffle(numbers)
        return w * x * numbers[0]

    return loss, w


@calling("refused", _TORCH + "issues/145446")
def a_random_number():
    w = Value(3.0)
    return lambda x: w * x + random.random(), w


@calling("refused", "github.com/scipy/scipy/issues/24412")
def a_generator_that_is_handed_in():
    w, rng = Value(3.0), random.Random(34982345)
    return lambda x: w * x * rng.random(), w


@calling("refused", "github.com/tensorflow/tensorflow/pull/24610")
def noise_that_is_added():
    w = Value(3.0)
    return lambda x: w * x + random.gauss(0.0, 1.0), w


@calling("refused", _TF + "issues/31362")
def a_counter_of_an_object_that_is_used():
    w, obj = Value(3.0), Holder(value=0)

    def loss(x):
        obj.value += 1
        return w * x * obj.value

    return loss, w


@calling("refused", _JAX + "pull/20732")
def a_counter_with_a_method():
    w = Value(3.0)

    class Counter:
        n = 0

        def count(self):
            self.n += 1
            return self.n

    counter = Counter()
    return lambda x: w * x * counter.count(), w


@calling("refused", "github.com/pytorch/torchdynamo/issues/55")
def a_counter_in_a_closure():
    w = Value(3.0)

    def make_counter():
        n = 1.0

        def counter():
            nonlocal n
            n = n + 1
            return n

        return counter

    counter = make_counter()
    return lambda x: w * x * (counter() + counter()), w


@calling("refused", "github.com/pytorch/torchdynamo/issues/1968")
def a_default_that_is_advanced_in_place():
    w = Value(3.0)

    def loss(x, kept=[1.0]):  # noqa: B006
        kept[0] += 1.0
        return w * x * kept[0]

    return loss, w


@calling("refused", "github.com/brainpy/BrainPy/pull/195")
def a_running_total_of_results():
    w, held = Value(3.0), Holder(total=0.0)

    def loss(x):
        held.total = held.total + w * x
        return held.total

    return loss, w


@calling("refused", _JAX + "pull/7556")
def a_result_that_is_kept_and_used_again():
    w, held = Value(3.0), Holder(last=Value(1.0))

    def loss(x):
        held.last = held.last * w * x
        return held.last

    return loss, w


@calling("refused", "github.com/patrick-kidger/equinox/issues/1071")
def a_state_that_is_set_and_read():
    w, state = Value(3.0), {"index": 0.0}

    def loss(x):
        value = state["index"]
        state["index"] = value + 1
        return w * x + value

    return loss, w


@calling("refused", _TF + "issues/33724")
def a_generator_that_goes_on():
    w = Value(3.0)
    numbers = (float(k) for k in itertools.count(1))
    return lambda x: w * x * next(numbers), w


@calling("refused", "github.com/alvinwan/timefhuman/pull/54")
def the_time_of_day():
    w = Value(3.0)
    return lambda x: w * x * time.perf_counter(), w


# --- Found by a later check ---------------------------------------------------------------------------------


@calling("found 2", _TORCH + "issues/172206")
def a_draw_that_rarely_matters():
    w, draws = Value(3.0), iter([1.0, 1.0, 2.0, 2.0, 2.0, 2.0])
    return lambda x: w * x * next(draws), w


@calling("found 4", _TF + "issues/55359")
def an_iterator_that_stops_giving_the_same():
    w, numbers = Value(3.0), itertools.chain([1.0] * 3, itertools.repeat(3.0))
    return lambda x: w * x * next(numbers), w
