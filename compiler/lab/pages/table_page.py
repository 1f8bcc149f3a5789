"""README.md of tables 1 and 2: what they show, the tables, how they were made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..judging.groups import Results
from ..judging.tables import MADE_BY, NUMBERS, Row, Table
from ..protocol.protocol import Protocol
from ..protocol.replaced import STEPS
from .labels import METRIC_WORDS, TASKS, UNKNOWN, decimal
from .result_tables import metrics, table
from .sizes import DEVIATIONS, bullets, sizes
from .table_sentences import name, shown

HEAD = (
    "model",
    "n",
    "mean",
    "95 % interval",
    "parameters",
    "in the network's place",
    "multiply-adds",
    "seconds a step",
)
UNKNOWN_VALUES = (
    "What the paper's own tables hold is not known to us: we have its abstract, not its text. "
    "Its 99.99 % on CIFAR-10 and 99.84 % on MNIST are of its validation sets, of networks of "
    "other sizes; no figure here is to be held against them."
)
COUNTED = (
    "A row is trained n times: by as many seeds, or on as many random graphs (RandWire: both at "
    "once). Intervals: Student's t, of the mean over them. Parameters: all of the model, those "
    "of a frozen network too, and of these what stands in the network's place. Multiply-adds: of the forward pass of one image, "
    "counted while it runs: convolutions, matrix products, synapses, products of a sweep; a dense "
    "matrix with its zeros; no activations, norms, sums. Seconds: of an optimiser step, the median "
    "of the trainings, on the machine of the run, whatever else it did."
)
ROWS = (
    "no graph: the encoder's vector goes to every motor neuron, and from there to the read-out, "
    "as in all rows.",
    "linear: one linear map to all motor neurons, as two matrices with no activation between; the "
    "numbers between them give the parameters, and more of them than the vector has add nothing "
    "that it can compute.",
    "MLP: three linear layers with tanh, the same vector to every motor neuron.",
    "convolution: two 3 × 3 convolutions of the encoder's last map, before it is flattened or "
    "averaged; the vector goes to every motor neuron.",
    "RandWire (Xie et al. 2019, arXiv 1904.01569): a Watts-Strogatz graph WS(n, 4, 0.75) for each "
    "seed, an edge from the lower index to the higher, inputs weighted by a sigmoid, the mean of "
    "all sinks; n gives the parameters. Not theirs: a node is a matrix and tanh on D numbers, "
    "where theirs is ReLU, a separable convolution and batch norm on a map; there is one stage, "
    "not three to five.",
    "worm, published sweep: the same graph as ElegansNet's code runs over it (--lowering "
    "published), normed, between two linear layers; its units are as wide as gives the parameters.",
    f"worm, delay: the same graph, nothing dropped: what runs backward is read a step late, and "
    f"the image stays for {STEPS} steps.",
    "worm, frozen: the network is not trained; its parameters are counted all the same.",
    "worm: the feed-forward network of the graph. Erdős-Rényi and the like: its random twins, each "
    "compiled alike.",
)
AGAIN = """\
```console
$ elegansc lab table protocol.toml --data DIR -o runs
```

At full size, `full.toml`, on one GPU or on a Ray cluster whose runs share GPUs by four:

```console
$ elegansc lab table full.toml --data torchvision:DIR -o full --accelerator cuda
$ elegansc lab table full.toml --data torchvision:DIR -o full --ray ADDRESS --gpus 0.25
```"""


def readme(
    protocol: Protocol, results: Results, found: Sequence[Table], note: str = ""
) -> str:
    """README.md of the folder.

    Args:
        note: a paragraph on the runs, such as the machine.
    """
    judged = [one for each in found for one in each.judged]
    heads = [each.task.name for each in judged]
    parts = [
        "# Tables 1 and 2, run again",
        *(f"**{heading(each)}.** {' '.join(shown(each))}" for each in found),
        UNKNOWN_VALUES,
        f"Written by `{MADE_BY}` from `results.jsonl` and the protocol with SHA-256 "
        f"`{protocol.digest}`, which every run carries.",
        *(part for each in found for part in table_part(each)),
        "## What the rows are",
        bullets(ROWS),
        "## How it is counted",
        COUNTED,
        "## What was run",
        *([note] if note else []),
        table(("", *heads), sizes(judged, results)),
        "## Where this differs from the paper",
        DEVIATIONS,
        "## Again",
        AGAIN,
    ]
    return "\n\n".join(parts) + "\n"


def heading(found: Table) -> str:
    """`Table 1, M1: CIFAR-10, classes`; a kind that the paper has not is beside its tables."""
    number = NUMBERS.get(found.kind)
    return f"{f'Table {number}' if number else 'Not the paper’s'}, {TASKS[found.kind]}"


def table_part(found: Table) -> Iterator[str]:
    """The heading and the table of a kind; of an autoencoder, all metrics too."""
    yield f"## {heading(found)}"
    better = "more" if found.higher_is_better else "less"
    yield (
        f"Test {METRIC_WORDS[found.metric]}, {better} is better; {found.steps:,} optimiser "
        "steps a training."
    )
    yield table(HEAD, (*baseline(found), *(cells(row, found) for row in found.rows)))
    if found.kind == "mnist":
        yield "All metrics, means over graphs or trainings:"
        yield from (metrics(one) for one in found.judged)


def baseline(found: Table) -> Iterator[tuple[str, ...]]:
    """The row of what has learnt nothing."""
    if found.baseline is not None:
        black = found.metric == "pixel_accuracy"
        words = "an image black all over" if black else "chance"
        yield (words, "", decimal(found.baseline), "", "0", "0", "0", "")


def cells(row: Row, found: Table) -> tuple[str, ...]:
    """The cells of a row."""
    low, high = decimal(row.score.low), decimal(row.score.high)
    seconds = row.step_seconds
    return (
        name(row, found),
        f"{row.score.n:,}",
        decimal(row.score.mean),
        UNKNOWN if low == UNKNOWN else f"{low} to {high}",
        whole(row.parameters),
        whole(row.network_parameters),
        whole(row.multiply_adds),
        UNKNOWN if seconds is None else f"{seconds:.3f}",
    )


def whole(number: int | None) -> str:
    """A whole number, or a dash."""
    return UNKNOWN if number is None else f"{number:,}"
