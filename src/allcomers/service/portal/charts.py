"""A person's scores, and their own ratings, over time: a drawing, the same in a sentence, and the rows of a table.

Drawn on the server, and put into the page as a picture: it needs no script, and the sentence is its text.
"""

import base64
from dataclasses import dataclass
from datetime import datetime

import altair as alt
from django.utils import timezone

from allcomers.instruments.model import Instrument, Points
from allcomers.report import palette
from allcomers.report.charts import WIDTH, Row, config, svg
from allcomers.service.look.environment import day
from allcomers.service.problems.models import MOST
from allcomers.service.problems.reading import Told
from allcomers.service.questionnaires.reading import Read
from allcomers.service.questionnaires.wording import DIRECTIONS

Point = tuple[datetime, Points]


@dataclass(frozen=True)
class Series:
    """One questionnaire over time, the earliest first; every one was finished."""

    instrument: Instrument
    read: list[Read]

    @property
    def scored(self) -> list[Read]:
        return [one for one in self.read if one.response.points is not None]

    @property
    def sentence(self) -> str:
        """The first and the latest total, and what a higher one means."""
        scored = self.scored
        if not scored:
            return "There is no total yet."
        meaning = DIRECTIONS[self.instrument.direction]
        first, last = scored[0].response, scored[-1].response
        if len(scored) == 1:
            return f"Your total was {first.points} on {day(first.finished_at)}. {meaning}".strip()
        said = f"Your total was {first.points} on {day(first.finished_at)}, and {last.points} on "
        return f"{said}{day(last.finished_at)}. {meaning}".strip()

    @property
    def picture(self) -> str:
        """The drawing as the address of a picture; empty where there are not two points to join."""
        scale = self.instrument.scale()
        points = [(_local(one), one.response.points or 0) for one in self.scored]
        return _picture(float(scale.low), float(scale.high), points, "total")


def picture_of(told: Told) -> str:
    """The same drawing of how much a problem in their own words troubled somebody, which is no total."""
    points: list[Point] = [(timezone.localtime(one.answered_at), one.value or 0) for one in told.numbers]
    return _picture(0, MOST, points, "how much")


def _picture(low: float, high: float, points: list[Point], title: str) -> str:
    if len(points) < 2:
        return ""
    rows: list[Row] = [
        {"day": moment.strftime("%Y-%m-%dT%H:%M:%S"), "points": float(one), "label": str(one)} for moment, one in points
    ]
    drawn = svg(_spec(low, high, [points[0][0], points[-1][0]], title), rows)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


def _local(one: Read) -> datetime:
    assert one.response.finished_at is not None
    return timezone.localtime(one.response.finished_at)


def series_of(read: list[Read]) -> list[Series]:
    """What was finished and stands, by questionnaire; `read` is the latest first."""
    found: dict[str, list[Read]] = {}
    for one in reversed(read):
        if one.response.finished_at is not None and not one.response.withdrawn:
            found.setdefault(one.response.instrument_key, []).append(one)
    return [Series(several[0].response.instrument, sorted(several, key=_local)) for several in found.values()]


def _spec(low: float, high: float, ends: list[datetime], title: str) -> Row:
    """Points joined by a line on the whole scale, each with its number: nothing rests on colour."""
    days = [alt.DateTime(year=one.year, month=one.month, date=one.day, hours=one.hour) for one in ends]
    axis = alt.Axis(format="%-d %b %Y", labelAngle=0, grid=False, values=days)
    base = alt.Chart(alt.InlineData(values=[])).encode(
        x=alt.X("day:T", title=None, scale=alt.Scale(padding=40), axis=axis),
        y=alt.Y("points:Q", title=title, scale=alt.Scale(domain=[low, high]), axis=alt.Axis(tickCount=5)),
    )
    line = base.mark_line(strokeWidth=2.5, color=palette.ALL_COMERS)
    points = base.mark_point(filled=True, size=60, opacity=1, color=palette.ALL_COMERS)
    numbers = base.mark_text(dy=-12, fontSize=13, fontWeight="bold", color=palette.INK).encode(text="label:N")
    made: Row = alt.layer(line, points, numbers).properties(width=WIDTH, height=180).to_dict()
    return made | {"config": config()}
