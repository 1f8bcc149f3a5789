"""Two parts of the README: walks that are kept, synapses that run backward in two maps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..graph import HOPS
from ..names import plain, plural
from .conserved import FORCED, Overlap
from .judge import Judged

WALKS = """\
## What the best order keeps

Share of the walks from sensory to motor neurons that run forward in the order of least loss; a hop
weighs the share of a synapse in all chemical input of its target, a walk the product of its hops.
"""
SAME = """\
## The same synapses run backward

Of the ordered pairs of neurons that both maps join, those that *every* order of least loss sends
backward in both: below the diagonal Cohen's kappa, above it how many, and in brackets how many are
expected where those of one map are drawn anew among synapses of equal weight, of whichever map more
are expected. `verdict.json` has intervals, the orders found, ties included, and, against the
objection that the lighter half of a reciprocal pair falls anyway, pairs without a synapse back.
"""


def kept_walks(judged: Sequence[Judged]) -> Iterator[str]:
    """The part on walks; nothing where no map is measured."""
    known = [(one.map.source, one.worm.walks) for one in judged if one.worm]
    known = [(source, walks) for source, walks in known if walks]
    if not known:
        return
    yield WALKS
    yield f"| connectome | {' | '.join(plural(hop, 'hop') for hop in HOPS)} |"
    yield f"| --- |{' ---: |' * len(HOPS)}"
    for source, walks in known:
        yield f"| {plain(source)} | {' | '.join(f'{share:.2f}' for share in walks)} |"
    yield ""


def kept_backward(conserved: Sequence[Overlap]) -> Iterator[str]:
    """The part on pairs of maps; nothing where there are none."""
    found = {(each.one, each.other): each for each in conserved if each.kind == FORCED}
    if not found:
        return
    names = [*dict.fromkeys(name for pair in found for name in pair)]
    yield SAME
    yield f"|  | {' | '.join(map(plain, names))} |"
    yield f"| --- |{' ---: |' * len(names)}"
    for one in names:
        cells = []
        for other in names:
            above, below = found.get((one, other)), found.get((other, one))
            if above is not None:
                cells.append(f"{above.in_both} ({above.matched:.0f})")
            elif below is not None and not math.isnan(below.kappa):
                cells.append(f"{below.kappa:.2f}")
            else:
                cells.append("")
        yield f"| {plain(one)} | {' | '.join(cells)} |"
    yield ""
