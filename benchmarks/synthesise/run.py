"""`allcomers synthesise` at one, two and three tenths of England, and against merely writing the same Parquet files.

Goals (on 2 cores): England-year (1.8 million referrals) under 60 s and 8 GB; cost linear in referrals. All in one run,
so that the ratios hold on a busy machine. The data are SYNTHETIC.

    python benchmarks/synthesise/run.py [REFERRALS]     England's 1,800,000, of which shares are made, unless given
"""

import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.measuring import Usage, measured

MAKE = """
import sys
from datetime import date
from pathlib import Path
from allcomers.synthetic import Plan, write
write(Path(sys.argv[1]), Plan(referrals=int(sys.argv[2]), start=date(2024, 4, 1), months=12, seed=1), workers=2)
"""
REWRITE = """
import sys
from pathlib import Path
import pyarrow.parquet as pq
for path in sorted(Path(sys.argv[1]).rglob("*.parquet")):
    source = pq.ParquetFile(path)
    with pq.ParquetWriter(sys.argv[2], source.schema_arrow, compression="zstd") as writer:
        for group in range(source.num_row_groups):
            writer.write_table(source.read_row_group(group))
"""
SHARES = (0.1, 0.2, 0.3)


def rows_of(folder: Path) -> int:
    """Records of every table, extras and truth included."""
    return sum(pq.read_metadata(path).num_rows for path in folder.rglob("*.parquet"))


def show(name: str, usage: Usage, referrals: int) -> None:
    print(
        f"{name:28} {usage.wall_seconds:6.1f} s  {usage.cpu_seconds:6.1f} cpu s  {usage.peak_mb:6.0f} MB  "
        f"{usage.wall_seconds / referrals * 1e6:6.1f} s and {usage.cpu_seconds / referrals * 1e6:6.1f} cpu s a million"
    )


def run(folder: Path, england: int) -> None:
    costs = []
    for share in SHARES:
        referrals = int(england * share)
        out = folder / str(referrals)
        made = measured([sys.executable, "-c", MAKE, str(out), str(referrals)])
        print(f"SYNTHETIC, {referrals:,} referrals, {rows_of(out):,} records")
        rewritten = measured([sys.executable, "-c", REWRITE, str(out), str(folder / "again.parquet")])
        show("allcomers synthesise", made, referrals)
        show("reading and writing it again", rewritten, referrals)
        print(f"ratio of cpu time, making / writing again: {made.cpu_seconds / rewritten.cpu_seconds:.1f}")
        costs.append(made.cpu_seconds)
    # What starting costs is in every run alike, so the cost of the last tenth is held against that of the one before.
    ratio = (costs[2] - costs[1]) / (costs[1] - costs[0])
    print(f"ratio of cpu time, third tenth / second: {ratio:.2f} (linear: 1.00)")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else 1_800_000)


if __name__ == "__main__":
    main()
