"""The page of a graph driven in a browser, by the keyboard, in the dark, on a telephone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import networkx as nx
import numpy as np
import pytest
from support.browsing import NARROW, barriers, overflow
from support.drawings import (
    ATTACKS,
    Page,
    compared,
    hostile,
    scene,
)

from elegansc.drawing import draw
from elegansc.drawing.scene import (
    CHANGES,
    FEEDBACK,
    Scene,
)
from elegansc.ir.stages import INTER

pytestmark = pytest.mark.slow


class Shown:
    """A page in the browser: what it asked for, what went wrong, and its view."""

    def __init__(self, browser: Any, path: Path, found: Scene, **how: Any) -> None:
        data = draw(found, "html")
        path.write_bytes(data)
        self.held = Page(data).held
        self.asked: list[str] = []
        self.wrong: list[str] = []
        how = {"viewport": {"width": 1300, "height": 800}, **how}
        self.page = browser.new_page(**how)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", self.heard)
        self.page.on("dialog", lambda dialog: self.wrong.append(dialog.message))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-drawn=all]", state="attached")

    def heard(self, message: Any) -> None:
        """Keep what the console calls an error."""
        if message.type == "error":
            self.wrong.append(message.text)

    def spot(self, name: str) -> tuple[float, float]:
        """Where a neuron stands in the window, when all is shown."""
        held, box = self.held, self.page.locator("#neurons").bounding_box()
        row = held["neurons"]["name"].index(name)
        tall = held["bottom"] - held["top"]
        scale = min((box["width"] - 48) / held["width"], (box["height"] - 64) / tall, 6)
        left = (box["width"] - scale * held["width"]) / 2
        top = (box["height"] - 16 - scale * tall) / 2 - scale * held["top"]
        x, y = held["neurons"]["x"][row], held["neurons"]["y"][row]
        return box["x"] + left + scale * x, box["y"] + top + scale * y

    def search(self, name: str) -> None:
        """Type a name into the box, and Enter."""
        self.page.fill("#search", name)
        self.page.press("#search", "Enter")

    def text(self, place: str) -> str:
        """What stands in an element."""
        return str(self.page.locator(place).text_content())

    @property
    def reach(self) -> tuple[int, ...]:
        """How many ancestors and descendants are lit."""
        return tuple(int(number) for number in re.findall(r"\d+", self.text("#reach")))


@pytest.fixture(scope="module")
def worm(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The page of the worm."""
    return Shown(browser, tmp_path_factory.mktemp("page") / "worm.html", scene())


def forward_graph(found: Scene) -> nx.DiGraph:
    """What forward() computes: synapses and junctions between neurons in levels."""
    level, lines = found.neurons.level, found.lines
    live = (level[lines.pre] >= 0) & (level[lines.post] >= 0)
    keep = live & (lines.kind != FEEDBACK) & (lines.change != CHANGES.index("lost"))
    graph = nx.DiGraph()
    graph.add_nodes_from(found.neurons.name)
    name = found.neurons.name
    ends = zip(lines.pre[keep].tolist(), lines.post[keep].tolist(), strict=True)
    graph.add_edges_from((name[u], name[v]) for u, v in ends)
    return graph


def reached(graph: nx.DiGraph, name: str) -> tuple[int, int]:
    """How many ancestors and descendants there are."""
    return len(nx.ancestors(graph, name)), len(nx.descendants(graph, name))


def test_search_lights_what_networkx_reaches(worm: Shown) -> None:
    graph = forward_graph(scene())
    for name in [*scene().neurons.name[::12], "AVBL", "RIAR"]:
        worm.search(name)
        assert worm.text("#name") == name
        assert worm.reach == reached(graph, name), name
    worm.search("no such neuron")
    assert worm.text("#reach") == "no neuron of this name"


def test_inputs_and_outputs_are_listed_with_weights(worm: Shown) -> None:
    worm.search("RIAR")
    found = scene()
    row = found.neurons.name.index("RIAR")
    for place, ends, others in (
        ("inputs", found.lines.post, found.lines.pre),
        ("outputs", found.lines.pre, found.lines.post),
    ):
        mine = np.flatnonzero(ends == row)
        expected = sorted(
            (found.neurons.name[others[n]], float(found.lines.weight[n])) for n in mine
        )
        listed = worm.page.locator(f"#{place} tr").evaluate_all(
            "rows => rows.map(row => [row.cells[0].textContent, +row.cells[2].textContent])"
        )
        assert sorted((name, float(weight)) for name, weight in listed) == expected
        assert worm.text(f"#{place}-title") == f"{len(mine)} {place}"
    first = worm.text("#inputs button >> nth=0")
    worm.page.click("#inputs button >> nth=0")
    assert worm.text("#name") == first


def test_a_click_chooses_and_a_click_beside_clears(worm: Shown) -> None:
    worm.page.click("#fit")
    graph = forward_graph(scene())
    for name in ("ASEL", "AVAR", "RMEL", "URADL"):
        worm.page.mouse.click(*worm.spot(name))
        assert worm.text("#name") == name
        assert worm.reach == reached(graph, name)
    x, y = worm.spot("AVAR")
    worm.page.mouse.move(x, y)
    worm.page.mouse.wheel(0, -600)  # zoom where the pointer is
    worm.page.mouse.click(x, y)
    assert worm.text("#name") == "AVAR"
    worm.page.mouse.down()
    worm.page.mouse.move(x + 120, y + 60, steps=4)
    worm.page.mouse.up()
    assert worm.text("#name") == "AVAR"  # a drag chooses nothing
    worm.page.mouse.click(x + 120, y + 60)
    assert worm.text("#name") == "AVAR"
    worm.page.click("#fit")
    worm.page.mouse.click(
        *(
            part + 3
            for part in worm.page.locator("#neurons").bounding_box().values()
            if part < 300
        )
    )
    assert worm.page.locator("#about").is_hidden()


def test_the_keyboard_is_enough(worm: Shown) -> None:
    page = worm.page
    page.keyboard.press("Escape")
    assert page.locator("#about").is_hidden()
    page.keyboard.press("/")
    page.keyboard.type("AIYL")
    page.keyboard.press("Enter")
    assert worm.text("#name") == "AIYL"
    page.keyboard.press("Escape")
    assert page.locator("#about").is_hidden() and page.input_value("#search") == ""
    page.keyboard.press("ArrowRight")
    first = worm.text("#name")
    assert first == scene().neurons.name[0]
    page.keyboard.press("ArrowRight")
    second = worm.text("#name")
    x = dict(zip(worm.held["neurons"]["name"], worm.held["neurons"]["x"], strict=True))
    assert second != first and x[second] > x[first]
    for key in ("ArrowDown", "ArrowLeft", "Escape", "0"):
        page.keyboard.press(key)
    whole = ink(page)
    for key in ("+", "Shift+ArrowLeft", "-"):
        page.keyboard.press(key)
        assert ink(page) != whole
    page.keyboard.press("0")
    assert ink(page) == whole


def ink(page: Any) -> int:
    """How much is drawn on the canvas of the lines, once it is."""
    return int(page.evaluate("""async () => {
              for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
              const canvas = document.getElementById("lines");
              const { width, height } = canvas;
              const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
              return data.reduce((sum, part) => sum + part, 0);
            }"""))


def test_the_legend_hides_lines(worm: Shown) -> None:
    page = worm.page
    page.keyboard.press("Escape")
    page.click("#fit")
    whole = ink(page)
    page.click("#legend label >> nth=0")
    assert ink(page) < 0.8 * whole
    page.click("#legend label >> nth=0")
    assert ink(page) == whole


def test_the_page_asks_no_network_and_nothing_went_wrong(worm: Shown) -> None:
    assert len(worm.asked) == 1 and worm.asked[0].startswith("file:")
    assert worm.wrong == []


def test_hostile_names_do_nothing_in_the_page(browser: Any, tmp_path: Path) -> None:
    shown_page = Shown(browser, tmp_path / "hostile.html", hostile())
    for name in ATTACKS:
        row = shown_page.held["neurons"]["name"].index(name)
        shown_page.page.fill("#search", name.replace("\n", " ")[:5000])
        shown_page.page.mouse.click(*shown_page.spot(name))
        assert shown_page.text("#name") == shown_page.held["neurons"]["name"][row]
    assert shown_page.page.evaluate("window.hacked") is None
    assert shown_page.page.locator("img, b, svg").count() == 0
    assert shown_page.wrong == [] and len(shown_page.asked) == 1
    shown_page.page.close()


def test_the_page_of_a_difference_in_the_dark(browser: Any, tmp_path: Path) -> None:
    found = compared()
    dark = Shown(browser, tmp_path / "both.html", found, color_scheme="dark")
    colour = dark.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(18, 22, 27)"
    dark.search("AVAL")
    assert dark.reach == reached(forward_graph(found), "AVAL")
    assert "\u2192" in dark.text("#inputs") and "reweighted" in dark.text("#inputs")
    assert dark.wrong == [] and len(dark.asked) == 1
    dark.page.close()


def test_a_large_page_moves(browser: Any, tmp_path: Path) -> None:
    """1,000 neurons, 22,000 lines: only the heaviest in the window are drawn, and it says so."""
    size, most = 1000, 22_000
    generator = np.random.default_rng(5)
    pre, post = (generator.integers(0, size, most) for _ in range(2))
    small, large = np.minimum(pre, post), np.maximum(pre, post)
    base = scene()
    weight = generator.integers(1, 50, most).astype(float)
    neurons = SimpleNamespace(
        name=tuple(f"N{n:04}" for n in range(size)), role=np.full(size, INTER, np.uint8),
        transmitter=("",) * size, level=(np.arange(size) // 10).astype(np.int32), change=np.zeros(size, np.int8),
    )  # fmt: skip
    keep = neurons.level[small] < neurons.level[large]
    lines = replace(
        base.lines, pre=small[keep].astype(np.int32), post=large[keep].astype(np.int32), weight=weight[keep],
        before=weight[keep], kind=np.zeros(keep.sum(), np.uint8), change=np.zeros(keep.sum(), np.int8),
    )  # fmt: skip
    found = replace(
        base, neurons=replace(base.neurons, **vars(neurons)), lines=lines, depth=100
    )
    page = Shown(browser, tmp_path / "large.html", found)
    assert "lighter lines are not drawn" in page.text("#detail")
    page.search("N0500")
    assert page.reach == reached(forward_graph(found), "N0500")
    page.page.mouse.move(400, 400)
    for _ in range(5):
        page.page.mouse.wheel(0, -200)
    page.page.wait_for_timeout(300)
    page.page.wait_for_selector("html[data-drawn=all]", state="attached")
    assert page.wrong == []
    page.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(browser: Any, tmp_path: Path, scheme: str) -> None:
    for number, found in enumerate((scene(), compared())):
        page = Shown(browser, tmp_path / f"{number}.html", found, color_scheme=scheme)
        assert barriers(page.page) == []
        page.search("AVAL")
        assert barriers(page.page) == []
        page.page.close()


def test_a_telephone_scrolls_down_alone(browser: Any, tmp_path: Path) -> None:
    window = {"width": NARROW, "height": 740}
    page = Shown(browser, tmp_path / "narrow.html", compared(), viewport=window)
    assert overflow(page.page) == 0
    page.search("AVAL")
    assert page.text("#name") == "AVAL" and overflow(page.page) == 0
    assert page.wrong == []
    page.page.close()
