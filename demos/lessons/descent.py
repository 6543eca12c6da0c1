# %% [markdown]
# # How does gradient descent work, mathematically?
#
# *Как работает градиентный спуск с точки зрения математики?*
#
# **Lesson 54, 20 minutes.** You should know the gradient of a line ([lesson 53](53)). By the end you will be able to
# write down the update rule for any number of parameters, say why it goes against the gradient, choose a learning rate,
# and say where descent ends.

# %%
import math

from autograd import Value, draw, mean
from scalar_autograd import BLACK, BLUE, GREY, MARKS, ORANGE, RED, arrow, option, plot, predict, show

# %% [markdown]
# ## A line to find
#
# Five points lie on $y = 2x + 1$. The model is $w x + b$, and starts at $w = b = 0$. Its loss is the mean of the five squared
# errors.

# %%
points = [(x, 2.0 * x + 1.0) for x in (-2.0, -1.0, 0.0, 1.0, 2.0)]


def loss(w, b):
    return mean([(w * x + b - y) ** 2 for x, y in points])


w, b = Value(0.0, label="w"), Value(0.0, label="b")
L = loss(w, b)
L.backward()
print(f"L = {L.data:g}, dL/dw = {w.grad:g}, dL/db = {b.grad:g}")
# > L = 9, dL/dw = -8, dL/db = -2

# %%
show(
    draw(L, title="The loss of five points"),
    "graph",
    "The loss of all five points as one graph: both parameters are used five times, so their gradients add up.",
)

# %% [markdown]
# The *gradient* is the vector of the partial derivatives:
#
# $$\nabla L = \left( \frac{\partial L}{\partial w}, \frac{\partial L}{\partial b} \right) = (-8, -2)$$
#
# Gradient descent moves all parameters $w \in \mathbb{R}^n$ at once: it subtracts $\eta$ times the gradient. $\eta$
# (eta) is the *learning rate*, and $-\nabla L$ is also called the antigradient:
#
# $$w_{new} = w_{old} - \eta \, \nabla L(w_{old})$$
#
# ## Predict

# %%
predict("first_update")

# %% [markdown]
# ## Run: why minus the gradient?
#
# From (0, 0) try every direction, degree by degree, with a step of the same length. Which one lowers $L$ the most?


# %%
def loss_of(w, b):
    total = 0.0
    for x, y in points:
        total += (w * x + b - y) ** 2
    return total / len(points)


length = 0.01
around = [loss_of(length * math.cos(math.radians(k)), length * math.sin(math.radians(k))) for k in range(360)]
best = around.index(min(around))
against = math.degrees(math.atan2(-b.grad, -w.grad))
print(f"best of 360 directions: {best} degrees; minus the gradient points to {against:.1f} degrees")
# > best of 360 directions: 14 degrees; minus the gradient points to 14.0 degrees

# %% [markdown]
# For a small step $d$ the loss changes by about the dot product $\nabla L \cdot d$. Among all steps of the same length,
# that product is lowest when $d$ points exactly against the gradient.
#
# In practice an update has four parts: compute the loss, clear the old gradients, go backward, move the parameters. Repeat.

# %%
eta, updates = 0.1, option("steps", 60)
w, b = Value(0.0, label="w"), Value(0.0, label="b")
path = []
for update in range(updates + 1):
    L = loss(w, b)
    path.append((w.data, b.data, L.data))
    w.grad = b.grad = 0.0
    L.backward()
    if update < 3 or update == updates:
        print(f"update {update:2}: w {w.data:.4f}  b {b.data:.4f}  L {L.data:.4f}")
    if update == updates:
        break
    w.data -= eta * w.grad
    b.data -= eta * b.grad
# > update  0: w 0.0000  b 0.0000  L 9.0000
# > update  1: w 0.8000  b 0.2000  L 3.5200
# > update  2: w 1.2800  b 0.3600  L 1.4464
# > update 60: w 2.0000  b 1.0000  L 0.0000

# %% [markdown]
# The first step is (0.8, 0.2): eta times (8, 2). If you forget the minus sign, $L$ goes up from 9 at once:

# %%
print(f"with a plus sign the first step goes to L = {loss_of(0.1 * -8, 0.1 * -2):g}")
# > with a plus sign the first step goes to L = 17.12


# %%
@plot("contour", "Lines of equal loss over (w, b), and the path from (0, 0). Minus the gradient is at a right angle to the line of equal loss.",
      title="Gradient descent on L(w, b)", x="w", y="b", size=(8, 6))  # fmt: skip
def _(ax):
    ws, bs = [-0.5 + 4 * k / 60 for k in range(61)], [-0.75 + 3 * k / 60 for k in range(61)]
    heights = [[loss_of(w, b) for w in ws] for b in bs]
    lines = ax.contour(ws, bs, heights, levels=[0.05, 0.25, 1, 2, 4, 6, 9, 12], colors=GREY, linewidths=1)
    ax.clabel(lines, fmt="%g", colors=BLACK, fontsize=10)
    ax.plot([p[0] for p in path], [p[1] for p in path], "o-", color=BLUE, markersize=5, label="path")
    ax.plot(2, 1, "*", color=RED, markersize=16, label="minimum (2, 1)")
    arrow(ax, 0.97, 0.2425, ORANGE, "", (0, 0.12))
    ax.annotate(f"minus gradient, {best}°", (0.12, 0.22), color=BLACK, rotation=best)
    ax.legend(loc="upper left", frameon=True, framealpha=1.0)
    ax.set_aspect("equal")
    ax.grid(False)


# %%
@plot("line", "The line itself, after some updates: it swings towards the five points.",
      title="The line after some updates", x="x", y="y", size=(6.5, 4.6))  # fmt: skip
def _(ax):
    shown = [k for k in (0, 1, 2, 4, 8, 20) if k < len(path)]
    for k in shown:
        w, b, _ = path[k]
        shade = str(0.75 - 0.75 * shown.index(k) / len(shown))
        ax.plot([-2.2, 2.2], [w * -2.2 + b, w * 2.2 + b], color=shade, label=f"update {k}")
    ax.scatter(*zip(*points), color=RED, zorder=3, s=50)
    ax.legend()


# %% [markdown]
# ## Modify: how large a step?
#
# Take the simplest valley there is, $(w - 3)^2$, and start at $w = 0$. Four values of eta, four behaviours.

# %%
predict("one_step_eta")

# %%
predict("too_large")


# %%
def descend(f, w, eta, updates):
    """The values of w before each update and after the last one."""
    w, path = Value(w, label="w"), []
    for _ in range(updates):
        path.append(w.data)
        w.grad = 0.0
        f(w).backward()
        w.data -= eta * w.grad
    return [*path, w.data]


family = {eta: descend(lambda w: (w - 3) ** 2, 0.0, eta, 4) for eta in (0.1, 0.5, 1.0, 1.1)}
for eta, ws in family.items():
    print(f"eta {eta}:", "  ".join(f"{w:g}" for w in ws))
# > eta 0.1: 0  0.6  1.08  1.464  1.7712
# > eta 0.5: 0  3  3  3  3
# > eta 1.0: 0  6  0  6  0
# > eta 1.1: 0  6.6  -1.32  8.184  -3.2208

# %% [markdown]
# A step multiplies the distance to the minimum by $1 - 2 \eta$. With 0.8 it converges, with 0 it lands in a single
# step, with -1 it bounces forever, and with -1.2 it diverges. Which eta is small enough depends on how curved the
# valley is. On the line above, 0.5 is too much for $w$, which bounces, although $b$ has already landed:

# %%
w, b, bounced = Value(0.0, label="w"), Value(0.0, label="b"), []
for _ in range(4):
    w.grad = b.grad = 0.0
    loss(w, b).backward()
    w.data, b.data = w.data - 0.5 * w.grad, b.data - 0.5 * b.grad
    bounced.append((w.data, b.data))
print("w:", *(f"{w:g}" for w, _ in bounced), " b:", *(f"{b:g}" for _, b in bounced))
# > w: 4 0 4 0  b: 1 1 1 1

behaviours = dict(zip(family, ("converges", "lands", "bounces", "diverges")))


# %%
@plot("family", "Four values of eta in one valley. The square marks the start.",
      title="(w - 3)² from w = 0", x="w", y="L", each={f"eta {eta}: {behaviours[eta]}": ws for eta, ws in family.items()}, size=(3.0, 3.0))  # fmt: skip
def _(ax, ws):
    valley = [-4 + 13 * k / 100 for k in range(101)]
    ax.plot(valley, [(w - 3) ** 2 for w in valley], color=GREY, linewidth=1.2)
    ax.plot(ws, [(w - 3) ** 2 for w in ws], "o-", color=BLUE, linewidth=1, markersize=5)
    ax.plot(ws[0], 9, "s", color=RED, markersize=8)
    ax.set(ylim=(-2, 42), xticks=range(-3, 10, 3))


# %% [markdown]
# ## Investigate: which valley?
#
# $(w^2 - 1)^2 + 0.3 w$ has two valleys of different depth. Descent finds the bottom of the one it starts in. That is a *local*
# minimum, and not always the *global* one:


# %%
def valleys(w):
    return (w * w - 1) ** 2 + 0.3 * w


ends = {start: descend(valleys, start, 0.05, 60) for start in (0.5, -0.5)}
for start, ws in ends.items():
    print(f"from {start:4}: w {ws[-1]:.4f}, f {valleys(ws[-1]):.4f}")
# > from  0.5: w 0.9601, f 0.2941
# > from -0.5: w -1.0356, f -0.3054


# %%
@plot("valleys", "Two starts lead to two minima, and only one of them is the lowest.",
      title="Descent ends in a local minimum", x="w", y="f(w)")  # fmt: skip
def _(ax):
    ws = [-1.6 + 3.1 * k / 200 for k in range(201)]
    ax.plot(ws, [valleys(w) for w in ws], color=GREY)
    for (start, path), (color, marker, dashes) in zip(ends.items(), MARKS):
        ax.plot(
            path,
            [valleys(w) for w in path],
            marker=marker,
            color=color,
            linestyle=dashes,
            linewidth=1,
            label=f"from {start}",
        )
        ax.annotate(f"({path[-1]:.4f}, {valleys(path[-1]):.4f})", (path[-1], valleys(path[-1])), xytext=(0, -20),
                    textcoords="offset points", ha="center")  # fmt: skip
    ax.set_ylim(-0.7, 2.5)
    ax.legend()


# %% [markdown]
# ## When to stop
#
# At a minimum the gradient is 0, so stop when it is small: here, when its length is below 0.001.

# %%
eta, update = 0.1, 0
w, b = Value(0.0, label="w"), Value(0.0, label="b")
while True:
    w.grad = b.grad = 0.0
    loss(w, b).backward()
    steepness = math.hypot(w.grad, b.grad)
    if steepness < 0.001:
        break
    w.data, b.data, update = w.data - eta * w.grad, b.data - eta * b.grad, update + 1
print(f"stopped after {update} updates at w {w.data:.4f}, b {b.data:.4f}: |gradient| {steepness:.6f}")
# > stopped after 35 updates at w 2.0000, b 0.9996: |gradient| 0.000811

# %% [markdown]
# ## Make
#
# Write these functions in `lesson_54.py` or in a cell. To check one of them, run `from scalar_autograd import check`,
# then `check(descend)`.
#
# - `descend(f, w, eta, updates)`, without looking at the one above (medium);
# - `settle(slope, w, eta, small)` stops when the slope is small, and counts the updates (medium).
#
# Find the largest eta for which the line's $w$ still converges. Then leave out `w.grad = b.grad = 0.0`: what does the path look
# like, and why?
#
# ## Summary: what to say in an interview
#
# *How does gradient descent work?* The gradient is the vector of the partial derivatives of the loss with respect to the
# parameters, and points in the direction of steepest ascent. So each update moves the parameters against it,
# $w_{new} = w_{old} - \eta \, \nabla L(w_{old})$, where the learning rate $\eta$ sets the size of the step. Too small a rate is
# slow; too large a rate bounces or diverges, and what is too large depends on the curvature. The updates are repeated until the
# gradient is small. The result is a local minimum; which one depends on where the descent starts.
#
# **Next:** [lesson 52](52): what a layer computes.
