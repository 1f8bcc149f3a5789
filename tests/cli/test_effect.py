"""Every option of how a model is made changes something for every command that lists it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import click
import numpy as np
import pytest
from support.command import contents, run
from support.commands import commands, flags_of

from elegansc.arguments.layout import LAYOUT
from elegansc.cli.help import Command
from elegansc.options import Options, dashed

FIELDS = (*dict.fromkeys((*Options.__dataclass_fields__, *LAYOUT)),)
SEED = 21  # with it, every option of the order has an effect
BARE = "pre,post,weight\nASHL,AVAL,3\nAVAL,VA1,2\nVA1,AVAL,1\n"
WIDE = ("--features", "4", "--unit", "linear")
IMAGES = ("--features", "4", "--task", "mnist")

# What is given beside an option, and the option: of the source worm.csv
GIVEN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "features": ((), ("--features", "4")),
    "unit": (("--features", "4"), ("--unit", "linear")),
    "merge": ((), ("--merge", "gated")),
    "norm": (WIDE, ("--norm", "layer")),
    "activation": ((), ("--activation", "relu")),
    "init": ((), ("--init", "counts")),
    "feedback": ((), ("--feedback", "delay")),
    "dynamics": ((), ("--dynamics", "leaky")),
    "dt": (("--dynamics", "leaky"), ("--dt", "0.2")),
    "substeps": (("--dynamics", "leaky"), ("--substeps", "2")),
    "tau": (("--dynamics", "leaky"), ("--tau", "2")),
    "signs": ((), ("--signs", "signs.csv")),
    "dale": (("--signs", "signs.csv"), ("--dale", "clamped")),
    "tie": ((), ("--tie", "side")),
    "tie_tau": (("--dynamics", "leaky"), ("--tie-tau", "all")),
    "types": (("--tie", "type"), ("--types", "types.csv")),
    "lowering": (WIDE, ("--lowering", "published")),
    "task": (IMAGES[:2], IMAGES[2:]),
    "readout": (IMAGES, ("--readout", "mean")),
    "width": (IMAGES, ("--width", "8")),
    "cells": ((), ("--cells", "cells.csv")),
    "cells_columns": (
        ("--cells", "wide.csv"),
        ("--cells-columns", "name=id,role=class"),
    ),
    "roles_table": ((), ("--roles-table", "structure")),
    "inputs": ((), ("--inputs", "AVBL")),
    "outputs": ((), ("--outputs", "AVBR")),
    "only": ((), ("--only", "A*,D*")),
    "without": ((), ("--without", "AVBL")),
    "keep": ((), ("--keep", "all")),
    "junctions": ((), ("--junctions", "sum")),
    "min_weight": ((), ("--min-weight", "4")),
    "undirected": ((), ("--undirected",)),
    "weight_unit": ((), ("--weight-unit", "contacts")),
    "cycles": ((), ("--cycles", "ratio")),
    "roles": ((), ("--roles", "blocks")),
    "symmetric": ((), ("--symmetric",)),
    "protect": ((), ("--protect", "VA1>ASHL,DA1>ASHR,VA01>ASHL")),
    "tie_seed": ((), ("--tie-seed", "3")),
    "like": ((), ("--like", "older.py")),
    "stick": (("--like", "older.py"), ("--stick", "9")),
    "keep_alive": ((), ("--no-keep-alive",)),
    "alive_cap": ((), ("--alive-cap", "0.5")),
    "tables": ((), ("--tables", "file")),
}
# The same, of what `explain --cost` counts
OF_COST: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    **{name: GIVEN[name] for name in ("features", "unit", "norm")},
    "merge": ((*WIDE, "--norm", "layer"), ("--merge", "product")),
    "activation": ((), ("--activation", "gelu")),
}
# The same, of another source
OF_OTHERS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "kind": ("bare.csv", (), ("--kind", "electrical")),
    "kinds": ("kinds.csv", (), ("--kinds", "7=chemical,8=electrical")),
    "where": ("where.csv", (), ("--where", "animal=1")),
    "decimal": ("comma.csv", (), ("--decimal", "comma")),
    "encoding": ("latin.csv", (), ("--encoding", "latin-1")),
    "header": ("rows.csv", ("--columns", "pre=1,post=2,weight=3"), ("--header",)),
    "transpose": ("matrix.csv", (), ("--transpose",)),
    "names": ("numbers.csv", (), ("--names", "names.txt")),
    "sheet": ("tables.db", (), ("--sheet", "two")),
    "polyadic": ("many.csv", (), ("--polyadic",)),
    "electrical": ("bare.csv", (), ("--electrical", "gaps.csv")),
    "delimiter": ("odd.csv", (), ("--delimiter", "!")),
    "max_levels": ("bare.csv", (), ("--max-levels", "2")),
    "columns": ("strange.csv", (), ("--columns", "pre=x,post=y,weight=z")),
}


def graph(seed: int) -> str:
    """An edge list with cycles, reciprocal pairs, ties, and junctions listed twice."""
    random = np.random.default_rng(seed)
    names = ["ASHL", "ASHR", "AVAL", "AVAR", "AVBL", "AVBR", "VA01", "DA1", "DB1"]
    rows = []
    for pre in names:
        for post in names:
            if pre != post and random.random() < 0.45:
                rows.append(f"{pre},{post},chemical,{random.integers(1, 6)}")
    rows += [
        "AVAL,AVBL,electrical,2",
        "AVBL,AVAL,electrical,5",
        "VA01,DA1,electrical,1",
    ]
    rows += ["DA1,MDL01,chemical,3", "DB1,VA01,chemical,1"]
    return "\n".join(["pre,post,kind,weight", *rows]) + "\n"


def wide_table() -> str:
    """A table of cells with two columns of names and two of roles."""
    rows = ["name,role,id,class"]
    names = "ASHL ASHR AVAL AVAR AVBL AVBR VA01 DA1 DB1 MDL01".split()
    for place, name in enumerate(names):
        one, two = ("sensory", "motor") if place < 4 else ("motor", "sensory")
        rows.append(f"{name},{one},{name.replace('VA01', 'VA1')},{two}")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all sources, tables and models that the commands are given."""
    folder = tmp_path_factory.mktemp("sources")
    texts = {
        "worm.csv": graph(SEED),
        "later.csv": graph(SEED + 1),
        "cells.csv": "name,role\nASHL,motor\nASHR,inter\nAVAL,sensory\nVA01,motor\n"
        "AVAR,inter\nAVBL,inter\nAVBR,inter\nDA1,motor\nDB1,motor\n",
        "wide.csv": wide_table(),
        "bare.csv": BARE,
        "signs.csv": "pre,post,sign\nASHL,AVAL,+\nAVAL,VA1,-\nASHL,DB1,-\nAVAL,AVAR,-\n",
        "types.csv": "name,type\nASHL,A\nASHR,A\nAVAL,B\nAVAR,C\n",
        "rows.csv": BARE.partition("\n")[2],
        "pair.csv": "pre,post,weight\nASHL,AVAL,3\nAVAL,VA1,5\n",
        "kinds.csv": "pre,post,kind,weight\nASHL,AVAL,7,3\nAVAL,VA1,8,2\n",
        "where.csv": "pre,post,weight,animal\nASHL,AVAL,3,1\nAVAL,VA1,x,2\n",
        "comma.csv": "pre;post;weight\nASHL;AVAL;1,500\nAVAL;VA1;2,250\n",
        "matrix.csv": ",ASHL,AVAL,VA1\nASHL,0,3,0\nAVAL,0,0,2\nVA1,0,1,0\n",
        "numbers.csv": "0,3,0\n0,0,2\n0,1,0\n",
        "names.txt": "ASHL\nAVAL\nVA1\n",
        "many.csv": 'pre,post,weight\nASHL,"AVAL,AVAR",3\nAVAL,VA1,2\nVA1,AVAL,1\n',
        "gaps.csv": "pre,post,weight\nASHL,DB1,3\nDB1,ASHL,2\n",
        "odd.csv": "pre!post!weight\nASHL!AVAL!3\nAVAL!VA1!2\n",
        "strange.csv": "z,x,y\n3,ASHL,AVAL\n2,AVAL,VA1\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    (folder / "latin.csv").write_bytes(
        "pre,post,weight\nASHL,é,3\né,VA1,2\n".encode("latin-1")
    )
    with sqlite3.connect(folder / "tables.db") as database:
        for table, weight in (("one", 3), ("two", 5)):
            database.execute(
                f"CREATE TABLE {table} (pre TEXT, post TEXT, weight INTEGER)"
            )
            database.execute(f"INSERT INTO {table} VALUES ('ASHL', 'AVAL', {weight})")
            database.execute(f"INSERT INTO {table} VALUES ('AVAL', 'VA1', {weight})")
    for name, words in {
        "plain.py": ("worm.csv",),
        "bare.py": ("bare.csv",),
        "older.py": ("later.csv", "--label", "worm.csv"),
    }.items():
        output = ("-q", "-o", str(folder / name))
        first, *rest = words
        assert run("compile", str(folder / first), *rest, *output).exit_code == 0
    edited = (folder / "bare.py").read_text() + "# edited, so that it is not run\n"
    (folder / "edited.py").write_text(edited)
    return folder


def outcome(command: str, source: str, *words: str) -> tuple[object, ...]:
    """What a command prints and writes for a source."""
    own = source == "worm.csv"
    plain, older = ("plain.py", "later.csv") if own else ("bare.py", "bare.py")
    if source == "bare.csv":
        older = "pair.csv"  # models take no options of the order
    given: dict[str, tuple[str, ...]] = {
        "compile": (source, *(("-o", "out/made.py") if "--tables" in words else ())),
        "rewire": (source, "--null", "er", "-o", "out", "--force"),
        "feedback": (source, *"--null er --count 1 --jobs 1 -o out/made".split()),
        "draw": (source, "-o", "-", "--format", "html"),
        "diff": (plain, source),
        "bisect": (older, source, "--steps", "2", "--keep-models", "out"),
        "update": ("out/model.py", "--against", source),
        "status": (plain, "--against", source),
        "verify": ("edited.py", "--against", source),
        "export": (source, "-o", "-", "--format", "json"),
    }
    shutil.rmtree("out", ignore_errors=True)
    Path("out").mkdir()
    shutil.copy(plain, "out/model.py")
    last = ("--", "wc", "-c") if command == "bisect" else ()
    done = run(command, *given.get(command, (source,)), *words, *last)
    return done.exit_code, done.stdout, done.stderr, contents(Path("out"))


def is_hidden(option: click.Parameter) -> bool:
    """Whether the help of a command does not show an option."""
    return isinstance(option, click.Option) and option.hidden


def test_what_older_command_lines_have_is_taken(sources: Path) -> None:
    done = run("compile", str(sources / "worm.csv"), "--kernel", "dense", "-q")
    assert done.exit_code == 0 and "--kernel" not in run("compile", "--help").stdout


def listed() -> list[tuple[str, str]]:
    """(command, option) for every option of models that a command lists."""
    found = []
    for command, each in commands():
        flags = flags_of(each)
        hidden = {option.name for option in each.params if is_hidden(option)}
        shown = [name for name in FIELDS if name not in hidden]
        fields = [name for name in shown if f"--{dashed(name)}" in flags]
        found += [(command, name) for name in fields if isinstance(each, Command)]
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("command", "name"), listed())
def test_an_option_that_is_listed_changes_something(
    command: str, name: str, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sources)
    source, given, option = OF_OTHERS.get(name) or ("worm.csv", *GIVEN[name])
    if command == "explain" and name in OF_COST:
        given, option = OF_COST[name]
        given = ("--cost", *given)

    without = outcome(command, source, *given)
    found = outcome(command, source, *given, *option)
    assert found[0] in (0, 1) and found != without, found[:3]
