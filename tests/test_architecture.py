"""The shape of the house: layers, types along the line, pages, what is imported."""

from __future__ import annotations

import ast
import subprocess
import sys
import typing
from pathlib import Path

import pytest
from support.paths import ROOT

from elegansc.ir.stages import Circuit, Connectome, Dag, Order, Plan
from elegansc.passes.break_cycles import break_cycles
from elegansc.passes.mark_live import mark_live
from elegansc.passes.merge_electrical import merge_electrical
from elegansc.passes.schedule_levels import schedule_levels
from elegansc.passes.select_cells import select_cells
from elegansc.passes.topological_sort import topological_sort

LINE = [
    (select_cells, Connectome, Connectome),
    (merge_electrical, Connectome, Circuit),
    (break_cycles, Circuit, Dag),
    (topological_sort, Dag, Order),
    (mark_live, Order, Order),
    (schedule_levels, Order, Plan),
]


def test_layers_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is not installed beside this Python")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_import_is_caught(tmp_path: Path) -> None:
    """The contracts can fail: a pass that imports another breaks one."""
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is not installed beside this Python")
    package = tmp_path / "elegansc"
    for path in (ROOT / "compiler").rglob("*.py"):
        copy = package / path.relative_to(ROOT / "compiler")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    for name in ("templates", "connectomes"):
        (package / name).mkdir()
        (package / name / "__init__.py").write_text("")
    (tmp_path / "setup.cfg").write_bytes((ROOT / "setup.cfg").read_bytes())
    bad = package / "passes" / "mark_live.py"
    bad.write_text(bad.read_text() + "\nfrom . import break_cycles  # noqa\n")
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "A pass knows no other pass BROKEN" in done.stdout


@pytest.mark.parametrize("step, takes, gives", LINE)
def test_the_types_chain(step: typing.Any, takes: type, gives: type) -> None:
    hints = typing.get_type_hints(step)
    first = next(iter(hints.values()))
    assert (first, hints["return"]) == (takes, gives)


def test_no_module_of_ours_runs_data() -> None:
    """No `eval`, `exec`, `pickle` or import by name where users' files are read."""
    for path in (ROOT / "compiler").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec", "__import__"}, path


def test_the_package_is_imported_under_one_name(tmp_path: Path) -> None:
    code = "import importlib.util; print(importlib.util.find_spec('compiler'))"
    # -P and another folder: the folder `compiler` of the sources is not what is meant
    words = [sys.executable, "-P", "-c", code]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == "None", done.stdout + done.stderr
    assert "compiler" not in sys.modules


@pytest.mark.parametrize(
    "program, absent",
    [
        ("import elegansc", ["numpy", "jinja2", "scipy", "torch", "click"]),
        ("import elegansc.cli.main", ["numpy", "jinja2", "scipy", "torch"]),
        ("import elegansc.pipeline", ["torch", "scipy", "black"]),
    ],
)
def test_start_up_imports_little(program: str, absent: list[str]) -> None:
    code = f"import sys; {program}; print([m for m in {absent!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
