# loss(x, y): 3 inputs, 3 parameters, 4 operations.
# d_x is d(result)/d(x). Gradients are added to those that are passed, as backward() adds them.
from math import pow, tanh


def step(inputs, parameters, gradients):
    [x_0, x_1, y] = inputs
    [weight_0_0, weight_0_1, bias_0] = parameters
    [d_weight_0_0, d_weight_0_1, d_bias_0] = gradients

    # forward: operands before what is computed from them
    # Linear
    v3 = x_0 * weight_0_0 + x_1 * weight_0_1 + bias_0

    # what is outside all modules
    h = tanh(v3)
    v5 = h - y
    v6 = pow(v5, 2.0)

    # backward: each edge carries its slope times the gradient at its upper end
    d_v6 = 1.0
    d_v5 = 2.0 * v5 * d_v6
    d_h = d_v5

    # gradients arriving at Linear
    d_v3 = (1.0 - h * h) * d_h

    # gradients arriving at weight
    d_weight_0_0 = d_weight_0_0 + x_0 * d_v3
    d_weight_0_1 = d_weight_0_1 + x_1 * d_v3

    # gradients arriving at bias
    d_bias_0 = d_bias_0 + d_v3

    return v6, [d_weight_0_0, d_weight_0_1, d_bias_0]


if __name__ == "__main__":
    inputs = [1.0, 2.0, 1.0]
    parameters = [0.5, -1.0, 0.25]
    names = ["d_weight_0_0", "d_weight_0_1", "d_bias_0"]
    loss, gradients = step(inputs, parameters, [0.0] * len(names))
    print("loss", loss)
    for name, gradient in zip(names, gradients):
        print(name, gradient)
