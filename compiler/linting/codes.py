"""The findings that need the whole graph: their codes, beside those of the readers."""

from __future__ import annotations

from collections.abc import Mapping

from ..readers.findings import CODES, NOTE, WARNING, Code

GRAPH: Mapping[str, Code] = {
    "EC501": Code(
        WARNING,
        "some junctions are listed from one end, some from both",
        "A gap junction couples both cells. Where most rows stand twice, one that stands "
        "once was lost on one side, or is a chemical synapse of the wrong kind.",
        "List every junction from both ends, or each once.",
    ),
    "EC502": Code(
        WARNING,
        "a junction of two weights",
        "Seen from either cell a junction is the same contact: two counts of it are two "
        "annotations, and the larger is taken.",
        "Look up which count is right, and write it in both rows.",
    ),
    "EC503": Code(
        NOTE,
        "a cell with itself",
        "An autapse, or two neurons of one name. A feed-forward network can not compute "
        "it: it becomes feedback.",
        "Check that the two cells are one.",
    ),
    "EC504": Code(
        NOTE,
        "rows of weight 0",
        "A pair that was looked at and has no synapse.",
        "Nothing needs to be done: such rows are dropped.",
    ),
    "EC505": Code(
        NOTE,
        "rows seen from the receiver",
        "Varshney's and White's lists tell each synapse twice: sent (S, Sp) and received "
        "(R, Rp). Read as synapses the second would turn every arrow round.",
        "Nothing needs to be done: such rows are dropped.",
    ),
    "EC506": Code(
        NOTE,
        "a pair in several rows",
        "Rows of one pair are parts of one connection (a neuropil, a section, a kind of "
        "synapse), or the same rows twice.",
        "If they are the same rows twice, keep one; else nothing needs to be done.",
    ),
    "EC507": Code(
        WARNING,
        "polyadic synapses are missing",
        "In C. elegans most synapses have several receivers, listed as Sp. A file that "
        "kept S and dropped Sp undercounts, most for those who share an input.",
        "Count S and Sp, as varshney2011 does.",
    ),
    "EC508": Code(
        WARNING,
        "the wiring of a published connectome under other names",
        "A row that was inserted or lost moves every name below it to another cell: the "
        "graph is right, and each of these neurons has another's role and synapses.",
        "Take names and wiring from the same file: varshney2011 is bundled.",
    ),
    "EC511": Code(
        WARNING,
        "one name in two cases",
        "avfl and AVFL are two cells to a program and one to a biologist: its synapses "
        "are shared between two neurons, of which one has no role.",
        "Write every name in one way.",
    ),
    "EC512": Code(
        WARNING,
        "a name of no neuron",
        "Segmentations call what nobody identified obj1234 or unk: as a neuron it joins "
        "fragments of many cells.",
        "Leave them out: --without 'obj*'.",
    ),
    "EC513": Code(
        NOTE,
        "cells without a synapse with another",
        "They are on no path, and have no place in the network.",
        "Nothing needs to be done.",
    ),
    "EC514": Code(
        NOTE,
        "names with a zero",
        "VA01 is VA1: tables of cells write it without.",
        "Nothing needs to be done: they are renamed where a table knows them.",
    ),
    "EC515": Code(
        WARNING,
        "names that the table of cells has not, where it has nearly all",
        "Likely a slip of the pen, or a name of no certain side (AWCON): the cell gets no "
        "role and is left out.",
        "Write the name as the table has it, or give --cells.",
    ),
    "EC521": Code(
        NOTE,
        "sensory neurons that reach no motor neuron",
        "What they sense has no effect in this graph: often neurons at the edge of what "
        "was imaged.",
        "Look at the cells that --inputs or a table calls sensory.",
    ),
    "EC522": Code(
        NOTE,
        "motor neurons that no sensory neuron reaches",
        "Their output is constant: often neurons whose inputs lie outside what was imaged.",
        "Look at the cells that --outputs or a table calls motor.",
    ),
}
ALL: Mapping[str, Code] = {**CODES, **GRAPH}
