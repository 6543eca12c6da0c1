# Made from the rows of ops.py by `pytest --refresh`.
from collections.abc import Sequence
from .value import Value

class Methods:
    def add(self, other: Value | float) -> Value: ...  # a + b; slope 1, 1
    def __add__(self, other: Value | float) -> Value: ...  # a + b; slope 1, 1
    def __radd__(self, other: Value | float) -> Value: ...  # a + b; slope 1, 1
    def sub(self, other: Value | float) -> Value: ...  # a - b; slope 1, -1
    def __sub__(self, other: Value | float) -> Value: ...  # a - b; slope 1, -1
    def __rsub__(self, other: Value | float) -> Value: ...  # a - b; slope 1, -1
    def mul(self, other: Value | float) -> Value: ...  # a * b; slope b, a
    def __mul__(self, other: Value | float) -> Value: ...  # a * b; slope b, a
    def __rmul__(self, other: Value | float) -> Value: ...  # a * b; slope b, a
    def div(self, other: Value | float) -> Value: ...  # a / b; slope 1 / b, -out / b
    def __truediv__(self, other: Value | float) -> Value: ...  # a / b; slope 1 / b, -out / b
    def __rtruediv__(self, other: Value | float) -> Value: ...  # a / b; slope 1 / b, -out / b
    def pow(self, other: Value | float) -> Value: ...  # pow(a, b); slopes in ops.py
    def __pow__(self, other: Value | float) -> Value: ...  # pow(a, b); slopes in ops.py
    def __rpow__(self, other: Value | float) -> Value: ...  # pow(a, b); slopes in ops.py
    def neg(self) -> Value: ...  # -a; slope -1
    def __neg__(self) -> Value: ...  # -a; slope -1
    def clone(self) -> Value: ...  # a; slope 1
    def abs(self) -> Value: ...  # abs(a); slope 1 if a > 0 else -1 if a < 0 else 0
    def __abs__(self) -> Value: ...  # abs(a); slope 1 if a > 0 else -1 if a < 0 else 0
    def sign(self) -> Value: ...  # 1 if a > 0 else -1 if a < 0 else 0; slope 0
    def fmod(self, other: Value | float) -> Value: ...  # fmod(a, b); slopes in ops.py
    def remainder(self, other: Value | float) -> Value: ...  # m = fmod(a, b); m + b if m > 0 and b < 0 or m < 0 and b > 0 else m; slopes in ops.py
    def __mod__(self, other: Value | float) -> Value: ...  # m = fmod(a, b); m + b if m > 0 and b < 0 or m < 0 and b > 0 else m; slopes in ops.py
    def __rmod__(self, other: Value | float) -> Value: ...  # m = fmod(a, b); m + b if m > 0 and b < 0 or m < 0 and b > 0 else m; slopes in ops.py
    def exp(self) -> Value: ...  # exp(a); slope out
    def expm1(self) -> Value: ...  # expm1(a); slope out + 1
    def log(self) -> Value: ...  # log(a); slope 1 / a
    def log1p(self) -> Value: ...  # log1p(a); slope 1 / (1 + a)
    def exp2(self) -> Value: ...  # pow(2, a); slope out * log(2)
    def log2(self) -> Value: ...  # log2(a); slope 1 / (a * log(2))
    def log10(self) -> Value: ...  # log10(a); slope 1 / (a * log(10))
    def sqrt(self) -> Value: ...  # sqrt(a); slope 0.5 / out
    def square(self) -> Value: ...  # a ** 2; slope 2 * a
    def reciprocal(self) -> Value: ...  # 1 / a; slope -out ** 2
    def sin(self) -> Value: ...  # sin(a); slope cos(a)
    def cos(self) -> Value: ...  # cos(a); slope -sin(a)
    def tan(self) -> Value: ...  # tan(a); slope 1 + out ** 2
    def asin(self) -> Value: ...  # asin(a); slope 1 / sqrt(1 - a ** 2)
    def acos(self) -> Value: ...  # acos(a); slope -1 / sqrt(1 - a ** 2)
    def atan(self) -> Value: ...  # atan(a); slope 1 / (1 + a ** 2)
    def sinh(self) -> Value: ...  # sinh(a); slope cosh(a)
    def cosh(self) -> Value: ...  # cosh(a); slope sinh(a)
    def asinh(self) -> Value: ...  # asinh(a); slope 1 / sqrt(a ** 2 + 1)
    def acosh(self) -> Value: ...  # acosh(a); slope 1 / sqrt(a ** 2 - 1)
    def atanh(self) -> Value: ...  # atanh(a); slope 1 / (1 - a ** 2)
    def atan2(self, other: Value | float) -> Value: ...  # atan2(a, b); slopes in ops.py
    def erf(self) -> Value: ...  # erf(a); slope 2 / sqrt(pi) * exp(-a ** 2)
    def tanh(self) -> Value: ...  # tanh(a); slope 1 - out ** 2
    def sigmoid(self) -> Value: ...  # 1 / (1 + exp(-a)) if a >= 0 else exp(a) / (1 + exp(a)); slope out * (1 - out)
    def relu(self) -> Value: ...  # 0 if a <= 0 else a; slope 0 if a <= 0 else 1
    def leaky_relu(self, negative_slope: Value | float = 0.01) -> Value: ...  # a if a > 0 else negative_slope * a; slope 1 if a > 0 else negative_slope, 0 if a > 0 else a
    def softplus(self) -> Value: ...  # a if a > 20 else log1p(exp(a)); slope 1 if a > 20 else -expm1(-out)
    def silu(self) -> Value: ...  # e = exp(-a) if a >= 0 else exp(a); a / (1 + e) if a >= 0 else a * e / (1 + e); slopes in ops.py
    def elu(self, alpha: Value | float = 1.0) -> Value: ...  # a if a > 0 else alpha * expm1(a); slope 1 if a > 0 else out + alpha, 0 if a > 0 else expm1(a)
    def gelu(self) -> Value: ...  # 0.5 * a * (1 + erf(a / sqrt(2))); slopes in ops.py
    def clamp_min(self, other: Value | float) -> Value: ...  # low if a < low or low != low else a; slope 1 if a >= low else 0, 1 if a < low else 0
    def clamp_max(self, other: Value | float) -> Value: ...  # high if a > high or high != high else a; slope 1 if a <= high else 0, 1 if a > high else 0

def dot(xs: Sequence[Value | float], ws: Sequence[Value | float], bias: Value | float | None = None) -> Value: ...  # sum(xs[i] * ws[i]) + bias
def total(xs: Sequence[Value | float]) -> Value: ...  # sum(xs[i])
def mean(xs: Sequence[Value | float]) -> Value: ...  # sum(xs[i]) / n
def maximum(xs: Sequence[Value | float]) -> Value: ...  # max(xs[i])
def minimum(xs: Sequence[Value | float]) -> Value: ...  # -max(-xs[i])
def logsumexp(xs: Sequence[Value | float]) -> Value: ...  # m = max(xs[i]); s = sum(exp(xs[i] - m)); m + log(s) if m - m == 0 else m
def surprisal(xs: Sequence[Value | float], x: Value | float) -> Value: ...  # m = max(xs[i]); s = sum(exp(xs[i] - m)); m - x + log(s)
