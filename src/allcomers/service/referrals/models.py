"""A referral that was begun, the referral that was sent, and what belongs to it.

What was sent hangs on the referral, and the referral on a person. Saying that two people are one therefore moves
rows to another person, and taking that back moves them again; which, the `Merge` says.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from allcomers.service.governance.records import Record
from allcomers.service.people.models import Person
from allcomers.service.referrals.matching import SAME_POSTCODE

UNDO_DAYS = 30


class Source(models.TextChoices):
    """Who wrote a referral, and how it came."""

    SELF = "self", "by the person"
    PROFESSIONAL = "professional", "by a professional, on the form"
    SYSTEM = "system", "by a professional, from their own system"


def on_behalf(answers: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether somebody filled it in for the person, without them."""
    return answers.get("who", {}).get("filling_in") == "on_behalf"


class StartedReferral(models.Model):
    """A referral that is being filled in: kept for 24 hours after the last answer, and then deleted.

    `answers` holds what each step's form accepted, by the step's name. It is emptied when the referral is sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=9, unique=True)
    source = models.CharField(max_length=12, choices=Source, default=Source.SELF)
    in_danger = models.BooleanField(null=True, help_text="What was answered at the safety gate; empty before it.")
    safety = models.CharField(
        max_length=8, blank=True, help_text="The most worrying that was said of safety; a later answer leaves it."
    )
    answers = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    wrong_answers = models.PositiveSmallIntegerField(default=0)
    referral = models.OneToOneField("Referral", null=True, on_delete=models.PROTECT, related_name="started")

    def __str__(self) -> str:
        return "a referral being filled in"


class Referral(Record):
    """Somebody asks for help. `answers` is what was said, and does not change; what is said later is an `Addition`.

    A referral that the person cancelled has no `decided_at` until somebody of the staff has closed it. Whatever the
    person did since, somebody looks at it again while `look_again_at` is set.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "new"
        ACCEPTED = "accepted", "accepted"
        MERGED = "merged", "accepted, as somebody known already"
        SIGNPOSTED = "signposted", "told of another service"
        REJECTED = "rejected", "not accepted"
        CANCELLED = "cancelled", "cancelled by the person"

    class Area(models.TextChoices):
        INSIDE = "inside", "lives in our area"
        OUTSIDE = "outside", "lives outside our area"
        UNKNOWN = "unknown", "no fixed address"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="referrals")
    reference = models.CharField(max_length=9, unique=True)
    source = models.CharField(max_length=12, choices=Source, default=Source.SELF)
    sent_by = models.CharField(max_length=120, blank=True, help_text="The system that sent it, where one did.")
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField()
    same_day = models.BooleanField(default=False, help_text="Somebody has to look at it today.")
    same_day_because = models.CharField(max_length=120, blank=True)
    area = models.CharField(max_length=8, choices=Area)
    under_age = models.BooleanField(default=False)
    answers = models.JSONField(encoder=DjangoJSONEncoder)
    wording_version = models.CharField(max_length=12)
    first_looked_at = models.DateTimeField(null=True)
    first_looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decision_words = models.TextField(blank=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_because = models.TextField(blank=True)
    look_again_at = models.DateTimeField(null=True, db_index=True)
    look_again_because = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "received_at"], name="referral_in_inbox")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="received", decided_at__isnull=True)
                | Q(state="cancelled", cancelled_at__isnull=False)
                | ~Q(state__in=["received", "cancelled"]) & Q(decided_at__isnull=False),
                name="decided_referrals_say_when",
            )
        ]

    def __str__(self) -> str:
        return f"referral of {self.person}"

    @property
    def asked_the_person(self) -> bool:
        """Whether the person was asked what they agree to: they filled it in, or were there when it was."""
        return self.source == Source.SELF and not on_behalf(self.answers)

    @cached_property
    def hides_address(self) -> bool:
        """Whether it is of somebody whose address is protected, or of whom it has yet to be said that they are not."""
        return self.person.address_protected or self.matches.filter(person__address_protected=True).exists()

    @property
    def closed(self) -> bool:
        """Whether somebody of the staff has decided, so that the person can no longer cancel it by themselves."""
        return self.decided_at is not None


class Addition(Record):
    """What came after the referral was sent: what the person said, or why staff opened a cancelled one again."""

    class Kind(models.TextChoices):
        WORDS = "words", "The person wrote more"
        NEEDS = "needs", "The person said what would make it easier"
        CONTACTS = "contacts", "The person gave other ways to be reached"
        REOPENED = "reopened", "It had been cancelled, and was opened again"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="additions")
    kind = models.CharField(max_length=8, choices=Kind)
    said = models.JSONField(encoder=DjangoJSONEncoder)

    def __str__(self) -> str:
        return f"addition to {self.referral}"


class Contact(Record):
    """A way to reach somebody, and whether a message may be left there."""

    class Channel(models.TextChoices):
        MOBILE = "mobile", "mobile phone"
        LANDLINE = "landline", "landline"
        EMAIL = "email", "e-mail"
        POST = "post", "post"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="contacts")
    channel = models.CharField(max_length=8, choices=Channel)
    value = models.CharField(max_length=300)
    matched_by = models.CharField(max_length=254, blank=True, help_text="The value as it is compared.")
    may_leave_message = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["matched_by"], name="contact_by_value")]

    def __str__(self) -> str:
        return self.get_channel_display()


class LifeProblem(Record):
    """Something in somebody's life that they said makes it harder."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="life_problems")
    problem = models.CharField(max_length=20)
    said_by = models.CharField(max_length=12, default="person")

    def __str__(self) -> str:
        return self.problem


class Match(models.Model):
    """Somebody known who may be the same person, with the reasons. Nothing is ever joined by itself."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="matches")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["referral", "person"], name="one_match_a_person")]

    def __str__(self) -> str:
        return f"{self.score} points"

    @property
    def reasons_shown(self) -> list[str]:
        """Without one from which a protected address could be told."""
        return [one for one in self.reasons if one != SAME_POSTCODE or not self.referral.hides_address]


class Merge(Record):
    """A referral's person was found to be somebody known; it can be undone for thirty days.

    `moved` holds the ids of the rows that went along, by model and column, so that they can go back.
    """

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="merges")
    from_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    into_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    moved = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.from_person} into {self.into_person}"

    @property
    def undo_until(self) -> datetime:
        return self.merged_at + timedelta(days=UNDO_DAYS)

    def can_be_undone(self, at: datetime) -> bool:
        return not self.withdrawn and at < self.undo_until
