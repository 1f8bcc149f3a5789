"""In CI nothing is left untested for want of a tool: a test skipped for it fails.

Skips for want of the published files, another Python or a right of the machine stay skips.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest

TOOLS = ("browser", "chromium", "graphviz", "onnx", "matplotlib", "poppler", "triton")


def strict() -> bool:
    """Whether this run is CI's."""
    return os.environ.get("CI", "").lower() in ("1", "true")


def tool_of(reason: str) -> str:
    """The tool for want of which a test was skipped; "" for other reasons."""
    words = reason.lower()
    return next((tool for tool in TOOLS if tool in words), "")


def judged(report: Any) -> Any:
    """The report of a test or a file; failed if skipped in CI for want of a tool."""
    if not (report.skipped and strict() and isinstance(report.longrepr, tuple)):
        return report
    path, line, reason = report.longrepr
    if tool_of(reason):
        report.outcome = "failed"
        report.longrepr = f"{path}:{line}: in CI this must run. {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Judge the report of a test."""
    return judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """Judge the report of a file, which may be skipped as a whole."""
    return judged((yield))
