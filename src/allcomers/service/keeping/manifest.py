"""What a backup says about itself, and whether a database agrees: counts, migrations, the end of the audit chain."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

import allcomers
from allcomers.exceptions import AllcomersError
from allcomers.service.accounts.models import User
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditChain, AuditEvent

MIGRATIONS = "django_migrations"
EMPTIED = ("django_session", "shared_cache")
"""Tables whose rows are left out: after a restore everybody signs in again."""


@dataclass(frozen=True)
class Manifest:
    """What was there when the backup was made.

    Parameters
    ----------
    tables : of each table, how many rows are in the backup.
    columns : of each table, its columns in the order of the backup.
    migrations : every migration that had been applied, as app and name.
    events, last_hash : the end of the audit chain.
    """

    made_at: str
    version: str
    database: str
    tables: dict[str, int]
    columns: dict[str, list[str]]
    migrations: list[list[str]]
    events: int
    last_hash: str

    def text(self) -> bytes:
        return json.dumps(asdict(self)).encode()


def read(text: bytes) -> Manifest:
    return Manifest(**json.loads(text))


def describe() -> Manifest:
    """The database as it is seen now; call it inside the transaction that the backup reads in."""
    columns = _columns()
    events, last_hash = _end_of_the_audit()
    return Manifest(
        made_at=timezone.now().isoformat(timespec="seconds"),
        version=allcomers.__version__,
        database=connection.vendor,
        tables=_counts(list(columns)),
        columns=columns,
        migrations=[list(one) for one in sorted(MigrationRecorder(connection).applied_migrations())],
        events=events,
        last_hash=last_hash,
    )


def differences(expected: Manifest) -> list[str]:
    """In what the database, as it is now, is not what a manifest says; and where its audit chain breaks."""
    here = describe()
    found = [
        f"{table} has {here.tables.get(table, 'no table')} rows, not {rows}"
        for table, rows in expected.tables.items()
        if here.tables.get(table) != rows
    ]
    if here.migrations != expected.migrations:
        found.append("the migrations are others")
    if (here.events, here.last_hash) != (expected.events, expected.last_hash):
        found.append("the audit ends elsewhere")
    fault = audit.verify()[2]
    return [*found, f"the audit breaks at event {fault.sequence}: {fault.why}"] if fault else found


def must_agree(expected: Manifest, name: str) -> None:
    found = differences(expected)
    if found:
        raise AllcomersError(where=name, found="; ".join(found), expected="what its manifest says")


def must_be_known(manifest: Manifest, name: str) -> None:
    """A backup made by a later version, or on the other kind of database, is not restored here."""
    if manifest.database != connection.vendor:
        raise AllcomersError(
            where=name, found=f"a backup of {manifest.database}", expected=f"one of {connection.vendor}",
            next_step="Restore it into the kind of database that it came from",
        )  # fmt: skip
    unknown = {(app, one) for app, one in manifest.migrations} - set(_loader().disk_migrations)
    if unknown:
        raise AllcomersError(
            where=name, found=f"it was made by version {manifest.version}, which knows more than this one",
            expected=f"a backup made by version {allcomers.__version__} or earlier",
            next_step="Install the version that made it",
        )  # fmt: skip


def latest_of_each_app(manifest: Manifest) -> list[tuple[str, str]]:
    """The migrations that bring an empty database to the state of the manifest."""
    applied = {(app, name) for app, name in manifest.migrations}
    nodes = _loader().graph.node_map
    return sorted(
        one
        for one in applied
        if one in nodes and not any(child.key in applied and child.key[0] == one[0] for child in nodes[one].children)
    )


def bring_up_to_date() -> None:
    """Apply the migrations that this version has and the backup had not."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def in_use() -> bool:
    """Whether anything was ever recorded here; False before the tables are made."""
    try:
        with transaction.atomic():
            return AuditEvent.objects.exists() or User.objects.exists()
    except DatabaseError:
        return False


@contextmanager
def database_at(name: Path | str) -> Iterator[None]:
    """Use another database of the same kind for a while: a copy, or one that is being restored."""
    connection.close()
    before = connection.settings_dict
    connection.settings_dict = {**before, "NAME": str(name)}  # of this thread only
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before


def _loader() -> Any:
    return MigrationExecutor(connection).loader


def _columns() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - {MIGRATIONS, *EMPTIED})
        return {
            table: [column.name for column in connection.introspection.get_table_description(cursor, table)]
            for table in tables
        }


def _counts(tables: list[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            found[table] = int(cursor.fetchone()[0])
        return found


def _end_of_the_audit() -> tuple[int, str]:
    end = AuditChain.objects.filter(name=audit.CHAIN).first()
    return (end.sequence, end.hash) if end else (0, audit.START)
