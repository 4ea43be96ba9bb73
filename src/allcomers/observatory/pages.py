"""What each page says: plain values for its template, and the rows of its charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allcomers.observatory import words
from allcomers.observatory.gaps import GroupTable
from allcomers.observatory.headline import Totals, Value
from allcomers.observatory.places import LEVEL, Place
from allcomers.observatory.standing import Position, Standing
from allcomers.published.figures import FIGURE, FIGURES, Base, Figure
from allcomers.report.charts import ALL_SERIES, GRADIENT_SERIES, OFFICIAL_SERIES

Context = dict[str, Any]
STEPS = (
    ("referred", "Referred"),
    ("entered", "Entered treatment"),
    ("finished", "Finished a course"),
    ("at_caseness", "of these, at caseness at the start"),
    ("recovered", "Recovered"),
    ("reliably_recovered", "Reliably recovered"),
)
BASE_WORDS = {
    "official": "Official base",
    "at_caseness": "At caseness",
    "finished": "Finished a course",
    "entered": "Entered treatment",
    "referred": "Everyone referred",
}


@dataclass(frozen=True)
class Page:
    """A page to be written: its path from the top of the site, its template, what the template is given, its charts.

    charts : name → (kind of chart, rows), drawn where the page is written and put into the context under `charts`.
    """

    path: str
    template: str
    context: Context
    charts: Mapping[str, tuple[str, list[dict[str, Any]]]] = field(default_factory=dict)


def is_annual(period: str) -> bool:
    """A financial year such as 2023-24, not a month such as 2024-04: the second year follows the first."""
    first, _, second = period.partition("-")
    return len(second) == 2 and (int(first) + 1) % 100 == int(second)


def main_period(periods: Sequence[str]) -> str:
    """The period a page is about: the latest year, else the latest month."""
    years = [period for period in periods if is_annual(period)]
    return max(years or periods)


def figure_href(figure: str, base: str) -> str:
    return f"figures/{figure}-{base}.html".replace("_", "-")


def place_page(
    place: Place,
    by_period: Mapping[str, Totals],
    standing: Standing | None,
    tables: Sequence[GroupTable],
    parents: Sequence[Place],
) -> Page:
    """The page of one organisation."""
    period = main_period(list(by_period))
    total = by_period[period]
    deprivation = next((table for table in tables if table.places), None)
    years = [key for key in sorted(by_period) if is_annual(key) == is_annual(period)]
    charts: dict[str, tuple[str, list[dict[str, Any]]]] = {}
    if len(years) > 1:
        charts["trend"] = ("trend", trend_rows([by_period[key] for key in years]))
    if deprivation and deprivation.slope_everyone:
        charts["gradient"] = ("gradient", gradient_rows(deprivation))
    context: Context = {
        "title": place.name,
        "place": place,
        "parents": parents,
        "period": period,
        "headline": words.headline(place, total),
        "people": people(total),
        "official": words.official(total),
        "left_out": words.left_out(total),
        "pair": headline_pair(total),
        "steps": steps(total),
        "bases": base_table(total),
        "changes": change_table(total),
        "trend": [trend_table_row(by_period[key]) for key in reversed(years)],
        "trend_sentence": trend_sentence([by_period[key] for key in years]),
        "standing": standing_context(place, standing),
        "groups": [group_context(table) for table in tables],
        "data_href": "data/organisations/" + place.href.replace(".html", ".csv"),
        "exact": place.level == "england",
    }
    return Page(place.href, "place.html", context, charts)


def people(total: Totals) -> Context | None:
    """The picture of the hundred: reliably recovered, finished without, the others; None where it cannot be drawn."""
    finished = words.of_100(total.figures.get(("finished", "referred")))
    recovered = words.of_100(total.figures.get(("reliable_recovery", "referred")))
    if finished is None or recovered is None:
        return None
    return {"recovered": recovered, "finished_only": finished - recovered, "others": 100 - finished}


def headline_pair(total: Totals) -> list[Context]:
    """The official rate, and the same numerator over everyone."""
    return [
        {
            "figure": FIGURE[name].title,
            "official": words.interval(total.figures.get((name, "official"))),
            "everyone": words.interval(total.figures.get((name, "referred"))),
            "official_href": figure_href(name, "official"),
            "everyone_href": figure_href(name, "referred"),
        }
        for name in ("recovery", "reliable_recovery")
    ]


def steps(total: Totals) -> list[Context]:
    """Each step with its count and its share of those referred."""
    referred = total.counts["referred"].value
    found = []
    for name, label in STEPS:
        value = total.counts[name]
        if not value.published:
            continue
        share = 100 * value.value / referred if value.value is not None and referred else None
        found.append({"label": label, "count": words.count(value), "per_100": share, "width": min(share or 0, 100)})
    return found


def _cell(total: Totals, figure: Figure, base: Base) -> Context:
    value = total.figures.get((figure.name, base.name))
    return {"text": words.interval(value), "href": figure_href(figure.name, base.name)}


def _size(total: Totals, base: str, figure: str) -> str:
    value: Value | None = total.figures.get((figure, base))
    return words.number(value.denominator) if value else words.NOT_PUBLISHED


def base_table(total: Totals) -> list[Context]:
    """Recovery and reliable recovery on every base that was published."""
    recovery, reliable = FIGURE["recovery"], FIGURE["reliable_recovery"]
    return [
        {
            "base": BASE_WORDS[base.name],
            "meaning": "" if base.meaning == BASE_WORDS[base.name].lower() else base.meaning,
            "size": _size(total, base.name, "recovery"),
            "official": base.name == "official",
            "cells": [_cell(total, figure, base) for figure in (recovery, reliable)],
        }
        for base in recovery.bases
        if ("recovery", base.name) in total.figures
    ]


def change_table(total: Totals) -> list[Context]:
    """Improvement, deterioration, no reliable change and finishing, on every base that was published."""
    rows = []
    for name in ("reliable_improvement", "reliable_deterioration", "no_reliable_change", "finished"):
        figure = FIGURE[name]
        bases = {base.name: base for base in figure.bases}
        cells = [_change_cell(total, figure, bases.get(base)) for base in ("official", "entered", "referred")]
        rows.append({"figure": figure.title, "cells": cells})
    return rows


def _change_cell(total: Totals, figure: Figure, base: Base | None) -> Context:
    if base is None:
        return {"text": words.NO_OFFICIAL_FIGURE, "href": None}
    cell = _cell(total, figure, base)
    return cell if (figure.name, base.name) in total.figures else cell | {"href": None}


def trend_rows(series: Sequence[Totals]) -> list[dict[str, Any]]:
    rows = []
    for total in series:
        for label, base in ((OFFICIAL_SERIES, "official"), (ALL_SERIES, "referred")):
            value = total.figures.get(("reliable_recovery", base))
            if value and value.value is not None:
                rows.append(
                    {
                        "period": total.period,
                        "series": label,
                        "low": value.low,
                        "value": value.value,
                        "high": value.high,
                        "label": f"{value.value:.0f}",
                    }
                )
    return rows


def trend_table_row(total: Totals) -> Context:
    return {
        "period": total.period,
        "referred": words.count(total.counts["referred"]),
        "finished": words.interval(total.figures.get(("finished", "referred"))),
        "official": words.interval(total.figures.get(("reliable_recovery", "official"))),
        "everyone": words.interval(total.figures.get(("reliable_recovery", "referred"))),
    }


def trend_sentence(series: Sequence[Totals]) -> str:
    """The change from the first period to the last on both bases, or that rounding leaves it open."""
    if len(series) < 2:
        return "Only one period was given, so there is no trend."
    parts = []
    for words_of_base, base in (
        ("The official reliable recovery rate", "official"),
        ("among everyone referred it", "referred"),
    ):
        first, last = (total.figures.get(("reliable_recovery", base)) for total in (series[0], series[-1]))
        if not first or not last or first.value is None or last.value is None:
            return "A count was withheld at one end, so the change cannot be told."
        parts.append(f"{words_of_base} {_change(first, last)}")
    return f"From {series[0].period} to {series[-1].period}: {parts[0][0].lower()}{parts[0][1:]}; {parts[1]}."


def _change(first: Value, last: Value) -> str:
    assert first.value is not None
    assert last.value is not None
    if words.percent(first.value) == words.percent(last.value):
        return f"was {words.percent(first.value)} in both"
    change = f"went from {first.value:.1f}% to {last.value:.1f}%"
    overlap = (first.high or 100) >= (last.low or 0) and (last.high or 100) >= (first.low or 0)
    return f"{change}, a change that rounding alone could make" if overlap and not first.exact else change


def gradient_rows(table: GroupTable) -> list[dict[str, Any]]:
    assert table.places is not None
    rows = []
    for group in table.groups:
        if group.label not in table.places:
            continue
        for series, value in zip(GRADIENT_SERIES, (group.finished, group.official, group.everyone), strict=True):
            if value and value.value is not None:
                rows.append({"place": table.places[group.label], "series": series, "value": value.value})
    return rows


def standing_context(place: Place, standing: Standing | None) -> Context | None:
    """Where the organisation stands on both funnels; None where its level is not compared."""
    if standing is None:
        return None
    if place.code not in standing.positions:
        reason = standing.excluded.get(place.code)
        return {"why_not": words.why_not_compared(reason) if reason else "not published in this period"}
    plural = LEVEL[place.level].plural
    official, everyone = standing.positions[place.code]
    return {
        "why_not": None,
        "period": standing.period,
        "organisations": standing.organisations,
        "plural": plural,
        "sides": [
            _side_context("the official rate", "official", place, standing, official),
            _side_context("everyone referred", "referred", place, standing, everyone),
        ],
        "compare_href": compare_href(standing),
    }


def compare_href(standing: Standing) -> str:
    return f"compare/{standing.level}-{standing.period}.html".replace("..", "-to-")


def funnel_href(standing: Standing, base: str) -> str:
    return f"assets/charts/funnel-{standing.level}-{standing.period}-{base}.svg".replace("..", "-to-")


def _side_context(label: str, base: str, place: Place, standing: Standing, spot: Position) -> Context:
    sentence = words.position(place, spot, LEVEL[place.level].plural)
    return {
        "label": label,
        "svg": funnel_href(standing, base),
        "sentence": sentence,
        "rank": words.rank(spot, standing.organisations),
        "percent": words.percent(spot.percent),
        "shrunken": words.with_range(
            words.percent(spot.shrunken), f"{spot.shrunken_low:.1f}", f"{spot.shrunken_high:.1f}"
        ),
        "z": f"{spot.z_adjusted:+.2f}".replace("-", "−"),
        "across": spot.across,
        "down": spot.down,
    }


def group_context(table: GroupTable) -> Context:
    return {
        "title": table.breakdown.title,
        "note": table.breakdown.note,
        "ordered": table.places is not None,
        "slope": words.slope(table),
        "gap": words.gap(table.gap) if table.gap else "",
        "rows": [
            {
                "label": group.label,
                "referred": words.number(group.referred) if group.referred is not None else "fewer than 5",
                "finished": words.interval(group.finished),
                "official": words.interval(group.official),
                "everyone": words.interval(group.everyone),
            }
            for group in table.groups
        ],
    }


def compare_page(standing: Standing, places: Mapping[str, Place]) -> Page:
    """All organisations of a level in a period: by name, never as a league table."""
    plural = LEVEL[standing.level].plural
    rows = [
        {"place": places[code], "official": official, "everyone": everyone}
        for code, (official, everyone) in standing.positions.items()
        if code in places
    ]
    rows.sort(key=lambda row: places_name(row["place"]))
    outside = {
        side: sum(getattr(row[side], "category", "") == "beyond 99.8 %" for row in rows)
        for side in ("official", "everyone")
    }
    context: Context = {
        "title": f"Comparing {plural}, {standing.period}",
        "plural": plural,
        "period": standing.period,
        "organisations": standing.organisations,
        "movement": words.movement(standing),
        "rows": rows,
        "outside": outside,
        "excluded": sorted(
            ((places[code], words.why_not_compared(why)) for code, why in standing.excluded.items() if code in places),
            key=lambda pair: places_name(pair[0]),
        ),
        "official_svg": funnel_href(standing, "official"),
        "everyone_svg": funnel_href(standing, "referred"),
        "assumptions": list(dict.fromkeys((*standing.official.funnel.assumptions, *standing.movement.assumptions))),
    }
    dots = [{"official": row["official"].rank, "everyone": row["everyone"].rank} for row in rows]  # type: ignore[attr-defined]
    return Page(compare_href(standing), "compare.html", context, {"movement": ("movement", dots)})


def places_name(place: object) -> str:
    assert isinstance(place, Place)
    return place.name.casefold()


def figure_pages(england: Mapping[str, Totals]) -> list[Page]:
    """A page a figure and base: its definition, its numerator and denominator, its values for England."""
    return [figure_page(figure, base, england) for figure in FIGURES for base in figure.bases]


def figure_page(figure: Figure, base: Base, england: Mapping[str, Totals]) -> Page:
    values = [
        {
            "period": period,
            "numerator": words.number(value.numerator),
            "denominator": words.number(value.denominator),
            "percent": words.interval(value),
        }
        for period, total in sorted(england.items(), reverse=True)
        if (value := total.figures.get((figure.name, base.name)))
    ]
    context: Context = {
        "title": f"{figure.title}: {BASE_WORDS[base.name].lower()}",
        "figure": figure,
        "base": base,
        "base_words": BASE_WORDS[base.name],
        "official": base.name == "official",
        "values": values,
    }
    return Page(figure_href(figure.name, base.name), "figure.html", context)
