"""Reading millions of rows against pandas and pyarrow: CPU seconds and peak memory.

Give a CSV or a Parquet file of ../shared/connectomes/make_fly_scale.py, and how many rounds.
Every read runs in a process of its own, which has imported what it uses; what was read is
compared before anything is timed: rows, the sum of their weights and different ids.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from common import in_turn, verdict

COLUMNS = ["pre_root_id", "post_root_id", "syn_count"]
IMPORTS = {
    "elegansc": (
        "import pyarrow.compute, pyarrow.parquet\n"
        "import elegansc, elegansc.interface.read as _; read = elegansc.read"
    ),
    "alone": (
        "import sys; sys.modules['pyarrow'] = None\n"
        "import elegansc, elegansc.interface.read as _; read = elegansc.read"
    ),
    "pandas": "import pandas; read = pandas.read_csv",
    "pyarrow": (
        "import pyarrow.parquet\n"
        f"read = lambda path: pyarrow.parquet.read_table(path, columns={COLUMNS})"
    ),
}
FACTS = {
    "elegansc": "len(x.synapses), x.synapses.weight.sum(), len(x.cells)",
    "pandas": "len(x), x.syn_count.sum(), len({*x.pre_root_id, *x.post_root_id})",
    "pyarrow": (
        "len(x), sum(x['syn_count'].to_pylist()), "
        "len({*x['pre_root_id'].to_pylist(), *x['post_root_id'].to_pylist()})"
    ),
}
TIMED = """
import json, sys, time, warnings
from pathlib import Path
warnings.simplefilter("ignore")
{imports}
start = time.process_time()
x = read(sys.argv[1])
took = time.process_time() - start
peak = Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]
facts = [int(fact) for fact in ({facts})] if sys.argv[2] == "facts" else []
print(json.dumps([took, int(peak) / 1024, facts]))
"""


def measured(reader: str, path: str, facts: str = "") -> tuple[float, float, list[int]]:
    """CPU seconds, peak memory in MB, and the facts of what was read if asked for."""
    own = FACTS.get(reader, FACTS["elegansc"])
    code = TIMED.format(imports=IMPORTS[reader], facts=own)
    words = [sys.executable, "-c", code, path, facts]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    took, peak, found = json.loads(done.stdout)
    return took, peak, found


def main() -> None:
    """Print a table."""
    path, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    table = Path(path).suffix == ".parquet"
    peer = "pyarrow" if table else "pandas"
    bars = {"elegansc": 4.0} if table else {"elegansc": 2.5, "alone": 5.0}
    same = [measured(reader, path, "facts")[2] for reader in (*bars, peer)]
    print(f"{same[0][0]:,} rows, {same[0][2]:,} cells, the same: {same}")
    if any(facts != same[0] for facts in same):
        sys.exit("they read different things")
    for reader, bar in bars.items():
        peaks: dict[str, float] = {}

        def seconds(name: str, peaks: dict[str, float] = peaks) -> float:
            took, peaks[name], _ = measured(name, path)
            return took

        ours, theirs, ratio = in_turn(
            lambda: seconds(reader), lambda: seconds(peer), rounds  # noqa: B023
        )
        print(
            f"{reader:<9} {ours:6.2f} s {peaks[reader]:6.0f} MB  "
            f"{peer} {theirs:.2f} s {peaks[peer]:.0f} MB  "
            f"{ratio:.2f} x  bar {bar} x: {verdict(ratio <= bar)}"
        )


if __name__ == "__main__":
    main()
