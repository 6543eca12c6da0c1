"""What learners hand in for update; `# slip:` says what a verdict has to name."""


def wrong_1(w, b, x, y, eta):
    """Both move by the sum of the gradients."""
    e = w * x + b - y
    dw, db = 2 * e * x, 2 * e
    step = eta * (dw + db)  # slip: own, each, sum, dw, dL/dw
    return w - step, b - step


def wrong_2(w, b, x, y, eta):
    """Two slips: eta is squared, and b is not in the error."""
    e = w * x - y  # slip: b
    return w - eta**2 * 2 * e * x, b - eta**2 * 2 * e  # slip: eta, square
