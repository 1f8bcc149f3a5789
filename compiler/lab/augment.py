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
    shifts = torch.randint(0, 2 * MARGIN + 1, (2, batch, 1), generator=generator)
    mirrored = torch.randint(0, 2, (batch, 1), generator=generator).bool()
    rows = shifts[0] + torch.arange(height)
    columns = shifts[1] + torch.arange(width)
    columns = torch.where(mirrored, columns.flip(1), columns)
    device = images.device
    sample = torch.arange(batch, device=device)[:, None, None]
    rows, columns = rows.to(device)[:, :, None], columns.to(device)[:, None, :]
    padded = nn.functional.pad(images, (MARGIN,) * 4).permute(0, 2, 3, 1)
    return padded[sample, rows, columns].permute(0, 3, 1, 2)
