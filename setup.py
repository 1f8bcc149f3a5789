"""What setup.cfg can not say: README as a package index is to show it.

An index has README alone. With a URL `Source` in project_urls of setup.cfg its links and
pictures lead there; without one, a link is its words, and a picture is left out.
"""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).parent
RELATIVE = re.compile(r"(!?)\[([^]]*)\]\((?!\w+:|#)([^)]+)\)")


def source() -> str:
    """The URL of the repository, or ""."""
    config = ConfigParser()
    config.read(HERE / "setup.cfg", encoding="utf-8")
    urls = config.get("metadata", "project_urls", fallback="")
    found = re.search(r"^\s*Source\s*=\s*(\S+?)/?\s*$", urls, re.MULTILINE)
    return found[1] if found else ""


def for_an_index(text: str, source: str) -> str:
    """README without links that lead nowhere."""

    def link(found: re.Match[str]) -> str:
        picture, words, place = found.groups()
        if not source:
            return "" if picture else words
        return (
            f"{picture}[{words}]({source}/{'raw' if picture else 'blob'}/HEAD/{place})"
        )

    return RELATIVE.sub(link, text)


if __name__ == "__main__":
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    setup(long_description=for_an_index(readme, source()))
