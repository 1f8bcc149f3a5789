"""The door for Python: read, and a graph as an object of another library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from ..arguments.choices import LayoutChoices
from ..arguments.layout import LAYOUT, layout_of
from ..arguments.values import check_names, text
from ..errors import CompilerError
from ..exporting.canonical import canonical
from ..exporting.columns import columns, edges, facts, whole, whole_if_all
from ..ir.stages import Connectome
from ..pipeline import whole_graph
from .objects.kinds import Input
from .objects.opened import opened
from .warned import warn

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


def read(
    source: Input, *, label: str = "", **choices: Unpack[LayoutChoices]
) -> Connectome:
    """Read a connectome: all its rows and cells, nothing merged and nothing left out.

    Args:
        source: a path, a bundled name or a generated model, as of `compile`; or an object
            in memory: bytes, an open file, a networkx graph, a table of pandas, polars or
            pyarrow, a matrix of numpy or scipy.sparse with `names`, rows
            (pre, post[, weight[, kind]]).
        label: stands for it in messages and models; of an object without one: "graph".
        choices: how a text is read, which columns mean what.

    Returns:
        Cells sorted by name, synapses as they stand in the source. `compile` takes it.

    Raises:
        InputError: the source is wrong.
        UsageError: an argument is.

    Warns:
        CompilerWarning: what may have been meant otherwise.
    """
    found = connectome(source, label, choices)
    warn(found, depth=3)
    return found


def to_networkx(
    source: Input, *, label: str = "", **choices: Unpack[LayoutChoices]
) -> nx.MultiDiGraph:
    """The graph of a connectome or a generated model, for networkx.

    Args:
        source, label, choices: as of `read`.

    Returns:
        Cells by name with `role` and `transmitter` where the source gives them; edges
        with `kind` (chemical, electrical) and `weight`, negative where inhibitory. Rows
        of one pair and kind are added up. A junction stands there once or twice, as it
        does in the source.

    Raises:
        InputError, UsageError: as of `read`.
        CompilerError: networkx is not installed.
    """
    try:
        import networkx as nx
    except ImportError:
        raise CompilerError(missing("to_networkx", "networkx")) from None
    found = connectome(source, label, choices)
    warn(found, depth=3)
    found = canonical(found)
    name = found.cells.name
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(zip(name, facts(found), strict=True))
    for pre, post, kind, weight in edges(found):
        graph.add_edge(name[pre], name[post], kind=kind, weight=whole(weight))
    return graph


def to_pandas(
    source: Input, *, label: str = "", **choices: Unpack[LayoutChoices]
) -> pd.DataFrame:
    """The graph of a connectome or a generated model as a table of edges, for pandas.

    Args:
        source, label, choices: as of `read`.

    Returns:
        The columns pre, post, kind, weight; pre_role, post_role, pre_transmitter and
        post_transmitter where the source gives any. Rows as of `to_networkx`; a cell
        without a synapse has a row of weight 0 with itself.

    Raises:
        InputError, UsageError: as of `read`.
        CompilerError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError:
        raise CompilerError(missing("to_pandas", "pandas")) from None
    found = connectome(source, label, choices)
    warn(found, depth=3)
    table = columns(canonical(found))
    return pd.DataFrame({**table, "weight": whole_if_all(table["weight"])})


def connectome(source: Input, label: str, choices: LayoutChoices) -> Connectome:
    """The whole graph of a source."""
    check_names(choices, ("label", *LAYOUT))
    layout, word = layout_of(choices), text(label, "--label")
    return whole_graph(opened(source, layout, label=word, name="source"))


def missing(function: str, library: str) -> str:
    """The message for a library that is not installed."""
    return f"{function}: {library} is not installed\n  pip install {library}"
