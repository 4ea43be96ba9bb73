"""New referrals: who sees them, in which order, what is decided, and how it is taken back (M1)."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.governance.permissions import Role
from allcomers.service.people.models import Person
from allcomers.service.referrals import handling
from allcomers.service.referrals.models import Match, Merge, Referral
from tests.service.referrals.examples import decided_referral
from tests.service.referrals.journey import DANGER, sent

pytestmark = pytest.mark.django_db
INBOX = "/referrals/inbox/"


def page_of(referral: Referral) -> str:
    return reverse("referrals:referral", kwargs={"referral_id": referral.pk})


@pytest.fixture
def administrator(cast: Any, member: Any, signed_in: Any) -> Client:
    browser: Client = signed_in(member(Role.ADMINISTRATOR, name="Adam Admin", team=cast.team))
    return browser


@pytest.fixture
def referral(cast: Any, client: Client) -> Referral:
    """Of somebody with the name, date of birth and postcode of the cast's patient."""
    sent(client)
    return Referral.objects.get()


def decision(cast: Any, **given: Any) -> dict[str, Any]:
    return {"team": str(cast.team.pk), "decision_words": "Because of what you wrote.", **given}


def now(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def test_todays_first_and_then_the_oldest_with_clock_and_hints(cast: Any, administrator: Client) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=50), tick=True) as clock:
        for given, gate in (("Oldest", {"in_danger": "no"}), ("Newer", {"in_danger": "no"}), ("Danger", DANGER)):
            sent(Client(), gate=gate, name={"given_name": given})
            clock.shift(timedelta(hours=20))
    page = administrator.get(INBOX).content.decode()
    assert re.findall(r"CANARYBIRD, (\w+)", page) == ["Danger", "Oldest", "Newer"]
    assert re.findall(r"<td>(\d+ (?:hours|days)|less than an hour)</td>", page) == ["10 hours", "2 days", "30 hours"]
    assert page.count(">Today<") == 1
    assert " 3 have not been looked at; the longest has waited 50.0 hours" in page
    read = AuditEvent.objects.filter(event="referral.listed")
    assert set(read.values_list("person", flat=True)) == set(Referral.objects.values_list("person", flat=True))


def test_the_first_look_is_written_once(referral: Referral, administrator: Client, cast: Any, signed_in: Any) -> None:
    assert administrator.get(page_of(referral)).status_code == 200
    looked = now(referral)
    assert looked.first_looked_by.name == "Adam Admin"
    signed_in(cast.clinician).get(page_of(referral))
    assert now(referral).first_looked_at == looked.first_looked_at


def test_what_they_wrote_is_shown_in_their_own_words_and_scripts_are_only_text(administrator: Client) -> None:
    sent(Client(), words={"brings": "<script>alert(1)</script> שלום 🙂"})
    page = administrator.get(page_of(Referral.objects.get())).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; שלום 🙂" in page
    assert "<script>alert" not in page
    assert 'dir="auto"' in page


def test_who_may_be_the_same_is_shown_with_reasons_and_never_joined(
    referral: Referral, administrator: Client, cast: Any
) -> None:
    match = Match.objects.get()
    assert (match.person, match.score) == (cast.patient, 60)
    assert match.reasons == ["same name and date of birth", "same postcode"]
    assert referral.person != cast.patient
    assert "same name and date of birth, same postcode" in administrator.get(page_of(referral)).content.decode()
    shown = AuditEvent.objects.filter(event="referral.shown_as_possible_match", person=cast.patient.pk)
    assert shown.count() == 1


def test_accepting_puts_the_person_into_a_team(referral: Referral, administrator: Client, cast: Any, send: Any) -> None:
    answer = send(administrator, page_of(referral), **decision(cast, decision="accept"))
    assert (answer.status_code, answer["Location"]) == (302, INBOX)
    accepted = now(referral)
    assert (accepted.state, accepted.decision_words) == ("accepted", "Because of what you wrote.")
    assert now(referral.person).team == cast.team
    assert "Nobody is waiting" in administrator.get(INBOX).content.decode()


@pytest.mark.parametrize(("chosen", "state"), [("signpost", "signposted"), ("reject", "rejected")])
def test_signposting_and_rejecting_need_words(
    chosen: str, state: str, referral: Referral, administrator: Client, cast: Any, send: Any
) -> None:
    empty = send(administrator, page_of(referral), decision=chosen, decision_words="  ")
    assert empty.status_code == 422
    assert "Say why, in words the person may read" in empty.content.decode()
    assert now(referral).state == "received"
    send(administrator, page_of(referral), decision=chosen, decision_words="The other service can help sooner.")
    assert now(referral).state == state
    assert AuditEvent.objects.filter(event=f"referral.{state}", person=referral.person_id).count() == 1


@pytest.mark.parametrize(
    "given",
    [{}, {"decision": "accept", "team": ""}, {"decision": "same as 99999"}, {"decision": "accept", "team": "x"}],
)
def test_a_decision_that_is_none_lands_nowhere(
    given: dict[str, str], referral: Referral, administrator: Client, cast: Any, send: Any
) -> None:
    answer = send(administrator, page_of(referral), **decision(cast, **given))
    assert answer.status_code == 422
    assert "Because of what you wrote." in answer.content.decode()
    assert now(referral).state == "received"


def test_two_decide_at_once_and_the_second_is_told(
    referral: Referral, administrator: Client, cast: Any, send: Any
) -> None:
    def somebody_else() -> None:
        current = now(referral)
        handling.reject(by=audit.SYSTEM, referral=current, words="Mine.", version=current.version)

    answer = send(administrator, page_of(referral), first=somebody_else, **decision(cast, decision="accept"))
    said = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else saved this" in said
    assert "Mine." in said
    assert "Because of what you wrote." in said
    assert (now(referral).state, now(referral).decision_words) == ("rejected", "Mine.")


def test_a_change_meanwhile_is_shown_beside_what_was_typed(
    referral: Referral, administrator: Client, cast: Any, send: Any
) -> None:
    def somebody_else() -> None:
        current = now(referral)
        current.same_day = True
        current.save_version(current.version)

    answer = send(administrator, page_of(referral), first=somebody_else, **decision(cast, decision="accept"))
    assert answer.status_code == 409
    assert "Nothing was saved just now." in answer.content.decode()
    assert "Because of what you wrote." in answer.content.decode()
    assert now(referral).state == "received"


@pytest.fixture
def merged(referral: Referral, administrator: Client, cast: Any, send: Any) -> Referral:
    chosen = f"same as {Match.objects.get().pk}"
    send(administrator, page_of(referral), **decision(cast, decision=chosen))
    found: Referral = now(referral)
    return found


def test_merging_moves_the_referral_and_strikes_the_other_person_through(
    referral: Referral, merged: Referral, cast: Any
) -> None:
    assert (merged.state, merged.person) == ("merged", cast.patient)
    former = now(referral.person)
    assert former.withdrawn
    assert former.withdrawn_because
    events = AuditEvent.objects.filter(event="referral.merged").values_list("person", flat=True)
    assert set(events) == {former.pk, cast.patient.pk}


@pytest.mark.parametrize(("days", "undone"), [(29, True), (30, False), (31, False)])
def test_a_merge_can_be_taken_back_for_thirty_days(
    days: int, undone: bool, referral: Referral, merged: Referral, cast: Any, member: Any, signed_in: Any, send: Any
) -> None:
    who = merged.decided_by
    with time_machine.travel(Merge.objects.get().merged_at + timedelta(days=days), tick=False):
        browser = signed_in(who)
        if not undone:
            assert "Take the joining back" not in browser.get(page_of(merged)).content.decode()
            with pytest.raises(handling.UndoTooLateError):
                handling.undo_merge(by=audit.SYSTEM, merge=Merge.objects.get(), words="x", version=merged.version)
            return
        assert send(browser, page_of(merged), because="A twin.").status_code == 302
    again = now(referral)
    assert (again.state, again.person, again.decided_at) == ("received", referral.person, None)
    assert not now(referral.person).withdrawn
    assert Person.objects.filter(pk=cast.patient.pk, withdrawn_at=None).exists()
    assert Merge.objects.get().withdrawn_because == "A twin."


def test_a_merge_is_taken_back_once(merged: Referral) -> None:
    merge = Merge.objects.get()
    handling.undo_merge(by=audit.SYSTEM, merge=merge, words="A twin.", version=merged.version)
    with pytest.raises(handling.UndoTooLateError):
        handling.undo_merge(by=audit.SYSTEM, merge=merge, words="A twin.", version=merged.version + 1)


def test_a_decided_referral_is_for_those_who_care_for_the_person_alone(
    cast: Any, signed_in: Any, administrator: Client
) -> None:
    decided = decided_referral(cast.patient)
    assert signed_in(cast.clinician).get(page_of(decided)).status_code == 200
    assert signed_in(cast.colleague).get(page_of(decided)).status_code == 403
    assert signed_in(cast.clinician).post(page_of(decided), {"decision": "reject"}).status_code == 404


def test_the_employment_adviser_and_the_auditor_see_no_referrals(
    referral: Referral, member: Any, signed_in: Any
) -> None:
    for role in (Role.EMPLOYMENT_ADVISER, Role.AUDITOR, Role.DATA_LEAD, Role.COMMISSIONER):
        browser = signed_in(member(role))
        assert browser.get(INBOX).status_code == 403
        assert browser.get(page_of(referral)).status_code == 403


def test_queries_of_the_inbox_do_not_grow_with_it(administrator: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        sent(Client(), name={"given_name": f"Number{number}"})
    with django_assert_max_num_queries(13):
        administrator.get(INBOX)


def test_the_start_page_says_how_much_waits_where_the_viewer_may_see_it(
    cast: Any, administrator: Client, member: Any, signed_in: Any
) -> None:
    assert "nothing waits" in administrator.get("/").content.decode()
    for _ in range(2):
        sent(Client())
    start = administrator.get("/").content.decode()
    assert re.findall(r">New referrals</a> <strong[^>]*>(\d+) waiting", start) == ["2"]
    assert "New referrals" not in signed_in(member(Role.AUDITOR)).get("/").content.decode()


def test_somebody_with_an_account_starts_in_their_own_place(cast: Any, signed_in: Any) -> None:
    answer = signed_in(cast.patient_user).get("/")
    assert answer["Location"] == reverse("portal:home")
