"""``python -m autograd doctor``: check whether this machine is ready for a workshop, one line per check, with the fix.

It installs nothing and changes nothing. The exit status is 1 if anything needed is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from ..errors import ToolError, install
from ..explain.phrases import counted
from ..explain.terminal import has_colour, say

__all__ = ["CHECKS", "Finding", "doctor"]

OK, OPTIONAL, MISSING = "ok", "-", "FAIL"
Finding = tuple[str, str]  # one of the three words above, and a sentence


def doctor() -> int:
    """Print what each check found; return 0 if nothing needed is missing, otherwise 1."""
    missing = 0
    for check in CHECKS:
        try:
            status, said = check()
        except Exception as error:  # a broken installation may fail in any way, and the other checks still help
            status, said = MISSING, f"{check.__name__.strip('_')}: {type(error).__name__}: {error}"
        missing += status == MISSING
        say(f"{status:<5} {said}")
    say("everything needed is there" if not missing else f"{counted(missing, 'thing')} to repair: see FAIL above")
    return 1 if missing else 0


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _python() -> Finding:
    where = sys.executable or sys.platform  # a browser has no executable
    return OK, f"Python {sys.version.split()[0]}, {where}"


def _package() -> Finding:
    here = os.path.dirname(os.path.abspath(__file__))
    installed = _version("scalar-autograd")
    return OK, f"scalar-autograd {installed or '(not installed, run from its folder)'}, {here}"


def _engine() -> Finding:
    from .. import Value

    a = Value(1.0)
    b = a + a
    (b * (b + 1)).backward()
    if a.grad != 10.0:
        fix = install("--force-reinstall", "scalar-autograd")
        return MISSING, f"backprop gives {a.grad}, but the answer is 10: reinstall with {fix}"
    return OK, "backprop of b*(b + 1) with b = a + a gives 10, as it should"


def _graphviz_package() -> Finding:
    if find_spec("graphviz") is None:
        return MISSING, f"the Python package graphviz is not installed: {install('graphviz')}"
    return OK, f"graphviz {_version('graphviz')}, the Python package"


def _layout_engine() -> Finding:
    from ..drawing.engines import describe

    try:
        return OK, f"pictures are laid out by {describe()}"
    except ToolError as error:
        return MISSING, str(error)


def _picture() -> Finding:
    if find_spec("graphviz") is None:
        return MISSING, "no picture can be rendered without the Python package graphviz"
    from .. import Value
    from ..drawing import draw

    a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    start = time.perf_counter()
    try:
        picture = str(draw((a * b).tanh()).pipe("svg", encoding="utf-8"))
    except ToolError as error:
        return MISSING, f"no picture can be rendered: {error}"
    if "<svg" not in picture:
        return MISSING, "the layout engine wrote something that is not SVG: reinstall Graphviz"
    return OK, f"a picture renders: {len(picture)} characters of SVG in {time.perf_counter() - start:.2f} s"


def _terminal() -> Finding:
    encoding = getattr(sys.stdout, "encoding", None) or "unknown"
    colour = "colour" if has_colour() else "no colour" + (" (NO_COLOR is set)" if os.environ.get("NO_COLOR") else "")
    return OK, f"output: {encoding}, {colour}, {shutil.get_terminal_size().columns} columns"


def _notebook() -> Finding:
    if find_spec("IPython") is None:
        return OPTIONAL, f"no notebook: IPython is not installed. If you want one: {install('notebook')}"
    from .. import Value
    from ..drawing import mimebundle

    shown = mimebundle(Value(1.0) * Value(2.0))
    kinds = "pictures" if "text/html" in shown else "text only, since no picture can be rendered"
    lab = _version("notebook") or _version("jupyterlab")
    where = f"IPython {_version('IPython')}" + (
        f", Jupyter {lab}" if lab else f"; Jupyter is not installed ({install('notebook')})"
    )
    return OK, f"notebook display: {kinds} ({where})"


def _demos() -> Finding:
    if find_spec("rich") is None:
        return OPTIONAL, f"with rich, the demos show a live progress bar: {install('rich')}"
    return OK, f"for the demos: rich {_version('rich')}"


def _compiler() -> Finding:
    without = "compile() works without it, in Python"
    if sys.platform == "darwin" and subprocess.run(["xcode-select", "-p"], capture_output=True, check=False).returncode:
        return OPTIONAL, f"no C compiler: {without}. If you want one: xcode-select --install"
    from ..native.build import compiler

    try:
        command = compiler()
    except ToolError as error:
        return OPTIONAL, f"{error}; until then {without}"
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "check.c")
        with open(source, "w", encoding="ascii") as file:
            file.write("double twice(double x) { return 2 * x; }\n")
        built = subprocess.run(
            [*command, "-c", source, "-o", source + ".o"], capture_output=True, timeout=60, check=False
        )
    if built.returncode:
        return OPTIONAL, f"the C compiler {command[0]} does not work: {without}"
    return OK, f"C compiler: {command[0]}, for compile()"


CHECKS: tuple[Callable[[], Finding], ...] = (
    _python, _package, _engine, _graphviz_package, _layout_engine, _picture, _terminal, _notebook, _demos, _compiler,
)  # fmt: skip
