"""What learners hand in for order(operands, root)."""

import graphlib


def right_1(operands, root):
    topo, seen = [], set()

    def build(v):
        if v not in seen:
            seen.add(v)
            for child in operands[v]:
                build(child)
            topo.append(v)

    build(root)
    return topo[::-1]


def right_2(operands, root):
    seen, todo = {root}, [root]
    while todo:
        for o in operands[todo.pop()]:
            if o not in seen:
                seen.add(o)
                todo.append(o)
    waiting = {n: 0 for n in seen}
    for n in seen:
        for o in operands[n]:
            waiting[o] += 1
    ready, out = [root], []
    while ready:
        n = ready.pop(0)
        out.append(n)
        for o in operands[n]:
            waiting[o] -= 1
            if not waiting[o]:
                ready.append(o)
    return out


def right_3(operands, root):
    seen, todo = set(), [root]
    while todo:
        n = todo.pop()
        if n not in seen:
            seen.add(n)
            todo.extend(operands[n])
    sorter = graphlib.TopologicalSorter({n: operands[n] for n in seen})
    return list(reversed(list(sorter.static_order())))


def right_4(operands, root):
    def post(v, done):
        for c in operands[v]:
            done = post(c, done)
        return done if v in done else done + (v,)

    return tuple(reversed(post(root, ())))


def right_5(operands, root):
    stack, seen, out = [(root, iter(operands[root]))], {root}, []
    while stack:
        node, rest = stack[-1]
        for child in rest:
            if child not in seen:
                seen.add(child)
                stack.append((child, iter(operands[child])))
                break
        else:
            out.insert(0, node)
            stack.pop()
    return out


def right_6(operands, root):
    def depth(v):
        return v == root or 1 + max((depth(n) for n in reached if v in operands[n]), default=0)

    def reach(v):
        yield v
        for c in operands[v]:
            yield from reach(c)

    reached = list(dict.fromkeys(reach(root)))
    return sorted(reached, key=depth)


def wrong_1(operands, root):
    """The reverse is forgotten: leaves first."""
    topo, seen = [], set()

    def build(v):
        if v not in seen:
            seen.add(v)
            for c in operands[v]:
                build(c)
            topo.append(v)

    build(root)
    return topo


def wrong_2(operands, root):
    """Pre-order: a node is listed when it is first met."""
    out = []

    def visit(v):
        if v not in out:
            out.append(v)
            for c in operands[v]:
                visit(c)

    visit(root)
    return out


def wrong_3(operands, root):
    """Breadth first: level by level, shared nodes too early."""
    out, queue = [], [root]
    while queue:
        v = queue.pop(0)
        if v not in out:
            out.append(v)
            queue.extend(operands[v])
    return out


def wrong_4(operands, root):
    """No visited set: shared nodes are listed more than once."""
    topo = []

    def build(v):
        for c in operands[v]:
            build(c)
        topo.append(v)

    build(root)
    return topo[::-1]


def wrong_5(operands, root):
    """All names, in the dictionary's order."""
    return list(operands)


def wrong_6(operands, root):
    """The root is left out."""
    topo, seen = [], {root}

    def build(v):
        for c in operands[v]:
            if c not in seen:
                seen.add(c)
                build(c)
                topo.append(c)

    build(root)
    return topo[::-1]


def wrong_7(operands, root):
    """Only the direct operands are listed."""
    return [root, *operands[root]]


def wrong_8(operands, root):
    """Names are sorted by the alphabet."""
    return sorted(operands, reverse=True)


def wrong_9(operands, root):
    """Leaves are skipped."""
    topo, seen = [], set()

    def build(v):
        if v not in seen and operands[v]:
            seen.add(v)
            for c in operands[v]:
                build(c)
            topo.append(v)

    build(root)
    return topo[::-1]


def wrong_10(operands, root):
    """All nodes, also the ones that the root does not use."""
    topo, seen = [], set()

    def build(v):
        if v not in seen:
            seen.add(v)
            for c in operands[v]:
                build(c)
            topo.append(v)

    for name in operands:
        build(name)
    return topo[::-1]


seen_between_calls = set()


def wrong_11(operands, root):
    """The visited set is global, and kept between calls."""
    topo = []

    def build(v):
        if v not in seen_between_calls:
            seen_between_calls.add(v)
            for c in operands[v]:
                build(c)
            topo.append(v)

    build(root)
    return topo[::-1]


def wrong_12(operands, root):
    """Only the first operand is followed."""
    topo, seen = [], set()

    def build(v):
        if v not in seen:
            seen.add(v)
            for c in operands[v]:
                build(c)
                break
            topo.append(v)

    build(root)
    return topo[::-1]
