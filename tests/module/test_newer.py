"""A model of a format that a later elegansc brought: refused, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import EDGES, contents, run
from support.paths import ROOT

from elegansc.module.header import FORMAT

REFUSED: dict[str, tuple[str, ...]] = {
    "compile it": ("compile", "newer.py"),
    "compile over it": ("compile", "worm.csv", "-o", "newer.py"),
    "compile near it": ("compile", "worm.csv", "--like", "newer.py"),
    "check": ("compile", "worm.csv", "-o", "newer.py", "--check"),
    "diff": ("compile", "worm.csv", "-o", "newer.py", "--diff"),
    "update": ("update", "newer.py"),
    "status": ("status", "newer.py"),
    "hook": ("status", "--skip-others", "newer.py"),
    "verify": ("verify", "newer.py"),
    "diff to": ("diff", "worm.py", "newer.py"),
    "diff from": ("diff", "newer.py", "worm.py"),
    "explain": ("explain", "newer.py"),
    "order": ("order", "newer.py"),
    "draw": ("draw", "newer.py", "-o", "new.svg"),
    "export": ("export", "newer.py", "-o", "new.csv"),
    "rewire": ("rewire", "newer.py", "--null", "er", "-o", "new"),
    "transplant": (
        *("transplant", "old.pt", "--from", "worm.py", "--to", "newer.py"),
        *("-o", "new.pt"),
    ),
    "bisect": ("bisect", "worm.py", "newer.py", "--", "true"),
}


@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED)
def test_a_newer_format_is_refused(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command tells so, and none writes over it."""
    monkeypatch.chdir(tmp_path)
    Path("worm.csv").write_text(EDGES)
    assert run("compile", "worm.csv", "-q", "-o", "worm.py").exit_code == 0
    made = Path("worm.py").read_bytes()
    next_one = made.replace(b" format=1 ", b" format=%d " % (FORMAT + 1))
    Path("newer.py").write_bytes(next_one)
    before = contents(tmp_path)
    done = run(*words)

    assert done.exit_code == (2 if words[0] == "diff" else 1)
    seen = f"format {FORMAT + 1}, newer than this elegansc, which reads {FORMAT}"
    assert f": {seen}\n  update elegansc\n" in done.stderr
    assert contents(tmp_path) == before


def test_the_pages_state_the_promise_of_this_format() -> None:
    text = (ROOT / "docs" / "committing-models.md").read_text()

    assert f"`format={FORMAT}` tells which elegansc can read the file" in text
    assert f"# @generated format={FORMAT} source=" in text
