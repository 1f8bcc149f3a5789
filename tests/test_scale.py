"""A graph larger than any worm's: 2,000 neurons, 50,000 rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.strategies import seeded

import elegansc
from elegansc.verification.verify import prove


@pytest.mark.slow
def test_a_large_graph_is_compiled_and_proved(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text(seeded(2000, 50_000))
    artifact = elegansc.compile(
        str(path),
        roles_table="structure",
        inputs=("N000*",),
        outputs=("N019*",),
    )

    assert artifact.history.data()["parse"]["rows"] == 50_000
    assert artifact.history.data()["select_cells"]["cells"] == 2000
    assert artifact.tables is not None  # more than 20,000 synapses
    checks = prove(artifact.page, "large.py", beside=artifact.tables)
    assert [check for check in checks if not check.passed] == []
    assert {"values float32", "gradients float64"} <= {check.name for check in checks}
