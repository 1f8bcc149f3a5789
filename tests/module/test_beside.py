"""The file of tables beside a module: the same model, read back, and never believed."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import example, given
from support import toy
from support.command import run
from support.strategies import connectomes

from elegansc import pipeline
from elegansc.errors import InputError, UsageError
from elegansc.ir.artifact import Artifact
from elegansc.ir.stages import Connectome, Plan
from elegansc.ir.text import text
from elegansc.module.emit import INLINE, emit, in_file
from elegansc.module.plan_arrays import NAMES, digest_of, is_tables, tables_file
from elegansc.module.read import read_unedited
from elegansc.module.tensors import packed, unpacked
from elegansc.options import Options
from elegansc.semantics.interpret_arrays import Arrays, interpret_arrays
from elegansc.verification.running import HAND, expectation, numbers
from elegansc.verification.verify import prove

ALL = list(toy.everything(activation="tanh"))
FILED = [options for options in ALL if options.merge != "product"]
FORMS = [
    pytest.param(
        options, id=toy.told(options), marks=[pytest.mark.slow] if n % 12 else []
    )
    for n, options in enumerate(FILED)
]
WORDS = ("--roles-table", "structure", "--inputs", "S*", "--outputs", "M*,SX")


def both(graph: Plan, options: Options) -> tuple[Artifact, Artifact]:
    """The module with its tables in it, and the one with them beside it."""
    one, other = (replace(options, tables=word) for word in ("inline", "file"))
    return emit(graph, options=one, name="Toy"), emit(graph, options=other, name="Toy")


def gradients(
    net: torch.nn.Module, given: tuple[torch.Tensor, ...]
) -> list[torch.Tensor]:
    """What it gives, and the gradients of all its parameters."""
    found = net(*given)
    outputs = found if isinstance(found, tuple) else (found,)
    loss = torch.stack([part.sin().sum() for part in outputs]).sum()
    return [
        *outputs,
        *torch.autograd.grad(loss, [*net.parameters()], allow_unused=True),
    ]


@pytest.mark.parametrize("options", FORMS)
def test_both_forms_start_alike_and_compute_the_same(options: Options) -> None:
    one, other = both(toy.plan(toy.graph_options(options)), options)
    inline, filed = toy.load(one.page), toy.load(other.page, other.tables)
    nets = [toy.network(module, dtype=torch.double) for module in (inline, filed)]
    given = toy.arguments(inline, 3, dtype=torch.double)

    for name in ("NEURONS", "LEVELS", "LIVE", "UNUSED", "SENSORY", "MOTOR"):
        assert getattr(inline, name) == getattr(filed, name)
    assert toy.synapses(filed) == inline.SYNAPSES
    pairs = zip(nets[0].parameters(), nets[1].parameters(), strict=True)
    torch.testing.assert_close(*zip(*pairs, strict=True))
    torch.testing.assert_close(*(gradients(net, given) for net in nets))


@pytest.mark.parametrize("options", FORMS)
def test_the_interpreter_by_arrays_is_the_one_of_single_synapses(
    options: Options,
) -> None:
    model, trial = toy.trial(toy.source(options))
    expected, given = expectation(model, trial), numbers(trial)
    net = Arrays.of(model.plan, options)
    plain = {name: value for name, value in given.items() if HAND not in name}
    hands = {name.removeprefix(HAND): value for name, value in given.items()}
    hands = {name: hands[name] for name in ("current", "alive", "held")}
    found = interpret_arrays(net, plain, {})
    for name, value in interpret_arrays(net, plain, hands).items():
        found[f"{HAND}{name}"] = value
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, atol=1e-11, err_msg=name)


def test_a_large_graph_is_proved_on_a_sample_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("elegansc.module.emit.INLINE", 3)
    for options in (toy.ROLES, replace(toy.ROLES, feedback="delay", features=2)):
        made = emit(toy.plan(toy.graph_options(options)), options=options, name="Toy")
        checks = prove(made.page, "toy.py", beside=made.tables)
        assert [check for check in checks if not check.passed] == []
        (sample,) = (check for check in checks if check.name == "sample")
        assert "of random inputs, all neurons and synapses" in sample.detail
        assert any(check.name == "gradients float32" for check in checks)


def test_both_forms_sign_checkpoints_alike() -> None:
    graph = toy.plan(toy.ROLES)
    plain = toy.load(emit(graph, options=toy.ROLES, name="Toy").page)
    _, other = both(graph, toy.ROLES)
    assert plain.WIRING == toy.load(other.page, other.tables).WIRING


@given(connectomes())
def test_the_same_graph_is_read_back_from_both(connectome: Connectome) -> None:
    try:
        graph = pipeline.lower(connectome, Options(roles_table="structure"))
    except InputError:
        return
    plans = [
        read_unedited(artifact.page, "toy.py", artifact.tables).plan
        for artifact in both(graph, Options())
    ]
    assert text(plans[0]) == text(plans[1])


@example(["\ud800", "a\nb", "ä", "\U0001f9e0"])
@given(connectomes())
def test_what_is_packed_is_unpacked(connectome: object) -> None:
    names = connectome if isinstance(connectome, list) else ["x"]
    arrays = {
        "f": np.arange(3.0),
        "i": np.arange(len(names), dtype=np.int32),
        "none": np.zeros(0, np.int8),
    }
    found = unpacked(packed(arrays), "x")
    assert [*found] == [*arrays]
    assert all(np.array_equal(found[name], arrays[name]) for name in arrays)


def test_the_graph_alone_decides_where_tables_stand() -> None:
    graph = toy.plan(toy.ROLES)
    rows = np.zeros(INLINE, np.int32)
    many = replace(graph.feedback.take(rows), line=rows)
    assert not in_file(graph, Options())
    assert in_file(replace(graph, feedback=many), Options())
    assert not in_file(replace(graph, feedback=many), Options(tables="inline"))
    assert in_file(graph, Options(tables="file"))
    with pytest.raises(UsageError, match="--tables inline"):
        Options(merge="product", norm="layer", features=4, tables="file")


def test_torch_alone_reads_the_file() -> None:
    _, other = both(toy.plan(toy.ROLES), toy.ROLES)
    imported = {
        line.split()[1]
        for line in other.page.decode().split("\n")
        if line.startswith(("import ", "from "))
    }
    assert imported == {
        *("copy", "hashlib", "json", "pathlib", "collections.abc", "typing", "torch")
    }


def changed(name: str, place: int, value: int) -> bytes:
    """The toy's file of tables with one number of an array set to another."""
    arrays = dict(unpacked(tables_file(toy.plan(toy.ROLES)), "x"))
    arrays[name] = arrays[name].copy()
    arrays[name][place] = value
    return packed(arrays)


HOSTILE = {
    "post": (0, 10_000, "an index of post out of range"),
    "pre": (1, -1, "an index of pre out of range"),
    "sensory": (0, 99, "an index of sensory out of range"),
    "motor": (0, -7, "an index of motor out of range"),
    "transmitter": (0, 7, "an index of transmitter out of range"),
    "kind": (0, 4, "an index of kind out of range"),
    "level_start": (1, 0, "levels that do not begin one after another"),
    "name_end": (0, 2**31 - 1, "names that do not end one after another"),
    "weight": (0, 0, "a weight that is not above 0"),
    "sign": (0, 5, "a sign that is not -1, 0 or 1"),
    "names": (0, 255, "a name that is no UTF-8"),
}


def signed(beside: bytes) -> bytes:
    """The toy's module, made to name a file of tables as its own."""
    _, other = both(toy.plan(toy.ROLES), toy.ROLES)
    assert other.tables is not None
    old, new = digest_of(other.tables).encode(), digest_of(beside).encode()
    return other.page.replace(old, new)


@pytest.mark.parametrize("name", HOSTILE)
def test_an_array_that_lies_is_refused_before_it_is_used(name: str) -> None:
    place, value, seen = HOSTILE[name]
    beside = changed(name, place, value)
    with pytest.raises(InputError, match=seen):
        read_unedited(signed(beside), "toy.py", beside)


@pytest.mark.parametrize("name", ["post", "pre", "sensory", "motor"])
def test_a_module_refuses_an_index_out_of_range(name: str) -> None:
    beside = changed(name, 0, 10_000)
    with pytest.raises(
        ImportError, match=f"its table {name} has an index out of range"
    ):
        toy.load(signed(beside), beside)


@pytest.mark.parametrize("cut", (1, 5, 9))
def test_a_file_that_is_cut_short_is_refused(cut: int) -> None:
    _, other = both(toy.plan(toy.ROLES), toy.ROLES)
    assert other.tables is not None
    part = other.tables[: len(other.tables) * cut // 10]
    with pytest.raises(ImportError, match="another model's, or cut short"):
        toy.load(other.page, part)
    with pytest.raises(InputError, match="another model's, or cut short"):
        read_unedited(other.page, "toy.py", part)
    with pytest.raises(InputError):
        read_unedited(signed(part), "toy.py", part)
    assert not is_tables(part[:40])


def test_headers_that_lie_are_refused() -> None:
    whole = tables_file(toy.plan(toy.ROLES))
    size = int.from_bytes(whole[:8], "little")
    head = json.loads(whole[8 : 8 + size])
    for name, key, value in (
        ("post", "shape", [2**40]),
        ("post", "shape", [-1]),
        ("post", "data_offsets", [0, 2**60]),
        ("post", "dtype", "F16"),
        ("post", "shape", [[]]),
        ("__metadata__", "x", {}),
    ):
        wrong = {**head, name: {**head.get(name, {}), key: value}}
        told = json.dumps(wrong, separators=(",", ":")).encode()
        data = len(told).to_bytes(8, "little") + told + whole[8 + size :]
        assert not is_tables(data)
        with pytest.raises(InputError):
            read_unedited(signed(data), "toy.py", data)
    for data in (b"", b"\xff" * 8, b"\xff" * 99, (2).to_bytes(8, "little") + b"[]"):
        assert not is_tables(data)
    assert [*unpacked(whole, "x")] == [*NAMES]


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module with its tables beside it, in the folder where commands run."""
    monkeypatch.chdir(tmp_path)
    Path("worm.csv").write_text(toy.EDGES)
    done = run("compile", "worm.csv", "-o", "worm.py", *WORDS, "--tables", "file")
    assert done.exit_code == 0
    return tmp_path / "worm.py"


def test_commands_read_and_write_both_files(model: Path) -> None:
    page, tables = model.read_bytes(), model.with_suffix(".safetensors").read_bytes()
    for words in (
        ("verify", "worm.py"),
        ("status", "worm.py"),
        ("diff", "worm.py", "worm.csv"),
        ("explain", "worm.py"),
        ("draw", "worm.py", "-o", "worm.svg"),
        ("export", "worm.py", "-o", "again.csv"),
        ("order", "worm.py"),
        ("update", "worm.py"),
        ("compile", "worm.csv", "-o", "worm.py", "--check", "--tables", "file", *WORDS),
    ):
        done = run(*words)
        assert done.exit_code == 0, (words, done.output)
    done = run("compile", "worm.py", "-o", "copy.py")
    assert done.exit_code == 0 and "its tables: copy.safetensors" in done.output
    assert Path("copy.py").read_bytes() == page
    assert Path("copy.safetensors").read_bytes() == tables


def test_a_missing_file_is_named_by_every_command(model: Path) -> None:
    model.with_suffix(".safetensors").unlink()
    for command in ("verify", "status", "explain", "order"):
        done = run(command, "worm.py")
        assert done.exit_code == 1 and "worm.safetensors" in done.output, command
    tried = subprocess.run(
        [sys.executable, "-c", "import worm"], cwd=model.parent, capture_output=True
    )
    assert b"it holds the tables of" in tried.stderr and b"ImportError" in tried.stderr


def test_update_makes_a_lost_file_of_tables_again(model: Path) -> None:
    beside = model.with_suffix(".safetensors")
    whole = beside.read_bytes()
    beside.unlink()
    done = run("update", "worm.py")
    assert (done.exit_code, beside.read_bytes()) == (0, whole), done.output


def test_a_checkpoint_of_that_name_is_not_written_over(model: Path) -> None:
    beside, page = model.with_suffix(".safetensors"), model.read_bytes()
    beside.write_bytes(packed({"gain": np.zeros(3)}))
    done = run("compile", "worm.csv", "-o", "worm.py", *WORDS, "--tables", "file")
    assert done.exit_code == 1
    assert "is not a file of tables that elegansc made" in done.output
    assert model.read_bytes() == page


def test_standard_output_has_no_place_for_tables(model: Path) -> None:
    done = run("compile", "worm.csv", "--tables", "file", "-q")
    assert done.exit_code == 2 and "--tables inline" in done.output


def test_the_model_of_another_name_is_proved_by_its_bytes() -> None:
    _, other = both(toy.plan(toy.ROLES), toy.ROLES)
    checks = prove(other.page, "elsewhere.py", beside=other.tables)
    assert [check for check in checks if not check.passed] == []
    assert any(check.name == "gradients float64" for check in checks)


def test_a_file_that_is_no_longer_read_is_named(model: Path) -> None:
    done = run("compile", "worm.csv", "-o", "worm.py", *WORDS, "--force")
    assert done.exit_code == 0
    assert "worm.safetensors is no longer read" in done.output
