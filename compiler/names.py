"""Names and numbers as text: Python literals, labels, class names. Data is never code."""

from __future__ import annotations

import builtins
import json
import keyword
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

LITERAL = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
CLASS_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
STEP = "bisect.."  # prefix of the label of a bisection step
LABEL = re.compile(r"[A-Za-z0-9._-]+")
PADDED = re.compile(r"([A-Z]+)0+([1-9][0-9]*)")
CUT = 40  # characters of a name in prose
FEW = 8  # names that a message shows


def literal(text: str) -> str:
    """A Python string literal of printable ASCII that evaluates to exactly `text`."""
    return '"' + "".join(map(escape, text)) + '"'


def escape(character: str) -> str:
    """One character, escaped for a string in double quotes."""
    if character in LITERAL:
        return LITERAL[character]
    code = ord(character)
    if 32 <= code < 127:
        return character
    if code < 256:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def number(value: float) -> str:
    """The shortest literal of a finite number: 3 for 3.0, 32.5."""
    return (
        str(int(value))
        if value == int(value) and abs(value) < 2**53
        else repr(float(value))
    )


def script_json(value: Any) -> str:
    """JSON in ASCII without <, > and &, safe inside an HTML script element."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    for mark in "<>&":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def amount(value: float) -> str:
    """A number in prose, with thousands separated: 20,484 or 8,662.58."""
    return f"{int(value):,}" if value == int(value) else f"{value:,.10g}"


def plain(name: str) -> str:
    """A name in prose, on one line: labels unchanged, other names quoted, long ones cut."""
    if LABEL.fullmatch(name) and len(name) <= CUT:
        return name
    cut = name if len(name) <= CUT else name[: CUT - 3] + "..."
    return literal(cut)


def plural(count: int, word: str) -> str:
    """`1 synapse`, `2,698 synapses`."""
    ending = "" if count == 1 else "s"
    return f"{count:,} {word}{ending}"


def some(found: Sequence[str]) -> str:
    """The first names in prose, and how many more there are."""
    more = len(found) - FEW
    shown = " ".join(map(plain, found[:FEW]))
    return f"{shown} and {more:,} more" if more > 0 else shown


def label_of(file_name: str) -> str:
    """A file's base name with every character but [A-Za-z0-9._-] replaced."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", file_name).strip("-") or "connectome"


def class_name(label: str) -> str:
    """The default class name: `herm_full_edgelist.csv` gives HermFullEdgelist."""
    stem = re.sub(r"\.[A-Za-z]{1,8}$", "", label)
    words = re.findall(r"[A-Za-z0-9]+", stem)
    name = ""
    for word in words:
        both_digits = name[-1:].isdigit() and word[0].isdigit()
        name += ("_" if both_digits else "") + word[0].upper() + word[1:]
    name = name[:60]
    return name if is_class_name(name) else f"Model{name[:50]}"


def is_class_name(name: str) -> bool:
    """Whether a generated class can have this name."""
    taken = keyword.iskeyword(name) or name in RESERVED or hasattr(builtins, name)
    return CLASS_NAME.fullmatch(name) is not None and not taken


def unpadded(name: str) -> str:
    """A name without padding zeros: VA01 -> VA1; any other name unchanged."""
    match = PADDED.fullmatch(name)
    return match[1] + match[2] if match else name


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a name matches one of the shell patterns (`*`, `?`, `[...]`), case and all."""
    return any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns)


# Names that a generated module uses itself, beside the builtins.
RESERVED = frozenset(
    "OPTIONS LEVELS UNUSED SENSORY MOTOR CHEMICAL ELECTRICAL FEEDBACK LATERAL SIGN TRANSMITTER "
    "CYCLES FEATURES LIVE NEURONS SILENT SYNAPSES WIRING SPAN STAGES BLOCKS PLACES "
    "NOW DELAYED LATE TABLES BY_HAND schedule spread parts fill times Any Counter Iterator Tensor defaultdict hashlib "
    "json math nn torch HEADS WIDTH HEARD Encoder Readout Decoder ElegansNetM1 "
    "ElegansNetM2 Components RoutedDigits SWEEP UNITS FIRED SIZES stages itertools "
    "DIGEST SIGNATURE ARRAYS STARTS INPUTS OUTPUTS USED Wires Sweep arrays texts bag delayed rows "
    "pathlib copy STEP Staged accumulate pairwise bisect_left added fire region stage "
    "stage_by_stage exporting followed transformed constant DT SUBSTEPS JUNCTIONS PARTS sized SIGNS TYPES TYPE tie mirrored KNOWN shared Ties Iterable TIED TIES WEIGHTS COUPLED BONDS KINDS TAUS".split()
)


def dashed(name: str) -> str:
    """`min_weight` as a command spells it: `min-weight`."""
    return name.replace("_", "-")
