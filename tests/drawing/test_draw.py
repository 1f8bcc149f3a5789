"""draw: every format parses and holds the graph, the same bytes each time, nothing gets out."""

from __future__ import annotations

import os
import random
import re
import shutil
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import jinja2.meta
import networkx as nx
import numpy as np
import pytest
from support import strategies, toy
from support.drawings import (
    EACH,
    WORM,
    Page,
    arcs,
    arcs_of,
    drawn,
    forged,
    hostile,
    needs_matplotlib,
    parse_dot,
    scene,
    shapes,
    words,
)

from elegansc import drawing
from elegansc.cli.draw import FORMATS as OFFERED
from elegansc.cli.draw import STYLES as STYLES_OFFERED
from elegansc.drawing import FORMATS, PICTURES, STYLES, draw
from elegansc.drawing.html import digest as policy_name
from elegansc.drawing.labels import breadth, short_name
from elegansc.drawing.scene import (
    KINDS,
    planned,
    scene_of,
)
from elegansc.ir.stages import INTER, MOTOR, SENSORY
from elegansc.module.emit import environment
from elegansc.options import Options
from elegansc.pipeline import lower
from elegansc.readers.reader import Layout

# Formats


def test_what_is_offered_is_what_there_is() -> None:
    assert OFFERED == FORMATS
    assert STYLES_OFFERED == STYLES


@needs_matplotlib
@pytest.mark.parametrize("style", EACH)
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


@pytest.mark.slow
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


# The same bytes


@pytest.mark.parametrize("kind", ["html", "dot", "graphml"])
def test_the_same_bytes_twice(kind: str) -> None:
    assert draw(scene(), kind) == drawn(kind)


@pytest.mark.slow
@needs_matplotlib
@pytest.mark.parametrize("style", STYLES)
def test_the_same_picture_twice(style: str) -> None:
    small = scene_of(toy.plan())
    for kind in PICTURES:
        assert draw(small, kind, style) == draw(small, kind, style)


@pytest.mark.slow
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


# Hostile names


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


@pytest.mark.slow
@needs_matplotlib
@pytest.mark.parametrize("style", EACH)
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


# Corners


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
