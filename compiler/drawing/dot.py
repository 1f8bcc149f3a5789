"""Write a drawing as Graphviz's DOT: levels as ranks, names as labels."""

from __future__ import annotations

from collections.abc import Iterator

from ..names import number
from .colours import INK
from .facts import caption, role_words, title
from .labels import well_formed
from .scene import CHANGES, FEEDBACK, JUNCTION, KINDS, Scene, within
from .strokes import coats, strokes

LONGEST = 2_000  # characters of a name: Graphviz reads strings of up to 16 kB
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}


def draw_dot(scene: Scene) -> bytes:
    """The graph, UTF-8."""
    return ("\n".join(statements(scene)) + "\n").encode()


def statements(scene: Scene) -> Iterator[str]:
    """The DOT text, a statement a line."""
    words = f"{title(scene)}: {'; '.join(caption(scene))}"
    yield f"digraph {quoted(title(scene))} {{"
    yield f"  graph [rankdir=LR, ranksep=0.3, nodesep=0.05, label={quoted(words)}];"
    yield f'  node [shape=box, style="rounded,filled", fontsize=9, margin="0.05,0.02", height=0.2, fontcolor="{INK}"];'
    yield "  edge [arrowsize=0.4];"
    yield from nodes(scene)
    if not scene.uncut:
        yield from ranks(scene)
    yield from edges(scene)
    yield "}"


def nodes(scene: Scene) -> Iterator[str]:
    """A neuron a line."""
    neurons, coat = scene.neurons, coats(scene)
    for row, name in enumerate(neurons.name):
        fill, edge = coat[row]
        level = int(neurons.level[row])
        facts = [
            f"label={quoted(name[:LONGEST])}",
            f"role={quoted(role_words(int(neurons.role[row])))}",
        ]
        facts += [f"level={level + 1}"] if level >= 0 and not scene.uncut else []
        facts += [f"change={CHANGES[neurons.change[row]]}"] if scene.old else []
        yield f'  n{row} [{", ".join(facts)}, fillcolor="{fill}", color="{edge}"];'


def ranks(scene: Scene) -> Iterator[str]:
    """The neurons of a level side by side."""
    level = scene.neurons.level.tolist()
    rows: dict[int, list[str]] = {}
    for row, at in enumerate(level):
        if at >= 0:
            rows.setdefault(at, []).append(f"n{row}")
    for at in sorted(rows):
        yield f"  {{ rank=same; {'; '.join(rows[at])}; }}"


def edges(scene: Scene) -> Iterator[str]:
    """A synapse or a junction a line."""
    lines, marks, flat = scene.lines, strokes(scene), within(scene)
    for row in range(len(lines)):
        kind = int(lines.kind[row])
        facts = [f"kind={KINDS[kind]}", f"count={number(float(lines.weight[row]))}"]
        if scene.old:
            facts.append(f"change={CHANGES[lines.change[row]]}")
            facts.append(f"before={number(float(lines.before[row]))}")
        facts.append(f'color="{marks.colour[row]}"')
        facts.append(f"penwidth={number(float(marks.width[row]))}")
        facts += ["style=dashed", "dir=none"] if kind == JUNCTION else []
        aside = kind == FEEDBACK or marks.arc[row] or flat[row]
        facts += ["constraint=false"] if aside else []
        yield f"  n{lines.pre[row]} -> n{lines.post[row]} [{', '.join(facts)}];"


def quoted(text: str) -> str:
    """A DOT string literal of a text."""
    safe = "".join(ESCAPES.get(c, c) for c in well_formed(text))
    return f'"{safe}"'
