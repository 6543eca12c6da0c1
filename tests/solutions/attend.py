"""What learners hand in for attend(q, K, V)."""

import math

import numpy as np

import nn.functional as F


def soft(scores):
    m = max(scores)
    e = [math.exp(s - m) for s in scores]
    return [x / sum(e) for x in e]


def raw(q, K):
    return [sum(a * b for a, b in zip(q, k)) for k in K]


def right_1(q, K, V):
    weights = soft([s / math.sqrt(len(q)) for s in raw(q, K)])
    return sum(w * v for w, v in zip(weights, V)), weights


def right_2(q, K, V):
    s = np.array(K) @ np.array(q) / np.sqrt(len(q))
    e = np.exp(s - s.max())
    w = e / e.sum()
    return w @ np.array(V), w


def right_3(q, K, V):
    scores = []
    for key in K:
        total = 0.0
        for i in range(len(q)):
            total += q[i] * key[i]
        scores.append(total / len(q) ** 0.5)
    exps = [math.exp(s - max(scores)) for s in scores]
    weights = [e / sum(exps) for e in exps]
    out = 0.0
    for k in range(len(V)):
        out += weights[k] * V[k]
    return [out, weights]


def right_4(q, K, V):
    weights = F.softmax([sum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in K])
    weights = [getattr(w, "data", w) for w in weights]
    return math.fsum(w * v for w, v in zip(weights, V, strict=True)), weights


def right_5(q, K, V):
    weights = tuple(soft(raw([a / math.sqrt(len(q)) for a in q], K)))
    return math.fsum(map(lambda w, v: w * v, weights, V)), weights


def right_6(q, K, V):
    s = [math.fsum(a * b for a, b in zip(q, k)) / math.sqrt(len(q)) for k in K]
    e = [math.exp(x - sorted(s)[-1]) for x in s]
    return sum(x * v for x, v in zip(e, V)) / sum(e), [x / sum(e) for x in e]


def wrong_1(q, K, V):
    """sqrt(d) is forgotten."""
    weights = soft(raw(q, K))
    return sum(w * v for w, v in zip(weights, V)), weights


def wrong_2(q, K, V):
    """Divided by d, not by its root."""
    weights = soft([s / len(q) for s in raw(q, K)])
    return sum(w * v for w, v in zip(weights, V)), weights


def wrong_3(q, K, V):
    """The softmax is forgotten: scores for weights."""
    weights = [s / math.sqrt(len(q)) for s in raw(q, K)]
    return sum(w * v for w, v in zip(weights, V)), weights


def wrong_4(q, K, V):
    """The scores, not the weights, are multiplied by the values."""
    scores = [s / math.sqrt(len(q)) for s in raw(q, K)]
    return sum(s * v for s, v in zip(scores, V)), soft(scores)


def wrong_5(q, K, V):
    """The pair is returned the other way round."""
    return right_1(q, K, V)[::-1]


def wrong_6(q, K, V):
    """Only out is returned."""
    return right_1(q, K, V)[0]


def wrong_7(q, K, V):
    """The mean of all values: the weights are not used."""
    return sum(V) / len(V), right_1(q, K, V)[1]


def wrong_8(q, K, V):
    """The products are not added up."""
    _, weights = right_1(q, K, V)
    return [w * v for w, v in zip(weights, V)], weights


def wrong_9(q, K, V):
    """The value of the largest weight alone."""
    _, weights = right_1(q, K, V)
    return V[weights.index(max(weights))], weights


def wrong_10(q, K, V):
    """The keys are scaled in place: the caller's K is changed."""
    for k in K:
        for i in range(len(k)):
            k[i] /= math.sqrt(len(q))
    weights = soft(raw(q, K))
    return sum(w * v for w, v in zip(weights, V)), weights


def wrong_11(q, K, V):
    """Two slips: no sqrt(d), and exp is forgotten."""
    scores = raw(q, K)
    weights = [s / sum(scores) for s in scores]
    return sum(w * v for w, v in zip(weights, V)), weights


def wrong_12(q, K, V):
    """= for +=: the last value alone."""
    _, weights = right_1(q, K, V)
    out = 0.0
    for w, v in zip(weights, V):
        out = w * v
    return out, weights
