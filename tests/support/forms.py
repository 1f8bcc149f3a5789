"""Every form of a generated module, each built once: what the table of manners runs on."""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from support import toy
from support.search import short_search
from torch import Tensor, nn

import elegansc

WIDE: dict[str, object] = {"features": 8, "unit": "linear"}
# In three levels A and B share one, so that their junction stands in LATERAL.
FEW = """\
pre,post,kind,weight
S1,A,chemical,5
A,M1,chemical,4
S1,B,chemical,3
B,M1,chemical,2
A,B,electrical,1
S1,A,electrical,3
S1,B,electrical,4
M1,A,chemical,1
A,SX,chemical,2
S2,SX,chemical,2
"""
OPTIONS: dict[str, dict[str, object]] = {
    "scalar": {},
    "scalar-wide": {"features": 4},
    "linear": {"features": 4, "unit": "linear"},
    "linear-one": {"unit": "linear"},
    "gated": {"features": 4, "merge": "gated", "norm": "layer", "activation": "silu"},
    "product": {"features": 4, "merge": "product", "norm": "layer"},
    "relu": {"activation": "relu"},
    "counts": {"init": "counts"},
    "delay": {"feedback": "delay"},
    "delay-linear": {"feedback": "delay", "features": 4, "unit": "linear"},
    "delay-lateral": {"feedback": "delay", "max_levels": 3},
    "file": {"tables": "file"},
    "file-linear": {"tables": "file", "features": 4, "unit": "linear"},
    "file-delay": {"tables": "file", "feedback": "delay", "init": "counts"},
    "leaky": {"dynamics": "leaky"},
    "leaky-counts": {"dynamics": "leaky", "init": "counts", "substeps": 2},
    "clamped": {"dale": "clamped"},
    "tied-delay": {"tie": "all", "init": "counts", "feedback": "delay"},
    "tied-leaky": {
        "dynamics": "leaky",
        "init": "counts",
        "dale": "clamped",
        "tie": "all",
        "tie_tau": "all",
    },
    "published": {**WIDE, "lowering": "published", "norm": "layer"},
    **{
        f"m1-{readout}": {**WIDE, "task": "cifar10", "width": 4, "readout": readout}
        for readout in ("attention", "mean", "concat")
    },
    "m1-published": {
        **WIDE,
        "task": "cifar10",
        "width": 4,
        "lowering": "published",
        "norm": "layer",
    },
    "m2": {**WIDE, "task": "mnist", "width": 4},
    "routed": {"task": "mnist-routed"},
}
WHOLE = {
    "cifar10": ("ElegansNetM1", (3, 32, 32)),
    "mnist": ("ElegansNetM2", (1, 28, 28)),
    "mnist-routed": ("RoutedDigits", (1, 28, 28)),
}


@dataclass(frozen=True)
class Form:
    """A module of the toy under some options."""

    name: str
    module: ModuleType

    @property
    def task(self) -> str:
        """The task around the network, or "none"."""
        task: str = self.module.OPTIONS.get("task", "none")
        return task

    @property
    def delay(self) -> bool:
        """Whether `forward` takes a state."""
        return self.module.OPTIONS.get("feedback") == "delay"

    @property
    def by_hand(self) -> bool:
        """Whether it takes `current`, `alive` and `held` as levels do."""
        return hasattr(self.module, "BY_HAND")

    @property
    def leaky(self) -> bool:
        """Whether it steps through time."""
        return self.module.OPTIONS.get("dynamics") == "leaky"

    def network(self, seed: int = 0, **keywords: Any) -> Any:
        """An instance that evaluates, its draws repeatable."""
        name = WHOLE[self.task][0] if self.task in WHOLE else "Toy"
        torch.manual_seed(seed)
        return getattr(self.module, name)(**keywords).eval()

    def inner(self, net: Any) -> Any:
        """The network itself, without the task around it."""
        return net.network if self.task in WHOLE else net

    def arguments(
        self, batch: int, seed: int = 1, **keywords: Any
    ) -> tuple[Tensor, ...]:
        """What `forward` takes; of a task, images."""
        if self.task not in WHOLE:
            return toy.arguments(self.module, batch, **keywords)
        drawn = torch.Generator().manual_seed(seed)
        return (torch.rand(batch, *WHOLE[self.task][1], generator=drawn, **keywords),)


@cache
def form(name: str) -> Form:
    """A form by name, built once a session."""
    with tempfile.TemporaryDirectory() as folder, short_search(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # roles are guessed
        path = Path(folder, "toy.csv")
        path.write_text(FEW if name == "delay-lateral" else toy.EDGES)
        model = elegansc.compile(
            path,
            name="Toy",
            roles_table="structure",
            inputs=["S*"],
            outputs=["M*", "SX"],
            **OPTIONS[name],  # type: ignore[arg-type]
        )
    found = Form(name, toy.load(model.page, model.tables))
    assert bool(getattr(found.module, "LATERAL", {})) == (name == "delay-lateral")
    return found


def each_form(*without: str) -> pytest.MarkDecorator:
    """Parametrise a test by the names of all forms, but for some."""
    names = [name for name in OPTIONS if name not in without]
    return pytest.mark.parametrize("name", names)


def tensors(outputs: Any) -> tuple[Tensor, ...]:
    """What `forward` gives, always as a tuple."""
    return outputs if isinstance(outputs, tuple) else (outputs,)


def loss(outputs: Any) -> Tensor:
    """One number of whatever `forward` gives."""
    return torch.stack([part.float().square().sum() for part in tensors(outputs)]).sum()


def trained(net: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that training changes, by name; those of a routed encoder are given."""
    return {n: part for n, part in net.named_parameters() if part.requires_grad}


def places(net: nn.Module) -> dict[str, int]:
    """Where each parameter and each index lies in memory, by name."""
    found = {name: part.data_ptr() for name, part in net.named_parameters()}
    for name, part in indices(net).items():
        found[name] = part.data_ptr()
    return found


def indices(net: nn.Module) -> dict[str, Tensor]:
    """The index tensors of all networks in a module, by name."""
    return {
        f"{name}.{key}": value
        for name, part in net.named_modules()
        for key, value in vars(part).items()
        if isinstance(value, Tensor)
    }
