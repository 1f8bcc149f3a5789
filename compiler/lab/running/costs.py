"""Count the multiply-adds of a model: the forward pass of one image, as it is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


def multiply_adds(whole: nn.Module, shape: Sequence[int]) -> int:
    """Number of multiply-adds of one image.

    Counted are convolutions, matrix products, synapses and the products of a sweep, each as
    it is computed: a dense matrix with its zeros. Activations, norms, pools and sums are not.

    Args:
        shape: of an image: (channels, height, width).
    """
    mode, where = whole.training, next(whole.parameters())
    image = torch.zeros(1, *shape, device=where.device, dtype=where.dtype)
    counter = FlopCounterMode(display=False, custom_mapping=COUNTED)
    whole.eval()
    with torch.no_grad(), counter:
        whole(image)
    whole.train(mode)
    return counter.get_total_flops() // 2  # it counts a multiply-add as two


def of_bag(rows: Sequence[int], reads: Sequence[int], *_: Any, **__: Any) -> int:
    """Twice the multiply-adds of an embedding bag with weights: its reads times a row."""
    return 2 * reads[0] * rows[1]


def of_product(factors: Sequence[int], *_: Any, **__: Any) -> int:
    """Twice the multiplications of a product along a dimension."""
    total = 2
    for length in factors:
        total *= length
    return total


OPS = torch.ops.aten
COUNTED: dict[Any, Callable[..., int]] = {
    OPS._embedding_bag: of_bag,
    OPS._embedding_bag_forward_only: of_bag,
    OPS.prod: of_product,
}
