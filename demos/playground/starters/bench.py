# %%
from autograd import Value

a, b, c = Value(2.0, label="a"), Value(-3.0, label="b"), Value(6.88, label="c")
f = (a * b + c).tanh()
f.backward()
f
