"""Jobs on a Ray cluster, which schedules them. A job that fails ends all."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...errors import InputError, UsageError
from .jobs import RESUME

if TYPE_CHECKING:
    from ..protocol.protocol import Sample
    from .data import Splits
    from .worker import Job

SECONDS = 10.0  # that a cluster may take to answer


def on_ray(
    ray: Any, jobs: Sequence[Job], images: Mapping[Sample, Splits], *, gpus: float = 0.0
) -> Iterator[dict[str, Any]]:
    """The results lines of all jobs, in the order in which they finish.

    The nodes need this version of elegansc with the extra `lab`.

    Args:
        ray: the module, as `connected` gives it.
        images: by sample; put into the cluster's memory once.
        gpus: that each job asks for.

    Raises:
        InputError: a job failed, or was lost.
    """

    def start() -> list[Any]:
        stored = {sample: ray.put(splits) for sample, splits in images.items()}
        step = ray.remote(num_cpus=1, num_gpus=gpus, max_retries=3)(run_on_node)
        return [step.remote(job, stored[job.sample]) for job in jobs]

    yield from finished(ray, start)


def finished(ray: Any, start: Callable[[], list[Any]]) -> Iterator[Any]:
    """The results of remote steps, in the order in which they finish.

    Args:
        start: starts them, and gives what stands for their results.

    Raises:
        InputError: a job failed, or was lost.
    """
    try:
        waiting = start()
        while waiting:
            done, waiting = ray.wait(waiting)
            yield ray.get(done[0])
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, InputError):
            raise error.cause from None
        raise
    except ray.exceptions.RayError as error:
        seen = f"a job was lost: {str(error).splitlines()[0]}"
        raise InputError("--ray", seen, RESUME) from None


def run_on_node(job: Job, splits: Splits) -> dict[str, Any]:
    """Make a run on a node of the cluster; its line of the results file."""
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
        UsageError: not installed. InputError: no cluster answers; nothing was started.
    """
    try:
        import ray
    except ImportError:
        raise UsageError("--ray: Ray is not installed; pip install ray") from None
    check_answers(address)
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


def check_answers(address: str) -> None:
    """Raise InputError if no Ray answers at HOST:PORT; `ray.init` would wait minutes."""
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
    if not address.startswith("ray://") and health_check_hangs(address):
        raise unreachable(address, "what listens there does not speak as Ray does")


def health_check_hangs(address: str) -> bool:
    """Whether Ray's own health check gets no answer in time, neither good nor bad."""
    check = [sys.executable, "-m", "ray.scripts.scripts", "health-check"]
    try:
        command = [*check, "--address", address]
        subprocess.run(command, capture_output=True, timeout=3 * SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def unreachable(address: str, why: str) -> InputError:
    """The error that no cluster answers at an address."""
    hint = "nothing was started; is `ray start --head` running there?"
    return InputError(f"--ray {address}", f"no Ray cluster answers: {why}", hint)
