"""The C library: built once, privately, or not at all and the page runs."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from support.paths import TESTS
from support.swept import arguments, file_class, pair, tables

import elegansc
from elegansc import acceleration
from elegansc.acceleration import library
from elegansc.acceleration.sweeper import Sweeper
from elegansc.options import Options

KIND = file_class(TESTS / "older" / "scalar.py")


@pytest.fixture(autouse=True)
def anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing was tried yet, and the cache is empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    library.built.cache_clear()
    yield
    library.built.cache_clear()


def compiler(folder: Path, text: str) -> str:
    """A compiler of this text of the shell."""
    program = folder / "my-cc"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return str(program)


def swept_anew() -> str:
    """The warning of the first call, which gives what the page gives."""
    plain, swept = pair(KIND)
    kind = type(swept)
    fresh = Sweeper(f"anew {id(swept)}", tables(KIND), Options())
    swept.__class__ = type("Worm", (kind,), {"sweeper": fresh})
    (inputs,) = arguments(KIND, 3, torch.float32)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert torch.allclose(swept(inputs), plain(inputs), atol=1e-5)
        assert torch.allclose(swept(inputs), plain(inputs), atol=1e-5)
    assert all(each.category is elegansc.CompilerWarning for each in said)
    return " ".join(str(each.message) for each in said)


def libraries(folder: Path) -> list[str]:
    """The libraries in a cache; nothing else lies there but the digest of each."""
    paths = list((folder / "cache/elegansc/native").iterdir())
    found = sorted(path.name for path in paths if path.suffix == ".so")
    digests = [str(Path(name).with_suffix(".sha256")) for name in found]
    assert sorted(path.name for path in paths) == sorted(found + digests)
    return found


def test_it_is_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert swept_anew() == ""
    (name,) = libraries(tmp_path)
    library.built.cache_clear()
    calls: list[object] = []
    monkeypatch.setattr(library, "build", lambda *given: calls.append(given))
    assert swept_anew() == "" and not calls
    assert libraries(tmp_path) == [name]
    folder = tmp_path / "cache/elegansc/native"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_name_tells_processors_and_compilers_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert swept_anew() == ""
    library.built.cache_clear()
    monkeypatch.setattr(library, "processor", lambda: b"another")
    assert swept_anew() == ""
    library.built.cache_clear()
    monkeypatch.setenv("CC", compiler(tmp_path, 'exec cc "$@"'))
    assert swept_anew() == ""
    assert len(libraries(tmp_path)) == 3


def test_without_a_compiler_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    assert (
        swept_anew() == "no C sweep, plain PyTorch instead: there is no C compiler: cc"
    )


@pytest.mark.parametrize("command", ['"cc"', "'cc", '"cc'])
def test_a_compiler_whose_quotes_are_open(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", command)
    said = f"no C sweep, plain PyTorch instead: CC={command}: No closing quotation"
    assert swept_anew() == ("" if command == '"cc"' else said)


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "junk": lambda data: b"junk",
    "cut": lambda data: data[:5000],
    "longer": lambda data: data + b"\0",
    "another bit": lambda data: data[:2000] + bytes([data[2000] ^ 1]) + data[2001:],
}


@pytest.mark.parametrize("suffix", [".so", ".sha256"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_damaged_is_built_again(
    damage: str, suffix: str, tmp_path: Path
) -> None:
    code = (
        "from elegansc.acceleration.library import library; library('tanh', False, 0)"
    )
    command = [sys.executable, "-c", code]
    subprocess.run(command, check=True)
    (name,) = libraries(tmp_path)
    place = (tmp_path / "cache/elegansc/native" / name).with_suffix(suffix)
    data = place.read_bytes()
    wrong = DAMAGE[damage](data if suffix == ".so" else data * 100)
    place.write_bytes(wrong)
    subprocess.run(command, check=True)
    assert place.read_bytes() != wrong
    assert library.sound(place.with_suffix(".so")) and libraries(tmp_path) == [name]


@pytest.mark.parametrize("suffix", [".so", ".sha256"])
def test_what_is_missing_is_built_again(suffix: str, tmp_path: Path) -> None:
    assert swept_anew() == ""
    (name,) = libraries(tmp_path)
    place = (tmp_path / "cache/elegansc/native" / name).with_suffix(suffix)
    place.unlink()
    library.built.cache_clear()
    assert swept_anew() == "" and libraries(tmp_path) == [name]


def test_without_triton_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRITON_INTERPRET", "1")  # asks for Triton, as a GPU does
    monkeypatch.delattr(acceleration, "kernels", raising=False)
    monkeypatch.setitem(sys.modules, "elegansc.acceleration.kernels", None)
    said = swept_anew()
    assert said.startswith("no Triton sweep, plain PyTorch instead: there is no Triton")
    monkeypatch.setenv("ELEGANSC_NATIVE", "0")
    assert swept_anew() == ""


def test_where_triton_does_not_compile_the_page_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def launched(**_: object) -> None:
        raise RuntimeError("Failed to find C compiler.")

    forward = defaultdict(lambda: launched)  # by grid
    kernels = SimpleNamespace(W=32, forward=forward, FAILURES=(RuntimeError,))
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    monkeypatch.setattr(acceleration, "kernels", kernels, raising=False)
    said = swept_anew()
    assert said.endswith("PyTorch instead: Triton: Failed to find C compiler.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("echo broken >&2; exit 1", "my-cc: broken"),
        ("exit 1", "my-cc: wrote no library"),
        ("exit 0", "my-cc: wrote no library"),
        (
            'for w; do o=$l; l=$w; [ "$o" = -o ] && echo none > "$w"; done; true',
            "file too short",
        ),
        ("sleep 100 & sleep 100", "did not end in 0.5 seconds"),
    ],
)
def test_a_compiler_that_gives_no_library(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "SECONDS", 0.5)
    monkeypatch.setenv("CC", compiler(tmp_path, text))
    assert said in swept_anew()
    assert not libraries(tmp_path)


def test_a_compiler_without_openmp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse = 'for w; do [ "$w" = -fopenmp ] && exit 1; done; exec cc "$@"'
    monkeypatch.setenv("CC", compiler(tmp_path, refuse))
    assert swept_anew() == "" and len(libraries(tmp_path)) == 1


@pytest.mark.parametrize(
    "home", ["read-only", "a file", "others write to it", "a link"]
)
def test_a_cache_that_is_not_ones_own(
    home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tmp_path / "home"
    place = base / "elegansc"
    monkeypatch.setenv("XDG_CACHE_HOME", str(base))
    base.mkdir()
    if home == "read-only":
        monkeypatch.setattr(Path, "mkdir", refused)
    elif home == "a file":
        place.write_text("")
    elif home == "a link":
        (tmp_path / "else").mkdir()
        place.symlink_to(tmp_path / "else")
    else:
        place.mkdir()
        place.chmod(0o777)
    assert swept_anew().startswith("no C sweep, plain PyTorch instead: ")


def refused(*_: object, **__: object) -> None:
    """What the system says of a folder that is read-only."""
    raise PermissionError(13, "Permission denied")


def test_a_cache_of_another_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    uid = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: uid + 1)
    assert "others may write to it, or own it" in swept_anew()


@pytest.mark.parametrize("place", ["", "/nowhere", "$(touch x)", "-o x", "\n"])
def test_temporary_folders_are_its_own(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", place)
    assert swept_anew() == ""


def test_a_relative_cache_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert swept_anew() == ""
    assert not Path("here").exists() and (tmp_path / ".cache/elegansc/native").exists()


def test_two_processes_build_at_once(tmp_path: Path) -> None:
    code = (
        "from elegansc.acceleration.library import library; library('tanh', False, 0)"
    )
    command = [sys.executable, "-c", code]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    for process in both:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    assert len(libraries(tmp_path)) == 1


@pytest.mark.parametrize("function", ["aligned_alloc", "calloc"])
def test_no_memory_is_an_error(
    function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = f"[ -f sweep.c ] && sed -i 's/{function}(.*)/(Real *)0/' sweep.c"
    monkeypatch.setenv("CC", compiler(tmp_path, f'{none}; exec cc "$@"'))
    _, swept = pair(KIND)
    fresh = Sweeper(f"no {function}", tables(KIND), Options())
    swept.__class__ = type("Worm", (type(swept),), {"sweeper": fresh})
    (inputs,) = arguments(KIND, 3, torch.float32)
    with pytest.raises(MemoryError, match="no memory"):
        swept(inputs).sum().backward()
