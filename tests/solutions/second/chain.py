"""What learners hand in for chain; `# slip:` says what a verdict has to name."""


def right_1(partials):
    out = [1.0]
    for p in partials:
        out.append(out[-1] * p)
    return out


def right_2(partials):
    if not partials:
        return [1]
    *front, last = partials
    above = right_2(front)
    return above + [above[-1] * last]


def wrong_1(partials):
    """Starts from 0."""
    out = [0.0]  # slip: start, begin, seed, 1
    for p in partials:
        out.append(out[-1] * p)
    return out


def wrong_2(partials):
    """The slopes are added."""
    grad, out = 1.0, [1.0]
    for p in partials:
        grad += p  # slip: multipl, add
        out.append(grad)
    return out


def wrong_3(partials):
    """From the other end."""
    grads = [1.0]
    i = len(partials) - 1
    while i >= 0:
        grads.append(grads[-1] * partials[i])  # slip: order, other end, reverse, backwards
        i -= 1
    return grads


def wrong_4(partials):
    """The first 1 is not in the list."""
    grad, out = 1.0, []  # slip: first, dL/dL, seed, begin
    for p in partials:
        grad *= p
        out.append(grad)
    return out


def wrong_5(partials):
    """Each edge multiplies the seed and not what arrived."""
    out = [1.0]
    for k in range(len(partials)):
        out.append(out[0] * partials[k])  # slip: out[0], arrived, so far, last
    return out


def wrong_6(partials):
    """Appended before multiplying, so that the last is missing."""
    g, out = 1.0, []
    for p in partials:
        out.append(g)  # slip: last, before, order, missing
        g = g * p
    return out


def wrong_7(partials):
    """Two slips: divides, and skips the first edge."""
    out = [1.0]
    for p in partials[1:]:  # slip: first, [1:], skip
        out.append(out[-1] / p)  # slip: divid, multipl
    return [*out, out[-1]]


def wrong_8(partials):
    """Each is the slope before times this one, and not all of them."""
    padded = [1.0, *partials]
    return [1.0] + [a * b for a, b in zip(padded, partials)]  # slip: so far, arrived, all, neighbour, product
