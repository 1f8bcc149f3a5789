"""The Triton sweep without a GPU: its interpreter runs the kernels, its compiler compiles them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT, TESTS

pytest.importorskip("triton", reason="NOT TESTED: triton is not here")


def ran(command: list[str], **environment: str) -> None:
    """Run Python in a process of its own, to the end."""
    path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_the_interpreter_of_triton_proves_the_kernels() -> None:
    pytest_of = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ran([*pytest_of, "tests/support/interpreted.py"], TRITON_INTERPRET="1")


@pytest.mark.slow
@pytest.mark.parametrize("capability", ["80", "90"])
def test_a_gpu_is_given_one_warp_a_block_and_nothing_atomic(
    capability: str, tmp_path: Path
) -> None:
    environment = {"TRITON_INTERPRET": "0", "TRITON_CACHE_DIR": str(tmp_path)}
    ran(["-m", "support.compiled_for_gpu", capability], **environment)
