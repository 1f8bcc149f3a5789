"""Two pictures of a comparison: the learning curves of Figure 2, and all graph scores.

The same results give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...drawing.canvas import settings
from ..judging.groups import Results
from ..judging.judge import Judged
from ..protocol.protocol import Protocol
from .curves import learning_curves
from .strip_plot import every_graph
from .style import STYLE, saved


def pictures(
    protocol: Protocol, results: Results, judged: Sequence[Judged]
) -> dict[str, bytes]:
    """The pictures by file name: figure2 and graphs, as png and svg.

    Raises:
        InputError: matplotlib is not installed.
    """
    with settings():
        import matplotlib

        matplotlib.rcParams.update(STYLE)
        drawn = {
            "figure2": learning_curves(judged, results),
            "graphs": every_graph(judged, protocol.side),
        }
        return {
            f"{name}.{kind}": saved(figure, kind, name)
            for name, figure in drawn.items()
            for kind in ("png", "svg")
        }
