"""Import task models: what elegansc emits for their tables is run, and nothing else."""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from ...errors import InputError
from ...ir.artifact import Artifact
from ...ir.stages import Sweep
from ...module.forms import OLDER, form
from ...module.importing import run, unrun
from ...module.read import (
    CircuitModel,
    Model,
    check_signed,
    levelled,
    read_consistent,
)
from ...options.choices import ROUTED
from ...passes.published_sweep import DESCRIBED, published_sweep
from ...semantics.registry import semantics_of
from ...sources import check_unedited, emit_again
from ...verification.reading import static
from ..protocol.protocol import WORM
from ..protocol.replaced import COMPILED, WITHOUT_GRAPH
from .controls import control, routed_control
from .costs import multiply_adds
from .data import shape_of
from .replacements import count

WHOLE = {"cifar10": "ElegansNetM1", "mnist": "ElegansNetM2", ROUTED: "RoutedDigits"}


@dataclass(frozen=True, slots=True)
class TaskModel:
    """A task model, read and imported; with levels, or a published sweep.

    Attributes:
        graph: the numbers of its graph, as a results line has them.
    """

    model: Model | CircuitModel
    module: types.ModuleType
    graph: Mapping[str, Any]

    @property
    def task(self) -> str:
        """cifar10, mnist or mnist-routed."""
        return self.model.options.task

    def make(self, arm: str, seed: int) -> nn.Module:
        """The model with start values of a seed, or the control that the arm names."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            whole: nn.Module = getattr(self.module, WHOLE[self.task])()
            if self.task == ROUTED:
                return routed_control(whole, arm)
            return control(whole, arm, self.model, seed)

    def facts(self, arm: str, whole: nn.Module) -> dict[str, Any]:
        """Facts of graph and model for the results line; of the graph where it is the model's.

        `network_parameters` are those of what an arm replaces: all but what all arms share.
        """
        head = self.model.header
        facts: dict[str, Any] = {
            "graph_digest": head.source,
            "model_digest": head.body,
            **self.graph,
        }
        if arm in (*WITHOUT_GRAPH, *COMPILED):
            facts |= dict.fromkeys([key for key in facts if "digest" not in key])
        parameters = count(whole)
        if self.task == ROUTED:
            parameters -= count(whole.get_submodule("encoder"))
            part = parameters
        else:
            plain = self.make(WORM, 0)
            shared = count(plain) - count(plain.get_submodule("network"))
            part = parameters - shared
        return {
            **facts,
            "parameters": parameters,
            "network_parameters": part,
            "multiply_adds": multiply_adds(whole, shape_of(self.task)),
        }


def graph_facts(model: Model | CircuitModel) -> dict[str, Any]:
    """Numbers of neurons and synapses, and how deep: in units, where there are no levels."""
    if isinstance(model, CircuitModel):
        return sweep_facts(published_sweep(model.circuit))
    plan = model.plan
    semantics = semantics_of(model.options)
    edges = [len(plan.forward), len(plan.feedback)]
    coupled = [len(plan.junctions), len(plan.lateral)]
    return {
        "neurons": len(plan.cells),
        "live": int(plan.live.sum()),
        "synapses_kept": sum(semantics.conducting(model.tables.wiring)),
        "synapses": sum(edges + coupled),
        "backward_share": backward_share(model),
        "depth": len(plan.level_start) - 1,
    }


def sweep_facts(sweep: Sweep) -> dict[str, Any]:
    """The same of a published sweep: an edge as often as it is read, depth in units."""
    read = sweep.left >= 0
    used = np.r_[sweep.left, sweep.right, sweep.output]
    history = sweep.history.published_sweep
    assert history is not None  # published_sweep fills it
    return {
        "neurons": len(sweep.cells),
        "live": len(np.unique(sweep.neuron[used[used >= 0]])),
        "synapses_kept": int(read.sum()),
        "synapses": len(sweep.chemical) + len(sweep.junctions),
        "backward_share": None,
        "depth": history.rules[DESCRIBED.name].depth,
    }


def backward_share(model: Model) -> float:
    """The share of the chemical weight that runs backward, self-loops apart."""
    forward, back = model.plan.forward, model.plan.feedback
    proper = back.pre != back.post
    lost = float(back.weight[proper].sum())
    whole = lost + float(forward.weight.sum())
    return lost / whole if whole else 0.0


def checked_model(data: bytes, label: str) -> tuple[Model | CircuitModel, Artifact]:
    """Read a task model; returns it with what is run, the files emitted for its tables.

    Raises:
        InputError: the file was edited by hand, or it is a model without a task.
    """
    model = read_consistent(data, label)
    if semantics_of(model.options).currents:
        levelled(model)
    check_unedited(model)
    check_signed(model)
    again = emit_again(model)
    if isinstance(model, Model) and form(model.header, again.page) == OLDER:
        wrong = [check for check in static(data, label) if not check.passed]
        if wrong:
            hint = "only what is proved ours is run; compile its source again"
            raise InputError(label, wrong[0].detail, hint)
    if model.options.task not in WHOLE:
        hint = f"compile it with --task {' or --task '.join(WHOLE)}"
        raise InputError(label, "a model without a task", hint)
    return model, again


def load(data: bytes, label: str) -> TaskModel:
    """Check a task model, then import what elegansc emits for its tables.

    Raises:
        InputError: it is not generated, was edited, is leaky, or has no task.
    """
    model, again = checked_model(data, label)
    module = unrun(f"elegansc_model_{model.header.body}", again.page, label)
    sys.modules[module.__name__] = module  # a sweep looks for its tables there
    run(module, again.tables)
    return TaskModel(model, module, graph_facts(model))
