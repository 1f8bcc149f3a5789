"""`explain --cost`: its counts are those of the module, its times those of this machine."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.command import run
from torch.utils._python_dispatch import TorchDispatchMode

import elegansc
from elegansc.arguments.options import options_of
from elegansc.costs import calibration, times
from elegansc.costs.counts import Counts, counts_of
from elegansc.options import Options
from elegansc.pipeline import planned
from elegansc.readers.reader import Layout

SMALL = "witvliet2021-1"
MODELS: dict[str, dict[str, Any]] = {
    "scalar": {},
    "linear": {"features": 4, "unit": "linear"},
    "wide": {"features": 3},
    "gated": {"merge": "gated", "activation": "silu"},
    "delay": {"feedback": "delay"},
}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of times, in a folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "elegansc" / "costs.json"


def counts(source: str = SMALL, **given: Any) -> Counts:
    """What is counted of a source."""
    return counts_of(*planned(source, options=options_of(given), layout=Layout()))


class Operations(TorchDispatchMode):
    """Counts the operations that compute something."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(
        self, call: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        self.count += not call.is_view
        return call(*args, **kwargs or {})


@pytest.mark.parametrize("model", MODELS)
def test_counts_are_those_of_the_module(model: str) -> None:
    given = MODELS[model]
    found = counts(**given)
    net: Any = elegansc.compile(SMALL, name="Worm", **given).load()()
    tables: Any = sys.modules[type(net).__module__]

    assert found.neurons == len(tables.LIVE)
    assert found.levels == len(tables.LEVELS)
    assert found.synapses == len(tables.SYNAPSES)
    assert found.parameters == sum(each.numel() for each in net.parameters())
    reads = len(getattr(tables, "NOW", tables.SYNAPSES))
    reads += len(getattr(tables, "DELAYED", ()))
    features = given.get("features", 1)
    matrices = len(tables.LIVE) * features**2 if model == "linear" else 0
    assert found.multiply_adds == reads * features + matrices


@pytest.mark.parametrize("model", MODELS)
def test_bytes_saved_are_what_the_sweep_keeps(model: str) -> None:
    net: Any = elegansc.compile(SMALL, name="Worm", **MODELS[model]).load()()
    swept: Any = elegansc.native(net)
    if not swept.sweeper.ready(torch.float32):
        pytest.skip("there is no C compiler")
    columns = MODELS[model].get("features", 1)

    assert counts(**MODELS[model]).saved == 4 * swept.sweeper.kept_size(columns)


@pytest.mark.parametrize(
    "given", [{}, {"cycles": "ratio", "keep_alive": False}, MODELS["linear"]]
)
def test_launches_are_about_what_pytorch_runs(given: dict[str, Any]) -> None:
    for source in (SMALL, "varshney2011"):
        net: Any = elegansc.compile(source, name="Worm", **given).load()()
        tables: Any = sys.modules[type(net).__module__]
        wide = (given["features"],) if "features" in given else ()
        inputs = torch.randn(2, len(tables.SENSORY), *wide)
        with Operations() as seen:
            net(inputs).sum().backward()

        assert 0.75 <= counts(source, **given).launches / seen.count <= 1.33


def test_times_are_fitted_by_terms_that_are_not_negative() -> None:
    base = counts()
    some = [replace(base, levels=n, reads=30 * n + n * n) for n in (3, 9, 20, 50)]
    exact = [float(np.array([5e-5, 2e-5, 1e-9, 0]) @ times.terms_of(c)) for c in some]
    assert times.fitted(some, exact) == pytest.approx([5e-5, 2e-5, 1e-9, 0], rel=1e-6)

    falling = times.fitted(some, exact[::-1])
    assert min(falling) >= 0


def table(row: list[float], **changed: Any) -> dict[str, Any]:
    """A file of times, of this machine."""
    sizes = {str(size): row for size in times.SIZES}
    return {
        "format": times.FORMAT,
        "machine": times.machine(),
        "torch": times.installed("torch"),
        "elegansc": times.installed("elegansc"),
        "terms": {"scalar": dict.fromkeys(times.FORMS, sizes)},
        **changed,
    }


def written(cache: Path, data: object) -> None:
    """Put a file of times where it is looked for."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text(data if isinstance(data, str) else json.dumps(data))


def test_times_that_are_kept_are_shown(cache: Path) -> None:
    found = run("explain", SMALL, "--cost")
    assert "times     not known of this machine: --calibrate" in found.stdout
    assert not cache.parent.exists()

    written(cache, table([1e-3, 1e-4, 0, 0]))
    found = run("explain", SMALL, "--cost", "--json")
    data = json.loads(found.stdout)
    milliseconds = 1 + counts().levels / 10
    assert data["samples"] == [1, 64, 1024] and data["cost"] == counts().data()
    for form in times.FORMS:
        assert data["seconds"][form] == pytest.approx([milliseconds / 1000] * 3)
    shown = run("explain", SMALL, "--cost").stdout
    assert shown.count(f"{milliseconds:12,.2f}") == 9
    late = run("explain", SMALL, "--cost", "--feedback", "delay").stdout
    assert "times     not measured of --feedback delay" in late


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--tie", "side"), "--tie side"),
        (("--signs", "transmitter", "--dale", "clamped"), "--dale clamped"),
        (("--norm", "layer", "--features", "4"), "--norm layer"),
    ],
)
def test_what_the_kernel_leaves_plain_is_told(
    words: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    model = str(tmp_path / "m.py")
    assert run("compile", SMALL, *words, "-q", "-o", model).exit_code == 0
    shown = run("explain", model, "--cost").stdout
    assert f"elegansc.native leaves it plain: {told}" in shown
    assert "by elegansc.native" not in shown
    found = json.loads(run("explain", model, "--cost", "--json").stdout)["cost"]
    assert found["bytes_saved"] is None and found["launches_native"] is None


@pytest.mark.parametrize(
    "data",
    [
        "",
        "[]",
        "{",
        table([1e-3, 1e-4, 0]),
        table([1e-3, -1e-4, 0, 0]),
        table([math.inf, 0, 0, 0]),
        table([1e-3, 0, 0, 0], machine="another"),
        table([1e-3, 0, 0, 0], torch="0.0"),
        table([1e-3, 0, 0, 0], elegansc="0.0"),
        table([1e-3, 0, 0, 0], format=0),
        table([1e-3, 0, 0, 0], terms=[]),
        table([1e-3, 0, 0, 0], terms={"scalar": {"plain": {"1": [0, 0, 0, 0]}}}),
        table([1e-3, 0, 0, 0], terms={"scalar": {"plain": {"1": ["a", 0, 0, 0]}}}),
    ],
)
def test_times_of_another_machine_or_broken_ones_are_none(
    cache: Path, data: object
) -> None:
    written(cache, data)

    assert times.known() is None


def test_calibrating_times_graphs_and_keeps_what_follows(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = Options(roles_table="structure")
    few = [calibration.Sample((n, n // 4, 3), options, ("plain",)) for n in (12, 60)]
    monkeypatch.setattr(calibration, "SAMPLES", few)
    monkeypatch.setattr(calibration, "WHILE", 0.01)
    found = run("explain", SMALL, "--cost", "--calibrate")

    assert cache.stat().st_mode & 0o077 == 0 or cache.parent.stat().st_mode & 0o077 == 0
    kept = times.known()
    assert kept is not None and kept.terms.keys() == {"scalar"}
    (line,) = [x for x in found.stdout.splitlines() if "plain  " in x]
    assert all(0 < float(cell) < 1000 for cell in line.split()[1:])


CHILD = """
import sys
from elegansc.__main__ import main

def seen(event, given):
    if event == "open" and "costs.json" in str(given[0]):
        print("opened", given[0])

sys.addaudithook(seen)
try:
    main()
finally:
    print(sorted({"torch", "elegansc.costs"} & set(sys.modules)))
"""


def child(*words: str) -> str:
    """What a process of elegansc prints, and whether it opened the times."""
    command = [sys.executable, "-c", CHILD, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


def test_compile_never_reads_the_times_and_cost_needs_no_torch(
    cache: Path, tmp_path: Path
) -> None:
    written(cache, table([1e-3, 1e-4, 0, 0]))
    model = tmp_path / "worm.py"
    assert child("compile", SMALL, "-o", str(model), "-q") == "[]\n"
    with_times = model.read_bytes()
    cache.unlink()
    assert child("compile", SMALL, "-o", str(model), "-q") == "[]\n"
    assert model.read_bytes() == with_times

    written(cache, table([1e-3, 1e-4, 0, 0]))
    said = child("explain", SMALL, "--cost").splitlines()
    assert any(line.startswith("opened") for line in said)  # so it would be seen
    assert said[-1] == "['elegansc.costs']"


@pytest.mark.parametrize(
    "words",
    [
        ["--calibrate"],
        ["--cost", "--depths"],
        ["--cost", "--plot"],
        ["--features", "4"],
    ],
)
def test_options_that_say_nothing_together_are_refused(words: list[str]) -> None:
    found = run("explain", SMALL, *words)

    assert found.exit_code == 2
    assert words[0] in found.stderr or words[1] in found.stderr
