"""What learners hand in for mirror_then_turn; `# slip:` says what a verdict has to name."""

import numpy as np


def wrong_1():
    """Only the mirror."""
    return ((-1, 0), (0, 1))  # slip: turn


def wrong_2():
    """Two slips: the mirror in the other axis, the turn to the right: by chance one is right again, so the turn is a half."""
    mirror = np.array([[1, 0], [0, -1]])
    return (mirror @ np.array([[0, -1], [1, 0]]) @ mirror).tolist()  # slip: mirror, order, turn
