"""On PostgreSQL the role of the service works with every page, and cannot alter what was recorded."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from allcomers.exceptions import AllcomersError
from allcomers.service.config import checks
from allcomers.service.governance import audit
from allcomers.service.governance.append_only import TABLE
from allcomers.service.governance.models import AuditEvent
from allcomers.service.keeping import roles
from allcomers.service.people import actions as people
from tests.service.keeping.test_backup import submitted

pytestmark = pytest.mark.django_db(transaction=True)
POSTGRESQL = connection.vendor == "postgresql"
needs_roles = pytest.mark.skipif(not POSTGRESQL, reason="SQLite has no roles; the PostgreSQL run has this test")


@pytest.fixture
def service_role() -> Iterator[str]:
    """A role that owns nothing, with the rights of the service."""
    role = f"service_{uuid.uuid4().hex[:8]}"
    _run(f"CREATE ROLE {role}")
    call_command("grant_service_role", role, verbosity=0)
    yield role
    _run(f"DROP OWNED BY {role}", f"DROP ROLE {role}")


@contextmanager
def connected_as(role: str) -> Iterator[None]:
    """What the server checks for a session of this role."""
    _run(f"SET SESSION AUTHORIZATION {role}")
    try:
        yield
    finally:
        connection.close()


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for one in statements:
            cursor.execute(one)


@needs_roles
@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE {TABLE} SET event = 'nothing'",
        f"DELETE FROM {TABLE}",
        f"TRUNCATE {TABLE}",
        f"DROP TRIGGER {TABLE}_append_only ON {TABLE}",
        f"ALTER TABLE {TABLE} DISABLE TRIGGER ALL",
        f"DROP TABLE {TABLE}",
        "UPDATE people_historicalperson SET given_name = 'Another'",
        "DELETE FROM people_historicalperson",
        "DELETE FROM django_migrations",
        "SET session_replication_role = replica",
    ],
)
def test_u2_the_services_role_cannot_alter_the_audit_or_a_history(cast: Any, service_role: str, statement: str) -> None:
    with connected_as(service_role), pytest.raises(ProgrammingError), transaction.atomic():
        _run(statement)
    assert audit.verify()[2] is None


@needs_roles
def test_the_services_role_does_everything_the_service_does(cast: Any, service_role: str, signed_in: Any) -> None:
    browser = signed_in(cast.clinician)
    events = AuditEvent.objects.count()
    with connected_as(service_role):
        submitted(cast)
        people.change_details(by=audit.SYSTEM, person=cast.patient, version=1, given_name="Other")
        assert browser.get(f"/people/{cast.patient.pk}/").status_code == 200
        call_command("migrate", verbosity=0)  # as `serve` does: there is nothing to do
        call_command("tidy", verbosity=0)
    assert AuditEvent.objects.count() > events
    assert audit.verify()[2] is None


@needs_roles
def test_the_check_warns_while_the_service_connects_as_who_could_alter_the_audit(cast: Any, service_role: str) -> None:
    assert [one.id for one in checks.the_audit_is_out_of_reach(None)] == ["production.W002"]
    with connected_as(service_role):
        assert checks.the_audit_is_out_of_reach(None) == []


@needs_roles
def test_a_role_that_owns_the_tables_or_is_none_gets_no_grant(cast: Any) -> None:
    with pytest.raises(AllcomersError, match="there is no such role"):
        roles.grant("nobody_at_all")
    with pytest.raises(AllcomersError, match="it owns the tables"):
        roles.grant(connection.settings_dict["USER"])


@pytest.mark.skipif(POSTGRESQL, reason="what SQLite says")
def test_sqlite_has_no_roles_and_says_so() -> None:
    with pytest.raises(AllcomersError, match="a database without roles"):
        roles.grant("service")
    assert checks.the_audit_is_out_of_reach(None) == []
