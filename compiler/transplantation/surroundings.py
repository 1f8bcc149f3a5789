"""The parts around the network of a task model: which of them the new model has too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..module.read import CircuitModel, Model
from ..options import WIDTHS
from ..options.choices import ROUTED

NETWORK = "network."  # where a task model has its network


def unfit(
    entries: Iterable[str],
    at: str,
    old: Model | CircuitModel,
    new: Model | CircuitModel,
) -> Iterator[str]:
    """The entries of parts that the new model has not, or has in another form.

    Args:
        at: the prefix of the network's entries.
    """
    if not f".{at}".endswith(f".{NETWORK}"):
        return
    before, after = parts(old), parts(new)
    sized = old.options.features != new.options.features  # then every part is another
    other = [name for name in before if sized or after.get(name) != before[name]]
    whole = at.removesuffix(NETWORK)
    for entry in entries:
        if entry.startswith(tuple(f"{whole}{name}." for name in other)):
            yield entry


def parts(model: Model | CircuitModel) -> Mapping[str, tuple[object, ...]]:
    """What the form of each part hangs on, beside the features; none without a task."""
    options, tables = model.options, model.tables
    if options.task == "none":
        return {}
    sized = options.task, options.width or WIDTHS[options.task]
    side_by_side = options.readout == "concat"  # a motor neuron's columns are its own
    heard = [neuron for neuron in tables.motor if neuron not in set(tables.unused)]
    readout = options.readout, *(heard if side_by_side else ())
    if options.task == ROUTED:  # a row is a sensory neuron's, a column a motor neuron's
        sensors, motors = (ROUTED, *tables.sensory), (ROUTED, *heard)
        return {"encoder": sensors, "decoder": motors}
    if options.task == "cifar10":
        return {"encoder": sized, "readout": readout, "decoder": (options.task,)}
    layers = {"inner": (), "outer": ()}
    return {"encoder": sized, "readout": readout, "decoder": sized, **layers}
