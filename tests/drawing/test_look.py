"""Pictures at the size that a journal asks for: names of at least 5 points, or none."""

from __future__ import annotations

import re
import struct
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner
from support.drawings import EACH, WORM, drawn, needs_matplotlib, scene, words
from support.paths import GENERATED

from elegansc.catalog import class_of
from elegansc.cli.draw import draw_command
from elegansc.cli.picture_flags import LABELS as OFFERED
from elegansc.drawing import Drawing, draw, drawing
from elegansc.drawing.look import LABELS, Look, font_of, left_out, named, size_of
from elegansc.drawing.places import rank
from elegansc.drawing.scene import Scene, planned, scene_of
from elegansc.errors import UsageError
from elegansc.options import Options
from elegansc.readers.reader import Layout

SVG = "{http://www.w3.org/2000/svg}"
MM = 72 / 25.4


@cache
def grown() -> Scene:
    """The grown worm."""
    source = str(GENERATED / "cook2019.py")
    return scene_of(planned(source, options=Options(), layout=Layout()))


def sizes(data: bytes) -> dict[str, float]:
    """The size of each text of an SVG, in points; its box has points as units."""
    root = ElementTree.fromstring(data)
    width = float(str(root.get("width")).removesuffix("pt"))
    assert root.get("viewBox") == f"0 0 {width:g} {str(root.get('height'))[:-2]}"
    return {
        str(text.text): float(str(group.get("font-size")))
        for group in root.iter(f"{SVG}g")
        if group.get("font-size")
        for text in group.findall(f"{SVG}text")
    }


def legible(made: Drawing, found: Scene, width: float, height: float = 0) -> None:
    """Every text is of 5 points or more; what has no name is counted."""
    root = ElementTree.fromstring(made.data)
    asked = [width * MM, height * MM]
    page = [float(str(root.get(side))[:-2]) for side in ("width", "height")]
    assert page[0] == pytest.approx(asked[0], abs=0.01)
    assert (
        page[1] == pytest.approx(asked[1], abs=0.01)
        if height
        else page[1] <= 1.3 * page[0] + 1
    )
    text = sizes(made.data)
    assert text and min(text.values()) >= 5
    missing = len(set(found.neurons.name) - set(text))
    said = [int(note.split()[0].replace(",", "")) for note in made.notes]
    assert said == ([missing] if missing else [])


@needs_matplotlib
@pytest.mark.slow
@pytest.mark.parametrize("style", EACH)
def test_the_grown_worm_across_a_page_of_a_journal(style: str) -> None:
    width, height = size_of("180mm")
    made = drawing(grown(), "svg", style, Look(width, height))
    legible(made, grown(), 180)
    if style == "matrix":
        assert made.notes[0].startswith("241 names left out of 302: no room at 5 pt")
    else:
        assert made.notes == ()


@needs_matplotlib
@pytest.mark.parametrize("style, size", [("levels", (120, 80)), ("figure1", (180, 80)), ("matrix", (89, 89))])  # fmt: skip
def test_in_a_small_page_names_are_left_out_and_counted(
    style: str, size: tuple[int, int]
) -> None:
    width, height = size
    look = Look(*size_of(f"{width}x{height}mm"))
    made = drawing(scene(), "svg", style, look)
    legible(made, scene(), width, height)
    assert made.notes and made.notes[0] in words_of(made)


def words_of(made: Drawing) -> str:
    """The description of a picture."""
    return str(ElementTree.fromstring(made.data).findtext(f"{SVG}desc"))


@pytest.mark.slow
@needs_matplotlib
@pytest.mark.parametrize("style", ["levels", "matrix"])
def test_nothing_lies_outside_the_page(style: str) -> None:
    """Starts of all shapes and the middle of all texts."""
    made = drawing(scene(), "svg", style, Look(*size_of("120x100mm")))
    spots = re.findall(rb'(?:x="|d="M)([\d.]+)(?:" y="|[ ])([\d.]+)', made.data)
    assert len(spots) > 500
    found = np.array(spots, float)
    assert found.min() >= 0
    assert (found.max(axis=0) <= np.array([120, 100]) * MM).all()


@needs_matplotlib
def test_the_heaviest_neurons_keep_their_names() -> None:
    made = drawing(scene(), "svg", "levels", Look(*size_of("130x90mm")))
    shown = set(scene().neurons.name) & set(words(made.data))
    order = np.argsort(rank(scene()))
    heaviest = {scene().neurons.name[row] for row in order[: len(shown)]}
    assert shown == heaviest and 0 < len(shown) < 161


@needs_matplotlib
def test_names_of_classes_and_no_names() -> None:
    classes = {class_of(name) for name in scene().neurons.name}
    data = draw(scene(), "svg", look=Look(labels="classes"))
    shown = set(words(data))
    assert classes <= shown
    assert set(scene().neurons.name) & shown <= classes
    nobody = words(draw(scene(), "svg", look=Look(labels="none")))
    assert not set(scene().neurons.name) & set(nobody)
    assert left_out(scene(), Look(labels="none"), ("",) * 161) == ()
    assert sum(map(bool, named(scene(), Look(labels="classes")))) == len(classes)


@needs_matplotlib
@pytest.mark.parametrize("style", EACH)
def test_title_caption_and_size_of_names(style: str) -> None:
    look = Look(title="A newborn's head", font=6, caption=False, width=500)
    data = draw(scene(), "svg", style, look)
    shown = words(data)
    assert "A newborn's head" in shown and WORM not in shown
    assert not [
        word
        for word in shown
        if "backward (" in word or ("675" in word and style != "figure1")
    ]
    assert ElementTree.fromstring(data).findtext(f"{SVG}title") == "A newborn's head"
    of_names = {
        word: size for word, size in sizes(data).items() if word in scene().neurons.name
    }
    assert of_names and set(of_names.values()) == {6}
    bare = words(draw(scene(), "svg", style, Look(caption=False)))
    assert WORM not in bare and WORM in words(drawn("svg", style))


@pytest.mark.parametrize(
    "given, width, height",
    [
        ("180mm", 180 * MM, 0),
        ("18cm", 180 * MM, 0),
        ("7in", 504, 0),
        ("510pt", 510, 0),
        ("180x120mm", 180 * MM, 120 * MM),
        ("18cmx4in", 180 * MM, 288),
    ],
)
def test_sizes_in_every_unit(given: str, width: float, height: float) -> None:
    assert size_of(given) == (pytest.approx(width), pytest.approx(height))


@pytest.mark.parametrize("given", ["180", "mm", "180px", "5mm", "3000mm", "180x120", "-180mm", "1e3mm", "180mmx", "x9mm"])  # fmt: skip
def test_what_is_no_size(given: str) -> None:
    with pytest.raises(UsageError, match="--size"):
        size_of(given)


def test_sizes_of_names() -> None:
    assert (font_of("6pt"), font_of("6.5")) == (6, 6.5)
    for given in ("0", "100pt", "6mm", "", "six"):
        with pytest.raises(UsageError, match="--font-size"):
            font_of(given)


@needs_matplotlib
def test_no_room_at_all_is_said() -> None:
    with pytest.raises(UsageError, match="no room for this drawing"):
        drawing(scene(), "svg", "figure1", Look(*size_of("31x31mm")))


@pytest.mark.slow
@needs_matplotlib
def test_the_command_says_what_is_left_out(tmp_path: Path) -> None:
    assert OFFERED == LABELS
    target = tmp_path / "x.svg"
    source = [str(GENERATED / "witvliet1.py"), "-o", str(target)]
    asked = ["--size", "120x80mm", "--title", "Newborn", "--no-caption"]
    done = CliRunner().invoke(draw_command, [*source, *asked])
    assert done.exit_code == 0, done.output
    look = Look(*size_of("120x80mm"), title="Newborn", caption=False)
    made = drawing(scene(), "svg", look=look)
    assert target.read_bytes() == made.data
    assert done.stderr.splitlines()[1] == f"left out  {made.notes[0]}"


def test_sizes_are_of_pictures_alone(tmp_path: Path) -> None:
    command = [WORM, "-o", str(tmp_path / "x.dot"), "--labels", "none"]
    done = CliRunner().invoke(draw_command, command)
    assert isinstance(done.exception, UsageError)
    assert "for svg, png, pdf only, not dot" in str(done.exception)


@pytest.mark.slow
@needs_matplotlib
def test_a_pdf_and_a_png_have_the_size() -> None:
    look = Look(*size_of("120x100mm"))
    page = draw(scene(), "pdf", "matrix", look)
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", page)
    assert box
    assert [float(box[1]), float(box[2])] == pytest.approx(
        [120 * MM, 100 * MM], abs=0.01
    )
    width, height = struct.unpack(">II", draw(scene(), "png", "matrix", look)[16:24])
    dots = [120 / 25.4 * 300, 100 / 25.4 * 300]
    assert [width, height] == pytest.approx(dots, abs=1.5)
