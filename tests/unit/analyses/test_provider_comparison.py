"""Services side by side."""

from datetime import date

import polars as pl
import pytest

from allcomers.analyses import provider_comparison

RECOVERED = (120, 300, 260, 90, 640)
BASE = (200, 600, 600, 250, 1200)


def referral(provider, *, finished, recovered, ended=date(2024, 9, 1)):
    return {
        "provider_code": provider,
        "received_on": date(2024, 5, 1),
        "discharged_on": ended,
        "first_treatment_on": date(2024, 6, 1),
        "finished_course": finished,
        "not_at_caseness": False,
        "reliably_recovered": recovered,
    }


def services(left=0):
    "Five services with the counts of the worked example, and for each so many more who left."
    return [
        referral(provider, finished=number < of, recovered=number < recovered)
        for provider, recovered, of in zip("ABCDE", RECOVERED, BASE, strict=True)
        for number in range(of + left)
    ]


def part(answer, title):
    return next(one for one in answer.parts if one.title.startswith(title))


def test_worked_example(records_of):
    "Methods (k): target .494737, φ 7.7995, τ² .004255, z 1.4278, .0770, −.9013, −1.8848, .5781; shrunken .5759 and on."
    answer = provider_comparison.answer(records_of({"pathway": services()}))
    assert answer.table["official_z"].to_list() == pytest.approx([1.4278, 0.0770, -0.9013, -1.8848, 0.5781], abs=5e-5)
    summary = part(answer, "Both funnels").table.to_dicts()[0]
    assert summary["target"] == pytest.approx(0.494737, abs=5e-7)
    assert summary["overdispersion"] == pytest.approx(7.7995, abs=5e-5)
    assert summary["between"] == pytest.approx(0.004255, abs=5e-7)
    shrunken = part(answer, "Shares drawn").table.filter(pl.col("basis") == "official")
    assert shrunken["shrunken_share"].to_list() == pytest.approx([0.5759, 0.4988, 0.4375, 0.3821, 0.5313], abs=5e-5)
    assert shrunken["kept"].to_list() == pytest.approx([0.7865, 0.9201, 0.9187, 0.8155, 0.9582], abs=5e-5)


def test_whole_share_counts_those_who_left(records_of):
    answer = provider_comparison.answer(records_of({"pathway": services(left=200)}))
    assert answer.table["whole_share"].to_list() == pytest.approx(
        [recovered / (of + 200) for recovered, of in zip(RECOVERED, BASE, strict=True)]
    )
    # The smallest service loses most by it, so the order of the five is another.
    assert part(answer, "Both funnels").table["correlation"][0] < 1
    assert part(answer, "Expected ranks").table["places_gained"][0] < 0


def test_one_service_has_no_one_to_be_compared_with(records_of):
    answer = provider_comparison.answer(records_of({"pathway": [referral("A", finished=True, recovered=True)]}))
    assert answer.said == "There is one provider or none with referrals that ended in 2024/25: nothing to compare."
    assert part(answer, "Month by month").table.height == 2 * 7


def test_an_organisation_stands_among_all_of_its_level(records_of):
    tables = {"pathway": services()}
    answer = provider_comparison.answer(records_of(tables, where="pathway.provider_code = 'C'", label="C"))
    assert answer.table["group"].to_list() == list("ABCDE")
    months = part(answer, "Month by month").table.filter(pl.col("basis") == "official")
    assert (months["recovered"].sum(), months["base"].sum()) == (260, 600)


def test_months_without_anyone_are_gaps(records_of):
    rows = [
        referral("A", finished=True, recovered=n % 2 == 0, ended=date(2024, month, 9))
        for month in (4, 6)
        for n in range(4)
    ]
    answer = provider_comparison.answer(records_of({"pathway": rows}, period="2024-06"))
    months = part(answer, "Month by month").table.filter(pl.col("basis") == "official")
    assert months.select("month", "share").rows() == [("2024-04", 0.5), ("2024-05", None), ("2024-06", 0.5)]


def test_empty_period(records_of):
    answer = provider_comparison.answer(records_of({"pathway": []}))
    assert answer.table.is_empty()
    assert part(answer, "Month by month").table.is_empty()


def test_seed_decides_the_draws(records_of):
    tables = {"pathway": services(left=50)}
    first, again = (provider_comparison.answer(records_of(tables, seed=7)) for _ in range(2))
    assert part(first, "Expected ranks").table.equals(part(again, "Expected ranks").table)


def test_on_a_synthetic_service(synthetic_service):
    answer = provider_comparison.answer(synthetic_service.records(by="ethnic_category"))
    assert answer.n_used + sum(answer.n_excluded.values()) == answer.n_in
    assert answer.table["ended"].sum() == answer.n_used
