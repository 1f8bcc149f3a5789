"""Every block of README and of the documentation does what its page shows."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from support.pages import blocks, commands, name, pages, run_page
from support.sessions import environment

# Shown, never run: output, other files, and what Sphinx makes of a directive.
SHOWN = {"text", "toml", "yaml", "json", "csv", "diff", "jinja"}


@pytest.mark.slow
@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_block_does_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    wrong = run_page(page, folder, environment(tmp_path / "home", path))
    shutil.rmtree(folder)
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_block_is_one_that_is_run_or_only_shown(page: Path) -> None:
    for block in blocks(page):
        place = f"{name(page)}:{block.line}"
        assert block.language, f"{place}: a block without a language"
        if not block.language.startswith("{"):
            assert block.language in SHOWN | {"console", "python"}, place
        if block.language == "console":
            assert commands(block), f"{place}: no command"
