"""Problems in a person's own words, the occasions on which they were asked about, and what was said of each then.

The words of a problem never change. Whether it still holds follows from what was said of it last.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from allcomers.service.governance.records import Record
from allcomers.service.people.models import Person
from allcomers.service.questionnaires.models import MeasureRequest

LONGEST_PROBLEM = 300
AT_ONCE = 3
"""As many problems hold at a time."""
MOST = 10
"""The upper end of the rating. 0 is “not at all”."""


class Occasion(Record):
    """One time at which a person could say what troubles them: one for a request, otherwise one a day and way.

    One on which nothing was said was passed over.
    """

    class Mode(models.TextChoices):
        LINK = "link", "by the person, from a link"
        PLACE = "place", "by the person, from their place"
        STAFF = "staff", "by staff, as they were told"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="occasions")
    request = models.OneToOneField(MeasureRequest, null=True, on_delete=models.PROTECT, related_name="occasion")
    mode = models.CharField(max_length=10, choices=Mode)
    day = models.DateField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "mode", "day"], condition=Q(request=None), name="one_occasion_a_day_and_way"
            ),
            models.CheckConstraint(
                condition=Q(mode="staff", entered_by__isnull=False) | ~Q(mode="staff") & Q(entered_by=None),
                name="staff_sign_what_they_enter",
            ),
        ]

    def __str__(self) -> str:
        return f"occasion of {self.person}"


class Problem(Record):
    """Something that troubles somebody, as they said it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="problems")
    occasion = models.ForeignKey(Occasion, on_delete=models.PROTECT, related_name="problems")
    words = models.TextField(max_length=LONGEST_PROBLEM)

    def __str__(self) -> str:
        return f"problem of {self.person}"


class Rating(Record):
    """What was said of a problem on one occasion: how much it troubles, “I would rather not say”, or that it is over.

    `value` runs from 0, not at all, to 10, as much as could be. The scale is our own: nothing is derived from it.
    """

    class Said(models.TextChoices):
        RATED = "rated", "rated"
        DECLINED = "declined", "I would rather not say"
        OVER = "over", "This is no longer a problem for me"

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="ratings")
    occasion = models.ForeignKey(Occasion, on_delete=models.PROTECT, related_name="ratings")
    said = models.CharField(max_length=10, choices=Said)
    value = models.PositiveSmallIntegerField(null=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["occasion", "problem"], condition=Q(withdrawn_at=None), name="rated_once_an_occasion"
            ),
            models.CheckConstraint(
                condition=Q(said="rated", value__isnull=False, value__lte=MOST) | ~Q(said="rated") & Q(value=None),
                name="a_number_where_it_was_rated",
            ),
        ]

    def __str__(self) -> str:
        return f"rating of {self.problem}"

    @property
    def answer(self) -> str:
        """As the form has it: the number, or what was said instead of one."""
        return str(self.value) if self.said == self.Said.RATED else self.said

    @property
    def in_words(self) -> str:
        if self.said == self.Said.RATED:
            return f"{self.value} of {MOST}"
        return "Would rather not say" if self.said == self.Said.DECLINED else "No longer a problem"
