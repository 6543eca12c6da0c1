"""What learners hand in for over_paths; `# slip:` says what a verdict has to name."""


def right_1(paths):
    total = 0
    for path in paths:
        product = 1
        for p in path:
            product *= p
        total += product
    return total


def right_2(paths):
    from functools import reduce

    return sum(reduce(lambda a, b: a * b, path, 1.0) for path in paths)


def wrong_1(paths):
    """Sums within a path, multiplies paths."""
    total = 1
    for path in paths:
        total *= sum(path)  # slip: add, multipl, product
    return total


def wrong_2(paths):
    """The product is not set back to 1 for each path."""
    total = 0
    product = 1  # slip: reset, set back, anew, each path, fresh
    for path in paths:
        for p in path:
            product *= p
        total += product
    return total


def wrong_3(paths):
    """Last path only."""
    total = 0
    for path in paths:
        share = 1
        for p in path:
            share *= p
        total = share  # slip: last, +=, overwrit
    return total


def wrong_4(paths):
    """The first path is counted once more."""
    total = right_1(paths[:1])  # slip: first, twice, start
    for path in paths:
        share = 1
        for p in path:
            share = share * p
        total += share
    return total


def wrong_5(paths):
    """Returns after the first path."""
    grad = 0
    for path in paths:
        product = 1
        for p in path:
            product *= p
        grad += product
        return grad  # slip: first path, return, indent


def wrong_6(paths):
    """The mean over paths."""
    shares = []
    for path in paths:
        s = 1
        for p in path:
            s *= p
        shares.append(s)
    return sum(shares) / len(shares)  # slip: mean, divid, average


def wrong_7(paths):
    """Two slips: the sum starts at 1, and the first slope of each path is left out."""
    total = 1  # slip: start, begin, 0
    for path in paths:
        product = 1
        for p in path[1:]:  # slip: first, [1:]
            product *= p
        total += product
    return total


def wrong_8(paths):
    """Two slips: the product starts at 0 ... of a while loop that stops one too early."""
    total, i = 0, 0
    while i < len(paths) - 1:  # slip: last, path, stop, len
        product, k = 1, 0
        while k < len(paths[i]) - 1:  # slip: last, stop, len
            product *= paths[i][k]
            k += 1
        total += product
        i += 1
    return total
