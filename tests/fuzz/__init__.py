"""A permanent fuzzer: it computes random programs in every mode, with PyTorch, and with mpmath and a bound on the
rounding.

    python -m tests.fuzz --minutes 5 --seed 1

A program is a short Python text. The same text runs on our Values, on tensors of PyTorch, and on numbers with a bound
on how far rounding may take a float from them. Where two of them differ by more than that, the text is made as short as
possible, and printed as a test.

| Question | File |
|---|---|
| What is a program? | programs.py |
| How does one text run on several engines? | words.py, layers.py |
| How far may a float be off? | bounds.py, exact.py |
| What does PyTorch compute? | torch_side.py |
| What is compared? | modes.py, languages.py |
| How is a finding shortened? | shrink.py |
| What is written down? | report.py |
| Would it find anything? | planted.py |
"""
