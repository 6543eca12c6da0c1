"""The C backend: a program as bytecode, and the interpreter that runs it, which is built once per machine.

The C code of `step.source_c` is not what runs: it is the program written out, for you to read or use elsewhere. The
interpreter is the same for all programs, so no program waits for a compiler. From source to running code:

template.py     the interpreter's source: interpreter.c.in, with a case for each row of ops.py
build.py        that source as a library, which is compiled once and kept in the user's cache
bytecode.py     a program (../program.py) as arrays of ints: instructions, and the slots of their operands
runtime.py      the library loaded, memory for a bytecode, and the calls that run it
update.py       an optimiser's rule as a C function of its own

../batches.py puts them together for a program, and ../tracing.py asks for it at the first call.
"""
