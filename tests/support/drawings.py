"""Graphs that are drawn, and readers of what was written."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import numpy as np
import pytest
from support import strategies, toy
from support.hostile_names import ACCEPTED

from elegansc.drawing import draw
from elegansc.drawing.places import GAP, places
from elegansc.drawing.scene import (
    KINDS,
    Scene,
    difference,
    scene_of,
)
from elegansc.options import Options
from elegansc.pipeline import lower

EACH = ("levels", "figure1", "matrix")  # styles that draw every neuron and line
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
