"""Consents, legal grounds without consent, and what was given to whom."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from allcomers.service.consents.purposes import ITEMS, PURPOSES, Purpose
from allcomers.service.consents.recipients import LEGAL, never_given_to
from allcomers.service.governance.records import Record
from allcomers.service.people.models import Person
from allcomers.service.referrals.models import Referral

LONGEST_STATEMENT = 1000
POST = re.compile(r"(?m)^Post: .*$")
LONGEST_DECISION_DAYS = 28  # what has to be given without agreement is given soon, or decided again


class Asked(models.TextChoices):
    """How somebody was asked, or said that they had changed their mind."""

    REFERRAL = "referral", "in your referral"
    PORTAL = "portal", "in your place"
    PHONE = "phone", "by telephone"
    VIDEO = "video", "by video"
    IN_PERSON = "in_person", "face to face"
    LETTER = "letter", "by letter"


class Consent(Record):
    """What somebody was asked, in which words, and what they said. A new answer is a new row: the latest counts.

    One that came with a referral belongs to whoever the referral is of, should two records be found to be one person.
    """

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        ASK = "ask", "Ask me first"
        NOT_ANSWERED = "", "Not answered, which is a no"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    referral = models.ForeignKey(Referral, null=True, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=20, help_text="A key of `PURPOSES`.")
    recipient = models.CharField(max_length=120)
    kind_of_recipient = models.CharField(max_length=12, blank=True, help_text="A key of the purpose's `kinds`.")
    items: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    statement = models.TextField(blank=True, max_length=LONGEST_STATEMENT)
    words = models.TextField()
    wording_version = models.CharField(max_length=12)
    asked = models.CharField(max_length=10, choices=Asked)
    answer = models.CharField(max_length=4, choices=Answer, blank=True)
    answered_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="Staff; or empty."
    )
    expires_on = models.DateField(null=True, help_text="The last day on which a yes holds.")
    ended_at = models.DateTimeField(null=True, help_text="When the person took it back.")
    ended_asked = models.CharField(max_length=10, choices=Asked, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "purpose", "-answered_at"], name="consent_by_purpose")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(answer="yes") | Q(expires_on__isnull=False) | Q(purpose__startswith="messages_"),
                name="what_is_given_to_others_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.answer or 'not answered'}"

    @property
    def about(self) -> Purpose:
        return PURPOSES[self.purpose]

    def live_at(self, moment: datetime) -> bool:
        """Whether it is a yes that holds at a moment."""
        return (
            self.answer == self.Answer.YES
            and not self.withdrawn
            and self.answered_at <= moment
            and (self.ended_at is None or moment < self.ended_at)
            and (self.expires_on is None or timezone.localdate(moment) <= self.expires_on)
        )

    @property
    def live(self) -> bool:
        return self.live_at(timezone.now())

    @property
    def recipient_may_be_given(self) -> bool:
        """Whether it names somebody of a kind that the purpose is for, and nobody who is never given anything."""
        if not self.about.kinds:
            return True
        return self.kind_of_recipient in self.about.kinds and not never_given_to(self.recipient)

    @property
    def kind_in_words(self) -> str:
        return self.about.kinds.get(self.kind_of_recipient, "")

    def ends_soon(self, on: date, days: int = 28) -> bool:
        return self.expires_on is not None and (self.expires_on - on).days < days

    @property
    def items_in_words(self) -> str:
        return ", ".join(ITEMS[key].words for key in self.items)


class LegalBasis(Record):
    """Somebody senior decided that something must be given without the person's agreement, and wrote down why.

    The person is shown it, and what was given on it.
    """

    class Kind(models.TextChoices):
        COURT = "court", "A court or the law requires it"
        SAFETY = "safety", "Somebody's life or safety is at risk"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="legal_bases")
    kind = models.CharField(max_length=8, choices=Kind)
    recipient = models.CharField(max_length=120)
    kind_of_recipient = models.CharField(max_length=12, blank=True, help_text="A key of `LEGAL`; empty gives nothing.")
    items: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    words = models.TextField(help_text="The order, or why it cannot wait.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    expires_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.kind}: {self.recipient}"

    @property
    def last_day(self) -> date:
        """The last day on which it holds, whatever was written down."""
        return min(self.expires_on, timezone.localdate(self.decided_at) + timedelta(days=LONGEST_DECISION_DAYS))

    def live_at(self, moment: datetime) -> bool:
        return not self.withdrawn and self.decided_at <= moment and timezone.localdate(moment) <= self.last_day

    @property
    def recipient_may_be_given(self) -> bool:
        """Whether it names one of those to whom a court, the law or safety can require something to be given."""
        return self.kind_of_recipient in LEGAL and not never_given_to(self.recipient)


class Disclosure(Record):
    """Something was given to somebody: what exactly, and on which ground."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="disclosures")
    purpose = models.CharField(max_length=20)
    recipient = models.CharField(max_length=120)
    items: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    content = models.TextField()
    consent = models.ForeignKey(Consent, null=True, on_delete=models.PROTECT, related_name="disclosures")
    legal_basis = models.ForeignKey(LegalBasis, null=True, on_delete=models.PROTECT, related_name="disclosures")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(consent__isnull=False, legal_basis__isnull=True)
                | Q(consent__isnull=True, legal_basis__isnull=False),
                name="nothing_is_given_without_a_ground",
            )
        ]

    def __str__(self) -> str:
        return f"given to {self.recipient}"

    @property
    def items_in_words(self) -> str:
        return ", ".join(ITEMS[key].words for key in self.items)

    @property
    def content_shown(self) -> str:
        """What was given, without the postal address where that has been protected since."""
        hides = self.person.address_protected and "contact" in self.items
        return POST.sub("Post: protected, not shown here", self.content) if hides else self.content
