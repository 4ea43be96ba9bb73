"""Invitations to the patient's place, what people are told about waits, and corrections that they ask for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from allcomers.service.governance.records import Record
from allcomers.service.look.words import LONGEST_WORDS
from allcomers.service.people.models import Person, PersonLink

LINK_PURPOSE = "place"
FEWEST_PEOPLE = 20
"""A range that rests on fewer people than this is chance, and is not told to anybody."""
OLDEST_DAYS = 92
CORRECTION_DAYS = 28


class Invitation(Record):
    """Somebody was invited to a place of their own, under an e-mail address that they gave."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    link = models.OneToOneField(PersonLink, on_delete=models.PROTECT, related_name="invitation")
    joined_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation of {self.person}"


class WaitStatement(Record):
    """What people who wait are told, from a report: how many weeks most waited, of how many people, as of which day.

    Somebody decides to say it and signs for it; a newer one replaces it. The service counts no wait itself: a range
    made here, of those who were seen, would leave out whoever still waits.
    """

    shortest_weeks = models.PositiveSmallIntegerField()
    longest_weeks = models.PositiveSmallIntegerField()
    people = models.PositiveIntegerField()
    as_of = models.DateField()
    source = models.CharField(max_length=200)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(shortest_weeks__lte=F("longest_weeks")), name="shortest_wait_first")
        ]

    def __str__(self) -> str:
        return f"{self.shortest_weeks} to {self.longest_weeks} weeks"

    def may_be_told(self, on: date) -> bool:
        """Whether enough people support it, and it is not too old."""
        return self.people >= FEWEST_PEOPLE and on - self.as_of <= timedelta(days=OLDEST_DAYS)


class Correction(Record):
    """The person says that something in their record is wrong; somebody answers in words, and they may disagree."""

    class Part(models.TextChoices):
        DETAILS = "details", "My name, date of birth or how to reach me"
        REFERRAL = "referral", "My referral"
        ANSWERS = "answers", "My answers to questionnaires"
        OTHER = "other", "Something else"

    class State(models.TextChoices):
        ASKED = "asked", "being looked at"
        AGREED = "agreed", "put right"
        REFUSED = "refused", "not changed"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="corrections")
    part = models.CharField(max_length=10, choices=Part)
    wrong = models.TextField(max_length=LONGEST_WORDS)
    right = models.TextField(max_length=LONGEST_WORDS)
    asked_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    answer_words = models.TextField(blank=True, max_length=LONGEST_WORDS)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    disagreement = models.TextField(blank=True, max_length=LONGEST_WORDS)
    disagreed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "asked_at"], name="correction_by_state")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="asked") | Q(answered_by__isnull=False) & ~Q(answer_words=""),
                name="corrections_are_answered_in_words",
            )
        ]

    def __str__(self) -> str:
        return f"correction asked for by {self.person}"

    @property
    def late(self) -> bool:
        return self.state == self.State.ASKED and self.due_on < timezone.localdate()
