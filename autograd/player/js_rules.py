"""The rows of the table as JavaScript, so that a page computes with the same calculus.

>>> from autograd import Value
>>> print(rules([Value(2.0).tanh()]))
{
"tanh 1": {
value: ([a]) => Math.tanh(a),
slopes: [[0, 1, ([a], out) => 1.0 - out * out]],
},
}

Rules are looked up by the operation's name and number of operands. `slopes` holds [from, to, function] for the operands
with each name; for a list, the function also gets the index in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..formula import JAVASCRIPT, WHOLE, Formula
from ..formula.languages import RESERVED, helpers
from ..formula.namer import Namer
from ..ops import Op

__all__ = ["prelude", "rule_name", "rules"]

GIVEN = "x"  # the name of the list of the operands' numbers, if it is not unpacked
_TAKEN = RESERVED | {GIVEN, "i", "max", "n", "out", "sum"}

# The grammar's reductions in JavaScript: from left to right, as everywhere.
REDUCTIONS = """\
const sum = (n, term) => {
  let result = term(0);
  for (let i = 1; i < n; i++) result += term(i);
  return result;
};
const max = (n, term) => {
  let result = term(0);
  for (let i = 1; i < n; i++) result = larger(result, term(i));
  return result;
};"""


def rule_name(node: Any) -> str:
    """Return the key of the rule for a node's operation.

    >>> from autograd import Value
    >>> rule_name(Value(2.0) * 3.0)
    'mul 2'
    """
    return f"{node.op.name} {len(node.operands)}"


def rules(nodes: Iterable[Any]) -> str:
    """Write a JavaScript object with the rule of every operation among the nodes."""
    used = {rule_name(node): (node.op, len(node.operands)) for node in nodes if node.operands}
    texts = [f'"{name}": {_rule(op, count)},\n' for name, (op, count) in sorted(used.items())]
    return "{\n" + "".join(texts) + "}"


def prelude(text: str) -> str:
    """Write the definitions that rules need: functions of the grammar that JavaScript lacks."""
    return "\n".join([*helpers("javascript", f"{REDUCTIONS} {text}"), REDUCTIONS])


def _rule(op: Op, count: int) -> str:
    bound = op.bind(range(count))
    operands = _unpacked(bound)
    slopes: list[str] = []
    for name, places in bound.items():
        taken: Any = places if name in op.lists else [places]
        slope = op.partials[op.operands.index(name)]
        index = ", i" if name in op.lists else ""
        slopes.append(f"[{taken[0]}, {taken[-1] + 1}, ({operands}, out{index}) => {_body(slope, bound)}]")
    return f"{{\nvalue: ({operands}) => {_body(op.formula(count), bound)},\nslopes: [{', '.join(slopes)}],\n}}"


def _unpacked(bound: dict[str, Any]) -> str:
    """Write the parameter that unpacks a node's operands; for an operation over lists they are not unpacked."""
    if any(isinstance(places, list) for places in bound.values()):
        return GIVEN
    return f"[{', '.join(Namer(_TAKEN).names(bound).values())}]"


def _body(formula: Formula, bound: dict[str, Any]) -> str:
    """Write the formula as the body of an arrow function."""
    formula = formula.hoisted()
    names = Namer(_TAKEN).names([*bound, *(name for name, _ in formula.lets)])
    heads = {term.head for term in formula.terms()}
    used = {term.atom for term in formula.terms() if term.head in ("name", "item")}
    lists: list[list[int]] = [places for places in bound.values() if isinstance(places, list)]
    lines: list[str] = []
    if lists and ("n" in used or heads & {"sum", "max"}):
        lines.append(f"const n = {len(lists[0])}")
    for name, places in bound.items():
        if isinstance(places, list) and name in used:
            lines.append(f"const {names[name]} = {GIVEN}.subarray({places[0]}, {places[-1] + 1})")
        elif lists and name in used:
            lines.append(f"const {names[name]} = {GIVEN}[{places}]")
    for name, reduction, (piece,) in formula.pieces(JAVASCRIPT, names):
        text = piece.within(WHOLE)
        lines.append(f"const {names[name]} = " + (f"{reduction}(n, (i) => {text})" if reduction else text))
    last = formula.last(JAVASCRIPT, names)
    return f"{{ {'; '.join([*lines, f'return {last}'])}; }}" if lines else last
