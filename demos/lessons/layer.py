# %% [markdown]
# # How does matrix multiplication work in a layer?
#
# *Как работает матричное умножение в слое нейросети?*
#
# **Lesson 52, 20 minutes.** You should know gradient descent ([lesson 54](54)). By the end you will be able to compute
# a layer by hand, give the size of everything in it, and say what a row of its matrix has learned.

# %%
import math

import nn
import nn.functional as F
from autograd import Value, draw
from scalar_autograd import BLACK, NEGATIVE, POSITIVE, heat, option, plot, predict, show

# %% [markdown]
# ## Rows times input
#
# A linear layer takes a vector $x$ of $n$ numbers and returns a vector $y$ of $m$ numbers:
#
# $$y = W x + b \qquad y_i = \sum_j W_{ij} x_j + b_i$$
#
# $W$ is a matrix of size $m \times n$, with a row for each output and a column for each input, and the bias $b$ has $m$ numbers.
# Each output is a *weighted sum* of the inputs, also called a linear combination of the features.

# %%
predict("columns_of_w")

# %%
predict("first_output")

# %% [markdown]
# ## Run: by hand
#
# Here $W$ is 2 x 3.

# %%
W = [[1.0, 2.0, 3.0], [0.0, -1.0, 1.0]]
x = [1.0, 0.5, -1.0]
b = [0.5, 0.0]

y = []
for i in range(2):
    total = 0.0
    for j in range(3):
        total += W[i][j] * x[j]
    y.append(total + b[i])
print("by hand ", y)
# > by hand  [-0.5, -1.5]
print("F.linear", [float(f"{number:g}") for number in F.linear(x, W, b)])
# > F.linear [-0.5, -1.5]

# %% [markdown]
# ## Ten digits in seven segments
#
# A pocket calculator draws each digit with seven strokes, each on (1) or off (0). A layer with 7 inputs and 10 outputs
# has to recognise the digits: output $i$ is the *score* of digit $i$. Softmax turns ten scores into ten probabilities.
# The loss is the *cross-entropy*: minus the logarithm of the probability that the right digit gets. It is 0 if that
# probability is 1. The layer starts with $W = b = 0$, so at first every digit gets the same probability.

# %%
predict("first_loss")

# %%
#            top, upper left, upper right, middle, lower left, lower right, bottom
strokes_on = """
1110111 0010010 1011101 1011011 0111010 1101011 1101111 1010010 1111111 1111011"""
digits = [[float(stroke) for stroke in digit] for digit in strokes_on.split()]

layer = nn.Linear(7, 10)
for p in layer.parameters():
    p.data = 0.0
optimizer = nn.optim.SGD(layer.parameters(), lr=2.0)


def right():
    """How many digits get their largest score in their own column."""
    rows = layer(digits)
    return [row.index(max(row)) == digit for digit, row in enumerate(rows)].count(True)


seen = {}  # W at some updates
updates = option("steps", 200)
for update in range(updates + 1):
    loss = F.cross_entropy(layer(digits), list(range(10)))
    if update in (0, 1, 2, 20, updates):
        print(f"update {update:3}: loss {loss.data:.4f}, {right():2} of 10 right")
        seen[f"update {update}"] = layer.state_dict()["weight"]
    if update == updates:
        break
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
# > update   0: loss 2.3026,  1 of 10 right
# > update   1: loss 2.0653,  8 of 10 right
# > update   2: loss 1.8731, 10 of 10 right
# > update  20: loss 0.5736, 10 of 10 right
# > update 200: loss 0.0588, 10 of 10 right

# %% [markdown]
# The first loss is the logarithm of 10: the ten answers are equally likely. After 2 updates every digit is recognised,
# though not yet with confidence: the loss is 0.5736 after 20 updates and 0.0588 after 200. Training has adjusted $W$
# and $b$ to lower the loss.

# %%
print(f"ln 10 = {math.log(10):.4f}")
# > ln 10 = 2.3026


# %%
@plot("rows", "Each row of W, drawn as strokes. Solid strokes count for the digit, dashed ones against it; the wider the stroke, the more it counts.",
      title="What the rows of W learn", each={name: weight for name, weight in seen.items() if name != "update 1"}, columns=1, size=(9.5, 1.5))  # fmt: skip
def _(ax, weight):
    #                 top,          upper left,   upper right,  middle,       lower left,   lower right,  bottom
    strokes = (((0, 1), (2, 2)), ((0, 0), (1, 2)), ((1, 1), (1, 2)), ((0, 1), (1, 1)), ((0, 0), (0, 1)), ((1, 1), (0, 1)), ((0, 1), (0, 0)))  # fmt: skip
    largest = max(abs(w) for row in weight for w in row) or 1.0
    for digit, row in enumerate(weight):
        for (xs, ys), w in zip(strokes, row):
            xs = [1.8 * digit + x for x in xs]
            ax.plot(xs, ys, color="#d8dee4", linewidth=7, solid_capstyle="round", zorder=1)
            if w:
                color, dashes = (POSITIVE, "-") if w > 0 else (NEGATIVE, (0, (0.6, 0.6)))
                ax.plot(xs, ys, color=color, linewidth=7 * abs(w) / largest, linestyle=dashes)
        ax.text(1.8 * digit + 0.5, -0.65, str(digit), ha="center", color=BLACK)
    ax.set(xlim=(-0.5, 17.7), ylim=(-0.9, 2.3))
    ax.axis("off")


# %% [markdown]
# ## Investigate: all ten at once
#
# Put the ten digits into the rows of a matrix $X$. For all of them at once the layer computes $X W^T + b$, where $b$ is
# added to every row. Row $i$, column $j$ of the result is the score that digit $i$ gets for "j".


# %%
def shape(matrix):
    return f"{len(matrix)} x {len(matrix[0])}"


scores = layer(digits)
transposed = list(zip(*layer.weight))
print(f"X ({shape(digits)}) times W^T ({shape(transposed)}) is {shape(scores)}; b has {len(layer.bias)}")
# > X (10 x 7) times W^T (7 x 10) is 10 x 10; b has 10
print("one by one gives the same as all at once:", [s.data for s in layer(digits[3])] == [s.data for s in scores[3]])
# > one by one gives the same as all at once: True


# %%
@plot("scores", "X W^T + b: each row is the digit shown, each column a score. The largest scores are on the diagonal.",
      title="All ten digits at once", x="score for", y="digit shown", size=(6.5, 5.4))  # fmt: skip
def _(ax):
    numbers = [[score.data for score in row] for row in scores]
    largest = max(abs(number) for row in numbers for number in row)
    heat(ax, numbers, -largest, largest, digits=0)
    ax.set(xticks=range(10), yticks=range(10))


# %% [markdown]
# ## One row as a graph
#
# Output 3 for the digit 3 is the sum of seven products, plus a bias. The derivative of an output with respect to a
# weight is the input that the weight is multiplied by: $\partial y_i / \partial W_{ij} = x_j$. So a stroke that is off
# gives a derivative of 0, and the weights of other rows get no gradient at all.

# %%
three = [Value(stroke, label=f"x{j}") for j, stroke in enumerate(digits[3])]
y3 = layer(three)[3]
optimizer.zero_grad()
y3.backward()
print("dy3/dW3j:", *(f"{w.grad:g}" for w in layer.weight[3]), "  the input:", *(f"{stroke:g}" for stroke in digits[3]))
# > dy3/dW3j: 1 0 1 1 0 1 1   the input: 1 0 1 1 0 1 1
print("dy3/dW5j:", *("not reached" if not w.reached else w.grad for w in layer.weight[5][:1]), "...")
# > dy3/dW5j: not reached ...
show(
    draw(y3, title="One row of a layer"),
    "row",
    "The dot product of one row. The gradient that arrives at a weight is the input that it is multiplied by.",
)

# %% [markdown]
# Here is a shorter row, the first one of the 2 x 3 matrix above, with every multiplication and every addition as a node
# of its own:

# %%
weights = [Value(number, label=f"W0{j}") for j, number in enumerate(W[0])]
inputs = [Value(number, label=f"x{j}") for j, number in enumerate(x)]
bias = Value(b[0], label="b0")
y0 = weights[0] * inputs[0] + weights[1] * inputs[1] + weights[2] * inputs[2] + bias
y0.backward()
show(
    draw(y0, title="One row of a layer, multiplication by multiplication"),
    "opened",
    "Three products and three sums. The partial on the arrow from a weight is its input; on the arrow from an input it is the weight.",
)

# %% [markdown]
# ## Modify
#
# Feed the layer a 7 with its upper left stroke on; some calculators draw it that way. Which digit does it see, and how
# sure is it? Write down your guess first.

# %%
odd = [1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0]
chances = [chance.data for chance in F.softmax(layer(odd))]
best = chances.index(max(chances))
print(f"it sees a {best}, with probability {chances[best]:.2f}")
# > it sees a 7, with probability 0.66

# %% [markdown]
# ## Make
#
# Write these functions in `lesson_52.py` or in a cell. To check one of them, run `from scalar_autograd import check`,
# then `check(linear)`.
#
# - `weighted_sum(w, b, x)` is one neuron (easy);
# - `linear(W, b, x)` is a layer, and raises a ValueError if `x` is too short or too long (medium);
# - `batch(W, b, X)` applies the layer to many samples (medium).
#
# Then give `layer` an input of six strokes, and read the error.
#
# ## Summary: what to say in an interview
#
# *How does matrix multiplication work in a layer?* The layer computes $y = W x + b$, where $x$ has $n$ numbers, $W$ has
# size $m \times n$, and $b$ has $m$ numbers. Output $i$ is the dot product of row $i$ of $W$ with the input, plus
# $b_i$: a weighted sum, or linear combination, of the features. Each row is a pattern, and its output says how well the
# input matches it. A batch of inputs, one in each row of $X$, takes a single matrix product, $X W^T + b$. Training
# adjusts $W$ and $b$ so that the loss falls; the derivative of $y_i$ with respect to $W_{ij}$ is $x_j$.
#
# **Next:** [lesson 56](56): what a matrix does to space.
