"""`python -m elegansc`, and the console script."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from .cli.exit_codes import open_standard_streams
    from .cli.main import cli

    open_standard_streams()
    cli()


if __name__ == "__main__":
    main()
