"""The page of diff --html in a browser: mouse, keyboard, the dark, a telephone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
from support.browsing import NARROW, barriers, overflow
from support.diff_pages import EVIL, FIRST, LAST, graph, hostile, told, worms

from elegansc.comparison import html as changes_html
from elegansc.comparison import text as changes_text
from elegansc.comparison.changes import Changes, compare
from elegansc.comparison.version import read_versions
from elegansc.readers.reader import Layout

pytestmark = pytest.mark.slow
Open = Callable[..., Any]


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """A function that opens the page of changes; no error and no request but for it."""
    troubles: list[str] = []
    pages: list[Any] = []

    def opening(found: Changes | None = None, **settings: Any) -> Any:
        file = tmp_path / "page.html"
        file.write_text(changes_html.page(worms() if found is None else found))
        settings = {"viewport": {"width": 1360, "height": 900}, **settings}
        page = browser.new_page(**settings)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console", lambda said: said.type == "error" and troubles.append(said.text)
        )
        page.on(
            "request",
            lambda asked: asked.url == file.as_uri() or troubles.append(asked.url),
        )
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.goto(file.as_uri())
        pages.append(page)
        return page

    yield opening
    for page in pages:
        page.close()
    assert troubles == []


STATES = {
    "kept": "unchanged",
    "added": "added",
    "lost": "lost",
    "reweighted": "changed",
}


def counts(page: Any) -> dict[str, str]:
    """What the legend says."""
    return {state: page.inner_text(f"#count-{state}") for state in STATES}


def expected(table: dict[str, Any]) -> dict[str, str]:
    """What it should say."""
    found = {state: table[word] for state, word in STATES.items()}
    return {
        state: f"{some if isinstance(some, int) else len(some):,}"
        for state, some in found.items()
    }


def pick(page: Any, group: str, word: str) -> None:
    """Choose one of a group of radio buttons, or tick a box."""
    page.click(f"#{group} label:has-text('{word}')")


def cells(page: Any, selector: str) -> list[list[str]]:
    """A table's rows as text."""
    script = (
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    )
    found: list[list[str]] = page.eval_on_selector_all(selector, script)
    return found


def test_the_counts_of_the_page_are_those_of_json(opened: Open) -> None:
    page, found = opened(), told()

    assert page.title() == f"{FIRST} -> {LAST} \u00b7 elegansc diff"
    assert page.inner_text("h1") == f"{FIRST} \u2192 {LAST}"
    lines = list(changes_text.summary(worms()))[1:]
    shown = page.eval_on_selector_all(
        "#summary dt, #summary dd", "all => all.map(e => e.textContent)"
    )
    assert [
        f"{a:<10} {b}" for a, b in zip(shown[::2], shown[1::2], strict=True)
    ] == lines
    assert counts(page) == expected(found["chemical"])
    assert counts(page)["added"] == "1,552"
    pick(page, "kind", "gap junctions")
    assert counts(page) == expected(found["junctions"])

    assert page.inner_text("#neurons-count") == "222"
    pairs = [
        len(found[t][w])
        for t in ("chemical", "junctions")
        for w in ("added", "lost", "changed")
    ]
    neurons = sum(map(len, found["neurons"].values()))
    total = sum(pairs) + neurons + len(found["model"]["turned"])
    assert page.inner_text("#changes-count") == f"{total:,}"
    assert page.evaluate("changes.length") == total
    page.click("text=/Show all/")
    assert len(cells(page, "#rows tr")) == total


def test_filters(opened: Open) -> None:
    page, found = opened(), told()["chemical"]
    page.fill("#query", "ava")
    near = {
        w: [row for row in found[w] if "AVA" in row[0] or "AVA" in row[1]]
        for w in ("added", "lost", "changed")
    }
    for state in ("added", "lost", "reweighted"):
        some, every = len(near[STATES[state]]), len(found[STATES[state]])
        assert counts(page)[state] == f"{some} of {every:,}"
    assert page.inner_text("#neurons-count") == "2 of 222"
    assert all("AVA" in row[2] + row[3] for row in cells(page, "#rows tr"))
    ends = {end for rows in near.values() for row in rows for end in row[:2]}
    assert ends <= set(page.evaluate("shown.neurons.map(neuron => neuron.name)"))

    page.fill("#query", "no such neuron")
    assert counts(page)["added"] == "0 of 1,552"
    assert cells(page, "#rows tr") == []
    page.fill("#query", "")
    assert counts(page) == expected(found)

    page.uncheck("#roles input[value=motor]")
    role = {**worms().old.roles, **worms().new.roles}
    some = sum("motor" not in (role[u], role[v]) for u, v, _ in found["added"])
    assert counts(page)["added"] == f"{some:,} of 1,552"
    names = page.evaluate("shown.neurons.map(neuron => neuron.name)")
    assert names == sorted(
        names,
        key=lambda name: (
            ["sensory", "both", "inter"].index(role[name]),
            name,
        ),
    )
    page.uncheck("#legend input[value=added]")
    page.click("text=/Show all/")
    assert not any("added" in row[0] for row in cells(page, "#rows tr"))


def assert_shows(page: Any, name: str) -> None:
    """The panel shows a neuron: its inputs and outputs, old and new."""
    old, new = worms().old.chemical, worms().new.chemical
    assert page.inner_text("#chosen-title") == name
    assert (
        page.evaluate("neurons[document.getElementById('neurons').value].name") == name
    )
    for part, mine, other in (("from", 1, 0), ("to", 0, 1)):
        pairs = [pair for pair in {**old, **new} if pair[mine] == name]
        rows = cells(page, f"#chosen [data-part={part}] tbody tr")
        text = {
            pair[other]: [
                f"{side[pair]:g}" if pair in side else "\u2013" for side in (old, new)
            ]
            for pair in pairs
        }
        assert {row[1]: row[2:] for row in rows} == text
        assert len(rows) == len(pairs)


def test_a_click_chooses_a_neuron(opened: Open) -> None:
    page = opened()
    order = page.evaluate("shown.neurons.map(neuron => neuron.name)")
    place = page.evaluate("[grid.margin, grid.cell]")
    row, column = order.index("RIAR"), order.index("RIAL")
    x, y = (place[0] + (at + 0.5) * place[1] for at in (column, row))
    page.hover("#matrix", position={"x": x, "y": y})
    assert (
        page.inner_text("#where")
        == "RIAR \u2192 RIAL: 3 \u2192 51 synapses, reweighted"
    )
    page.click("#matrix", position={"x": x, "y": y})
    assert_shows(page, "RIAR")

    page.click("#matrix", position={"x": x, "y": 5})  # the head of a column
    assert_shows(page, "RIAL")
    page.click("#matrix", position={"x": 5, "y": y})
    assert_shows(page, "RIAR")
    page.click("#chosen [data-part=to] tbody tr:first-child button")
    assert_shows(page, "RIAL")
    assert page.evaluate("document.activeElement.id") == "chosen-title"
    first = cells(page, "#rows tr")[0][2]
    page.click("#rows tr:first-child button")
    assert page.inner_text("#chosen-title") == first


def test_the_keyboard_alone(opened: Open) -> None:
    page = opened()
    seen = []
    for _ in range(24):
        page.keyboard.press("Tab")
        focus = "document.activeElement"
        seen.append(
            page.evaluate(
                f"{focus}.id || {focus}.name || {focus}.value || {focus}.innerText"
            )
        )
    stops = [
        "query",
        "roles",
        "kind",
        "sort",
        "show",
        "kept",
        "added",
        "lost",
        "reweighted",
        "matrix",
        "neurons",
        "Change",
    ]
    assert [stop for stop in dict.fromkeys(seen) if stop in stops] == stops

    page.focus("#matrix")
    order = page.evaluate("shown.neurons.map(neuron => neuron.name)")
    for key in (
        "ArrowDown",
        "PageDown",
        "ArrowDown",
        "ArrowUp",
        "ArrowDown",
        "End",
        "ArrowLeft",
    ):
        page.keyboard.press(key)
    assert page.inner_text("#where").startswith(f"{order[11]} \u2192 {order[-2]}: ")
    page.keyboard.press("Enter")
    assert_shows(page, order[11])
    page.keyboard.press("Shift+Enter")
    assert_shows(page, order[-2])
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")  # it stays inside
    page.keyboard.press("Shift+Enter")
    assert_shows(page, order[0])

    page.focus("#neurons")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert_shows(page, order[1])
    page.focus("#show input:checked")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("view.show") == "new"
    assert page.inner_text("#legend").startswith(
        "2,186 pairs; stronger: more synapses, at most 51"
    )


def test_the_list_of_changes_is_sorted(opened: Open) -> None:
    page = opened()
    page.fill("#query", "RIA")
    page.click("text=/Show all/")

    def column(place: int) -> list[str]:
        return [row[place] for row in cells(page, "#rows tr")]

    def state(word: str) -> Any:
        return page.get_attribute(f"#columns [data-column={word}]", "aria-sort")

    assert state("delta") == "descending"
    deltas = [abs(float(d.replace("\u2212", "-"))) for d in column(6) if d]
    assert deltas == sorted(deltas, reverse=True)
    page.click("#columns [data-column=from] button")
    assert (state("from"), state("delta")) == ("ascending", None)
    assert column(2) == sorted(column(2))
    page.keyboard.press("Enter")  # the focus stayed
    assert state("from") == "descending"
    assert column(2) == sorted(column(2), reverse=True)
    page.click("#columns [data-column=now] button")
    numbers = [float(cell) for cell in column(5) if re.fullmatch(r"[\d.]+", cell)]
    assert numbers == sorted(numbers, reverse=True)
    page.click("#columns [data-column=kind] button")
    assert column(1) == sorted(column(1))


def colour(page: Any, pre: str, post: str) -> tuple[int, ...]:
    """Red, green, blue of the middle of a pair's cell."""
    script = """([pre, post]) => {
        const place = (name) => shown.neurons.findIndex((neuron) => neuron.name === name);
        const [x, y] = [post, pre].map((name) => Math.round(grid.margin + (place(name) + 0.5) * grid.cell));
        return [...document.getElementById("matrix").getContext("2d").getImageData(x, y, 1, 1).data];
    }"""
    return tuple(page.evaluate(script, [pre, post])[:3])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_matrix_shows_old_new_and_difference(opened: Open, scheme: str) -> None:
    page, found = opened(color_scheme=scheme), told()["chemical"]
    pair = {word: tuple(found[word][0][:2]) for word in ("added", "lost", "changed")}
    same = sorted(set(worms().old.chemical.items()) & set(worms().new.chemical.items()))
    pair["kept"] = same[0][0]
    ground = page.evaluate("colour('panel')")
    nothing = tuple(int(ground[place : place + 2], 16) for place in (1, 3, 5))
    difference = {word: colour(page, *ends) for word, ends in pair.items()}

    assert nothing not in difference.values()
    assert difference["added"][1] == max(difference["added"])
    assert difference["lost"][0] == max(difference["lost"]) > 150
    assert difference["changed"][2] == max(difference["changed"])
    assert max(difference["kept"]) - min(difference["kept"]) < 40
    pick(page, "show", "old")
    old = {word: colour(page, *ends) != nothing for word, ends in pair.items()}
    absent = page.evaluate("colour('absent')")
    shade = tuple(int(absent[place : place + 2], 16) for place in (1, 3, 5))
    assert old["lost"] and old["changed"] and old["kept"]
    assert colour(page, *pair["added"]) in (nothing, shade)
    pick(page, "show", "new")
    assert colour(page, *pair["lost"]) in (nothing, shade)
    assert all(
        colour(page, *pair[word]) != nothing for word in ("added", "changed", "kept")
    )
    back = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", back))) < 60) == (scheme == "dark")


def test_the_order_of_the_levels(opened: Open) -> None:
    page = opened()
    pick(page, "sort", "level")
    level = worms().new.level or {}
    names = page.evaluate("shown.neurons.map(neuron => neuron.name)")

    assert names == sorted(names, key=lambda name: (level.get(name, 10**6), name))


@pytest.mark.parametrize("width", [NARROW, 400])
def test_a_narrow_screen_scrolls_down_alone(opened: Open, width: int) -> None:
    page = opened()
    page.set_viewport_size({"width": width, "height": 800})
    for _ in range(100):  # the browser tells the page of its new size in a while
        if page.evaluate("grid.side") <= width:
            break
        page.wait_for_timeout(50)

    assert overflow(page) == 0
    assert page.evaluate("grid.side") <= width
    page.evaluate("choose(neurons[0])")
    assert overflow(page) == 0
    assert page.locator("#chosen table").first.is_visible()


@pytest.mark.parametrize("window", [(1100, 800), (1360, 900), (1920, 1080)])
def test_lists_fill_the_page_beside_the_matrix(
    opened: Open, window: tuple[int, int]
) -> None:
    page = opened(viewport=dict(zip(("width", "height"), window, strict=True)))
    for chosen in (False, True):
        if chosen:
            page.evaluate("choose(neurons[30])")
        box = {
            name: page.locator(name).bounding_box()
            for name in ("main", "#frame", "#matrix", "aside", "#lists")
        }
        end = {name: at["x"] + at["width"] for name, at in box.items()}
        foot = {name: at["y"] + at["height"] for name, at in box.items()}
        assert end["aside"] == end["main"] == end["#lists"]
        assert box["aside"]["x"] - end["#matrix"] < 60
        assert abs(foot["#lists"] - foot["main"]) < 2
        assert foot["main"] - foot["#matrix"] < 60
        assert overflow(page) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out(opened: Open, scheme: str) -> None:
    page = opened(color_scheme=scheme)
    assert barriers(page) == []
    page.evaluate("choose(neurons[0])")
    page.evaluate("document.querySelector('#legend input').click()")
    assert barriers(page) == []


def test_hostile_names_stay_names(opened: Open, tmp_path: Path) -> None:
    found = hostile(tmp_path)
    page = opened(found)
    page.click("text=/Show all/")
    names = page.evaluate("neurons.map(neuron => neuron.name)")
    script = """neurons.map((neuron) => {
        choose(neuron);
        return document.getElementById("chosen-title").textContent;
    })"""
    assert page.evaluate(script) == names
    assert set(EVIL) <= set(names)
    assert page.evaluate("document.querySelectorAll('script').length") == 2
    assert page.evaluate("document.querySelectorAll('img, iframe, b, a').length") == 0
    assert page.title() == "a.csv -> b.csv \u00b7 elegansc diff"
    assert counts(page)["added"] == f"{len(found.chemical.added)}"
    texts = page.eval_on_selector_all(
        "td bdi, option", "all => all.map(e => e.textContent)"
    )
    assert not {c for text in texts for c in text if category(c)[0] in "C"}


def test_renamed_neurons_roles_and_what_is_hidden(opened: Open, tmp_path: Path) -> None:
    old = graph(
        tmp_path / "a.csv",
        [("S", "n1", 2), ("n1", "M", 5), ("S", "x", 1), ("x", "M", 9)],
    )
    new = graph(tmp_path / "b.csv", [("S", "N01", 3), ("N01", "M", 5), ("x", "M", 2)])
    found = compare(*read_versions(old, new, None, Layout()), threshold=3)
    page = opened(found)
    rows = cells(page, "#rows tr")

    assert ["~ renamed", "name", "N01", "", "n1", "N01", ""] in rows
    assert ["~ changed", "role", "x", "", "inter", "sensory", ""] in rows
    assert ["~ reweighted", "chemical", "x", "M", "9", "2", "\u22127"] in rows
    assert page.inner_text("#count-hidden") == "2"
    page.fill("#query", "n1")  # by its old name too
    assert page.inner_text("#neurons-count") == "1 of 4"
    page.select_option("#neurons", index=0)
    assert "was n1" in page.inner_text("#chosen")
    assert "inter" in page.inner_text("#chosen")


def test_no_difference_is_a_page_too(opened: Open, tmp_path: Path) -> None:
    path = graph(tmp_path / "a.csv", [("A", "B", 2), ("B", "A", 1)])
    page = opened(compare(*read_versions(path, path, None, Layout())))

    assert counts(page) == {"kept": "2", "added": "0", "lost": "0", "reweighted": "0"}
    assert cells(page, "#rows tr") == []
    assert not page.is_visible("#sort")  # there is no model, so there are no levels
    pick(page, "show", "new")
    pick(page, "kind", "gap junctions")
    assert page.inner_text("#legend").startswith("0 pairs")


def test_the_page_lists_signs_that_turned(opened: Open, tmp_path: Path) -> None:
    """A row of the list of changes, beside the weights."""
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("pre,post,weight\nS,I,2\nI,M,-3\n")
    new.write_text("pre,post,weight\nS,I,-2\nI,M,-3\n")
    page = opened(compare(*read_versions(str(old), str(new), None, Layout())))

    assert page.locator("#changes tbody tr").all_inner_texts() == [
        "\u00b1 turned\tsign\tS\tI\texcitatory\tinhibitory\t"
    ]
    assert page.inner_text("#count-resigned") == "1"
    page.focus("#matrix")
    for key in ("Home", "ArrowRight"):
        page.keyboard.press(key)
    assert page.inner_text("#where") == "S \u2192 I: 2 units of weight, of another sign"
