"""The documentation builds strictly and without a network, and tells nothing of us."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT


def built(folder: Path) -> Path:
    """The pages, built in a folder; its notebooks take minutes."""
    flags = ["-W", "-n", "--keep-going", "-q", "-d", str(folder / "trees")]
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *flags, "docs", str(folder / "site")],
        cwd=ROOT,
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / "site"


def every_page_is_built(site: Path) -> None:
    sources = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "docs").rglob("*.ipynb")]
    written = {page.with_suffix("") for page in sources}
    for page in written:
        place = page.relative_to(ROOT / "docs").as_posix()
        assert (site / f"{place}.html").is_file(), place


def no_page_loads_anything_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        sources = re.findall(
            r"<(?:script|img|link)\b[^>]*\b(?:src|href)=\"([^\"]+)", page.read_text()
        )
        assert sources
        assert not [place for place in sources if re.match(r"(?:[a-z]+:)?//", place)]


def no_page_holds_a_date_or_a_path_of_this_machine(site: Path) -> None:
    places = [
        str(ROOT),
        str(Path(sys.prefix)),
        str(Path.home()) + "/",
        str(site.parent),
    ]
    for page in [*site.rglob("*.html"), site / "searchindex.js"]:
        text = page.read_text()
        assert not [place for place in places if place in text], page.name
        assert not re.search(r"\b20\d\d-\d\d-\d\d\b", text), page.name


@pytest.mark.slow
def test_the_site_builds_strictly_and_stands_alone(tmp_path: Path) -> None:
    site = built(tmp_path)
    every_page_is_built(site)
    no_page_loads_anything_from_elsewhere(site)
    no_page_holds_a_date_or_a_path_of_this_machine(site)
