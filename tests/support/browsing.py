"""A headless Chromium, and what a page must hold to in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
NARROW = 360  # pixels: the narrowest telephone in use


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium from the PATH; without one the tests are skipped, in CI they fail."""
    play = pytest.importorskip(
        "playwright.sync_api", reason="NOT TESTED in a browser: no playwright"
    )
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip("NOT TESTED in a browser: no Chromium on the PATH")
    with play.sync_playwright() as running:
        found = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


def barriers(page: Any) -> list[str]:
    """The rules of accessibility that a page breaks, each with the elements, by axe."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="NOT TESTED in a browser: no axe-playwright-python",
    )
    found = axe.Axe().run(page).response
    assert found["passes"], "axe checked nothing"
    return [
        f"{rule['id']}: {', '.join(str(node['target']) for node in rule['nodes'])}: {rule['help']}"
        for rule in found["violations"]
    ]


def overflow(page: Any) -> int:
    """Pixels by which a page is wider than its window."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    )
