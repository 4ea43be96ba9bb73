"""What is written down of a person as a whole, and holds until it is taken back: a death, a protected address.

Each stands as a row of its own, with who said so; the columns of the person, which everything else reads, follow it.
"""

from collections.abc import Callable
from datetime import date

from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.people import links, selectors
from allcomers.service.people.models import AddressProtection, Death, Person

ROWS = frozenset({"people.Death.person", "people.AddressProtection.person"})
"""The columns by which such rows belong to a person: where they move, `follow` is called."""
WHEN_DIED: list[Callable[[audit.Actor, Person], None]] = []
"""What else ends with a death, in the same transaction: apps add theirs in `AppConfig.ready`."""


@action
def record_death(*, by: audit.Actor, person: Person, died_on: date, told_by: str, version: int) -> Death:
    """Somebody has died: open links and what waits to be sent are cancelled, and no more is made. All else stays open.

    Raises
    ------
    ChangedMeanwhileError : somebody else saved since `version`.
    """
    for act in WHEN_DIED:  # first: whoever sends a message holds its row, and then asks for the person's to make a link
        act(by, person)
    person.died_on = died_on
    person.save_version(version)
    death = Death.objects.create(person=person, died_on=died_on, told_by=told_by, recorded_by_id=by.user_id)
    audit.record("death.recorded", by=by, person=person, of=death)
    for link in selectors.open_links_of(person).select_for_update():
        links.cancel_link(by=by, link=link)
    return death


@action
def take_back_death(*, by: audit.Actor, death: Death, because: str, version: int) -> Death:
    """They live: the row is struck through. What was cancelled stays cancelled. Raises `ChangedMeanwhileError`."""
    death.withdraw(by=by.user_id, because=because, version=version)
    _follow(Person.objects.select_for_update().get(pk=death.person_id))
    audit.record("death.taken_back", by=by, person=death.person_id, of=death)
    return death


@action
def protect_address(*, by: audit.Actor, person: Person, because: str, version: int) -> AddressProtection:
    """From now on nobody is shown where they live, or their practice. Raises `ChangedMeanwhileError`."""
    person.address_protected = True
    person.save_version(version)
    protection = AddressProtection.objects.create(person=person, because=because, recorded_by_id=by.user_id)
    audit.record("address.protected", by=by, person=person, of=protection)
    return protection


@action
def stop_protecting(*, by: audit.Actor, protection: AddressProtection, because: str, version: int) -> AddressProtection:
    """The address is shown again, to whoever may see the rest of the record. Raises `ChangedMeanwhileError`."""
    protection.withdraw(by=by.user_id, because=because, version=version)
    _follow(Person.objects.select_for_update().get(pk=protection.person_id))
    audit.record("address.protection_ended", by=by, person=protection.person_id, of=protection)
    return protection


@action
def follow(*, by: audit.Actor, person: Person) -> Person:
    """Rows came from another record, or went back to it: the person's columns say what stands now."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    changed = _follow(person)
    audit.record("person.changed", by=by, person=person, of=person, fields=", ".join(changed))
    return person


def _follow(person: Person) -> list[str]:
    death, protection = selectors.death_of(person), selectors.protection_of(person)
    now = {"died_on": None if death is None else death.died_on, "address_protected": protection is not None}
    changed = [name for name, value in now.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, now[name])
    if changed:
        person.save_version(person.version)
    return changed
