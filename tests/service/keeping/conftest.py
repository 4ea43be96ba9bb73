"""An empty database beside the one under test, of the same kind, and a key."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from allcomers.service.config import environment
from allcomers.service.keeping.sealed import Secret

SECRET = Secret("a key of the tests, which has more than fifty characters, as it must")


@pytest.fixture
def backup_key(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, backup_key=SECRET.text)


def _set(monkeypatch: pytest.MonkeyPatch, **changes: object) -> environment.Settings:
    changed: environment.Settings = settings.ALLCOMERS.but(**changes)
    monkeypatch.setattr(settings, "ALLCOMERS", changed)
    return changed


@pytest.fixture
def another_database(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Makes an empty database and gives its name, for `manifest.database_at`."""
    made: list[str] = []

    def make() -> str:
        if connection.vendor == "sqlite":
            return str(tmp_path / f"{uuid.uuid4().hex}.sqlite3")
        name = f"other_{uuid.uuid4().hex}"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        made.append(name)
        return name

    yield make
    for name in made:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
