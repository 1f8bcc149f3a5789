"""Bad input: one clear message, the right exit code, nothing written or left behind."""

from __future__ import annotations

import ast
import builtins
import errno
import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.command import EDGES, contents, edited, run, spawn
from support.paths import GOLDEN

import elegansc
from elegansc import names
from elegansc.errors import UsageError
from elegansc.module.read import BESIDE

OLD = "pre,post\nS,M\n"
SECOND = re.compile(
    rb"# @generated format=1 source=[A-Za-z0-9._-]{1,100}:[0-9a-f]{16} body=[0-9a-f]{16}"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a good `worm.csv` and its module `old.py`."""
    monkeypatch.chdir(tmp_path)
    Path("worm.csv").write_text(EDGES)
    Path("old.csv").write_text(OLD)
    assert run("compile", "old.csv", "-q", "-o", "old.py").exit_code == 0
    return tmp_path


def refused(
    *words: str, place: str, seen: str, hint: str = "", code: int = 1, stdin: Any = None
) -> None:
    """Assert that a command fails as it should, and leaves the folder as it was."""
    before = contents(Path())
    done = run(*words, stdin=stdin)

    assert contents(Path()) == before
    assert (done.exit_code, done.stdout) == (code, "")
    assert_clear(done.stderr)
    assert done.stderr.startswith(place)
    assert seen in done.stderr
    assert hint in done.stderr


def assert_clear(message: str) -> None:
    """A short message that a terminal can show, and no traceback."""
    assert "Traceback" not in message
    assert "our bug" not in message
    assert 1 <= len(message.splitlines()) <= 41
    assert all(len(line) < 400 for line in message.splitlines())
    assert all(c.isprintable() or c == "\n" for c in message)


# The text


TEXTS: dict[str, tuple[bytes, str, str, str]] = {
    "empty": (b"", "bad.csv:", "an empty file", "one row for each synapse"),
    "blank": (b"\n\n \n", "bad.csv:", "only blank lines", "one row"),
    "header only": (b"pre,post,weight\n", "bad.csv:", "no rows", "one row"),
    "binary": (bytes(range(1, 256)) * 9, "bad.csv:2:118:", "0x80 is not", "latin-1"),
    "zip": (b"PK\x03\x04" + bytes(99), "bad.csv:", "a ZIP file", "copy or download"),
    "random": (random.Random(0).randbytes(4096), "bad.csv:", "", ""),
    "nul": (b"pre,post\na,\0b\n", "bad.csv:2:", "NUL", "as text"),
    "utf-16": (EDGES.encode("utf-16")[:-1], "bad.csv:", "is not UTF-16", "--encoding"),
    "latin-1": (b"pre,post\na,b\xe9\n", "bad.csv:2:4:", "0xe9", "--encoding latin-1"),
    "10 MB line": (b"a" * 10**7, "bad.csv:1:", "10,000,000 characters", ""),
    "10 MB cell": (b"pre,post\na," + b"b" * 10**7, "bad.csv:2:", "131,072", "100,000"),
    "ragged": (
        b"pre,post,weight\na,b,1\nb,c,1,2,3\nd\n",
        *("bad.csv:3:", "a row of 5 cells", "--delimiter"),
    ),
    "columns": (b"Entity,Is,Thing\na,is,b\n", "bad.csv:1:", "Entity", "--columns"),
    "no path": (
        b"pre,post\nA,B\nB,A\nS,A\nX,Y\nY,X\nX,M\n",
        *("bad.csv: no path leads", "1 sensory", "--inputs"),
    ),
    "no role": (
        b"pre,post\nA,B\nB,A\n",
        *("bad.csv: no path leads", "0 sensory", "--outputs"),
    ),
    "kind": (
        b"pre,post,weight,kind\na,b,1,S\na,c,2,telepathy\n",
        *("bad.csv:3:7:", "telepathy", "chemical or electrical"),
    ),
    **{
        f"weight {cell}": (
            f"pre,post,weight\na,b,1\nb,c,{cell}\n".encode(),
            *("bad.csv:3:5:", "not a finite number", "write a number"),
        )
        for cell in ("x", "nan", "inf", "-inf", "1e400")
    },
}


@pytest.mark.parametrize(("data", "place", "seen", "hint"), TEXTS.values(), ids=TEXTS)
def test_a_text_that_is_no_edge_list(
    folder: Path, data: bytes, place: str, seen: str, hint: str
) -> None:
    Path("bad.csv").write_bytes(data)
    words = ("compile", "bad.csv", "-o", "new.py", "--dump", "stages")
    refused(*words, place=place, seen=seen, hint=hint)

    refused("compile", "bad.csv", "--force", "-o", "old.py", place=place, seen=seen)


def test_the_same_by_standard_input(folder: Path) -> None:
    words = ("compile", "-", "-o", "new.py")
    refused(
        *words, place="stdin:3:", seen="a row of 3 cells", stdin="a,b\nc,d\ne,f,g\n"
    )


def test_ten_mistakes_are_shown_and_the_rest_counted(folder: Path) -> None:
    Path("bad.csv").write_text("pre,post,weight\n" + "a,b,x\n" * 1000)
    refused("compile", "bad.csv", place="bad.csv:2:5:", seen="... and 990 more")


@pytest.mark.parametrize("weight", ["1e308", "-1e308", "1.1e100", "9" * 200])
def test_a_weight_whose_sums_would_overflow(folder: Path, weight: str) -> None:
    """In text, in a graph of nodes and edges, in the tables of a model."""
    rows = f"pre,post,weight\nS,I,{weight}\nI,M,{weight}\nI,M,{weight}\n"
    Path("bad.csv").write_text(rows)
    Path("bad.graphml").write_text(
        '<graphml><key id="w" for="edge" attr.name="weight"/><graph edgedefault="directed">'
        '<node id="S"/><node id="M"/>\n<edge source="S" target="M">'
        f'<data key="w">{weight}</data></edge></graph></graphml>'
    )
    made = Path("old.py").read_bytes().replace(b'{"S": 1}', b'{"S": 1e308}')
    Path("bad.py").write_bytes(made)
    for command in ("compile", "explain", "order", "textconv"):
        if command != "textconv":
            seen, hint = "is larger than 1e+100", "divide all weights by a constant"
            refused(command, "bad.csv", place="bad.csv:2:5: ", seen=seen, hint=hint)
            refused(command, "bad.graphml", place="bad.graphml:2: ", seen=seen)
    seen = "CHEMICAL is not of its type"
    refused("compile", "bad.py", place="bad.py:", seen=seen)


def test_the_largest_weights_add_up(folder: Path) -> None:
    Path("big.csv").write_text("pre,post,weight\nS,I,1e100\nI,S,1e100\nI,M,1e100\n")
    shown = run("compile", "big.csv", "--emit", "circuit")

    assert shown.exit_code == 0 and shown.stdout.count("1e+100") == 3
    assert_clear(shown.stderr or "-")


def test_latin_1_is_read_when_it_is_named(folder: Path) -> None:
    Path("worm.csv").write_bytes(EDGES.replace("I", "\xef").encode("latin-1"))
    done = run("compile", "worm.csv", "--encoding", "latin-1", "-o", "new.py", "-q")

    assert done.exit_code == 0
    assert b'"\\xef": {"S": 2}' in Path("new.py").read_bytes()


def test_utf_16_is_read_when_it_is_named(folder: Path) -> None:
    Path("worm.csv").write_bytes(EDGES.encode("utf-16"))

    assert run("compile", "worm.csv", "--encoding", "utf-16", "-q").exit_code == 0


def test_what_parses_still_shows_without_a_path(folder: Path) -> None:
    Path("bad.csv").write_bytes(TEXTS["no path"][0])
    for stage in ("connectome", "selected", "circuit", "dag", "order"):
        done = run("compile", "bad.csv", "--emit", stage)

        assert done.exit_code == 0
        assert done.stdout.startswith(stage) or "bad.csv" in done.stdout


# The path


def test_a_missing_file(folder: Path) -> None:
    refused("compile", "no.csv", place="no.csv: no such file", seen="path")
    refused("compile", "no/such.csv", place="no/such.csv: no such file", seen="path")
    refused("verify", "no.py", place="no.py: no such file", seen="path")
    refused("compile", "", place="", seen="no such file")


def test_a_name_that_is_almost_a_bundled_one(folder: Path) -> None:
    refused("compile", "cook2018", place="cook2018:", seen="did you mean cook2019?")
    refused("compile", "zzz", place="zzz:", seen="elegansc connectomes lists them")
    words = ("connectomes", "show", "cook2018")
    refused(*words, place="cook2018:", seen="did you mean cook2019?")


def test_a_directory(folder: Path) -> None:
    Path("folder.csv").mkdir()
    place = "folder.csv: a directory"
    refused("compile", "folder.csv", place=place, seen="one of the files in it")
    refused("verify", "folder.csv", place=place, seen="one of the files in it")


def test_an_unreadable_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = builtins.open

    def locked(file: Any, *rest: Any, **more: Any) -> Any:
        if str(file) == "worm.csv":
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return plain(file, *rest, **more)

    monkeypatch.setattr(builtins, "open", locked)
    done = run("compile", "worm.csv", "-o", "new.py")
    monkeypatch.undo()

    assert done.exit_code == 1
    assert done.stderr.startswith("worm.csv: unreadable: Permission denied\n")
    assert not (folder / "new.py").exists()


def test_a_path_that_is_too_long(folder: Path) -> None:
    path = "a" * 300 + ".csv"
    refused("compile", path, place=path, seen="File name too long", hint="the path")


# The output


@pytest.mark.parametrize(
    ("output", "seen", "hint"),
    [
        ("no/such/new.py", "no such folder", "mkdir -p no/such"),
        ("worm.csv/new.py", "Not a directory", ""),
        ("a" * 300 + ".py", "File name too long", ""),
        (".", "is a directory", "give a file name"),
        ("worm.csv", "is the input", "another file"),
        ("../{here}/worm.csv", "is the input", "another file"),
        ("link.csv", "is the input", "another file"),
        ("hard.csv", "is the input", "another file"),
        ("old.csv", "is not a file that elegansc made", "--force"),
        ("edited.py", "was edited by hand", "--force"),
        ("header.py", "was edited by hand", "--force"),
        ("readonly.py", "is read-only", "chmod u+w"),
    ],
)
def test_an_output_that_cannot_be(
    folder: Path, output: str, seen: str, hint: str
) -> None:
    output = output.format(here=folder.name)
    made = Path("old.py").read_bytes()
    Path("link.csv").symlink_to("worm.csv")
    Path("hard.csv").hardlink_to("worm.csv")
    Path("edited.py").write_bytes(made + b"# mine\n")
    Path("header.py").write_bytes(made.replace(b"format=1", b"format=one"))
    Path("readonly.py").write_bytes(made)
    Path("readonly.py").chmod(0o444)
    words = ("compile", "worm.csv", "-o", output)
    refused(*words, place=f"{output}: ", seen=seen, hint=hint)

    if "--force" in hint:
        assert run(*words, "--force", "-q").exit_code == 0
        assert b'"I": {"S": 2}' in Path(output).read_bytes()
    else:
        refused(*words, "--force", place=f"{output}: ", seen=seen, hint=hint)


def test_a_module_is_never_written_over_itself(folder: Path) -> None:
    refused(
        "compile", "old.py", "--force", "-o", "old.py", place="old.py:", seen="input"
    )


@pytest.mark.parametrize("call", ["fsync", "replace", "fdopen", "chmod"])
def test_a_full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = contents(folder)
    with monkeypatch.context() as patch:
        patch.setattr(f"elegansc.files.os.{call}", full)
        done = run("compile", "worm.csv", "-o", "old.py")

    assert contents(folder) == before
    assert done.exit_code == 1
    assert "old.py: cannot be written: No space left on device" in done.stderr
    assert "nothing was changed" in done.stderr


FOLDERS: dict[str, tuple[str, ...]] = {  # commands that write several files
    "dump": ("compile", "worm.csv", "-q", "--emit", "plan", "--dump"),
    "rewire": ("rewire", "worm.csv", "--null", "shuffle-roles", "-q", "-o"),
    "ensemble": ("compile", "worm.csv", "-q", "--ensemble", "2", "-o"),
}
WEB = "pre,post\nS,A\nA,B\nB,A\nS,B\nB,M\nA,M\n"


@pytest.mark.parametrize("words", FOLDERS.values(), ids=FOLDERS)
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fills_up_between_two_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str, words: tuple[str, ...]
) -> None:
    """All files or none; where a rename fails, the message names those that are there."""
    Path("worm.csv").write_text(WEB)
    before, real, calls = contents(folder), getattr(os, call), []

    def full(*given: Any, **more: Any) -> Any:
        calls.append(given)
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*given, **more)

    inputs = ("--inputs", "S", "--outputs", "M", "--roles-table", "structure")
    with monkeypatch.context() as patch:
        patch.setattr(f"elegansc.files.os.{call}", full)
        done = run(*words, "new/deep", *inputs)

    assert len(calls) == 2 and done.exit_code == 1
    assert "cannot be written: No space left on device" in done.stderr
    left = {name for name in contents(folder) if name not in before}
    if call == "fsync":
        assert "nothing was changed" in done.stderr
        assert not left
    else:
        (first,) = left - {"new", "new/deep"}
        assert f"written before: {first}\n" in done.stderr


def test_a_model_and_its_certificate_are_written_both_or_neither(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real, calls = contents(folder), os.fsync, []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr("elegansc.files.os.fsync", full)
        done = run("compile", "worm.csv", "-o", "old.py", "--certificate", "why.json")

    assert (done.exit_code, contents(folder)) == (1, before)
    assert done.stderr.startswith("why.json: cannot be written: No space left")


def test_a_file_larger_than_allowed(folder: Path) -> None:
    before = contents(folder)
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (999, 999))"
    done = spawn("compile", "worm.csv", "-q", "-o", "old.py", code=code)

    assert contents(folder) == before
    assert done.returncode == 1
    assert done.stderr.startswith(b"old.py: cannot be written: File too large\n")


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A file system of 32 KiB."""
    disk = tmp_path / "tiny"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(disk)]
    if (
        not shutil.which("mount")
        or subprocess.run(mount, capture_output=True).returncode
    ):
        pytest.skip("no right to mount a file system")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_is_really_full(folder: Path, tiny: Path) -> None:
    shutil.copy("old.py", tiny / "old.py")
    before = contents(folder)
    done = run("compile", "cook2019", "--cycles", "fast", "-o", str(tiny / "old.py"))

    assert done.exit_code == 1
    assert "old.py: cannot be written: No space left on device" in done.stderr
    assert contents(folder) == before


PRINTERS = [
    *(("--help",), ("--version",), ("compile", "--help"), ("connectomes",)),
    *(("compile", "worm.csv", "-q"), ("compile", "worm.csv", "--emit", "plan")),
    *(("diff", "old.csv", "worm.csv"), ("status", "old.py"), ("explain", "old.py")),
    *(("textconv", "old.csv"), ("order", "worm.csv")),
    ("draw", "worm.csv", "-o", "-", "--format", "dot"),
    ("export", "worm.csv", "-o", "-", "--format", "csv"),
]


@pytest.mark.parametrize("words", PRINTERS, ids=" ".join)
def test_standard_output_that_is_closed(folder: Path, words: tuple[str, ...]) -> None:
    before = contents(folder)
    done = spawn(*words, code="import os, sys; os.close(1); sys.stdout = None")

    assert done.returncode == 1
    assert done.stderr.startswith(b"standard output: Bad file descriptor\n")
    assert contents(folder) == before


def test_no_file_takes_the_place_of_a_stream_that_is_closed(folder: Path) -> None:
    code = """
import os, sys
for number in range(3):
    os.close(number)
sys.stdin = sys.stdout = sys.stderr = None"""
    done = spawn("compile", "worm.csv", "-o", "new.py", code=code)

    assert done.returncode == 0
    assert run("compile", "worm.csv", "-q").stdout_bytes == Path("new.py").read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("words", [["--help"], ["diff", "--help"], ["--version"]])
def test_a_help_on_a_full_disk(words: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "elegansc", *words]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert_clear(done.stderr.decode())


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_standard_output_on_a_full_disk(folder: Path) -> None:
    for words in (
        ["worm.csv", "-q"],
        ["worm.csv", "--emit", "plan"],
        ["cook2019", "-q", "--cycles", "fast"],
    ):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "elegansc", "compile", *words],
                stdout=full,
                stderr=subprocess.PIPE,
                check=False,
            )

        assert done.returncode == 1
        assert b"No space left on device" in done.stderr
        assert_clear(done.stderr.decode())


WRITER = """
import os, sys, time
from pathlib import Path
from elegansc import files as output

plain = os.fsync
def slow(handle):
    time.sleep(0.02)
    plain(handle)
os.fsync = slow
versions = [Path(name).read_bytes() for name in sys.argv[1:3]]
print("ready", flush=True)
while True:
    for data in versions:
        output.write(Path("target.py"), data)
"""


def test_killed_while_writing(folder: Path) -> None:
    made = Path("old.py").read_bytes()
    assert (
        run("compile", "cook2019", "--cycles", "fast", "-q", "-o", "new.py").exit_code
        == 0
    )
    versions = {made, Path("new.py").read_bytes()}
    Path("target.py").write_bytes(made)
    seconds = random.Random(0)
    for _ in range(6):
        command = [sys.executable, "-c", WRITER, "old.py", "new.py"]
        child = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(seconds.uniform(0, 0.1))
        child.send_signal(signal.SIGKILL)
        child.communicate()

        assert Path("target.py").read_bytes() in versions
    left = set(contents(folder)) - {
        "old.py",
        "new.py",
        "worm.csv",
        "old.csv",
        "target.py",
    }
    assert all(name.startswith(".elegansc-") for name in left)
    assert run("compile", "worm.csv", "-q", "-o", "target.py").exit_code == 0


def test_interrupted_while_writing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    before = contents(folder)
    with monkeypatch.context() as patch:
        patch.setattr("elegansc.files.os.fsync", interrupted)
        done = run("compile", "worm.csv", "-q", "-o", "old.py")

    assert contents(folder) == before
    assert (done.exit_code, done.stderr.strip()) == (
        130,
        "elegansc: interrupted; no file was written",
    )


def test_links_and_rights_are_kept(folder: Path) -> None:
    Path("old.py").chmod(0o640)
    Path("link.py").symlink_to("old.py")
    assert run("compile", "worm.csv", "-q", "-o", "link.py").exit_code == 0

    assert Path("link.py").is_symlink()
    assert Path("old.py").stat().st_mode & 0o777 == 0o640
    assert b'"I": {"S": 2}' in Path("old.py").read_bytes()


def test_the_umask_holds(folder: Path) -> None:
    before = os.umask(0o027)
    try:
        assert run("compile", "worm.csv", "-q", "-o", "new.py").exit_code == 0
    finally:
        os.umask(before)

    assert Path("new.py").stat().st_mode & 0o777 == 0o640


# The options


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ("--label a/b", "only A-Z"),
        ("--label {{7*7}}", "only A-Z"),
        ("--label é", "only A-Z"),
        (f"--label {'a' * 101}", "at most 100"),
        ("--label cook2019", "the name of a bundled connectome"),
        ("--name class", "no keyword"),
        ("--name 1abc", "a Python identifier"),
        ("--name a-b", "a Python identifier"),
        ("--name Würmer", "ASCII"),
        (f"--name {'A' * 61}", "at most 60"),
        ("--name Tensor", "none that the module uses"),
        ("--name LEVELS", "none that the module uses"),
        ("--name torch", "none that the module uses"),
        ("--name len", "none that the module uses"),
        ("--norm layer", "needs --features 4"),
        ("--norm layer --features 3", "needs --features 4"),
        ("--merge product", "needs --norm layer"),
        ("--merge product --norm layer --features 4 --feedback delay", "drop it"),
        ("--merge product --norm layer --features 4 --init counts", "no gains"),
        ("--features 0", "from 1"),
        ("--features -1", "from 1"),
        ("--features x", "not a valid integer"),
        ("--features 1000000", "to 65,536"),
        ("--min-weight -1", "a number from 0"),
        ("--min-weight nan", "a number from 0"),
        ("--min-weight inf", "a number from 0"),
        ("--activation softmax", "is not one of"),
        ("--inputs ZZ*", 'elegansc: --inputs "ZZ*": no cell has such a name'),
        ("--inputs S --outputs Q", "--outputs Q: no cell"),
        ("--only Q", "--only Q: no cell"),
        ("--without Q", "--without Q: no cell"),
        ("--columns pre", "write pre=A"),
        ("--columns pre=9,post=2", "9"),
        ("--columns foo=1", "use one of pre, post, weight, kind"),
        ("--delimiter ab", "one character"),
        ("--encoding klingon", "no such encoding"),
        ("--check", "--output"),
        ("--json", "--output"),
        ("--emit nothing", "is not one of"),
        ("--dump worm.csv", "is a file"),
        ("--wat", "No such option"),
        ("more", "unexpected extra argument"),
    ],
)
def test_options_that_cannot_be(folder: Path, options: str, seen: str) -> None:
    before = contents(folder)
    output = () if options in ("--check", "--json") else ("-o", "new.py")
    done = run("compile", "worm.csv", *output, *options.split())

    assert contents(folder) == before
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert seen in done.stderr


def test_files_that_options_name(folder: Path) -> None:
    refused("compile", "worm.csv", "--inputs", "@no.txt", place="no.txt:", seen="such")
    refused("compile", "worm.csv", "--cells", "no.csv", place="no.csv:", seen="such")
    refused("compile", "worm.csv", "--cells", ".", place=".:", seen="a directory")


def test_no_cell_is_left(folder: Path) -> None:
    words = ("compile", "worm.csv", "--without", "*")
    refused(*words, place="worm.csv:", seen="no cell is left", hint="--keep")


def test_every_name_that_the_module_uses_is_refused() -> None:
    """Whatever the options: a class of such a name would hide it."""
    edges = GOLDEN / "two_cycle" / "edges.csv"
    used = set()
    forms = itertools.product(
        ("scalar", "linear"), ("sum", "gated", "product"), ("drop", "delay")
    )
    for unit, merge, feedback in forms:
        for init in ("uniform", "counts"):
            choices = {"unit": unit, "merge": merge, "feedback": feedback, "init": init}
            try:
                made = elegansc.compile(
                    str(edges), features=4, norm="layer", name="Unlikely", **choices
                )
            except UsageError:
                continue
            tree = ast.parse(next(iter(made.files.values())))
            for node in tree.body:
                targets = getattr(node, "targets", [getattr(node, "target", None)])
                used |= {n.id for n in targets if isinstance(n, ast.Name)}
                used |= {a.asname or a.name for a in getattr(node, "names", ())}
                used |= {node.name} if isinstance(node, ast.FunctionDef) else set()
            words = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
            used |= words & set(dir(builtins))

    assert {"BLOCKS", "torch", "json", "len", "defaultdict"} <= used
    assert [name for name in used if names.is_class_name(name)] == []
    assert all(names.is_class_name(names.class_name(f"{name}.csv")) for name in used)


# A table of cells


CELLS: dict[str, tuple[bytes, str, str, str]] = {
    "empty": (b"", "cells.csv:", "an empty file", ""),
    "no header": (b"S,sensory\n", "cells.csv:1:", "no columns name and role", "header"),
    "only header": (b"name,role\n", "cells.csv:", "no cell in it", "one row a cell"),
    "role": (b"name,role\nS,boss\n", "cells.csv:2:", "boss", "use sensory"),
    "kind": (b"name,role,kind\nS,inter,rock\n", "cells.csv:2:", "rock", "muscle"),
    "twice": (b"name,role\nS,inter\nS,motor\n", "cells.csv:3:", "S stands", "one row"),
    "short": (b"name,role\nS\n", "cells.csv:2:", "1 cell, the header has 2", "a role"),
    "no name": (b"name,role\n,inter\n", "cells.csv:2:", "no name", "a name"),
    "encoding": (b"name,role\n\xff,inter\n", "cells.csv:", "not UTF-8", "UTF-8"),
    "binary": (bytes(range(256)), "cells.csv:", "not UTF-8", "UTF-8"),
    "utf-16": ("name,role".encode("utf-16")[:-1], "cells.csv:", "not UTF-16", ""),
    "nul": (b"name,role\nS,\0\n", "cells.csv:2:", "unknown role", "use sensory"),
    "quote": (b'name,role\n"S,inter\n', "cells.csv:2:", "no table", "not closed"),
    "long": (b"name,role\nS," + b"x" * 10**6, "cells.csv:2:", "no table", ""),
    "other": (b"name,role\nX,inter\n", "worm.csv:", "no cell is left", ""),
}


@pytest.mark.parametrize(("data", "place", "seen", "hint"), CELLS.values(), ids=CELLS)
def test_a_table_of_cells_that_is_none(
    folder: Path, data: bytes, place: str, seen: str, hint: str
) -> None:
    Path("cells.csv").write_bytes(data)
    words = ("compile", "worm.csv", "--cells", "cells.csv", "-o", "new.py")
    refused(*words, place=place, seen=seen, hint=hint)


# Names of files


FILES: dict[str, bytes] = {
    "newline": b"a\nimport os.csv",
    "return": b"a\r.csv",
    "quotes": b'\'"""q"uo\'te.csv',
    "backslash": b"a\\n\\.csv",
    "shell": b"$(touch PWNED).csv",
    "backtick": b"`touch PWNED`;touch PWNED;.csv",
    "jinja": b"{{7*7}}{% raw %}.csv",
    "dash": b"-o.csv",
    "dashes": b"--force",
    "not utf-8": b"\xff\xfe.csv",
    "255 characters": b"x" * 251 + b".csv",
    "255 bytes of 4": "\U0001f41b".encode() * 63 + b"abc",
    "spaces": b"  a  b  ",
    "dots": b"...",
    "percent": b"%s%n{0}.csv",
    "right to left": "\u202evsc.exe\u2066.csv".encode(),
    "escape": b"\x1b[31mred\x1b]0;title\x07.csv",
    "emoji": "\U0001f41b.csv".encode(),
    "keyword": b"class.csv",
    "digits": b"123.csv",
    "none": b"None",
    "python": b"__import__('os').system('touch PWNED').csv",
}


def assert_benign(data: bytes) -> None:
    """All but the docstring and the tables is as in any other module."""
    assert (
        run("compile", "worm.csv", "--name", "Worm", "-q", "-o", "worm.py").exit_code
        == 0
    )
    tree, other = ast.parse(data), ast.parse(Path("worm.py").read_bytes())
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    made = next(node for node in classes if node.name not in BESIDE)
    made.name = "Worm"

    assert ast.dump(ast.Module(tree.body[1:], [])) == ast.dump(
        ast.Module(other.body[1:], [])
    )


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_a_hostile_file_name_is_a_label_of_plain_characters(
    folder: Path, file: bytes
) -> None:
    path = os.fsdecode(file)
    with open(file, "w") as edges:
        edges.write(EDGES)
    done = run("compile", "-o", "new.py", "--", path)

    assert done.exit_code == 0
    assert "Traceback" not in done.stderr
    lines = Path("new.py").read_bytes().split(b"\n")
    assert SECOND.fullmatch(lines[1])
    assert_benign(Path("new.py").read_bytes())
    assert not Path("PWNED").exists()
    os.unlink(file)
    refused("compile", "--", path, place="", seen="no such file")


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_a_hostile_file_name_may_be_written(folder: Path, file: bytes) -> None:
    path = os.fsdecode(file)
    done = run("compile", "worm.csv", f"--output={path}")

    assert done.exit_code == 0
    assert all(c.isprintable() or c == "\n" for c in done.stderr)
    with open(file, "rb") as made:
        assert SECOND.fullmatch(made.read().split(b"\n")[1])
    assert set(contents(folder)) == {"worm.csv", "old.csv", "old.py", path}


def test_a_file_name_that_is_not_utf_8_in_a_process(folder: Path) -> None:
    Path(os.fsdecode(b"\xff.csv")).write_text(EDGES)
    done = spawn(b"compile", b"\xff.csv", b"-o", b"\xfe.py")

    assert (done.returncode, done.stdout) == (0, b"")
    assert_clear(done.stderr.decode())
    again = spawn(b"verify", b"\xfd.py")
    assert again.returncode == 1
    assert_clear(again.stderr.decode())


# A generated module as input


@pytest.fixture
def made(folder: Path) -> bytes:
    """The bytes of the module of `worm.csv`."""
    done = run("compile", "worm.csv", "-q", "-o", "made.py")
    assert done.exit_code == 0
    return Path("made.py").read_bytes()


BOMB = b"__import__('os').system('touch PWNED')"
HEADER = b"# Code generated by elegansc. DO NOT EDIT.\n"


@pytest.mark.parametrize(
    ("old", "new", "place", "seen"),
    [
        (
            b'{"S": 2}',
            b'{"S": %s}' % BOMB,
            "bad.py:",
            "CHEMICAL holds more than literals",
        ),
        (b'["S"],', b"[%s]," % BOMB, "bad.py:", "LEVELS holds more than literals"),
        (
            b'["S"],',
            b"[f'''{%s}''']," % BOMB,
            "bad.py:",
            "LEVELS holds more than literals",
        ),
        (b'{"S": 2}', b'{"S": "2"}', "bad.py:", "CHEMICAL is not of its type"),
        (b'{"S": 2}', b'{"S": -2}', "bad.py:", "CHEMICAL is not of its type"),
        (b'{"S": 2}', b'{"S": 1e999}', "bad.py:", "CHEMICAL is not of its type"),
        (b'{"S": 2}', b'{"S": True}', "bad.py:", "CHEMICAL is not of its type"),
        (b'{"S": 2}', b'{"Q": 2}', "bad.py:", "neither LEVELS nor UNUSED"),
        (b'["S"],', b'["S", "I"],', "bad.py:", "stands there twice"),
        (
            b"UNUSED: list[str] = [",
            b'UNUSED: list[str] = ["I"',
            "bad.py:",
            "UNUSED: 'I'",
        ),
        (
            b'{"S": 2}',
            b'{"S": 2, "S": 2}',
            "bad.py:",
            "CHEMICAL: 'S' stands there twice",
        ),
        (b"str]] = {}", b'str]] = {"norm": "layer"}', "bad.py:", "needs --features 4"),
        (b"str]] = {}", b'str]] = {"wat": 1}', "bad.py:", "no option 'wat'"),
        (b"str]] = {}", b'str]] = {"features": "1"}', "bad.py:", "is no int"),
        (b"format=1", b"format=2", "bad.py:2:", "update elegansc"),
        (b"format=1", b"format=x", "bad.py:2:", "a header that elegansc did not write"),
        (b"source=worm.csv", b"source=../x", "bad.py:2:", "a header that elegansc did"),
        (b"UNUSED: list", b"USELESS: list", "bad.py:", "the table UNUSED is missing"),
        (b"class Worm(", b"class Worm:pass\nclass W(", "bad.py:", "2 classes"),
        (b"import json\n", b"import json (\n", "bad.py:", "not Python"),
        (b"import json\n", b"import json\xff\n", "bad.py:", "not Python"),
        (b"import json\n", b"import json\0\n", "bad.py:", "not Python"),
        (b'["S"],', b"[" * 10**5, "bad.py:", "not Python"),
        (b'["S"],', b"-" * 10**6 + b"1,", "bad.py:", "not Python"),
    ],
)
def test_a_damaged_module(
    made: bytes, old: bytes, new: bytes, place: str, seen: str
) -> None:
    Path("bad.py").write_bytes(edited(made, old, new, sign=True))
    refused("compile", "bad.py", "-o", "new.py", place=place, seen=seen)

    before = contents(Path())
    done = run("verify", "bad.py")
    assert done.exit_code == 1
    assert seen in done.output
    assert "not proved" in done.output or done.stderr.startswith(place)
    assert contents(Path()) == before  # nothing ran: no PWNED


@pytest.mark.parametrize(
    "old, new, seen",
    [
        (b'{"S": 2}', b'{"S": %s}' % BOMB, "CHEMICAL holds more than literals"),
        (b'{"S": 2}', b'{"S": -2}', "CHEMICAL is not of its type"),
        (b'{"S": 2}', b'{"Q": 2}', "CHEMICAL: 'Q' is in neither LEVELS nor UNUSED"),
        (b'{"S": 2}', b'{"S": 2, "S": 3}', "CHEMICAL: 'S' stands there twice"),
        (b'{"S": 2}', b'{"S: 2}', "not Python: unterminated string literal"),
        (b'["S"],', b"[7],", "LEVELS is not of its type"),
        (b'["M"],', b'["M", "S"],', "LEVELS: 'S' stands there twice"),
    ],
)
def test_a_damaged_table_is_shown_with_its_line(
    made: bytes, old: bytes, new: bytes, seen: str
) -> None:
    data = edited(made, old, new, sign=True)
    Path("bad.py").write_bytes(data)
    line = next(n for n, text in enumerate(data.split(b"\n"), 1) if new in text)

    refused("diff", "bad.py", "made.py", place=f"bad.py:{line}: ", seen=seen, code=2)
    refused("compile", "bad.py", place=f"bad.py:{line}: ", seen=seen)


SIGNED = """\
pre,post,weight,kind
S,A,2,chemical
A,B,3,chemical
B,M,1,chemical
B,A,-1,chemical
A,M,1,electrical
"""


@pytest.mark.parametrize(
    "old, new, seen",
    [
        (b'"A": {"S": 2}', b'"A": {"S": 2, "M": 1}', "CHEMICAL: M is in no level b"),
        (b'"M": {"A": 1}', b'"M": {"A": 1, "M": 1}', "ELECTRICAL: M is coupled with"),
        (b'"M": {"A": 1}', b'"M": {"A": 1}, "A": {"M": 2}', "ELECTRICAL: M and A are"),
        (b'"A": {"B": 1}', b'"A": {"B": 1, "S": 2}', "FEEDBACK: S -> A stands in CHE"),
        (b'"M": {"B": 1},\n}\n# fmt', b'"M": {"A": 1},\n}\n# fmt', "SIGN: A -> M is"),
        (b'["B"],', b'[],\n    ["B"],', "LEVELS: B takes nothing from the level"),
    ],
)
def test_tables_that_contradict_each_other(
    folder: Path, old: bytes, new: bytes, seen: str
) -> None:
    Path("signed.csv").write_text(SIGNED)
    words = ("compile", "signed.csv", "-q", "-o", "signed.py", "--no-keep-alive")
    assert run(*words).exit_code == 0
    data = edited(Path("signed.py").read_bytes(), old, new, sign=True)
    Path("bad.py").write_bytes(data)
    lines = data[: data.index(new) + len(new)].split(b"\n")
    line = len(lines) - (2 if new.endswith(b"# fmt") else 0)

    refused("compile", "bad.py", place=f"bad.py:{line}: ", seen=seen)
    refused("status", "bad.py", place=f"bad.py:{line}: ", seen=seen)
    refused("diff", "bad.py", "signed.py", place=f"bad.py:{line}: ", seen=seen, code=2)


def test_a_table_that_is_cut_short_is_named(made: bytes) -> None:
    cut = made.index(b'"I": {"S": 2}') + 9
    Path("bad.py").write_bytes(made[:cut])
    refused("status", "bad.py", place="bad.py:", seen="not Python: ")
    refused("status", "bad.py", place="bad.py:", seen="in the table CHEMICAL")


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_module(made: bytes, share: float) -> None:
    Path("bad.py").write_bytes(made[: int(share * len(made))])
    refused("compile", "bad.py", "-o", "new.py", place="bad.py:", seen="")
    done = run("verify", "bad.py")
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert "our bug" not in done.output


def test_a_module_of_another_tool(folder: Path) -> None:
    Path("bad.py").write_text("import torch\n\n\nclass Worm(torch.nn.Module): ...\n")
    refused("verify", "bad.py", place="bad.py:1:", seen="not a module that elegansc")
    refused("compile", "bad.py", place="bad.py:", seen="")


def test_code_in_the_body_is_neither_run_nor_kept(made: bytes) -> None:
    Path("bad.py").write_bytes(made + b"\n" + BOMB + b"\n")
    before = contents(Path())
    done = run("verify", "bad.py")
    assert done.exit_code == 1
    assert "not proved, and not run" in done.stdout
    assert contents(Path()) == before

    refused("compile", "bad.py", "-o", "new.py", place="bad.py:2", seen="by hand")
    assert not Path("PWNED").exists()


def test_options_of_a_module_are_its_own(made: bytes) -> None:
    seen = "--features: the options of a generated model are its own"
    words = ("compile", "made.py", "--features", "4", "-o", "new.py")
    refused(*words, place="elegansc: ", seen=seen, code=2)
    for stage in ("connectome", "selected", "circuit", "dag", "order", "pruned"):
        words = ("compile", "made.py", "--emit", stage)
        refused(*words, place="elegansc: --emit", seen="only plan and module", code=2)
    assert run("compile", "made.py", "--emit", "plan").stdout.startswith(
        "plan worm.csv"
    )


INJECTION = 'x}.\nimport os; os.system("touch PWNED")  #'


@pytest.mark.parametrize("unit", [INJECTION, "\r" + INJECTION, "\u00b5m", "\x0c", "\0"])
def test_a_unit_is_no_code(folder: Path, unit: str) -> None:
    words = ("compile", "worm.csv", "-o", "new.py", "--weight-unit", unit)
    refused(*words, place="elegansc: --weight-unit", seen="", code=2)


def test_a_module_that_brings_its_own_code_is_not_run(made: bytes) -> None:
    """What would be written of its tables is code: its bytes would be no proof."""
    unit = json.dumps(INJECTION).encode()
    new = b'list[str]] = {\n    "weight-unit": ' + unit + b",\n}\n"
    Path("bad.py").write_bytes(edited(made, b"list[str]] = {}\n", new, sign=True))
    done = run("verify", "bad.py")

    assert not Path("PWNED").exists()
    assert done.exit_code == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'    ["S"],\n    ["I"],\n', b'    ["I"],\n    ["S"],\n'),  # levels swapped
        (b'    ["S"],\n', b'    ["S"],\n    [],\n'),  # an empty level
        (b'{"S": 2}', b'{"S": 1%s}' % (b"0" * 400)),  # no float holds it
        (b'{"S": 2}', b'{"S": 0}'),
        (b'{"S": 2}', b'{"S": 2, "I": 1}'),  # a self-loop in CHEMICAL
    ],
)
def test_a_module_whose_tables_cannot_be(made: bytes, old: bytes, new: bytes) -> None:
    Path("bad.py").write_bytes(edited(made, old, new, sign=True))
    refused("compile", "bad.py", "-o", "new.py", place="bad.py:", seen="")


# The machine


def test_without_torch(folder: Path, tmp_path: Path) -> None:
    """Compiling needs none; verifying says that it does."""
    stub = tmp_path / "stub"
    stub.mkdir()
    (stub / "torch.py").write_text("raise ImportError('no torch')\n")
    done = spawn("compile", "worm.csv", "-q", "-o", "new.py", path=stub)
    assert (done.returncode, done.stderr) == (0, b"")

    done = spawn("verify", "new.py", path=stub)
    assert done.returncode == 1
    assert b"PyTorch is needed to run the module: pip install torch" in done.stdout
    assert b"Traceback" not in done.stdout + done.stderr


def test_out_of_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: Any, **__: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr("elegansc.pipeline.merge_electrical", none)
    refused("compile", "worm.csv", place="elegansc: not enough memory", seen="")


def test_a_bug_is_told_in_one_line_with_its_pass(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError("float division by zero")

    broken.__name__ = "break_cycles"
    monkeypatch.setattr("elegansc.pipeline.break_cycles", broken)
    done = run("compile", "worm.csv", "-o", "new.py")
    assert done.exit_code == 70
    assert "our bug: ZeroDivisionError: float division by zero" in done.stderr
    assert "in pass break_cycles" in done.stderr
    assert not Path("new.py").exists()

    monkeypatch.setenv("ELEGANSC_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        run("compile", "worm.csv", "-o", "new.py")


def test_standard_input_that_is_closed(folder: Path) -> None:
    done = spawn("compile", "-", "-q", code="import sys; sys.stdin = None")

    assert done.returncode == 1
    assert_clear(done.stderr.decode())
