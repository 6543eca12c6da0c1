"""No phrase that a native lecturer would not use, in any text that people read: see prose.py for what is read."""

import re
from typing import NamedTuple

import pytest
from prose import ROOT, files, texts


class Phrase(NamedTuple):
    """pattern: what is banned. instead: what to write. specimen: a sentence that has it. fine: one that looks like it."""

    pattern: str
    instead: str
    specimen: str
    fine: str


_WITH_RESPECT_TO = r"(?:its|each|every|the|an?) (?:\w+ )?(?:operand|input|weight|score|argument|parameter)s?"
PHRASES = (
    Phrase(
        r"(?<![Tt]here )\b(?:is|are) no (?!longer|more|better|worse|larger|smaller|different|way)\w",
        "X is not a Y",
        "what is no float is refused",
        "there is no gradient, and it is no longer kept",
    ),
    Phrase(r"\bthere and back\b", "forwards and backwards", "it steps there and back", "it goes there, and back"),
    Phrase(
        r"\bhand(?:s|ed|ing)? (?:(?:it|its \w+|them|this|that) )?on\b(?! the)",
        "pass on",
        "it hands its gradient on",
        "worked out by hand on the board",
    ),
    Phrase(r"\b(?:a|an|the) said\b", "a text, a sentence", "the said of a node", "as the paper said"),
    Phrase(
        r"\b[Ss]tand(?:s|ing)? (?:for|in|on|at|beside|behind|below|above|over|under|before|after|there|between)\b",
        "is, means, is written",
        "on the arrow stands its slope, and w stands for it",
        "they understand for themselves what stands out",
    ),
    Phrase(
        r"\bround (?:an?|the|it|them|each|every|one)\b",
        "around",
        "a ring round the point",
        "the wrong way round, and ticks at round numbers",
    ),
    Phrase(
        r"(?:^|[\s(=+*/<-])\.\d+(?![\w.])",
        "0.1",
        "a step of .05 is small",
        "a step of 0.05, in version 1.2.3, with a margin of .3em",
    ),
    Phrase(r"\b[Ww]ho(?:so|m)?ever\b", "anyone who", "whoever has Python runs it", "however it is run"),
    Phrase(
        r"\b(?:t?here|where)(?:by|of|in|unto|upon)\b", "so, by this", "it is thereby kept", "therefore, and wherever"
    ),
    Phrase(r"\bas of\b", "since, from ... on", "as of the second update", "as often as it is asked"),
    Phrase(
        r"(?<!each )(?<!none )(?<!some )(?<!most )(?<!both )(?<!one )(?<!all )\b[Oo]f (?:which|whom)\b",
        "a sentence of its own",
        "a list, of which the first is f",
        "rows, each of which is a node",
    ),
    Phrase(
        r"\b(?:for|of|by|to|from|with) who\b",
        "for readers who, for those who",
        "it is for who teaches",
        "those who teach",
    ),
    Phrase(
        rf"\b(?:slope|derivative|gradient|partial)s?(?: of \w+)? in {_WITH_RESPECT_TO}\b",
        "with respect to",
        "the slope of f in each operand",
        "we check a derivative in every later lesson",
    ),
    Phrase(
        r"(?:^|[.!?] )Of (?:an?|the|each|every|two|several|what|all|some|it|them) ",
        "the subject first",
        "Of a generator it is on while it runs.",
        "Of course. The name of each node.",
    ),
    Phrase(
        r"\bof (?:its|their) own (?:is|are)\b", "the subject first", "no label of its own is shown", "one of its own"
    ),
    Phrase(r"\bshall\b", "has to, should", "it shall return a list", "a shallow copy"),
    Phrase(r"\b[Cc]ommit (?:yourself|themselves)\b", "write down your answer", "commit yourself first", "git commit"),
    Phrase(r"\bbut for\b", "except for", "all but for the last", "not for this, but forwards"),
    Phrase(r"\b[Ss]uch (?:is|are)\b", "for example", "such is the slope at 0", "such as this is"),
    Phrase(r"\bone and the same\b", "the same", "one and the same list", "one, and the same list"),
    Phrase(
        r"\b(?:one|an?|two) (?:row|line|file|object|number|frame|name|folder|paragraph|call|update|round) an? \w",
        "per",
        "one row an operation",
        "one row and a line",
    ),
    Phrase(
        r"\b(?:says?|said|tells?|told|saying|telling) of\b", "about", "what it says of a node", "as was told, of course"
    ),
    Phrase(r"\bbelongs? into\b", "belongs in", "it belongs into the list", "it belongs in there"),
    Phrase(
        r"\bso (?:many|much|long|far) that who\b",
        "enough to",
        "so many that who counts is right",
        "so many that they fit",
    ),
    Phrase(r"\bof (?:that|this) name\b", "with that name", "the row of that name", "of the name that it has"),
    Phrase(r"\bthe answer of\b", "the result of", "the answer of walk()", "the answer is of another kind"),
    Phrase(
        r"\b(?:have|has|know|knows) (?:it|them) already\b",
        "already have it",
        "the nodes, if you have them already",
        "if you already have them",
    ),
    Phrase(r"\bflow(?:s|ed|ing)? on\b", "is passed on, flows back", "no gradient flows on", "it flows only back"),
    Phrase(r"\bequally many\b", "the same number of", "equally many rows", "as many rows"),
    Phrase(r"\bin the place of\b", "in place of", "a tracer in the place of a number", "in the place where it was"),
    Phrase(r"\bat the least\b", "at least", "two groups at the least", "at least two"),
    Phrase(r"\bdefine there\b", "define one", "it has no rule: define there how it moves", "defined there"),
    Phrase(r"\b(?:brings?|brought) along\b", "adds, has", "what a row brings along", "it brings two"),
    Phrase(
        r"\bthe (\w+er),? the (?!\w+er,)\w+er\b(?= [.;)]|[.;)]|$)",
        "stronger for larger numbers",
        "orange, the stronger the larger",
        "the larger, the wider it is",
    ),
    Phrase(
        r"\ban?other \w+ than\b|\bother (?:data|names|grads|places|letters|numbers) than\b",
        "a different one from, ... other than",
        "it has other data than the graph, and in another context than before",
        "letters other than Latin ones",
    ),
    Phrase(r"\banew\b", "again, from scratch", "it is traced anew", "a new one"),
    Phrase(r"(?<!the )\b(?:in|out)side of\b", "inside, outside", "inside of a loop", "the inside of a box"),
    Phrase(
        r"\b[Cc]alls? of (?:an? |the |each |every |one )?(?:function|module|interpreter|method|layer)s?\b",
        "calls to",
        "one call of a module",
        "the first call of each step",
    ),
    Phrase(
        r"\bturns? of (?:an?|the|its|every) loops?\b|\bthe turn before\b",
        "iterations",
        "the turns of a loop",
        "a turn of the plane",
    ),
    Phrase(
        r"\bthe (?:most|fewest) (?:character|letter|term|operand|edge|box|row|column|line|node|digit|number|point)(?:e?s)?"
        r" of (?:an?|the|each)\b",
        "the most characters in a",
        "the most characters of a title",
        "the most boxes to draw",
    ),
    Phrase(
        r"\b[Tt]he least (?:width|height|distance|size|number)\b",
        "the minimum",
        "the least width of a box",
        "the least recently used",
    ),
    Phrase(r"\bin few words\b", "abbreviated", "some of it is in few words", "in a few words"),
    Phrase(
        r"\bthe (?:call|page|iteration) before\b",
        "the previous call",
        "left over from the call before",
        "the one before",
    ),
    Phrase(
        r"\bis there all the same\b|\ball the same(?=[.;])",
        "still",
        "it is computed all the same.",
        "all the same size",
    ),
    Phrase(
        r"\b[Aa]s a share of\b", "as a fraction of, relative to", "the height, as a share of the width", "a share of it"
    ),
    Phrase(
        r"\bno usual (?:slip|mistake)s?\b",
        "none of the usual",
        "no usual slip gives it",
        "none of the usual slips gives it",
    ),
    Phrase(
        r"\b(?:edge|operation)s? (?:(?:have|has) been )?made\b(?! of)",
        "processed, done",
        "go to where 3 edges have been made",
        "an operation, made of formulas",
    ),
    Phrase(r"\bthat who\b", "that those who", "so that who reads it knows", "so that those who read it know"),
    Phrase(
        r"\bgo(?:es|ing)? on until\b",
        "continue until",
        "it goes on until the loss is small",
        "it goes on, and stops then",
    ),
    Phrase(
        r"\b[Mm]ak(?:es?|ing) (?:an?|the(?: next| whole)?) (?:edge|phase)\b",
        "process an edge, run a phase",
        "it makes the next edge",
        "it makes a move along the edge",
    ),
    Phrase(
        r"\breplac(?:es?|ed|ing) (?:it|them|this|that) by\b", "replace with", "it replaces them by 0", "replaced by 0"
    ),
)
ANY = re.compile("|".join(phrase.pattern for phrase in PHRASES))


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.instead)
def test_a_banned_phrase_is_found_and_its_like_is_not(phrase):
    assert re.search(phrase.pattern, phrase.specimen)
    assert not re.search(phrase.pattern, phrase.fine)


def banned_in(path):
    for name, line, text in texts(path):
        for phrase in PHRASES if ANY.search(text) else ():
            found = re.search(phrase.pattern, text)
            if found:
                around = text[max(0, found.start() - 60) : found.end() + 40]
                yield f"{name}:{line}: {found.group().strip()!r} in ...{around}...: write {phrase.instead!r}"


@pytest.mark.parametrize("tests", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["shipped", "tests"])
def test_nobody_reads_a_banned_phrase(tests):
    paths = [path for path in files() if path.is_relative_to(ROOT / "tests") == tests]
    found = [line for path in paths for line in banned_in(path)]
    assert len(paths) > 50 and not found, "\n".join(found)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("docstring.py", '"""It is for who teaches."""\n'),
        ("comment.py", "x = 1  # it is for who teaches\n"),
        ("comments.py", "# It is\n# for who\n# teaches.\nx = 1\n"),
        ("message.py", 'raise ValueError(f"{x} is for who teaches")\n'),
        ("lesson.py", "# %% [markdown]\n# # A title\n#\n# It is for\n# who teaches.\n"),
        ("page.md", "# A title\n\nIt is for\nwho teaches.\n"),
        ("table.md", "| a | it is for who teaches |\n"),
        ("page.js", "// it's here\ntell('It is for who teaches');\n"),
        ("comment.js", "/* It is for\n * who teaches. */\n"),
        ("page.html", "<p>It is for who teaches.</p>\n"),
        ("page.c", "int x; /* for who teaches */\n"),
        ("settings.toml", "# for who teaches\nx = 1\n"),
    ],
)
def test_every_kind_of_text_is_read(tmp_path, name, source):
    path = tmp_path / name
    path.write_text(source, encoding="utf-8")
    assert len(list(banned_in(path))) == 1


def test_code_is_not_read(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("```python\nfor who in them: x.as of which\n```\n\nBut text is.\n", encoding="utf-8")
    assert [text for _, _, text in texts(path)] == ["But text is."]


def test_all_of_the_repository_is_listed():
    listed = {path.relative_to(ROOT).as_posix() for path in files()}
    assert {
        "README.md",
        ".github/CONTRIBUTING.md",
        "autograd/value.py",
        "demos/lessons/slope.py",
        "demos/shared/report.js",
    } <= listed
    assert not any("languages/ru" in name or name.startswith((".venv", "tests/golden")) for name in listed)
