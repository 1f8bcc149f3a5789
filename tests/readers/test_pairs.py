"""Several rows of one pair: animals, neuropils, ids beside names, a row a synapse."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from elegansc.errors import InputError
from elegansc.ir.accounts import TextForm
from elegansc.ir.stages import Connectome
from elegansc.readers.pairs import repeated
from elegansc.readers.parse import parse
from elegansc.readers.reader import EdgeList, Layout


def read(text: str, **layout: object) -> Connectome:
    return parse(text.encode(), "worm.csv", layout=Layout(**layout))  # type: ignore[arg-type]


def edges(found: Connectome) -> list[tuple[str, str, float]]:
    name, rows = found.cells.name, found.synapses
    ends = zip(rows.pre.tolist(), rows.post.tolist(), rows.weight.tolist(), strict=True)
    return [(name[pre], name[post], weight) for pre, post, weight in ends]


def said(found: Connectome) -> dict[str, str]:
    assert found.history.parse
    return {each.code: each.message for each in found.history.parse.findings}


CATMAID = (
    '"source neuron","source skid","target neuron","target skid","num synapses"\n'
    '"KC",100,"MBON",200,12\n"KC",101,"MBON",200,4\n"KC",100,"KC",101,3\n'
    '"MBON",200,"DAN",300,4\n'
)


def test_cells_go_by_ids_where_a_name_has_two() -> None:
    found = read(CATMAID)

    assert found.cells.name == ("100", "101", "200", "300")
    assert edges(found) == [
        *(("100", "200", 12.0), ("101", "200", 4.0), ("100", "101", 3.0)),
        ("200", "300", 4.0),
    ]
    assert said(found) == {
        "EC104": 'cells go by "source skid" and "target skid", not by "source neuron" '
        'and "target neuron": KC has several ids'
    }


def test_cells_go_by_names_where_each_has_one_id() -> None:
    found = read(CATMAID.replace("101", "100"))

    assert found.cells.name == ("DAN", "KC", "MBON")
    assert not said(found)


def test_ends_that_the_user_names_stand_before_ids() -> None:
    columns = {"pre": "source neuron", "post": "target neuron"}

    assert read(CATMAID, columns=columns).cells.name == ("DAN", "KC", "MBON")


PARTS = "weight,roi,ROIweight,from,to\n42,EB,38,1001,2001\n42,PB,4,1001,2001\n7,EB,7,1002,2001\n"


def test_the_weight_of_a_pair_in_every_row_of_its_parts_is_asked() -> None:
    with pytest.raises(InputError) as caught:
        read(PARTS)

    assert "is it 84 or 42?" in str(caught.value)
    assert "--columns weight=ROIweight adds up 42, --columns weight=weight 84" in str(
        caught.value
    )
    assert (
        sum(row[2] for row in edges(read(PARTS, columns={"weight": "ROIweight"}))) == 49
    )
    assert sum(row[2] for row in edges(read(PARTS, columns={"weight": "weight"}))) == 91


def test_parts_with_their_own_weights_add_up_without_a_word() -> None:
    text = "pre,post,neuropil,syn_count\n1,2,EB,38\n1,2,PB,4\n2,3,EB,5\n2,3,PB,5\n"

    assert not said(read(text))


SYNAPSES = (
    "id,pre_pt_root_id,post_pt_root_id,size,cleft_score\n"
    "9,1,2,1700,12\n11,1,2,96,30\n12,2,3,400,9\n"
)


def test_a_row_a_synapse_counts_1() -> None:
    found = read(SYNAPSES)

    assert edges(found) == [("1", "2", 1.0), ("1", "2", 1.0), ("2", "3", 1.0)]
    assert said(found)["EC103"].startswith("one row a synapse: each counts 1")
    assert '"cleft_score" (numbers)' in said(found)["EC101"]
    assert '"size"' not in said(found)["EC101"]
    sizes = read(SYNAPSES, columns={"weight": "size"})
    assert [row[2] for row in edges(sizes)] == [1700.0, 96.0, 400.0]
    assert "EC103" not in said(sizes)


def test_a_size_of_pairs_that_stand_once_is_a_weight() -> None:
    assert edges(read("pre,post,size\na,b,3\nb,c,4\n")) == [
        ("a", "b", 3.0),
        ("b", "c", 4.0),
    ]


TWO = "pre,post,weight,{}\n" + "".join(
    f"{pre},{post},{weight},{animal}\n"
    for weight, animal in ((1, "N2U"), (3, "JSH"))
    for pre, post in ("ab", "bc", "ca")
)


@pytest.mark.parametrize("title", ["dataset", "volume", "x"])
def test_a_column_that_tells_two_animals_apart_is_warned_of(title: str) -> None:
    found = read(TWO.format(title))

    assert said(found)["EC102"] == (
        f'"{title}" tells apart rows of one pair, and they are added up: JSH, N2U; '
        f"--where {title}=JSH reads one"
    )
    assert "EC101" not in said(found)
    assert not said(read(TWO.format(title), where={title: ("N2U",)}))


@pytest.mark.parametrize(
    "title", ["neuropil", "roi", "brain_region", "nt_type", "note"]
)
def test_parts_of_one_animal_are_no_animals(title: str) -> None:
    text = TWO.format(title).replace("N2U", "EB").replace("JSH", "PB")

    transmitters = {"EC307", "EC308"} if title == "nt_type" else set()
    assert said(read(text)).keys() == transmitters


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Extrasynaptic", "extrasynaptic"),
        ("Contact", "contact"),
        ("Functional", "functional"),
        ("monoamine", "monoamine"),
        ("Neuropeptide", "peptide"),
    ],
)
def test_rows_that_are_no_synapses_are_left_out_and_counted(
    word: str, name: str
) -> None:
    text = f"pre,post,weight,type\na,b,1,chemical\nb,c,2,{word}\nc,d,2,{word}\n"

    found = read(text)

    assert edges(found) == [("a", "b", 1.0)]
    assert said(found) == {"EC302": f"2 rows of kind {name} left out: no synapses"}
    with pytest.raises(
        InputError, match=f"no synapse is left of 2 rows\n.*kind {name}"
    ):
        read(text.replace("a,b,1,chemical\n", ""))


def test_transmitter_and_receptor_are_extrasynaptic() -> None:
    text = "#source neuron, target neuron, transmitter, receptor\na,b,dopamine,dop-1\n"

    with pytest.raises(InputError, match="extrasynaptic"):
        read(text)
    assert edges(read(text, kind="chemical")) == [("a", "b", 1.0)]


@pytest.mark.parametrize("words", [("upstream", "downstream"), ("in", "out")])
def test_rows_of_two_directions_are_refused(words: tuple[str, str]) -> None:
    text = f"neuron,partner,direction,weight\na,b,{words[0]},1\na,c,{words[1]},2\n"

    with pytest.raises(InputError, match='"direction" says which way each row runs'):
        read(text)
    assert edges(read(text, where={"direction": (words[1],)})) == [("a", "c", 2.0)]


NESTED = """bodyId_pre,bodyId_post,roi,weight
1,2,AL(R),15
1,2,AL-DA1(R),9
1,3,AL(R),4
1,3,AL-DA1(R),4
3,1,MB(R),9
3,1,CA(R),3
"""


def test_regions_within_regions_are_told() -> None:
    told = said(read(NESTED))["EC106"]
    assert '"AL-DA1(R)" lies within "AL(R)"' in told
    assert "(2 pairs; so 1 other region)" in told


@pytest.mark.parametrize(
    "regions",
    [
        ("AL(R)", "AL(L)"),
        ("LO(R)", "LOP(R)"),
        ("AVLP_R", "PVLP_R"),
        ("AL(R)", "AL-DA1(L)"),
        ("S1", "S10"),
        ("EB", "FB"),
    ],
)
def test_regions_beside_each_other_are_not(regions: tuple[str, str]) -> None:
    rows = "".join(f"1,2,{region},{9 - n}\n" for n, region in enumerate(regions))
    found = read(f"bodyId_pre,bodyId_post,roi,weight\n{rows}2,3,{regions[0]},1\n")
    assert "EC106" not in said(found)


def test_an_inner_region_of_more_weight_lies_in_no_other() -> None:
    rows = "pre,post,roi,weight\n1,2,AL(R),3\n1,2,AL-DA1(R),9\n2,3,AL(R),1\n"
    assert "EC106" not in said(read(rows))


@pytest.mark.parametrize("cells", [3, 2_000_000_000])
def test_pairs_that_repeat_are_found_with_their_rows(cells: int) -> None:
    chance = np.random.default_rng(1)
    pre, post = chance.integers(0, 3, (2, 40)).astype(np.int32)
    kind = chance.choice([0, 1, 2, 17], 40).astype(np.uint8)
    names = cast(tuple[str, ...], range(cells))
    none = np.zeros(40, np.int32)
    form = TextForm("comma", True, "utf-8", {}, (), 0, 0)
    found = EdgeList(names, pre, post, np.ones(40), kind, none, kind, names, form)

    rows = list(zip(pre.tolist(), post.tolist(), kind.tolist(), strict=True))
    several = [n for n, row in enumerate(rows) if row[2] < 2 and rows.count(row) > 1]
    assert repeated(found).tolist() == several
