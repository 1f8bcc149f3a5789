"""Log a training by the loggers of Lightning Fabric: a CSV table, or TensorBoard."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lightning_fabric import Fabric

from ...errors import CompilerError, InputError
from ..protocol.protocol import Run
from .training import Epoch, Outcome

LOGGERS = ("csv", "tensorboard")
WRITERS = ("tensorboard", "tensorboardX")  # Fabric takes either
TABLE, EVENTS = "metrics.csv", "events.out.tfevents.*"


def check_logger(kind: str) -> None:
    """Raise CompilerError unless the package of a logger is installed."""
    if kind == "tensorboard" and not any(map(find_spec, WRITERS)):
        hint = "pip install tensorboardX (the extra tensorboard), or --logger csv"
        raise CompilerError(
            f"--logger tensorboard needs a writer of event files: {hint}"
        )


def log_folder(output: str, folder: str, run: Run, force: bool) -> Path:
    """The folder of a run's log: `FOLDER/cifar10-worm-seed-0`.

    Args:
        output: the results file; without a folder, logs stand beside it.

    Raises:
        InputError: a log is there already, and not to be replaced.
    """
    place = Path(folder) if folder else Path(output).with_suffix(".logs")
    found = place / f"{run.task}-{run.arm}-seed-{run.seed}"
    older = [*found.glob(TABLE), *found.glob(EVENTS)]
    if older and not force:
        hint = "--force replaces it; or another --seed or --logs"
        raise InputError(str(older[0]), "is there already", hint)
    return found


def logger_of(kind: str, folder: Path, *, force: bool) -> Any:
    """The logger of Fabric that writes to a folder; an older log there is removed.

    Raises:
        InputError: the folder can not be made, or an older log not be removed.
    """
    from lightning_fabric.loggers.csv_logs import CSVLogger
    from lightning_fabric.loggers.tensorboard import TensorBoardLogger

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for older in (*folder.glob(TABLE), *folder.glob(EVENTS)):
            if force:
                older.unlink()
    except OSError as error:
        seen = f"cannot be written: {error.strerror}"
        raise InputError(str(folder), seen, "name another --logs") from None
    where: dict[str, Any] = {
        "root_dir": folder.parent,
        "name": None,
        "version": folder.name,
    }
    if kind == "csv":
        return CSVLogger(**where, flush_logs_every_n_steps=1)
    return TensorBoardLogger(**where, flush_secs=1)


def log_epoch(fabric: Fabric, epoch: Epoch, metric: str) -> None:
    """Log loss and validation score of an epoch; what is not finite is left out."""
    found = {
        "train_loss": epoch.train_loss,
        f"validation_{metric}": epoch.validation,
    }
    put(fabric, {k: v for k, v in found.items() if v is not None}, epoch.epoch)


def log_outcome(fabric: Fabric, outcome: Outcome) -> None:
    """Log the test scores at the best epoch, and finish the log."""
    scores = {f"test_{name}": value for name, value in outcome.test.items()}
    put(fabric, scores, outcome.best_epoch)
    for logger in fabric.loggers:
        logger.finalize("success" if outcome.status == "finished" else "failed")


def put(fabric: Fabric, values: dict[str, float], step: int) -> None:
    """Log values of a step, if there are any.

    Raises:
        InputError: the log can not be written.
    """
    try:
        if values:
            fabric.log_dict(values, step)
    except OSError as error:
        place = str(fabric.logger.log_dir)
        raise InputError(place, f"cannot be written: {error.strerror}") from None
