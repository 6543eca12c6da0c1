"""What learners hand in for cross_entropy; `# slip:` says what a verdict has to name."""


def wrong_1(scores, target):
    """The next class."""
    top = max(s.data for s in scores)
    e = [(s - top).exp() for s in scores]
    p = e[target - 1] / sum(e[1:], e[0])  # slip: target
    return -p.log()


def wrong_2(scores, target):
    """Two slips: squared error of the probability."""
    top = max(s.data for s in scores)
    e = [(s - top).exp() for s in scores]
    p = e[target] / sum(e[1:], e[0])
    return (1 - p) ** 2  # slip: log
