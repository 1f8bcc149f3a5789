"""diff --html: one page, self-contained, whatever the names; read with a browser."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
from support.command import EDGES, contents, run
from support.hostile_names import ACCEPTED

from elegansc.comparison import html as changes_html
from elegansc.comparison import json_report
from elegansc.comparison import text as changes_text
from elegansc.comparison.changes import Changes, compare
from elegansc.comparison.version import read_versions
from elegansc.options import Options
from elegansc.readers.reader import Layout

FAST = Options(keep="all", cycles="ratio", keep_alive=False)
FIRST, LAST = "witvliet2021-1", "witvliet2021-8"
NEW = "pre,post,weight\nS,I,2\nI,M,5\nS,M,1\n"
EVIL = [
    "</script><script>document.title='PWNED'</script>",
    "<img src=x onerror=\"document.title='PWNED'\">",
    "<!--<script>",
    "]]>",
    "a\u2028b\u2029c",
    "'\"`&lt;&amp;",
    "${document.title='PWNED'}",
    "__proto__",
    "constructor",
    "javascript:document.title='PWNED'",
]


@cache
def worms() -> Changes:
    """The first larva and the adult."""
    return compare(*read_versions(FIRST, LAST, FAST, Layout()))


@cache
def told() -> dict[str, Any]:
    """The same as plain data."""
    return json_report.as_json(worms())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with `old.csv` and `new.csv` in it."""
    monkeypatch.chdir(tmp_path)
    Path("old.csv").write_text(EDGES)
    Path("new.csv").write_text(NEW)
    return tmp_path


def graph(path: Path, rows: Iterable[tuple[str, str, float]]) -> str:
    """A connectome file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("pre", "post", "weight"), *rows])
    return str(path)


def hostile(folder: Path) -> Changes:
    """Changes between neurons of names that would hurt."""
    names = [name for group in ACCEPTED.values() for name in group]
    names = list(dict.fromkeys([*EVIL, *(name for name in names if len(name) < 99)]))
    old = graph(folder / "a.csv", [(name, "M", 1) for name in names[::2]])
    new = graph(folder / "b.csv", [("S", name, 2) for name in names])
    return compare(*read_versions(old, new, None, Layout()))


def data_of(page: str) -> dict[str, Any]:
    """What the page knows."""
    (text,) = re.findall(
        r'<script type="application/json" id="data">(.*)</script>', page
    )
    found: dict[str, Any] = json.loads(text)
    return found


# The page itself


def test_the_same_changes_give_the_same_bytes() -> None:
    page = changes_html.page(worms())
    again = compare(*read_versions(FIRST, LAST, FAST, Layout()))

    assert page == changes_html.page(again)
    assert page.isascii() and "\r" not in page
    assert changes_html.is_page(page.encode())


def test_the_page_knows_what_json_says() -> None:
    found, data = told(), data_of(changes_html.page(worms()))
    name = [neuron[0] for neuron in data["neurons"]]
    assert name == sorted({*worms().old.roles, *worms().new.roles})
    for kind, table in (("chemical", "chemical"), ("electrical", "junctions")):
        rows: dict[str, list[Any]] = {state: [] for state in changes_html.STATES}
        for u, v, old, new, state in data[kind]:
            weights = [weight for weight in (old, new) if weight is not None]
            rows[changes_html.STATES[state]].append([name[u], name[v], *weights])
        assert rows["added"] == found[table]["added"]
        assert rows["lost"] == found[table]["lost"]
        assert rows["reweighted"] == found[table]["changed"]
        assert len(rows["kept"]) == found[table]["unchanged"]
        assert rows["hidden"] == []
    assert len(data["turned"]) == len(found["model"]["turned"])


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


def test_names_stand_in_the_data_alone(tmp_path: Path) -> None:
    """With other names, only the data is another; and it holds nothing that ends it."""
    page, plain = changes_html.page(hostile(tmp_path)), changes_html.page(worms())
    pattern = r'(?<=id="data">)[^<>&]*(?=</script>)'
    rests = [re.sub(pattern, "", text) for text in (page, plain)]

    assert rests[0] == rests[1]
    assert "PWNED" in page and "PWNED" not in rests[0]
    names = {neuron[0] for neuron in data_of(page)["neurons"]}
    assert set(EVIL) <= names


def test_the_page_needs_nothing_and_runs_one_script() -> None:
    page = changes_html.page(worms())
    rest = re.sub(r'(?<=id="data">)[^<>&]*', "", page)
    (script,) = re.findall(r"<script>(.*)</script>", rest, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
        in page
    )
    for word in ("http:", "https:", "//www", " src=", "href=", "url(", "@import"):
        assert word not in rest
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "document.write",
        "eval(",
        "fetch(",
        "XMLHttp",
        "import(",
    ):
        assert word not in script


def test_a_threshold_hides_in_the_page_too(tmp_path: Path) -> None:
    old = graph(tmp_path / "a.csv", [("S", "I", 5), ("I", "M", 9), ("S", "M", 1)])
    new = graph(tmp_path / "b.csv", [("S", "I", 6), ("I", "M", 4), ("I", "S", 2.5)])
    sides = read_versions(old, new, None, Layout())
    data = data_of(changes_html.page(compare(*sides, threshold=2)))
    state = {(u, v): changes_html.STATES[state] for u, v, *_, state in data["chemical"]}
    row = {neuron[0]: place for place, neuron in enumerate(data["neurons"])}

    assert {
        pair: state[row[pair[0]], row[pair[1]]] for pair in ("SI", "IM", "SM", "IS")
    } == {
        "SI": "hidden",
        "IM": "reweighted",
        "SM": "hidden",
        "IS": "added",
    }
    assert data["threshold"] == 2
    assert data["chemical"][0][3] in (2.5, 6, 4)  # whole numbers without a point


# The command


def test_the_page_is_written_beside_what_is_printed(folder: Path) -> None:
    said = "wrote page.html\n"
    for words in ((), ("--json",), ("--markdown",), ("--summary",)):
        alone = run("diff", "old.csv", "new.csv", *words)
        done = run("diff", "old.csv", "new.csv", *words, "--html", "page.html")
        assert (done.exit_code, done.stdout) == (0, alone.stdout)
        assert done.stderr == said
        said = "unchanged page.html\n"
    sides = read_versions("old.csv", "new.csv", None, Layout())
    assert Path("page.html").read_text() == changes_html.page(compare(*sides))
    assert set(contents(folder)) == {"old.csv", "new.csv", "page.html"}

    piped = run("diff", "old.csv", "new.csv", "--html", "-", "--exit-code")
    assert (piped.exit_code, piped.stderr) == (1, "")
    assert piped.stdout == Path("page.html").read_text()


def refused(path: str, seen: str, *words: str) -> None:
    """Assert that no page is written there."""
    before = contents(Path())
    done = run("diff", "old.csv", "new.csv", "--html", path, *words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert seen in done.stderr
    assert contents(Path()) == before


def test_what_is_no_such_page_is_not_replaced(folder: Path) -> None:
    Path("notes.html").write_text("<!doctype html>\n<p>mine\n")
    refused("notes.html", "is not a page that elegansc diff made\n  --force")
    for path in ("old.csv", "new.csv"):
        refused(path, "is the input", "--force")
    refused(".", "is a directory")
    refused("", "is a directory")
    refused("no/page.html", "no such folder")
    refused("x" * 300, "cannot be written")

    words = ("diff", "old.csv", "new.csv", "--summary", "--html")
    assert run(*words, "notes.html", "--force").exit_code == 0
    assert run(*words, "notes.html").exit_code == 0  # now it is one
    Path("empty.html").touch()
    assert run(*words, "empty.html").exit_code == 0
    Path("empty.html").chmod(0o444)
    refused("empty.html", "is read-only", "--force")


def test_a_side_that_can_not_be_read_leaves_the_old_page(folder: Path) -> None:
    run("diff", "old.csv", "new.csv", "--html", "page.html")
    before = contents(folder)
    done = run("diff", "old.csv", "nope.csv", "--html", "page.html")

    assert done.exit_code == 2 and contents(folder) == before


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window."""
    play = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not here: pip install playwright"
    )
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    with play.sync_playwright() as running:
        try:
            found = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except play.Error as error:
            pytest.skip(f"no browser starts, so the page is not looked at: {error}")
        yield found
        found.close()


Open = Callable[..., Any]


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Open]:
    """A function that opens the page of changes; no error and no request but for it."""
    troubles: list[str] = []
    pages: list[Any] = []

    def opening(found: Changes | None = None, **settings: Any) -> Any:
        file = tmp_path / "page.html"
        file.write_text(changes_html.page(worms() if found is None else found))
        page = browser.new_page(viewport={"width": 1360, "height": 900}, **settings)
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


def test_a_narrow_screen_scrolls_down_alone(opened: Open) -> None:
    page = opened()
    page.set_viewport_size({"width": 400, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert page.evaluate("grid.side") <= 400


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
