"""`python -m elegansc`, and the console script."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from .cli.main import cli

    cli()


if __name__ == "__main__":
    main()
