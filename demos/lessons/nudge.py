# %% [markdown]
# # Why do derivatives matter for backpropagation?
#
# *Почему производные важны для backpropagation?*
#
# **Lesson 55, 20 minutes.** You should know the gradient of a line ([lesson 53](53)) and that gradients add up over
# paths ([lesson 53b](53b)). By the end you will be able to say what a derivative tells you about a weight and what it
# does not, how the error spreads back through the layers, and what training would cost without derivatives.

# %%
import math
from random import Random

import autograd
import nn
import nn.functional as F
from autograd import Value, draw
from scalar_autograd import BLACK, BLUE, GREY, MARKS, NEGATIVE, ORANGE, POSITIVE, normal, option, plot, predict, show

seed = option("seed", 0)

# %% [markdown]
# ## What a derivative predicts
#
# Take the line from lesson 53 again: $w = 1$, $b = 0.5$, and at $x = 2$ it should predict 5. At that point
# $\partial L/\partial w = -10$. So if $w$ grows by 1, does $L$ fall by 10?

# %%
predict("whole_unit")

# %%
w = Value(1.0, label="w")
L = (w * 2.0 + 0.5 - 5.0) ** 2
L.backward()


def loss(w):
    return (w * 2.0 + 0.5 - 5.0) ** 2


print(f"dL/dw = {w.grad:g}")
# > dL/dw = -10
for nudge in (1.0, 0.1, 0.01):
    predicted, happened = w.grad * nudge, loss(1 + nudge) - loss(1)
    print(f"w + {nudge:<4g}: predicted {predicted:g}, happened {happened:.4f}, ratio {happened / predicted:.3f}")
# > w + 1   : predicted -10, happened -6.0000, ratio 0.600
# > w + 0.1 : predicted -1, happened -0.9600, ratio 0.960
# > w + 0.01: predicted -0.1, happened -0.0996, ratio 0.996

# %% [markdown]
# A derivative is a *rate*: it says how fast $L$ changes with $w$ at this point. It is not "the change in $L$ when $w$
# grows by one". A step of 1 changes $L$ by -6, not by -10. The smaller the step, the better the prediction: -0.96 for
# 0.1, -0.0996 for 0.01. The difference comes from the bend in the curve; here it is 4 times the square of the step.


# %%
@plot("triangle", "The dashed tangent is the prediction, and the curve is what happens. Near the point the two agree.",
      title="A derivative is a rate", x="w", y="L")  # fmt: skip
def _(ax):
    ws = [0.6 + k / 100 for k in range(166)]
    ax.plot(ws, [loss(w) for w in ws], color=BLUE, label="L")
    ax.plot(
        [0.6, 2.05], [loss(1) + 0.4 * 10, loss(1) - 1.05 * 10], color=ORANGE, linestyle="--", label="what -10 predicts"
    )
    ax.plot([1, 2.12], [loss(1), loss(1)], color=GREY, linewidth=1)
    ax.plot([1, 2, 2], [loss(1), loss(2), loss(1) - 10], "o", color=BLACK)
    for place, end, color in ((2, loss(2), BLUE), (2.12, loss(1) - 10, ORANGE)):
        look = {"arrowstyle": "-|>", "color": color, "lw": 2, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (place, end), (place, loss(1)), arrowprops=look)
    ax.plot([2, 2.12], [loss(1) - 10] * 2, color=GREY, linewidth=1)
    ax.annotate("nudge 1", (1.5, loss(1)), xytext=(0, 5), textcoords="offset points", ha="center")
    ax.annotate("happened: -6", (1.97, 3), ha="right")
    ax.annotate("predicted: -10", (2.15, 3))
    ax.set(xlim=(0.55, 2.55), ylim=(-5, 11))
    ax.legend()


# %% [markdown]
# ## Run: seventeen derivatives at once
#
# XOR is the smallest problem that no straight line can solve. Our network has two inputs, a hidden layer of four units,
# and one output: 12 weights and 5 biases, a 2-4-1 *MLP* (multilayer perceptron). Each hidden unit bends its weighted
# sum with tanh, an S-shaped curve between -1 and 1; that is its *activation*. One backward pass gives the derivative of
# the loss with respect to each parameter. Each one predicts how $L$ changes when that parameter alone is nudged by 0.01.

# %%
inputs, targets = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
model = nn.MLP(2, [4, 1], activation="tanh", seed=seed)


def xor_loss():
    return F.mse_loss([model(x)[0] for x in inputs], targets)


L = xor_loss()
L.backward()
first_gradients = {name: p.grad for name, p in model.named_parameters()}
changes = []  # (predicted, happened) of each parameter
for p in model.parameters():
    before = p.data
    p.data = before + 0.01
    changes.append((p.grad * 0.01, xor_loss().data - L.data))
    p.data = before
worst = max(abs(predicted - happened) for predicted, happened in changes)
largest = max(abs(predicted) for predicted, _ in changes)
print(f"{len(changes)} parameters: predictions up to {largest:.4f}, the worst is off by {worst:.5f}")
# > 17 parameters: predictions up to 0.0031, the worst is off by 0.00010


# %%
@plot("changes", "Each point is one parameter of the XOR network, nudged by 0.01. On the line, what happened is what was predicted.",
      title="Predicted and actual change in L", x="predicted: dL/dw * 0.01", y="happened", size=(5.6, 5))  # fmt: skip
def _(ax):
    ends = [min(p for p, _ in changes), max(p for p, _ in changes)]
    ax.plot(ends, ends, color=GREY, linewidth=1)
    for (start, stop), (color, marker, _), word in zip(((0, 12), (12, 17)), MARKS, ("hidden layer", "output layer")):
        ax.scatter(*zip(*changes[start:stop]), color=color, marker=marker, s=45, label=word)
    ax.locator_params(nbins=5)
    ax.legend()


# %% [markdown]
# ## How the error spreads back
#
# Where do 17 derivatives come from in a single pass? Follow one sample, $x = (1, 0)$, whose target is 1. The pass
# starts with the error at the output. The output unit sends a share back along each of its weights: hidden unit $j$
# receives $\partial L/\partial h_j = \partial L/\partial out \cdot W_j$. Each hidden unit multiplies what it has
# received by the slope of its activation, and passes the product on to its own weights, where it is multiplied by the
# input that each weight reads. So every layer reuses what the layer above has computed.

# %%
x = [Value(1.0, label="x0"), Value(0.0, label="x1")]
hidden_layer, output_layer = model.layers
h = hidden_layer(x)
(out,) = output_layer(h)
sample_loss = (out - 1.0) ** 2
model.zero_grad()
sample_loss.backward()
print(f"error at the output: {out.data - 1:.3f}, dL/dout = {out.grad:.3f}")
# > error at the output: -0.715, dL/dout = -1.430
for j, unit in enumerate(h):
    weight = output_layer.weight[0][j].data
    print(
        f"h{j}: {out.grad:.3f} * {weight:6.3f} = {unit.grad:6.3f}; its weight from x0 gets {hidden_layer.weight[j][0].grad:6.3f}"
    )
# > h0: -1.430 * -0.218 =  0.312; its weight from x0 gets  0.256
# > h1: -1.430 *  0.256 = -0.366; its weight from x0 gets -0.366
# > h2: -1.430 *  0.118 = -0.169; its weight from x0 gets -0.121
# > h3: -1.430 * -0.249 =  0.357; its weight from x0 gets  0.303


# %%
@plot("spread", "From right to left: the gradient at the output, at each hidden unit, and at the weights from x0. Each layer needs only what the layer to its right has computed.",
      title="The error, layer by layer, for x = (1, 0)", size=(9, 4.2))  # fmt: skip
def _(ax):
    ys = [3.3, 2.2, 1.1, 0.0]
    for j, (unit, y) in enumerate(zip(h, ys)):
        for x0, x1, y0, y1, number in ((4, 2, 1.65, y, unit.grad), (2, 0, y, 1.65, hidden_layer.weight[j][0].grad)):
            color, dashes = (POSITIVE, "-") if number > 0 else (NEGATIVE, "--")
            ax.plot([x0, x1], [y0, y1], color=color, linestyle=dashes, linewidth=1 + 5 * abs(number), zorder=1)
        ax.text(1.05, (y + 1.65) / 2, f"{hidden_layer.weight[j][0].grad:.3f}", ha="center", va="center", fontsize=12, zorder=4,
                bbox={"fc": "white", "ec": "none", "pad": 1.5})  # fmt: skip
        ax.text(
            2,
            y,
            f"h{j}  {unit.grad:.3f}",
            ha="center",
            va="center",
            fontsize=12,
            zorder=4,
            bbox={"fc": "white", "ec": BLACK},
        )
    ax.text(
        4,
        1.65,
        f"out  {out.grad:.3f}",
        ha="center",
        va="center",
        fontsize=12,
        zorder=4,
        bbox={"fc": "white", "ec": BLACK},
    )
    ax.text(0, 1.65, "x0", ha="center", va="center", fontsize=12, zorder=4, bbox={"fc": "white", "ec": BLACK})
    ax.set(xlim=(-0.4, 4.6), ylim=(-0.5, 3.8))
    ax.axis("off")


# %% [markdown]
# Now do it yourself, on the smallest network of all: one input, which is 2, one hidden unit, and one output, which
# should be 0. The player asks for each gradient on the way back. The tanh has the value 0.5 here, so its slope is $1 -
# 0.5^2$.

# %%
w1, w2 = Value(math.atanh(0.5) / 2, label="w1"), Value(2.0, label="w2")
weighted = w1 * 2.0
unit = weighted.tanh()
guess = w2 * unit
small_loss = guess**2
show(small_loss.player(), "player", "One unit in each layer. Type each gradient before it is shown.", at="predict")

# %% [markdown]
# ## Investigate: without slopes nothing is learned

# %%
predict("stairs")

# %%
stairs = autograd.op("stairs", "stairs", "0 if a <= 0 else 1", "0")
flat = nn.MLP(2, [4, 1], activation="tanh", seed=seed)
steps_of_stairs = [stairs(z) for z in F.linear([1.0, 0.0], flat.layers[0].weight, flat.layers[0].bias)]
((flat.layers[1](steps_of_stairs)[0] - 1.0) ** 2).backward()
print("hidden layer:", [f"{p.grad:g}" for p in flat.layers[0].parameters()])
# > hidden layer: ['0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0']

# %% [markdown]
# The step function `stairs` has a value, 0 or 1, but its slope is 0. The chain rule multiplies by that slope, so all 12
# derivatives of the hidden layer are exactly 0. Nothing tells these weights which way to move.
#
# ## A sensitivity, not a share
#
# It is tempting to read $\partial L/\partial w$ as "this weight's share of the error". It is not: the derivatives do
# not add up to $L$. They say how sensitive $L$ is to each weight at this point.

# %%
total = 0.0
for gradient in first_gradients.values():
    total += gradient
print(f"L = {L.data:.4f}, the sum of all 17 derivatives = {total:.4f}")
# > L = 0.2922, the sum of all 17 derivatives = -0.5744


# %%
@plot("network", "The derivative of L with respect to every weight before training. A wide line means that L is sensitive to that weight; dashed lines are negative. The numbers in boxes belong to the biases.",
      title="dL/dw on the network", size=(8.5, 5.4))  # fmt: skip
def _(ax):
    columns = ([(0, 2.4), (0, 1.2)], [(2, 3.6), (2, 2.4), (2, 1.2), (2, 0)], [(4, 1.8)])
    largest = max(abs(g) for g in first_gradients.values())
    for layer, (left, right) in enumerate(zip(columns, columns[1:])):
        for i, (x1, y1) in enumerate(right):
            edges = {f"layers.{layer}.weight[{i}][{j}]": place for j, place in enumerate(left)}
            edges[f"layers.{layer}.bias[{i}]"] = (x1, y1 - 0.55)
            for name, (x0, y0) in edges.items():
                gradient, along = first_gradients[name], 0.0 if "bias" in name else 0.62 if layer == 0 else 0.4
                color, dashes = (POSITIVE, "-") if gradient > 0 else (NEGATIVE, "--")
                width = 0.4 + 8 * abs(gradient) / largest
                ax.plot([x0, x1], [y0, y1], color=color, linestyle=dashes, linewidth=width, zorder=1)
                frame = {"fc": "white", "ec": BLACK if "bias" in name else "none", "pad": 2 if "bias" in name else 0.8}
                x, y = x0 + along * (x1 - x0), y0 + along * (y1 - y0)
                ax.text(x, y, f"{gradient:.2f}", fontsize=11, ha="center", va="center", bbox=frame, zorder=2)
    for column, names in zip(columns, (("x0", "x1"), ("h0", "h1", "h2", "h3"), ("out",))):
        for (x, y), name in zip(column, names):
            ax.scatter(x, y, s=620, color="white", edgecolor=BLACK, zorder=3)
            ax.text(x, y, name, ha="center", va="center", zorder=4)
    ax.set(xlim=(-0.3, 4.3), ylim=(-0.8, 3.9))
    ax.axis("off")


# %% [markdown]
# ## Modify: they are enough to learn from
#
# Move every parameter a little against its derivative, again and again. Plain gradient descent is nothing more than
# that:
#
# $$w := w - \eta \, \frac{\partial L}{\partial w}$$

# %%
eta, updates = 0.3, option("steps", 200)
optimizer = nn.optim.SGD(model.parameters(), lr=eta)
for update in range(updates + 1):
    L = xor_loss()
    if update in (0, 50, 100, updates):
        right = [(model(x)[0].data > 0.5) == (y > 0.5) for x, y in zip(inputs, targets)].count(True)
        print(f"update {update:3}: L = {L.data:.4f}, {right} of 4 right")
    if update < updates:
        optimizer.zero_grad()
        L.backward()
        optimizer.step()
# > update   0: L = 0.2922, 1 of 4 right
# > update  50: L = 0.2374, 2 of 4 right
# > update 100: L = 0.1303, 4 of 4 right
# > update 200: L = 0.0000, 4 of 4 right

# %%
L = F.mse_loss(model([Value(1.0, label="x0"), Value(0.0, label="x1")]), [1.0])
L.zero_grad()
L.backward()
show(
    draw(L, title=f"The network on (1, 0), update {updates} (seed {seed})"),
    "graph",
    "The trained network on (1, 0): L is nearly 0, and so are its derivatives.",
)

# %% [markdown]
# ## What it costs without derivatives
#
# *(University level from here to "Make"; you may skip the code and look at the bars.)* Training without derivatives is
# possible, but its cost grows with the number of weights. The task is the same for 2, 20 and 200 weights: bring $L$
# down to a hundredth of what it was. A *pass* is one run through the network, forward or backward. Backprop needs two
# for an update. Central differences nudge each weight in both directions. Random search tries a random step, and keeps
# it if $L$ fell.

# %%
predict("passes_to_nudge")


# %%
def task(n):
    """The loss of n weights: each has a best position and a curvature of its own. Takes floats or Values."""
    rng = Random(seed)
    wanted = [(normal(rng), 0.2 + 0.8 * rng.random()) for _ in range(n)]

    def loss(ws):
        total = 0.0
        for w, (best, curvature) in zip(ws, wanted):
            total = total + (w - best) ** 2 * curvature
        return total / n

    return loss


def with_backprop(f, n):
    ws, passes = [Value(0.0) for _ in range(n)], 0
    goal = f(ws).data / 100
    while True:
        loss, passes = f(ws), passes + 1
        if loss.data < goal:
            return passes
        for w in ws:
            w.grad = 0.0
        loss.backward()
        passes += 1
        for w in ws:
            w.data -= 0.25 * n * w.grad


def with_differences(f, n):
    ws, passes, h = [0.0] * n, 0, 1e-4
    goal = f(ws) / 100
    while True:
        passes += 1
        if f(ws) < goal:
            return passes
        slopes = []
        for k in range(n):
            up, down = [*ws[:k], ws[k] + h, *ws[k + 1 :]], [*ws[:k], ws[k] - h, *ws[k + 1 :]]
            slopes.append((f(up) - f(down)) / (2 * h))
            passes += 2
        ws = [w - 0.25 * n * slope for w, slope in zip(ws, slopes)]


def with_random_search(f, n):
    rng, ws, size, passes = Random(seed), [0.0] * n, 1.0, 1
    lowest = f(ws)
    goal = lowest / 100
    while lowest > goal:
        trial = [w + size * normal(rng) / math.sqrt(n) for w in ws]
        tried, passes = f(trial), passes + 1
        if tried < lowest:
            ws, lowest, size = trial, tried, size * 1.5
        else:
            size *= 0.9
    return passes


ways = {"backprop": with_backprop, "differences": with_differences, "random search": with_random_search}
passes = {name: [way(task(n), n) for n in (2, 20, 200)] for name, way in ways.items()}
print(f"{'passes for':14} {'2':>6} {'20':>6} {'200':>6} weights")
# > passes for          2     20    200 weights
for name, counts in passes.items():
    print(f"{name:14}", *(f"{count:6}" for count in counts))
# > backprop           17     21     19
# > differences        41    411   3610
# > random search      55    382   2963


# %%
@plot("passes", "Passes until L is a hundredth of what it was; the scale is logarithmic.",
      title="What one backward pass saves", x="weights", y="passes")  # fmt: skip
def _(ax):
    looks = [(color, hatch) for (color, *_), hatch in zip(MARKS, ("", "//", ".."))]
    for k, ((name, counts), (color, hatch)) in enumerate(zip(passes.items(), looks)):
        places = [group + 0.27 * (k - 1) for group in range(3)]
        bars = ax.bar(places, counts, 0.25, color=color, hatch=hatch, edgecolor="white", label=name)
        ax.bar_label(bars, fontsize=10)
    ax.set_yscale("log")
    ax.set_ylim(1, 9000)
    ax.set_xticks(range(3), ["2", "20", "200"])
    ax.legend()


# %% [markdown]
# ## Make
#
# Write these functions in `lesson_55.py` or in a cell. To check one of them, run `from scalar_autograd import check`,
# then `check(nudge_grad)`.
#
# - `nudge_grad(f, xs)` measures the slope of `f` with respect to each number, from both sides (medium);
# - `hidden(upstream, W, slopes)` carries the gradients back through one layer, from the outputs to the hidden units
#   (hard).
#
# Then nudge the parameters of the trained network again: why are all predictions nearly 0 now? And how many passes does
# random search need for twice as many weights? Write down your guess before you run it.
#
# ## Summary: what to say in an interview
#
# *Why do derivatives matter for backpropagation?* The derivative of the loss with respect to a weight says how fast the
# loss changes as that weight changes: it gives the direction in which to move the weight, and how strongly the loss
# reacts. The error at the output is spread back through all layers by the chain rule, so one backward pass gives
# the derivatives of all weights; then each moves by $w := w - \eta \, \partial L/\partial w$. It is a rate, valid for
# small steps, and a sensitivity, not a share of the error. Without derivatives, training is possible, but its cost
# grows with the number of weights.
#
# **Next:** [lesson 54](54): gradient descent.
