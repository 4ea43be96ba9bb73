"""Whoever looks at people, and when, as the rules of relationships see them.

A rule is a query. Making its SQL costs Django far more than the database needs to answer it, so a rule may be written
down once, for a viewer yet to come, and asked again and again with another viewer's values in its places.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import DateField, DateTimeField, Expression, Field, QuerySet, UUIDField
from django.utils import timezone

NONE = timedelta(0)


@dataclass(frozen=True)
class Viewer:
    """Somebody at a moment; and, where a question is about one person, that person."""

    user_id: UUID
    at: datetime
    person_id: UUID | None = None

    def user(self) -> Any:
        return self.user_id

    def person(self) -> Any:
        return self.person_id

    def moment(self, *, ago: timedelta = NONE) -> Any:
        """So long before the moment."""
        return self.at - ago

    def day(self, *, ago: timedelta = NONE) -> Any:
        """So many days before the moment's day in the service's time zone."""
        found: date = timezone.localdate(self.at) - ago
        return found


class _Place(Expression):
    """Where a viewer's value goes."""

    def __init__(self, value: Callable[[Viewer], Any], output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.value = value

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]

    def filled(self, viewer: Viewer) -> Any:
        return self.output_field.get_db_prep_value(self.value(viewer), connection)


class _AnyViewer(Viewer):
    """Stands for every viewer while a query is written down."""

    def __init__(self) -> None:
        pass

    def user(self) -> Any:
        return _Place(Viewer.user, UUIDField())

    def person(self) -> Any:
        return _Place(Viewer.person, UUIDField())

    def moment(self, *, ago: timedelta = NONE) -> Any:
        return _Place(lambda viewer: viewer.moment(ago=ago), DateTimeField())

    def day(self, *, ago: timedelta = NONE) -> Any:
        return _Place(lambda viewer: viewer.day(ago=ago), DateField())


class Prepared:
    """A query about any viewer, compiled once: `Prepared(query).one(viewer)`."""

    def __init__(self, query: Callable[[Viewer], QuerySet[Any, Any]]) -> None:
        self.sql, self.parameters = query(_AnyViewer()).query.get_compiler(connection=connection).as_sql()

    def one(self, viewer: Viewer) -> tuple[Any, ...]:
        """The first row for this viewer; empty where there is none."""
        values = [one.filled(viewer) if isinstance(one, _Place) else one for one in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            return tuple(cursor.fetchone() or ())
