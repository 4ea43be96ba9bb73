"""A death is recorded, stops what would be sent, and can be taken back; a protected address is shown to nobody else."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from allcomers.service.accounts import actions as accounts
from allcomers.service.accounts.models import RoleHeld
from allcomers.service.consents.models import Disclosure, LegalBasis
from allcomers.service.governance import actions as governance
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent, BreakGlassReason
from allcomers.service.governance.permissions import Role
from allcomers.service.messages.models import Message
from allcomers.service.people import actions as people
from allcomers.service.people import links, standing
from allcomers.service.people.models import AddressProtection, Death, Person, PersonLink
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.questionnaires.models import MeasureRequest, RiskAlert
from allcomers.service.questionnaires.risk import actions as risk
from allcomers.service.referrals import handling
from allcomers.service.referrals.models import Addition, Contact, Match, Referral, Source
from tests.service.governance.test_matrix import ENTRIES, STAFF_PAGES, address
from tests.service.referrals.examples import make_referral

pytestmark = pytest.mark.django_db
BORN = {"born_on_day": "27", "born_on_month": "3", "born_on_year": "1985"}
TOLD = {"told_by": "Their GP practice, by telephone"}
POSTCODE, STREET, PRACTICE, SURGERY = "ZZ99 3VZ", "7 Hiding Lane", "Willow Practice", "Surgery of Sorrel"
WHERE = (POSTCODE, STREET, PRACTICE, SURGERY, "01632 960 777")


def died(when: date) -> dict[str, str]:
    return {"died_on_day": str(when.day), "died_on_month": str(when.month), "died_on_year": str(when.year)}


def page_of(name: str, person: Person) -> str:
    return reverse(f"people:{name}", kwargs={"person_id": person.pk})


def text(answer: Any) -> str:
    return str(answer.content.decode())


def reachable(person: Person) -> Referral:
    """A referral by which e-mails may be sent."""
    referral = make_referral(person)
    Contact.objects.create(referral=referral, channel="email", value="patience@example.org", may_leave_message=True)
    return referral


def test_f26_a_death_cancels_what_waits_and_closes_nothing(cast: Any, signed_in: Any, send: Any) -> None:
    """H12: messages, reminders and links end; requests, alerts and referrals stay for somebody to look at."""
    referral = reachable(cast.patient)
    asked, _ = questionnaires.ask(by=audit.SYSTEM, person=cast.patient, keys=["PHQ9"], send_by="email")
    links.make_link(by=audit.SYSTEM, person=cast.patient, purpose="measures", days=3, about=str(asked.pk))
    alert = risk.raise_alert(by=audit.SYSTEM, person=cast.patient, words="worse")
    assert Message.objects.filter(person=cast.patient, status="queued").count() > 1
    today = timezone.localdate()
    browser = signed_in(cast.clinician)
    assert send(browser, page_of("death", cast.patient), **BORN, **died(today), **TOLD).status_code == 302
    assert set(Message.objects.filter(person=cast.patient).values_list("status", "because")) == {("cancelled", "died")}
    assert not PersonLink.objects.filter(person=cast.patient, cancelled_at=None).exists()
    assert Message.objects.filter(about=str(alert.pk), status="queued").exists()
    assert RiskAlert.objects.get(pk=alert.pk).closed_at is None
    assert MeasureRequest.objects.get(pk=asked.pk).complete_at is None
    assert Referral.objects.get(pk=referral.pk).state == "received"
    said = text(browser.get(page_of("person", cast.patient)))
    assert "Has died" in said.split('<section class="app-banner"')[1].split("</section>")[0]
    assert "Their GP practice, by telephone" in text(browser.get(page_of("death", cast.patient)))
    assert AuditEvent.objects.filter(event="death.recorded", person=cast.patient.pk).count() == 1


def test_after_a_death_no_link_is_made_and_nothing_is_offered_to_be_sent(cast: Any, signed_in: Any, send: Any) -> None:
    reachable(cast.patient)
    standing.record_death(
        by=audit.SYSTEM, person=cast.patient, died_on=timezone.localdate(), told_by="their sister", version=1
    )
    browser, person = signed_in(cast.clinician), {"person_id": cast.patient.pk}
    where = reverse("questionnaires:ask", kwargs=person)
    assert "example.org" not in text(browser.get(where))
    refused = send(browser, where, instruments=["PHQ9"], questionnaires=["PHQ9"], keys=["PHQ9"], send_by="")
    assert refused.status_code in {409, 422}
    with pytest.raises(links.PersonHasDiedError):
        questionnaires.ask(by=audit.SYSTEM, person=cast.patient, keys=["PHQ9"])
    assert MeasureRequest.objects.count() == 0
    Person.objects.filter(pk=cast.patient.pk).update(account=None)
    refused = send(browser, reverse("portal:invite", kwargs=person), email="new@example.org")
    assert refused.status_code == 409
    assert "It is written down that this person has died" in text(refused)
    assert PersonLink.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"born_on_year": "1986"}, "This is not the date of birth in this record"),
        (died(date(1985, 3, 26)), "The day cannot be before their date of birth"),
        (died(timezone.localdate() + timedelta(days=2)), "The day must be today or in the past"),
        ({"told_by": " "}, "Enter who told us"),
        ({"died_on_day": "", "died_on_month": "", "died_on_year": ""}, "Enter when they died"),
    ],
)
def test_a_death_needs_the_right_person_a_day_and_who_said_so(
    wrong: dict[str, str], words: str, cast: Any, signed_in: Any, send: Any
) -> None:
    where = page_of("death", cast.patient)
    whole = {**BORN, **died(date(2026, 1, 2)), **TOLD}
    answer = send(signed_in(cast.clinician), where, **{**whole, **wrong})
    assert answer.status_code == 422
    assert words in text(answer)
    assert Death.objects.count() == 0
    assert Person.objects.get(pk=cast.patient.pk).died_on is None


def test_a_death_is_taken_back_with_a_reason_and_stays_struck_through(cast: Any, signed_in: Any, send: Any) -> None:
    death = standing.record_death(
        by=audit.SYSTEM, person=cast.patient, died_on=date(2026, 1, 2), told_by="the wrong letter", version=1
    )
    browser, where = signed_in(cast.clinician), page_of("death", cast.patient)
    assert "Say why it is taken back" in text(send(browser, where, because=""))
    assert send(browser, where, because="It was her mother").status_code == 302
    death.refresh_from_db()
    assert (death.withdrawn, death.withdrawn_because) == (True, "It was her mother")
    assert Person.objects.get(pk=cast.patient.pk).died_on is None
    assert "It was her mother" in text(browser.get(where))
    links.make_link(by=audit.SYSTEM, person=cast.patient, purpose="measures", days=3)
    assert AuditEvent.objects.filter(event="death.taken_back", person=cast.patient.pk).count() == 1


def test_two_who_record_a_death_at_once_see_each_other(cast: Any, signed_in: Any, send: Any) -> None:
    where = page_of("death", cast.patient)

    def meanwhile() -> None:
        person = Person.objects.get(pk=cast.patient.pk)
        people.change_details(by=audit.SYSTEM, person=person, version=person.version, preferred_name="Pat")

    answer = send(signed_in(cast.clinician), where, first=meanwhile, **BORN, **died(date(2026, 1, 2)), **TOLD)
    assert answer.status_code == 409
    assert Death.objects.count() == 0


def test_an_administrator_of_the_team_records_a_death_and_nobody_without_a_relationship(
    cast: Any, signed_in: Any, send: Any, member: Any
) -> None:
    where, whole = page_of("death", cast.patient), {**BORN, **died(date(2026, 1, 2)), **TOLD}
    assert signed_in(cast.colleague).get(where).status_code == 403
    administrator = member(Role.ADMINISTRATOR, team=cast.team)
    assert send(signed_in(administrator), where, **whole).status_code == 302
    assert Death.objects.get().recorded_by == administrator


@pytest.fixture
def hiding(cast: Any) -> Person:
    """The patient, all over whose record is where she lives, and whose address is then protected."""
    person = Person.objects.get(pk=cast.patient.pk)
    referral = make_referral(
        person,
        source=Source.PROFESSIONAL,
        answers={
            "referrer": {
                "referrer_name": f"Dr Sorrel, {SURGERY}",
                "job": "GP",
                "organisation": SURGERY,
                "referrer_phone": "01632 960 777",
            },
            "person": {"postcode": POSTCODE, "practice": "registered", "practice_name": PRACTICE},
            "contact": {"post": f"{STREET}, {POSTCODE}"},
        },
        look_again_at=timezone.now(),
    )
    own = make_referral(
        person,
        answers={"age-and-area": {"postcode": POSTCODE, "practice_name": PRACTICE}, "contact": {"post": STREET}},
    )
    for one in (referral, own):
        Contact.objects.create(referral=one, channel="post", value=f"{STREET}, {POSTCODE}", may_leave_message=True)
    Addition.objects.create(referral=referral, kind=Addition.Kind.CONTACTS, said={"post": STREET})
    ground = LegalBasis.objects.create(
        person=person, kind="court", recipient="The court", items=["contact"], words="An order",
        decided_by=cast.manager, decided_at=timezone.now(), expires_on=timezone.localdate(),
    )  # fmt: skip
    Disclosure.objects.create(
        person=person, purpose="court", recipient="The court", items=["name", "contact"],
        content=f"Patience Canarybird\n\nPost: {STREET}, {POSTCODE}", legal_basis=ground,
        given_by=cast.manager, given_at=timezone.now(),
    )  # fmt: skip
    standing.protect_address(by=audit.SYSTEM, person=person, because="the person asked", version=person.version)
    return person


def in_an_emergency(user: Any, person: Person) -> None:
    governance.break_glass(
        by=audit.SYSTEM, user=user, person=person, reason=BreakGlassReason.DANGER, words="She is missing"
    )


PERMITTED = {"people:address"}


def test_i4_no_page_shows_any_role_a_protected_address(cast: Any, hiding: Person, member: Any, signed_in: Any) -> None:
    """Every page of the staff as every role, in every relationship at once, is searched for where she lives."""
    user = member(Role.PWP, team=cast.team)
    people.allocate(by=audit.SYSTEM, person=hiding, user=user, starts_on=timezone.localdate())
    accounts.plan_duty(by=audit.SYSTEM, user=user, hours=1)
    in_an_emergency(user, hiding)
    browser, shown, opened = signed_in(user), [], set()
    for role in Role:
        RoleHeld.objects.filter(user=user).update(role=role)
        for name in STAFF_PAGES:
            for where in _places(name, cast, hiding):
                answer = browser.get(where)
                opened |= {name} if answer.status_code == 200 and ENTRIES[name].person else set()
                if name not in PERMITTED and any(one in text(answer) for one in WHERE):
                    shown.append((role, name))
    assert shown == []
    assert opened >= {"referrals:referral", "referrals:look_again", "people:change", "consents:given", *PERMITTED}


def _places(name: str, cast: Any, person: Person) -> list[str]:
    if name in {"referrals:referral", "referrals:look_again"}:
        return [reverse(name, kwargs={"referral_id": one.pk}) for one in Referral.objects.filter(person=person)]
    return [address(name, cast)]


def test_i4_nor_does_the_persons_own_place_which_somebody_else_may_be_looking_at(
    cast: Any, hiding: Person, signed_in: Any
) -> None:
    browser = signed_in(cast.patient_user)
    for name in ("home", "record", "readable", "fhir"):
        answer = browser.get(reverse(f"portal:{name}"))
        said = b"".join(answer.streaming_content).decode() if answer.streaming else text(answer)
        assert answer.status_code == 200
        assert [one for one in WHERE if one in said] == [], name


def test_i4_whoever_asks_in_an_emergency_sees_it_and_that_is_written_down(
    cast: Any, hiding: Person, signed_in: Any
) -> None:
    """X3: the address of a protected person asks for a reason even of whoever treats them."""
    browser, where = signed_in(cast.clinician), page_of("address", hiding)
    refused = browser.get(where)
    assert refused.status_code == 403
    assert reverse("governance:break_glass", kwargs={"person_id": hiding.pk}) in text(refused)
    in_an_emergency(cast.clinician, hiding)
    said = text(browser.get(where))
    assert all(one in said for one in WHERE)
    event = AuditEvent.objects.get(event="address.opened", person=hiding.pk)
    assert (event.actor, event.relationship) == (cast.clinician.pk, "break_glass")


def test_protecting_is_for_whoever_may_change_details_and_ending_it_is_not(
    cast: Any, signed_in: Any, send: Any, member: Any
) -> None:
    browser = signed_in(member(Role.ADMINISTRATOR, team=cast.team))
    where = page_of("protect_address", cast.patient)
    assert "Enter who asked for it, and why" in text(send(browser, where, because=""))
    assert send(browser, where, because="The person asked").status_code == 302
    assert "The address is protected" in text(browser.get(where))
    assert "Address protected" in text(browser.get(page_of("person", cast.patient)))
    assert browser.get(page_of("stop_protecting", cast.patient)).status_code == 403
    clinician = signed_in(cast.clinician)
    assert clinician.get(page_of("stop_protecting", cast.patient)).status_code == 403
    in_an_emergency(cast.clinician, cast.patient)
    assert send(clinician, page_of("stop_protecting", cast.patient), because="She asked for that").status_code == 302
    assert not Person.objects.get(pk=cast.patient.pk).address_protected
    assert AddressProtection.objects.get().withdrawn_because == "She asked for that"
    assert POSTCODE in text(browser.get(page_of("change", cast.patient)))


def test_details_are_changed_without_showing_or_losing_a_protected_postcode(
    cast: Any, hiding: Person, signed_in: Any, send: Any
) -> None:
    browser, where = signed_in(cast.clinician), page_of("change", hiding)
    details = {
        "given_name": "Patience", "family_name": "Canarybird", "preferred_name": "Pat",
        "date_of_birth_day": "27", "date_of_birth_month": "3", "date_of_birth_year": "1985",
    }  # fmt: skip

    def meanwhile() -> None:
        person = Person.objects.get(pk=hiding.pk)
        people.change_details(by=audit.SYSTEM, person=person, version=person.version, preferred_name="Patty")

    conflict = send(browser, where, first=meanwhile, **details, postcode="")
    assert (conflict.status_code, POSTCODE in text(conflict)) == (409, False)
    assert send(browser, where, **details, postcode="").status_code == 302
    kept = Person.objects.get(pk=hiding.pk)
    assert (kept.postcode, kept.preferred_name) == (POSTCODE, "Pat")
    assert send(browser, where, **details, postcode="ZZ99 1AB").status_code == 302
    assert Person.objects.get(pk=hiding.pk).postcode == "ZZ99 1AB"


def test_a_new_referral_that_may_be_theirs_shows_no_address_before_that_is_decided(
    cast: Any, signed_in: Any, member: Any
) -> None:
    known = Person.objects.get(pk=cast.patient.pk)
    standing.protect_address(by=audit.SYSTEM, person=known, because="asked", version=known.version)
    new = make_referral(cast.stranger, answers={"age-and-area": {"postcode": POSTCODE}})
    Match.objects.create(referral=new, person=known, score=60, reasons=["same postcode", "same date of birth"])
    browser = signed_in(member(Role.ADMINISTRATOR))
    said = text(browser.get(reverse("referrals:referral", kwargs={"referral_id": new.pk})))
    assert POSTCODE not in said
    assert "same postcode" not in said
    assert "same date of birth" in said


def test_what_stands_of_a_record_goes_along_when_it_is_joined_and_comes_back(cast: Any) -> None:
    former = people.add_person(
        by=audit.SYSTEM, given_name="Pat", family_name="Canary", date_of_birth=date(1985, 3, 27), postcode="ZZ99 9ZZ"
    )
    standing.protect_address(by=audit.SYSTEM, person=former, because="asked", version=1)
    referral = make_referral(former)
    match = Match.objects.create(referral=referral, person=cast.patient, score=60, reasons=[])
    merge = handling.merge(
        by=audit.Actor("staff", cast.manager.pk), referral=referral, match=match, team=cast.team, words="one", version=1
    )
    assert Person.objects.get(pk=cast.patient.pk).address_protected
    referral.refresh_from_db()
    handling.undo_merge(by=audit.Actor("staff", cast.manager.pk), merge=merge, words="two", version=referral.version)
    assert not Person.objects.get(pk=cast.patient.pk).address_protected
    assert Person.objects.get(pk=former.pk).address_protected


def test_the_pages_work_without_a_browser_that_runs_scripts(cast: Any, signed_in: Any) -> None:
    """Nothing on them is made by a script: the form, its faults and its buttons are in what is sent."""
    browser: Client = signed_in(cast.clinician)
    for name in ("death", "protect_address"):
        assert "<form" in text(browser.get(page_of(name, cast.patient)))
