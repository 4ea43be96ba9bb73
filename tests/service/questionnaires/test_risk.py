"""An answer above zero about being better off dead: alert and answer together, help at once, a person who closes it."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from allcomers import instruments
from allcomers.service.accounts import actions as accounts
from allcomers.service.accounts.models import RoleHeld, User
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.governance.permissions import Role
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.messages import wanted
from allcomers.service.messages.models import Message
from allcomers.service.people import actions as people
from allcomers.service.people.models import Allocation
from allcomers.service.questionnaires import actions
from allcomers.service.questionnaires.models import AlertAction, Answer, Response, RiskAlert
from allcomers.service.questionnaires.risk import actions as risk
from allcomers.service.questionnaires.risk import deadlines, selectors
from tests.service.questionnaires.conftest import START, answers, facts_of

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
NINE_TO_FIVE = (time(9), time(17))
ALERTS = "/questionnaires/alerts/"


def at(year: int, month: int, day: int, hour: int, minute: int, second: int = 0) -> datetime:
    """A moment on the service's own clock."""
    return datetime(year, month, day, hour, minute, second, tzinfo=LONDON)


MONDAY = at(2026, 11, 23, 10, 0)


def raised(cast: Any, visit: Any, value: str = "1") -> RiskAlert:
    """The alert of a person who has just answered item 9 above zero."""
    mine = visit(cast.patient)
    mine.begin()
    assert mine.send(mine.page("item", number=9), item_9=value)["Location"] == mine.page("crisis")
    return RiskAlert.objects.get(answer__response=mine.response())


def unallocated(cast: Any) -> None:
    Allocation.objects.filter(person=cast.patient).update(ends_on=timezone.localdate() - timedelta(days=90))


@pytest.mark.parametrize(("value", "alerts"), [("0", 0), ("1", 1), ("2", 1), ("3", 1), ("declined", 0)])
@pytest.mark.parametrize("layout", ["items", "list"])
def test_r1_item_9_above_zero_raises_an_alert(layout: str, value: str, alerts: int, cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin(layout)
    where = mine.page("item", number=9) if layout == "items" else mine.page("whole")
    answer = mine.send(where, item_9=value, **({} if layout == "items" else answers(8, 0)))
    assert RiskAlert.objects.count() == alerts
    assert (answer.headers.get("Location") == mine.page("crisis")) == bool(alerts)
    for alert in RiskAlert.objects.all():
        assert (alert.person, alert.owner, alert.answer.number) == (cast.patient, cast.clinician, 9)
        assert alert.answer.value == int(value)


def test_r1_only_the_question_about_risk_and_wherever_it_is_asked() -> None:
    found = [(one.key, item.number) for one in instruments.all() for item in one.risk_items]
    assert found == [("PHQ9", 9), ("PHQ9_item9", 9), ("CORE10", 6)]


def test_r1_an_alert_is_raised_though_the_rest_of_the_page_has_faults(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin("list")
    answer = mine.send(mine.page("whole"), item_9="2", item_1="nonsense")
    assert answer["Location"] == mine.page("crisis")
    assert RiskAlert.objects.get().answer.value == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broken", ["RiskAlert.objects.create", "audit._append", "Answer.objects.bulk_create"])
def test_r1_answer_and_alert_stand_or_fall_together(
    broken: str, cast: Any, visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = visit(cast.patient)
    mine.begin()
    where = mine.page("item", number=9)
    token = mine.form_token(where)

    def fails(*_args: object, **_values: object) -> None:
        raise RuntimeError("the machine stops here")

    with monkeypatch.context() as patch:
        targets = {"RiskAlert.objects.create": RiskAlert.objects, "Answer.objects.bulk_create": Answer.objects}
        patch.setattr(targets.get(broken, audit), broken.rsplit(".", 1)[1], fails)
        with pytest.raises(RuntimeError):
            mine.browser.post(where, {"form_token": token, "item_9": "3"})
    assert (Answer.objects.count(), RiskAlert.objects.count()) == (0, 0)
    assert not AuditEvent.objects.filter(event__in=["risk.raised", "measures.answered"]).exists()
    assert mine.browser.post(where, {"form_token": token, "item_9": "3"})["Location"] == mine.page("crisis")
    assert (Answer.objects.count(), RiskAlert.objects.count()) == (1, 1)


def test_r1_the_same_answer_twice_is_one_alert_and_another_is_another(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin()
    where = mine.page("item", number=9)
    token = mine.form_token(where)
    for _ in range(2):  # a double click
        mine.browser.post(where, {"form_token": token, "item_9": "1"})
    assert RiskAlert.objects.count() == 1
    mine.send(mine.page("crisis"), safety="safe")
    mine.send(where, item_9="3")
    assert RiskAlert.objects.count() == 2
    mine.send(mine.page("crisis"), safety="safe")
    mine.send(where, item_9="0")
    assert RiskAlert.objects.filter(closed_at=None).count() == 2  # taking it back closes nothing


def test_r2_the_crisis_text_comes_before_anything_else(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin()
    where = mine.send(mine.page("item", number=9), item_9="1")["Location"]
    said = mine.browser.get(where).content.decode()
    assert "If you are in danger now, ring 999." in said
    assert "Ring 01632 960 999 at any hour." in said
    assert "<script" not in said.split("<main")[1].split("</main>")[0]
    for other in (mine.page("item", number=1), mine.page("whole"), mine.page("finish")):
        assert mine.browser.get(other)["Location"] == where
    assert mine.send(START, layout="list")["Location"] == where
    assert mine.send(where).status_code == 422
    assert mine.send(where, safety="safe", wants_call="no")["Location"] == mine.page("whole")
    alert = RiskAlert.objects.get()
    assert (alert.safety, alert.wants_call, alert.urgent) == ("safe", False, False)


def test_r2_another_tab_cannot_finish_past_the_crisis_text(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin("list")
    mine.send(mine.page("whole"), **answers(10, 0))
    token = mine.form_token(mine.page("finish"))
    mine.send(mine.page("item", number=9), item_9="3")
    answer = mine.browser.post(mine.page("finish"), {"form_token": token})
    assert answer["Location"] == mine.page("crisis")
    assert mine.response().finished_at is None


def test_r2_an_answer_sent_after_the_session_ended_is_told_where_help_is(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin()
    mine.browser.cookies.clear()
    gone = mine.browser.post(mine.page("item", number=9), {"item_9": "3"}, follow=True)
    said = gone.content.decode()
    assert "If you are in danger now, ring 999." in said
    assert "was not saved" in said
    assert not Answer.objects.exists()


def test_r2_somebody_who_is_not_safe_is_shown_it_again_and_answered_sooner(cast: Any, visit: Any) -> None:
    with time_machine.travel(MONDAY, tick=False):
        mine = visit(cast.patient)
        mine.begin()
        where = mine.send(mine.page("item", number=9), item_9="1")["Location"]
        assert RiskAlert.objects.get().due_at == MONDAY + timedelta(hours=4)
        assert mine.send(where, safety="not_safe")["Location"] == where
        said = mine.browser.get(where).content.decode()
        assert "Please use the help above now" in said
        assert mine.page("item", number=1) in said
        assert RiskAlert.objects.get().due_at == MONDAY + timedelta(hours=1)


@pytest.mark.parametrize(
    ("safety", "call", "urgent"),
    [
        ("safe", "no", False),
        ("safe", "", False),
        ("safe", "yes", True),
        ("not_sure", "", True),
        ("not_safe", "no", True),
        ("not_said", "", False),
    ],
)
def test_a_call_or_doubt_makes_it_urgent(safety: str, call: str, urgent: bool, cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin()
    mine.send(mine.page("item", number=9), item_9="1")
    mine.send(mine.page("crisis"), safety=safety, wants_call=call)
    assert RiskAlert.objects.get().urgent is urgent


@pytest.mark.parametrize("mode", ["phone", "post"])
def test_r1_staff_who_enter_it_are_shown_the_text_too(mode: str, cast: Any, signed_in: Any, send: Any) -> None:
    staff = signed_in(cast.clinician)
    where = send(staff, reverse("questionnaires:key", kwargs={"person_id": cast.patient.pk}), key="PHQ9", mode=mode)
    crisis = send(staff, where["Location"], **answers(10, 1))["Location"]
    said = staff.get(crisis).content.decode()
    assert ("Read this to the person now" in said) == (mode == "phone")
    assert ("ring the person now" in said) == (mode == "post")
    assert send(staff, crisis, safety="not_said")["Location"].endswith("/finish/")
    assert RiskAlert.objects.get().answer.response.entered_by == cast.clinician


@pytest.mark.parametrize(
    ("moment", "minutes", "due"),
    [
        (at(2026, 11, 23, 10, 0), 60, at(2026, 11, 23, 11, 0)),
        (at(2026, 11, 23, 16, 30), 60, at(2026, 11, 24, 9, 30)),
        (at(2026, 11, 27, 16, 59, 59), 60, at(2026, 11, 30, 9, 59, 59)),  # a Friday evening
        (at(2026, 11, 28, 3, 0), 60, at(2026, 11, 30, 10, 0)),  # a Saturday night
        (at(2026, 11, 23, 6, 0), 60, at(2026, 11, 23, 10, 0)),
        (at(2026, 11, 23, 16, 0), 60, at(2026, 11, 23, 17, 0)),
        (
            at(2026, 12, 24, 16, 30),
            60,
            at(2026, 12, 29, 9, 30),
        ),  # Christmas; the 28th for Boxing Day
        (at(2028, 2, 28, 16, 30), 60, at(2028, 2, 29, 9, 30)),
        (at(2026, 11, 23, 10, 0), 960, at(2026, 11, 25, 10, 0)),
        (at(2026, 3, 27, 16, 30), 60, at(2026, 3, 30, 9, 30)),  # the clocks go forward on the 29th
        (at(2026, 10, 23, 16, 30), 60, at(2026, 10, 26, 9, 30)),  # and back on the 25th
    ],
)
def test_r3_deadlines_count_working_hours(moment: datetime, minutes: int, due: datetime) -> None:
    """Worked by hand with the calendar of bank holidays in England."""
    assert deadlines.after(moment, minutes, NINE_TO_FIVE) == due


def test_r3_nobody_responsible_belongs_to_the_duty_role(cast: Any, visit: Any, member: Any, signed_in: Any) -> None:
    unallocated(cast)
    duty = member(Role.DUTY, name="Dee Duty")
    alert = raised(cast, visit)
    assert alert.owner is None
    assert "CANARYBIRD" in signed_in(duty).get(ALERTS).content.decode()
    for other in (cast.colleague, cast.manager):
        assert "CANARYBIRD" not in signed_in(other).get(ALERTS).content.decode()
    page = signed_in(duty).get(reverse("questionnaires:alert", kwargs={"alert_id": alert.pk})).content.decode()
    assert "The duty role" in page
    person = {"person_id": cast.patient.pk}
    for name in ("people:person", "questionnaires:record"):  # the alert opens itself, and no more of the record
        assert signed_in(duty).get(reverse(name, kwargs=person)).status_code == 403
    assert "Several days" in page


def test_r3_somebody_who_has_left_owns_no_alert(cast: Any, visit: Any) -> None:
    accounts.set_leaving_day(by=audit.SYSTEM, user=cast.clinician, leaves_on=timezone.localdate())
    assert raised(cast, visit).owner is None


def test_r3_an_unacknowledged_alert_escalates_once_at_its_deadline(
    cast: Any, visit: Any, member: Any, signed_in: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        duty = member(Role.DUTY, name="Dee Duty")
        alert = raised(cast, visit)
        clock.move_to(alert.due_at - timedelta(seconds=1))
        call_command("escalate_alerts")
        assert RiskAlert.objects.get().escalated_at is None
        assert "CANARYBIRD" not in signed_in(cast.manager).get(ALERTS).content.decode()
        clock.move_to(alert.due_at)
        call_command("escalate_alerts")
        call_command("escalate_alerts")
        assert RiskAlert.objects.get().escalated_at == alert.due_at
        assert AuditEvent.objects.filter(event="risk.escalated").count() == 1
        assert capsys.readouterr().out.split("\n")[:3] == [
            "Escalated: 0 alerts.", "Escalated: 1 alert.", "Escalated: 0 alerts."
        ]  # fmt: skip
        for who in (duty, cast.manager, cast.clinician):
            page = signed_in(who).get(ALERTS).content.decode()
            assert "CANARYBIRD" in page
            assert "Late" in page
            assert "Escalated" in page
        assert "CANARYBIRD" not in signed_in(cast.colleague).get(ALERTS).content.decode()


def test_r3_an_alert_about_which_something_was_done_in_time_does_not_escalate(cast: Any, visit: Any) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        acted_on(raised(cast, visit), cast.clinician)
        clock.shift(timedelta(days=30))
        assert risk.escalate(by=audit.SYSTEM) == 0


def test_r3_an_alert_that_was_only_acknowledged_escalates_once_more(
    cast: Any, visit: Any, member: Any, signed_in: Any, client: Any
) -> None:
    """Somebody who takes it on and forgets it: it is passed on like one that nobody took on, and health says so."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        duty = member(Role.DUTY, name="Dee Duty")
        alert = raised(cast, visit)
        clock.move_to(alert.due_at)
        assert risk.escalate(by=audit.SYSTEM) == 1
        alert = RiskAlert.objects.get()
        clock.shift(timedelta(minutes=1))
        alert = risk.acknowledge(by=audit.SYSTEM, member=cast.clinician, alert=alert, version=alert.version)
        assert risk.escalate(by=audit.SYSTEM) == 0
        clock.move_to(alert.due_at + selectors.GRACE)
        assert client.get("/health").json()["alerts"].startswith("late alerts")
        assert "Late" in signed_in(duty).get(ALERTS).content.decode()
        assert [risk.escalate(by=audit.SYSTEM) for _ in range(2)] == [1, 0]
        assert client.get("/health").json()["alerts"] == "ok"
        assert Message.objects.filter(kind="alert_escalated", user=duty).count() == 2
        assert {wanted.now(one)[0] for one in Message.objects.filter(kind="alert_escalated")} == {""}


@pytest.mark.parametrize("how", ["leaves", "closed", "other role"])
def test_r3_an_alert_whose_owner_may_not_deal_with_it_any_more_goes_back_to_duty(
    how: str, cast: Any, visit: Any, member: Any, signed_in: Any, send: Any
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        duty = member(Role.DUTY, name="Dee Duty")
        alert = raised(cast, visit)
        risk.acknowledge(by=audit.SYSTEM, member=cast.clinician, alert=alert, version=alert.version)
        clock.shift(timedelta(minutes=1))
        if how == "leaves":
            accounts.set_leaving_day(by=audit.SYSTEM, user=cast.clinician, leaves_on=timezone.localdate())
        elif how == "closed":
            User.objects.filter(pk=cast.clinician.pk).update(is_active=False)
        else:
            RoleHeld.objects.filter(user=cast.clinician).update(role=Role.DATA_LEAD)
        assert [risk.escalate(by=audit.SYSTEM) for _ in range(2)] == [1, 0]
        alert = RiskAlert.objects.get()
        assert (alert.owner, alert.acknowledged_at) == (None, None)
        assert Message.objects.filter(kind="alert_escalated", user=duty).exists()
        assert send(signed_in(duty), step(alert, "acknowledge")).status_code == 302


def test_r3_whoever_is_paged_may_open_it(cast: Any, visit: Any, member: Any, signed_in: Any) -> None:
    """The duty role for every alert; the clinical leads while nobody holds it."""
    alert = raised(cast, visit)
    where = reverse("questionnaires:alert", kwargs={"alert_id": alert.pk})
    assert Message.objects.filter(kind="alert_raised", user=cast.manager).exists()
    assert signed_in(cast.manager).get(where).status_code == 200
    duty = member(Role.DUTY, name="Dee Duty")
    assert signed_in(duty).get(where).status_code == 200
    assert "CANARYBIRD" in signed_in(duty).get(ALERTS).content.decode()
    assert signed_in(cast.manager).get(where).status_code == 403
    assert signed_in(cast.colleague).get(where).status_code == 403


def closed(alert: RiskAlert, member: User) -> RiskAlert:
    alert = acted_on(alert, member)
    return risk.close(by=audit.SYSTEM, member=member, alert=alert, words="She was safe", version=alert.version)


def acted_on(alert: RiskAlert, member: User) -> RiskAlert:
    alert = risk.acknowledge(by=audit.SYSTEM, member=member, alert=alert, version=alert.version)
    return risk.note_action(by=audit.SYSTEM, member=member, alert=alert, words="Rang", version=alert.version)


def test_r2_not_safe_after_the_alert_was_closed_raises_another_and_pages(
    cast: Any, visit: Any, member: Any, signed_in: Any
) -> None:
    """The person left the crisis page; staff dealt with the answer; the next day the same link asks them again."""
    duty = member(Role.DUTY, name="Dee Duty")
    with time_machine.travel(MONDAY, tick=False) as clock:
        mine = visit(cast.patient)
        mine.begin()
        where = mine.send(mine.page("item", number=9), item_9="1")["Location"]
        first = closed(RiskAlert.objects.get(), cast.clinician)
        clock.shift(timedelta(minutes=10))
        assert "on the list that our staff look at first" not in mine.browser.get(where).content.decode()
        token = mine.form_token(where)
        assert mine.send(where, safety="not_safe", wants_call="yes")["Location"] == where
        mine.browser.post(where, {"form_token": token, "safety": "not_safe", "wants_call": "yes"})  # a double click
        first.refresh_from_db()
        second = RiskAlert.objects.get(after=first)
        assert RiskAlert.objects.count() == 2
        assert (first.safety, first.closing_words) == ("", "She was safe")
        assert (second.safety, second.wants_call, second.closed_at) == ("not_safe", True, None)
        assert second.answer == first.answer
        assert second.due_at == timezone.now() + timedelta(hours=1)
        said = mine.browser.get(where).content.decode()
        assert "on the list that our staff look at first" in said
        urgent = Message.objects.filter(kind="alert_urgent", user=duty)
        assert [wanted.now(one)[0] for one in urgent] == [""]
        page = signed_in(duty).get(reverse("questionnaires:alert", kwargs={"alert_id": second.pk})).content.decode()
        assert "Several days" in page
        assert str(first.pk) in page


def test_r2_safe_after_the_alert_was_closed_asks_nobody_for_more(cast: Any, visit: Any) -> None:
    mine = visit(cast.patient)
    mine.begin()
    where = mine.send(mine.page("item", number=9), item_9="1")["Location"]
    closed(RiskAlert.objects.get(), cast.clinician)
    assert mine.send(where, safety="safe", wants_call="no")["Location"] == mine.page("item", number=1)
    assert RiskAlert.objects.get().safety == "safe"


@pytest.mark.parametrize("meanwhile", ["acknowledged", "escalated", "acted on"])
def test_r2_what_a_person_says_of_their_safety_is_kept_whatever_staff_did_meanwhile(
    meanwhile: str, cast: Any, visit: Any, member: Any
) -> None:
    duty = member(Role.DUTY, name="Dee Duty")
    with time_machine.travel(MONDAY, tick=False) as clock:
        mine = visit(cast.patient)
        mine.begin()
        where = mine.send(mine.page("item", number=9), item_9="1")["Location"]
        token = mine.form_token(where)
        alert = RiskAlert.objects.get()
        clock.move_to(alert.due_at)
        if meanwhile == "escalated":
            assert risk.escalate(by=audit.SYSTEM) == 1
        elif meanwhile == "acted on":
            acted_on(alert, cast.clinician)
        else:
            risk.acknowledge(by=audit.SYSTEM, member=cast.clinician, alert=alert, version=alert.version)
        visit_again(mine, clock)
        answer = mine.browser.post(where, {"form_token": token, "safety": "not_safe", "wants_call": "yes"})
        assert (answer.status_code, answer["Location"]) == (302, where)
        alert = RiskAlert.objects.get()
        assert (alert.safety, alert.wants_call) == ("not_safe", True)
        assert Message.objects.filter(kind="alert_urgent", user=duty).count() == 1
        assert alert.due_at == timezone.now() + timedelta(hours=1)
        clock.move_to(alert.due_at)
        assert risk.escalate(by=audit.SYSTEM) == 1  # it is urgent, and nothing was done since


def visit_again(mine: Any, clock: Any) -> None:
    """Time went by: the link is followed again in the same browser."""
    clock.shift(timedelta(seconds=1))
    mine.browser.get(reverse("people:open_link", kwargs={"token": mine.token}))
    assert mine.browser.post("/people/check/", facts_of(mine.request.person))["Location"] == START


def test_r3_health_says_when_nothing_escalates(cast: Any, visit: Any, client: Any) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        alert = raised(cast, visit)
        clock.move_to(alert.due_at + selectors.GRACE)
        answer = client.get("/health")
        assert (answer.status_code, answer.json()["alerts"][:11]) == (503, "late alerts")
        risk.escalate(by=audit.SYSTEM)
        assert client.get("/health").json()["alerts"] == "ok"


def test_r3_the_list_is_oldest_first_with_its_clock_and_leaves_a_trace(cast: Any, visit: Any, signed_in: Any) -> None:
    people.allocate(by=audit.SYSTEM, person=cast.stranger, user=cast.clinician, starts_on=timezone.localdate())
    with time_machine.travel(MONDAY, tick=False) as clock:
        mine = visit(cast.stranger)
        mine.begin()
        mine.send(mine.page("item", number=9), item_9="1")
        clock.shift(timedelta(minutes=20))
        raised(cast, visit)
        page = signed_in(cast.clinician).get(ALERTS).content.decode()
    assert page.index("PASSERBY") < page.index("CANARYBIRD")
    assert "23 November 2026 at 10:00am" in page
    assert "23 November 2026 at 2:00pm" in page
    listed = AuditEvent.objects.filter(event="alert.listed").values_list("person", flat=True)
    assert set(listed) == {cast.patient.pk, cast.stranger.pk}


def step(alert: RiskAlert, name: str) -> str:
    return reverse("questionnaires:alert_step", kwargs={"alert_id": alert.pk, "step": name})


def test_r3_r5_acknowledged_acted_on_and_closed_in_words_by_somebody_named(
    cast: Any, visit: Any, signed_in: Any, send: Any
) -> None:
    alert = raised(cast, visit)
    staff = signed_in(cast.clinician)
    assert staff.get(step(alert, "close")).status_code == 302  # nothing was done yet
    assert staff.get(step(alert, "action")).status_code == 302
    assert send(staff, step(alert, "acknowledge")).status_code == 302
    assert staff.get(step(alert, "close")).status_code == 302
    assert send(staff, step(alert, "action"), words="Rang, spoke for 15 minutes").status_code == 302
    assert send(staff, step(alert, "close"), words=" \n ").status_code == 422
    assert send(staff, step(alert, "close"), words="Safe with her sister, safety plan agreed").status_code == 302
    closed = RiskAlert.objects.get()
    assert (closed.closed_by, closed.closing_words) == (cast.clinician, "Safe with her sister, safety plan agreed")
    assert AlertAction.objects.get().by == cast.clinician
    page = staff.get(reverse("questionnaires:alert", kwargs={"alert_id": alert.pk})).content.decode()
    assert "Closed by Clare Clinician" in page
    assert staff.get(step(alert, "action")).status_code == 404
    assert "CANARYBIRD" not in staff.get(ALERTS).content.decode()
    events = AuditEvent.objects.filter(event__startswith="risk.").order_by("sequence").values_list("event", flat=True)
    assert list(events) == ["risk.raised", "risk.acknowledged", "risk.acted", "risk.closed"]


def test_r5_the_database_itself_refuses_a_closure_without_words_or_name(cast: Any, visit: Any) -> None:
    alert = raised(cast, visit)
    now, rows = timezone.now(), RiskAlert.objects.filter(pk=alert.pk)
    whole = {"owner": cast.clinician, "acknowledged_at": now, "closed_at": now, "closed_by": cast.clinician}
    for wrong in ({**whole, "closed_by": None, "closing_words": "x"}, whole, {"closed_at": now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    assert rows.update(**whole, closing_words="x") == 1


def test_r5_time_alone_closes_nothing(cast: Any, visit: Any) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        raised(cast, visit)
        for _ in range(5):
            clock.shift(timedelta(days=400))
            call_command("escalate_alerts")
            call_command("tidy")
        assert RiskAlert.objects.get().closed_at is None


def test_r5_two_at_once_one_is_told(cast: Any, visit: Any, signed_in: Any, send: Any, member: Any) -> None:
    alert = raised(cast, visit)
    other: User = member(Role.DUTY, name="Dee Duty")
    accounts.plan_duty(by=audit.SYSTEM, user=other, hours=1)
    duty = signed_in(other)

    def somebody_else_takes_it() -> None:
        assert send(duty, step(alert, "acknowledge")).status_code == 302

    answer = send(signed_in(cast.clinician), step(alert, "acknowledge"), first=somebody_else_takes_it)
    assert answer.status_code == 409
    assert "Somebody else changed this alert meanwhile" in answer.content.decode()
    assert RiskAlert.objects.get().owner == other


@pytest.mark.parametrize("act", ["note_action", "close"])
def test_nothing_is_done_or_closed_before_somebody_acknowledged(act: str, cast: Any, visit: Any) -> None:
    alert = raised(cast, visit)
    with pytest.raises(risk.NothingDoneError):
        getattr(risk, act)(by=audit.SYSTEM, member=cast.clinician, alert=alert, words="x", version=alert.version)


def test_a_stale_finish_stores_nothing_more(cast: Any) -> None:
    response = actions.key_in(by=audit.SYSTEM, member=cast.clinician, person=cast.patient, key="PHQ9", mode="post")
    given = dict.fromkeys(range(1, 11), 0)
    actions.save_answers(by=audit.SYSTEM, response=response, answers=given)
    version = response.version
    actions.finish(by=audit.SYSTEM, response=response, missing_words="", version=version)
    with pytest.raises(ChangedMeanwhileError):
        actions.save_answers(by=audit.SYSTEM, response=response, answers={9: 3})
    assert Response.objects.get().points == 0
    assert not RiskAlert.objects.exists()


def test_every_declared_question_about_safety_raises_an_alert(cast: Any, signed_in: Any, send: Any) -> None:
    """CORE-10 asks about plans to end one's life; its wording may not be shown, so the alert says what it is about."""
    response = actions.key_in(by=audit.SYSTEM, member=cast.clinician, person=cast.patient, key="CORE10", mode="post")
    assert not actions.save_answers(by=audit.SYSTEM, response=response, answers={5: 4, 6: 0})
    assert actions.save_answers(by=audit.SYSTEM, response=response, answers={6: 1})
    alert = RiskAlert.objects.get()
    page = signed_in(cast.clinician).get(reverse("questionnaires:alert", kwargs={"alert_id": alert.pk}))
    assert "Question 6, as printed on the form: about plans to end one&#39;s life" in page.content.decode()
