"""``python -m autograd "tanh(a*b + c)" a=2 b=-3 c=6.88``: the command line, defined in cli/command.py."""

import sys

from .cli.command import main

if __name__ == "__main__":
    sys.exit(main())
