"""Teams, the duty rota and supervision: planned on pages, ended and not deleted, and a gap is said."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from allcomers.service.accounts import actions as accounts
from allcomers.service.accounts.models import DutyShift, RoleHeld, Supervision, Team, TeamMembership, User
from allcomers.service.governance import audit
from allcomers.service.governance.models import AuditEvent
from allcomers.service.governance.permissions import Role
from allcomers.service.look import health
from allcomers.service.rota import actions, selectors
from allcomers.service.rota.coverage import Span, left_over
from tests.service.referrals.examples import make_referral

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)  # 11:00 in London, a working day
IN_USE = settings.ALLCOMERS.but(mode="production")


def day(name: str, when: date) -> dict[str, str]:
    return {f"{name}_day": str(when.day), f"{name}_month": str(when.month), f"{name}_year": str(when.year)}


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture(autouse=True)
def _on_a_monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def runs(member: Any, signed_in: Any) -> Client:
    """The browser of a service administrator."""
    browser: Client = signed_in(member(Role.SERVICE_ADMINISTRATOR, name="Sam Service"))
    return browser


@pytest.fixture
def leads(member: Any, signed_in: Any) -> Client:
    browser: Client = signed_in(member(Role.CLINICAL_LEAD, name="Leila Lead"))
    return browser


def test_f10_a_service_without_a_team_gets_one_and_then_accepts_a_referral(
    member: Any, signed_in: Any, send: Any, runs: Client
) -> None:
    """From nothing but a service administrator, by pages alone."""
    administrator = member(Role.ADMINISTRATOR, name="Ada Administrator")
    referral = make_referral(make_person())
    where = reverse("referrals:referral", kwargs={"referral_id": referral.pk})
    handles = signed_in(administrator)
    refused = send(handles, where, decision="accept", decision_words="Yes")
    assert refused.status_code == 422
    assert "There is no team yet" in text(refused)
    made = send(runs, reverse("rota:add_team"), team_name="North")
    team = Team.objects.get(name="North")
    assert made["Location"] == reverse("rota:team", kwargs={"team_id": team.pk})
    joined = send(
        runs,
        reverse("rota:join", kwargs={"team_id": team.pk}),
        user=administrator.pk,
        **day("starts_on", date(2026, 6, 1)),
    )
    assert joined.status_code == 302
    assert send(handles, where, decision="accept", team=team.pk, decision_words="Yes").status_code == 302
    referral.person.refresh_from_db()
    assert referral.person.team == team
    assert handles.get(reverse("people:person", kwargs={"person_id": referral.person_id})).status_code == 200
    assert [one.event for one in AuditEvent.objects.filter(event__startswith="team.").order_by("sequence")] == [
        "team.made",
        "team.joined",
    ]


def make_person() -> Any:
    from allcomers.service.people import actions as people

    return people.add_person(
        by=audit.SYSTEM, given_name="Nora", family_name="Newcomer", date_of_birth=date(1990, 1, 1), postcode="ZZ99 3VZ"
    )


def test_a_team_has_one_name_and_can_be_closed(cast: Any, runs: Client, send: Any) -> None:
    again = send(runs, reverse("rota:add_team"), team_name="north")
    assert again.status_code == 422
    assert "There is a team with this name already" in text(again)
    change = reverse("rota:change_team", kwargs={"team_id": cast.team.pk})
    assert send(runs, change, team_name="North and West", **day("closed_on", date(2026, 6, 1))).status_code == 302
    assert cast.team not in selectors.open_teams(timezone.localdate())
    assert "Closed" in text(runs.get(reverse("rota:teams")))
    assert TeamMembership.objects.filter(team=cast.team, ends_on=None).count() == 3


def test_two_who_change_a_team_at_once_see_each_other(cast: Any, runs: Client, send: Any) -> None:
    change = reverse("rota:change_team", kwargs={"team_id": cast.team.pk})

    def meanwhile() -> None:
        actions.change_team(by=audit.SYSTEM, team=cast.team, name="East", closed_on=None, version=1)

    answer = send(runs, change, first=meanwhile, team_name="West")
    assert answer.status_code == 409
    assert "Somebody else saved this while you were typing" in text(answer)
    assert Team.objects.get(pk=cast.team.pk).name == "East"


def test_membership_is_refused_twice_and_ends_without_being_deleted(cast: Any, runs: Client, send: Any) -> None:
    join = reverse("rota:join", kwargs={"team_id": cast.team.pk})
    twice = send(runs, join, user=cast.clinician.pk, **day("starts_on", date(2026, 6, 3)))
    assert twice.status_code == 422
    assert "Clare Clinician is in this team already, from" in text(twice)
    backwards = send(
        runs, join, user=cast.clinician.pk, **day("starts_on", date(2026, 6, 3)), **day("ends_on", date(2026, 6, 2))
    )
    assert "The last day cannot be before the first" in text(backwards)
    past = send(runs, join, user=cast.clinician.pk, **day("starts_on", date(2026, 5, 31)))
    assert "The first day cannot be in the past" in text(past)
    row = TeamMembership.objects.get(user=cast.clinician)
    until = reverse("rota:membership", kwargs={"membership_id": row.pk})
    early = send(runs, until, until="last day", **day("ends_on", date(2026, 5, 30)))
    assert "The last day cannot be before 1 June 2026" in text(early)
    assert send(runs, until, until="last day", **day("ends_on", date(2026, 6, 30))).status_code == 302
    assert send(runs, until, until="at once").status_code == 302
    row.refresh_from_db()
    assert row.ends_on == date(2026, 5, 31)
    assert "This is over" in text(runs.get(until))
    assert AuditEvent.objects.filter(event="team.membership_changed").count() == 2
    assert send(runs, join, user=cast.clinician.pk, **day("starts_on", date(2026, 6, 1))).status_code == 302


def test_a_membership_that_is_taken_back_before_it_begins_stands_in_nobodys_way(
    cast: Any, runs: Client, send: Any, member: Any
) -> None:
    user = member(Role.ADMINISTRATOR, name="Late Comer")
    row = actions.join_team(by=audit.SYSTEM, user=user, team=cast.team, starts_on=date(2026, 7, 1), ends_on=None)
    assert send(runs, reverse("rota:membership", kwargs={"membership_id": row.pk}), until="at once").status_code == 302
    assert "taken back" in text(runs.get(reverse("rota:team", kwargs={"team_id": cast.team.pk})))
    join = reverse("rota:join", kwargs={"team_id": cast.team.pk})
    assert send(runs, join, user=user.pk, **day("starts_on", date(2026, 6, 20))).status_code == 302


def test_one_that_goes_on_longer_may_not_run_into_the_next(cast: Any, runs: Client, send: Any, member: Any) -> None:
    user = member(Role.ADMINISTRATOR, name="Now And Then")
    first, second = (
        actions.join_team(by=audit.SYSTEM, user=user, team=cast.team, starts_on=begins, ends_on=ends)
        for begins, ends in ((date(2026, 6, 1), date(2026, 6, 10)), (date(2026, 6, 20), None))
    )
    until = reverse("rota:membership", kwargs={"membership_id": first.pk})
    assert "The same begins again from 20 June 2026" in text(send(runs, until, until="goes on"))
    assert send(runs, until, until="last day", **day("ends_on", date(2026, 6, 19))).status_code == 302
    assert TeamMembership.objects.get(pk=second.pk).ends_on is None


def test_f10_duty_is_planned_on_every_working_day_and_opens_records_during_the_shift(
    cast: Any, leads: Client, send: Any, member: Any, signed_in: Any
) -> None:
    duty = member(Role.DUTY, name="Dita Duty")
    page = reverse("people:person", kwargs={"person_id": cast.patient.pk})
    assert signed_in(duty).get(page).status_code == 403
    assert "Nobody is on duty now." in text(leads.get(reverse("rota:duty")))
    planned = send(
        leads,
        reverse("rota:plan"),
        user=duty.pk,
        starts_at="09:00",
        ends_at="17:00",
        **day("starts_on", date(2026, 6, 1)),
        **day("repeat_until", date(2026, 6, 12)),
    )
    assert planned.status_code == 302
    assert DutyShift.objects.count() == 10
    said = text(leads.get(reverse("rota:duty")))
    assert "On duty now: <strong>Dita Duty</strong>, until 1 June 2026 at 5:00pm" in said
    assert "Somebody is on duty in all working hours (09:00 to 17:00 on working days)." in said
    assert signed_in(duty).get(page).status_code == 200
    with time_machine.travel(MONDAY + timedelta(hours=8)):
        assert signed_in(duty).get(page).status_code == 403
    assert AuditEvent.objects.filter(event="duty.planned").count() == 10


def test_what_cannot_be_a_shift_is_said_and_nothing_is_planned(
    cast: Any, leads: Client, send: Any, member: Any
) -> None:
    duty, where = member(Role.DUTY, name="Dita Duty"), reverse("rota:plan")
    monday, whole = day("starts_on", date(2026, 6, 1)), {"user": duty.pk, "starts_at": "09:00", "ends_at": "17:00"}
    wrong = {
        "The end cannot be before the beginning": {**whole, **monday, "ends_at": "08:00"},
        "The last day cannot be before the first": {**whole, **monday, **day("ends_on", date(2026, 5, 31))},
        "Enter a time like 09:00": {**whole, **monday, "starts_at": "nine"},
        "This time is over already": {**whole, **monday, "starts_at": "08:00", "ends_at": "09:30"},
        "A shift is a week long at most": {**whole, **monday, **day("ends_on", date(2026, 6, 30))},
        "This day cannot be before the first": {**whole, **monday, **day("repeat_until", date(2026, 5, 31))},
        "Plan 91 days at a time at most": {**whole, **monday, **day("repeat_until", date(2027, 6, 1))},
        "Choose who is on duty": {**whole, **monday, "user": ""},
        "Select a valid choice": {**whole, **monday, "user": cast.clinician.pk},
    }
    for words, given_values in wrong.items():
        answer = send(leads, where, **given_values)
        assert (answer.status_code, words in text(answer)) == (422, True), words
    RoleHeld.objects.filter(user=duty).update(ends_on=date(2026, 6, 3))
    without = send(leads, where, **whole, **monday, **day("repeat_until", date(2026, 6, 5)))
    assert "Dita Duty does not hold the duty role then" in text(without)
    assert DutyShift.objects.count() == 0


def test_one_person_is_not_on_duty_twice_at_once_but_two_people_may_be(leads: Client, send: Any, member: Any) -> None:
    one, other = (member(Role.DUTY, name=name) for name in ("One Duty", "Other Duty"))
    where, tuesday = reverse("rota:plan"), day("starts_on", date(2026, 6, 2))
    hours = {"starts_at": "09:00", "ends_at": "17:00"}
    assert send(leads, where, user=one.pk, **hours, **tuesday).status_code == 302
    twice = send(
        leads,
        where,
        user=one.pk,
        **hours,
        **day("starts_on", date(2026, 6, 1)),
        **day("repeat_until", date(2026, 6, 2)),
    )
    assert twice.status_code == 422
    assert "One Duty is on duty already from 2 June 2026 at 9:00am to 2 June 2026 at 5:00pm" in text(twice)
    assert DutyShift.objects.count() == 1
    assert send(leads, where, user=other.pk, **hours, **tuesday).status_code == 302


def test_a_night_on_duty_ends_the_day_after(leads: Client, send: Any, member: Any) -> None:
    duty, monday = member(Role.DUTY), day("starts_on", date(2026, 6, 1))
    night = {"starts_at": "17:00", "ends_at": "09:00", **day("ends_on", date(2026, 6, 2))}
    assert send(leads, reverse("rota:plan"), user=duty.pk, **night, **monday).status_code == 302
    shift = DutyShift.objects.get()
    assert (shift.ends_at - shift.starts_at) == timedelta(hours=16)


def test_a_shift_ends_or_does_not_take_place_and_stays_on_record(leads: Client, send: Any, member: Any) -> None:
    duty = member(Role.DUTY)
    now, later = (
        accounts.plan_duty(by=audit.SYSTEM, user=duty, hours=8, starts_at=MONDAY + timedelta(hours=hours))
        for hours in (-1, 24)
    )
    for shift in (now, later):
        where = reverse("rota:shift", kwargs={"shift_id": shift.pk})
        assert send(leads, where).status_code == 302
        assert leads.post(where, {"form_token": "x"}).status_code in {409, 200}
    now.refresh_from_db()
    later.refresh_from_db()
    assert now.ends_at == MONDAY
    assert later.ends_at == later.starts_at
    assert "None is planned." in text(leads.get(reverse("rota:duty")))
    assert DutyShift.objects.count() == 2
    assert AuditEvent.objects.filter(event="duty.ended").count() == 2


def test_two_who_end_a_shift_at_once_see_each_other(leads: Client, send: Any, member: Any) -> None:
    shift = accounts.plan_duty(by=audit.SYSTEM, user=member(Role.DUTY), hours=8, starts_at=MONDAY + timedelta(hours=24))
    where = reverse("rota:shift", kwargs={"shift_id": shift.pk})

    def meanwhile() -> None:
        DutyShift.objects.filter(pk=shift.pk).update(version=2)

    assert send(leads, where, first=meanwhile).status_code == 409


@pytest.mark.parametrize("gone", ["left", "without the role"])
def test_a_shift_that_is_nobodys_is_a_gap_and_says_so(gone: str, cast: Any, leads: Client, member: Any) -> None:
    duty = member(Role.DUTY, name="Dita Duty")
    accounts.plan_duty(by=audit.SYSTEM, user=duty, hours=13 * 24, starts_at=MONDAY - timedelta(hours=2))
    assert selectors.gaps(MONDAY, selectors.shifts(MONDAY)) == []
    if gone == "left":
        accounts.set_leaving_day(by=audit.SYSTEM, user=duty, leaves_on=date(2026, 6, 3))
    else:
        RoleHeld.objects.filter(user=duty).update(ends_on=date(2026, 6, 2))
    said = text(leads.get(reverse("rota:duty")))
    assert "Working hours in which nobody is on duty" in said
    assert "3 June 2026 at 9:00am until 3 June 2026 at 5:00pm" in said
    assert "<li>2 June 2026" not in said
    assert "Nobody’s" in said
    assert ("has left by then" if gone == "left" else "does not hold the duty role then") in said
    with override_settings(ALLCOMERS=IN_USE):
        assert health.states()["duty"] == "ok"
        found = [one for one in run_checks(include_deployment_checks=True) if one.id == "production.W004"]
        assert found[0].msg.startswith("On 8 of the working days")
        with time_machine.travel(datetime(2026, 6, 3, 9, 0, tzinfo=UTC)):
            assert health.states()["duty"] == "nobody is on duty: plan it on the page “Duty”"
        with time_machine.travel(datetime(2026, 6, 3, 19, 0, tzinfo=UTC)):
            assert health.states()["duty"] == "ok"


def test_health_asks_for_nobody_on_duty_before_there_is_anybody_to_be_called_to(db: None) -> None:
    with override_settings(ALLCOMERS=IN_USE):
        assert health.states()["duty"] == "ok"


def test_weekends_and_bank_holidays_are_no_gaps(db: None) -> None:
    late_may = datetime(2026, 5, 22, 10, tzinfo=UTC)  # a Friday before the spring bank holiday of 25 May 2026
    days = {timezone.localdate(one.starts_at) for one in selectors.gaps(late_may, [], days=5)}
    assert days == {date(2026, 5, 22), date(2026, 5, 26)}


def test_f10_supervision_is_begun_and_ended_on_pages_and_opens_the_supervisees_people(
    cast: Any, leads: Client, send: Any, member: Any, signed_in: Any
) -> None:
    supervisor = member(Role.SUPERVISOR, name="Sunil Supervisor")
    page = reverse("people:person", kwargs={"person_id": cast.patient.pk})
    where, today = reverse("rota:supervise"), day("starts_on", date(2026, 6, 1))
    both = {"supervisor": supervisor.pk, "supervisee": cast.clinician.pk}
    assert signed_in(supervisor).get(page).status_code == 403
    assert send(leads, where, **both, **today).status_code == 302
    assert signed_in(supervisor).get(page).status_code == 200
    twice = send(leads, where, **both, **today)
    assert "Sunil Supervisor supervises Clare Clinician already, from 1 June 2026" in text(twice)
    row = Supervision.objects.get()
    assert (
        send(leads, reverse("rota:supervision", kwargs={"supervision_id": row.pk}), until="at once").status_code == 302
    )
    assert signed_in(supervisor).get(page).status_code == 403
    assert Supervision.objects.count() == 1


def test_supervision_is_by_a_supervisor_of_somebody_who_treats(
    cast: Any, leads: Client, send: Any, member: Any
) -> None:
    both = member(Role.SUPERVISOR, Role.HIGH_INTENSITY, name="Both Example")
    where, today = reverse("rota:supervise"), day("starts_on", date(2026, 6, 1))
    assert "Select a valid choice" in text(
        send(leads, where, supervisor=cast.clinician.pk, supervisee=both.pk, **today)
    )
    assert "Nobody supervises their own cases" in text(
        send(leads, where, supervisor=both.pk, supervisee=both.pk, **today)
    )
    RoleHeld.objects.filter(user=both, role=Role.SUPERVISOR).update(ends_on=date(2026, 6, 30))
    later = send(leads, where, supervisor=both.pk, supervisee=cast.clinician.pk, **day("starts_on", date(2026, 7, 1)))
    assert "Both Example is not a supervisor on 1 July 2026" in text(later)
    assert Supervision.objects.count() == 0


def test_those_who_may_be_called_see_the_rota_and_change_nothing(cast: Any, signed_in: Any) -> None:
    browser = signed_in(cast.clinician)
    assert "Plan duty" not in text(browser.get(reverse("rota:duty")))
    assert browser.get(reverse("rota:plan")).status_code == 403


def test_the_start_page_says_what_is_left_to_do_until_nothing_is(runs: Client, send: Any, signed_in: Any) -> None:
    """An empty installation, in which `allcomers manage add_administrator` made the first account."""

    def left() -> list[str]:
        words = ("Make a team", "Add staff", "Put staff into a team", "Plan duty:", "ALLCOMERS_CRISIS_TEXT")
        return [one for one in words if one in text(runs.get("/"))]

    with override_settings(ALLCOMERS=settings.ALLCOMERS.but(crisis_text="")):
        assert left() == ["Make a team", "Add staff", "Plan duty:", "ALLCOMERS_CRISIS_TEXT"]
    assert "there is not yet an administrator, somebody who treats, a duty worker or a clinical lead" in text(
        runs.get("/")
    )
    send(runs, reverse("rota:add_team"), team_name="North")
    assert left() == ["Add staff", "Put staff into a team", "Plan duty:"]
    roles = ["administrator", "pwp", "duty", "clinical_lead"]
    send(runs, reverse("accounts:add_member"), full_name="All Roles", email="all@example.org", roles=roles)
    user = User.objects.get(email="all@example.org")
    assert left() == ["Put staff into a team", "Plan duty:"]
    lead = text(signed_in(user).get("/"))
    assert ("Plan duty:" in lead, "Make a team" in lead) == (True, False)
    team = reverse("rota:join", kwargs={"team_id": Team.objects.get().pk})
    send(runs, team, user=user.pk, **day("starts_on", date(2026, 6, 1)))
    assert left() == ["Plan duty:"]
    shift = {"user": user.pk, "starts_at": "09:00", "ends_at": "17:00", **day("starts_on", date(2026, 6, 1))}
    send(runs, reverse("rota:plan"), **shift, **day("repeat_until", date(2026, 6, 14)))
    assert left() == []
    assert "What to do next" not in text(runs.get("/"))


moments = st.integers(min_value=0, max_value=48).map(lambda hours: MONDAY + timedelta(hours=hours))
spans = st.tuples(moments, moments).map(lambda ends: Span(min(ends), max(ends)))


@given(wanted=spans, covered=st.lists(spans, max_size=6))
def test_each_hour_is_left_over_or_covered_and_never_both(wanted: Span, covered: list[Span]) -> None:
    left = left_over(wanted, covered)
    hour = wanted.starts_at
    while hour < wanted.ends_at:
        inside = [one for one in covered if one.starts_at <= hour < one.ends_at]
        over = [one for one in left if one.starts_at <= hour < one.ends_at]
        assert (len(over) == 1) != bool(inside)
        hour += timedelta(hours=1)


def test_two_at_once_put_somebody_on_duty_once(member: Any) -> None:
    """The row of whoever is planned is locked first, so that of two at once the second sees the first."""
    from django.test.utils import CaptureQueriesContext

    duty = member(Role.DUTY)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        actions.plan_duty(by=audit.SYSTEM, user=duty, spans=[Span(MONDAY, MONDAY + timedelta(hours=1))])
    first = next(one["sql"] for one in asked.captured_queries if "accounts_user" in one["sql"])
    assert "accounts_dutyshift" not in first
    if connection.vendor == "postgresql":
        assert "FOR UPDATE" in first
