"""The table: names from torch, JAX, HIPS autograd and micrograd, and what to write here instead.

Each line is for one name or several. The text in backticks is Python, and a test runs all of it.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["TABLES"]

_SLOTS = "a Value has slots, and accepts no other attributes: keep such data beside it"
_ONE = "a Value is one number"

TABLES: dict[str, Mapping[str, str]] = {
    "autograd": {
        # making numbers
        "Tensor tensor as_tensor from_numpy asarray array Variable Scalar ndarray": "`Value(2.0)` is one number, and a vector is a list of them, `[Value(1.0), Value(2.0)]`",
        "Parameter": "a parameter is a Value, `Value(0.5)`",
        "zeros ones full empty zeros_like ones_like": "a vector is a list, `[Value(0.0) for _ in range(3)]`",
        "randn rand normal uniform randint randn_like": "a vector is a list, `[Value(random.gauss(0.0, 1.0)) for _ in range(3)]`",
        "arange linspace": "numbers go into a list, `[0.1 * i for i in range(11)]`",
        "float32 float64 double half int64 bfloat16 dtype set_default_dtype": "numbers are Python's 64-bit floats: leave it out",
        "device cuda mps device_put": "everything runs on the processor: leave it out, or `compile(function)` for speed",
        "manual_seed seed PRNGKey": "numbers come from Python's generator, `random.seed(0)`",
        "save load": "numbers are plain data, `json.dumps([w.data for w in ws])`",
        # vectors and matrices
        "stack cat concatenate hstack vstack": "join lists in Python, `[*xs, *ws]`",
        "matmul mm mv einsum inner vdot tensordot": "`dot(xs, ws)`, and for a matrix `[dot(row, xs) for row in rows]`",
        "outer": "lists of lists, `[[x * w for w in ws] for x in xs]`",
        "transpose swapaxes": "a matrix is a list of rows, `[list(column) for column in zip(*rows)]`",
        "reshape view ravel flatten": "flatten lists in Python, `[x for row in rows for x in row]`",
        "prod": "use Python's, `math.prod(xs)`",
        "cumsum cumprod": "use Python's, `list(itertools.accumulate(xs))`",
        "argmax argmin": "Values are ordered, `xs.index(max(xs))`",
        "sort topk": "Values are ordered, `sorted(xs)`",
        "amax": "`maximum(xs)`",
        "amin": "`minimum(xs)`",
        "var std": "for a list, write `mean([(x - mean(xs)) ** 2 for x in xs]).sqrt()`",
        "norm": "`sqrt(dot(xs, xs))`",
        "log_softmax": "`[-surprisal(xs, x) for x in xs]`",
        "cross_entropy nll_loss": "`surprisal(xs, xs[0])` is the loss for the scores xs and the class 0",
        # functions under other names
        "ln": "`log(w)`",
        "power float_power": "`x ** 2`",
        "absolute fabs": "`abs(x)`",
        "negative": "`-x`",
        "multiply subtract divide true_divide": "Values have Python's operators, `x * w`",
        "arcsin arccos arctan": "`asin(w)`, `acos(w)`, `atan(w)`",
        "arcsinh arccosh arctanh arctan2": "`asinh(w)`, `acosh(x)`, `atanh(w)`, `atan2(x, w)`",
        "logaddexp": "`logsumexp([x, w])`",
        "hypot": "`sqrt(x * x + w * w)`",
        "sinc": "`where(x, sin(math.pi * x) / (math.pi * x), 1.0)`, away from 0",
        "heaviside step": "`where(relu(x), 1.0, 0.0)`",
        "cond select": "`where(x, 1.0, 2.0)` chooses the second number if x is 0",
        "deg2rad radians": "`x * (math.pi / 180)`",
        "rad2deg degrees": "`x * (180 / math.pi)`",
        "floor ceil round trunc": "it has the slope 0: take the number, `math.floor(x.data)`",
        "isnan isinf isfinite": "ask the number, `math.isnan(x.data)`",
        "allclose isclose equal": "compare numbers, `math.isclose(x.data, w.data)`",
        # recording
        "enable_grad set_grad_enabled is_grad_enabled": "everything is recorded, except `with no_grad(): y = x * x`",
        "inference_mode": "`with no_grad(): y = x * x`",
        "stop_gradient": "`x.detach()`",
        "detect_anomaly set_detect_anomaly": "`detect_anomalies(f)`",
        "checkpoint": "there is none: a graph lasts as long as its result, `f = None` frees it",
        "draw_dot make_dot trace": "`draw(f)`, or `f.tree()` as text",
        "engine": "`from autograd import Value`",
        # derivatives
        "backward": "`f.backward()`",
        "elementwise_grad": "`[grad(function)(x) for x in numbers]`",
        "deriv derivative multigrad_dict holomorphic_grad grad_and_aux": "`grad(function)(3.0)`, or `value_and_grad(function)(3.0)`",
        "grad_and_value": "the value comes first, `value_and_grad(function)(3.0)`",
        "jacfwd jacrev make_jvp_reversemode": "`jacobian(lambda xs: [xs[0] * xs[1]])([1.0, 2.0])`",
        "hvp vhp hessian_vector_product make_hvp make_ggnvp": "`grad(dot(grad(f, [x, w], create_graph=True), [1.0, 2.0]), [x, w])`",
        "jvp make_jvp linearize": "a gradient times a direction, `dot(grad(f, [x, w]), [1.0, 2.0])`",
        "vjp make_vjp": "`f.backward(gradient=2.0)`",
        "functional func": "they are here, `grad(function)`, `jacobian(function)`, `hessian(function)`",
        "check_grads test_util gradient_check check_vjp": "`gradcheck(function, [w])`",
        "Function custom_vjp custom_jvp custom_gradient primitive defvjp defjvp extend core function": '`cube = op("cube", "cube", "a * a * a", "3 * a ** 2")`, then `cube(x)`',
        # running
        "vmap pmap": "`[function(x) for x in numbers]`; for many numbers, `compile(function)` is fast",
        "jit script": "`compile(function)`",
        "make_jaxpr": "`f.formula()`",
        "scan fori_loop while_loop lax": "a Python loop is recorded as it runs, `for x in xs: f = f * x`",
        "tree_map tree_util": "map lists in Python, `[x * 2 for x in xs]`",
        "numpy scipy np jnp": "the functions are here, `tanh(x)`, or methods, `x.tanh()`; numpy's own functions also call them",
        "random": "draw numbers with Python's module, `import random`",
        "variable": "`from autograd import Value`",
        "differential_operators": "`from autograd import grad, value_and_grad, jacobian, hessian`",
        "builtins misc wrap_util tracer": "the parts of a graph are in `from autograd.graph import Graph`",
    },
    "Value": {
        # other names for what is here
        "numpy tolist scalar": "the plain number is `x.item()`",
        "value val number": "it is called `x.data`",
        "gradient derivative adjoint": "it is called `x.grad`",
        "name": "it is called `x.label`",
        "parents children inputs prev predecessors args": "they are called `f.operands`, in order",
        "grad_fn operation _ctx creator": "the operation is `f.op`, and what it was computed from is `f.operands`",
        "local_grads local_gradients": "they are called `f.partials`, one for each of `f.operands`",
        "diagnose": "`diagnose(f, x, 6.0)`",
        "check gradcheck": "`gradcheck(function, [w])`",
        "nodes leaves topo order topological_order graph": "`from autograd.graph import Graph`, then `Graph(f).nodes`",
        "draw_dot plot visualize render": "`f.draw()`, or `f.tree()` as text",
        "to_latex": "`f.latex()`",
        "to_string describe": "`f.formula()`",
        "copy": "`x.clone()` passes gradients on, and `x.detach()` does not",
        "detach_": "`x.detach()`",
        "compile jit": "`compile(function)`",
        "forward compute eval evaluate": "it is already computed, `f.data`",
        "step": "`f.step_through().step()`",
        # operations
        "ln": "`w.log()`",
        "power": "`x ** 2`",
        "inv inverse rdiv": "`x.reciprocal()`",
        "Relu ReLU ReLu Tanh Sigmoid Exp Log": "operations are lower case, `x.relu()`, `x.tanh()`, `x.sigmoid()`",
        "logistic": "`x.sigmoid()`",
        "swish": "`x.silu()`",
        "arcsin arccos arctan arcsinh arccosh arctanh": "`w.asin()`, `w.acos()`, `w.atan()`, `w.asinh()`, `x.acosh()`, `w.atanh()`",
        "sum": f"{_ONE}, and the sum of a list is `total(xs)`",
        "mean": f"{_ONE}, and the mean of a list is `mean(xs)`",
        "max min": f"{_ONE}, and the larger of two is `maximum(x, w)`, the smaller `minimum(x, w)`",
        "softmax log_softmax": f"{_ONE}, and for a list, `softmax(xs)`",
        "matmul dot mm mv": f"{_ONE}, and for lists it is `dot(xs, ws)`",
        "norm": f"{_ONE}, and for a list, `sqrt(dot(xs, xs))`",
        "floor ceil trunc": "it has the slope 0: take the number, `math.floor(x.data)`",
        "eq ne": "compare numbers, `x.data == w.data`",
        "lt le": "`x < w` compares numbers",
        "isnan isfinite": "ask the number, `math.isnan(x.data)`",
        # what tensors have
        "shape size dim ndim numel dtype stride": f"{_ONE}, a float: `x.data`",
        "cuda cpu to double float half type device is_cuda": f"{_ONE}, a float on the processor: leave it out",
        "T view reshape unsqueeze squeeze flatten expand permute transpose": f"{_ONE}: vectors and matrices are lists, `[[x, w], [w, x]]`",
        "requires_grad_ retains_grad": "every Value is recorded and keeps its grad: leave it out",
        "register_hook register_post_accumulate_grad_hook": "gradients can be stepped through, `f.step_through().step()`, and read afterwards, `x.grad`",
        "zero_ fill_ copy_ set_ clamp_ uniform_ normal_": "change a Value through its data, `x.data = 0.0`",
        "add_ sub_ mul_ div_ addcdiv_ addcmul_": "change a Value through its data, `x.data -= 0.1 * x.grad`",
        "zero_grad_": "`x.grad = 0.0`",
        # attributes that are set
        "m velocity momentum momentum_buffer exp_avg exp_avg_sq v buf mom cache square_avg prev_grad": f"{_SLOTS}, `m = {{p: 0.0 for p in xs}}`, then `m[x] = 0.9 * m[x] + 0.1 * x.grad`",
        "_vis_color visited _visited color depth id tag metadata": f'{_SLOTS}, `colour = {{x: "red"}}`',
    },
}
