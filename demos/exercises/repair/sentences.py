"""What is said of an edit: a whole sentence for each kind, with blanks for the lines and the learner's own code.

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
    "swapped": "{where}, `{code}`: in `{old}` the two sides of `{symbol}` have changed places.",
    "to add": "{where}, `{code}`: `{symbol}` is the wrong operation in `{old}`: the two have to be added.",
    "to subtract": "{where}, `{code}`: `{symbol}` is the wrong operation in `{old}`: the second has to be subtracted.",
    "to multiply": "{where}, `{code}`: `{symbol}` is the wrong operation in `{old}`: the two have to be multiplied.",
    "to divide": "{where}, `{code}`: `{symbol}` is the wrong operation in `{old}`: the first has to be divided by the second.",
    "other operator": "{where}, `{code}`: `{symbol}` is not the operation that belongs in `{old}`.",
    "to add here": "{where}, `{code}`: `{symbol}` is wrong here: `{old}` has to be added.",
    "to subtract here": "{where}, `{code}`: `{symbol}` is wrong here: `{old}` has to be subtracted.",
    "to multiply here": "{where}, `{code}`: `{symbol}` is wrong here: `{old}` has to be multiplied in.",
    "to divide here": "{where}, `{code}`: `{symbol}` is wrong here: it has to be divided by `{old}`.",
    "sign": "{where}, `{code}`: `{old}` has the wrong sign.",
    "spare": "{where}, `{code}`: `{spare}` does not belong there.",
    "grouping": "{where}, `{code}`: `{old}` needs other parentheses: what is to be computed first?",
    "number": "{where}, `{code}`: the number {number} is not the right one there.",
    "start": "{where}, `{code}`: {number} is not what it has to start with.",
    "factor": "{where}, `{code}`: `{old}` lacks a factor: it has to be multiplied by `{part}`.",
    "divisor": "{where}, `{code}`: `{old}` has to be divided by `{part}`.",
    "term": "{where}, `{code}`: `{part}` is missing: it has to be added to `{old}`.",
    "minus": "{where}, `{code}`: `{part}` is missing: it has to be subtracted from `{old}`.",
    "square": "{where}, `{code}`: `{old}` has to be squared.",
    "own term": "{where}, `{code}`: `{part}` is missing: to each `{old}` its own number of `{part}` has to be added.",
    "own factor": "{where}, `{code}`: `{part}` is missing: each `{old}` has to be multiplied by its own number of `{part}`.",
    # names, indices, functions
    "name": "{where}, `{code}`: `{old}` is the wrong variable there; `{other}` belongs in its place.",
    "attribute": "{where}, `{code}`: `{old}`: its {name} is not what is needed there.",
    "cut": "{where}, `{code}`: `.{name}` takes the number out of the graph, so that no gradient comes back that way.",
    "index": "{where}, `{code}`: the index in `{old}` is not the right one.",
    "slice": "{where}, `{code}`: `{old}` leaves a part out; all of `{part}` is needed.",
    "transposed": "{where}, `{code}`: in `{old}` row and column have changed places.",
    "rows": "{where}, `{code}`: `{old}` goes through rows; columns are needed there.",
    "columns": "{where}, `{code}`: `{old}` goes through columns; rows are needed there.",
    "nesting": "{where}, `{code}`: rows and columns have changed places: which loop is the outer one?",
    "places": "{where}, `{code}`: `{one}` and `{other}` have changed places.",
    "backwards": "{where}, `{code}`: `{old}` is gone through in the wrong order: turn it round.",
    "begins": "{where}, `{code}`: `{old}` begins at the wrong number.",
    "ends early": "{where}, `{code}`: `{old}` ends one too early.",
    "ends late": "{where}, `{code}`: `{old}` ends one too late.",
    "function": "{where}, `{code}`: `{name}` is not the function that belongs there.",
    "spare call": "{where}, `{code}`: `{name}()` does not belong there.",
    "lacks call": "{where}, `{code}`: of `{old}`, the {name} is needed.",
    "lacks log": "{where}, `{code}`: minus the logarithm of `{old}` is needed.",
    "too large": "{where}, `{code}`: exp() of a large number is too large for a float: subtract the largest of all first.",
    "copy": "{where}, `{code}`: `{old}` is not copied, so that both names mean one and the same list.",
    "one list": "{where}, `{code}`: `{old}` holds one and the same list several times, so that all rows change together.",
    # conditions
    "comparison": "{where}, `{code}`: `{symbol}` is not the right comparison in `{old}`.",
    "condition": "{where}, `{code}`: the condition `{old}` is not the right one.",
    "branch": "{where}, `{code}`: `{old}`: one of the two is always wanted.",
    "unasked": "{where}, `{code}`: `{old}` must not decide about this: it has to be done in any case.",
    "unwanted": "{where}, `{code}`: what is done if `{old}` does not belong there.",
    # statements
    "assigned": "{where}, `{code}`: `{target}` is assigned, which overwrites what was there; add to it.",
    "kept": "{where}, `{code}`: this adds to what `{target}` was before; it has to take the new number's place.",
    "later": "{where}, `{code}`: it comes too early: `{other}` has to come before it.",
    "earlier": "{where}, `{code}`: it comes too late: it has to come before `{other}`.",
    "indented": "{where}, `{code}`: it is done in every turn of `{other}`; it belongs after that loop.",
    "begun anew": "{where}, `{code}`: it is done anew in every turn of `{other}`; it belongs before that loop.",
    "set back": "{where}, `{code}`: it is done once, and has to be done anew in every turn of `{other}`.",
    "outside": "{where}, `{code}`: it is done once, after `{other}`; it belongs in that loop.",
    "too much": "{where}, `{code}`: this does not belong there.",
    "ends here": "{where}, `{code}`: the function ends here, before it has done everything.",
    "already new": "{where}, `{code}`: `{target}` has its new value already; the old one is needed.",
    "zero_grad": "{where}, `{code}`: gradients add up from update to update: set the grad of {which} to 0 before it, zero_grad().",
    "once": "{where}, `{code}`: `{name}` goes through a node more than once: remember which ones were visited.",
    "no seed": "{where}, `{code}`: the gradient of the root itself is never set to 1, the seed.",
    "seed": "{where}, `{code}`: the first number of it is the gradient of the result itself, 1, the seed.",
    "empty start": "{where}, `{code}`: the list begins empty; its first number is missing.",
    "full start": "{where}, `{code}`: the list begins with a number that does not belong there.",
    "default": "{where}, `{code}`: `{old}` is made once, and is the same list in every call.",
}


def told(program: Program, edits: Sequence[Edit]) -> str:
    """A sentence for each edit, in the order of their lines."""
    ordered = sorted(edits, key=lambda edit: edit.lines)
    return " ".join(dict.fromkeys(_sentence(program, edit) for edit in ordered))


def _sentence(program: Program, edit: Edit) -> str:
    lines = sorted(set(edit.lines))
    if len(lines) == 1:
        where = tr("Line {line}", line=lines[0])
    else:
        where = tr("Lines {lines} and {last}", lines=", ".join(map(str, lines[:-1])), last=lines[-1])
    return tr(TOLD[edit.kind], where=where, code=program.code_at(lines[0]), **edit.fields)
