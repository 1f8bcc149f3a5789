"""How parameters start: what `reset_parameters` of a generated module draws or sets."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..options import Options
from .activations import activation
from .merges import merge_of
from .strengths import known_sign
from .ties import Groups, shared
from .units import unit_of
from .wiring import Gain, Read, Wiring

CENTRED = 1.15  # start gains of centred sums: 1 / deviation of relu(z + 1)
MEAN = 1.08  # of relu(z + 1)
SHARE = 0.8  # of a leaky neuron's rest that its start gains can make up


@dataclass(frozen=True, slots=True)
class Uniform:
    """Drawn from [-1, 1] times `bound`: one number, or one for each element.

    Attributes:
        sign: which each takes after all; 0, or (): the drawn one.
    """

    bound: float | tuple[float, ...]
    sign: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Shifted:
    """Drawn from [-1, 1] less `shift`, one number for each element."""

    shift: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """Of a known size each; the sign is `sign`, or drawn where that is 0."""

    size: tuple[float, ...]
    sign: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """The same number in every element.

    Attributes:
        per_gain: times the sum of a neuron's gains, is added to its element.
    """

    value: float
    per_gain: float = 0.0


Start = Uniform | Shifted | Signed | Constant


def centred(options: Options) -> bool:
    """Whether biases start so that sums have mean 1.

    A rectifier that adds up what is never negative may never fire again.
    """
    bare = options.unit == "scalar" and options.norm == "none"
    rectifies = activation(options.activation).rectifies
    return rectifies and options.merge == "sum" and bare


def factor(options: Options) -> tuple[float, str]:
    """The factor on the start gains, and how the generated module writes it."""
    if centred(options):
        return CENTRED, str(CENTRED)
    act = activation(options.activation)
    return act.gain, act.factor


def gains(
    wiring: Wiring, synapses: tuple[Gain, ...], reads: Iterable[Read], options: Options
) -> Start:
    """Start gains.

    By counts, what a neuron reads through synapses of drawn sign adds up to deviation 1, as
    signs cancel. Signs that are known do not: through those it reads a weighted mean.

    Args:
        synapses: of the gains, in their order.
        reads: who reads whom through them.
    """
    merge, unit = merge_of(options), unit_of(options)
    scale = 1.0 if unit.matrix else factor(options)[0]
    counted = options.init == "counts"
    if counted:
        share = shares(wiring, synapses)
        if merge.shut:
            return Shifted(tuple(-math.log(part) / 2 for part in share))
        sign = tuple(start_sign(wiring, gain) for gain in synapses)
        parts = list(zip(synapses, share, sign, strict=True))
        steady: dict[str, float] = {}
        for (neuron, _, _), part, known in parts:
            steady[neuron] = steady.get(neuron, 0.0) + part * abs(known)
        size = tuple(
            scale * (part / math.sqrt(steady[neuron]) if known else math.sqrt(part))
            for (neuron, _, _), part, known in parts
        )
        return Signed(size, sign)
    fan_in = Counter(wiring.sensory)
    fan_in.update(read.neuron for read in reads)
    if merge.shut:
        return Shifted(tuple(math.log(fan_in[neuron]) / 2 for neuron, _, _ in synapses))
    return Uniform(
        tuple(scale * math.sqrt(3 / fan_in[neuron]) for neuron, _, _ in synapses),
        held_signs(wiring, synapses, options),
    )


def leaky_gains(wiring: Wiring, synapses: tuple[Gain, ...], options: Options) -> Start:
    """Start gains of leaky neurons.

    By counts, a neuron's add up to SHARE in magnitude: with these a network comes to one
    rest from everywhere. Unknown signs are positive there.
    """
    if options.init == "counts":
        share = shares(wiring, synapses)
        sign = tuple(start_sign(wiring, gain) or 1 for gain in synapses)
        return Signed(tuple(SHARE * part for part in share), sign)
    fan_in = Counter(neuron for neuron, _, _ in synapses)
    return Uniform(
        tuple(math.sqrt(3 / fan_in[neuron]) for neuron, _, _ in synapses),
        held_signs(wiring, synapses, options),
    )


def held_signs(
    wiring: Wiring, synapses: tuple[Gain, ...], options: Options
) -> tuple[int, ...]:
    """The signs that drawn gains take; () where --dale leaves them free."""
    if options.dale == "free":
        return ()
    return tuple(known_sign(wiring, gain) for gain in synapses)


def conductances(
    wiring: Wiring, ends: tuple[Gain, ...], options: Options
) -> Constant | Signed:
    """Start conductances: those of a neuron add up to its leak, 1, in the mean."""
    size = len(wiring.fire)
    if options.init != "counts":
        return Constant(size / max(2 * len(ends), 1))
    weights = [wiring.weight(junction) for junction in ends]
    each = size / max(2 * math.fsum(weights), 1e-300)
    return Signed(tuple(weight * each for weight in weights), (1,) * len(ends))


def shares(wiring: Wiring, synapses: tuple[Gain, ...]) -> list[float]:
    """Of the weight of all synapses onto a neuron, how much each of them has."""
    weights = [wiring.weight(gain) for gain in synapses]
    total: dict[str, float] = {}
    for (neuron, _, _), weight in zip(synapses, weights, strict=True):
        total[neuron] = total.get(neuron, 0.0) + weight
    ends = zip(synapses, weights, strict=True)
    return [weight / total[neuron] for (neuron, _, _), weight in ends]


def start_sign(wiring: Wiring, gain: Gain) -> int:
    """The sign that a gain starts with; 0: it is drawn.

    A gap junction couples: positive. A chemical synapse has its own sign where the file
    gives one, else, at a guess, the negative one of GABA.
    """
    neuron, source, kind = gain
    if kind not in ("chemical", "feedback"):
        return 1
    guess = -1 if source in wiring.gaba else 0
    return wiring.sign.get(neuron, {}).get(source, guess)


def weights(options: Options) -> Start:
    """Start weights of matrices."""
    scale = activation(options.activation).gain
    return Uniform(scale * math.sqrt(3 / options.features))


def biases(options: Options) -> Start:
    """Start biases."""
    if centred(options):
        return Constant(1.0, -MEAN)
    return Constant(merge_of(options).bias)


def sentence(options: Options) -> str:
    """The docstring of `reset_parameters`."""
    if options.tie != "none":
        return "Start ties so that their strengths add up to those of synapses alone."
    if options.dale == "free" or options.init == "counts":
        return drawn(options)
    return f"{drawn(options).rstrip('.')}; signs as in SIGN."


def drawn(options: Options) -> str:
    """The same, but for signs that drawn gains take."""
    act, counted = options.activation, options.init == "counts"
    if options.semantics == "leaky" and counted:
        return f"Start by counts: inputs add up to {SHARE}, junctions to as much as the leak."
    if options.semantics == "leaky":
        return "Draw gains of deviation 1 / sqrt(inputs); couple as strongly as neurons leak."
    merge, matrix = merge_of(options), unit_of(options).matrix
    if not merge.gains:
        drawn = f"Draw weights as suits {act}, set" if matrix else "Set"
        return f"{drawn} biases to 1, or products would vanish."
    if merge.shut:
        size = "root of a synapse's share" if counted else "1 / root of inputs"
        also = ", and weights" if matrix else ""
        return f"Draw gates about g / (1 + g), g = {size}{also}."
    if centred(options):
        size = "* root of a share" if counted else "/ root of inputs"
        return f"Draw gains of about {CENTRED} {size}; sums about 1, that relu fires."
    if counted:
        return f"Start known signs as a mean, others at roots of shares; fits {act}."
    if matrix:
        return f"Draw gains of deviation 1 / sqrt(number of inputs), weights as suits {act}."
    written = factor(options)[1].replace("2**0.5", "sqrt(2)")
    return (
        f"Draw gains of deviation {written} / sqrt(number of inputs), as suits {act}."
    )


def tied(
    start: Start,
    wiring: Wiring,
    gains: tuple[Gain, ...],
    groups: Groups,
    *,
    draws: bool,
) -> Start:
    """Start values of ties, of those that their synapses or junctions would have alone.

    A tie's value times the weights of its members adds up to what they would add up to; its
    sign is that of the sum of their signed values; where that is 0 it is drawn, or positive.

    Args:
        draws: whether it is drawn.
    """
    weights = [wiring.weight(gain) for gain in gains]
    match start:
        case Uniform(tuple(bound), sign):
            known = signs_of_sums(sign, weights, groups) if sign else ()
            return Uniform(tuple(shared(bound, weights, groups)), known)
        case Signed(size, sign):
            each = [known * part for known, part in zip(sign, size, strict=True)]
            known = signs_of_sums(each, weights, groups)
            known = known if draws else tuple(way or 1 for way in known)
            return Signed(tuple(shared(size, weights, groups)), known)
        case Constant(value):
            size = tuple(shared([value] * len(gains), weights, groups))
            return Signed(size, (1,) * len(size))
    raise TypeError(start)


def signs_of_sums(
    values: Sequence[float], weights: Sequence[float], groups: Groups
) -> tuple[int, ...]:
    """The sign of what each tie's members add up to."""
    return tuple((one > 0) - (one < 0) for one in shared(values, weights, groups))
