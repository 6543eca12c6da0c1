"""What learners hand in for Value; `# slip:` says what a verdict has to name."""

import math


class right_1:
    """Edges with partials, and a count of users."""

    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = data, 0.0, edges

    def _lift(self, other):
        return other if isinstance(other, right_1) else right_1(other)

    def __add__(self, other):
        other = self._lift(other)
        return right_1(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = self._lift(other)
        return right_1(self.data * other.data, [(self, other.data), (other, self.data)])

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return right_1(t, [(self, 1 - t * t)])

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if id(v) in seen:
                return
            seen.add(id(v))
            for operand, _ in v.edges:
                visit(operand)
            order.append(v)

        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for operand, partial in v.edges:
                operand.grad += partial * v.grad


class right_2:
    """Recursion along every path."""

    def __init__(self, data):
        self.data = data
        self.grad = 0
        self.push = lambda g: None

    def backward(self, g=1.0):
        self.grad += g
        self.push(g)

    def __add__(self, other):
        if not isinstance(other, right_2):
            other = right_2(other)
        out = right_2(self.data + other.data)

        def push(g):
            self.backward(g)
            other.backward(g)

        out.push = push
        return out

    def __mul__(self, other):
        if not isinstance(other, right_2):
            other = right_2(other)
        out = right_2(self.data * other.data)

        def push(g):
            self.backward(g * other.data)
            other.backward(g * self.data)

        out.push = push
        return out

    def tanh(self):
        out = right_2(math.tanh(self.data))
        out.push = lambda g: self.backward(g * (1 - out.data**2))
        return out

    __radd__ = __add__
    __rmul__ = __mul__


class wrong_1:
    """The partials of mul are exchanged."""

    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = data, 0.0, edges

    def __add__(self, other):
        other = other if isinstance(other, wrong_1) else wrong_1(other)
        return wrong_1(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = other if isinstance(other, wrong_1) else wrong_1(other)
        return wrong_1(
            self.data * other.data, [(self, self.data), (other, other.data)]
        )  # slip: *, mul, other operand, product

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return wrong_1(t, [(self, 1 - t * t)])

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if id(v) not in seen:
                seen.add(id(v))
                for operand, _ in v.edges:
                    visit(operand)
                order.append(v)

        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for operand, partial in v.edges:
                operand.grad += partial * v.grad


class wrong_2:
    """= in the loop of backward."""

    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = data, 0.0, edges

    def __add__(self, other):
        other = other if isinstance(other, wrong_2) else wrong_2(other)
        return wrong_2(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = other if isinstance(other, wrong_2) else wrong_2(other)
        return wrong_2(self.data * other.data, [(self, other.data), (other, self.data)])

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return wrong_2(t, [(self, 1 - t * t)])

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if id(v) not in seen:
                seen.add(id(v))
                for operand, _ in v.edges:
                    visit(operand)
                order.append(v)

        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for operand, partial in v.edges:
                operand.grad = partial * v.grad  # slip: +=, assign, overwrit, add


class wrong_3:
    """No reversal of the order."""

    def __init__(self, data, edges=()):
        self.data, self.grad, self.edges = data, 0.0, edges

    def __add__(self, other):
        other = other if isinstance(other, wrong_3) else wrong_3(other)
        return wrong_3(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = other if isinstance(other, wrong_3) else wrong_3(other)
        return wrong_3(self.data * other.data, [(self, other.data), (other, self.data)])

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return wrong_3(t, [(self, 1 - t * t)])

    def backward(self):
        order, seen = [], set()

        def visit(v):
            if id(v) not in seen:
                seen.add(id(v))
                for operand, _ in v.edges:
                    visit(operand)
                order.append(v)

        visit(self)
        self.grad = 1.0
        for v in order:  # slip: order, reverse, before
            for operand, partial in v.edges:
                operand.grad += partial * v.grad


class wrong_4:
    """tanh's slope is 1 - data ** 2."""

    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = ()

    def __add__(self, other):
        other = other if isinstance(other, wrong_4) else wrong_4(other)
        out = wrong_4(self.data + other.data)
        out._prev = (self, other)

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, wrong_4) else wrong_4(other)
        out = wrong_4(self.data * other.data)
        out._prev = (self, other)

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    __radd__ = __add__
    __rmul__ = __mul__

    def tanh(self):
        out = wrong_4(math.tanh(self.data))
        out._prev = (self,)

        def _backward():
            self.grad += (1 - self.data**2) * out.grad  # slip: tanh

        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()


class wrong_5:
    """The seed is missing."""

    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = ()

    def __add__(self, other):
        other = other if isinstance(other, wrong_5) else wrong_5(other)
        out = wrong_5(self.data + other.data)
        out._prev = (self, other)

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, wrong_5) else wrong_5(other)
        out = wrong_5(self.data * other.data)
        out._prev = (self, other)

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    __radd__ = __add__
    __rmul__ = __mul__

    def tanh(self):
        t = math.tanh(self.data)
        out = wrong_5(t)
        out._prev = (self,)

        def _backward():
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)  # slip: seed, 1, start
        for node in reversed(topo):
            node._backward()


class wrong_6:
    """Two slips: = in add, and out.grad is forgotten in tanh."""

    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = ()

    def __add__(self, other):
        other = other if isinstance(other, wrong_6) else wrong_6(other)
        out = wrong_6(self.data + other.data)
        out._prev = (self, other)

        def _backward():
            self.grad = out.grad  # slip: +=, +, assign, overwrit
            other.grad = out.grad  # slip: +=, +, assign, overwrit

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, wrong_6) else wrong_6(other)
        out = wrong_6(self.data * other.data)
        out._prev = (self, other)

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    __radd__ = __add__
    __rmul__ = __mul__

    def tanh(self):
        t = math.tanh(self.data)
        out = wrong_6(t)
        out._prev = (self,)

        def _backward():
            self.grad += 1 - t**2  # slip: tanh

        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()


class wrong_7:
    """Two slips: the second operand of mul gets its own data, and the visited set is not used."""

    def __init__(self, data, operands=(), pull=None):
        self.data, self.grad = float(data), 0.0
        self.operands, self.pull = operands, pull

    @staticmethod
    def of(thing):
        return thing if isinstance(thing, wrong_7) else wrong_7(thing)

    def __add__(self, other):
        return wrong_7(self.data + wrong_7.of(other).data, (self, wrong_7.of(other)), lambda g, a, b: (g, g))

    def __mul__(self, other):
        pull = lambda g, a, b: (g * b.data, g * b.data)  # slip: *, mul, a.data, product
        return wrong_7(self.data * wrong_7.of(other).data, (self, wrong_7.of(other)), pull)

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return wrong_7(t, (self,), lambda g, a: (g * (1 - t * t),))

    def backward(self):
        nodes = []

        def collect(v):
            for o in v.operands:
                collect(o)
            nodes.append(v)  # slip: twice, once, visited, more than once

        collect(self)
        self.grad = 1.0
        for v in reversed(nodes):
            if v.pull:
                for o, g in zip(v.operands, v.pull(v.grad, *v.operands)):
                    o.grad += g


class wrong_8:
    """The operand's gradient is added to itself: out.grad of the node is taken from self."""

    def __init__(self, data):
        self.data = data
        self.grad = 0.0
        self._backward = lambda: None
        self._prev = ()

    def __add__(self, other):
        other = other if isinstance(other, wrong_8) else wrong_8(other)
        out = wrong_8(self.data + other.data)
        out._prev = (self,)  # slip: other, operand, +

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, wrong_8) else wrong_8(other)
        out = wrong_8(self.data * other.data)
        out._prev = (self, other)

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    __radd__ = __add__
    __rmul__ = __mul__

    def tanh(self):
        t = math.tanh(self.data)
        out = wrong_8(t)
        out._prev = (self,)

        def _backward():
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()
