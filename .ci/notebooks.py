"""Run the workshop's notebooks with nbclient, each in an empty folder, from the installed wheel alone.

python .ci/notebooks.py FOLDER     FOLDER: the folder with a workshop's notebooks
"""

import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def main(folder: Path) -> int:
    paths = sorted(folder.glob("*.ipynb"))
    for path in paths:
        book = nbformat.read(path, as_version=4)
        nbformat.validate(book)
        with tempfile.TemporaryDirectory() as empty:
            NotebookClient(book, timeout=600, resources={"metadata": {"path": empty}}).execute()
        print(f"{path.name}: {len(book.cells)} cells run", flush=True)
    return 0 if paths else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
