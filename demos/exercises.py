"""Exercises of the six questions, checked: `check(linear)` says whether a function of yours is right, and if not, why.

Each exercise is a function to write, found by its name; EXERCISES says what it takes and gives. Random inputs are
the same every time. A wrong answer is recognised where it is one of the usual ones, and told apart by its number.
"""

# ruff: noqa: N803, N806 - matrices are written as capitals
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from traceback import walk_tb
from typing import Any

import nn.functional as F
from autograd import Value

from .shared.datasets import normal

__all__ = ["EXERCISES", "check"]

Solution = Callable[..., Any]
Check = Callable[[Solution], None]

EXERCISES: dict[str, Check] = {}


def _exercise(check: Check) -> Check:
    """Add an exercise: `_name(solution)` raises _WrongError unless `name` is right; its docstring says what it is."""
    EXERCISES[check.__name__.lstrip("_")] = check
    return check


class _WrongError(Exception):
    """Why a solution is wrong, in a sentence."""


def check(solution: Solution) -> bool:
    """Try a function of an exercise's name, print the verdict, and return it.

    >>> def collapse(W2, W1):
    ...     return W1
    >>> check(collapse)
    collapse: not yet. With W2 2 x 3 and W1 3 x 2 want a 2 x 2 matrix, got 3 x 2
    False
    """
    name = getattr(solution, "__name__", "")
    if name not in EXERCISES:
        print(f"there is no exercise {name!r}. There are:")
        for exercise in EXERCISES.values():
            print(f"  {exercise.__doc__}")
        return False
    try:
        EXERCISES[name](solution)
    except _WrongError as error:
        print(f"{name}: not yet. {error}")
        return False
    print(f"{name}: right")
    return True


# --- 53: the gradient of the loss ------------------------------------------------------------------------------


@_exercise
def _gradients(solution: Solution) -> None:
    """gradients(w, b, x, y) -> (dL/dw, dL/db) of L = (w*x + b - y)**2, worked out by hand, of floats."""
    rng = Random(53)
    for _ in range(20):
        w, b, x, y = (normal(rng) for _ in range(4))
        L = ((pw := Value(w)) * x + (pb := Value(b)) - y) ** 2
        L.backward()
        right = [pw.grad, pb.grad]
        given = _numbers(_call(solution, w, b, x, y), 2)
        slips = {
            "both have the wrong sign: the error is w*x + b - y": [-g for g in right],
            "the 2 of the square is missing": [g / 2 for g in right],
            "they stand in the wrong order, dL/dw comes first": right[::-1],
            "the last factor of dL/dw is missing: w is multiplied by x": [right[1], right[1]],
            "there is one factor too many in dL/db: b is only added": [right[0], right[0]],
        }
        _compare(given, right, slips, f"dL/dw and dL/db at w={w:.3g}, b={b:.3g}, x={x:.3g}, y={y:.3g}")


# --- 54: gradient descent --------------------------------------------------------------------------------------


@_exercise
def _descend(solution: Solution) -> None:
    """descend(f, w, eta, updates) -> every w from the first, a float, to the last; f takes a Value and gives one."""
    rng = Random(54)
    for updates in (1, 2, 5):
        low, start, eta = normal(rng), normal(rng), 0.05 + 0.2 * rng.random()

        def path(add: bool = False, sign: int = -1, low: float = low, start: float = start, eta: float = eta) -> list:
            ws, grad = [start], 0.0
            for _ in range(5):
                grad = 2 * (ws[-1] - low) + (grad if add else 0.0)
                ws.append(ws[-1] + sign * eta * grad)
            return ws

        right = path()[: updates + 1]
        found = _call(solution, lambda w, low=low: (w - low) ** 2, start, eta, updates)
        given = _numbers(found, updates + 1, f"the w before each of {updates} updates and after the last")
        slips = {
            "it goes up: w - eta * grad, with a minus": path(sign=1)[: updates + 1],
            "gradients of earlier updates are added in: zero_grad is forgotten": path(add=True)[: updates + 1],
            "nothing moves: w stays where it was": [start] * (updates + 1),
            "all are the last w: it is one Value many times, and its data moves. Keep w.data": [right[-1]] * len(right),
        }
        _compare(given, right, slips, f"the values of w from {start:.3g} with eta {eta:.3g}")


# --- 55: nudging -----------------------------------------------------------------------------------------------


@_exercise
def _nudge_grad(solution: Solution) -> None:
    """nudge_grad(f, xs) -> the slopes of f in each of xs, a list of floats; f takes such a list, and costs a pass."""
    rng = Random(55)
    for n in (2, 5, 1):
        xs = [normal(rng) for _ in range(n)]
        factors = [normal(rng) for _ in range(n)]
        calls: list[list[float]] = []

        def f(at: Sequence[float], factors: list[float] = factors, calls: list = calls) -> float:
            calls.append(list(at))
            product, total = 1.0, 0.0
            for x, factor in zip(at, factors):
                product *= x
                total += math.sin(3 * factor * x)
            return total + product

        others = [math.prod(xs[:k] + xs[k + 1 :]) for k in range(n)]
        right = [3 * factor * math.cos(3 * factor * x) + other for factor, x, other in zip(factors, xs, others)]
        handed = list(xs)
        given = _numbers(_call(solution, f, handed), n, "a slope for each of xs")
        if handed != xs:
            raise _WrongError("xs is not what it was before: put each number back, or nudge a copy")
        slips = {
            "every slope is twice too large: between the two sides lie two nudges": [2 * g for g in right],
            "every slope is half as large as it is": [g / 2 for g in right],
            "every slope has the wrong sign": [-g for g in right],
        }
        if xs in calls and 0 < sum(call != xs for call in calls) <= n:
            raise _WrongError("f was called at xs itself: one-sided. Nudge to both sides, the bend then cancels")
        if not _same(given, right, 1e-6) and _same(given, right, 0.01):
            raise _WrongError(
                f"the slopes are near, but not within 1e-6: want {_shown(right, given)}, got {_shown(given, right)}. "
                "Is the nudge too large, or so small that rounding shows? 1e-5 is neither"
            )
        _compare(given, right, slips, f"the slopes at {_shown(xs)}", 1e-6)
        if len(calls) != 2 * n:
            raise _WrongError(f"f was called {len(calls)} times for {n} numbers: two for each are enough, and needed")


# --- 52: a layer -----------------------------------------------------------------------------------------------


@_exercise
def _linear(solution: Solution) -> None:
    """linear(W, b, x) -> W x + b, a list, of floats or Values; with a wrong x a ValueError says what it wanted."""
    rng = Random(52)
    for rows, columns in ((1, 1), (2, 3), (3, 2), (3, 3)):
        W, b, x = _matrix(rng, rows, columns), _vector(rng, rows), _vector(rng, columns)
        product = [_dot(row, x) for row in W]
        right = [p + bias for p, bias in zip(product, b)]
        slips = {
            "the bias b is not added": product,
            "the bias b is added once for each product": [p + columns * bias for p, bias in zip(product, b)],
        }
        if rows == columns:
            slips["W is transposed: row i of W makes output i"] = [_dot(c, x) + s for c, s in zip(zip(*W), b)]
        given = _numbers(_call(solution, W, b, x), rows, "an output for each row of W")
        _compare(given, right, slips, f"W x + b with W {rows} x {columns}")
    weights = [[Value(w) for w in row] for row in W]
    y = _call(solution, weights, [Value(bias) for bias in b], x)
    for i, output in enumerate(y):
        if not isinstance(output, Value) or not output.operands:
            raise _WrongError("given Values it returns none: the graph is cut, do not use .data or float()")
        output.zero_grad()
        output.backward()
        for k, row in enumerate(weights):
            _compare([w.grad for w in row], x if k == i else [0.0] * len(x), {}, f"dy{i}/dW{k}")
            for w in row:
                w.zero_grad()
    for length in (2, 4):
        try:
            solution(W, b, x[:1] * length)
        except ValueError as error:
            if "3" not in str(error) or str(length) not in str(error):
                raise _WrongError(
                    f"the error for {length} inputs in place of 3 should name both, got: {error}"
                ) from None
        except Exception as error:
            raise _WrongError(f"for {length} inputs in place of 3 want a ValueError, got {error!r}") from None
        else:
            raise _WrongError(f"it takes {length} inputs where W has 3 columns, and says nothing: zip() stops early")


# --- 56: matrices ----------------------------------------------------------------------------------------------


@_exercise
def _collapse(solution: Solution) -> None:
    """collapse(W2, W1) -> the W of the one layer that does what W1, and then W2, do."""
    rng = Random(56)
    for m, k, n in ((2, 3, 2), (1, 2, 3), (2, 2, 2), (3, 3, 3)):
        W2, W1 = _matrix(rng, m, k), _matrix(rng, k, n)
        given = _matrix_of(_call(solution, W2, W1), m, n, f"With W2 {m} x {k} and W1 {k} x {n} want")
        slips = {"its rows and columns are swapped": list(zip(*_times(W2, W1)))} if m == n else {}
        if m == k == n:
            slips["it does W2 first, and then W1"] = _times(W1, W2)
            slips["number by number is no product of matrices"] = [[p * q for p, q in zip(*r)] for r in zip(W2, W1)]
            slips["matrices in a row multiply, they do not add"] = [[p + q for p, q in zip(*r)] for r in zip(W2, W1)]
        _compare(_flat(given), _flat(_times(W2, W1)), {why: _flat(W) for why, W in slips.items()}, "W2 W1")


@_exercise
def _mirror_then_turn(solution: Solution) -> None:
    """mirror_then_turn() -> the W that mirrors left and right, and then makes a quarter turn to the left."""
    given = _matrix_of(_call(solution), 2, 2, "Want")
    slips = {
        "that turns first and then mirrors, or turns to the right": [0.0, 1.0, 1.0, 0.0],
        "that only turns": [0.0, -1.0, 1.0, 0.0],
        "that only mirrors": [-1.0, 0.0, 0.0, 1.0],
    }
    _compare(_flat(given), [0.0, -1.0, -1.0, 0.0], slips, "W, row by row")


# --- 51: attention ---------------------------------------------------------------------------------------------


@_exercise
def _attend(solution: Solution) -> None:
    """attend(q, K, V) -> (out, weights) of one query, some keys and as many values, which are numbers; q has Values."""
    rng = Random(51)
    for d, count in ((1, 2), (2, 3), (4, 3)):
        numbers, K, V = _vector(rng, d), _matrix(rng, count, d), _vector(rng, count)
        q = [Value(x) for x in numbers]
        out, weights = _attended(solution, q, K, V)
        given = _numbers(weights, count, "a weight for each key")
        scores = [_dot(numbers, key) for key in K]
        right = _softmax([s / math.sqrt(d) for s in scores])
        slips = {
            "the weights are those of unscaled scores: divide by sqrt(d)": _softmax(scores),
            "the scores are divided by d, not by sqrt(d)": _softmax([s / d for s in scores]),
            "the weights do not sum to 1: divide by the sum of the exponentials": [
                math.exp(s / math.sqrt(d)) for s in scores
            ],
        }
        _compare(given, right, slips, f"the weights with d = {d}")
        wanted = _dot(right, V)
        _compare(
            _numbers([out], 1), [wanted], {"the values are summed without weights": [_dot([1.0] * count, V)]}, "out"
        )
        if not isinstance(out, Value) or not out.operands:
            raise _WrongError("out is not a Value that depends on q: the graph is cut, do not use .data")
        out.backward()
        if not any(x.reached for x in q):
            raise _WrongError("out does not depend on q: the graph is cut, do not use .data")
        again = [Value(x) for x in numbers]
        F.scaled_dot_product_attention([again], K, [[v] for v in V])[0][0].backward()
        _compare([x.grad for x in q], [x.grad for x in again], {}, "d out/dq")
    far = [[*key, 5000.0] for key in ([1.0], [2.0])]  # both scores are larger by the same: nothing changes
    _, weights = _attended(solution, [Value(1.0), Value(1.0)], far, [1.0, 2.0])
    shifted = _softmax([1 / math.sqrt(2), 2 / math.sqrt(2)])
    _compare(_numbers(weights, 2), shifted, {}, "the weights of scores near 3500, which are those of scores near 1,")


def _attended(solution: Solution, *arguments: Any) -> tuple[Any, Any]:
    found = _call(solution, *arguments)
    if not isinstance(found, tuple) or len(found) != 2:
        raise _WrongError(f"want (out, weights), got {_kind(found)}")
    return found


# --- What the checks share ---------------------------------------------------------------------------------------


def _call(solution: Solution, *arguments: Any) -> Any:
    """What it returns; an exception of it is a verdict."""
    try:
        found = solution(*arguments)
    except OverflowError as error:
        raise _WrongError(f"{error}. Subtract the largest score from all of them first: no weight changes") from None
    except Exception as error:
        raise _WrongError(f"it raises {type(error).__name__}: {error}{_line(solution, error)}") from None
    if found is None:
        raise _WrongError("it returns nothing: is there a return?")
    return found


def _line(solution: Solution, error: Exception) -> str:
    """Where in the solution the error was raised: the last of its own lines."""
    code = getattr(solution, "__code__", None)
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code is code]
    return f" (line {lines[-1]})" if lines else ""


def _numbers(found: Any, count: int, which: str = "") -> list[float]:
    """Its numbers, as floats."""
    many = f"{count} number{'s' if count > 1 else ''}{f', {which}' if which else ''}"
    if not isinstance(found, (list, tuple)):
        raise _WrongError(f"want a list of {many}, got {_kind(found)}")
    if len(found) != count:
        raise _WrongError(f"want {many}, got {len(found)}")
    numbers = [number.data if isinstance(number, Value) else number for number in found]
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise _WrongError(f"want {many}, got {_kind(number)} among them")
    return numbers


def _matrix_of(found: Any, rows: int, columns: int, want: str) -> list[list[float]]:
    if not isinstance(found, (list, tuple)) or not all(isinstance(row, (list, tuple)) for row in found) or not found:
        raise _WrongError(f"{want} a {rows} x {columns} matrix, a list of rows, got {_kind(found)}")
    if len(found) != rows or any(len(row) != columns for row in found):
        raise _WrongError(f"{want} a {rows} x {columns} matrix, got {len(found)} x {len(found[0])}")
    return [_numbers(row, columns) for row in found]


def _compare(
    given: Sequence[float], right: Sequence[float], slips: dict[str, Any], what: str, precision: float = 1e-9
) -> None:
    """Raise what is wrong with the numbers given: a slip that makes just these, or else the numbers themselves."""
    if _same(given, right, precision):
        return
    for why, wrong in slips.items():
        if _same(given, wrong, precision):
            raise _WrongError(why[0].upper() + why[1:])
    if all(number == 0 for number in given) and any(right):
        raise _WrongError(f"{what}: all 0. Is the gradient or the sum ever computed?")
    raise _WrongError(f"{what}: want {_shown(right, given)}, got {_shown(given, right)}")


def _same(xs: Sequence[float], ys: Sequence[float], precision: float) -> bool:
    return all(math.isclose(x, y, rel_tol=precision, abs_tol=precision) for x, y in zip(xs, ys))


def _shown(numbers: Sequence[float], others: Sequence[float] = ()) -> str:
    """The numbers in brackets, with as many digits as tell them from some others."""
    for digits in (6, 9, 12, 17):
        text = ", ".join(f"{number:.{digits}g}" for number in numbers)
        if text != ", ".join(f"{number:.{digits}g}" for number in others):
            break
    return f"({text})"


def _kind(thing: Any) -> str:
    return f"{type(thing).__name__} {thing!r}"[:60]


def _vector(rng: Random, count: int) -> list[float]:
    return [normal(rng) for _ in range(count)]


def _matrix(rng: Random, rows: int, columns: int) -> list[list[float]]:
    return [_vector(rng, columns) for _ in range(rows)]


def _dot(xs: Sequence[float], ys: Sequence[float]) -> float:
    total = 0.0
    for x, y in zip(xs, ys):
        total += x * y
    return total


def _times(A: Sequence[Sequence[float]], B: Sequence[Sequence[float]]) -> list[list[float]]:
    return [[_dot(row, column) for column in zip(*B)] for row in A]


def _flat(matrix: Sequence[Sequence[float]]) -> list[float]:
    return [number for row in matrix for number in row]


def _softmax(scores: Sequence[float]) -> list[float]:
    exponentials = [math.exp(s - max(scores)) for s in scores]
    total = _dot(exponentials, [1.0] * len(scores))
    return [e / total for e in exponentials]
