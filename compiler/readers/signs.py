"""Signs of synapses: a table of pre, post and sign, of any container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import InputError, Location, Mistake
from ..files import read_bytes
from ..names import plain
from ..options import Options, base
from ..options.choices import NO_FILES
from .book import Sheet, Text, shown
from .cell_rows import Row, book_of, rows_of
from .cleaning import clean
from .columns import by_name
from .delimited import plain_word

HINT = "give a table with a header: pre,post,sign"
NO_PREDICTION = "no prediction"
VALUE = {"+": 1, "-": -1}  # of the words that tell a sign
WORDS = {  # the word that each spelling means
    **dict.fromkeys(("+", "1", "+1", "excitatory"), "+"),
    **dict.fromkeys(("-", "-1", "\N{MINUS SIGN}", "inhibitory"), "-"),
    "0": "0",
    "complex": "complex",
    **dict.fromkeys(("no pred", NO_PREDICTION), NO_PREDICTION),
}
SAID = "write +, -, 0, complex or no prediction"

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SignTable:
    """The signs of a table.

    Attributes:
        label: the last part of the file's path.
        told: (pre, post), as written -> a value of WORDS, and where it stands.
    """

    label: str
    told: Mapping[Pair, tuple[str, Location]]


def signs_by(options: Options) -> str | SignTable:
    """Where the options take signs from: a word of --signs, or the table it names."""
    if options.signs in NO_FILES["signs"]:
        return options.signs
    return read_signs(options.signs)


def read_signs(path: str) -> SignTable:
    """Read a table of signs.

    Raises:
        InputError: no columns of ends and signs, an unknown word, a pair twice with two
            signs; all mistakes at once.
    """
    data = read_bytes(path, empty=HINT)
    rows, places = table(data, path)
    told: dict[Pair, tuple[str, Location]] = {}
    mistakes: list[Mistake] = []
    for at, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) <= max(places):
            seen = f"a row of {len(row)}, the sign is in column {places[2] + 1}"
            mistakes.append(Mistake(at, seen, HINT))
            continue
        pair = clean(row[places[0]].strip()), clean(row[places[1]].strip())
        word = WORDS.get(row[places[2]].strip().lower())
        if not all(pair):
            mistakes.append(Mistake(at, "a sign without both cells", HINT))
        elif word is None:
            seen = f"{plain(row[places[2]].strip())} is no sign"
            mistakes.append(Mistake(at, seen, SAID))
        elif told.get(pair, (word,))[0] != word:
            mistakes.append(twice(at, pair, told[pair][0], word))
        else:
            told.setdefault(pair, (word, at))
    if mistakes:
        raise InputError.of(mistakes)
    if not told:
        raise InputError(path, "no sign in it", HINT)
    return SignTable(base(path), told)


def twice(at: Location, pair: Pair, first: str, word: str) -> Mistake:
    """The mistake of a pair that has two signs."""
    ends = " -> ".join(map(plain, pair))
    return Mistake(at, f"{ends} is {word} here, {first} above", "keep one row a pair")


def table(data: bytes, label: str) -> tuple[list[Row], tuple[int, int, int]]:
    """The rows of the first part that is a table of signs, and the places of its columns.

    Raises:
        InputError: there is none.
    """
    first: Row = (Location(label), [])
    for part in book_of(data, label).parts:
        if isinstance(part, Sheet | Text):
            rows = [row for row in rows_of(part, label) if "".join(row[1]).strip()]
            if found := next(columns_of(rows), None):
                return found
            first = rows[0] if rows and not first[1] else first
    at, cells = first
    seen = f"the first row is {shown(cells)}" if cells else "no table of rows"
    raise InputError(at, f"no columns pre, post, sign: {seen}", HINT)


def columns_of(
    rows: Sequence[Row],
) -> Iterator[tuple[list[Row], tuple[int, int, int]]]:
    """The rows below the titles, and the places of pre, post and sign, if there are any.

    A table of three columns whose last cell is a sign needs no titles.
    """
    if not rows:
        return
    titles = rows[0][1]
    words, ends = [plain_word(title) for title in titles], by_name(titles)
    if "sign" in words and {"pre", "post"} <= ends.keys():
        yield list(rows[1:]), (ends["pre"], ends["post"], words.index("sign"))
    elif len(titles) == 3 and titles[2].strip().lower() in WORDS:
        yield list(rows), (0, 1, 2)
