"""Whether the parts the service needs are well: a word for each, and nothing about anybody."""

from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

Check = Callable[[], str]


def database() -> str:
    """The database answers, and every migration has been applied."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "cannot be reached"
    return "migrations are waiting" if waiting else "ok"


CHECKS: dict[str, Check] = {"database": database}
"""Apps add theirs in `AppConfig.ready`: a word, `ok` when well."""


def states() -> dict[str, str]:
    return {name: check() for name, check in CHECKS.items()}
