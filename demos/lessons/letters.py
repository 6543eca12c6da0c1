# %% [markdown]
# # How do all the pieces train a model together?
#
# *Как всё это вместе обучает модель?*
#
# **Lesson 7, 20 minutes.** You should know layers ([lesson 52](52)), descent ([lesson 54](54)) and softmax
# ([lesson 51](51)). By the end you will be able to read and write a training loop, find the usual bugs in it, and move
# a model to PyTorch.

# %%
import math
from random import Random

import nn
import nn.functional as F
from autograd import draw, mean, no_grad
from scalar_autograd import ORANGE, curve, heat, names, option, plot, predict, show, shuffled

# %% [markdown]
# ## A model of the next letter
#
# The model reads three letters of a first name and guesses the fourth. A dot begins and ends each name, so there are 27
# symbols. Each symbol has an *embedding*, a row of four numbers that are learned like any other parameter. A hidden layer
# works on the twelve numbers of the three symbols, and a last layer gives each of the 27 symbols a score.

# %%
SYMBOLS = ".abcdefghijklmnopqrstuvwxyz"


class NextLetter(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(27, 4, seed=7)
        self.hidden = nn.Linear(12, 16, seed=7)
        self.scores = nn.Linear(16, 27, seed=7)

    def forward(self, symbols):
        x = [number for row in self.embed(symbols) for number in row]
        return self.scores(F.tanh(self.hidden(x)))


model = NextLetter()
print(f"{len(list(model.parameters()))} parameters")
# > 775 parameters

# %%
predict("embedding_size")

# %% [markdown]
# Every position in every name is one example: three symbols, and the one that follows.

# %%
examples = []
for name in names():
    symbols = [0, 0, 0, *(SYMBOLS.index(letter) for letter in name), 0]
    examples += [(symbols[k : k + 3], symbols[k + 3]) for k in range(len(symbols) - 3)]
examples = shuffled(examples, Random(7))
print(f"{len(examples)} examples, such as {''.join(SYMBOLS[s] for s in examples[0][0])} -> {SYMBOLS[examples[0][1]]}")
# > 36122 examples, such as hai -> l

# %% [markdown]
# ## Predict

# %%
predict("untrained_loss")

# %% [markdown]
# The loss of one example is its *cross-entropy*: minus the logarithm of the probability that the model gives to the
# symbol that actually follows. A model that knows nothing gives each symbol 1/27.

# %%
batch = examples[:16]
loss = mean([F.cross_entropy(model(symbols), target) for symbols, target in batch])
print(f"-log(1/27) = {math.log(27):.4f}; the untrained model's loss is {loss.data:.4f}")
# > -log(1/27) = 3.2958; the untrained model's loss is 3.2908

# %%
one = F.cross_entropy(model(batch[0][0]), batch[0][1])
one.label = "loss"
one.backward()
show(
    draw(one, depth=1, title="The loss of one example"),
    "graph",
    "One example, from three embeddings to its loss; layers are folded.",
)

# %% [markdown]
# ## Run: the training loop
#
# Four lines make an update, and every training loop you will meet has them: compute the loss, clear the old gradients, go
# backward, move the parameters.

# %%
updates, losses = option("steps", 150), []
optimizer = nn.optim.AdamW(model.parameters(), lr=0.02)
for update in range(updates):
    batch = [examples[(24 * update + k) % len(examples)] for k in range(24)]
    loss = mean([F.cross_entropy(model(symbols), target) for symbols, target in batch])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.data)
print(f"first loss {losses[0]:.3f}, mean of the last ten {mean(losses[-10:]).data:.3f}")
# > first loss 3.262, mean of the last ten 2.575

# %% [markdown]
# AdamW is gradient descent with two refinements: it smooths each gradient over recent updates, and divides it by its
# usual size, so that every parameter moves at about the same speed.


# %%
@plot("loss", "The loss of each batch. It starts near log(27) and falls quickly, then slowly.",
      title="Training the next-letter model", x="update", y="loss")  # fmt: skip
def _(ax):
    curve(ax, losses)
    ax.axhline(math.log(27), color=ORANGE, linestyle="--")


# %% [markdown]
# ## Investigate: what has it learned?
#
# Softmax turns the 27 scores into probabilities. Which symbol does the model expect after each start?


# %%
def chances(text):
    with no_grad():
        return [chance.data for chance in F.softmax(model([SYMBOLS.index(letter) for letter in text]))]


starts = ["..j", "..m", ".ma", "mar", "han"]
for start in starts:
    likely = sorted(zip(chances(start), SYMBOLS), reverse=True)[:3]
    print(f"{start}  " + "  ".join(f"{symbol} {chance:.2f}" for chance, symbol in likely))
# > ..j  a 0.23  r 0.14  e 0.14
# > ..m  a 0.32  e 0.12  i 0.11
# > .ma  r 0.26  n 0.18  m 0.09
# > mar  i 0.20  a 0.08  e 0.08
# > han  i 0.18  n 0.13  a 0.12


# %%
@plot("chances", "Each row is one start, each column a symbol. After a first consonant the model expects a vowel.",
      title="What comes next?", size=(10, 3))  # fmt: skip
def _(ax):
    heat(ax, [chances(start) for start in starts], 0, 0.6, digits=None)
    ax.set_xticks(range(27), list(SYMBOLS))
    ax.set_yticks(range(len(starts)), starts)


# %% [markdown]
# ## Modify: leave out one line
#
# What happens if you forget `zero_grad()`?

# %%
predict("first_without_zero_grad")


# %%
def train(clear, updates=24):
    fresh, found = NextLetter(), []
    optimizer = nn.optim.SGD(fresh.parameters(), lr=0.5)
    for update in range(updates):
        batch = examples[16 * update : 16 * update + 16]
        loss = mean([F.cross_entropy(fresh(symbols), target) for symbols, target in batch])
        if clear:
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(loss.data)
    return found


right, forgotten = train(clear=True), train(clear=False)
print(
    f"with zero_grad: first {right[0]:.3f}, last {right[-1]:.3f}; without: first {forgotten[0]:.3f}, last {forgotten[-1]:.3f}"
)
# > with zero_grad: first 3.291, last 2.708; without: first 3.291, last 6.010


# %%
@plot("forgotten", "The first update is the same. Every later one uses the sum of all gradients so far, and the steps get out of control.",
      title="With and without zero_grad()", x="update", y="loss")  # fmt: skip
def _(ax):
    curve(ax, right, 0, "with zero_grad()")
    curve(ax, forgotten, 1, "without")
    ax.legend()


# %% [markdown]
# ## The same model in PyTorch
#
# The names are PyTorch's, so moving there means changing the imports. A number becomes a tensor, and `torch.cat` and
# `stack` replace the lists. The weights move too: `state_dict()` has the same keys.
#
# ```python
# import torch
# from torch import nn
# import torch.nn.functional as F
#
# class NextLetter(nn.Module):
#     def __init__(self):
#         super().__init__()
#         self.embed = nn.Embedding(27, 4)
#         self.hidden = nn.Linear(12, 16)
#         self.scores = nn.Linear(16, 27)
#
#     def forward(self, symbols):
#         x = self.embed(symbols).flatten(-2)
#         return self.scores(torch.tanh(self.hidden(x)))
#
# twin = NextLetter().double()
# twin.load_state_dict({key: torch.tensor(value, dtype=torch.float64) for key, value in weights.items()})
# loss = F.cross_entropy(twin(torch.tensor([symbols for symbols, _ in batch])), torch.tensor([target for _, target in batch]))
# ```

# %%
weights = model.state_dict()
print(
    {key: (len(value), len(value[0])) if isinstance(value[0], list) else len(value) for key, value in weights.items()}
)
# > {'embed.weight': (27, 4), 'hidden.weight': (16, 12), 'hidden.bias': 16, 'scores.weight': (27, 16), 'scores.bias': 27}

# %% [markdown]
# ## Make
#
# Four training loops in `lesson_7.py` do not train. Each has one bug. Find it, fix it, and check the function: run
# `from scalar_autograd import check`, then `check(train_sum)` and so on.
#
# - `train_sum(xs, ys, eta, updates)` runs away (easy);
# - `train_cut(xs, ys, eta, updates)` and `train_one(xs, ys, eta, updates)` learn little or nothing (medium);
# - `train_new(xs, ys, eta, updates)` does not move at all (hard);
# - `cross_entropy(scores, target)` is the loss above, in your own code (hard).
#
# ## Summary: what to say in an interview
#
# *How is a neural network trained?* Examples go through the model in batches, and a loss says how wrong its outputs
# are. For classification it is the cross-entropy, minus the logarithm of the probability of the right class. The old
# gradients are set to zero, backpropagation computes the gradient of the loss with respect to every parameter, and the
# optimiser moves each parameter against its gradient. This repeats until the loss on data that the model has not seen
# stops falling.
#
# **Next:** `scalar-autograd lesson gpt` trains a small GPT with the same loop.
