"""The command compare: whole protocols in processes of their own, killed and gone on with."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.lab_toys import (
    CONTROLS,
    TWINS,
    WORM,
    die,
    model_of,
    refuse,
    threads,
    write_data,
    write_protocol,
)

from elegansc.cli.main import cli
from elegansc.errors import InputError, UsageError
from elegansc.ir.text import digest
from elegansc.lab.protocol.protocol import Sample
from elegansc.lab.protocol.reading import read_protocol
from elegansc.lab.running import compare as comparing
from elegansc.lab.running.compare import Resources, compare, shrunk
from elegansc.lab.running.graphs import circuits, compiled, graphs
from elegansc.lab.running.jobs import each, pool
from elegansc.lab.running.ray_cluster import connected
from elegansc.options import Options
from elegansc.pipeline import circuit_of
from elegansc.readers.reader import Layout


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


def lines(folder: Path) -> list[dict[str, Any]]:
    return [*map(json.loads, (folder / "results.jsonl").read_text().splitlines())]


def timeless(folder: Path) -> list[dict[str, Any]]:
    """The lines in any order, without how long each took."""
    found = [
        {k: v for k, v in line.items() if "seconds" not in k} for line in lines(folder)
    ]
    return sorted(found, key=lambda line: (line["arm"], line["graph"], line["seed"]))


def invoke(*words: object) -> Result:
    return CliRunner().invoke(cli, ["lab", "compare", *map(str, words)])


def started(*words: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "elegansc", "lab", "compare", *map(str, words)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)


def children(parent: int) -> list[int]:
    """The processes of a process, by /proc."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                after = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(after[1]) == parent:
                found.append(int(entry.name))
    return found


def wait_for(true: Any, seconds: float = 60.0) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    """A comparison that nothing disturbed."""
    place = tmp_path_factory.mktemp("whole")
    protocol = write_protocol(place, WORM, TWINS, CONTROLS, epochs=4)
    found = invoke(protocol, "--data", data, "-o", place / "out", "--jobs", 2)
    assert found.exit_code == 0, found.output
    assert "9 runs, 9 of them now" in found.output
    return place


def test_every_run_is_there_once(whole: Path) -> None:
    runs = {(line["arm"], line["graph"], line["seed"]) for line in lines(whole / "out")}

    twins = {("er", graph, seed) for graph in (1, 2) for seed in (0, 1)}
    controls = {(arm, 0, 0) for arm in ("mlp", "identity", "frozen")}
    assert runs == {("worm", 0, 0), ("worm", 0, 1), *twins, *controls}
    assert len(lines(whole / "out")) == 9
    assert {line["status"] for line in lines(whole / "out")} == {"finished"}


def test_a_comparison_that_is_whole_does_nothing(whole: Path, data: Path) -> None:
    before = (whole / "out" / "results.jsonl").read_bytes()
    found = invoke(whole / "protocol.toml", "--data", data, "-o", whole / "out")

    assert found.exit_code == 0 and "9 runs, 0 of them now" in found.output
    assert (whole / "out" / "results.jsonl").read_bytes() == before


def test_models_differ_in_their_tables_alone(whole: Path) -> None:
    models = sorted((whole / "out" / "cifar10" / "models").glob("*.py"))
    assert [model.stem for model in models] == ["er-1", "er-2", "worm"]

    after = {model.read_text().partition("# fmt: on\n")[2] for model in models}
    tables = {model.read_text().partition("# fmt: on\n")[0] for model in models}
    assert len(after) == 1 and len(tables) == 3


def test_graphs_are_the_source_and_its_twins(whole: Path) -> None:
    task = read_protocol(str(whole / "protocol.toml")).tasks[0]
    source = str(whole / "toy.csv")
    options = Options(roles_table="structure")
    circuit = circuit_of(source, label="", options=options, layout=Layout())

    found = graphs(task, whole / "out")
    seen = {line["arm"]: line["graph_digest"] for line in lines(whole / "out")}
    assert found["worm"].digest == digest(circuit) == seen["worm"] == seen["mlp"]
    again = {name: digest(one) for name, one in circuits(task, circuit)}
    assert {name: graph.digest for name, graph in found.items()} == again
    assert len(set(again.values())) == 3


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
@pytest.mark.slow
def test_killed_at_any_point_it_goes_on(
    whole: Path, data: Path, tmp_path: Path
) -> None:
    """Twice: while a run is made, then with a line that was cut short."""
    words = [whole / "protocol.toml", "--data", data, "-o", tmp_path, "--jobs", 2]
    results = tmp_path / "results.jsonl"
    process = started(*words)
    try:
        wait_for(lambda: results.exists() and results.read_bytes().count(b"\n") >= 2)
        workers = children(process.pid)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    finished = lines(tmp_path)
    assert len(workers) >= 2 and 2 <= len(finished) < 9
    wait_for(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    with results.open("ab") as file:
        file.write(b'{"schema": 1, "proto')

    found = invoke(*words)

    assert found.exit_code == 0, found.output
    assert f"9 runs, {9 - len(finished)} of them now" in found.output
    assert lines(tmp_path)[: len(finished)] == finished
    assert timeless(tmp_path) == timeless(whole / "out")


def test_results_of_other_settings_are_refused(
    whole: Path, data: Path, tmp_path: Path
) -> None:
    before = (whole / "out" / "results.jsonl").read_bytes()
    other = write_protocol(tmp_path, WORM, lr=1e-3)

    found = invoke(other, "--data", data, "-o", whole / "out")

    assert found.exit_code == 1 and "results of two settings never mix" in found.output
    smoke = invoke(
        whole / "protocol.toml", "--data", data, "-o", whole / "out", "--smoke"
    )
    assert smoke.exit_code == 1 and "never mix" in smoke.output
    assert (whole / "out" / "results.jsonl").read_bytes() == before


def test_other_images_are_refused(whole: Path, data: Path) -> None:
    one_file = data / "cifar10_train.npz"
    found = invoke(whole / "protocol.toml", "--data", one_file, "-o", whole / "out")
    assert found.exit_code == 1 and "asked for" in found.output

    class Other:
        digest = "0" * 16

    results: Any = type("R", (), {"lines": {}, "path": "r"})()
    line = lines(whole / "out")[0]
    from elegansc.lab.running.results import run_of

    results.lines[run_of(line)] = line
    protocol = read_protocol(str(whole / "protocol.toml"))
    images: Any = {protocol.tasks[0].sample: Other()}
    with pytest.raises(InputError, match="saw other images"):
        comparing.check_data(protocol, results, images)


@pytest.mark.slow
def test_a_run_of_nan_is_recorded_and_not_made_again(
    data: Path, tmp_path: Path
) -> None:
    protocol = write_protocol(tmp_path, WORM, lr=10.0, epochs=20)
    text = protocol.read_text().replace("batch = 16", "batch = 16\nweight_decay = 10.0")
    protocol.write_text(text)

    first = invoke(protocol, "--data", data, "-o", tmp_path / "out", "--jobs", 1)
    again = invoke(protocol, "--data", data, "-o", tmp_path / "out", "--jobs", 1)

    assert first.exit_code == 0 and "2 of them now, 2 of them nan" in first.output
    assert again.exit_code == 0 and "0 of them now, 2 of them nan" in again.output
    for line in lines(tmp_path / "out"):
        assert line["status"] == "nan" and line["test"] == {}
        assert line["curve"][-1]["train_loss"] is None


@pytest.mark.slow
def test_a_full_disk_in_the_middle_ends_it_clearly(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_protocol(tmp_path, WORM.replace("2", "3"))
    protocol, out = read_protocol(str(path)), tmp_path / "out"
    fsync, calls = os.fsync, iter(range(100))

    def fills(descriptor: int) -> None:
        there = (out / "results.jsonl").stat()
        if os.path.samestat(os.fstat(descriptor), there) and next(calls) >= 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    monkeypatch.setattr("os.fsync", fills)
    with pytest.raises(InputError, match="No space left on device\n.*1 finished run"):
        compare(protocol, str(data), out, Resources(jobs=1))
    before = lines(out)
    assert len(before) == 1
    monkeypatch.undo()

    compare(protocol, str(data), out, Resources(jobs=1))
    assert lines(out)[0] == before[0] and len(lines(out)) == 3


def test_a_twin_that_cannot_be_is_said(data: Path, tmp_path: Path) -> None:
    protocol = write_protocol(tmp_path, WORM, TWINS)
    (tmp_path / "toy.csv").write_text("pre,post,kind,weight\nA,B,chemical,1\n")
    text = protocol.read_text().replace("er =", "ws =")
    protocol.write_text(text)

    found = invoke(protocol, "--data", data, "-o", tmp_path / "out")

    assert found.exit_code == 1, found.output
    assert not (tmp_path / "out" / "results.jsonl").read_bytes()


def test_a_smoke_is_small_and_of_another_digest(whole: Path) -> None:
    protocol = read_protocol(str(whole / "protocol.toml"))
    small = shrunk(protocol)

    assert small.digest != protocol.digest and small == shrunk(protocol)
    assert [task.epochs for task in small.tasks] == [1]
    assert sum(1 for _ in small.runs()) == 1 + 2 + 3


def test_tasks_that_differ_in_training_compile_their_graphs_once(
    whole: Path, tmp_path: Path
) -> None:
    (task,) = read_protocol(str(whole / "protocol.toml")).tasks
    other = replace(task, name="fast", lr=0.5)
    wide = replace(task, name="wide", compile={**task.compile, "features": 6})
    seeded = replace(task, name="seeded", twin_seed=5)
    counts: list[int] = []

    def watch(title: str, count: int, items: Iterable[Any]) -> Iterator[Any]:
        counts.append(count)
        yield from items

    made: dict[str, bytes] = {}
    every = [
        comparing.models_of(each, tmp_path, 1, watch, made)
        for each in (task, other, wide, seeded)
    ]
    assert counts == [3, 0, 3, 2]
    assert every[0] == every[1] and every[0]["worm"] == every[3]["worm"]
    assert every[0]["worm"] != every[2]["worm"] and every[0]["er-1"] != every[3]["er-1"]
    for name in every[0]:
        path = tmp_path / "fast" / "models" / f"{name}.py"
        assert path.read_bytes() == every[0][name]


def test_published_sweeps_are_compared(data: Path, tmp_path: Path) -> None:
    protocol = write_protocol(tmp_path, WORM, TWINS, "mlp = {seeds = 1}", epochs=1)
    text = protocol.read_text().replace(
        "width = 4", 'width = 4\nlowering = "published"\nnorm = "layer"'
    )
    protocol.write_text(text)
    found = invoke(protocol, "--data", data, "-o", tmp_path / "out")

    assert found.exit_code == 0, found.output
    assert len(lines(tmp_path / "out")) == 2 + 4 + 1
    shares = {line["backward_share"] for line in lines(tmp_path / "out")}
    assert shares == {None}
    (task,) = read_protocol(str(protocol)).tasks
    assert all(map(compiled, graphs(task, tmp_path / "out").values()))

    results, judged = tmp_path / "out" / "results.jsonl", tmp_path / "judged"
    words = ["lab", "figure", str(results), "--protocol", str(protocol)]
    done = CliRunner().invoke(cli, [*words, "-o", str(judged)])
    assert done.exit_code == 0, done.output
    (told,) = json.loads((judged / "verdict.json").read_text())["tasks"]
    (against,) = told["comparisons"]
    assert against["backward_share"] == {"z": None, "rank": None}
    rows = (judged / "README.md").read_text().splitlines()
    assert sum(row.endswith(" | \N{EN DASH} |  |  |  |") for row in rows) == 2


# --- processes


def test_a_worker_has_one_thread_and_its_errors_come_home(data: Path) -> None:
    with pool(1, str(data), [Sample("cifar10", 8, 8, 8, 0)]) as workers:
        assert [*each(workers, threads, [0, 1])] == [1, 1]
        with pytest.raises(InputError, match="here: seen 7\n  hint"):
            next(each(workers, refuse, [7]))
        with pytest.raises(InputError, match="a worker process was killed"):
            next(each(workers, die, [0]))


# --- Ray


def test_a_cluster_that_does_not_answer(
    whole: Path, data: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ray")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    words = [whole / "protocol.toml", "--data", data, "-o", tmp_path / "out"]

    found = invoke(*words, "--ray", address)

    assert found.exit_code == 1 and "no Ray cluster answers" in found.output
    assert not (tmp_path / "out").exists()


def test_without_ray_there_is_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match="pip install ray"), connected("auto"):
        pass


@pytest.fixture
def ray_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    yield


@pytest.mark.slow
def test_a_local_cluster_makes_the_same_runs(
    whole: Path, data: Path, tmp_path: Path, ray_here: None
) -> None:
    words = [whole / "protocol.toml", "--data", data, "-o", tmp_path / "out"]

    found = invoke(*words, "--ray", "local")

    assert found.exit_code == 0, found.output
    assert timeless(tmp_path / "out") == timeless(whole / "out")


# --- several processes, by Fabric


@pytest.mark.slow
def test_two_processes_train_one_model(data: Path, tmp_path: Path) -> None:
    """Each takes half of a batch; the gradients are averaged: near to one process."""
    (tmp_path / "worm.py").write_bytes(model_of(tmp_path, "mnist"))
    words = [sys.executable, "-m", "elegansc", "lab", "train", tmp_path / "worm.py"]
    words += ["--data", data, "--accelerator", "cpu", "--epochs", "1", "--batch", "16"]
    for devices in ("1", "2"):
        output = ["-o", tmp_path / f"{devices}.jsonl", "--devices", devices]
        done = subprocess.run([*words, *output], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    one, two = (json.loads((tmp_path / f"{n}.jsonl").read_text()) for n in "12")
    assert one["curve"] != two["curve"]  # batch norm sees half as many images
    losses = [line["curve"][0]["train_loss"] for line in (one, two)]
    assert losses[0] == pytest.approx(losses[1], rel=0.02)
    assert {key for key in one if one[key] != two[key]} <= {
        *("curve", "validation", "test", "seconds", "step_seconds")
    }


@pytest.mark.slow
def test_twins_by_distance_carry_the_digest_of_the_positions(
    tmp_path: Path, data: Path
) -> None:
    """Positions of two places, so that there are two distances; another file is refused."""
    arm = "degree-distance = {graphs = 1, seeds = 1}"
    path = write_protocol(tmp_path, "worm = {seeds = 1}", arm, epochs=1)
    text = path.read_text().replace("images = 64", 'positions = "xyz.csv"\nimages = 64')
    path.write_text(text)
    names = [*(f"S{k}" for k in (1, 2, 3)), *(f"I{k}" for k in range(8))]
    names += ["M1", "M2", "M3"]
    rows = [f"{name},{k % 2},0,elsewhere\n" for k, name in enumerate(names)]
    positions = "name,x,y,compartment\n" + "".join(rows)
    (tmp_path / "xyz.csv").write_text(positions)
    done = compare(read_protocol(str(path)), str(data), tmp_path / "out")
    worm, twin = sorted(lines(tmp_path / "out"), key=lambda line: -len(line["arm"]))[
        ::-1
    ]
    assert (done.runs, worm["arm"], twin["arm"]) == (2, "worm", "degree-distance")
    assert twin["positions_digest"] == hashlib.sha256(positions.encode()).hexdigest()
    assert "positions_digest" not in worm
    again = compare(read_protocol(str(path)), str(data), tmp_path / "out")
    assert (again.runs, again.made) == (2, 0)
    other = positions.replace("1,0", "5,3", 3)
    (tmp_path / "xyz.csv").write_text(other)
    with pytest.raises(InputError, match="another model than degree-distance-1"):
        compare(read_protocol(str(path)), str(data), tmp_path / "out")
