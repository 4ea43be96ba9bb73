"""The data reproduces the published figures; data that does not is caught."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from allcomers.synthetic import composition, groups, steps
from allcomers.synthetic.calibration import FAIL, NOT_HELD, PASS, verdicts
from allcomers.synthetic.classes import FINISHED, KINDS
from allcomers.synthetic.composition import FUNNEL, Chooser, group_shares, rake
from allcomers.synthetic.constants import constants
from allcomers.synthetic.figures import Sample
from allcomers.synthetic.organisations import Organisations
from allcomers.synthetic.pathways import kind_shares
from allcomers.synthetic.targets import ENGLAND_REFERRALS, counts, targets, targets_hash, value
from allcomers.synthetic.waits import wait_days


@pytest.fixture(scope="module")
def found(derived, plan):
    return verdicts(Sample(derived, plan))


def test_outcomes_attrition_waits_and_steps_pass(found):
    held = found.filter(
        pl.col("block").is_in(["outcome", "volume", "attrition", "wait", "steps"]),
        pl.col("status") == "verified",
        pl.col("verdict") != NOT_HELD,
    )
    assert held.height > 40
    assert held.filter(pl.col("verdict") != PASS).select("block", "stratum", "measure", "value", "found").rows() == []


def test_nearly_all_other_figures_pass_at_a_small_size(found):
    """The published rule: at 10,000 referrals 95% of the figures with a numerator over 400."""
    large = found.with_columns(targets()["numerator"]).filter(
        pl.col("numerator") > 400, pl.col("verdict") != NOT_HELD, pl.col("status") == "verified"
    )
    assert large.height > 600
    assert (large["verdict"] == PASS).mean() > 0.95


def test_every_target_has_a_verdict_and_every_target_not_held_to_a_reason(found):
    assert found.height == targets().height == 1_657
    unheld = found.filter(pl.col("verdict") == NOT_HELD)
    assert (unheld["reason"].str.len_chars() > 10).all()
    held = found.filter(pl.col("verdict") != NOT_HELD)
    assert held["found"].is_not_null().all()


def test_wrong_data_fails(derived, plan):
    """Everyone recovers: a data set that flatters must not pass."""
    flattering = derived.with_columns(recovered=pl.col("case"))
    verdict = verdicts(Sample(flattering, plan))
    outcome = verdict.filter(pl.col("measure") == "rate_recovery")
    assert outcome["verdict"].item() == FAIL
    assert outcome["found"].item() == 100


def test_the_fitted_constants_belong_to_these_targets():
    assert constants().targets_sha256 == targets_hash()


@pytest.mark.parametrize("grouping", groups.GROUPINGS, ids=lambda g: g.block)
def test_published_shares_hold_exactly_in_expectation(grouping):
    """Share of referrals, and finished courses per referral, of every level, from the tables that are drawn from."""
    joint = group_shares(grouping.block) * kind_shares()
    np.testing.assert_allclose(joint.sum(), 1)
    for level, stratum in zip(joint, grouping.strata, strict=True):
        published = counts(grouping.block)
        if (stratum, "share_of_referrals") in published and grouping.block not in ("ltc", "disability"):
            tolerance = 2e-4
            top, bottom = published[stratum, "share_of_referrals"]
            assert level.sum() == pytest.approx(top / bottom, abs=tolerance)
            finished, received = published[stratum, "finished_per_referral"]
            assert level[FINISHED:].sum() == pytest.approx(finished / ENGLAND_REFERRALS, abs=tolerance)
            assert received == top


def test_religion_and_deprivation_follow_ethnicity_and_keep_their_margins():
    for block, table in (
        ("religion", composition.religion_given_ethnicity()),
        ("imd", composition.deprivation_given_ethnicity()),
    ):
        ethnic = group_shares("ethnicity")
        again = np.einsum("ek,kel->lk", ethnic, table)
        np.testing.assert_allclose(again, group_shares(block), atol=2e-4)
    muslim = groups.RELIGION.index("Muslim")
    pakistani, british = (groups.ETHNICITY.index(s) for s in ("Asian or Asian British / Pakistani", "White / British"))
    by_ethnicity = composition.religion_given_ethnicity()[FINISHED + 3]
    assert by_ethnicity[pakistani, muslim] > 20 * by_ethnicity[british, muslim]


def test_the_funnel_adds_up():
    assert sum(FUNNEL.shares) == pytest.approx(1)
    assert min(FUNNEL.shares) > 0
    assert len(kind_shares()) == KINDS


def test_step_paths_add_up_to_the_published_table():
    share = steps.step_shares()
    both = share[[steps.Step.ONE_LOW_THEN_HIGH, steps.Step.UP, steps.Step.DOWN, steps.Step.ALTERNATING]].sum()
    assert share.min() > 0
    assert both == pytest.approx(value("step_mix", "Received both high and low intensity therapy") / 100, abs=1e-4)


def test_waits_fall_in_the_published_bands():
    rng = np.random.default_rng(1)
    days = wait_days(rng, "wait_first_second", rng.standard_normal(200_000))
    assert np.mean(days <= 28) == pytest.approx(0.4012, abs=0.005)
    assert np.mean(days <= 126) == pytest.approx(0.8553, abs=0.005)
    assert days.min() >= 3


def test_providers_have_the_published_sizes_at_england_size():
    organisations = Organisations(referrals=ENGLAND_REFERRALS, seed=5)
    assert len(organisations) == 147
    size = organisations.share * ENGLAND_REFERRALS
    for place in (5, 25, 50, 75, 95):
        published = value("provider_referrals", f"percentile {place}")
        assert np.quantile(size, place / 100) == pytest.approx(published, rel=0.1)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    arrays(float, (4, 3), elements=st.floats(0.05, 10)),
    arrays(float, 4, elements=st.floats(0.1, 10)),
    arrays(float, 3, elements=st.floats(0.1, 10)),
)
def test_raking_meets_both_margins(seed, rows, columns):
    columns = columns * rows.sum() / columns.sum()
    table = rake(seed, rows=rows, columns=columns, sweeps=400)
    np.testing.assert_allclose(table.sum(axis=0), columns, rtol=1e-6)
    np.testing.assert_allclose(table.sum(axis=1), rows, rtol=1e-3)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=30).filter(lambda shares: sum(shares) > 0.1), st.integers(0, 9))
def test_nothing_with_no_share_is_drawn(shares, row):
    table = np.tile(np.array(shares) / sum(shares), (10, 1))
    uniform = np.linspace(0, 1, 400, endpoint=False)
    drawn = Chooser(table)(uniform, np.full(400, row))
    assert drawn.min() >= 0
    assert drawn.max() < len(shares)
    assert all(table[0, level] > 1e-12 for level in np.unique(drawn))
