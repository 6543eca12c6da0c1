"""Search for the smallest change that makes a learner's program right, and say where it is and what is wrong there."""

from .code import program_of, written
from .search import Samples, mended
from .sentences import told

__all__ = ["Samples", "mended", "program_of", "told", "written"]
