"""Write the bundled connectomes and the table of cells, from two packages of PyPI.

In an environment of its own:

    pip install numpy pandas networkx openpyxl xlrd
    pip install --no-deps cect==0.3.5 c302==0.12.1
    python connectomes/make.py

The same packages give the same bytes. Everything here but `__init__.py`, this script and
`.gitattributes` is written by it: never edit the rest by hand.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module, metadata, util
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KINDS = {"Chemical": "chemical", "GapJunction": "electrical"}
ROLES = {
    "sensory": "sensory",
    "interneuron": "inter",
    "motor": "motor",
}  # owmeta's words
ORDER = ("sensory", "inter", "motor")
LICENCE = "MIT (package cect); the numbers are those of the paper"

Row = tuple[str, str, str, str]  # kind, pre, post, weight
Words = tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    """How a publication is cited, in ASCII and on one line."""

    citation: str
    doi: str


@dataclass(frozen=True)
class Source:
    """One bundled file: its name, where it comes from and what its weights count."""

    name: str
    reader: str  # module of cect.readers
    title: str
    sex: str
    unit: str
    paper: Paper


WHITE = Paper(
    "White JG, Southgate E, Thomson JN, Brenner S. "
    '"The structure of the nervous system of the nematode Caenorhabditis elegans". '
    "Philosophical Transactions of the Royal Society B 314, 1-340 (1986)",
    "10.1098/rstb.1986.0056",
)
VARSHNEY = Paper(
    "Varshney LR, Chen BL, Paniagua E, Hall DH, Chklovskii DB. "
    '"Structural properties of the Caenorhabditis elegans neuronal network". '
    "PLoS Computational Biology 7(2), e1001066 (2011)",
    "10.1371/journal.pcbi.1001066",
)
COOK = Paper(
    "Cook SJ, Jarrell TA, Brittin CA, Wang Y, Bloniarz AE, Yakovlev MA, Nguyen KCQ, "
    "Tang LTH, Bayer EA, Duerr JS, Buelow HE, Hobert O, Hall DH, Emmons SW. "
    '"Whole-animal connectomes of both Caenorhabditis elegans sexes". '
    "Nature 571, 63-71 (2019)",
    "10.1038/s41586-019-1352-7",
)
WITVLIET = Paper(
    "Witvliet D, Mulcahy B, Mitchell JK, Meirovitch Y, Berger DR, Wu Y, Liu Y, Koh WX, "
    "Parvathala R, Holmyard D, Schalek RL, Shavit N, Chisholm AD, Lichtman JW, "
    "Samuel ADT, Zhen M. "
    '"Connectomes across development reveal principles of brain maturation". '
    "Nature 596, 257-261 (2021)",
    "10.1038/s41586-021-03778-8",
)
WANG = Paper(
    "Wang C, Vidal B, Sural S, Loer C, Aguilar GR, Merritt DM, Toker IA, Vogt MC, "
    "Cros CC, Hobert O. "
    '"A neurotransmitter atlas of C. elegans males and hermaphrodites". '
    "eLife 13, RP95402 (2024)",
    "10.7554/eLife.95402",
)
C302 = Paper(
    "Gleeson P, Lung D, Grosu R, Hasani R, Larson SD. "
    '"c302: a multiscale framework for modelling the nervous system of '
    'Caenorhabditis elegans". '
    "Philosophical Transactions of the Royal Society B 373, 20170379 (2018)",
    "10.1098/rstb.2017.0379",
)

# Units as cect's readers state them (WEIGHTS): Cook "the total number of EM serial
# sections"; Varshney and White "the total number of synaptic contacts"; Witvliet "agreed
# presynaptic active zones", a column that the published lists call "synapses".
STAGES = ("L1", "L1", "L1", "L1", "L2", "L3", "adult", "adult")
SOURCES = (
    Source(
        "cook2019",
        "Cook2019HermReader",
        "C. elegans hermaphrodite, adult",
        "herm",
        "EM sections",
        COOK,
    ),
    Source(
        "cook2019-male",
        "Cook2019MaleReader",
        "C. elegans male, adult",
        "male",
        "EM sections",
        COOK,
    ),
    Source(
        "varshney2011",
        "VarshneyDataReader",
        "C. elegans hermaphrodite, adult, no pharynx",
        "herm",
        "contacts",
        VARSHNEY,
    ),
    Source(
        "white1986",
        "White_whole",
        "C. elegans hermaphrodite, adult, first map",
        "herm",
        "contacts",
        WHITE,
    ),
    *(
        Source(
            f"witvliet2021-{animal}",
            f"WitvlietDataReader{animal}",
            f"C. elegans hermaphrodite, {stage}, brain, animal {animal}",
            "herm",
            "synapses",
            WITVLIET,
        )
        for animal, stage in enumerate(STAGES, 1)
    ),
)

# White's cells that come in more than a left and a right, and the numbered cells.
RADIAL = re.compile(
    r"(CEM|CEP|IL1|IL2|OLQ|RMD|RME|SAA|SAB|SIA|SIB|SMB|SMD|URA|URY)[DV]?[LR]?"
)
NUMBERED = re.compile(r"(AS|DA|DB|DD|VA|VB|VC|VD|CA|CP|DX|EF)[0-9]+")
BODY_WALL = re.compile(r"(M[DV][LR][0-9]{2}|BWM)")
GLIA = re.compile(r"(GLR|CEPsh)")
DIAGONAL = re.compile(r"(dgl)[LR][0-9]")
LAYER = re.compile(r"([A-Za-z]+[0-9](?:st)?)(?:[AP]?[DV]?[LR]?|_UNSPECIFIED)")
TRANSMITTERS = frozenset(
    (
        "Acetylcholine",
        "Betaine",
        "Dopamine",
        "GABA",
        "Glutamate",
        "Octopamine",
        "Serotonin",
        "Tyramine",
    )
)
# The last row of Wang's second supplement, where cect stops a row early.
MISSED = {"SPVR": ("Acetylcholine",)}


def main() -> None:
    """Write every file."""
    table = cells()
    write("cells.csv", csv_of(CELL_COLUMNS, table.values()))
    entries = []
    for source in SOURCES:
        rows = connections(source)
        body = csv_of(
            ("pre", "post", "kind", "weight"),
            ((pre, post, kind, weight) for kind, pre, post, weight in rows),
        )
        write(f"{source.name}.csv", body)
        entries.append(entry(source, rows, body, table))
    write("catalog.json", json.dumps(entries, indent=2) + "\n")
    for package in ("cect", "c302"):
        write(f"LICENSE-{package}.txt", licence(package))
    write("README.md", readme(entries, table))


def write(name: str, text: str) -> None:
    """One file of this folder, LF on every system."""
    (HERE / name).write_bytes(text.encode())


def csv_of(header: Words, rows: Iterable[Words]) -> str:
    """Plain CSV with LF."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def connections(source: Source) -> list[Row]:
    """All connections that cect's reader gives, all cells, sorted."""
    reader: Any = import_module(f"cect.readers.{source.reader}")
    dataset = reader.get_instance(from_cache=True)
    return sorted(
        (KINDS[link.syntype], link.pre_cell, link.post_cell, number(link.number))
        for link in dataset.get_current_connection_info_list()
    )


def number(value: float) -> str:
    """3 for 3.0, else the shortest that reads back the same."""
    return str(int(value)) if value == int(value) else repr(float(value))


CELL_COLUMNS = (
    "name",
    "kind",
    "sex",
    "role",
    "roles",
    "class",
    "side",
    "transmitter",
)


def cells() -> dict[str, Words]:
    """One row for each cell that cect knows, by name: see the README for the columns."""
    lists: Any = import_module("cect.Cells")
    several = owmeta_roles()
    transmitters = wang_transmitters()
    single = partition(lists, several)
    sexes = dict.fromkeys(
        lists.HERM_SPECIFIC_MOTORNEURONS
        + lists.VULVAL_MUSCLE_NAMES
        + lists.UTERINE_MUSCLE_NAMES,
        "herm",
    ) | dict.fromkeys(
        lists.MALE_SPECIFIC_NEURONS
        + lists.MALE_SPECIFIC_MUSCLES
        + lists.MALE_SPECIFIC_OTHER_CELLS,
        "male",
    )
    kinds = (
        dict.fromkeys(lists.ALL_PREFERRED_NEURON_NAMES, "neuron")
        | dict.fromkeys(lists.PREFERRED_MUSCLE_NAMES, "muscle")
        | dict.fromkeys(lists.ALL_NON_NEURON_MUSCLE_CELLS, "other")
    )
    return {
        name: (
            name,
            kinds[name],
            sexes.get(name, "both"),
            "+".join(single.get(name, ())),
            "+".join(several.get(name) or single.get(name, ())),
            class_of(name, kinds),
            side_of(name, kinds),
            "+".join(transmitters.get(name, ())),
        )
        for name in sorted(kinds)
    }


def partition(lists: Any, several: Mapping[str, Words]) -> dict[str, Words]:
    """One role a neuron after Cook 2019; its polymodal cells take owmeta's roles."""
    single: dict[str, Words] = {}
    for names, role in (
        (lists.SENSORY_NEURONS_COOK, "sensory"),
        (lists.MALE_HEAD_SENSORY_NEURONS, "sensory"),
        (lists.MALE_NON_HEAD_SENSORY_NEURONS, "sensory"),
        (lists.INTERNEURONS_COOK, "inter"),
        (lists.MALE_HEAD_INTERNEURONS, "inter"),
        (lists.MALE_NON_HEAD_INTERNEURONS, "inter"),
        (lists.MOTORNEURONS_COOK, "motor"),
    ):
        single.update(dict.fromkeys(names, (role,)))
    for name in lists.PHARYNGEAL_POLYMODAL_NEURONS:
        single[name] = several[name]
    return single


def owmeta_roles() -> dict[str, Words]:
    """The roles of the 302 as owmeta has them, often several; () where unknown."""
    spec = util.find_spec("c302")  # read beside the package: its import needs NeuroML
    if spec is None or spec.origin is None:
        raise SystemExit("c302 is not installed: see the top of this file")
    cache = Path(spec.origin).parent / "data" / "owmeta_cache.json"
    neurons = json.loads(cache.read_text(encoding="utf-8"))["neuron_info"]
    found = {}
    for name, (_, roles, *_) in neurons.items():
        words = {ROLES[role] for role in roles if role != "unknown"}
        found[name] = tuple(role for role in ORDER if role in words)
    return found


def wang_transmitters() -> dict[str, Words]:
    """What a neuron releases (Wang 2024); orphans, mere uptake and unknowns left out."""
    reader: Any = import_module("cect.readers.Wang2024Reader")
    atlas = reader.Wang2024Reader(sex=reader.MALE).all_neurotransmitters
    known = {
        name: tuple(sorted(TRANSMITTERS.intersection(found)))
        for name, found in atlas.items()
    }
    return MISSED | known


def class_of(name: str, kinds: Mapping[str, str]) -> str:
    """The cell class: ADAL -> ADA, VA12 -> VA, IL2DL -> IL2, MDL08 -> BWM, pm3VL -> pm3."""
    if kinds[name] == "neuron":
        match = RADIAL.fullmatch(name) or NUMBERED.fullmatch(name)
        return match[1] if match else name[:-1] if side_of(name, kinds) else name
    if BODY_WALL.fullmatch(name):
        return "BWM"
    match = DIAGONAL.fullmatch(name) or LAYER.fullmatch(name) or GLIA.match(name)
    if match:
        return match[1]
    return name[:-1] if side_of(name, kinds) else name


def side_of(name: str, kinds: Mapping[str, str]) -> str:
    """L or R where the cell's name says its side, else nothing."""
    numbered = re.fullmatch(r"(?:M[DV]|dgl)([LR])[0-9]+", name)
    if numbered:
        return numbered[1]
    twin = {"L": "R", "R": "L"}.get(name[-1:])
    return name[-1] if twin and name[:-1] + twin in kinds else ""


def entry(
    source: Source, rows: list[Row], body: str, table: Mapping[str, Words]
) -> dict[str, Any]:
    """What the catalogue says of one file."""
    names = {name for _, pre, post, _ in rows for name in (pre, post)}
    neurons = {name for name in names if table[name][1] == "neuron"}
    counts: dict[str, Any] = {"cells": len(names), "neurons": len(neurons)}
    for kind in KINDS.values():
        these = [row for row in rows if row[0] == kind]
        weight = sum(float(row[3]) for row in these)
        counts[kind] = {
            "rows": len(these),
            "weight": int(weight) if weight == int(weight) else weight,
            "neuron_neuron": sum({row[1], row[2]} <= neurons for row in these),
        }
    return {
        "name": source.name,
        "file": f"{source.name}.csv",
        "title": source.title,
        "unit": source.unit,
        "sex": source.sex,
        "origin": f"{source.reader} of cect {metadata.version('cect')} (PyPI)",
        "licence": LICENCE,
        "citation": source.paper.citation,
        "doi": source.paper.doi,
        "sha256": hashlib.sha256(body.encode()).hexdigest(),
        "counts": counts,
    }


def licence(package: str) -> str:
    """The licence text that the package ships."""
    for path in metadata.files(package) or ():
        if path.name == "LICENSE":
            return path.read_text()
    raise SystemExit(f"{package} ships no licence text")


def readme(entries: list[dict[str, Any]], table: Mapping[str, Words]) -> str:
    """The README, from what was just written."""
    rows = []
    for item in entries:
        counts = item["counts"]
        numbers = [counts["cells"], counts["neurons"]]
        for kind in KINDS.values():
            numbers += [
                counts[kind][key] for key in ("rows", "weight", "neuron_neuron")
            ]
        shown = " | ".join(f"{number:,}" for number in numbers)
        digest = item["sha256"][:16]
        rows.append(f"| `{item['file']}` | {item['unit']} | {shown} | `{digest}` |")
    sources = [
        f"| `{item['name']}` | {item['title']} | {item['origin']} | {item['licence']} |"
        for item in entries
    ]
    cited = {source.paper: None for source in SOURCES} | {WANG: None, C302: None}
    kinds = [row[1] for row in table.values()]
    return README.format(
        counts="\n".join(rows),
        sources="\n".join(sources),
        citations="\n".join(f"- {paper.citation}. doi:{paper.doi}" for paper in cited),
        cells=len(kinds),
        neurons=kinds.count("neuron"),
        muscles=kinds.count("muscle"),
        others=kinds.count("other"),
        cect=metadata.version("cect"),
        c302=metadata.version("c302"),
    )


README = """\
# Bundled connectomes

Written by `make.py`; change that, never these files. `catalog.json` has the full digests,
citations and counts. A file is plain CSV, `pre,post,kind,weight`, sorted by kind, pre and
post. It holds all cells, muscles, glia and organs too, as the package `cect` gives them.

| file | unit | cells | neurons | chemical rows | weight | neuron-neuron | electrical rows | weight | neuron-neuron | SHA-256 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
{counts}

- A gap junction between two cells stands there in both directions with the same weight, as
  `cect` lists it, a junction of a cell with itself once: the electrical rows and weights
  above count every pair twice.
- Units, as the sources state them. Cook: serial EM sections, which weigh the size of a
  synapse too. Varshney, White: synaptic contacts, each 1 whatever its size. Witvliet:
  synapses, the presynaptic active zones on which two of three annotators agreed. A
  junction's weight counts junctions or their sections in the same way; Witvliet's junctions
  are incomplete, as its authors say.
- `varshney2011` sends every neuromuscular junction to one cell, `BWM`, which stands for
  the body wall muscles, and has no pharynx. `white1986` is the 1986 map as Varshney counted
  it, with the pharynx; its `BWM` and `pm4_UNSPECIFIED` stand for muscles not told apart.
- `witvliet2021-1` to `-8` are brains (the nerve ring and around) of eight animals, birth
  to adult, without the ventral cord.

## Origin and licence

| name | what | origin | licence |
| --- | --- | --- | --- |
{sources}

`cect` (OpenWorm ConnectomeToolbox) and `c302` are under the MIT licence; their notices are
`LICENSE-cect.txt` and `LICENSE-c302.txt` and belong to every copy of these files. Cite the
papers, not us.

## The table of cells

`cells.csv` lists {cells} cells of both sexes: {neurons} neurons (302 of the hermaphrodite, 90
of the male alone), {muscles} muscles (some names stand for a group) and {others} others: glia,
gland, marginal and structural cells, organs.

| column | what it says |
| --- | --- |
| `name` | as `cect` writes it: VA1, not VA01; MDL08, not BWM-DL08 or dBWML8 |
| `kind` | neuron, muscle, other |
| `sex` | herm or male where only one sex has it, else both |
| `role` | one role a neuron, after Cook 2019 (83 sensory, 89 inter, 123 motor in the hermaphrodite); its 5 pharyngeal polymodal cells (MI, MCL, MCR, NSML, NSMR) take owmeta's roles; CANL and CANR have none |
| `roles` | every role that owmeta records (by way of c302 {c302}), else the same as `role` |
| `class` | the cell's class: ADA for ADAL and ADAR, VA for VA1 to VA12; 118 in the hermaphrodite, as in White 1986 |
| `side` | L or R, or nothing |
| `transmitter` | what the neuron releases, after Wang 2024 (as `cect` {cect} reads it), joined by `+`; betaine only where it is taken up and can be released again (snf-3 and cat-1); nothing for orphans, for neurons that only take a transmitter up, and for amines not identified |

Males have no HSN and no VC; `sex` says so, the roles of the shared neurons are the same. CP0,
DX4 and EF4, which the lists of `cect` lack, are in neither the table nor the files.

## Citations

{citations}

The roles in `roles` were exported from owmeta (OpenWorm) 0.12.3 and are shipped with c302.

## To make them again

In an environment of its own, from the root of the repository:

```console
pip install numpy pandas networkx openpyxl xlrd
pip install --no-deps cect=={cect} c302=={c302}
python connectomes/make.py
```

The same packages give the same bytes: `git diff` stays empty.
"""

if __name__ == "__main__":
    main()
