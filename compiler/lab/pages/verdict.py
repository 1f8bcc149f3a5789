"""The README of a comparison: verdict, settings, deviations, power, tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..judging.groups import Results
from ..judging.judge import Judged
from ..protocol.protocol import Protocol
from ..protocol.seeds import OLD, on_one_seed
from .doubts import doubts
from .labels import title
from .result_tables import table, task_part
from .sentences import gaps, power, verdict
from .sizes import DEVIATIONS, bullets, deviations, sizes


def readme(
    protocol: Protocol, results: Results, judged: Sequence[Judged], note: str = ""
) -> str:
    """README.md of the folder that holds protocol, results and pictures.

    Args:
        note: a paragraph on the runs, such as the machine.
    """
    parts = [
        "# Figure 2, run again",
        f"Written by `elegansc lab figure` from `results.jsonl` and the protocol with SHA-256"
        f" `{protocol.digest}`, which every run carries.",
        *warned(protocol, results, judged),
        "## Verdict",
        bullets(verdict(protocol, judged)),
        "![The test metric of every graph](graphs.png)",
        "![Validation metric against epochs](figure2.png)",
        "## What was run",
        *([note] if note else []),
        "Every training draws start values, order of images and augmentation by a seed of"
        " its own.",
        table(("", *(title(one.task) for one in judged)), sizes(judged, results)),
        "## Where this differs from the paper",
        f"{DEVIATIONS}\n{bullets(deviations(judged))}",
        "## What could have been found",
        bullets(power(protocol, judged)),
        *(part for one in judged for part in task_part(one)),
        "## Trainings that are missing or gave NaN",
        bullets(gaps(judged, protocol.nan)) or "None.",
        "## Again",
        RERUN.format(old=f" {OLD}" if on_one_seed(protocol) else ""),
    ]
    return "\n\n".join(parts) + "\n"


def warned(
    protocol: Protocol, results: Results, judged: Sequence[Judged]
) -> Iterator[str]:
    """The part that says what the run cannot tell."""
    found = bullets(doubts(protocol, results, judged))
    if found:
        yield from ("## What this run cannot tell", found)


RERUN = """\
```console
$ elegansc lab compare protocol.toml --data DIR -o runs{old}
$ elegansc lab figure runs/results.jsonl --protocol protocol.toml -o .
```

At full size, `full.toml`, on one GPU or on a Ray cluster whose runs share GPUs by four:

```console
$ elegansc lab compare full.toml --data torchvision:DIR -o full --accelerator cuda{old}
$ elegansc lab compare full.toml --data torchvision:DIR -o full --ray ADDRESS --gpus 0.25{old}
```"""
