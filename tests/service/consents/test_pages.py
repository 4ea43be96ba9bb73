"""Giving, renewing and taking back, by the person and by staff: nothing is a yes beforehand, nothing lands wrongly."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allcomers.service.consents import selectors
from allcomers.service.consents.models import Consent, Disclosure
from allcomers.service.consents.purposes import PURPOSES
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.governance.permissions import Role
from allcomers.service.people import actions as people
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.questionnaires import asking
from allcomers.service.referrals import handling
from allcomers.service.referrals.models import Contact, Match, Referral
from allcomers.service.referrals.wording import CONSENTS
from tests.service.consents.examples import agreed, decided
from tests.service.referrals.journey import sent

pytestmark = pytest.mark.django_db

MINE = "/consents/mine/"
NASTY = ("<script>alert(1)</script>", "\u202eright to left", "🙂" * 100, "Robert'); DROP TABLE", "{{ 7*7 }}")


def only() -> Consent:
    return Consent.objects.get()


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
def test_nothing_is_ticked_beforehand_and_saying_nothing_is_no_yes(
    purpose: str, cast: Any, signed_in: Any, send: Any
) -> None:
    browser = signed_in(cast.patient_user)
    page = browser.get(f"{MINE}{purpose}/").content.decode()
    assert "checked" not in page
    answer = send(browser, f"{MINE}{purpose}/")
    assert answer.status_code == 422
    assert "Choose yes or no" in answer.content.decode()
    assert not Consent.objects.exists()


def test_a_person_gives_renews_and_takes_back(cast: Any, signed_in: Any, send: Any) -> None:
    browser = signed_in(cast.patient_user)
    assert send(browser, f"{MINE}tell_gp/", said="yes")["Location"] == MINE
    first = only()
    assert (first.asked, first.recorded_by, first.items) == ("portal", None, ["name", "in_contact", "progress"])
    assert (first.words, first.wording_version) == (PURPOSES["tell_gp"].question, "2026-11")
    assert "Renew or change" in browser.get(MINE).content.decode()
    send(browser, f"{MINE}tell_gp/", said="yes")
    (line, *_), *_ = selectors.lines_of(cast.patient).values()
    assert (len(line.current), len(line.earlier)) == (1, 1)
    where = reverse("consents:take_back_mine", kwargs={"consent_id": line.current[0].pk})
    assert send(browser, where)["Location"] == MINE
    assert send(browser, where).status_code == 409  # taken back twice: said, and nothing changed
    said = browser.get(MINE).content.decode()
    assert "Taken back" in said
    assert line.current[0].history.count() == 2


def test_words_for_an_employer_need_a_name_and_the_words(cast: Any, signed_in: Any, send: Any) -> None:
    browser = signed_in(cast.patient_user)
    answer = send(browser, f"{MINE}employer/", said="yes").content.decode()
    assert "Enter who it is for" in answer
    assert "Enter the words" in answer
    assert not Consent.objects.exists()
    send(browser, f"{MINE}employer/", said="yes", recipient="Acme Limited", statement="I need a quiet desk.")
    assert (only().recipient, only().statement, only().items) == (
        "Acme Limited",
        "I need a quiet desk.",
        ["name", "statement"],
    )


def test_a_no_keeps_no_words_and_names_no_items(cast: Any, signed_in: Any, send: Any) -> None:
    send(signed_in(cast.patient_user), f"{MINE}employer/", said="no", recipient="Acme", statement="I am ill")
    assert (only().answer, only().statement, only().items, only().expires_on) == ("no", "", [], None)


def test_staff_write_down_what_was_said_and_how(cast: Any, signed_in: Any, send: Any) -> None:
    browser = signed_in(cast.clinician)
    where = reverse("consents:ask", kwargs={"person_id": cast.patient.pk, "purpose": "employer"})
    given = {"said": "yes", "recipient": "Acme", "statement": "I need a quiet desk.", "asked": "phone"}
    answer = send(browser, where, **given)
    assert answer.status_code == 422
    assert "Show or read them the words first" in answer.content.decode()
    assert "I need a quiet desk." in answer.content.decode()  # typed text is kept
    assert send(browser, where, **given, shown="on").status_code == 302
    assert (only().recorded_by, only().asked) == (cast.clinician, "phone")
    back = reverse("consents:take_back", kwargs={"person_id": cast.patient.pk, "consent_id": only().pk})
    assert send(browser, back).status_code == 422
    assert send(browser, back, asked="in_person").status_code == 302
    assert only().ended_asked == "in_person"


@pytest.fixture
def give(send: Any) -> Any:
    """Looks at what would be given, and gives it."""

    def look_and_give(browser: Client, where: str, **more: Any) -> Any:
        seen = re.search(r'name="seen" value="([^"]+)"', browser.get(where).content.decode())
        assert seen
        return send(browser, where, seen=seen[1], **more)

    return look_and_give


def test_staff_look_at_exactly_what_is_given_and_a_change_of_mind_meanwhile_stops_it(
    cast: Any, signed_in: Any, send: Any, give: Any
) -> None:
    browser, consent = signed_in(cast.clinician), agreed(cast.patient)
    where = reverse("consents:give", kwargs={"person_id": cast.patient.pk, "consent_id": consent.pk})
    assert "Patience Canarybird, born 27 March 1985" in browser.get(where).content.decode()

    def change_of_mind() -> None:
        mine = signed_in(cast.patient_user)
        send(mine, reverse("consents:take_back_mine", kwargs={"consent_id": consent.pk}))

    answer = give(browser, where, first=change_of_mind)
    assert (answer.status_code, Disclosure.objects.count()) == (409, 0)
    assert "This cannot be given" in answer.content.decode()
    again = agreed(cast.patient)
    made = give(browser, reverse("consents:give", kwargs={"person_id": cast.patient.pk, "consent_id": again.pk}))
    assert made.status_code == 302
    assert "Written down" in browser.get(made["Location"]).content.decode()


def test_what_has_changed_since_it_was_looked_at_is_not_given(cast: Any, signed_in: Any, give: Any) -> None:
    """Somebody finishes a questionnaire meanwhile: what goes out is what was read, or nothing is."""
    consent = agreed(cast.patient, "other_care", recipient="Ward 3", kind_of_recipient="health", items=["answers"])
    browser = signed_in(cast.clinician)
    where = reverse("consents:give", kwargs={"person_id": cast.patient.pk, "consent_id": consent.pk})
    answer = give(browser, where, first=lambda: answered(cast))
    assert (answer.status_code, Disclosure.objects.count()) == (409, 0)
    page = answer.content.decode()
    assert "This has changed since you looked" in page
    assert "Nothing is recorded." not in page
    assert give(browser, where).status_code == 302
    assert "Nothing is recorded." not in Disclosure.objects.get().content
    assert (
        browser.post(where, {"form_token": page.split('name="form_token" value="')[1].split('"')[0]}).status_code == 409
    )


def answered(cast: Any) -> None:
    response = questionnaires.key_in(
        by=audit.SYSTEM, member=cast.clinician, person=cast.patient, key="GAD7", mode="phone"
    )
    answers = {one.number: 1 for one in asking.items(response.instrument)}
    questionnaires.save_answers(by=audit.SYSTEM, response=response, answers=answers)
    response.refresh_from_db()
    questionnaires.finish(by=audit.SYSTEM, response=response, missing_words="", version=response.version)


def test_a_no_that_names_nobody_is_said_of_everybody(cast: Any, signed_in: Any, send: Any) -> None:
    for name in ("Ward 3", "Ward 4"):
        agreed(cast.patient, "other_care", recipient=name, kind_of_recipient="health", items=["answers"])
    agreed(cast.patient)
    browser = signed_in(cast.patient_user)
    send(browser, f"{MINE}other_care/", said="no", recipient="ward  3")
    assert live(cast) == {"Ward 4", "the GP practice"}
    agreed(cast.patient, "other_care", recipient="Ward 3", kind_of_recipient="health", items=["answers"])
    send(browser, f"{MINE}other_care/", said="no")
    assert live(cast) == {"the GP practice"}
    assert AuditEvent.objects.filter(event="consent.taken_back", person=cast.patient.pk).count() == 3
    agreed(cast.patient, "other_care", recipient="Ward 3", kind_of_recipient="health", items=["answers"])
    assert live(cast) == {"the GP practice", "Ward 3"}


def live(cast: Any) -> set[str]:
    return {one.recipient for one in selectors.latest(selectors.consents_of(cast.patient)).values() if one.live}


def test_an_administrator_reads_no_clinical_words_of_a_decision(cast: Any, signed_in: Any, member: Any) -> None:
    decided(cast.patient, cast.manager, kind="safety", recipient="The police", words="Said that he will hurt them")
    where = reverse("consents:of_person", kwargs={"person_id": cast.patient.pk})
    page = signed_in(member(Role.ADMINISTRATOR, team=cast.team)).get(where).content.decode()
    assert "1 decision of somebody senior" in page
    assert not [word for word in ("hurt", "The police", "at risk") if word in page]
    assert "Said that he will hurt them" in signed_in(cast.clinician).get(where).content.decode()


def test_a_decision_without_agreement_needs_somebody_senior_and_words(
    cast: Any, signed_in: Any, send: Any, give: Any
) -> None:
    where = reverse("consents:without_agreement", kwargs={"person_id": cast.patient.pk})
    assert signed_in(cast.clinician).get(where).status_code == 403
    people.allocate(by=audit.SYSTEM, person=cast.patient, user=cast.manager, starts_on=cast.patient.entered_at.date())
    browser = signed_in(cast.manager)
    today = timezone.localdate()
    day = {"expires_on_day": today.day, "expires_on_month": today.month, "expires_on_year": today.year}
    given = {"kind": "safety", "kind_of_recipient": "police", "recipient": "The police", "items": ["name"], **day}
    assert "Write down the order" in send(browser, where, **given).content.decode()
    answer = send(browser, where, **given, words="Said that somebody is in danger")
    made = give(browser, answer["Location"])
    assert "Patience Canarybird" in browser.get(made["Location"]).content.decode()
    assert "Said that somebody is in danger" in signed_in(cast.patient_user).get(MINE).content.decode()


def test_an_employment_adviser_opens_nothing_but_what_they_were_given(cast: Any, signed_in: Any, member: Any) -> None:
    """The adviser is told nothing of what else there is: not whether anything was agreed to or given."""
    adviser = member(Role.EMPLOYMENT_ADVISER, name="Ada Adviser")
    today = cast.patient.entered_at.date()
    people.allocate(by=audit.SYSTEM, person=cast.patient, user=adviser, starts_on=today, kind="employment")
    agreed(cast.patient, "employment_help")
    browser, consent = signed_in(adviser), agreed(cast.patient)
    for name, more in (("of_person", {}), ("ask", {"purpose": "tell_gp"}), ("give", {"consent_id": consent.pk})):
        where = reverse(f"consents:{name}", kwargs={"person_id": cast.patient.pk, **more})
        assert browser.get(where).status_code == 403
    said = browser.get(reverse("consents:for_adviser", kwargs={"person_id": cast.patient.pk})).content.decode()
    page = said[said.index("<main") :]  # before it stand codes made at random, which may have any two letters
    assert "Nothing." in page
    assert "GP" not in page


def test_a_form_opened_for_one_person_never_lands_on_another(cast: Any, signed_in: Any, send: Any) -> None:
    people.allocate(
        by=audit.SYSTEM, person=cast.stranger, user=cast.clinician, starts_on=cast.patient.entered_at.date()
    )
    browser = signed_in(cast.clinician)
    where = reverse("consents:ask", kwargs={"person_id": cast.patient.pk, "purpose": "tell_gp"})
    token = browser.get(where).content.decode().split('name="form_token" value="')[1].split('"')[0]
    sent_to = reverse("consents:ask", kwargs={"person_id": cast.stranger.pk, "purpose": "tell_gp"})
    other_question = reverse("consents:ask", kwargs={"person_id": cast.patient.pk, "purpose": "family"})
    for address in (sent_to, other_question):
        answer = browser.post(address, {"form_token": token, "said": "yes", "asked": "phone", "recipient": "Sis"})
        assert answer.status_code == 409
    mine = signed_in(cast.stranger_user)
    assert mine.post(f"{MINE}tell_gp/", {"form_token": token, "said": "yes"}).status_code == 409
    assert not Consent.objects.exists()


def test_somebody_elses_rows_are_not_found(cast: Any, signed_in: Any) -> None:
    consent, browser = agreed(cast.patient), signed_in(cast.stranger_user)
    where = reverse("consents:take_back_mine", kwargs={"consent_id": consent.pk})
    assert browser.get(where).status_code == 404
    assert browser.post(where, {}).status_code == 404
    assert browser.get(f"{MINE}no-such-purpose/").status_code == 404
    staff = signed_in(cast.clinician)
    people.allocate(
        by=audit.SYSTEM, person=cast.stranger, user=cast.clinician, starts_on=cast.patient.entered_at.date()
    )
    basis = decided(cast.patient, cast.manager)
    for name, more in (("give", {"consent_id": consent.pk}), ("give_required", {"basis_id": basis.pk})):
        where = reverse(f"consents:{name}", kwargs={"person_id": cast.stranger.pk, **more})
        assert staff.get(where).status_code in {403, 404}


@pytest.mark.parametrize("words", NASTY)
def test_whatever_is_typed_is_kept_as_typed_and_shown_as_text(words: str, cast: Any, signed_in: Any, send: Any) -> None:
    browser = signed_in(cast.patient_user)
    send(browser, f"{MINE}employer/", said="yes", recipient=words[:120], statement=words)
    assert only().statement == words
    page = browser.get(MINE).content.decode()
    assert "<script>alert" not in page
    assert html.escape(words).replace("&#x27;", "&#39;") in page


def test_what_is_too_long_is_refused_with_the_text_kept(cast: Any, signed_in: Any, send: Any) -> None:
    browser, words = signed_in(cast.patient_user), "x" * 1001
    answer = send(browser, f"{MINE}employer/", said="yes", recipient="y" * 121, statement=words)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Consent.objects.exists()


def test_the_choices_of_a_self_referral_become_rows_in_its_words(client: Client) -> None:
    sent(client)
    referral = Referral.objects.get()
    rows = {one.purpose: one for one in selectors.consents_of(referral.person)}
    assert set(rows) == {one.purpose for one in CONSENTS} | {"messages_mobile", "messages_email"}
    assert (rows["tell_gp"].answer, rows["tell_gp"].asked, rows["tell_gp"].live) == ("yes", "referral", True)
    assert rows["employment_help"].answer == ""
    assert rows["messages_mobile"].words == "You may text me, and leave a message there"
    assert (rows["messages_mobile"].live, rows["messages_email"].live) == (True, False)
    assert AuditEvent.objects.filter(event="consent.kept_from_referral", person=referral.person_id).exists()


def test_taking_back_a_channel_stops_messages_there_and_only_there(cast: Any, signed_in: Any, send: Any) -> None:
    """Hazard: a message reaches somebody who should not know."""
    sent(Client(), contact={"email_messages": "on"})
    referral = Referral.objects.get()
    referral.person = cast.patient
    referral.save_version(referral.version)
    (mobile,) = selectors.consents_of(cast.patient).filter(purpose="messages_mobile")
    browser = signed_in(cast.patient_user)
    send(browser, reverse("consents:take_back_mine", kwargs={"consent_id": mobile.pk}))
    assert dict(Contact.objects.values_list("channel", "may_leave_message")) == {"mobile": False, "email": True}
    assert not selectors.may_leave_messages(cast.patient, "mobile", timezone.now())
    send(browser, f"{MINE}messages_mobile/", said="yes")
    assert Contact.objects.get(channel="mobile").may_leave_message


def test_what_came_with_a_referral_goes_with_it_when_records_are_joined_and_parted(cast: Any) -> None:
    """Hazard: a merged record mixes two people."""
    sent(Client())
    referral = Referral.objects.get()
    former = referral.person
    match = Match.objects.get(referral=referral, person=cast.patient)
    handling.look(by=audit.SYSTEM, referral=referral)
    referral.refresh_from_db()
    merge = handling.merge(
        by=audit.SYSTEM, referral=referral, match=match, team=cast.team, words="Same", version=referral.version
    )
    assert selectors.consents_of(cast.patient).filter(purpose="tell_gp").count() == 1
    assert not selectors.consents_of(former).exists()
    referral.refresh_from_db()
    handling.undo_merge(by=audit.SYSTEM, merge=merge, words="Two people", version=referral.version)
    assert not selectors.consents_of(cast.patient).exists()
    assert selectors.consents_of(former).filter(purpose="tell_gp").count() == 1


@pytest.mark.parametrize("answers", [1, 40])
def test_the_page_takes_as_many_queries_however_much_was_said(
    answers: int, cast: Any, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(answers):
        agreed(cast.patient, "employer", recipient=f"Employer {number}", statement="Words")
    mine, staff = signed_in(cast.patient_user), signed_in(cast.clinician)
    with django_assert_max_num_queries(12):
        assert mine.get(MINE).status_code == 200
    with django_assert_max_num_queries(15):
        staff.get(reverse("consents:of_person", kwargs={"person_id": cast.patient.pk}))
