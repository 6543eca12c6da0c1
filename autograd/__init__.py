"""A scalar autograd engine that you can step through, see through, and train small models with.

>>> from autograd import Value
>>> a = Value(2.0, label="a")
>>> f = a * a + 1
>>> f.backward()
>>> a
Value(2.0, grad=4.0, label='a')

Use `help` on any name below to learn more.

A number        Value(data, label); f.backward(), then a.grad; zero_grad(), item(), detach()
Looking inside  f.step_through() steps through backprop, forwards and back; f.why(a) lists the paths; f.tree(), f.formula(),
                f.latex(); f.draw(), f.show(), f.mermaid() and f.player() are pictures and a page; draw_diff, Recorder
Mistakes        diagnose(f, a, 6.0) names the one that gives 6; compare and broken make one; detect_anomalies(f)
Operations      + - * / % ** abs, and a.tanh() or tanh(a), a.relu(), a.exp() ...; clamp, where; on lists: dot, total,
                mean, maximum, minimum, logsumexp, surprisal, softmax; op(...) makes your own, and gradcheck tests it
Gradients       grad(f, [a, b]) without touching .grad, and gradients of gradients; for functions: grad(f)(3.0),
                value_and_grad, jacobian, hessian
Training        TrainingStepper(model, loss, optimizer, batches) steps through training, forwards and back
Modes           with no_grad(), atomic(), ieee(), record_source():
Speed           compile(function, parameters)
"""

from __future__ import annotations

import os.path as _path
import sys as _sys
from typing import TYPE_CHECKING, Any

if _sys.version_info < (3, 10):  # noqa: UP036 - a checkout on the path was installed by nobody who would have asked
    raise ImportError(
        f"scalar-autograd needs Python 3.10 or newer, and this is {_sys.version.split()[0]} ({_sys.executable}): "
        "with a newer one, python3 -m venv .venv; .venv/bin/python -m pip install -e ."
    )
if _path.exists(_path.join(_path.dirname(__file__), "differential_operators.py")):
    raise ImportError(
        "two packages share this folder: `autograd` (HIPS) and `scalar-autograd` both import as autograd, and pip "
        "mixed their files. Repair it with: python -m pip uninstall -y autograd scalar-autograd; "
        "python -m pip install --force-reinstall scalar-autograd"
    )

from .elsewhere import answer_calls as _answer_calls
from .elsewhere import module_getattr as _module_getattr
from .errors import AutogradError
from .functions import clamp, dot, logsumexp, maximum, mean, minimum, op, softmax, surprisal, total
from .higher_order import grad, hessian, jacobian, value_and_grad
from .modes import atomic, ieee, no_grad
from .ops import BUILTIN as _BUILTIN
from .value import Value

__version__ = "0.1.0"

# Tools are imported when they are first used: `import autograd` loads the engine and nothing else.
_TOOLS = {
    **dict.fromkeys([*_BUILTIN, "max", "min", "sum", "clip"], "functions"),
    "Recorder": "player.recorder",
    "Stepper": "stepper",
    "TrainingStepper": "training",
    "broken": "stepper.mistakes",
    "compare": "stepper.comparison",
    "compile": "compiled",
    "detect_anomalies": "explain.anomalies",
    "diagnose": "stepper.diagnosis",
    "draw": "drawing",
    "draw_diff": "drawing.diff",
    "gradcheck": "explain.check",
    "record_source": "explain.source",
    "save_player": "player",
}

if TYPE_CHECKING:
    from .compiled import compile
    from .drawing import draw
    from .drawing.diff import draw_diff
    from .explain.anomalies import detect_anomalies
    from .explain.check import gradcheck
    from .explain.source import record_source
    from .player import save_player
    from .player.recorder import Recorder
    from .stepper import Stepper
    from .stepper.comparison import compare
    from .stepper.diagnosis import diagnose
    from .stepper.mistakes import broken
    from .training import TrainingStepper

__all__ = [
    "AutogradError", "Recorder", "Stepper", "TrainingStepper", "Value", "atomic", "broken", "clamp", "compare", "compile", "detect_anomalies", "diagnose", "dot", "draw",
    "draw_diff", "grad", "gradcheck", "hessian", "ieee", "jacobian", "logsumexp", "maximum", "mean", "minimum", "no_grad", "op", "record_source", "save_player",
    "softmax", "surprisal", "total", "value_and_grad",
]  # fmt: skip
if not TYPE_CHECKING:
    __all__ += [name for name in _BUILTIN if name not in (*__all__, "abs", "pow")]  # a star import would hide Python's
_missing = _module_getattr(__name__)
_answer_calls(__name__)


def __getattr__(name: str) -> Any:
    if name in _TOOLS:
        from importlib import import_module

        tool = getattr(import_module(f"{__name__}.{_TOOLS[name]}"), name)
        globals()[name] = tool
        return tool
    try:
        _missing(name, 2)
    except (AttributeError, ImportError) as error:
        raise error.with_traceback(None) from None


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
