"""draw: every format parses and holds the graph, the same bytes each time, nothing gets out.

The page is driven in a browser too, where playwright and Chromium are installed.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import click
import jinja2.meta
import networkx as nx
import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from support import strategies, toy
from support.command import run as elegansc
from support.hostile_names import ACCEPTED
from support.paths import GENERATED

from elegansc import drawing
from elegansc.cli.draw import FORMATS as OFFERED
from elegansc.cli.draw import STYLES as STYLES_OFFERED
from elegansc.cli.draw import draw_command
from elegansc.cli.exit_codes import Commands
from elegansc.drawing import FORMATS, PICTURES, STYLES, draw
from elegansc.drawing.facts import caption
from elegansc.drawing.html import digest as policy_name
from elegansc.drawing.labels import breadth, short_name
from elegansc.drawing.levels import ticks
from elegansc.drawing.places import GAP, covered, places
from elegansc.drawing.scene import (
    CHANGES,
    FEEDBACK,
    FORWARD,
    JUNCTION,
    KINDS,
    Scene,
    difference,
    planned,
    scene_of,
)
from elegansc.errors import InputError, UsageError
from elegansc.ir.stages import INTER, MOTOR, SENSORY, Plan
from elegansc.module.emit import environment
from elegansc.module.restore import unplanned
from elegansc.options import Options
from elegansc.pipeline import lower
from elegansc.readers.reader import Layout

WORM, ADULT = "witvliet2021-1", "witvliet2021-8"
ATTACKS = [
    '</script><img src=x onerror="window.hacked = 1">',
    "<!--<script>window.hacked = 1</script>-->",
    "]]><svg onload=window.hacked=1>",
    "';window.hacked=1//",
    '"><b>&amp;&lt;',
    "\u202eright to left\u202c \u05d0\u05d1",
    "line one\nline two\ttab",
    "\u2028\u2029",
    "$\\frac{1}{0}$ \\",
    "{{ 7*7 }}{% raw %}",
    "long " * 2000,
    "\u795e\u7d4c\u7d30\u80de",
    "__proto__",
    "constructor",
]
needs_matplotlib = pytest.mark.skipif(
    not find_spec("matplotlib"),
    reason="NOT TESTED: svg, png and pdf need matplotlib",
)


@click.group(cls=Commands)
def cli() -> None:
    """A face with this one command, whatever the others are."""


cli.add_command(draw_command)


def run(*words: str, stdin: str | None = None) -> Result:
    """`elegansc draw WORDS`, in this process; an error that gets out fails the test."""
    done = CliRunner().invoke(cli, ["draw", *words], input=stdin)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@cache
def scene(name: str = WORM) -> Scene:
    """A bundled connectome."""
    return scene_of(toy.bundled(name))


@cache
def drawn(kind: str, style: str = "levels", name: str = WORM) -> bytes:
    """The bytes of a drawing, made once."""
    return draw(scene(name), kind, style)


@cache
def compared() -> Scene:
    """The first and the last of eight animals."""
    return difference(scene(WORM), scene(ADULT))


@cache
def hostile() -> Scene:
    """Neurons with names that would hurt, in a ring from a sensor to a motor and back."""
    held = (name for names in ACCEPTED.values() for name in names)
    names = sorted({*ATTACKS, *held})
    size = len(names)
    rows = [(n, n + 1, 0, float(1 + n % 5), 0) for n in range(size - 1)]
    rows += [(n, n + 1, 1, 2.0, 0) for n in range(0, size - 1, 7)]
    rows.append((size - 1, 0, 0, 0.5, 0))
    found = strategies.connectome(rows, size)
    cells = replace(found.cells, name=tuple(names))
    fast = Options(keep_alive=False)
    return scene_of(lower(replace(found, cells=cells), fast))


def forged() -> Scene:
    """What no reader lets through: control characters, half characters, names that clash."""
    small = scene_of(toy.plan())
    names = list(small.neurons.name)
    names[:5] = ["a\x00b", "a\x01b", "a\ud800b", "a\ufffeb", "\x1b[31mred"]
    return replace(small, neurons=replace(small.neurons, name=tuple(names)))


def arcs(found: Scene) -> set[tuple[str, str, str, float]]:
    """(pre, post, kind, weight) of every line."""
    name, lines = found.neurons.name, found.lines
    columns = (lines.pre, lines.post, lines.kind, lines.weight)
    return {
        (name[u], name[v], KINDS[kind], weight)
        for u, v, kind, weight in zip(*(c.tolist() for c in columns), strict=True)
    }


# ---- readers of what was written ---------------------------------------------------------


def shapes(data: bytes) -> dict[str, int]:
    """Paths of each group of an SVG that has a name."""
    root = ElementTree.fromstring(data)
    space = "{http://www.w3.org/2000/svg}"
    return {
        str(group.get("id")): len(group.findall(f".//{space}path"))
        + len(group.findall(f".//{space}use"))
        for group in root.iter(f"{space}g")
        if group.get("id")
    }


def words(data: bytes) -> list[str]:
    """Every text of an SVG."""
    root = ElementTree.fromstring(data)
    return [
        "".join(text.itertext())
        for text in root.iter("{http://www.w3.org/2000/svg}text")
    ]


class Page(HTMLParser):
    """The elements of a page, and what stands in its scripts."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.within = False
        self.feed(data.decode("ascii"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.within = tag == "script"
        if self.within:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.within = False

    def handle_data(self, data: str) -> None:
        if self.within:
            self.scripts[-1] += data

    @property
    def held(self) -> Any:
        """The data of the page."""
        return json.loads(self.scripts[0])


STRING = r'"((?:[^"\\]|\\.)*)"'
NODE = re.compile(rf"  (n\d+) \[label={STRING}, (.*)\];")
EDGE = re.compile(r"  (n\d+) -> (n\d+) \[(.*)\];")
UNESCAPED = {"n": "\n", "r": "\r", "\\": "\\", '"': '"'}


def parse_dot(data: bytes) -> nx.MultiDiGraph:
    """A small reader of the DOT that we write; every line must be one it knows."""
    graph = nx.MultiDiGraph()
    first, *body, last = data.decode().removesuffix("\n").split("\n")
    assert re.fullmatch(rf"digraph {STRING} {{", first) and last == "}"
    names = {}
    for line in body:
        if node := NODE.fullmatch(line):
            name = re.sub(r"\\(.)", lambda found: UNESCAPED[found[1]], node[2])
            names[node[1]] = name
            graph.add_node(name)
        elif edge := EDGE.fullmatch(line):
            facts = dict(re.findall(r'(\w+)=("[^"]*"|[^,]+)', edge[3]))
            graph.add_edge(
                names[edge[1]],
                names[edge[2]],
                kind=facts["kind"],
                weight=float(facts["count"]),
            )
        else:
            assert re.fullmatch(
                r"  (graph|node|edge) \[.*\];|  \{ rank=same; [n\d; ]+ \}", line
            ), line
    return graph


def arcs_of(graph: nx.MultiDiGraph) -> set[tuple[str, str, str, float]]:
    """The same of a graph that was read back."""
    return {
        (u, v, facts["kind"], float(facts["weight"]))
        for u, v, facts in graph.edges(data=True)
    }


# ---- formats -----------------------------------------------------------------------------


def test_what_is_offered_is_what_there_is() -> None:
    assert OFFERED == FORMATS
    assert STYLES_OFFERED == STYLES


@needs_matplotlib
@pytest.mark.parametrize("style", STYLES)
def test_an_svg_has_a_shape_for_every_neuron_and_line(style: str) -> None:
    found = shapes(drawn("svg", style))
    plan = toy.bundled(WORM)
    assert found["chemical"] == len(plan.forward) == 597
    assert found["feedback"] == len(plan.feedback)
    assert found["junction"] == len(plan.junctions)
    if style != "matrix":
        assert found["neurons"] == len(plan.cells) == 161
    else:
        assert found["roles"] == 2 * 161
        assert found["junction-mirror"] == len(plan.junctions)
    assert set(plan.cells.name) <= set(words(drawn("svg", style)))


@needs_matplotlib
def test_an_svg_keeps_text_and_names_its_groups_once() -> None:
    data = drawn("svg")
    ids = [
        node.get("id") for node in ElementTree.fromstring(data).iter() if node.get("id")
    ]
    assert len(ids) == len(set(ids))
    assert WORM in words(data)
    assert any("675 chemical synapses" in text for text in words(data))
    assert b'xlink:href="http' not in data and b"<script" not in data


@needs_matplotlib
@pytest.mark.parametrize("style", STYLES)
def test_a_png_and_a_pdf_are_one_page(style: str) -> None:
    image, page = drawn("png", style), drawn("pdf", style)
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", image[16:24])
    assert 1500 < width < 4000 and 1000 < height < 4000
    assert page[:5] == b"%PDF-" and page.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type /Page\b", page)) == 1
    box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", page)
    assert box and float(box[1]) == pytest.approx(width * 72 / 300, abs=1)


def test_graphml_comes_back_from_networkx(tmp_path: Path) -> None:
    path = tmp_path / "worm.graphml"
    path.write_bytes(drawn("graphml"))
    graph = nx.read_graphml(path)
    assert arcs_of(graph) == arcs(scene())
    assert graph.number_of_edges() == len(scene().lines)
    level = dict(zip(scene().neurons.name, scene().neurons.level.tolist(), strict=True))
    assert set(graph) == set(level)
    assert all(
        facts.get("level", 0) == max(level[n] + 1, 0)
        for n, facts in graph.nodes(data=True)
    )
    forward = [(u, v) for u, v, kind in graph.edges(data="kind") if kind != "feedback"]
    assert nx.is_directed_acyclic_graph(nx.DiGraph(forward))


def test_dot_says_the_same() -> None:
    graph = parse_dot(drawn("dot"))
    assert arcs_of(graph) == arcs(scene())
    assert set(graph) == set(scene().neurons.name)


@pytest.mark.skipif(not shutil.which("dot"), reason="NOT TESTED: Graphviz is not here")
def test_graphviz_reads_hostile_dot() -> None:
    done = subprocess.run(
        ["dot", "-Tcanon"], input=draw(hostile(), "dot"), capture_output=True
    )
    assert done.returncode == 0 and not done.stderr


def test_the_page_holds_the_graph() -> None:
    held = Page(drawn("html")).held
    lines = held["lines"]
    name = held["neurons"]["name"]
    found = {
        (name[u], name[v], KINDS[kind], weight)
        for u, v, kind, weight in zip(
            lines["pre"], lines["post"], lines["kind"], lines["weight"], strict=True
        )
    }
    assert found == arcs(scene())
    assert tuple(name) == scene().neurons.name


def test_the_page_needs_nothing_else() -> None:
    page = Page(drawn("html"))
    assert len(page.scripts) == 2
    for tag, attributes in page.tags:
        assert "src" not in attributes and tag not in {
            "img",
            "iframe",
            "object",
            "embed",
        }
        assert not [name for name in attributes if name.startswith("on")]
        assert tag != "link" or attributes["href"] == "data:,"
    policy = next(
        a["content"]
        for _, a in page.tags
        if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy and "default-src 'none'" in policy
    assert f"script-src '{policy_name(page.scripts[1])}'" in policy
    assert b"http" not in drawn("html").replace(b"http-equiv", b"")
    assert "innerHTML" not in page.scripts[1] and "eval" not in page.scripts[1]


def test_the_template_reads_one_view() -> None:
    loader = environment().loader
    assert isinstance(loader, jinja2.BaseLoader)
    source = loader.get_source(environment(), "pages/draw.html.jinja")[0]
    names = jinja2.meta.find_undeclared_variables(environment().parse(source))
    assert names == {"page"}
    assert source.isascii()


# ---- the same bytes ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["html", "dot", "graphml"])
def test_the_same_bytes_twice(kind: str) -> None:
    assert draw(scene(), kind) == drawn(kind)


@needs_matplotlib
@pytest.mark.parametrize("style", STYLES)
def test_the_same_picture_twice(style: str) -> None:
    small = scene_of(toy.plan())
    for kind in PICTURES:
        assert draw(small, kind, style) == draw(small, kind, style)


@needs_matplotlib
def test_the_same_picture_from_another_process_and_under_other_settings(
    tmp_path: Path,
) -> None:
    path = tmp_path / "toy.csv"
    path.write_text(toy.EDGES)
    code = (
        "import sys, matplotlib; matplotlib.rcParams.update({'font.size': 20, 'lines.linewidth': 9,"
        " 'svg.fonttype': 'path', 'savefig.transparent': True, 'text.color': 'red'})\n"
        "from elegansc.drawing import draw; from elegansc.drawing.scene import planned, scene_of\n"
        "from elegansc.options import Options; from elegansc.readers.reader import Layout\n"
        "from pathlib import Path; folder, path = sys.argv[1:]\n"
        "options = Options(inputs=('S*',), outputs=('M*', 'SX'), roles_table='structure')\n"
        "made = scene_of(planned(path, options=options, layout=Layout()))\n"
        "for kind in ('svg', 'png', 'pdf'):\n"
        "    Path(folder, kind).write_bytes(draw(made, kind))\n"
        "assert matplotlib.rcParams['font.size'] == 20\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    surroundings = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "SOURCE_DATE_EPOCH": "1",
        "TZ": "Asia/Tokyo",
    }
    command = [sys.executable, "-c", code, str(tmp_path), str(path)]
    subprocess.run(command, env=surroundings, check=True)
    here = scene_of(planned(str(path), options=toy.ROLES, layout=Layout()))
    for kind in PICTURES:
        assert (tmp_path / kind).read_bytes() == draw(here, kind), kind


def test_the_order_of_the_rows_does_not_matter() -> None:
    head, *rows = toy.EDGES.splitlines()
    random.Random(3).shuffle(rows)
    other = scene_of(toy.plan(edges="\n".join([head, *rows]) + "\n"))
    for kind in ("html", "dot", "graphml"):
        assert draw(other, kind) == draw(scene_of(toy.plan()), kind)


# ---- where neurons stand -----------------------------------------------------------------


def crossing(x: Any, y: Any, pre: Any, post: Any) -> int:
    """How many pairs of segments cross, by parameters along both, not by signs."""
    start = np.stack([x[pre], y[pre]], 1)
    way = np.stack([x[post], y[post]], 1) - start
    count = 0
    for row in range(len(pre)):
        gap, other = start[row + 1 :] - start[row], way[row + 1 :]
        base = way[row, 0] * other[:, 1] - way[row, 1] * other[:, 0]
        with np.errstate(all="ignore"):
            t = (gap[:, 0] * other[:, 1] - gap[:, 1] * other[:, 0]) / base
            s = (gap[:, 0] * way[row, 1] - gap[:, 1] * way[row, 0]) / base
        tiny = 1e-9
        count += int(((t > tiny) & (t < 1 - tiny) & (s > tiny) & (s < 1 - tiny)).sum())
    return count


@pytest.mark.parametrize("name", [WORM, "varshney2011"])
def test_fewer_lines_cross_than_in_name_order(name: str) -> None:
    found = scene(name)
    level = found.neurons.level
    ahead = (
        (found.lines.kind == FORWARD)
        & (level[found.lines.pre] >= 0)
        & (level[found.lines.post] >= 0)
    )
    ends = found.lines.pre[ahead], found.lines.post[ahead]
    best, plain = places(found), places(found, by_name=True)
    fewer, more = crossing(best.x, best.y, *ends), crossing(plain.x, plain.y, *ends)
    assert best.crossings == pytest.approx(fewer, rel=0.01)  # some only just touch
    assert plain.crossings == pytest.approx(more, rel=0.01)
    assert fewer < 0.7 * more


@given(strategies.connectomes())
@settings(max_examples=25)
def test_any_graph_is_drawn(connectome: Any) -> None:
    try:
        plan = lower(connectome, Options(roles_table="structure"))
    except InputError:
        return
    found = scene_of(plan)
    assert places(found).crossings <= places(found, by_name=True).crossings
    apart(found)
    assert arcs_of(parse_dot(draw(found, "dot"))) == arcs(found)
    ElementTree.fromstring(draw(found, "graphml"))
    assert len(Page(draw(found, "html")).held["lines"]["pre"]) == len(found.lines)


def apart(found: Scene) -> None:
    """No neuron stands on another, each at its level, those in none behind the last."""
    at = places(found)
    for row in range(len(at.x)):
        near = np.abs(at.x - at.x[row]) < at.half + at.half[row] + 0.9 * GAP
        near &= np.abs(at.y - at.y[row]) < at.tall + 0.9 * GAP
        assert near.sum() == 1, found.neurons.name[row]
    level = found.neurons.level
    assert (np.diff(at.level) > 0).all()
    assert at.x[level < 0].min(initial=np.inf) > at.x[level >= 0].max()


@pytest.mark.parametrize("name", ["witvliet1", "witvliet8", "cook2019"])
def test_neurons_stand_apart_at_their_levels(name: str) -> None:
    """Of the models that the repository holds."""
    model = GENERATED / f"{name}.py"
    found = scene_of(planned(str(model), options=Options(), layout=Layout()))
    apart(found)
    at, level = places(found), found.neurons.level
    live = level >= 0
    assert np.allclose(at.x[live], at.level[level[live]])
    assert at.width < 700 and at.height < 450


def test_a_level_too_full_for_one_column_has_several() -> None:
    rows = [(n, 300 + m, 0, 1.0, 0) for n in range(300) for m in range(2)]
    wide = strategies.connectome(rows, 302, [SENSORY] * 300 + [MOTOR] * 2)
    found = scene_of(lower(wide, Options(roles_table="structure")))
    apart(found)
    assert places(found).height < 700


def test_no_line_of_a_small_graph_runs_behind_a_neuron() -> None:
    """In name order A, B and M1 stand on one line, and A -> M1 runs behind B."""
    edges = "pre,post,weight\nS,A,1\nA,B,1\nA,M1,1\nB,M1,1\n"
    found = scene_of(toy.plan(Options(roles_table="structure"), edges))
    for by_name, count in ((True, 1), (False, 0)):
        at = places(found, by_name=by_name)
        ends = found.lines.pre.astype(int), found.lines.post.astype(int)
        assert covered(at.x, at.y, *ends, at.tall) == count


def test_ticks_are_few() -> None:
    for depth in (1, 2, 12, 54, 121, 999):
        marked = list(ticks(depth))
        assert marked[0] == 1 and len(marked) <= 13 and marked[-1] <= depth


# ---- differences -------------------------------------------------------------------------


def graph_of(plan: Plan) -> tuple[set[str], dict[Any, float], dict[Any, float]]:
    """Neurons, chemical pairs and coupled pairs of a plan, by name."""
    circuit = unplanned(plan)[0]
    name, edges, ends = circuit.cells.name, circuit.chemical, circuit.junctions
    chemical = {
        (name[u], name[v]): w
        for u, v, w in zip(edges.pre, edges.post, edges.weight, strict=True)
    }
    coupled = {
        frozenset((name[u], name[v])): w
        for u, v, w in zip(ends.left, ends.right, ends.weight, strict=True)
    }
    return set(name), chemical, coupled


@pytest.mark.parametrize("first, second", [(WORM, ADULT), (ADULT, WORM), (WORM, WORM)])
def test_a_difference_is_plain_set_arithmetic(first: str, second: str) -> None:
    found = difference(scene(first), scene(second))
    olds, news = graph_of(toy.bundled(first)), graph_of(toy.bundled(second))
    tally = np.bincount(found.neurons.change, minlength=4).tolist()
    assert tally == [
        len(olds[0] & news[0]),
        len(news[0] - olds[0]),
        len(olds[0] - news[0]),
        0,
    ]
    coupled = found.lines.kind == JUNCTION
    for mask, old, new in ((~coupled, olds[1], news[1]), (coupled, olds[2], news[2])):
        both = set(old) & set(new)
        same = sum(old[key] == new[key] for key in both)
        expected = [
            same,
            len(set(new) - set(old)),
            len(set(old) - set(new)),
            len(both) - same,
        ]
        assert np.bincount(found.lines.change[mask], minlength=4).tolist() == expected
    apart(found)
    assert (found.neurons.level[found.neurons.change == 2] == -2).all()
    assert found.depth == scene(second).depth


@needs_matplotlib
@pytest.mark.parametrize("style", STYLES)
def test_a_picture_of_a_difference_counts_the_same(style: str) -> None:
    data = draw(compared(), "svg", style)
    counts = np.bincount(compared().lines.change, minlength=4).tolist()
    found = shapes(data)
    for key, word in enumerate(CHANGES):
        more = found.get(f"{word}-junction", 0) if style == "matrix" else 0
        assert found[word] + more == counts[key], word
    text = " ".join(words(data))
    for line in caption(compared()):
        assert line.replace("\N{NO-BREAK SPACE}", " ") in text.replace(
            "\N{NO-BREAK SPACE}", " "
        )
    assert "161 kept, 19 added" in text


def test_other_formats_tell_what_changed() -> None:
    became = [CHANGES[change] for change in compared().lines.change.tolist()]
    graph = nx.parse_graphml(draw(compared(), "graphml").decode())
    assert sorted(change for *_, change in graph.edges(data="change")) == sorted(became)
    assert sum(
        f"change={word}," in line
        for line in draw(compared(), "dot").decode().split("\n")
        if "->" in line
        for word in CHANGES
    ) == len(became)
    held = Page(draw(compared(), "html")).held
    assert (
        held["old"] == WORM
        and held["lines"]["change"] == compared().lines.change.tolist()
    )


def test_weights_of_two_units_are_not_compared() -> None:
    other = replace(scene(ADULT), unit="EM sections")
    found = difference(scene(WORM), other)
    assert not (found.lines.change == CHANGES.index("reweighted")).any()
    assert "weights not compared" in " ".join(caption(found))


# ---- hostile names -----------------------------------------------------------------------


def test_hostile_names_stay_in_the_data() -> None:
    found = hostile()
    data = draw(found, "html")
    page, plain = Page(data), Page(drawn("html"))
    assert page.held["neurons"]["name"] == list(found.neurons.name)
    assert page.tags[-1] == ("script", {}) and [t for t, _ in page.tags] == [
        t for t, _ in plain.tags
    ]
    assert page.scripts[1] == plain.scripts[1]
    assert not set("<>&\u2028\u2029") & set(page.scripts[0])


def test_hostile_names_come_back_from_graphml_and_dot() -> None:
    found = hostile()
    graph = nx.parse_graphml(draw(found, "graphml").decode())
    kept = [name for name in found.neurons.name if not set(name) & {"\ufffe", "\uffff"}]
    assert set(kept) <= set(graph) and len(graph) == len(found.neurons)
    assert {name[:2000] for name in kept} <= set(parse_dot(draw(found, "dot")))


@needs_matplotlib
@pytest.mark.parametrize("style", STYLES)
def test_hostile_names_in_a_picture(
    style: str, recwarn: pytest.WarningsRecorder
) -> None:
    found = hostile()
    pictures = {
        kind: draw(found, kind, style)
        for kind in (PICTURES if style == "levels" else ["svg"])
    }
    assert not recwarn.list and all(pictures.values())
    texts = {text.strip() for text in words(pictures["svg"])}
    assert {short_name(name).strip() for name in found.neurons.name} <= texts
    assert b"<script" not in pictures["svg"] and b"<img" not in pictures["svg"]


def test_what_no_reader_lets_through_is_still_drawn() -> None:
    found = forged()
    assert Page(draw(found, "html")).held["neurons"]["name"] == list(found.neurons.name)
    graph = nx.parse_graphml(draw(found, "graphml").decode())
    assert len(graph) == len(found.neurons)
    parse_dot(draw(found, "dot"))


@needs_matplotlib
def test_what_no_reader_lets_through_in_a_picture() -> None:
    for kind in PICTURES:
        assert draw(forged(), kind)


def test_a_name_is_shown_on_one_line() -> None:
    assert short_name("AVAL") == "AVAL"
    assert (
        short_name("a\nb\u202ec\x00")
        == "a\N{WHITE SQUARE}b\N{WHITE SQUARE}c\N{WHITE SQUARE}"
    )
    assert len(short_name("x" * 10_000)) == 12
    assert breadth("\u795e\u7d4c") == 2.0


# ---- corners -----------------------------------------------------------------------------


@needs_matplotlib
@pytest.mark.parametrize("style", STYLES)
def test_the_smallest_graphs(style: str) -> None:
    one = scene_of(
        lower(
            strategies.connectome([], 1, [SENSORY | MOTOR]),
            Options(roles_table="structure"),
        )
    )
    two = scene_of(
        lower(
            strategies.connectome([(0, 1, 0, 1.0, 0)], 2),
            Options(roles_table="structure"),
        )
    )
    for found in (one, two):
        assert shapes(draw(found, "svg", style))
        assert Page(draw(found, "html")).held["depth"] == found.depth


def test_of_too_many_lines_the_heaviest_are_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawing, "LINES_DRAWN", 100)
    held = Page(draw(scene(), "html")).held
    assert len(held["lines"]["pre"]) == 100
    weight = np.sort(scene().lines.weight)
    assert sum(held["lines"]["weight"]) == weight[-100:].sum()
    assert held["caption"][-1] == "the 100 heaviest of 756 lines are drawn"
    assert held["caption"][1] == "675 chemical synapses"
    assert arcs_of(parse_dot(draw(scene(), "dot"))) == arcs(scene())


@needs_matplotlib
def test_very_many_lines_become_an_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("elegansc.drawing.canvas.VECTOR", 500)
    data = draw(scene(), "svg")
    assert shapes(data)["feedback"] == 78 and "chemical" not in shapes(data)
    assert b"data:image/png;base64" in data


def test_roles_are_those_of_a_model() -> None:
    """Who is sensory or motor is not inter beside it, as in the tables of a model."""
    given = [SENSORY | INTER, INTER, 0, SENSORY | INTER | MOTOR, INTER | MOTOR]
    plan = toy.plan(Options(roles_table="structure"), "pre,post\nA,B\nB,C\nC,D\nD,E\n")
    plan = replace(plan, cells=replace(plan.cells, role=np.array(given, np.uint8)))
    found = [SENSORY, INTER, INTER, SENSORY | MOTOR, MOTOR]
    assert scene_of(plan).neurons.role.tolist() == found


@pytest.mark.parametrize("kind", ["dot", "html"])
def test_a_source_and_its_model_look_alike(folder: Path, kind: str) -> None:
    """Two neurons of the grown worm have no role on record, and a model no such word."""
    quick = ("--cycles", "ratio", "--no-keep-alive")
    words = ("compile", "cook2019", *quick, "-q", "-o", "cook.py")
    assert elegansc(*words).exit_code == 0
    assert run("cook2019", *quick, "-o", f"source.{kind}").exit_code == 0
    assert run("cook.py", "-o", f"model.{kind}").exit_code == 0

    assert Path(f"source.{kind}").read_bytes() == Path(f"model.{kind}").read_bytes()


def test_a_large_page_is_made(tmp_path: Path) -> None:
    """Beyond 600 neurons: dots without names."""
    path = tmp_path / "large.csv"
    path.write_text(strategies.seeded(900, 6_000))
    output = tmp_path / "large.html"
    roles = (
        "--inputs",
        "N000*",
        "--outputs",
        "N008*",
        "--cycles",
        "ratio",
        "--no-keep-alive",
    )
    assert run(str(path), "-o", str(output), *roles).exit_code == 0
    held = Page(output.read_bytes()).held
    assert not held["named"] and len(held["neurons"]["name"]) == 900


# ---- the command -------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_draw_writes_and_says_so(folder: Path) -> None:
    done = run(WORM, "-o", "worm.html")
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith(
        f"wrote     worm.html: {WORM}: 161 neurons in 54 levels"
    )
    assert Path("worm.html").read_bytes() == drawn("html")
    assert not run(WORM, "-o", "worm.HTML", "-q").output


@needs_matplotlib
def test_draw_writes_a_difference(folder: Path) -> None:
    done = run(WORM, ADULT, "-o", "both.svg", "--style", "matrix")
    assert done.exit_code == 0 and "19 added" in done.stderr
    assert Path("both.svg").read_bytes() == draw(compared(), "svg", "matrix")


@pytest.mark.parametrize("kind", ["html", "dot", "graphml"])
def test_a_generated_model_is_drawn_as_its_source(folder: Path, kind: str) -> None:
    Path("model.py").write_bytes(toy.written(toy.bundled(WORM), Options(), "Worm"))
    assert run("model.py", "-o", f"model.{kind}").exit_code == 0
    assert Path(f"model.{kind}").read_bytes() == drawn(kind)


def test_a_model_against_a_connectome(folder: Path) -> None:
    Path("model.py").write_bytes(toy.written(toy.bundled(WORM), Options(), "Worm"))
    assert run("model.py", ADULT, "-o", "both.dot").exit_code == 0
    assert Path("both.dot").read_bytes() == draw(compared(), "dot")
    refused = run("model.py", "-o", "x.dot", "--min-weight", "2")
    assert refused.exit_code == 2 and "--min-weight" in refused.stderr


def test_options_of_a_compile_count(folder: Path) -> None:
    assert (
        run(
            WORM, "-o", "few.graphml", "--min-weight", "3", "--label", "strong"
        ).exit_code
        == 0
    )
    graph = nx.read_graphml("few.graphml")
    assert graph.graph.get("id", "strong") == "strong"
    assert min(weight for *_, weight in graph.edges(data="weight")) == 3


def test_text_goes_to_stdout_if_asked() -> None:
    done = run(
        "-",
        "-o",
        "-",
        "--format",
        "dot",
        "--roles-table",
        "structure",
        stdin="pre,post,weight\nS,I,2\nI,M,3\n",
    )
    assert done.exit_code == 0 and done.stdout.startswith('digraph "stdin" {')


@pytest.mark.parametrize(
    "given, code, said",
    [
        ([WORM, "-o", "there.dot"], 1, "there.dot: is there already\n  --force replaces it"),
        ([WORM, "-o", "worm.gif"], 2, ".svg, .png, .pdf, .html, .dot, .graphml"),
        ([WORM, "-o", "worm"], 2, "no suffix; one of .svg"),
        ([WORM, "-o", "-"], 2, "say which --format"),
        ([WORM, "-o", "-", "--format", "png"], 2, "png is binary; give a file"),
        ([WORM, "-o", "-", "--format", "pdf"], 2, "pdf is binary; give a file"),
        ([WORM, "-o", "x.html", "--style", "matrix"], 2, "for svg, png, pdf only, not html"),
        ([WORM, "-o", "x.dot", "--style", "figure1"], 2, "not dot"),
        ([WORM, "-o", "x.svg", "--style", "cubist"], 2, "cubist"),
        ([WORM, "-o", "folder.dot"], 1, "is a directory"),
        ([WORM, "-o", "no/where.dot"], 1, "no such folder"),
        (["there.dot", "-o", "there.dot", "--force"], 1, "is the input"),
        ([WORM, "there.dot", "-o", "there.dot", "--force"], 1, "is the input"),
        (["-", "-", "-o", "x.dot"], 2, "stdin can be only one"),
        (["witvliet2021-9", "-o", "x.dot"], 1, "did you mean"),
        (["missing.csv", "-o", "x.dot"], 1, "missing.csv"),
        ([WORM], 2, "--output"),
    ],
)  # fmt: skip
def test_what_is_refused(folder: Path, given: list[str], code: int, said: str) -> None:
    Path("there.dot").write_text("mine")
    Path("folder.dot").mkdir()
    if "svg" in str(given) or "png" in str(given) or "pdf" in str(given):
        pytest.importorskip("matplotlib")
    done = run(*given)
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert Path("there.dot").read_text() == "mine"
    assert sorted(os.listdir()) == ["folder.dot", "there.dot"]


def test_force_replaces(folder: Path) -> None:
    Path("worm.dot").write_text("mine")
    assert run(WORM, "-o", "worm.dot", "--force").exit_code == 0
    assert Path("worm.dot").read_bytes() == drawn("dot")


def test_draw_itself_refuses() -> None:
    with pytest.raises(UsageError, match="one of svg"):
        draw(scene(), "gif")
    with pytest.raises(UsageError, match="one of levels"):
        draw(scene(), "dot", "cubist")


def test_without_matplotlib_there_is_one_clear_message(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = run("missing.csv", "-o", "worm.svg")
    assert done.exit_code == 1
    assert (
        done.stderr
        == "draw: pictures need matplotlib, which is not installed\n  pip install 'elegansc[draw]'\n"
    )
    assert run(WORM, "-o", "worm.html").exit_code == 0


def test_little_is_imported() -> None:
    code = (
        "import sys, elegansc.cli.draw; early = set(sys.modules)\n"
        "from elegansc.drawing import draw; from elegansc.drawing.scene import *\n"
        "from elegansc.options import Options; from elegansc.readers.reader import Layout\n"
        f"made = scene_of(planned({WORM!r}, options=Options(), layout=Layout()))\n"
        "[draw(made, kind) for kind in ('html', 'dot', 'graphml')]\n"
        "print([m for m in ('numpy', 'jinja2', 'scipy', 'matplotlib') if m in early],"
        " [m for m in ('matplotlib', 'networkx', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[] []", done.stderr


# ---- in a browser ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium; without one these tests are skipped, and say so."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="NOT TESTED: the page in a browser: no playwright"
    )
    found = next(
        filter(
            None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))
        ),
        None,
    )
    if not found:
        pytest.skip("NOT TESTED: the page in a browser: no Chromium on the PATH")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox"]
        )
        yield running
        running.close()


class Shown:
    """A page in the browser: what it asked for, what went wrong, and its view."""

    def __init__(self, browser: Any, path: Path, found: Scene, **how: Any) -> None:
        data = draw(found, "html")
        path.write_bytes(data)
        self.held = Page(data).held
        self.asked: list[str] = []
        self.wrong: list[str] = []
        self.page = browser.new_page(viewport={"width": 1300, "height": 800}, **how)
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
