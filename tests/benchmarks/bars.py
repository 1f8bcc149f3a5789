"""What forms.py has to reach: ratios of two forms in one run, by number of columns."""

from __future__ import annotations

from dataclasses import dataclass

SIZES = (1, 64, 1024, 16384)


@dataclass(frozen=True)
class Bar:
    """A ratio top / bottom and its least or greatest values, one a number of columns."""

    graph: str
    features: int  # 1: scalar units; more: linear ones
    mode: str
    top: str
    bottom: str
    values: tuple[float | None, ...]  # by SIZES
    least: bool = True  # else the greatest
    threads: int = 1

    def says(self, columns: int, ratio: float) -> str:
        """A line of the verdict; empty where nothing is asked."""
        value = dict(zip(SIZES, self.values, strict=False)).get(columns)
        if value is None:
            return ""
        holds = ratio >= value if self.least else ratio <= value
        sign = ">=" if self.least else "<="
        return (
            f"{self.top} / {self.bottom}, {columns:,} columns: {ratio:.2f}  "
            f"bar {sign} {value}: {'ok' if holds else 'MISSED'}"
        )


WORM, COOK, SHALLOW, LARVA = "varshney2011", "cook2019", "shallow", "larva"
BARS = (
    Bar(WORM, 1, "eager", "landed", "native", (12, 12, 7, 6)),
    Bar(COOK, 1, "eager", "landed", "native", (18, 16, 7)),
    Bar(LARVA, 1, "eager", "landed", "native", (60, 40, 15)),
    Bar(WORM, 1, "eager", "native", "bare", (10, 4, 1.7, 1.2), least=False),
    Bar(WORM, 1, "eager", "gather", "native", (12, 12, 12, 12)),
    Bar(WORM, 1, "compiled", "gather", "native", (4, 4, 15)),
    Bar(WORM, 1, "eager", "loop", "native", (170, 160, 30, 3.3)),
    Bar(WORM, 1, "eager", "chain", "native", (6, 6, 4, 2.5)),
    Bar(WORM, 16, "eager", "landed", "native", (12, 6, 5)),
    Bar(WORM, 64, "eager", "landed", "native", (1.5, 2.5, 3)),
    Bar(WORM, 1, "eager", "native@1", "native", (None, None, 1.7, 1.7), threads=2),
    Bar(WORM, 1, "eager", "page", "landed", (0.8, 0.75, 0.6, 0.65), least=False),
    Bar(WORM, 1, "eager", "loop", "page", (15, 13, 4.4, 1)),
    Bar(SHALLOW, 1, "eager", "loop", "page", (38, 27, 5.8)),
    Bar(WORM, 1, "compiled", "page", "landed", (0.4, 0.4, 0.85), least=False),
    Bar(SHALLOW, 1, "compiled", "page", "landed", (None, 0.75), least=False),
    Bar(WORM, 1, "compiled", "gather", "page", (None, 2, 2.8)),
    Bar(WORM, 1, "memory", "native", "landed", (None, None, None, 0.35), least=False),
)
COLD = {(WORM, "page"): 18.0, (WORM, "native"): 5.0}  # CPU seconds, at most
