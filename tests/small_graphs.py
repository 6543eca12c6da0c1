"""The two graphs that most tests look at: the smallest in which a gradient adds up, and one neuron."""

from __future__ import annotations

from autograd import Value
from autograd.graph import walk


def emblem(a=1.0):
    """f = b * c with b = a + a and c = b + 1: every order of the walk except the right one gives a wrong da."""
    a = Value(a, label="a")
    b = a + a
    c = b + 1
    f = b * c
    b.label, c.label, f.label = "b", "c", "f"
    return f, c, b, a


def neuron():
    """f = tanh(n) with n = p + c and p = a * b, at the numbers of micrograd's lecture."""
    a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(6.8813735870195432, label="c")
    p = a * b
    n = p + c
    f = n.tanh()
    p.label, n.label, f.label = "p", "n", "f"
    return f


def without_labels(f, names):
    """Return the same graph, without these names."""
    for node in walk(f):
        if node.label in names:
            node.label = ""
    return f
