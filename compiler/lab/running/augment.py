"""Flip and crop: the usual augmentation of CIFAR images, a batch at a time."""

from __future__ import annotations

import torch
from torch import Generator, Tensor, nn

MARGIN = 4  # pixels of black on every side before the crop


def flip_and_crop(images: Tensor, generator: Generator) -> Tensor:
    """Each image mirrored or not, and moved by at most 4 pixels each way.

    Args:
        images: (batch, channels, height, width).
        generator: of the CPU, whatever the device: the draws are the same on any.
    """
    batch, _, height, width = images.shape
    shifts = torch.randint(0, 2 * MARGIN + 1, (2, batch), generator=generator)
    mirrored = torch.randint(0, 2, (batch, 1, 1, 1), generator=generator).bool()
    down, right = shifts.to(images.device)
    padded = nn.functional.pad(images, (MARGIN,) * 4)
    windows = padded.unfold(2, height, 1).unfold(3, width, 1)  # a view, not 81 copies
    crops = windows[torch.arange(batch, device=images.device), :, down, right]
    return torch.where(mirrored.to(images.device), crops.flip(3), crops)
