"""The arms that put something else in the place of a task's network.

Of these `randwire`, `delay` and `published` are networks that elegansc compiles; the others
have no graph, but `frozen`, which is the network itself.
"""

from __future__ import annotations

from ...options import Options
from ...options.choices import ROUTED

RANDWIRE, DELAYED, SWEPT = "randwire", "delay", "published"
COMPILED = (RANDWIRE, DELAYED, SWEPT)
WITHOUT_GRAPH = ("mlp", "identity", "linear", "convolution")
CONTROLS = (*WITHOUT_GRAPH, "frozen", *COMPILED)
UNROUTED = ("convolution", *COMPILED)  # not of a task whose sensors have own inputs
STEPS = 2  # of the arm delay: how long the image stays

OF_TASKS = ("task", "readout", "width")
OF_NEURONS = ("features", "unit", "activation")


def options_in_place(options: Options, arm: str) -> Options:
    """The options of a compiled arm, by those of the task's models.

    Raises:
        UsageError: they do not go together.
    """
    changed = options.changed()
    if arm == DELAYED:
        kept = {name: value for name, value in changed.items() if name not in OF_TASKS}
        return Options.of({**kept, "feedback": "delay"})
    own = {name: changed[name] for name in OF_NEURONS if name in changed}
    if arm == SWEPT:
        return Options.of({**own, "lowering": "published", "norm": "layer"})
    return Options.of({**own, "merge": "gated", "norm": options.norm})


def check_arm(options: Options, arm: str) -> tuple[str, str] | None:
    """What is wrong with a control of models of these options, and what to do.

    Raises:
        UsageError: the arm's own options do not go together.
    """
    if options.task == ROUTED and arm in UNROUTED:
        seen = f"{ROUTED} gives each sensory neuron an input of its own"
        return seen, "it is an arm of cifar10 and mnist"
    if arm in COMPILED:
        options_in_place(options, arm)
    return None
