"""What a verdict says about an edit: a full sentence for each kind, with blanks for the lines and the learner's own
code.

Blanks: {where} is "Line 4" or "Lines 4 and 5", {code} the statement there, {old} the expression in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...languages import tr
from .code import Program
from .edits import Edit

__all__ = ["TOLD", "told"]

TOLD: dict[str, str] = {
    # numbers and operators
    "swapped": "{where}, `{code}`: in `{old}` the two sides of `{symbol}` are swapped.",
    "to add": "{where}, `{code}`: `{symbol}` is the wrong operation in `{old}`: add the two.",
    "to subtract": "{where}, `{code}`: `{symbol}` is the wrong operation in `{old}`: subtract the second from the first.",
    "to multiply": "{where}, `{code}`: `{symbol}` is the wrong operation in `{old}`: multiply the two.",
    "to divide": "{where}, `{code}`: `{symbol}` is the wrong operation in `{old}`: divide the first by the second.",
    "other operator": "{where}, `{code}`: `{symbol}` is the wrong operation in `{old}`.",
    "to add here": "{where}, `{code}`: `{symbol}` is wrong here: add `{old}`.",
    "to subtract here": "{where}, `{code}`: `{symbol}` is wrong here: subtract `{old}`.",
    "to multiply here": "{where}, `{code}`: `{symbol}` is wrong here: multiply by `{old}`.",
    "to divide here": "{where}, `{code}`: `{symbol}` is wrong here: divide by `{old}`.",
    "sign": "{where}, `{code}`: `{old}` has the wrong sign.",
    "spare": "{where}, `{code}`: `{spare}` does not belong here.",
    "grouping": "{where}, `{code}`: `{old}` needs different parentheses: what has to be computed first?",
    "number": "{where}, `{code}`: {number} is the wrong number here.",
    "start": "{where}, `{code}`: {number} is the wrong number to start with.",
    "begin": "{where}, `{code}`: `{target}` has to start at {number}.",
    "factor": "{where}, `{code}`: a factor is missing: multiply `{old}` by `{part}`.",
    "divisor": "{where}, `{code}`: divide `{old}` by `{part}`.",
    "term": "{where}, `{code}`: `{part}` is missing: add it to `{old}`.",
    "minus": "{where}, `{code}`: `{part}` is missing: subtract it from `{old}`.",
    "square": "{where}, `{code}`: square `{old}`.",
    "own term": "{where}, `{code}`: `{part}` is missing: add to each `{old}` its own number from `{part}`.",
    "own factor": "{where}, `{code}`: `{part}` is missing: multiply each `{old}` by its own number from `{part}`.",
    # names, indices, functions
    "name": "{where}, `{code}`: `{old}` is the wrong variable here: use `{other}`.",
    "attribute": "{where}, `{code}`: `{old}`: its {name} is not what is needed here.",
    "cut": "{where}, `{code}`: `.{name}` takes the number out of the graph, so no gradient comes back that way.",
    "index": "{where}, `{code}`: the index in `{old}` is wrong.",
    "slice": "{where}, `{code}`: `{old}` leaves out a part of `{part}`; all of it is needed.",
    "transposed": "{where}, `{code}`: row and column are swapped in `{old}`.",
    "rows": "{where}, `{code}`: `{old}` goes through the rows: go through the columns instead.",
    "columns": "{where}, `{code}`: `{old}` goes through the columns: go through the rows instead.",
    "nesting": "{where}, `{code}`: rows and columns are swapped: which loop is the outer one?",
    "places": "{where}, `{code}`: `{one}` and `{other}` are swapped.",
    "backwards": "{where}, `{code}`: the order of `{old}` is wrong: reverse it.",
    "begins": "{where}, `{code}`: `{old}` starts at the wrong number.",
    "ends early": "{where}, `{code}`: `{old}` ends one step too early.",
    "ends late": "{where}, `{code}`: `{old}` ends one step too late.",
    "function": "{where}, `{code}`: `{name}` is the wrong function here.",
    "spare call": "{where}, `{code}`: `{name}()` does not belong here.",
    "lacks call": "{where}, `{code}`: apply {name}() to `{old}`.",
    "lacks log": "{where}, `{code}`: take minus the logarithm of `{old}`.",
    "too large": "{where}, `{code}`: exp() of a large number is too large for a float: subtract the largest number from all of them first.",
    "copy": "{where}, `{code}`: `{old}` is not copied, so both names mean the same list.",
    "one list": "{where}, `{code}`: `{old}` holds the same list several times, so all rows change together.",
    # conditions
    "comparison": "{where}, `{code}`: `{symbol}` is the wrong comparison in `{old}`.",
    "condition": "{where}, `{code}`: the condition `{old}` is wrong.",
    "branch": "{where}, `{code}`: `{old}` needs no condition: one of the two is always right.",
    "unasked": "{where}, `{code}`: this must not depend on `{old}`: do it in every case.",
    "unwanted": "{where}, `{code}`: the case of `{old}` does not belong here.",
    # statements
    "assigned": "{where}, `{code}`: `{target}` is assigned, which overwrites what was there: add to it instead.",
    "kept": "{where}, `{code}`: this adds to what `{target}` held before; the new number has to replace that.",
    "later": "{where}, `{code}`: this comes too early: `{other}` has to come before it.",
    "earlier": "{where}, `{code}`: this comes too late: it has to come before `{other}`.",
    "indented": "{where}, `{code}`: this is done in every iteration of `{other}`; it belongs after that loop.",
    "begun again": "{where}, `{code}`: this is done again in every iteration of `{other}`; it belongs before that loop.",
    "set back": "{where}, `{code}`: this is done once, but has to be done again in every iteration of `{other}`.",
    "outside": "{where}, `{code}`: this is done once, after `{other}`; it belongs inside that loop.",
    "too much": "{where}, `{code}`: this does not belong here.",
    "ends here": "{where}, `{code}`: the function ends here, before it has done everything.",
    "already new": "{where}, `{code}`: `{target}` already has its new value; the old one is needed.",
    "zero_grad": "{where}, `{code}`: gradients add up from update to update: first set the grad of {which} to 0, with zero_grad().",
    "once": "{where}, `{code}`: `{name}` visits a node more than once: remember which nodes were visited.",
    "no seed": "{where}, `{code}`: the gradient of the root itself, the seed, is never set to 1.",
    "seed": "{where}, `{code}`: the first number has to be the gradient of the result itself, which is 1, the seed.",
    "empty start": "{where}, `{code}`: the list starts empty; its first number is missing.",
    "full start": "{where}, `{code}`: the list starts with a number that does not belong there.",
    "default": "{where}, `{code}`: `{old}` is created once, and is the same list in every call.",
}


def told(program: Program, edits: Sequence[Edit]) -> str:
    """Return a sentence for each edit, in the order of their lines."""
    ordered = sorted(edits, key=lambda edit: edit.lines)
    return " ".join(dict.fromkeys(_sentence(program, edit) for edit in ordered))


def _sentence(program: Program, edit: Edit) -> str:
    lines = sorted(set(edit.lines))
    if len(lines) == 1:
        where = tr("Line {line}", line=lines[0])
    else:
        where = tr("Lines {lines} and {last}", lines=", ".join(map(str, lines[:-1])), last=lines[-1])
    return tr(TOLD[edit.kind], where=where, code=program.code_at(lines[0]), **edit.fields)
