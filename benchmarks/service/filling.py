"""A big SYNTHETIC service, made in the database: rows of a small real one, repeated with other names and numbers.

Nobody in it exists. The audit is filled with rows whose hashes are no chain, since no page reads them.
"""

import os
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

PEOPLE, ANSWERS_EACH = 100_000, 10
CLINICIANS, WAITING, LINKS = 500, 60, 60
EMAILS = {
    "clinician": "pwp@example.org",
    "administrator": "administrator@example.org",
    "duty": "duty@example.org",
    "auditor": "auditor@example.org",
    "account": "person@example.org",
}

ANSWERS = """
    INSERT INTO questionnaires_answer (response_id, number, value, answered_at)
    SELECT md5('response ' || n)::uuid, number, to_jsonb((n + number) %% 4), now()
    FROM generate_series(1, %(count)s) n, generate_series(1, %(each)s) number
"""
EVENTS = """
    INSERT INTO governance_auditevent (chain, sequence, at, event, actor, actor_kind, role, relationship, purpose,
        person, object_type, object_id, outcome, source, detail, previous_hash, hash)
    SELECT 'main', sequence + n, now() - n * interval '1 second', 'record.opened', md5('user ' || n %% 500)::uuid,
        'staff', 'pwp', 'allocated', 'direct_care', md5('person ' || n %% %(count)s)::uuid, '', '', 'done',
        'benchmark', '{}', md5(n::text), md5((n + 1)::text)
    FROM governance_auditchain, generate_series(1, %(events)s) n
"""
CHAIN = "UPDATE governance_auditchain SET sequence = sequence + %(events)s"


@dataclass(frozen=True)
class Filled:
    """What a visitor needs: the session of each kind of person, people to open, and links to answer by."""

    sessions: dict[str, str]
    people: list[str]
    links: list[str]
    counts: dict[str, int]


def set_up(database_url: str, folder: Path) -> None:
    """Django on this database, migrated."""
    os.environ |= environment(database_url, folder)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def environment(database_url: str, folder: Path) -> dict[str, str]:
    return {
        "ALLCOMERS_MODE": "development",
        "ALLCOMERS_DATABASE_URL": database_url,
        "ALLCOMERS_DATA_FOLDER": str(folder),
        "ALLCOMERS_CRISIS_TEXT": "If you are in danger now, ring 999.",
        "ALLCOMERS_TRUSTED_PROXIES": "1",
        "DJANGO_SETTINGS_MODULE": "allcomers.service.config.settings",
    }


def fill(people_count: int = PEOPLE) -> Filled:
    """Staff, one person with a referral and a questionnaire, and then as many like them as are wanted."""
    from django.db import connection, transaction

    with transaction.atomic():
        pattern = _pattern()
    with connection.cursor() as cursor:
        with transaction.atomic():
            _repeat(cursor, pattern, people_count)
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT person_id FROM people_allocation WHERE user_id = %s LIMIT 100", [str(pattern["clinician"].pk)]
        )
        own = [str(person) for (person,) in cursor.fetchall()]
        return Filled(new_sessions(), own, new_links(), _counts(cursor))


def _pattern() -> dict[str, Any]:
    from allcomers.service.accounts import actions as accounts
    from allcomers.service.accounts.models import Team, User
    from allcomers.service.governance import audit
    from allcomers.service.governance.permissions import Role
    from allcomers.service.people import actions as people
    from allcomers.service.questionnaires import actions as questionnaires
    from allcomers.service.questionnaires.models import Response
    from allcomers.service.referrals.models import Referral

    by, today = audit.SYSTEM, date.today()  # noqa: DTZ011
    team = Team.objects.create(name="The benchmark's team")
    staff = {}
    for role in (Role.PWP, Role.ADMINISTRATOR, Role.DUTY, Role.AUDITOR):
        user = accounts.add_member(
            by=by, email=f"{role}@example.org", name=f"{role} Example", roles=[role], password=secrets.token_hex(20)
        )
        accounts.join_team(by=by, user=user, team=team, starts_on=today)
        staff[str(role)] = user
    accounts.plan_duty(by=by, user=staff["duty"], starts_at=_now() - timedelta(hours=1), hours=12)
    account = User.objects.create_user("person@example.org", secrets.token_hex(20), name="Person Example")
    person = people.add_person(
        by=by, given_name="Person", family_name="Example", date_of_birth=date(1985, 3, 27), team=team, account=account
    )
    clinician = staff["pwp"]
    allocation = people.allocate(by=by, person=person, user=clinician, starts_on=today)
    response = questionnaires.key_in(by=by, member=clinician, person=person, key="GAD7", mode=Response.Mode.PHONE)
    questionnaires.save_answers(by=by, response=response, answers=dict.fromkeys(range(1, 9), 1))
    questionnaires.finish(
        by=by, response=response, missing_words="", version=Response.objects.get(pk=response.pk).version
    )
    referral = Referral.objects.create(
        person=person, reference="AAAA-AAAA", received_at=_now(), area="inside", answers={}, wording_version="1",
        state="accepted", decided_at=_now(), decided_by=clinician,
    )  # fmt: skip
    return {
        "clinician": clinician, "person": person, "allocation": allocation, "response": response, "referral": referral,
    }  # fmt: skip


def _repeat(cursor: Any, pattern: dict[str, Any], count: int) -> None:
    """Rows like the pattern's, numbered: ids are hashes of the number, so that tables find each other."""
    person, user = "md5('person ' || n)::uuid", f"md5('user ' || (n % {CLINICIANS}))::uuid"
    _like(cursor, "accounts_user", pattern["clinician"].pk, CLINICIANS - 1, id="md5('user ' || n)::uuid",
          email="'user' || n || '@example.org'", name="'User ' || n")  # fmt: skip
    cursor.execute(
        "INSERT INTO accounts_roleheld (user_id, role, starts_on) "
        "SELECT id, 'pwp', current_date FROM accounts_user WHERE email LIKE 'user%'"
    )
    _like(cursor, "people_person", pattern["person"].pk, count, id=person, account_id="NULL",
          given_name="'Given' || n % 997", family_name="'Family' || n % 9973",
          date_of_birth="date '1940-01-01' + n % 25000")  # fmt: skip
    own = f"CASE WHEN n % {CLINICIANS} = 0 THEN '{pattern['clinician'].pk}'::uuid ELSE {user} END"
    _like(cursor, "people_allocation", pattern["allocation"].pk, count, id="md5('allocation ' || n)::uuid",
          person_id=person, user_id=own)  # fmt: skip
    new = f"n <= {WAITING}"
    _like(cursor, "referrals_referral", pattern["referral"].pk, count, id="md5('referral ' || n)::uuid",
          person_id=person, reference="'R' || lpad(n::text, 8, '0')", received_at="now() - n * interval '3 minutes'",
          state=f"CASE WHEN {new} THEN 'received' ELSE 'accepted' END",
          decided_at=f"CASE WHEN {new} THEN NULL ELSE now() - n * interval '3 minutes' + interval '1 hour' END",
        decided_by_id=f"CASE WHEN {new} THEN NULL ELSE {own} END")  # fmt: skip
    _like(cursor, "questionnaires_response", pattern["response"].pk, count, id="md5('response ' || n)::uuid",
          person_id=person, entered_at="now() - n * interval '3 minutes'")  # fmt: skip
    numbers = {"count": count, "each": ANSWERS_EACH, "events": count * ANSWERS_EACH}
    cursor.execute(ANSWERS, numbers)
    cursor.execute(EVENTS, numbers)
    cursor.execute(CHAIN, numbers)


def _like(cursor: Any, table: str, pattern: Any, count: int, **columns: str) -> None:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position", [table]
    )
    names = [name for (name,) in cursor.fetchall()]
    values = ", ".join(columns.get(name, f't."{name}"') for name in names).replace("%", "%%")
    listed = ", ".join(f'"{name}"' for name in names)
    cursor.execute(
        f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} t, generate_series(1, {count}) n WHERE t.id = %s",  # noqa: S608
        [pattern],
    )


def new_sessions() -> dict[str, str]:
    """Somebody of each kind, signed in with a second factor just now."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from allcomers.service.accounts.models import User

    made = {}
    for name, email in EMAILS.items():
        user, session = User.objects.get(email=email), SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.create()
        made[name] = str(session.session_key)
    return made


def new_links() -> list[str]:
    """Links to PHQ-9 of people who have no postcode, so that the date of birth opens them."""
    from allcomers.service.governance import audit
    from allcomers.service.people import actions as people
    from allcomers.service.questionnaires import actions as questionnaires

    tokens = []
    for number in range(LINKS):
        person = people.add_person(
            by=audit.SYSTEM, given_name="Asked", family_name=f"Example{number}", date_of_birth=date(1985, 3, 27)
        )
        tokens.append(questionnaires.ask(by=audit.SYSTEM, person=person, keys=["PHQ9"])[1])
    return tokens


def _counts(cursor: Any) -> dict[str, int]:
    found = {}
    for table in ("people_person", "referrals_referral", "questionnaires_response", "questionnaires_answer",
                  "governance_auditevent"):  # fmt: skip
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        found[table] = int(cursor.fetchone()[0])
    return found


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()
