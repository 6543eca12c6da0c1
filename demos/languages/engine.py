"""What the engine says in English: about wrong numbers, in a quiz, and under a picture, in its legend. In another
language it is recognised by these templates."""

from __future__ import annotations

from . import told

__all__ = ["LEGENDS", "SENTENCES", "told_lines"]

SENTENCES = (
    "none of the usual mistakes gives it",
    # the mistakes
    "`=` for `+=`", "plain recursion", "going depth-first with a visited set", "keeping operands in a set",
    "a second backward() without zero_grad()", "a second backward() that keeps the inner nodes' grads",
    "taking exp's input for its slope", "computing tanh's slope from its input", "a missing seed at the root",
    # where each goes wrong
    "{name}.grad stayed 0, and 0 times any slope is 0",
    "{name}.grad still held the first pass's {held} when the second added its {share}",
    "{name}.grad still held the first pass's {held}, and passed it on again",
    "on {edge} the slope is {right}, from the output, not {wrong}, from the input",
    "{name} owes {operand} {count} contributions, and a set holds it once",
    "{name} overwrote the {number} that {operand}.grad held with its {share}",
    "nothing was overwritten", "every node waited for all its contributions",
    "{name} passed its gradient on before its {place} contribution arrived",
    "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "last",
    # slips
    "the sign is wrong", "it is {name}'s data, but the question is its gradient",
    "it is not complete yet: after {name} there is {count} more to come",
    "it is only what comes from {name}: contributions add up",
    "upstream is forgotten: it is the partial {slope} alone, to be multiplied by {name}.grad",
    "the partial is forgotten: it is {name}.grad alone, to be multiplied by the partial {slope}",
    "upstream is forgotten: it is the sum of the partials alone",
    "it is one path only, {edge}: there are {count}, and they add up",
    "it is what you get without the edge {edge}: was {name} made from .data?",
    "it is {slope}: hold that operand, and move {name}",
    "it is what the edge passes on: the question asks for the partial {slope} alone",
    "it is {name}'s data, but the question is how fast {operand} moves with it",
    "it is {name}'s data, but the question is its slope",
    "it is {name}.grad, but the question asks for the partial alone",
    # what was typed
    "want a number as a guess, got {guess}",
    "want a number or an expression of the graph's names as a guess, got {guess}: {why}",
)  # fmt: skip

# What legends say; each sentence ends with the line, or at a semicolon.
LEGENDS = (
    "double frame: parameter", "square corners: input", "rounded: computed",
    "number on an arrow: partial, the slope of that one operation",
    "zeros after the decimal point: the number is rounded", "1.000 is close to 1, but not 1",
    "orange: gradient above 0, blue: below 0", "wide arrow: a large gradient flows back",
    "pink: nan or inf came back here: start with the one nearest to the result", "pink: nan or inf",
    "dashed frame: cut off by detach() or no_grad(), so no gradient flows back from there",
    # how much is shown
    "{count} values of {name}", "{count} of the {all} values of {name}",
    "{count} values in {boxes} box", "{count} values in {boxes} boxes",
    "{count} of the {all} values in {boxes} box", "{count} of the {all} values in {boxes} boxes",
    "×n: n alike, one is shown", "dot of n: the sum of n products", "f(g): the value of g is not shown",
    "×n at an arrow: n go in", "coloured cells: the data of all n",
    "{name} changed after {result} was computed",
    # in boxes, and at arrows
    "{count} parameter", "{count} parameters", "{count} input", "{count} inputs", "{count} other value", "{count} other values",
    "|grad| to {number}", "next iteration", "grad of {name}",
    # the views
    "the shape of the model, without its numbers",
    "a cell is orange above 0 and blue below 0, stronger for larger numbers", "each map has its own scale",
    "of a larger matrix, the first {count} rows and columns",
    "line: weight, orange above 0, blue below 0, wider for larger weights",
    "line: gradient of a weight, orange above 0, blue below 0, wider for larger weights",
    "number in a dot: its output", "number in a dot: its gradient", "square at a dot: its bias",
    "square at a dot: the gradient of its bias", "dashed line: through more operations",
    "{count} samples went through the layers: the first one is shown", "gradients of weights are for all of them",
    "the first {count} of {all} layers", "page=None has room for all",
    "a -> b: before and after", "orange: data went up, blue: down",
)  # fmt: skip


def told_lines(text: str) -> str:
    """Return lines of the engine in the language in use, each by its template."""
    return "\n".join(map(told, text.split("\n")))
