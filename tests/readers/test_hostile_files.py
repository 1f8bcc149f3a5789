"""A file that is made to hurt costs one message, little memory and little time.

Nothing in it is executed or fetched.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from scipy import sparse
from scipy.io import savemat
from support.damage import cut, edges, is_read_or_told, is_told, read
from support.hostile_files import (
    DECLARED,
    RUN,
    SHEET,
    XML,
    Program,
    as_feather,
    as_hdf5,
    as_parquet,
    compound,
    database,
    flooded,
    mat5,
    moved,
    npy,
    npy_header,
    repeated,
    stray,
    table,
    tall,
    workbook_of,
    xls,
    xml,
    zeros,
    zip_of,
    zip_with,
    zstandard,
)
from support.limited import Account, compiled
from support.workbooks import sheet_xml, xlsx

from elegansc.errors import InputError
from elegansc.readers.containers.registry import HEAD, TEXT, container_of, containers
from elegansc.readers.refused import REFUSED

MOST_MEMORY, MOST_SECONDS = 512 * 10**6, 10
CSV = b"pre,post,weight\nA,B,1\nB,C,2\n"
ROWS = [["pre", "post", "weight"], ["A", "B", 1.0], ["B", "C", 2.0]]
SENT = {("A", "B", 1.0), ("B", "C", 2.0)}
EDGES = "CREATE TABLE e(pre TEXT, post TEXT, weight);"
FAR = [("A", 1), ("XFD", 1_048_576)]
OBJECTS = np.array([[Program(), 1], [1, 1]], object)
LABELS = b",A,B,C\n"
RECORD = b'[{"pre":"A","post":"B","weight":%s}]'
PACKERS = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard,
}

Make = Callable[[], bytes]


def utf_16(sheet: bytes) -> bytes:
    """The XML of a sheet in UTF-16."""
    head = '<?xml version="1.0" encoding="UTF-16"?>'
    return (head + sheet.decode()).encode("utf-16")


def bomb(name: str = "a.csv") -> bytes:
    """A ZIP file of a gigabyte of zeros."""
    return flooded(zip_of((name, b"@@")), name, bytes(10**6), 1000)


def shared_strings() -> bytes:
    """A workbook of 30 million texts."""
    book = zip_with(xlsx({"S": ROWS}), "xl/sharedStrings.xml", b"<sst>@@</sst>")
    return flooded(book, "xl/sharedStrings.xml", b"<si><t>x</t></si>" * 50_000, 600)


# What is made, and the words that say what was seen.
HOSTILE: Mapping[str, tuple[Make, str]] = {
    **{
        f"a gigabyte of zeros, {name}": (lambda p=p: zeros(p), "MiB once unpacked")
        for name, p in PACKERS.items()
    },
    "a gigabyte of zeros, zip": (bomb, "MiB once unpacked"),
    "a gigabyte of rows": (
        lambda: gzip.compress(CSV) + gzip.compress(b"A,B,1\n" * 170_000) * 1000,
        "MiB once unpacked",
    ),
    "zeros in a member": (
        lambda: zip_of(("a.csv.gz", zeros(gzip.compress))),
        "MiB once unpacked",
    ),
    "zeros in many members": (
        lambda: zip_of(*((f"{n}.gz", gzip.compress(bytes(10**7))) for n in range(30))),
        "MiB once unpacked",
    ),
    "packed twice": (lambda: gzip.compress(gzip.compress(CSV)), "in a compressed file"),
    "a zip in a zip": (
        lambda: zip_of(("a.zip", zip_of(("a.csv", CSV)))),
        "a.zip: a ZIP file in a ZIP file",
    ),
    "out of the folder": (lambda: zip_of(("../../a.csv", CSV)), "leads outside it"),
    "two of one name": (
        lambda: zip_of(("a.csv", CSV), ("a.csv", CSV + b"C,A,1\n")),
        "two members a.csv",
    ),
    "a stray cell": (
        lambda: workbook_of(stray(FAR)),
        "1,048,576 rows and 16,384 columns, more than 20,000,000 cells",
    ),
    "a stray cell, spaced": (
        lambda: workbook_of(stray(FAR).replace(b"r=", b"r = ")),
        "more than 20,000,000 cells",
    ),
    "a stray cell, small letters": (
        lambda: workbook_of(stray([("A", 1), ("xfd", 1_048_576)])),
        "more than 20,000,000 cells",
    ),
    "a stray cell, far in its tag": (
        lambda: workbook_of(
            stray(FAR).replace(b'<c r="XFD', b'<c s="' + b"1" * 2000 + b'" r="XFD')
        ),
        "more than 20,000,000 cells",
    ),
    "a stray cell, in a part of another name": (
        lambda: moved(workbook_of(stray(FAR)), "other/sheet.bin"),
        "more than 20,000,000 cells",
    ),
    "a stray cell, in UTF-16": (lambda: workbook_of(utf_16(stray(FAR))), "worm"),
    "rows that say not where they are": (
        lambda: workbook_of(
            stray([("XFD", 1)]).replace(b"<row", b"<row/>" * 200_000 + b"<row", 1)
        ),
        "more than 20,000,000 cells",
    ),
    "two cells far apart": (
        lambda: workbook_of(stray([("A", 1), ("ZZ", 20_000)])),
        "span 20,000 rows and 702 columns, 2 are filled",
    ),
    "5 million cells": (lambda: tall(50_000), "MiB once unpacked"),
    "30 million texts": (shared_strings, "MiB once unpacked"),
    "entities in a workbook": (
        lambda: workbook_of(
            sheet_xml([["pre", "post"], ["A", "B"]])
            .replace("A<", "&i;<")
            .replace("<worksheet", DECLARED["laughs"][0] + "<worksheet")
            .encode()
        ),
        "a workbook that is cut short or damaged",
    ),
    "another workbook": (
        lambda: zip_with(xlsx({"S": ROWS}), "xl/workbook.bin", b"?"),
        "an XLSB or OpenDocument workbook",
    ),
    "a password, xls": (lambda: xls(ROWS, password=True), "with a password"),
    "a password, xlsx": (
        lambda: compound({"EncryptionInfo": bytes(9), "EncryptedPackage": bytes(9)}),
        "with a password",
    ),
    "a document": (lambda: compound({"WordDocument": bytes(9)}), "a workbook that is"),
    "10,000 x 10,000 of MATLAB": (
        lambda: mat5(10_000, 10_000),
        "A: 10,000 x 10,000, 100,000,000 numbers",
    ),
    "16 million cells of MATLAB": (lambda: mat5(4000, 4000, sort=1), "cut short or"),
    "50 million rows of Parquet": (
        lambda: as_parquet(repeated(50_000_000)),
        "a Parquet file of 50,000,000 rows",
    ),
    "50 million rows of Feather": (
        lambda: as_feather(repeated(50_000_000), compression="zstd"),
        "a Feather file of ",
    ),
    **{
        f"one huge value, {form} {way}": (
            lambda save=save, way=way: save(
                table(pre=["x" * 10**8, "A"], post=["A", "B"]), compression=way
            ),
            f"a {form} file of 100,000,",
        )
        for form, save in {"Parquet": as_parquet, "Feather": as_feather}.items()
        for way in ("zstd", "lz4")
    },
    "no key in any row": (
        lambda: as_parquet(table(pre=[None, None], post=["A", "B"])),
        "2 rows with no name",
    ),
    "a table of lists": (
        lambda: as_parquet(table(pre=[["A"], ["B"]], post=["A", "B"])),
        "list",
    ),
    **{
        f"{trap} in {root}": (
            lambda root=root, trap=trap: xml(root, trap),
            ":1: more than 1,000 elements" if "depth" in trap else ":1: .*entity 'a'",
        )
        for root in XML
        for trap in DECLARED
    },
    **{
        f"laughs in {root}, UTF-16": (
            lambda root=root: xml(root, "laughs", codec="utf-16"),
            ":1: a declaration of the entity 'a'",
        )
        for root in XML
    },
    "deep JSON": (lambda: b"[" * 10_000 + b"]" * 10_000, "JSON nested too deep"),
    "deep JSON, open": (lambda: b"[" * 10_000, "JSON nested too deep"),
    "deep JSON of objects": (
        lambda: b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        "JSON nested too deep",
    ),
    "400 digits": (lambda: RECORD % (b"9" * 400), r":\[0\]: weight .* finite"),
    "400 digits of a link": (
        lambda: b'{"nodes":[{"id":"A"},{"id":"B"}],"links":[{"source":"A","target":"B",'
        b'"weight":' + b"9" * 400 + b"}]}",
        r":links\[0\]: weight .* finite",
    ),
    "400 digits in a matrix": (
        lambda: b'{"names":["A","B"],"matrix":[[0,' + b"9" * 400 + b"],[0,0]]}",
        r":matrix\[0\]\[1\]: no finite number",
    ),
    "5,000 digits": (lambda: RECORD % (b"9" * 5000), "5000 digits"),
    "a key twice": (lambda: RECORD % b'1,"weight":2', "weight stands twice"),
    "half a character": (lambda: RECORD.replace(b"A", b"\\ud800") % b"1", r":\[0\]: "),
    "a view": (
        lambda: database("CREATE VIEW e AS SELECT 'A' AS pre, 'B' AS post;"),
        "1 view not read",
    ),
    "a view without end": (
        lambda: database(
            "CREATE VIEW e AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
            "FROM n) SELECT i AS pre, i AS post FROM n;"
        ),
        "1 view not read",
    ),
    "a generated column": (
        lambda: database(
            "CREATE TABLE e(a, pre AS (hex(zeroblob(100000000))) VIRTUAL, post, weight);"
            "INSERT INTO e(a, post, weight) VALUES ('A', 'B', 1);"
        ),
        "the column pre of e is computed",
    ),
    "a text for a weight": (
        lambda: database(EDGES, "INSERT INTO e VALUES ('A', 'B', 'text');"),
        ":e row 1: weight text is not a finite number",
    ),
    "2,000 columns": (
        lambda: database(f"CREATE TABLE e({', '.join(f'c{n}' for n in range(2000))});"),
        "no table holds edges: e",
    ),
    "a virtual table": (
        lambda: database("CREATE VIRTUAL TABLE e USING fts5(pre, post);"),
        "no table holds edges",
    ),
    "objects, npy": (lambda: npy(OBJECTS), "pickles are never read"),
    "objects, npz": (lambda: zip_of(("a.npy", npy(OBJECTS))), "pickles are never read"),
    "a size, npy": (
        lambda: npy_header(
            "{'descr':'<f8','fortran_order':False,'shape':(90000,90000)}"
        ),
        "90,000 x 90,000",
    ),
    "no size, npy": (
        lambda: npy_header("{'descr':'<f8','fortran_order':False,'shape':(-1,-1)}"),
        "a size that no array has",
    ),
    "a program, npy": (
        lambda: npy_header(f"__import__('os').mkdir({RUN!r})"),
        r"cut short or damaged \(malformed node or string\)",
    ),
    "long texts, npy": (
        lambda: npy_header("{'descr':'<U50000000','fortran_order':False,'shape':(2,)}"),
        "2 times 200,000,000 bytes",
    ),
    "zeros in npz": (
        lambda: flooded(zip_of(("a.npy", b"@@")), "a.npy", bytes(10**6), 1000),
        "MiB once unpacked",
    ),
    "a size, HDF5": (lambda: as_hdf5("A", (10**4, 10**4), "f8"), "A: 10,000 x 10,000"),
    "long texts, HDF5": (
        lambda: as_hdf5("A", (200_000,), "S5000"),
        "A: 200,000 times 5,000 bytes",
    ),
    "long rows, HDF5": (
        lambda: as_hdf5("A", (200_000,), [("pre", "S5000"), ("post", "S5000")]),
        "A: 200,000 times 10,000 bytes",
    ),
    "names that disagree": (
        lambda: LABELS + b"a,0,1,2\nb,1,0,1\nc,1,1,0\n",
        "3 x 3 whose names disagree: a, b, c only send, A, B, C only receive",
    ),
    "a name that disagrees": (
        lambda: LABELS + b"A,0,1,2\nB,1,0,1\nD,1,1,0\n",
        "disagree: D only sends, C only receives",
    ),
    "names that disagree, xlsx": (
        lambda: xlsx({"S": [[None, "A", "B"], ["A", 0, 1], ["C", 1, 2]]}),
        "disagree: C only sends, B only receives",
    ),
    "names that disagree, JSON": (
        lambda: b'{"rows":["A","C"],"columns":["A","B"],"m":[[0,1],[1,0]]}',
        "disagree: C only sends, B only receives",
    ),
    "names that repeat": (
        lambda: b",A,B,B\nA,0,1,2\nB,1,0,1\nB,1,1,0\n",
        "rows of one name: B",
    ),
    "a ragged grid": (
        lambda: LABELS + b"A,0,1,2\nB,1,0,1,7\nC,1,1\n",
        ":3: a row of 5 cells, others have",
    ),
    "a ragged grid of numbers": (
        lambda: b"0,1,2,3\n1,0,1\n1,1,0,4\n2,2,2,2\n",
        ":2: a row of 3 cells, others have 4",
    ),
    "a ragged grid, xlsx": (
        lambda: xlsx({"S": [[None, "A", "B"], ["A", 0, 1], ["B", 1, 0, 7]]}),
        ":S!D3: 7 stands in a column without a name",
    ),
    "a ragged grid, JSON": (
        lambda: b'{"names":["A","B"],"matrix":[[0,1],[1]]}',
        r":matrix\[1\]: a row of 1, the first has 2",
    ),
    **{
        f"a pickle of {name}, protocol {p}": (
            lambda value=value, p=p: pickle.dumps(value, p),
            "a pickle: it can run any program, and is never read",
        )
        for name, value in {"a program": Program(), "a graph": {"A": ["B"]}}.items()
        for p in range(6)
    },
    "a pickle in gzip": (lambda: gzip.compress(pickle.dumps(Program())), "a pickle"),
    "a pickle of joblib": (
        lambda: zlib.compress(pickle.dumps(Program())),
        "zlib stream",
    ),
    "rds": (lambda: gzip.compress(b"X\n\0\0\0\3\0\4\1\0"), "a file of R"),
    "RData": (lambda: bz2.compress(b"RDX3\nX\n\0\0\0\3"), "a file of R"),
    "gt": (lambda: "⛾ gt".encode() + bytes(40), "a graph-tool file"),
    "gt in zstd": (lambda: zstandard("⛾ gt".encode() + bytes(40)), "a graph-tool file"),
    "DOT": (lambda: b"digraph {\n A -> B;\n}\n", "Graphviz DOT"),
    "one line": (lambda: b"A," * 30_000_000, ":1: a line of more than 300,000 cells"),
    "blank lines": (lambda: b"\n" * 50_000_000, "only blank lines"),
    "blank lines of Mac OS 9": (lambda: b"\r" * 50_000_000, "only blank lines"),
    "a quote that never ends": (
        lambda: CSV + b'"A,B,1\n' + b"A,B,1\n" * 10**6,
        ":4:1: a quote that is never closed",
    ),
    "a size, MatrixMarket": (
        lambda: b"%%MatrixMarket matrix coordinate real general\n"
        b"1000000000 1000000000 1\n1 1 1\n",
        "more than 300,000 rows or columns",
    ),
    "a size, Pajek": (
        lambda: b"*Vertices 99999999999999999999\n*Arcs\n1 2 1\n",
        r":1: Pajek: \*Vertices without a number of them up to",
    ),
    "deep GML": (
        lambda: b"graph [\n" + b"a [\n" * 10_000 + b"]\n" * 10_001,
        "GML that nests too deep",
    ),
    "a program among edges": (
        lambda: b"A B {'weight': __import__('os').mkdir('%s')}\n" % RUN.encode(),
        "edges with data that can not be read",
    ),
    "deep data of edges": (
        lambda: b"A B {'weight': " + b"[" * 10_000 + b"]" * 10_000 + b"}\n",
        "edges with data that can not be read",
    ),
}
# What takes seconds to make.
LONG = {
    *("10,000 x 10,000 of MATLAB", "50 million rows of Parquet", "one line"),
    *("50 million rows of Feather", "a gigabyte of rows", "zeros in many members"),
    *(name for name in HOSTILE if name.startswith("one huge value")),
}


def account_of(data: bytes, folder: Path) -> Account:
    """What became of the compile of these bytes."""
    (folder / "worm").write_bytes(data)
    return compiled(Path("worm"), folder)


def cases() -> list[Any]:
    """The names of all hostile files."""
    slow = pytest.mark.slow
    return [pytest.param(name, marks=slow if name in LONG else ()) for name in HOSTILE]


@pytest.mark.parametrize("name", cases())
def test_a_hostile_file_costs_one_message(name: str, tmp_path: Path) -> None:
    made, told = HOSTILE[name]
    found = account_of(made(), tmp_path)
    assert found.status == 1, found.said[-2000:]
    assert found.said.startswith("worm:")
    with pytest.raises(InputError, match=f"(?s){told}"):
        raise InputError("", found.said)
    assert "Traceback" not in found.said
    assert found.said.count("\n") <= 30 and len(found.said) < 4000
    assert found.memory <= MOST_MEMORY
    assert found.seconds <= MOST_SECONDS
    assert {path.name for path in tmp_path.iterdir()} == {"worm"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(lambda: xls(ROWS), id="xls"),
        pytest.param(
            lambda: zip_with(
                xlsx({"S": ROWS}),
                SHEET,
                sheet_xml(ROWS)
                .replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
                .encode(),
            ),
            id="a dimension that is not",
        ),
        pytest.param(
            lambda: database(
                EDGES,
                "CREATE TRIGGER t AFTER INSERT ON e BEGIN DELETE FROM e; END;",
                "DROP TRIGGER t; INSERT INTO e VALUES ('A', 'B', 1), ('B', 'C', 2);",
                "CREATE TRIGGER t AFTER UPDATE ON e BEGIN DELETE FROM e; END;",
            ),
            id="a trigger",
        ),
        pytest.param(
            lambda: as_parquet(
                table(pre=["A", None, "B"], post=["B", "C", "C"], weight=[1, 5, 2])
            ),
            id="a row without a key",
        ),
    ],
)
def test_what_is_only_odd_is_read(data: Make) -> None:
    assert edges(read(data())) == SENT


def saved(write: Callable[..., Any], *before: Any, **options: Any) -> bytes:
    """What a function writes into a file that it takes last."""
    file = io.BytesIO()
    write(*before, file, **options)
    return file.getvalue()


def graph() -> Any:
    """A directed graph of forty edges."""
    found = nx.DiGraph()
    found.add_weighted_edges_from((f"N{n}", f"N{n + 1}", n + 1) for n in range(40))
    return found


def matrix() -> Any:
    """A matrix of random numbers."""
    return np.random.default_rng(0).random((12, 12))


# A sample of each format, by its name of `containers`.
WHOLE: Mapping[str, Make] = {
    "GraphML": lambda: saved(nx.write_graphml, graph()),
    "NeuroML": lambda: (
        b'<neuroml id="w"><network id="n"><population id="A" component="c" size="1"/>'
        b'<population id="B" component="c" size="1"/><projection id="p" '
        b'presynapticPopulation="A" postsynapticPopulation="B" synapse="s"><connection '
        b'id="0" preCellId="../A[0]" postCellId="../B[0]"/></projection></network>'
        b"</neuroml>"
    ),
    "XLSX workbook": lambda: xlsx({"S": ROWS}),
    "XLS workbook": lambda: xls(ROWS),
    "MATLAB": lambda: saved(lambda file: savemat(file, {"A": matrix()})),
    "JSON": lambda: json.dumps(nx.node_link_data(graph(), edges="links")).encode(),
    "SQLite database": lambda: database(EDGES, "INSERT INTO e VALUES ('A', 'B', 1);"),
    "NumPy .npy": lambda: npy(matrix()),
    "NumPy .npz": lambda: saved(
        lambda file: sparse.save_npz(file, sparse.csr_array(matrix()))
    ),
    "MatrixMarket": lambda: b"%%MatrixMarket matrix coordinate real general\n"
    b"4 4 4\n1 2 0.5\n2 3 1.5\n3 4 2.5\n4 1 3.5\n",
    "ZIP": lambda: zip_of(("a.csv", CSV * 9)),
    "Parquet": lambda: as_parquet(table(pre=["A", "B"], post=["B", "C"])),
    "Feather": lambda: as_feather(table(pre=["A", "B"], post=["B", "C"])),
    "HDF5": lambda: as_hdf5("A", (12, 12), "f8"),
    "GML": lambda: saved(nx.write_gml, graph()),
    "GEXF": lambda: saved(nx.write_gexf, graph()),
    "Pajek": lambda: saved(nx.write_pajek, graph()),
    "edges with data": lambda: saved(nx.write_edgelist, graph()),
    **{name: lambda pack=pack: pack(CSV * 9) for name, pack in PACKERS.items()},
}
ENDLESS = {
    "Pajek",
    "edges with data",
}  # lines, of which nothing says how many there are


def test_each_format_has_a_sample() -> None:
    names = {found.name for found in containers() if found not in (*REFUSED, TEXT)}
    assert names == WHOLE.keys() - PACKERS.keys()


@pytest.mark.parametrize("name", WHOLE)
def test_the_word_of_a_format_hides_no_file(name: str) -> None:
    data = WHOLE[name]()
    first = next(found for found in containers() if found.sniff(data[:HEAD]))
    assert container_of(data) is first


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_at_a_tenth_is_told(name: str) -> None:
    for data in cut(WHOLE[name]()):
        assert is_read_or_told(data) if name in ENDLESS else is_told(data)


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_at_a_tenth_costs_one_message(name: str, tmp_path: Path) -> None:
    for data in cut(WHOLE[name]()):
        found = account_of(data, tmp_path)
        if name not in ENDLESS:
            assert found.status == 1, found.said
            assert found.said.startswith("worm")
        assert found.status in (0, 1)
        assert "Traceback" not in found.said
        assert found.memory <= MOST_MEMORY
        assert found.seconds <= MOST_SECONDS
