"""A library is imported where a file needs it, and nowhere else."""

from __future__ import annotations

import subprocess
import sys

LIBRARIES = (
    "backports.zstd h5py networkx pandas pyarrow python_calamine scipy sqlite3 zipfile"
)
PROGRAM = f"""
import sys
from elegansc.readers.parse import parse
parse(b"pre,post,weight\\nA,B,1\\nB,C,2\\n", "worm.csv")
print([name for name in {LIBRARIES.split()!r} if name in sys.modules])
"""


def test_a_text_is_read_without_the_libraries_of_other_formats() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
