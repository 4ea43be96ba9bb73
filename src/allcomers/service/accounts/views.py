"""Pages of accounts: the second factor, staff, and following a link."""

from typing import Any
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.accounts import actions, selectors, sign_in
from allcomers.service.accounts.forms import MemberForm, NewMemberForm
from allcomers.service.governance.permissions import Role
from allcomers.service.governance.request import ServiceRequest


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: Any) -> HttpResponse:
    """After too many wrong passwords (django-axes)."""
    return render(request, "accounts/locked_out.jinja", status=429)


@require_safe
def second_factor(request: ServiceRequest) -> HttpResponse:
    """Sends staff without a second factor to set one up, and those who have one to give it."""
    wanted = request.GET.get("next", "")
    back = wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else reverse("look:start")
    if sign_in.second_factor_given(request):
        return HttpResponseRedirect(back)
    if is_mfa_enabled(request.access.member):
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")
    return render(request, "accounts/second_factor.jinja", {"back": back})


@require_safe
def staff(request: ServiceRequest) -> HttpResponse:
    return render(request, "accounts/staff.jinja", {"members": selectors.all_staff()})


@require_http_methods(["GET", "POST"])
def add_member(request: ServiceRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/add_member.jinja", {"form": NewMemberForm.shown(request)})
    form = NewMemberForm.sent(request)
    if not form.is_valid():
        return render(request, "accounts/add_member.jinja", {"form": form}, status=422)
    given = form.cleaned_data
    actions.add_member(
        by=request.access.actor,
        email=given["email"],
        name=given["full_name"],
        roles=[Role(role) for role in given["roles"]],
    )
    return redirect("accounts:staff")


@require_http_methods(["GET", "POST"])
def member(request: ServiceRequest, user_id: UUID) -> HttpResponse:
    found = selectors.member_with_id(user_id)
    if found is None:
        raise Http404
    page = {"member": found}
    if request.method != "POST":
        form = MemberForm.shown(request, initial=selectors.member_values(found), about=found.pk)
        return render(request, "accounts/member.jinja", {**page, "form": form})
    form = MemberForm.sent(request, about=found.pk)
    if not form.is_valid():
        return render(request, "accounts/member.jinja", {**page, "form": form}, status=422)
    actions.change_member(
        by=request.access.actor,
        user=found,
        roles=[Role(role) for role in form.cleaned_data["roles"]],
        leaves_on=form.cleaned_data["leaves_on"],
    )
    return redirect("accounts:staff")
