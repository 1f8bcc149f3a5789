"""The pictures of the pages are what their commands and their script make today."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.pages import run_page
from support.paths import ROOT
from support.sessions import environment

PICTURES = ROOT / "docs" / "pictures"
AGAIN = "not what is made today: python docs/pictures/make.py; read the diff"


@pytest.mark.slow
def test_the_gallery_shows_what_its_commands_make(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    known = environment(tmp_path / "home", path)
    assert not run_page(ROOT / "docs" / "gallery.md", folder, known)
    for picture in folder.glob("*.svg"):
        assert picture.read_bytes() == (PICTURES / picture.name).read_bytes(), AGAIN
        assert picture.stat().st_size <= 500_000


@pytest.mark.slow
def test_the_recording_shows_what_git_says(tmp_path: Path) -> None:
    before = (PICTURES / "git-diff.svg").read_bytes()
    script = PICTURES / "recording.py"
    subprocess.run([sys.executable, script, tmp_path / "again.svg"], check=True)
    assert (tmp_path / "again.svg").read_bytes() == before, AGAIN


def test_the_pages_show_pictures_that_are_made() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {
        place
        for page in pages
        for place in re.findall(r"pictures/([\w-]+\.svg)\)", page.read_text())
    }
    assert shown == {picture.name for picture in PICTURES.glob("*.svg")}
