"""The Triton sweep without a GPU: its interpreter runs the kernels, its compiler compiles them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT, TESTS

pytest.importorskip("triton", reason="NOT TESTED: triton is not here")

# What stands in a GPU's code: by whether there is a state of the step before, and whether
# the gradients by inputs are wanted.
COMPILE = """
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from elegansc.acceleration import kernels

TABLES = ("first", "source", "order", "sensor", "motor", "reader")
for kernel, real, activation, absent in (
    (kernels.forward, "fp32", "tanh", ()),
    (kernels.forward, "fp64", "elu", ("past",)),
    (kernels.forward, "fp32", "gelu", ()),
    (kernels.backward, "fp32", "tanh", ()),
    (kernels.backward, "fp64", "silu", ("past",)),
    (kernels.backward, "fp32", "gelu", ("inputs",)),
    (kernels.backward, "fp32", "relu", ("past", "inputs")),
):
    constants = {"W": kernels.W, "ACTIVATION": activation, **dict.fromkeys(absent)}
    constants["SUMS"] = activation in ("silu", "gelu")
    types = {
        name: "constexpr" if name in constants
        else "i32" if name in kernels.COUNTS
        else "*i64" if name in TABLES
        else "*" + real
        for name in kernel.arg_names
    }
    for capability in (80, 90):
        made = triton.compile(
            ASTSource(kernel, types, constants),
            target=GPUTarget("cuda", capability, 32),
            options={"num_warps": 1, "enable_fp_fusion": True},
        )
        assert made.asm["cubin"]
        for wrong in ("atom.", "red.", "bar.sync", ".shared"):
            assert wrong not in made.asm["ptx"], (kernel, wrong)
        layouts = [x for x in made.asm["ttgir"].splitlines() if x.startswith("#blocked")]
        assert len(layouts) == 1 and "sizePerThread = [1]" in layouts[0], layouts
        assert "convert_layout" not in made.asm["ttgir"]
"""


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
def test_a_gpu_is_given_one_warp_a_block_and_nothing_atomic(tmp_path: Path) -> None:
    ran(["-c", COMPILE], TRITON_INTERPRET="0", TRITON_CACHE_DIR=str(tmp_path))
