"""`allcomers check` of an England-year against a quarter of one, and against merely reading the same Parquet files.

Goals (on 2 cores): England-year (1.8 million referrals) under 60 s and 4 GB; cost linear in referrals. All in one run,
so that the ratios hold on a busy machine. The data are SYNTHETIC.

    python benchmarks/check/run.py [REFERRALS] [FOLDER]     1,800,000, in a temporary folder, unless given
"""

import sys
import tempfile
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from allcomers.synthetic import Plan, write
from benchmarks.measuring import Usage, measured

COMMAND = [sys.executable, "-c", "from allcomers.cli.check import check; import typer; typer.run(check)"]
READ_ALL = """
import sys
from pathlib import Path
from allcomers.engine import Session
with Session() as session:
    for path in sorted(Path(sys.argv[1]).glob("*.parquet")):
        names = session.columns(f"select * from '{path}'")
        sums = ", ".join(f'bit_xor(hash("{name}"))' for name in names)
        session.row(f"select {sums} from '{path}'")
"""
SHARES = (0.25, 1.0)


def generated(folder: Path, referrals: int) -> Path:
    """A synthetic year, made once."""
    out = folder / f"england-{referrals}"
    if not out.exists():
        write(out, Plan(referrals=referrals, start=date(2024, 4, 1), months=12, seed=1))
    return out


def rows_of(folder: Path) -> int:
    """Records of the national tables."""
    return sum(pq.read_metadata(path).num_rows for path in folder.glob("*.parquet"))


def show(name: str, usage: Usage, rows: int) -> None:
    print(
        f"{name:24} {usage.wall_seconds:6.1f} s  {usage.cpu_seconds:6.1f} cpu s  {usage.peak_mb:6.0f} MB  "
        f"{usage.cpu_seconds / rows * 1e6:5.2f} cpu s a million records"
    )


def run(folder: Path, referrals: int) -> None:
    checks = []
    for share in SHARES:
        data = generated(folder, int(referrals * share))
        rows = rows_of(data)
        print(f"SYNTHETIC, {int(referrals * share):,} referrals, {rows:,} records")
        read = measured([sys.executable, "-c", READ_ALL, str(data)])
        check = measured([*COMMAND, str(data)])
        show("reading every value", read, rows)
        show("allcomers check", check, rows)
        print(f"ratio check / reading: {check.cpu_seconds / read.cpu_seconds:.1f}")
        checks.append(check.cpu_seconds / rows)
    print(f"ratio of cpu time a record, whole / quarter: {checks[1] / checks[0]:.2f} (linear: 1.00)")


def main() -> None:
    referrals = int(sys.argv[1]) if len(sys.argv) > 1 else 1_800_000
    if len(sys.argv) > 2:
        run(Path(sys.argv[2]), referrals)
        return
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), referrals)


if __name__ == "__main__":
    main()
