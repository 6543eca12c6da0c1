"""The playground in Chromium and Firefox at once, opened as a file without a network, and from a server: cold, then at work.

Every step is taken in both browsers, which start side by side. Skipped unless there are both, node, and the npm packages
puppeteer-core and axe-core. PLAYGROUND names a page that was made earlier; PLAYGROUND_PICTURES a folder for pictures of
it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from test_hostile_labels import LABELS

DRIVER = Path(__file__).parent / "drive_both.js"
PICTURES = os.environ.get("PLAYGROUND_PICTURES")
BROWSERS = {
    "chrome": shutil.which("chromium") or shutil.which("google-chrome"),
    "firefox": shutil.which("firefox-esr") or shutil.which("firefox"),
}


def _lacks() -> str:
    if not all(BROWSERS.values()) or not shutil.which("node"):
        return "there are not Chromium, Firefox and node"
    needed = "require('puppeteer-core'); require.resolve('axe-core/axe.min.js')"
    found = subprocess.run(["node", "-e", needed], cwd=DRIVER.parent, capture_output=True, check=False)
    return "npm's puppeteer-core and axe-core are not on NODE_PATH" if found.returncode else ""


pytestmark = pytest.mark.skipif(bool(_lacks()), reason=_lacks() or "they are there")


class Both:
    """The two browsers: each method is a command of the driver, and returns the result in each browser."""

    def __init__(self):
        self.processes = {
            name: subprocess.Popen(
                ["node", str(DRIVER), name, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for name, path in BROWSERS.items()
        }

    def each(self, what, *given):
        """Return the result of a command in each browser, by the browser's name; {} in an argument is replaced by that
        name."""
        for name, process in self.processes.items():
            told = [one.replace("{browser}", name) if isinstance(one, str) else one for one in given]
            print(json.dumps([what, *told]), file=process.stdin, flush=True)
        found = {name: json.loads(process.stdout.readline()) for name, process in self.processes.items()}
        for name, one in found.items():
            assert "failed" not in one, f"{name}: {one['failed']}"
        return {name: one["result"] for name, one in found.items()}

    def __getattr__(self, what):
        def do(*given):
            first, second = self.each(what, *given).values()
            assert first == second or what in ("see", "seen"), (what, given, first, second)
            return first

        return do

    def see(self, script):
        """Return what a script finds. It has to be the same in both browsers."""
        first, second = self.each("see", script).values()
        assert first == second, (script, first, second)
        return first

    def ready(self):
        self.wait("['ready', 'failed'].includes(document.documentElement.dataset.python)", 120)
        assert self.see("document.documentElement.dataset.python") == "ready", self.see(
            "document.querySelector('#state').innerText"
        )

    def picture_of(self, name):
        if PICTURES:
            self.each("picture", f"{PICTURES}/{name}-{{browser}}.png")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The page as a file, and as a folder beside it."""
    from demos.playground.writer import build, write_file, write_folder

    path = Path(os.environ.get("PLAYGROUND") or tmp_path_factory.mktemp("made") / "playground.html")
    folder = path.with_suffix("")
    if not path.exists() or not folder.exists():
        page = build()
        write_file(path, page)
        write_folder(folder, page)
    return path, folder


@pytest.fixture(scope="module")
def both(made):
    """The page, opened as a file, with Python ready."""
    both = Both()
    both.size(1280, 900)
    both.open(made[0].as_uri())
    both.ready()
    marks = "performance.getEntriesByType('mark').map(({ name, startTime }) => [name, Math.round(startTime)])"
    for name, found in both.each("see", marks).items():
        times = dict(reversed(found))
        print(f"\n{name}: lessons after {times['open bench']} ms, Python after {times['ready']} ms")
    yield both
    for process in both.processes.values():
        process.communicate(timeout=30)


@pytest.fixture(autouse=True)
def nothing_goes_wrong(both):
    """There is no error, no message on the console, and no request that leaves the page."""
    yield
    for name, seen in both.each("seen").items():
        assert seen["errors"] == [] and seen["console"] == [], name
        left = [
            url
            for url in seen["requests"]
            if not url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:", "about:"))
        ]
        assert left == [], name


# --- Helpers -------------------------------------------------------------------------------------------------


def document(both, name):
    both.see(f"void (location.hash = '#lesson={name}')")
    both.wait(f"document.querySelector('#documents a[aria-current]')?.dataset.name === '{name}'")


def put(both, code, cell=".cell"):
    """Replace the code of the first cell by typing, as a person does."""
    both.click(f"{cell} .cm-content")
    both.key("Control+a", "Backspace")
    both.see(f"void document.querySelector({cell + ' .cm-content'!r}).focus()")
    both.each("see", f"document.execCommand('insertText', false, {json.dumps(code)})")
    both.key("Escape")  # leaves the editor, and closes what it proposes


def run(both, code):
    """Return what a cell prints and shows, as text, without progress lines: a slow machine prints more of those."""
    put(both, code)
    both.click(".cell .run")
    finished(both)
    return both.see(r"document.querySelector('.cell .output').innerText.replace(/drawing .* tried\s*/g, '').trim()")


def finished(both):
    both.wait("!document.querySelector('.runs') && document.documentElement.dataset.python === 'ready'")


BENCH = "from autograd import Value\na = Value(2.0, label='a')\nf = (a * a).tanh()\nf.backward()\nf"


# --- The bench -----------------------------------------------------------------------------------------------


def test_the_emblem_steps_and_all_lessons_are_listed(both):
    both.picture_of("bench")
    titles = both.see("[...document.querySelectorAll('#documents a')].map((link) => link.innerText)")
    assert len(titles) == 12 and titles[1].startswith("0 What is a slope?")
    both.frame(
        "#emblem iframe",
        "for (const button of ['end', 'end', 'back']) document.querySelector(`nav #${button}`).click()",
    )
    assert both.frame("#emblem iframe", "document.querySelector('#where').textContent") == "edge 4 of 5"


def test_a_cell_runs_and_its_result_is_drawn_and_stepped_through(both):
    document(both, "bench")
    said = run(both, f"print('hello')\n{BENCH}")
    assert said.startswith("hello") and "Step through f" in said
    both.frameWait(".cell iframe.html", "document.querySelector('img')?.naturalWidth > 100")
    text = both.frame(".cell iframe.html", "document.body.innerText")
    assert "f = 0.9993" in text
    both.click(".cell .steps button")
    both.frameWait(".cell iframe.page", "document.querySelector('#where')?.textContent === 'edge 0 of 3'")
    both.frame(".cell iframe.page", "document.querySelector('#on').click()")
    assert "f -> v1" in both.frame(".cell iframe.page", "document.querySelector('#words').innerText")
    slide = "(s => { s.value = 0; s.dispatchEvent(new Event('input', { bubbles: true })); })(document.querySelector('#sliders input'))"
    both.frame(".cell iframe.page", slide)
    assert "0" in both.frame(".cell iframe.page", "document.querySelector('#drawing').textContent")
    both.picture_of("stepping")


def test_an_error_is_marked_in_its_line(both):
    document(both, "bench")
    assert "line 2: y = x / 0\nZeroDivisionError: division by zero" in run(both, "x = 1\ny = x / 0")
    assert both.see("document.querySelector('.cell .wrong').innerText") == "y = x / 0"
    assert run(both, "y = x / 1\ny") == "1.0" and both.see("document.querySelector('.wrong')") is None


def test_an_expression_shows_formula_graph_and_steps(both):
    document(both, "bench")
    both.click("#express button")
    both.frameWait("#expressed iframe.page", "document.querySelector('#where')?.textContent === 'edge 0 of 5'")
    assert "df/da = -1.50292" in both.see("document.querySelector('#expressed').innerText")
    assert both.frame("#expressed iframe.page", "document.querySelectorAll('#sliders input[type=range]').length") == 3


def test_what_never_ends_is_ended_and_the_spare_worker_goes_on(both):
    document(both, "bench")
    run(both, "kept = 7")
    assert "What would end that loop?" in run(both, "while True: pass")
    assert run(both, "kept") == "7"
    put(both, "import itertools\nsum(itertools.count())")
    both.click(".cell .run")
    both.wait("!document.querySelector('#stop').disabled")
    both.click("#stop")
    finished(both)
    assert "Stopped. The variables are forgotten" in both.see("document.querySelector('.cell .output').innerText")
    assert run(both, "1 + 1") == "2"
    assert "left out" in run(both, "for i in range(10**5): print(i)")


def test_by_keyboard_alone(both):
    document(both, "bench")
    put(both, "")
    both.key("Shift+Tab")  # back into the editor
    both.type("value_of_mine = 20 + 1")
    both.key("Control+Enter")
    finished(both)
    both.key("Control+a", "Backspace")
    both.type("value_of")
    both.wait("document.querySelector('.cm-tooltip-autocomplete')?.innerText.includes('value_of_mine')")
    both.see("new Promise((done) => setTimeout(done, 150))")  # a completion is not accepted in the moment it appears
    both.key("Tab")
    both.type(" * 2")
    both.key("Shift+Enter")
    finished(both)
    assert both.see("document.querySelector('.cell .output').innerText.trim()") == "42"
    assert both.see("document.activeElement.closest('.cell') !== document.querySelector('.cell')")
    both.key("Escape")
    assert both.see("document.activeElement.className") == "run"
    both.key("Control+Shift+Enter")
    finished(both)
    assert both.see("document.querySelectorAll('.cell').length") == 2


def test_200_runs_leave_no_more_memory_behind(both):
    document(both, "bench")
    put(both, BENCH)
    again = "Promise.resolve().then(async () => { for (let k = 0; k < COUNT; k++) { document.querySelector('.cell .run').click(); await new Promise((done) => { const look = setInterval(() => { if (!document.querySelector('.runs')) { clearInterval(look); done(); } }, 4); }); } })"
    both.see(f"void ({again.replace('COUNT', '20')}.then(() => {{ window.first = true; }}))")
    both.wait("window.first", 100)
    before = both.each("see", "Number(document.documentElement.dataset.memory)")
    both.see(f"void ({again.replace('COUNT', '180')}.then(() => {{ window.second = true; }}))")
    both.wait("window.second", 200)
    after = both.each("see", "Number(document.documentElement.dataset.memory)")
    for name in BROWSERS:
        assert before[name] and after[name] - before[name] <= 16e6, name
    assert both.see("document.querySelectorAll('iframe').length") <= 4


# --- Lessons and exercises ------------------------------------------------------------------------------------


def test_a_lesson_runs_from_top_to_bottom(both):
    document(both, "gradient")
    both.see("void (window.all = false)")
    both.click("#run-all")
    both.wait("document.querySelectorAll('.output img').length >= 2 && document.querySelector('.output iframe.page')")
    finished(both)
    assert both.see("document.querySelectorAll('.output .error').length") == 0
    assert both.see("document.querySelector('#sheet').innerText.includes('dL/dw = -5 * 2 = -10')")
    both.picture_of("lesson")


def test_predictions_and_exercises_are_checked_and_counted(both):
    document(both, "gradient")
    form = "form[data-name=dL_db]"
    for guess, said in (("-10", "Not -10: b is not multiplied by x"), ("-5", "Right: -5")):
        both.see(f"void (document.querySelector('{form} input').value = '{guess}')")
        both.click(f"{form} button")
        assert said in both.see(f"document.querySelector('{form} output').innerText")
    exercise = "#sheet .exercise"
    wrong = "def gradients(w, b, x, y):\n    error = y - (w * x + b)\n    return 2 * error * x, 2 * error"
    for code, said in (
        (wrong, "The error has the wrong sign"),
        (wrong.replace("y - (w * x + b)", "w * x + b - y"), "gradients: right"),
    ):
        put(both, code, exercise)
        both.click(f"{exercise} .check")
        both.wait(f"document.querySelector('{exercise} .output').innerText.includes({said!r})")
        finished(both)
    both.wait("document.querySelector('#documents a[data-name=gradient] .done').innerText.startsWith('2/')")
    both.click(f"{exercise} .bar button:nth-of-type(3)")
    both.wait(f"document.querySelector('{exercise} .output').innerText.includes('How fast does the error')")
    both.picture_of("exercise")


def test_the_quiz_asks_and_says_what_a_wrong_answer_comes_from(both):
    document(both, "quiz")
    both.click(".quiz button")
    both.wait("document.querySelector('.quiz pre').innerText.includes('What is df/')")
    both.click(".quiz button:last-of-type")
    both.wait("document.querySelector('.quiz pre').innerText.includes('0 of 1')")
    assert "chain-0-0of1" in both.see("document.querySelector('.quiz pre').innerText")


def test_the_moons_train_while_boundary_loss_and_network_move(both):
    document(both, "moons")
    both.see("void (window.moved = new Set())")
    both.see(
        "void new MutationObserver(() => document.querySelectorAll('.output img').forEach((image, k) => moved.add(k + image.src))).observe(document.querySelector('#sheet'), { childList: true, subtree: true })"
    )
    both.click("#run-all")
    both.wait("document.querySelector('#sheet').innerText.includes('the loss went from 0')", 120)
    finished(both)
    moved = "[0, 1, 2].map((k) => [...moved].filter((each) => each.startsWith(k)).length)"
    assert all(count >= 5 for count in both.see(moved))
    both.picture_of("moons")


# --- Files, addresses, what is hostile ------------------------------------------------------------------------


def test_saved_and_loaded_as_python_and_as_a_notebook(both, tmp_path):
    document(both, "slope")
    catch = "void (window.saved = [], URL.createObjectURL = (blob) => { blob.text().then((text) => saved.push(text)); return 'data:,saved'; })"
    both.see(f"window.before = URL.createObjectURL, {catch}")
    both.click("#save-py")
    both.click("#save-ipynb")
    both.wait("saved.length === 2")
    as_python, as_notebook = both.see("saved")
    both.see("void (URL.createObjectURL = before)")
    cells = json.loads(as_notebook)["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert "# %% [markdown]\n# **Lesson 0" in as_python and len(code) > 5
    for one in code:
        assert one in as_python
    for name, text in (("mine.py", as_python), ("mine.ipynb", as_notebook)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        both.files("#file", str(tmp_path / name))
        both.wait(f"document.querySelector('#title').innerText === '{name}'")
        assert both.see("document.querySelectorAll('.cell').length") == len(code)
        assert both.see("document.querySelectorAll('.prose').length") == len(cells) - len(code)
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    both.files("#file", str(tmp_path / "broken.ipynb"))
    both.wait("document.querySelector('#said').innerText.includes('broken.ipynb')")


def test_a_text_in_the_address_is_shown_and_not_run(both):
    text = "# %% [markdown]\n# <b>bold</b> <img src=x onerror=alert(1)>\n\n# %%\nprint('ran')\n"
    both.see(f"void (location.hash = '#text=' + encodeURIComponent({json.dumps(text)}))")
    both.wait("document.querySelector('#title').innerText.startsWith('From the address')")
    assert both.see("document.querySelector('.prose').innerText") == "<b>bold</b> <img src=x onerror=alert(1)>"
    assert both.see(
        "[document.querySelector('.cell .output').innerText, document.querySelectorAll('#sheet img').length]"
    ) == ["", 0]
    both.click("#address")
    both.wait("document.querySelector('#said').innerText.includes('address')")
    assert "#text=" in both.each("see", "location.href")["firefox"]
    document(both, "bench")


def test_hostile_labels_and_displays_do_nothing(both):
    document(both, "bench")
    labels = [label for label in LABELS if label.isprintable()][:120]
    evil = "<img src=x onerror=top.evil=1></pre></script><script>top.evil = 1</script>"
    code = f"from autograd import Value\nfrom IPython.display import SVG, HTML, display\nevil = {evil!r}\na = Value(2.0, label=evil)\nf = a * a\n"
    said = run(
        both,
        f"{code}print(evil)\ndisplay(evil, f, SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"><script>top.evil = 1</script></svg>'))",
    )
    assert evil in said
    both.click(".cell .steps button")
    both.frameWait(".cell iframe.page", "document.querySelector('#where')?.textContent === 'edge 0 of 2'")
    run(both, f"leaves = [Value(1.0, label=label) for label in {labels!r}]\ng = sum(leaves)\ng")
    both.click(".cell .steps button")
    both.frameWait(".cell iframe.page", "document.querySelector('#where')?.textContent.startsWith('edge 0 of')")
    names = both.frame(".cell iframe.page", "model.names")
    assert sum(label in names for label in labels) > 60
    assert both.see("[window.evil === undefined, document.querySelectorAll('#sheet script').length]") == [True, 0]
    assert both.see("document.querySelectorAll('.output script, .output [onerror]').length") == 0


def test_it_speaks_russian_and_english_again(both):
    document(both, "slope")
    for language, title, button in (
        ("ru", "Что такое производная?", "Выполнить всё"),
        ("en", "What is a slope?", "Run all"),
    ):
        both.see(
            f"(s => {{ s.value = '{language}'; s.dispatchEvent(new Event('change')); }})(document.querySelector('#language'))"
        )
        both.wait(f"document.querySelector('#title').innerText === {title!r}")
        assert both.see("document.querySelector('#run-all').innerText") == button
        both.ready()
        document(both, "bench")
        said = run(both, "1 / 0")
        assert said.startswith("строка 1" if language == "ru" else "line 1")
        document(both, "slope")
        both.picture_of(f"slope-{language}")


# --- How it looks, and for whom ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bench", "gradient", "quiz", "moons"])
def test_accessible_and_nothing_runs_over_the_side(both, name):
    document(both, name)
    for width in (1280, 390):
        both.size(width, 844)
        assert both.see("document.documentElement.scrollWidth <= innerWidth")
        assert both.axe() == []
        both.picture_of(f"{name}-{width}")
    both.size(1280, 900)


# --- From a server -----------------------------------------------------------------------------------------------


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def test_from_a_server_what_was_typed_is_kept(both, made):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(made[1])))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/index.html"
        assert both.open(address) == 1  # for the file, what was typed was kept only in memory
        both.ready()
        assert run(both, "6 * 7") == "42"
        both.see("new Promise((done) => setTimeout(done, 700))")
        assert both.open(address) == 0
        both.wait("document.querySelector('.cell .cm-content')")
        assert both.see("document.querySelector('.cell .cm-content').innerText.trim()") == "6 * 7"
        assert "kept in this browser" in both.see("document.querySelector('#kept').innerText")
    finally:
        server.shutdown()
