"""Every URL × role × relationship, really requested: without a grant nothing opens, and what opens leaves a trace.

What is expected is worked out here anew from the declarations, without the evaluator; what happens is the answer.
"""

import importlib.util
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allcomers.service.accounts import actions as accounts
from allcomers.service.accounts.models import RoleHeld, User
from allcomers.service.governance import actions as governance
from allcomers.service.governance import audit, table
from allcomers.service.governance.models import AuditEvent, BreakGlassReason
from allcomers.service.governance.permissions import NO_PERSON, UNRELATED, Audience, Entry, Role
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person

pytestmark = pytest.mark.django_db

HERE = Path(__file__).parents[1]
SECRETS = ("Canarybird", "9990000018", "999 000 0018", "27 March 1985")
NAMES = table.url_names()
ENTRIES = table.entries()
STAFF_PAGES = [name for name in NAMES if name in ENTRIES and ENTRIES[name].audience == Audience.STAFF]
NOT_REQUESTED = {"governance:keep_draft", "governance:drop_draft"}  # POST only: in test_drafts


@cache
def given_by_apps(name: str) -> dict[str, Any]:
    """What the `examples.py` of each app gives: EXAMPLES, parameters of URLs; RELATE, makers of relationships.

    BY_ROLE is the relationship that holding a role alone gives, once the examples are there.
    """
    found: dict[str, Any] = {}
    for path in sorted(HERE.glob("*/examples.py")):
        spec = importlib.util.spec_from_file_location(f"examples_{path.parent.name}", path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found |= getattr(module, name, {})
    return found


def address(name: str, cast: Any) -> str:
    given = given_by_apps("EXAMPLES").get(name)
    if given is not None:
        return reverse(name, kwargs=given(cast))
    entry = ENTRIES[name]
    return reverse(name, kwargs={"person_id": cast.patient.pk} if entry.person else None)


def relate(user: User, person: Person, relationship: str, other: User) -> None:
    """Give the user exactly this relationship to the person, by the facts that make it."""
    today, now = timezone.localdate(), timezone.now()
    makers: dict[str, Callable[[], object]] = {
        "unrelated": lambda: None,
        "allocated": lambda: people.allocate(by=audit.SYSTEM, person=person, user=user, starts_on=today),
        "supervises": lambda: accounts.begin_supervision(
            by=audit.SYSTEM, supervisor=user, supervisee=other, starts_on=today
        ),
        "on_duty": lambda: accounts.plan_duty(
            by=audit.SYSTEM, user=user, hours=1, starts_at=now - timedelta(minutes=1)
        ),
        "team": lambda: accounts.join_team(by=audit.SYSTEM, user=user, team=person.team, starts_on=today),
        "break_glass": lambda: governance.break_glass(
            by=audit.SYSTEM, user=user, person=person, reason=BreakGlassReason.DANGER, words="test"
        ),
    }
    if relationship in makers:
        makers[relationship]()
    else:
        given_by_apps("RELATE")[relationship](user, person)


def expected(entry: Entry, role: Role, relationship: str) -> bool:
    by_role = given_by_apps("BY_ROLE").get(role, UNRELATED)
    held = {relationship, by_role, UNRELATED} if entry.person else {NO_PERSON}
    return any(role in one.roles and held & one.relationships for one in entry.grants)


RELATIONSHIPS = ["unrelated", "allocated", "supervises", "on_duty", "team", "break_glass", *given_by_apps("RELATE")]


def test_every_url_has_an_entry_and_every_entry_a_url() -> None:
    assert [name for name in NAMES if name not in ENTRIES] == []
    only_in_a_demonstration = {"look:demo"}
    assert set(ENTRIES) - set(NAMES) == only_in_a_demonstration


def test_every_relationship_is_in_the_matrix() -> None:
    assert set(table.relationships()) <= set(RELATIONSHIPS)


@pytest.fixture
def anyone(member: Any) -> User:
    """A member of staff whose role the matrix changes."""
    user: User = member(Role.PWP, name="Any One")
    return user


@pytest.mark.parametrize("relationship", RELATIONSHIPS)
def test_a_page_of_the_staff_opens_for_a_grant_and_for_nothing_else(
    relationship: str, cast: Any, anyone: User, signed_in: Any
) -> None:
    """A page about nobody in particular is asked for once a role: whom one is related to plays no part in it."""
    relate(anyone, cast.patient, relationship, cast.clinician)
    client = signed_in(anyone)
    pages = {name: address(name, cast) for name in STAFF_PAGES if ENTRIES[name].person or relationship == UNRELATED}
    wrong = []
    for role in Role:
        RoleHeld.objects.filter(user=anyone).update(role=role)
        wrong += [(role, one) for one in pages.items() if not _as_expected(client, *one, role, relationship, cast)]
    assert wrong == []


def _as_expected(client: Client, name: str, where: str, role: Role, relationship: str, cast: Any) -> bool:
    before = AuditEvent.objects.count()
    answer = client.get(where)
    events = list(AuditEvent.objects.order_by("sequence")[before:])
    entry = ENTRIES[name]
    if not expected(entry, role, relationship):
        said = answer.content.decode()
        refused = [event for event in events if event.event == "access.refused" and event.outcome == "refused"]
        return answer.status_code == 403 and len(refused) == 1 and not any(secret in said for secret in SECRETS)
    read = [event for event in events if event.event == entry.reads and event.person == cast.patient.pk]
    traced = (
        len(read) == 1 and (read[0].role, read[0].actor) == (role.value, _user_of(client)) if entry.person else True
    )
    return answer.status_code == 200 and traced


def _user_of(client: Client) -> Any:
    return User.objects.get(pk=client.session["_auth_user_id"]).pk


@pytest.mark.parametrize("visitor", ["stranger", "passer-by"])
def test_the_stranger_and_the_passer_by_see_nothing(visitor: str, cast: Any, signed_in: Any) -> None:
    """Another patient, and somebody who is not signed in: no page of the staff, and nobody's data on any page."""
    wrong = []
    for name in NAMES:
        if name in NOT_REQUESTED:
            continue
        browser = signed_in(cast.stranger_user) if visitor == "stranger" else Client()
        answer = browser.get(address(name, cast))
        said = answer.content.decode()
        refused = answer.status_code == (403 if visitor == "stranger" else 302)
        if any(secret in said for secret in SECRETS) or (ENTRIES[name].audience == Audience.STAFF and not refused):
            wrong.append((name, answer.status_code))
        if ENTRIES[name].audience in {Audience.STAFF, Audience.PERSON} and visitor == "passer-by":
            assert answer["Location"].startswith(reverse("account_login")), name
    assert wrong == []


def test_a_password_alone_opens_no_page_of_the_staff(cast: Any, signed_in: Any, member: Any) -> None:
    everything = member(*Role, name="Every Role", team=cast.team)
    browser = signed_in(everything, second_factor=False)
    for name in STAFF_PAGES:
        answer = browser.get(address(name, cast))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("accounts:second_factor")), name


def test_a_person_that_is_not_there_is_not_found(cast: Any, signed_in: Any) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    assert signed_in(cast.clinician).get(reverse("people:person", kwargs={"person_id": nobody})).status_code == 404


def test_a_url_without_an_entry_never_runs_and_fails_the_check(
    cast: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from allcomers.service.config import checks

    without = {name: entry for name, entry in ENTRIES.items() if name != "people:person"}
    monkeypatch.setattr(table, "entries", lambda: without)
    monkeypatch.setattr("allcomers.service.look.navigation.table.menu", lambda _name: ())
    answer = signed_in(cast.clinician).get(reverse("people:person", kwargs={"person_id": cast.patient.pk}))
    assert answer.status_code == 403
    assert "Canarybird" not in answer.content.decode()
    assert [one.id for one in checks.every_url_has_an_entry(None)] == ["access.E001"]


def test_a_list_that_does_not_say_whom_it_showed_is_not_sent(
    cast: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from allcomers.service.governance.decisions import Access

    monkeypatch.setattr(Access, "shown", lambda _access, _people: None)
    browser = signed_in(cast.clinician)
    browser.raise_request_exception = False
    answer = browser.get(reverse("people:search"))
    assert answer.status_code == 500
    assert "Canarybird" not in answer.content.decode()


def test_a_list_leaves_one_event_for_each_person_shown(cast: Any, signed_in: Any) -> None:
    people.allocate(by=audit.SYSTEM, person=cast.stranger, user=cast.clinician, starts_on=timezone.localdate())
    signed_in(cast.clinician).get(reverse("people:search"))
    listed = AuditEvent.objects.filter(event="person.listed", actor=cast.clinician.pk).values_list("person", flat=True)
    assert sorted(map(str, listed)) == sorted(map(str, (cast.patient.pk, cast.stranger.pk)))


def test_a_search_is_written_down_even_where_it_finds_nobody(cast: Any, signed_in: Any) -> None:
    browser = signed_in(cast.colleague)
    browser.post(reverse("people:search"), {"words": "Canarybird"})
    search = AuditEvent.objects.get(event="search.made", actor=cast.colleague.pk)
    assert search.detail == {"shown": 0}
    found = browser.post(reverse("people:search"), {"words": "999 000 0018"}).content.decode()
    assert "There is a record with this number" in found
    assert SECRETS[0] not in found
    assert AuditEvent.objects.filter(event="person.looked_for", person=cast.patient.pk).count() == 1


def test_a_commissioner_and_a_data_lead_are_on_no_page_about_a_person() -> None:
    """Aggregates only; and the service administrator, who runs the system, sees no clinical content (X1)."""
    outside = {Role.COMMISSIONER, Role.DATA_LEAD, Role.SERVICE_ADMINISTRATOR}
    about_people = [
        name
        for name, entry in ENTRIES.items()
        for one in (*entry.grants, *entry.lists)
        if (entry.person or entry.lists) and one.roles & outside
    ]
    assert about_people == []


def test_team_membership_of_a_clinician_opens_nothing(cast: Any, signed_in: Any) -> None:
    """The colleague works in the same team, and has no relationship to the patient."""
    browser = signed_in(cast.colleague)
    assert browser.get(reverse("people:person", kwargs={"person_id": cast.patient.pk})).status_code == 403
    assert "Canarybird" not in browser.get(reverse("people:search")).content.decode()
