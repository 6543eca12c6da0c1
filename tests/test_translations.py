"""The translations: they are complete and up to date, have the same numbers and code, and are written in the language
itself."""

from __future__ import annotations

import ast
import doctest
import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from judge_solutions import solutions
from translations import CATALOGUES, IN_WORK, LESSONS, ROOT, in_work, sentences_of, template, updated

import demos.languages
import nn
from autograd import Value
from autograd.drawing import legend
from autograd.player import words
from demos import workshop
from demos.cli import main
from demos.exercises import EXERCISES, verdict_on
from demos.exercises import files as exercise_files
from demos.languages import FOLDER, LANGUAGES, engine, language, listening, reading, told, tr, tr_prose, using
from demos.languages import catalogue as catalogues
from demos.languages import paragraphs as pieces
from demos.languages.catalogue import Catalogue, Entry, fields_of, read, written
from demos.languages.paragraphs import has_words
from demos.models import digits, gpt, iris, moons
from demos.practice.quizzes import LEVELS, quiz
from demos.shared.catalog import DEMOS
from demos.shared.page import run
from demos.workshop.handout import handout
from demos.workshop.notebook import notebook

OTHERS = LANGUAGES[1:]
NAMES = [(other, name) for other in OTHERS for name in (*LESSONS, *CATALOGUES)]
DONE = [(other, name) for other, name in NAMES if not in_work(other, name)]
ENTRIES = [
    (other, name, entry) for other, name in NAMES for entry in read(FOLDER / other / f"{name}.po") if entry.ready
]

# What makes a native reader stumble, and what to say instead.
CALQUES = {
    r"имеет место быть": "есть, бывает",
    r"в качестве аргумент": "получает, принимает",
    r"делает смысл": "имеет смысл",
    r"в терминах": "через",
    r"\bпо факту\b": "на самом деле",
    r"\bданн(ый|ая|ое|ого|ому|ой|ом)\b": "этот",
    r"осуществля|производится|посредством|в рамках": "a plain verb",
    r"\bпотер(я|и|ю|е|ей)\b": "функция потерь, её значение",
    r"\bлосс|\bфич[аиу]|\bбатч|\bбэкпроп|\bтрениров|\bимплементир|\bдефолт|\bэксепшн|\bвеса модели стоят": "обучение, признак, пакет ...",
    r"производн\w+ в [a-zA-Z$]": "производная по w",
    r"наклон в [a-zA-Z$]": "наклон по w",
    r"более (лучше|хуже|больше|меньше)": "лучше",
    r"\bявляется тем": "это",
    r"\bпрошаг|\bнаджи|\bапдейт": "шаг, обновление",
    r"самый (наи|оптимальн)": "наименьший, оптимальный",
    r"широк\w+ (лини|стрелк)|\bшире\b": "толстая, толще",
    r"граф\w* вычислени": "вычислительный граф",
    r"не имеет": "нет",
    r"уров\w+ университета": "университетский уровень",
    r"\b(узл|операнд)\w*,? кто\b|после всех, кто": "которые: a node is a thing",
    r"если [^.,:]*(ить|ать|еть), \w+(лся|лось|лась|л|ло|ла) бы\b": "получится: no `бы` in one half",
    r"перв\w+ \{\w+\} [а-яё]+": "по {count}, не больше {count}: the case depends on the number",
    r"дорог\w+ назад|на пути назад": "на обратном пути",
    r"друг\w+ диагонал": "побочная диагональ",
    r"число на число": "поэлементно, попарно",
    r"\bподъём": "приращение",
    r"\bзакреп": "зафиксировать: an input that is held",
    r"наведите на": "наведите курсор на",
    r"\bкак( один)? граф\b|числа как цвета": "в виде графа",
    r"равных значений": "линия уровня",
    r"вычислен\w* из (входа|выхода)|берётся из": "вычислено по входу",
    r"на( один)? шаг (раньше|позже)[.?;]": "на шаг раньше, чем нужно",
    r"проигра|проигрывани": "воспроизвести",
}


@pytest.mark.parametrize("module", [demos.languages, catalogues, pieces], ids=lambda module: module.__name__)
def test_what_the_documentation_shows(module):
    with using("en"):
        assert doctest.testmod(module).failed == 0


# --- Complete ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("other", "name"), DONE)
def test_nothing_is_untranslated_or_stale(other, name):
    kept = {entry.english: entry for entry in read(FOLDER / other / f"{name}.po")}
    wanted = [entry.english for entry in sentences_of(name, run_it=False)]
    assert not [english for english in wanted if english not in kept], "python -m tests.translations adds these"
    assert not [english for english, entry in kept.items() if not entry.translated], "not translated"
    assert not [english for english, entry in kept.items() if entry.before], "translated from another English sentence"
    if name not in LESSONS:
        assert set(kept) == set(wanted), "python -m tests.translations leaves out what is no longer said"


@pytest.mark.parametrize(("other", "name"), NAMES)
def test_a_catalogue_in_work_has_something_left_to_do(other, name):
    entries = read(FOLDER / other / f"{name}.po")
    assert len({entry.english for entry in entries}) == len(entries)
    if other not in IN_WORK:
        assert (f"{other}/{name}" in IN_WORK) == (not all(entry.ready for entry in entries) or not entries)


@pytest.mark.slow
@pytest.mark.parametrize(("other", "name"), [(other, name) for other, name in DONE if name in LESSONS])
def test_a_lesson_says_all_in_the_other_language_and_prints_the_same(other, name, tmp_path):
    pending = {one.english for part in CATALOGUES for one in read(FOLDER / other / f"{part}.po") if not one.ready}
    missing, printed, catalogue = list[str](), list[tuple[str, str]](), Catalogue(FOLDER / other)

    def heard(page: str, english: str, computed: bool) -> None:
        known = not has_words(english) or english in pending or re.search("[а-яё]", english) or is_code(english, name)
        if not known and not catalogue.matched(english, page):
            missing.append(english)

    with using(other), listening(heard):
        run(
            LESSONS[name],
            out=tmp_path,
            quiet=True,
            watch=lambda statement, text: printed.append((statement.expected, text)),
        )
    assert missing == []
    assert [expected for expected, _ in printed] == [text for _, text in printed]
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert f'<html lang="{other}">' in page
    wanted = {entry.english for entry in sentences_of(name)}
    assert {entry.english for entry in read(FOLDER / other / f"{name}.po")} == wanted


# --- The same in both languages ----------------------------------------------------------------------------


def numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:\.\d+)*", re.sub(r"(?<=\d),(?=\d{3})", "", text)))


def code(text: str) -> Counter[str]:
    """Return what stays as it is: code, formulas, and where links lead."""
    formulas = [re.sub(r"\\text\{[^}]*\}", "", formula) for formula in re.findall(r"\$+[^$]+\$+", text)]
    return Counter([*re.findall(r"`[^`]+`", text), *formulas, *re.findall(r"\]\(([^)]*)\)", text)])


def is_code(english: str, name: str) -> bool:
    """Return whether every word of a text is the name of a variable of the lesson, a letter of its data, or the name of
    a key or an attribute on a player's page."""
    source = LESSONS[name].read_text(encoding="utf-8") if name in LESSONS else "data, grad, Home, End = 0"
    words = set(re.findall(r"[A-Za-z]{3,}", re.sub(r"\{\w+\}", "", english))) - {"det"}  # Russian uses it
    return all(re.search(rf'(?m)^ *[\w, ]*\b{word}\b[\w, ]* = |`{word}`|^\w+ = \[.*"{word}"', source) for word in words)


def test_numbers_code_and_fields_are_the_same():
    for other, name, entry in ENTRIES:
        where = f"{other}/{name}.po: {entry.english}"
        assert numbers(entry.translated) == numbers(entry.english), where
        assert code(entry.translated) == code(entry.english), where
        if entry.named:
            assert sorted(set(fields_of(entry.translated))) == sorted(set(fields_of(entry.english))), where
            entry.translated.format(**dict.fromkeys(fields_of(entry.english), ""))
        assert entry.english[:1].isspace() == entry.translated[:1].isspace(), where
        assert entry.english[-1:].isspace() == entry.translated[-1:].isspace(), where


def test_one_sentence_has_one_translation_in_all_that_is_no_lesson():
    for other in OTHERS:
        found: dict[str, str] = {}
        for where, name, entry in ENTRIES:
            if where == other and name not in LESSONS:
                assert found.setdefault(entry.english, entry.translated) == entry.translated, f"{name}: {entry.english}"


# --- Russian -----------------------------------------------------------------------------------------------

RUSSIAN = [(name, entry) for other, name, entry in ENTRIES if other == "ru"]


def test_it_is_russian():
    for name, entry in RUSSIAN:
        text, where = entry.translated, f"ru/{name}.po: {entry.english}"
        assert re.search("[а-яё]", text, re.IGNORECASE) or (text == entry.english and is_code(text, name)), where
        assert not re.search(r"(?i)[а-яё][a-z]|[a-z][а-яё]", text), f"Latin letters in a Russian word: {where}"
        words = re.sub(r"`[^`]*`", "", text)
        assert not re.search(r'"[А-Яа-яё]|[а-яё.!?]"', words), f"«» in place of quotes: {where}"
        assert not re.search(r"(?i)[а-яё»)`$] -{1,2} [а-яё«(`$]", words), f"— in place of a hyphen: {where}"
        for calque, better in CALQUES.items():
            assert not re.search(calque, text, re.IGNORECASE), f"{calque} (better: {better}): {where}"


def test_the_rules_for_russian_find_what_they_are_for():
    assert re.search(r"(?i)[а-яё][a-z]|[a-z][а-яё]", "пpоизводная"), "a Latin p"
    for text in ("имеет место быть", "производная в $w$", "значение потери", "лосс", "данный узел", "тем шире, чем",
                 "если сложить, получился бы ответ", "первые {count} строк", "каждый после всех, кто его использует",
                 "произведение другой диагонали", "подъём f", "заканчивается на шаг раньше.", "вычислено из входа"):  # fmt: skip
        assert any(re.search(calque, text, re.IGNORECASE) for calque in CALQUES), text
    for text in ("функция потерь", "производная по $w$", "данные", "на входе"):
        assert not any(re.search(calque, text, re.IGNORECASE) for calque in CALQUES), text


# --- How it works ------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Catalogues of two pages in a language of their own."""
    one = [
        Entry("A slope", "Наклон"), Entry("lands", "попадает"), Entry("{word}: {height}", "{word}: {height}", True),
        Entry("slope {at} at {at_2}", "наклон {at} в точке {at_2}", True), Entry("not {braces", "не {скобки"),
        Entry("fuzzy", "нечётко", before="fuzzier"), Entry('"quoted"\nand \\', "«в кавычках»\nи \\"),
    ]  # fmt: skip
    two = [Entry("A slope", "Уклон"), Entry("slope {x}", "уклон {x}", True)]
    (tmp_path / "xx").mkdir()
    for name, entries in (("one", one), ("two", two)):
        (tmp_path / "xx" / f"{name}.po").write_text(written(entries), encoding="utf-8")
    monkeypatch.setattr(demos.languages, "FOLDER", tmp_path)
    monkeypatch.setattr(demos.languages, "LANGUAGES", ("en", "xx"))
    yield one
    demos.languages._catalogue.cache_clear()


def test_a_catalogue_is_read_as_it_was_written(small):
    assert read(demos.languages.FOLDER / "xx" / "one.po") == small


def test_a_page_asks_its_own_catalogue_first(small):
    with using("xx"):
        assert tr("A slope") == "Наклон"
        with reading("two"):
            assert tr("A slope") == "Уклон"
            assert told("slope 3") == "уклон 3"
    assert (tr("A slope"), language()) == ("A slope", "en")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("slope 6 at 3", "наклон 6 в точке 3"),
        ("lands: 0", "попадает: 0"),
        ("0.5: 3", "0.5: 3"),
        ("not {braces", "не {скобки"),
        ("fuzzy", "fuzzy"),
        ('"quoted"\nand \\', "«в кавычках»\nи \\"),
        ("something else", "something else"),
    ],
)
def test_a_text_that_was_computed_is_known_by_its_template(small, text, wanted):
    with using("xx"), reading("one"):
        assert told(text) == wanted


def test_what_a_field_holds_is_not_taken_for_a_template(small):
    with using("xx"):
        assert tr("{word}: {height}", word="{height}", height="lands") == "{height}: lands"


def test_prose_keeps_what_is_no_paragraph(small):
    text = "# A slope\n\n- A slope\n- `A slope`\n\n```\nA slope\n```\n\n| A slope | 3 |\n|---|---|\n\n$$A slope$$\n\n1. A\nslope"
    with using("xx"):
        assert tr_prose(text) == text.replace("# A slope", "# Наклон").replace("- A slope", "- Наклон").replace(
            "| A slope", "| Наклон").replace("1. A\nslope", "1. Наклон")  # fmt: skip


def test_a_number_at_the_beginning_of_a_line_is_not_an_item():
    assert list(pieces.paragraphs("Skip lesson\n51. Never skip\nthe other.\n\n1. One item\n2. another")) == [
        "Skip lesson 51. Never skip the other.", "One item", "another",
    ]  # fmt: skip


def test_a_changed_sentence_keeps_its_translation_and_is_marked():
    kept = [Entry("The slope at 3 is 6.", "Наклон в точке 3 равен 6."), Entry("Gone for good.", "Нет.")]
    (new, other) = updated([Entry("The slope at 3 is 7."), Entry("b")], kept)
    assert (new.translated, new.before, new.ready) == ("Наклон в точке 3 равен 6.", "The slope at 3 is 6.", False)
    assert other == Entry("b")
    assert updated([Entry("The slope at 3 is 8.")], [new])[0].before == "The slope at 3 is 6."


def test_every_catalogue_can_be_read_as_one():
    for other in OTHERS:
        assert set(Catalogue(FOLDER / other).pages) == {*LESSONS, *CATALOGUES}


# --- The command line --------------------------------------------------------------------------------------


def demos_say(*words: str, **environment: str) -> tuple[int, str]:
    ran = subprocess.run([sys.executable, "-m", "demos", *words], capture_output=True, encoding="utf-8", cwd=ROOT, check=False,
                         env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment})  # fmt: skip
    return ran.returncode, ran.stdout + ran.stderr


def test_a_language_that_is_not_there_is_refused_in_one_sentence(capsys, monkeypatch):
    assert main(["--lang", "tlh"]) == 2
    monkeypatch.setenv("AUTOGRAD_LANG", "tlh")
    assert main([]) == 2
    assert capsys.readouterr().err == (
        f"demos: --lang is 'tlh': want one of {', '.join(LANGUAGES)}\n"
        f"demos: AUTOGRAD_LANG is 'tlh': want one of {', '.join(LANGUAGES)}\n"
    )


@pytest.mark.parametrize("name", OTHERS)
def test_the_flag_and_the_variable_choose_a_language(name):
    status, by_flag = demos_say("--lang", name)
    assert (status, by_flag.replace(f" --lang {name}", "")) == demos_say(AUTOGRAD_LANG=f"{name}_XX.UTF-8")
    assert f"iris --lang {name}\n" in by_flag, "the next command goes on in that language"
    assert demos_say("--lang=en", AUTOGRAD_LANG=name)[1].replace(" --lang en", "") == demos_say()[1] != by_flag


def test_an_error_about_a_flag_is_in_one_language():
    status, said = demos_say("--lang", "ru", "iris", "--steps", "0")
    assert status == 2
    assert said.startswith("demos: аргумент --steps: нужно целое число не меньше 1, получено '0'. Все флаги: ")


def test_there_is_no_other_folder_in_it():
    assert {path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(OTHERS)
    assert all((FOLDER / other / "glossary.md").exists() for other in OTHERS)
    assert Path(demos.languages.__file__).parent == FOLDER


@pytest.mark.slow
def test_a_translation_begins_as_the_page_for_contributors_says(tmp_path):
    """It takes a folder and one command; then a translated sentence is shown, and a changed one is marked."""
    for name in ("autograd", "nn", "demos", "tests", "pyproject.toml"):
        path = ROOT / name
        copy = shutil.copytree if path.is_dir() else shutil.copy
        copy(path, tmp_path / name)
    (command,) = re.findall(
        r"mkdir demos/languages/de.*", (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    )
    run_in = {"shell": True, "cwd": tmp_path, "check": True, "capture_output": True, "encoding": "utf-8"}
    subprocess.run(command.replace(".venv/bin/python", f'"{sys.executable}"') + " commands", **run_in)
    file = tmp_path / "demos" / "languages" / "de" / "commands.po"
    english = "A good first one: {command}"
    entries = [
        one._replace(translated="Fang hier an: {command}" if one.english == english else "") for one in read(file)
    ]
    file.write_text(written(entries), encoding="utf-8")
    asked = f'"{sys.executable}" -m demos --lang de'
    assert "Fang hier an: " in subprocess.run(asked, **run_in).stdout
    source = tmp_path / "demos" / "cli.py"
    source.write_text(
        source.read_text(encoding="utf-8").replace("A good first one:", "A good one to begin:"), encoding="utf-8"
    )
    subprocess.run(f'"{sys.executable}" -m tests.translations commands', **run_in)
    (changed,) = [entry for entry in read(file) if entry.translated]
    assert (changed.english, changed.before, changed.ready) == ("A good one to begin: {command}", english, False)
    assert "A good one to begin: " in subprocess.run(asked, **run_in).stdout


# --- What the engine says in a quiz ------------------------------------------------------------------------


def test_the_sentences_of_the_engine_are_those_that_it_says():
    folder = ROOT / "autograd" / "stepper"
    said = "".join(
        (folder / name).read_text(encoding="utf-8") for name in ("guesses.py", "mistakes.py", "diagnosis.py")
    )
    for sentence in engine.SENTENCES:
        for piece in re.split(r"\{\w+\}(?:\.grad)?|, |: | the ", sentence):
            assert re.sub("^held with its$", "with its", piece.strip()) in said, sentence


def test_the_sentences_of_legends_are_those_that_it_says():
    files = [*(ROOT / "autograd" / "drawing").rglob("*.py"), ROOT / "autograd" / "explain" / "staleness.py"]
    said = "".join(re.sub(r'"\s*\+ "', "", path.read_text(encoding="utf-8")) for path in files)
    for sentence in engine.LEGENDS:
        for piece in re.split(r"\{\w+\}", sentence):
            # "line: weight" and "3 boxes" are put together from words
            for part in re.split(r"^line: |^number in a dot: |, (?=orange)| in $|box(?:es)?$", piece):
                assert part.strip() in said, (sentence, part)


def test_every_sentence_of_a_legend_is_among_them():
    """notes(), troubles() and left_out() write these sentences, piece by piece."""
    known = [re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(one))) for one in engine.LEGENDS]
    pieces: set[str] = set()
    for path in (ROOT / "autograd" / "drawing").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name in ("notes", "troubles", "left_out"):
                body = [one for one in ast.walk(node) if isinstance(one, (ast.Constant, ast.JoinedStr))]
                inner = {
                    id(part)
                    for one in body
                    if isinstance(one, ast.JoinedStr)
                    for part in ast.walk(one)
                    if part is not one
                }
                texts = [
                    template(one) if isinstance(one, ast.JoinedStr) else one.value
                    for one in body
                    if id(one) not in inner
                ]
                pieces |= {
                    piece.strip()
                    for text in texts
                    if isinstance(text, str)
                    for piece in text.split(";")
                    if has_words(piece)
                }
    docstrings = {piece for piece in pieces if piece.endswith(".") or "\n" in piece}
    words = {
        "partials",
        "parameter",
        "constant",
        "grad",
        "box",
        "boxes",
        "dot",
        "gradient of a weight",
        "weight",
        "its gradient",
        "its output",
    }
    left = {piece for piece in pieces - docstrings - words if not any(one.fullmatch(piece) for one in known)}
    # put together from parts: of the {len} values, in {counted}
    assert left <= {"of the {graph}", "{of_all} values of {root}", "{values}{of_all} values of {root}",
                    "{values}{of_all} values in {boxes}", "number in a dot: {inside}", "line: {what}, orange above 0, blue below 0, wider for larger weights",
                    "is_finite", "is_cut"}, left  # fmt: skip


def small_model() -> Value:
    out = nn.MLP(2, [3, 2], seed=0)([1.0, -2.0])
    loss = nn.functional.cross_entropy(out, 1)
    loss.label = "L"
    loss.backward()
    return loss


def test_parameters_in_a_few_words_are_written_in_full():
    """Russian is longer, but gradients are not cut out of the middle of a line."""
    loss = nn.functional.mse_loss(nn.MLP(2, [4, 1], activation="tanh", seed=0)([Value(1.0), Value(0.0)]), [1.0]) * 0.01
    loss.backward()
    for name, said in (("en", "12 parameters, grads -"), ("ru", "параметров: 12, grads от -")):
        with using(name):
            assert said in html.unescape(loss.draw().pipe("svg", encoding="utf-8"))


@pytest.mark.parametrize("view", ["graph", "neurons", "matrix"])
def test_the_legend_of_a_picture_is_in_russian(view):
    loss = small_model()
    english = loss.draw(view=view).pipe("svg", encoding="utf-8")
    with using("ru"):
        russian = loss.draw(view=view).pipe("svg", encoding="utf-8")
    assert loss.draw(view=view).pipe("svg", encoding="utf-8") == english
    texts, others = (re.findall(r"<text[^>]*>([^<]*)", svg) for svg in (english, russian))
    assert any(map(english_in, texts))
    left = set(re.findall(r"(?<![\w.])[a-z]{3,}", " ".join(others).replace(" · relu", "")))
    assert left <= {"data", "grad", "grads", "relu", "log", "surprisal", "layers", "out"}, left
    assert numbers(" ".join(texts)) == numbers(" ".join(others))


def test_a_number_in_a_legend_has_no_english_comma():
    with using("ru"):
        assert legend.told("-1.1 to 0.66") == "от -1.1 до 0.66"
        assert legend.told("36,122 of the 1,000,000 values of f") == "значений из графа f: 36122 из 1000000"


def test_a_quiz_in_russian_explains_every_wrong_number_in_russian():
    """Except for names, formulas and code, no English word is left."""
    with using("ru"):
        for level in LEVELS:
            for seed in range(2):
                game = quiz(level=level, seed=seed)
                for k in range(24):
                    text = str(game.answer(f"{(k * 7) % 25 - 12}")) if k % 4 else str(game.skip())
                    left = set(re.findall(r"(?<![\w.])[A-Za-z]{3,}(?![\w.(])", text)) - {
                        level,
                        "zero_grad",
                        "exp",
                        "tanh",
                        "log",
                    }
                    assert not left - {"relu", "sigmoid", "number"}, text


# --- Verdicts ----------------------------------------------------------------------------------------------


COMMON = (
    r"\b(?:the|is|are|was|not|of|and|it|its|to|that|this|with|each|from|for|all|has|have|be|use|where|does|takes)\b"
)


def english_in(verdict: str) -> set[str]:
    """Return the words by which English is known, except in code, and in what Python or the learner says in an
    error."""
    text = re.sub(r"возникает \w+: .*?(?= \(строка|$)", "", re.sub(r"`[^`]*`", "", verdict))
    return set(re.findall(COMMON, text))


@pytest.mark.parametrize("name", ["gradients", "order", "chain"])
def test_a_wrong_solution_gets_a_verdict_in_russian(name):
    """The first wrong solution of each exercise is judged."""
    pytest.importorskip("numpy")  # some solutions use it
    wrong = [one for one in solutions(name) if one[0].startswith("wrong")]
    with using("ru"):
        for which, solution in wrong[:1]:
            right, verdict = verdict_on(name, solution)
            assert not right and verdict.startswith("пока нет. ") and re.search("[а-яё]{4}", verdict[10:]), (
                which,
                verdict,
            )


@pytest.mark.slow
@pytest.mark.parametrize("name", EXERCISES)
def test_every_wrong_solution_gets_a_verdict_in_russian_and_the_same_numbers(name):
    for which, solution in solutions(name):
        if which.startswith("wrong"):
            _, english = verdict_on(name, solution, search=False)
            with using("ru"):
                _, verdict = verdict_on(name, solution, search=False)
            assert re.search("[а-яё]{4}", verdict.removeprefix("пока нет. ")), (which, verdict)
            assert not english_in(verdict), (which, verdict)
            assert numbers(verdict) == numbers(english) or "address" in english, (which, english, verdict)


@pytest.mark.skipif(bool(IN_WORK), reason="not all catalogues are translated")
@pytest.mark.parametrize("solved", [False, True])
def test_a_file_of_exercises_is_in_russian(solved):
    """That is everything above the code of each exercise: the statement, the hint, the effort."""
    with using("ru"):
        for lesson in dict.fromkeys(one.lesson for one in EXERCISES.values()):
            text = exercise_files.starter(lesson, "check", solved)
            comments = "\n".join(re.findall(r'(?m)^(?:# |""").*', text))
            assert re.search("[а-яё]{4}", comments) and not english_in(comments), english_in(comments)


# --- The models ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [iris, *(pytest.param(one, marks=pytest.mark.slow) for one in (moons, digits, gpt))],
    ids=lambda one: one.__name__,
)
def test_the_page_and_the_lines_of_a_model_are_in_russian(model, tmp_path, capsys):
    with using("ru"):
        model.main(out=tmp_path, steps=1)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    words = re.sub(r"(?s)<(style|script|svg).*?</\1>|<[^>]*>", " ", page)
    plots = [path for path in tmp_path.glob("*.svg") if not path.name.startswith("graph-")]
    plotted = [" ".join(re.findall(r"<text[^>]*>([^<]*)", path.read_text(encoding="utf-8"))) for path in plots]
    assert len(plotted) >= 2
    for text in (capsys.readouterr().out, words, *plotted):
        assert re.search("[а-яё]{4}", text)
        assert not english_in(text), english_in(text)


# --- The workshop ------------------------------------------------------------------------------------------


@pytest.mark.skipif(bool(IN_WORK), reason="not all catalogues are translated")
def test_what_a_workshop_hands_out_is_in_russian():
    """This checks the index, handout, notes, figures' pages and notebooks, without running a lesson."""
    lessons = [demo for demo in DEMOS if demo.lesson]
    catalogue, missing = Catalogue(FOLDER / "ru"), list[str]()

    def heard(page: str, english: str, computed: bool) -> None:
        known = not re.search("[a-z]{3}", english) or re.search("[а-яё]", english) or is_code(english, page)
        if not known and not catalogue.matched(english, page):
            missing.append(english)

    with using("ru"), listening(heard):
        pages = [workshop._index(lessons), workshop._notes(lessons), handout(lessons)]
        pages += [workshop._figures_page(demo) for demo in lessons]
        notebooks = [notebook(demo) for demo in lessons]
    assert missing == []
    for page in pages:
        assert page.count('<html lang="ru">') == 1
        words = re.sub(r"(?s)<(style|script|pre|code|math).*?</\1>|<[^>]*>", " ", page)
        assert not re.findall(COMMON, words), re.findall(f".*{COMMON}.*", words)
    for demo, made in zip(lessons, notebooks):
        first, *cells = made["cells"]
        assert 'os.environ["AUTOGRAD_LANG"] = "ru"' in "".join(first["source"])
        english = notebook(demo)["cells"][1:]
        for cell, other in zip(cells, english, strict=True):
            same = cell["cell_type"] == "code" or not list(pieces.paragraphs("".join(other["source"])))
            assert (cell == other) == same, other["source"]


# --- The page in Russian -----------------------------------------------------------------------------------

PAGE = (ROOT / ".github" / "README.ru.md").read_text(encoding="utf-8")


def test_the_page_in_russian_installs_as_the_readme_does():
    english = (ROOT / "README.md").read_text(encoding="utf-8")
    for start in ("python3 -m venv", "py -3 -m venv"):
        (command,) = re.findall(rf"(?m)^{start}.*$", PAGE)
        assert command.endswith("-m demos 53 --lang ru")
        assert command.removesuffix("53 --lang ru") + "iris\n" in english
    (shown,) = re.findall(r"(?s)```console\n(.*?)```", PAGE)
    assert shown in english, "the steps are those of the README, where they are executed"
    assert len(PAGE.splitlines()) <= 90
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        assert (ROOT / ".github" / target).exists(), target


COMMANDS = re.findall(r"(?m)^\.venv/bin/python -m demos(.*?) *#", PAGE)


@pytest.mark.slow
@pytest.mark.skipif(bool(IN_WORK), reason="not all catalogues are translated")
def test_the_commands_of_the_page_in_russian_speak_russian(tmp_path):
    """They run in the page's order, in one folder; the last one takes long, and has its own test."""
    assert len(COMMANDS) == 6
    for command in COMMANDS[:-1]:
        words = [sys.executable, "-m", "demos", *command.split()]
        ran = subprocess.run(words, capture_output=True, encoding="utf-8", cwd=tmp_path, check=False, stdin=subprocess.DEVNULL,
                             env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)})  # fmt: skip
        assert ran.returncode == (1 if " check " in command else 0), ran.stderr  # nothing is right yet in a new file
        assert re.search("[а-яё]{4}", ran.stdout), command
        assert not ran.stderr, ran.stderr


# --- The player --------------------------------------------------------------------------------------------


def emblem() -> Value:
    a = Value(1.0, label="a")
    b = a + a
    f = b * (b + 1)
    b.label, f.label = "b", "f"
    return f


def test_a_page_that_plays_is_english_until_a_language_is_used():
    page = emblem().player().html
    assert '<html lang="en">' in page and '"words":[' not in page
    with using("ru"):
        other = emblem().player().html
    assert '<html lang="ru">' in other and "<title>обратный проход от f</title>" in other
    assert emblem().player().html == page


def test_every_sentence_of_the_script_is_listed():
    """Every literal that told() gets is in the table of the page."""
    known = {re.sub(r"\{\w+\}", "{}", sentence) for sentence in words.SENTENCES}
    for path in (ROOT / "autograd" / "player").glob("player*.js"):
        for literal in re.findall(r'\btold\("([^"]+)"\)|\btold\(`([^`]*)`\)', path.read_text(encoding="utf-8")):
            text = re.sub(r"\$\{(?:[^{}]|\{[^{}]*\})*\}", "{}", "".join(literal))
            assert text.replace("{}{}", "{}") in known or any(
                re.fullmatch(re.escape(one).replace(r"\{\}", ".+"), text) for one in known
            ), f"{path.name}: {text}"


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
@pytest.mark.parametrize("at", ["edge=1&value=a", "edge=3&list", "forward=1&value=v2", "edge=0&predict", "edge=5"])
def test_a_page_in_russian_has_no_english_left(at, tmp_path):
    with using("ru"):
        path = emblem().player().save(tmp_path / "page.html")
    words = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000", "--dump-dom"]
    dom = subprocess.run(
        [*words, f"{Path(path).as_uri()}#{at}"], capture_output=True, encoding="utf-8", timeout=120
    ).stdout
    assert "значение" in dom
    told_by = re.findall(r' (?:title|aria-label|placeholder)="([^"]*)"', dom)
    shown = re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<(script|style|code).*?</\1>", " ", dom))
    for text in (shown, *told_by):
        left = re.findall(r"(?<![\w.])[A-Za-z]{3,}(?![\w.(])", text.replace("layers.0.weight", ""))
        assert set(left) <= {"data", "grad", "Home", "End", "JavaScript", "log", "exp"}, text


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to run JavaScript")
def test_names_of_values_stay(tmp_path):
    """A value called Play, or first, is not translated where a sentence is filled in with its name."""
    source = (ROOT / "autograd" / "player" / "player.js").read_text(encoding="utf-8")
    with using("ru"):
        data = json.dumps({"words": words.table()})
    code = source.partition("// --- Words ---")[2].partition("// --- Elements ---")[0]
    script = f"const DATA = {data};\n{code}\nconsole.log(JSON.stringify(['Play', 'Play.grad is complete', "
    script += "'first.grad is NOT complete: 2 more to come', 'a -> Play  (operand 2 of 3)'].map(told)));"
    ran = subprocess.run(["node", "-"], input=script, capture_output=True, encoding="utf-8", timeout=60, check=True)
    assert json.loads(ran.stdout) == [
        "Пуск", "Play.grad собран полностью", "first.grad собран НЕ полностью, осталось вкладов: 2",
        "a -> Play  (операнд 2 из 3)",
    ]  # fmt: skip
