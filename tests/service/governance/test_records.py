"""Rows that are never lost, and relationships with dates."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from allcomers.service.accounts import actions as accounts
from allcomers.service.governance import audit, table
from allcomers.service.governance.decisions import people_related, relationships_between
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.people import actions as people
from allcomers.service.people.models import Allocation, Person
from allcomers.service.people.nhs_number import NhsNumberError, check_nhs_number

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_a_record_is_not_deleted(cast: Any) -> None:
    with pytest.raises(TypeError, match="withdrawn, not deleted"):
        cast.patient.delete()


def test_a_withdrawn_row_stays_with_its_reason_and_history(cast: Any) -> None:
    allocation = Allocation.objects.get(person=cast.patient)
    with transaction.atomic():
        allocation.withdraw(by=cast.manager.pk, because="Wrong person", version=1)
    kept = Allocation.objects.get(pk=allocation.pk)
    assert (kept.withdrawn, kept.withdrawn_because, kept.withdrawn_by, kept.version) == (
        True,
        "Wrong person",
        cast.manager,
        2,
    )
    assert [row.withdrawn_because for row in kept.history.order_by("history_date")] == ["", "Wrong person"]
    with pytest.raises(AssertionError, match="withdrawn already"):
        kept.withdraw(by=cast.manager.pk, because="Again", version=2)


def test_withdrawing_the_allocation_ends_the_relationship(cast: Any) -> None:
    assert relationships_between(cast.clinician, cast.patient) == {"allocated"} | {"team"}
    Allocation.objects.get(person=cast.patient).withdraw(by=cast.manager.pk, because="Wrong person", version=1)
    assert relationships_between(cast.clinician, cast.patient) == {"team"}


def test_a_stale_version_changes_nothing_and_carries_what_is_there(cast: Any) -> None:
    people.change_details(by=audit.SYSTEM, person=Person.objects.get(pk=cast.patient.pk), version=1, given_name="First")
    with pytest.raises(ChangedMeanwhileError) as meanwhile:
        people.change_details(by=audit.SYSTEM, person=cast.patient, version=1, given_name="Second")
    assert meanwhile.value.current.given_name == "First"  # type: ignore[attr-defined]
    assert Person.objects.get(pk=cast.patient.pk).given_name == "First"


def at(day: date) -> Any:
    return timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 12))


@pytest.mark.parametrize(
    ("days_after_end", "related"), [(-1, True), (0, True), (1, True), (30, True), (31, False), (365, False)]
)
def test_an_allocation_counts_until_thirty_days_after_it_ended(cast: Any, days_after_end: int, related: bool) -> None:
    """ALLCOMERS_RELATIONSHIP_DAYS is 30 unless the service says otherwise."""
    allocation = Allocation.objects.get(person=cast.patient)
    ended = allocation.starts_on + 10 * DAY
    people.end_allocation(by=audit.SYSTEM, allocation=allocation, ends_on=ended, version=1)
    moment = at(ended + days_after_end * DAY)
    assert ("allocated" in relationships_between(cast.clinician, cast.patient, moment)) is related
    assert people_related(cast.clinician, ["allocated"], moment).filter(pk=cast.patient.pk).exists() is related


def test_an_allocation_does_not_count_before_it_begins(cast: Any) -> None:
    begun = Allocation.objects.get(person=cast.patient).starts_on
    assert "allocated" not in relationships_between(cast.clinician, cast.patient, at(begun - DAY))
    assert "allocated" in relationships_between(cast.clinician, cast.patient, at(begun))


def test_duty_lasts_as_long_as_the_shift(cast: Any) -> None:
    begins = timezone.now()
    accounts.plan_duty(by=audit.SYSTEM, user=cast.colleague, hours=8, starts_at=begins)
    assert "on_duty" not in relationships_between(cast.colleague, cast.patient, begins - timedelta(seconds=1))
    assert "on_duty" in relationships_between(cast.colleague, cast.patient, begins)
    assert "on_duty" not in relationships_between(cast.colleague, cast.patient, begins + timedelta(hours=8))


def test_supervision_reaches_the_supervisees_people_only(cast: Any, member: Any) -> None:
    accounts.begin_supervision(
        by=audit.SYSTEM, supervisor=cast.manager, supervisee=cast.clinician, starts_on=timezone.localdate()
    )
    assert "supervises" in relationships_between(cast.manager, cast.patient)
    assert "supervises" not in relationships_between(cast.manager, cast.stranger)


def test_every_relationship_holds_for_one_person_where_it_does_in_a_list(cast: Any) -> None:
    """A query that was written down once answers each viewer, person and moment anew."""
    now = timezone.now()
    accounts.begin_supervision(
        by=audit.SYSTEM, supervisor=cast.manager, supervisee=cast.clinician, starts_on=timezone.localdate()
    )
    accounts.plan_duty(by=audit.SYSTEM, user=cast.colleague, hours=8, starts_at=now)
    found = set()
    for name in table.relationships():
        for viewer in (cast.clinician, cast.manager, cast.colleague):
            for moment in (now, now + 2 * DAY, now - 100 * DAY):
                listed = set(people_related(viewer, [name], moment).values_list("pk", flat=True))
                for person in (cast.patient, cast.stranger):
                    holds = bool(relationships_between(viewer, person, moment, names=[name]))
                    assert holds is (person.pk in listed), (name, viewer, person, moment)
                    found.add((name, holds))
    assert {(name, True) for name in ("allocated", "supervises", "on_duty", "team")} <= found
    assert {(name, False) for name in table.relationships()} <= found


def test_days_are_the_services_own_around_midnight_and_clock_changes(cast: Any) -> None:
    """23:30 UTC on 30 June is 00:30 on 1 July in London; on 25 October 2026 the clocks go back."""
    allocation = people.allocate(by=audit.SYSTEM, person=cast.stranger, user=cast.clinician, starts_on=date(2026, 7, 1))
    before = timezone.datetime(2026, 6, 30, 22, 59, tzinfo=timezone.get_fixed_timezone(0))
    assert "allocated" not in relationships_between(cast.clinician, cast.stranger, before)
    assert "allocated" in relationships_between(cast.clinician, cast.stranger, before + timedelta(minutes=1))
    people.end_allocation(by=audit.SYSTEM, allocation=allocation, ends_on=date(2026, 9, 25), version=1)
    last = timezone.datetime(2026, 10, 25, 23, 59, 59, tzinfo=timezone.get_fixed_timezone(0))
    assert "allocated" in relationships_between(cast.clinician, cast.stranger, last)
    assert "allocated" not in relationships_between(cast.clinician, cast.stranger, last + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2004, 2, 29), date(2026, 2, 28), 21),
        (date(2004, 2, 29), date(2026, 3, 1), 22),
        (date(2004, 2, 29), date(2028, 2, 29), 24),
        (date(1985, 3, 27), date(2026, 3, 26), 40),
        (date(1985, 3, 27), date(2026, 3, 27), 41),
    ],
)
def test_age_in_whole_years(born: date, on: date, age: int) -> None:
    """Worked by hand."""
    assert Person(date_of_birth=born).age(on) == age


@pytest.mark.parametrize("number", ["9434765919", "9876543210", "4010232137"])
def test_numbers_with_a_good_check_digit(number: str) -> None:
    """The first two are NHS England's published examples; the third is the example of the NHS data dictionary."""
    check_nhs_number(number, synthetic=False)


@pytest.mark.parametrize(
    "number",
    [
        "9434765918",
        "987654321",
        "98765432100",
        "",
        "abcdefghij",
        "٩٨٧٦٥٤٣٢١٠",
        "987 654 3210",
        "1234567890",
        "9000000020",
    ],
)
def test_numbers_that_cannot_be(number: str) -> None:
    """A wrong check digit, length or alphabet; 123456789 and 900000002 have remainder 10 or another digit."""
    with pytest.raises(NhsNumberError):
        check_nhs_number(number, synthetic=False)


def test_real_numbers_are_refused_among_synthetic_people_and_the_other_way_round() -> None:
    with pytest.raises(NhsNumberError, match="may be a real person's"):
        check_nhs_number("9434765919", synthetic=True)
    with pytest.raises(NhsNumberError, match="made for tests"):
        check_nhs_number("9990000018", synthetic=False)


def test_a_verified_number_with_a_wrong_check_digit_is_an_error_not_a_fix(cast: Any) -> None:
    with pytest.raises(NhsNumberError):
        Person.objects.create(
            given_name="A",
            family_name="B",
            date_of_birth=date(1990, 1, 1),
            nhs_number="9990000019",
            nhs_number_status="verified",
        )


def test_one_verified_number_belongs_to_one_person(cast: Any) -> None:
    details = {"date_of_birth": date(1990, 1, 1), "nhs_number": "9990000026", "nhs_number_status": "verified"}
    people.add_person(by=audit.SYSTEM, given_name="A", family_name="B", **details)
    with pytest.raises(IntegrityError), transaction.atomic():
        people.add_person(by=audit.SYSTEM, given_name="C", family_name="D", **details)
