"""Whether the parts the service needs are well: a word for each, and nothing about anybody."""

from collections.abc import Callable
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Check = Callable[[], str]


def database() -> str:
    """The database answers, and every migration has been applied."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except DatabaseError:
        return "cannot be reached"
    return "ok" if _migrations() <= applied.keys() else "migrations are waiting"


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    """Every migration of the program that runs, which does not change while it does."""
    return frozenset(MigrationLoader(None).graph.nodes)


CHECKS: dict[str, Check] = {"database": database}
"""Apps add theirs in `AppConfig.ready`: a word, `ok` when well."""


def states() -> dict[str, str]:
    return {name: check() for name, check in CHECKS.items()}
