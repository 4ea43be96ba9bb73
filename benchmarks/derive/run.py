"""`allcomers derive` of an England-year against a quarter of one, and against merely reading the same Parquet files.

Goals (on 2 free cores): England-year (1.8 million referrals) under 12 s and 6 GB; cost linear in referrals. All in one
run, so that the ratios hold on a busy machine. The data are SYNTHETIC, and hold the run-in as well: referrals of the
18 months before that were still open.

    python benchmarks/derive/run.py [REFERRALS] [FOLDER]     1,800,000, in a temporary folder, unless given
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.check.run import READ_ALL, SHARES, generated, rows_of, show
from benchmarks.measuring import measured

COMMAND = [sys.executable, "-c", "from allcomers.cli.derive import derive; import typer; typer.run(derive)"]


def run(folder: Path, referrals: int) -> None:
    costs = []
    for share in SHARES:
        data = generated(folder, int(referrals * share))
        rows = rows_of(data)
        print(f"SYNTHETIC, {int(referrals * share):,} referrals, {rows:,} records")
        read = measured([sys.executable, "-c", READ_ALL, str(data)])
        with tempfile.TemporaryDirectory(dir=folder) as out:
            derived = measured([*COMMAND, str(data), "--out", str(Path(out) / "pathways")])
        show("reading every value", read, rows)
        show("allcomers derive", derived, rows)
        print(f"ratio derive / reading: {derived.cpu_seconds / read.cpu_seconds:.1f}")
        costs.append(derived.cpu_seconds / rows)
    print(f"ratio of cpu time a record, whole / quarter: {costs[1] / costs[0]:.2f} (linear: 1.00)")


def main() -> None:
    referrals = int(sys.argv[1]) if len(sys.argv) > 1 else 1_800_000
    if len(sys.argv) > 2:
        run(Path(sys.argv[2]), referrals)
        return
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), referrals)


if __name__ == "__main__":
    main()
