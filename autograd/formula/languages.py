"""How Python, C and JavaScript differ around a formula: in definitions, literals and comments.

A new language for whole programs is one more row of LANGUAGES, and a page in export.py.
"""

from __future__ import annotations

import keyword
import math
import re

from .dialects import PYTHON, C, Dialect
from .grammar import FUNCTIONS

__all__ = ["LANGUAGES", "RESERVED", "WIDTH", "Language", "helpers", "remark"]

WIDTH = 100  # how many columns a line may have


class Language:
    """The statements of one language, as templates with a name and some text.

    let: a constant. var: a variable. change: a new value for it. table: a constant list;
    list: one whose items change; `add` adds to an item. index: a number as an index.
    prefix: text before every label, for a language whose forbidden words cannot all be listed.
    """

    def __init__(
        self, dialect: Dialect, remark: str, *, let: str, var: str, change: str, table: str, list: str, add: str,
        index: str, not_finite: tuple[str, str], prefix: str = "",
    ) -> None:  # fmt: skip
        self.dialect = dialect
        self.remark = remark
        self.let = let
        self.var = var
        self.change = change
        self.table = table
        self.list = list
        self.add = add
        self.index = index
        self.prefix = prefix
        self.nan, self.inf = not_finite

    def number(self, number: float) -> str:
        """Write a literal that reads back as the same number, wherever it is.

        >>> LANGUAGES["c"].number(-0.1), LANGUAGES["c"].number(float("inf"))
        ('(-0.1)', 'INFINITY')
        """
        if math.isfinite(number):
            text = self.dialect.number(float(number))
        else:
            text = self.nan if number != number else self.inf if number > 0 else f"-{self.inf}"
        return f"({text})" if text[0] == "-" else text


LANGUAGES = {
    "python": Language(
        PYTHON, "#", let="{} = {}", var="{} = {}", change="{} = {}", table="{} = [{}]", list="{} = [{}]",
        add="{} += {}", index="{}", not_finite=("nan", "inf"),
    ),
    "c": Language(
        C, "//", let="const double {} = {};", var="double {} = {};", change="{} = {};",
        table="const double {}[] = {{{}}};", list="double {}[] = {{{}}};", add="{} += {};",
        index="(int){}", not_finite=("NAN", "INFINITY"), prefix="v_",  # a header may define any name as a macro
    ),
}  # fmt: skip

_WORDS = """
    NAN INFINITY NaN Infinity Math add_up arguments async auto await bool break case catch char class console const
    continue debugger default delete do double else enum eval exports export extern fabs false finally float for
    function goto gradients if implements import in index inf inline inputs instanceof int interface larger largest let
    long losses main math module nan new null package parameters printf private protected public register require
    restrict return row rows seed short signed sizeof static step struct super switch this throw true try typedef
    typeof undefined union unsigned unlink var void volatile while with yield
"""
RESERVED = frozenset({*_WORDS.split(), *keyword.kwlist, *FUNCTIONS})


def remark(text: str) -> str:
    r"""Return text that fits on one line, and cannot end a comment in any of the languages.

    >>> remark("a*/\nimport os \u2028 ??/ \\")
    'a*/.import os . ../ .'
    """
    return "".join(c if " " <= c <= "~" and c not in "\\?" else "." for c in text[:WIDTH])


# Functions of formulas that the language lacks, or defines differently, by name.
HELPERS = {
    "python": {"larger": "def larger(a, b):  # nan if either is\n    return b if b > a or b != b else a"},
    "c": {"larger": "static double larger(double a, double b) { return b > a || b != b ? b : a; }"},
    "javascript": {
        "larger": "const larger = (a, b) => (b > a || b !== b ? b : a);",
        "pow": """\
// As in C and Python, 1 to any power is 1; Math.pow gives NaN if the power is NaN or infinite.
const pow = (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b));""",
        "fmod": "const fmod = (a, b) => a % b;",
        "erf": """\
function erf(x) {  // 2 / sqrt(pi) * exp(-x^2) * (x + 2 x^3 / 3 + 4 x^5 / 15 + ...), whose terms all have the sign of x
    if (!(Math.abs(x) < 6)) return x !== x ? x : Math.sign(x);
    let term = x, sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) sum += term *= (2 * x * x) / (2 * n + 1);
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}""",
    },
}


def helpers(language: str, text: str) -> list[str]:
    """Return the definitions that `text` needs."""
    return [source for name, source in HELPERS[language].items() if re.search(rf"(?<![\w.]){name}\(", text)]
