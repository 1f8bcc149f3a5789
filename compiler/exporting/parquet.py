"""A graph as Parquet, for pandas, polars, DuckDB, Spark: the columns of the table."""

from __future__ import annotations

import io

import numpy as np

from ..errors import CompilerError
from ..graph import EXACT
from ..ir.stages import Connectome
from .columns import columns

MISSING = (
    "export: Parquet is written by pyarrow, which is not installed\n"
    "  pip install 'elegansc[arrow]'"
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
    weight = np.array(found["weight"], np.float64)
    whole = bool((weight == np.trunc(weight)).all() and (np.abs(weight) < EXACT).all())
    arrays = {
        title: (
            pa.array(weight.astype(np.int64) if whole else weight)
            if title == "weight"
            else pa.array(cells, pa.string())
        )
        for title, cells in found.items()
    }
    target = io.BytesIO()
    parquet.write_table(pa.table(arrays), target, compression="zstd")
    return target.getvalue()
