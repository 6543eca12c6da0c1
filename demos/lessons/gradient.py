# %% [markdown]
# # How is the gradient of the loss computed?
#
# *Как вычисляется градиент функции потерь?*
#
# **Lesson 53, 20 minutes.** You should know what a slope is ([lesson 0](0)). By the end you will be able to work out
# the gradient of a small loss by hand, one factor at a time, and say where each factor comes from.

# %%
from autograd import Value, draw
from scalar_autograd import BLACK, BLUE, GREEN, ORANGE, PURPLE, RED, plot, predict, show

# %% [markdown]
# ## A prediction and its loss
#
# The smallest model there is has two parameters, a weight $w$ and a bias $b$. From an input $x$ it predicts
# $\hat y = w x + b$. At $x = 2$ we want it to predict $y = 5$. The *loss* says how wrong the prediction is. Here it is
# the square of the error:
#
# $$L = (\hat y - y)^2$$

# %%
w, b = Value(1.0, label="w"), Value(0.5, label="b")
x, y = 2.0, 5.0

wx = w * x
y_hat = wx + b
error = y_hat - y
L = error**2
print(f"y_hat = {y_hat.data:g}, should be {y:g}, so the error is {error.data:g} and L = {L.data:g}")
# > y_hat = 2.5, should be 5, so the error is -2.5 and L = 6.25

# %% [markdown]
# ## Predict
#
# Write down your answers before you go on. A wrong answer is not a failure: it shows you which factor you left out.

# %%
predict("grows")

# %%
predict("dL_dw")

# %%
predict("dL_db")

# %% [markdown]
# ## The chain rule
#
# How fast does $L$ grow as $w$ grows? That number is the *partial derivative* of $L$ with respect to $w$: all the other
# inputs are held fixed. $L$ does not depend on $w$ directly. It depends on $\hat y$, and $\hat y$ depends on $w$. The
# chain rule multiplies the two slopes:
#
# $$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial \hat y} \cdot \frac{\partial \hat y}{\partial w}
# = 2 (\hat y - y) \cdot x$$
#
# $$\frac{\partial L}{\partial b} = \frac{\partial L}{\partial \hat y} \cdot \frac{\partial \hat y}{\partial b}
# = 2 (\hat y - y) \cdot 1$$
#
# The first factor is the same in both lines. The last one differs: $w$ is multiplied by $x$, so a small change in $w$
# changes $\hat y$ by $x$ times that amount; $b$ is only added, so its factor is 1.

# %%
first = 2 * (y_hat.data - y)
print(f"dL/dw = {first:g} * {x:g} = {first * x:g}")
# > dL/dw = -5 * 2 = -10
print(f"dL/db = {first:g} * 1 = {first:g}")
# > dL/db = -5 * 1 = -5

# %% [markdown]
# ## Run: one edge at a time
#
# Backpropagation does the same on the graph of the computation. Every operation knows the slope of its result with
# respect to each of its operands. We call that number the *partial* of the edge. The backward pass starts with
# $dL/dL = 1$ at the loss. At each edge it multiplies what has arrived by the partial, and adds the product to the
# operand's gradient.

# %%
backprop = L.step_through()
print(backprop.step())
# > [edge 1/5] L -> error
# >       partial   d(error**2)/derror = 2 * error = 2 * (-2.5) = -5
# >       upstream  L.grad = 1
# >       error.grad = -5 * 1 = -5
# >       error.grad is complete
print(backprop.run())
# > 4 edges processed, backprop of L is done
# >   w.grad = -10
# >   b.grad = -5

# %%
print(L.why(w))
# > dL/dw is a sum over 1 path
# >   L -> error -> y_hat -> wx -> w    -5 * 1 * 1 * 2 = -10
# >   total -10

# %%
show(
    draw(L, title="The gradient of L"),
    "graph",
    "The graph of L. Each arrow shows its partial; each box, the gradient that arrived there.",
)


# %%
@plot("chain", "Each factor of dL/dw and dL/db is written above the edge it comes from; the gradient that arrives is written below.",
      title="The chain rule, from the loss down to w and b", size=(10.5, 3.6))  # fmt: skip
def _(ax):
    places = {"L": (0, 1), "error": (1.3, 1), "y_hat": (2.6, 1), "wx": (3.9, 1.5), "w": (5.2, 1.5), "b": (5.2, 0.4)}
    nodes = {"L": L, "error": error, "y_hat": y_hat, "wx": wx, "w": w, "b": b}
    colors = {"L error": RED, "error y_hat": PURPLE, "y_hat wx": GREEN, "wx w": BLUE, "y_hat b": ORANGE}
    for edge, color in colors.items():
        above, below = edge.split()
        (x0, y0), (x1, y1) = places[above], places[below]
        partial = next(p for o, p in zip(nodes[above].operands, nodes[above].partials) if o is nodes[below])
        ax.plot([x0, x1], [y0, y1], color=color, linewidth=3, zorder=1)
        middle, height, off = (x0 + x1) / 2, (y0 + y1) / 2, 0.05 + abs(y1 - y0) / (x1 - x0) / 3
        ax.text(middle, height + off, f"× {partial:g}", ha="center", va="bottom", fontweight="bold", fontsize=15)
        product = f"{nodes[above].grad:g} × {partial:g} = {nodes[below].grad:g}"
        ax.text(middle, height - off, product, ha="center", va="top", fontsize=12)
    for name, (x0, y0) in places.items():
        frame = {"boxstyle": "round", "fc": "white", "ec": BLACK}
        ax.text(x0, y0, name, ha="center", va="center", fontsize=15, bbox=frame, zorder=3)
        ax.text(x0, y0 - 0.2, f"dL/d{name} = {nodes[name].grad:g}", ha="center", va="top", fontsize=12)
    ax.set(xlim=(-0.5, 5.7), ylim=(0, 1.75))
    ax.axis("off")


# %% [markdown]
# Now do it yourself. The player below walks through the same graph, and asks for each number before it shows it:

# %%
show(L.player(), "player", "Backprop of L, one edge at a time. Type each gradient before it is shown.", at="predict")

# %% [markdown]
# ## Investigate: is it true?
#
# You can always ask the function itself. Move one parameter a little in both directions, and see how much $L$ changes.


# %%
def loss(w, b, x=x, y=y):
    return (w * x + b - y) ** 2


h = 1e-6
by_nudging_w = (loss(1 + h, 0.5) - loss(1 - h, 0.5)) / (2 * h)
by_nudging_b = (loss(1, 0.5 + h) - loss(1, 0.5 - h)) / (2 * h)
print(f"by nudging: dL/dw = {by_nudging_w:.4f}, dL/db = {by_nudging_b:.4f}")
# > by nudging: dL/dw = -10.0000, dL/db = -5.0000

# %% [markdown]
# ## Modify: what the gradient is for
#
# Both derivatives are negative: $L$ falls as $w$ and $b$ grow. So we move each parameter against its derivative, by a
# step of size $\eta$, the *learning rate*: $w \leftarrow w - \eta \, \partial L / \partial w$, and $b$ likewise.

# %%
predict("loss_after_a_step")

# %%
for eta in (0.05, 0.1, 0.2):
    w_new, b_new = w.data - eta * w.grad, b.data - eta * b.grad
    print(f"eta {eta:<4}  w {w_new:g}  b {b_new:g}  y_hat {w_new * x + b_new:g}  L {loss(w_new, b_new):g}")
# > eta 0.05  w 1.5  b 0.75  y_hat 3.75  L 1.5625
# > eta 0.1   w 2  b 1  y_hat 5  L 0
# > eta 0.2   w 3  b 1.5  y_hat 7.5  L 6.25


# %%
@plot("steps", "L after one step against the gradient, for each eta. The curve is a parabola, and its lowest point is at 0.1.",
      title="One step against the gradient", x="eta, the learning rate", y="L after the step")  # fmt: skip
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
# With 0.05 the step only gets closer, with 0.1 it lands exactly, and with 0.2 it overshoots by as much as the
# prediction fell short before. One line of algebra says why: a step multiplies the error by $1 - 2 \eta (x^2 + 1)$, and
# at $x = 2$ that is 0.5, 0 and -1. The right step therefore depends on the data. *(You may skip this on a first
# reading.)* At another $x$, a step of 0.1 does not land on the target:

# %%
x_new = 3.0
factor = 1 - 2 * 0.1 * (x_new**2 + 1)
error_new = w.data * x_new + b.data - y
landed = loss(w.data - 0.1 * 2 * error_new * x_new, b.data - 0.1 * 2 * error_new, x_new)
print(
    f"x = {x_new:g}: the error is multiplied by {factor:g}; L goes from {loss(w.data, b.data, x_new):g} to {landed:g}"
)
# > x = 3: the error is multiplied by -1; L goes from 2.25 to 2.25

# %% [markdown]
# ## Make
#
# Write these functions in `lesson_53.py` or in a cell. To check one of them, run `from scalar_autograd import check`,
# then `check(gradients)`.
#
# - `gradients(w, b, x, y)` works out `(dL/dw, dL/db)` by hand (easy);
# - `chain(partials)` gives the gradients along any chain (easy);
# - `update(w, b, x, y, eta)` moves `w` and `b` by one step (medium).
#
# Then change `x` to 0 in this lesson: which of the two derivatives is 0 now, and why? Choose a `y` that makes the first
# prediction right: what is the gradient then?
#
# ## Summary: what to say in an interview
#
# *How is the gradient of the loss computed?* The loss depends on a parameter through a chain of operations. The chain
# rule multiplies the slopes along that chain, from the loss down to the parameter. For $L = (\hat y - y)^2$ with
# $\hat y = w x + b$ that is $\partial L / \partial w = 2 (\hat y - y) x$ and $\partial L / \partial b = 2 (\hat y - y)$.
# Backpropagation does this once for all parameters: it starts with 1 at the loss, and passes each node's gradient on to
# its operands, multiplied by the slope of the operation. The gradient then tells us which way to move each parameter,
# and how strongly the loss reacts.
#
# **Next:** [lesson 53b](53b): what happens where a value is used twice.
