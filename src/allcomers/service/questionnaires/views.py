"""Answering: the same pages for the person who came by a link and for staff who enter what somebody said."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Never
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from allcomers.instruments.model import Item
from allcomers.service.governance import danger
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.governance.request import ServiceRequest
from allcomers.service.problems.selectors import said_in
from allcomers.service.questionnaires import actions, asking, selectors, wording
from allcomers.service.questionnaires.forms import AnswerForm, FinishForm, LayoutForm
from allcomers.service.questionnaires.models import MeasureRequest, Response
from allcomers.service.questionnaires.risk import actions as risk
from allcomers.service.questionnaires.risk import selectors as alerts
from allcomers.service.questionnaires.risk.forms import FollowUpForm
from allcomers.service.questionnaires.ways import BY_LINK, Way

Page = Callable[..., HttpResponse]
SAVED = "Your answers so far are saved. You can go on later, with the same link."


def crisis_paragraphs() -> list[str]:
    """The local crisis text, paragraph by paragraph."""
    return [part.strip() for part in settings.ALLCOMERS.crisis_text.replace("\r", "").split("\n\n") if part.strip()]


def needs_crisis_text(view: Page) -> Page:
    """No questionnaire is asked for, shown or taken while there is no text to show somebody in danger."""

    @wraps(view)
    def run(request: ServiceRequest, *args: Any, **parameters: Any) -> HttpResponse:
        if not crisis_paragraphs():
            return render(request, "questionnaires/refused.jinja", status=503)
        return view(request, *args, **parameters)

    return run


def answering(view: Page) -> Page:
    """Find the questionnaire and see that it can be answered; then the crisis text goes before any other page."""

    @require_http_methods(["GET", "POST"])
    @needs_crisis_text
    @wraps(view)
    def run(request: ServiceRequest, way: Way, response_id: UUID, **parameters: Any) -> HttpResponse:
        response = way.response(request.access, response_id)
        if response is None:
            return danger.told(request) or _not_found()
        if response.finished_at is not None:
            return _finished_already(request)
        if response.started_at is None:
            return redirect(way.home(response))
        if request.method == "GET" and view.__name__ != "crisis" and alerts.waits_for_person(response):
            return redirect(way.page("crisis", response))
        return view(request, way, response, **parameters)

    return run


def _not_found() -> Never:
    raise Http404


def _finished_already(request: ServiceRequest) -> HttpResponse:
    """Nothing is changed any more; but an answer that asks for help is heard."""
    return danger.told(request) or render(request, "questionnaires/finished.jinja", status=409)


@require_http_methods(["GET", "POST"])
@needs_crisis_text
def answer(request: ServiceRequest) -> HttpResponse:
    """What a link opens: which questionnaires, how they may be shown, and when they are read."""
    assert request.access.link_id is not None
    asked = selectors.request_of_link(request.access.subject, request.access.link_id)
    if asked is None:
        raise Http404
    responses = list(selectors.responses_in(asked))
    if request.method != "POST":
        chosen = next((one.layout for one in responses if one.layout), Response.Layout.ITEMS)
        form = LayoutForm.shown(request, of=asked, initial={"layout": chosen})
        return render(request, "questionnaires/answer.jinja", {"form": form, "responses": responses})
    form = LayoutForm.sent(request, of=asked)
    if not form.is_valid():
        return render(request, "questionnaires/answer.jinja", {"form": form, "responses": responses}, status=422)
    begun = actions.begin_request(by=request.access.actor, request=asked, **form.answers())
    return redirect(BY_LINK.onwards(begun[0])) if begun else _finished_already(request)


@answering
def item(request: ServiceRequest, way: Way, response: Response, number: int) -> HttpResponse:
    """One question."""
    asked = response.instrument.item(number)
    if asked is None:
        raise Http404
    return _questions(request, way, response, asked)


@answering
def whole(request: ServiceRequest, way: Way, response: Response) -> HttpResponse:
    """Every question on one page."""
    return _questions(request, way, response, None)


def _questions(request: ServiceRequest, way: Way, response: Response, one: Item | None) -> HttpResponse:
    every = asking.items(response.instrument)
    about: dict[str, Any] = {
        "instrument": response.instrument,
        "items": every if one is None else (one,),
        "given": selectors.answers_of(response),
    }
    page = {"way": way, "response": response, "back_to": way.back(response, one), "count": len(every)}
    page |= {"instrument": response.instrument, "place": every.index(one) + 1 if one is not None else None}
    if request.method != "POST":
        form = AnswerForm.shown(request, of=response, **about)
        return render(request, "questionnaires/questions.jinja", {**page, "form": form})
    form = AnswerForm.sent(request, of=response, **about)
    whole_form = form.is_valid()
    try:
        alert = _keep(request, response, form)
    except ChangedMeanwhileError:
        return _finished_already(request)
    if alert or (whole_form and "later" not in request.POST):
        return redirect(way.onwards(response))
    if "later" in request.POST:
        messages.info(request, SAVED)
        return redirect(way.home(response))
    return render(request, "questionnaires/questions.jinja", {**page, "form": form}, status=422)


def _keep(request: ServiceRequest, response: Response, form: AnswerForm) -> bool:
    """Keep every answer that can be read, though others be missing: one of them may be the one that matters."""
    given = form.given()
    alert = bool(given) and actions.save_answers(by=request.access.actor, response=response, answers=given)
    form.saved()
    return alert


@answering
def crisis(request: ServiceRequest, way: Way, response: Response) -> HttpResponse:
    """The local crisis text, and one question; nothing else is shown until it was answered."""
    alert = alerts.latest_alert(response)
    if alert is None:
        raise Http404
    page = {"way": way, "response": response, "alert": alert, "paragraphs": crisis_paragraphs()}
    if request.method != "POST":
        form = FollowUpForm.shown(request, of=alert)
        return render(request, "questionnaires/crisis.jinja", {**page, "form": form})
    form = FollowUpForm.sent(request, of=alert)
    if not form.is_valid():
        return render(request, "questionnaires/crisis.jinja", {**page, "form": form}, status=422)
    alert = risk.answer_follow_up(by=request.access.actor, alert=alert, **form.answers())
    form.saved()
    return redirect(way.page("crisis", response) if alert.urgent else way.onwards(response))


@answering
def finish(request: ServiceRequest, way: Way, response: Response) -> HttpResponse:
    """Every answer once more, to change or to add to, before it is sent."""
    page = {"way": way, "response": response, "rows": _rows(way, response)}
    page |= {"waiting": selectors.first_unanswered(response), "instrument": response.instrument}
    if request.method != "POST":
        form = FinishForm.shown(request, of=response)
        return render(request, "questionnaires/finish.jinja", {**page, "form": form})
    form = FinishForm.sent(request, of=response)
    if not form.is_valid():
        return render(request, "questionnaires/finish.jinja", {**page, "form": form}, status=422)
    try:
        actions.finish(by=request.access.actor, response=response, version=form.version, **form.answers())
    except actions.NotReadyError:
        return redirect(way.onwards(response))
    except ChangedMeanwhileError:
        return _finished_already(request)
    form.saved()
    return _after_finishing(request, way, response)


def _rows(way: Way, response: Response) -> list[tuple[str, str, str]]:
    """Each question with what was answered and where to change it."""
    instrument, answers = response.instrument, selectors.answers_of(response)
    return [
        (
            asking.text(one),
            asking.answer_words(instrument, one, answers[one.number]) if one.number in answers else "Not answered yet",
            way.page("item", response, number=one.number),
        )
        for one in asking.items(instrument)
    ]


def _after_finishing(request: ServiceRequest, way: Way, response: Response) -> HttpResponse:
    """On to the next questionnaire. After the last the link is used up, so what is said is said on this page alone."""
    if way.by_staff:
        return redirect(way.home(response))
    asked = response.request
    assert isinstance(asked, MeasureRequest)
    following = selectors.unfinished(asked).first()
    if following is not None:
        return redirect(way.onwards(following))
    scores = [(one.instrument.name, wording.score_sentence(one)) for one in selectors.responses_in(asked)]
    page = {"scores": scores, "said": said_in(asked), "what_it_is": wording.WHAT_IT_IS}
    return render(request, "questionnaires/done.jinja", page)
