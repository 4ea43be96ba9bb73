"""Rate limits: counted in the database, so that every process counts together."""

import hashlib
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from allcomers.service.governance.models import RequestCount

UPSERT = """
    INSERT INTO governance_requestcount (key, count, ends_at) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET count = governance_requestcount.count + 1 RETURNING count
"""


def exceeded(kind: str, place: str, most: int, seconds: int, *, now: datetime | None = None) -> bool:
    """Count one request, and say whether there were more than `most` in the present window of `seconds`."""
    moment = now or timezone.now()
    window = int(moment.timestamp()) // seconds
    key = hashlib.sha256(f"{kind}\0{place}\0{window}".encode()).hexdigest()
    ends_at = datetime.fromtimestamp((window + 1) * seconds, tz=UTC)
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [key, connection.ops.adapt_datetimefield_value(ends_at)])
        (count,) = cursor.fetchone()
    return int(count) > most


def forget_past(now: datetime | None = None) -> int:
    """Delete the counts of windows that ended an hour ago or more."""
    return RequestCount.objects.filter(ends_at__lt=(now or timezone.now()) - timedelta(hours=1)).delete()[0]
