"""Kinds and weights of a text: whatever its columns are called."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from support.command import run

from elegansc.catalog import contents
from elegansc.errors import InputError, UsageError
from elegansc.ir.stages import ELECTRICAL, Connectome
from elegansc.readers.parse import parse
from elegansc.readers.reader import Layout


def read(text: str, **layout: object) -> Connectome:
    return parse(text.encode(), "worm.csv", layout=Layout(**layout))  # type: ignore[arg-type]


def edges(found: Connectome) -> list[tuple[str, str, float, str]]:
    """(pre, post, weight, kind) of every synapse, sorted."""
    name, rows = found.cells.name, found.synapses
    return sorted(
        (name[pre], name[post], weight, "ec"[kind != ELECTRICAL])
        for pre, post, weight, kind in zip(
            rows.pre.tolist(),
            rows.post.tolist(),
            rows.weight.tolist(),
            found.kind.tolist(),
            strict=True,
        )
    )


def codes(found: Connectome) -> list[str]:
    assert found.history.parse
    return [finding.code for finding in found.history.parse.findings]


WIDE = [
    ("A", "B", 3.0, "c"),
    ("A", "B", 4.0, "e"),
    ("B", "C", 2.0, "e"),
    ("C", "A", 1.0, "c"),
]


@pytest.mark.parametrize(
    "titles",
    [
        ("Neuron 1", "Neuron 2", "Chemical synapses", "Gap junctions"),
        *[
            ("pre", "post", *pair)
            for pair in (
                *(("chemical", "electrical"), ("chem", "gap"), ("n_chem", "n_gap")),
                *(("nChem", "nGap"), ("synapses", "gap_junctions")),
                *(("n_syn", "n_gap"), ("chem_weight", "gj weight"), ("CS", "GJ")),
            )
        ],
    ],
)
def test_two_columns_of_counts_are_two_kinds(titles: tuple[str, ...]) -> None:
    text = ",".join(titles) + "\nA,B,3,4\nB,C,0,2\nC,A,1,\n"

    found = read(text)

    assert edges(found) == WIDE
    assert not codes(found)


def test_columns_of_counts_that_the_user_names() -> None:
    text = "pre,post,type,one,two\nA,B,x,3,4\nB,C,x,,2\nC,A,x,1\n"

    found = read(text, columns={"chemical": "one", "electrical": "two"})

    assert edges(found) == WIDE


def test_a_row_of_two_empty_counts_weighs_0() -> None:
    found = read("pre,post,chem,gap\nA,B,3,4\nB,A,0,\n")

    assert found.history.parse and found.history.parse.zero == 1
    assert len(found.synapses) == 2


def test_a_column_of_gap_junctions_alone_is_electrical() -> None:
    found = read("pre,post,gap junctions\nA,B,3\nB,A,3\n")

    assert edges(found) == [("A", "B", 3.0, "e"), ("B", "A", 3.0, "e")]


def test_a_worm_pivoted_to_two_columns_of_counts_is_the_same_worm() -> None:
    data = contents("cook2019.csv").decode()
    table = pd.read_csv(io.StringIO(data), keep_default_na=False)
    wide = table.pivot(index=["pre", "post"], columns="kind", values="weight")
    wide = wide.fillna(0).astype(int).reset_index()
    wide.columns = pd.Index(
        ["Neuron 1", "Neuron 2", "Chemical synapses", "Gap junctions"]
    )

    found = read(wide.to_csv(index=False))

    assert edges(found) == edges(read(data))


@pytest.mark.parametrize("title", ["modality", "interaction", "synapse", "layer", "x"])
def test_a_column_of_kinds_tells_them_whatever_its_name(title: str) -> None:
    text = f"pre,post,weight,{title}\nA,B,3,chemical\nA,B,4,gap junction\n"

    assert [row[3] for row in edges(read(text))] == ["c", "e"]


def test_a_column_called_type_of_other_words_is_not_the_kind_beside_one_of_kinds() -> (
    None
):
    text = "pre,post,weight,type,modality\nA,B,3,KC,chemical\nA,B,4,KC,electrical\n"

    assert [row[3] for row in edges(read(text))] == ["c", "e"]


@pytest.mark.parametrize("title", ["side", "hemisphere"])
def test_letters_of_sides_are_no_kinds(title: str) -> None:
    assert edges(read(f"pre,post,weight,{title}\nA,B,3,R\n")) == [("A", "B", 3.0, "c")]


@pytest.mark.parametrize(
    ("title", "cells"),
    [
        ("is_gap", ("FALSE", "TRUE")),
        ("is_gap", ("0", "1")),
        ("electrical", ("False", "True")),
        ("gap_junction", ("no", "yes")),
        ("is_chemical", ("true", "false")),
    ],
)
def test_true_and_false_tell_the_kind(title: str, cells: tuple[str, str]) -> None:
    text = f"pre,post,weight,{title}\nA,B,3,{cells[0]}\nA,B,4,{cells[1]}\n"

    assert [row[3] for row in edges(read(text))] == ["c", "e"]


def test_words_of_the_kind_column_that_the_user_tells() -> None:
    text = "pre,post,weight,type\nA,B,3,0\nA,B,4,1\n"

    found = read(text, kinds={"0": "chemical", "1": "electrical"})

    assert [row[3] for row in edges(found)] == ["c", "e"]
    with pytest.raises(UsageError, match="no column tells the kind"):
        read("a,b,3\n", kinds={"0": "chemical"})


@pytest.mark.parametrize(
    "title",
    [
        *("w.weight", "mean weight", "Freq", "Connectivity", "num synapses"),
        *("syn_count", "number_of_fibers", "Excitatory x Connectivity"),
    ],
)
def test_a_weight_by_the_words_that_people_use(title: str) -> None:
    assert edges(read(f"pre,post,{title}\nA,B,3\n")) == [("A", "B", 3.0, "c")]


@pytest.mark.parametrize(
    ("pre", "post"),
    [
        ("Presynaptic_ID", "Postsynaptic_ID"),
        ("pre_idx", "post_idx"),
        ("id_from", "id_to"),
        ("upstream", "downstream"),
        ("presyn_cell", "postsyn_cell"),
    ],
)
def test_ends_by_the_words_that_people_use(pre: str, post: str) -> None:
    assert edges(read(f"{post},{pre},weight\nB,A,3\n")) == [("A", "B", 3.0, "c")]


def test_where_chooses_rows() -> None:
    text = "pre,post,weight,dataset\nA,B,1,N2U\nA,B,2,JSH\nB,C,3,JSH\nC,D,4,\n"

    assert [row[2] for row in edges(read(text, where={"dataset": ("JSH",)}))] == [2, 3]
    assert [row[2] for row in edges(read(text, where={"4": ("JSH", "")}))] == [2, 3, 4]
    assert not codes(read(text, where={"dataset": ("JSH",)}))
    with pytest.raises(UsageError, match="--where dataset=N2W: no row has it"):
        read(text, where={"dataset": ("N2W",)})
    with pytest.raises(UsageError, match="--where animal=N2U: no such column"):
        read(text, where={"animal": ("N2U",)})


def test_rows_of_gephi_run_one_way_or_both() -> None:
    text = "Source,Target,Type,Weight\nA,B,Directed,2\nB,C,Undirected,3\nC,C,Undirected,1\n"

    found = read(text)

    assert edges(found) == [
        *(("A", "B", 2.0, "c"), ("B", "C", 3.0, "c"), ("C", "B", 3.0, "c")),
        ("C", "C", 1.0, "c"),
    ]
    assert codes(found) == ["EC304"]
    assert edges(read(text.replace("Und", "D"), kind="electrical"))[0][3] == "e"


@pytest.mark.parametrize("rows", ["1 2 4 108\n2 3 1 109\n", "1 2 4\n2 3 1\n"])
def test_the_header_of_konect_is_obeyed(rows: str) -> None:
    way = [("1", "2", 4.0, "c"), ("2", "3", 1.0, "c")]
    back = [("2", "1", 4.0, "c"), ("3", "2", 1.0, "c")]

    assert edges(read("% asym weighted\n% 2 3 3\n" + rows)) == way
    assert edges(read("% sym weighted\n% 2 3 3\n" + rows)) == sorted(way + back)
    assert "EC304" in codes(read("% sym weighted\n" + rows))
    with pytest.raises(InputError, match="KONECT bip"):
        read("% bip weighted\n" + rows)
    with pytest.raises(InputError, match="KONECT dynamic: edges come and go"):
        read("% asym dynamic\n" + rows)


def test_konect_without_weights() -> None:
    assert edges(read("% sym unweighted\n1 2\n")) == [
        ("1", "2", 1.0, "c"),
        ("2", "1", 1.0, "c"),
    ]


def test_an_empty_count_is_none_beside_a_wrong_one() -> None:
    with pytest.raises(InputError) as told:
        read(
            "pre,post,chem,gap\nA,B,,x\n",
            columns={"chemical": "chem", "electrical": "gap"},
        )

    assert "not a finite number" in str(told.value)
    assert "decimal point" not in str(told.value)


EXCITATORY = "pre,post,weight,type\nA,B,3,E\nB,C,2,I\nC,A,4,E\n"


def test_excitatory_rows_become_no_gap_junctions() -> None:
    for layout in ({}, {"kinds": {"I": "chemical"}}):
        with pytest.raises(InputError) as caught:
            read(EXCITATORY, **layout)
        assert "electrical or excitatory?" in str(caught.value)
        assert "--kinds E=chemical" in str(caught.value)

    found = read(EXCITATORY, kinds={"I": "chemical", "E": "chemical"})
    assert edges(found) == [("A", "B", 3, "c"), ("B", "C", 2, "c"), ("C", "A", 4, "c")]


def test_rows_of_e_alone_are_asked_about() -> None:
    alone = "pre,post,weight,type\nA,B,3,E\nB,C,4,E\n"
    with pytest.raises(InputError, match="electrical or excitatory"):
        read(alone)

    assert {kind for *_, kind in edges(read(alone, kinds={"E": "electrical"}))} == {"e"}


def test_e_beside_chemical_rows_is_electrical_however_far_below_they_are() -> None:
    many = "".join(f"S{n},R{n},1,E\n" for n in range(2000))
    found = edges(read(f"pre,post,weight,type\n{many}A,B,3,C\n"))

    assert sum(kind == "e" for *_, kind in found) == 2000
    assert ("A", "B", 3, "c") in found


SEEN = "Neuron 1,Neuron 2,Type,Nbr\n"


def test_rows_that_the_receiver_alone_tells_are_turned_round() -> None:
    rows = "A,B,R,2\nA,C,Rp,7\nA,D,S,3\nE,A,Sp,1\nA,E,Rp,1\n"
    found = read(SEEN + rows)

    assert edges(found) == [
        *(("A", "D", 3, "c"), ("B", "A", 2, "c")),
        *(("C", "A", 7, "c"), ("E", "A", 1, "c")),
    ]
    assert found.history.parse and found.history.parse.repeated.rows == 1
    assert codes(found) == ["EC309"]


def test_a_stray_row_of_the_receiver_is_left_out_and_told() -> None:
    rows = "".join(f"N{n},N{n + 1},S,2\nN{n + 1},N{n},R,2\n" for n in range(200))
    whole, stray = read(SEEN + rows), read(SEEN + rows + "X,Y,R,1\n")

    assert edges(whole) == edges(stray)
    assert codes(whole) == [] and codes(stray) == ["EC309"]
    assert stray.history.parse
    (told,) = stray.history.parse.findings
    assert "Y -> X; left out" in told.message


def test_parts_of_an_option_may_be_given_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "worm.csv").write_text("a,b,c,d\nS,M,3,E\nM,S,2,I\n")
    columns = [
        f"--columns={part}" for part in ("pre=a", "post=b", "weight=c", "kind=d")
    ]
    kinds = ["--kinds", "E=chemical", "--kinds", "I=electrical"]
    out = tmp_path / "out.csv"
    words = (str(tmp_path / "worm.csv"), "-o", str(out), *columns, *kinds)
    done = run("export", *words)

    assert done.exit_code == 0, done.output
    assert out.read_text().splitlines()[1:] == ["S,M,chemical,3", "M,S,electrical,2"]
