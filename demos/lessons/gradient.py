# %% [markdown]
# # How is the gradient of the loss computed?
#
# *Как вычисляется градиент функции потерь?*
#
# Question 53. A model guesses, a loss says how wrong the guess is, and the gradient says how fast the loss
# grows with each parameter. It is computed by the chain rule: multiply the slopes along the way from the
# loss down to the parameter.

# %%

from autograd import Value, draw
from scalar_autograd import BLACK, BLUE, GREEN, ORANGE, PURPLE, RED, plot, show

# %% [markdown]
# ## A guess and its loss
#
# The smallest model there is, a line: at x = 2 it should say 5. How wrong is it?

# %%
w, b = Value(1.0, label="w"), Value(0.5, label="b")
x, y = 2.0, 5.0

wx = w * x
guess = wx + b
error = guess - y
L = error**2
print(f"guess {guess:.1f}, wanted {y}, off by {error:.1f}: L = {L:.2f}")
# > guess 2.5, wanted 5.0, off by -2.5: L = 6.25

# %% [markdown]
# Before going on, commit yourself: if w grows by a little, does L grow or shrink? And which of w and b
# moves it more?
#
# ## The chain rule, factor by factor
#
# Every operation knows one slope for each of its operands, its *partial*: how fast its own result moves with
# that operand. Backprop starts with dL/dL = 1 at the loss and goes down edge by edge: what
# arrives from above is multiplied by the partial of the edge, and handed on. `L.backward()` does it all at once;
# here it goes step by step.

# %%
backprop = L.step_through()
for _ in range(5):
    print(backprop.step())
# > [edge 1/5] L -> error
# >       partial   d(error**2)/derror = 2 * error = 2 * (-2.5) = -5
# >       upstream  L.grad = 1
# >       error.grad = -5 * 1 = -5
# >       error.grad is complete
# > [edge 2/5] error -> guess
# >       partial   d(guess - 5)/dguess = 1
# >       upstream  error.grad = -5
# >       guess.grad = 1 * (-5) = -5
# >       guess.grad is complete
# > [edge 3/5] guess -> wx
# >       partial   d(wx + b)/dwx, other operand held, = 1
# >       upstream  guess.grad = -5
# >       wx.grad = 1 * (-5) = -5
# >       wx.grad is complete
# > [edge 4/5] guess -> b
# >       partial   d(wx + b)/db, other operand held, = 1
# >       upstream  guess.grad = -5
# >       b.grad = 1 * (-5) = -5
# >       b.grad is complete
# > [edge 5/5] wx -> w
# >       partial   d(w * 2)/dw = 2
# >       upstream  wx.grad = -5
# >       w.grad = 2 * (-5) = -10
# >       w.grad is complete

# %% [markdown]
# The first factor is 2 * error = -5, because L is the square of the error. The last one is x = 2, because w
# is multiplied by x; b is only added, so its factor is 1. Written in one line each:
#
# - dL/dw = 2 (guess - y) * x = -5 * 2 = -10
# - dL/db = 2 (guess - y) * 1 = -5

# %%
print(L.why(w))
# > dL/dw is a sum over 1 path
# >   L -> error -> guess -> wx -> w    -5 * 1 * 1 * 2 = -10
# >   total -10
print(L.why(b))
# > dL/db is a sum over 1 path
# >   L -> error -> guess -> b    -5 * 1 * 1 = -5
# >   total -5
print(f"by hand: dL/dw = {2 * (guess.data - y) * x:g}, dL/db = {2 * (guess.data - y):g}")
# > by hand: dL/dw = -10, dL/db = -5

# %%
show(
    draw(L, title="The gradient of L"),
    "graph",
    "The graph of L: on each arrow the partial, in each box the gradient that arrived there.",
)


# %%
@plot("chain", "Each factor of dL/dw and dL/db stands at the edge it comes from, below it what arrives there.",
      title="The chain rule, from the loss down to w and b", size=(10.5, 3.6))  # fmt: skip
def _(ax):
    places = {"L": (0, 1), "error": (1.3, 1), "guess": (2.6, 1), "wx": (3.9, 1.5), "w": (5.2, 1.5), "b": (5.2, 0.4)}
    nodes = {"L": L, "error": error, "guess": guess, "wx": wx, "w": w, "b": b}
    colors = {"L error": RED, "error guess": PURPLE, "guess wx": GREEN, "wx w": BLUE, "guess b": ORANGE}
    for edge, color in colors.items():
        above, below = edge.split()
        (x0, y0), (x1, y1) = places[above], places[below]
        partial = next(p for o, p in zip(nodes[above].operands, nodes[above].partials) if o is nodes[below])
        ax.plot([x0, x1], [y0, y1], color=color, linewidth=3, zorder=1)
        x, y, off = (x0 + x1) / 2, (y0 + y1) / 2, 0.05 + abs(y1 - y0) / (x1 - x0) / 3
        ax.text(x, y + off, f"× {partial:g}", ha="center", va="bottom", fontweight="bold", fontsize=15)
        product = f"{nodes[above].grad:g} × {partial:g} = {nodes[below].grad:g}"
        ax.text(x, y - off, product, ha="center", va="top", fontsize=10.5)
    for name, (x0, y0) in places.items():
        frame = {"boxstyle": "round", "fc": "white", "ec": BLACK}
        ax.text(x0, y0, name, ha="center", va="center", fontsize=15, bbox=frame, zorder=3)
        ax.text(x0, y0 - 0.2, f"dL/d{name} = {nodes[name].grad:g}", ha="center", va="top", fontsize=11)
    ax.set(xlim=(-0.5, 5.7), ylim=(0, 1.75))
    ax.axis("off")


# %% [markdown]
# ## Is it true?
#
# A gradient can always be asked of the function itself: nudge one parameter to both sides, and look.


# %%
def loss(w, b, x=x, y=y):
    return (w * x + b - y) ** 2


h = 1e-6
by_nudging_w = (loss(1 + h, 0.5) - loss(1 - h, 0.5)) / (2 * h)
by_nudging_b = (loss(1, 0.5 + h) - loss(1, 0.5 - h)) / (2 * h)
print(f"by nudging: dL/dw = {by_nudging_w:.4f}, dL/db = {by_nudging_b:.4f}")
# > by nudging: dL/dw = -10.0000, dL/db = -5.0000

# %% [markdown]
# ## How to change the weights
#
# Both gradients are negative: L falls when w and b grow. So take a step against the gradient, of size eta:
# w becomes w - eta * dL/dw, and b likewise. How large should eta be? Guess what .05, .1 and .2 do, then run.

# %%
for eta in (0.05, 0.1, 0.2):
    w_new, b_new = w.data - eta * w.grad, b.data - eta * b.grad
    print(f"eta {eta:<4}  w {w_new:g}  b {b_new:g}  guess {w_new * x + b_new:g}  L {loss(w_new, b_new):g}")
# > eta 0.05  w 1.5  b 0.75  guess 3.75  L 1.5625
# > eta 0.1   w 2  b 1  guess 5  L 0
# > eta 0.2   w 3  b 1.5  guess 7.5  L 6.25

# %% [markdown]
# Too small a step only gets nearer, .1 lands exactly, and .2 jumps as far beyond the target as it was short
# of it before. The reason is one line of algebra: a step multiplies the error by 1 - 2 * eta * (x*x + 1), and
# with x = 2 that is .5, 0 and -1.
#
# So the good step depends on the data. At another x the same eta = .1 does not land:

# %%
x_new = 3.0
factor = 1 - 2 * 0.1 * (x_new**2 + 1)
error_new = w.data * x_new + b.data - y
gradient_w, gradient_b = 2 * error_new * x_new, 2 * error_new
landed = loss(w.data - 0.1 * gradient_w, b.data - 0.1 * gradient_b, x_new)
print(f"x = {x_new:g}: the error is multiplied by {factor:g}; L was {loss(w.data, b.data, x_new):g}, and is {landed:g}")
# > x = 3: the error is multiplied by -1; L was 2.25, and is 2.25


# %%
@plot("steps", "L along the way against the gradient: a parabola in eta, whose lowest point .1 hits.",
      title="One step against the gradient", x="eta, the size of the step", y="L after the step")  # fmt: skip
def _(ax):
    etas = [k / 400 for k in range(89)]
    ax.plot(etas, [loss(w.data - eta * w.grad, b.data - eta * b.grad) for eta in etas], color=BLUE)
    steps = (
        (0.0, "o", "start", (12, 4)),
        (0.05, "s", "nearer", (12, 4)),
        (0.1, "*", "lands", (-22, 22)),
        (0.2, "D", "bounces", (-96, 2)),
    )
    for eta, marker, word, place in steps:
        height = loss(w.data - eta * w.grad, b.data - eta * b.grad)
        ax.plot(eta, height, marker=marker, color=RED, markersize=11)
        ax.annotate(f"{word}: {height:g}", (eta, height), xytext=place, textcoords="offset points")
    ax.set(xlim=(-0.01, 0.23), ylim=(-0.4, 9))


# %% [markdown]
# ## Yours
#
# Change x to 0 and run the page again: which of the two gradients is 0 now, and why? Then set y so that the
# guess is right at once: what is the gradient there?
#
# Say a gradient before it is shown: `L.step_through().predict(w, "-10")`. Then write `gradients(w, b, x, y)`, which
# gives `(dL/dw, dL/db)` by hand, and have it checked: `from scalar_autograd import check`, then `check(gradients)`.
