"""diff --html: one page, self-contained, whatever the names."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.command import EDGES, contents, run
from support.diff_pages import EVIL, FAST, FIRST, LAST, graph, hostile, told, worms

from elegansc.comparison import html as changes_html
from elegansc.comparison.changes import compare
from elegansc.comparison.version import read_versions
from elegansc.readers.reader import Layout

NEW = "pre,post,weight\nS,I,2\nI,M,5\nS,M,1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with `old.csv` and `new.csv` in it."""
    monkeypatch.chdir(tmp_path)
    Path("old.csv").write_text(EDGES)
    Path("new.csv").write_text(NEW)
    return tmp_path


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
