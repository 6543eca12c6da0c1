"""What learners hand in for Value; `# slip:` says what a verdict has to name."""

import math


class right_1:
    """Kahn's order, with counts of users."""

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    @staticmethod
    def of(x):
        return x if isinstance(x, right_1) else right_1(x)

    def __add__(self, other):
        other = self.of(other)
        return right_1(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = self.of(other)
        return right_1(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return right_1(t, ((self, 1 - t * t),))

    def backward(self):
        users, stack, seen = {}, [self], {self}
        while stack:
            for p, _ in stack.pop().parents:
                users[p] = users.get(p, 0) + 1
                if p not in seen:
                    seen.add(p)
                    stack.append(p)
        for v in seen:
            if v.parents:
                v.grad = 0.0
        self.grad, ready = 1.0, [self]
        while ready:
            v = ready.pop()
            for p, slope in v.parents:
                p.grad += slope * v.grad
                users[p] -= 1
                if not users[p]:
                    ready.append(p)


class right_2:
    """A tape: nodes are numbered as they are made."""

    made = 0

    def __init__(self, data, back=None, used=()):
        right_2.made += 1
        self.number, self.data, self.grad, self.back, self.used = right_2.made, float(data), 0.0, back, used

    def __add__(self, other):
        other = other if isinstance(other, right_2) else right_2(other)
        return right_2(self.data + other.data, lambda g: (g, g), (self, other))

    def __radd__(self, other):
        return self + other

    def __mul__(self, other):
        other = other if isinstance(other, right_2) else right_2(other)
        return right_2(self.data * other.data, lambda g: (g * other.data, g * self.data), (self, other))

    def __rmul__(self, other):
        return self * other

    def tanh(self):
        t = math.tanh(self.data)
        return right_2(t, lambda g: (g * (1 - t**2),), (self,))

    def backward(self):
        found, stack = {}, [self]
        while stack:
            v = stack.pop()
            found[v.number] = v
            stack += v.used
        for v in found.values():
            if v.back:
                v.grad = 0.0
        self.grad = 1.0
        for n in sorted(found, reverse=True):
            v = found[n]
            if v.back:
                for u, g in zip(v.used, v.back(v.grad)):
                    u.grad += g


class right_3:
    """Leaves add up the product along every path."""

    def __init__(self, data, terms=()):
        self.data, self.grad, self.terms = data, 0.0, terms

    def _lift(self, x):
        return x if hasattr(x, "terms") else right_3(x)

    def __add__(self, other):
        other = self._lift(other)
        return right_3(self.data + other.data, [(self, 1.0), (other, 1.0)])

    __radd__ = __add__

    def __mul__(self, other):
        other = self._lift(other)
        return right_3(self.data * other.data, [(self, other.data), (other, self.data)])

    __rmul__ = __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return right_3(t, [(self, 1 - t * t)])

    def backward(self):
        def clear(v):
            if v.terms:
                v.grad = 0.0
                for u, _ in v.terms:
                    clear(u)

        def send(v, g):
            v.grad += g
            for u, slope in v.terms:
                send(u, g * slope)

        clear(self)
        send(self, 1.0)


class wrong_1:
    """`=` for `+=` in the sum only."""

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents, self.push = data, 0.0, parents, lambda: None

    def _lift(self, x):
        return x if isinstance(x, wrong_1) else wrong_1(x)

    def __add__(self, other):
        other = self._lift(other)
        out = wrong_1(self.data + other.data, (self, other))

        def push():
            self.grad = out.grad  # slip: +=, overwrit, accumulat, add
            other.grad = out.grad  # slip: +=, overwrit, accumulat, add

        out.push = push
        return out

    __radd__ = __add__

    def __mul__(self, other):
        other = self._lift(other)
        out = wrong_1(self.data * other.data, (self, other))

        def push():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.push = push
        return out

    __rmul__ = __mul__

    def tanh(self):
        out = wrong_1(math.tanh(self.data), (self,))

        def push():
            self.grad += (1 - out.data**2) * out.grad

        out.push = push
        return out

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if v not in seen:
                seen.add(v)
                for p in v.parents:
                    visit(p)
                order.append(v)

        visit(self)
        for v in order:
            if v.parents:
                v.grad = 0.0
        self.grad = 1.0
        for v in reversed(order):
            v.push()


class wrong_2:
    """The product's slopes are each one's own number."""

    def __init__(self, data, terms=()):
        self.data, self.grad, self.terms = data, 0.0, terms

    def __add__(self, other):
        other = other if isinstance(other, wrong_2) else wrong_2(other)
        return wrong_2(self.data + other.data, [(self, 1.0), (other, 1.0)])

    __radd__ = __add__

    def __mul__(self, other):
        other = other if isinstance(other, wrong_2) else wrong_2(other)
        return wrong_2(
            self.data * other.data, [(self, self.data), (other, other.data)]
        )  # slip: product, other, multipl, *, mul, swap

    __rmul__ = __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return wrong_2(t, [(self, 1 - t * t)])

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if id(v) not in seen:
                seen.add(id(v))
                for u, _ in v.terms:
                    visit(u)
                order.append(v)

        visit(self)
        for v in order:
            if v.terms:
                v.grad = 0.0
        self.grad = 1.0
        for v in reversed(order):
            for u, slope in v.terms:
                u.grad += slope * v.grad


class wrong_3:
    """Nodes pass on what they have as soon as they are reached."""

    def __init__(self, data, terms=()):
        self.data, self.grad, self.terms = data, 0.0, terms

    def __add__(self, other):
        other = other if isinstance(other, wrong_3) else wrong_3(other)
        return wrong_3(self.data + other.data, [(self, 1.0), (other, 1.0)])

    __radd__ = __add__

    def __mul__(self, other):
        other = other if isinstance(other, wrong_3) else wrong_3(other)
        return wrong_3(self.data * other.data, [(self, other.data), (other, self.data)])

    __rmul__ = __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return wrong_3(t, [(self, 1 - t * t)])

    def backward(self):
        self.grad = 1.0
        todo = [self]
        while todo:  # slip: order, complete, wait, early, recursion, before, passes on
            v = todo.pop(0)
            for u, slope in v.terms:
                u.grad += slope * v.grad
                todo.append(u)


class wrong_4:
    """Two slips: no seed, and tanh's slope is that of its input."""

    def __init__(self, data, terms=()):
        self.data, self.grad, self.terms = data, 0.0, terms

    def __add__(self, other):
        other = other if isinstance(other, wrong_4) else wrong_4(other)
        return wrong_4(self.data + other.data, [(self, 1.0), (other, 1.0)])

    __radd__ = __add__

    def __mul__(self, other):
        other = other if isinstance(other, wrong_4) else wrong_4(other)
        return wrong_4(self.data * other.data, [(self, other.data), (other, self.data)])

    __rmul__ = __mul__

    def tanh(self):
        return wrong_4(math.tanh(self.data), [(self, 1 - self.data**2)])  # slip: tanh, output

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if id(v) not in seen:
                seen.add(id(v))
                for u, _ in v.terms:
                    visit(u)
                order.append(v)

        visit(self)
        for v in reversed(order):  # slip: seed, 1, result, root
            for u, slope in v.terms:
                u.grad += slope * v.grad


class wrong_5:
    """backward() sends to the leaves alone, and not through the nodes between."""

    def __init__(self, data, terms=()):
        self.data, self.grad, self.terms = data, 0.0, terms

    def __add__(self, other):
        other = other if isinstance(other, wrong_5) else wrong_5(other)
        return wrong_5(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = other if isinstance(other, wrong_5) else wrong_5(other)
        return wrong_5(self.data * other.data, [(self, other.data), (other, self.data)])

    def tanh(self):
        t = math.tanh(self.data)
        return wrong_5(t, [(self, 1 - t * t)])

    def backward(self):
        self.grad = 1.0
        for u, slope in self.terms:  # slip: further, all nodes, one level, deeper, below, ends there
            u.grad += slope * self.grad


class right_4:
    """A number may stand on the right, which is all that is asked for."""

    def __init__(self, data, terms=()):
        self.data, self.grad, self.terms = data, 0.0, terms

    def __add__(self, other):
        other = other if isinstance(other, right_4) else right_4(other)
        return right_4(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = other if isinstance(other, right_4) else right_4(other)
        return right_4(self.data * other.data, [(self, other.data), (other, self.data)])

    def tanh(self):
        t = math.tanh(self.data)
        return right_4(t, [(self, 1 - t * t)])

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if id(v) not in seen:
                seen.add(id(v))
                for u, _ in v.terms:
                    visit(u)
                order.append(v)

        visit(self)
        for v in order:
            if v.terms:
                v.grad = 0.0
        self.grad = 1.0
        for v in reversed(order):
            for u, slope in v.terms:
                u.grad += slope * v.grad
