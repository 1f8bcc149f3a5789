"""Jobs side by side: in processes of this machine, or on a Ray cluster.

Nothing here schedules: `concurrent.futures` and Ray do. A job that fails ends all.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import connection
from typing import TYPE_CHECKING, Any

from ...errors import InputError, UsageError

if TYPE_CHECKING:
    from .data import Splits
    from .worker import Job

SECONDS = 10.0  # that a cluster may take to answer
CAN = "what was finished is kept; give the same command again"

held: dict[str, Splits] = {}  # images by task, of a worker process


def start(source: str, sizes: Mapping[str, tuple[int, int, int, int]]) -> None:
    """Make a worker ready: its end is its parent's to say; one thread; its images."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    parent = multiprocessing.parent_process()
    if parent is not None:
        follow = threading.Thread(target=end_with, args=(parent.sentinel,), daemon=True)
        follow.start()
    for task, counts in sizes.items():
        import torch

        from .data import load

        torch.set_num_threads(1)
        held[task] = load(source, task).choose(*counts)


def end_with(sentinel: int) -> None:
    """End this process when the other has ended, however that came."""
    connection.wait([sentinel])
    os._exit(1)


def here(job: Job) -> dict[str, Any]:
    """A run in a worker process."""
    from .worker import work

    return work(job, held[job.run.task])


@contextmanager
def pool(
    count: int,
    source: str = "",
    sizes: Mapping[str, tuple[int, int, int, int]] | None = None,
) -> Iterator[ProcessPoolExecutor]:
    """Worker processes; each starts anew, so that no state of this one is in it.

    They are ended, whatever they do, if an error leaves the context.

    Args:
        source, sizes: the images that each loads: from where, and by task how many for
            training, validation and test, and the seed of the choice.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # before a worker loads torch
    workers = ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=start,
        initargs=(source, sizes or {}),
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
    """The results of a step on all items, as they come.

    Raises:
        InputError: a worker was killed. Whatever a step raises: the first.
    """
    futures: list[Future[Any]] = [workers.submit(step, item) for item in items]
    try:
        for future in as_completed(futures):
            yield future.result()
    except BrokenProcessPool:
        seen = "a worker process was killed, or could not start: out of memory?"
        raise InputError("elegansc lab", seen, f"fewer --jobs; {CAN}") from None


def on_ray(
    ray: Any, jobs: Sequence[Job], images: Mapping[str, Splits], *, gpus: float = 0.0
) -> Iterator[dict[str, Any]]:
    """The lines of all jobs, as they come, from a Ray cluster.

    The nodes need this version of elegansc with the extra `lab`.

    Args:
        ray: `connected`.
        images: by task; put into the cluster's memory once.
        gpus: of one job.

    Raises:
        InputError: a job failed, or was lost.
    """
    try:
        stored = {task: ray.put(splits) for task, splits in images.items()}
        step = ray.remote(num_cpus=1, num_gpus=gpus, max_retries=3)(there)
        waiting = [step.remote(job, stored[job.run.task]) for job in jobs]
        while waiting:
            done, waiting = ray.wait(waiting)
            yield ray.get(done[0])
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, InputError):
            raise error.cause from None
        raise
    except ray.exceptions.RayError as error:
        seen = f"a job was lost: {str(error).splitlines()[0]}"
        raise InputError("--ray", seen, CAN) from None


def there(job: Job, splits: Splits) -> dict[str, Any]:
    """A run on a node of the cluster."""
    import torch

    from .worker import work

    torch.set_num_threads(1)
    return work(job, splits)


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Ray, connected to a cluster until the context ends.

    Args:
        address: HOST:PORT, auto, ray://HOST:PORT, or local: a cluster of this machine.

    Raises:
        UsageError: not installed. InputError: nobody answers there; nothing was started.
    """
    try:
        import ray
    except ImportError:
        hint = "pip install 'elegansc[cluster]'"
        raise UsageError(f"--ray: Ray is not installed; {hint}") from None
    answers(address)
    settings: dict[str, Any] = (
        {"include_dashboard": False} if address == "local" else {}
    )
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **settings)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise unreachable(address, why) from None
    try:
        yield ray
    finally:
        ray.shutdown()


def answers(address: str) -> None:
    """Raise InputError where no Ray answers at HOST:PORT: `ray.init` waits minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon:
        return
    if not port.isdecimal():
        raise unreachable(address, f"{port!a} is no port")
    try:
        socket.create_connection((host.strip("[]"), int(port)), SECONDS).close()
    except (OSError, ValueError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise unreachable(address, why) from None
    if not address.startswith("ray://") and silent(address):
        raise unreachable(address, "what listens there does not speak as Ray does")


def silent(address: str) -> bool:
    """Whether Ray's own health check gets no answer, be it good or bad."""
    check = [sys.executable, "-m", "ray.scripts.scripts", "health-check"]
    try:
        command = [*check, "--address", address]
        subprocess.run(command, capture_output=True, timeout=3 * SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def unreachable(address: str, why: str) -> InputError:
    """Nobody answers."""
    hint = "nothing was started; is `ray start --head` running there?"
    return InputError(f"--ray {address}", f"no Ray cluster answers: {why}", hint)
