"""NeuroML: populations are cells, projections edges; what is wrong has its line."""

from __future__ import annotations

import pytest

from elegansc.errors import InputError
from elegansc.ir.stages import ELECTRICAL
from elegansc.readers.parse import parse

HEAD = '<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="worm">\n'
ONE = """<network id="net">
<population id="AVAL" component="c" size="1" type="populationList">
<instance id="0"><location x="0" y="0" z="0"/></instance></population>
<population id="AVAR" component="c" size="1"/>
<population id="VB" component="c" size="2"/>
"""
LINKS = """<continuousProjection id="a" presynapticPopulation="AVAL" postsynapticPopulation="AVAR">
<continuousConnectionInstanceW id="0" preCell="../AVAL/0/c" postCell="../AVAR/0/c" weight="3.5"/>
</continuousProjection>
<projection id="b" presynapticPopulation="AVAR" postsynapticPopulation="VB" synapse="s">
<connection id="0" preCellId="../AVAR/0/c" postCellId="../VB[1]"/>
<connectionWD id="1" preCellId="../AVAR/0/c" postCellId="../VB/0/c" weight="2" delay="0ms"/>
</projection>
<electricalProjection id="c" presynapticPopulation="AVAL" postsynapticPopulation="VB">
<electricalConnection id="0" preCell="0" postCell="1" synapse="g"/>
</electricalProjection>
<synapticConnection from="VB[0]" to="AVAL" synapse="s" destination="synapses"/>
<inputList id="i" population="VB" component="p"><input id="0" target="../VB/0/c"/></inputList>
"""
TAIL = "</network>\n</neuroml>\n"
WHOLE = HEAD + ONE + LINKS + TAIL
PREFIXED = '<!DOCTYPE neuroml>\n<nml:neuroml xmlns:nml="x">'


def read(text: str) -> set[tuple[str, str, bool, float]]:
    """The edges: pre, post, whether electrical, weight."""
    found = parse(text.encode(), "worm.nml")
    name, edges = found.cells.name, found.synapses
    gap = (found.kind == ELECTRICAL).tolist()
    columns = (edges.pre.tolist(), edges.post.tolist(), gap, edges.weight.tolist())
    return {(name[a], name[b], g, w) for a, b, g, w in zip(*columns, strict=True)}


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        '<?xml version="1.0"?>\n' + WHOLE,
        WHOLE.replace(HEAD, PREFIXED).replace("</neuroml", "</nml:neuroml"),
    ],
)
def test_populations_are_cells_and_connections_edges(text: str) -> None:
    assert read(text) == {
        ("AVAL", "AVAR", False, 3.5),
        ("AVAR", "VB[1]", False, 1.0),
        ("AVAR", "VB[0]", False, 2.0),
        ("AVAL", "VB[1]", True, 1.0),
        ("VB[0]", "AVAL", False, 1.0),
    }


ENTITY = '<!DOCTYPE neuroml [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (WHOLE.replace("../VB[1]", "../VB[7]"), r"worm.nml:11: no node 'VB\[7\]'"),
        (
            WHOLE.replace("../VB[1]", "../XX/0/c"),
            "worm.nml:11: an end '../XX/0/c' in a",
        ),
        (WHOLE.replace("../VB[1]", "//"), "worm.nml:11: an end '//'"),
        (WHOLE.replace('weight="3.5"', 'weight="x"'), "worm.nml:8: "),
        (
            WHOLE.replace('id="AVAR"', 'id="AVAL"'),
            "worm.nml:5: population 'AVAL' stands",
        ),
        (
            WHOLE.replace('size="2"', 'size="999999999"'),
            "worm.nml:6: a population of size",
        ),
        (WHOLE.replace('size="2"', 'size="many"'), "worm.nml:6: a population of size"),
        (WHOLE.replace(' preCell="0"', ""), "<electricalConnection> without 'preCell'"),
        (HEAD + ONE + TAIL, "a graph without edges"),
        (HEAD + "</neuroml>", "NeuroML without a <network>"),
        (WHOLE.replace("</network>", "</network><network/>"), "a second <network>"),
        (ENTITY + WHOLE, "worm.nml:1: a declaration of the entity 'a'"),
        (HEAD + "<notes>" * 10_000, "more than 1,000 elements within another"),
        ("<?xml version='1.0'?>\n<a>neuroml</a>", "begins with <a>: not NeuroML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read(text)


def test_a_file_cut_anywhere_is_refused() -> None:
    for tenth in range(1, 10):
        with pytest.raises(InputError, match="not well-formed XML"):
            read(WHOLE[: len(WHOLE) * tenth // 10])


def test_more_cells_than_anyone_means_are_refused() -> None:
    many = "".join(f'<population id="p{n}" size="600000"/>' for n in range(3))
    with pytest.raises(InputError, match="more than 1,000,000 cells"):
        read(HEAD + "<network>" + many + TAIL)
