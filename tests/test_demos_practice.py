"""Predictions and the quiz: right answers are right to the digits given, wrong ones are traced to a mistake."""

from __future__ import annotations

import doctest
import json
from base64 import b64decode
from importlib import import_module

import pytest

from autograd import Value, diagnose
from autograd.player.questions import questions_about
from autograd.stepper.guesses import Guess
from demos.exercises import LESSONS
from demos.practice import QUESTIONS, decode, predict, questions_of, quiz
from demos.practice.code import CodeError, encode
from demos.practice.quizzes import LEVELS, play
from demos.shared.report import Report


def test_every_lesson_asks_at_least_three_questions():
    assert all(len(questions_of(lesson)) >= 3 for lesson in LESSONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_is_right_and_each_slip_is_told(name, capsys):
    one = QUESTIONS[name]
    assert one.verdict(one.answer)[0] and one.verdict(str(one.answer))[0]
    assert one.slips(), "a question without a slip tells nobody anything"
    for wrong, why in one.slips():
        right, sentence = one.verdict(wrong)
        assert not right and why in sentence
    predict(name)
    asked = capsys.readouterr().out
    assert asked.startswith("Predict: ") and f'predict("{name}", your answer)' in asked


def test_what_cannot_be_read_is_told(capsys):
    for guess in ("much", "", "nan", [], object()):
        predict("dL_dw", guess)
        assert capsys.readouterr().out.startswith("want a number, got ")
    predict("grows", "yes")
    assert capsys.readouterr().out == "want one of grow, shrink, got 'yes'\n"
    predict("dL_dw", ...)  # a blank that was left as it was
    assert capsys.readouterr().out.startswith("Predict:")
    with pytest.raises(LookupError, match="there is no question 'x': predict"):
        predict("x")
    with pytest.raises(LookupError, match=r"'dLdw': did you mean dL_dw\? predict\(\) lists all"):
        predict("dLdw")
    predict()
    listed = capsys.readouterr().out
    assert len(listed.splitlines()) == len(QUESTIONS)
    assert all(f" {name} " in listed for name in QUESTIONS)


def test_on_a_page_a_question_is_a_field_whose_answer_is_not_to_be_read(tmp_path):
    report = Report(tmp_path, "T")
    report.question("What is <b>?", (), "6.25", "since 2.5**2", [("2.5", "it is squared")])
    page = report.page.read_text(encoding="utf-8")
    form = page[page.index("<form") : page.index("</form>")]
    assert "&lt;b&gt;" in form and "6.25" not in form and 'aria-live="polite"' in form and "<label>" in form
    known = form.partition('data-known="')[2].partition('"')[0]
    assert json.loads(b64decode(known)) == [["6.25", "since 2.5**2"], ["2.5", "it is squared"]]


@pytest.mark.parametrize("level", LEVELS)
def test_a_quiz_goes_on_and_knows_its_answers(level):
    game, again = quiz(level=level, seed=3), quiz(level=level, seed=3)
    for _ in range(25):
        assert repr(game) == repr(again)
        assert str(again.skip()).count("question") == 1
        wrong = str(game.answer(123456.75))
        assert "Try once more" in wrong and "\n" not in wrong
        assert str(game.answer(game.question.truth)).startswith("right at attempt 2: ")
    assert game.asked == 25 and game.right == 0  # the first answer to each was wrong
    assert decode(game.code)[1:] == (3, 0, 25)


def test_a_wrong_answer_is_diagnosed_and_a_right_one_counts():
    a = Value(1.0, "a")
    b = a + a
    b.label = "b"
    game = quiz(b * (b + 1))
    while game.question.node is not a:
        game.skip()
    asked = game.asked
    assert "plain recursion" in str(game.answer(16)) and "stepper" not in str(game.answer(2))
    assert str(game.answer("10")).startswith("right at attempt 3: df/da = 10. 0 of ")
    while game.question.node is not a:
        game.skip()
    right = game.right
    assert str(game.answer("10")).startswith("right: df/da = 10.") and game.right == right + 1 and game.asked > asked
    assert str(game.answer("x")).startswith("want a number")
    with pytest.raises(ValueError, match="there is no level"):
        quiz(level="easy")


@pytest.mark.parametrize("seed", range(3))
def test_what_a_quiz_says_of_a_gradient_is_what_diagnose_says(seed):
    for level in LEVELS:
        game = quiz(level=level, seed=seed)
        for _ in range(4):
            asked = game.question
            for guess in [number for _, number, _ in asked.slips()] + [wrong for wrong, _, _ in asked.mistakes()]:
                read = Guess(guess, game.graph)
                if asked.edge or read.agrees(asked.truth) or read.too_few_digits(asked.truth):
                    continue
                first, *several = str(diagnose(game.graph.root, asked.node, guess, graph=game.graph)).splitlines()
                reason = game._reason(read)
                if not several:
                    assert reason == f"{first.partition(' (edge ')[0]}.", (game, guess)
                for line in several:
                    mistake, _, why = line.strip().partition(" gives: ")
                    assert f"{mistake} gives ({why})" in reason
            game.skip()


def test_a_graph_of_ones_own_has_the_names_of_its_variables():
    a, k = Value(1.0), Value(3.0)
    b = a + a
    f = b * (b + k)
    game = quiz(f, seed=1)
    assert repr(game).splitlines()[1] == "  b = a + a; f = b*(b + k)  at a = 1, k = 3"
    assert {asked.slope for asked in questions_about(game.graph)} >= {"df/da", "df/db", "df/dk"}


def test_a_series_right_at_once_is_told_and_a_partial_is_asked_for():
    game = quiz(level="products", seed=4)
    told, edges = [], 0
    for _ in range(20):
        edges += game.question.edge is not None
        told.append(str(game.answer(game.question.truth)))
    assert "2 of 2, 2 in a row." in told[1] and "20 of 20, 20 in a row." in told[-1]
    assert 0 < edges < 20 and "What is the partial d(" in "".join(told)
    assert "give at least two digits" in str(quiz(Value(2.0, "a") / 3).answer("0.3"))


def test_the_quiz_at_a_terminal(capsys):
    typed = iter(["5", "skip", "nonsense", ""])

    def read(_):
        try:
            return next(typed)
        except StopIteration:
            raise EOFError from None

    assert play("order", 1, read) == 0
    told = capsys.readouterr().out
    assert "Type a number" in told and told.rstrip().endswith(f"0 of 1: your code is {encode('order', 1, 0, 1)}")


def test_a_third_wrong_answer_is_told_how_to_go_on_in_the_words_of_its_place(capsys):
    in_code = quiz(level="chain", seed=0)
    assert "; q.skip() shows it." in f"{[in_code.answer(text) for text in ('101', '102', '103')][-1]}"
    lines = iter(["101", "102", "103", "quit"])
    play("chain", 0, lambda _: next(lines))
    assert "; skip shows it." in capsys.readouterr().out


def test_a_code_that_was_changed_is_no_code():
    code = encode("chain", 7, 4, 5)
    assert decode(f" {code.lower().replace('chain', 'chain')} ".replace("OF", "of")) == ("chain", 7, 4, 5)
    for at in range(len(code) - 5):  # any other character in one place
        with pytest.raises(CodeError):
            decode(code[:at] + ("b" if code[at] != "b" else "c") + code[at + 1 :])
    for wrong in (code.replace("4of5", "5of5"), code[:-1], "", "x-y-z", "chain", "a-b-c-d"):
        with pytest.raises(CodeError):
            decode(wrong)


@pytest.mark.parametrize("name", ["code", "predictions", "quizzes"])
def test_the_examples_in_the_docstrings_hold(name):
    module = import_module(f"demos.practice.{name}")
    found = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert found.attempted and not found.failed
