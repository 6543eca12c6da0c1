"""What learners hand in for Value; `# slip:` says what a verdict has to name."""

import math


class wrong_1:
    """The gradient of a sum goes to one operand."""

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        other = other if isinstance(other, wrong_1) else wrong_1(other)
        return wrong_1(self.data + other.data, ((self, 1.0), (other, 0.0)))  # slip: +, add, other

    def __mul__(self, other):
        other = other if isinstance(other, wrong_1) else wrong_1(other)
        return wrong_1(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return wrong_1(t, ((self, 1 - t**2),))

    def backward(self):
        done, order = set(), []

        def walk(v):
            if v in done:
                return
            done.add(v)
            for parent, _ in v.parents:
                walk(parent)
            order.append(v)

        walk(self)
        self.grad = 1.0
        while order:
            v = order.pop()
            for parent, partial in v.parents:
                parent.grad += partial * v.grad


class wrong_2:
    """Two slips: the slope of tanh is 1 - t, and the seed is 2."""

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        other = other if isinstance(other, wrong_2) else wrong_2(other)
        return wrong_2(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, wrong_2) else wrong_2(other)
        return wrong_2(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        t = math.tanh(self.data)
        return wrong_2(t, ((self, 1 - t),))  # slip: tanh

    def backward(self):
        done, order = set(), []

        def walk(v):
            if v in done:
                return
            done.add(v)
            for parent, _ in v.parents:
                walk(parent)
            order.append(v)

        walk(self)
        self.grad = 2.0  # slip: seed, 1
        while order:
            v = order.pop()
            for parent, partial in v.parents:
                parent.grad += partial * v.grad
