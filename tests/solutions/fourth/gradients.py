"""What learners hand in for gradients; `# slip:` says what a verdict has to name."""

from autograd import Value


def right_1(w, b, x, y):
    w, b = Value(w), Value(b)
    L = (w * x + b - y) ** 2
    L.backward()
    return w.grad, b.grad


def right_2(w, b, x, y):
    g = {}
    g["b"] = -2.0 * (y - b - x * w)
    g["w"] = g["b"] * x
    return [g["w"], g["b"]]


def wrong_1(w, b, x, y):
    """The loss itself goes into both."""
    L = (w * x + b - y) ** 2  # slip: square, 2 * error, 2 * (, loss, L
    return 2 * L * x, 2 * L


def wrong_2(w, b, x, y):
    """The other way round."""
    e = w * x + b - y
    dw = 2 * e * x
    db = 2 * e
    return db, dw  # slip: order, swap, first, other way


def wrong_3(w, b, x, y):
    """Times w in place of x, and no 2 for b."""
    e = w * x + b - y
    return 2 * e * w, e  # slip: x ; 2


def wrong_4(w, b, x, y):
    """b's too is multiplied by x."""
    guess = w * x + b
    slope = 2 * (guess - y)
    return tuple(slope * x for _ in range(2))  # slip: x, b


def wrong_5(w, b, x, y):
    """dL/db is multiplied by b."""
    e = w * x + b - y
    return 2 * e * x, 2 * e * b  # slip: b, factor


def wrong_6(w, b, x, y):
    """y has lost its place: w*x - y, b forgotten, and no 2."""
    e = w * x - y  # slip: b
    return e * x, e  # slip: 2
