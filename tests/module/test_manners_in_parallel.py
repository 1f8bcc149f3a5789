"""Manners by form: several processes, of which each holds all or a part of a network."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from support import parallel
from support.forms import OPTIONS


@pytest.mark.slow
def test_two_processes_step_as_one(tmp_path: Path) -> None:
    """By DDP, and by FSDP from the meta device; one pair of processes for all forms."""
    meeting = f"file://{tmp_path}/meeting"
    torch.multiprocessing.spawn(parallel.train, (meeting, list(OPTIONS)), nprocs=2)
