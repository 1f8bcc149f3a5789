"""The contributor's page names the house as it is."""

from __future__ import annotations

import re

from support.paths import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text()


def test_the_tree_names_every_room_and_no_other() -> None:
    rows = re.findall(r"^\| (`.*?) \|", PAGE, re.M)
    told = {word for row in rows for word in re.findall(r"`([a-z_]+(?:\.py|/))`", row)}
    top = ROOT / "compiler"
    rooms = {
        f"{path.name}/" for path in top.iterdir() if (path / "__init__.py").exists()
    }
    files = {path.name for path in top.glob("*.py") if not path.name.startswith("__")}
    assert told - {"templates/"} == rooms | files


def test_files_that_the_pages_name_exist() -> None:
    pages = PAGE + (ROOT / "CONTRIBUTING.md").read_text()
    named = set(
        re.findall(r"`((?:compiler/|tests/)?[a-z_]+/[a-z_/]+\.(?:py|jinja))`", pages)
    )
    assert len(named) > 10
    for name in named:
        assert (ROOT / name).exists() or (ROOT / "compiler" / name).exists(), name
