"""Read the images of the tasks, from `.npz` files or torchvision, as uint8 tensors."""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import InputError, UsageError
from ...nulls.random import RandomIntegers
from ...options.choices import ROUTED

if TYPE_CHECKING:
    from torch import Tensor

SHAPE: Mapping[str, tuple[int, int, int]] = {
    "cifar10": (3, 32, 32),
    "mnist": (1, 28, 28),
}  # channels, height, width
CLASSES = 10
HELD_OUT = 5000  # of the training images, for validation, where no file has its own
SETS: Mapping[str, str] = {"cifar10": "CIFAR10", "mnist": "MNIST"}
IMAGES_OF: Mapping[str, str] = {
    ROUTED: "mnist"
}  # tasks that share the images of another
TORCHVISION = "torchvision:"
ZIP = b"PK"  # how a zip archive begins
ARRAYS = ("images", "labels")
DAMAGED = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError, TypeError)
HINT = "an .npz file has the arrays images, uint8, and labels, integers from 0 to 9"


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Images:
    """Images and their classes.

    Attributes:
        images: (n, channels, height, width) uint8, from 0 to 255.
        labels: (n,) int64 in [0, 10).
    """

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: Any) -> Images:
        """The images at a slice or at an array of rows."""
        return Images(self.images[rows], self.labels[rows])

    def to(self, device: Any) -> Images:
        """The images on a device."""
        return Images(self.images.to(device), self.labels.to(device))


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """Training images, validation images for every choice, test images for one look."""

    train: Images
    validation: Images
    test: Images

    @property
    def digest(self) -> str:
        """16 hex digits of the SHA-256 of all images and labels, in their order."""
        found = hashlib.sha256()
        for part in (self.train, self.validation, self.test):
            for tensor in (part.images, part.labels):
                found.update(str(tuple(tensor.shape)).encode())
                found.update(tensor.contiguous().numpy().tobytes())
        return found.hexdigest()[:16]

    def choose(self, images: int, validation: int, test: int, seed: int) -> Splits:
        """Splits of these sizes: drawn with the seed, but the first test images.

        Raises:
            InputError: a split has fewer images.
        """
        parts = zip(
            ("images", "validation", "test"),
            (self.train, self.validation, self.test),
            (images, validation, test),
            strict=True,
        )
        for name, part, count in parts:
            if count > len(part):
                seen = f"{count:,} asked for, {len(part):,} are there"
                raise InputError(f"data: {name}", seen, "ask for fewer")
        rows = (
            RandomIntegers(seed, 0).order(len(self.train))[:images],
            RandomIntegers(seed, 1).order(len(self.validation))[:validation],
        )
        return Splits(
            self.train.take(rows[0]),
            self.validation.take(rows[1]),
            self.test.take(slice(test)),
        )


def shape_of(task: str) -> tuple[int, int, int]:
    """Channels, height and width of the images of a task."""
    return SHAPE[IMAGES_OF.get(task, task)]


def load(source: str, task: str) -> Splits:
    """All images of a task.

    Args:
        source: a folder with `<task>_train.npz` (of mnist-routed, those of mnist), `<task>_test.npz` and perhaps
            `<task>_val.npz`; one `.npz` file, whose last tenth is the test set and the
            tenth before it for validation; or `torchvision:DIR`, which downloads.
        task: cifar10, mnist or mnist-routed.

    Raises:
        InputError: a file is missing, damaged, or not of the task.
    """
    task = IMAGES_OF.get(task, task)
    if source.startswith(TORCHVISION):
        return torchvision_splits(source.removeprefix(TORCHVISION), task)
    folder = Path(source)
    if not folder.is_dir():
        whole = read_npz(folder, task)
        tenth = len(whole) // 10
        if not tenth:
            raise InputError(source, f"only {len(whole)} images", "give ten or more")
        first, second = len(whole) - 2 * tenth, len(whole) - tenth
        parts = slice(first), slice(first, second), slice(second, None)
        return Splits(*map(whole.take, parts))
    train = read_npz(folder / f"{task}_train.npz", task)
    test = read_npz(folder / f"{task}_test.npz", task)
    val = folder / f"{task}_val.npz"
    if val.exists():
        return Splits(train, read_npz(val, task), test)
    return Splits(*held_out(train, source), test)


def held_out(train: Images, source: str) -> tuple[Images, Images]:
    """Split off validation images: the last 5,000, or the last tenth if that is less."""
    last = min(HELD_OUT, len(train) // 10)
    if not last:
        raise InputError(source, f"only {len(train)} images", "give ten or more")
    return train.take(slice(-last)), train.take(slice(-last, None))


def read_npz(path: Path, task: str) -> Images:
    """The images and labels of one file; no pickle is read.

    Raises:
        InputError: missing, cut short, or with other arrays.
    """
    try:
        with path.open("rb") as start:
            zipped = start.read(len(ZIP)) == ZIP
        if not zipped:  # of other files numpy says that they hold pickles
            raise InputError(str(path), "no .npz file: not a zip archive", HINT)
        with np.load(path, allow_pickle=False) as file:
            for name in ARRAYS:
                if name not in file:
                    raise InputError(str(path), f"no array {name} in it", HINT)
            images, labels = (file[name] for name in ARRAYS)
    except OSError as error:
        seen = f"cannot be read: {error.strerror or error}"
        raise InputError(str(path), seen, HINT) from None
    except (*DAMAGED, AttributeError) as error:
        seen = f"damaged or cut short, or not such a file: {error}"
        raise InputError(str(path), seen, HINT) from None
    return checked(images, labels, str(path), task)


def checked(images: Any, labels: Any, label: str, task: str) -> Images:
    """Images and labels as tensors, channels first.

    Raises:
        InputError: a shape, type or label does not fit the task.
    """
    import torch

    channels, height, width = SHAPE[task]
    shapes = {
        (height, width, channels): (0, 3, 1, 2),
        (channels, height, width): (0, 1, 2, 3),
    }
    if images.ndim == 3 and channels == 1:
        images = images[..., None]
    if images.dtype != np.uint8 or images.shape[1:] not in shapes:
        here = f"images of {images.dtype} {images.shape}"
        wanted = f"{task} has uint8 (n, {height}, {width}, {channels})"
        raise InputError(label, here, wanted)
    if labels.shape != images.shape[:1] or labels.dtype.kind not in "iu":
        here = f"labels of {labels.dtype} {labels.shape}, {len(images):,} images"
        raise InputError(label, here, "an integer an image")
    if not len(labels):
        raise InputError(label, "no images", HINT)
    wrong = np.flatnonzero((labels < 0) | (labels >= CLASSES))
    if len(wrong):
        seen = f"label {labels[wrong[0]]} of image {wrong[0]:,}"
        raise InputError(label, seen, f"labels are from 0 to {CLASSES - 1}")
    images = images.transpose(shapes[images.shape[1:]])
    kept = torch.from_numpy(np.ascontiguousarray(images))
    return Images(kept, torch.from_numpy(labels.astype(np.int64)))


def torchvision_splits(folder: str, task: str) -> Splits:
    """The data set, downloaded by torchvision into a folder.

    Raises:
        UsageError: torchvision is not installed. InputError: the download fails.
    """
    try:
        from torchvision import datasets  # type: ignore[import-untyped,unused-ignore]
    except (ImportError, RuntimeError) as error:
        hint = "pip install torchvision, or give a folder of .npz files"
        raise UsageError(f"--data {TORCHVISION}: {error}; {hint}") from None
    parts = []
    for train in (True, False):
        try:
            found = getattr(datasets, SETS[task])(folder, train=train, download=True)
        except (OSError, RuntimeError) as error:
            hint = "look at the network and at the space left"
            raise InputError(folder or os.curdir, f"no data: {error}", hint) from None
        arrays = np.asarray(found.data), np.asarray(found.targets)
        parts.append(checked(*arrays, f"{TORCHVISION}{folder}", task))
    return Splits(*held_out(parts[0], folder), parts[1])
