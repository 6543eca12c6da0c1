"""The one rule that holds the files together: imports point one way, and the calculus stands in one place."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Each file may import only from floors below its own (imports inside functions are conveniences, and are free).
FLOORS = [
    {"errors"},
    {"grammar"},
    {"arithmetic"},
    {"dialects"},
    {"formula"},
    {"modes", "ops"},
    {"careful", "methods"},
    {"backward", "graph"},
    {"kernels"},
    {"value"},
]
FLOOR = {name: i for i, floor in enumerate(FLOORS) for name in floor}
NEVER_VALUE = {
    "graph", "stepper", "paths", "drawing", "folding", "rendering", "naming", "player", "emit", "changes",
    "difference", "digraph", "excerpt", "flowchart", "pen", "picture", "terminal",
}  # fmt: skip


def imports(path: Path, everywhere: bool = False) -> set[str]:
    """The modules of ours that a file imports when it is imported, as ``autograd.value``."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))

    def visit(node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test) and not everywhere:
                continue
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and not everywhere:
                continue
            if isinstance(child, ast.ImportFrom):
                package = path.parent.name if child.level else ""
                base = ".".join(part for part in (package, child.module) if part)
                found.add(base)
                found.update(f"{base}.{alias.name}" for alias in child.names)
            elif isinstance(child, ast.Import):
                found.update(alias.name for alias in child.names)
            visit(child)

    visit(tree)
    return found


def modules(package: str) -> dict[str, Path]:
    return {path.stem: path for path in (ROOT / package).glob("*.py")}


def test_the_engine_stands_on_floors():
    files = modules("autograd")
    for name, path in files.items():
        for other in files:
            if f"autograd.{other}" in imports(path) and name != "__init__":
                if name in FLOOR:
                    assert FLOOR.get(other, 99) < FLOOR[name], f"{name} imports {other}"
                elif other in FLOOR:
                    continue
                else:
                    assert f"autograd.{name}" not in imports(files[other]), f"{name} and {other} import each other"


def test_tools_see_nodes_and_never_import_value():
    for name, path in modules("autograd").items():
        if name in NEVER_VALUE:
            assert "autograd.value" not in imports(path), name


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
