"""Where signs of synapses and types of neurons come from, in words."""

from __future__ import annotations

from collections.abc import Iterator

from ..ir.sign_account import Signed, Typed
from ..names import plain, plural
from .words import line, listed


def signed(account: Signed, verbose: bool) -> Iterator[str]:
    """Where signs come from, how many there are, and which synapses are free and why."""
    origin = {
        "none": "of no synapse (--signs none)",
        "transmitter": "by the sender's transmitter, a guess",
    }.get(account.origin, f"from the table {account.origin}")
    if account.origin != "none":
        counts = f"{account.positive:,} positive, {account.negative:,} negative"
        yield line("signs", f"{counts}, {origin}")
        free = account.free.items()
        words = ", ".join(f"{plain(word)} {count:,}" for word, count in free)
        yield line("", f"without a sign: {words or 'none'}")
        senders = f"{account.senders:,} senders with a sign"
        yield line("", f"of {senders} {account.both:,} have both")
    else:
        yield line("signs", origin)
    if account.dropped:
        yield line("", f"{plural(account.dropped, 'sign')} of the source not used")
    if account.strangers:
        pairs = plural(len(account.strangers), "pair")
        named = listed(account.strangers, verbose, ", ")
        verb = "is" if len(account.strangers) == 1 else "are"
        yield line("", f"{pairs} of the table {verb} no synapse: {named}")


def typed(account: Typed, verbose: bool) -> Iterator[str]:
    """Where types come from, and which neurons have none."""
    count = plural(account.types, "type")
    neurons = plural(account.typed, "neuron")
    yield line("types", f"{count} of {neurons}: {account.origin}")
    if account.own:
        named = listed(account.own, verbose, ", ")
        yield line("", f"{len(account.own):,} of a type of their own: {named}")
    if account.strangers:
        named = listed(account.strangers, verbose, ", ")
        verb = "is" if len(account.strangers) == 1 else "are"
        count = plural(len(account.strangers), "name")
        yield line("", f"{count} of the table {verb} no neuron: {named}")
