"""What learners hand in for order; `# slip:` says what a verdict has to name."""

from graphlib import TopologicalSorter


def right_1(operands, root):
    reached, stack = set(), [root]
    while stack:
        n = stack.pop()
        if n not in reached:
            reached.add(n)
            stack.extend(operands[n])
    return list(TopologicalSorter({n: operands[n] for n in reached}).static_order())[::-1]


class _Walk:
    def __init__(self, operands):
        self.operands, self.done = operands, []

    def visit(self, n):
        if n not in self.done:
            for o in self.operands[n]:
                self.visit(o)
            self.done.append(n)


def right_2(operands, root):
    walk = _Walk(operands)
    walk.visit(root)
    walk.done.reverse()
    return walk.done


def right_3(operands, root):
    seen = {root}
    todo = [root]
    for n in todo:
        for o in operands[n]:
            if o not in seen:
                seen.add(o)
                todo.append(o)
    users = {n: sum(n in set(operands[u]) for u in seen) for n in seen}
    ready, out = [root], []
    while ready:
        n = ready.pop()
        out.append(n)
        for o in set(operands[n]):
            users[o] -= 1
            if users[o] == 0:
                ready.append(o)
    return out


def wrong_1(operands, root):
    """Breadth first."""
    out = [root]
    for n in out:
        for o in operands[n]:
            if o not in out:
                out.append(o)  # slip: before, too early, breadth, after, wait
    return out


def wrong_2(operands, root):
    """Never reversed."""
    out = []

    def visit(n):
        if n in out:
            return
        for o in operands[n]:
            visit(o)
        out.append(n)

    visit(root)
    return out  # slip: revers, root, first, before, order


def wrong_3(operands, root):
    """Nodes come more than once."""

    def visit(n):
        out = [n]
        for o in operands[n]:
            out += visit(o)  # slip: twice, once, again, times
        return out

    return visit(root)


def wrong_4(operands, root):
    """Preorder with a visited set."""
    seen, out = set(), []

    def visit(n):
        seen.add(n)
        out.append(n)  # slip: before, too early, after, wait, operands first
        for o in operands[n]:
            if o not in seen:
                visit(o)

    visit(root)
    return out


def wrong_5(operands, root):
    """Two slips: all nodes, whether root needs them or not, and leaves are left out."""
    out = []

    def visit(n):
        if n not in out and operands[n]:  # slip: leaves, leaf, left out, missing
            for o in operands[n]:
                visit(o)
            out.append(n)

    for n in operands:  # slip: not computed from, belong, does not use, root, not needed
        visit(n)
    return out[::-1]
