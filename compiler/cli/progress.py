"""Progress of a long read and of a long search for an order, on a terminal."""

from __future__ import annotations

import sys
from time import monotonic

import click

STEPS = ("read", "search")  # that may take long
PATIENCE = 3.0  # seconds until the first message


def show_progress() -> None:
    """Print how far long steps are on stderr, if that is a terminal and nobody asked for quiet."""
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
                step = record.name.rpartition(".")[2]
                click.echo(f"{step:<9} {record.getMessage()}", err=True)

    begin = monotonic()
    for step in STEPS:
        log = logging.getLogger(f"elegansc.{step}")
        log.setLevel(logging.INFO)
        log.handlers = [Terminal()]
        log.propagate = False
