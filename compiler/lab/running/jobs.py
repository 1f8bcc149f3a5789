"""Jobs side by side in processes of this machine, scheduled by `concurrent.futures`.

A job that fails ends all.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from typing import TYPE_CHECKING, Any

from ...errors import InputError

if TYPE_CHECKING:
    from ..protocol.protocol import Sample
    from .data import Splits
    from .worker import Job

RESUME = "what was finished is kept; give the same command again"

images: dict[Sample, Splits] = {}  # of a worker process


def initialise(source: str, samples: Sequence[Sample]) -> None:
    """Ignore Ctrl-C, exit with the parent, use one torch thread, load the images."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    parent = multiprocessing.parent_process()
    if parent is not None:
        follow = threading.Thread(target=end_with, args=(parent.sentinel,), daemon=True)
        follow.start()
    for sample in samples:
        import torch

        from .data import load

        torch.set_num_threads(1)
        images[sample] = load(source, sample.kind).choose(*sample.counts)


def end_with(sentinel: int) -> None:
    """Exit when the process of the sentinel has ended, however it did."""
    connection.wait([sentinel])
    os._exit(1)


def run_in_worker(job: Job) -> dict[str, Any]:
    """Make a run in a worker process; its line of the results file."""
    from .worker import work

    return work(job, images[job.sample])


@contextmanager
def pool(
    count: int, source: str = "", samples: Sequence[Sample] = ()
) -> Iterator[ProcessPoolExecutor]:
    """Worker processes, spawned, so that they share no state with this one.

    An error that leaves the context ends them at once.

    Args:
        source: of the images that each process loads, as `data.load` takes it.
        samples: of them, that jobs see.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # before a worker loads torch
    workers = ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=initialise,
        initargs=(source, samples),
    )
    try:
        yield workers
    except BaseException:
        workers.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        workers.shutdown()


def each(
    workers: ProcessPoolExecutor, step: Callable[[Any], Any], items: Sequence[Any]
) -> Iterator[Any]:
    """The results of a step on all items, in the order in which they finish.

    Raises:
        InputError: a worker was killed. The first error of a step, as it is.
    """
    futures: list[Future[Any]] = [workers.submit(step, item) for item in items]
    try:
        for future in as_completed(futures):
            yield future.result()
    except BrokenProcessPool:
        seen = "a worker process was killed, or could not start: out of memory?"
        raise InputError("--jobs", seen, f"fewer --jobs; {RESUME}") from None
