"""A person, and who is responsible for them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from allcomers.service.governance.records import Record
from allcomers.service.people.nhs_number import check_nhs_number, grouped


class Person(Record):
    """Somebody who came. Shown on every page about them by the banner, and by initials alone in titles."""

    class NumberStatus(models.TextChoices):
        VERIFIED = "verified", "verified"
        UNVERIFIED = "unverified", "not verified yet"
        NOT_HELD = "not_held", "not known"

    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    preferred_name = models.CharField(max_length=80, blank=True)
    date_of_birth = models.DateField()
    postcode = models.CharField(max_length=8, blank=True)
    nhs_number = models.CharField(max_length=10, blank=True)
    nhs_number_status = models.CharField(max_length=12, choices=NumberStatus, default=NumberStatus.NOT_HELD)
    address_protected = models.BooleanField(default=False)
    died_on = models.DateField(null=True, blank=True)
    team = models.ForeignKey("accounts.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="person"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["family_name", "date_of_birth"], name="person_by_name"),
            models.Index(fields=["nhs_number"], name="person_by_number"),
            models.Index(fields=["date_of_birth"], name="person_by_birth"),
            models.Index(fields=["family_name", "given_name", "id"], name="person_in_order"),  # and see migration 0003
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["nhs_number"], condition=Q(nhs_number_status="verified"), name="one_person_a_verified_number"
            ),
            models.CheckConstraint(
                condition=Q(nhs_number="", nhs_number_status="not_held")
                | ~Q(nhs_number="") & ~Q(nhs_number_status="not_held"),
                name="number_and_status_agree",
            ),
        ]

    def __str__(self) -> str:
        return self.initials

    def save(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        if self.nhs_number:
            check_nhs_number(self.nhs_number, synthetic=settings.ALLCOMERS.mode != "production")
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def known_as(self) -> str:
        return self.preferred_name or self.given_name

    @property
    def initials(self) -> str:
        return "".join(name[:1].upper() for name in (self.given_name, self.family_name))

    @property
    def number(self) -> str:
        """The NHS number as it is read aloud, 3-3-4."""
        return grouped(self.nhs_number)

    def age(self, on: date | None = None) -> int:
        """In whole years; a person born on 29 February is a year older on 1 March of other years."""
        day = on or self.died_on or timezone.localdate()
        return (
            day.year
            - self.date_of_birth.year
            - ((day.month, day.day) < (self.date_of_birth.month, self.date_of_birth.day))
        )


class Allocation(Record):
    """A member of staff is responsible for a person from one day on, and until one."""

    class Kind(models.TextChoices):
        TREATMENT = "treatment", "treatment"
        EMPLOYMENT = "employment", "help with work"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="allocations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="allocations")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.TREATMENT)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="The last day.")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "starts_on", "ends_on"], name="allocation_by_user")]

    def __str__(self) -> str:
        return f"{self.person} to {self.user}"


class Death(Record):
    """Somebody told us that a person has died. Taken back where it was the wrong person: then it is struck through.

    While one stands, `Person.died_on` holds its day.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deaths")
    died_on = models.DateField()
    told_by = models.CharField(max_length=200, help_text="Who told us, and how.")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"death of {self.person}"


class AddressProtection(Record):
    """Where somebody lives, and their practice, may be shown to nobody who has not asked to see it in an emergency.

    While one stands, `Person.address_protected` is set. It is ended by striking it through, with the reason.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="address_protections")
    because = models.CharField(max_length=200, help_text="Who asked for it, and why as far as it has to be known.")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"protected address of {self.person}"


class PersonLink(models.Model):
    """A link that opens one thing for one person: only a hash of it is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="links")
    purpose = models.CharField(max_length=30)
    about = models.CharField(max_length=40, blank=True, help_text="The id of what it opens: a request, an appointment.")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    wrong_answers = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link for {self.purpose}"

    def open_at(self, moment: datetime) -> bool:
        """Whether it still opens anything."""
        return not (self.used_at or self.locked_at or self.cancelled_at) and moment < self.expires_at
