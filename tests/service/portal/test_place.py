"""The patient's place: joining, what happens next, an honest wait, and saying that things have got worse."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from allcomers.service.accounts.models import User
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.governance.permissions import Role
from allcomers.service.people import actions as people
from allcomers.service.people.models import Person, PersonLink
from allcomers.service.portal import actions, waiting
from allcomers.service.portal.models import Invitation, WaitStatement
from allcomers.service.questionnaires import actions as questionnaires
from allcomers.service.questionnaires.models import Response, RiskAlert
from tests.service.questionnaires.conftest import FACTS
from tests.service.referrals.examples import make_referral

pytestmark = pytest.mark.django_db

MONDAY = datetime(2027, 3, 1, 10, tzinfo=UTC)
HOME, WORSE, JOIN = "/my/", "/my/worse/", "/my/join/"
PASSWORD = "otter velvet lantern"  # noqa: S105 - of nobody
SAFE = {"safety": "safe", "wants_call": "no", "words": "I cannot sleep at all."}


def without_crisis_text() -> Any:
    return override_settings(ALLCOMERS=settings.ALLCOMERS.but(crisis_text=" "))


@pytest.fixture
def newcomer(cast: Any) -> Person:
    """Somebody without a place, in the care of the clinician."""
    person = people.add_person(
        by=audit.SYSTEM,
        given_name="New",
        family_name="Comer",
        date_of_birth=date(1985, 3, 27),
        postcode="ZZ99 3VZ",
        team=cast.team,
    )
    people.allocate(by=audit.SYSTEM, person=person, user=cast.clinician, starts_on=timezone.localdate())
    return person


def invited(signed_in: Any, send: Any, clinician: User, person: Person, email: str = "new@example.org") -> str:
    """Staff invite somebody: the address that is shown once."""
    where = reverse("portal:invite", kwargs={"person_id": person.pk})
    page = send(signed_in(clinician), where, email=email)
    found = re.search(r"/people/link/([^/<]+)/", page.content.decode())
    assert found, page.content.decode()[-2000:]
    return found[0]


def followed(address: str) -> Client:
    browser = Client()
    browser.get(address)
    assert browser.post("/people/check/", FACTS)["Location"] == JOIN
    return browser


# -- Joining --------------------------------------------------------------------------------------------------------


def test_a_person_joins_by_a_link_and_a_second_fact_and_signs_in(
    cast: Any, newcomer: Person, signed_in: Any, send: Any
) -> None:
    browser = followed(invited(signed_in, send, cast.clinician, newcomer))
    assert "new@example.org" in browser.get(JOIN).content.decode()
    assert send(browser, JOIN, password=PASSWORD, again=PASSWORD)["Location"] == reverse("account_login")
    newcomer.refresh_from_db()
    assert newcomer.account.check_password(PASSWORD)
    answer = browser.post(reverse("account_login"), {"login": "new@example.org", "password": PASSWORD})
    assert answer.status_code == 302
    assert "Hello New" in browser.get(HOME).content.decode()
    named = set(AuditEvent.objects.filter(person=newcomer.pk).values_list("event", flat=True))
    assert {"place.invited", "place.joined", "link.used"} <= named


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("", "", "Choose a password"),
        ("qzxwv", "qzxwv", "too short"),
        ("password12345", "password12345", "too common"),
        ("new@example.org", "new@example.org", "too similar"),
        (PASSWORD, "otter velvet", "not the same"),
    ],
)
def test_a_password_that_will_not_do_says_why(
    password: str, again: str, said: str, cast: Any, newcomer: Person, signed_in: Any, send: Any
) -> None:
    browser = followed(invited(signed_in, send, cast.clinician, newcomer))
    answer = send(browser, JOIN, password=password, again=again)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert password == "" or password not in re.sub(r"<strong.*?</strong>", "", answer.content.decode())


def test_a_used_an_old_and_a_replaced_invitation_open_nothing_and_say_what_to_do(
    cast: Any, newcomer: Person, signed_in: Any, send: Any
) -> None:
    replaced = invited(signed_in, send, cast.clinician, newcomer)
    address = invited(signed_in, send, cast.clinician, newcomer)
    assert Client().get(replaced)["Location"] == "/people/gone/"
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert Client().get(address)["Location"] == "/people/gone/"
    browser = followed(address)
    send(browser, JOIN, password=PASSWORD, again=PASSWORD)
    for one in (browser, Client()):
        gone = one.get(address, follow=True)
        assert gone.status_code == 410
        assert "This link does not work any more" in gone.content.decode()
    assert browser.get(JOIN)["Location"] == "/people/gone/"
    page = signed_in(cast.clinician).get(reverse("portal:invite", kwargs={"person_id": newcomer.pk}))
    assert "They have a place" in page.content.decode()


def test_joining_in_two_tabs_makes_one_account(cast: Any, newcomer: Person, signed_in: Any, send: Any) -> None:
    address = invited(signed_in, send, cast.clinician, newcomer)
    first, second = followed(address), followed(address)
    late = send(second, JOIN, first=lambda: send(first, JOIN, password=PASSWORD, again=PASSWORD), password="x" * 30)
    assert late["Location"] == "/people/gone/"
    assert User.objects.filter(email="new@example.org").count() == 1


def test_an_address_that_somebody_signs_in_with_is_not_taken(
    cast: Any, newcomer: Person, signed_in: Any, send: Any
) -> None:
    where = reverse("portal:invite", kwargs={"person_id": newcomer.pk})
    for email in ("patience@example.org", "PATIENCE@EXAMPLE.ORG", "no address", ""):
        assert send(signed_in(cast.clinician), where, email=email).status_code == 422
    assert not Invitation.objects.exists()


# -- The wait -------------------------------------------------------------------------------------------------------


def stated(cast: Any, **changed: Any) -> WaitStatement:
    known = {"shortest_weeks": 4, "longest_weeks": 9, "people": 120, "as_of": timezone.localdate(), "source": "Report"}
    return actions.state_wait(by=audit.SYSTEM, member=cast.manager, **(known | changed))


def waits(person: Person, *, weeks: int, state: str = "accepted") -> None:
    now = timezone.now()
    when = {"received": {}, "cancelled": {"cancelled_at": now}}.get(state, {"decided_at": now})
    make_referral(person, state=state, received_at=now - timedelta(weeks=weeks), **when)


@pytest.mark.parametrize(
    ("weeks", "band"),
    [(3, waiting.Band.BEFORE), (4, waiting.Band.WITHIN), (9, waiting.Band.WITHIN), (10, waiting.Band.PAST)],
)
def test_the_wait_is_ones_own_beside_what_most_people_wait(
    weeks: int, band: waiting.Band, cast: Any, signed_in: Any
) -> None:
    stated(cast)
    waits(cast.stranger, weeks=weeks)
    page = signed_in(cast.stranger_user).get("/my/waiting/").content.decode()
    assert "4 to 9 weeks" in page
    assert f"{weeks} weeks" in page
    assert band.value in page
    assert waiting.waiting_of(cast.stranger).band == band


@pytest.mark.parametrize("changed", [{"people": 19}, {"as_of": date(2020, 1, 1)}, None])
def test_a_wait_that_rests_on_few_people_is_old_or_was_never_said_is_said_not_to_be_known(
    changed: dict[str, Any] | None, cast: Any, signed_in: Any
) -> None:
    if changed is not None:
        stated(cast, **changed)
    waits(cast.stranger, weeks=5)
    page = signed_in(cast.stranger_user).get("/my/waiting/").content.decode()
    assert "We do not know well enough" in page
    assert "4 to 9 weeks" not in page


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        ("received", waiting.Stage.TO_BE_READ),
        ("accepted", waiting.Stage.ACCEPTED),
        ("signposted", waiting.Stage.ELSEWHERE),
        ("rejected", waiting.Stage.NOT_ACCEPTED),
        ("merged", waiting.Stage.ACCEPTED),
        ("cancelled", waiting.Stage.CANCELLED),
    ],
)
def test_what_happens_next_follows_the_referral(state: str, stage: waiting.Stage, cast: Any, signed_in: Any) -> None:
    waits(cast.stranger, weeks=1, state=state)
    assert stage.value in signed_in(cast.stranger_user).get(HOME).content.decode()


def test_a_cancelled_referral_does_not_hide_one_that_waits(cast: Any) -> None:
    """Hazard: a person is left on no list."""
    waits(cast.stranger, weeks=5)
    waits(cast.stranger, weeks=1, state="cancelled")
    assert waiting.waiting_of(cast.stranger).stage == waiting.Stage.ACCEPTED


def test_whoever_has_somebody_responsible_does_not_wait(cast: Any, signed_in: Any) -> None:
    stated(cast)
    waits(cast.patient, weeks=5)
    page = signed_in(cast.patient_user).get("/my/waiting/").content.decode()
    assert "Clare Clinician" in page
    assert "4 to 9 weeks" not in page


def test_staff_say_the_wait_with_a_day_and_a_source(cast: Any, signed_in: Any, send: Any) -> None:
    browser = signed_in(cast.manager)
    given = {"shortest_weeks": "9", "longest_weeks": "4", "people": "120", "source": "Report of 2 November"}
    day = {"as_of_day": "2", "as_of_month": "11", "as_of_year": "2020"}
    wrong = send(browser, "/my/waits/", **given, **day).content.decode()
    assert "This must be the longer wait of the two" in wrong
    future = send(browser, "/my/waits/", **given, **{**day, "as_of_year": "2999"}).content.decode()
    assert "The day must be today or earlier" in future
    assert send(browser, "/my/waits/", **{**given, "shortest_weeks": "2"}, **day).status_code == 302
    said = browser.get("/my/waits/").content.decode()
    assert "2 to 4 weeks" in said
    assert "Not told" in said  # as of 2020


# -- Things have got worse ------------------------------------------------------------------------------------------


def test_saying_that_things_got_worse_shows_help_at_once_and_makes_an_alert_with_owner_and_deadline(
    cast: Any, signed_in: Any, send: Any
) -> None:
    """Hazard: a risk answer is not seen. The alert is the same as that of an answer, in the same list."""
    with time_machine.travel(MONDAY, tick=False):
        browser = signed_in(cast.patient_user)
        assert "Ring 01632 960 999 at any hour." in browser.get(WORSE).content.decode()
        assert send(browser, WORSE, **SAFE)["Location"] == "/my/worse/sent/"
        assert "Ring 01632 960 999" in browser.get("/my/worse/sent/").content.decode()
    alert = RiskAlert.objects.get()
    assert (alert.owner, alert.answer, alert.safety, alert.urgent) == (cast.clinician, None, "safe", False)
    assert alert.due_at == MONDAY + timedelta(hours=4)
    staff = signed_in(cast.clinician)
    assert "CANARYBIRD" in staff.get("/questionnaires/alerts/").content.decode()
    page = staff.get(reverse("questionnaires:alert", kwargs={"alert_id": alert.pk})).content.decode()
    assert "I cannot sleep at all." in page
    step = reverse("questionnaires:alert_step", kwargs={"alert_id": alert.pk, "step": "acknowledge"})
    assert send(staff, step).status_code == 302


@pytest.mark.parametrize(
    "given", [{"safety": "not_safe"}, {"safety": "not_sure"}, {"safety": "safe", "wants_call": "yes"}]
)
def test_somebody_who_is_not_safe_or_wants_a_call_is_answered_sooner(
    given: dict[str, str], cast: Any, signed_in: Any, send: Any
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        send(signed_in(cast.patient_user), WORSE, **given)
    assert RiskAlert.objects.get().due_at == MONDAY + timedelta(hours=1)


def test_without_anybody_responsible_it_is_the_duty_roles(cast: Any, signed_in: Any, send: Any, member: Any) -> None:
    """Hazard: a risk answer is not seen, because nobody owns it."""
    send(signed_in(cast.stranger_user), WORSE, **SAFE)
    assert RiskAlert.objects.get().owner is None
    duty = member(Role.DUTY, name="Dita Duty")
    assert "PASSERBY" in signed_in(duty).get("/questionnaires/alerts/").content.decode()


def test_it_is_refused_while_nobody_wrote_the_crisis_text(cast: Any, signed_in: Any) -> None:
    """R2: never taken without help to show. The page says where there is help, and the place still opens."""
    browser = signed_in(cast.patient_user)
    with without_crisis_text():
        for answer in (browser.get(WORSE), browser.post(WORSE, SAFE)):
            assert answer.status_code == 503
            assert "ring 999" in answer.content.decode()
        assert browser.get(HOME).status_code == 200
    assert not RiskAlert.objects.exists()


def test_the_page_of_one_person_never_alarms_for_another(cast: Any, signed_in: Any) -> None:
    """I7: a stale tab, signed in again as somebody else."""
    page = signed_in(cast.patient_user).get(WORSE).content.decode()
    token = page.split('name="form_token" value="')[1].split('"')[0]
    answer = signed_in(cast.stranger_user).post(WORSE, {"form_token": token, **SAFE})
    assert answer.status_code == 409
    assert not RiskAlert.objects.exists()


@pytest.mark.parametrize("words", ["x" * 2001, "🙂" * 2001])
def test_words_that_are_too_long_are_kept_on_the_page(words: str, cast: Any, signed_in: Any, send: Any) -> None:
    answer = send(signed_in(cast.patient_user), WORSE, safety="safe", words=words)
    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    "given", [{"words": "I cannot go on."}, {"wants_call": "yes"}, {"safety": "not_safe", "words": "x" * 2001}]
)
def test_what_is_not_filled_in_as_it_should_be_reaches_staff_all_the_same(
    given: dict[str, str], cast: Any, signed_in: Any, send: Any
) -> None:
    """Hazard: a risk answer is not seen. Nobody who may not be safe is sent back to a form."""
    browser = signed_in(cast.patient_user)
    for _ in range(2):
        assert send(browser, WORSE, **given)["Location"] == "/my/worse/sent/"
    alert = RiskAlert.objects.get()
    assert (alert.person, alert.words) == (cast.patient, given.get("words", "")[:2000])


def test_an_empty_form_tells_nobody(cast: Any, signed_in: Any, send: Any) -> None:
    assert send(signed_in(cast.patient_user), WORSE).status_code == 422
    assert not RiskAlert.objects.exists()


# -- Questionnaires that wait ---------------------------------------------------------------------------------------


def test_what_waits_to_be_answered_opens_from_the_place_and_ends_as_by_the_link(
    cast: Any, signed_in: Any, send: Any
) -> None:
    asked, _ = questionnaires.ask(by=audit.SYSTEM, person=cast.patient, keys=["GAD7"])
    browser = signed_in(cast.patient_user)
    assert "Answer the questions" in browser.get(HOME).content.decode()
    where = reverse("portal:questionnaires", kwargs={"request_id": asked.pk})
    assert browser.post(where)["Location"] == "/questionnaires/answer/"
    assert send(browser, "/questionnaires/answer/", layout="list").status_code == 302
    response = Response.objects.get()
    whole = reverse("questionnaires:whole", kwargs={"response_id": response.pk})
    send(browser, whole, **{f"item_{number}": "1" for number in range(1, 9)})
    finish = reverse("questionnaires:finish", kwargs={"response_id": response.pk})
    assert "Thank you" in send(browser, finish).content.decode()
    assert not PersonLink.objects.filter(used_at=None).exists()  # this one and the one that was sent
    assert "Answer the questions" not in browser.get(HOME).content.decode()
    assert browser.post(where).status_code == 404


def test_somebody_elses_questionnaires_are_not_found(cast: Any, signed_in: Any) -> None:
    asked, _ = questionnaires.ask(by=audit.SYSTEM, person=cast.patient, keys=["GAD7"])
    where = reverse("portal:questionnaires", kwargs={"request_id": asked.pk})
    assert signed_in(cast.stranger_user).post(where).status_code == 404


@pytest.mark.parametrize("requests", [1, 6])
def test_the_home_page_takes_as_many_queries_however_much_waits(
    requests: int, cast: Any, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(requests):
        questionnaires.ask(by=audit.SYSTEM, person=cast.patient, keys=["GAD7", "PHQ9"])
    browser = signed_in(cast.patient_user)
    with django_assert_max_num_queries(14):
        assert browser.get(HOME).status_code == 200
