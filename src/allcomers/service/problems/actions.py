"""Keeping what people say troubles them, and striking through what staff entered wrongly."""

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from allcomers.service.accounts.models import User
from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.people.models import Person
from allcomers.service.problems.models import Occasion, Problem, Rating
from allcomers.service.problems.reading import Standing, standing
from allcomers.service.questionnaires.models import MeasureRequest


@action
def say(
    *,
    by: audit.Actor,
    person: Person,
    mode: str,
    version: int,
    ratings: Mapping[UUID, str],
    request: MeasureRequest | None = None,
    member: User | None = None,
    words: str = "",
    rating: str = "",
) -> Occasion:
    """Keep what was said of each problem (`ratings`, as the form has it), and a new one in `words` with its `rating`.

    `version` is that of the `Standing` which the page showed. What was said on the same occasion before is replaced,
    and kept in the history.

    Raises
    ------
    ChangedMeanwhileError : something was said since, in another tab or by another way. Nothing was stored.
    """
    now = _as_shown(person, mode, request, version)
    occasion = _occasion(now, member)
    for told in now.asked:
        answer = ratings.get(told.problem.pk, "")
        if answer and answer != now.given(told):
            _rate(occasion, told.problem, told.on(now.occasion), answer)
    if words:
        assert now.room, "the form offers no place for a fourth"
        problem = Problem.objects.create(person=now.person, occasion=occasion, words=words)
        if rating:
            _rate(occasion, problem, None, rating)
    audit.record("problems.said", by=by, person=person, of=occasion, rated=len(ratings), new=int(bool(words)))
    return occasion


@action
def pass_over(*, by: audit.Actor, person: Person, request: MeasureRequest) -> Occasion:
    """The person went on without saying anything, which is kept as such; what they had said before stays."""
    now = _locked(person, Occasion.Mode.LINK, request)
    occasion = now.occasion or _occasion(now, None)
    audit.record("problems.passed", by=by, person=person, of=occasion)
    return occasion


@action
def strike(*, by: audit.Actor, member: User, row: Problem | Rating, because: str, version: int) -> None:
    """What staff entered was wrong, perhaps of somebody else: it stays, struck through, with the reason.

    Raises
    ------
    ChangedMeanwhileError : it was struck through already, or entered anew.
    """
    person = row.person if isinstance(row, Problem) else row.problem.person
    row.withdraw(by=member.pk, because=because, version=version)
    audit.record("problems.struck", by=by, person=person, of=row)


def _as_shown(person: Person, mode: str, request: MeasureRequest | None, version: int) -> Standing:
    now = _locked(person, mode, request)
    if now.version != version:
        raise ChangedMeanwhileError(now)
    return now


def _locked(person: Person, mode: str, request: MeasureRequest | None) -> Standing:
    """All about one person's problems takes turns."""
    locked = Person.objects.select_for_update().get(pk=person.pk)
    return standing(locked, mode, request, timezone.localdate())


def _occasion(now: Standing, member: User | None) -> Occasion:
    if now.occasion is not None:
        now.occasion.entered_by = member
        return now.occasion.save_version(now.occasion.version)
    return Occasion.objects.create(
        person=now.person, request=now.request, mode=now.mode, day=timezone.localdate(), entered_by=member
    )


def _rate(occasion: Occasion, problem: Problem, before: Rating | None, answer: str) -> None:
    rating = before or Rating(problem=problem, occasion=occasion)
    number = int(answer) if answer.isdecimal() else None
    rating.said = Rating.Said(answer) if number is None else Rating.Said.RATED
    rating.value, rating.answered_at = number, timezone.now()
    if before is None:
        rating.save(force_insert=True)
    else:
        rating.save_version(rating.version)
