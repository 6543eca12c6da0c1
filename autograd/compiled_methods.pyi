# Made from the rows of ops.py by `pytest --refresh`.
from collections.abc import Sequence
from .value import Value

class Methods:
    def add(self, other: Value | float) -> Value: ...  # a + b
    def __add__(self, other: Value | float) -> Value: ...  # a + b
    def __radd__(self, other: Value | float) -> Value: ...  # a + b
    def sub(self, other: Value | float) -> Value: ...  # a - b
    def __sub__(self, other: Value | float) -> Value: ...  # a - b
    def __rsub__(self, other: Value | float) -> Value: ...  # a - b
    def mul(self, other: Value | float) -> Value: ...  # a * b
    def __mul__(self, other: Value | float) -> Value: ...  # a * b
    def __rmul__(self, other: Value | float) -> Value: ...  # a * b
    def div(self, other: Value | float) -> Value: ...  # a / b
    def __truediv__(self, other: Value | float) -> Value: ...  # a / b
    def __rtruediv__(self, other: Value | float) -> Value: ...  # a / b
    def pow(self, other: Value | float) -> Value: ...  # pow(a, b)
    def __pow__(self, other: Value | float) -> Value: ...  # pow(a, b)
    def __rpow__(self, other: Value | float) -> Value: ...  # pow(a, b)
    def neg(self) -> Value: ...  # -a
    def __neg__(self) -> Value: ...  # -a
    def clone(self) -> Value: ...  # a
    def abs(self) -> Value: ...  # abs(a)
    def __abs__(self) -> Value: ...  # abs(a)
    def sign(self) -> Value: ...  # 1 if a > 0 else -1 if a < 0 else 0
    def fmod(self, other: Value | float) -> Value: ...  # fmod(a, b)
    def remainder(self, other: Value | float) -> Value: ...  # m = fmod(a, b); m + b if m > 0 and b < 0 or m < 0 and b > 0 else m
    def __mod__(self, other: Value | float) -> Value: ...  # m = fmod(a, b); m + b if m > 0 and b < 0 or m < 0 and b > 0 else m
    def __rmod__(self, other: Value | float) -> Value: ...  # m = fmod(a, b); m + b if m > 0 and b < 0 or m < 0 and b > 0 else m
    def exp(self) -> Value: ...  # exp(a)
    def expm1(self) -> Value: ...  # expm1(a)
    def log(self) -> Value: ...  # log(a)
    def log1p(self) -> Value: ...  # log1p(a)
    def exp2(self) -> Value: ...  # pow(2, a)
    def log2(self) -> Value: ...  # log2(a)
    def log10(self) -> Value: ...  # log10(a)
    def sqrt(self) -> Value: ...  # sqrt(a)
    def square(self) -> Value: ...  # a ** 2
    def reciprocal(self) -> Value: ...  # 1 / a
    def sin(self) -> Value: ...  # sin(a)
    def cos(self) -> Value: ...  # cos(a)
    def tan(self) -> Value: ...  # tan(a)
    def asin(self) -> Value: ...  # asin(a)
    def acos(self) -> Value: ...  # acos(a)
    def atan(self) -> Value: ...  # atan(a)
    def sinh(self) -> Value: ...  # sinh(a)
    def cosh(self) -> Value: ...  # cosh(a)
    def asinh(self) -> Value: ...  # asinh(a)
    def acosh(self) -> Value: ...  # acosh(a)
    def atanh(self) -> Value: ...  # atanh(a)
    def atan2(self, other: Value | float) -> Value: ...  # atan2(a, b)
    def erf(self) -> Value: ...  # erf(a)
    def tanh(self) -> Value: ...  # tanh(a)
    def sigmoid(self) -> Value: ...  # 1 / (1 + exp(-a)) if a >= 0 else exp(a) / (1 + exp(a))
    def relu(self) -> Value: ...  # 0 if a <= 0 else a
    def leaky_relu(self, negative_slope: Value | float = 0.01) -> Value: ...  # a if a > 0 else negative_slope * a
    def softplus(self) -> Value: ...  # a if a > 20 else log1p(exp(a))
    def silu(self) -> Value: ...  # e = exp(-a) if a >= 0 else exp(a); a / (1 + e) if a >= 0 else a * e / (1 + e)
    def elu(self, alpha: Value | float = 1.0) -> Value: ...  # a if a > 0 else alpha * expm1(a)
    def gelu(self) -> Value: ...  # 0.5 * a * (1 + erf(a / sqrt(2)))
    def clamp_min(self, other: Value | float) -> Value: ...  # low if a < low or low != low else a
    def clamp_max(self, other: Value | float) -> Value: ...  # high if a > high or high != high else a
    def where(self, other: Value | float) -> Value: ...  # a if condition != 0 else b

def dot(xs: Sequence[Value | float], ws: Sequence[Value | float], bias: Value | float | None = None) -> Value: ...  # sum(xs[i] * ws[i]) + bias
def total(xs: Sequence[Value | float]) -> Value: ...  # sum(xs[i])
def mean(xs: Sequence[Value | float]) -> Value: ...  # sum(xs[i]) / n
def maximum(xs: Sequence[Value | float]) -> Value: ...  # max(xs[i])
def minimum(xs: Sequence[Value | float]) -> Value: ...  # -max(-xs[i])
def logsumexp(xs: Sequence[Value | float]) -> Value: ...  # m = max(xs[i]); s = sum(exp(xs[i] - m)); m + log(s) if m - m == 0 else m
def surprisal(xs: Sequence[Value | float], x: Value | float) -> Value: ...  # m = max(xs[i]); s = sum(exp(xs[i] - m)); m - x + log(s)
