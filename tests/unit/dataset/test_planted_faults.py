"""The synthetic data set: nothing is found where nothing was planted, and everything where something was."""

from datetime import date

import polars as pl
import pytest

from allcomers import dataset
from allcomers.dataset import BY_NAME
from allcomers.synthetic import FileFormat, Form, Plan, write

PLAN = Plan(referrals=1_500, start=date(2024, 4, 1), months=3, seed=7)


@pytest.mark.parametrize("form", list(Form))
def test_clean_data_break_no_rule(form, tmp_path):
    write(tmp_path / "clean", PLAN, form=form, workers=1)
    with dataset.open(tmp_path / "clean") as opened:
        result = dataset.check(opened)
    assert result.findings == ()
    assert result.form == form.value
    assert result.rows > 20_000


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_every_planted_fault_is_found(file_format, tmp_path):
    """Each row of truth/faults names a record; that record must be among the faulty rows of a rule of its table."""
    write(tmp_path / "spoilt", PLAN, faults=0.02, workers=1, file_format=file_format)
    truth = next((tmp_path / "spoilt" / "truth").glob("faults.*"))
    planted = pl.read_parquet(truth) if truth.suffix == ".parquet" else pl.read_csv(truth, infer_schema=False)
    with dataset.open(tmp_path / "spoilt") as opened:
        result = dataset.check(opened)
        for (table, key), faults in planted.group_by("table", "key_fields"):
            found = _faulty_keys(opened, result, str(table), str(key).split("|"))
            assert set(faults["key"]) <= found, (table, key)
    assert planted["kind"].n_unique() >= 8
    assert result.rejected > 0


def _faulty_keys(opened: dataset.Dataset, result: dataset.CheckResult, table: str, key: list[str]) -> set[str]:
    """The keys of the rows of a table that some rule found at fault, a long key cut to what the truth names."""
    rules = [finding.rule.id for finding in result.findings if finding.rule.table == table and finding.places]
    rows = " union ".join(f"select __row from found_{rule}" for rule in rules)
    named = ", ".join(f'"{name}"' for name in key)
    view = BY_NAME[table].code
    return {
        "|".join(map(str, row)) for row in opened.session.rows(f"select {named} from {view} where __row in ({rows})")
    }
