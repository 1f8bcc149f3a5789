"""The draw command: a picture, page or graph file of a connectome or a comparison."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..arguments.layout import layout_of
from ..arguments.options import options_of
from ..errors import UsageError, visible
from .colours import tell
from .flags import GRAPH, ORDER, layout_options, model_options
from .help import Command
from .picture_flags import Part, look_of, part_of, picture_options
from .values import FILE, SOURCE

if TYPE_CHECKING:
    from ..drawing.scene import Scene
    from ..options import Options
    from ..readers.reader import Layout

STYLES = ("levels", "figure1", "matrix", "density")
FORMATS = ("svg", "png", "pdf", "html", "dot", "graphml")


@click.command(
    "draw",
    cls=Command,
    examples=[
        "elegansc draw witvliet2021-1 -o worm.svg",
        "elegansc draw witvliet2021-1 witvliet2021-8 -o grown.html",
        "elegansc draw cook2019 -o figure.pdf --size 180mm --font-size 6pt",
    ],
)
@click.argument("source", type=SOURCE)
@click.argument("new", type=SOURCE, required=False)
@click.option(
    "-o",
    "--output",
    type=FILE,
    required=True,
    help=f"The file to write: {', '.join('.' + kind for kind in FORMATS)}.",
)
@click.option(
    "--style",
    type=click.Choice(STYLES),
    help="Of svg, png, pdf: levels; boxes as in the paper's Figure 1; who sends to whom; "
    "how densely roles and levels do (large graphs, unless asked otherwise).",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(FORMATS),
    help="Where the suffix does not say.",
)
@picture_options
@click.option(
    "--label",
    metavar="NAME",
    default="",
    help="What the caption calls the (newer) file.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing.")
@model_options(GRAPH, ORDER, also=["feedback"])
@layout_options
def draw_command(
    source: str,
    new: str | None,
    output: str,
    style: str | None,
    file_format: str | None,
    label: str,
    force: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Draw SOURCE, or what changed from SOURCE to NEW.

    Each is a connectome file, a bundled name or a generated model. html is a page to
    explore; svg, png and pdf are figures (pip install matplotlib); dot and
    graphml are for other programs.
    """
    from ..drawing import PICTURES, check, drawing, style_for
    from ..files import replace

    kind = file_format or suffix_of(output)
    check(kind, style or "levels")
    look = look_of(kind, given)
    inputs = [source] if new is None else [source, new]
    allow(output, kind, inputs, force)
    part = part_of(given)
    scene = scene_for(inputs, label, options_of(given), layout_of(given), part)
    chosen = style or (style_for(scene) if kind in PICTURES else "levels")
    made = drawing(scene, kind, chosen, look)
    if output == "-":
        sys.stdout.buffer.write(made.data)
        sys.stdout.buffer.flush()
    else:
        written = replace(Path(output), made.data)
        if not quiet:
            say(output, scene, written)
    if not style and chosen != "levels" and not quiet:
        tell(why(chosen, scene))
    for note in () if quiet else made.notes:
        tell(f"{'left out':<9} {note}")


def suffix_of(output: str) -> str:
    """The format by the suffix of the file name."""
    if output == "-":
        raise UsageError(f"--output -: say which --format: {', '.join(FORMATS)}")
    suffix = Path(output).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        known = ", ".join("." + kind for kind in FORMATS)
        seen = f"the suffix .{suffix}" if suffix else "no suffix"
        raise UsageError(f"--output {output}: {seen}; one of {known}, or --format")
    return suffix


def allow(output: str, kind: str, inputs: list[str], force: bool) -> None:
    """Raise an error if the output can not be written."""
    from ..drawing import BINARY
    from ..files import OTHER
    from ..files import allow as allow_file

    if inputs.count("-") > 1:
        raise UsageError("draw: stdin can be only one of the two")
    if output == "-":
        if kind in BINARY:
            raise UsageError(f"--output -: {kind} is binary; give a file")
        return
    allow_file(Path(output), force=force, source=inputs, kind=OTHER)


def scene_for(
    inputs: list[str], label: str, options: Options, layout: Layout, part: Part
) -> Scene:
    """The scene of one connectome, or of the difference of two; or a part of it."""
    from ..drawing.fold import folded
    from ..drawing.scene import difference, scene_at
    from ..drawing.subset import between, heavy, way_of

    labels = ["", label][-len(inputs) :]
    scenes = [
        scene_at(path, label=word, options=options, layout=layout)
        for path, word in zip(inputs, labels, strict=True)
    ]
    scenes = [folded(scene) if part.fold else scene for scene in scenes]
    scene = difference(*scenes) if len(scenes) == 2 else scenes[0]
    scene = heavy(scene, part.threshold)
    return between(scene, way_of(part.path, scene)) if part.path else scene


def why(style: str, scene: Scene) -> str:
    """The sentence that neurons have no levels, or are too many to be drawn one by one."""
    from ..drawing import is_large

    if not is_large(scene):
        return f"{'style':<9} {style}: {visible(scene.label)} has no levels"
    size = f"{len(scene.neurons):,} neurons and {len(scene.lines):,} lines"
    each = "matrix" if scene.uncut else "levels"
    rest = f"--style {each} draws each, --threshold and --fold fewer"
    return f"{'style':<9} {style}: {size} are too many to tell apart; {rest}"


def say(output: str, scene: Scene, written: bool) -> None:
    """Print what was written, on stderr."""
    from ..drawing.facts import caption, title
    from ..report.words import wrote

    facts = "; ".join(caption(scene)).replace("\N{NO-BREAK SPACE}", " ")
    sentence = f"{visible(output)}: {title(scene)}: {facts}"
    tell(wrote(sentence, written))
