"""Run the README's two commands, in the shell that they are written for: PowerShell on Windows, sh elsewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def commands(windows: bool) -> list[str]:
    """Return the two commands, as a reader pastes them."""
    start = "py -3" if windows else "python3"
    return re.findall(rf"(?m)^{start} -m venv .*$", README.read_text(encoding="utf-8"))


def main() -> int:
    windows = os.name == "nt"
    found = commands(windows)
    assert len(found) == 2, found
    for command in found:
        print(f"=== {command}", flush=True)
        command = command.replace("py -3 ", f'& "{sys.executable}" ') if windows else command
        shell = [
            "powershell",
            "-NoProfile",
            "-Command",
            f"$ErrorActionPreference = 'Stop'; {command}; exit $LASTEXITCODE",
        ]
        status = subprocess.run(shell if windows else ["sh", "-c", command], cwd=README.parent, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
