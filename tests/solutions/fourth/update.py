"""What learners hand in for update; `# slip:` says what a verdict has to name."""


def right_1(w, b, x, y, eta):
    k = -2 * eta * (w * x + b - y)
    return w + k * x, b + k


def right_2(w, b, x, y, eta):
    def error(w, b):
        return w * x + b - y

    old = error(w, b)
    return [p - eta * 2 * old * slope for p, slope in ((w, x), (b, 1))]


def wrong_1(w, b, x, y, eta):
    """Uphill, and the 2 is lost."""
    e = w * x + b - y
    return w + eta * e * x, b + eta * e  # slip: sign, uphill, subtract, against, minus, + ; 2


def wrong_2(w, b, x, y, eta):
    """No eta."""
    e = w * x + b - y
    return w - 2 * e * x, b - 2 * e  # slip: eta, learning rate


def wrong_3(w, b, x, y, eta):
    """The new values are the steps alone."""
    e = w * x + b - y
    w = -eta * 2 * e * x  # slip: old, w, subtract, step, replaced
    b = -eta * 2 * e  # slip: old, w, subtract, step, replaced
    return w, b


def wrong_4(w, b, x, y, eta):
    """Only w is updated."""
    e = w * x + b - y
    w = w - eta * 2 * e * x
    return w, b  # slip: b


def wrong_5(w, b, x, y, eta):
    """w first, then b from the new w, without the 2."""
    w -= 2 * eta * (w * x + b - y) * x  # slip: old, new w, already, before, both gradients, after
    b -= eta * (w * x + b - y)  # slip: 2
    return w, b
