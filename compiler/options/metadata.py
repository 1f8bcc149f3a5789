"""Fields of Options: the group and the help that the command line shows of each."""

from __future__ import annotations

from dataclasses import field
from typing import TypeVar

T = TypeVar("T")

HEADINGS = {  # of the groups of options in a help page, in its order
    "graph": "Graph (which cells and synapses)",
    "reading": "Reading the file (where its content does not tell)",
    "order": "Order (which synapses run forward)",
    "model": "Model (what a neuron computes)",
    "task": "Task (images in, classes or images out)",
}


def option(group: str, default: T, help: str, metavar: str = "") -> T:
    """A field of Options.

    Args:
        group: its heading, a key of HEADINGS.
        help: what it does to the network, for the command line.
        metavar: stands for its value there; "": its choices, or none.
    """
    told = {"group": group, "help": help, "metavar": metavar or None}
    found: T = field(default=default, metadata=told)
    return found


def of_graph(default: T, help: str, metavar: str = "") -> T:
    """An option of the graph."""
    return option("graph", default, help, metavar)


def of_reading(default: T, help: str, metavar: str = "") -> T:
    """An option of how a file is read."""
    return option("reading", default, help, metavar)


def of_order(default: T, help: str, metavar: str = "") -> T:
    """An option of the order."""
    return option("order", default, help, metavar)


def of_model(default: T, help: str, metavar: str = "") -> T:
    """An option of what the model computes."""
    return option("model", default, help, metavar)


def of_task(default: T, help: str, metavar: str = "") -> T:
    """An option of the task around the network."""
    return option("task", default, help, metavar)
