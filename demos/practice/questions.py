"""The questions that lessons ask before they show the answer. Each answer is computed, and so is each wrong one that
has a name."""

# ruff: noqa: N802 - names as in the lessons
from __future__ import annotations

import math
from typing import Any

from .predictions import question

Slip = Any

# --- 0: what a slope is ---------------------------------------------------------------------------------------


@question(
    "0", "f(x) = x**2, so f(3) = 9. About how much larger is f(3.1)?", reason="The slope at 3 is 6, and 6 * 0.1 is 0.6"
)
def rise_of_square(slip: Slip) -> float:
    if slip("that is the slope, the rise for one whole unit of x; here x moves by only 0.1"):
        return 6.0
    if slip("0.1**2 is the square of the nudge; the rise is f(3.1) - f(3)"):
        return 0.01
    if slip("that is how far x moves; f moves 6 times as far"):
        return 0.1
    if slip("the slope of x**2 is 2*x, which is 6 at 3, not 3"):
        return 0.3
    if slip("that is f(3.1) itself: how much larger is it than f(3)?"):
        return 9.61
    return 3.1**2 - 9 - 0.01


@question("0", "At x = -2 the slope of x**2 is ...?", reason="2*x at -2: to the right of -2 the curve falls")
def slope_at_minus_2(slip: Slip) -> float:
    if slip("check the sign: a little to the right of -2, is x**2 larger or smaller?"):
        return 4.0
    if slip("that is x**2; its slope is 2*x"):
        return 4.0
    if slip("that is x; the slope is 2*x"):
        return -2.0
    return -4.0


@question("0", "Nudge x to one side: what is (f(x + h) - f(x)) / h for f(x) = x**2 at x = 3 with h = 0.1?",
          reason="The bend in the curve adds h; stepping to both sides cancels it")  # fmt: skip
def one_sided(slip: Slip) -> float:
    if slip("that is the slope itself; the one-sided quotient is off by h"):
        return 6.0
    if slip("that is the rise; divide it by h"):
        return 0.61
    return (3.1**2 - 9) / 0.1


# --- 53: the gradient of the loss -----------------------------------------------------------------------------


@question("53", "If w grows a little, does L grow or shrink?", choices=("grow", "shrink"),
          reason="The prediction 2.5 is too low, and a larger w raises it")  # fmt: skip
def grows(slip: Slip) -> str:
    return "grow" if slip("the prediction is 2.5 and should be 5: a larger w raises it towards 5") else "shrink"


@question("53", "At x = 2 the line predicts 2.5, and y = 5. How fast does L grow with w: dL/dw = ?",
          reason="2 * error * x = 2 * (-2.5) * 2")  # fmt: skip
def dL_dw(slip: Slip) -> float:
    error = 2.5 - 5
    if slip("the error is the prediction minus y, which is negative here"):
        error = -error
    two = 1.0 if slip("the 2 of the square is missing") else 2.0
    return two * error * (1.0 if slip("the last factor is missing: w is multiplied by x = 2") else 2.0)


@question("53", "And with b: dL/db = ?", reason="b is only added, so the last factor is 1")
def dL_db(slip: Slip) -> float:
    error = 2.5 - 5
    if slip("the error is the prediction minus y, which is negative here"):
        error = -error
    two = 1.0 if slip("the 2 of the square is missing") else 2.0
    return two * error * (2.0 if slip("b is not multiplied by x: its factor is 1") else 1.0)


@question("53", "Take one step against the gradient with eta = 0.1. What is L afterwards?",
          reason="w = 1 + 1 = 2, b = 0.5 + 0.5 = 1, and 2 * 2 + 1 is exactly 5")  # fmt: skip
def loss_after_a_step(slip: Slip) -> float:
    sign = 1 if slip("the step goes up the slope: subtract eta times the gradient") else -1
    dw = -5.0 if slip("dL/dw is -10: its last factor is x = 2") else -10.0
    db = 0.0 if slip("b moves too") else -5.0
    w, b = 1 + sign * 0.1 * dw, 0.5 + sign * 0.1 * db
    return (w * 2 + b - 5) ** 2


# --- 53b: paths and order -------------------------------------------------------------------------------------


@question("53b", "b = a + a, f = b * (b + 1) at a = 1. What is df/da?", reason="Four paths: 3 + 3 + 2 + 2")
def emblem(slip: Slip) -> float:
    if slip("that is what `=` in place of `+=` gives: only the last of the four paths is kept"):
        return 2.0
    if slip(
        "that is what plain recursion gives: b passed on its first share before the second had arrived, and later both together"
    ):
        return 16.0
    if slip("that is what you get if b passes on only its first share, the 3 that comes straight from f"):
        return 6.0
    if slip("that is df/db; when a grows by 1, b grows by 2"):
        return 5.0
    if slip("only one of the two shares of b was used: f uses b twice, once inside b + 1"):
        return 4.0
    return 10.0


@question(
    "53b", "How many paths lead from f down to a in that graph?", reason="2 ways from f to b, times 2 from b to a"
)
def paths_of_emblem(slip: Slip) -> float:
    if slip("that many paths lead from f to b; each of them continues to a in two ways"):
        return 2.0
    if slip("multiply instead of adding: 2 ways from f to b, times 2 from b to a"):
        return 3.0
    return 4.0


@question("53b", "backward() runs twice on that graph, and nothing is cleared in between. What is a.grad now?",
          reason="Leaves accumulate: 10 + 10. Inner nodes start afresh in each pass")  # fmt: skip
def backward_twice(slip: Slip) -> float:
    if slip("the second pass adds to what the first one left: the same += that adds up paths adds up passes"):
        return 10.0
    if slip("that is what you get from an engine that also keeps the inner nodes' gradients, and passes them on again"):
        return 34.0
    return 20.0


@question("53b", "f = a * a at a = 3, and the backward pass writes = in place of +=. What is a.grad?",
          reason="Each of the two edges carries 3, and the second overwrites the first")  # fmt: skip
def assigned(slip: Slip) -> float:
    if slip("that is the right gradient, 3 + 3; here the second share overwrites the first"):
        return 6.0
    if slip("that is f itself; each edge carries 3, and the second overwrites the first"):
        return 9.0
    return 3.0


# --- 55: why derivatives --------------------------------------------------------------------------------------


@question("55", "For the line, dL/dw is -10 and L is 6.25. By how much does L really change when w goes from 1 to 2?",
          reason="L is a square: it falls to 0.25, and its slope changes on the way")  # fmt: skip
def whole_unit(slip: Slip) -> float:
    if slip("that is what the slope predicts for one whole unit; the curve bends, and L cannot fall below 0"):
        return -10.0
    if slip("that is the new L; how much has it changed?"):
        return 0.25
    if slip("check the sign: L falls"):
        return 6.0
    return (2 * 2 + 0.5 - 5) ** 2 - 6.25


@question("55", "The network has 17 parameters. How many passes through the network does it take to nudge each "
    "one in both directions?",
          reason="Backprop takes one forward and one backward pass, for any number of parameters")  # fmt: skip
def passes_to_nudge(slip: Slip) -> float:
    if slip("each one is nudged in both directions, which takes two passes for each"):
        return 17.0
    if slip("two-sided differences do not need the pass in the middle"):
        return 35.0
    if slip("that is what one-sided differences need: one pass for each parameter, and one more"):
        return 18.0
    return 34.0


@question("55", "In the hidden layer, a step function (value 0 or 1, slope 0 everywhere) replaces tanh. How many of the layer's 12 gradients are not 0?",
          reason="Each of them has that slope of 0 as a factor, so nothing can be learned there")  # fmt: skip
def stairs(slip: Slip) -> float:
    if slip("the chain rule multiplies by the activation's slope, which is 0"):
        return 12.0
    if slip("the slope is 0 whether the value is 0 or 1"):
        return 6.0
    return 0.0


# --- 54: gradient descent -------------------------------------------------------------------------------------


@question("54", "From (w, b) = (0, 0) with gradient (-8, -2) and eta = 0.1: what is w after one update?",
          reason="w - eta * dL/dw = 0 - 0.1 * (-8)")  # fmt: skip
def first_update(slip: Slip) -> float:
    sign = 1 if slip("check the sign: subtract eta times the gradient") else -1
    eta = 1.0 if slip("eta is missing") else 0.1
    return sign * eta * (-2.0 if slip("that is b's gradient") else -8.0)


@question("54", "L = (w - 3)**2, starting at w = 0. With which eta does a single update land on the minimum?",
          reason="The gradient at 0 is -6, and 0.5 * 6 is 3")  # fmt: skip
def one_step_eta(slip: Slip) -> float:
    if slip("with eta = 1 it jumps to 6, as far beyond the minimum as the start was in front of it"):
        return 1.0
    if slip("that would be right if the gradient were -1; it is -6"):
        return 3.0
    if slip("with 0.1 it goes a fifth of the way"):
        return 0.1
    return 0.5


@question("54", "With eta = 1.1, does it get closer or run away?", choices=("closer", "away"),
          reason="Each update multiplies the distance by 1 - 2 * 1.1 = -1.2")  # fmt: skip
def too_large(slip: Slip) -> str:
    return "closer" if slip("each update multiplies the distance to the minimum by 1 - 2 * eta") else "away"


# --- 52: a layer ----------------------------------------------------------------------------------------------


@question("52", "W has 10 rows and 7 columns. How many numbers must x have?", reason="One for each column")
def columns_of_w(slip: Slip) -> float:
    if slip("that is how many outputs there are: one for each row"):
        return 10.0
    if slip("that is how many weights there are"):
        return 70.0
    return 7.0


@question("52", "W = [[1, 2], [3, 4]], x = [10, 1], b = [0.5, 0]. What is y[0]?", reason="1 * 10 + 2 * 1 + 0.5")
def first_output(slip: Slip) -> float:
    if slip("that is column 0 of W times x, but an output uses a row"):
        return 1 * 10 + 3 * 1 + 0.5
    if slip("that is the second output"):
        return 3 * 10 + 4 * 1
    bias = 0.0 if slip("the bias 0.5 is missing") else 0.5
    return 1 * 10 + 2 * 1 + bias


@question("52", "There are ten classes and all weights are 0, so each class has probability 1/10. What is -log(1/10)?",
          reason="The natural logarithm of 10: the loss of a model that knows nothing")  # fmt: skip
def first_loss(slip: Slip) -> float:
    if slip("that is the logarithm to base 10; the loss uses the natural one"):
        return 1.0
    if slip("the minus sign is missing: the logarithm of 1/10 is negative"):
        return -math.log(10)
    if slip("that is the probability itself"):
        return 0.1
    return math.log(10)


# --- 56: matrices ---------------------------------------------------------------------------------------------


@question("56", "W = [[0, -1], [1, 0]]. Where does (1, 0) land? Give the second coordinate.",
          reason="(1, 0) goes to the first column of W, (0, 1)")  # fmt: skip
def lands(slip: Slip) -> float:
    if slip("that is its first coordinate"):
        return 0.0
    if slip("that is the first row of W; (1, 0) lands on the first column"):
        return -1.0
    return 1.0


@question(
    "56",
    "A unit square goes through diag(2, 0.5). What is its area afterwards?",
    reason="The area is multiplied by the determinant, 2 * 0.5",
)
def area_after(slip: Slip) -> float:
    if slip("the two factors are multiplied, not added"):
        return 2.5
    if slip("one side shrinks to half as well"):
        return 2.0
    return 1.0


@question("56", "First swap left and right, then make a quarter turn to the left. Where does (1, 0) end up? Give the second coordinate.",
          reason="The mirror takes it to (-1, 0), and the turn takes that to (0, -1)")  # fmt: skip
def mirror_turn(slip: Slip) -> float:
    if slip("that is where the point goes if you only turn it, or turn it before the mirror"):
        return 1.0
    if slip("that is its first coordinate"):
        return 0.0
    return -1.0


# --- 51: attention --------------------------------------------------------------------------------------------


@question("51", "q = (1, 2), and the keys are (1, 0), (0, 1), (1, 1). What is the score of the third, q . k?",
          reason="1 * 1 + 2 * 1")  # fmt: skip
def third_score(slip: Slip) -> float:
    if slip("that is the score divided by sqrt(2); here we want it unscaled"):
        return 3 / math.sqrt(2)
    if slip("multiply number by number and add up: 1 * 1 + 2 * 1"):
        return 2.0
    if slip("that is 1 + 2 + 1 + 1, but the numbers of a pair are multiplied"):
        return 5.0
    return 3.0


@question("51", "The scores are 1, 2 and 3. What do the three weights add up to after softmax?",
          reason="Each is divided by the sum of all exponentials")  # fmt: skip
def weights_sum(slip: Slip) -> float:
    if slip("that is the sum of the scores; softmax turns them into weights"):
        return 6.0
    if slip("each is divided by the sum, so together they add up to 1"):
        return 3.0
    return 1.0


@question("51", "The keys (3, 0) and (1, 1) both score 3. Which of them points more closely in the direction of q "
    "= (1, 2)?",
          choices=("(3, 0)", "(1, 1)"), reason="Their cosines are 0.447 and 0.949: a long key scores high in any direction")  # fmt: skip
def longer_key(slip: Slip) -> str:
    return (
        "(3, 0)"
        if slip("it scores high because it is long; its cosine with q is 0.447, and that of (1, 1) is 0.949")
        else "(1, 1)"
    )


# --- 7: everything together -----------------------------------------------------------------------------------


@question("7", "There are 27 symbols, and the model is untrained. About how large is its loss, -log(1/27)?",
          reason="It knows nothing yet, so every symbol is as likely as any other")  # fmt: skip
def untrained_loss(slip: Slip) -> float:
    if slip("the minus sign is missing"):
        return -math.log(27)
    if slip("that is 1/27, the probability"):
        return 1 / 27
    if slip("that is the logarithm to base 10"):
        return math.log10(27)
    return math.log(27)


@question(
    "7",
    "An embedding has 4 numbers for each of 27 symbols. How many parameters is that?",
    reason="A row of 4 numbers for each of the 27 symbols",
)
def embedding_size(slip: Slip) -> float:
    if slip("there is one row of 4 numbers for each of the 27 symbols: multiply"):
        return 31.0
    if slip("there is no bias in an embedding"):
        return 27 * 5
    return 27 * 4


@question("7", "zero_grad() is left out of the loop. Does the loss still fall in the first update?", choices=("yes", "no"),
          reason="The first gradient is right, since there was nothing to add it to. Each later one is the sum of all so far")  # fmt: skip
def first_without_zero_grad(slip: Slip) -> str:
    return "no" if slip("before the first update every gradient is 0, so the first one is right") else "yes"
