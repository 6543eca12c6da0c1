# %% [markdown]
# # What is a slope?
#
# *Что такое производная?*
#
# **Lesson 0, 15 minutes.** You need nothing but school algebra. By the end you will be able to measure how fast a
# function grows at a point, and predict what a small change in its input does.

# %%
from autograd import Value, draw
from scalar_autograd import BLUE, GREEN, GREY, ORANGE, RED, plot, predict, show


def f(x):
    return x**2


# %% [markdown]
# ## Predict
#
# Take the square, $f(x) = x^2$. Write down your answers first; nothing is computed for you yet.

# %%
predict("rise_of_square")

# %%
predict("slope_at_minus_2")

# %% [markdown]
# ## Run: nudge, and see what happens
#
# Move $x$ a little, by $h$. The output moves too. Divide how far the output has moved by how far the input has moved:
#
# $$\frac{f(x + h) - f(x)}{h}$$
#
# Does that quotient settle down as $h$ gets smaller?

# %%
x = 3.0
for h in (1.0, 0.1, 0.01, 0.001):
    print(f"h = {h:<5}  f(x + h) - f(x) = {f(x + h) - f(x):.6f}  divided by h: {(f(x + h) - f(x)) / h:.3f}")
# > h = 1.0    f(x + h) - f(x) = 7.000000  divided by h: 7.000
# > h = 0.1    f(x + h) - f(x) = 0.610000  divided by h: 6.100
# > h = 0.01   f(x + h) - f(x) = 0.060100  divided by h: 6.010
# > h = 0.001  f(x + h) - f(x) = 0.006001  divided by h: 6.001

# %% [markdown]
# It settles at 6. That number is the *derivative* of $f$ at 3, written $f'(3)$ or $df/dx$. We also call it the *slope*: it
# is how steep the curve is there. A positive slope means that $f$ grows with $x$, a negative one that it falls, and 0 that a
# tiny step changes next to nothing.
#
# A derivative is a rate, not a change. "6" does not mean that $f$ rises by 6 if $x$ grows by 1: it rises by 7, since the
# curve bends on the way. It means that for a *small* step $h$ the output changes by about $6 h$:
#
# $$f(x + h) \approx f(x) + f'(x) \, h$$

# %%
for step in (1.0, 0.1, 0.01):
    print(f"step {step:<4}  predicted {9 + 6 * step:.4f}  actual {f(3 + step):.4f}")
# > step 1.0   predicted 15.0000  actual 16.0000
# > step 0.1   predicted 9.6000  actual 9.6100
# > step 0.01  predicted 9.0600  actual 9.0601


# %%
@plot("tangent", "The curve and its tangents at 3 and -2. Near the point the straight line is a good prediction; far away it is not.",
      title="Slopes of x**2", x="x", y="f(x)")  # fmt: skip
def _(ax):
    xs = [k / 20 - 4 for k in range(171)]
    ax.plot(xs, [f(at) for at in xs], color=BLUE, label="x**2")
    for at, color, marker in ((3.0, RED, "o"), (-2.0, GREEN, "s")):
        near = [at - 1.5, at + 1.5]
        ax.plot(
            near, [f(at) + 2 * at * (other - at) for other in near], color=color, label=f"slope {2 * at:g} at {at:g}"
        )
        ax.plot(at, f(at), marker=marker, color=color, markersize=10)
    ax.legend(loc="upper left")


# %% [markdown]
# ## Investigate: from both sides
#
# The quotient above is a little too large, because the curve bends upwards. Measure from both sides instead:

# %%
predict("one_sided")

# %%
for h in (0.1, 0.01):
    right, both = (f(x + h) - f(x)) / h, (f(x + h) - f(x - h)) / (2 * h)
    print(f"h = {h:<4}  one-sided {right:.4f}  two-sided {both:.4f}")
# > h = 0.1   one-sided 6.1000  two-sided 6.0000
# > h = 0.01  one-sided 6.0100  two-sided 6.0000

# %% [markdown]
# On the right the bend makes the quotient too large, on the left it makes it too small by the same amount, and the two
# cancel. This *central difference* is how we check a derivative in every later lesson.


# %%
@plot("sides", "The same point from one side and from both sides: only the second line is parallel to the tangent.",
      title="One-sided and two-sided, h = 1", x="x", y="f(x)")  # fmt: skip
def _(ax):
    xs = [1.5 + k / 40 for k in range(121)]
    ax.plot(xs, [f(at) for at in xs], color=BLUE, label="x**2")
    ax.plot([2, 4.4], [f(3) + 6 * (at - 3) for at in (2, 4.4)], color=GREY, linestyle="--", label="tangent, slope 6")
    ax.plot([3, 4], [f(3), f(4)], "o-", color=ORANGE, label="one-sided, slope 7")
    ax.plot([2, 4], [f(2), f(4)], "s-", color=GREEN, label="two-sided, slope 6")
    ax.legend(loc="upper left")


# %% [markdown]
# ## Modify: several inputs
#
# Most functions in these lessons have many inputs. Hold all but one of them fixed, and the slope with respect to that
# one is called a *partial derivative*. The *gradient* is the list of all of them. For $g(a, b) = a \cdot b$ at $a = 2$,
# $b = 5$: a small step in $a$ changes $g$ by 5 times as much, and a small step in $b$ by 2 times as much.

# %%
a, b = Value(2.0, label="a"), Value(5.0, label="b")
g = a * b
g.backward()
h = 1e-6
by_nudging_a = ((2 + h) * 5 - (2 - h) * 5) / (2 * h)
by_nudging_b = (2 * (5 + h) - 2 * (5 - h)) / (2 * h)
print(f"backward() says dg/da = {a.grad:g}, dg/db = {b.grad:g}; nudging says {by_nudging_a:.4f}, {by_nudging_b:.4f}")
# > backward() says dg/da = 5, dg/db = 2; nudging says 5.0000, 2.0000

# %% [markdown]
# `backward()` found both numbers without nudging anything. How it does that is the subject of the next two lessons.

# %%
show(
    draw(g, title="A product and its two slopes"),
    "product",
    "Each arrow shows the slope of the product with respect to that operand.",
)

# %% [markdown]
# ## Make
#
# Write these functions in `lesson_0.py` or in a cell. To check one of them, run `from scalar_autograd import check`,
# then `check(slope)`.
#
# - `predicted(y, slope, dx)` says what the tangent predicts (easy);
# - `slope(f, x)` measures the slope of any function from both sides (easy).
#
# Then replace $x^2$ at the top with $x^3$ and run the lesson again. At which $x$ is the slope 0?
#
# ## Summary: what to say in an interview
#
# *What is a derivative?* It is the rate at which a function changes at a point: the limit of the change in the output
# divided by the change in the input, as the input's change goes to 0. For a small step $h$ the output changes by about
# $f'(x) h$. Its sign says whether the function rises or falls, and its size says how fast. With several inputs there is
# one partial derivative for each, with the others held fixed, and together they are the gradient. You can always check
# one with a central difference, $(f(x + h) - f(x - h)) / (2 h)$.
#
# **Next:** [lesson 53](53): the gradient of a loss.
