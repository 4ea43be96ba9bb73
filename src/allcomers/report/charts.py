"""Charts as SVG, drawn on the server, so that a page needs no script.

A chart is a Vega-Lite specification made with Altair once, and given other data for each page: checking a
specification costs as much as drawing it. Every chart is drawn 340 units wide, to be read on a 320-pixel phone.
"""

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import vl_convert

from allcomers.report import palette

Row = dict[str, Any]
WIDTH = 284
FONT = "system-ui, sans-serif"


def config() -> Row:
    axis = {
        "labelColor": palette.INK,
        "titleColor": palette.MUTED,
        "titleFontWeight": "normal",
        "labelFontSize": 13,
        "titleFontSize": 13,
        "gridColor": palette.LINE,
        "domainColor": palette.LINE,
        "tickColor": palette.LINE,
    }
    return {"background": None, "font": FONT, "axis": axis, "view": {"stroke": None}}


def _finished(chart: alt.LayerChart | alt.FacetChart, *, width: int = WIDTH, height: int) -> Row:
    spec: Row = chart.properties(width=width, height=height).to_dict()
    return spec | {"config": config()}


def _drawn(spec: Row) -> str:
    """The SVG without roles of its own: the page names each chart once, with a sentence."""
    return re.sub(r' (role|aria-[a-z]+)="[^"]*"', "", vl_convert.vegalite_to_svg(spec))


def svg(spec: Row, rows: Sequence[Row]) -> str:
    """Draw a specification with these rows."""
    filled = deepcopy(spec)
    filled["data"] = {"values": list(rows)}
    return _drawn(filled)


def _two_series(first: str, second: str) -> tuple[alt.Color, alt.StrokeDash]:
    """Told apart by colour and by dash."""
    colours = alt.Scale(domain=[first, second], range=[palette.OFFICIAL, palette.ALL_COMERS])
    dashes = alt.Scale(domain=[first, second], range=[[5, 4], [1, 0]])
    return (
        alt.Color("series:N", scale=colours, legend=None),
        alt.StrokeDash("series:N", scale=dashes, legend=None),
    )


OFFICIAL_SERIES = "official base"
ALL_SERIES = "everyone referred"


@cache
def _trend_spec() -> Row:
    colour, dash = _two_series(OFFICIAL_SERIES, ALL_SERIES)
    base = alt.Chart(alt.InlineData(values=[])).encode(
        x=alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0, grid=False)), color=colour
    )
    percent = alt.Y("value:Q", title="per 100", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5))
    line = base.mark_line(strokeWidth=2.5).encode(y=percent, strokeDash=dash)
    points = base.mark_point(filled=True, size=55, opacity=1).encode(y=percent)
    rule = base.mark_rule(strokeWidth=1.5).encode(y=alt.Y("low:Q", title="per 100"), y2="high:Q")
    labels = base.mark_text(dy=-12, fontSize=12, fontWeight="bold").encode(y=percent, text=alt.Text("label:N"))
    return _finished(alt.layer(line, rule, points, labels), height=190)


def trend(rows: Sequence[Row]) -> str:
    """Two series over periods.

    rows : period, series (`OFFICIAL_SERIES` or `ALL_SERIES`), low, value, high in percent, label.
    """
    return svg(_trend_spec(), rows)


GRADIENT_SERIES = (
    "finished, per 100 referred",
    "official reliable recovery rate",
    "reliably recovered, per 100 referred",
)


@cache
def _gradient_spec() -> Row:
    domain = list(GRADIENT_SERIES)
    colours = alt.Scale(domain=domain, range=[palette.MUTED, palette.OFFICIAL, palette.ALL_COMERS])
    dashes = alt.Scale(domain=domain, range=[[1, 3], [5, 4], [1, 0]])
    base = alt.Chart(alt.InlineData(values=[])).encode(
        x=alt.X(
            "place:O",
            title="least deprived → most deprived areas (tenths)",
            axis=alt.Axis(labelAngle=0, grid=False),
        ),
        color=alt.Color("series:N", scale=colours, legend=None),
    )
    y = alt.Y("value:Q", title="per 100", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5))
    line = base.mark_line(strokeWidth=2.5).encode(y=y, strokeDash=alt.StrokeDash("series:N", scale=dashes, legend=None))
    points = base.mark_point(filled=True, size=36, opacity=1).encode(y=y)
    return _finished(alt.layer(line, points), height=200)


def gradient(rows: Sequence[Row]) -> str:
    """Outcomes by tenth of deprivation.

    rows : place (1 least deprived), series (one of `GRADIENT_SERIES`), value in percent.
    """
    return svg(_gradient_spec(), rows)


@dataclass(frozen=True)
class Frame:
    """The fixed geometry of a funnel plot, so that one drawing serves every page and a mark can be laid over it."""

    x_max: float
    y_min: float
    y_max: float
    width: int = 276
    height: int = 210
    left: int = 46
    right: int = 18
    top: int = 10
    bottom: int = 44

    @property
    def outer_width(self) -> int:
        return self.width + self.left + self.right

    @property
    def outer_height(self) -> int:
        return self.height + self.top + self.bottom

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point lies, in percent of the drawing from its left and from its top."""
        across = self.left + self.width * x / self.x_max
        down = self.top + self.height * (self.y_max - y) / (self.y_max - self.y_min)
        return round(100 * across / self.outer_width, 2), round(100 * down / self.outer_height, 2)


def funnel(
    points: Sequence[Row], limits: Sequence[Row], target_percent: float, frame: Frame, *, size_title: str
) -> str:
    """A funnel plot of every organisation of a level.

    points : size, percent. limits : size, limit ("95 %" or "99.8 %"), low, high in percent.
    """
    x = alt.X(
        "size:Q",
        title=size_title,
        scale=alt.Scale(domain=[0, frame.x_max], nice=False),
        axis=alt.Axis(tickCount=4, grid=False, format=",d"),
    )
    scale = alt.Scale(domain=[frame.y_min, frame.y_max], nice=False, clamp=True)
    y = alt.Y("percent:Q", title="percent", scale=scale, axis=alt.Axis(tickCount=5))
    dash = alt.StrokeDash("limit:N", scale=alt.Scale(domain=["95 %", "99.8 %"], range=[[4, 3], [1, 0]]), legend=None)
    lines = alt.Chart(alt.InlineData(values=list(limits))).mark_line(color=palette.MUTED, strokeWidth=1.2)
    low = lines.encode(x=x, y=alt.Y("low:Q", scale=scale, title="percent"), strokeDash=dash)
    high = lines.encode(x=x, y=alt.Y("high:Q", scale=scale, title="percent"), strokeDash=dash)
    target = alt.Chart(alt.InlineData(values=[{"percent": target_percent}])).mark_rule(color=palette.INK, strokeWidth=1)
    dots = alt.Chart(alt.InlineData(values=list(points))).mark_point(
        filled=True, size=26, color=palette.ALL_COMERS, opacity=0.55
    )
    chart = alt.layer(low, high, target.encode(y=y), dots.encode(x=x, y=y))
    spec = _finished(chart, width=frame.width, height=frame.height)
    spec["autosize"] = "none"
    spec["padding"] = {"left": frame.left, "right": frame.right, "top": frame.top, "bottom": frame.bottom}
    return _drawn(spec)


def movement(rows: Sequence[Row]) -> str:
    """Expected rank by the official rate against expected rank among everyone referred. rows : official, everyone."""
    last = max(len(rows), 2)
    scale = alt.Scale(domain=[1, last], nice=False)
    points = (
        alt.Chart(alt.InlineData(values=list(rows)))
        .mark_point(filled=True, size=30, color=palette.ALL_COMERS, opacity=0.6)
        .encode(
            x=alt.X("official:Q", title="expected rank, official rate", scale=scale, axis=alt.Axis(tickCount=5)),
            y=alt.Y("everyone:Q", title="expected rank, everyone referred", scale=scale, axis=alt.Axis(tickCount=5)),
        )
    )
    ends = [{"a": 1, "b": 1}, {"a": last, "b": last}]
    same = (
        alt.Chart(alt.InlineData(values=ends))
        .mark_line(color=palette.MUTED, strokeDash=[4, 3])
        .encode(x="a:Q", y="b:Q")
    )
    return _drawn(_finished(alt.layer(same, points), height=WIDTH))


DRAW = {"trend": trend, "gradient": gradient, "movement": movement}
"""Charts that need nothing but rows, by name."""
