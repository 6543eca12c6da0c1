# %% [markdown]
# # How does attention use the dot product?
#
# *Как скалярное произведение используется в Attention механизмах?*
#
# **Lesson 51, 20 minutes.** You should know weighted sums ([lesson 52](52)). By the end you will be able to compute one
# head of attention by hand, say what the query, the key and the value are for, and why the scores are divided by a
# square root.

# %%
import math
from random import Random

import nn
import nn.functional as F
from autograd import Recorder, Value, dot, draw, mean, softmax
from scalar_autograd import BLACK, BLUE, GREEN, MARKS, RED, arrow, heat, normal, option, plot, predict, show

seed = option("seed", 0)

# %% [markdown]
# ## Query, key, value
#
# In attention every element of a sequence, a *token*, has three vectors. Its **query** says what it is looking for. Its
# **key** is what the queries of other tokens are compared with. Its **value** is the information that it passes on.
# They are compared by a dot product of query and key, the *score*:
#
# $$q \cdot k = \sum_i q_i k_i$$
#
# The higher the score, the stronger the link. One query, $q = (1, 2)$, meets three keys. Their values are 10, 20 and 30.

# %%
predict("third_score")

# %% [markdown]
# ## Run: by hand
#
# Number by number, without any library:

# %%
query, three_keys = [1.0, 2.0], [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
for key in three_keys:
    products = [a * b for a, b in zip(query, key)]
    print(f"q.k = {query[0]:g}*{key[0]:g} + {query[1]:g}*{key[1]:g} = {products[0] + products[1]:g}")
# > q.k = 1*1 + 2*0 = 1
# > q.k = 1*0 + 2*1 = 2
# > q.k = 1*1 + 2*1 = 3

# %% [markdown]
# The scores are divided by $\sqrt{d_k}$, where $d_k$ is the number of entries in a key; we will see why below. Then
# *softmax* turns them into weights: the exponential of each score, divided by the sum of all the exponentials.
#
# $$\mathrm{softmax}_j = \frac{e^{s_j}}{\sum_k e^{s_k}}$$

# %%
predict("weights_sum")

# %%
powers = [math.exp(score / math.sqrt(2)) for score in (1.0, 2.0, 3.0)]
bottom = powers[0] + powers[1] + powers[2]
by_hand = [power / bottom for power in powers]
print("  ".join(f"{power:.4f} / {bottom:.4f} = {weight:.4f}" for power, weight in zip(powers, by_hand)))
# > 2.0281 / 14.4835 = 0.1400  4.1133 / 14.4835 = 0.2840  8.3421 / 14.4835 = 0.5760
mixed = by_hand[0] * 10 + by_hand[1] * 20 + by_hand[2] * 30
print(f"{by_hand[0]:.4f} * 10 + {by_hand[1]:.4f} * 20 + {by_hand[2]:.4f} * 30 = {mixed:.4f}")
# > 0.1400 * 10 + 0.2840 * 20 + 0.5760 * 30 = 24.3595

# %% [markdown]
# The weights sum to 1, so they can be read as probabilities. The result is the *weighted sum of the values*. Now the same with
# Values, so that there is a graph to look at:

# %%
q = [Value(1.0), Value(2.0)]
keys = [[Value(x), Value(y)] for x, y in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0))]
values = [Value(v) for v in (10.0, 20.0, 30.0)]

scores = [dot(q, key) for key in keys]
scaled = [score / math.sqrt(2) for score in scores]
weights = softmax(scaled)
out = dot(weights, values)


def row(numbers):
    return "  ".join(f"{number:.4f}" for number in numbers)


total = weights[0].data + weights[1].data + weights[2].data
print("scores            ", "  ".join(f"{score:g}" for score in scores))
# > scores             1  2  3
print("weights, unscaled ", row(softmax([1.0, 2.0, 3.0])))
# > weights, unscaled  0.0900  0.2447  0.6652
print("weights, scaled   ", row(weights), f"  their sum {total:.4f}")
# > weights, scaled    0.1400  0.2840  0.5760   their sum 1.0000
print(f"out                {out.data:.4f}")
# > out                24.3595

# %% [markdown]
# `nn.functional` does all of this in one line. The gradient says how the result would change if the query changed a
# little. In the first picture, `×3` means that there are three of a kind, and only one is shown; `max` is the largest
# score. Softmax subtracts it before it takes the exponentials, so that they do not become too large. In the second
# picture the four stages are folded.

# %%
attended = F.scaled_dot_product_attention([q], keys, [[v] for v in values])
print(f"F.scaled_dot_product_attention: {attended[0][0].data:.4f}")
# > F.scaled_dot_product_attention: 24.3595
out.backward()
print(f"d out/dq = ({q[0].grad:.4f}, {q[1].grad:.4f})")
# > d out/dq = (0.8754, 1.4218)

# %%
show(
    draw(out, title="Attention: one query, three keys"),
    "graph",
    "One head from the inside: query, keys, scores, scaled scores, weights, values, out.",
)

# %%
folded = attended[0][0]
folded.zero_grad()
folded.backward()
show(
    draw(folded, depth=0, title="Attention: one query, three keys, folded"),
    "folded",
    "The same, folded: each of the four stages is one box.",
)

# %% [markdown]
# ## Investigate: is the dot product similarity?
#
# Only if the keys have the same length. The key (3, 0) gets the same score as (1, 1).

# %%
predict("longer_key")

# %% [markdown]
# The *cosine* compares only directions: it is the dot product divided by both lengths.


# %%
def cosine(a, b):
    return (a[0] * b[0] + a[1] * b[1]) / (math.hypot(*a) * math.hypot(*b))


for key in ([1.0, 1.0], [3.0, 0.0]):
    print(f"key ({key[0]:g}, {key[1]:g}): score {dot([1.0, 2.0], key).data:g}, cosine {cosine([1.0, 2.0], key):.3f}")
# > key (1, 1): score 3, cosine 0.949
# > key (3, 0): score 3, cosine 0.447


# %%
@plot("length", "Both keys reach equally far along the direction of the query, so both score 3.",
      title="Same score, different direction", x="first number", y="second number", size=(5.8, 4.2))  # fmt: skip
def _(ax):
    arrow(ax, 1, 2, BLUE, "query (1, 2)")
    arrow(ax, 1, 1, GREEN, "key (1, 1)")
    arrow(ax, 3, 0, RED, "key (3, 0)", side=1)
    ends = [(3 + 2 * t, 0 - t) for t in (-1.5, 0.2)]
    ax.plot(*zip(*ends), color=BLACK, linestyle=":", linewidth=1.2)
    ax.annotate("all keys on this line score 3", (1.5, 0.75), xytext=(14, 6), textcoords="offset points")
    ax.set(xlim=(-0.4, 4.4), ylim=(-0.5, 2.6), aspect="equal")


# %% [markdown]
# ## Modify: learn a lookup
#
# There are three tokens, A, B and C. A token has two parts: an identity (three numbers, one of them 1) and a cargo (one number). Each
# has to return its own cargo while it attends to all three, so its query has to find its own key among the others.
# Three matrices compute the query, the key and the value from the token. They start with small random numbers, so at
# first every token attends to all tokens equally.

# %%
rng = Random(seed)


def tokens():
    return [[*who, 2 * rng.random() - 1] for who in ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0])]


class Lookup(nn.Module):
    def __init__(self):
        self.queries = nn.Linear(4, 2, bias=False, seed=rng)
        self.keys = nn.Linear(4, 2, bias=False, seed=rng)
        self.values = nn.Linear(4, 1, bias=False, seed=rng)

    def forward(self, tokens):
        """What each token gets back, and its weights."""
        weights = F.attention_weights(self.queries(tokens), self.keys(tokens))
        return [row[0] for row in F.mix(weights, self.values(tokens))], weights


examples = [tokens() for _ in range(8)]
lookup = Lookup()
for p in lookup.parameters():
    p.data *= 0.2
optimizer = nn.optim.AdamW(lookup.parameters(), lr=0.1)
recorder = Recorder(lookup, picture=lambda: lookup(examples[0])[1])  # of the training, as a film

seen = {}  # weights, queries and keys of the first example at some updates
updates = option("steps", 100)
for update in range(updates + 1):
    loss = mean([F.mse_loss(lookup(example)[0], [token[3] for token in example]) for example in examples])
    if update in (0, 5, 10, 20, updates):
        weights = lookup(examples[0])[1]
        matrices = weights, lookup.queries(examples[0]), lookup.keys(examples[0])
        seen[f"update {update}"] = [[[v.data for v in row] for row in matrix] for matrix in matrices]
        print(f"update {update:3}: loss {loss.data:.4f}, weights on itself {row(weights[i][i].data for i in range(3))}")
    if update == updates:
        break
    optimizer.zero_grad()
    loss.backward()
    recorder.step(loss)
    optimizer.step()
# > update   0: loss 0.2968, weights on itself 0.3339  0.3314  0.3331
# > update   5: loss 0.2018, weights on itself 0.3007  0.3763  0.3683
# > update  10: loss 0.0710, weights on itself 0.3167  0.6954  0.5105
# > update  20: loss 0.0346, weights on itself 0.2432  0.9989  0.9733
# > update 100: loss 0.0000, weights on itself 0.9873  1.0000  0.9996


# %%
show(
    recorder,
    "film",
    "The training of the lookup. Move the slider through the updates, and step through each one. The graph shows "
    "the loss of the first token of the first example. Next to the curve are its weights, with a row for each token that asks.",
)


# %%
@plot("weights", "Who attends to whom: each row is a token that asks, each column one that answers.", film=True, each=seen, columns=5,
      title="Weights, from uniform to diagonal", x="key of", y="query of", size=(2.6, 2.6))  # fmt: skip
def _(ax, state):
    heat(ax, state[0], 0.0, 1.0)
    ax.set_xticks(range(3), "ABC")
    ax.set_yticks(range(3), "ABC")


@plot("arrows", "Queries (q, solid) and keys (k, dashed) of A, B and C. At first they are too short to label. Then each query grows towards its own key and away from the others.",
      film=True, each=seen, columns=5, title="Queries and keys", x="first number", y="second number", size=(2.6, 2.6))  # fmt: skip
def _(ax, state):
    for name, query, key, (color, _, _) in zip("ABC", state[1], state[2], MARKS):
        side = 1 if key[0] * query[1] > key[1] * query[0] else -1  # is the query to the left of its key?
        arrow(ax, *query, color, f"q {name}" if math.hypot(*query) > 1.2 else "", side=side)
        arrow(ax, *key, color, f"k {name}" if math.hypot(*key) > 1.2 else "", dashes="--", side=-side)
    ax.set(xlim=(-5.2, 5.2), ylim=(-5.2, 5.2), aspect="equal")


# %%
answer = lookup(examples[0])[0][0]
answer.zero_grad()
answer.backward()
show(
    draw(answer, fold=nn.Linear, page=(920, 500), title=f"The learned lookup, update {updates} (seed {seed})"),
    "learned",
    "What A returns: queries, keys and values (folded), scores, scaling, softmax and mix.",
)

# %% [markdown]
# ## Why divide by the square root?
#
# *(University level; the two plots say it all.)* The spread of the dot product of two random vectors of $d$ numbers
# grows like $\sqrt{d}$. So vectors of many numbers give large scores. With large scores softmax puts all the weight on
# one key, its slope vanishes, and learning stops. Take the scores 1, 0 and -1 times $\sqrt{d}$, and look at the biggest
# weight, and at its derivative with respect to its own score.


# %%
def biggest(scores):
    """The first weight, and its slope with respect to the first score."""
    scores = [Value(score) for score in scores]
    weight = softmax(scores)[0]
    weight.backward()
    return weight.data, scores[0].grad


sizes = (1, 4, 16, 64, 256)
spread = Random(seed)
table = []
print(f"{'d':>3}  spread of q.k   unscaled: weight, slope   scaled: weight, slope")
# >   d  spread of q.k   unscaled: weight, slope   scaled: weight, slope
for d in sizes:
    products = []
    for _ in range(200):
        product = 0.0
        for _ in range(d):
            product += normal(spread) * normal(spread)
        products.append(product)
    square = 0.0
    for product in products:
        square += product * product
    plain, scaled = (biggest([s * factor for s in (1.0, 0.0, -1.0)]) for factor in (math.sqrt(d), 1.0))
    table.append((d, plain, scaled))
    print(
        f"{d:3}  {math.sqrt(square / 200):13.2f}   {plain[0]:16.4f}, {plain[1]:.0e}   {scaled[0]:14.4f}, {scaled[1]:.2f}"
    )
# >   1           1.25             0.6652, 2e-01           0.6652, 0.22
# >   4           2.11             0.8668, 1e-01           0.6652, 0.22
# >  16           3.96             0.9817, 2e-02           0.6652, 0.22
# >  64           8.01             0.9997, 3e-04           0.6652, 0.22
# > 256          14.73             1.0000, 1e-07           0.6652, 0.22


# %%
def against_size(ax, which):
    """Plot the biggest weight (0) or its slope (1) against d, without and with scaling."""
    for k, word in ((1, "unscaled"), (2, "scaled by 1/sqrt(d)")):
        color, marker, dashes = MARKS[2 - k]
        ax.plot(sizes, [line[k][which] for line in table], color=color, marker=marker, linestyle=dashes, label=word)
    ax.set_xscale("log", base=2)
    ax.set_xticks(sizes, [str(d) for d in sizes])
    ax.legend()


@plot("biggest", "Without scaling, the first key gets all the weight once the vectors have many numbers.",
      title="The biggest weight", x="d, numbers in a query", y="weight of the first key", size=(7, 3.4))  # fmt: skip
def _(ax):
    against_size(ax, 0)


@plot("slope", "Without scaling its slope vanishes too, so training could no longer correct the scores. With scaling it does not vanish.",
      title="Softmax's slope", x="d, numbers in a query", y="slope of the first weight", size=(7, 3.8))  # fmt: skip
def _(ax):
    against_size(ax, 1)
    ax.set_yscale("log")


# %% [markdown]
# ## Make
#
# Write these functions in `lesson_51.py` or in a cell. To check one of them, run `from scalar_autograd import check`,
# then `check(scores)`.
#
# - `scores(q, K)` gives the scaled score of each key (easy);
# - `softmax(scores)` also works for very large scores (medium);
# - `attend(q, K, V)` gives `(out, weights)` for one query (hard).
#
# Add 100 to all three scores: do the weights change? Then change the lookup so that each token returns the cargo of the *next* one,
# and say what the heat map will look like before you train.
#
# ## Summary: what to say in an interview
#
# *How does attention use the dot product?* Every token has a query, a key and a value. The dot product of a query and a key,
# $q \cdot k = \sum_i q_i k_i$, is the score of that key: the higher it is, the stronger the link. The scores are divided by
# $\sqrt{d_k}$, since large scores would make softmax put everything on one key and stop learning. Softmax turns the
# scores into weights that sum to 1, and the output is the weighted sum of the values. The dot product measures
# similarity only among keys of equal length: a long key scores high in any direction.
#
# **Next:** [lesson 7](7): all the pieces together.
