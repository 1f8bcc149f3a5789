"""Progress of a long search for an order, on a terminal."""

from __future__ import annotations

import sys
from time import monotonic

import click

PATIENCE = 3.0  # seconds until the first message


def show_progress() -> None:
    """Print what a search does on stderr, if that is a terminal and nobody asked for quiet."""
    if (
        sys.stderr is None
        or not sys.stderr.isatty()
        or {"-q", "--quiet"} & set(sys.argv)
    ):
        return
    import logging

    class Terminal(logging.Handler):
        """Prints the messages that come late."""

        def emit(self, record: logging.LogRecord) -> None:
            if monotonic() - begin > PATIENCE:
                click.echo(f"search    {record.getMessage()}", err=True)

    begin, log = monotonic(), logging.getLogger("elegansc.search")
    log.setLevel(logging.INFO)
    log.handlers = [Terminal()]
    log.propagate = False
