"""What learners hand in for hidden; `# slip:` says what a verdict has to name."""


def right_1(upstream, W, slopes):
    out = []
    for j in range(len(slopes)):
        s = 0.0
        for k in range(len(upstream)):
            s += upstream[k] * W[k][j]
        out.append(s * slopes[j])
    return out


def right_2(upstream, W, slopes):
    return [s * sum(u * w for u, w in zip(upstream, column)) for s, column in zip(slopes, zip(*W))]


def wrong_1(upstream, W, slopes):
    """W[j][k]: not the transpose."""
    out = []
    for j in range(len(slopes)):
        s = 0.0
        for k in range(len(upstream)):
            s += upstream[k] * W[j % len(W)][k]  # slip: W[k][j], row, column, transpose
        out.append(s * slopes[j])
    return out


def wrong_2(upstream, W, slopes):
    """The slopes are left out."""
    return [sum(u * row[j] for u, row in zip(upstream, W)) for j in range(len(slopes))]  # slip: slope


def wrong_3(upstream, W, slopes):
    """The sum is not reset."""
    out, s = [], 0.0  # slip: reset, set back, each unit, before it, anew
    for j in range(len(slopes)):
        for k in range(len(upstream)):
            s += upstream[k] * W[k][j]
        out.append(s * slopes[j])
    return out


def wrong_4(upstream, W, slopes):
    """The slope is added."""
    out = []
    for j, slope in enumerate(slopes):
        back = 0.0
        for k, up in enumerate(upstream):
            back += up * W[k][j]
        out.append(back + slope)  # slip: multipl, add
    return out


def wrong_5(upstream, W, slopes):
    """The upstream gradients are left out."""
    return [sum(row[j] for row in W) * slopes[j] for j in range(len(slopes))]  # slip: upstream


def wrong_6(upstream, W, slopes):
    """= for +=: the last output alone."""
    grads = [0.0] * len(slopes)
    for k, up in enumerate(upstream):
        for j, slope in enumerate(slopes):
            grads[j] = up * W[k][j] * slope  # slip: +=, last, overwrit
    return grads


def wrong_7(upstream, W, slopes):
    """Two slips: no slopes, and only the last output."""
    grads = [0.0] * len(slopes)
    for k, up in enumerate(upstream):
        for j in range(len(slopes)):
            grads[j] = up * W[k][j]  # slip: +=, last, overwrit ; slope
    return grads


def wrong_8(upstream, W, slopes):
    """Two slips: the mean over outputs, and slope squared."""
    grads = []
    for column, slope in zip(zip(*W), slopes):
        s = sum(u * w for u, w in zip(upstream, column)) / len(upstream)  # slip: mean, divid, average
        grads.append(s * slope**2)  # slip: square, slope
    return grads
