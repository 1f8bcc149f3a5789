"""A small file for every finding: what the page of codes shows and the tests of lint read."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = "pre,post,weight\n"
KINDS = "pre,post,weight,kind\n"
FACTS = "pre,post,weight,nt_type\n"
MOTORS = "VA1 VA2 VA3 VA4 VA5 VA6 VA7 VA8".split()
CELLS = range(1, 12)


@dataclass(frozen=True)
class Sample:
    """A file that has a finding.

    Attributes:
        command: that says so, where it is not `lint`.
        file: its name.
    """

    text: str
    command: str = ""
    file: str = "worm.csv"


COMPILE = "compile worm.csv -o worm.py"
SAMPLES = {
    "EC101": Sample("pre,post,weight,n_gap\nALML,AVAL,3,1\nAVAL,VA1,2,4\n"),
    "EC102": Sample(
        "pre,post,weight,series\nALML,AVAL,3,N2U\nALML,AVAL,4,JSE\n"
        "AVAL,VA1,2,N2U\nAVAL,VA1,2,JSE\n"
    ),
    "EC103": Sample(
        "pre_pt_root_id,post_pt_root_id,size\n101,102,3500\n101,102,1200\n102,103,8000\n"
    ),
    "EC104": Sample(
        "pre,pre_root_id,post,post_root_id,weight\nPN,301,KC,101,4\nPN,302,KC,102,4\n"
        "KC,101,MBON,201,3\nKC,102,MBON,201,2\n"
    ),
    "EC105": Sample(f"Synapses of the newborn worm\n\n{HEAD}ALML,AVAL,3\nAVAL,VA1,2\n"),
    "EC106": Sample("pre,post,roi,weight\nS,A,AL(R),5\nS,A,AL-DA1(R),4\nA,M,AL(R),1\n"),
    "EC107": Sample(
        "Neurons,Partners\n" + "".join(f"N{a},N{a + 1}\n" for a in range(1, 7))
    ),
    "EC201": Sample(f"{HEAD}ALML,AVAL,3\nAVAL,AVAl,1\nAVAL,VA1,2\n", COMPILE),
    "EC202": Sample(f"{HEAD}ALML,AVAL/R,3\nAVAL,VA1,2\n"),
    "EC203": Sample(f"{HEAD}ALML,AVAL,3\n#REF!,VA1,2\nAVAL,VA1,2\n"),
    "EC204": Sample(f"{HEAD}ALML,AVAL,3\nAVAL,VA1,2\nTotal,Total,5\n"),
    "EC205": Sample(f"{HEAD}ALML,AVAL,3\nnan,VA1,2\nAVAL,VA1,2\n"),
    "EC206": Sample(
        "pre_root_id,post_root_id,weight\n720575940610000101,720575940610000102,3\n"
        "0,720575940610000102,2\n720575940610000102,720575940610000103,2\n"
    ),
    "EC207": Sample(f"{HEAD}101.0,102.0,3\n102.0,103.0,2\n"),
    "EC208": Sample(f"{HEAD}Cafe\N{COMBINING ACUTE ACCENT},M,3\nS,Caf\xe9,2\n"),
    "EC209": Sample(f"{HEAD}ALML,AVAL,3\n#AVAL,VA1,2\nAVAL,VA2,2\n"),
    "EC210": Sample(f"{HEAD}S,A,3\n,B,1\n,C,2\nA,M,1\nB,M,2\nC,M,2\n"),
    "EC301": Sample(
        "cell1,cell2,weight\n"
        + "".join(f"N{a},N{b},1\n" for a in CELLS for b in CELLS if a < b)
    ),
    "EC302": Sample(
        f"{KINDS}ALML,AVAL,3,chemical\nAVAL,VA1,2,chemical\nALML,VA1,1,contact\n"
    ),
    "EC303": Sample("Source,Target,Type,Weight\nS,A,Directed,\nA,M,Directed,2\n"),
    "EC304": Sample("Source,Target,Type,Weight\nS,A,Undirected,1\nA,M,Directed,2\n"),
    "EC305": Sample("0,3,1,0\n2,0,0,1\n0,4,0,2\n1,0,0,0\n"),
    "EC306": Sample(
        f'{HEAD}ALML,"AVAL,AVAR",3\nAVAL,VA1,2\n',
        "lint worm.csv --polyadic --select EC306",
    ),
    "EC307": Sample(f"{FACTS}S,A,5,ACH\nS,M,1,GABA\nA,M,3,GABA\n"),
    "EC308": Sample(f"{FACTS}S,A,5,ACH\nA,M,3,sugar\n"),
    "EC309": Sample("pre,post,weight,type\nA,S,2,R\nA,M,3,S\nA,B,1,R\n"),
    "EC310": Sample(",AVAL,VA1\nASHL,3,0\nAVAL,0,2\n"),
    "EC401": Sample(f"{HEAD}S,A,3\nA,M,2\n", COMPILE),
    "EC501": Sample(f"{KINDS}S,A,1,e\nA,S,1,e\nA,M,1,e\nS,A,1,c\nA,M,1,c\n"),
    "EC502": Sample(f"{KINDS}S,A,1,e\nA,S,2,e\nS,A,1,c\nA,M,1,c\n"),
    "EC503": Sample(f"{HEAD}S,A,1\nA,A,1\nA,M,1\n"),
    "EC504": Sample(f"{HEAD}S,A,1\nS,M,0\nA,M,1\n"),
    "EC505": Sample("pre,post,weight,type\nS,A,1,S\nA,S,1,R\nA,M,1,Sp\n"),
    "EC506": Sample(f"{HEAD}S,A,1\nS,A,1\nA,M,1\n"),
    "EC511": Sample(f"{HEAD}S,avfl,1\nAVFL,M,1\navfl,AVFL,1\n"),
    "EC512": Sample(f"{HEAD}S,obj1234,1\nobj1234,M,1\n"),
    "EC513": Sample(f"{HEAD}S,A,1\nA,M,1\nX1,X1,1\n"),
    "EC514": Sample(f"{HEAD}ALML,AVAL,1\nAVAL,VA01,1\n"),
    "EC515": Sample(
        f"{HEAD}ALML,AVAL,1\nASEL,AVAL,1\nAWCON,AVAL,1\n"
        + "".join(f"AVAL,{name},1\n" for name in MOTORS)
    ),
    "EC521": Sample(f"{HEAD}ALML,AVAL,1\nAVAL,VA1,1\nASEL,AIYL,1\n"),
    "EC522": Sample(f"{HEAD}ALML,AVAL,1\nAVAL,VA1,1\nAVBL,VA2,1\n"),
}
