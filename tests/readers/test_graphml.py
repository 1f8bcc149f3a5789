"""GraphML is read as its edges, with the roles that its nodes have."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.command import run
from support.paths import SHARED

import elegansc
from elegansc.errors import InputError, UsageError
from elegansc.files import read_bytes
from elegansc.ir.stages import CHEMICAL, ELECTRICAL, INTER, MOTOR, SENSORY
from elegansc.options import Options
from elegansc.passes.select_cells import select_cells
from elegansc.readers.cells import cell_table
from elegansc.readers.parse import parse
from elegansc.readers.reader import Layout

PUBLISHED = SHARED / "connectomes"
AUTHORS = PUBLISHED / "elegans_ai/celegans.graphml.xml"

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="a" for="node" attr.name="cell_name" attr.type="string"/>
  <key id="r" for="node" attr.name="role" attr.type="string"/>
  <key id="k" for="edge" attr.name="synapse_type" attr.type="string"/>
  <key id="w" for="edge" attr.name="weight" attr.type="double"><default>2</default></key>
  <graph id="G" edgedefault="directed">
"""
NODES = """    <node id="n0"><data key="a">S1</data><data key="r">S</data></node>
    <node id="n1"><data key="a">I1</data><data key="r">NA</data></node>
    <node id="n2"><data key="a">M1</data><data key="r">M</data></node>
"""
EDGES = """    <edge source="n0" target="n1"><data key="k">C</data><data key="w">3</data></edge>
    <edge source="n1" target="n2"><data key="k">E</data></edge>
"""
TAIL = "  </graph>\n</graphml>\n"


def whole(nodes: str = NODES, edges: str = EDGES, head: str = HEAD) -> bytes:
    return (head + nodes + edges + TAIL).encode()


def test_nodes_edges_roles_and_defaults() -> None:
    found = parse(whole(), "worm.graphml")

    assert found.cells.name == ("I1", "M1", "S1")
    assert found.cells.role.tolist() == [INTER, MOTOR, SENSORY]
    edges = found.synapses
    assert (edges.pre.tolist(), edges.post.tolist()) == ([2, 0], [0, 1])
    assert edges.weight.tolist() == [3, 2]
    assert found.kind.tolist() == [CHEMICAL, ELECTRICAL]
    assert edges.line.tolist() == [11, 12]


def test_a_file_s_roles_stand_before_our_table() -> None:
    nodes = NODES.replace("S1", "AVAL").replace("I1", "AVAR").replace("M1", "RMEV")
    found = select_cells(parse(whole(nodes), "a"), table=cell_table(Options()))

    assert found.cells.name == ("AVAL", "AVAR", "RMEV")
    assert found.cells.role.tolist() == [SENSORY, INTER, MOTOR]
    assert found.history.data()["select_cells"]["roles"] == "file"
    several = cell_table(Options(roles_table="several"))
    found = select_cells(parse(whole(nodes), "a"), table=several)
    assert found.cells.role[0] == INTER


def test_undirected_edges_run_both_ways() -> None:
    head = HEAD.replace('edgedefault="directed"', 'edgedefault="undirected"')
    found = parse(whole(head=head), "worm.graphml")

    pairs = zip(found.synapses.pre.tolist(), found.synapses.post.tolist(), strict=True)
    assert [*pairs] == [(2, 0), (0, 2), (0, 1)]
    assert found.history.data()["parse"]["undirected"] == 1


def test_columns_name_an_edge_s_data() -> None:
    layout = Layout(columns={"weight": ""}, kind=None)
    assert parse(whole(), "a", layout=layout).synapses.weight.tolist() == [1, 1]
    with pytest.raises(UsageError, match="the edges have synapse_type, weight"):
        parse(whole(), "a", layout=Layout(columns={"weight": "size"}))
    with pytest.raises(UsageError, match="says its ends itself"):
        parse(whole(), "a", layout=Layout(columns={"pre": "source"}))


OTHERS = b'<!DOCTYPE graphml SYSTEM "http://127.0.0.1/other.dtd">\n<graphml'
BOMB = '<!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n'


def test_a_doctype_without_entities_changes_nothing() -> None:
    found = parse(whole().replace(b"<graphml", OTHERS), "a")
    assert found.cells.name == parse(whole(), "a").cells.name
    assert (
        found.synapses.weight.tolist() == parse(whole(), "a").synapses.weight.tolist()
    )


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (whole()[:-30], r"worm:\d+:\d+: not well-formed XML"),
        (
            whole().replace(b"<graphml", BOMB.encode() + b"<graphml"),
            "worm:2: a declaration of the entity 'a'",
        ),
        (
            whole(edges=EDGES.replace("C<", "&c;<")).replace(b"<graphml", OTHERS),
            "worm:12: the entity 'c' of another file",
        ),
        (
            whole(NODES.replace('"n0"', '"&c;"')).replace(b"<graphml", OTHERS),
            "worm:9: the entity 'c' of another file",
        ),
        (whole(NODES + "<desc>" * 10_000), "more than 1,000 elements within"),
        (whole(edges=EDGES.replace("n2", "n7")), "worm:12: no node 'n7'"),
        (whole(NODES.replace("n1", "n0")), "worm:9: node 'n0' stands there twice"),
        (
            whole(edges=EDGES.replace(">3<", ">3,5<")),
            "worm:11: weight '3,5' has a comma",
        ),
        (whole(edges=EDGES.replace(">C<", ">Q<")), "worm:11: unknown synapse kind Q"),
        (whole(NODES.replace(">NA<", ">boss<")), "worm:9: unknown role 'boss'"),
        (whole(edges=""), "a graph without edges"),
        (whole(edges='<edge source="n0"/>'), "worm:11: <edge> without 'target'"),
        (whole(edges=EDGES + "<hyperedge/>"), "worm:13: a <hyperedge>"),
        (whole(edges=EDGES + '<graph id="H"/>'), "worm:13: a second <graph>"),
        (whole(NODES.replace("I1", "")), None),
        (b"<?xml version='1.0'?>\n<svg/>", "an XML file that is no GraphML"),
        (b"<?xml version='1.0'?>\n<a>graphml</a>", "begins with <a>: not GraphML"),
        (b"<graphml>\xff</graphml>", "not well-formed XML"),
        (b'<?xml version="1.0" encoding="klingon"?><graphml/>', "unknown encoding"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(data: bytes, seen: str | None) -> None:
    if seen is None:  # a node without its name: all are called by their ids
        assert parse(data, "worm").cells.name == ("n0", "n1", "n2")
        return
    with pytest.raises(InputError, match=seen):
        parse(data, "worm")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (">I1<", ">S1<", "cell_name: 2 nodes share S1"),
        (">I1<", "><", "cell_name: not all have one"),
        ('<data key="a">I1</data>', "", "cell_name: not all have one"),
        (">M1<", ">M9<", ""),
        ('key="a"', 'key="z"', ""),
    ],
)
def test_ids_instead_of_names_are_a_warning(
    old: str, new: str, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "worm.graphml"
    path.write_bytes(whole(NODES.replace(old, new)))
    done = run("compile", str(path), "-o", str(tmp_path / "worm.py"))
    said = [row for row in done.stderr.splitlines() if "by their ids" in row]
    wanted = f"warning   EC104 nodes go by their ids, not by {why}"
    assert (done.exit_code, said) == (0, [wanted] if why else [])


NAMES = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=8
)


@given(
    st.lists(NAMES.map(str.strip).filter(bool), min_size=2, max_size=5, unique=True),
    st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(1, 9)), min_size=1
    ),
)
def test_what_networkx_writes_is_read(
    names: list[str], edges: list[tuple[int, int, int]]
) -> None:
    graph = nx.MultiDiGraph()
    for place, name in enumerate(names):
        graph.add_node(place, name=name)
    for pre, post, weight in edges:
        graph.add_edge(pre, post, weight=weight, kind="chemical")
    data = "\n".join(nx.generate_graphml(graph)).encode()

    found = parse(data, "nx")

    assert sorted(found.cells.name) == sorted(names)
    cell = found.cells.name
    rows = zip(
        found.synapses.pre.tolist(),
        found.synapses.post.tolist(),
        found.synapses.weight.tolist(),
        strict=True,
    )
    read = sorted((cell[a], cell[b], w) for a, b, w in rows)
    assert read == sorted((names[a], names[b], w) for a, b, w in edges)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_marks_and_a_first_comment_do_not_hide_it(codec: str) -> None:
    plain = whole().decode()
    marked = plain.replace("UTF-8", codec.removesuffix("-sig").upper()).encode(codec)
    commented = plain.split("\n", 1)[1].join(["<!-- by hand -->\n", ""]).encode()

    for data in (marked, commented):
        assert parse(data, "worm").cells.name == ("I1", "M1", "S1")


@pytest.mark.parametrize("layout", [Layout(delimiter=","), Layout(header=True)])
def test_it_says_itself_how_it_is_split(layout: Layout) -> None:
    with pytest.raises(UsageError, match="of delimited text"):
        parse(whole(), "worm", layout=layout)


def test_another_root_is_refused() -> None:
    with pytest.raises(InputError, match="worm:2: XML that begins with <graphmlx>"):
        parse(whole().replace(b"graphml", b"graphmlx"), "worm")


def test_what_draw_writes_is_read_again(tmp_path: Path) -> None:
    """Two roles, a synapse that runs backward: all come back; no role is drawn as inter."""
    edges, cells = tmp_path / "worm.csv", tmp_path / "cells.csv"
    drawn = tmp_path / "worm.graphml"
    edges.write_text(
        "pre,post,weight,kind\nS,I,9,C\nI,M,9,C\nM,I,1,C\nP,I,2,E\nS,U,1,C\n"
    )
    cells.write_text("name,role\nS,sensory\nI,inter\nM,motor\nP,S+M\nU,-\n")
    words = ["draw", str(edges), "--cells", str(cells), "-o", str(drawn)]
    assert run(*words).exit_code == 0
    assert b"feedback" in drawn.read_bytes() and b" and " in drawn.read_bytes()

    old = parse(edges.read_bytes(), "worm.csv")
    found = parse(drawn.read_bytes(), "worm.graphml")

    roles = dict(zip(found.cells.name, found.cells.role.tolist(), strict=True))
    assert roles == {"S": 1, "I": 2, "M": 4, "P": 5, "U": 2}
    assert found.cells.name == old.cells.name
    for kind in (CHEMICAL, ELECTRICAL):
        sent = [
            sorted(zip(e.pre.tolist(), e.post.tolist(), e.weight.tolist(), strict=True))
            for e in (
                old.synapses.take(old.kind == kind),
                found.synapses.take(found.kind == kind),
            )
        ]
        if kind == CHEMICAL:
            assert sent[0] == sent[1]
        else:
            assert [w for *_, w in sent[0]] == [w for *_, w in sent[1]]


@pytest.mark.shared
def test_the_authors_file() -> None:
    if not AUTHORS.exists():
        pytest.skip(f"NOT TESTED: the published file {AUTHORS} is not here")
    found = parse(read_bytes(str(AUTHORS)), "celegans.graphml.xml")
    role, facts = found.cells.role.tolist(), found.history.data()["parse"]
    assert [role.count(bit) for bit in (SENSORY, INTER, MOTOR)] == [98, 92, 89]
    assert facts["chemical"] == {"rows": 2_194, "weight": 5_043}
    assert facts["electrical"] == {"rows": 1_031, "weight": 1_777}
    assert facts["self_loops"] == 3
    artifact = elegansc.compile(str(AUTHORS))
    assert (artifact.summary["sensory"], artifact.summary["motor"]) == (98, 89)


def found_in(
    edges: str, nodes: str = NODES, **layout: object
) -> tuple[list[float], str]:
    """The weights, and all that is said, of a file of these edges."""
    head = HEAD.replace("<default>2</default>", "")
    found = parse(whole(nodes, edges, head), "worm", layout=Layout(**layout))  # type: ignore[arg-type]
    assert found.history.parse
    said = "; ".join(f"{e.code} {e.message}" for e in found.history.parse.findings)
    return found.synapses.weight.tolist(), said


def test_an_edge_without_the_weight_that_others_have_counts_1() -> None:
    edges = '<edge source="n0" target="n1"/>' + EDGES.replace('"k">E', '"k">C')
    weights, said = found_in(
        edges.replace(
            '"n0" target="n1"/>', '"n2" target="n1"><data key="k">C</data></edge>'
        )
    )

    assert weights == [1, 3, 1]
    assert said == "EC303 2 edges without a weight: each counts 1"


@pytest.mark.parametrize("key", ["number_of_fibers", "Connectivity", "num synapses"])
def test_weights_by_the_words_that_people_use(key: str) -> None:
    data = whole(head=HEAD.replace('"weight"', f'"{key}"'))

    assert parse(data, "worm").synapses.weight.tolist() == [3, 2]


def test_kinds_and_counts_are_found_in_edges_as_in_columns() -> None:
    kinds = (
        whole(head=HEAD.replace("synapse_type", "modality"))
        .replace(b">C<", b">chemical<")
        .replace(b">E<", b">electrical<")
    )
    assert parse(kinds, "worm").kind.tolist() == [CHEMICAL, ELECTRICAL]

    head = HEAD.replace("synapse_type", "gap").replace("weight", "chem")
    edges = '<edge source="n0" target="n1"><data key="k">4</data><data key="w">3</data></edge>'
    found = parse(whole(edges=edges, head=head), "worm")
    assert found.kind.tolist() == [CHEMICAL, ELECTRICAL]
    assert found.synapses.weight.tolist() == [3, 4]


def test_names_by_the_key_of_braingraph_or_of_the_user() -> None:
    for key, layout in (
        ("dn_name", Layout()),
        ("alias", Layout(columns={"name": "alias"})),
    ):
        data = whole(head=HEAD.replace("cell_name", key))
        assert parse(data, "worm", layout=layout).cells.name == ("I1", "M1", "S1")
    with pytest.raises(
        UsageError, match="--columns name=alias: the nodes have cell_name"
    ):
        parse(whole(), "worm", layout=Layout(columns={"name": "alias"}))


def test_where_chooses_edges() -> None:
    found = parse(whole(), "worm", layout=Layout(where={"synapse_type": ("C",)}))

    assert found.synapses.weight.tolist() == [3]
    with pytest.raises(UsageError, match="--where weight=7: no edge"):
        parse(whole(), "worm", layout=Layout(where={"weight": ("7",)}))


def test_labels_of_yed_name_the_nodes() -> None:
    nodes = "".join(
        f'<node id="n{place}"><data key="d6"><y:ShapeNode xmlns:y="u">\n'
        f"<y:NodeLabel>{name}</y:NodeLabel><y:Shape/></y:ShapeNode></data></node>"
        for place, name in enumerate(("S1", "I1", "M1"))
    )

    assert parse(whole(nodes), "worm").cells.name == ("I1", "M1", "S1")
