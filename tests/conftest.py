"""Options and fixtures that all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from support.paths import SHARED

settings.register_profile("noisy", deadline=None)  # the machines are: no timed tests
settings.load_profile("noisy")

PUBLISHED = SHARED / "connectomes"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` rewrites tests/golden."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite tests/golden"
    )


@pytest.fixture
def shared() -> Path:
    """The folder of published connectomes; the test is skipped, loudly, without it."""
    if not PUBLISHED.is_dir():
        pytest.skip(f"the published connectomes are not here: {PUBLISHED}")
    return PUBLISHED
