"""The records hang together: sums, dates, identifiers, scores."""

from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from allcomers import codes, dataset
from allcomers.synthetic import groups, people, therapies
from allcomers.synthetic.classes import AT_CASENESS, IMPROVED, RECOVERED, WORSE, Kind
from allcomers.synthetic.plan import Plan
from allcomers.synthetic.records import PROGRAMMES, WSAS_CODES, tool_codes


def names(kinds: tuple[Kind, ...]) -> list[str]:
    return [kind.name.lower() for kind in kinds]


def test_every_table_and_field_is_the_national_one(frames):
    national = {table.name: {field.name for field in table.fields} for table in dataset.TABLES}
    made = {name: set(frame.columns) for name, frame in frames.items() if name.startswith("IDS")}
    assert made.keys() == national.keys()
    assert {name: fields - national[name] for name, fields in made.items() if fields - national[name]} == {}


def test_every_submitted_field_is_there(frames):
    missing = {
        table.name: absent
        for table in dataset.TABLES
        if (absent := {field.name for field in table.submitted} - set(frames[table.name].columns))
    }
    assert missing == {}


def test_as_many_referrals_as_asked_for(frames, plan):
    received = frames["IDS101Referral"]["ReferralRequestReceivedDate"].cast(pl.Int32)
    assert (received >= plan.first_day).sum() == plan.referrals
    assert received.max() <= plan.last_day


@pytest.mark.parametrize(
    "block", ["age", "gender", "ethnicity", "imd", "orientation", "religion", "cluster", "problem"]
)
def test_each_pathway_is_in_one_published_group(derived, block):
    grouping = groups.PROBLEM if block == "problem" else next(g for g in groups.GROUPINGS if g.block == block)
    counted = derived.group_by(block).len()
    assert set(counted[block]) <= set(grouping.strata)
    assert counted["len"].sum() == derived.height


def test_identifiers_are_unique_and_records_meet(frames):
    keys = {"IDS001MPI": "LocalPatientId", "IDS101Referral": "ServiceRequestId", "IDS201CareContact": "CareContactId"}
    keys |= {"IDS202CareActivity": "CareActId"}
    for name, key in keys.items():
        assert frames[name][key].is_unique().all(), name
    for child, key, parent in (
        ("IDS101Referral", "LocalPatientId", "IDS001MPI"),
        ("IDS201CareContact", "ServiceRequestId", "IDS101Referral"),
        ("IDS202CareActivity", "CareContactId", "IDS201CareContact"),
        ("IDS607CodedScoreAssessmentAct", "CareActId", "IDS202CareActivity"),
        ("extra/items", "CareActId", "IDS202CareActivity"),
        ("IDS004EmpStatus", "LocalPatientId", "IDS001MPI"),
        ("truth/pathways", "ServiceRequestId", "IDS101Referral"),
    ):
        assert frames[child].join(frames[parent], on=key, how="anti").is_empty(), child


def test_no_date_is_out_of_order(frames, derived, plan):
    last = pl.lit(plan.last_day, pl.Int32).cast(pl.Date)
    order = (
        "ReferralRequestReceivedDate",
        "assessed",
        "first_session",
        "second_session",
        "last_session",
        "ServDischDate",
    )
    for earlier, later in pairwise(order):
        assert derived.filter(pl.col(earlier) > pl.col(later)).is_empty(), (earlier, later)
    assert derived.filter(pl.col("ServDischDate") > last).is_empty()
    contacts = frames["IDS201CareContact"].join(frames["IDS101Referral"], on="ServiceRequestId")
    assert contacts.filter(
        (pl.col("CareContDate") < pl.col("ReferralRequestReceivedDate"))
        | (pl.col("CareContDate") > pl.col("ServDischDate"))
        | (pl.col("CareContDate") > last)
    ).is_empty()
    born = frames["IDS101Referral"].join(frames["IDS001MPI"], on="LocalPatientId")
    assert (born["ReferralRequestReceivedDate"] - born["PersonBirthDate"]).dt.total_days().min() > 16 * 365


def test_every_total_is_the_sum_of_its_items(frames):
    """Complete questionnaires; the last item of PHQ-9 is there too, for logic about risk."""
    scores = frames["IDS607CodedScoreAssessmentAct"]
    for code, prefix, count in (("720433000", "PHQ9", 9), ("445455005", "GAD7", 7)):
        items = [f"{prefix}_{n}" for n in range(1, count + 1)]
        both = scores.filter(pl.col("CodedAssToolType") == code).join(frames["extra/items"], on="CareActId")
        complete = both.drop_nulls(items).with_columns(pl.sum_horizontal(pl.col(items).cast(pl.Int64)).alias("sum"))
        assert 0.9 < complete.height / both.height < 1
        assert (complete["sum"] == complete["PersScore"].cast(pl.Int64)).all()


def test_blank_items_are_filled_from_the_answered_ones_or_there_is_no_total(frames):
    """GAD-7 allows one blank item (allcomers.instruments); worked by hand as sum * 7 / answered, halves upwards."""
    items = [f"GAD7_{n}" for n in range(1, 8)]
    rows = frames["extra/items"].with_columns(blanks=pl.sum_horizontal(pl.col(items).is_null().cast(pl.Int64)))
    totals = frames["IDS607CodedScoreAssessmentAct"].filter(pl.col("CodedAssToolType") == "445455005")
    one = rows.filter(pl.col("blanks") == 1).join(totals, on="CareActId")
    by_hand = [int(sum(v for v in row if v is not None) * 7 / 6 + 0.5) for row in one.select(items).iter_rows()]
    assert one.height > 100
    assert by_hand == one["PersScore"].cast(pl.Int64).to_list()
    assert rows.filter(pl.col("blanks") > 1).join(totals, on="CareActId").is_empty()


def test_nhs_numbers_are_test_numbers_with_a_right_check_digit(frames):
    """Modulus 11, weights 10 to 2, worked digit by digit (NHS Data Dictionary, NHS NUMBER)."""
    numbers = frames["IDS001MPI"]["NHSNumber"]
    assert numbers.str.contains(r"^999\d{7}$").all()
    assert numbers.is_unique().all()
    for number in numbers.head(3_000):
        digits = [int(letter) for letter in number]
        check = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
        assert digits[9] == (0 if check == 11 else check)


def test_numbers_run_out_only_between_providers():
    """A slice too short for a block is shared out by provider, so that no provider holds a number twice."""
    count = 5_000
    crowd = people.People(
        of_pathway=np.arange(count),
        pathway=np.arange(count),
        number=np.arange(count),
        born=np.zeros(count, dtype=np.int64),
        level={},
        provider=np.arange(count) % 10,
    )
    found = pl.DataFrame({"number": people.nhs_numbers(crowd, block=1, blocks=400), "provider": crowd.provider})
    assert found.is_unique().all()
    assert not found["number"].is_unique().all()


def test_outcome_flags_agree_with_how_the_pathway_was_made(frames, derived):
    """The generator knows the outcome; the national rules find the same in the records, for every finished course."""
    both = derived.filter("finished").join(frames["truth/pathways"], on="ServiceRequestId")
    kind = pl.col("kind").cast(pl.String)
    expected = both.select(
        case=kind.is_in(names(AT_CASENESS)),
        recovered=kind.is_in(names(RECOVERED)),
        improved=kind.is_in(names(IMPROVED)),
        not_case=kind.str.starts_with("not_case"),
    )
    assert both.height > 5_000
    assert both.select(expected.columns).equals(expected)
    # Someone can recover on both measures and yet be reliably worse on one: the flag is then set, the kind is not.
    worse = both.select("worse", told=kind.is_in(names(WORSE)), recovered_only=kind == "recovered_only")
    assert worse.filter(pl.col("worse") != pl.col("told")).get_column("recovered_only").all()


def test_people_who_were_never_seen_have_no_scores_and_no_problem(frames, derived):
    both = derived.join(frames["truth/pathways"], on="ServiceRequestId")
    never = both.filter(pl.col("kind") == "never_seen")
    assert never.height > 4_000
    assert never["PHQ9_first"].is_null().all()
    assert never["assessed"].is_null().all()
    assert (never["problem"] == groups.UNRECORDED_PROBLEM).all()
    assert never["true_phq9_first"].is_not_null().all()


def test_some_people_come_back_after_discharge(frames):
    visits = frames["IDS101Referral"].sort("LocalPatientId", "ReferralRequestReceivedDate")
    again = visits.with_columns(before=pl.col("ServDischDate").shift().over("LocalPatientId")).filter(
        pl.int_range(pl.len()).over("LocalPatientId") > 0
    )
    assert 0.01 < again.height / visits.height < 0.06
    assert ((again["ReferralRequestReceivedDate"] - again["before"]).dt.total_days() >= 30).all()


def test_codes_are_those_of_the_national_lists():
    known = {code.code for code in codes.get("CodeProcAndProcStatus").codes}
    assert {*therapies.CODES, therapies.EMPLOYMENT_SUPPORT} <= known
    assert {*tool_codes(), *WSAS_CODES} <= {code.code for code in codes.get("CodedAssToolType").codes}
    assert set(PROGRAMMES) <= {code.code for code in codes.get("IntEnabledTherProg grouping").codes}


def test_coded_fields_hold_only_listed_codes(frames):
    checked = 0
    for table in dataset.TABLES:
        for field in table.submitted:
            if field.codes and not frames[table.name].is_empty():
                listed = {code.code for code in codes.get(field.codes).codes}
                assert set(frames[table.name][field.name].drop_nulls().unique()) <= listed, (table.name, field.name)
                checked += 1
    assert checked > 25


def test_free_text_is_kept_out_of_the_national_tables(frames):
    assert {"life_problems", "own_words"} <= set(frames["extra/words"].columns)
    assert frames["extra/words"]["own_words"].drop_nulls().len() > 100


def test_plans_know_their_months():
    plan = Plan(referrals=1, start=date(2023, 12, 1), months=3, seed=0)
    assert (plan.last_day - plan.first_day + 1) == 31 + 31 + 29  # 2024 is a leap year
