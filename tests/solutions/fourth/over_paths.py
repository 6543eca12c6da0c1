"""What learners hand in for over_paths; `# slip:` says what a verdict has to name."""

import functools
import operator


def right_1(paths):
    return sum(functools.reduce(operator.mul, path, 1) for path in paths)


def right_2(paths):
    grad = 0
    for path in paths:
        share = 1.0
        while path:
            share, path = share * path[0], path[1:]
        grad += share
    return grad


def wrong_1(paths):
    """share is set up only once."""
    grad = 0.0
    share = 1.0  # slip: each path, reset, anew, again, start, inside, share
    for path in paths:
        for p in path:
            share *= p
        grad += share
    return grad


def wrong_2(paths):
    """The largest path only."""
    products = []
    for path in paths:
        out = 1
        for p in path:
            out *= p
        products.append(out)
    return max(products)  # slip: add, sum, all, max, one path


def wrong_3(paths):
    """The average."""
    products = []
    for path in paths:
        out = 1
        for p in path:
            out *= p
        products.append(out)
    return sum(products) / len(products)  # slip: mean, average, divide, number of paths, /


def wrong_4(paths):
    """Sums and products are the wrong way round, and it starts from 0."""
    grad = 0  # slip: 0, start, seed
    for path in paths:
        grad *= sum(path)  # slip: multipl, add, sum, product
    return grad


def wrong_5(paths):
    """The first edge of each path is skipped."""
    grad = 0
    for path in paths:
        share = 1
        for p in path[1:]:  # slip: first, edge, skip, leaves out
            share *= p
        grad += share
    return grad
