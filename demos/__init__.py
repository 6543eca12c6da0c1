"""Lessons, exercises and demos: tiny models that train, with their graphs and pictures. `python -m demos` lists them.

In a checkout this folder is the package demos; installed it is scalar_autograd. Lessons import scalar_autograd,
a name that works in both.

A new demo is a file that defines `main`, such as models/moons.py, or a page of cells, such as lessons/nudge.py. A new
exercise is a function in a file of exercises/; exercises/exercise.py says how.
"""

# ruff: noqa: UP031, UP036 - any Python reads this file first: no syntax newer than Python 2's before the check.
import os
import sys


def _refuse_an_old_python():
    names = ["python3.%d" % minor for minor in range(14, 9, -1)]
    folders = os.environ.get("PATH", "").split(os.pathsep)
    found = [name for name in names if any(os.path.exists(os.path.join(folder, name)) for folder in folders)]
    if os.name == "nt":
        fix = "py -3 -m demos"
    elif found:
        fix = (
            '%s -m venv .venv; .venv/bin/python -m pip install -e ".[dot,demos]"; .venv/bin/python -m demos' % found[0]
        )
    else:
        fix = "get one from https://www.python.org/downloads, then: python3 -m demos"
    this = "%d.%d (%s)" % (sys.version_info[0], sys.version_info[1], sys.executable)
    sys.exit("demos: this is Python %s, and the demos need 3.10 or newer: %s" % (this, fix))


if sys.version_info < (3, 10):
    _refuse_an_old_python()

if __name__ == "demos":
    sys.modules.setdefault("scalar_autograd", sys.modules[__name__])

_PLACES = {
    "exercises": ("check", "hint", "solution"),
    "practice": ("decode", "predict", "quiz"),
    "shared.page": ("option", "plot", "show"),
    "shared.datasets": ("moons", "names", "normal", "shuffled"),
    "shared.plots": (
        "BLACK",
        "BLUE",
        "DIVERGING",
        "GREEN",
        "GREY",
        "MARKS",
        "NEGATIVE",
        "ORANGE",
        "POSITIVE",
        "PURPLE",
        "RED",
        "SEQUENTIAL",
        "SKY",
        "arrow",
        "curve",
        "figure",
        "heat",
        "regions",
        "small_regions",
    ),
}


def __getattr__(name):
    """What lessons and learners use, loaded when it is first used."""
    for place, names in _PLACES.items():
        if name in names:
            return getattr(__import__(__name__ + "." + place, fromlist=[name]), name)
    raise AttributeError("module %r has no attribute %r" % (__name__, name))
