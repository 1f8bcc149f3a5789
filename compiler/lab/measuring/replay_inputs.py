"""The inputs of a replay: model, recording, positions; all read before the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...errors import InputError, UsageError
from ...module.read import CircuitModel
from ...names import plural
from ...readers.positions import Positions, read_positions
from ..protocol.pulse import ANATOMY
from ..protocol.replaying import LEARNT, Fit, ReplayProtocol
from ..scoring.recording import Recording, Told, recorded
from ..scoring.replay import LEVEL, RESAMPLES
from ..scoring.traces import Traces, read_traces
from .inputs import check_conductances, read_leaky

BEFORE = 100  # samples that a network runs before the first that is scored
FEWEST = 20  # samples that are scored, at least
STATISTICS: Mapping[str, float] = {"resamples": RESAMPLES, "interval": LEVEL}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run; attributes as of `ReplayProtocol`."""

    conductances: tuple[float, ...]
    fit: Fit | None
    by: str
    halves: int
    width: float
    count: int
    seed: int


@dataclass(frozen=True, slots=True)
class ReplayInputs:
    """What a replay is made of.

    Attributes:
        recording: of the model's neurons; told: what became of all traces.
        weights: "", as no checkpoint is read.
    """

    model: CircuitModel
    traces: Traces
    positions: Positions
    recording: Recording
    told: Told
    plan: Plan
    weights: str = ""

    @property
    def conductances(self) -> tuple[float, ...]:
        """Of a unit of a junction's weight; the first is the primary one."""
        own = self.plan.conductances
        return own or ((1.0,) if self.plan.fit else (1.0, 0.1, 10.0))

    @property
    def fit(self) -> int:
        """Number of samples that are fitted to."""
        return self.plan.fit.samples if self.plan.fit else 0

    @property
    def first(self) -> int:
        """The first sample that is scored, from 0."""
        return self.fit or BEFORE

    @property
    def begin(self) -> int:
        """The sample that a network that is scored starts at, from 0."""
        return max(0, self.first - BEFORE)

    def protocol(self) -> ReplayProtocol:
        """The protocol of the run."""
        head, traces, plan = self.model.header, self.traces, self.plan
        return ReplayProtocol(
            {"label": head.label, "source": head.source, "body": head.body},
            {
                "label": traces.label,
                "digest": traces.digest,
                "dataset": traces.dataset,
                "labels": dict(traces.labels),
            },
            {"label": self.positions.label, "digest": self.positions.digest},
            LEARNT if plan.fit else ANATOMY,
            plan.fit,
            self.conductances,
            *(plan.by, plan.halves, self.first, self.begin, plan.width),
            *(plan.count, plan.seed, STATISTICS),
        )


def read_replay(
    model: str,
    traces: str,
    positions: str,
    plan: Plan,
    *,
    dataset: str = "",
    labels: str = "",
    across: bool = False,
) -> ReplayInputs:
    """Read all inputs of a replay.

    Args:
        model, traces, positions: paths.
        dataset, labels, across: as of `read_traces`.

    Raises:
        UsageError: a number of the plan can not be.
        InputError: a file has a mistake, or the recording is too short or of others.
    """
    check_conductances(plan.conductances)
    fit = plan.fit
    if fit and fit.samples < fit.window:
        wants = f"it trains on windows of {fit.window} samples"
        raise UsageError(f"--fit {fit.samples}: {wants}")
    read = read_leaky(model)
    place = read_positions(positions)
    seen = read_traces(traces, dataset=dataset, labels=labels, across=across)
    check_long(traces, len(seen.values), fit.samples if fit else 0)
    recording, told = recorded(
        seen, read.cells.name, place, read.header.label, fit.samples if fit else 0
    )
    return ReplayInputs(read, seen, place, recording, told, plan)


def check_long(path: str, samples: int, fit: int) -> None:
    """Raise InputError if a recording is too short."""
    least = (fit or BEFORE) + FEWEST
    if samples < least:
        before = f"the first {fit or BEFORE} are "
        before += "fitted to" if fit else "for the network to settle"
        seen = f"{plural(samples, 'sample')}: {before}, {FEWEST} at least are scored"
        hint = (
            "--fit takes fewer" if fit else "are samples along the other axis? --time"
        )
        raise InputError(path, seen, hint)
