"""Restoring a backup: all of it, checked, or nothing; and what happened after it was made, as far as can be known."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from allcomers.exceptions import AllcomersError
from allcomers.service.governance import audit, table
from allcomers.service.governance.models import AuditEvent
from allcomers.service.keeping import actions, backups, manifest
from allcomers.service.keeping.manifest import Manifest
from allcomers.service.keeping.sealed import Secret

COLUMNS = ("sequence", "at", "event", "person", "object_type", "object_id")


@dataclass(frozen=True)
class Restored:
    """What was restored.

    Parameters
    ----------
    links_closed : links to questionnaires and the like that were open in the backup.
    lost : a file with what had been done since the backup in the database that was replaced; None where that was
        another database, or there was none.
    """

    manifest: Manifest
    links_closed: int
    lost: Path | None


def restore(path: Path, secret: Secret, *, replace: bool = False) -> Restored:
    """Put a backup in the place of an empty database, or with `replace` of whatever is there.

    Raises
    ------
    AllcomersError : the backup cannot be used, or the database is not empty. Nothing was changed.
    """
    with backups.opened(path, secret) as (described, _):
        manifest.must_be_known(described, path.name)
    used = manifest.in_use()
    if used and not replace:
        raise AllcomersError(
            where="the database of this service", found="not empty", expected="an empty one",
            next_step="Give an empty one, or --replace to lose what is there",
        )  # fmt: skip
    lost = _written_down(described) if used else None
    with (
        backups.opened(path, secret) as (_, parts),
        backups.medium().restoring(described, parts, path.name),
    ):
        manifest.bring_up_to_date()
        made_at = datetime.fromisoformat(described.made_at)
        closed = actions.note_restored(by=audit.SYSTEM, made_at=made_at, event_count=described.events)
    return Restored(described, closed, lost)


def done_since(described: Manifest) -> Iterator[AuditEvent]:
    """What the database in use recorded after the backup was made, without what was only read."""
    readings = {entry.reads for entry in table.entries().values()}
    later = AuditEvent.objects.filter(chain=audit.CHAIN, sequence__gt=described.events).order_by("sequence")
    return (one for one in later.iterator(chunk_size=2000) if one.event not in readings and one.outcome == audit.DONE)


def _written_down(described: Manifest) -> Path | None:
    """The list of what a restore loses and brings back: ids and kinds, nothing of what records say."""
    if not _same_chain(described):
        return None
    path = Path(settings.ALLCOMERS.data_folder) / f"done-since-{described.events}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        path.chmod(0o600)
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows([getattr(one, column) for column in COLUMNS] for one in done_since(described))
    return path


def _same_chain(described: Manifest) -> bool:
    """Whether the audit in use is the one of the backup, gone on."""
    try:
        last = AuditEvent.objects.filter(chain=audit.CHAIN, sequence=described.events).first()
    except DatabaseError:  # its tables are those of another version
        return False
    return described.events == 0 or (last is not None and last.hash == described.last_hash)
