"""Reading people: only ever through what the viewer may see."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from allcomers.service.accounts.models import RoleHeld, User, current
from allcomers.service.governance.permissions import CLINICAL, TREATING, PersonIds, Role
from allcomers.service.governance.viewers import Viewer
from allcomers.service.people.models import AddressProtection, Allocation, Death, Person, PersonLink
from allcomers.service.people.nhs_number import SYNTHETIC, without_spaces


def allocations_that_count(viewer: Viewer, kind: str = Allocation.Kind.TREATMENT) -> QuerySet[Allocation]:
    """Allocations under way, or ended no longer ago than whoever had them still needs the record to finish it.

    Of one kind, since help with work opens nothing of the treatment.
    """
    still = viewer.day(ago=timedelta(days=settings.ALLCOMERS.relationship_days))
    return Allocation.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=still),
        kind=kind,
        starts_on__lte=viewer.day(),
        withdrawn_at__isnull=True,
    )


def allocated_to(viewer: Viewer) -> PersonIds:
    """The ids of the people for whose treatment a member of staff is responsible."""
    return allocations_that_count(viewer).filter(user=viewer.user()).values("person")


def person_with_id(person_id: UUID) -> Person | None:
    """For the permission table alone, which decides before anything is shown."""
    return Person.objects.filter(pk=person_id, withdrawn_at__isnull=True).first()


def find(people: QuerySet[Person], words: str) -> QuerySet[Person]:
    """Those of `people` whose name begins with each word, or whose NHS number it is, by name."""
    number = without_spaces(words)
    if number.isdigit():
        return people.filter(nhs_number=number, withdrawn_at__isnull=True).order_by("pk")
    wanted = Q()
    for word in words.split():
        wanted &= _begins("given_name", word) | _begins("preferred_name", word) | _begins("family_name", word)
    return people.filter(wanted, withdrawn_at__isnull=True).order_by("family_name", "given_name", "pk")


def _begins(name: str, word: str) -> Q:
    """Whose name of this kind begins with a word, in capitals or not: “ólafs” finds Ólafsdóttir.

    PostgreSQL has an index for it (migration 0003). SQLite by itself knows the capitals of ASCII letters alone, so
    Python compares for it.
    """
    if connection.vendor == "sqlite":
        return Q(**{f"{name}__iregex": f"^{re.escape(word)}"})
    return Q(**{f"{name}__istartswith": word})


def known_elsewhere(words: str, visible: QuerySet[Person]) -> Person | None:
    """Somebody outside what the viewer may see, named exactly by NHS number: for access in an emergency."""
    number = without_spaces(words)
    if not (number.isdigit() and len(number) == 10):
        return None
    found = Person.objects.filter(nhs_number=number, withdrawn_at__isnull=True)
    return found.exclude(pk__in=visible.values("pk")).first()


def allocations_of(person: Person) -> QuerySet[Allocation]:
    return Allocation.objects.filter(person=person).select_related("user").order_by("-starts_on")


RESPONSIBLE: dict[str, frozenset[Role]] = {
    Allocation.Kind.TREATMENT: TREATING,
    Allocation.Kind.EMPLOYMENT: frozenset({Role.EMPLOYMENT_ADVISER}),
}
"""Who may be made responsible for what."""


def treating(person: Person) -> User | None:
    """Whoever is responsible for a person's treatment today and may open their record; None if nobody is."""
    day = timezone.localdate()
    clinical = RoleHeld.objects.filter(current(day), user=OuterRef("user"), role__in=CLINICAL)
    found = Allocation.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        Q(user__leaves_on__isnull=True) | Q(user__leaves_on__gt=day),
        Exists(clinical),
        person=person,
        kind=Allocation.Kind.TREATMENT,
        starts_on__lte=day,
        withdrawn_at__isnull=True,
        user__is_active=True,
    )
    allocation = found.select_related("user").order_by("-starts_on", "-entered_at").first()
    return None if allocation is None else allocation.user


def who_may_be_responsible(day: date) -> dict[str, dict[UUID, User]]:
    """Everybody who may be allocated on a day, by the kind of allocation and by name."""
    return {kind: _who_hold(roles, day) for kind, roles in RESPONSIBLE.items()}


def _who_hold(roles: frozenset[Role], day: date) -> dict[UUID, User]:
    held = RoleHeld.objects.filter(current(day), user=OuterRef("pk"), role__in=roles)
    members = User.objects.filter(Q(leaves_on__isnull=True) | Q(leaves_on__gt=day), Exists(held), is_active=True)
    return {one.pk: one for one in members.order_by("name")}


def synthetic_people_exist() -> bool:
    """Whether anybody has a number from the range that is never issued; False before the tables are made."""
    try:
        return Person.objects.filter(nhs_number__startswith=SYNTHETIC).exists()
    except DatabaseError:
        return False


KNOWN_ADDRESSES: list[Callable[[Person], list[tuple[str, str]]]] = []
"""What else is known of where somebody lives, in words: apps add theirs in `AppConfig.ready`."""


def address_of(person: Person) -> list[tuple[str, str]]:
    """Where somebody lives, as far as it is known, each line with what it is."""
    own = [("Postcode", person.postcode)] if person.postcode else []
    return own + [line for known in KNOWN_ADDRESSES for line in known(person)]


def death_of(person: Person) -> Death | None:
    """What stands about somebody's death; None where nobody told us of it, or it was taken back."""
    found = Death.objects.filter(person=person, withdrawn_at=None).select_related("recorded_by")
    return found.order_by("-entered_at").first()


def deaths_taken_back(person: Person) -> QuerySet[Death]:
    return Death.objects.filter(person=person, withdrawn_at__isnull=False).order_by("-withdrawn_at")


def protection_of(person: Person) -> AddressProtection | None:
    """What stands about a protected address; None where it is not."""
    found = AddressProtection.objects.filter(person=person, withdrawn_at=None).select_related("recorded_by")
    return found.order_by("-entered_at").first()


def open_links_of(person: Person) -> QuerySet[PersonLink]:
    """The links of a person that still open something."""
    found = PersonLink.objects.filter(person=person, used_at=None, locked_at=None, cancelled_at=None)
    return found.filter(expires_at__gt=timezone.now())
