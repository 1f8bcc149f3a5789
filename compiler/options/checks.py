"""What is wrong with options: each alone, and two together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..names import dashed
from .choices import IDLE, MOST_FEATURES, MOST_SUBSTEPS, MOST_WIDTH, NO_FILES, ROUTED

if TYPE_CHECKING:
    from . import Options


def out_of_range(options: Options) -> Iterator[str]:
    """What is wrong with the value of one option."""
    unit = options.weight_unit
    if not (unit.isascii() and unit.isprintable() and len(unit) <= 40):
        hint = "one line of at most 40 ASCII characters"
        yield f"--weight-unit {unit[:60]!a}: {hint}"
    if not 1 <= options.features <= MOST_FEATURES:
        yield f"--features: from 1 to {MOST_FEATURES:,}"
    if options.max_levels < 0 or options.max_levels == 1:
        hint = "from 2 (a sensor, then a motor), or 0: as deep as it gets"
        yield f"--max-levels {options.max_levels}: {hint}"
    if not 0 <= options.tie_seed < 2**32:
        yield "--tie-seed: from 0 to 4294967295"
    for pattern in options.protect:
        if ">" not in pattern:
            yield f"--protect {pattern!r}: write PRE>POST, two patterns of names"
    if options.signs == "receptor":
        seen = "--signs receptor: the predictions of Fenyves 2020 are not bundled"
        yield f"{seen}; give their table of pre, post, sign: --signs FILE"
    word = options.signs.replace("\\", "/").rsplit("/", 1)[-1]
    if word in NO_FILES["signs"] and word != options.signs:
        yield f"--signs {options.signs}: a model would name it {word}; rename the file"
    if not options.signs:
        yield "--signs: file, none, transmitter, or a table of pre, post, sign"
    for name in ("dt", "tau"):
        if not 0 < getattr(options, name) < float("inf"):
            yield f"--{name}: a number above 0"
    if not 1 <= options.substeps <= MOST_SUBSTEPS:
        yield f"--substeps: from 1 to {MOST_SUBSTEPS:,}"
    for name in ("min_weight", "alive_cap", "stick"):
        if not 0 <= getattr(options, name) < float("inf"):
            yield f"--{dashed(name)}: a number from 0"
    if (
        options.task != "none"
        and options.width
        and not 4 <= options.width <= MOST_WIDTH
    ):
        yield f"--width: from 4 to {MOST_WIDTH:,}, or 0: the task's own"


def at_odds(options: Options) -> Iterator[str]:
    """Which options do not go together."""
    layer = options.norm == "layer"
    product = options.merge == "product"
    bare = options.unit == "scalar" and options.activation == "identity"
    matrices = options.unit == "linear" and options.features > 1
    idle = IDLE[options.semantics]
    asked = {"published": "--lowering published", "leaky": "--dynamics leaky"}
    for name in filter(idle.__contains__, options.given()):
        if options.semantics in asked:
            yield f"{asked[options.semantics]}: does not go with --{name}; {idle[name]}"
        else:
            yield f"--{name}: {idle[name]}"
    if options.max_levels and options.symmetric:
        yield "--max-levels: does not go with --symmetric"
    if options.cells_columns and not options.cells:
        yield "--cells-columns: are of --cells FILE, which is not given"
    if options.stick and not options.like:
        yield "--stick: sticks to --like MODEL, which is not given"
    yield from of_task(options)
    if options.semantics == "published" and not matrices:
        hint = "its neurons are matrices: --unit linear --features 2 or more"
        yield f"--lowering published: {hint}"
    if layer and options.features < 4:
        seen = "--norm layer: needs --features 4 or more"
        yield f"{seen}; of 1 feature it leaves nothing"
    if layer and bare:
        seen = "--norm layer --unit scalar --activation identity"
        yield f"{seen}: the next norm takes every bias away again"
    if product and not layer:
        yield "--merge product: needs --norm layer, or products overflow"
    if options.merge != "sum" and options.dale != "free":
        seen = "a gate has no sign" if options.merge == "gated" else "it has no gains"
        yield f"--merge {options.merge}: does not go with --dale; {seen}"
    if options.merge != "sum" and options.tie != "none":
        seen = "a gate is no factor of a weight" if options.merge == "gated" else ""
        yield f"--merge {options.merge}: does not go with --tie; {seen or 'it has no gains'}"
    if options.tie == "all" and options.init == "uniform":
        hint = "gains are fixed by anatomy: --init counts"
        yield f"--tie all: does not go with --init uniform, nothing is drawn; {hint}"
    if options.tie != "none" and options.tables == "file":
        yield "--tie: looks ties up by name, in the module: --tables inline"
    if options.types and not options.by_type:
        yield "--types: are of --tie type or --tie-tau type, which is not given"
    if product and options.late:
        yield "--merge product: a product has no delayed factor; drop it"
    if product and options.tables == "file":
        yield "--merge product: multiplies by tables in the module: --tables inline"
    if product and options.init == "counts":
        yield "--merge product: has no gains, so --init counts says nothing"


def of_task(options: Options) -> Iterator[str]:
    """What does not go with the task, or asks for one."""
    shaped = options.readout != "attention" or options.width
    if options.task == "none":
        if shaped:
            yield "--readout, --width: are of a --task, and none is given"
        return
    if options.task == ROUTED:
        if shaped:
            hint = "one linear layer feeds its sensors, one reads its motors"
            yield f"--readout, --width: are not of --task {ROUTED}; {hint}"
        if options.features > 1:
            hint = "each sensory neuron gets one number; leave --features out"
            yield f"--task {ROUTED}: does not go with --features; {hint}"
    elif options.features < 4:
        seen = f"--task {options.task}: needs --features 4 or more"
        yield f"{seen}; layer norm of 1 feature leaves nothing"
    if options.late:
        hint = "an image is one step, and delay reads the step before"
        yield f"--task {options.task}: does not go with --feedback delay; {hint}"
