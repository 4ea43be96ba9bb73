"""Time and memory of whole processes, and how they grow with SYNTHETIC data.

All in one run, so that the ratios hold on a noisy machine.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from allcomers.synthetic import Plan, write

ENGLAND_YEAR = 1_800_000
SHARES = (0.25, 1.0)
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


@dataclass(frozen=True)
class Usage:
    """wall_seconds, cpu_seconds : of the process and its children; peak_mb : of the largest single process."""

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float


def measured(command: Sequence[str]) -> Usage:
    """Run a command to its end; a failing command stops the benchmark."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, errors.decode(errors="replace")
    return Usage(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def generated(folder: Path, referrals: int) -> Path:
    """A synthetic year, made once."""
    out = folder / f"england-{referrals}"
    if not out.exists():
        write(out, Plan(referrals=referrals, start=date(2024, 4, 1), months=12, seed=1))
    return out


def growth(name: str, *options: str) -> None:
    """A command of `allcomers` on a data set and on a quarter of it, each against reading every value of the files.

    The number of referrals and a folder for the data may be given on the command line. `{out}` in an option is a path
    for what is written, in a folder that is then removed.
    """
    referrals = int(sys.argv[1]) if len(sys.argv) > 1 else ENGLAND_YEAR
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(temporary)
        quarter, whole = (_cost_of_a_record(name, options, folder, int(referrals * share)) for share in SHARES)
    print(f"ratio of cpu time a record, whole / quarter: {whole / quarter:.2f} (linear: 1.00)")


def _cost_of_a_record(name: str, options: Sequence[str], folder: Path, referrals: int) -> float:
    data = generated(folder, referrals)
    rows: int = sum(pq.read_metadata(path).num_rows for path in data.glob("*.parquet"))
    print(f"SYNTHETIC, {referrals:,} referrals, {rows:,} records")
    read = measured([sys.executable, "-c", READ_ALL, str(data)])
    command = [sys.executable, "-c", f"from allcomers.cli.{name} import {name}; import typer; typer.run({name})"]
    with tempfile.TemporaryDirectory(dir=folder) as out:
        written = (option.format(out=Path(out) / "out") for option in options)
        used = measured([*command, str(data), *written])
    _show("reading every value", read, rows)
    _show(f"allcomers {name}", used, rows)
    print(f"ratio {name} / reading: {used.cpu_seconds / read.cpu_seconds:.1f}")
    return used.cpu_seconds / rows


def _show(name: str, usage: Usage, rows: int) -> None:
    print(
        f"{name:24} {usage.wall_seconds:6.1f} s  {usage.cpu_seconds:6.1f} cpu s  {usage.peak_mb:6.0f} MB  "
        f"{usage.cpu_seconds / rows * 1e6:5.2f} cpu s a million records"
    )
