"""How a source is read stands in the model: update, status and diff read it so again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.command import run
from support.workbooks import xlsx

import elegansc
from elegansc.module.read import made_with
from elegansc.readers.asked import as_asked, asked, flags, wishes
from elegansc.readers.reader import Layout

TABLE = "a,b,c,d\nA,B,1,x\nB,C,2,x\nA,C,3,x\nC,D,1,y\n"
GRID = "0,1,0\n0,0,2\n0,0,0\n"
FILES = {
    "columns": (TABLE, ["--columns", "pre=b,post=a,weight=c"]),
    "where": (TABLE, ["--columns", "pre=1,post=2", "--where", "d=x"]),
    "kinds": (TABLE, ["--columns", "pre=a,post=b,kind=d", "--kinds", "x=chemical,y=electrical"]),
    "kind": (TABLE, ["--columns", "pre=a,post=b", "--kind", "chemical"]),
    "delimiter": ("A|B|1\nB|C|2\n", ["--delimiter", "|"]),
    "decimal": ("pre;post;weight\nA;B;1,500\nB;C;2,250\n", ["--decimal", "comma"]),
    "header": ("A,B,1\nB,C,2\n", ["--no-header"]),
    "encoding": ("pre,post\nA\xe9,B\nB,C\n", ["--encoding", "latin-1"]),
    "names": (GRID, ["--names", "names.txt"]),
    "transpose": (GRID, ["--names", "names.txt", "--transpose"]),
}  # fmt: skip


def read(path: str = "model.py") -> dict[str, Any]:
    """What a model records of how its source is read."""
    return dict(made_with(Path(path).read_bytes(), path).read)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("option", FILES)
def test_each_option_of_reading_is_kept(option: str, folder: Path) -> None:
    text, words = FILES[option]
    encoding = "latin-1" if option == "encoding" else "utf-8"
    Path("worm.csv").write_text(text, encoding=encoding)
    Path("names.txt").write_text("A\nB\nC\n")
    assert run("compile", "worm.csv", "-o", "model.py", "-q", *words).exit_code == 0
    before = Path("model.py").read_bytes()

    assert option in read()
    command = f"Made by: elegansc compile worm.csv {words[0]} "
    assert command in " ".join(before.decode().split()) + " "
    assert run("status", "model.py").stdout.startswith("model.py: fresh: just what")
    assert run("update", "model.py").exit_code == 0
    assert Path("model.py").read_bytes() == before
    if option not in ("names", "transpose"):
        assert run("diff", "worm.csv", "model.py", "--exit-code").exit_code == 0


def test_a_sheet_is_kept(folder: Path) -> None:
    sheets = {
        "one": [["pre", "post"], ["A", "B"]],
        "two": [["pre", "post"], ["B", "A"]],
    }
    Path("worm.xlsx").write_bytes(xlsx(sheets))
    words = ("--sheet", "two=electrical")
    assert run("compile", "worm.xlsx", "-o", "model.py", "-q", *words).exit_code == 1
    words = ("--sheet", "two")
    assert run("compile", "worm.xlsx", "-o", "model.py", "-q", *words).exit_code == 0
    assert read() == {"sheet": ("two",)}
    assert run("status", "model.py").exit_code == 0
    assert run("update", "model.py", "--check").exit_code == 0


def test_bytes_are_read_as_their_file(folder: Path) -> None:
    path = Path("worm.csv")
    path.write_text(TABLE)
    columns = "pre=a,post=b,weight=c"
    wanted = elegansc.compile(path, columns=columns).source
    for file in (path.read_bytes(), path.open("rb"), path.open()):
        found = elegansc.compile(file, label="worm.csv", columns=columns)
        assert found.source == wanted
    again = elegansc.read(path, columns=columns)
    assert elegansc.compile(again).source == wanted


def test_what_is_found_by_itself_is_not_recorded(folder: Path) -> None:
    Path("worm.csv").write_text("pre;post\nA;B\n")
    assert run("compile", "worm.csv", "-o", "model.py", "-q").exit_code == 0
    assert read() == {}
    assert b"READ" not in Path("model.py").read_bytes()


def test_a_model_does_not_lose_how_it_was_read(folder: Path) -> None:
    Path("worm.csv").write_text(TABLE)
    words = ("--columns", "pre=a,post=b,weight=c")
    assert run("compile", "worm.csv", "-o", "model.py", "-q", *words).exit_code == 0
    before = Path("model.py").read_bytes()
    done = run(
        "compile", "worm.csv", "-o", "model.py", "--columns", "pre=a,post=b", "-q"
    )
    assert done.exit_code == 0 and Path("model.py").read_bytes() != before

    Path("model.py").write_bytes(before)
    Path("worm.csv").write_text(TABLE.replace("a,b,c,d", "pre,post,c,d"))
    done = run("compile", "worm.csv", "-o", "model.py", "-q")
    assert done.exit_code == 1
    assert "columns pre=a,post=b,weight=c -> none" in done.stderr
    assert "give --columns, or --force" in done.stderr
    assert Path("model.py").read_bytes() == before
    found = elegansc.compile("worm.csv")
    with pytest.raises(elegansc.InputError, match="columns pre=a"):
        found.write("model.py")


def test_pyproject_says_it_before_the_file(folder: Path) -> None:
    Path("worm.csv").write_text(TABLE)
    words = ("--columns", "pre=a,post=b,weight=c")
    assert run("compile", "worm.csv", "-o", "model.py", "-q", *words).exit_code == 0
    entry = '[tool.elegansc.models."model.py"]\nsource = "worm.csv"\ncolumns = "pre=b,post=a"\n'
    Path("pyproject.toml").write_text(entry)
    done = run("status", "model.py")
    assert done.exit_code == 1
    assert "columns pre=a,post=b,weight=c -> pre=b,post=a" in done.stdout
    assert run("update", "model.py").exit_code == 0
    assert read() == {"columns": ("pre=b", "post=a")}
    assert run("status", "model.py").exit_code == 0


def test_names_that_are_gone_are_missed(folder: Path) -> None:
    Path("worm.csv").write_text(GRID)
    Path("names.txt").write_text("A\nB\nC\n")
    words = ("--names", "names.txt")
    assert run("compile", "worm.csv", "-o", "model.py", "-q", *words).exit_code == 0
    Path("names.txt").unlink()
    done = run("status", "model.py")
    assert "not found beside it or above: names.txt" in done.stdout
    before = Path("model.py").read_bytes()
    assert "names.txt" in run("update", "model.py").stderr
    assert Path("model.py").read_bytes() == before


def test_a_hostile_column_stays_data(folder: Path) -> None:
    name = '"]}\n\nimport os\u2028"""\x0c#'
    quoted = name.replace('"', '""')
    Path("worm.csv").write_text(f'"{quoted}",b\nA,B\nB,C\n')
    model = elegansc.compile("worm.csv", columns={"pre": name, "post": "b"})
    model.write("model.py")
    assert read() == {"columns": (f"pre={name}", "post=b")}
    assert b"\nimport os" not in Path("model.py").read_bytes()
    assert "proved" in run("verify", "model.py").output


WORDS = st.text(min_size=1, max_size=6)
NAMES = WORDS.filter(lambda word: "=" not in word)


@given(
    st.builds(
        Layout,
        columns=st.dictionaries(st.sampled_from(["pre", "post", "weight"]), WORDS),
        delimiter=st.none() | st.sampled_from(["comma", "|"]),
        header=st.none() | st.booleans(),
        encoding=st.sampled_from(["utf-8", "latin-1"]),
        kind=st.none() | st.sampled_from(["chemical", "electrical"]),
        where=st.dictionaries(
            NAMES, st.sets(WORDS, min_size=1, max_size=3).map(sorted).map(tuple)
        ),
        kinds=st.dictionaries(WORDS, st.sampled_from(["chemical", "electrical"])),
        decimal=st.none() | st.just("comma"),
        sheets=st.lists(WORDS, max_size=3).map(tuple),
        names=st.none() | st.lists(WORDS, min_size=1, max_size=3).map(tuple),
        transpose=st.booleans(),
    )
)
def test_a_layout_comes_back(layout: Layout) -> None:
    found = asked(layout)

    assert as_asked(Layout(), found) == layout
    assert as_asked(layout, ()) == layout
    assert flags(found).keys() == wishes(found).keys() == dict(found).keys()
