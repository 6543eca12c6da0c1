"""What learners hand in for scores; `# slip:` says what a verdict has to name."""

import math


def right_1(q, K):
    return [sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in K]


def right_2(q, K):
    out = []
    for key in K:
        s = 0.0
        for i in range(len(q)):
            s += q[i] * key[i]
        out.append(s * len(q) ** -0.5)
    return out


def wrong_1(q, K):
    """sqrt of the number of keys."""
    out = []
    for key in K:
        out.append(sum(a * b for a, b in zip(q, key)) / math.sqrt(len(K)))  # slip: keys, len(q), d is
    return out


def wrong_2(q, K):
    """Not scaled."""
    out = []
    for key in K:
        total = 0
        for a, b in zip(q, key):
            total += a * b
        out.append(total)  # slip: sqrt, scale
    return out


def wrong_3(q, K):
    """Divided by d."""
    d = len(q)
    return [sum(q[i] * k[i] for i in range(d)) / d for k in K]  # slip: sqrt, root


def wrong_4(q, K):
    """Sums in place of products."""
    return [sum(a + b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in K]  # slip: multipl, product, add


def wrong_5(q, K):
    """The total is not reset."""
    out, total, root = [], 0.0, math.sqrt(len(q))
    for key in K:  # slip: reset, set back, each key, anew, before it
        for a, b in zip(q, key):
            total += a * b
        out.append(total / root)
    return out


def wrong_6(q, K):
    """Two slips: not scaled, and the last number of each is missed."""
    out = []
    for key in K:
        s = 0
        for i in range(len(q) - 1):  # slip: last, range, len
            s += q[i] * key[i]
        out.append(s)  # slip: sqrt, scale
    return out


def wrong_7(q, K):
    """Two slips: multiplied by the root, and q with itself."""
    out = []
    for key in K:
        s = sum(a * b for a, b in zip(q, q))  # slip: key, q with, itself
        out.append(s * math.sqrt(len(q)))  # slip: divid, multipl
    return out


def wrong_8(q, K):
    """Each product is divided: the square root of each number's place."""
    return [sum(a * b for a, b in zip(q, k)) / math.sqrt(sum(a * a for a in q)) for k in K]  # slip: length, sqrt, d
