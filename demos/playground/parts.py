"""What the page is made of besides our own sources: npm packages, pinned by version and sha512 in package-lock.json.

npm fetches them as tarballs from the registry it is configured for, and refuses one whose sha512 differs. To bring them
up to date: `npm update --package-lock-only --prefix demos/playground`, and review the changes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograd.drawing.output import write_whole

__all__ = ["PINNED", "PartsError", "bundle", "fetch", "licences", "npm", "run"]

_HERE = Path(__file__).parent
PINNED = _HERE / "package-lock.json"
_LICENCES = ("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "license")


class PartsError(OSError):
    """Why the parts are missing, and what to do."""


def fetch(folder: Path) -> Path:
    """Fetch the packages into a folder, made if need be, and return the path of its node_modules. Old ones are kept.

    Raises PartsError, with a sentence, if that cannot be done.
    """
    modules, stamp = folder / "node_modules", folder / "package-lock.json"
    if stamp.exists() and modules.exists() and stamp.read_bytes() == PINNED.read_bytes():
        return modules
    folder.mkdir(parents=True, exist_ok=True)
    for source in (_HERE / "package.json", PINNED):
        write_whole(folder / source.name, source.read_bytes())
    try:
        run([npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], folder)
    except PartsError as error:
        stamp.unlink()
        raise PartsError(f"the parts of the page could not be fetched by npm: {error}. Is there a network?") from None
    return modules


def npm() -> str:
    """Return the program npm. Raises PartsError if npm or node is missing."""
    found = shutil.which("npm")
    if not found or not shutil.which("node"):
        raise PartsError("the page is made with node and npm, which are missing: install them from https://nodejs.org")
    return found


def run(command: Sequence[str | os.PathLike[str]], folder: Path, more: Mapping[str, str] | None = None) -> str:
    """Run a program and return what it prints. If it fails, raises PartsError with the last line of its output."""
    environment = {**os.environ, **(more or {})}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}").splitlines()
        raise PartsError(said[-1])
    return done.stdout


def bundle(modules: Path, script: Path, *more: str) -> str:
    """Return a script of the page with everything that it imports, in one text."""
    esbuild = next(path for path in modules.glob("@esbuild/*/**/esbuild*") if path.name in ("esbuild", "esbuild.exe"))
    esbuild.chmod(0o755)
    flags = ["--bundle", "--minify", "--target=es2022", "--log-level=error", "--legal-comments=none", *more]
    return run([esbuild, script, *flags], script.parent, {"NODE_PATH": str(modules)})


def licences(modules: Path) -> str:
    """Return the licences of what the page contains, package by package. The licences of programs inside those packages
    are in licences.txt."""
    texts = [(_HERE / "page" / "licences.txt").read_text(encoding="utf-8")]
    for path, pinned in sorted(json.loads(PINNED.read_text(encoding="utf-8"))["packages"].items()):
        folder = modules.parent / path
        if path and not path.startswith(
            ("node_modules/@esbuild", "node_modules/esbuild", "node_modules/@types", "node_modules/ws")
        ):
            text = next(
                (file.read_text(encoding="utf-8") for name in _LICENCES if (file := folder / name).exists()), ""
            )
            texts.append(
                f"{path.removeprefix('node_modules/')} {pinned['version']}, {pinned['license']}\n\n{text.strip()}"
            )
    return f"\n\n{'-' * 80}\n\n".join(texts)
