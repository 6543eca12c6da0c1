"""What learners hand in for mirror_then_turn; `# slip:` says what a verdict has to name."""

import math


def right_1():
    mirror = [[-1, 0], [0, 1]]
    turn = [[0, -1], [1, 0]]
    return [[sum(turn[i][k] * mirror[k][j] for k in range(2)) for j in range(2)] for i in range(2)]


def right_2():
    c, s = math.cos(math.pi / 2), math.sin(math.pi / 2)
    return ((-c, -s), (-s, c))


def wrong_1():
    """Turned first, then mirrored."""
    return [[0, 1], [1, 0]]  # slip: order, first, turn, then


def wrong_2():
    """Up and down are swapped, and there is no turn."""
    return [[1, 0], [0, -1]]  # slip: up, left, mirror, (1, 0) ; turn


def wrong_3():
    """A half turn, and no mirror."""
    return [[-1, 0], [0, -1]]  # slip: half, quarter, turn ; mirror


def wrong_4():
    """The mirror only."""
    return [[-1, 0], [0, 1]]  # slip: turn


def wrong_5():
    """To the right, and no mirror."""
    return [[0, 1], [-1, 0]]  # slip: left, right ; mirror
