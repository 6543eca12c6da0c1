# %% [markdown]
# # What happens where a value is used twice?
#
# *Что происходит, когда значение используется дважды?*
#
# **Lesson 53b, 20 minutes.** You should know the chain rule of [lesson 53](53). By the end you will be able to say why
# backprop adds gradients up, why it needs an order, and what goes wrong otherwise. These are the mistakes that
# everybody makes when they write their first engine.

# %%
from autograd import Value, broken, compare, diagnose, draw
from scalar_autograd import BLUE, GREY, ORANGE, plot, predict, show

# %% [markdown]
# ## One small graph
#
# On this graph every classic mistake gives its own wrong number, so we can tell the mistakes apart.

# %%
a = Value(1.0, label="a")
b = a + a
f = b * (b + 1)
b.label, f.label = "b", "f"
print(f"b = {b.data:g}, f = {f.data:g}")
# > b = 2, f = 6

# %%
show(draw(f, title="b = a + a; f = b * (b + 1)"), "graph", "Two arrows lead from b to f, and two from a to b.")

# %% [markdown]
# ## Predict

# %%
predict("paths_of_emblem")

# %%
predict("emblem")

# %% [markdown]
# ## Run: a gradient is a sum over paths
#
# Along one path the partials multiply. That is the chain rule. But there is more than one path from $f$ to $a$, and a
# small change in $a$ travels along all of them at once. So their contributions, or *shares*, add up:
#
# $$\frac{df}{da} = \sum_{\text{paths}} \; \prod_{\text{edges}} \text{partial}$$

# %%
print(f.why(a))
# > df/da is a sum over 4 paths
# >   f -> b -> a (operand 1)          3 * 1 = 3
# >   f -> b -> a (operand 2)          3 * 1 = 3
# >   f -> v2 -> b -> a (operand 1)    2 * 1 * 1 = 2
# >   f -> v2 -> b -> a (operand 2)    2 * 1 * 1 = 2
# >   total 10

# %% [markdown]
# Nobody walks all the paths: their number doubles with every value that is used twice. Backprop visits each edge once.
# It can do so because it waits until a node's gradient is *complete*, that is, until every share has arrived, before it
# passes that gradient on. Look for the line "NOT complete":

# %%
backprop = f.step_through()
for _ in range(2):
    print(backprop.step())
# > [edge 1/5] f -> b
# >       partial   d(b * v2)/db, other operand held, = v2 = 3
# >       upstream  f.grad = 1
# >       b.grad = 3 * 1 = 3
# >       b.grad is NOT complete: 1 more to come      (moving on to a now would give 6 or 16, not 10)
# > [edge 2/5] f -> v2
# >       partial   d(b * v2)/dv2, other operand held, = b = 2
# >       upstream  f.grad = 1
# >       v2.grad = 2 * 1 = 2
# >       v2.grad is complete

# %%
show(f.player(), "player", "All edges, one at a time. Type each gradient before it is shown.", at="predict")

# %% [markdown]
# An order in which every node comes after all nodes that use it is called a *topological order*. The backward pass follows
# one from the result down to the leaves.
#
# ## Investigate: five ways to get it wrong
#
# Inside `with broken(...)`, `backward()` makes one mistake on purpose. Which number does each mistake give?

# %%
results = {}
for mistake in ("no_accumulate", "naive_recursion", "visited_set_dfs", "operands_as_set", "no_seed"):
    a.zero_grad()
    with broken(mistake):
        f.backward()
    results[mistake] = a.grad
    print(f"{mistake:16} {a.grad:g}")
# > no_accumulate    2
# > naive_recursion  16
# > visited_set_dfs  6
# > operands_as_set  5
# > no_seed          0


# %%
@plot("numbers", "Each mistake gives its own wrong number, so a wrong number tells you which mistake was made.",
      title="df/da, right and in five wrong ways", y="a.grad", size=(9, 4))  # fmt: skip
def _(ax):
    names = ["right", "`=` for `+=`", "recursion", "visited set", "operands as set", "no seed"]
    numbers = [10.0, *results.values()]
    ax.bar_label(ax.bar([0], numbers[:1], color=BLUE))
    ax.bar_label(ax.bar(range(1, 6), numbers[1:], color=ORANGE, hatch="//"))
    ax.set_xticks(range(6), names)
    ax.axhline(10, color=GREY, linestyle="--")


# %%
print(diagnose(f, a, 16))
# > 16 is what plain recursion gives: b passed its gradient on before its second contribution arrived (edge 1, stepper parked there)

# %% [markdown]
# - `=` in place of `+=`: the second share overwrites the first.
# - Plain recursion: a node passes on its gradient each time a share arrives, so the first share is passed on twice.
# - A visited set without an order: a node passes on its first share, but nothing that arrives later.
# - Operands kept in a set: `a + a` then has only one operand, so one share is lost.
# - No seed: the result's own gradient stays 0, and 0 times anything is 0.
#
# ## Modify: backward twice
#
# `+=` has a price. What happens when `backward()` runs again and nobody clears the gradients in between?

# %%
predict("backward_twice")

# %%
a.zero_grad()
f.backward()
first = a.grad
f.backward()
print(f"after one pass {first:g}, after two {a.grad:g}")
# > after one pass 10, after two 20
a.zero_grad()
f.backward()
with broken("inner_kept"):
    f.backward()
print(f"with the inner nodes' gradients kept: {a.grad:g}")
# > with the inner nodes' gradients kept: 34

# %% [markdown]
# That is why a training loop calls `zero_grad()` before each `backward()`. The gradients of *inner* nodes start afresh in every
# pass; an engine that keeps those too gives 34 here.

# %%
predict("assigned")

# %%
square = a * a
print(compare(square, "no_accumulate"))
# > square, the right pass against `=` for `+=`
# >   1    square -> a (operand 1)    a.grad = 1    square -> a (operand 1)    a.grad = 1
# >   2    square -> a (operand 2)    a.grad = 2    square -> a (operand 2)    a.grad = 1    <- goes wrong here
# >   a.grad is 2, and 1 with the mistake

# %% [markdown]
# ## Make: your own engine
#
# Write these in `lesson_53b.py` or in a cell. To check one of them, run `from scalar_autograd import check`, then
# `check(Value)`.
#
# - `over_paths(paths)` adds up the shares of all paths (easy);
# - `backprop(count, edges)` makes a backward pass over edges in the right order (medium);
# - `order(operands, root)` finds such an order (hard);
# - `Value`, a class of your own with `data`, `grad`, `+`, `*`, `tanh()` and `backward()` (hard, 40 minutes). Any class
#   will do: the check builds small graphs with it, and recognises each mistake by its wrong number. `math.tanh` is an
#   S-shaped curve between -1 and 1; where its value is $t$, its slope is $1 - t^2$.
#
# For more practice, the player above has a button *Quiz*, and `quiz(level="order")` never runs out of graphs.
#
# ## Summary: what to say in an interview
#
# *Why does backprop accumulate gradients, and in which order?* A value that is used several times influences the loss along
# several paths, and the derivative is the sum over these paths of the products of the partials. So each share is added with
# `+=`. A node must not pass its gradient on before all shares have arrived; therefore the backward pass follows a
# topological order from the result down to the leaves, and visits every edge once, no matter how many paths there are.
# Since gradients accumulate, they have to be set to zero between two passes.
#
# **Next:** [lesson 55](55): what derivatives are good for.
