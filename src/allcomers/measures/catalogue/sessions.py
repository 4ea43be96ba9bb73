"""Sessions of each therapy (M090-M111, M343, M346) and how many a finished course held (M112-M120).

A session of two therapies counts once in each. Which code is which therapy, and its measure, stands with the codes.
"""

from functools import partial

from allcomers.codes.therapy import EMPLOYMENT_SUPPORT, THERAPIES, Intensity, Therapy
from allcomers.measures.catalogue.terms import (
    ACTIVITY_TABLE,
    ATTENDED,
    LOG_TABLE,
    TREATMENT_CONTACT,
    all_of,
    any_of,
    finished,
    logs,
    mean,
    one_of,
    over,
)
from allcomers.measures.measure import Count, Measure, Statistic, Total
from allcomers.pathways.derivations.therapy import plain_name, therapy_name

COUNTED = tuple(one for one in THERAPIES if one is not EMPLOYMENT_SUPPORT)


def _therapy(measure: str) -> Therapy:
    return next(one for one in COUNTED if one.measure == measure)


def _contacts(measure: str) -> Count:
    """Attended treatment contacts in the period with the therapy of a measure."""
    therapy = one_of("therapy", (therapy_name(_therapy(measure).count_field),))
    return Count(table="therapy_contact", in_period="contact_on", where=all_of(ATTENDED, TREATMENT_CONTACT, therapy))


def _mean(measure: str) -> Statistic:
    """Sessions of the therapy that a measure counts, over the finished courses that had any."""
    sessions = plain_name(_therapy(measure).count_field)
    return mean(sessions, finished(over(sessions, 0)))


def _mean_of_intensity(intensity: Intensity) -> Statistic:
    """Sessions of every therapy of one intensity, over the finished courses that had any."""
    fields = dict.fromkeys(plain_name(one.count_field) for one in COUNTED if one.intensity is intensity)
    return mean(" + ".join(fields), finished(any_of(*(over(field, 0) for field in fields))))


_WITH_LOGS = (*ACTIVITY_TABLE, *LOG_TABLE)
_appointments = partial(Measure, optional=ACTIVITY_TABLE, defect="list-without-brackets")

LOW_INTENSITY = (
    _appointments("M090", "Count_GuideSelfHelpBookAppts", _contacts("M090")),
    _appointments("M091", "Count_NonGuideSelfHelpBookAppts", _contacts("M091")),
    _appointments("M092", "Count_GuideSelfHelpCompAppts", _contacts("M092")),
    _appointments("M093", "Count_NonGuideSelfHelpCompAppts", _contacts("M093")),
    _appointments("M095", "Count_StructPhysActAppts", _contacts("M095")),
    _appointments("M097", "Count_PsychoEducPeerSuppAppts", _contacts("M097")),
    _appointments("M098", "Count_OtherLIAppts", _contacts("M098")),
    _appointments("M346", "Count_CommunitySignpostingAppts", _contacts("M346")),
)

HIGH_INTENSITY = (
    _appointments("M100", "Count_AppRelaxAppts", _contacts("M100")),
    _appointments("M102", "Count_CoupleTherapyDepAppts", _contacts("M102")),
    _appointments("M103", "Count_CollabCareAppts", _contacts("M103")),
    _appointments("M104", "Count_CounselDepAppts", _contacts("M104")),
    _appointments("M105", "Count_BPDAppts", _contacts("M105")),
    _appointments("M106", "Count_EyeMoveDesenReproAppts", _contacts("M106")),
    _appointments("M107", "Count_MindfulAppts", _contacts("M107")),
    _appointments(
        "M108",
        "Count_OtherHIAppts",
        Total(counts=(_contacts("M108"), logs())),
        optional=_WITH_LOGS,
        note="Internet therapy logs (M343) are added to the contacts.",
    ),
    _appointments("M110", "Count_CBTAppts", _contacts("M110")),
    _appointments("M111", "Count_IPTAppts", _contacts("M111")),
)

INTERNET = (
    Measure(
        "M343",
        "Count_InternetEnabledTherapySessions",
        logs(),
        optional=LOG_TABLE,
        note="One log is one session, told by its end date; there is no attendance code.",
    ),
)

MEAN_SESSIONS = (
    Measure(
        "M112",
        "Mean_HISessions",
        _mean_of_intensity(Intensity.HIGH),
        optional=_WITH_LOGS,
        note="Counselling and collaborative care are high intensity here; the measures of stages leave them out.",
    ),
    Measure("M113", "Mean_CBTSessions", _mean("M110"), optional=ACTIVITY_TABLE, defect="no-comparison"),
    Measure("M114", "Mean_BPDSessions", _mean("M105"), optional=ACTIVITY_TABLE),
    Measure("M115", "Mean_CounsellingSessions", _mean("M104"), optional=ACTIVITY_TABLE),
    Measure("M116", "Mean_IPTSession", _mean("M111"), optional=ACTIVITY_TABLE),
    Measure("M117", "Mean_CouplesSessions", _mean("M102"), optional=ACTIVITY_TABLE),
    Measure("M119", "Mean_OtherHISessions", _mean("M108"), optional=_WITH_LOGS),
    Measure("M120", "Mean_LiSessions", _mean_of_intensity(Intensity.LOW), optional=ACTIVITY_TABLE),
)

MEASURES = (*LOW_INTENSITY, *HIGH_INTENSITY, *INTERNET, *MEAN_SESSIONS)
