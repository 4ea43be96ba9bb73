"""Nothing is given without a ground that holds (C1); nothing about therapy is given for work (C2)."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import allcomers.service
from allcomers.service.consents import actions, disclosure, selectors
from allcomers.service.consents.models import LONGEST_DECISION_DAYS, Consent, Disclosure, LegalBasis
from allcomers.service.consents.purposes import ADVISER, BY_LAW, GP, ITEMS, LONGEST_DAYS, PURPOSES
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.people.models import Person
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.questionnaires import asking
from allcomers.service.questionnaires.models import Response
from tests.service.consents import examples
from tests.service.consents.examples import agreed, decided
from tests.service.problems.examples import said as troubled
from tests.service.referrals.examples import make_referral

SERVICE = Path(next(iter(allcomers.service.__path__)))
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORK = [one.key for one in PURPOSES.values() if one.work]
CANARY = "canarytherapy"
SOME = ("tell_gp", "employment_summary", "employer", "family")
RECIPIENTS = (ADVISER, GP, "Acme Limited")


def give(cast: Any, purpose: str, recipient: str, items: list[str]) -> Disclosure:
    return examples.give(cast.patient, cast.clinician, purpose, recipient, items)


# -- What the lists themselves hold -------------------------------------------------------------------------------


def test_no_purpose_of_work_offers_anything_about_therapy() -> None:
    assert WORK == ["employment_help", "employment_summary", "employer", "jobcentre"]
    offered = {item for key in WORK for item in PURPOSES[key].items}
    assert not [item for item in offered if ITEMS[item].about_therapy]


def test_what_is_given_to_others_is_agreed_to_for_six_months_at_most() -> None:
    lasting = [one.key for one in PURPOSES.values() if one.days is None or one.days > LONGEST_DAYS]
    assert lasting == ["messages_mobile", "messages_landline", "messages_email", "messages_post"]
    assert not any(PURPOSES[key].items for key in lasting)


def test_only_disclosure_writes_what_is_given() -> None:
    """No other module may ask for the words, or make the row."""
    asking = [
        path.relative_to(SERVICE).as_posix()
        for path in SERVICE.rglob("*.py")
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"content.written", "Disclosure.objects.create"}
    ]
    assert sorted(set(asking)) == ["consents/disclosure.py"]


# -- The decision, for any rows there may be ------------------------------------------------------------------------

ANY_DAY = st.integers(-200, 200).map(lambda days: NOW + timedelta(days=days))
SELDOM = st.sampled_from([False, False, False, True]).flatmap(lambda one: ANY_DAY if one else st.none())
WHAT = st.lists(st.sampled_from(sorted(ITEMS)), unique=True)
CONSENTS = st.builds(
    lambda **fields: Consent(pk=uuid4(), entered_at=fields["answered_at"], **fields),
    purpose=st.sampled_from(SOME),
    recipient=st.sampled_from(RECIPIENTS),
    kind_of_recipient=st.sampled_from(["relative", "relative", "relative", "health", "court", ""]),
    items=st.just(sorted(ITEMS)) | WHAT,
    statement=st.sampled_from(["", "I need quiet."]),
    answer=st.sampled_from(["yes", "yes", "yes", "no", "ask", ""]),
    answered_at=ANY_DAY,
    ended_at=SELDOM,
    expires_on=SELDOM.map(lambda one: one and one.date()),
    withdrawn_at=SELDOM,
)
DECISIONS = st.builds(
    LegalBasis,
    recipient=st.sampled_from(RECIPIENTS),
    kind_of_recipient=st.sampled_from(["court", "court", "police", "health", ""]),
    items=st.just(sorted(ITEMS)) | WHAT,
    decided_at=ANY_DAY,
    expires_on=ANY_DAY.map(datetime.date),
    withdrawn_at=SELDOM,
)
Asked = tuple[list[Consent], list[LegalBasis], str, str, str]


@st.composite
def asked_for(draw: Any) -> Asked:
    """Rows, and something asked for: mostly what one of the rows is about, so that a ground is often nearly there."""
    consents, legal = draw(st.lists(CONSENTS, min_size=1, max_size=6)), draw(st.lists(DECISIONS, max_size=3))
    row = draw(st.sampled_from([*consents, *legal]))
    purpose = row.purpose if isinstance(row, Consent) else disclosure.REQUIRED
    offered = PURPOSES[purpose].items if isinstance(row, Consent) else ITEMS
    item = draw(st.sampled_from([*(one for one in offered if one in row.items)] or [*ITEMS, "notes"]))
    strange = draw(st.integers(0, 9))
    if strange == 0:
        purpose = draw(st.sampled_from([*PURPOSES, disclosure.REQUIRED, "marketing"]))
    if strange == 2:
        item = draw(st.sampled_from([*ITEMS, "notes"]))
    recipient = draw(st.sampled_from(RECIPIENTS)) if strange == 1 else row.recipient
    return consents, legal, purpose, recipient, item


@settings(deadline=None, derandomize=True, max_examples=400)
@given(asked_for())
def test_a_ground_is_a_live_yes_that_names_recipient_and_item_or_a_live_decision(asked: Asked) -> None:
    """Whatever rows there are, forged ones among them: worked out here from the rows, not by the code under test."""
    consents, legal, purpose, recipient, item = asked
    try:
        found = disclosure.ground(purpose, recipient, item, NOW, consents, legal)
    except disclosure.NoBasisError:
        return
    assert item in ITEMS
    if found.legal is not None:
        assert purpose == disclosure.REQUIRED
        assert (found.legal.recipient, item in found.legal.items) == (recipient, True)
        assert found.legal.withdrawn_at is None
        assert found.legal.decided_at <= NOW
        assert NOW.date() <= found.legal.expires_on
        assert NOW - found.legal.decided_at < timedelta(days=LONGEST_DECISION_DAYS + 1)
        assert found.legal.kind_of_recipient in {"court", "police"}
        assert recipient != ADVISER
        return
    one = found.consent
    assert one is not None
    assert (one.purpose, one.recipient, one.answer) == (purpose, recipient, "yes")
    assert item in one.items
    assert item in PURPOSES[purpose].items
    assert not (purpose in WORK and ITEMS[item].about_therapy)
    assert purpose != "family" or (one.kind_of_recipient == "relative" and recipient != ADVISER)
    assert one.withdrawn_at is None
    assert one.answered_at <= NOW
    assert one.ended_at is None or one.ended_at > NOW
    assert one.expires_on is None or NOW.date() <= one.expires_on
    later = [
        other
        for other in consents
        if (other.purpose, other.recipient) == (purpose, recipient)
        and other.withdrawn_at is None
        and one.answered_at < other.answered_at <= NOW
    ]
    assert later == []


@settings(deadline=None, derandomize=True, max_examples=200)
@given(
    consents=st.lists(CONSENTS, max_size=6),
    purpose=st.sampled_from(WORK),
    recipient=st.sampled_from(RECIPIENTS),
    item=st.sampled_from(sorted(key for key, one in ITEMS.items() if one.about_therapy)),
)
def test_nothing_about_therapy_has_a_ground_for_work_whatever_was_agreed_to(
    consents: list[Consent], purpose: str, recipient: str, item: str
) -> None:
    for one in consents:
        one.items = sorted(ITEMS)
    with pytest.raises(disclosure.NoBasisError):
        disclosure.ground(purpose, recipient, item, NOW, consents, [])


# -- What is really given -------------------------------------------------------------------------------------------


def fill_with_therapy(person: Person, by: Any) -> None:
    """A referral and a problem in the person's own words, and a finished questionnaire: every text holds the canary."""
    troubled(person, f"I fear {CANARY}", "9")
    referral = make_referral(person, state="accepted", decided_at=NOW)
    referral.answers = {"words": {"brings": f"I feel {CANARY}", "different": CANARY}}
    referral.save_version(referral.version)
    response = questionnaires.key_in(by=audit.SYSTEM, member=by, person=person, key="GAD7", mode="phone")
    questionnaires.save_answers(
        by=audit.SYSTEM, response=response, answers={one.number: 3 for one in asking.items(response.instrument)}
    )
    response.refresh_from_db()
    questionnaires.finish(by=audit.SYSTEM, response=response, missing_words=CANARY, version=response.version)


TELLTALES = (CANARY, "gad", "anxiety", "questionnaire", "therap", "total", "21", "score", "fear", "9 of 10", "trouble")


@pytest.mark.django_db
@settings(deadline=None, derandomize=True, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    purpose=st.sampled_from(WORK),
    items=st.lists(st.sampled_from(sorted(ITEMS)), unique=True, min_size=1),
    wanted=st.lists(st.sampled_from(sorted(ITEMS)), unique=True, min_size=1),
)
def test_what_is_given_for_work_says_nothing_about_therapy_but_the_words_the_person_saw(
    cast: Any, purpose: str, items: list[str], wanted: list[str]
) -> None:
    """The property over everything that can be given (C2): rows that name too much give nothing more."""
    with transaction.atomic():
        fill_with_therapy(cast.patient, cast.clinician)
        consent = agreed(cast.patient, purpose, recipient="Acme Limited", statement="I need a quiet desk.")
        consent.items = items  # as a forged row would have it
        consent.save_version(consent.version)
        try:
            text = give(cast, purpose, consent.recipient, wanted).content
        except disclosure.NoBasisError:
            text = ""
        allowed = {"Patience Canarybird, born 27 March 1985", "I need a quiet desk.", "Nothing is recorded."}
        allowed.add("Patience would like help with work.")
        assert set(text.split("\n\n")) - {""} <= allowed
        assert not [word for word in TELLTALES if word in text.lower().replace("canarybird", "")]
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_what_is_given_to_a_doctor_is_exactly_what_was_agreed_and_no_more(cast: Any) -> None:
    fill_with_therapy(cast.patient, cast.clinician)
    agreed(cast.patient)
    text = give(cast, "tell_gp", GP, ["in_contact", "progress"]).content
    assert text.startswith("In touch with our talking therapies service since 2 March 2020.")
    assert "The total is 21 of 21." in text
    assert CANARY not in text
    with pytest.raises(disclosure.NoBasisError):
        give(cast, "tell_gp", GP, ["in_contact", "own_words"])
    with pytest.raises(disclosure.NoBasisError):
        give(cast, "tell_gp", "another doctor", ["in_contact"])


@pytest.mark.django_db
def test_without_an_answer_nothing_is_given_and_nothing_is_stored(cast: Any) -> None:
    for purpose in PURPOSES.values():
        for item in ITEMS:
            with pytest.raises(disclosure.NoBasisError):
                give(cast, purpose.key, purpose.recipient or "Acme Limited", [item])
    for said in ("no", "ask", ""):
        actions.answer(by=audit.SYSTEM, person=cast.patient, purpose=PURPOSES["tell_gp"], said=said, asked="phone")
        with pytest.raises(disclosure.NoBasisError):
            give(cast, "tell_gp", GP, ["name"])
    assert not Disclosure.objects.exists()


@pytest.mark.django_db
def test_the_database_itself_refuses_a_disclosure_without_a_ground(cast: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(
            person=cast.patient,
            purpose="tell_gp",
            recipient=GP,
            items=["name"],
            content="x",
            given_by=cast.clinician,
            given_at=timezone.now(),
        )


@pytest.mark.django_db
def test_taking_it_back_holds_from_the_very_next_call(cast: Any) -> None:
    consent = agreed(cast.patient)
    assert give(cast, "tell_gp", GP, ["name"])
    actions.take_back(by=audit.SYSTEM, person=cast.patient, consent=consent, asked="portal", version=consent.version)
    with pytest.raises(disclosure.NoBasisError):
        give(cast, "tell_gp", GP, ["name"])
    assert Disclosure.objects.count() == 1  # what was given before stays listed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "holds"),
    [
        ("2026-08-31 22:59", True),  # 23:59 in London: the last day of 182
        ("2026-08-31 23:01", False),  # a minute past midnight in London
        ("2026-03-02 11:59", False),  # before it was given
    ],
)
def test_a_yes_runs_out_at_midnight_of_its_last_day(cast: Any, at: str, holds: bool) -> None:
    with time_machine.travel(NOW, tick=False):
        agreed(cast.patient)
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    if holds:
        assert disclosure.basis(cast.patient, "tell_gp", GP, "name", moment).consent
    else:
        with pytest.raises(disclosure.NoBasisError):
            disclosure.basis(cast.patient, "tell_gp", GP, "name", moment)


@pytest.mark.django_db
def test_asking_again_renews_it_and_a_later_no_ends_it(cast: Any) -> None:
    with time_machine.travel(NOW, tick=True):
        agreed(cast.patient)
    with time_machine.travel(NOW + timedelta(days=170), tick=True):
        agreed(cast.patient)
    later = NOW + timedelta(days=300)
    assert disclosure.basis(cast.patient, "tell_gp", GP, "name", later)
    with time_machine.travel(NOW + timedelta(days=290), tick=True):
        actions.answer(by=audit.SYSTEM, person=cast.patient, purpose=PURPOSES["tell_gp"], said="no", asked="phone")
    with pytest.raises(disclosure.NoBasisError):
        disclosure.basis(cast.patient, "tell_gp", GP, "name", later)


@pytest.mark.django_db
def test_a_decision_of_somebody_senior_gives_what_it_names_until_its_last_day(cast: Any) -> None:
    basis = decided(cast.patient, cast.manager)
    made = give(cast, disclosure.REQUIRED, "the county  Court", ["name"])
    assert (made.legal_basis, made.consent) == (basis, None)
    with pytest.raises(disclosure.NoBasisError):
        give(cast, disclosure.REQUIRED, "The county court", ["name", "answers"])
    with pytest.raises(disclosure.NoBasisError):
        disclosure.basis(cast.patient, disclosure.REQUIRED, "The county court", "name", NOW + timedelta(days=9000))


def test_the_national_return_rests_on_the_law_and_asks_nobody() -> None:
    ((purpose, recipient, item),) = BY_LAW
    assert disclosure.ground(purpose, recipient, item, NOW, [], []).duty
    with pytest.raises(disclosure.NoBasisError):
        disclosure.ground(purpose, "somebody else", item, NOW, [], [])


@pytest.mark.django_db
def test_what_was_given_is_written_down_and_shown_to_the_person(cast: Any, signed_in: Any) -> None:
    agreed(cast.patient, "employer", recipient="Acme Limited", statement="I need a quiet desk.")
    give(cast, "employer", "Acme Limited", ["name", "statement"])
    assert AuditEvent.objects.filter(event="disclosure.made", person=cast.patient.pk).count() == 1
    page = signed_in(cast.patient_user).get("/consents/mine/").content.decode()
    assert page.count("I need a quiet desk.") == 2  # what was agreed to, and exactly what was given
    assert "Acme Limited" in page
    assert "Acme Limited" not in signed_in(cast.stranger_user).get("/consents/mine/").content.decode()


@pytest.mark.django_db
def test_the_adviser_sees_what_they_were_given_only_while_it_holds(cast: Any) -> None:
    consent = agreed(cast.patient, "employment_summary", statement="Mornings are hard.")
    give(cast, "employment_summary", ADVISER, ["statement"])
    agreed(cast.patient)
    give(cast, "tell_gp", GP, ["progress"])
    assert [one.content for one in selectors.held_by_adviser(cast.patient)] == ["Mornings are hard."]
    actions.take_back(by=audit.SYSTEM, person=cast.patient, consent=consent, asked="portal", version=consent.version)
    assert selectors.held_by_adviser(cast.patient) == []


@pytest.mark.django_db
def test_an_unfinished_questionnaire_is_never_given(cast: Any) -> None:
    response = questionnaires.key_in(
        by=audit.SYSTEM, member=cast.clinician, person=cast.patient, key="GAD7", mode="phone"
    )
    questionnaires.save_answers(by=audit.SYSTEM, response=response, answers={1: 3})
    agreed(cast.patient)
    assert give(cast, "tell_gp", GP, ["progress"]).content == "Nothing is recorded."
    assert Response.objects.filter(finished_at=None).exists()
