"""Freezes what PyTorch answers into golden/torch.json: ``python -m tests.freeze_torch [FILE ...]``, with PyTorch installed.

It runs every test that asks PyTorch, or those of some files, and writes down their answers if all of these tests pass.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    files = sys.argv[1:]
    which = ["--freeze-torch=some", *files] if files else ["--freeze-torch=all", str(Path(__file__).parent)]
    sys.exit(pytest.main(["-q", "-m", "slow or not slow", *which]))
