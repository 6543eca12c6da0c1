"""Build the sdist and the wheel twice, compare them byte by byte, and run the README's commands in the unpacked sdist.

python .ci/sdist.py [--build] [FOLDER]     --build: run no commands, and keep both files in FOLDER for a release
"""

import gzip
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
WHEN = "1700000000"  # SOURCE_DATE_EPOCH: no build depends on the date


def build(into: Path) -> dict[str, str]:
    """Build both, and return their names and SHA-256 sums."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": WHEN}
    subprocess.run([sys.executable, "-m", "build", "-o", str(into), str(ROOT)], check=True, env=environment)
    for archive in into.glob("*.tar.gz"):
        normalise(archive)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in into.iterdir()}


def normalise(archive: Path) -> None:
    """Rewrite an sdist with its names in order, the date WHEN and no owner, since setuptools writes today's date."""
    packed = io.BytesIO()
    with tarfile.open(archive) as old, tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as new:
        for member in sorted(old.getmembers(), key=lambda member: member.name):
            member.mtime, member.uid, member.gid, member.uname, member.gname = int(WHEN), 0, 0, "", ""
            member.pax_headers = {}
            new.addfile(member, old.extractfile(member) if member.isfile() else None)
    archive.write_bytes(gzip.compress(packed.getvalue(), mtime=int(WHEN)))


def main() -> int:
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "build"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        first, second = build(work / "first"), build(work / "second")
        assert first == second, f"two builds differ: {first}, {second}"
        (archive,) = (work / "first").glob("*.tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(work, filter="data") if hasattr(tarfile, "data_filter") else packed.extractall(work)
        (unpacked,) = (path for path in work.iterdir() if (path / "pyproject.toml").exists())
        assert (unpacked / "tests" / "test_value.py").exists() and (unpacked / "demos" / "lessons").is_dir()
        for keep in (word for word in sys.argv[1:] if word != "--build"):
            shutil.copytree(work / "first", keep, dirs_exist_ok=True)
        if "--build" in sys.argv:
            return 0
        return subprocess.run([sys.executable, ".ci/readme.py"], cwd=unpacked, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
