"""Mutants: one small change at a time in the code, and whether a test notices.

    python -m tests.mutants --count 600 --seed 1 [--workers 1] [--resume FILE]

Mutants are drawn by seed from all single changes of the syntax tree: operators, comparisons and their boundaries, constants, conditions,
statements left out, arguments swapped, results. Each is tried by the tests that run its line, the quickest first, until one fails.
Which test runs which line is recorded once. Needs Python 3.12 or newer, and a system that can fork.

| Question | File |
|---|---|
| Which changes are there? | changes.py |
| Which test runs which line? | coverage.py |
| How is one tried? | trial.py |
| What is the result, and why did a survivor survive? | results.py |
"""
