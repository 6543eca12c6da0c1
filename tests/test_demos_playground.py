"""The playground: what is written, from small stand-ins of its parts; what runs in its Python; and what its command says."""

import base64
import gzip
import hashlib
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from drawn import needs_engine
from translations import IN_WORK

from autograd.drawing import set_engine
from demos.cli import main
from demos.exercises import EXERCISES
from demos.languages import LANGUAGES
from demos.playground import parts, running, writer
from demos.playground.documents import documents, emblem
from demos.playground.notebook import bundle_of
from demos.playground.running import start
from demos.playground.sources import archive, staged
from demos.practice import QUESTIONS
from demos.shared.catalog import LESSONS

PARTS = {"worker.js": b"postMessage(1)", "python.wasm": bytes(range(256)), "sources": b"\0\1"}
HOSTILE = "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)>"
TOLD = {
    "en": {"documents": [{"title": HOSTILE}], "emblem": HOSTILE, "words": {}},
    "ru": {"documents": [], "emblem": "", "words": {HOSTILE: "да"}},
}
PAGE = writer.Page('console.log("</script>")', PARTS, TOLD, HOSTILE)


class Scripts(HTMLParser):
    """The scripts of a page by what they are, the texts of its elements, and its policy."""

    def __init__(self, text):
        super().__init__()
        self.scripts, self.tags, self.policy, self.inside = [], [], "", None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append(tag)
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        if tag == "script":
            self.inside = attributes
            self.scripts.append([attributes, ""])

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside is not None:
            self.scripts[-1][1] += data


def written(tmp_path, page=PAGE):
    path = writer.write_file(tmp_path / "play.html", page)
    return Scripts(path.read_text(encoding="utf-8"))


# --- The page as a file ----------------------------------------------------------------------------------------------


def test_a_file_holds_every_part_and_nothing_is_fetched(tmp_path):
    found = written(tmp_path)
    held = {of["id"].removeprefix("part-"): text for of, text in found.scripts if of.get("id", "").startswith("part-")}
    opened = {name: gzip.decompress(base64.b64decode(text)) for name, text in held.items()}
    assert {name: json.loads(opened.pop(f"data-{name}")) for name in TOLD} == TOLD
    assert opened == PARTS
    assert "connect-src 'none'" in found.policy
    text = (tmp_path / "play.html").read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!#|data:)', text) and "@import" not in text and "url(" not in text


def test_the_policy_lets_only_the_pages_own_scripts_run(tmp_path):
    found = written(tmp_path)
    rules = dict(rule.split(" ", 1) for rule in found.policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "unsafe-inline" not in rules["script-src"] and "'unsafe-eval'" not in rules["script-src"]
    running_ones = [text for of, text in found.scripts if "type" not in of or of.get("id") == "later"]
    hashes = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in running_ones}
    assert {word for word in rules["script-src"].split() if word.startswith("'sha256")} == hashes
    assert len(running_ones) == 2


def test_what_is_hostile_in_data_and_licences_is_text(tmp_path):
    plain = writer.Page("1", PARTS, {name: {"documents": [], "emblem": "b", "words": {}} for name in TOLD}, "c")
    found, harmless = written(tmp_path), written(tmp_path, plain)
    assert found.tags == harmless.tags
    assert (
        json.loads(next(text for of, text in found.scripts if of.get("id") == "data"))["languages"].keys()
        == TOLD.keys()
    )


def test_a_folder_has_parts_whose_names_change_with_them(tmp_path):
    files = writer.write_folder(tmp_path / "site", PAGE)
    names = {path.name for path in files}
    assert names == {path.name for path in (tmp_path / "site").iterdir()} and "index.html" in names
    found = Scripts((tmp_path / "site" / "index.html").read_text(encoding="utf-8"))
    data = json.loads(next(text for of, text in found.scripts if of.get("id") == "data"))
    held = {name: gzip.decompress((tmp_path / "site" / file).read_bytes()) for name, file in data["parts"].items()}
    assert {name: json.loads(held.pop(f"data-{name}")) for name in TOLD} == TOLD
    assert held == PARTS
    assert "connect-src 'self'" in found.policy
    other = writer.write_folder(tmp_path / "other", PAGE._replace(parts={**PARTS, "sources": b"else"}))
    assert len(names & {path.name for path in other}) == len(names) - 1


# --- Its parts ---------------------------------------------------------------------------------------------------


def test_every_part_is_pinned_by_version_and_sha512():
    packages = json.loads(parts.PINNED.read_text(encoding="utf-8"))["packages"]
    wanted = packages.pop("")["dependencies"]
    assert {f"node_modules/{name}" for name in wanted} <= set(packages)
    for name, pinned in packages.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", pinned["version"]) and pinned["integrity"].startswith("sha512-"), name
        assert "resolved" not in pinned, "the registry is the one that npm is configured for"


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ("", "install them from https://nodejs.org"),
        pytest.param("npm node", "Is there a network?", marks=pytest.mark.needs_process),
    ],
)
def test_the_command_says_what_is_missing(tmp_path, monkeypatch, capsys, there, said):
    for name in there.split():
        (tmp_path / name).write_text("#!/bin/sh\necho 'npm error network' >&2\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path) if there else str(tmp_path / "empty"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert main(["playground", str(tmp_path / "play.html")]) == 1
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1 and not (tmp_path / "play.html").exists()


def test_parts_that_were_fetched_are_kept_until_others_are_pinned(tmp_path, monkeypatch):
    asked = []

    def run(command, folder):
        asked.append(command[1])
        assert (folder / "package.json").exists() and (folder / "package-lock.json").exists()
        (folder / "node_modules").mkdir(exist_ok=True)

    monkeypatch.setattr(parts, "npm", lambda: "npm")
    monkeypatch.setattr(parts, "run", run)
    for _ in range(2):
        assert parts.fetch(tmp_path / "cache") == tmp_path / "cache" / "node_modules"
    assert asked == ["ci"]
    (tmp_path / "cache" / "package-lock.json").write_text("{}")  # as an older version of this package left it
    parts.fetch(tmp_path / "cache")
    assert asked == ["ci", "ci"]


@pytest.mark.needs_process
def test_a_program_that_fails_is_told_by_its_last_line(tmp_path):
    code = "import os, sys; print(os.environ['PART'], os.getcwd()); sys.exit({})"
    assert parts.run([sys.executable, "-c", code.format(0)], tmp_path, {"PART": "a"}).split() == ["a", str(tmp_path)]
    for status, said in (("3", "a "), ("'first\\nlast'", "^last$")):
        with pytest.raises(parts.PartsError, match=said):
            parts.run([sys.executable, "-c", code.format(status)], tmp_path, {"PART": "a"})
    with pytest.raises(parts.PartsError, match=r"^exit status 4$"):
        parts.run([sys.executable, "-c", "raise SystemExit(4)"], tmp_path)


def test_the_licence_of_every_package_in_the_page_is_in_it(tmp_path):
    modules = tmp_path / "node_modules"
    packages = json.loads(parts.PINNED.read_text(encoding="utf-8"))["packages"]
    for k, name in enumerate(filter(None, packages)):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / ("LICENSE", "LICENSE.md")[k % 2]).write_text(f"Use {name} freely.")
    text = parts.licences(modules)
    mine = json.loads((Path(parts.__file__).parent / "package.json").read_text(encoding="utf-8"))["dependencies"]
    for name in mine:
        inside = (
            f"Use node_modules/{name} freely." in text
            and f"{name} {packages[f'node_modules/{name}']['version']}, " in text
        )
        assert inside is (name != "esbuild"), name  # which makes the page, and is not in it
    assert text.startswith((Path(parts.__file__).parent / "page" / "licences.txt").read_text(encoding="utf-8")[:40])


def test_the_command_writes_a_file_or_a_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(writer, "build", lambda: PAGE)
    assert main(["playground", str(tmp_path / "play.html")]) == 0
    assert (tmp_path / "play.html").as_uri() in capsys.readouterr().out
    assert main(["playground", "--folder", str(tmp_path / "site")]) == 0
    assert (tmp_path / "site" / "index.html").as_uri() in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["playground", str(tmp_path)])
    assert "name a file in it" in capsys.readouterr().err


def test_the_sources_are_those_that_are_installed(tmp_path):
    staged(tmp_path)
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py")}
    assert {
        "autograd/value.py",
        "nn/modules/module.py",
        "graphviz/graphs.py",
        "scalar_autograd/lessons/slope.py",
    } <= names
    packed = archive(tmp_path)
    assert packed.count(b"class Value") and b"scalar_autograd/bench" not in packed


# --- What is in it to read and to do ---------------------------------------------------------------------------------


@needs_engine
def test_all_lessons_questions_and_exercises_are_in_it():
    made = documents()
    lessons = [one for one in made if one["lesson"]]
    assert tuple(one["lesson"] for one in lessons) == LESSONS
    cells = [cell for one in lessons for cell in one["cells"]]
    assert {cell["exercise"]["name"] for cell in cells if "exercise" in cell} == set(EXERCISES)
    assert {cell["name"] for cell in cells if "name" in cell} <= set(QUESTIONS)
    assert len([cell for cell in cells if "name" in cell]) > 20
    names = {one["name"] for one in made}
    links = re.findall(r'href="([^"]*)"', json.dumps(cells).replace('\\"', '"'))
    assert links and all(link.removeprefix("#lesson=") in names for link in links if not link.startswith("https:"))
    for cell in cells:
        if "code" in cell:
            compile(cell["code"], "cell", "exec")
    assert "backprop of f" in emblem()


@needs_engine
def test_the_page_speaks_the_languages_that_have_a_catalogue():
    english = writer.words_of_the_page()
    assert {
        "Run all",
        "Save .py",
        "Stop (Ctrl+.)",
        "Documents",
        "Python is ready",
        "Step through {name}",
        "Predict.",
    } - {*english} == {"Predict."}
    for language in set(LANGUAGES[1:]) - IN_WORK:
        told = writer._told(language)
        lessons = [one for one in told["documents"] if one["lesson"]]
        assert lessons[0]["title"] != documents()[1]["title"]
        assert set(told["words"]) <= set(english)
        for sentence, other in told["words"].items():
            assert re.findall(r"\{\w+\}", sentence) == re.findall(r"\{\w+\}", other), sentence


# --- What runs in its Python ---------------------------------------------------------------------------------------


@pytest.fixture
def session(monkeypatch):
    """Asks a session, and returns everything it reported as a list, and the result. No other code mistakes it for a
    notebook."""
    for name in ("IPython", "IPython.display"):
        monkeypatch.setitem(sys.modules, name, sys.modules.get(name))
    told = []
    one = start(lambda text: told.append(json.loads(text)))

    def ask(**request):
        told.clear()
        one.do(json.dumps(request))
        return [each for each in told if "done" not in each], told[-1]["done"]

    return ask


def printed(told, error=False):
    return "".join(each["text"] for each in told if each.get("error") is error)


def test_a_cell_prints_shows_and_tells_what_it_computed(session):
    code = "from autograd import Value\na = Value(2.0, label='a')\nprint('hello')\nb = a * a\nb.tanh()"
    told, done = session(do="run", code=code, cell=1)
    assert printed(told) == "hello\n"
    assert told[-1]["show"]["text/plain"].startswith("Value(0.9993")
    assert done == {"computed": ["_", "b"]}
    _, done = session(do="run", code="def f():\n    b = a * 3\n    return b\nc = f()", cell=2)
    assert done == {"computed": ["c"]}


CELLS = [  # code, the line that is marked, what is said
    ("x = 1\ny = x / 0", 2, "line 2: y = x / 0\nZeroDivisionError: division by zero\n"),
    ("def f():\n    return {}[1]\n\nf()", 2, "line 4: f()\nline 2 in f: return {}[1]\nKeyError: 1\n"),
    ("x = = 2", 1, "line 1: x = = 2\nSyntaxError: invalid syntax\n"),
    (
        "from autograd import Value\nValue(0.0, label='z').log()",
        2,
        "line 2: Value(0.0, label='z').log()\nDomainError: log(z)",
    ),
    ("exit()", 1, "exit() does nothing here"),
    ("input('name?')", 1, "there is nobody to ask here"),
]


@pytest.mark.parametrize(("code", "line", "said"), CELLS)
def test_an_error_is_told_in_the_learners_own_line(session, code, line, said):
    told, done = session(do="run", code=code, cell=3)
    assert done == {"line": line}
    assert said in printed(told, error=True)
    assert "running.py" not in printed(told, error=True)


def test_an_error_in_another_cells_function_names_that_cell(session):
    session(do="run", code="def f():\n    return 1 / 0", cell=1)
    told, done = session(do="run", code="\nf()", cell=2)
    assert done == {"line": 2} and "cell 1, line 2 in f: return 1 / 0" in printed(told, error=True)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="this Python does not report jumps; the browser's does")
@pytest.mark.parametrize("code", ["while True: pass", "for i in iter(int, 1):\n    try:\n        i\n    except Exception:\n        pass",
                                  "sum(1 for _ in iter(int, 1))", "def f():\n    while True: pass\nf()"])  # fmt: skip
def test_a_loop_without_an_end_is_ended_with_a_sentence_and_the_variables_stay(session, monkeypatch, code):
    monkeypatch.setattr(running, "ROUNDS", 10_000)
    session(do="run", code="kept = 7", cell=1)
    told, done = session(do="run", code=code, cell=2)
    assert done["line"] and "What would end that loop?" in printed(told, error=True)
    told, _ = session(do="run", code="kept", cell=3)
    assert told[-1]["show"] == {"text/plain": "7"}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="this Python does not report jumps")
def test_a_tool_that_watches_the_cells_is_left_alone(session):
    sys.monitoring.use_tool_id(running._TOOL, "a profiler")
    try:
        told, _ = session(do="run", code="for i in range(3): pass\ni", cell=1)
        assert told[-1]["show"] == {"text/plain": "2"} and sys.monitoring.get_tool(running._TOOL) == "a profiler"
    finally:
        sys.monitoring.free_tool_id(running._TOOL)


def test_what_is_printed_and_shown_is_limited(session):
    told, _ = session(do="run", code="for i in range(200_000): print(i)", cell=1)
    assert running.PRINTED < len(printed(told)) < running.PRINTED + 100 and "left out" in printed(told)
    told, _ = session(do="run", code="for i in range(1000): display(i)", cell=1)
    assert sum("show" in each for each in told) == running.SHOWN and "left out" in printed(told)
    told, _ = session(do="run", code="'x' * 10**6", cell=1)
    assert len(told[0]["show"]["text/plain"]) < 50_000


def test_a_place_in_the_output_may_show_something_else_later(session):
    told, _ = session(do="run", code="place = display(1, display_id=True)\nplace.update(2)", cell=1)
    assert [(each["show"]["text/plain"], each["again"]) for each in told] == [("1", False), ("2", True)]
    assert told[0]["place"] == told[1]["place"]


def test_an_object_is_shown_as_it_shows_itself():
    class Shown:
        def __repr__(self):
            return "shown"

        def _repr_html_(self):
            return "<b>shown</b>"

        def _repr_latex_(self):
            return None

    assert bundle_of(Shown()) == {"text/plain": "shown", "text/html": "<b>shown</b>"}


def test_a_display_that_fails_hides_nothing():
    class Broken:
        def __repr__(self):
            raise ValueError("no")

        def _repr_html_(self):
            raise KeyError("<b>")

    assert "whose repr raises ValueError: no" in bundle_of(Broken())["text/plain"]
    assert "no picture: KeyError" in bundle_of(Broken())["text/plain"]


@needs_engine
def test_what_was_computed_is_stepped_through_under_its_names(session):
    session(do="run", code="from autograd import Value\nx = Value(2.0)\ny = x * x", cell=1)
    told, _ = session(do="step", name="y")
    assert "backprop of y" in told[0]["show"]["text/html"]


@needs_engine
def test_a_lessons_cell_shows_its_pictures_below_it(session):
    code = (
        "from autograd import Value, draw\nfrom scalar_autograd import show\nshow(draw(Value(2.0, 'x') * 3), 'graph')"
    )
    told, _ = session(do="run", code=code, cell=1)
    assert [list(each["show"]) for each in told] == [["text/plain", "image/svg+xml"]]
    told, _ = session(do="run", code="show((Value(2.0, 'x') * 3).player(), 'player')", cell=2)
    assert "text/html" in told[0]["show"]


@needs_engine
def test_an_expression_is_shown_with_numbers_given_or_not(session):
    told, _ = session(do="express", text="tanh(a*b + c); a=2, b=-3, c=6.88")
    assert printed(told).startswith("f = tanh(a*b + c)\nf = 0.706419\ndf/da = -1.50292\n")
    assert "srcdoc" in told[-1]["show"]["text/html"]
    assert "df/db = " in printed(session(do="express", text="b = a + a; b * (b + 1)")[0]) + "df/db = "
    for wrong in ("tanh(a", "a; b=2", "3 + 4", "__import__('os')"):
        told, _ = session(do="express", text=wrong)
        assert printed(told, error=True).startswith("FormulaError: "), wrong


def test_an_exercise_is_checked_hinted_and_solved(session):
    told, done = session(do="check", name="predicted")
    assert done == {"right": False} and "there is no predicted yet" in printed(told)
    session(do="run", code="def predicted(y, slope, dx):\n    return slope * dx", cell=1)
    told, done = session(do="check", name="predicted")
    assert done == {"right": False} and "add it to y" in printed(told)
    session(do="run", code="def predicted(y, slope, dx):\n    return y + slope * dx", cell=1)
    assert session(do="check", name="predicted")[1] == {"right": True}
    assert "slope" in printed(session(do="help", name="predicted", solved=False)[0])
    assert "def predicted" in printed(session(do="help", name="predicted", solved=True)[0])


def test_the_quiz_asks_and_counts(session):
    _, done = session(do="ask", level="chain", seed=0)
    assert "What is df/d" in done["text"] and done["asked"] == 0
    for wrong in ("101", "102", "103", "104"):
        text = done["text"] + session(do="answer", guess=wrong)[1]["text"]
        assert "skip" not in text and "Try once more." in text, "the page has a button for it"
    _, done = session(do="answer", guess=None)
    assert done["asked"] == 1 and done["code"].startswith("chain-0-0of1")


def test_names_are_completed(session):
    session(do="run", code="weights = [1, 2]", cell=1)
    assert session(do="complete", text="wei")[1]["names"] == ["weights"]
    assert "append" in session(do="complete", text="weights.app")[1]["names"]
    assert session(do="complete", text="nothing.here.")[1]["names"] == []


def test_the_moons_train_and_move():
    """The moons page, shortened, shows three pictures, two of them moving."""
    code = (Path(writer.__file__).parent / "starters" / "moons.py").read_text(encoding="utf-8")
    told = []
    before = set_engine(None)
    try:
        one = start(lambda text: told.append(json.loads(text)), lambda source, format: "<svg/>")
        one.do(json.dumps({"do": "run", "code": code.replace("121", "9"), "cell": 1}))
    finally:
        set_engine(before)
        for name in ("IPython", "IPython.display"):
            sys.modules.pop(name, None)
    assert [each["again"] for each in told if "show" in each] == [False] * 3 + [True] * 4
    assert "the loss went from" in printed(told) and not printed(told, error=True)
    assert re.search(r"\d+ parameters", code)[0] in printed(told)
