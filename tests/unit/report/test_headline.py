"""How the headline figures are written."""

import polars as pl
import pytest

from allcomers.report import headline


def row(code: str, measure_id: str, value: float | None, status: str) -> dict[str, object]:
    return {"org_code1": code, "measure_id": measure_id, "value": value, "status": status}


@pytest.mark.parametrize(("code", "written"), [(headline.ENGLAND, "37.0%"), ("RX1", "37%")])
def test_england_has_one_decimal_and_others_none(code, written):
    frame = pl.DataFrame([row(code, "M192", 37.0, "shown"), row(code, "M192_all", None, "withheld")])
    recovery = next(pair for pair in headline.pairs(frame, code) if pair.official.id == "M192")
    assert recovery.official.shown == written
    assert [one.shown for one in recovery.counterparts if one.id == "M192_all"] == ["withheld"]
    assert {one.shown for one in recovery.counterparts if one.id != "M192_all"} == {"not available"}
