"""Golden files: every stage of small connectomes reads as recorded, and is proved.

`pytest --update-golden` rewrites them; read the diff like code.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.paths import GOLDEN

from elegansc.ir.trace import Trace
from elegansc.options import STAGES, Options
from elegansc.pipeline import compile_source
from elegansc.report.compile import report
from elegansc.verification.verify import prove

FOLDER = GOLDEN
CASES = sorted(case for case in FOLDER.iterdir() if case.is_dir())
INPUTS = ("edges.csv", "cells.csv", "options.json")


def written(case: Path) -> dict[str, bytes]:
    """Every stage, the report and the module of one case, as files."""
    cells = case / "cells.csv"
    asked = case / "options.json"
    options = Options.of(json.loads(asked.read_text()) if asked.exists() else {})
    options = replace(options, cells=str(cells) if cells.exists() else "")
    trace = Trace(keep=frozenset(STAGES))
    artifact = compile_source(
        str(case / "edges.csv"), label=case.name, options=options, trace=trace
    )
    files = {name: text.encode() for name, text in trace.numbered()}
    for name, verbose in {"report.txt": False, "report_verbose.txt": True}.items():
        lines = report(artifact.history, artifact.label, artifact.unit, verbose=verbose)
        files[name] = ("\n".join(lines) + "\n").encode()
    beside = artifact.at(Path("module.py"))
    return {**files, **{path.name: data for path, data in beside.items()}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_stage_reads_as_recorded(
    case: Path, request: pytest.FixtureRequest
) -> None:
    files = written(case)
    if request.config.getoption("--update-golden"):
        for name, data in files.items():
            (case / name).write_bytes(data)
    recorded = {
        path.name: path.read_bytes()
        for path in case.iterdir()
        if path.is_file() and path.name not in INPUTS
    }

    assert sorted(recorded) == sorted(files)
    for name, data in files.items():
        assert data.decode("latin-1") == recorded[name].decode("latin-1"), name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_golden_module_is_proved(case: Path) -> None:
    path = case / "module.py"
    checks = prove(path.read_bytes(), str(path))

    assert [check for check in checks if not check.passed] == []
    assert any(check.name == "gradients float64" for check in checks)
