"""The lessons in a real browser: the text in their figures is readable, nothing overflows, and all of it is accessible.

Skipped unless there are Chromium, node, and the npm packages playwright-core and axe-core (NODE_PATH says where).
"""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from browser.test_player_page import CHROMIUM, DRIVER, _lacks
from demos.shared.catalog import DEMOS
from demos.shared.page import run
from demos.workshop import _figures_page

LESSONS = [demo.name for demo in DEMOS if demo.lesson]
WIDE, PROJECTOR, PHONE, ZOOMED = (
    (1280, 800),
    (1280, 720),
    (390, 844),
    (640, 400),
)  # 1280 x 800 at 200 % is a window of 640 x 400

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(_lacks()), reason=_lacks() or "they are there")]

FIGURES = """(async () => {
    const pictures = [...document.querySelectorAll("figure img")].filter((one) => one.offsetParent);
    for (const one of pictures) await one.decode();
    return pictures.map((one) => [one.getAttribute("src"), one.naturalWidth, one.clientWidth, one.alt]);
})()"""
FADES = """(async () => {
    const boxes = [...document.querySelectorAll("figure > a, pre")].filter((box) => box.checkVisibility());
    const two = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const count = () => boxes.filter((box) => box.classList.contains("more")).length;
    await two();
    const before = count(), wider = boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).length;
    for (const box of boxes) box.scrollLeft = box.scrollWidth;
    await two();
    return [before, wider, count()];
})()"""
SLIDES = """(async () => {
    const seen = [];
    for (let k = 0; k < sections.length; k++) {
        show(k);
        for (const one of sections[k].querySelectorAll("img")) {
            await one.decode();
            const width = Math.min(one.clientWidth, one.clientHeight * one.naturalWidth / one.naturalHeight);
            const words = document.createRange(), counter = document.querySelector("nav").getBoundingClientRect();
            words.selectNodeContents(sections[k].querySelector("p"));
            const covered = [...words.getClientRects()].some((line) => line.right > counter.left && line.bottom > counter.top);
            seen.push([one.getAttribute("src"), width, covered]);
        }
    }
    return seen;
})()"""  # as wide as each picture is drawn, one after another
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What a browser sees of each lesson, in four windows and on a projector."""
    found = {}
    driver = subprocess.Popen(["node", str(DRIVER), CHROMIUM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def look(page: Path, size: tuple[int, int], dark: bool, *steps: list) -> list:
        steps = steps or (["see", "scrollY"], ["see", FIGURES], ["see", OVER], ["axe"], ["see", FADES])
        session = {"url": page.as_uri(), "width": size[0], "height": size[1], "dark": dark, "steps": steps}
        print(json.dumps(session), file=driver.stdin, flush=True)
        one = json.loads(driver.stdout.readline())
        assert "failed" not in one and one["errors"] == [], one
        return one["results"]

    def one(name: str) -> tuple[Path, list, list]:
        if name not in found:
            folder = tmp_path_factory.mktemp(name)
            page = run(name, out=folder, quiet=True)["report"].page
            windows = [(WIDE, False), (WIDE, True), (PHONE, False), (ZOOMED, True)]
            projected = page.with_name("figures.html")
            text = _figures_page(next(demo for demo in DEMOS if demo.name == name))
            projected.write_text(text.replace(f"../lessons/{name}/", ""), encoding="utf-8")
            slides = look(projected, PROJECTOR, False, ["see", SLIDES])[0]
            found[name] = folder, [look(page, size, dark) for size, dark in windows], slides
        return found[name]

    yield one
    driver.communicate(timeout=30)


def smallest_text(svg: Path) -> float:
    """Return the height of the smallest text in a picture, as a fraction of the picture's width."""
    root = ET.parse(svg).getroot()
    sizes = []

    def below(element: ET.Element, scale: float, size: float) -> None:
        scaled = re.search(r"scale\(([\d.]+)", element.get("transform") or "")
        scale *= float(scaled[1]) if scaled else 1.0
        given = element.get("font-size") or next(
            iter(re.findall(r"font-size:\s*([\d.]+)", element.get("style") or "")), ""
        )
        size = float(re.match(r"[\d.]+", given)[0]) if given else size
        if element.tag.endswith("text") and "".join(element.itertext()).strip():
            sizes.append(size * scale)
        for child in element:
            below(child, scale, size)

    below(root, 1.0, 16.0)
    return min(sizes) / float(root.get("viewBox").split()[2])


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_readable_in_every_window(name, seen):
    folder, windows, slides = seen(name)
    assert windows[2][4][0] > 4, "on a phone, what goes on to the right fades out"
    for top, figures, over, violations, (fading, wider, at_the_end) in windows:
        assert fading == wider and at_the_end == 0
        assert top == 0, "a player inside it does not scroll the page"
        assert over == 0 and violations == []
        assert len(figures) >= 2
        assert all(len(alt) > 20 for *_, alt in figures), "each picture says in a sentence what it shows"
    for _, figures, *_ in windows:
        for src, _, shown, _ in figures:
            assert smallest_text(folder / src) * shown >= 12 - 0.05, f"{name}: {src}"
    assert len(slides) >= 2
    for src, shown, covered in slides:
        assert not covered, f"{name}: the counter of the slides covers the caption of {src}"
        assert smallest_text(folder / src) * shown >= 12 - 0.05, f"{name}: {src} on a projector"
