"""Options and fixtures that all tests share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("noisy", deadline=None)  # the machines are: no timed tests
settings.load_profile("noisy")

sys.path.insert(0, str(Path(__file__).parent))  # so that tests can `import toy`

SHARED = Path(__file__).parent.parent.parent / "shared" / "connectomes"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` rewrites tests/golden."""
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite tests/golden"
    )


@pytest.fixture
def shared() -> Path:
    """The folder of published connectomes; the test is skipped, loudly, without it."""
    if not SHARED.is_dir():
        pytest.skip(f"the published connectomes are not here: {SHARED}")
    return SHARED
