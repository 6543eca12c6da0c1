// loss(x, y): 3 inputs, 3 parameters, 4 operations.
// This file is for you to read or use elsewhere. compile() does not run it: its C backend
// runs the same operations as bytecode, in an interpreter (autograd/compiled/c/interpreter.c.in).
// d_x is d(result)/d(x). Gradients are added to those that are passed, as backward() adds them.
// Where backward() raises an error, this gives inf or nan: 0 * inf is nan, not 0.
#include <math.h>
#include <stdio.h>

double step(const double *inputs, const double *parameters, double *gradients) {
    const double v_x_0 = inputs[0], v_x_1 = inputs[1], v_y = inputs[2];
    const double
        v_weight_0_0 = parameters[0], v_weight_0_1 = parameters[1], v_bias_0 = parameters[2]
    ;
    double d_weight_0_0 = gradients[0], d_weight_0_1 = gradients[1], d_bias_0 = gradients[2];

    // forward: operands before what is computed from them
    // Linear
    const double v3 = v_x_0 * v_weight_0_0 + v_x_1 * v_weight_0_1 + v_bias_0;

    // what is outside all modules
    const double v_h = tanh(v3);
    const double v5 = v_h - v_y;
    const double v6 = pow(v5, 2.0);

    // backward: each edge carries its slope times the gradient at its upper end
    const double d_v6 = 1.0;
    const double d_v5 = 2.0 * v5 * d_v6;
    const double d_h = d_v5;

    // gradients arriving at Linear
    const double d_v3 = (1.0 - v_h * v_h) * d_h;

    // gradients arriving at weight
    d_weight_0_0 = d_weight_0_0 + v_x_0 * d_v3;
    d_weight_0_1 = d_weight_0_1 + v_x_1 * d_v3;

    // gradients arriving at bias
    d_bias_0 = d_bias_0 + d_v3;

    gradients[0] = d_weight_0_0;
    gradients[1] = d_weight_0_1;
    gradients[2] = d_bias_0;
    return v6;
}

int main(void) {
    const double inputs[] = {1.0, 2.0, 1.0};
    const double parameters[] = {0.5, -1.0, 0.25};
    const char *names[] = {"d_weight_0_0", "d_weight_0_1", "d_bias_0"};
    double gradients[3 + 1] = {0.0};
    printf("loss %.17g\n", step(inputs, parameters, gradients));
    for (int i = 0; i < 3; i++) printf("%s %.17g\n", names[i], gradients[i]);
    return 0;
}
