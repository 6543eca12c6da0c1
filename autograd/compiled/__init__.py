"""compile(): trace a function of Values once, then run it at machine speed, as Python or by an interpreter in C.

From the function to running code, file by file:

tracing.py      the function run once, on tracers (tracers.py) in place of numbers, and its programs by signature
program.py      what was recorded
guards.py       what the function reads from outside, and the check before each call that it has not changed
self_check.py   the program's numbers compared with those of the function itself
codegen.py      the program as statements; export.py makes functions and files of them
c/              the program as bytecode, and the interpreter that runs it
step.py         what compile() returns: a call asks the guards, then looks up a program
batches.py      the program in the forms that run, and the rows it runs on; training.py makes updates with them
"""

from ..elsewhere import answer_calls
from .batches import Prepared
from .step import Step, compile

__all__ = ["Prepared", "Step", "compile"]

answer_calls(__name__)
