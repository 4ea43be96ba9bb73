"""What is written down about backups, and what must not come back to life with one."""

from datetime import datetime

from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.people.models import PersonLink


@action
def note_backup(*, by: audit.Actor, rows: int, event_count: int) -> None:
    """A backup is an export of everything, and is written down as one."""
    audit.record("backup.made", by=by, rows=rows, event_count=event_count)


@action
def note_restored(*, by: audit.Actor, made_at: datetime, event_count: int) -> int:
    """Close every link that was open when the backup was made; how many.

    One of them may have been used or cancelled since, which nobody knows any more: who needs one is sent a new one.
    """
    now = timezone.now()
    open_links = PersonLink.objects.filter(used_at=None, cancelled_at=None, expires_at__gt=now)
    count: int = open_links.update(cancelled_at=now)
    audit.record("backup.restored", by=by, made=made_at.isoformat(), event_count=event_count, links_closed=count)
    return count
