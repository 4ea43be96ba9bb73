"""Reading people: only ever through what the viewer may see."""

from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.utils import timezone

from allcomers.service.accounts.models import User
from allcomers.service.governance.permissions import TREATING, PersonIds, Role
from allcomers.service.governance.viewers import Viewer
from allcomers.service.people.models import Allocation, Person
from allcomers.service.people.nhs_number import SYNTHETIC, without_spaces


def allocations_that_count(viewer: Viewer) -> QuerySet[Allocation]:
    """Allocations under way, or ended no longer ago than the clinician still needs the record to finish it."""
    still = viewer.day(ago=timedelta(days=settings.ALLCOMERS.relationship_days))
    return Allocation.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=still), starts_on__lte=viewer.day(), withdrawn_at__isnull=True
    )


def allocated_to(viewer: Viewer) -> PersonIds:
    """The ids of the people a member of staff is responsible for."""
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
        begins = (
            Q(given_name__istartswith=word) | Q(preferred_name__istartswith=word) | Q(family_name__istartswith=word)
        )
        wanted &= begins
    return people.filter(wanted, withdrawn_at__isnull=True).order_by("family_name", "given_name", "pk")


def known_elsewhere(words: str, visible: QuerySet[Person]) -> Person | None:
    """Somebody outside what the viewer may see, named exactly by NHS number: for access in an emergency."""
    number = without_spaces(words)
    if not (number.isdigit() and len(number) == 10):
        return None
    found = Person.objects.filter(nhs_number=number, withdrawn_at__isnull=True)
    return found.exclude(pk__in=visible.values("pk")).first()


def allocations_of(person: Person) -> QuerySet[Allocation]:
    return Allocation.objects.filter(person=person).select_related("user").order_by("-starts_on")


def treating(person: Person) -> User | None:
    """Whoever is responsible for a person's treatment today and may sign in; None if nobody is."""
    day = timezone.localdate()
    found = Allocation.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        Q(user__leaves_on__isnull=True) | Q(user__leaves_on__gt=day),
        person=person,
        kind=Allocation.Kind.TREATMENT,
        starts_on__lte=day,
        withdrawn_at__isnull=True,
        user__is_active=True,
    )
    allocation = found.select_related("user").order_by("-starts_on", "-entered_at").first()
    return None if allocation is None else allocation.user


def who_may_be_responsible(day: date) -> dict[UUID, User]:
    """Everybody who may be allocated on a day, by name."""
    roles = [*TREATING, Role.EMPLOYMENT_ADVISER]
    members = User.objects.filter(
        Q(roles_held__ends_on__isnull=True) | Q(roles_held__ends_on__gte=day),
        Q(leaves_on__isnull=True) | Q(leaves_on__gt=day),
        roles_held__role__in=roles,
        roles_held__starts_on__lte=day,
        is_active=True,
    )
    return {one.pk: one for one in members.distinct().order_by("name")}


def synthetic_people_exist() -> bool:
    """Whether anybody has a number from the range that is never issued; False before the tables are made."""
    try:
        return Person.objects.filter(nhs_number__startswith=SYNTHETIC).exists()
    except DatabaseError:
        return False
