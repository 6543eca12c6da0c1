// loss(x, y): 3 inputs, 3 parameters, 4 operations.
// d_x is d(result)/d(x). Gradients are added to those that are passed, as backward() adds them.
// Where backward() raises an error, this gives inf or nan: 0 * inf is nan, not 0.
"use strict";

// As in C and Python, 1 to any power is 1; Math.pow gives NaN if the power is NaN or infinite.
const pow = (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b));

function step(inputs, parameters, gradients) {
    const [x_0, x_1, y] = inputs;
    const [weight_0_0, weight_0_1, bias_0] = parameters;
    let [d_weight_0_0, d_weight_0_1, d_bias_0] = gradients;

    // forward: operands before what is computed from them
    // Linear
    const v3 = x_0 * weight_0_0 + x_1 * weight_0_1 + bias_0;

    // what is outside all modules
    const h = Math.tanh(v3);
    const v5 = h - y;
    const v6 = pow(v5, 2.0);

    // backward: each edge carries its slope times the gradient at its upper end
    const d_v6 = 1.0;
    const d_v5 = 2.0 * v5 * d_v6;
    const d_h = d_v5;

    // gradients arriving at Linear
    const d_v3 = (1.0 - h * h) * d_h;

    // gradients arriving at weight
    d_weight_0_0 = d_weight_0_0 + x_0 * d_v3;
    d_weight_0_1 = d_weight_0_1 + x_1 * d_v3;

    // gradients arriving at bias
    d_bias_0 = d_bias_0 + d_v3;

    return [v6, [d_weight_0_0, d_weight_0_1, d_bias_0]];
}

if (typeof module !== "undefined") module.exports = { step };
if (typeof require !== "undefined" && require.main === module) {
    const inputs = [1.0, 2.0, 1.0];
    const parameters = [0.5, -1.0, 0.25];
    const names = ["d_weight_0_0", "d_weight_0_1", "d_bias_0"];
    const [loss, gradients] = step(inputs, parameters, Array(names.length).fill(0.0));
    console.log("loss", loss);
    names.forEach((name, i) => console.log(name, gradients[i]));
}
