"""A referral's person is found to be somebody known: what hangs on the one goes to the other, and comes back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.governance.permissions import Role
from allcomers.service.people import links
from allcomers.service.people.models import Person, PersonLink
from allcomers.service.portal import actions as portal
from allcomers.service.problems import actions as problems
from allcomers.service.problems.models import Occasion, Problem
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.questionnaires.models import MeasureRequest, Response, RiskAlert
from allcomers.service.referrals import handling, joining
from allcomers.service.referrals.models import Match, Merge, Referral
from tests.service.questionnaires.conftest import Visit
from tests.service.referrals.journey import DANGER, sent

pytestmark = pytest.mark.django_db


def now(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def page_of(referral: Referral) -> str:
    return reverse("referrals:referral", kwargs={"referral_id": referral.pk})


@pytest.fixture
def referral(cast: Any) -> Referral:
    """Of somebody like the cast's patient, who does not feel safe."""
    sent(Client(), gate=DANGER)
    return Referral.objects.get()


@pytest.fixture
def join(cast: Any) -> Callable[[Referral], Merge]:
    def joined(referral: Referral) -> Merge:
        match = Match.objects.get(referral=referral, person=cast.patient)
        version = now(referral).version
        return handling.merge(
            by=audit.SYSTEM, referral=now(referral), match=match, team=cast.team, words="The same.", version=version
        )

    return joined


def take_back(merge: Merge) -> Referral:
    version = now(merge.referral).version
    return handling.undo_merge(by=audit.SYSTEM, merge=merge, words="A twin.", version=version)


def visit(person: Person) -> Visit:
    return Visit(*questionnaires.ask(by=audit.SYSTEM, person=person, keys=["PHQ9"]))


def keyed_in(person: Person, member: Any) -> Response:
    response = questionnaires.key_in(by=audit.SYSTEM, member=member, person=person, key="GAD7", mode="phone")
    questionnaires.save_answers(by=audit.SYSTEM, response=response, answers={1: 3})
    return response


def troubled(person: Person, member: Any) -> Occasion:
    return problems.say(
        by=audit.SYSTEM, person=person, mode="staff", version=0, ratings={}, member=member, words="The debt", rating="9"
    )


OF_SOMEBODY = (MeasureRequest, Response, RiskAlert, Occasion, Problem, Referral)


def whose() -> dict[str, set[Any]]:
    return {model.__name__: set(model._default_manager.values_list("person", flat=True)) for model in OF_SOMEBODY}


def test_risk_and_all_else_goes_along_and_comes_back(
    referral: Referral, cast: Any, member: Any, join: Any, signed_in: Any
) -> None:
    """Hazards: a risk on a record that nobody can open; two people in one record after the joining was undone."""
    former, duty = referral.person, member(Role.DUTY)
    keyed_in(former, duty)
    visit(former)
    troubled(former, duty)
    merge = join(referral)
    assert whose() == {model.__name__: {cast.patient.pk} for model in OF_SOMEBODY}
    clinician = signed_in(cast.clinician)
    shown = clinician.get(reverse("questionnaires:record", kwargs={"person_id": cast.patient.pk}))
    assert "Generalised Anxiety Disorder scale" in shown.content.decode()
    alert = reverse("questionnaires:alert", kwargs={"alert_id": RiskAlert.objects.get().pk})
    assert clinician.get(alert).status_code == 200
    assert "1 RiskAlert" in AuditEvent.objects.get(event="record.joined", person=cast.patient.pk).detail["rows"]
    take_back(merge)
    assert whose() == {model.__name__: {former.pk} for model in OF_SOMEBODY}


def test_what_the_known_person_had_stays_theirs_when_it_is_undone(
    referral: Referral, cast: Any, member: Any, join: Any
) -> None:
    theirs = keyed_in(cast.patient, cast.clinician)
    merge = join(referral)
    since = keyed_in(cast.patient, cast.clinician)
    take_back(merge)
    assert {now(one).person for one in (theirs, since)} == {cast.patient}


def test_risk_answered_by_a_link_from_before_reaches_whoever_treats_them(
    referral: Referral, cast: Any, member: Any, join: Any, signed_in: Any
) -> None:
    """Hazard: item 9, answered by the link that the duty worker sent, on a record that was struck through."""
    mine = visit(referral.person)
    mine.begin()
    merge = join(referral)
    mine.send(mine.page("item", number=9), item_9="3")
    alert = RiskAlert.objects.exclude(answer=None).get()
    assert (alert.person, alert.owner) == (cast.patient, cast.clinician)
    assert signed_in(cast.clinician).get(reverse("questionnaires:alerts")).content.decode().count("CANARYBIRD") == 2
    take_back(merge)
    assert now(alert).person == referral.person


def test_risk_on_a_page_that_was_open_while_records_were_joined(referral: Referral, cast: Any, join: Any) -> None:
    mine = visit(referral.person)
    mine.begin()
    where = mine.page("item", number=9)
    token = mine.form_token(where)
    join(referral)
    answer = mine.browser.post(where, {"form_token": token, "item_9": "3"})
    assert "999" in answer.content.decode()
    assert RiskAlert.objects.exclude(cause="referral").get().person == cast.patient


def test_a_record_that_was_joined_to_one_that_is_joined_to_another_comes_back(
    referral: Referral, cast: Any, join: Any
) -> None:
    sent(Client())
    later = Referral.objects.exclude(pk=referral.pk).get()
    theirs = keyed_in(later.person, cast.clinician)
    match = Match.objects.get(referral=later, person=referral.person)
    first = handling.merge(
        by=audit.SYSTEM, referral=later, match=match, team=cast.team, words="The same.", version=later.version
    )
    join(referral)
    assert links.who_is_now(now(first.from_person)) == now(theirs).person == now(later).person == cast.patient
    take_back(first)
    assert now(theirs).person == now(later).person == first.from_person
    assert now(referral).person == cast.patient


def test_a_link_to_one_thing_opens_it_still_and_an_invitation_opens_nothing(
    referral: Referral, cast: Any, join: Any
) -> None:
    """Hazard: somebody invited to their own record is let into the one it was joined to by mistake."""
    former = referral.person
    portal.invite(by=audit.SYSTEM, person=former, email="new@example.org", member=None)
    asked, token = questionnaires.ask(by=audit.SYSTEM, person=former, keys=["PHQ9"])
    Person.objects.filter(pk=cast.patient.pk).update(postcode="ZZ99 4AA")
    merge = join(referral)
    assert PersonLink.objects.get(purpose="place").cancelled_at is not None
    again = Visit(asked, token)  # by the facts that they gave themselves
    assert again.begin()
    take_back(merge)
    assert again.browser.get("/questionnaires/answer/").status_code == 200


def test_a_link_of_a_record_that_was_struck_through_opens_nothing(cast: Any) -> None:
    mine = visit(cast.patient)
    struck_through(cast.patient)
    assert mine.browser.get("/questionnaires/answer/")["Location"] == reverse("people:link_gone")
    assert links.link_with_token(mine.token) is None


def test_a_place_of_a_record_that_was_struck_through_is_closed_and_shows_help(cast: Any, signed_in: Any) -> None:
    struck_through(cast.patient)
    answer = signed_in(cast.patient_user).get(reverse("portal:home"))
    assert answer.status_code == 410
    assert "999" in answer.content.decode()


def struck_through(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(withdrawn_at=timezone.now(), withdrawn_because="Joined")


def test_somebody_with_a_place_is_not_joined_and_it_is_said_why(
    referral: Referral, cast: Any, member: Any, signed_in: Any, send: Any
) -> None:
    Person.objects.filter(pk=referral.person_id).update(account=member(Role.PWP))
    administrator = signed_in(member(Role.ADMINISTRATOR, team=cast.team))
    chosen = f"same as {Match.objects.get(person=cast.patient).pk}"
    answer = send(
        administrator, page_of(referral), decision=chosen, team=str(cast.team.pk), decision_words="The same name."
    )
    assert answer.status_code == 422
    assert "a place of their own" in answer.content.decode()
    assert now(referral).state == "received"
    assert not now(referral.person).withdrawn


def test_what_a_record_has_only_once_is_not_there_twice(referral: Referral, cast: Any, join: Any) -> None:
    for person in (referral.person, cast.patient):
        troubled(person, cast.clinician)
    with pytest.raises(joining.CannotJoinError, match="only one"):
        join(referral)
    assert now(referral).state == "received"


def test_a_record_that_was_itself_joined_is_joined_to_no_more(
    referral: Referral, cast: Any, member: Any, signed_in: Any, send: Any
) -> None:
    administrator = signed_in(member(Role.ADMINISTRATOR, team=cast.team))
    chosen = f"same as {Match.objects.get(person=cast.patient).pk}"
    page = administrator.get(page_of(referral)).content.decode()
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token
    with pytest.MonkeyPatch.context() as patch:  # between the choice and the decision
        patch.setattr(
            "allcomers.service.referrals.selectors.matches_of",
            lambda one: (struck_through(cast.patient), list(one.matches.all()))[1],
        )
        answer = administrator.post(
            page_of(referral),
            {"form_token": token[1], "decision": chosen, "team": str(cast.team.pk), "decision_words": "The same."},
        )
    assert answer.status_code == 409
    assert "Nothing was saved just now" in answer.content.decode()


def test_two_who_take_it_back_at_once_the_second_is_told(
    referral: Referral, cast: Any, member: Any, join: Any, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    merge = join(referral)
    browser = signed_in(member(Role.ADMINISTRATOR, team=cast.team))
    page = browser.get(page_of(referral)).content.decode()
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token

    def first_the_other(one: Referral) -> Merge:
        take_back(merge)
        return merge

    monkeypatch.setattr("allcomers.service.referrals.selectors.undoable_merge", first_the_other)
    answer = browser.post(page_of(referral), {"form_token": token[1], "because": "Not the same."})
    assert answer.status_code == 409
    assert "Somebody else has taken the joining back" in answer.content.decode()


def test_whatever_names_a_person_moves_or_says_why_it_stays() -> None:
    columns = set(joining.columns())
    assert set(joining.STAYS) < columns
    assert set(joining.HANGS_ON) <= columns - set(joining.STAYS)


def test_another_referral_of_the_same_person_opens_nothing(cast: Any, member: Any, join: Any, signed_in: Any) -> None:
    """Somebody who deals with the new referral has no more to do with one that was decided long ago."""
    sent(Client())
    old = Referral.objects.get()
    join(old)
    Referral.objects.update(decided_at=timezone.now() - timezone.timedelta(days=100))
    sent(Client())
    new = Referral.objects.exclude(pk=old.pk).get()
    join(new)
    administrator = signed_in(member(Role.ADMINISTRATOR))
    assert administrator.get(page_of(new)).status_code == 200
    assert administrator.get(page_of(old)).status_code == 403
    assert signed_in(member(Role.ADMINISTRATOR, team=cast.team)).get(page_of(old)).status_code == 200
    assert AuditEvent.objects.filter(event="access.refused").count() == 1
