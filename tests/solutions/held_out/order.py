"""What learners hand in for order; `# slip:` says what a verdict has to name."""


def wrong_1(operands, root):
    """Sorted by name."""
    found = set()

    def visit(n):
        found.add(n)
        for o in operands[n]:
            if o not in found:
                visit(o)

    visit(root)
    return sorted(found)  # slip: sort, order, name, after, before


def wrong_2(operands, root):
    """The root is not visited itself."""
    out, seen = [], set()

    def visit(n):
        if n in seen:
            return
        seen.add(n)
        for o in operands[n]:
            visit(o)
        out.insert(0, n)

    for o in operands[root]:  # slip: root
        visit(o)
    return out
