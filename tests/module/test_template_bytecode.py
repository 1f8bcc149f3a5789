"""Compiled templates are kept in a private folder of caches, and are never trusted blindly."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import jinja2
import pytest

from elegansc.module.template_bytecode import TemplateBytecode


def rendered(folder: Path) -> tuple[str, bool]:
    """(the page `page.jinja` of a folder, whether jinja had to compile it)."""
    compiled: list[str] = []

    class Watched(jinja2.Environment):
        def _generate(self, *words: object, **others: object) -> str:  # type: ignore[override]
            compiled.append("")
            return super()._generate(*words, **others)  # type: ignore[arg-type]

    pages = Watched(
        loader=jinja2.FileSystemLoader(folder), bytecode_cache=TemplateBytecode()
    )
    return pages.get_template("page.jinja").render(n=2), bool(compiled)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a page, and a folder of caches of its own, `cache` beside it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "page.jinja").write_text("{{ n + 1 }} synapses")
    return pages


def kept(folder: Path) -> list[Path]:
    """The files in the folder of caches."""
    return [path for path in (folder.parent / "cache").rglob("*") if path.is_file()]


def test_a_page_is_compiled_once_for_each_text(folder: Path) -> None:
    assert rendered(folder) == ("3 synapses", True)
    assert rendered(folder) == ("3 synapses", False)

    (folder / "page.jinja").write_text("{{ n + 2 }} synapses")

    assert rendered(folder) == ("4 synapses", True)
    assert rendered(folder) == ("4 synapses", False)
    (folder / "page.jinja").write_text("{{ n + 1 }} synapses")
    assert rendered(folder) == ("3 synapses", False)


def test_it_is_kept_where_nobody_else_writes(folder: Path) -> None:
    rendered(folder)
    (place,) = kept(folder)

    assert [path.name for path in folder.iterdir()] == ["page.jinja"]
    if os.name == "posix":
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
        place.parent.chmod(0o777)
        assert rendered(folder) == ("3 synapses", True)


def test_nothing_is_written_where_python_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    assert rendered(folder) == ("3 synapses", True)
    assert not kept(folder)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.9])
def test_a_damaged_file_is_made_anew(folder: Path, share: float) -> None:
    rendered(folder)
    (place,) = kept(folder)
    whole = place.read_bytes()
    at = int(share * len(whole))
    flipped = whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]
    for damaged in (whole[:at], b"\x80\x04garbage" + whole, flipped):
        place.write_bytes(damaged)

        assert rendered(folder) == ("3 synapses", True)
        assert place.read_bytes() == whole


def test_a_folder_that_refuses_is_no_error(folder: Path) -> None:
    (folder.parent / "cache").write_text("a file where the folder would stand")

    assert rendered(folder) == ("3 synapses", True)
    assert rendered(folder) == ("3 synapses", True)
