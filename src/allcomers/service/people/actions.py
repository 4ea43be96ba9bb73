"""Changing who somebody is, and who is responsible for them."""

from datetime import date
from typing import Any

from allcomers.service.accounts.models import User
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.people.models import Allocation, Person

DETAILS = ("given_name", "family_name", "preferred_name", "date_of_birth", "postcode")


@action
def add_person(*, by: audit.Actor, **details: Any) -> Person:
    """A person nobody knew yet."""
    person = Person.objects.create(**details)
    audit.record("person.added", by=by, person=person, of=person)
    return person


@action
def change_details(*, by: audit.Actor, person: Person, version: int, **details: Any) -> Person:
    """Change who somebody is.

    Raises
    ------
    ChangedMeanwhileError : somebody else saved since `version`.
    """
    changed = [name for name, value in details.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, details[name])
    person.save_version(version)
    audit.record("person.changed", by=by, person=person, of=person, fields=", ".join(sorted(changed)))
    return person


@action
def allocate(
    *, by: audit.Actor, person: Person, user: User, starts_on: date, kind: str = Allocation.Kind.TREATMENT
) -> Allocation:
    """Make a member of staff responsible for a person from a day on; whoever was for the same kind, is no longer.

    Of two at once, the second waits for the first: the person's row is locked, since there may be no allocation yet.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    for former in Allocation.objects.select_for_update().filter(
        person=person, kind=kind, ends_on=None, withdrawn_at=None
    ):
        former.ends_on = max(starts_on, former.starts_on)
        former.save_version(former.version)
        audit.record("allocation.ended", by=by, person=person, of=former)
    allocation = Allocation.objects.create(person=person, user=user, kind=kind, starts_on=starts_on)
    audit.record("allocation.begun", by=by, person=person, of=allocation, user=str(user.pk), kind=str(kind))
    return allocation


@action
def end_allocation(*, by: audit.Actor, allocation: Allocation, ends_on: date, version: int) -> Allocation:
    """The last day of an allocation. The clinician may open the record some days longer, to finish it."""
    allocation.ends_on = ends_on
    allocation.save_version(version)
    audit.record("allocation.ended", by=by, person=allocation.person_id, of=allocation)
    return allocation
