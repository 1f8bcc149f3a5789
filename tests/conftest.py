"""Options and fixtures that all tests share.

Hypothesis draws the same examples at every run. `HYPOTHESIS_PROFILE=random pytest` draws
others; what it finds is kept as an `@example` of its test.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings
from support import forked
from support.browsing import browser
from support.complete import pytest_make_collect_report, pytest_runtest_makereport
from support.paths import SHARED
from support.search import short_search

from elegansc.verification import running

__all__ = ["browser", "pytest_make_collect_report", "pytest_runtest_makereport"]

# The machines are noisy: no test is timed.
settings.register_profile("same", deadline=None, derandomize=True, database=None)
settings.register_profile("random", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

PUBLISHED = SHARED / "connectomes"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` rewrites tests/golden."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite tests/golden"
    )


@pytest.fixture(scope="session", autouse=True)
def forks() -> Iterator[pytest.MonkeyPatch]:
    """`verify` runs a module in a fork, which need not import torch; undo: anew."""
    starter = SimpleNamespace(run=forked.run, TimeoutExpired=subprocess.TimeoutExpired)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "subprocess", starter)
        yield patch


@pytest.fixture
def short() -> Iterator[None]:
    """`--max-levels` looks at few orders: they are to be right, not good."""
    with short_search():
        yield


@pytest.fixture
def shared() -> Path:
    """The folder of published connectomes; the test is skipped, loudly, without it."""
    if not PUBLISHED.is_dir():
        pytest.skip(f"the published connectomes are not here: {PUBLISHED}")
    return PUBLISHED
