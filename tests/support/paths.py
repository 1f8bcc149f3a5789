"""Where the checkout and the published data are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
GOLDEN = TESTS / "golden"
BUNDLED = ROOT / "connectomes"
GENERATED = ROOT / "generated"
SHARED = ROOT.parent / "shared"
