"""What learners hand in for order; `# slip:` says what a verdict has to name."""


def right_1(operands, root):
    # count the users first, and let a node go when all of them have gone
    users = {}
    stack, seen = [root], {root}
    while stack:
        name = stack.pop()
        for o in operands[name]:
            users[o] = users.get(o, 0) + 1
            if o not in seen:
                seen.add(o)
                stack.append(o)
    out, ready = [], [root]
    while ready:
        name = ready.pop()
        out.append(name)
        for o in operands[name]:
            users[o] -= 1
            if not users[o]:
                ready.append(o)
    return out


def right_2(operands, root):
    from graphlib import TopologicalSorter

    wanted, todo = {}, [root]
    while todo:
        n = todo.pop()
        if n not in wanted:
            wanted[n] = set(operands[n])
            todo += operands[n]
    return list(TopologicalSorter(wanted).static_order())[::-1]


def wrong_1(operands, root):
    """Operands come before those that use them."""
    seen, out = set(), []

    def visit(n):
        if n in seen:
            return
        seen.add(n)
        for o in operands[n]:
            visit(o)
        out.append(n)

    visit(root)
    return out  # slip: revers, before, backward, other way


def wrong_2(operands, root):
    """Level by level, each node where it is seen first."""
    out = [root]
    for n in out:
        for o in operands[n]:
            if o not in out:
                out.append(o)  # slip: before, all, first, after, wait, every, breadth, level
    return out


def wrong_3(operands, root):
    """All names of the dict, also those root is not computed from."""
    seen, out = set(), []

    def visit(n):
        if n in seen:
            return
        seen.add(n)
        for o in operands[n]:
            visit(o)
        out.append(n)

    for n in operands:  # slip: root, not computed from, only
        visit(n)
    return out[::-1]


def wrong_4(operands, root):
    """No visited set: nodes come several times, in the order of the visit."""
    out = []

    def visit(n):
        out.append(n)  # slip: before, after, operands, first, order
        for o in operands[n]:  # slip: once, twice, several, visited, again, seen
            visit(o)

    visit(root)
    return out


def wrong_5(operands, root):
    """The root is left out, and so is a second operand."""
    seen, out = set(), []

    def visit(n):
        for o in operands[n][:1]:  # slip: operand, missing, all, both, first
            if o not in seen:
                seen.add(o)
                visit(o)
                out.append(o)  # slip: root

    visit(root)
    return out[::-1]
