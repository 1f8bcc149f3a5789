"""ZIP files: one member, two that belong together, several; hostile ones are told."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from support.damage import changed, cut, edges, is_read_or_told, is_told, read

from elegansc.errors import InputError

CSV = b"pre,post,weight\nA,B,1\nB,C,2\n"
SENT = {("A", "B", 1), ("B", "C", 2)}
TURNED = {("B", "A", 1), ("C", "B", 2)}


def saved(**members: bytes | str) -> bytes:
    """A ZIP file; `__` in a name is a dot."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as into:
        for name, data in members.items():
            into.writestr(name.replace("__", "."), data)
    return file.getvalue()


def test_one_member_is_read_as_a_compressed_file() -> None:
    assert edges(read(saved(worm__csv=CSV))) == SENT
    assert (
        edges(read(saved(**{"a/": "", "__MACOSX/worm__csv": "x", "a/b__csv": CSV})))
        == SENT
    )
    file = io.BytesIO()
    np.save(file, np.eye(3, k=1))
    assert edges(read(saved(a__npy=file.getvalue()))) == {("1", "2", 1), ("2", "3", 1)}


def test_edges_and_nodes_are_one() -> None:
    nodes = '# index, name, _pos\n0, A, "array([1, 2])"\n1, B, ""\n2, C, ""\n3, D, ""\n'
    rows = "# source, target, weight\n0, 1, 1\n1, 2, 2\n"
    found = read(saved(edges__csv=rows, nodes__csv=nodes, gprops__csv="x,y\n"))
    assert edges(found) == SENT
    assert found.cells.name == ("A", "B", "C", "D")
    with pytest.raises(InputError, match="4 is not in nodes.csv"):
        read(saved(edges__csv=rows + "4, 0, 1\n", nodes__csv=nodes))
    same = nodes.replace("C", "B")
    assert edges(read(saved(edges__csv=rows, nodes__csv=same))) == {
        *(("0", "1", 1), ("1", "2", 2))
    }


def test_weights_and_centres_are_one() -> None:
    weights = "0 1 0\n0 0 2.0\n0 0 0\n"
    centres = "A 0.1 0.2 0.3\nB 1 2 3\nC 1 2 3\n"
    data = saved(
        **{"x/weights__txt": weights, "x/centres__txt": centres, "x/info": "?"}
    )
    assert edges(read(data)) == SENT
    assert edges(read(data, transpose=True)) == TURNED
    with pytest.raises(InputError, match="3 rows of weights, 1 names"):
        read(saved(weights__txt=weights, centres__txt="A 1 2 3\n"))


def test_several_members_are_listed_and_chosen() -> None:
    back = b"pre,post,weight\nB,A,1\nC,B,2\n"
    data = saved(one__csv=CSV, two__csv=back, README__md="# A worm\n\nIt is small.\n")
    with pytest.raises(InputError) as caught:
        read(data)
    assert all(f'--sheet "{name}.csv"' in str(caught.value) for name in ("one", "two"))
    assert "README" not in str(caught.value)
    assert edges(read(data, sheet="two.csv")) == TURNED
    assert edges(read(data, sheet=["one.csv", "two.csv=electrical"])) == SENT | TURNED
    assert edges(read(saved(one__csv=CSV, README__md="# A worm\n"))) == SENT


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"a__zip": saved(a__csv=CSV)}, "a ZIP file in a ZIP file"),
        ({"a__csv": CSV, "b__zip": saved(a__csv=CSV)}, "a ZIP file in a ZIP file"),
        ({"../a__csv": CSV}, "leads outside it"),
        ({"/etc/a__csv": CSV}, "leads outside it"),
        ({"C:a__csv": CSV}, "leads outside it"),
        ({"a__csv": ""}, "nothing is in it"),
        ({"a__png": b"\x89PNG....", "b__pdf": "%PDF 1"}, "in which no member holds"),
    ],
)
def test_hostile_members_are_told(members: dict[str, bytes], told: str) -> None:
    with pytest.raises(InputError, match=told):
        read(saved(**members))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_told() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as into:
        into.writestr("a.csv", CSV)
        into.writestr("a.csv", b"pre,post\nX,Y\n")
    with pytest.raises(InputError, match="two members a.csv"):
        read(file.getvalue())


def test_a_size_is_looked_at_before_it_is_unpacked() -> None:
    data = bytearray(saved(a__csv=bytes(10**6)))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (10**9).to_bytes(4, "little")
    with pytest.raises(InputError, match="more than 64 MiB once unpacked"):
        read(bytes(data))


def test_a_member_larger_than_it_says_is_told() -> None:
    data = bytearray(saved(a__csv=CSV * 1000))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    assert is_told(bytes(data))


def test_a_damaged_file_is_told() -> None:
    data = saved(a__csv=CSV * 40)
    assert all(map(is_told, cut(data)))
    assert all(map(is_read_or_told, changed(data)))
