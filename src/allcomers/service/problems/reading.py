"""What somebody said troubles them, over time: three queries for however much it is."""

from dataclasses import dataclass

from django.db.models import Prefetch

from allcomers.service.governance.records import Record
from allcomers.service.look.environment import day
from allcomers.service.people.models import Person
from allcomers.service.problems.models import AT_ONCE, Occasion, Problem, Rating
from allcomers.service.questionnaires.models import MeasureRequest


@dataclass(frozen=True)
class Told:
    """One problem with all that was said of it, the earliest first; what was struck through is among it."""

    problem: Problem
    every: list[Rating]

    @property
    def ratings(self) -> list[Rating]:
        """What stands."""
        return [one for one in self.every if not one.withdrawn]

    @property
    def numbers(self) -> list[Rating]:
        return [one for one in self.ratings if one.value is not None]

    @property
    def holds(self) -> bool:
        """It stands, and the last that was said is not that it is over."""
        latest = self.ratings[-1:]
        return not self.problem.withdrawn and all(one.said != Rating.Said.OVER for one in latest)

    @property
    def sentence(self) -> str:
        """When it was said, the first and the latest number, and whether it is over."""
        said = f"First said on {day(self.problem.entered_at)}, {self.problem.occasion.get_mode_display()}."
        numbers = self.numbers
        if numbers:
            first, last = numbers[0], numbers[-1]
            said += f" It was {first.in_words} on {day(first.answered_at)}"
            said += f", and {last.in_words} on {day(last.answered_at)}." if len(numbers) > 1 else "."
        if not self.holds and not self.problem.withdrawn:
            said += f" No longer a problem on {day(self.ratings[-1].answered_at)}."
        return said

    def on(self, occasion: Occasion | None) -> Rating | None:
        """What was said of it on an occasion."""
        return next((one for one in self.ratings if occasion is not None and one.occasion_id == occasion.pk), None)


def problems_read(person: Person) -> list[Told]:
    """All that somebody ever said troubles them: what holds first, in the order in which it was said."""
    ratings = Rating.objects.select_related("occasion").order_by("answered_at", "entered_at")
    found = Problem.objects.filter(person=person).select_related("occasion", "occasion__entered_by")
    every = found.prefetch_related(Prefetch("ratings", ratings)).order_by("entered_at", "pk")
    told = [Told(one, list(one.ratings.all())) for one in every]
    return sorted(told, key=lambda one: (one.problem.withdrawn, not one.holds))


@dataclass(frozen=True)
class Standing:
    """What one page about a person's problems starts from. `version` goes up with every change of any of it.

    `asked` are the problems that hold, and those which on this very occasion were said to be over.
    """

    person: Person
    mode: str
    request: MeasureRequest | None
    occasion: Occasion | None
    asked: list[Told]
    version: int

    @property
    def room(self) -> bool:
        """Whether one more may be said."""
        return sum(one.holds for one in self.asked) < AT_ONCE

    def given(self, told: Told) -> str:
        """What was answered for a problem on this occasion, as the form has it."""
        rating = told.on(self.occasion)
        return "" if rating is None else rating.answer


def standing(person: Person, mode: str, request: MeasureRequest | None, on: object) -> Standing:
    """What is known of somebody's problems, for the page of a request, or else of a day (`on`) and a way."""
    told, occasions = problems_read(person), list(Occasion.objects.filter(person=person))
    occasion = next((one for one in occasions if _is_this(one, mode, request, on)), None)
    asked = [one for one in told if one.holds or (not one.problem.withdrawn and one.on(occasion) is not None)]
    rows: list[Record] = [*occasions, *(one.problem for one in told), *(rating for one in told for rating in one.every)]
    return Standing(person, mode, request, occasion, asked, sum(one.version for one in rows))


def _is_this(one: Occasion, mode: str, request: MeasureRequest | None, on: object) -> bool:
    if request is not None:
        return one.request_id == request.pk
    return one.request_id is None and (one.mode, one.day) == (mode, on)
