"""What learners hand in for update; `# slip:` says what a verdict has to name."""


def right_1(w, b, x, y, eta):
    e = w * x + b - y
    return w - eta * 2 * e * x, b - eta * 2 * e


def right_2(w, b, x, y, eta):
    theta, features = [w, b], [x, 1.0]
    error = sum(t * f for t, f in zip(theta, features)) - y
    return tuple(t - 2 * eta * error * f for t, f in zip(theta, features))


def wrong_1(w, b, x, y, eta):
    """Uphill."""
    e = w * x + b - y
    w += eta * 2 * e * x  # slip: sign, uphill, subtract, against, minus
    b += eta * 2 * e  # slip: sign, uphill, subtract, against, minus
    return w, b


def wrong_2(w, b, x, y, eta):
    """b is updated with the new w."""
    w = w - eta * 2 * (w * x + b - y) * x
    b = b - eta * 2 * (w * x + b - y)  # slip: new w, old w, already
    return w, b


def wrong_3(w, b, x, y, eta):
    """eta is left out for b."""
    e = w * x + b - y
    dw, db = 2 * e * x, 2 * e
    return w - eta * dw, b - db  # slip: eta


def wrong_4(w, b, x, y, eta):
    """The changes are returned and not the parameters."""
    e = w * x + b - y
    return -eta * 2 * e * x, -eta * 2 * e  # slip: change, w itself, w -, step


def wrong_5(w, b, x, y, eta):
    """No 2."""
    error = (w * x + b) - y
    step = eta * error  # slip: 2, square
    return w - step * x, b - step


def wrong_6(w, b, x, y, eta):
    """Two slips: no x in dw, and divided by eta."""
    g = 2 * (w * x + b - y)
    w = w - g / eta  # slip: divid, eta ; x
    b = b - g / eta
    return w, b


def wrong_7(w, b, x, y, eta):
    """Two slips: the error's sign, and only w is moved."""
    err = y - (w * x + b)  # slip: sign
    dw = 2 * err * x
    return w - eta * dw, b  # slip: b is, b stays, b does not, only w


def wrong_8(w, b, x, y, eta):
    """The gradient of b is used for both."""
    grad = 2 * (w * x + b - y)
    new = [p - eta * grad for p in (w, b)]  # slip: x
    return new[0], new[1]
