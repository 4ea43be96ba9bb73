"""A report of one provider and of England, against deriving the same data set alone, in one run on one machine.

Goals (on 2 free cores): from an England-year (1.8 million referrals) one provider under 20 s, England with all
chapters under 3 minutes and 8 GB. The data are SYNTHETIC.

    python benchmarks/report/run.py [REFERRALS] [FOLDER]     200,000, in a temporary folder, unless given
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import Usage, generated, measured

REPORT = [sys.executable, "-c", "from allcomers.cli import main; main()", "report"]
DERIVE = [sys.executable, "-c", "from allcomers.cli import main; main()", "derive"]
PROVIDER = "ZS001"


def run(folder: Path, referrals: int) -> None:
    """Time each and print the ratios."""
    data = generated(folder, referrals)
    print(f"SYNTHETIC, {referrals:,} referrals")
    with tempfile.TemporaryDirectory(dir=folder) as out:
        period = [str(data), "--period", "2024/25", "--out"]
        derived = _shown("allcomers derive", measured([*DERIVE, str(data), "--out", str(Path(out) / "pathways")]))
        england = _shown("allcomers report, England", measured([*REPORT, *period, str(Path(out) / "england.html")]))
        one = [*period, str(Path(out) / "one.html"), "--organisation", PROVIDER]
        provider = _shown(f"allcomers report, {PROVIDER}", measured([*REPORT, *one]))
    print(f"ratio England / deriving alone: {england.cpu_seconds / derived.cpu_seconds:.1f}")
    print(f"ratio one provider / deriving alone: {provider.cpu_seconds / derived.cpu_seconds:.1f}")


def _shown(name: str, usage: Usage) -> Usage:
    print(f"{name}: {usage.wall_seconds:.1f} s, {usage.cpu_seconds:.1f} CPU s, {usage.peak_mb:,.0f} MB")
    return usage


def main() -> None:
    """Read the arguments."""
    referrals = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    if len(sys.argv) > 2:
        run(Path(sys.argv[2]), referrals)
        return
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), referrals)


if __name__ == "__main__":
    main()
