"""What learners hand in for gradients; `# slip:` says what a verdict has to name."""


def wrong_1(w, b, x, y):
    """The gradient with respect to x."""
    guess = sum([w * x, b])
    d = 2 * (guess - y)
    return d * w, d  # slip: x, w


def wrong_2(w, b, x, y):
    """Two slips: three for two, b with y."""
    diff = w * x - b - y  # slip: sign, b, minus
    return 3 * diff * x, 3 * diff  # slip: 2, factor


def wrong_3(w, b, x, y):
    """Squared in one, and not in the other."""
    e = w * x + b - y

    def slope_of(inner):
        return 2 * e * inner

    return slope_of(x**2), slope_of(1)  # slip: x**2, square, x
