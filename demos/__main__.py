"""Where `python -m demos` starts; cli.py has the rest."""

# ruff: noqa: UP031 - like __init__.py: no syntax newer than Python 2's, so that any Python can say what is wrong.
import os
import sys

if not __package__:
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.exit('demos: start it as a module, from the folder that holds it: cd "%s"; python3 -m demos' % folder)

if __name__ == "__main__":
    try:
        from .cli import main

        sys.exit(main())
    except KeyboardInterrupt:  # no demo had begun yet
        sys.exit(130)
