"""The one evaluator of the permission table: who is asking, about whom, and whether some grant fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone

from allcomers.service.governance import audit, table
from allcomers.service.governance.permissions import (
    BREAK_GLASS,
    NO_PERSON,
    SELF,
    UNRELATED,
    Audience,
    Entry,
    Grant,
    Role,
)

if TYPE_CHECKING:
    from allcomers.service.accounts.models import User
    from allcomers.service.people.models import Person


@dataclass
class Access:
    """What was decided for one request: `request.access`.

    Parameters
    ----------
    user : whoever is signed in, or None.
    person : whom the page is about, or None.
    role, relationship, purpose : the grant that fitted, as words for the audit.
    """

    name: str
    entry: Entry
    user: User | None = None
    person: Person | None = None
    role: str = ""
    relationship: str = ""
    purpose: str = ""
    source: str = ""
    roles: frozenset[Role] = frozenset()
    relationships: frozenset[str] = frozenset()
    link_id: UUID | None = None
    people_shown: list[UUID] | None = field(default=None)

    @property
    def actor(self) -> audit.Actor:
        """Who acts, for `record(by=…)` and for actions."""
        kind = "public" if self.user is None and self.link_id is None else "person"
        if self.entry.audience == Audience.STAFF or self.roles:
            kind = "staff"
        user_id = None if self.user is None else self.user.pk
        return audit.Actor(kind, user_id, self.role, self.relationship, self.purpose, self.source)

    @property
    def member(self) -> User:
        """Whoever is signed in."""
        assert self.user is not None
        return self.user

    @property
    def subject(self) -> Person:
        """Whom the page is about."""
        assert self.person is not None
        return self.person

    def may_break_glass(self, name: str) -> bool:
        """Whether access in an emergency would open a page to the viewer."""
        return may_break_glass(table.entries()[name], self.roles)

    def visible_people(self) -> QuerySet[Person]:
        """The people this page may list: those in a relationship that its grants give to a role of the viewer."""
        assert self.entry.lists, f"the entry of {self.name} lists nobody"
        names = {name for one in self.entry.lists if one.roles & self.roles for name in one.relationships}
        return people_related(self.member, names)

    def shown(self, people: Iterable[Person | UUID]) -> None:
        """Say whom the page shows: each of them gets an event."""
        self.people_shown = [one if isinstance(one, UUID) else one.pk for one in people]


def people_related(user: User, names: Iterable[str], at: datetime | None = None) -> QuerySet[Person]:
    """Everybody to whom the user stands in one of these relationships at a moment (now)."""
    moment = at or timezone.now()
    wanted = Q(pk__in=[])
    for name in sorted(names):
        wanted |= Q(pk__in=table.relationships()[name].rule(user, moment))
    return _person_model()._default_manager.filter(wanted)


def relationships_between(
    user: User, person: Person, at: datetime | None = None, *, names: Iterable[str] | None = None
) -> frozenset[str]:
    """Every relationship of the user to the person at a moment (now), of these names or of all, in one query."""
    moment = at or timezone.now()
    known = table.relationships()
    tests = {
        f"is_{name}": ExpressionWrapper(Q(pk__in=known[name].rule(user, moment)), output_field=BooleanField())
        for name in sorted(known if names is None else names)
    }
    if not tests:
        return frozenset()
    found = _person_model()._default_manager.filter(pk=person.pk).values(**tests).first() or {}
    return frozenset(name.removeprefix("is_") for name, holds in found.items() if holds)


def fitting_grant(
    entry: Entry, roles: frozenset[Role], relationships: frozenset[str]
) -> tuple[Grant, Role, str] | None:
    """The first grant that fits, with the role and relationship by which it does; None is a refusal.

    Access in an emergency is the last resort: where another relationship of the same grant holds, that one counts.
    """
    held = relationships | {NO_PERSON if entry.person is None else UNRELATED}
    for one in entry.grants:
        role = next((role for role in Role if role in roles & one.roles), None)
        names = sorted(held & one.relationships, key=lambda name: (name == BREAK_GLASS, name))
        if role is not None and names:
            return one, role, names[0]
    return None


def may_break_glass(entry: Entry, roles: frozenset[Role]) -> bool:
    """Whether access in an emergency would open this page to somebody with these roles."""
    return fitting_grant(entry, roles, frozenset({BREAK_GLASS})) is not None


def own_access(access: Access, person: Person) -> Access:
    """A person's access to their own record."""
    access.person, access.relationship, access.purpose = person, SELF, "own_copy"
    return access


def _person_model() -> type[Person]:
    model: type[Person] = apps.get_model("people", "Person")
    return model
