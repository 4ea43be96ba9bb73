"""Holds a synthetic data set against the published figures: every target, what was found, and whether it passes.

A target passes if it is missed by no more than its tolerance and two Monte Carlo standard errors. Figures are
recomputed from the records (see `recompute`), never taken from the generator.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from allcomers.synthetic.blocks import Country
from allcomers.synthetic.figures import Found, Sample
from allcomers.synthetic.generating import as_frame, blocks
from allcomers.synthetic.groups import SPECIFIC_INSTRUMENT
from allcomers.synthetic.plan import Plan
from allcomers.synthetic.recompute import pathways
from allcomers.synthetic.targets import targets

PASS, FAIL, NOT_HELD = "pass", "fail", "not held to"

_OWN = [f"{key}_{which}" for key in SPECIFIC_INSTRUMENT.values() for which in ("first", "last")]
_NOT_NEEDED = ["ServiceRequestId", "LocalPatientId", "PersonBirthDate", *_OWN]
"""Columns that no figure reads; England's pathways are kept in memory without them."""


def check_calibration(plan: Plan, *, workers: int = 2, tell: Callable[[float], None] = lambda _: None) -> pl.DataFrame:
    """Generate a plan's data set, block by block in memory, and hold it against every target.

    Returns
    -------
    One row a target: block, stratum, measure, status, value, tolerance, tolerance_kind, found and standard_error (null
    where the data set cannot say), verdict ("pass", "fail", "not held to") and reason.
    """
    country = Country.of(plan)
    parts = []
    for done, block in enumerate(blocks(country, workers=workers), start=1):
        frames = {name: as_frame(country.calendar.labelled(one)) for name, one in block.records.items()}
        parts.append(pathways(frames, plan.last_day).drop(_NOT_NEEDED))
        tell(done / plan.block_count)
    return verdicts(Sample(pl.concat(parts), plan))


def verdicts(sample: Sample) -> pl.DataFrame:
    """Every target against one sample."""
    return pl.DataFrame(
        [_verdict(sample, target) for target in targets().iter_rows(named=True)], infer_schema_length=None
    )


def _verdict(sample: Sample, target: dict[str, object]) -> dict[str, object]:
    reason = reason_not_held(target)
    found = sample.find(target)
    row = {
        name: target[name] for name in ("block", "stratum", "measure", "status", "value", "tolerance", "tolerance_kind")
    }
    row |= {"found": found.value if found else None, "standard_error": found.error if found else None}
    if found is None and not reason:
        reason = "no record of the data set can say it at this size"
    if reason or found is None:
        return row | {"verdict": NOT_HELD, "reason": reason}
    return row | {"verdict": PASS if _passes(target, found) else FAIL, "reason": ""}


def _passes(target: dict[str, object], found: Found) -> bool:
    wanted, tolerance = float(str(target["value"])), float(str(target["tolerance"]))
    allowed = tolerance * abs(wanted) if target["tolerance_kind"] == "relative" else tolerance
    # The last digit of a published share is rounded, so a difference in the tenth decimal is no difference.
    return abs(found.value - wanted) <= allowed + 2 * found.error + 1e-9


def reason_not_held(target: dict[str, object]) -> str:
    """Why a target is not held to; empty if it is."""
    if target["tolerance"] is None:
        return "published for comparison, without a tolerance"
    return next((one.because for one in NOT_HELD_TO if one.covers(target)), "")


@dataclass(frozen=True, slots=True)
class NotHeld:
    """Targets that a data set is not held to, and why. An empty field is any; an empty reason, held to after all."""

    because: str
    block: str
    measure: str = ""
    stratum: str = ""

    def covers(self, target: dict[str, object]) -> bool:
        """Whether the target is one of these."""
        return all(
            mine in ("", target[name])
            for name, mine in (("block", self.block), ("measure", self.measure), ("stratum", self.stratum))
        )


_NOT_IN_DATA = "turnover and burnout of staff are no part of the data set"
_OTHER_YEAR = "another year"
_UNVERIFIED_RELIABILITY = "unverified; a test of the score model measures it"
NOT_HELD_TO = (
    NotHeld(
        "fewer sessions a course than the shortest part that the generator makes",
        "proms",
        "prom_finishing",
        "Total / Collaborative care",
    ),
    NotHeld(
        "more courses are published than contacts, which no record can show",
        "proms",
        "prom_finishing",
        "Total / Non-Guided Self Help (Computer)",
    ),
    NotHeld("", "proms", "prom_finishing"),
    NotHeld(
        "first and last score of one therapy, not of the course; the score model is fitted to whole courses", "proms"
    ),
    NotHeld(_NOT_IN_DATA, "staff", "lit_turnover_low"),
    NotHeld(_NOT_IN_DATA, "staff", "lit_turnover_high"),
    NotHeld(_NOT_IN_DATA, "staff", "lit_burnout_pwp"),
    NotHeld(_NOT_IN_DATA, "staff", "lit_burnout_hi"),
    NotHeld("nobody is followed up after discharge in the data set", "relapse"),
    NotHeld("needs a period of at least five years", "re-referral"),
    NotHeld("another year and another definition: people, not pathways", "employment", "lit_off_benefits"),
    NotHeld("unverified; the design follows it roughly", "employment", "lit_emp_start"),
    NotHeld("another year, with fewer people", "attrition", "lit_accessed_2019_20"),
    NotHeld(
        "five services in 2010-14; with the assessment share beside it, it contradicts the national number treated",
        "attrition",
        "lit_first_treat_attend",
    ),
    NotHeld(
        "two studies disagree (3.46 and 1.04), so the source of referral has no effect here", "attrition", "lit_or_self"
    ),
    NotHeld("one area in 2010-11; age follows the national shares instead", "attrition", "lit_age_completion"),
    NotHeld(_OTHER_YEAR, "dose", "lit_sessions_2019_20"),
    NotHeld(_OTHER_YEAR, "dose", "lit_sessions_2020_21"),
    NotHeld("clean data holds no invalid code", "disability", "", "Invalid Code"),
    NotHeld(
        "the published figure is over 100% (more courses finished than referrals received), which no cohort can show",
        "problem",
        "finished_per_referral",
        "Anxiety and stress related disorders / Hypochondriacal disorders",
    ),
    NotHeld("unverified; the score model, fitted to the rates, gives 0.35", "scores", "lit_corr_prepost"),
    NotHeld(_UNVERIFIED_RELIABILITY, "scores", "lit_alpha_phq"),
    NotHeld(_UNVERIFIED_RELIABILITY, "scores", "lit_alpha_gad"),
)
"""The first that covers a target decides."""
