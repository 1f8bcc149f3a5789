"""Compiled templates, kept beside them in __pycache__, as Python keeps its own bytecode.

Jinja takes longer to compile the pages of a module than to fill them in. A page is compiled
anew where its text, jinja's format or Python's version is another.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from ..files import beside


class TemplateBytecode(jinja2.BytecodeCache):
    """Bytecode by the file of its template; never an error, and nothing where Python keeps none."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The file that keeps a template; "" if it does not come from a file."""
        if filename is None:
            return ""
        folder = Path(cache_from_source(filename)).parent
        return str(folder / f"{Path(filename).name}.{sys.implementation.cache_tag}")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, if its file is there, whole and of this text."""
        try:
            with open(bucket.key, "rb") as file:
                bucket.load_bytecode(file)
        except Exception:  # a damaged file may raise anything: the template is compiled
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a bucket holds, unless Python was told to write none or the folder refuses."""
        if sys.dont_write_bytecode or not bucket.key:
            return
        place = Path(bucket.key)
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            temporary = beside(place, bucket.bytecode_to_string())
            try:
                os.replace(temporary, place)
            finally:
                Path(temporary).unlink(missing_ok=True)
