"""The class of a generated module, imported under a name that its bytes decide."""

from __future__ import annotations

import hashlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

from ..errors import CompilerError
from ..module.importing import run, unrun
from ..module.read import TASK_CLASSES

if TYPE_CHECKING:
    from torch import nn


def load_class(data: bytes, name: str, beside: bytes | None = None) -> type[nn.Module]:
    """The class of a generated module: the whole model of a task, else the network.

    Args:
        data: the module as elegansc emitted it.
        name: of the network's class.
        beside: the file of its tables.

    Raises:
        CompilerError: PyTorch is not installed.
    """
    digest = hashlib.sha256(data).hexdigest()[:16]
    module = load_module(f"elegansc_{name}_{digest}", data, beside)
    whole = [classes[-1] for classes in TASK_CLASSES.values() if classes]
    found = next((each for each in whole if hasattr(module, each)), name)
    made: type[nn.Module] = getattr(module, found)
    return made


def load_module(name: str, data: bytes, beside: bytes | None = None) -> ModuleType:
    """The module of this name in `sys.modules`, made of the bytes unless it is there."""
    if name in sys.modules:
        return sys.modules[name]
    module = unrun(name, data, f"{name}.py")
    sys.modules[name] = module
    try:
        run(module, beside)
    except BaseException as error:
        del sys.modules[name]
        if isinstance(error, ModuleNotFoundError) and error.name == "torch":
            seen = "load: a model runs with PyTorch, which is not installed"
            raise CompilerError(f"{seen}\n  pip install torch") from None
        raise
    return module
