"""What a link to one's own referral opens: how it stands, and what can be added, changed or cancelled."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.governance.forms import RecordForm
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.referrals import changing, selectors, wording
from allcomers.service.referrals.changing_forms import CancelForm, ChangeContactForm, ChangeNeedsForm, MoreForm
from allcomers.service.referrals.models import Referral

HOME = "referrals:yours"
THANKS = "Thank you. Somebody here will read it."
SAFETY_KEPT = (
    "We have what you said about being safe, and somebody looks at it before the others. Your words are not sent yet."
)


def of_link(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Find the referral that the link is about, whoever's it is by now."""

    @wraps(view)
    def run(request: ServiceRequest) -> HttpResponse:
        assert request.access.link_id is not None
        referral = selectors.referral_of_link(request.access.subject, request.access.link_id)
        if referral is None:
            raise Http404
        return view(request, referral)

    return run


@require_safe
@of_link
def yours(request: ServiceRequest, referral: Referral) -> HttpResponse:
    page = {
        "referral": referral,
        "state": wording.STATES[referral.state],
        "contacts": selectors.contacts_masked(referral),
        "may_cancel": referral.state == Referral.State.RECEIVED,
    }
    return render(request, "referrals/yours.jinja", page)


@require_safe
@of_link
def help_now(request: ServiceRequest, referral: Referral) -> HttpResponse:
    """For somebody who wrote that they do not feel safe."""
    return render(request, "referrals/yours_danger.jinja")


@require_http_methods(["GET", "POST"])
@of_link
def more(request: ServiceRequest, referral: Referral) -> HttpResponse:
    """What somebody adds. That they do not feel safe is kept even where their words cannot be taken as they are."""

    def act(form: MoreForm) -> str:
        changing.write_more(by=request.access.actor, referral=referral, given=form.answers())
        return "referrals:help_now" if form.unsafe else HOME

    def keep_safety(form: MoreForm) -> None:
        if form.unsafe:
            given = {"words": "", "safe_now": form.unsafe}
            changing.write_more(by=request.access.actor, referral=referral, given=given)
            messages.info(request, SAFETY_KEPT)

    return _changed(request, referral, MoreForm, "Add something", act, otherwise=keep_safety)


@require_http_methods(["GET", "POST"])
@of_link
def contact(request: ServiceRequest, referral: Referral) -> HttpResponse:
    def act(form: ChangeContactForm) -> str:
        changing.change_contacts(by=request.access.actor, referral=referral, given=form.answers())
        return HOME

    return _changed(
        request,
        referral,
        ChangeContactForm,
        "How we can reach you",
        act,
        why="Write every way in which we may reach you from now on. It takes the place of what we have.",
    )


@require_http_methods(["GET", "POST"])
@of_link
def needs(request: ServiceRequest, referral: Referral) -> HttpResponse:
    def act(form: ChangeNeedsForm) -> str:
        changing.change_needs(by=request.access.actor, referral=referral, given=form.answers())
        return HOME

    return _changed(
        request, referral, ChangeNeedsForm, "What would make it easier", act, initial=selectors.needs_of(referral)
    )


@require_http_methods(["GET", "POST"])
@of_link
def cancel(request: ServiceRequest, referral: Referral) -> HttpResponse:
    """Cancelling. Once somebody has decided, the page says how it stands instead."""
    if referral.state != Referral.State.RECEIVED:
        return redirect(HOME)

    def act(form: CancelForm) -> str:
        changing.cancel(by=request.access.actor, referral=referral, words=form.cleaned_data["because"])
        return HOME

    return _changed(
        request,
        referral,
        CancelForm,
        "Cancel the referral",
        act,
        why="We then do nothing more with it. If you think again, ring us, and we open it again; or refer yourself "
        "again at any time.",
        save="Cancel the referral",
    )


def _changed(
    request: ServiceRequest,
    referral: Referral,
    form_class: type[RecordForm],
    title: str,
    act: Callable[[Any], str],
    *,
    why: str = "",
    save: str = "Send",
    initial: dict[str, Any] | None = None,
    otherwise: Callable[[Any], None] | None = None,
) -> HttpResponse:
    """Show a form about the referral, or do what it asks for; `otherwise` with one that cannot be taken as it is."""

    def page(form: RecordForm, status: int) -> HttpResponse:
        shown = {"form": form, "title": title, "why": why, "save": save}
        return render(request, "referrals/yours_change.jinja", shown, status=status)

    if request.method != "POST":
        return page(form_class.shown(request, of=referral, initial=initial), 200)
    form = form_class.sent(request, of=referral)
    if not form.is_valid():
        if otherwise is not None:
            otherwise(form)
        return page(form, 422)
    try:
        onward = act(form)
    except ChangedMeanwhileError as meanwhile:
        return page(form.against(meanwhile.current), 409)
    messages.info(request, THANKS)
    return redirect(onward)
