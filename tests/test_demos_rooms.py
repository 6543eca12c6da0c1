"""The folders of demos: small, and imports point one way."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_imports import imports, modules

DEMOS = Path(__file__).parents[1] / "demos"
FOLDERS = [
    path.parent for name in ("autograd", "nn", "demos") for path in sorted((DEMOS.parent / name).rglob("__init__.py"))
]
# Each folder may import from itself and from those before it; what lies in demos/ itself starts them all.
LAYERS = ["languages", "shared", "exercises", "practice", "models", "lessons", "workshop", "bench", "playground"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(DEMOS.parent).as_posix())
def test_a_folder_holds_at_most_16_files_of_at_most_450_lines(folder):
    files = list(folder.glob("*.py"))
    assert len(files) <= 16
    for file in files:
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 450, file


def test_folders_import_one_way():
    files = modules("demos")
    assert {name.partition(".")[0] for name in files if "." in name} == set(LAYERS)
    for name, path in files.items():
        home = name.partition(".")[0]
        if home in LAYERS:
            found = {module.split(".")[1] for module in imports(path, everywhere=True) if module.startswith("demos.")}
            allowed = set(LAYERS[: LAYERS.index(home) + 1])
            assert found <= allowed, f"demos/{name} imports {found - allowed}"


def test_no_two_files_import_each_other():
    files = modules("demos")
    uses = {
        name: {other for other in files if f"demos.{other}" in imports(path, everywhere=True)} - {name}
        for name, path in files.items()
    }
    for name, others in uses.items():
        for other in others:
            assert name not in uses[other], f"demos/{name} and demos/{other} import each other"
