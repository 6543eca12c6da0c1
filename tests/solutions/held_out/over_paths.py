"""What learners hand in for over_paths; `# slip:` says what a verdict has to name."""


def wrong_1(paths):
    """Alternating signs."""
    total, sign = 0.0, 1
    for path in paths:
        product = sign
        for p in path:
            product *= p
        total += product
        sign = -sign  # slip: sign, every
    return total


def wrong_2(paths):
    """The largest path."""
    products = []
    for path in paths:
        acc = 1.0
        for p in path:
            acc = acc * p
        products.append(acc)
    return max(products)  # slip: add, sum, largest, max
