"""What was sent to somebody, what could not be delivered, and what staff do about it."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.messages import actions, reach, selectors
from allcomers.service.messages.forms import TRY_AGAIN, UndeliveredForm
from allcomers.service.messages.models import Message
from allcomers.service.people import links

A_PAGE = 25


@require_safe
def of_person(request: ServiceRequest, person_id: UUID) -> HttpResponse:
    person = request.access.subject
    messages = Paginator(selectors.messages_of(person), A_PAGE).get_page(request.GET.get("page"))
    ways = [(Message.Channel(one).label, reach.masked(one, to)) for one, to in reach.ways(person).items()]
    page = {"messages": messages, "ways": ways, "never": reach.never(person), "shared": reach.device_is_shared(person)}
    return render(request, "messages/of_person.jinja", page)


@require_safe
def undelivered(request: ServiceRequest) -> HttpResponse:
    found = selectors.undelivered(request.access.visible_people())
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    locked = links.with_locked_links(request.access.visible_people())[:A_PAGE]
    request.access.shown([*(one.person_id for one in page.object_list if one.person_id), *(one.pk for one in locked)])
    to_staff = selectors.undelivered_to_staff(timezone.now())[:A_PAGE]
    return render(request, "messages/undelivered.jinja", {"page": page, "locked": locked, "to_staff": to_staff})


@require_http_methods(["GET", "POST"])
def settle(request: ServiceRequest, message_id: UUID) -> HttpResponse:
    """One that could not be delivered: send it again, or say that it was dealt with."""
    person = request.access.subject
    message = selectors.undelivered_message_of(person, message_id)
    if message is None:
        raise Http404
    way = reach.ways(person).get(message.channel)
    page = {"message": message, "way": reach.masked(message.channel, way) if way else ""}
    if request.method != "POST":
        form = UndeliveredForm.shown(request, about=message.pk)
        return render(request, "messages/settle.jinja", {**page, "form": form})
    form = UndeliveredForm.sent(request, about=message.pk)
    if not form.is_valid():
        return render(request, "messages/settle.jinja", {**page, "form": form}, status=422)
    try:
        _settle(request, message, form.cleaned_data["what"])
    except ChangedMeanwhileError:
        form.add_error(None, "Somebody else has dealt with this message meanwhile, so nothing was changed")
        return render(request, "messages/settle.jinja", {**page, "form": form}, status=409)
    form.saved()
    return redirect("messages:undelivered")


def _settle(request: ServiceRequest, message: Message, what: str) -> None:
    if what == TRY_AGAIN:
        actions.try_again(by=request.access.actor, message=message)
    else:
        actions.settle(by=request.access.actor, member=request.access.member, message=message)
