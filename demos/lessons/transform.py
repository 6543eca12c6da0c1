# %% [markdown]
# # How do weight matrices transform data in a linear model?
#
# *Как матрицы весов трансформируют данные в линейной модели?*
#
# **Lesson 56, 20 minutes.** You should know what a layer computes ([lesson 52](52)). By the end you will be able to
# tell from a matrix what it does to the plane: where it sends the axes, how areas change, and what it throws away.

# %%
import math

import nn
from autograd import Value, draw, mean
from scalar_autograd import BLACK, BLUE, GREY, ORANGE, SKY, arrow, option, plot, predict, show

# %% [markdown]
# ## Columns are where the axes land
#
# A linear model sends every point $x$ to $y = W x + b$: here $x$ has size $n \times 1$, $W$ has size $m \times n$, and $b$ has size
# $m \times 1$. It moves all points of the plane at once. Follow just two of them: $W$ times (1, 0) is the first column of $W$,
# and $W$ times (0, 1) is the second.

# %%
predict("lands")

# %%
predict("area_after")


# %%
def grid_and_letter(ax, weight, bias=(0.0, 0.0)):
    """A grid, the letter F, the two axes and the square between them, after y = W x + b; in grey, as they were."""

    def moved(x, y):
        return tuple(row[0] * x + row[1] * y + shift for row, shift in zip(weight, bias))

    for k in range(-2, 5):
        for line in ([(k, -2), (k, 4)], [(-2, k), (4, k)]):
            ax.plot(*zip(*line), color="#eef0f2", linewidth=1, zorder=0)
            ax.plot(*zip(*(moved(*end) for end in line)), color="#a9c9e2", linewidth=0.8, zorder=1)
    letter = ([(0, 0), (0, 2), (1, 2)], [(0, 1), (0.8, 1)])
    for stroke in letter:
        ax.plot(*zip(*stroke), color=GREY, linewidth=3)
        ax.plot(*zip(*(moved(*end) for end in stroke)), color=BLACK, linewidth=4)
    origin = moved(0, 0)
    ax.fill(*zip(origin, moved(1, 0), moved(1, 1), moved(0, 1)), color=SKY, alpha=0.35)
    arrow(ax, weight[0][0], weight[1][0], BLUE, "x axis", origin, side=-1)
    arrow(ax, weight[0][1], weight[1][1], ORANGE, "y axis", origin, side=1)
    ax.set(xlim=(-2.2, 4.2), ylim=(-2.2, 4.2), aspect="equal")
    ax.grid(False)


# %% [markdown]
# ## Run: one movement at a time
#
# What can $W$ and $b$ do? Look at each movement alone before we combine them.


# %%
def times(matrix, x):
    """A matrix times the column x."""
    result = []
    for row in matrix:
        total = 0.0
        for w, number in zip(row, x):
            total += w * number
        result.append(total)
    return result


def det(matrix):
    (a, b), (c, d) = matrix
    return a * d - b * c


quarter = [[0.0, -1.0], [1.0, 0.0]]
movements = {
    "scale": ([[2.0, 0.0], [0.0, 0.5]], (0.0, 0.0)),
    "turn": (quarter, (0.0, 0.0)),
    "shift": ([[1.0, 0.0], [0.0, 1.0]], (1.0, -1.0)),
    "all three": ([[0.0, -1.5], [1.5, 0.0]], (1.0, -1.0)),
}
for name, (matrix, shift) in movements.items():
    x, y = (moved + by for moved, by in zip(times(matrix, [1.0, 2.0]), shift))
    print(f"{name:9} W = {matrix}, b = {list(shift)}: (1, 2) goes to ({x:g}, {y:g}), area times {det(matrix):g}")
# > scale     W = [[2.0, 0.0], [0.0, 0.5]], b = [0.0, 0.0]: (1, 2) goes to (2, 1), area times 1
# > turn      W = [[0.0, -1.0], [1.0, 0.0]], b = [0.0, 0.0]: (1, 2) goes to (-2, 1), area times 1
# > shift     W = [[1.0, 0.0], [0.0, 1.0]], b = [1.0, -1.0]: (1, 2) goes to (2, 1), area times 1
# > all three W = [[0.0, -1.5], [1.5, 0.0]], b = [1.0, -1.0]: (1, 2) goes to (-2, 0.5), area times 2.25


# %%
@plot("movements", "The grey letter F is the shape before the map; the other is the shape after it. The arrows are the columns of W; the shaded square is the unit square's image.",
      title="Scale, turn, shift", each=movements, x="x", y="y", size=(3.6, 3.6))  # fmt: skip
def _(ax, movement):
    grid_and_letter(ax, *movement)


# %% [markdown]
# Scaling stretches one axis and compresses the other. A turn, or rotation, keeps lengths and areas. A shift is the only
# one that moves the point (0, 0), and it needs $b$; with a shift the map is called *affine*. The area of the unit
# square after $W$ is the *determinant*.
#
# ## Investigate: shear, mirror, flatten
#
# A shear keeps areas too. A mirror, or reflection, flips the plane over, so its determinant is negative. A matrix that
# flattens sends the whole plane onto one line: its determinant is 0, and nothing can undo it.

# %%
predict("mirror_turn")

# %%
gallery = {
    "shear": [[1.0, 0.8], [0.0, 1.0]],
    "mirror": [[-1.0, 0.0], [0.0, 1.0]],
    "flatten": [[1.0, -1.0], [0.5, -0.5]],
}
for name, matrix in gallery.items():
    x, y = times(matrix, [1.0, 2.0])
    print(f"{name:8} det {det(matrix):4.1f}   (1, 2) lands on ({x:g}, {y:g})")
# > shear    det  1.0   (1, 2) lands on (2.6, 2)
# > mirror   det -1.0   (1, 2) lands on (-1, 2)
# > flatten  det  0.0   (1, 2) lands on (-1, -0.5)


# %%
@plot("gallery", "Three more matrices. None of them is a rotation or a scaling.", title="Shear, mirror, flatten",
      each={f"{name}, det {det(matrix):.1f}": matrix for name, matrix in gallery.items()}, x="x", y="y", size=(3.6, 3.6))  # fmt: skip
def _(ax, matrix):
    grid_and_letter(ax, matrix)


# %% [markdown]
# ## Modify: learn a matrix
#
# In a real model nobody chooses $W$ by hand. Here are the five corners of a letter F, and the same letter turned by 30
# degrees, scaled by 1.5 and shifted by (1, -1). A layer sees only the two sets of corners, and starts as the map that
# changes nothing.

# %%
corners = [[0.0, 0.0], [0.0, 2.0], [1.0, 2.0], [0.0, 1.0], [0.8, 1.0]]
c, s = 1.5 * math.cos(math.radians(30)), 1.5 * math.sin(math.radians(30))
wanted = [[c * x - s * y + 1, s * x + c * y - 1] for x, y in corners]

layer = nn.Linear(2, 2)
layer.load_state_dict({"weight": [[1, 0], [0, 1]], "bias": [0, 0]})
optimizer = nn.optim.SGD(layer.parameters(), lr=0.2)

seen = {}
updates = option("steps", 150)
for update in range(updates + 1):
    loss = mean([(x - u) ** 2 + (y - v) ** 2 for (x, y), (u, v) in zip(layer(corners), wanted)])
    if update in (0, 5, 20, updates):
        seen[f"update {update}"] = layer.state_dict()
        print(f"update {update:3}: L = {loss.data:.6f}")
    if update == updates:
        break
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
# > update   0: L = 0.675295
# > update   5: L = 0.283256
# > update  20: L = 0.025762
# > update 150: L = 0.000000

W, b = layer.state_dict().values()
for row, shift in zip(W, b):
    print("W =", *(f"{w:7.3f}" for w in row), f"   b = {shift:6.3f}")
# > W =   1.299  -0.750    b =  1.000
# > W =   0.750   1.299    b = -1.000
print(f"1.5 cos 30 = {c:.3f}, 1.5 sin 30 = {s:.3f}")
# > 1.5 cos 30 = 1.299, 1.5 sin 30 = 0.750


# %%
@plot("learning", "The grid and the letter while W and b are learned. The original letter is grey.", film=True,
      title="A layer learns to turn, scale and shift", each=seen, x="x", y="y", size=(3.6, 3.6))  # fmt: skip
def _(ax, state):
    grid_and_letter(ax, state["weight"], state["bias"])


# %%
for axis in ([1.0, 0.0], [0.0, 1.0]):
    print(f"W ({axis[0]:g}, {axis[1]:g}) =", *(f"{y:.3f}" for y in times(W, axis)))
# > W (1, 0) = 1.299 0.750
# > W (0, 1) = -0.750 1.299
print(f"area of a unit square after W: {det(W):.3f}")
# > area of a unit square after W: 2.250

# %% [markdown]
# ## A new feature space
#
# $W$ need not be square. Each of its rows makes a dot product with the input, and so measures one thing. One row turns
# two features into one; three rows turn them into three. The output lives in a different *feature space* from the
# input.

# %%
measure = [[0.5, 0.5]]  # 2 -> 1: the mean of the two
lift = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]  # 2 -> 3: both, and their sum
for name, matrix in (("2 -> 1", measure), ("2 -> 3", lift)):
    ys = times(matrix, [1.0, 2.0])
    print(f"{name}: W is {len(matrix)} x {len(matrix[0])}, (1, 2) becomes ({', '.join(f'{y:g}' for y in ys)})")
# > 2 -> 1: W is 1 x 2, (1, 2) becomes (1.5)
# > 2 -> 3: W is 3 x 2, (1, 2) becomes (1, 2, 3)

# %%
x, y = Value(1.0, label="x"), Value(2.0, label="y")
three = nn.Linear(2, 3)
three.load_state_dict({"weight": lift, "bias": [0, 0, 0]})
features = three([x, y])
total = features[0] + features[1] + features[2]
total.backward()
show(
    draw(total, title="A matrix of three rows and two columns"),
    "lift",
    "2 -> 3 as a graph. Each row of W is one dot product, a new feature.",
)

# %% [markdown]
# ## Two linear layers are one
#
# Applying one layer after another multiplies their matrices: $W_2 (W_1 x + b_1) + b_2 = (W_2 W_1) x + (W_2 b_1 + b_2)$.
# Depth alone adds nothing. With a tanh between them, no single layer can do the same. *(University level:)* for an
# affine $f$, $f(p + q) - f(p) - f(q) + f(0)$ is 0.

# %%
first, second = nn.Linear(2, 3), nn.Linear(3, 2)
first.load_state_dict({"weight": [[1, 0.5], [-0.5, 1], [0.5, 0]], "bias": [0.2, 0, -0.1]})
second.load_state_dict({"weight": [[1, 0.5, 0.5], [0.5, 1, 0]], "bias": [0, 0.3]})
W1, b1 = first.state_dict().values()
W2, b2 = second.state_dict().values()
columns = [times(W2, column) for column in zip(*W1)]
collapsed = nn.Linear(2, 2)
collapsed.load_state_dict({"weight": list(zip(*columns)), "bias": [u + v for u, v in zip(times(W2, b1), b2)]})

stacked = nn.Sequential(first, second)
bent = nn.Sequential(first, nn.Tanh(), second)
p, q = [1.0, 2.0], [-0.5, 1.5]


def worst(numbers):
    return max(abs(number) for number in numbers)


for name, f in (("two layers", stacked), ("one layer", collapsed), ("with a tanh", bent)):
    at = [[value.data for value in f(point)] for point in ([p[0] + q[0], p[1] + q[1]], p, q, [0.0, 0.0])]
    misses = worst(a - b - c + d for a, b, c, d in zip(*at))
    print(f"{name:12} f(1, 2) = {at[1][0]:.4f}, {at[1][1]:.4f}   differs from affine by {misses:.4f}")
# > two layers   f(1, 2) = 3.1500, 2.9000   differs from affine by 0.0000
# > one layer    f(1, 2) = 3.1500, 2.9000   differs from affine by 0.0000
# > with a tanh  f(1, 2) = 1.6183, 1.6930   differs from affine by 0.9571


# %%
@plot("collapse", "A square grid through two linear layers, through the one they collapse into, and through the two with a tanh between them.",
      title="Two linear layers are one; a tanh makes them more", each={"two layers": stacked, "collapsed into "
          "one": collapsed, "with a tanh between": bent},
      x="first output", y="second output", size=(3.6, 3.6))  # fmt: skip
def _(ax, model):
    ticks = [k / 2 for k in range(-6, 7)]
    for k in ticks:
        for line, color in (([(k, t) for t in ticks], BLUE), ([(t, k) for t in ticks], ORANGE)):
            ends = [[value.data for value in model(point)] for point in line]
            ax.plot(*zip(*ends), color=color, linewidth=1)
    ax.grid(False)


# %% [markdown]
# ## Make
#
# Write these functions in `lesson_56.py` or in a cell. To check one of them, run `from scalar_autograd import check`,
# then `check(transform)`.
#
# - `transform(W, b, points)` moves points (easy);
# - `area(W)` is the determinant (easy);
# - `mirror_then_turn()` gives the matrix of "mirror left and right, then a quarter turn to the left" (medium);
# - `collapse(W2, W1)` makes one layer out of two (hard).
#
# Then flatten the wanted corners onto a line and train again: what is the determinant of the $W$ that training finds?
#
# ## Summary: what to say in an interview
#
# *How do weight matrices transform data?* A linear model computes $y = W x + b$. $W$ can scale, turn, shear, mirror and
# flatten the space, and $b$ shifts it. The columns of $W$ are where the axes land; its rows are dot products, each of
# which measures one new feature, so $W$ maps the data into a new feature space. The determinant says how areas change:
# if it is 0, information is lost. $W$ decides what a model does, and training changes $W$ until the output is what we
# want. Several linear layers without an activation between them are one linear layer.
#
# **Next:** [lesson 51](51): attention.
