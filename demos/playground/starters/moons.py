# %% [markdown]
# No straight line can separate two half moons. This network of 85 parameters learns a line that bends. `compile()`
# traces the loss once; from then on it runs as straight-line Python, here in your browser. Run both cells, and watch
# the boundary, the loss and the weights move. Then change the sizes of the layers, the learning rate or the number of
# updates.

# %%
from random import Random

from IPython.display import SVG, display

import autograd
import nn
from scalar_autograd import curve, figure, moons, small_regions

table = moons(60, noise=0.1, rng=Random(0))
sides = [2 * y - 1 for y in table.ys]
model = nn.MLP(2, [8, 6, 1], activation="tanh", seed=0)
optimizer = nn.optim.AdamW(model.parameters(), lr=0.03)


def loss(x, y, side):
    return (1 - side * model([x, y])[0]).relu()


step = autograd.compile(loss, model.parameters(), backend="python")
print(f"{len(list(model.parameters()))} parameters, {len(sides)} points")


def boundary():
    def scores(x, y):
        with autograd.no_grad():
            score = model([x, y])[0].data
        return [-score, score]

    return SVG(small_regions(scores, table.xs, table.ys, 0))


def falling(losses):
    return SVG(figure(lambda ax: curve(ax, losses), "The loss", "update", size=(4, 2.6)).svg())


def network():
    one = loss(*table.xs[0], sides[0])
    one.backward()
    return SVG(one.draw(view="neurons").pipe("svg"))


# %%
columns = [[x for x, _ in table.xs], [y for _, y in table.xs], sides]
losses = [step.update(optimizer, *columns)]
shown = [display(made, display_id=True) for made in (boundary(), falling(losses), network())]
for update in range(1, 121):
    losses.append(step.update(optimizer, *columns))
    if update % 4 == 0:
        shown[0].update(boundary())
        shown[1].update(falling(losses))
    if update % 20 == 0:
        shown[2].update(network())
print(f"the loss went from {losses[0]:.3f} to {losses[-1]:.3f}")
