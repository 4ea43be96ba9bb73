"""Which therapies guidance puts first for a problem, and since when: a course is judged by what held when it began.

Every line is recalled from the guideline named and was not read again for this work: `status` is unverified throughout,
and stays so wherever a result rests on it. A line ends where a later guideline takes its place.
"""

import datetime as dt
from dataclasses import dataclass

from allcomers.instruments.model import Status

VERSION = "1 (2026), unverified"
MORE_SEVERE_PHQ9 = 16
"""PHQ-9 points from which depression is “more severe”; guideline NG222, recalled."""

_SELF_HELP = ("guided_self_help_book", "guided_self_help_computer")
_UNGUIDED = ("non_guided_self_help_book", "non_guided_self_help_computer")
_CBT, _IPT, _EMDR = (
    "cognitive_behaviour_therapy",
    "interpersonal_psychotherapy",
    "eye_movement_desensitisation_reprocessing",
)
_COUNSELLING, _PSYCHODYNAMIC = "counselling_depression", "brief_psychodynamic_psychotherapy"
_COUPLES, _MINDFULNESS, _RELAXATION = "couples_therapy_depression", "mindfulness", "applied_relaxation"
_GROUPS, _ACTIVITY = "psychoeducational_peer_support", "structured_physical_activity"
INTERNET = "internet_therapy"
"""Sessions of an internet-enabled programme, which the national counts put with cognitive behavioural therapy."""

CANNOT_BE_JUDGED = ("other_low_intensity", "other_high_intensity", "collaborative_care", "community_sign_posting")
"""Codes that do not say which therapy it was, or that are no therapy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """What one guideline says of one problem.

    Attributes
    ----------
    problem : in words, with the severity where that matters.
    descriptors : how cleaned problem descriptors of it begin.
    guideline : and its year. from_on, until_on : the first and the last day on which it held; None while it does.
    first_line : therapies as `pathways` names them. if_preferred : those for someone who declines or prefers.
    unclear : therapies of which the code does not say enough.
    phq9_from, phq9_below : points of the first PHQ-9, where severity matters.
    fewest_high, fewest_low : contacts of a high- or a low-intensity therapy below which a course is short of it; None
        where nothing was transcribed.
    """

    problem: str
    descriptors: tuple[str, ...]
    guideline: str
    from_on: dt.date
    until_on: dt.date | None = None
    first_line: tuple[str, ...]
    if_preferred: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    phq9_from: int | None = None
    phq9_below: int | None = None
    fewest_high: int | None = None
    fewest_low: int | None = None
    status: Status = Status.UNVERIFIED

    @property
    def by_severity(self) -> bool:
        """Whether it holds of some first scores only."""
        return self.phq9_from is not None or self.phq9_below is not None


_DEPRESSION = ("F32", "F33")
_LESS, _MORE = "depression, less severe", "depression, more severe"
_NG222_ON = dt.date(2022, 6, 29)
_NG116_ON = dt.date(2018, 12, 5)
_DAY = dt.timedelta(days=1)

RECOMMENDATIONS = (
    Recommendation(
        problem=_LESS,
        descriptors=_DEPRESSION,
        guideline="NICE NG222 (2022)",
        from_on=_NG222_ON,
        first_line=(*_SELF_HELP, INTERNET, _CBT, _IPT, _COUNSELLING, _PSYCHODYNAMIC, _ACTIVITY, _MINDFULNESS),
        if_preferred=(_COUPLES, _GROUPS),
        phq9_below=MORE_SEVERE_PHQ9,
        fewest_high=6,
        fewest_low=6,
    ),
    Recommendation(
        problem=_MORE,
        descriptors=_DEPRESSION,
        guideline="NICE NG222 (2022)",
        from_on=_NG222_ON,
        first_line=(_CBT, _IPT, _COUNSELLING, _PSYCHODYNAMIC),
        if_preferred=(*_SELF_HELP, INTERNET, _ACTIVITY, _COUPLES),
        phq9_from=MORE_SEVERE_PHQ9,
        fewest_high=12,
    ),
    Recommendation(
        problem=_LESS,
        descriptors=_DEPRESSION,
        guideline="NICE CG90 (2009), with the severity bands of NG222",
        from_on=dt.date(2009, 10, 28),
        until_on=_NG222_ON - _DAY,
        first_line=(*_SELF_HELP, INTERNET, _ACTIVITY, _CBT, _IPT, _COUPLES),
        if_preferred=(_COUNSELLING, _PSYCHODYNAMIC, _GROUPS, _MINDFULNESS),
        phq9_below=MORE_SEVERE_PHQ9,
        fewest_high=6,
        fewest_low=6,
    ),
    Recommendation(
        problem=_MORE,
        descriptors=_DEPRESSION,
        guideline="NICE CG90 (2009), with the severity bands of NG222",
        from_on=dt.date(2009, 10, 28),
        until_on=_NG222_ON - _DAY,
        first_line=(_CBT, _IPT, _COUPLES),
        if_preferred=(_COUNSELLING, _PSYCHODYNAMIC),
        phq9_from=MORE_SEVERE_PHQ9,
        fewest_high=12,
    ),
    Recommendation(
        problem="generalised anxiety disorder",
        descriptors=("F411",),
        guideline="NICE CG113 (2011)",
        from_on=dt.date(2011, 1, 26),
        first_line=(*_SELF_HELP, *_UNGUIDED, INTERNET, _GROUPS, _CBT, _RELAXATION),
        fewest_high=12,
    ),
    Recommendation(
        problem="panic disorder or agoraphobia",
        descriptors=("F410", "F400"),
        guideline="NICE CG113 (2011); 7 hours taken as 7 contacts",
        from_on=dt.date(2011, 1, 26),
        first_line=(_CBT,),
        if_preferred=(*_SELF_HELP, *_UNGUIDED, INTERNET),
        fewest_high=7,
    ),
    Recommendation(
        problem="social anxiety",
        descriptors=("F401",),
        guideline="NICE CG159 (2013)",
        from_on=dt.date(2013, 5, 22),
        first_line=(_CBT,),
        if_preferred=(*_SELF_HELP, INTERNET, _PSYCHODYNAMIC),
        fewest_high=14,
    ),
    Recommendation(
        problem="post-traumatic stress disorder",
        descriptors=("F431",),
        guideline="NICE NG116 (2018)",
        from_on=_NG116_ON,
        first_line=(_CBT, _EMDR),
        unclear=(INTERNET,),
        fewest_high=8,
    ),
    Recommendation(
        problem="post-traumatic stress disorder",
        descriptors=("F431",),
        guideline="NICE CG26 (2005)",
        from_on=dt.date(2005, 3, 23),
        until_on=_NG116_ON - _DAY,
        first_line=(_CBT, _EMDR),
        fewest_high=8,
    ),
    Recommendation(
        problem="obsessive-compulsive or body dysmorphic disorder",
        descriptors=("F42", "83482000"),
        guideline="NICE CG31 (2005); 10 hours taken as 10 contacts",
        from_on=dt.date(2005, 11, 23),
        first_line=(_CBT,),
        if_preferred=(*_SELF_HELP, INTERNET),
        fewest_high=10,
    ),
    Recommendation(
        problem="health anxiety",
        descriptors=("F452",),
        guideline="programme manual; no NICE guideline",
        from_on=dt.date(2008, 10, 1),
        first_line=(_CBT,),
    ),
    Recommendation(
        problem="specific phobia",
        descriptors=("F402",),
        guideline="programme manual; no NICE guideline",
        from_on=dt.date(2008, 10, 1),
        first_line=(_CBT,),
        if_preferred=_SELF_HELP,
    ),
)
