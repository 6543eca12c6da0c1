"""The C backend: a program as bytecode, and the interpreter that runs it, which is built once per machine."""
