"""What learners hand in for attend; `# slip:` says what a verdict has to name."""

import math


def wrong_1(q, K, V):
    """The weights are not softmax: divided by the sum of scores."""
    s = [sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in K]
    w = [v / sum(s) for v in s]  # slip: exp, softmax
    return sum(a * b for a, b in zip(w, V)), w


def wrong_2(q, K, V):
    """Two slips: multiplied by sqrt(d), and the first value left out."""
    s = [sum(a * b for a, b in zip(q, k)) * math.sqrt(len(q)) for k in K]  # slip: divid, multipl, sqrt
    m = max(s)
    e = [math.exp(v - m) for v in s]
    w = [v / sum(e) for v in e]
    out = 0.0
    for i in range(1, len(V)):  # slip: first, range, value
        out += w[i] * V[i]
    return out, w


def right_1(q, K, V):
    def dot(a, b):
        return sum(x * y for x, y in zip(a, b))

    s = [dot(q, k) / len(q) ** 0.5 for k in K]
    w = [1 / sum(math.exp(t - u) if t - u < 700 else math.inf for t in s) for u in s]
    return [dot(w, V), w]
