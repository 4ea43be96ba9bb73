"""A file that was taken in, what became a questionnaire, and what waits for somebody to look at it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from allcomers.service.governance.records import Record
from allcomers.service.people.models import Person
from allcomers.service.questionnaires.models import Response, RiskAlert


class Import(models.Model):
    """One file, once: how many records it had, and what became of them. The database holds the sum."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file_hash = models.CharField(max_length=64, unique=True)
    imported_at = models.DateTimeField()
    received = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(received=F("accepted") + F("quarantined")), name="nothing_imported_is_dropped"
            )
        ]

    def __str__(self) -> str:
        return f"{self.received} records of {self.imported_at:%d %B %Y}"


class TakenIn(models.Model):
    """Which record of which file became a questionnaire."""

    source = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="taken_in")
    place = models.PositiveIntegerField(help_text="Which record of the file, from 1.")
    response = models.OneToOneField(Response, on_delete=models.PROTECT, related_name="taken_in")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "place"], name="one_response_a_record")]

    def __str__(self) -> str:
        return f"record {self.place} of {self.source}"


class Quarantined(Record):
    """A record that was not taken in, with the reasons, until somebody takes in what can be read of it or discards it.

    `content` is the record as it came. `reasons` never hold anything of it. `response` is what was taken in: while it
    waits, the answer about safety alone, if there was one. `alert` was raised where such an answer could not be read.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waits"
        RESOLVED = "resolved", "taken in"
        DISCARDED = "discarded", "discarded"

    source = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="in_quarantine")
    place = models.PositiveIntegerField(help_text="Which record of the file, from 1.")
    content = models.TextField()
    reasons = models.JSONField()
    about_risk = models.BooleanField(default=False, help_text="It may hold an answer that asks for help.")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    instrument_key = models.CharField(max_length=60, blank=True)
    given_at = models.DateTimeField(null=True)
    response = models.OneToOneField(Response, null=True, on_delete=models.PROTECT, related_name="quarantined")
    alert = models.ForeignKey(RiskAlert, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_because = models.TextField(blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "-about_risk", "entered_at"], name="quarantine_in_order")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "place"], name="one_quarantine_a_record"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_at__isnull=False) & ~Q(decided_because=""),
                name="what_leaves_quarantine_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"record {self.place} of {self.source}"
