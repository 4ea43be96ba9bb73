"""Pages of teams, duty and supervision."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.accounts.models import Team
from allcomers.service.governance.forms import form_page
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.rota import access, actions, selectors
from allcomers.service.rota.forms import (
    AddTeamForm,
    EndForm,
    EndShiftForm,
    JoinForm,
    PlanForm,
    SuperviseForm,
    TeamForm,
)


@require_safe
def teams(request: ServiceRequest) -> HttpResponse:
    return render(request, "rota/teams.jinja", {"teams": selectors.teams(), "today": timezone.localdate()})


@require_http_methods(["GET", "POST"])
def add_team(request: ServiceRequest) -> HttpResponse:
    form = AddTeamForm.of_request(request)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "rota/add_team.jinja", form)
    team = actions.make_team(by=request.access.actor, name=form.cleaned_data["team_name"])
    form.saved()
    return redirect("rota:team", team_id=team.pk)


@require_safe
def team(request: ServiceRequest, team_id: int) -> HttpResponse:
    found = _team(team_id)
    page = {"team": found, "memberships": list(selectors.memberships_of(found)), "people": selectors.people_in(found)}
    return render(request, "rota/team.jinja", {**page, "today": timezone.localdate()})


@require_http_methods(["GET", "POST"])
def change_team(request: ServiceRequest, team_id: int) -> HttpResponse:
    found = _team(team_id)
    form = TeamForm.of_request(request, of=found)
    page = {"team": _team(team_id)}
    if not form.is_bound or not form.is_valid():
        return form_page(request, "rota/change_team.jinja", form, page)
    given = form.cleaned_data
    try:
        actions.change_team(
            by=request.access.actor,
            team=found,
            name=given["team_name"],
            closed_on=given["closed_on"],
            version=form.version,
        )
    except ChangedMeanwhileError as meanwhile:
        return form_page(request, "rota/change_team.jinja", form.against(meanwhile.current), page, status=409)
    form.saved()
    return redirect("rota:team", team_id=team_id)


@require_http_methods(["GET", "POST"])
def join(request: ServiceRequest, team_id: int) -> HttpResponse:
    found = _team(team_id)
    form = JoinForm.of_request(request, of=found)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "rota/join.jinja", form, {"team": found})
    given, user = form.cleaned_data, form.member("user")
    try:
        actions.join_team(
            by=request.access.actor, user=user, team=found, starts_on=given["starts_on"], ends_on=given["ends_on"]
        )
    except actions.OverlapError as error:
        form.add_error("user", f"{user.name} is in this team already, {error.when}")
        return form_page(request, "rota/join.jinja", form, {"team": found})
    form.saved()
    return redirect("rota:team", team_id=team_id)


@require_http_methods(["GET", "POST"])
def membership(request: ServiceRequest, membership_id: int) -> HttpResponse:
    found = selectors.membership_with_id(membership_id)
    if found is None:
        raise Http404
    what = f"{found.user.name} in {found.team.name}"
    return _until(request, found, what, redirect("rota:team", team_id=found.team_id))


@require_safe
def duty(request: ServiceRequest) -> HttpResponse:
    now = timezone.now()
    rota = selectors.shifts(now)
    page = {"on_duty": selectors.on_duty(now, rota), "gaps": selectors.gaps(now, rota), "rota": rota}
    page["plans"] = bool(request.access.roles & access.PLANS)
    page["hours"] = settings.ALLCOMERS.working_hours
    return render(request, "rota/duty.jinja", page)


@require_http_methods(["GET", "POST"])
def plan(request: ServiceRequest) -> HttpResponse:
    hours = settings.ALLCOMERS.working_hours
    form = PlanForm.of_request(request, hours=hours)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "rota/plan.jinja", form)
    user = form.member("user")
    try:
        actions.plan_duty(by=request.access.actor, user=user, spans=form.spans())
    except actions.OverlapError as error:
        form.add_error("starts_on", f"{user.name} is on duty already {error.when}. Nothing was planned")
        return form_page(request, "rota/plan.jinja", form)
    form.saved()
    return redirect("rota:duty")


@require_http_methods(["GET", "POST"])
def shift(request: ServiceRequest, shift_id: int) -> HttpResponse:
    """End a shift, or take it out of the rota."""
    found = selectors.shift_with_id(shift_id)
    if found is None:
        raise Http404
    form = EndShiftForm.of_request(request, of=found)
    page = {"shift": found, "begun": found.starts_at <= timezone.now(), "over": found.ends_at <= timezone.now()}
    if not form.is_bound or not form.is_valid() or page["over"]:
        return form_page(request, "rota/shift.jinja", form, page)
    try:
        actions.end_shift(by=request.access.actor, shift=found, version=form.version)
    except ChangedMeanwhileError as meanwhile:
        page = {**page, "shift": meanwhile.current}
        return form_page(request, "rota/shift.jinja", form.against(meanwhile.current), page, status=409)
    form.saved()
    return redirect("rota:duty")


@require_safe
def supervisions(request: ServiceRequest) -> HttpResponse:
    page = {"supervisions": list(selectors.supervisions()), "today": timezone.localdate()}
    return render(request, "rota/supervisions.jinja", page)


@require_http_methods(["GET", "POST"])
def supervise(request: ServiceRequest) -> HttpResponse:
    form = SuperviseForm.of_request(request)
    if not form.is_bound or not form.is_valid():
        return form_page(request, "rota/supervise.jinja", form)
    given, supervisor, supervisee = form.cleaned_data, form.member("supervisor"), form.member("supervisee")
    try:
        actions.begin_supervision(
            by=request.access.actor,
            supervisor=supervisor,
            supervisee=supervisee,
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
        )
    except actions.OverlapError as error:
        form.add_error("supervisee", f"{supervisor.name} supervises {supervisee.name} already, {error.when}")
        return form_page(request, "rota/supervise.jinja", form)
    form.saved()
    return redirect("rota:supervisions")


@require_http_methods(["GET", "POST"])
def supervision(request: ServiceRequest, supervision_id: int) -> HttpResponse:
    found = selectors.supervision_with_id(supervision_id)
    if found is None:
        raise Http404
    what = f"{found.supervisor.name} supervises {found.supervisee.name}"
    return _until(request, found, what, redirect("rota:supervisions"))


def _until(request: ServiceRequest, row: actions.Dated, what: str, back: HttpResponse) -> HttpResponse:
    """Say until when a membership or supervision goes on. One that is over stays as it was."""
    over = row.ends_on is not None and row.ends_on < timezone.localdate()
    form = EndForm.of_request(request, of=row)
    page: dict[str, Any] = {"what": what, "row": row, "over": over, "back_to": back["Location"]}
    if not form.is_bound or not form.is_valid() or over:
        return form_page(request, "rota/until.jinja", form, page)
    try:
        actions.change_end(by=request.access.actor, row=row, ends_on=form.last_day, version=form.version)
    except ChangedMeanwhileError as meanwhile:
        page["row"] = meanwhile.current
        return form_page(request, "rota/until.jinja", form.against(meanwhile.current), page, status=409)
    except actions.OverlapError as error:
        form.add_error("ends_on", f"The same begins again {error.when}")
        return form_page(request, "rota/until.jinja", form, page)
    form.saved()
    return back


def _team(team_id: int) -> Team:
    found = selectors.team_with_id(team_id)
    if found is None:
        raise Http404
    return found
