"""The report on broken cycles: the weight sent backward, and its distance to the minimum."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, log10

from ..ir.order_accounts import Broken
from ..module.docstring import constraint
from ..names import amount, plain, plural
from ..ordering.problem import KEEP_ALIVE_MAX_EDGES
from .words import MOST_NAMES, line, listed


def cycles(account: Broken, unit: str, verbose: bool = False) -> Iterator[str]:
    """The weight sent backward, its standing, and warnings."""
    loss = account.loss
    if not loss.synapses:
        yield line("cycles", f"none: all {amount(loss.of_weight)} {unit} run forward")
        return
    share = 100 * loss.weight / loss.of_weight if loss.of_weight else 0
    yield line(
        "cycles",
        f"{amount(loss.weight)} of {amount(loss.of_weight)} {unit} run backward, "
        f"{share:.1f} %, in {plural(loss.synapses, 'pair')}: {standing(account)}",
    )
    if verbose:
        walks = ((hop, 100 * loss.walks[hop - 1]) for hop in (3, 4, 5))
        hops = ", ".join(f"{share:.0f} % of {hop}" for hop, share in walks)
        yield line(
            "",
            f"{loss.halves:,} of them halves of a reciprocal pair; of sensor-to-motor "
            f"walks is left: {hops} hops",
        )
    if account.asked == "exact" and not proved(account):
        yield line("warning", f"{unproved(account)}: no minimum is proved")
    if account.flips is not None:
        how = ": its order, taken as it is" if account.recorded else ""
        yield line(
            "",
            f"{plural(account.flips, 'synapse')} turned against {account.like}{how}",
        )
    for pattern in account.unmatched:
        yield line("warning", f"--protect {plain(pattern)}: no synapse matches")
    if account.unprotected:
        against = listed(account.unprotected, False, ", ")
        yield line("warning", f"--protect: runs backward all the same: {against}")
    if account.too_large_to_revive:
        yield line(
            "warning",
            f"--keep-alive is left out: above {KEEP_ALIVE_MAX_EDGES:,} pairs it takes minutes",
        )
    if account.given_up:
        names = ", ".join(map(plain, account.given_up[:MOST_NAMES]))
        more = len(account.given_up) - MOST_NAMES
        names += f" and {more:,} more" if more > 0 else ""
        why = "no order was found that has them on one beside the others"
        if account.too_dear:
            why = "--alive-cap allows no such price"
        yield line("", f"kept on no path, {why}: {names}")
    if loss.scale > 1 and (verbose or account.rounded):
        how = "were rounded to" if account.rounded else "are counted in"
        yield line("", f"weights {how} 1/{loss.scale:,} to find the order")


def standing(account: Broken) -> str:
    """The loss against the least possible one; never a bare `minimum`."""
    bound, first, lost = account.loss.bound, account.least_price, account.price
    if bound is None:
        return f"not proved to be a minimum ({account.loss.method})"
    under = constraint(account.roles, account.symmetric, account.protected > 0)
    if bound >= lost:
        return f"the minimum{under} {proof(account)}"
    if bound >= first:
        reasons = [levels_of(account), alive_of(account), near_of(account)]
        proved = f"minimum{under} {amount(bound)} {proof(account)}"
        few = account.few_price
        if few is not None and few < lost:  # the rest is lost beyond the levels
            proved += f", {amount(few)} {joined([reasons[0], reasons[2]])}"
            reasons[0] = ""
        return f"{proved}, {amount(lost)} {joined(reasons)}"
    gap = percent((first - bound) / first)
    return (
        f"no order{under} loses less than {amount(bound)} {proof(account)}, gap {gap}"
    )


def percent(share: float) -> str:
    """A share above 0 in percent: with a decimal, below 0.1 % with two digits."""
    digits = 1 if share >= 0.001 else 1 - floor(log10(100 * share))
    return f"{100 * share:.{digits}f} %"


def proved(account: Broken) -> bool:
    """Whether the order found first is proved to lose least."""
    bound = account.loss.bound
    return bound is not None and bound >= account.least_price


def proof(account: Broken) -> str:
    """What proves the bound: cycles that --certificate writes, or an integer program.

    Of a component beyond the exact search only the reciprocal pairs are counted.
    """
    if account.loss.method == "exact+sift" and not account.spent:
        return "(proved by reciprocal pairs; no more was sought in so large a graph)"
    return "(proved)" if account.certified else "(proved by an integer program)"


def unproved(account: Broken) -> str:
    """Why the exact search proved no minimum."""
    if account.spent:
        return "the budget of the exact search ended first"
    if account.rounded:
        return "the weights were rounded"
    return "a component or a weight is beyond the exact search"


def levels_of(account: Broken) -> str:
    """The levels for which more than the minimum is lost; "" for any number."""
    most = account.max_levels
    return f"in at most {most} levels" if most else ""


def alive_of(account: Broken) -> str:
    """The neurons for which more than the minimum is lost; "" for none."""
    if not account.alive:
        return ""
    if account.silent:
        return f"with all but {account.silent:,} alive"
    return "with everyone alive who can be"


def near_of(account: Broken) -> str:
    """The older model for which more than the minimum is lost; "" for none."""
    return f"near {account.like}" if account.stick else ""


def joined(reasons: list[str]) -> str:
    """The reasons that there are, in a row."""
    return " ".join(filter(None, reasons))
