"""What learners hand in for Value; `# slip:` says what a verdict has to name."""

import math


class right_1:
    """A tape: every operation is noted down, backward() walks it from its end."""

    tape = []

    def __init__(self, data):
        self.data, self.grad = float(data), 0.0

    def note(self, *pairs):
        self.tape.append((self, pairs))
        return self

    def lift(self, other):
        return other if isinstance(other, right_1) else right_1(other)

    def __add__(self, other):
        other = self.lift(other)
        return right_1(self.data + other.data).note((self, 1.0), (other, 1.0))

    def __mul__(self, other):
        other = self.lift(other)
        return right_1(self.data * other.data).note((self, other.data), (other, self.data))

    def tanh(self):
        t = math.tanh(self.data)
        return right_1(t).note((self, 1 - t * t))

    def exp(self):
        e = math.exp(self.data)
        return right_1(e).note((self, e))

    def log(self):
        return right_1(math.log(self.data)).note((self, 1 / self.data))

    def backward(self):
        up = {id(self): 1.0}
        for node, pairs in reversed(self.tape):
            g = up.get(id(node), 0.0)
            for operand, partial in pairs:
                up[id(operand)] = up.get(id(operand), 0.0) + g * partial
        nodes = {id(n): n for node, pairs in self.tape for n in (node, *(p[0] for p in pairs))}
        for key, g in up.items():
            if key in nodes:
                nodes[key].grad += g


class right_2:
    def __init__(self, data, children=(), back=None):
        self.data = data
        self.grad = 0
        self.children = children
        self.back = back or (lambda: None)

    def __add__(self, other):
        if not isinstance(other, right_2):
            other = right_2(other)
        out = right_2(self.data + other.data, (self, other))

        def back():
            self.grad += out.grad
            other.grad += out.grad

        out.back = back
        return out

    def __mul__(self, other):
        if not isinstance(other, right_2):
            other = right_2(other)
        out = right_2(self.data * other.data, (self, other))

        def back():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.back = back
        return out

    def tanh(self):
        out = right_2(math.tanh(self.data), (self,))

        def back():
            self.grad += (1 - out.data**2) * out.grad

        out.back = back
        return out

    def backward(self):
        todo, seen = [], set()

        def build(v):
            if v not in seen:
                seen.add(v)
                for c in v.children:
                    build(c)
                todo.append(v)

        build(self)
        self.grad = 1
        for v in todo[::-1]:
            v.back()


class wrong_1(right_2):
    """add passes on 1, without what has come from above."""

    def __add__(self, other):
        if not isinstance(other, right_2):
            other = wrong_1(other)
        out = wrong_1(self.data + other.data, (self, other))

        def back():
            self.grad += 1.0  # slip: upstream, out.grad, +, add
            other.grad += 1.0  # slip: upstream, out.grad, +, add

        out.back = back
        return out

    def __mul__(self, other):
        if not isinstance(other, right_2):
            other = wrong_1(other)
        out = wrong_1(self.data * other.data, (self, other))

        def back():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.back = back
        return out

    def tanh(self):
        out = wrong_1(math.tanh(self.data), (self,))

        def back():
            self.grad += (1 - out.data**2) * out.grad

        out.back = back
        return out


class wrong_2:
    """The factors of a product are mixed up, each gets its own number."""

    def __init__(self, data, operands=(), partials=()):
        self.data, self.grad = data, 0.0
        self.operands, self.partials = operands, partials

    def __add__(self, other):
        other = other if isinstance(other, wrong_2) else wrong_2(other)
        return wrong_2(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = other if isinstance(other, wrong_2) else wrong_2(other)
        return wrong_2(self.data * other.data, (self, other), (self.data, other.data))  # slip: *, mul, other, product

    def tanh(self):
        t = math.tanh(self.data)
        return wrong_2(t, (self,), (1 - t**2,))

    def backward(self):
        order = []

        def visit(v):
            if v not in order:
                for o in v.operands:
                    visit(o)
                order.append(v)

        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for o, p in zip(v.operands, v.partials):
                o.grad += p * v.grad


class wrong_3:
    """tanh's slope is taken from its input, and a shared node's gradient is replaced."""

    def __init__(self, data, operands=(), partials=()):
        self.data, self.grad = data, 0.0
        self.operands, self.partials = operands, partials

    def __add__(self, other):
        other = other if isinstance(other, wrong_3) else wrong_3(other)
        return wrong_3(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = other if isinstance(other, wrong_3) else wrong_3(other)
        return wrong_3(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self):
        return wrong_3(math.tanh(self.data), (self,), (1 - self.data**2,))  # slip: tanh, out**2

    def backward(self):
        order = []

        def visit(v):
            if v not in order:
                for o in v.operands:
                    visit(o)
                order.append(v)

        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for o, p in zip(v.operands, v.partials):
                o.grad = p * v.grad  # slip: +=, add, replace, overwrit, accumul


class wrong_4:
    """Each node passes its gradient on as soon as something has come: plain recursion. And a number on the right fails."""

    def __init__(self, data, operands=(), partials=()):
        self.data, self.grad = data, 0.0
        self.operands, self.partials = operands, partials

    def __add__(self, other):
        return wrong_4(self.data + other.data, (self, other), (1, 1))  # slip: number, float, int, plain, +

    def __mul__(self, other):
        return wrong_4(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self):
        t = math.tanh(self.data)
        return wrong_4(t, (self,), (1 - t**2,))

    def backward(self, seed=1.0):
        self.grad += seed
        for o, p in zip(self.operands, self.partials):
            o.backward(p * self.grad)  # slip: recurs, complete, order, number, plain


class wrong_5:
    """The seed is missing."""

    def __init__(self, data, operands=(), partials=()):
        self.data, self.grad = data, 0.0
        self.operands, self.partials = operands, partials

    def __add__(self, other):
        other = other if isinstance(other, wrong_5) else wrong_5(other)
        return wrong_5(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other):
        other = other if isinstance(other, wrong_5) else wrong_5(other)
        return wrong_5(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self):
        t = math.tanh(self.data)
        return wrong_5(t, (self,), (1 - t**2,))

    def backward(self):
        order, todo = [], [self]
        while todo:
            v = todo.pop()
            order.append(v)
            todo += v.operands
        for v in order:  # slip: seed, 1, own grad
            for o, p in zip(v.operands, v.partials):
                o.grad += p * v.grad
