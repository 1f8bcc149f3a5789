"""The words by which titles of a matrix say who sends: pre and post, source and target."""

from __future__ import annotations

import re
from collections.abc import Iterator

SENDS, TAKES, BOTH = "S", "T", "B"  # what is said of rows; BOTH: the same of columns
OTHER = {SENDS: TAKES, TAKES: SENDS, BOTH: BOTH}

SENDERS = (
    *("pre", "presyn", "presynaptic", "source", "sources", "src", "origin", "upstream"),
    *("sender", "senders", "sending", "send", "sends"),
)
TAKERS = (
    *("post", "postsyn", "postsynaptic", "target", "targets", "tgt", "dst", "dest"),
    *("destination", "downstream", "receiver", "receivers", "receiving", "receive"),
    *("receives", "recipient", "recipients"),
)
ROWS, COLUMNS = ("row", "rows"), ("column", "columns", "col", "cols")
CODES = {
    **dict.fromkeys(SENDERS, "S"),
    **dict.fromkeys(TAKERS, "T"),
    "from": "s",  # a word of any sentence, too
    "to": "t",
    **dict.fromkeys(ROWS, "R"),
    **dict.fromkeys(COLUMNS, "C"),
}
# What stands beside such a word in a title of cells, or between it and `rows`.
NOUNS = (
    "neuron|cell|body|root|segment|skeleton|node|vertex|unit|region|area|partner|class"
    "|group|type|name|label|id|index|idx|number|num|pt|side|synaptic|element"
)
BESIDE = re.compile(
    rf"(({NOUNS})(e?s)?)+|the|of|in|on|by|as|is|are|and|vs|versus|x|along|across|down"
    "|per|stand|represent|show|hold|list|each|all"
)
FUSED = re.compile(
    rf"(?:(?:{NOUNS})s?)*(presynaptic|postsynaptic|pre|post|source|target|from|to)"
    rf"(?:(?:{NOUNS})s?)*"
)
SYNAPTIC = re.compile(r"\b(pre|post)[\s_\-]*(?=synap)", re.IGNORECASE)
COMPOUND = re.compile(  # post-embryonic, not post-neuron
    rf"\b(pre|post)-(?=[a-z])(?!({NOUNS}|to|vs|pre|post)s?\b)", re.IGNORECASE
)
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
WORD = re.compile(r"[^\W_]+|[↓→]")


def encoded(title: str) -> str:
    """A letter for each word: S and T, weakly s and t, R and C, "." any other.

    The nouns that go with them have none.
    """
    text = COMPOUND.sub(r"\1other", SYNAPTIC.sub(r"\1", CAMEL.sub(" ", title)))
    axes = {"↓": "R", "→": "C" if "↓" in text else ""}
    return "".join(axes.get(word, code_of(word.lower())) for word in WORD.findall(text))


def code_of(word: str) -> str:
    """The letter of one word."""
    if word in CODES:
        return CODES[word]
    if BESIDE.fullmatch(word) or word == "s":  # neuron(s)
        return ""
    fused = FUSED.fullmatch(word)
    return CODES[fused[1]] if fused else "."


def settled(code: str) -> str:
    """The code without `from` and `to` where stronger words stand; else those as strong."""
    if "S" in code or "T" in code:
        return code.replace("s", "").replace("t", "")
    return code.upper()


def title_of(title: str) -> str:
    """SENDS or TAKES of what a title names, that is of these cells alone; else ""."""
    code = settled(encoded(title))
    return code[0] if code and set(code) in ({SENDS}, {TAKES}) else ""


def corner_of(title: str) -> str:
    """What the corner says of rows: `post` alone is theirs, of two the first; else ""."""
    code = settled(encoded(title))
    if found := of_runs(code):
        return found
    if not code or set(code) - {SENDS, TAKES}:
        return ""
    if len(code) == 1:
        return code
    return code[0] if len(code) == 2 and code[0] != code[1] else BOTH


def sentence_of(text: str) -> str:
    """What a sentence says of rows, by `rows: pre`, `post in columns`; else ""."""
    return of_runs(encoded(text).replace("s", "").replace("t", ""))


def of_runs(code: str) -> str:
    """What words of rows and columns that stand together say of rows; else ""."""
    found = {said for run in code.split(".") for said in pairs_of(run)}
    return found.pop() if len(found) == 1 else BOTH if found else ""


def pairs_of(run: str) -> Iterator[str]:
    """What each pair of an axis and a side says of rows: RT, TR; RCTS respectively."""
    if len(run) == 4 and set(run[:2]) in ({"R", "C"}, {"S", "T"}):
        run = run[0] + run[2] + run[1] + run[3]
    pairs = [{*run[place : place + 2]} for place in range(0, len(run), 2)]
    if not all(len(p & {"R", "C"}) == 1 == len(p & {SENDS, TAKES}) for p in pairs):
        return
    for pair in pairs:
        (side,) = pair & {SENDS, TAKES}
        yield side if "R" in pair else OTHER[side]
