"""Style density: groups by role and level in place of neurons, for large graphs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from support import strategies
from support.drawings import compared, drawn, needs_matplotlib, scene, shapes, words

from elegansc.cli.draw import draw_command
from elegansc.drawing import draw, style_for
from elegansc.drawing.density import BINS, IDLE, densities, grouped, opacity
from elegansc.drawing.look import Look, size_of
from elegansc.drawing.scene import Scene
from elegansc.ir.stages import INTER, MOTOR, SENSORY

pytestmark = needs_matplotlib


@pytest.mark.parametrize("found", [scene(), compared()], ids=["one", "two"])
def test_groups_part_the_neurons_by_role_then_level(found: Scene) -> None:
    blocks = grouped(found, 400)
    role, level = found.neurons.role, found.neurons.level
    assert (np.bincount(blocks.of) == blocks.size).all() and blocks.size.min() > 0
    assert (np.diff(blocks.role) >= 0).all() and blocks.role[-1] <= IDLE
    bits = {0: SENSORY, 1: INTER, 2: MOTOR}
    for group, kind in enumerate(blocks.role.tolist()):
        rows = blocks.of == group
        if kind == IDLE:
            assert (level[rows] < 0).all()
            continue
        assert (role[rows] & bits[kind] > 0).all() and (level[rows] >= 0).all()
        assert level[rows].min() + 1 >= blocks.first[group]
        later = (blocks.role == kind) & (np.arange(len(blocks.role)) > group)
        if later.any():
            assert level[rows].max() + 1 < blocks.first[later].min()
    assert np.bincount(blocks.role).max() <= BINS
    assert (blocks.end > blocks.start).all() and blocks.end[-1] == pytest.approx(400)
    assert (blocks.start[1:] >= blocks.end[:-1] - 1e-9).all()


@pytest.mark.parametrize("found", [scene(), compared()], ids=["one", "two"])
def test_every_line_is_in_one_block(found: Scene) -> None:
    blocks = grouped(found, 400)
    density, parts = densities(found, blocks)
    pairs = np.outer(blocks.size, blocks.size)
    assert sum(lines.sum() for *_, lines in parts) == len(found.lines)
    assert (density * pairs).sum() == pytest.approx(len(found.lines))
    for row, (u, v) in enumerate(zip(found.lines.pre, found.lines.post, strict=True)):
        if row % 50 == 0:
            assert density[blocks.of[u], blocks.of[v]] > 0
    shade = opacity(density)
    order = np.argsort(density[density > 0])
    assert (np.diff(shade[density > 0][order]) >= 0).all()
    assert shade.max() == 1 and shade[density > 0].min() >= 0.12


def test_a_block_for_every_kind_between_two_groups() -> None:
    _, parts = densities(scene(), grouped(scene(), 400))
    found = shapes(drawn("svg", "density"))
    for name, _, lines in parts:
        assert found[name] == int((lines > 0).sum())
    text = words(drawn("svg", "density"))
    assert "sensory, 57 neurons" in text or any("sensory" in word for word in text)
    assert any("lines a pair" in word for word in text)
    assert not set(scene().neurons.name) & set(text)


@pytest.mark.parametrize("size", ["180mm", "89mm", "100x120mm"])
def test_it_fits_every_page(size: str) -> None:
    data = draw(scene(), "svg", "density", Look(*size_of(size)))
    assert len(data) < 150_000


def test_large_graphs_are_drawn_so_and_it_is_said(tmp_path: Path) -> None:
    path, target = tmp_path / "large.csv", tmp_path / "large.svg"
    path.write_text(strategies.seeded(700, 4_000))
    roles = ["--inputs", "N000*", "--outputs", "N006*"]
    quick = ["--cycles", "ratio", "--no-keep-alive"]
    command = [str(path), "-o", str(target), *roles, *quick]
    done = CliRunner().invoke(draw_command, command)
    assert done.exit_code == 0, done.output
    said = done.stderr.splitlines()[-1]
    assert said.startswith("style     density: 700 neurons and ")
    assert said.endswith("--style levels draws each, --threshold and --fold fewer")
    assert "lines a pair" in " ".join(words(target.read_bytes()))
    assert target.stat().st_size < 100_000


def test_small_graphs_are_drawn_in_levels() -> None:
    assert style_for(scene()) == "levels"
