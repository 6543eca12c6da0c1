"""What learners hand in for transform; `# slip:` says what a verdict has to name."""


def right_1(W, b, points):
    (a, c), (d, e) = W
    return [[a * p + c * q + b[0], d * p + e * q + b[1]] for p, q in points]


def right_2(W, b, points):
    out = []
    for point in points:
        new = []
        for i in range(2):
            new.append(sum(W[i][j] * point[j] for j in range(2)) + b[i])
        out.append(tuple(new))
    return out


def wrong_1(W, b, points):
    """The columns are used for rows."""
    out = []
    for p, q in points:
        out.append([W[0][0] * p + W[1][0] * q + b[0], W[0][1] * p + W[1][1] * q + b[1]])  # slip: column, transpos, row
    return out


def wrong_2(W, b, points):
    """No shift."""
    return [[W[0][0] * p + W[0][1] * q, W[1][0] * p + W[1][1] * q] for p, q in points]  # slip: b, shift


def wrong_3(W, b, points):
    """The second is computed from the new first."""
    out = []
    for p, q in points:
        p = W[0][0] * p + W[0][1] * q + b[0]
        q = W[1][0] * p + W[1][1] * q + b[1]  # slip: new, already, old, changed
        out.append([p, q])
    return out


def wrong_4(W, b, points):
    """b[0] twice."""
    return [[row[0] * p + row[1] * q + b[0] for row in W] for p, q in points]  # slip: b[0], b[1], shift


def wrong_5(W, b, points):
    """The shift comes first."""
    res = []
    for p, q in points:
        p, q = p + b[0], q + b[1]  # slip: first, before, after, shift
        res.append([W[0][0] * p + W[0][1] * q, W[1][0] * p + W[1][1] * q])
    return res


def wrong_6(W, b, points):
    """Two slips: rows and columns, and minus b."""
    out = []
    for p, q in points:
        x = W[0][0] * p + W[1][0] * q - b[0]  # slip: column, transpos, row ; sign, b
        y = W[0][1] * p + W[1][1] * q - b[1]
        out.append([x, y])
    return out


def wrong_7(W, b, points):
    """Two slips: b[1] for b[0] in the first, and the sign of one product in the second."""
    out = []
    for p, q in points:
        first = W[0][0] * p + W[0][1] * q + b[1]  # slip: b[1], b[0]
        second = W[1][0] * p - W[1][1] * q + b[1]  # slip: sign, minus
        out.append([first, second])
    return out


def wrong_8(W, b, points):
    """q and p exchanged."""
    return [
        [W[0][0] * p + W[0][1] * q + b[0], W[1][0] * p + W[1][1] * q + b[1]] for q, p in points
    ]  # slip: order, swap, exchang, places
