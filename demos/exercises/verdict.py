"""Judge a solution: either it is right in every case, or it is wrong in a way that has a name.

The answers of all cases are looked at together. A slip is named only if it explains every one of them: alone, together
with a second slip, or with one of the changes that can happen to any numbers, such as a wrong sign, factor, order or
rounding.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from contextvars import Context
from copy import deepcopy
from itertools import combinations
from typing import Any

from autograd import Value
from autograd.errors import ArgumentError

from ..languages import language, tr
from .answers import Tree, floats, leaves, like, plain, same, shape, shown_twice, words
from .changes import agree, changes
from .exercise import EXERCISES, Case, Exercise, Slips
from .repair import Samples, mended, program_of, told, written
from .sandbox import EndlessError, WrongError, called, safe_repr

__all__ = ["judge", "verdict_on"]


def verdict_on(name: str, thing: Any, search: bool = True) -> tuple[bool, str]:
    """Return whether a solution is right, and a sentence that says why.

    search: whether to look for a change in its own code that makes it right, which takes a second.
    """
    try:
        remark = Context().run(judge, EXERCISES[name], thing)  # no matter which mode the session is in
    except WrongError as error:
        # without arguments there is only one answer, and any small edit may happen to give it
        search = search and not EXERCISES[name].secret
        why = Context().run(_mended, EXERCISES[name], thing, not error.named) if search else ""
        sentence = f"{_ended(error.sure)} {why}" if why else str(error)
        return False, tr("not yet. {why}", why=_begin(EXERCISES[name], sentence))
    return True, tr("right. {remark}", remark=remark) if remark else tr("right")


def _ended(sentence: str) -> str:
    """Return the sentence with a full stop."""
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."


def _mended(exercise: Exercise, solution: Any, pairs: bool) -> str:
    """Return what to change in a solution's own code, if one or two small edits make it right; "" if no such edits are
    found."""
    program = program_of(solution)
    if program is None or (exercise.examine and not exercise.measure):
        return ""
    if exercise.measure:
        answer, right = exercise.measure
    else:
        cases = exercise.inputs()
        right = [floats(plain(exercise.answer(case))) for case in cases]
        of_values = exercise.values and "Value" in exercise.statement

        def answer(solution: Any, k: int) -> Tree:
            arguments = _copied(cases[k])
            given = _with_values(exercise, arguments)[0] if of_values else arguments
            found = floats(plain(solution(*given)))
            _judge_inputs(exercise, cases[k], arguments)
            return found

    def passes(solution: Any) -> bool:
        try:
            judge(exercise, solution)
            others = (
                [] if exercise.examine else exercise.inputs(again=1)
            )  # a change that fits by accident fits no others
            return all(
                same(
                    _answer(exercise, solution, case, deepcopy(case)),
                    floats(plain(exercise.answer(case))),
                    exercise.precision,
                )
                for case in others
            )
        except WrongError:
            return False

    samples = Samples(answer, right, exercise.precision, passes, written(exercise.solution, exercise.name))
    found = mended(program, samples, pairs)
    if found and not pairs and all(edit.kind == "divisor" for edit in found[0]):
        return ""  # a division would also make it right, but the slip is already known
    return told(program, found[0]) if found else ""


def _begin(exercise: Exercise, sentence: str) -> str:
    """Return the sentence with a capital first letter, unless it begins with code: code keeps its case."""
    word = re.match(r"[a-zа-яё]{2,}(?=[ ,])" if language() == "en" else r"[а-яё]+(?=[ ,])", sentence)
    code = {exercise.name, *exercise.names, *exercise.parts}
    return sentence[0].upper() + sentence[1:] if word and word.group() not in code else sentence


def judge(exercise: Exercise, solution: Any) -> str:
    """Raise WrongError unless a solution is right; return a remark on it, or ""."""
    if exercise.examine:
        return exercise.examine(solution) or ""
    cases = exercise.inputs()
    right = [floats(plain(exercise.answer(case))) for case in cases]
    used = [deepcopy(case) for case in cases]
    given = [_attempt(exercise, solution, case, arguments) for case, arguments in zip(cases, used)]
    wrong = [k for k, (one, other) in enumerate(zip(given, right)) if not _same(one, other, exercise.precision)]
    first = next((k for k in wrong if not isinstance(given[k], WrongError)), None)
    if first is None and wrong:
        raise given[wrong[0]]
    seen = exercise.watch(used[-1 if first is None else first], not wrong) if exercise.watch else ""
    if first is not None:
        _judge_memory(exercise, solution, cases, given)
        raise _why(exercise, cases, given, right, first, seen)
    if seen:
        raise WrongError(tr("its numbers are right, but {seen}", seen=seen))
    remark = ""
    for case in cases if exercise.differentiable else ():
        remark = _judge_gradients(exercise, solution, case)
    further = exercise.extra(solution) if exercise.extra else ""
    return ". ".join(filter(None, (remark, further)))


def _judge_memory(exercise: Exercise, solution: Any, cases: Sequence[Case], given: Sequence[Any]) -> None:
    """Raise WrongError if a wrong solution gives different answers when it is asked again."""
    for case, before in zip(cases, given):
        after = _attempt(exercise, solution, case, deepcopy(case))
        if not isinstance(before, WrongError) and not _same(after, before, 1e-9):
            raise WrongError(_at(exercise, case) + tr(
                "the same call gives a different answer the second time. Something is kept from one call to the next: a list as a "
                "default argument, or a global"))  # fmt: skip


def _attempt(exercise: Exercise, solution: Any, case: Case, arguments: Case) -> Tree | WrongError:
    try:
        return _answer(exercise, solution, case, arguments)
    except EndlessError:
        raise
    except WrongError as error:
        return error


def _same(given: Tree | WrongError, wanted: Tree, precision: float) -> bool:
    return not isinstance(given, WrongError) and same(given, wanted, precision)


def _answer(exercise: Exercise, solution: Any, case: Case, arguments: Case) -> Tree:
    """Return what a solution gives for one case. Raises WrongError if it changes the arguments."""
    try:
        answer = floats(plain(_taking_either(exercise, solution, arguments)))
    except WrongError as error:
        large = tr(". An intermediate number is too large for a float, as exp(x) is for x above 709")
        why = large if isinstance(error.__cause__, OverflowError) else ""
        raise type(error)(f"{_at(exercise, case)}{error}{why}") from error.__cause__
    _judge_inputs(exercise, case, arguments)
    return answer


def _judge_inputs(exercise: Exercise, case: Case, arguments: Case) -> None:
    """Raise WrongError if the arguments were changed."""
    for name, before, after in zip(exercise.names, case, arguments):
        if isinstance(before, list) and after != before and not same(_numbers(after), _numbers(before), 1e-9):
            raise WrongError(tr(
                "it changes {name}, which belongs to the caller: {before} became {after}. Work on a copy, or put the numbers back",
                name=name, before=_argument(before), after=_argument(after)))  # fmt: skip


def _taking_either(exercise: Exercise, solution: Any, arguments: Case) -> Any:
    """Call the solution with Values where Values are expected, or with floats if it refuses Values and the statement
    does not mention them."""
    if exercise.values:
        try:
            return called(solution, *_with_values(exercise, arguments)[0])
        except WrongError as error:
            if not _refuses_values(exercise, error):
                raise
    return called(solution, *arguments)


def _refuses_values(exercise: Exercise, error: WrongError) -> bool:
    """Return whether math.exp() or the like raised an error, in an exercise where floats are enough."""
    return isinstance(error.__cause__, ArgumentError) and "Value" not in exercise.statement


def _copied(argument: Any) -> Any:
    """Return a copy that a call may change without harm; the same as deepcopy(), but faster."""
    if isinstance(argument, (list, tuple)):
        return type(argument)(map(_copied, argument))
    return argument if isinstance(argument, (int, float, str)) else deepcopy(argument)


def _numbers(argument: Any) -> Tree:
    return [_numbers(item) for item in argument] if isinstance(argument, (list, tuple)) else floats(argument)


def _at(exercise: Exercise, case: Case) -> str:
    """Return the arguments of a case: "At w=1, b=0.5: "."""
    pairs = [f"{name}={_argument(value)}" for name, value in zip(exercise.names, case)]
    return tr("at {arguments}: ", arguments=", ".join(pairs)) if pairs else ""


def _argument(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_argument, value))}]"
    return f"{value:g}" if isinstance(value, (int, float)) else safe_repr(value)


# --- What went wrong -------------------------------------------------------------------------------------------


def _why(
    exercise: Exercise, cases: Sequence[Case], given: Sequence[Any], right: Sequence[Tree], first: int, seen: str
) -> WrongError:
    """Return what is wrong in the first case, and what explains all cases."""
    if like(given[first], right[first]):
        wanted, got = shown_twice(right[first], given[first])
        names = f"[{', '.join(exercise.parts)}] = " if exercise.parts else ""
        right_one = "" if exercise.secret else tr("want {wanted}, got {got}", wanted=names + wanted, got=got)
        numbers = right_one or tr("got {got}, which is wrong", got=got)
    else:
        names = f", [{', '.join(exercise.parts)}]" if exercise.parts else ""
        numbers = tr("want {wanted}, got {got}", wanted=words(right[first]) + names, got=words(given[first]))
    everywhere = len(given)
    answered = [k for k, one in enumerate(given) if not isinstance(one, WrongError)]
    cases, given, right = ([side[k] for k in answered] for side in (cases, given, right))
    numbers = f"{_at(exercise, cases[answered.index(first)])}{numbers}."
    slip = _slipped(exercise, cases, given, right, 1) or _sentence(exercise, seen)
    if slip:
        return WrongError(f"{numbers} {slip}", named=len(answered) == everywhere)
    return WrongError(
        numbers,
        _slipped(exercise, cases, given, right, 2)
        or _typed_in(exercise, cases, given, right)
        or next(changes(exercise, cases, given, right), "")
        or _changed_slip(exercise, cases, given, right)
        or _where(exercise, given, right),
    )


def _sentence(exercise: Exercise, seen: str) -> str:
    return f"{_begin(exercise, seen)}{'' if seen.endswith('?') else '.'}" if seen else ""


def _slipped(
    exercise: Exercise, cases: Sequence[Case], given: Sequence[Tree], right: Sequence[Tree], count: int
) -> str:
    """Return the slip that gives these numbers, or the two that do so together."""
    fitting = [
        chosen for chosen in combinations(exercise.slips(), count) if _fits(exercise, cases, given, right, chosen)
    ]
    return tr(" Or: ").join(tr(" And: ").join(map(tr, chosen)) for chosen in fitting[: 5 - 2 * count])


def _typed_in(exercise: Exercise, cases: Sequence[Case], given: Sequence[Tree], right: Sequence[Tree]) -> str:
    """Return whether it works, or makes one slip, only for arguments of the same sizes as in the first case."""
    alike = [k for k, case in enumerate(cases) if list(map(_size, case)) == list(map(_size, cases[0]))]
    alike = [0, *(k for k in alike[1:] if not any(x == y and isinstance(x, list) for x, y in zip(cases[k], cases[0])))]
    others = [k for k, case in enumerate(cases) if list(map(_size, case)) != list(map(_size, cases[0]))]
    if len(alike) < 2 or not others or any(same(given[k], right[k], exercise.precision) for k in others):
        return ""
    typed_in = tr("The sizes of the first example are typed in: take them from the arguments, with len().")
    few = [[side[k] for k in alike] for side in (cases, given, right)]
    if agree(few[1], few[2], exercise.precision):
        return typed_in
    slip = _slipped(exercise, *few, 1)
    return f"{slip}{tr(' And: ')}{typed_in}" if slip else ""


def _size(argument: Any) -> Any:
    return shape(argument) if isinstance(argument, list) else None


def _fits(
    exercise: Exercise, cases: Sequence[Case], given: Sequence[Tree], right: Sequence[Tree], chosen: Sequence[str]
) -> bool:
    """Return whether the slips give the numbers in every case in which they can be made."""
    fits = False
    for case, one, other in zip(cases, given, right):
        wrong, possible = _made(exercise, case, chosen)
        if possible and not (same(one, wrong, exercise.precision) and _zero(one) <= _zero(wrong)):
            return False
        fits = fits or (possible and not same(one, other, exercise.precision))
    return fits


def _zero(tree: Tree) -> bool:
    """Return whether every number is exactly 0, which is not the same as being merely small."""
    return not any(leaves(tree))


def _made(exercise: Exercise, case: Case, chosen: Sequence[str]) -> tuple[Tree, bool]:
    """Return the result if slips are made, and whether they can be made in this case."""
    slips = Slips(chosen)
    try:
        return floats(plain(exercise.reference(slips, *deepcopy(case)))), set(chosen) <= set(slips.asked)
    except (ArithmeticError, ValueError, IndexError, WrongError):
        return [], True  # with these numbers the slip gives no answer


def _changed_slip(exercise: Exercise, cases: Sequence[Case], given: Sequence[Tree], right: Sequence[Tree]) -> str:
    """Return a slip, followed by a change to all numbers."""
    for slip in exercise.slips():
        made = [_made(exercise, case, [slip])[0] for case in cases]
        shaped = all(map(like, made, right)) or not all(map(like, given, right))
        if shaped and not agree(made, right, exercise.precision):
            for change in changes(exercise, cases, given, made):
                return tr(slip) + tr(" And: ") + change
    return ""


def _where(exercise: Exercise, given: Sequence[Tree], right: Sequence[Tree]) -> str:
    """Return what to say when no slip explains the answer: which parts are right, and in how many cases."""
    agreeing = sum(same(one, other, exercise.precision) for one, other in zip(given, right))
    if any(not like(one, other) for one, other in zip(given, right)):
        return ""
    if any(x != x for one in given for x in leaves(one)):
        return tr("There is a nan: 0/0 or inf - inf was computed somewhere.")
    if agreeing:
        return tr(
            "{count} of {all} cases is right: what is different about this one?" if agreeing == 1 else
            "{count} of {all} cases are right: what is different about this one?", count=agreeing, all=len(given))  # fmt: skip
    columns = [list(zip(*map(leaves, side))) for side in (given, right)]
    if len({len(leaves(one)) for one in right}) == 1 and len(columns[0]) > 1:
        good = [k for k, (xs, ys) in enumerate(zip(*columns)) if same(list(xs), list(ys), exercise.precision)]
        if good:
            names = tr(" and ").join(
                exercise.parts[k] if k < len(exercise.parts) else tr("number {place}", place=k + 1) for k in good
            )
            if len(good) == 1:
                return tr("In every case {names} is right, and the rest is wrong.", names=names)
            return tr("In every case {names} are right, and the rest is wrong.", names=names)
    return ""


# --- Gradients -------------------------------------------------------------------------------------------------


def _judge_gradients(exercise: Exercise, solution: Any, case: Case) -> str:
    """Return whether every number in the answer has the right gradient with respect to every input, when the inputs are
    Values.

    If the statement does not mention Values, math.exp() and the like are right too, although they refuse Values. In
    that case, returns a remark.
    """
    ours, their_inputs = _with_values(exercise, case)
    try:
        answer = leaves(plain(called(solution, *ours)))
    except WrongError as error:
        if _refuses_values(exercise, error):
            return tr("The functions of the module math do not take Values; v.exp(), v.log() and so on do")
        names = ", ".join(exercise.differentiable)
        raise WrongError(
            tr("it is right with floats; given Values for {names}, {why}", names=names, why=error)
        ) from error.__cause__
    mirror, our_inputs = _with_values(exercise, case)
    right = leaves(plain(exercise.reference(Slips(), *mirror)))
    for number, (out, wanted) in enumerate(zip(answer, right)):
        which = tr("the answer") if len(right) == 1 else tr("number {k} of the answer", k=number + 1)
        if not isinstance(out, Value):
            raise WrongError(tr(
                "given Values, it returns {found}: {which} has lost its graph. Leave out .data, .item() and float()",
                found=safe_repr(out), which=which))  # fmt: skip
        for leaf in (*their_inputs.values(), *our_inputs.values()):
            leaf.zero_grad()
        for one in (out, wanted):
            one.backward()
        for name, leaf in their_inputs.items():
            grad, should = leaf.grad, our_inputs[name].grad
            if not math.isclose(grad, should, rel_tol=1e-7, abs_tol=1e-9):
                lost = (
                    "" if grad else tr(". No gradient reaches {name}: is its .data used, or float() of it?", name=name)
                )
                raise WrongError(tr(
                    "its numbers are right, but not its gradients: the derivative of {which} with respect to {name} should be {wanted}, "
                    "but is {got}", which=which, name=name, wanted=f"{should:.6g}", got=f"{grad:.6g}") + lost)  # fmt: skip
    return ""


def _with_values(exercise: Exercise, case: Case) -> tuple[list[Any], dict[str, Value]]:
    """Return the arguments, with a Value for each number of the differentiable ones, and those Values by name."""
    inputs: dict[str, Value] = {}

    def wrap(tree: Any, name: str) -> Any:
        if isinstance(tree, (list, tuple)):
            return [wrap(item, f"{name}[{i}]") for i, item in enumerate(tree)]
        inputs[name] = Value(tree, name)
        return inputs[name]

    arguments = [
        wrap(value, name) if name in exercise.differentiable else deepcopy(value)
        for name, value in zip(exercise.names, case)
    ]
    return arguments, inputs
