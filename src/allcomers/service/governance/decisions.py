"""The one evaluator of the permission table: who is asking, about whom, and whether some grant fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, QuerySet
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
    PersonIds,
    Relationship,
    Role,
)
from allcomers.service.governance.viewers import Prepared, Viewer

if TYPE_CHECKING:
    from allcomers.service.accounts.models import User
    from allcomers.service.config.environment import Settings
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

    @property
    def knows_who(self) -> bool:
        """Whether the viewer may read whom the page is about: somebody who only asks for access may not yet."""
        return self.person is not None and self.relationship != UNRELATED

    def may_break_glass(self, name: str) -> bool:
        """Whether access in an emergency would open a page to the viewer."""
        return may_break_glass(table.entries()[name], self.roles)

    def visible_people(self) -> QuerySet[Person]:
        """The people this page may list: those in a relationship that its grants give to a role of the viewer."""
        assert self.entry.lists, f"the entry of {self.name} lists nobody"
        return self.visible_in(self.entry)

    def visible_in(self, entry: Entry) -> QuerySet[Person]:
        """The people whom another page would list for this viewer; nobody where it lists no people."""
        names = {name for one in entry.lists if one.roles & self.roles for name in one.relationships}
        return people_related(self.member, names)

    def shown(self, people: Iterable[Person | UUID]) -> None:
        """Say whom the page shows: each of them gets an event."""
        self.people_shown = [one if isinstance(one, UUID) else one.pk for one in people]


def people_related(user: User, names: Iterable[str], at: datetime | None = None) -> QuerySet[Person]:
    """Everybody to whom the user stands in one of these relationships at a moment (now)."""
    viewer = Viewer(user.pk, at or timezone.now())
    people, found = _person_model()._default_manager, _to_anybody(viewer, names)
    if not found or any(one.everybody for one in found):
        return people.all() if found else people.none()
    return people.filter(pk__in=found[0].rule(viewer).union(*(one.rule(viewer) for one in found[1:])))


def _to_anybody(viewer: Viewer, names: Iterable[str]) -> list[Relationship]:
    """The relationships in which the viewer stands to anybody at all: the others would make a list slow for nothing."""
    wanted = tuple(sorted(names))
    known = [table.relationships()[name] for name in wanted]
    if len(known) == 1 and not known[0].everybody:
        return known
    holds = _reaching(wanted, settings.ALLCOMERS).one(viewer) if wanted else ()
    return [one for one, reaches in zip(known, holds, strict=False) if reaches]


def relationships_between(
    user: User, person: Person, at: datetime | None = None, *, names: Iterable[str] | None = None
) -> frozenset[str]:
    """Every relationship of the user to the person at a moment (now), of these names or of all, in one query."""
    wanted = tuple(sorted(table.relationships() if names is None else names))
    if not wanted:
        return frozenset()
    holds = _standing(wanted, settings.ALLCOMERS).one(Viewer(user.pk, at or timezone.now(), person.pk))
    return frozenset(name for name, one in zip(wanted, holds, strict=False) if one)


@lru_cache(maxsize=256)
def _standing(names: tuple[str, ...], _settings: Settings) -> Prepared:
    """Whether each of these relationships to one person holds. Rules read the settings, which only tests change."""
    rules = [table.relationships()[name].rule for name in names]
    return Prepared(lambda viewer: _each_holds(rule(viewer).filter(person=viewer.person()) for rule in rules))


@lru_cache(maxsize=256)
def _reaching(names: tuple[str, ...], _settings: Settings) -> Prepared:
    """Whether there is anybody to whom each of these relationships holds."""
    rules = [table.relationships()[name].rule for name in names]
    return Prepared(lambda viewer: _each_holds(rule(viewer) for rule in rules))


def _each_holds(queries: Iterable[PersonIds]) -> QuerySet[Any, Any]:
    """One row that says of each query whether it finds anybody; no row where there are no people at all."""
    return _person_model()._default_manager.order_by().values_list(*(Exists(one) for one in queries))[:1]


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
