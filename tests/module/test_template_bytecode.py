"""Compiled templates are kept as Python keeps its modules, and are never trusted blindly."""

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
    """A folder with a page, whose bytecode may be kept beside it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    (tmp_path / "page.jinja").write_text("{{ n + 1 }} synapses")
    return tmp_path


def test_a_page_is_compiled_once_for_each_text(folder: Path) -> None:
    assert rendered(folder) == ("3 synapses", True)
    assert rendered(folder) == ("3 synapses", False)

    (folder / "page.jinja").write_text("{{ n + 2 }} synapses")

    assert rendered(folder) == ("4 synapses", True)
    assert rendered(folder) == ("4 synapses", False)


def test_kept_where_python_keeps_its_own(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered(folder)
    (kept,) = (folder / "__pycache__").iterdir()
    tag = sys.implementation.cache_tag

    assert kept.name == f"page.jinja.{tag}"
    if os.name == "posix":
        assert stat.S_IMODE(kept.stat().st_mode) & 0o022 == 0

    prefix = tmp_path / "elsewhere"
    monkeypatch.setattr(sys, "pycache_prefix", str(prefix))
    assert rendered(folder) == ("3 synapses", True)
    assert [path.name for path in prefix.rglob("*.jinja.*")] == [kept.name]


def test_nothing_is_written_where_python_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    assert rendered(folder) == ("3 synapses", True)
    assert [path.name for path in folder.iterdir()] == ["page.jinja"]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.9])
def test_a_damaged_file_is_made_anew(folder: Path, share: float) -> None:
    rendered(folder)
    (kept,) = (folder / "__pycache__").iterdir()
    whole = kept.read_bytes()
    for damaged in (whole[: int(share * len(whole))], b"\x80\x04garbage" + whole):
        kept.write_bytes(damaged)

        assert rendered(folder) == ("3 synapses", True)
        assert kept.read_bytes() == whole


def test_a_folder_that_refuses_is_no_error(folder: Path) -> None:
    (folder / "__pycache__").write_text("a file where the folder would stand")

    assert rendered(folder) == ("3 synapses", True)
    assert rendered(folder) == ("3 synapses", True)
