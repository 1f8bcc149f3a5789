"""The process in which a generated module runs, as text for `python -c`."""

# It knows of elegansc only the module it is given, and `native` where that is asked for.
CHILD = """
import importlib.util
import sys

import numpy as np

try:
    import torch
except ImportError:
    sys.exit(3)

path, inputs_path, outputs_path, dtype, kind, *flags, hand = sys.argv[1:]
wide, stateful, native, timed = (flag == "True" for flag in flags)
torch.set_num_threads(1)
dtype = getattr(torch, dtype)
spec = importlib.util.spec_from_file_location("generated", path)
module = sys.modules["generated"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
given = np.load(inputs_path)
net = getattr(module, kind)(dtype=dtype)
with torch.no_grad():
    for key, parameter in net.named_parameters():
        parameter.copy_(torch.from_numpy(given[key]).reshape(parameter.shape))
if native:
    import warnings

    import elegansc

    warnings.simplefilter("error", elegansc.CompilerWarning)
    try:
        built = elegansc.native(net).sweeper.ready(dtype)
        reason = None if built else "ELEGANSC_NATIVE=0"
    except (elegansc.CompilerWarning, elegansc.UsageError) as seen:
        reason = seen
    if reason:
        print(reason, file=sys.stderr)
        sys.exit(4)
load = lambda key: torch.from_numpy(given[key]).to(dtype)
narrow = (lambda x: x) if wide else (lambda x: x.squeeze(-1))
widen = (lambda x: x) if wide else (lambda x: x.unsqueeze(-1))

def stepped(inputs, state, **by_hand):
    outputs, states = [], []
    for step in range(inputs.shape[0]):
        given = narrow(inputs[step])
        if stateful:
            output, state = net(given, state, **by_hand)
        else:
            output, state = net(given, **by_hand), net.activity(given, **by_hand)
        outputs.append(widen(output))
        states.append(widen(state))
    return torch.stack(outputs), torch.stack(states)


def run(**by_hand):
    inputs = load("inputs").requires_grad_()
    start = load("start").requires_grad_()
    if timed:
        outputs, last = net(inputs, start, **by_hand)
        states = net.activity(inputs, start, **by_hand)
        assert torch.equal(states[:, -1], last)
    else:
        outputs, states = stepped(inputs, narrow(start), **by_hand)
    free = {**dict(net.named_parameters()), "inputs": inputs, **by_hand}
    free.pop("held", None)
    if stateful:
        free["start"] = start
    loss = (outputs * load("cotangent")).sum()
    slopes = torch.autograd.grad(loss, list(free.values()), allow_unused=True)
    found = {"outputs": outputs.detach(), "states": states.detach()}
    for (key, value), slope in zip(free.items(), slopes):
        found[key] = torch.zeros_like(value) if slope is None else slope
    if "current" in found:
        found["current"] = widen(found["current"])
    return found


found = run()
ways = {"levels: ": (module, "exporting"), "compiled: ": (torch.compiler, "is_compiling")}
for way, (place, name) in ways.items():  # to the same states, without a compiler
    if hasattr(module, "exporting") and not native:
        asked = getattr(place, name)
        setattr(place, name, lambda: True)
        found.update({way + key: value for key, value in run().items()})
        setattr(place, name, asked)
if hand + "alive" in given:
    by_hand = {key: load(hand + key) for key in ("current", "alive", "held")}
    by_hand["current"] = narrow(by_hand["current"])
    for key in ("current", "alive"):
        by_hand[key].requires_grad_()
    found.update({hand + key: value for key, value in run(**by_hand).items()})
np.savez(outputs_path, **{key: value.numpy() for key, value in found.items()})
"""
