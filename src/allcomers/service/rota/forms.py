"""Forms about teams, duty and supervision."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils import timezone

from allcomers.service.accounts.models import Supervision, Team, TeamMembership, User
from allcomers.service.governance.forms import RecordForm
from allcomers.service.governance.permissions import TREATING, Role
from allcomers.service.governance.working_days import is_working_day
from allcomers.service.look.dates import DayField
from allcomers.service.look.environment import day as in_words
from allcomers.service.rota import selectors
from allcomers.service.rota.coverage import Span, moment

GOES_ON, LAST_DAY, AT_ONCE = "goes on", "last day", "at once"
EXAMPLE = "For example, 27 3 2027."
MOST_DAYS_REPEATED = 91
WHEN = ("starts_on", "starts_at", "ends_on", "ends_at", "repeat_until")


class AddTeamForm(RecordForm):
    name: ClassVar[str] = "new team"
    team_name = forms.CharField(label="Name of the team", max_length=80, error_messages={"required": "Enter a name"})

    def clean_team_name(self) -> str:
        given: str = self.cleaned_data["team_name"]
        of = self.of if isinstance(self.of, Team) else None
        if selectors.name_taken(given, of):
            raise forms.ValidationError("There is a team with this name already")
        return given


class TeamForm(AddTeamForm):
    name: ClassVar[str] = "team"
    closed_on = DayField(
        label="Closed from",
        required=False,
        help_text="From this day on nobody is accepted into it. Those who are in it stay. Leave it empty while it "
        f"is open. {EXAMPLE}",
    )

    def values_of(self, row: Any) -> dict[str, Any]:
        return {"team_name": row.name, "closed_on": row.closed_on}


class _WhoForm(RecordForm):
    """Names members of staff, and from when until when."""

    starts_on = DayField(label="From which day", help_text=EXAMPLE, error_messages={"required": "Enter the first day"})
    ends_on = DayField(label="Last day", required=False, help_text=f"Leave it empty where no end is known. {EXAMPLE}")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"starts_on": timezone.localdate(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.members: dict[str, dict[UUID, User]] = {}

    def _offer(self, name: str, members: dict[UUID, User]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        self.members[name] = members
        field.choices = [("", "Choose"), *((str(key), one.name) for key, one in members.items())]

    def member(self, name: str) -> User:
        return self.members[name][UUID(self.cleaned_data[name])]

    def clean_starts_on(self) -> date:
        return _from_today(self.cleaned_data["starts_on"])

    def clean(self) -> None:
        begins, ends = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if begins and ends and ends < begins:
            self.add_error("ends_on", "The last day cannot be before the first")

    def _refuse_without(self, name: str, roles: Collection[Role], words: str) -> None:
        """Whoever is named holds one of the roles on the first day."""
        begins = self.cleaned_data.get("starts_on")
        if begins and self.cleaned_data.get(name) and not self.member(name).roles(begins) & set(roles):
            self.add_error(name, f"{self.member(name).name} {words} on {in_words(begins)}")


class JoinForm(_WhoForm):
    name: ClassVar[str] = "joining a team"
    user = forms.ChoiceField(label="Who", error_messages={"required": "Choose who joins the team"})
    field_order = ("user", "starts_on", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("user", selectors.who_holds(Role, timezone.localdate()))

    def clean(self) -> None:
        super().clean()
        self._refuse_without("user", Role, "holds no role")


class SuperviseForm(_WhoForm):
    name: ClassVar[str] = "supervision"
    supervisor = forms.ChoiceField(
        label="Who supervises",
        help_text="Only somebody with the role of a supervisor.",
        error_messages={"required": "Choose who supervises"},
    )
    supervisee = forms.ChoiceField(
        label="Whose cases",
        help_text="Only somebody with a role in which people are treated.",
        error_messages={"required": "Choose who is supervised"},
    )
    field_order = ("supervisor", "supervisee", "starts_on", "ends_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = timezone.localdate()
        self._offer("supervisor", selectors.who_holds({Role.SUPERVISOR}, day))
        self._offer("supervisee", selectors.who_holds(TREATING, day))

    def clean(self) -> None:
        super().clean()
        self._refuse_without("supervisor", {Role.SUPERVISOR}, "is not a supervisor")
        self._refuse_without("supervisee", TREATING, "has no role in which people are treated")
        given = self.cleaned_data
        if given.get("supervisor") and given.get("supervisor") == given.get("supervisee"):
            self.add_error("supervisee", "Nobody supervises their own cases: choose two people")


class EndForm(RecordForm):
    """Until when a membership or supervision goes on."""

    name: ClassVar[str] = "until when"
    until = forms.ChoiceField(
        label="Until when?",
        choices=(
            (GOES_ON, "No end is known"),
            (LAST_DAY, "Until a last day"),
            (AT_ONCE, "It ends at once"),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose until when"},
    )
    ends_on = DayField(label="Last day, where there is one", required=False, help_text=EXAMPLE)

    def values_of(self, row: Any) -> dict[str, Any]:
        return {"until": LAST_DAY if row.ends_on else GOES_ON, "ends_on": row.ends_on}

    def clean(self) -> None:
        until, ends_on = self.cleaned_data.get("until"), self.cleaned_data.get("ends_on")
        if until != LAST_DAY or "ends_on" in self.errors:
            return
        assert isinstance(self.of, TeamMembership | Supervision)
        first = max(self.of.starts_on, timezone.localdate())
        if ends_on is None:
            self.add_error("ends_on", "Enter the last day")
        elif ends_on < first:
            self.add_error("ends_on", f"The last day cannot be before {in_words(first)}: choose that it ends at once")

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds: none, the one given, or yesterday, so that it holds no longer."""
        given: date | None = self.cleaned_data["ends_on"]
        yesterday = timezone.localdate() - timedelta(days=1)
        return {GOES_ON: None, LAST_DAY: given, AT_ONCE: yesterday}[self.cleaned_data["until"]]


class PlanForm(_WhoForm):
    """A shift, or one on every working day until another. Where the last day is left empty it ends on its first."""

    name: ClassVar[str] = "duty"
    user = forms.ChoiceField(
        label="Who is on duty",
        help_text="Only somebody with the role of a duty worker.",
        error_messages={"required": "Choose who is on duty"},
    )
    starts_at = forms.TimeField(
        label="From what time", help_text="For example, 09:00.", input_formats=["%H:%M", "%H.%M", "%H%M"],
        error_messages={"required": "Enter a time", "invalid": "Enter a time like 09:00"},
    )  # fmt: skip
    ends_at = forms.TimeField(
        label="Until what time", help_text="For example, 17:00.", input_formats=["%H:%M", "%H.%M", "%H%M"],
        error_messages={"required": "Enter a time", "invalid": "Enter a time like 17:00"},
    )  # fmt: skip
    repeat_until = DayField(
        label="The same on every working day until",
        required=False,
        help_text=f"Leave it empty for one shift. {EXAMPLE}",
    )
    field_order = ("user", "starts_on", "starts_at", "ends_on", "ends_at", "repeat_until")

    def __init__(self, *args: Any, hours: tuple[time, time], **kwargs: Any) -> None:
        opens, closes = (f"{one:%H:%M}" for one in hours)
        kwargs["initial"] = {"starts_at": opens, "ends_at": closes, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].help_text = "Leave it empty where the shift ends on the day on which it begins."
        self._offer("user", selectors.who_holds({Role.DUTY}, timezone.localdate()))

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        name, words = self._fault(**{name: self.cleaned_data[name] for name in WHEN})
        if not name:
            name, words = "user", self._why_not_theirs()
        if words:
            self.add_error(name, words)

    def _fault(
        self, starts_on: date, starts_at: time, ends_on: date | None, ends_at: time, repeat_until: date | None
    ) -> tuple[str, str]:
        """The first thing that makes these no shifts, with its field; empty where they are."""
        last = ends_on or starts_on
        if ends_at <= starts_at and last == starts_on:
            return "ends_at", "The end cannot be before the beginning: give the day after as the last day"
        if moment(last, ends_at) <= timezone.now():
            return "ends_at", "This time is over already"
        if last - starts_on > timedelta(days=7):
            return "ends_on", "A shift is a week long at most"
        if repeat_until is None:
            return "", ""
        if repeat_until < starts_on:
            return "repeat_until", "This day cannot be before the first"
        if repeat_until - starts_on > timedelta(days=MOST_DAYS_REPEATED):
            return "repeat_until", f"Plan {MOST_DAYS_REPEATED} days at a time at most"
        if last - starts_on > timedelta(days=1):
            return "repeat_until", "A shift of several days cannot be repeated every day"
        return ("", "") if self.spans() else ("repeat_until", "There is no working day until then")

    def _why_not_theirs(self) -> str:
        user = self.member("user")
        days = (timezone.localdate(span.starts_at) for span in self.spans())
        return next((why for day in days if (why := selectors.why_not_on_duty(user, day))), "")

    def spans(self) -> list[Span]:
        given = self.cleaned_data
        first, until = given["starts_on"], given["repeat_until"]
        longer = (given["ends_on"] or first) - first
        days = [first] if until is None else _working_days(first, until)
        return [Span(moment(day, given["starts_at"]), moment(day + longer, given["ends_at"])) for day in days]


class EndShiftForm(RecordForm):
    """Nothing to fill in: sending it ends the shift."""

    name: ClassVar[str] = "ending a shift"


def _working_days(first: date, last: date) -> list[date]:
    every = (first + timedelta(days=count) for count in range((last - first).days + 1))
    return [day for day in every if is_working_day(day)]


def _from_today(day: date) -> date:
    if day < timezone.localdate():
        raise forms.ValidationError("The first day cannot be in the past")
    return day
