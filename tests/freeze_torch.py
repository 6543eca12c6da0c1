"""Freezes what PyTorch answers into golden/torch.json: ``python -m tests.freeze_torch``, where PyTorch is installed.

It runs every test that asks PyTorch, and writes down all answers if all of these tests pass.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.exit(pytest.main(["-q", "--freeze-torch", "-m", "slow or not slow", str(Path(__file__).parent)]))
