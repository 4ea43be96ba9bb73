"""What was asked, what was answered, and the alerts that answers raised."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from allcomers import instruments
from allcomers.instruments.model import Answer as AnswerValue
from allcomers.instruments.model import Instrument, Points
from allcomers.service.governance.records import Record
from allcomers.service.look.words import LONGEST_WORDS
from allcomers.service.people.models import Person

LINK_PURPOSE = "measures"


class MeasureRequest(Record):
    """A person was asked to answer some questionnaires. Its link carries its id, so answers are never matched by guess.

    `complete_at` is when the last of them was finished.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="measure_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    complete_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"questionnaires asked of {self.person}"


class Response(Record):
    """One questionnaire, asked of one person once. Its answers are the record; its score is derived at the end.

    `total` is empty unless every question that counts and applies was answered; `no_total_because` then says why.
    `form_complete` is another matter: it asks for the questions that never count as well.
    """

    class Mode(models.TextChoices):
        LINK = "link", "by the person, from a link"
        PHONE = "phone", "by staff, on the telephone"
        POST = "post", "by staff, from paper"
        FILE = "file", "from a file, given elsewhere"

    class Layout(models.TextChoices):
        ITEMS = "items", "one question at a time"
        LIST = "list", "all questions on one page"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="responses")
    request = models.ForeignKey(MeasureRequest, null=True, on_delete=models.PROTECT, related_name="responses")
    instrument_key = models.CharField(max_length=60)
    place = models.PositiveSmallIntegerField(default=0, help_text="Its place among those of the request.")
    mode = models.CharField(max_length=10, choices=Mode, blank=True)
    layout = models.CharField(max_length=10, choices=Layout, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    missing_words = models.TextField(blank=True, max_length=LONGEST_WORDS)
    score_version = models.CharField(max_length=10, blank=True)
    total = models.DecimalField(null=True, max_digits=8, decimal_places=2)
    maximum = models.DecimalField(null=True, max_digits=8, decimal_places=2)
    total_valid = models.BooleanField(default=False)
    form_complete = models.BooleanField(default=False)
    no_total_because = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "-entered_at"], name="response_by_person")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "instrument_key"], name="asked_once_in_a_request"),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total_valid=True, finished_at__isnull=False),
                name="no_total_of_part_of_a_form",
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True) | ~Q(mode="") & ~Q(layout=""), name="started_in_a_mode"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_key} of {self.person}"

    @property
    def instrument(self) -> Instrument:
        return instruments.get(self.instrument_key)

    @property
    def points(self) -> Points | None:
        """The total on the instrument's own scale: whole, or with its decimals."""
        return None if self.total is None else self._on_scale(self.total)

    @property
    def greatest(self) -> Points | None:
        """The greatest total that the questions which applied allowed."""
        return None if self.maximum is None else self._on_scale(self.maximum)

    def _on_scale(self, points: Decimal) -> Points:
        return self.instrument.scale(self.score_version).round(points)


class Answer(models.Model):
    """One answer as it was given. Never changed: a person who thinks again gives another, and the latest counts.

    `value` is None where the person would rather not answer; a question not reached has no row.
    """

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="answers")
    number = models.PositiveSmallIntegerField()
    value: models.JSONField[AnswerValue, AnswerValue] = models.JSONField(null=True)
    answered_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["response", "id"], name="answer_in_order")]

    def __str__(self) -> str:
        return f"answer to {self.number}"


class RiskAlert(Record):
    """An answer that somebody must look at, until a named person has closed it in words.

    One without an answer is in `words`, and `cause` says whose they are and how they came. Without an owner it belongs
    to whoever holds the duty role. `due_at` is by when the next step must have been taken: somebody acknowledges it,
    and then writes down what was done. `urgent_at` is when the person last said that it cannot wait. What they say
    after it was closed raises another: `after` is the one that was closed.
    """

    class Cause(models.TextChoices):
        ANSWER = "answer", "An answer to a questionnaire"
        WORSE = "worse", "They told us from their place that things have got worse"
        NOT_KEPT = "not_kept", "They sent an answer that could not be kept with the questionnaire"
        UNREAD = "unread", "An answer that they gave elsewhere, and that came in a file, could not be read"
        REFERRAL = "referral", "A referral, or what was added to one, says that they may not be safe"

    class Safety(models.TextChoices):
        SAFE = "safe", "I am safe for now"
        NOT_SURE = "not_sure", "I am not sure"
        NOT_SAFE = "not_safe", "No, I am not safe"
        NOT_SAID = "not_said", "I would rather not say"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="risk_alerts")
    cause = models.CharField(max_length=12, choices=Cause, default=Cause.ANSWER)
    answer = models.ForeignKey(Answer, null=True, on_delete=models.PROTECT, related_name="alerts")
    after = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    words = models.TextField(blank=True, max_length=LONGEST_WORDS)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="risk_alerts")
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    safety = models.CharField(max_length=10, choices=Safety, blank=True)
    wants_call = models.BooleanField(null=True)
    urgent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closing_words = models.TextField(blank=True, max_length=LONGEST_WORDS)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["closed_at", "due_at"], name="alert_open_by_due")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False, acknowledged_at__isnull=False)
                & ~Q(closing_words=""),
                name="closed_in_words_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(owner__isnull=False), name="acknowledged_by_an_owner"
            ),
            models.UniqueConstraint(fields=["answer"], condition=Q(after=None), name="one_first_alert_an_answer"),
        ]

    def __str__(self) -> str:
        return f"alert about {self.person}"

    @property
    def urgent(self) -> bool:
        """The person is not safe, is not sure, or asks for a call."""
        return self.safety in {self.Safety.NOT_SAFE, self.Safety.NOT_SURE} or self.wants_call is True


class AlertAction(models.Model):
    """What somebody did about an alert, in their words. Never changed."""

    alert = models.ForeignKey(RiskAlert, on_delete=models.PROTECT, related_name="actions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.TextField(max_length=LONGEST_WORDS)

    def __str__(self) -> str:
        return f"action on {self.alert}"
