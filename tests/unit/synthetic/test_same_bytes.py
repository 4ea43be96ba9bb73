"""Same seed, same bytes, however the work is divided."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from allcomers.synthetic import FileFormat, Form, Plan, generate, write
from allcomers.synthetic import plan as plans


def digests(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(plans, "BLOCK", 250)


def small(seed: int = 3) -> Plan:
    return Plan(referrals=900, start=date(2024, 4, 1), months=3, seed=seed)


@pytest.mark.parametrize(
    ("file_format", "form"), [(FileFormat.PARQUET, Form.HISTORY), (FileFormat.CSV, Form.SUBMISSIONS)]
)
def test_bytes_do_not_depend_on_the_number_of_workers(tmp_path, file_format, form):
    for workers in (1, 3):
        write(tmp_path / str(workers), small(), workers=workers, file_format=file_format, form=form, faults=0.01)
    one, three = digests(tmp_path / "1"), digests(tmp_path / "3")
    assert len(one) > 20
    assert one == three


def test_another_seed_gives_other_people():
    one, other = (generate(small(seed))["IDS101Referral"] for seed in (3, 4))
    assert not one.equals(other)


def test_frames_and_files_hold_the_same(tmp_path):
    write(tmp_path / "out", small())
    for name, frame in generate(small()).items():
        assert pl.read_parquet(tmp_path / "out" / f"{name}.parquet").equals(frame), name
