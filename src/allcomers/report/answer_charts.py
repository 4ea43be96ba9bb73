"""Charts of answers as Vega-Lite specifications, drawn from the columns of the answers' tables."""

import textwrap
from collections.abc import Sequence
from typing import Any

import polars as pl

from allcomers.analyses.answer import PER_CENT, Answer, Chart, Column, Kind, Shape
from allcomers.report import palette
from allcomers.report.charts import WIDTH, Row, config, svg

Columns = dict[str, Column]
Rows = Sequence[Row]

_COLOURS = (palette.ALL_COMERS, palette.OFFICIAL, palette.MUTED, palette.LINK, palette.INK, palette.ALERT)
_DASHES = ([1, 0], [5, 4], [1, 3], [8, 3, 2, 3], [3, 3], [10, 2])
_UNITS = {Kind.SHARE: " (%)", Kind.DIFFERENCE: " (percentage points)"}
_MOST_CATEGORIES = 40
_LANE_HEIGHT, _LINE_HEIGHT = 16, 13
_LABEL_CHARACTERS = 20
_NOT_KNOWN = "not known"
_DIGITS = 6
"""After the point. A sum depends on the order of its terms beyond any digit that can be seen; a drawing must not."""
_HEIGHT = 210
_BESIDE_LABELS = WIDTH - 90
_PADDING = {"left": 24, "right": 12, "top": 6, "bottom": 4}
"""Room for a reader's font that is wider than the one with which labels were measured."""


def chart_svg(answer: Answer) -> str | None:
    """The answer's chart as SVG, or None where it has none or nothing is left to draw.

    Shares are drawn per cent. The first 40 categories are drawn; the table has them all.
    """
    chart = answer.chart
    if chart is None:
        return None
    columns = {column.name: column for column in answer.columns}
    rows = [row for row in _rows(answer, chart, columns) if row[chart.y] is not None and row[chart.x] is not None]
    if not rows:
        return None
    layers = _categories if chart.shape in (Shape.BARS, Shape.RANGES) else _plane
    if layers is _categories:
        rows = [row | {chart.x: _wrapped(columns[chart.x], row[chart.x])} for row in rows]
    spec = {"width": WIDTH, "padding": _PADDING, "config": config(), **layers(chart, columns, rows)}
    return svg(spec, rows)


def _wrapped(column: Column, category: Any) -> str:
    label = category if isinstance(category, str) else column.written(category)
    return "\n".join(textwrap.wrap(label, _LABEL_CHARACTERS)) or label


def _rows(answer: Answer, chart: Chart, columns: Columns) -> list[Row]:
    names = dict.fromkeys(name for name in (chart.x, chart.y, chart.low, chart.high, chart.series) if name)
    known = [pl.col(chart.series).fill_null(_NOT_KNOWN)] if chart.series else []
    rows = answer.table.select(*names).with_columns(*known).to_dicts()
    return [{name: _value(columns[name], value) for name, value in row.items()} for row in rows]


def _value(column: Column, value: Any) -> Any:
    if value is None or column.kind is Kind.TEXT:
        return None if value is None else str(value)
    return round(100 * value if column.kind in PER_CENT else value, _DIGITS)


def _categories(chart: Chart, columns: Columns, rows: Rows) -> Row:
    """A lane for each category, and within it one for each series."""
    order = _distinct(rows, chart.x)[:_MOST_CATEGORIES]
    lines = max(label.count("\n") + 1 for label in order)
    lane_height = max(_LANE_HEIGHT * max(1, len(_distinct(rows, chart.series))), _LINE_HEIGHT * lines) + 6
    axis = {"labelExpr": "split(datum.label, '\\n')", "labelLimit": 0, "domain": False, "ticks": False}
    lane = {
        "y": {
            "field": chart.x,
            "type": "nominal",
            "title": None,
            "axis": axis,
            "sort": order,
            "scale": {"domain": order},
        },
        **({"yOffset": {"field": chart.series, "type": "nominal"}} if chart.series else {}),
        **_colour(chart, rows),
    }
    along = _quantity("x", chart.y, columns, zero=True)
    mark = {"type": "bar"} if chart.shape is Shape.BARS else _point(60)
    layers = [{"mark": mark, "encoding": {**lane, **along}}]
    if chart.low:
        ink = {"color": {"value": palette.INK}} if chart.shape is Shape.BARS else {}
        layers.append({"mark": {"type": "rule", "strokeWidth": 1.8}, "encoding": {**lane, **_span("x", chart), **ink}})
    return {"width": _BESIDE_LABELS, "height": lane_height * len(order), "layer": [*layers, *_reference("x", chart)]}


def _plane(chart: Chart, columns: Columns, rows: Rows) -> Row:
    """Lines or points over numbers, or over texts in the table's order."""
    if columns[chart.x].kind is Kind.TEXT:
        at: Row = {"field": chart.x, "type": "ordinal", "sort": None, "title": None, "axis": {"labelAngle": -45}}
    else:
        at = _quantity("x", chart.x, columns, zero=False)["x"] | {"axis": {"grid": False, "tickCount": 5}}
    base = {"x": at, **_colour(chart, rows)}
    height = _quantity("y", chart.y, columns, zero=chart.shape is Shape.LINES)
    layers = []
    if chart.low:
        rule = {"type": "rule", "strokeWidth": 1.2, "opacity": 0.6}
        layers.append({"mark": rule, "encoding": {**base, **_span("y", chart)}})
    if chart.shape is Shape.LINES:
        line = {"type": "line", "strokeWidth": 2.2, "interpolate": "step-after" if chart.stepped else "linear"}
        layers.append({"mark": line, "encoding": {**base, **height, **_dash(chart, rows)}})
    else:
        layers.append({"mark": _point(45), "encoding": {**base, **height}})
    return {"height": _HEIGHT, "layer": [*layers, *_reference("y", chart)]}


def _quantity(channel: str, name: str, columns: Columns, *, zero: bool) -> Row:
    column = columns[name]
    title = column.heading + _UNITS.get(column.kind, "")
    of = {"field": name, "type": "quantitative", "title": title, "scale": {"zero": zero}, "axis": {"tickCount": 5}}
    return {channel: of}


def _span(channel: str, chart: Chart) -> Row:
    return {channel: {"field": chart.low, "type": "quantitative"}, f"{channel}2": {"field": chart.high}}


def _point(size: int) -> Row:
    return {"type": "point", "filled": True, "size": size, "opacity": 0.85}


def _distinct(rows: Rows, name: str) -> list[str]:
    return list(dict.fromkeys(str(row[name]) for row in rows)) if name else []


def _colour(chart: Chart, rows: Rows) -> Row:
    """Series are told apart by colour, and lines by dash as well, and named below the chart."""
    if not chart.series:
        return {"color": {"value": palette.ALL_COMERS}}
    names = _distinct(rows, chart.series)
    legend = {"orient": "bottom", "direction": "vertical", "title": None, "labelLimit": WIDTH, "labelFontSize": 12}
    scale = {"domain": names, "range": [_COLOURS[at % len(_COLOURS)] for at in range(len(names))]}
    return {"color": {"field": chart.series, "type": "nominal", "scale": scale, "legend": legend}}


def _dash(chart: Chart, rows: Rows) -> Row:
    if not chart.series:
        return {}
    names = _distinct(rows, chart.series)
    scale = {"domain": names, "range": [_DASHES[at % len(_DASHES)] for at in range(len(names))]}
    return {"strokeDash": {"field": chart.series, "type": "nominal", "scale": scale, "legend": None}}


def _reference(channel: str, chart: Chart) -> list[Row]:
    """A line across the chart at a value of `y`, in the units drawn."""
    if chart.reference is None:
        return []
    at = {channel: {"datum": chart.reference}}
    return [{"mark": {"type": "rule", "color": palette.INK, "strokeDash": [4, 3]}, "encoding": at}]
