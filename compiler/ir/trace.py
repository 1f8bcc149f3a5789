"""The trace of a compile: its passes run and verified, its stages kept, its time taken."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar

from ..errors import InputError, UsageError
from ..options import STAGES
from .history import REPORTED
from .invariants import check_invariants
from .text import Stage, text

A = TypeVar("A", bound=Stage)
B = TypeVar("B", bound=Stage)
P = ParamSpec("P")
STEP = logging.getLogger("elegansc.step")  # silent where nobody listens


class Stop(Exception):
    """The stage asked for is reached."""


@dataclass
class Trace:
    """Runs the passes, verifies what each returns, and keeps what was asked for.

    Attributes:
        until: stop after this stage.
        stages: the text of each stage kept, by name, in order.
        seconds: how long each step took, verification included.
        kept: the IR of every stage.
    """

    until: str = "module"
    keep: frozenset[str] = frozenset()
    stages: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    kept: dict[str, Stage] = field(default_factory=dict)

    def run(
        self,
        stage: str,
        step: Callable[Concatenate[A, P], B],
        ir: A,
        *args: P.args,
        **options: P.kwargs,
    ) -> B:
        """Run one pass and verify its result; an error says in which pass it arose."""
        start = time.perf_counter()
        name = REPORTED.get(step.__name__, step.__name__)
        STEP.info("%s", name.replace("_", " "))
        try:
            result = step(ir, *args, **options)
            check_invariants(result)
        except Exception as error:
            if not isinstance(error, InputError | UsageError):
                error.add_note(f"in pass {name}")
            raise
        self.seconds[name] = time.perf_counter() - start
        self.record(stage, result)
        return result

    def record(self, stage: str, ir: Stage) -> None:
        """Keep the text of a stage; stop where asked."""
        self.kept[stage] = ir
        if stage in self.keep:
            self.stages[stage] = text(ir)
        if stage == self.until:
            raise Stop

    def numbered(self) -> Iterator[tuple[str, str]]:
        """(file name, text) of each stage kept: `1_connectome.txt` and so on."""
        for stage, content in self.stages.items():
            yield f"{STAGES.index(stage) + 1}_{stage}.txt", content
