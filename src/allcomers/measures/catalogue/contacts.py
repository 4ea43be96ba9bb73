"""Appointments: whether they were kept (M082-M088), how they were held (M1001-M1020), and by whom (M1014-M1017)."""

from functools import partial

from allcomers.codes.contact import ATTENDANCE, CONSULTATION_MECHANISM
from allcomers.measures.catalogue.terms import (
    ACTIVITY_TABLE,
    ATTENDED,
    IN_WINDOW,
    NO_FOLLOW_UP_CONTACT,
    QUARTERLY,
    STAFF_TABLE,
    attended_contacts,
    codes_of,
    contacts,
    none_of_or_empty,
    one_of,
)
from allcomers.measures.measure import Count, Measure, Share


def _outcome(code: str) -> Count:
    """Contacts in the period with an attendance code."""
    assert code in ATTENDANCE, code
    return contacts(one_of("attendance_code", (code,)))


def _held(code: str) -> Count:
    """Attended contacts in the period held in one way."""
    assert code in CONSULTATION_MECHANISM, code
    return attended_contacts(one_of("consultation_medium", (code,)))


ATTENDANCES = (
    Measure("M082", "Count_Appointments", contacts()),
    Measure("M083", "Count_ApptsCancelledPatient", _outcome("2")),
    Measure("M084", "Count_ApptsDNA", _outcome("3")),
    Measure("M085", "Count_ApptsCancelledProvider", _outcome("4")),
    Measure(
        "M086",
        "Count_ApptsAttended",
        _outcome("5"),
        note="By the attendance code alone: an unplanned contact without that code is not counted here.",
    ),
    Measure("M087", "Count_ApptsAttendedLate", _outcome("6")),
    Measure("M088", "Count_ApptsLateNotSeen", _outcome("7")),
)

MEDIUMS = (
    Measure("M1001", "Count_FacetoFaceAppts", _held("01")),
    Measure("M1002", "Count_TelephoneAppts", _held("02")),
    Measure("M1004", "Count_TalktypeAppts", _held("04")),
    Measure("M1005", "Count_EmailAppts", _held("05")),
    Measure("M1006", "Count_SMSAppts", _held("09")),
    Measure("M1007", "Count_InstantMessagingAppts", _held("10")),
    Measure("M1008", "Count_ConsMediumOtherAppts", _held("98")),
    Measure(
        "M1009",
        "Count_ConsMediumUnknownAppts",
        attended_contacts(none_of_or_empty("consultation_medium", codes_of(CONSULTATION_MECHANISM))),
        note="Codes of the older version that have no place in the newer list count as unknown.",
    ),
    Measure("M1018", "Count_ConsMediumVideoConsultAppts", _held("11")),
    Measure("M1019", "Count_ConsMediumMessageBoardAppts", _held("12")),
    Measure("M1020", "Count_ConsMediumChatRoomAppts", _held("13")),
)

_ANY_SERVICE = (NO_FOLLOW_UP_CONTACT, ATTENDED, IN_WINDOW)

INTEGRATED = (
    Measure(
        "M1011",
        "Percentage_LTCAppts",
        Share(of=contacts("is_ltc_service", *_ANY_SERVICE), among=contacts(*_ANY_SERVICE)),
        frequency=QUARTERLY,
    ),
)

_staff = partial(Measure, optional=(*ACTIVITY_TABLE, *STAFF_TABLE))

STAFF = (
    _staff(
        "M1014",
        "Count_ApptsStaffQualified",
        attended_contacts("staff_qualified"),
        official="Someone in the contact had, by its date, the award of one of the listed qualifications.",
    ),
    _staff(
        "M1015",
        "Count_ApptsStaffInTraining",
        attended_contacts("staff_in_training"),
        official="Someone in the contact was not qualified by its date, and has a planned date of completion.",
    ),
    _staff(
        "M1016",
        "Count_ApptsStaffNotQualifiedOrInTraining",
        attended_contacts("staff_neither"),
        official="Someone in the contact has a qualification record, was not qualified by its date and is not in "
        "training by the test of M1015.",
        defect="training-date",
        status="reconstructed",
    ),
    _staff(
        "M1017",
        "Count_ApptsMissingQualificationsAndTraining",
        attended_contacts("staff_unknown"),
        official="Someone in the contact has no qualification record by then, or nobody is named.",
        defect="missing-and-dated",
        status="reconstructed",
    ),
)

MEASURES = (*ATTENDANCES, *MEDIUMS, *INTEGRATED, *STAFF)
