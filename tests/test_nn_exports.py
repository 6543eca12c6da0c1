"""What nn and nn.functional export follows from their files; ``pytest --refresh`` writes it, so that editors see it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from textwrap import fill

import pytest

NN = Path(__file__).parents[1] / "nn"
ALWAYS = ("functional", "init", "manual_seed", "optim", "utils")
BESIDE = ("__init__", "lr_scheduler", "state")  # in nn/optim, files without an optimiser


def in_order(names, fold=str):
    """As ruff sorts them: CONSTANTS, Classes, functions. In an import, capitals inside a name do not count."""
    return sorted(names, key=lambda name: (0 if name.isupper() else 1 if name[0].isupper() else 2, fold(name)))


def imported(file, names):
    return f"from .{file} import {', '.join(in_order(names, str.casefold))}"


def source_of(file):
    return (NN / f"{file.replace('.', '/')}.py").read_text(encoding="utf-8")


def files(folder):
    return [path.stem for path in sorted((NN / folder).glob("*.py"))]


def defined(file, kind):
    tree = ast.parse(source_of(file))
    return [node.name for node in tree.body if isinstance(node, kind) and not node.name.startswith("_")]


def listed(names):
    text = ", ".join(f'"{name}"' for name in in_order(names))
    return f"__all__ = [\n{fill(text + ',', 120, initial_indent='    ', subsequent_indent='    ')}\n]  # fmt: skip\n"


def exported(file):
    """Return the names in a file's __all__ as it stands."""
    found = re.search(r"^__all__ = (\[.*?\])", source_of(file), re.MULTILINE | re.DOTALL)
    return ast.literal_eval(found[1]) if found else []


def of_activation(source):
    own = [*defined("modules.activation", (ast.FunctionDef, ast.ClassDef)), "ACTIVATIONS"]
    return re.sub(r"(?ms)^__all__ = \[.*?\]  # fmt: skip\n", listed(set(own) - {"Activation"}), source)


def of_functional(source):
    own = {"pick", *(set(exported("functional")) & set(defined("functional", ast.FunctionDef)))}
    for file in ("modules.activation", "modules.loss", "modules.softmax"):
        new = {*defined(file, ast.FunctionDef)} & {*exported(file)} - {"activation_named"}
        source = re.sub(rf"(?m)^from \.{re.escape(file)} import .*", imported(file, new), source)
        own |= new
    return re.sub(r"(?ms)^__all__ = \[.*?\]  # fmt: skip\n", listed(own), source)


def of_package(source):
    classes = {
        file: set(defined(file, ast.ClassDef)) & set(exported(file))
        for file in map("modules.{}".format, files("modules"))
    }
    lines = {imported(file, names) for file, names in classes.items() if names}
    lines |= {"from .elsewhere import names_of_torch", "from .init import manual_seed"}
    imports = "\n".join(["from . import functional, init, optim, utils", *sorted(lines)])
    names = listed({*ALWAYS, *(name for names in classes.values() for name in names)})
    return re.sub(r"(?ms)^from \. import .*\]  # fmt: skip\n", lambda _: f"{imports}\n\n{names}", source)


def of_optim(source):
    classes = {file: exported(f"optim.{file}") for file in files("optim") if file not in BESIDE}
    classes["optimizer"] = ["Optimizer"]
    imports = "\n".join(
        ["from . import lr_scheduler", *(imported(file, names) for file, names in sorted(classes.items()))]
    )
    names = listed({"lr_scheduler", *(name for names in classes.values() for name in names)})
    return re.sub(r"(?ms)^from \. import .*\]  # fmt: skip\n", lambda _: f"{imports}\n\n{names}", source)


@pytest.mark.parametrize(
    ("file", "made"),
    [
        ("modules/activation", of_activation),
        ("functional", of_functional),
        ("__init__", of_package),
        ("optim/__init__", of_optim),
    ],
)
def test_what_is_exported_follows_from_the_files(file, made, request):
    path = NN / f"{file}.py"
    source = path.read_text(encoding="utf-8")
    new = made(source)
    if request.config.getoption("--refresh"):
        path.write_text(new, encoding="utf-8", newline="\n")
    else:
        assert source == new, f"nn/{file}.py does not export the names that its files define: pytest --refresh"
