"""Compiled templates, kept in a folder of caches.

Jinja takes longer to compile the pages of a module than to fill them in. What is kept goes by
the page's text and by the versions of jinja and Python.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from ..caches import NotPrivate, private_folder
from ..files import beside

LENGTH = 32  # of the digest before the bytecode: a damaged file is not run


class TemplateBytecode(jinja2.BytecodeCache):
    """Bytecode by the text of its template; never an error: without a cache it is made anew."""

    def get_bucket(
        self,
        environment: jinja2.Environment,
        name: str,
        filename: str | None,
        source: str,
    ) -> Bucket:
        """The bucket of a template, filled if its file is there and whole."""
        versions = f"{sys.implementation.cache_tag} {jinja2.__version__}"
        key = hashlib.sha256(f"{versions}\0{source}".encode()).hexdigest()
        bucket = Bucket(environment, key, self.get_source_checksum(source))
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, if its file is there and whole."""
        with suppress(OSError, NotPrivate):
            data = Path(private_folder("pages"), bucket.key).read_bytes()
            digest, code = data[:LENGTH], data[LENGTH:]
            if hashlib.sha256(code).digest() == digest:
                bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a bucket holds, where Python may write bytecode and the folder lets us."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError, NotPrivate):
            place = private_folder("pages") / bucket.key
            code = bucket.bytecode_to_string()
            temporary = beside(place, hashlib.sha256(code).digest() + code)
            try:
                os.replace(temporary, place)
            finally:
                Path(temporary).unlink(missing_ok=True)
