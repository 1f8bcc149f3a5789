"""git: its diffs in words, and no diff lost; real git, in a repository of the test's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.command import EDGES, contents, edited, run
from support.repository import (
    ATTRIBUTES,
    CONFIG,
    branch,
    call,
    commit,
    marked,
    regenerate,
    setup,
)

from elegansc.comparison import git, listing
from elegansc.interface.compile import compile as compile_path
from elegansc.module.header import FIRST

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")

NEW = "pre,post,weight\nS,I,2\nI,M,5\nS,M,1\n"

# Setting up


def test_tracked_models_are_found(repository: Path) -> None:
    Path("deep/er").mkdir(parents=True)
    shutil.copy("worm.py", "deep/er/model.py")
    Path("deep/other.py").write_text("import torch\n")
    Path("deep/empty.py").write_text("")
    commit("more")
    shutil.copy("worm.py", "untracked.py")

    expected = ["/deep/er/model.py", "/worm.py"]
    said = [
        f"elegansc shows the diffs of {pattern} and merges it" for pattern in expected
    ]
    assert setup() == said
    assert ATTRIBUTES.read_text().splitlines() == [
        git.BEGIN,
        *(f"{pattern} diff=elegansc merge=elegansc" for pattern in expected),
        git.END,
    ]
    assert call("config", "diff.elegansc.textconv") == "elegansc textconv\n"
    assert call("config", "diff.elegansc.command") == "elegansc git-diff\n"
    assert call("status", "--porcelain") == "?? untracked.py\n"


def test_setting_up_again_changes_nothing_and_finds_what_is_new(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup()
    before = (CONFIG.read_bytes(), ATTRIBUTES.read_bytes())
    setup()
    assert (CONFIG.read_bytes(), ATTRIBUTES.read_bytes()) == before

    Path("below").mkdir()
    monkeypatch.chdir("below")
    shutil.copy("../worm.py", "new.py")
    call("add", "new.py")
    assert len(setup()) == 2  # from a folder inside too
    lines = Path("..", ATTRIBUTES).read_text().splitlines()
    assert lines[1:-1] == [
        f"/{name}.py diff=elegansc merge=elegansc" for name in ("below/new", "worm")
    ]


def test_patterns_are_taken_as_given(repository: Path) -> None:
    setup("*.csv", "models/**/*.py")

    assert ATTRIBUTES.read_text().splitlines()[1:-1] == [
        "*.csv diff=elegansc",
        "models/**/*.py diff=elegansc merge=elegansc",
    ]
    assert call("check-attr", "diff", "worm.csv", "worm.py").splitlines() == [
        "worm.csv: diff: elegansc",
        "worm.py: diff: unspecified",
    ]


HOSTILE = {
    "a b.py": ["a", "b.py", "ab.py"],
    'q"uote.py': ["quote.py"],
    "it's.py": [],
    "br[ack]et.py": ["bracket.py", "braet.py", "bret.py"],
    "st*r.py": ["star.py", "str.py"],
    "wh?.py": ["why.py"],
    "!bang.py": ["bang.py"],
    "#hash.py": ["hash.py"],
    "back\\slash.py": ["backslash.py"],
    "new\nline.py": ["new", "line.py"],
    "tab\t.py": ["tab"],
    "cr\r.py": ["cr.py", "cr"],
    " lead.py": ["lead.py"],
    "\u00fcn\u00ef \u672b.py": ["un.py"],
    "e\u0301.py": ["\u00e9.py"],
    "\u2028x.py": ["x.py"],
    "dir ect/[x].py": ["dir ect/x.py", "[x].py"],
    "--flag.py": ["flag.py"],
    "[attr]x.py": [],
    os.fsdecode(b"latin\xe9.py"): [],
}


def test_a_hostile_file_name_is_a_pattern_of_that_file_alone(repository: Path) -> None:
    data = Path("worm.py").read_bytes()
    for name in HOSTILE:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(data)
    commit("hostile")
    said = setup()

    def attributes(names: list[str]) -> set[str]:
        words = [os.fsencode(name) for name in names]
        command = [b"git", b"check-attr", b"-z", b"diff", b"--", *words]
        done = subprocess.run(command, capture_output=True, check=True)
        return set(os.fsdecode(done.stdout).split("\0")[2::3])

    assert len(said) == len(HOSTILE) + 1
    assert all(line.isprintable() for line in said)
    assert attributes(list(HOSTILE)) == {"elegansc"}
    for others in HOSTILE.values():
        assert attributes([*others, "worm.csv"]) == {"unspecified"}


def test_no_model_to_show(bare: Path) -> None:
    call("init", "-q")
    done = run("git-setup")

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(".: git tracks no generated model here\n")
    assert "git-setup 'models/*.py' 'data/*.csv'" in done.stderr
    assert not ATTRIBUTES.exists() and "elegansc" not in CONFIG.read_text()


@pytest.mark.parametrize("words", [(), ("--undo",), ("*.py",)])
def test_outside_a_repository(bare: Path, words: tuple[str, ...]) -> None:
    before = contents(bare)
    done = run("git-setup", *words)

    assert (done.exit_code, done.stdout) == (1, "")
    assert "git: not a git repository" in done.stderr
    assert contents(bare) == before


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    for words in ((), ("--undo",)):
        done = run("git-setup", *words)
        assert done.exit_code == 1
        assert done.stderr == "git: not found\n  install it\n"


OWN = {
    "none": None,
    "some": b"*.png binary\n# a note\n\n*.csv text\n",
    "windows": b"*.png binary\r\n*.csv text\r\n",
    "latin": b"*.png binary\n# caf\xe9 \xc2\x85\x0c\n",
}


@pytest.mark.parametrize("own", OWN.values(), ids=OWN)
def test_undo_restores_everything(repository: Path, own: bytes | None) -> None:
    if own is not None:
        ATTRIBUTES.parent.mkdir(exist_ok=True)
        ATTRIBUTES.write_bytes(own)
    call("config", "diff.elegansc.cachetextconv", "false")  # theirs, not ours
    before = CONFIG.read_bytes()
    setup("*.py")
    setup("*.py", "*.csv")
    if own is not None:
        assert ATTRIBUTES.read_bytes().startswith(own)
        ATTRIBUTES.write_bytes(ATTRIBUTES.read_bytes() + b"*.txt text\n")
    done = run("git-setup", "--undo")

    assert (done.exit_code, done.stderr) == (0, "git shows plain diffs again\n")
    assert CONFIG.read_bytes() == before
    after = ATTRIBUTES.read_bytes() if ATTRIBUTES.exists() else None
    assert after == (None if own is None else own + b"*.txt text\n")
    assert run("git-setup", "--undo").exit_code == 0  # nothing more to undo
    Path("worm.csv").write_text(NEW)
    assert marked(call("diff")) == ["-I,M,3", "+I,M,5", "+S,M,1"]


def test_a_last_line_without_an_end_gets_one(repository: Path) -> None:
    ATTRIBUTES.parent.mkdir(exist_ok=True)
    ATTRIBUTES.write_bytes(b"*.png binary")
    setup("*.py")
    assert ATTRIBUTES.read_text().splitlines()[:2] == ["*.png binary", git.BEGIN]
    run("git-setup", "--undo")
    assert ATTRIBUTES.read_bytes() == b"*.png binary\n"


# What git shows


def test_git_diff_shows_the_summary_and_git_log_the_synapses(repository: Path) -> None:
    setup("*.csv", "*.py")
    Path("worm.csv").write_text(NEW)
    regenerate()
    shown = call("diff").splitlines()

    for name in ("worm.csv", "worm.py"):
        assert f'"a/{name}" -> "b/{name}"' in shown
    assert shown.count("neurons    3 -> 3: 3 shared, +0 -0") == 2
    seen = "chemical   2 -> 3: +1 -0 ~1, 1 unchanged; 5 -> 8 units of weight"
    assert shown.count(seen) == 2
    assert shown.count("  + S -> M  1") == 2
    assert shown.count("  ~ I -> M  3 -> 5  +67 %") == 2
    assert shown.count("git diff --no-ext-diff shows every line") == 2
    assert "torch" not in "".join(shown).replace("elegansc transplant", "")

    commit("the second larva")
    synapses = ["-chemical I -> M 3", "+chemical I -> M 5", "+chemical S -> M 1"]
    assert marked(call("log", "-p", "-1")) == 2 * synapses
    words = ("diff", "--no-ext-diff", "HEAD~", "--", "worm.py")
    assert marked(call(*words)) == synapses
    plain = call("diff", "--no-ext-diff", "--no-textconv", "HEAD~", "--", "worm.csv")
    assert marked(plain) == ["-I,M,3", "+I,M,5", "+S,M,1"]


def test_all_cells_of_a_connectome_are_compared(repository: Path) -> None:
    """A muscle is in no model of the default options, but in the file."""
    old = "pre,post,weight\nADAL,AVAL,1\nAVAL,VA1,2\nVA1,MDL08,{}\n"
    Path("cook.csv").write_text(old.format(1))
    commit("muscle")
    setup("*.csv")
    Path("cook.csv").write_text(old.format(2))

    assert "  ~ VA1 -> MDL08  1 -> 2  +100 %" in call("diff").splitlines()


def unlost(repository: Path, expected: list[str]) -> None:
    """Assert that `git diff` shows all these lines, and that `git log -p` shows some."""
    assert marked(call("diff")) == expected
    commit("a change")
    assert marked(call("log", "-p", "-1"))


@pytest.mark.slow
def test_a_hand_in_the_text_of_a_model_is_shown(repository: Path) -> None:
    """The tables are as they were: what they say is not all that there is to see."""
    setup()
    data = Path("worm.py").read_bytes()
    old, new = b"state = torch.tanh(total)", b"state = torch.relu(total)"
    Path("worm.py").write_bytes(edited(data, old, new))
    lines = marked(call("diff"))
    assert [line.strip("+-").strip() for line in lines] == [
        "state = torch.tanh(total)",
        "state = torch.relu(total)",
    ]
    commit("by hand")
    shown = marked(call("log", "-p", "-1"))
    assert [line.split()[:2] for line in shown] == [
        ["+text", word] for word in ("@@", "-", "+")
    ]

    Path("worm.py").write_bytes(edited(data, old, new, sign=True))
    assert len(marked(call("diff"))) == 2  # its signature
    commit("and signed")
    assert any("body=" in line for line in marked(call("log", "-p", "-1")))


def test_a_hand_in_the_tables_of_a_model_is_shown(repository: Path) -> None:
    setup()
    data = Path("worm.py").read_bytes()
    Path("worm.py").write_bytes(edited(data, b'{"S": 2}', b'{"S": 3}'))
    shown = call("diff")

    assert '"b/worm.py" was edited by hand' in shown
    assert "  ~ S -> I  2 -> 3  +50 %" in shown.splitlines()
    assert marked(shown) == ['-    "I": {"S": 2},', '+    "I": {"S": 3},']


@pytest.mark.parametrize(
    "name, old, new",
    [
        ("notes.csv", b"hello world and more\nx\n", b"hello world and less\nx\n"),
        ("broken.csv", b"pre,post,weight\nA,B,x\n", b"pre,post,weight\nA,B,y\n"),
        ("cut.py", FIRST + b"\n# x\n", FIRST + b"\n# y\n"),
        ("latin.csv", b"pre,post\nA,caf\xe9\n", b"pre,post\nA,th\xe9\n"),
        ("empty.csv", b"", b"pre,post\n"),
    ],
)
def test_what_is_not_ours_is_shown_as_git_would(
    repository: Path, name: str, old: bytes, new: bytes
) -> None:
    Path(name).write_bytes(old)
    commit("old")
    setup("*.csv", "*.py")
    Path(name).write_bytes(new)
    plain = marked(call("diff", "--no-ext-diff", "--no-textconv"))

    assert plain
    assert marked(call("diff")) == plain
    commit("new")
    assert marked(call("log", "-p", "-1")) == plain


@pytest.mark.slow
def test_what_a_connectome_says_beside_its_synapses_is_shown(repository: Path) -> None:
    text = "# a note\npre,post,weight,why\nS,I,2,x\nI,M,{},y\nI,S,0,z\n"
    Path("worm.csv").write_text(text.format(3))
    commit("notes")
    setup("*.csv")
    Path("worm.csv").write_text(
        text.format(3).replace("a note", "another").replace("x\n", "q\n")
    )
    unlost(repository, ["-# a note", "+# another", "-S,I,2,x", "+S,I,2,q"])
    Path("worm.csv").write_text(text.format(-3))
    unlost(
        repository,
        ["-# another", "+# a note", "-S,I,2,q", "-I,M,3,y", "+S,I,2,x", "+I,M,-3,y"],
    )
    assert "+chemical I -> M -3" in call("log", "-p", "-1").splitlines()


def test_rows_in_another_order_say_the_same(repository: Path) -> None:
    setup("*.csv")
    Path("worm.csv").write_text("pre,post,weight\nI,M,3\nS,I,2\n")

    assert marked(call("diff")) == ["-S,I,2", "+S,I,2"]  # the file did change
    commit("shuffled")
    assert marked(call("log", "-p", "-1")) == []


def test_new_files_and_files_that_are_gone(repository: Path) -> None:
    setup("*.csv", "*.py")
    Path("new.csv").write_text(NEW)
    Path("worm.csv").unlink()
    call("add", "-A")
    shown = call("diff", "--cached", "--no-renames")
    assert "diff of new.csv" in shown and "diff of worm.csv" in shown
    rows = [f"+{line}" for line in NEW.splitlines()]
    assert marked(shown) == [*rows, *(f"-{line}" for line in EDGES.splitlines())]

    commit("new and gone")
    assert marked(call("log", "-p", "-1", "--no-renames")) == [
        "+chemical I -> M 5",
        "+chemical S -> I 2",
        "+chemical S -> M 1",
        "-chemical I -> M 3",
        "-chemical S -> I 2",
    ]


def test_a_new_mode_and_a_new_name_are_said(repository: Path) -> None:
    setup("*.csv", "*.py")
    Path("worm.csv").write_text(EDGES + "".join(f"S,I{n},1\n" for n in range(20)))
    commit("long")
    call("mv", "worm.csv", "adult.csv")
    Path("adult.csv").write_text(Path("adult.csv").read_text() + "S,M,4\n")
    Path("adult.csv").chmod(0o755)
    shown = call("diff", "-M", "HEAD").splitlines()

    assert "worm.csv: mode 100644 -> 100755" in shown
    assert "rename from worm.csv" in shown and "rename to adult.csv" in shown
    assert "  + S -> M  4" in shown


def test_names_of_files_do_not_move_the_cursor(repository: Path) -> None:
    name = "\x1b[2J.csv"
    Path(name).write_text(EDGES)
    commit("hostile")
    setup("*.csv")
    Path(name).write_text(NEW)
    assert all(c.isprintable() or c == "\n" for c in call("diff"))
    Path(name).unlink()
    assert all(
        c.isprintable() or c == "\n" for c in call("diff").split("diff --git")[0]
    )


# A listing says all that a model says


def variants(folder: Path) -> Iterator[bytes]:
    """Models that differ in one thing each."""
    graph = "pre,post,kind,weight\nS,A,chemical,5\nA,B,chemical,{w}\nB,A,chemical,{x}\nB,M,chemical,2\nA,M,chemical,{y}\nA,B,electrical,1\nD,A,chemical,1\n"
    base = {"inputs": ("S",), "outputs": ("M",)}
    path = folder / "graph.csv"
    for weights in ((3, 1, 1), (1, 3, 1), (4, 1, 1), (3, 1, -1)):
        w, x, y = weights
        path.write_text(graph.format(w=w, x=x, y=y))
        yield next(iter(compile_path(str(path), **base).files.values()))
    path.write_text(graph.format(w=3, x=1, y=1))
    cells = folder / "cells.txt"
    rows = "name,role,transmitter\nS,sensory,glutamate\nM,motor,\nA,,\nB,,\nD,,\n"
    cells.write_text(rows)
    for more in (
        {"name": "Other"},
        {"label": "other"},
        {"features": 2},
        {"inputs": ("S", "D")},
        {"outputs": ("M", "B")},
        {"min_weight": 2.0},
        {"cycles": "ratio"},
        {"feedback": "delay"},
        {"weight_unit": "contacts"},
        {"inputs": (), "outputs": (), "cells": str(cells)},
    ):
        choices = {**base, **more}
        yield next(iter(compile_path(str(path), **choices).files.values()))


def test_two_models_with_one_listing_are_one_model(tmp_path: Path) -> None:
    models = list(variants(tmp_path))
    models += [model + b"# edited\n" for model in models[:3]]
    listings = ["\n".join(listing.listing(model, "model.py")) for model in models]

    assert len(set(models)) == len(models)
    assert len(set(listings)) == len(models)


def test_a_listing_says_how_things_run(tmp_path: Path) -> None:
    first, *_ = variants(tmp_path)

    assert list(listing.listing(first, "model.py")) == [
        "model Graph of graph.csv",
        "option inputs ['S']",
        "option outputs ['M']",
        "cycles exact 1",
        "neuron A",
        "neuron B",
        "neuron D unused",
        "neuron M motor",
        "neuron S sensory",
        "chemical A -> B 3",
        "chemical A -> M 1",
        "chemical B -> A 1 backward",
        "chemical B -> M 2",
        "chemical D -> A 1",
        "chemical S -> A 5",
        "electrical A -> B 1",
    ]


# A merge


def test_two_branches_that_regenerated_one_model(repository: Path) -> None:
    """What to do when a merge conflicts in a generated model, without our merge driver.

    1. `git merge other` stops: both branches changed the model, at least its line 2.
    2. Merge the connectome, as any text: here git has done so by itself.
    3. Compile it again, over the marks of the conflict: `--force`, since a model with
       marks in it looks like one that a hand changed. Never merge the model by hand.
    4. `git add` both, `git commit`. `elegansc status` says that the model is fresh.
    """
    rows = "pre,post,weight\n" + "".join(f"S,n{n},1\nn{n},M,1\n" for n in range(9))
    Path("worm.csv").write_text(rows)
    regenerate()
    commit("larger")
    setup("*.csv", "*.py")
    call("config", "--remove-section", "merge.elegansc")
    branch("left", rows.replace("S,n0,1", "S,n0,7"))
    branch("right", rows.replace("n8,M,1", "n8,M,9"), "main")
    call("merge", "-q", "left", code=1)
    assert call("diff", "--name-only", "--diff-filter=U") == "worm.py\n"
    merged = rows.replace("S,n0,1", "S,n0,7").replace("n8,M,1", "n8,M,9")
    assert Path("worm.csv").read_text() == merged
    assert b"\n<<<<<<< HEAD\n" in Path("worm.py").read_bytes()
    assert marked(call("diff")) == [
        "++unmerged: merge its source and compile it again",
        "+ chemical S -> n0 7",
        "+ chemical n8 -> M 1",
    ]
    assert "worm.py is unmerged: compile its source again" in call("diff", "--cached")
    assert run("status", "worm.py", "--against", "worm.csv").exit_code == 1

    refused = run("compile", "worm.csv", "-q", "-o", "worm.py")
    assert refused.exit_code == 1 and "--force" in refused.stderr
    assert "worm.py: holds two versions of a merge\n" in refused.stderr
    regenerate("--force")
    commit("merge")
    found = json.loads(
        run("status", "worm.py", "--against", "worm.csv", "--json").stdout
    )
    assert found["status"] == "fresh"
    changes = ["-chemical S -> n0 1", "+chemical S -> n0 7"]
    assert marked(call("diff", "--no-ext-diff", "HEAD~", "--", "worm.py")) == changes


@pytest.mark.slow
def test_a_merge_that_conflicts_in_the_connectome_too(repository: Path) -> None:
    """Then step 2 is a person's: the model can not tell which of the two is right."""
    setup("*.csv", "*.py")
    branch("left", EDGES.replace("I,M,3", "I,M,4"))
    branch("right", EDGES.replace("I,M,3", "I,M,5"), "main")
    call("merge", "-q", "left", code=1)
    for name in ("worm.csv", "worm.py"):
        assert f"{name} is unmerged: compile its source again" in call(
            "diff", "--cached"
        )
    ours = [x for x in call("diff").splitlines() if x[:2] in ("++", " +", "+ ")]
    assert [line for line in ours if not line.startswith("+++")] == 2 * [
        "++unmerged: merge its source and compile it again",
        " +chemical I -> M 5",
        "+ chemical I -> M 4",
    ]
    broken = run("compile", "worm.csv", "-o", "worm.py", "--force")
    assert broken.exit_code == 1  # a connectome with marks in it is none

    Path("worm.csv").write_text(EDGES.replace("I,M,3", "I,M,4.5"))
    regenerate("--force")
    commit("merge")
    assert run("status", "worm.py", "--against", "worm.csv").exit_code == 0


def test_a_graph_of_nodes_and_edges_has_a_listing(tmp_path: Path) -> None:
    """It has neither comments nor further columns to tell of."""
    path = tmp_path / "g.graphml"
    path.write_text(
        '<graphml><graph edgedefault="directed"><node id="A"/><node id="B"/>'
        '<edge source="A" target="B"/></graph></graphml>'
    )

    assert listing.textconv(str(path)) == (b"chemical A -> B 1\n", "")


def test_git_log_shows_the_synapses_of_graphml(repository: Path) -> None:
    text = (
        '<graphml><key id="w" for="edge" attr.name="weight"/><graph edgedefault="directed">'
        '<node id="A"/><node id="B"/><edge source="A" target="B"><data key="w">{}</data>'
        "</edge></graph></graphml>"
    )
    Path("g.graphml").write_text(text.format(1))
    commit("old")
    setup("*.graphml")
    Path("g.graphml").write_text(text.format(2))
    assert "  ~ A -> B  1 -> 2  +100 %" in call("diff").splitlines()
    commit("new")

    assert marked(call("log", "-p", "-1")) == [
        "-chemical A -> B 1",
        "+chemical A -> B 2",
    ]


ODD = {
    "empty": b"",
    "nul": b"\0" * 99,
    "every byte": bytes(range(256)) * 9,
    "zip": b"PK\x03\x04" + bytes(99),
    "utf-16": "Hello\n".encode("utf-16"),
    "deep": b"<graphml>" * 50_000,
    "bomb": b'<!DOCTYPE graphml [<!ENTITY b "c">]>\n<graphml>&b;</graphml>\n',
    "model cut short": FIRST + b"\n# @generated format=1\n",
    "brackets": FIRST + b"\n# x\n" + b"(" * 100_000,
    "huge": b"pre,post,weight\nA,B,1e308\nA,B,1e308\n",
    "marks": b"pre,post,weight\n" + b"<<<<<<< a\n||||||| b\n" * 20_000,
    "a side alone": b"<<<<<<< a\npre,post\n=======\nA,B\n",
}


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_textconv_never_fails(data: bytes, tmp_path: Path) -> None:
    """Else git shows nothing at all: `fatal: unable to read files to diff`."""
    path = tmp_path / "file.py"
    path.write_bytes(data)
    done = run("textconv", str(path))

    assert (done.exit_code, done.stdout_bytes, done.stderr) == (0, data, "")


def test_textconv_survives_a_bug_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("comments")

    monkeypatch.setattr(listing, "read_source", broken)
    path = tmp_path / "worm.csv"
    path.write_text(EDGES)
    done = run("textconv", str(path))

    assert (done.exit_code, done.stdout) == (0, EDGES)
    assert "our bug" in done.stderr and "KeyError: 'comments'" in done.stderr
    gone = run("textconv", str(tmp_path / "gone.csv"))
    assert gone.exit_code == 0
    assert gone.stdout == "cannot be read: No such file or directory\n"


def test_git_diff_survives_a_bug_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("comments")

    monkeypatch.setattr("elegansc.comparison.changes.compare", broken)
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(EDGES)
    new.write_text(NEW)
    words = ("worm.csv", str(old), "0", "100644", str(new), "0", "100644")
    done = run("git-diff", *words)

    assert done.exit_code == 0
    assert marked(done.stdout) == ["-I,M,3", "+I,M,5", "+S,M,1"]
    assert "our bug: worm.csv: KeyError" in done.stderr


# Tables in a file of their own


def test_a_file_of_tables_is_compared_by_name(repository: Path) -> None:
    regenerate("--tables", "file")
    commit("tables apart")
    assert "elegansc shows the diffs of /worm.safetensors" in setup()
    Path("worm.csv").write_text(NEW)
    regenerate("--tables", "file")

    said = call("diff", "worm.safetensors")
    assert "+ S -> M  1" in said and "~ I -> M  3 -> 5  +67 %" in said
    said = call("diff", "worm.py")
    assert "-DIGEST" in said and "+DIGEST" in said
    assert "elegansc diff HEAD:worm.py worm.py names the changes" in said
    assert "+ S -> M  1" in run("diff", "HEAD:worm.py", "worm.py").output

    commit("another graph")
    assert marked(call("log", "-p", "-1", "--", "worm.safetensors")) == [
        "-chemical I -> M 3",
        "+chemical I -> M 5",
        "+chemical S -> M 1",
    ]


def test_no_merge_driver_gets_a_file_of_tables(repository: Path) -> None:
    regenerate("--tables", "file")
    commit("tables apart")
    setup()
    call("checkout", "-q", "-b", "other")
    for weight, at in ((4, "other"), (5, "main")):
        call("checkout", "-q", at)
        Path("worm.csv").write_text(EDGES.replace("I,M,3", f"I,M,{weight}"))
        regenerate("--tables", "file")
        commit(f"weight {weight}")
    done = subprocess.run(["git", "merge", "other"], capture_output=True)
    assert done.returncode == 1
    assert b"which git hands to no merge driver" in done.stderr
    assert b"CONFLICT" in done.stdout
