"""The one rule that holds the files together: imports point one way, and the calculus stands in one place."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Each may import only from floors below its own (imports inside functions are conveniences, and are free).
FLOORS = [
    {"errors", "node"},
    {"formula"},
    {"modes", "ops"},
    {"slow_path", "methods"},
    {"graph"},
    {"kernels", "value"},
    {"recording"},
    {"functions", "higher_order"},
]
FLOOR = {name: i for i, floor in enumerate(FLOORS) for name in floor}
NEVER_VALUE = ("formula", "drawing", "player")  # they see nodes; so do these files:
SEE_NODES = (
    "graph",
    "explain.naming",
    "explain.phrases",
    "explain.formulas",
    "explain.staleness",
    "explain.source",
    "explain.paths",
    "stepper.moves",
    "stepper.walker",
    "stepper.edges",
    "stepper.backprop",
    "stepper.forward",
    "compiled.codegen",
    "compiled.emit",
    "compiled.export",
    "compiled.c.bytecode",
)


def modules(package: str) -> dict[str, Path]:
    """The files of a package by their names below it: ``value``, ``drawing.dot``; ``drawing`` is its __init__.py."""
    found: dict[str, Path] = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT / package).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" and parts[1:] else parts)] = path
    return found


@cache
def imports(path: Path, everywhere: bool = False) -> set[str]:
    """The modules that a file imports when it is imported, as ``autograd.value``; with `everywhere`, later too."""
    found: set[str] = set()
    package = path.relative_to(ROOT).parent.parts
    tree = ast.parse(path.read_text(encoding="utf-8"))

    def visit(node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test) and not everywhere:
                continue
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and not everywhere:
                continue
            if isinstance(child, ast.ImportFrom):
                home = package[: len(package) - child.level + 1] if child.level else ()
                base = ".".join([*home, *filter(None, [child.module])])
                found.add(base)
                found.update(f"{base}.{alias.name}" for alias in child.names)
            elif isinstance(child, ast.Import):
                found.update(alias.name for alias in child.names)
            visit(child)

    visit(tree)
    return found


def used(name: str, files: dict[str, Path]) -> set[str]:
    """Which of our own files a file takes something from; what it takes from its package's face is not asked."""
    return {other for other in files if f"autograd.{other}" in imports(files[name])} - {name, name.partition(".")[0]}


def test_the_engine_stands_on_floors():
    files = modules("autograd")
    seen = set()
    for name in files:
        home = name.partition(".")[0]
        if home in FLOOR:
            seen.add(home)
            for other in {other.partition(".")[0] for other in used(name, files)} - {home}:
                assert FLOOR.get(other, 99) < FLOOR[home], f"{name} imports {other}"
    assert seen == set(FLOOR)


def test_no_files_and_no_folders_import_each_other():
    files = modules("autograd")
    for name in files:
        for other in used(name, files):
            if other != "__init__" and name != "__init__":
                assert name not in used(other, files), f"{name} and {other} import each other"
    folders = {name.partition(".")[0] for name in files if "." in name}
    leads = {(a, b) for name in files for other in used(name, files)
             for a, b in [(name.partition(".")[0], other.partition(".")[0])] if {a, b} <= folders and a != b}  # fmt: skip
    assert leads, "folders use each other"
    for a, b in leads:
        assert (b, a) not in leads, f"the folders {a} and {b} import each other"


def test_tools_see_nodes_and_never_import_value():
    files = modules("autograd")
    assert set(SEE_NODES) <= set(files)
    for name in files:
        if name.partition(".")[0] in NEVER_VALUE or name in SEE_NODES:
            assert "autograd.value" not in imports(files[name]), name


def test_packages_point_one_way():
    for package, forbidden in (
        ("autograd", ("nn", "demos", "tests")),
        ("nn", ("demos", "tests")),
        ("demos", ("tests",)),
    ):
        for name, path in modules(package).items():
            found = {module.split(".")[0] for module in imports(path, everywhere=True)}
            assert not found & set(forbidden), f"{package}/{name}.py imports {found & set(forbidden)}"


def test_module_names_are_neither_public_functions_nor_files_of_the_other_autograd():
    import autograd

    hips = {
        "core",
        "tracer",
        "util",
        "extend",
        "builtins",
        "differential_operators",
        "test_util",
        "misc",
        "numpy",
        "scipy",
        "wrap_util",
    }
    names = set(modules("autograd"))
    assert not names & hips
    assert not names & set(autograd.__all__)


def test_every_public_name_is_there():
    import autograd

    for name in autograd.__all__:
        assert getattr(autograd, name).__doc__, name
    assert set(autograd.__all__) <= set(dir(autograd))
