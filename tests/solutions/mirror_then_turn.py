"""What learners hand in for mirror_then_turn()."""

import math

import numpy as np


def right_1():
    return [[0, -1], [-1, 0]]


def right_2():
    return ((0.0, -1.0), (-1.0, 0.0))


def right_3():
    return np.array([[0, -1], [1, 0]]) @ np.array([[-1, 0], [0, 1]])


def right_4():
    turn, mirror = [[0, -1], [1, 0]], [[-1, 0], [0, 1]]
    return [[sum(turn[i][k] * mirror[k][j] for k in range(2)) for j in range(2)] for i in range(2)]


def right_5():
    c, s = math.cos(math.pi / 2), math.sin(math.pi / 2)
    return [[-c, -s], [-s, c]]


def right_6():
    def where(p, q):
        p, q = -p, q
        return -q, p

    return list(zip(where(1, 0), where(0, 1)))


def wrong_1():
    """The turn comes first."""
    return [[0, 1], [1, 0]]


def wrong_2():
    """Only the mirror."""
    return [[-1, 0], [0, 1]]


def wrong_3():
    """Only the turn."""
    return [[0, -1], [1, 0]]


def wrong_4():
    """A turn to the right, alone."""
    return [[0, 1], [-1, 0]]


def wrong_5():
    """Upside down is mirrored, and not left and right (two slips: and the turn is first)."""
    return np.array([[1, 0], [0, -1]]) @ np.array([[0, 1], [-1, 0]])


def wrong_6():
    """The identity."""
    return [[1, 0], [0, 1]]


def wrong_7():
    """The two matrices are multiplied element by element."""
    return np.array([[0, -1], [1, 0]]) * np.array([[-1, 0], [0, 1]])


def wrong_8():
    """The two matrices are added."""
    return [[-1, -1], [1, 1]]


def wrong_9():
    """A half turn."""
    return [[-1, 0], [0, -1]]


def wrong_10():
    """A flat list of four numbers."""
    return [0, -1, -1, 0]


def wrong_11():
    """Two matrices instead of their product."""
    return [[[0, -1], [1, 0]], [[-1, 0], [0, 1]]]


def wrong_12():
    """An angle in degrees where radians are wanted."""
    c, s = math.cos(90), math.sin(90)
    return [[-c, -s], [-s, c]]
