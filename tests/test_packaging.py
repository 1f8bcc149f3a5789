"""The wheel holds the pages, the data and the licences, and works on its own."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest
from support.paths import ROOT

import elegansc


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what belongs to the package."""
    copy = tmp_path_factory.mktemp("source")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: what belongs to the wheel is unknown")
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "-q",
        "-w",
        folder,
        source,
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_all_that_is_needed(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert {
        "elegansc/py.typed",
        "elegansc/templates/module.py.jinja",
        "elegansc/templates/kernels/dense.jinja",
        "elegansc/connectomes/cook2019.csv",
        "elegansc/connectomes/cells.csv",
        "elegansc/connectomes/catalog.json",
        "elegansc/connectomes/LICENSE-cect.txt",
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "generated/"))]


def contents(path: Path) -> dict[str, bytes]:
    """What a wheel holds, its metadata apart."""
    with zipfile.ZipFile(path) as found:
        names = [name for name in found.namelist() if ".dist-info/" not in name]
        return {name: found.read(name) for name in names}


def test_the_wheel_holds_the_package_and_nothing_else(
    source: Path, wheel: Path
) -> None:
    """Every tracked file of the three folders, under the name it is imported by."""
    folders = {
        "compiler": "elegansc",
        "templates": "elegansc/templates",
        "connectomes": "elegansc/connectomes",
    }
    expected = {
        f"{name}/{path.relative_to(source / folder).as_posix()}": path.read_bytes()
        for folder, name in folders.items()
        for path in (source / folder).rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    assert contents(wheel) == expected


def metadata(path: Path) -> Message:
    """The metadata of a wheel."""
    with zipfile.ZipFile(path) as found:
        (name,) = (n for n in found.namelist() if n.endswith(".dist-info/METADATA"))
        return message_from_string(found.read(name).decode())


@pytest.mark.slow
def test_the_metadata_is_complete(wheel: Path) -> None:
    found = metadata(wheel)
    assert (found["Name"], found["License-Expression"]) == ("elegansc", "MIT")
    assert found["Summary"] and found["Requires-Python"] == ">=3.11"
    assert {"connectome", "PyTorch", "compiler"} <= set(found["Keywords"].split(","))
    said = found.get_all("Classifier")
    versions = {f"Programming Language :: Python :: 3.{n}" for n in range(11, 15)}
    assert versions <= set(said) and "Typing :: Typed" in said
    assert "Topic :: Scientific/Engineering :: Bio-Informatics" in said
    cited = (ROOT / "CITATION.cff").read_text()
    assert f"  - name: {found['Author']}\n" in cited
    assert "# elegansc" in found.get_payload()


def test_an_index_shows_no_link_that_leads_nowhere(wheel: Path) -> None:
    shown = metadata(wheel).get_payload()
    assert shown.count("](") >= 1
    assert not re.findall(r"\]\((?!https?:)", shown)


def test_with_a_source_the_links_of_an_index_lead_there() -> None:
    """Pictures to the file itself, pages to where they are read."""
    make = runpy.run_path(str(ROOT / "setup.py"))["for_an_index"]
    text = "![a\nb](c/d.svg), [e](f.md#g), [h](https://i.org)"
    there = "https://example.org/elegansc"
    assert make(text, there) == (
        f"![a\nb]({there}/raw/HEAD/c/d.svg), [e]({there}/blob/HEAD/f.md#g), "
        "[h](https://i.org)"
    )
    assert make(text, "") == ", e, [h](https://i.org)"


def test_the_version_stands_in_one_place(wheel: Path) -> None:
    assert metadata(wheel)["Version"] == elegansc.__version__
    assert "version = attr: elegansc.__version__" in (ROOT / "setup.cfg").read_text()
    cited = (ROOT / "CITATION.cff").read_text()
    assert (
        f"\nversion: {elegansc.__version__}\n" in cited
    )  # a copy: that of the release


def test_every_extra_is_documented(wheel: Path) -> None:
    page = (ROOT / "docs" / "install.md").read_text()
    extras = metadata(wheel).get_all("Provides-Extra")
    assert len(extras) >= 8
    for extra in extras:
        assert f"| `{extra}` |" in page, extra


@pytest.mark.slow
def test_an_archive_of_the_source_builds_the_same_wheel(
    source: Path, wheel: Path, tmp_path: Path
) -> None:
    """`build` makes the wheel from the archive; twine and check-wheel-contents pass."""
    copy = tmp_path / "source"
    shutil.copytree(source, copy)

    def run(*words: str) -> str:
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=copy)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("build", "--no-isolation", "--outdir", str(tmp_path / "dist"))
    archive, built = sorted(tmp_path.glob("dist/*"), key=lambda path: path.suffix)
    assert archive.name == f"elegansc-{elegansc.__version__}.tar.gz"
    assert contents(built) == contents(wheel)
    run("twine", "check", "--strict", str(archive), str(built))
    run("check_wheel_contents", str(built))
    with tarfile.open(archive) as found:
        names = {name.partition("/")[2] for name in found.getnames()}
    assert {
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "CITATION.cff",
        "SECURITY.md",
    } <= names


def test_the_wheel_compiles_a_connectome(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "elegansc",
            "compile",
            "witvliet2021-1",
            "--name",
            "Witvliet1",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
    )
    assert (
        done.stdout == (ROOT / "generated" / "witvliet1.py").read_bytes()
    ), done.stderr


@pytest.mark.slow
def test_a_strict_editable_install_is_typed(source: Path, tmp_path: Path) -> None:
    """As README has it; the packages it needs are those of this environment."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "v"], cwd=tmp_path)
    python = tmp_path / "v/bin/python"
    (packages,) = (tmp_path / "v").glob("lib/*/site-packages")
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "ours.pth").write_text("\n".join(ours))
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    strict = ["-e", str(source), "--config-settings", "editable_mode=strict"]
    done = subprocess.run([python, *install, *strict], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (tmp_path / "user.py").write_text(
        'import elegansc\n\nfound = elegansc.compile("cook2019", feature=3)\n'
        "reveal_type(found.source)\n"
    )
    command = [sys.executable, "-m", "mypy", "--cache-dir=/dev/null", "--strict"]
    checked = subprocess.run(
        [*command, "--python-executable", python, "user.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "[import-untyped]" not in checked.stdout
    assert 'Unexpected keyword argument "feature"' in checked.stdout
    assert 'Revealed type is "str"' in checked.stdout
