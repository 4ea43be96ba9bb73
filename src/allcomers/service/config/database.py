"""The database, from its address: SQLite that does not lose or lock, or PostgreSQL."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from allcomers.exceptions import AllcomersError

SQLITE_NAME = "service.sqlite3"


def database(url: str, data_folder: Path) -> dict[str, Any]:
    """Django's description of the database.

    Parameters
    ----------
    url : `postgresql://…`, or empty for SQLite in `data_folder`.
    """
    return _postgresql(url) if url else sqlite(data_folder / SQLITE_NAME)


def sqlite(path: Path) -> dict[str, Any]:
    """Readers beside one writer (WAL); a writer waits its turn from the start, so that none fails half-way.

    `synchronous=FULL`: what was acknowledged survives a power cut, not only a kill. `recursive_triggers=ON`: a row of
    the audit cannot be replaced either, since `INSERT OR REPLACE` otherwise deletes without a trigger.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 60,  # seconds; on a slow disk people wait, rather than lose what they sent
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA recursive_triggers=ON;",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or len(parts.path) < 2:
        raise AllcomersError(
            where="setting ALLCOMERS_DATABASE_URL",
            found="not the address of a PostgreSQL database",
            expected="postgresql://user:password@host:5432/name",
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
