"""What learners hand in for collapse; `# slip:` says what a verdict has to name."""


def wrong_1(W2, W1):
    """W2 alone, element by element."""
    return [
        [a * b for a, b in zip(r, s)] for r, s in zip(W2, W1)
    ]  # slip: element, entry by entry, dot product, row, column, sum


def wrong_2(W2, W1):
    """Two slips: W2's columns, and the sum starts at 1."""
    n = len(W1)
    out = []
    for i in range(len(W2)):
        out.append([])
        for j in range(len(W1[0])):
            s = 1  # slip: start, begin, 0, 1
            for k in range(n):
                s += W2[k % len(W2)][i] * W1[k][j]  # slip: W2[i][k], row, column, transpos
            out[i].append(s)
    return out


def right_1(W2, W1):
    columns = [[row[j] for row in W1] for j in range(len(W1[0]))]

    def dot(a, b):
        return sum(p * r for p, r in zip(a, b))

    return tuple(tuple(dot(row, column) for column in columns) for row in W2)
