"""Pictures as SVG and PDF: short, said in words, light and dark, with their fonts."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from support.drawings import EACH, WORM, drawn, needs_matplotlib, scene, shapes
from support.paths import GENERATED

from elegansc.drawing import STYLES, draw
from elegansc.drawing.canvas import curve, pill, polygon
from elegansc.drawing.colours import FAINT, INK, in_the_dark, parts
from elegansc.drawing.facts import caption
from elegansc.drawing.scene import planned, scene_of
from elegansc.drawing.svg import short, trace
from elegansc.options import Options
from elegansc.readers.reader import Layout

pytestmark = needs_matplotlib
SVG = "{http://www.w3.org/2000/svg}"
GITHUB_DARK = "#0D1117"


@pytest.mark.slow
@pytest.mark.parametrize("style", EACH)
def test_the_grown_worm_takes_at_most_500_kilobytes(style: str) -> None:
    source = str(GENERATED / "cook2019.py")
    worm = scene_of(planned(source, options=Options(), layout=Layout()))
    data = draw(worm, "svg", style)
    assert len(data) <= 500_000
    assert shapes(data)["feedback"] == int((worm.lines.kind == 1).sum())


def test_a_picture_says_in_words_what_it_shows() -> None:
    root = ElementTree.fromstring(drawn("svg"))
    told = [root.find(f"{SVG}{tag}") for tag in ("title", "desc")]
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == " ".join(str(e.get("id")) for e in told)
    assert [e.text for e in told] == [WORM, "; ".join(caption(scene()))]
    assert list(root)[:2] == told


def test_the_ground_is_transparent_and_every_colour_has_one_for_the_dark() -> None:
    for style in STYLES:
        root = ElementTree.fromstring(drawn("svg", style))
        assert root.find(f".//{SVG}rect") is None
        sheet = root.findtext(f"{SVG}style", "")
        dark = dict(re.findall(r"\.(\w+)\{(?:fill|stroke):(#\w+)\}", sheet))
        assert sheet.startswith("@media(prefers-color-scheme:dark){") and dark
        for group in root.iter(f"{SVG}g"):
            painted = [group.get(use) for use in ("fill", "stroke")]
            colours = [colour for colour in painted if colour and colour != "none"]
            names = str(group.get("class", "")).split()
            assert [dark[name] for name in names] == list(map(in_the_dark, colours))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21.

    Source: Web Content Accessibility Guidelines 2.2, relative luminance.
    """

    def luminance(colour: str) -> float:
        shares = [part / 255 for part in parts(colour)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]  # fmt: skip
        return sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_words_are_read_on_paper_and_in_the_dark() -> None:
    for colour in (INK, FAINT):
        assert contrast(colour, "#FFFFFF") >= 4.5
        assert contrast(in_the_dark(colour), GITHUB_DARK) >= 4.5
    root = ElementTree.fromstring(drawn("svg"))
    for group in root.findall(f".//{SVG}g[@id='neurons']/{SVG}g"):
        fill = str(group.get("fill"))
        assert contrast(INK, fill) >= 4.5
        assert contrast(in_the_dark(INK), in_the_dark(fill)) >= 4.5


@pytest.mark.slow
def test_a_browser_shows_it_dark(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "worm.svg"
    file.write_bytes(drawn("svg"))
    seen = {}
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(file.as_uri())
        asked = "getComputedStyle(document.querySelector('text')).fill"
        seen[scheme] = page.evaluate(asked)
        assert page.locator("text").first.is_visible()
        page.close()
    assert seen["light"] != seen["dark"]
    assert seen["dark"] == f"rgb{parts(in_the_dark(FAINT))}"


@pytest.mark.skipif(
    not shutil.which("pdffonts"), reason="NOT TESTED: fonts of a PDF: no poppler"
)
def test_a_pdf_holds_its_fonts(tmp_path: Path) -> None:
    """TrueType (Type 42), embedded: journals refuse Type 3."""
    (tmp_path / "worm.pdf").write_bytes(drawn("pdf"))
    command = ["pdffonts", str(tmp_path / "worm.pdf")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    fonts = done.stdout.splitlines()[2:]
    assert fonts
    for line in fonts:
        assert "TrueType" in line and "Type 3" not in line
        assert re.search(r"TrueType\S*(?: \(\w+\))?\s+\S+\s+yes\s+yes", line), line


def test_a_form_traced_comes_back() -> None:
    """Relative steps, added up, give the points to a hundredth."""
    points = [(10.123, 20.5), (11.77, -3.333), (0.0, 4.4449), (12.5, 12.5)]
    for path in (curve(points), polygon(points), pill(40.04, 50.51, 9.37, 7.4)):
        (x, y), form = trace(path)
        at, found = (float(x), float(y)), [(float(x), float(y))]
        for letter, rest in re.findall(r"([clz])([^clz]*)", form):
            if letter == "z":
                continue
            steps = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", rest)]
            size = 6 if letter == "c" else 2
            for first in range(0, len(steps), size):
                part = steps[first : first + size]
                ends = [
                    (at[0] + a, at[1] + b)
                    for a, b in zip(part[::2], part[1::2], strict=True)
                ]
                found += ends
                at = ends[-1]
        known = path.vertices.tolist()[: len(found)]
        assert len(known) >= len(path.vertices) - 1
        for (a, b), (c, d) in zip(found, known, strict=True):
            assert abs(a - c) < 0.0151 and abs(b - d) < 0.0151


def test_numbers_are_short() -> None:
    values = [0.5, -0.5, -0.001, 3.0, 10.0, 100.25, -12.30]
    assert list(map(short, values)) == [".5", "-.5", "0", "3", "10", "100.25", "-12.3"]
