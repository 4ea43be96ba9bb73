"""Monthly submissions: what is open comes back, and a file shows only what was known in its month."""

from datetime import date

import polars as pl
import pytest

from allcomers.synthetic import Form, Plan, generate, write
from allcomers.synthetic.plan import RUN_IN_MONTHS

PLAN = Plan(referrals=1_500, start=date(2024, 4, 1), months=4, seed=9)


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("submissions") / "out"
    write(folder, PLAN, form=Form.SUBMISSIONS)
    return folder


@pytest.fixture(scope="module")
def history():
    return generate(PLAN)


def every(out, table: str) -> pl.DataFrame:
    return pl.concat(
        pl.read_parquet(path).with_columns(month=pl.lit(path.parent.name))
        for path in sorted(out.glob(f"20*/{table}.parquet"))
    )


def test_there_is_a_stamped_folder_a_month(out):
    months = sorted(path.name for path in out.glob("20*"))
    assert len(months) == RUN_IN_MONTHS + PLAN.months
    assert months[-1] == "2024-07"
    assert all((out / month / "SYNTHETIC.txt").exists() for month in months)


def test_each_file_has_a_header_and_numbers_rise_with_the_month(out):
    headers = every(out, "IDS000Header")
    assert headers["UniqueSubmissionID"].is_unique().all()
    referrals = every(out, "IDS101Referral")
    assert set(referrals["UniqueSubmissionID"]) == set(headers["UniqueSubmissionID"])
    for _, one in headers.sort("month").group_by("OrgIDProv"):
        assert one["UniqueSubmissionID"].is_sorted()


def test_an_open_referral_comes_back_and_then_closes(out):
    referrals = every(out, "IDS101Referral").sort("month")
    several = referrals.filter(pl.len().over("ServiceRequestId") > 2)
    assert several.height > 100
    closed = several.group_by("ServiceRequestId", maintain_order=True).agg(pl.col("ServDischDate").is_not_null())
    assert all(not any(flags[:-1]) for flags in closed["ServDischDate"])
    assert (referrals["ServDischDate"].dt.strftime("%Y-%m") == referrals["month"]).drop_nulls().all()


def test_a_contact_is_in_the_file_of_its_own_month(out):
    contacts = every(out, "IDS201CareContact")
    assert contacts["CareContactId"].is_unique().all()
    assert (contacts["CareContDate"].dt.strftime("%Y-%m") == contacts["month"]).all()


@pytest.mark.parametrize("table", ["IDS101Referral", "IDS201CareContact", "IDS607CodedScoreAssessmentAct"])
def test_the_last_version_of_each_record_is_the_history(out, history, table):
    key = {"IDS101Referral": ["ServiceRequestId"], "IDS201CareContact": ["CareContactId"]}.get(
        table, ["CareActId", "CodedAssToolType"]
    )
    last = every(out, table).sort("month").group_by(key, maintain_order=True).last().drop("month").sort(key)
    columns = history[table].columns
    assert last.select(columns).equals(history[table].sort(key))


def test_a_person_between_two_referrals_is_not_sent(out):
    people, referrals = every(out, "IDS001MPI"), every(out, "IDS101Referral")
    assert people.join(referrals, on=["LocalPatientId", "month"], how="anti").is_empty()
