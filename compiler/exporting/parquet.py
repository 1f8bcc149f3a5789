"""A graph as Parquet, for pandas, polars, DuckDB, Spark: the columns of the table."""

from __future__ import annotations

import io

from ..errors import CompilerError
from ..ir.stages import Connectome
from .columns import columns, whole_if_all

MISSING = (
    "export: Parquet is written by pyarrow, which is not installed\n"
    "  pip install pyarrow"
)


def write_parquet(connectome: Connectome) -> bytes:
    """Text columns and the weights, integers where all are whole.

    Raises:
        CompilerError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise CompilerError(MISSING) from None
    found = columns(connectome)
    weight = pa.array(whole_if_all(found.pop("weight")))
    texts = {title: pa.array(cells, pa.string()) for title, cells in found.items()}
    pre, post, kind, *more = texts.items()
    arrays = dict([pre, post, kind, ("weight", weight), *more])
    target = io.BytesIO()
    parquet.write_table(pa.table(arrays), target, compression="zstd")
    return target.getvalue()
