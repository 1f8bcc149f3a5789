"""Make every measurement of a protocol that is not in the results file yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files import replace
from ..ir.stages import Circuit
from ..ir.text import digest
from ..lab.protocol.protocol import Line
from ..lab.running.appended import Appended, Form
from ..lab.running.jobs import each, pool
from ..lab.running.ray_cluster import connected, finished
from ..nulls.pairs import Null
from ..nulls.twins import null_of
from ..pipeline import circuit_of
from ..readers.junction_file import recorded
from ..readers.reader import Layout
from .conserved import Backward
from .measure import SCHEMA, Job, Measured, counted, measure
from .protocol import COUNTED, WORM, Item, Map, Protocol

RESULTS, CERTIFICATES = "results.jsonl", "certificates"
KEYS = (
    "schema",
    "protocol",
    "source",
    "weights",
    "null",
    "twin",
    "source_digest",
    "status",
    "seconds",
)
KINDS = {
    "protocol": str,
    "source": str,
    "weights": str,
    "null": str,
    "twin": int,
    "source_digest": str,
    "status": str,
}

Watch = Callable[[str, int, Iterable[Any]], Iterator[Any]]


def item_of(line: Line) -> Item:
    """The identity of a line."""
    return Item(line["source"], line["weights"], line["null"], line["twin"])


FORM = Form(SCHEMA, KEYS, KINDS, item_of)


@dataclass(frozen=True, slots=True)
class Graph:
    """One map that was read: its circuit, as its weights count, and the null models."""

    map: Map
    circuit: Circuit
    digest: str
    nulls: Mapping[str, Null]


@dataclass(frozen=True, slots=True)
class Done:
    """The lines of all measurements, and how many were made now.

    Attributes:
        backward: the synapses of the maps that are measured, as their source weighs them.
    """

    lines: Mapping[Item, Line]
    made: int
    backward: tuple[Backward, ...]


def run(
    protocol: Protocol,
    folder: Path,
    *,
    jobs: int,
    ray: str = "",
    certificates: bool = False,
    watch: Watch,
) -> Done:
    """Make all measurements that are not in the folder yet.

    Args:
        folder: gets results.jsonl, and certificates, each before its line.
        jobs: processes of this machine; ray: the address of a cluster; "": none.
        certificates: also of the twins.
        watch: wraps an iterator, to show progress; (title, count, items).

    Raises:
        InputError: a source or the results file is wrong, or a process was lost; what
            was finished is kept.
    """
    graphs = {(one.source, one.weights): graph_of(one) for one in protocol.maps}
    with ExitStack() as stack:
        cluster = stack.enter_context(connected(ray)) if ray else None
        results = stack.enter_context(Appended(folder / RESULTS, protocol.digest, FORM))
        check_sources(results, protocol, graphs)
        todo = [
            job_of(item, protocol, graphs, certificates)
            for item in protocol.items()
            if item not in results.lines
        ]
        for found in watch("graphs", len(todo), made(todo, cluster, jobs, stack)):
            keep(found, folder, results)
        lines = dict(results.lines)
    return Done(lines, len(todo), tuple(known(graphs, lines)))


def known(
    graphs: Mapping[tuple[str, str], Graph], lines: Mapping[Item, Line]
) -> Iterator[Backward]:
    """The synapses of each map that is measured, of the weights of its source."""
    for (source, weights), graph in graphs.items():
        line = lines.get(Item(source, weights, WORM, 0))
        if line is not None and weights == COUNTED:
            yield Backward.of(source, graph.circuit, line)


def made(
    todo: list[Job], cluster: Any, jobs: int, stack: ExitStack
) -> Iterable[Measured]:
    """The measurements of all jobs, in the order in which they finish."""
    if not todo:
        return ()
    if cluster is not None:
        step = cluster.remote(num_cpus=1, max_retries=3)(measure)
        return finished(cluster, lambda: [step.remote(job) for job in todo])
    if min(jobs, len(todo)) == 1:
        return map(measure, todo)
    workers = stack.enter_context(pool(min(jobs, len(todo))))
    return each(workers, measure, todo)


def keep(found: Measured, folder: Path, results: Appended[Item]) -> None:
    """Write the certificate, if there is one, then the line."""
    if found.certificate is not None:
        place = folder / CERTIFICATES
        try:
            place.mkdir(exist_ok=True)
        except OSError as error:
            raise InputError(str(place), f"cannot be made: {error.strerror}") from None
        replace(place / file_of(item_of(found.line)), found.certificate)
    results.add(found.line)


def file_of(item: Item) -> str:
    """The file name of a certificate: `cook2019.json`, `cook2019-degree-3.json`."""
    name = Path(item.source).name
    if item.null == WORM:
        return f"{name}.json"
    return f"{name}-{item.null.replace(':', '-')}-{item.twin}.json"


def graph_of(one: Map) -> Graph:
    """The graph of a map.

    Raises:
        InputError: the source or the file of positions has a mistake.
    """
    options = one.options
    layout = recorded(options, Layout())
    circuit = circuit_of(one.path, label="", options=options, layout=layout)
    nulls = {arm.null: null_of(arm.null, positions=arm.positions) for arm in one.arms}
    return Graph(one, counted(circuit, one.weights), digest(circuit), nulls)


def job_of(
    item: Item,
    protocol: Protocol,
    graphs: Mapping[tuple[str, str], Graph],
    certificates: bool,
) -> Job:
    """The job of a measurement; of weights 1 there is no certificate: no file has them."""
    graph = graphs[item.source, item.weights]
    wanted = item.weights == COUNTED and (certificates or item.null == WORM)
    return Job(
        item,
        protocol.digest,
        protocol.seed,
        graph.circuit,
        graph.digest,
        graph.map.options,
        graph.nulls.get(item.null),
        wanted,
    )


def check_sources(
    results: Appended[Item],
    protocol: Protocol,
    graphs: Mapping[tuple[str, str], Graph],
) -> None:
    """Raise InputError if a line is of no item of the protocol, or of other files."""
    wanted = {*protocol.items()}
    for item, line in results.lines.items():
        if item not in wanted:
            seen = f"{item.text} is not in the protocol"
            raise InputError(str(results.path), seen, "write to another folder")
        graph = graphs[item.source, item.weights]
        null = graph.nulls.get(item.null)
        positions = null.positions.digest if null and null.positions else ""
        for key, now in (
            ("source_digest", graph.digest),
            ("positions_digest", positions),
        ):
            if line.get(key, "") != now:
                seen = f"{item.text} was measured on another file than there is now"
                hint = "bring the file back, or write to another folder"
                raise InputError(str(results.path), seen, hint)
