"""The inbox: new referrals, one of them, and what is decided."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.governance import audit
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.referrals import changing, clocks, handling, joining, paths, selectors
from allcomers.service.referrals.access import HANDLES
from allcomers.service.referrals.changing_forms import REOPEN, CancelledForm, LookedForm, in_words
from allcomers.service.referrals.handling_forms import ACCEPT, REJECT, SIGNPOST, DecisionForm, UndoForm
from allcomers.service.referrals.models import Addition, Merge, Referral
from allcomers.service.referrals.steps import Line

A_PAGE = 25


@require_safe
def inbox(request: ServiceRequest) -> HttpResponse:
    now = timezone.now()
    waiting = selectors.inbox(request.access.visible_people())
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    request.access.shown(one.person_id for one in page.object_list)
    rows = [(one, clocks.in_words(one.received_at, now)) for one in page.object_list]
    return render(
        request, "referrals/inbox.jinja", {"page": page, "rows": rows, "first_look": selectors.first_look(now)}
    )


@require_http_methods(["GET", "POST"])
def referral(request: ServiceRequest, referral_id: UUID) -> HttpResponse:
    """One referral. What can be done with it depends on its state, and on whether the viewer deals with referrals."""
    one = selectors.referral_of(request.access.subject, referral_id)
    handles = HANDLES in request.access.relationships
    if handles and (one.state == Referral.State.RECEIVED or "decision" in request.POST):
        return _new(request, one)
    if handles and one.state == Referral.State.CANCELLED and not one.closed:
        return _cancelled(request, one)
    merge = selectors.undoable_merge(one) if handles else None
    if merge is None and request.method == "POST":
        raise Http404
    if merge is None:
        return _page(request, one, None)
    return _joined(request, one, merge)


def _joined(request: ServiceRequest, one: Referral, merge: Merge) -> HttpResponse:
    """Somebody may take a joining back."""
    form = UndoForm.shown(request, of=one) if request.method != "POST" else UndoForm.sent(request, of=one)
    if not form.is_bound or not form.is_valid():
        return _page(request, one, form)
    try:
        handling.undo_merge(
            by=request.access.actor, merge=merge, words=form.cleaned_data["because"], version=form.version
        )
    except ChangedMeanwhileError as meanwhile:
        return _page(request, one, form.against(meanwhile.current), status=409)
    except handling.UndoTooLateError:
        return render(request, "referrals/undone_already.jinja", {"referral": one}, status=409)
    form.saved()
    return redirect("referrals:referral", referral_id=one.pk)


def _new(request: ServiceRequest, one: Referral) -> HttpResponse:
    choices = {"matches": selectors.matches_of(one), "teams": list(selectors.teams())}
    if request.method != "POST":
        one = handling.look(by=request.access.actor, referral=one)
        return _page(request, one, DecisionForm.shown(request, of=one, **choices))
    form = DecisionForm.sent(request, of=one, **choices)
    if not form.is_valid():
        return _page(request, one, form)
    try:
        _decide(request, one, form)
    except ChangedMeanwhileError as meanwhile:
        return _page(request, meanwhile.current, form.against(meanwhile.current), status=409)
    except joining.CannotJoinError as cannot:
        form.add_error("decision", str(cannot))
        return _page(request, one, form)
    form.saved()
    return redirect("referrals:inbox")


def _cancelled(request: ServiceRequest, one: Referral) -> HttpResponse:
    """Somebody looks at a referral that the person cancelled, and closes it or opens it again."""
    if request.method != "POST":
        one = handling.look(by=request.access.actor, referral=one)
        return _page(request, one, CancelledForm.shown(request, of=one))
    form = CancelledForm.sent(request, of=one)
    if not form.is_valid():
        return _page(request, one, form)
    act = changing.reopen if form.cleaned_data["what"] == REOPEN else changing.close_cancelled
    try:
        act(by=request.access.actor, referral=one, **form.answers())
    except ChangedMeanwhileError as meanwhile:
        return _page(request, meanwhile.current, form.against(meanwhile.current), status=409)
    form.saved()
    return redirect("referrals:inbox")


@require_http_methods(["GET", "POST"])
def look_again(request: ServiceRequest, referral_id: UUID) -> HttpResponse:
    """What the person did with a referral after it was sent; then somebody says that they have seen it."""
    one = selectors.referral_of(request.access.subject, referral_id)
    form = LookedForm.of_request(request, of=one)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            changing.looked_again(by=request.access.actor, referral=one, version=form.version)
            return redirect("referrals:referral", referral_id=referral_id)
        except ChangedMeanwhileError as meanwhile:
            one, status = meanwhile.current, 409
            form.against(one)
    page = {"form": form, "referral": one, "since": _since(one)}
    return render(request, "referrals/look_again.jinja", page, status=status)


def _since(one: Referral) -> list[tuple[Addition, list[Line]]]:
    """What came after the referral was sent, in words, the latest first."""
    return [(added, in_words(added)) for added in selectors.additions_of(one)]


def _decide(request: ServiceRequest, one: Referral, form: DecisionForm) -> None:
    by, words, version = request.access.actor, form.cleaned_data["decision_words"], form.version
    if form.chosen == SIGNPOST:
        handling.signpost(by=by, referral=one, words=words, version=version)
    elif form.chosen == REJECT:
        handling.reject(by=by, referral=one, words=words, version=version)
    elif form.chosen == ACCEPT:
        handling.accept(by=by, referral=one, team=form.chosen_team, words=words, version=version)
    else:
        handling.merge(by=by, referral=one, match=form.match, team=form.chosen_team, words=words, version=version)


def _page(
    request: ServiceRequest,
    one: Referral,
    form: DecisionForm | UndoForm | CancelledForm | None,
    status: int | None = None,
) -> HttpResponse:
    matches = selectors.matches_of(one) if isinstance(form, DecisionForm) else []
    for match in matches:
        audit.record("referral.shown_as_possible_match", by=request.access.actor, person=match.person_id, of=one)
    page = {
        "form": form,
        "referral": one,
        "said": paths.said(one),
        "since": _since(one),
        "contacts": selectors.contacts_of(one),
        "matches": matches,
        "undoing": isinstance(form, UndoForm),
        "waited": clocks.in_words(one.received_at, one.first_looked_at or timezone.now()),
    }
    bound = form is not None and form.is_bound
    return render(request, "referrals/referral.jinja", page, status=status or (422 if bound else 200))


@require_safe
def of_person(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    return render(request, "referrals/of_person.jinja", {"referrals": selectors.referrals_of(request.access.subject)})
