"""The forms in which people have connectomes: what a sample of each gives.

Each is small and made here, true to how the tool or the laboratory writes it.
"""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.io import savemat
from support.damage import Edges, edges, read
from support.hostile_files import xls, zip_of
from support.workbooks import xlsx

from elegansc.errors import InputError
from elegansc.ir.stages import CHEMICAL, ELECTRICAL

BIG = 720_575_940_600_000_000  # ids of FlyWire are above 2**53
A, B, C = (str(BIG + place) for place in (1, 2, 3))
PAIRS = {("A", "B", 1.0), ("B", "C", 2.0)}
NUMBERED = {("1", "2", 1.0), ("2", "3", 2.0)}
DENSE = np.array([[0, 1, 0], [0, 0, 2], [0, 0, 0.0]])
NO_NAMES = "EC305 no names: cells are 1 to 3 (--names FILE)"


@dataclass(frozen=True)
class Form:
    """A sample, and what it gives.

    Attributes:
        cells: how many; chemical, electrical: (pre, post, signed weight) of their edges.
        findings: code and words of each.
        rows: how many, where pairs stand in several.
        transmitters: by cell.
    """

    data: bytes
    chemical: Edges
    electrical: Edges = field(default_factory=set)
    cells: int = 3
    findings: tuple[str, ...] = ()
    rows: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    transmitters: dict[str, str] = field(default_factory=dict)


def frame(form: str, **columns: Any) -> bytes:
    """A table in a file of pandas."""
    file = io.BytesIO()
    getattr(pd.DataFrame(columns), f"to_{form}")(file)
    return file.getvalue()


def array_file(save: Any, *values: Any, **named: Any) -> bytes:
    """A file of arrays."""
    file = io.BytesIO()
    save(file, *values, **named)
    return file.getvalue()


def graphml(name: str, weight: str, way: str = "directed") -> bytes:
    """GraphML whose nodes and edges have one datum each."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="v" for="node" attr.name="{name}" attr.type="string"/>
  <key id="e" for="edge" attr.name="{weight}" attr.type="double"/>
  <graph id="G" edgedefault="{way}">
    <node id="n0"><data key="v">A</data></node>
    <node id="n1"><data key="v">B</data></node>
    <node id="n2"><data key="v">C</data></node>
    <edge source="n0" target="n1"><data key="e">1</data></edge>
    <edge source="n1" target="n2"><data key="e">2</data></edge>
  </graph>
</graphml>
""".encode()


CODEX = f"""pre_root_id,post_root_id,neuropil,syn_count,nt_type
{A},{B},AVLP_R,7,ACH
{A},{B},PVLP_R,5,ACH
{B},{C},AVLP_R,9,GABA
"""
SHIU = {
    "Presynaptic_ID": [BIG + 1, BIG + 2],
    "Postsynaptic_ID": [BIG + 2, BIG + 3],
    "Presynaptic_Index": [0, 1],
    "Postsynaptic_Index": [1, 2],
    "Connectivity": [7, 5],
    "Excitatory": [1, -1],
    "Excitatory x Connectivity": [7, -5],
}
CAVE = (
    "id,valid,pre_pt_supervoxel_id,pre_pt_root_id,post_pt_supervoxel_id,"
    "post_pt_root_id,size,ctr_pt_position\n"
    + "".join(
        f'{n},t,{8000 + n},{BIG + 1},{9000 + n},{BIG + 2},{100 + 37 * n},"[1, 2, {n}]"\n'
        for n in range(12)
    )
)
NEURON_CONNECT = [
    ["Neuron 1", "Neuron 2", "Type", "Nbr"],
    ["A", "B", "Sp", 1.0],
    ["B", "A", "R", 1.0],
    ["B", "C", "S", 2.0],
    ["A", "C", "EJ", 3.0],
    ["C", "A", "EJ", 3.0],
]
COOK = [
    [None, None, None, "Post"],
    [None, None, None, "A", "B", "C"],
    ["Pre", "sex-shared", "A", None, 1, None],
    [None, None, "B", None, None, 2],
    [None, None, "C", None, None, None],
]
GEPHI = "Source,Target,Type,Id,Label,Interval,Weight\n"
R_ROWS = b'"pre" "post" "weight"\n"1" "A" "B" 1\n"2" "B" "C" 2\n'
NODE_LINK = {
    "directed": True,
    "multigraph": False,
    "graph": {},
    "nodes": [{"id": "A"}, {"id": "B"}, {"id": "C"}],
    "links": [
        {"source": "A", "target": "B", "weight": 1},
        {"source": "B", "target": "C", "weight": 2},
    ],
}
NETZSCHLEUDER = zip_of(
    ("edges.csv", b"# source, target, synapses\n0, 1, 1\n1, 2, 2\n"),
    ("gprops.csv", b"# name, value\n"),
    (
        "nodes.csv",
        b'# index, name, _pos\n0, A, "array([0.1, 0.2])"\n1, B, "array([0.1, 0.2])"\n'
        b'2, C, "array([0.1, 0.2])"\n',
    ),
)
TVB = zip_of(
    ("weights.txt", b"0 1 0\n0 0 2\n0 0 0\n"),
    ("centres.txt", b"A 1 2 3\nB 1 2 3\nC 1 2 3\n"),
    ("tract_lengths.txt", b"0 9 0\n0 0 9\n0 0 0\n"),
)

FORMS = {
    "1 Codex connections": Form(
        gzip.compress(CODEX.encode(), mtime=0),
        {(A, B, 7.0), (A, B, 5.0), (B, C, 9.0)},
        rows=3,
        transmitters={A: "ACH", B: "GABA"},
    ),
    "3 neuPrint traced-total-connections": Form(
        b"bodyId_pre,bodyId_post,weight\n294437328,295137542,15\n"
        b"295137542,329566174,11\n",
        {("294437328", "295137542", 15.0), ("295137542", "329566174", 11.0)},
    ),
    "4 neuPrint roi-connections": Form(
        b"bodyId_pre,bodyId_post,roi,weight\n10001,10002,AL(R),15\n"
        b"10001,10002,LH(R),4\n10002,10003,SLP(R),3\n",
        {("10001", "10002", 15.0), ("10001", "10002", 4.0), ("10002", "10003", 3.0)},
        rows=3,
    ),
    **{
        f"5 Shiu, {form}": Form(
            frame(form, **SHIU),
            {(A, B, 7.0), (B, C, -5.0)},
            findings=(
                'EC101 not read: "Connectivity" (numbers), "Excitatory" (numbers)',
            ),
        )
        for form in ("parquet", "csv")
    },
    "6 male CNS connectome-weights": Form(
        frame(
            "feather",
            body_pre=[10001, 10002, 10003],
            body_post=[10002, 10003, 10001],
            weight=[5, 4, 3],
        ),
        {("10001", "10002", 5.0), ("10002", "10003", 4.0), ("10003", "10001", 3.0)},
    ),
    "7 FlyWire proofread_connections": Form(
        frame(
            "feather",
            pre_pt_root_id=[BIG + 1, BIG + 1, BIG + 2],
            post_pt_root_id=[BIG + 2, BIG + 2, BIG + 3],
            neuropil=["AL_L", "LH_L", "AL_L"],
            syn_count=[5, 4, 3],
            gaba_avg=[0.1, 0.2, 0.8],
        ),
        {(A, B, 5.0), (A, B, 4.0), (B, C, 3.0)},
        rows=3,
        findings=('EC101 not read: "gaba_avg" (numbers)',),
    ),
    "8 a row a synapse": Form(
        CAVE.encode(),
        {(A, B, 1.0)},
        cells=2,
        rows=12,
        findings=(
            "EC103 one row a synapse: each counts 1 "
            "(--columns weight=size takes their size)",
        ),
    ),
    "9 matrix with ids both ways": Form(
        b",2454,5501,1234\n2454,0,3,1\n5501,2,0,0\n1234,0,4,0\n",
        {
            *(("2454", "5501", 3.0), ("2454", "1234", 1.0)),
            *(("5501", "2454", 2.0), ("1234", "5501", 4.0)),
        },
    ),
    "10 Cook's workbook": Form(xlsx({"hermaphrodite chemical": COOK}), PAIRS),
    "10 NeuronConnect": Form(
        xls(NEURON_CONNECT), PAIRS, {("A", "C", 3.0), ("C", "A", 3.0)}
    ),
    "10 Witvliet": Form(
        xlsx(
            {
                "Sheet1": [
                    ["pre", "post", "type", "synapses"],
                    ["A", "B", "chemical", 1],
                    ["B", "C", "chemical", 2],
                    ["A", "C", "electrical", 1],
                ]
            }
        ),
        PAIRS,
        {("A", "C", 1.0)},
    ),
    "11 NemaNode": Form(
        json.dumps(
            [
                {"pre": "A", "post": "B", "typ": 0, "syn": [3]},
                {"pre": "B", "post": "C", "typ": 0, "syn": [3, 9]},
                {"pre": "A", "post": "C", "typ": 2, "syn": [1]},
            ]
        ).encode(),
        PAIRS,
        {("A", "C", 1.0)},
    ),
    "12 NeuroML": Form(
        b'<neuroml id="w"><network id="n">'
        + b"".join(
            b'<population id="%s" component="c" size="1"/>' % name
            for name in (b"A", b"B", b"C")
        )
        + b"".join(
            b'<projection id="%s" presynapticPopulation="%s" postsynapticPopulation="%s" '
            b'synapse="s"><connectionWD id="0" preCellId="../%s[0]" postCellId="../%s[0]" '
            b'weight="%d" delay="0ms"/></projection>' % (p + q, p, q, p, q, weight)
            for p, q, weight in ((b"A", b"B", 1), (b"B", b"C", 2))
        )
        + b"</network></neuroml>",
        PAIRS,
    ),
    "13 GraphML": Form(graphml("name", "weight"), PAIRS),
    "14 braingraph.org": Form(
        graphml("dn_name", "number_of_fibers", "undirected"),
        PAIRS | {("B", "A", 1.0), ("C", "B", 2.0)},
        findings=("EC304 2 undirected edges read both ways",),
    ),
    "15 netzschleuder": Form(NETZSCHLEUDER, PAIRS),
    "16 KONECT": Form(b"% asym positive\n% 2 3 3\n1 2 1\n2 3 2\n", NUMBERED),
    "16 KONECT, both ways": Form(
        b"% sym unweighted\n1 2\n2 3\n",
        {("1", "2", 1.0), ("2", "1", 1.0), ("2", "3", 1.0), ("3", "2", 1.0)},
        findings=("EC304 2 undirected rows read both ways",),
    ),
    "16 KONECT with times": Form(
        b"% asym weighted\n1 2 1 1082040961\n2 3 2 1082040962\n", NUMBERED
    ),
    "17 MatrixMarket": Form(
        b"%%MatrixMarket matrix coordinate integer general\n3 3 2\n1 2 1\n2 3 2\n",
        NUMBERED,
        findings=(NO_NAMES,),
    ),
    "18 SNAP": Form(
        b"# Directed graph: worm.txt\n# Nodes: 3 Edges: 2\n# FromNodeId\tToNodeId\n"
        b"0\t1\n1\t2\n",
        {("0", "1", 1.0), ("1", "2", 1.0)},
    ),
    "19 node-link": Form(json.dumps(NODE_LINK).encode(), PAIRS),
    "19 D3": Form(
        json.dumps(
            {
                "nodes": [{"name": name} for name in "ABC"],
                "links": [
                    {"source": 0, "target": 1, "value": 1},
                    {"source": 1, "target": 2, "value": 2},
                ],
            }
        ).encode(),
        PAIRS,
    ),
    "19 GML": Form(
        b"graph [\n  directed 1\n"
        + b"".join(b'  node [ id %d label "%c" ]\n' % (n, 65 + n) for n in range(3))
        + b"  edge [ source 0 target 1 weight 1 ]\n"
        b"  edge [ source 1 target 2 weight 2 ]\n]\n",
        PAIRS,
    ),
    "19 GEXF": Form(
        b'<gexf xmlns="http://gexf.net/1.3" version="1.3">'
        b'<graph defaultedgetype="directed"><nodes>'
        + b"".join(b'<node id="%d" label="%c"/>' % (n, 65 + n) for n in range(3))
        + b'</nodes><edges><edge id="0" source="0" target="1"/>'
        b'<edge id="1" source="1" target="2" weight="2"/></edges></graph></gexf>',
        PAIRS,
        findings=("EC303 1 edge without a weight: each counts 1",),
    ),
    "19 Pajek": Form(
        b'*Vertices 3\n1 "A"\n2 "B"\n3 "C"\n*Arcs\n1 2 1\n*Edges\n2 3 2\n',
        PAIRS | {("C", "B", 2.0)},
        findings=("EC304 1 undirected edge read both ways",),
    ),
    "20 npy": Form(array_file(np.save, DENSE), NUMBERED, findings=(NO_NAMES,)),
    "20 npz": Form(array_file(np.savez, W=DENSE, names=np.array(list("ABC"))), PAIRS),
    "20 sparse npz": Form(
        array_file(sparse.save_npz, sparse.csr_array(DENSE)),
        NUMBERED,
        findings=(NO_NAMES,),
    ),
    "20 Brain Connectivity Toolbox": Form(
        array_file(savemat, {"CIJ": DENSE, "names": np.array(list("ABC"), object)}),
        PAIRS,
    ),
    "20 The Virtual Brain": Form(TVB, PAIRS),
    "UTF-16 with its mark": Form(
        "pre\tpost\tweight\nA\tB\t1\nB\tC\t2\n".encode("utf-16"), PAIRS
    ),
    "Excel's sep=": Form(b"sep=;\r\npre;post;weight\r\nA;B;1\r\nB;C;2\r\n", PAIRS),
    "sep= in UTF-16, decimal comma": Form(
        "sep=;\r\npre;post;weight\r\nA;B;1,5\r\nB;C;2,25\r\n".encode("utf-16"),
        {("A", "B", 1.5), ("B", "C", 2.25)},
    ),
    "titles above the header": Form(
        b"Supplementary Table 1,,\nConnectome of a worm,,\npre,post,weight\n"
        b"A,B,1\nB,C,2\n",
        PAIRS,
        findings=("EC105 2 lines above the header left out",),
    ),
    "decimal comma": Form(
        b"pre;post;weight\nA;B;1,5\nB;C;2,25\n", {("A", "B", 1.5), ("B", "C", 2.25)}
    ),
    "quoted thousands": Form(
        b'pre,post,weight\nA,B,"1,200"\nB,C,"12,345"\n',
        {("A", "B", 1200.0), ("B", "C", 12345.0)},
    ),
    "comments between rows": Form(b"pre,post,weight\nA,B,1\n# a note\nB,C,2\n", PAIRS),
    "R's write.table": Form(R_ROWS, PAIRS),
    "R's write.csv": Form(
        b'"","pre","post","weight"\n"1","A","B",1\n"2","B","C",2\n', PAIRS
    ),
    "R's write.table of a matrix": Form(
        b'"A" "B" "C"\n"A" 0 1 0\n"B" 0 0 2\n"C" 0 0 0\n', PAIRS
    ),
    "Gephi's table": Form(
        f"{GEPHI}A,B,Directed,0,,,1.0\nB,C,Directed,1,,,\nC,A,Undirected,2,,,\n".encode(),
        {*(("A", "B", 1.0), ("B", "C", 1.0), ("C", "A", 1.0), ("A", "C", 1.0))},
        findings=(
            "EC303 2 rows without a weight: each counts 1",
            "EC304 1 undirected row read both ways",
        ),
    ),
    "Gephi's table in a workbook": Form(
        xlsx(
            {
                "S": [
                    ["Source", "Target", "Type", "Weight"],
                    ["A", "B", "Directed", 1],
                    ["B", "C", "Undirected", None],
                ]
            }
        ),
        {("A", "B", 1.0), ("B", "C", 1.0), ("C", "B", 1.0)},
        findings=(
            "EC303 1 row without a weight: each counts 1",
            "EC304 1 undirected row read both ways",
        ),
    ),
}

# Of laboratories whose files were never seen here, as they are described.
OTHERS = {
    "WormAtlas": Form(
        b"EM Cell 1\tEM Cell 2\tSynapse type\t# Synapses\nA\tB\tS\t1\nB\tC\tSp\t2\n"
        b"A\tC\tEJ\t4\n",
        PAIRS,
        {("A", "C", 4.0)},
    ),
    "a workbook whose titles have units": Form(
        xlsx(
            {"S": [["Pre", "Post", "Weight (sections)"], ["A", "B", 1], ["B", "C", 2]]}
        ),
        PAIRS,
    ),
    "Neo4j": Form(
        b":START_ID(Body-ID),weight:int,:END_ID(Body-ID)\n1,1,2\n2,2,3\n", NUMBERED
    ),
    "Ciona": Form(
        b"Presynaptic/Postsynaptic,A,B,C\nA,0,1.25,\nB,0.06,,3.5\nC,,,\n",
        {("A", "B", 1.25), ("B", "A", 0.06), ("B", "C", 3.5)},
    ),
    "CATMAID's matrix": Form(
        b"Neuron A [skid],11,12,13\n11,0,1,0\n12,0,0,2\n13,0,0,0\n",
        {("11", "12", 1.0), ("12", "13", 2.0)},
    ),
    "BANC": Form(
        f"pre,post,count,norm,total_input\n{A},{B},5,0.01,500\n{B},{C},7,0.02,350\n".encode(),
        {(A, B, 5.0), (B, C, 7.0)},
        findings=('EC101 not read: "norm" (numbers), "total_input" (numbers)',),
    ),
    "FANC": Form(
        f",pre_root,post_root,n_syn\n0,{A},{B},5\n1,{B},{C},7\n".encode(),
        {(A, B, 5.0), (B, C, 7.0)},
    ),
    "Markov's macaque": Form(
        b"CASE,SOURCE,TARGET,FLNe,STATUS\n1,A,B,0.75,known\n2,B,C,0.5,known\n",
        {("A", "B", 0.75), ("B", "C", 0.5)},
    ),
    "layers of the mouse": Form(
        b'"","V1, layer 2/3","V1, layer 4","V2"\n"V1, layer 2/3",0,1,0\n'
        b'"V1, layer 4",0,0,2\n"V2",0,0,0\n',
        {("V1, layer 2/3", "V1, layer 4", 1.0), ("V1, layer 4", "V2", 2.0)},
    ),
    "synapses of neuPrint": Form(
        b"bodyId_pre,bodyId_post,roi_pre,roi_post,x_pre,y_pre,z_pre\n"
        b"1,2,AL(R),AL(R),10,20,30\n1,2,AL(R),AL(R),14,20,30\n2,3,LH(R),LH(R),9,20,30\n",
        {("1", "2", 1.0), ("2", "3", 1.0)},
        rows=3,
        findings=(
            'EC101 not read: "x_pre" (numbers), "y_pre" (numbers), "z_pre" (numbers)',
        ),
    ),
    "a matrix of cells with numbers": Form(
        b",cell1,cell2,cell3\ncell1,0,1,0\ncell2,0,0,2\ncell3,0,0,0\n",
        {("cell1", "cell2", 1.0), ("cell2", "cell3", 2.0)},
    ),
}
FORMS |= OTHERS
REFUSED = {
    "WormAtlas's workbook of several sheets": (
        xlsx(
            {
                "Connectome": [["Origin", "Target", "Number"], ["A", "B", 1]],
                "NeuronsToMuscle": [["Neuron", "Muscle", "Number"], ["B", "M", 2]],
            }
        ),
        '--sheet "NeuronsToMuscle"  an edge list',
    ),
    "the mouse's workbook of weights and chances": (
        xlsx(
            {
                name: [[None, "A", "B"], ["A", 0, 0.5], ["B", 0.25, 0]]
                for name in ("W_ipsi", "PValue_ipsi")
            }
        ),
        '--sheet "W_ipsi"  a matrix of 2 x 2',
    ),
    "kinds by number": (
        b"pre_seg_id,post_seg_id,type,n\n3001,3002,2,4\n3002,3003,1,2\n",
        "--kinds 2=chemical says what it is",
    ),
    "three rows of three numbers": (
        b"0 1.5 0\n0 0 2\n1 0 0\n",
        "1.5 where a cell's name",
    ),
    "an axon and a dendrite": (
        b"axon_id,dendrite_id,psd_size\n1,101,40\n2,102,50\n",
        "--columns pre=...,post=...,weight=...",
    ),
    "a table of cells": (b"Id,Label,modularity\nA,A,1\nB,B,2\nC,C,1\n", "--cells FILE"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_sure_is_refused_with_what_to_type(name: str) -> None:
    data, told = REFUSED[name]
    with pytest.raises(InputError) as caught:
        read(data)
    assert told in str(caught.value)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_gives_what_stands_in_it(name: str) -> None:
    form = FORMS[name]
    found = read(form.data, **form.options)
    assert edges(found, CHEMICAL) == form.chemical
    assert edges(found, ELECTRICAL) == form.electrical
    assert len(found.cells) == form.cells
    rows = form.rows or len(form.chemical) + len(form.electrical)
    assert len(found.synapses) == rows
    told = zip(found.cells.name, found.cells.transmitter, strict=True)
    assert {name: word for name, word in told if word} == form.transmitters
    said = {
        f"{finding.code} {finding.message}" for finding in found.history.parse.findings
    }
    assert said == set(form.findings)


@pytest.mark.parametrize(
    ("titles", "known"),
    [
        ("body_pre,body_post,w", True),
        ("pre_segment_id,post_segment_id,n", True),
        ("presyn_segid,postsyn_segid,n", True),
        ("segid_pre,segid_post,n", True),
        ("source_neuron_id,target_neuron_id,n", True),
        ("from_skid,to_skid,n", True),
        ("upstream_cell,downstream_cell,n", True),
        ("source_region,target_region,n", True),
        ("pre_x,post_x,n", False),
        ("pre_count,post_count,n", False),
        ("pre_type,post_type,n", False),
    ],
)
def test_ends_are_known_by_each_other(titles: str, known: bool) -> None:
    data = f"{titles}\n1,2,5\n2,3,6\n3,5,7\n4,1,8\n5,2,9\n".encode()
    if known:
        assert ("1", "2", 5.0) in edges(read(data)) or ("1", "2", 1.0) in edges(
            read(data)
        )
        return
    with pytest.raises(InputError, match="no column for pre and post"):
        read(data)


def test_a_table_of_as_many_columns_as_rows_is_no_matrix() -> None:
    rows = [["one", "two", "three"], [1, 2, 3], [4, 5, 6], [7, 8, 9]]
    with pytest.raises(InputError, match="no sheet holds edges"):
        read(xlsx({"S": rows}))
