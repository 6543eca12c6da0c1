"""What learners hand in for order; `# slip:` says what a verdict has to name."""


def right_1(operands, root):
    done = []

    def visit(name):
        if name in done:
            return
        for o in operands[name]:
            visit(o)
        done.append(name)

    visit(root)
    done.reverse()
    return done


def right_2(operands, root):
    users, seen, todo = {}, set(), [root]
    while todo:
        n = todo.pop()
        if n in seen:
            continue
        seen.add(n)
        for o in operands[n]:
            users[o] = users.get(o, 0) + 1
            todo.append(o)
    ready, out = [root], []
    while ready:
        n = ready.pop()
        out.append(n)
        for o in operands[n]:
            users[o] -= 1
            if users[o] == 0:
                ready.append(o)
    return out


def wrong_1(operands, root):
    """Not reversed."""
    out, seen = [], set()

    def visit(n):
        if n not in seen:
            seen.add(n)
            for o in operands[n]:
                visit(o)
            out.append(n)

    visit(root)
    return out  # slip: reverse


def wrong_2(operands, root):
    """Breadth first, as they are met."""
    out, queue = [], [root]
    while queue:
        n = queue.pop(0)
        if n not in out:
            out.append(n)  # slip: before, breadth, all that use, use it, met
            queue.extend(operands[n])
    return out


def wrong_3(operands, root):
    """Appended before the operands are visited (preorder)."""
    out, seen = [], set()

    def walk(n):
        if n in seen:
            return
        seen.add(n)
        out.append(n)  # slip: before, after, operands first, use it
        for o in operands[n]:
            walk(o)

    walk(root)
    return out


def wrong_4(operands, root):
    """No memory of the visited: nodes come twice."""
    out = []

    def visit(n):
        for o in operands[n]:
            visit(o)
        out.append(n)  # slip: twice, once, visited, more than once

    visit(root)
    return out[::-1]


def wrong_5(operands, root):
    """Each node is added while its operands are visited: the append is inside the loop."""
    out, seen = [], set()

    def visit(n):
        if n not in seen:
            seen.add(n)
            for o in operands[n]:
                visit(o)
                out.append(n)  # slip: indent, inside, loop, leaf, missing

    visit(root)
    return out[::-1]


def wrong_6(operands, root):
    """All names, reached or not."""
    out, seen = [], set()

    def visit(n):
        if n in seen:
            return
        seen.add(n)
        for o in operands[n]:
            visit(o)
        out.append(n)

    for name in operands:  # slip: root, not reached, did not, reach
        visit(name)
    return out[::-1]


def wrong_7(operands, root):
    """Two slips: no visited set, and not reversed."""
    result = []

    def visit(n):
        for o in operands[n]:
            visit(o)
        result.append(n)  # slip: twice, once, visited

    visit(root)
    return result  # slip: reverse


def wrong_8(operands, root):
    """Two slips: visits the first operand only, and leaves the root out."""
    out = []

    def visit(n):
        if n in out:
            return
        for o in operands[n][:1]:  # slip: first operand, [:1], operands, missing
            visit(o)
        out.append(n)

    visit(root)
    return out[::-1][1:]  # slip: root, [1:], first
