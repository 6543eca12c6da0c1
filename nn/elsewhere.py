"""Names in torch.nn that are missing here, and what to write instead: each line covers one name or several.

The text in backticks is Python, and a test runs all of it.
"""

from __future__ import annotations

import sys
from typing import Any

from autograd.elsewhere import module_getattr, names_of_others
from autograd.elsewhere.table import CALLED

__all__ = ["module_names", "names_of_torch"]

_DROPOUT = "multiply by your own mask, `[x * (random.random() >= 0.1) / 0.9 for x in xs]`"
_IMAGES = "there are no images here: a Linear layer sees every number, `nn.Linear(64, 10)`"
_MEMORY = "a loop carries the state, `state = [h.tanh() for h in nn.Linear(2, 2)(state)]`"
_RULE = "the optimisers are `nn.optim.SGD`, `nn.optim.Adam`, `nn.optim.AdamW` and `nn.optim.RMSprop`"
_START = (
    "every module draws its own numbers: to change them, `for p in model.parameters(): p.data = random.gauss(0.0, 0.1)`"
)
_BY_HAND = "write it with Values, `(1 - x * w).relu()` or `(-x * w).softplus()`"
_DISTANCE = "`total([(x - w) ** 2 for x, w in zip(xs, ws)]).sqrt()`"
_PLACE = "numbers are Python's floats, on the CPU: leave it out"

_INSTEAD = {
    "nn": {
        "Parameter": "a Value that a module's attribute holds is a parameter, `Value(0.5)`",
        "ParameterList ParameterDict": "a module finds a list of Values in an attribute, `[Value(0.5), Value(0.25)]`",
        "ModuleDict": "a module finds a dict of modules in an attribute, `{'first': nn.Linear(2, 2)}`",
        "Dropout Dropout1d Dropout2d AlphaDropout": _DROPOUT,
        "Conv1d Conv2d Conv3d ConvTranspose2d MaxPool1d MaxPool2d AvgPool2d AdaptiveAvgPool2d Upsample Conv Fold Unfold PixelShuffle ZeroPad2d": _IMAGES,
        "BatchNorm1d BatchNorm2d InstanceNorm2d GroupNorm BatchNorm3d InstanceNorm1d LocalResponseNorm": "rows are scaled to a common size by `nn.LayerNorm(4)` and `nn.RMSNorm(4)`",
        "RNN LSTM GRU RNNCell LSTMCell GRUCell": _MEMORY,
        "Transformer TransformerEncoder TransformerEncoderLayer TransformerDecoder TransformerDecoderLayer": "its parts are here, `nn.MultiheadAttention(4, 2)`, `nn.LayerNorm(4)`, `nn.MLP(4, [16, 4])`",
        "Flatten Unflatten": "flatten lists in Python, `[x for row in rows for x in row]`",
        "LogSoftmax LogSigmoid": "`nn.functional.log_softmax(xs)`, or `-nn.functional.softplus(-x)` for the logarithm of sigmoid(x)",
        "ReLU6 Hardtanh Hardsigmoid Hardswish": "`x.clamp(0.0, 6.0)` of each number",
        "Mish": "`x * nn.functional.softplus(x).tanh()`",
        "PReLU RReLU": "the slope may be a Value, `x.leaky_relu(Value(0.25))`",
        "SELU CELU": "`nn.ELU(1.5)`",
        "NLLLoss": "`nn.CrossEntropyLoss()` takes the scores themselves, without log_softmax",
        "BCELoss": "`nn.BCEWithLogitsLoss()` takes the scores themselves, without sigmoid",
        "HuberLoss SmoothL1Loss": "`nn.L1Loss()` or `nn.MSELoss()`",
        "KLDivLoss": "`nn.CrossEntropyLoss()` takes probabilities as targets, too",
        "HingeEmbeddingLoss MultiMarginLoss": "`nn.functional.hinge_loss(xs, [1, -1])`",
        "CosineSimilarity": "`dot(xs, ws) / (dot(xs, xs) * dot(ws, ws)).sqrt()`",
        "Bilinear": "`dot(nn.Linear(2, 2)(xs), ws)`",
        "EmbeddingBag": "`[mean(column) for column in zip(*nn.Embedding(5, 2)([0, 3]))]`",
        "DataParallel parallel": "everything runs in one process, and `autograd.compile(function)` makes it fast",
        "save load": "numbers are plain data, `json.dumps(model.state_dict())`, and `model.load_state_dict(model.state_dict())` loads them",
        "one_hot": "`[float(i == 2) for i in range(4)]`",
        "Buffer": "an attribute with a plain number is a buffer, `model.scale = 2.0`",
        "LazyLinear Dense": "`nn.Linear(2, 3)`",
        "TripletMarginLoss MarginRankingLoss CosineEmbeddingLoss SoftMarginLoss PoissonNLLLoss GaussianNLLLoss CTCLoss": _BY_HAND,
        "Softmin": "`nn.functional.softmax([-x for x in xs])`",
        "GLU": "`x * w.sigmoid()`",
        "Softsign": "`x / (1 + abs(x))`",
        "Tanhshrink": "`x - x.tanh()`",
        "PairwiseDistance": _DISTANCE,
        "Value Tensor": "`from autograd import Value`",
        "F": "`from nn import functional`",
        "relu tanh sigmoid silu gelu elu softplus log_softmax cross_entropy mse_loss l1_loss": "functions are in nn.functional, `nn.functional.relu(x)`",
        "SGD Adam AdamW RMSprop Optimizer": "`nn.optim.SGD(model.parameters(), lr=0.1)`",
        "grad value_and_grad": "`from autograd import grad, value_and_grad`",
        "jit compile": "`autograd.compile(function)`",
        "train eval": "a model has these methods, `model.train()`",
        "parameter": "`from nn import Module`",
    },
    "nn.functional": {
        "nll_loss": "`nn.functional.cross_entropy(xs, 0)` takes the scores themselves, without log_softmax",
        "binary_cross_entropy": "`nn.functional.binary_cross_entropy_with_logits(x, 1.0)` takes the scores themselves, without sigmoid",
        "huber_loss smooth_l1_loss": "`nn.functional.l1_loss(xs, ws)` or `nn.functional.mse_loss(xs, ws)`",
        "kl_div": "`nn.functional.cross_entropy(xs, [0.25, 0.75])` takes probabilities as targets, too",
        "hinge_embedding_loss multi_margin_loss": "`nn.functional.hinge_loss(xs, [1, -1])`",
        "dropout dropout1d": _DROPOUT,
        "one_hot": "`[float(i == 2) for i in range(4)]`",
        "normalize": "`[x / dot(xs, xs).sqrt() for x in xs]`",
        "cosine_similarity": "`dot(xs, ws) / (dot(xs, xs) * dot(ws, ws)).sqrt()`",
        "conv1d conv2d max_pool2d avg_pool2d interpolate unfold max_pool1d adaptive_avg_pool2d": _IMAGES,
        "batch_norm group_norm": "`nn.functional.layer_norm(xs, (2,))`",
        "logsigmoid log_sigmoid": "`-nn.functional.softplus(-x)`",
        "relu6 hardtanh": "`x.clamp(0.0, 6.0)`",
        "mish": "`x * nn.functional.softplus(x).tanh()`",
        "prelu": "`nn.functional.leaky_relu(x, 0.25)`",
        "glu": "`x * w.sigmoid()`",
        "pad": "`[*xs, 0.0]`",
        "selu celu": "`nn.functional.elu(x, 1.5)`",
        "softsign": "`x / (1 + abs(x))`",
        "softmin": "`nn.functional.softmax([-x for x in xs])`",
        "tanhshrink": "`x - x.tanh()`",
        "hardsigmoid hardswish": "`(x / 6 + 0.5).clamp(0.0, 1.0)`",
        "relu_ elu_ leaky_relu_": "a function makes new Values, `x = nn.functional.relu(x)`",
        "cross_entropy_loss softmax_cross_entropy": "`nn.functional.cross_entropy(xs, 0)`",
        "mse": "`nn.functional.mse_loss(xs, ws)`",
        "l1 mae_loss": "`nn.functional.l1_loss(xs, ws)`",
        "bce": "`nn.functional.binary_cross_entropy_with_logits(x, 1.0)` takes the scores themselves, without sigmoid",
        "pairwise_distance": _DISTANCE,
        "triplet_margin_loss margin_ranking_loss cosine_embedding_loss soft_margin_loss poisson_nll_loss gaussian_nll_loss": _BY_HAND,
        "embedding_bag": "`[mean(column) for column in zip(*nn.Embedding(5, 2)([0, 3]))]`",
        "gumbel_softmax": "`nn.functional.softmax([x - math.log(-math.log(random.random())) for x in xs])`",
        "multi_head_attention_forward": "`nn.MultiheadAttention(4, 2)`",
    },
    "nn.optim": {
        "Adagrad Adadelta Adamax NAdam RAdam Rprop LBFGS SparseAdam ASGD Muon Lion": _RULE,
        "sgd adam adamw rmsprop": "optimisers are classes, `nn.optim.Adam(model.parameters())`",
        "clip_grad_norm_": "`nn.utils.clip_grad_norm_(model.parameters(), 1.0)`",
    },
    "nn.optim.lr_scheduler": {
        "ConstantLR LinearLR ExponentialLR PolynomialLR MultiStepLR SequentialLR OneCycleLR CyclicLR MultiplicativeLR ReduceLROnPlateau ChainedScheduler": "any schedule is a function, `nn.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 0.9**t)`",
    },
    "nn.init": {
        "xavier_uniform_ xavier_normal_ kaiming_uniform_ kaiming_normal_ normal_ uniform_ zeros_ ones_ constant_ eye_ orthogonal_ trunc_normal_ sparse_ dirac_ xavier_uniform kaiming_normal glorot_uniform he_normal lecun_normal": _START,
    },
    "nn.utils": {
        "parameters_to_vector": "`[p.data for p in model.parameters()]`",
        "vector_to_parameters": "`for p, number in zip(model.parameters(), numbers): p.data = number`",
        "clip_grad_norm clip_grad_value get_total_norm clip_grads_with_norm_": "`nn.utils.clip_grad_norm_(model.parameters(), 1.0)`",
        "weight_norm spectral_norm parametrize prune": "change the parameters between updates, `for p in model.parameters(): p.data *= 0.99`",
        "rnn": _MEMORY,
    },
}
_MODULE = {
    "apply": "`for module in model.modules(): module.training`",
    "to cuda cpu double float half bfloat16 type share_memory": _PLACE,
    "requires_grad_ freeze unfreeze": "give the optimiser only what should learn, `nn.optim.SGD(model.parameters())`",
    "register_buffer register_parameter register_module": "an attribute with Values in it holds parameters, one with plain numbers is a buffer, `model.scale = 2.0`",
    "register_forward_hook register_full_backward_hook register_backward_hook": "you can look into a call through its result, `draw(model(xs)[0])`",
    "add_module": "`model.extra = nn.Linear(2, 2)`",
    "buffers named_buffers": "numbers are plain attributes, `vars(model)`",
    "summary print": "`repr(model)`, and `len(model.parameters())`",
    "draw show": "draw what it computes, `draw(model(xs)[0])`",
    "backward backward_pass": "a result has gradients, `model(xs)[0].backward()`",
    "predict evaluate forward_pass": "call the module, `model(xs)`",
    "fit training_step": "write the loop yourself, `loss.backward(); optimizer.step()`",
    "save": "`json.dumps(model.state_dict())`",
    "load": "`model.load_state_dict(model.state_dict())`",
    "num_parameters count_parameters num_params n_params parameter_count": "`len(model.parameters())`",
    "weights trainable_weights": "`list(model.parameters())`, and by name `model.state_dict()`",
    "grad": "each parameter has its own, `[p.grad for p in model.parameters()]`",
    "flatten_parameters": "`[p.data for p in model.parameters()]`",
    "get_parameter": "`dict(model.named_parameters())`",
    "get_submodule": "`dict(model.named_modules())`",
    "append extend insert": "a list of modules grows, `nn.ModuleList([nn.Linear(2, 2)]).append(nn.ReLU())`",
    "init_weights reset_parameters": _START,
    "compile": "`autograd.compile(function)`",
    "optimizer configure_optimizers": "`nn.optim.SGD(model.parameters(), lr=0.1)`",
    "clip_grad_norm_": "`nn.utils.clip_grad_norm_(model.parameters(), 1.0)`",
    "state": "`model.state_dict()`",
    "step": "`nn.optim.SGD(model.parameters(), lr=0.1).step()`",
}

CALLED["nn"] = {
    "functional": "it holds functions, `nn.functional.relu(x)`",
    "init": "every module draws its own numbers, and `nn.manual_seed(0)` makes them the same in every run",
    "utils": "it holds functions, `nn.utils.clip_grad_norm_(model.parameters(), 1.0)`",
    "optim": "an optimiser is `nn.optim.SGD(model.parameters(), lr=0.1)`",
}
CALLED["nn.optim"] = {"lr_scheduler": "a schedule is `nn.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)`"}


def names_of_torch(module: str) -> None:
    """Let a module answer for torch's names that are not in it: the error says what to write instead.

    >>> import nn
    >>> nn.NLLLoss
    Traceback (most recent call last):
        ...
    AttributeError: module 'nn' has no attribute 'NLLLoss': `nn.CrossEntropyLoss()` takes the scores themselves, ...
    """
    vars(sys.modules[module])["__getattr__"] = module_getattr(module, _INSTEAD[module])


def module_names() -> Any:
    """The base class of Module: it answers for names that torch's Module has and this one lacks."""
    return names_of_others("nn.Module", _MODULE)
