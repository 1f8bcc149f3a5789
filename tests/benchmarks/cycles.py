"""Exact cycle breaking against igraph's exact method, CPU seconds of one core, in turn."""

from __future__ import annotations

import statistics
import sys
import time

import igraph
import numpy as np
from common import verdict

from elegansc import catalog
from elegansc.options import Options
from elegansc.ordering.feedback_arc_set import feedback_arc_set
from elegansc.ordering.instance import Instance, instance_of
from elegansc.ordering.integers import integers
from elegansc.pipeline import circuit_of
from elegansc.readers.reader import Layout

PEER = "varshney2011"
BARS = {"cook2019": 0.2}
OTHERS = 0.05


def problem(name: str) -> Instance:
    """A bundled connectome's chemical synapses."""
    circuit = circuit_of(name, label="", options=Options(), layout=Layout())
    edges = circuit.chemical
    weight, _, _ = integers(edges.weight, name)
    return instance_of(
        circuit.cells.name, circuit.cells.role, edges.pre, edges.post, weight
    )[0]


def theirs(net: Instance) -> tuple[int, float]:
    """(loss, seconds) of igraph's ip_cg."""
    rows = np.flatnonzero(net.proper)
    ends = np.stack([net.pre[rows], net.post[rows]], 1)
    graph = igraph.Graph(n=len(net.names), edges=ends.tolist(), directed=True)
    weight = net.weight[rows].tolist()
    start = time.process_time()
    cut = graph.feedback_arc_set(weights=weight, method="ip_cg")
    return sum(weight[row] for row in cut), time.process_time() - start


def ours(net: Instance) -> tuple[int, float]:
    """(loss, seconds) of ours, the tie-break and its check among them."""
    start = time.process_time()
    found = feedback_arc_set(net, "exact")
    taken = time.process_time() - start
    assert not found.sifted and found.bound == net.weight[found.back].sum()
    return found.bound, taken


def main() -> None:
    """Print a table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    nets = {entry.name: problem(entry.name) for entry in catalog.entries()}
    ours(nets["witvliet2021-1"])  # imports
    ratios: dict[str, list[float]] = {name: [] for name in nets}
    peers, losses, taken = [], {}, {}
    for _ in range(rounds):
        loss, peer = theirs(nets[PEER])
        peers.append(peer)
        for name, net in nets.items():
            losses[name], taken[name] = ours(net)
            ratios[name].append(taken[name] / peer)
        assert loss == losses[PEER], "igraph found another minimum"
    seconds = statistics.median(peers)
    print(f"igraph {igraph.__version__} ip_cg on {PEER}: {seconds:.2f} s, {loss:,}")
    for name, found in ratios.items():
        ratio, bar = statistics.median(found), BARS.get(name, OTHERS)
        print(
            f"  {name:<16} {losses[name]:6,}  {taken[name]:5.2f} s  {ratio:.3f} of igraph's  "
            f"bar {bar}: {verdict(ratio <= bar)}"
        )


if __name__ == "__main__":
    main()
