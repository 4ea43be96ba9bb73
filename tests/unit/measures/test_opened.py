"""A data set opened from Python, measured."""

from datetime import date
from pathlib import Path

import pytest

import allcomers as ac
from allcomers.exceptions import MeasureRequestError
from allcomers.synthetic import Plan, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "data"
    write(path, Plan(referrals=300, start=date(2024, 4, 1), months=12, seed=3), workers=1)
    return path


def test_a_data_set_is_measured_from_python(folder: Path) -> None:
    with ac.open(folder, memory_gb=1) as opened:
        rows = opened.measure("2025-01", by=["england"], only=["M001", "M076"])
        received = opened.pathways()["received_on"].is_between(date(2025, 1, 1), date(2025, 1, 31)).sum()
        with pytest.raises(MeasureRequestError, match=r"M9999"):
            opened.measure("2025-01", only=["M9999"])
    assert set(rows["measure_id"]) == {"M001", "M076"}
    assert rows.filter(rows["measure_id"] == "M001")["value"].to_list() == [received]
