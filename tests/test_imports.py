"""The one rule that holds the files together: imports point one way, and the calculus is in one place."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

# Each may import only from floors below its own (imports inside functions are conveniences, and are free).
FLOORS = [
    {"elsewhere", "errors", "node"},
    {"formula", "frames"},
    {"modes", "ops"},
    {"slow_path", "methods"},
    {"graph"},
    {"explain.passes"},
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
    "compiled.export",
    "compiled.c.bytecode",
)


def modules(package: str) -> dict[str, Path]:
    """Return the files of a package by their names below it: ``value``, ``drawing.dot``; ``drawing`` is its
    __init__.py."""
    found: dict[str, Path] = {}
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT / package).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" and parts[1:] else parts)] = path
    return found


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path, everywhere: bool | str = False) -> set[str]:
    """Return the modules that a file imports when it is imported, as ``autograd.value``.

    everywhere: inside functions too; unless it is "later", also those that only a type checker imports.
    """
    found: set[str] = set()
    package = path.relative_to(ROOT).parent.parts

    def visit(node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING" and everywhere is not True:
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

    visit(parsed(path))
    return found


def used(name: str, files: dict[str, Path]) -> set[str]:
    """Return which of our own files a file takes something from; what it takes from its package's __init__.py does not
    count."""
    return {other for other in files if f"autograd.{other}" in imports(files[name])} - {name, name.partition(".")[0]}


def home_of(name: str) -> str:
    """Return the file or the folder that has a floor."""
    return name if name in FLOOR else name.partition(".")[0]


def test_the_engine_stands_on_floors():
    files = modules("autograd")
    seen = set()
    for name in files:
        home = home_of(name)
        if home in FLOOR:
            seen.add(home)
            for other in {home_of(other) for other in used(name, files)} - {home}:
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


# --- All that is ever imported: inside functions, by names in strings, and as it happens ------------------------------


@cache
def strings(path: Path) -> set[str]:
    """Return the strings of a file that are not docstrings."""
    tree = parsed(path)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {id(node.body[0].value) for node in ast.walk(tree)
            if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)}  # fmt: skip
    return {node.value for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs}  # fmt: skip


def named(text: str, files: dict[str, Path]) -> str | None:
    """Return the file of ours that a string names, as importlib would have it: ``.drawing.tree``,
    ``stepper.mistakes``."""
    name = text.removeprefix("autograd.").lstrip(".")
    return name if "." in text and name in files else None


def ever_used(files: dict[str, Path], ending_in_value: bool) -> dict[str, set[str]]:
    """Return which files each file imports, directly or through others; without `ending_in_value`, those that only
    Value's conveniences import are left out."""
    from autograd.value import _TOOLS

    found: dict[str, set[str]] = {}
    for name, path in files.items():
        modules = imports(path, "later")
        paths = {module.removeprefix("autograd.") for module in modules if module.startswith("autograd.")} & set(files)
        found[name] = (paths | {named(text, files) for text in strings(path)}) - {None, name, name.partition(".")[0]}
    if not ending_in_value:
        found["value"] -= {tool.lstrip(".") for tool in _TOOLS.values()}
    return found


def circles(edges: dict[str, set[str]]) -> set[str]:
    """Return the files that lie on a circle: what is left when all that import nothing, or are imported by none, are
    taken away."""
    left = {name: set(others) for name, others in edges.items()}
    while True:
        imported = set().union(*left.values()) if left else set()
        gone = {name for name, others in left.items() if not others & set(left) or name not in imported}
        if not gone:
            return set(left)
        left = {name: others - gone for name, others in left.items() if name not in gone}


def test_there_is_no_circle_but_that_of_values_conveniences():
    files = {name: path for name, path in modules("autograd").items() if name not in ("__init__", "__main__")}
    assert not circles(ever_used(files, ending_in_value=False))
    whole = circles(ever_used(files, ending_in_value=True))
    assert {"value", "stepper", "explain.check", "recording"} <= whole, (
        "if there is none any more, this test can be simpler"
    )
    assert "the only circular import" in files["value"].read_text(encoding="utf-8")
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == {"a", "b", "c"}


RECORDER = """
import builtins, importlib.util, json, pkgutil, sys
edges, original = set(), builtins.__import__

def recording(name, globals=None, locals=None, fromlist=(), level=0):
    module = original(name, globals, locals, fromlist, level)
    base = importlib.util.resolve_name("." * level + name, globals["__package__"]) if level else name
    found = [f"{base}.{each}" for each in fromlist or () if f"{base}.{each}" in sys.modules] or [base]
    edges.update(((globals or {}).get("__name__", ""), each) for each in found)
    return module

builtins.__import__ = recording
import autograd
first = sorted(name for name in sys.modules if name.startswith("autograd"))
for found in pkgutil.walk_packages(autograd.__path__, "autograd."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
a = autograd.Value(2.0)
f = (a * a).tanh()
f.draw(), f.tree(), f.mermaid(), f.formula(), f.latex(), f.step_through(), f.player()
print(json.dumps([first, sorted(edges), sorted(sys.modules)]))
"""


def test_what_is_imported_as_it_happens():
    """One process imports each of our files, and records who imports what: the floors hold, and nothing is loaded for later."""
    command = [sys.executable, "-c", RECORDER]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    first, edges, loaded = json.loads(answer.stdout)
    engine = {"autograd", "autograd._compiled", *(f"autograd.{name}" for floor in FLOORS for name in floor)}
    early = {name for name in first if not name.startswith("autograd.formula.")} - engine
    assert early <= {"autograd.elsewhere.table", "autograd.explain", "autograd.explain.compiled_names"}, (
        f"`import autograd` loads {early}"
    )
    assert not {"nn", "demos", "tests", "torch", "numpy"} & set(loaded)
    files = modules("autograd")
    assert {f"autograd.{name}" for name in files if name not in ("__init__", "__main__", "autograd")} <= set(loaded)
    below = [(a.removeprefix("autograd.").split(".")[0], b.removeprefix("autograd.").split(".")[0])
             for a, b in edges if a.startswith("autograd.") and b.startswith("autograd.")]  # fmt: skip
    between = [(a, b) for a, b in below if a in FLOOR and a != b and b not in ("_compiled", "autograd")]
    lazy = {"value", "recording", "functions", "errors", "methods", "slow_path", "graph", "modes", "higher_order"}
    assert len(between) > 20
    for a, b in between:
        assert FLOOR.get(b, 99) < FLOOR[a] or (a in lazy and b not in FLOOR), f"{a} imports {b}"


def test_autograd_never_names_nn():
    """Nor in a string: it asks the object for what it needs."""
    for name, path in modules("autograd").items():
        naming = [text for text in strings(path) if re.search(r"(?<!torch\.)\bnn\b", text)]
        assert not naming, f"{name}: {naming}"


def test_what_compiled_methods_name_is_linked_in_one_place():
    links = {name for name, path in modules("autograd").items()
             if re.search(r"^ *shared\.update\(", path.read_text(encoding="utf-8"), re.MULTILINE)}  # fmt: skip
    assert links - {name for name in links if name.startswith("drawing")} == {"modes", "recording"}
    from autograd import modes

    assert "shared.update(mode=_entered, scope=None)" in Path(modules("autograd")["modes"]).read_text(encoding="utf-8")
    assert {"Value", "new", "NOT_REACHED", "carefully", "tanh", "largest"} <= set(modes.shared)


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
