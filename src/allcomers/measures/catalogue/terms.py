"""What definitions are made of: each shared term named once, and builders that make a declaration read as a sentence.

`accessed(up_to(WAIT_TO_TREATMENT, 42))` is the referrals first treated in the period, within 42 days of referral.
A term looks no further than `$period_end`: "open" and "not yet" are said of that day, never of today.
"""

from collections.abc import Iterable

from allcomers.codes.contact import FOLLOW_UP_TYPE, TREATMENT_TYPES
from allcomers.codes.model import CodeList
from allcomers.measures.measure import Count, Frequency, Measure, Of, Statistic

MONTHLY, QUARTERLY, BOTH = Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.BOTH
RECONSTRUCTED = "reconstructed"
EMPLOYMENT_TABLE = ("IDS004EmpStatus",)
ACTIVITY_TABLE = ("IDS202CareActivity",)
SUPPORT_TABLES = (*EMPLOYMENT_TABLE, *ACTIVITY_TABLE)
"""Of which measures of people with employment support and their work are made."""
LOG_TABLE = ("IDS205InternetTherLog",)
STAFF_TABLE = ("IDS902CarePersQual",)

_STILL_SENT = "(reported_to_on is null or reported_to_on >= $period_end)"
"""Sent for the last month of the period or later, which the national text asks of the used row of the month. A referral
that stopped being sent without an end (another system, another provider) would else be open for ever. One history does
not say which months a referral was sent in; there it is open until it ends."""
OPEN = f"received_on <= $period_end and (discharged_on is null or discharged_on > $period_end) and {_STILL_SENT}"
IN_THIS_SUBMISSION = (
    "received_on <= $period_end and (reported_to_on >= $period_start "
    "or reported_to_on is null and (discharged_on is null or discharged_on >= $period_start))"
)
"""The national text asks that the row's RecordStartDate is in the period, which says that its file held the referral;
it may do so after discharge, for a follow-up. In one history the dates of the referral stand in."""
FINISHED = "finished_course"
TREATED_ONCE = "treatment_count = 1"
ATTENDED = "attended"
IN_WINDOW = "in_window"

AT_CASENESS = "at_caseness"
NOT_AT_CASENESS = "not_at_caseness"
MAY_RECOVER = "(not_at_caseness is null or not not_at_caseness)"
"""The recovery denominator: who is not known to have started below caseness, those without a first score included."""
RECOVERED = "recovered"
IMPROVED = "reliably_improved"
DETERIORATED = "reliably_deteriorated"
UNCHANGED = "no_reliable_change"

WITH_EMPLOYMENT_SUPPORT = "first_employment_support_on between received_on and discharged_on"
CLINICAL_ONLY = "(first_employment_support_on is null or first_employment_support_on > discharged_on)"


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def all_of(*terms: str) -> str:
    """Every term at once; no term is no condition."""
    return " and ".join(terms) or "true"


def any_of(*terms: str) -> str:
    """One term at least."""
    return terms[0] if len(terms) == 1 else f"({' or '.join(terms)})"


def one_of(column: str, values: Iterable[str]) -> str:
    """The column holds one of these codes."""
    listed = tuple(values)
    return f"{column} = '{listed[0]}'" if len(listed) == 1 else f"{column} in ({_quoted(listed)})"


def none_of(column: str, values: Iterable[str]) -> str:
    """The column holds a code, and none of these."""
    listed = tuple(values)
    return f"{column} <> '{listed[0]}'" if len(listed) == 1 else f"{column} not in ({_quoted(listed)})"


def none_of_or_empty(column: str, values: Iterable[str]) -> str:
    """The column holds none of these codes, or nothing."""
    return f"({column} is null or {none_of(column, values)})"


def codes_of(code_list: CodeList) -> tuple[str, ...]:
    """Every code of a list."""
    return tuple(one.code for one in code_list)


def days(start: str, end: str) -> str:
    """Days from one date to another, as plain subtraction."""
    return f"date_diff('day', {start}, {end})"


def up_to(value: str, most: int) -> str:
    """No more than."""
    return f"{value} <= {most}"


def over(value: str, limit: int) -> str:
    """More than."""
    return f"{value} > {limit}"


def from_to(value: str, least: int, most: int) -> str:
    """Both ends included."""
    return f"{value} between {least} and {most}"


def by_end(date: str) -> str:
    """It has happened by the end of the period."""
    return f"{date} <= $period_end"


def not_by_end(date: str) -> str:
    """It has not happened by the end of the period."""
    return f"({date} is null or {date} > $period_end)"


def latest(since: str, until: str) -> str:
    """The row is the latest at the end of the period: begun by then, or always there, and not yet followed."""
    return f"({since} is null or {since} <= $period_end) and {not_by_end(until)}"


def has(column: str) -> str:
    """The column holds something."""
    return f"{column} is not null"


def lacks(column: str) -> str:
    """The column holds nothing."""
    return f"{column} is null"


WAIT_TO_ASSESSMENT = days("received_on", "first_assessment_on")
WAIT_TO_TREATMENT = days("received_on", "first_treatment_on")
WAIT_TO_SECOND = days("first_treatment_on", "second_treatment_on")
WAIT_SO_FAR = days("received_on", "$period_end")
ENTERED = has("first_treatment_on")
ALL_ENDED, ALL_TREATED, ALL_RECEIVED = "M056", "M056 - M153", "M001"
"""The widest denominators, by the ids of the counts that they are made of."""
TREATMENT_CONTACT = one_of("appointment_type", TREATMENT_TYPES)
FOLLOW_UP_CONTACT = one_of("appointment_type", (FOLLOW_UP_TYPE,))
NO_FOLLOW_UP_CONTACT = none_of("appointment_type", (FOLLOW_UP_TYPE,))


def counterpart(id_: str, name: str, of: Of, *, among: str, because: str, optional: tuple[str, ...] = ()) -> Measure:
    """A measure of ours, to be declared beneath the official one that it widens.

    Parameters
    ----------
    among : whom it is among, in words. because : why the official measure is not enough.
    """
    return Measure(
        id_,
        name,
        of,
        group="All-comers",
        frequency=BOTH,
        status="ours",
        source="Allcomers",
        optional=optional,
        because=because,
        note=among,
    )


def received(*also: str) -> Count:
    """Referrals received in the period."""
    return Count(in_period="received_on", where=all_of(*also))


def assessed(*also: str) -> Count:
    """Referrals whose first assessment was in the period."""
    return Count(in_period="first_assessment_on", where=all_of(*also))


def accessed(*also: str) -> Count:
    """Referrals whose first treatment was in the period: they entered treatment."""
    return Count(in_period="first_treatment_on", where=all_of(*also))


def treated_again(*also: str) -> Count:
    """Referrals whose second treatment was in the period."""
    return Count(in_period="second_treatment_on", where=all_of(*also))


def discharged(*also: str) -> Count:
    """Referrals that ended in the period."""
    return Count(in_period="discharged_on", where=all_of(*also))


def finished(*also: str) -> Count:
    """Referrals that ended in the period after a finished course of treatment."""
    return discharged(FINISHED, *also)


def open_at_end(*also: str) -> Count:
    """Referrals open at the end of the period."""
    return Count(where=all_of(OPEN, *also))


def in_submission(*also: str) -> Count:
    """Referrals that this month's submission holds."""
    return Count(where=all_of(IN_THIS_SUBMISSION, *also))


def contacts(*also: str) -> Count:
    """Contacts held, or due to be held, in the period."""
    return Count(table="contact", in_period="contact_on", where=all_of(*also))


def attended_contacts(*also: str) -> Count:
    """Contacts in the period that were attended, unplanned ones included."""
    return contacts(ATTENDED, *also)


def logs(*also: str) -> Count:
    """Internet-enabled therapy logs that ended in the period."""
    return Count(table="therapy_log", in_period="ended_on", where=all_of(*also))


def mean(value: str, among: Count) -> Statistic:
    """The mean of a value over what a count counts."""
    return _statistic("mean", value, among)


def median(value: str, among: Count) -> Statistic:
    """The median of a value over what a count counts."""
    return _statistic("median", value, among)


def least(value: str, among: Count) -> Statistic:
    """The least value among what a count counts."""
    return _statistic("min", value, among)


def greatest(value: str, among: Count) -> Statistic:
    """The greatest value among what a count counts."""
    return _statistic("max", value, among)


def total(value: str, among: Count) -> Statistic:
    """The sum of a value over what a count counts."""
    return _statistic("sum", value, among)


def ratio(value: str, per: str, among: Count) -> Statistic:
    """The sum of one value over the sum of another: a mean in which every unit weighs the same."""
    return _statistic("mean", value, among, per=per)


def _statistic(kind: str, value: str, among: Count, *, per: str = "") -> Statistic:
    return Statistic(kind=kind, value=value, per=per, where=among.where, in_period=among.in_period, table=among.table)
