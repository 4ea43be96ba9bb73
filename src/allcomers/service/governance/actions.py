"""Access in an emergency, and its review."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from allcomers.service.accounts.models import User
from allcomers.service.governance import audit, working_days
from allcomers.service.governance.acting import action
from allcomers.service.governance.models import BreakGlass, BreakGlassReason
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.people.models import Person

REVIEW_WORKING_DAYS = 5


@action
def break_glass(*, by: audit.Actor, user: User, person: Person, reason: BreakGlassReason, words: str) -> BreakGlass:
    """Open one record for an hour without another relationship; somebody else reviews it, and the person sees it."""
    assert words.strip(), "access in an emergency needs words"
    now = timezone.now()
    opened = BreakGlass.objects.create(
        user=user,
        person=person,
        reason=reason,
        words=words,
        begun_at=now,
        ends_at=now + timedelta(minutes=settings.ALLCOMERS.break_glass_minutes),
        review_due_on=working_days.after(timezone.localdate(now), REVIEW_WORKING_DAYS),
    )
    audit.record("break_glass.begun", by=by, person=person, of=opened, reason=reason.value)
    return opened


class OwnReviewError(Exception):
    """Whoever opened a record in an emergency cannot review that themselves."""


@action
def review(
    *, by: audit.Actor, reviewer: User, opened: BreakGlass, finding: str, words: str, withheld_because: str = ""
) -> BreakGlass:
    """Say whether the access was justified; once, by somebody else.

    Raises
    ------
    OwnReviewError : the reviewer is the one who opened the record.
    ChangedMeanwhileError : it was reviewed already.
    """
    if reviewer.pk == opened.user_id:
        raise OwnReviewError
    opened = BreakGlass.objects.select_for_update().get(pk=opened.pk)
    if opened.reviewed_at is not None:
        raise ChangedMeanwhileError(opened)
    opened.reviewed_at, opened.reviewed_by = timezone.now(), reviewer
    opened.finding, opened.finding_words, opened.withheld_because = finding, words, withheld_because
    opened.save()
    audit.record(
        "break_glass.reviewed",
        by=by,
        person=opened.person_id,
        of=opened,
        finding=finding,
        withheld=bool(withheld_because),
    )
    return opened
