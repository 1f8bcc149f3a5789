"""Prove that a generated module is what its tables say. Nothing unproved is run.

(a) read it by `ast`: digests, tables, levels, UNUSED, the graph's digest
(b) emit it again from its tables: the bytes must be equal, or differ as an older form or
    another layout does
(c) only then run what was emitted, in a process of its own, with random gains, biases and
    inputs, against `interpret`: values and gradients, in float64 and float32
(d) with a source at hand: parse that again, and compare edge by edge
"""

from __future__ import annotations

from dataclasses import replace

from ..errors import InputError, UsageError
from ..module.emit import in_file
from ..module.forms import emit_again
from ..module.read import CircuitModel, Model, read_module
from ..semantics.registry import semantics_of
from . import running_leaky, running_sweep
from .check import Check
from .reading import as_emitted, certified, claimed, static
from .running import run
from .running_arrays import run as run_sample
from .source import Against, compare

__all__ = ["Against", "Check", "prove", "static"]


def prove(
    data: bytes,
    label: str,
    *,
    against: Against | None = None,
    trust: bool = False,
    seed: int = 0,
    certificate: tuple[bytes, str] | None = None,
    beside: bytes | None = None,
    native: bool = False,
) -> list[Check]:
    """All checks, in order; those after a failure that they rest on are not made.

    Args:
        data: the bytes of the module.
        trust: run the file itself, though its bytes are not what elegansc emits today.
        certificate: its bytes and its label: that its minimum is one.
        beside: the file of its tables; None: it is looked for beside the label.
        native: run it a second time, swept by C.

    Raises:
        InputError: not a module of ours at all.
    """
    module = readable(data, label, beside)
    if isinstance(module, CircuitModel):
        semantics = semantics_of(module.options)
        if certificate is not None:
            seen = "breaks no cycle, so no order has a certificate"
            raise UsageError(f"--certificate: {semantics.asked} {seen}")
        proved = running_leaky.proved if semantics.currents else running_sweep.proved
        checks = [*proved(data, module, trust=trust, seed=seed, native=native)]
        return checks + ([compare(module, against)] if against is not None else [])
    checks = [*static(data, label, beside)]
    failed = any(not check.passed for check in checks)
    model = module if not failed or trust else None
    if model is not None:
        again = emit_again(model)
        stands = as_emitted(model.header, again.page)
        checks += [stands, *claimed(model)]
        if stands.passed or trust:
            whole = replace(again, files={**again.files, f"{model.name}.py": data})
            tried = run_sample if is_large(model) else run
            checks += tried(whole if trust else again, model, seed, native=native)
    if certificate is not None and module is not None:
        checks += certified(module, *certificate)
    if against is not None and module is not None:
        checks.append(compare(module, against))
    return checks


def is_large(model: Model) -> bool:
    """Whether a graph is larger than what the interpreter of single synapses is run on."""
    return in_file(model.plan, replace(model.options, tables="auto"))


def readable(
    data: bytes, label: str, beside: bytes | None = None
) -> Model | CircuitModel | None:
    """The module as data, where its tables can be read."""
    try:
        return read_module(data, label, beside)
    except InputError:
        return None
