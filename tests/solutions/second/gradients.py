"""What learners hand in for gradients; `# slip:` says what a verdict has to name."""


def right_1(w, b, x, y):
    def derivative(inner):
        return 2.0 * (w * x + b - y) * inner

    return derivative(x), derivative(1.0)


def right_2(w, b, x, y):
    guess = b
    guess += w * x
    db = 2 * (guess - y)
    dw = db * x
    return [dw, db]


def wrong_1(w, b, x, y):
    """The guess is w + x + b."""
    guess = w + x + b  # slip: w * x, multipl, product
    return 2 * (guess - y) * x, 2 * (guess - y)


def wrong_2(w, b, x, y):
    """y is added to the guess."""
    off = w * x + b + y  # slip: sign, - y, minus y, subtract
    return 2 * off * x, 2 * off


def wrong_3(w, b, x, y):
    """The factor 2 is only in the slope with respect to w."""
    err = w * x + b - y
    db = err  # slip: 2
    dw = 2 * err * x
    return dw, db


def wrong_4(w, b, x, y):
    """Two slips: x squared, and no 2 in db."""
    err = w * x + b - y
    grads = []
    grads.append(2 * err * x * x)  # slip: x * x, x twice, factor x
    grads.append(err)  # slip: 2
    return tuple(grads)


def wrong_5(w, b, x, y):
    """The loss times x, in place of the slope of the square."""
    loss = (w * x + b - y) ** 2  # slip: square, loss itself
    return 2 * loss * x, 2 * loss


def wrong_6(w, b, x, y):
    """Two slips: the sign of the error, and the order of the answer."""
    e = y - w * x - b  # slip: sign
    dw, db = 2 * e * x, 2 * e
    return db, dw  # slip: swap, order, places


def wrong_7(w, b, x, y):
    """The bias is multiplied by x as well."""
    inner = (w + b) * x - y  # slip: b is, bias, parenthes
    return 2 * inner * x, 2 * inner


def wrong_8(w, b, x, y):
    """The absolute error."""
    e = abs(w * x + b - y)  # slip: abs, size of the error
    return 2 * e * x, 2 * e
