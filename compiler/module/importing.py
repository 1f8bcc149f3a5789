"""Import a generated module from its bytes, without a file."""

from __future__ import annotations

import importlib.util
import tempfile
from importlib.abc import SourceLoader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from ..ir.artifact import BESIDE


class BytesLoader(SourceLoader):
    """Import loader of bytes in memory, so that exactly the checked ones are run."""

    def __init__(self, data: bytes, label: str) -> None:
        self.data, self.label = data, label

    def get_data(self, path: Any) -> bytes:
        """The bytes."""
        return self.data

    def get_filename(self, fullname: str) -> str:
        """The file name in tracebacks and for `inspect`."""
        return self.label


def unrun(name: str, data: bytes, label: str) -> ModuleType:
    """A module of these bytes, which runs by `run`.

    Args:
        name: of the module; label: stands for its file.
    """
    spec = ModuleSpec(name, BytesLoader(data, label), origin=label)
    spec.has_location = True  # the label becomes the module's __file__
    return importlib.util.module_from_spec(spec)


def run(module: ModuleType, beside: bytes | None = None) -> None:
    """Run the bytes of a module.

    Args:
        beside: the file of its tables, which it reads while it is run.
    """
    assert module.__spec__ and module.__spec__.loader
    if beside is None:
        module.__spec__.loader.exec_module(module)
        return
    label = module.__file__
    with tempfile.TemporaryDirectory(prefix="elegansc-") as folder:
        Path(folder, f"module{BESIDE}").write_bytes(beside)
        module.__file__ = str(Path(folder, "module.py"))
        module.__spec__.loader.exec_module(module)
    module.__file__ = label
