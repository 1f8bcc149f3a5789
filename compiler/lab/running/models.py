"""Task models: read, proved to be ours, and only then run."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import types
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from ...errors import InputError
from ...module.docstring import conducting
from ...module.emit import emit
from ...module.read import Model
from ...options import Options
from ...sources import untouched
from ...verification.reading import differs
from .controls import control, count

WHOLE = {"cifar10": "ElegansNetM1", "mnist": "ElegansNetM2"}


@dataclass(frozen=True, slots=True)
class Network:
    """A task model whose bytes are what elegansc emits for its tables."""

    model: Model
    module: types.ModuleType

    @property
    def task(self) -> str:
        """cifar10 or mnist."""
        return self.model.options.task

    def make(self, arm: str, seed: int) -> nn.Module:
        """The whole, or the control that the arm names, with start values of a seed."""
        options, tables = self.model.options, self.model.tables
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            whole: nn.Module = getattr(self.module, WHOLE[self.task])()
            return control(whole, arm, len(tables.motor), options.features)

    def facts(self, arm: str, whole: nn.Module) -> dict[str, Any]:
        """What a results line says of graph and model; of no graph where none is used."""
        plan, head = self.model.plan, self.model.header
        edges = [len(plan.forward), len(plan.feedback)]
        coupled = [len(plan.junctions), len(plan.lateral)]
        facts: dict[str, Any] = {
            "graph_digest": head.source,
            "model_digest": head.body,
            "neurons": len(plan.cells),
            "live": int(plan.live.sum()),
            "synapses_kept": sum(conducting(plan, self.model.options)),
            "synapses": sum(edges + coupled),
            "backward_share": backward_share(self.model),
            "depth": len(plan.level_start) - 1,
        }
        if arm in ("identity", "mlp"):
            facts |= dict.fromkeys([key for key in facts if "digest" not in key])
        return {**facts, "parameters": count(whole)}


def backward_share(model: Model) -> float:
    """The share of the chemical weight that runs backward, self-loops apart."""
    forward, back = model.plan.forward, model.plan.feedback
    proper = back.pre != back.post
    lost = float(back.weight[proper].sum())
    whole = lost + float(forward.weight.sum())
    return lost / whole if whole else 0.0


class Source(importlib.abc.SourceLoader):
    """Imports the very bytes that were proved, from no file."""

    def __init__(self, data: bytes, label: str) -> None:
        self.data, self.label = data, label

    def get_data(self, path: Any) -> bytes:
        """The bytes."""
        return self.data

    def get_filename(self, fullname: str) -> str:
        """What a traceback shows."""
        return self.label


def proved(data: bytes, label: str) -> Model:
    """A task model that is, byte for byte, what elegansc emits for its tables.

    Raises:
        InputError: it is not, or it is a model without a task.
    """
    model = untouched(data, label, Options())
    artifact = emit(model.plan, options=model.options, name=model.name)
    again = next(iter(artifact.files.values()))
    data = data.replace(b"\r\n", b"\n")
    if again != data:
        hint = "only what is proved ours is run; compile its source again"
        raise InputError(label, differs(data, again), hint)
    if model.options.task not in WHOLE:
        hint = f"compile it with --task {' or --task '.join(WHOLE)}"
        raise InputError(label, "a model without a task", hint)
    return model


def load(data: bytes, label: str) -> Network:
    """Prove a task model, then import it.

    Raises:
        InputError: it is not ours, was changed, or has no task.
    """
    model = proved(data, label)
    name = f"elegansc_model_{model.header.body}"
    loader = Source(data, label)
    spec = importlib.machinery.ModuleSpec(name, loader, origin=label)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return Network(model, module)
