"""Orders at the scale of a fly brain: the noisy sift against igraph's Eades and ratio orders.

Give the CSV that ../shared/connectomes/make_fly_scale.py writes, or any edge list; with
--plant three quarters of what runs against a random order are turned round first, so that
there is an order to be found. Every method runs in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from elegansc.graph import backward, ratio_rank
from elegansc.options import Options
from elegansc.ordering.sift import Sift
from elegansc.pipeline import circuit_of
from elegansc.readers.reader import Layout

METHODS = ("ratio", "sift", "igraph")


def edges(path: str, plant: bool, folder: Path) -> Path:
    """The proper pairs of an edge list as numpy columns."""
    target = folder / ("planted.npz" if plant else "plain.npz")
    circuit = circuit_of(
        path, label="", options=Options(keep="all"), layout=Layout(kind="chemical")
    )
    found, size = circuit.chemical, len(circuit.cells)
    keep = found.pre != found.post
    pre, post = found.pre[keep].astype(np.int64), found.post[keep].astype(np.int64)
    weight = found.weight[keep].astype(np.int64)
    if plant:
        chance = np.random.default_rng(1)
        place = chance.permutation(size)
        turn = (place[pre] > place[post]) & (chance.random(len(pre)) < 0.75)
        pre, post = np.where(turn, post, pre), np.where(turn, pre, post)
        key, row = np.unique(pre * size + post, return_inverse=True)
        whole = np.zeros(len(key), np.int64)
        np.add.at(whole, row, weight)
        pre, post, weight = key // size, key % size, whole
    np.savez(
        target,
        pre=pre.astype(np.int32),
        post=post.astype(np.int32),
        weight=weight,
        size=size,
    )
    return target


def run(method: str, path: str) -> None:
    """Print loss in %, CPU seconds and memory of one method."""
    data = np.load(path)
    pre, post, weight, size = (data[k] for k in ("pre", "post", "weight", "size"))
    size = int(size)
    if method == "igraph":
        import igraph

        listed = weight.tolist()
        start = time.process_time()
        graph = igraph.Graph(n=size, edges=np.stack([pre, post], 1), directed=True)
        cut = graph.feedback_arc_set(weights=listed, method="eades")
        lost = int(weight[cut].sum())
    else:
        start = time.process_time()
        rank = ratio_rank(pre, post, weight, size)
        if method == "sift":
            rank = Sift(pre, post, weight, size).search(rank)
        lost = backward(rank, pre, post, weight)
    taken = time.process_time() - start
    status = Path("/proc/self/status").read_text()  # getrusage counts the parent's too
    memory = int(status.split("VmHWM:")[1].split()[0]) // 1024
    print(f"{100 * lost / weight.sum():.3f} {taken:.1f} {memory}")


def main() -> None:
    """Print a table."""
    import tempfile

    path, plant = sys.argv[1], "--plant" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        columns = edges(path, plant, Path(folder))
        print(f"read in {time.perf_counter() - start:.1f} s")
        found = {}
        for method in METHODS:
            command = [sys.executable, __file__, "--run", method, str(columns)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            lost, taken, memory = found[method] = [
                float(word) for word in done.stdout.split()
            ]
            print(
                f"  {method:<7} {lost:6.2f} % lost  {taken:6.1f} s  {memory:6.0f} MB",
                flush=True,
            )
        ours, peer = found["sift"], found["igraph"]
        words = ("loss", "time", "memory")
        ratios = [f"{w} {a / b:.2f}" for w, a, b in zip(words, ours, peer, strict=True)]
        print(f"  sift / igraph: {', '.join(ratios)}")


if __name__ == "__main__":
    if sys.argv[1] == "--run":
        run(sys.argv[2], sys.argv[3])
    else:
        main()
