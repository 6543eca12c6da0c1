def step(rows, seed):
    w = value__0.data
    b = value__1.data
    d_w = value__0.grad
    d_b = value__1.grad
    if not type__(w) is type__(b) is type__(d_w) is type__(d_b) is float__: raise not__floats
    v6 = w * w
    v7 = 0.1 * v6
    d_v7 = 0.0
    losses = -0.0
    for [x, y] in rows:
        v1 = w * x
        v3 = v1 + b
        v4 = v3 - y
        v5 = pow(v4, 2.0)
        v8 = v5 + v7
        losses = losses + v8
        d_v4 = 2.0 * v4 * seed
        d_w = d_w + x * d_v4
        d_b = d_b + d_v4
        d_v7 = d_v7 + seed
    d_v6 = 0.1 * d_v7
    d_w = d_w + w * d_v6 + w * d_v6

    value__0.grad = d_w + 0.0; value__1.grad = d_b + 0.0
    return losses
