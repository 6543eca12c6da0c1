"""What learners hand in for mirror_then_turn; `# slip:` says what a verdict has to name."""

import numpy as np


def right_1():
    mirror = [[-1, 0], [0, 1]]
    turn = [[0, -1], [1, 0]]
    return [[sum(turn[i][k] * mirror[k][j] for k in range(2)) for j in range(2)] for i in range(2)]


def right_2():
    first = (0, -1)  # where (1, 0) ends
    second = (-1, 0)
    return [[first[0], second[0]], [first[1], second[1]]]


def wrong_1():
    """The turn first."""
    mirror = [[-1, 0], [0, 1]]
    turn = [[0, -1], [1, 0]]
    return [
        [sum(mirror[i][k] * turn[k][j] for k in range(2)) for j in range(2)] for i in range(2)
    ]  # slip: order, first


def wrong_2():
    """The turn alone."""
    return [[0, -1], [1, 0]]  # slip: mirror


def wrong_3():
    """To the right."""
    mirror = np.array([[-1, 0], [0, 1]])
    turn = np.array([[0, 1], [-1, 0]])  # slip: right, left, other way, clockwise
    return turn @ mirror


def wrong_4():
    """Up and down is swapped."""
    mirror = [[1, 0], [0, -1]]  # slip: up and down, left and right, axis
    turn = [[0, -1], [1, 0]]
    return [[sum(t * mirror[k][j] for k, t in enumerate(row)) for j in range(2)] for row in turn]


def wrong_5():
    """The elementwise product."""
    mirror = np.array([[-1, 0], [0, 1]])
    turn = np.array([[0, -1], [1, 0]])
    return (turn * mirror).tolist()  # slip: element, @, matrix product, entry by entry


def wrong_6():
    """The sum."""
    mirror, turn = [[-1, 0], [0, 1]], [[0, -1], [1, 0]]
    return [[m + t for m, t in zip(r, s)] for r, s in zip(mirror, turn)]  # slip: add, sum, product


def wrong_7():
    """A half turn."""
    mirror = np.array([[-1, 0], [0, 1]])
    half = np.array([[-1, 0], [0, -1]])  # slip: half, quarter
    return half @ mirror
