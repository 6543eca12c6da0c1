"""The C backend: a program as bytecode, and the interpreter that runs it, which is built once per machine.

The C code of `step.source_c` is not what runs: it is the program written out, for you to read or use elsewhere. The
interpreter is the same for all programs, so no program waits for a compiler. From source to running code:

template.py     the interpreter's source: interpreter.c.in, with a case for each row of ops.py; and an optimiser's rule
runtime.py      both as libraries, which ../../native/ builds once and keeps in the user's cache; memory, and calls
bytecode.py     a program (../program.py) as arrays of ints: instructions, and the slots of their operands
"""
