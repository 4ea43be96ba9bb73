"""The whole site of three years against one year and against reading the tables alone, in one run.

Goals (on 2 cores): three real years under 60 s and 2 GB; cost linear in years. Uses ../shared/data/published when it is
there, else the synthetic example, and says which.
"""

import sys
import tempfile
from pathlib import Path

from allcomers.published.example import write_example
from benchmarks.measuring import Usage, measured

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data" / "published"
COMMAND = [sys.executable, "-c", "from allcomers.cli import main; main()"]
READ_ONLY = """
import sys, pathlib
from allcomers.published.tables import read_tables
read_tables([pathlib.Path(path) for path in sys.argv[1:]])
"""


def site(tables: list[Path], out: Path) -> Usage:
    return measured([*COMMAND, "observatory", *map(str, tables), "--out", str(out)])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        tables = sorted(REAL.glob("*.zip")) or write_example(Path(folder) / "tables")
        print("tables:", "real, published" if REAL.exists() else "SYNTHETIC example", len(tables), "years")
        read = measured([sys.executable, "-c", READ_ONLY, *map(str, tables)])
        one = site(tables[-1:], Path(folder) / "one")
        all_years = site(tables, Path(folder) / "all")
    for name, usage in (("read only", read), ("site, 1 year", one), (f"site, {len(tables)} years", all_years)):
        print(f"{name:14} {usage.wall_seconds:6.1f} s  {usage.cpu_seconds:6.1f} cpu s  {usage.peak_mb:6.0f} MB")
    print(f"ratio all years / one year: {all_years.cpu_seconds / one.cpu_seconds:.2f} (linear: at most {len(tables)})")
    print(f"ratio site / reading alone: {all_years.cpu_seconds / read.cpu_seconds:.1f}")


if __name__ == "__main__":
    main()
