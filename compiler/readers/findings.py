"""The table of findings: what may be said of a file that is read, and why it matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..ir.accounts import Finding

WARNING, NOTE = "warning", "note"


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding.

    Attributes:
        severity: WARNING, or NOTE for what was done and is only said.
        title: in a few words.
        why: what goes wrong in a model where nobody looks.
        remedy: what the author of the file, or of the command, can do.
    """

    severity: str
    title: str
    why: str
    remedy: str


CODES: Mapping[str, Code] = {
    "EC101": Code(
        WARNING,
        "a column is not read",
        "Counts, kinds or animals in a column that nobody reads are lost: gap junctions "
        "become chemical synapses, and every synapse weighs the same.",
        "Name the column with --columns, choose rows with --where, or take it out.",
    ),
    "EC102": Code(
        WARNING,
        "rows of several animals or series are added up",
        "Each animal has its own brain: the sum of two is a connectome that no animal "
        "has, with twice the synapses.",
        "Choose one with --where COLUMN=VALUE.",
    ),
    "EC103": Code(
        NOTE,
        "one row a synapse",
        "The size of a synapse, in voxels, is no number of synapses: added up it "
        "outweighs the counts by thousands.",
        "--columns weight=size takes the sizes as weights.",
    ),
    "EC104": Code(
        WARNING,
        "cells go by ids",
        "Neurons of one type often share a name: by name they would be one neuron, and "
        "synapses between them would be self-loops.",
        "Make names unique, or name the columns: --columns pre=...,post=...",
    ),
    "EC105": Code(
        NOTE,
        "lines above the header are left out",
        "Titles are no rows; a row above the header would be lost.",
        "Put the header first, or use --no-header.",
    ),
    "EC106": Code(
        WARNING,
        "regions within regions are counted twice",
        "neuPrint tells a synapse in AL-DA1(R) in the row of that and in the row of AL(R): "
        "added up, connections in parts of the brain that are divided weigh double.",
        "Export primary regions alone, or the total of each pair.",
    ),
    "EC107": Code(
        WARNING,
        "the first row may be a header",
        "Two words that no other row has may be titles: read as a row, they are two cells "
        "and a synapse that no animal has.",
        "--header with --columns pre=1,post=2 reads them as titles, --no-header as cells.",
    ),
    "EC108": Code(
        NOTE,
        "merged cells are filled",
        "What stands in a merged cell holds for each row that it spans: without it, all "
        "rows but the first would name no cell.",
        "Nothing needs to be done; unmerge cells before a sheet is saved as CSV.",
    ),
    "EC201": Code(
        WARNING,
        "nearly the name of a known neuron",
        "AVAl for AVAL is another cell: it has no role, and the synapses of one neuron "
        "are shared between two.",
        "Write the name as the table of cells has it.",
    ),
    "EC202": Code(
        WARNING,
        "a name of several neurons",
        "AVFL/R stands for two neurons, and a polyadic synapse names several receivers: "
        "read as one cell, its synapses reach none of them.",
        "Write a row for each neuron, or read the receivers apart with --polyadic.",
    ),
    "EC203": Code(
        WARNING,
        "a formula or an error of a spreadsheet as a name",
        "#REF! or =A2 stands where a name was lost: rows of several neurons meet there.",
        "Save the values of the sheet, not its formulas.",
    ),
    "EC204": Code(
        WARNING,
        "a sum among the rows",
        "A row of totals adds a cell that no animal has, with as many synapses as all "
        "others together.",
        "Take the row out.",
    ),
    "EC205": Code(
        NOTE,
        "rows without a name are left out",
        "A synapse whose partner is not known belongs to no neuron; `nan` would be one "
        "that collects them all.",
        "Complete the names if they are known.",
    ),
    "EC206": Code(
        NOTE,
        "rows of the id 0 are left out",
        "Segmentations write 0 where no segment is: as a neuron it would collect all "
        "synapses of fragments.",
        "Complete the ids if they are known.",
    ),
    "EC207": Code(
        NOTE,
        "ids written as decimals",
        "A table that once lacked an id holds 1.0 for 1; above 2**53 such ids are rounded "
        "and neurons merge.",
        "Keep ids as integers or text when the table is written.",
    ),
    "EC208": Code(
        NOTE,
        "names are normalised",
        "A composed and a decomposed letter, or an invisible blank, look alike and would "
        "be two neurons.",
        "Write names in Unicode's form NFC.",
    ),
    "EC209": Code(
        WARNING,
        "names begin with a comment's sign",
        "A row that was commented out is read all the same, and its synapse stays.",
        "Take the row out.",
    ),
    "EC210": Code(
        WARNING,
        "names are blank below a name",
        "Below a merged cell the others are blank: saved as CSV, all synapses of a neuron "
        "but its first are left out.",
        "Fill the names down; pandas: reset_index() before saving, or merge_cells=False.",
    ),
    "EC301": Code(
        WARNING,
        "an undirected graph, each pair listed once",
        "Tracts and correlations have no direction: read one way, the order of the rows "
        "decides who is deep, and no cycle is left.",
        "--undirected sends each pair both ways.",
    ),
    "EC302": Code(
        NOTE,
        "rows that are no synapses are left out",
        "Contact, extrasynaptic signals and functional correlations are other graphs: "
        "added to synapses they are read as synapses.",
        "Compile them apart, with --columns kind= and --kind chemical.",
    ),
    "EC303": Code(
        NOTE,
        "edges without a weight count 1",
        "Gephi leaves out weights of 1; where they are missing for another reason, "
        "strong connections become weak.",
        "Give every edge a weight.",
    ),
    "EC304": Code(
        NOTE,
        "undirected edges run both ways",
        "The file says that its edges have no direction.",
        "Write directed edges if they have one.",
    ),
    "EC305": Code(
        WARNING,
        "a matrix without names",
        "Cells go by their place in the matrix: no table of cells knows them, and another "
        "order of the rows is another brain.",
        "--names FILE gives the names of its rows.",
    ),
    "EC306": Code(
        NOTE,
        "rows of several receivers",
        "A polyadic synapse releases onto several neurons at once: each of them sees the "
        "whole of it, so that a sum over receivers exceeds the number of synapses.",
        "Write a row for each receiver, with the weight that it sees.",
    ),
    "EC307": Code(
        NOTE,
        "rows of one sender tell several transmitters",
        "A neuron releases the same transmitters from all its synapses; where each row is "
        "predicted alone, a few go wrong.",
        "A table of cells with a transmitter each, --cells FILE, stands before the rows.",
    ),
    "EC308": Code(
        NOTE,
        "no known transmitter",
        "Synapses of a neuron that releases GABA start with negative gains; a word that "
        "is not GABA starts as excitatory.",
        "Write ACH, GABA, GLUT, DA, SER, OCT, or leave the cell empty.",
    ),
    "EC309": Code(
        WARNING,
        "rows that the receiver alone tells",
        "A table that lists each synapse from both ends, cut down to some neurons, has the "
        "inputs of these in rows of the receiver only: to drop such rows as repeated loses "
        "them, to read them as they stand turns them round.",
        "Write each synapse once, from its sender to its receiver.",
    ),
    "EC310": Code(
        NOTE,
        "senders and receivers of a matrix differ",
        "A name that is misspelt in a row or a column is another cell: it only sends, or "
        "only receives, and counts as sensory or motor where nothing tells roles.",
        "Spell each name alike; where cells do differ, nothing is to be done.",
    ),
    "EC311": Code(
        NOTE,
        "cells of an edge list by their places",
        "An index counts from 0 in one program and from 1 in another: one off, every "
        "synapse is another neuron's.",
        "Write the names of the cells in the rows.",
    ),
    "EC401": Code(
        WARNING,
        "roles are a guess",
        "Without a table of cells, who has no input counts as sensory and who has no "
        "output as motor; truncated neurons at the edge of a volume look the same.",
        "--inputs with --outputs, or --cells FILE, say them.",
    ),
}


def find(code: str, message: str, place: str = "") -> Finding:
    """A finding; its code is a key of CODES."""
    return Finding(code, place, message)
