"""Following a link: the second fact, and what the link opens."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.governance import audit
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.people import links
from allcomers.service.people.forms import LinkCheckForm


@require_safe
def open_link(request: ServiceRequest, token: str) -> HttpResponse:
    """Takes the token out of the address at once: from here on the session knows which link it was."""
    link = links.link_with_token(token)
    request.session.pop(links.OPENED, None)  # it may be somebody else's, who followed theirs in this browser before
    if link is None:
        return _without_referrer(redirect("people:link_gone"))
    request.session.cycle_key()
    request.session[links.WAITING] = str(link.pk)
    return _without_referrer(redirect("people:link_check"))


def _without_referrer(response: HttpResponse) -> HttpResponse:
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_http_methods(["GET", "POST"])
def link_check(request: ServiceRequest) -> HttpResponse:
    link = links.waiting_link(request)
    if link is None:
        return redirect("people:link_gone")
    form = LinkCheckForm(request.POST or None)
    if not form.is_valid():
        return render(request, "people/link_check.jinja", {"form": form}, status=422 if form.is_bound else 200)
    by = audit.person_by_link(source=request.access.source)
    if links.answer_link(by=by, link=link, **form.answers()):
        request.session.cycle_key()
        del request.session[links.WAITING]
        request.session[links.OPENED] = str(link.pk)
        return redirect(links.PAGES[link.purpose])
    form.add_error(None, "That does not match what we have. Check your date of birth and postcode and try again.")
    return render(request, "people/link_check.jinja", {"form": form}, status=422)


@require_safe
def link_gone(request: ServiceRequest) -> HttpResponse:
    return render(request, "people/link_gone.jinja", status=410)
