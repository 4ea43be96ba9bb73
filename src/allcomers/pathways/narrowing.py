"""Fewer referrals than everyone's, where these are enough: those of some organisations, or of some days."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from allcomers.engine.duck import Session
from allcomers.pathways.folding import FOLDED, PROVIDER, RECORD, SUBMISSION, USED

Tables = Mapping[str, str]
"""SQL by national name, as `folding.fold` gives it."""

_REFERRAL = "IDS101Referral"
_DATED = (
    ("IDS201CareContact", "ServiceRequestId", ("CareContDate",)),
    ("IDS205InternetTherLog", "ServiceRequestId", ("StartDateIntEnabledTherLog", "EndDateIntEnabledTherLog")),
    ("IDS004EmpStatus", "LocalPatientId", ("EmployStatusRecDate", "EmpSupportReferral", "EmpSupportDischargeDate")),
)
"""Records by a date of which something may be counted, whether or not it lies within the referral, and by what they
belong to one."""


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """Days from a first to a last, both included."""

    first: dt.date
    last: dt.date

    def holds(self, other: "Days") -> bool:
        """Whether every day of the other is one of these."""
        return self.first <= other.first and other.last <= self.last

    def sql(self, column: str) -> str:
        """Whether a date is one of these."""
        return f"({column} between date '{self.first}' and date '{self.last}')"


def merged(days: Iterable[Days]) -> list[Days]:
    """The same days, those that overlap or follow one another as one.

    >>> merged([Days(dt.date(2025, 4, 1), dt.date(2025, 4, 30)), Days(dt.date(2025, 5, 1), dt.date(2025, 5, 31))])
    [Days(first=datetime.date(2025, 4, 1), last=datetime.date(2025, 5, 31))]
    """
    found: list[Days] = []
    for each in sorted(days):
        if found and each.first <= found[-1].last + dt.timedelta(days=1):
            found[-1] = Days(found[-1].first, max(found[-1].last, each.last))
        else:
            found.append(each)
    return found


def of_organisations(session: Session, folded: Tables, codes: Collection[str]) -> dict[str, str]:
    """The same tables with the referrals of some organisations' people.

    Parameters
    ----------
    codes : of providers and sub-ICB locations. Of the referrals, those to one of them are taken, and all others of the
        same people, wherever they were, so that whether somebody came back is still known. Of the other records, some
        more are there; they belong to no referral.
    """
    referral, patient = folded[_REFERRAL], folded["IDS001MPI"]
    listed = ", ".join("'" + code.replace("'", "''") + "'" for code in codes) or "null"
    session.run(
        f"create or replace temp table referral_taken as with referral as materialized ({referral}), "
        f"patient as materialized ({patient}), "
        f"own as (select * from referral where OrgID_Provider in ({listed}) or OrgIDComm in ({listed})), "
        f"person as (select Person_ID from patient join own using ({PROVIDER}, LocalPatientId)) "
        f"select {RECORD}, {PROVIDER} from own union "
        f"select referral.{RECORD}, referral.{PROVIDER} from referral join patient using ({PROVIDER}, LocalPatientId) "
        "where Person_ID in (from person)"
    )
    session.run(f"delete from {USED} where {PROVIDER} not in (select {PROVIDER} from referral_taken)")
    used = f"{SUBMISSION} in (select {SUBMISSION} from {USED})"
    unlinked = {one.table: f"select * from ({folded[one.table]}) where {used}" for one in FOLDED if not one.linked}
    taken = f"select * from ({referral}) where {RECORD} in (select {RECORD} from referral_taken)"
    return {name: _held(session, name, sql) for name, sql in {**folded, **unlinked, _REFERRAL: taken}.items()}


def of_days(session: Session, folded: Tables, days: Collection[Days]) -> dict[str, str]:
    """The same tables with the referrals that were under way on one of the days or sent since, or of whose contacts,
    logs of internet therapy or person's employment records one is dated on such a day. Other records belong to none."""
    dated = [_with_record(folded[table], key, dates, days) for table, key, dates in _DATED]
    wanted = " or ".join([*map(_under_way, days), *dated])
    taken = f"select * from ({folded[_REFERRAL]}) as referral where {wanted or 'false'}"
    return {**folded, _REFERRAL: _held(session, _REFERRAL, taken)}


def _under_way(days: Days) -> str:
    """Received by the last day and not discharged before the first, or sent for a month that ends later; or either on
    such a day, whatever the other is."""
    received, discharged = "ReferralRequestReceivedDate", "ServDischDate"
    begun, over = f"{received} > date '{days.last}'", f"{discharged} < date '{days.first}'"
    sent = f"coalesce(reported_to_on >= date '{days.first}', false)"
    within = f"not coalesce({begun}, false) and ({sent} or not coalesce({over}, false))"
    return f"({within} or coalesce({days.sql(received)}, false) or coalesce({days.sql(discharged)}, false))"


def _with_record(sql: str, key: str, dates: Collection[str], days: Collection[Days]) -> str:
    on_such_a_day = " or ".join(each.sql(date) for date in dates for each in days) or "false"
    return f"({PROVIDER}, {key}) in (select ({PROVIDER}, {key}) from ({sql}) as dated where {on_such_a_day})"


def _held(session: Session, name: str, sql: str) -> str:
    """A table read once, of which little is left: those after it need not go through everyone's again."""
    session.run(f'create or replace temp table "taken {name}" as {sql}')
    return f'select * from "taken {name}"'
