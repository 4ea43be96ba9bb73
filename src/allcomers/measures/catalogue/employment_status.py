"""Employment status at the start and the end: of support (EA050-EA057) and of a finished course (M316-M331).

The first and last valid status of a pathway stand with the derivations; older tables (version 1.5) are not read.
"""

from collections.abc import Callable, Iterator

from allcomers.codes.employment import EMPLOYMENT_STATUS
from allcomers.measures.catalogue.terms import (
    CLINICAL_ONLY,
    SUPPORT_TABLES,
    WITH_EMPLOYMENT_SUPPORT,
    all_of,
    any_of,
    by_end,
    codes_of,
    counterpart,
    discharged,
    finished,
    has,
    lacks,
    latest,
    none_of,
    not_by_end,
    one_of,
)
from allcomers.measures.measure import Count, Measure, Share

EMPLOYED, *NOT_EMPLOYED, NOT_STATED = codes_of(EMPLOYMENT_STATUS)
OFF_SICK, AT_WORK, NOT_APPLICABLE, NOT_KNOWN, SICKNESS_NOT_STATED = "Y", "N", "8", "X", "Z"


def in_work(status: str, sickness: str) -> str:
    """Employed and not off sick."""
    return all_of(one_of(status, (EMPLOYED,)), one_of(sickness, (AT_WORK,)))


def off_sick(status: str, sickness: str) -> str:
    """Employed and off sick."""
    return all_of(one_of(status, (EMPLOYED,)), one_of(sickness, (OFF_SICK,)))


def not_employed(status: str, sickness: str) -> str:  # noqa: ARG001 - as its neighbours
    """Any status but employed and not stated, whatever is said of sickness."""
    return one_of(status, NOT_EMPLOYED)


def unknown_status(status: str, sickness: str) -> str:
    """Not stated, not recorded, or answers that do not go together; overlaps with `not_employed`, as printed."""
    return any_of(
        one_of(status, (NOT_STATED,)),
        one_of(sickness, (SICKNESS_NOT_STATED, NOT_KNOWN)),
        all_of(one_of(status, (EMPLOYED,)), none_of(sickness, (AT_WORK, OFF_SICK))),
        all_of(one_of(status, NOT_EMPLOYED), none_of(sickness, (NOT_APPLICABLE,))),
        all_of(lacks(status), lacks(sickness)),
    )


Status = Callable[[str, str], str]
STATUSES: dict[str, Status] = {
    "InWork": in_work,
    "OffSick": off_sick,
    "NotEmployed": not_employed,
    "UnknownStatus": unknown_status,
}
TIMES = {"Start": ("employment_first", "sickness_first"), "End": ("employment_last", "sickness_last")}
STATUS = ("employment_status", "sickness_absence")
# The first status that counts by the end of the period; where none does yet, the row that stands for nothing known.
_FIRST = any_of(all_of("place = 1", by_end("since_on")), all_of("place = 0", not_by_end("until_on")))
LAST_OR_FIRST = {"Start": _FIRST, "End": latest("since_on", "until_on")}


def _clinical_only(time: str, status: Status) -> Count:
    return finished(CLINICAL_ONLY, status(*TIMES[time]))


def _with_support(time: str, status: Status) -> Count:
    return finished(WITH_EMPLOYMENT_SUPPORT, status(*TIMES[time]))


def _in_work_of_everyone(official: str, time: str, who: str, name: str) -> Measure:
    """In work at the start or the end, of everyone who ended with a first record, finished or not.

    A last record that is missing is not in work: people who left stay in the denominator.
    """
    recorded = has("employment_first")
    return counterpart(
        f"{official}_all",
        f"Percentage_{name}{time}InWork_OfFirstRecord",
        Share(of=discharged(who, recorded, in_work(*TIMES[time])), among=discharged(who, recorded)),
        among="referrals that ended and have a first employment record, whether or not a course was finished",
        because="Work is counted among finished courses only, so those who stopped for a job, or lost one, are not.",
        optional=SUPPORT_TABLES,
    )


def _support_ended(time: str, status: Status) -> Count:
    treated = (by_end("known_on"), by_end("first_employment_support_on"), by_end("first_treatment_on"))
    return Count(
        table="support_end_status",
        key="pathway_id",
        in_period="ended_on",
        where=all_of(*treated, LAST_OR_FIRST[time], status(*STATUS)),
    )


_SLIPS = {"M322": "flag-misprint", **dict.fromkeys(("M318", "EA052", "EA056"), "unbalanced-brackets")}


def _eight(
    who: str,
    prefix: str,
    number: int,
    count: Callable[[str, Status], Count],
    *,
    everyone: str = "",
) -> Iterator[Measure]:
    """Four statuses at the start and four at the end, whose ids follow one another."""
    names = ((time, name) for time in TIMES for name in STATUSES)
    for place, (time, name) in enumerate(names):
        id_ = f"{prefix}{number + place:03}"
        widened = bool(everyone) and name == "InWork"
        yield Measure(
            id_,
            f"Count_{who}{time}{name}",
            count(time, STATUSES[name]),
            group="EA",
            optional=SUPPORT_TABLES,
            defect=_SLIPS.get(id_, "status-overlap" if name == "UnknownStatus" else ""),
            all_comers=(_in_work_of_everyone(id_, time, everyone, who.removeprefix("Finished")),) if widened else (),
        )


MEASURES = (
    *_eight("EndedESandNHSTalkingTherapies", "EA", 50, _support_ended),
    *_eight("FinishedNHSTalkingTherapiesonly", "M", 316, _clinical_only, everyone=CLINICAL_ONLY),
    *_eight("FinishedES", "M", 324, _with_support, everyone=WITH_EMPLOYMENT_SUPPORT),
)
