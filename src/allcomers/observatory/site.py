"""The whole site, from files to folder: read, count again, compare, write."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from allcomers import __version__
from allcomers.observatory import words
from allcomers.observatory.data_files import DESCRIPTIONS, write_data
from allcomers.observatory.declarations import read_declarations
from allcomers.observatory.gaps import MIN_GROUP, GroupTable, group_tables
from allcomers.observatory.headline import Key, Totals, totals
from allcomers.observatory.output import whole_directory
from allcomers.observatory.pages import (
    BASE_WORDS,
    Page,
    compare_href,
    compare_page,
    figure_href,
    figure_pages,
    funnel_href,
    gradient_rows,
    group_context,
    headline_pair,
    main_period,
    people,
    place_page,
)
from allcomers.observatory.places import LEVEL, Place, places, read_reference
from allcomers.observatory.rendering import SiteContext, write_assets, write_pages
from allcomers.observatory.standing import Side, Standing, limit_rows, standing
from allcomers.published import faults as faults_of
from allcomers.published.figures import FIGURE_COLUMNS, FIGURES, figures
from allcomers.published.layouts import COUNTS, ENGLAND_CODE, LEVELS
from allcomers.published.tables import PublishedTables, TableSource, read_tables
from allcomers.report.charts import funnel as draw_funnel

COMPARED_LEVELS = ("icb", "sub-icb", "provider")
FAULTS_SHOWN = 200
FAULT_TITLES = {
    "repeated_row": "Printed twice",
    "conflicting_row": "Printed twice with different counts",
    "not_a_count": "Not a count",
    "part_exceeds_whole": "A part greater than its whole",
    "percentage_outside_interval": "A percentage that its counts cannot give",
    "unknown_organisation_type": "Unknown type of organisation",
    "not_rounded": "Not rounded",
    "more_finished_than_referred": "More finished than referred",
}
Progress = Callable[[str], None]

COLUMN_MEANINGS = (
    ("period", "financial year (2023-24) or month (2024-04)"),
    ("org_type, org_code, org_name", "the organisation, as published"),
    ("variable_type, variable_a, variable_b", "the breakdown, as published; Total for none"),
    ("figure", ", ".join(figure.name for figure in FIGURES)),
    ("base", "what it is divided by: official, at_caseness, finished, entered or referred"),
    ("kind", "official, or all_comers for the same question asked on another base"),
    ("numerator, denominator", "counts as printed; empty where one was withheld"),
    ("value", "percentage of the printed counts; empty where one was withheld"),
    ("low, high", "the lowest and highest percentage the true counts can give; high is empty where nothing bounds it"),
)

TERMS = (
    ("Referral", "One request for help received by a service. A person can have several."),
    ("Entered treatment", "A referral with at least one attended treatment contact."),
    ("Finished a course", "A referral that ended after two or more attended treatment contacts."),
    ("Caseness", "A first score at or above the cut-off of the depression measure or the anxiety measure."),
    ("Recovery", "At caseness at the start, and below both cut-offs at the last score."),
    ("Reliable improvement", "At least one score fell by more than measurement error, and neither rose by it."),
    ("Reliable recovery", "Recovery and reliable improvement, both."),
    ("Official base", "Finished courses less those not at caseness at the start."),
    ("Everyone referred", "All referrals received in the same period."),
)


@dataclass(frozen=True)
class Summary:
    """What was made: pages written, figures counted, rows on the faults page."""

    out: Path
    pages: int
    places: int
    figures: int
    faults: int
    synthetic: bool


@dataclass(frozen=True)
class _Facts:
    """Everything that pages are made from."""

    tables: PublishedTables
    long: pl.DataFrame
    places: tuple[Place, ...]
    totals: Mapping[Key, Mapping[str, Totals]]
    standings: Mapping[tuple[str, str], Standing]
    groups: Mapping[str, Mapping[tuple[str, str], list[GroupTable]]]

    def period_of(self, place: Place) -> str:
        return main_period(place.periods)

    def standing_of(self, place: Place) -> Standing | None:
        return self.standings.get((place.level, self.period_of(place)))

    def groups_of(self, place: Place) -> list[GroupTable]:
        return self.groups[self.period_of(place)].get((place.org_type, place.code), [])


def build_site(
    paths: Sequence[Path],
    out: Path,
    *,
    organisations: Path | None = None,
    declarations: Path | None = None,
    processes: int = 1,
    on_progress: Progress = lambda _: None,
) -> Summary:
    """Make the site of these published tables in `out`.

    Parameters
    ----------
    organisations : a reference of codes, names, towns and areas. declarations : answers about interests, TOML.
    processes : how many draw and write pages at once.

    Raises
    ------
    AllcomersError : an input cannot be used, or `out` is not ours to replace; nothing is then written.
    """
    reference = read_reference(organisations) if organisations else None
    answers = read_declarations(declarations)
    tables = read_tables(paths, lambda name: on_progress(f"Reading {name}"))
    on_progress("Counting again on every base")
    facts = _facts(tables, reference, on_progress)
    site = _site_context(facts, paths, organisations, declarations)
    with whole_directory(out) as directory:
        on_progress("Writing the data")
        write_data(directory / "data", tables, facts.long, facts.places)
        tables.faults.write_csv(directory / "faults.csv")
        on_progress("Drawing the funnels")
        write_assets(directory, facts.places)
        for drawn in facts.standings.values():
            _write_funnels(directory, drawn)
        pages = [*_place_pages(facts), *_other_pages(facts, answers, directory)]
        write_pages(directory, site, pages, processes=processes, on_progress=on_progress)
    return Summary(out, len(pages), len(facts.places), facts.long.height, tables.faults.height, tables.synthetic)


def _facts(tables: PublishedTables, reference: pl.DataFrame | None, on_progress: Progress) -> _Facts:
    long = figures(tables.counts)
    found = tuple(places(tables.counts, reference))
    total = totals(tables.counts, long)
    on_progress("Comparing organisations")
    periods = {main_period(place.periods) for place in found}
    compared = {(place.level, main_period(place.periods)) for place in found if place.level in COMPARED_LEVELS}
    standings = {(level, period): _standing(level, period, total) for level, period in sorted(compared)}
    groups = {
        period: group_tables(tables.counts.filter(pl.col("period") == period), long.filter(pl.col("period") == period))
        for period in sorted(periods)
    }
    return _Facts(tables, long, found, total, {key: made for key, made in standings.items() if made}, groups)


def _standing(level: str, period: str, total: Mapping[Key, Mapping[str, Totals]]) -> Standing | None:
    members = {
        code: by_period[period] for (of, code), by_period in total.items() if of == level and period in by_period
    }
    return standing(level, period, members)


def _site_context(
    facts: _Facts, paths: Sequence[Path], organisations: Path | None, declarations: Path | None
) -> SiteContext:
    files = shlex.join(path.name for path in paths)  # a page says nothing of the folders of whoever made it
    options = {"--organisations": organisations, "--declarations": declarations}
    given = "".join(f" {option} {shlex.quote(path.name)}" for option, path in options.items() if path)
    towns = any(place.town for place in facts.places)
    navigation = [
        ("find.html", "Find a service"),
        ("england.html", "England"),
        ("compare/index.html", "Compare"),
        ("inequality.html", "Who is left out"),
        ("methods.html", "Methods"),
        ("data.html", "Data"),
    ]
    here = {place.href for place in facts.places}
    shown = [(href, label) for href, label in navigation if href != "england.html" or href in here]
    return SiteContext(
        version=__version__,
        synthetic=facts.tables.synthetic,
        ratio=words.PERIOD_RATIO,
        navigation=tuple(shown),
        towns=towns,
        files=files,
        command=f"allcomers observatory {files}{given} --out site",
    )


def _write_funnels(directory: Path, drawn: Standing) -> None:
    for side, title in ((drawn.official, "courses in the official base"), (drawn.everyone, "referrals received")):
        path = directory / funnel_href(drawn, side.base)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_funnel_svg(side, title), encoding="utf-8")


def _funnel_svg(side: Side, title: str) -> str:
    used = side.funnel.table.filter(pl.col("excluded").is_null())
    points = [{"size": row["denominator"], "percent": 100 * row["share"]} for row in used.to_dicts()]
    assert side.funnel.target_share is not None
    return draw_funnel(points, limit_rows(side), 100 * side.funnel.target_share, side.frame, size_title=title)


def _place_pages(facts: _Facts) -> list[Page]:
    by_key = {(place.level, place.code): place for place in facts.places}
    return [_place_page(facts, place, by_key) for place in facts.places]


def _place_page(facts: _Facts, place: Place, by_key: Mapping[Key, Place]) -> Page:
    parents = [
        parent
        for key in (("england", ENGLAND_CODE), ("region", place.region_code), ("icb", place.icb_code))
        if (parent := by_key.get(key)) and parent is not place
    ]
    page = place_page(
        place, facts.totals[place.level, place.code], facts.standing_of(place), facts.groups_of(place), parents
    )
    added = {
        "belongs": _belongs(place, facts.places),
        "sources": _sources_of(facts.tables, place.periods),
        "faults": facts.tables.faults.filter(
            (pl.col("org_type") == place.org_type) & (pl.col("org_code") == place.code)
        ).height,
    }
    return replace(page, context=page.context | added)


def _sources_of(tables: PublishedTables, periods: Sequence[str]) -> list[TableSource]:
    return [source for source in tables.sources if source.period in periods]


def _belongs(place: Place, everyone: Sequence[Place]) -> list[tuple[str, list[Place]]]:
    """What is within a place, as far as the organisation reference says."""
    if place.level == "england":
        within = [("Regions", [other for other in everyone if other.level == "region"])]
    elif place.level == "region":
        within = [("Providers in this region", [other for other in everyone if other.region_code == place.code])]
    elif place.level == "icb":
        within = [("Providers in this area", [other for other in everyone if other.icb_code == place.code])]
    else:
        within = []
    return [(heading, members) for heading, members in within if members]


def _other_pages(facts: _Facts, answers: Sequence[Any], directory: Path) -> list[Page]:
    england = next((place for place in facts.places if place.level == "england"), None)
    by_period = facts.totals["england", england.code] if england else {}
    by_level_code = {level: {p.code: p for p in facts.places if p.level == level} for level in COMPARED_LEVELS}
    compared = [compare_page(made, by_level_code[made.level]) for made in facts.standings.values()]
    return [
        _index_page(facts, england, by_period),
        _find_page(facts.places),
        *_towns_page(facts.places),
        *compared,
        _compare_index(facts.standings),
        *([_inequality_page(facts, england)] if england else [_no_inequality()]),
        _methods_page(facts.tables),
        *_figure_pages(facts.tables, by_period),
        _data_page(facts.tables, directory),
        _faults_page(facts.tables),
        Page(
            "declarations.html",
            "declarations.html",
            {"title": "Who made this, and their interests", "answers": answers},
        ),
    ]


def _index_page(facts: _Facts, england: Place | None, by_period: Mapping[str, Totals]) -> Page:
    if england is None:
        period, headline, rest = max(facts.tables.counts["period"]), "What happened to everyone who came", {}
    else:
        period = main_period(list(by_period))
        total = by_period[period]
        headline = words.headline(england, total)
        rest = {
            "people": people(total),
            "official": words.official(total),
            "left_out": words.left_out(total),
            "pairs": headline_pair(total),
        }
    context = {
        "title": "What happened to everyone who came",
        "period": period,
        "england": england is not None,
        "headline": headline,
        "ratio": words.PERIOD_RATIO,
        "regions": [place for place in facts.places if place.level == "region"],
        "cards": _cards(facts, england),
    } | rest
    return Page("index.html", "index.html", context)


def _cards(facts: _Facts, england: Place | None) -> list[dict[str, str]]:
    cards = []
    if england and (gap := next((table.gap for table in facts.groups_of(england) if table.gap), None)):
        cards.append({"href": "inequality.html", "title": "Who is left out", "text": words.gap(gap)})
    latest = [made for made in facts.standings.values() if made.level == "provider"]
    if latest:
        made = max(latest, key=lambda one: one.period)
        cards.append(
            {
                "href": compare_href(made),
                "title": "The order of services changes",
                "text": f"{made.organisations} providers are compared. {words.movement(made)}",
            }
        )
    cards.append(
        {
            "href": "faults.html",
            "title": "Faults in the data",
            "text": f"{facts.tables.percentages_checked:,} published percentages were recomputed from published "
            f"counts. Every row that is impossible, repeated or doubtful is listed: {facts.tables.faults.height:,}.",
        }
    )
    return cards


def _find_page(everyone: Sequence[Place]) -> Page:
    levels = [
        (level, members)
        for level in LEVELS
        if level.key != "england" and (members := [place for place in everyone if place.level == level.key])
    ]
    context = {"title": "Find a service or area", "levels": levels, "letters": letters}
    return Page("find.html", "find.html", context)


def letters(members: Sequence[Place]) -> list[tuple[str, list[Place]]]:
    """Places under their first letters."""
    return [(letter, list(found)) for letter, found in groupby(members, key=lambda place: place.name[:1].upper())]


def _towns_page(everyone: Sequence[Place]) -> list[Page]:
    located = sorted((place for place in everyone if place.town), key=lambda place: (place.town, place.name))
    towns = [(town, list(found)) for town, found in groupby(located, key=lambda place: place.town)]
    return [Page("towns.html", "towns.html", {"title": "Services by town", "towns": towns})] if towns else []


def _compare_index(standings: Mapping[tuple[str, str], Standing]) -> Page:
    comparisons = [
        {
            "href": compare_href(made),
            "plural": LEVEL[made.level].plural,
            "period": made.period,
            "organisations": made.organisations,
            "movement": words.movement(made),
        }
        for made in sorted(standings.values(), key=lambda one: one.period, reverse=True)
    ]
    return Page("compare/index.html", "compare_index.html", {"title": "Comparing", "comparisons": comparisons})


def _inequality_page(facts: _Facts, england: Place) -> Page:
    tables = facts.groups_of(england)
    deprivation = next((table for table in tables if table.slope_everyone), None)
    charts = {"gradient": ("gradient", gradient_rows(deprivation))} if deprivation else {}
    context = {
        "title": "Who is left out",
        "period": facts.period_of(england),
        "groups": [group_context(table) for table in tables],
        "min_group": MIN_GROUP,
    }
    return Page("inequality.html", "inequality.html", context, charts)


def _no_inequality() -> Page:
    context = {"title": "Who is left out", "period": "", "groups": [], "min_group": MIN_GROUP}
    return Page("inequality.html", "inequality.html", context)


def _methods_page(tables: PublishedTables) -> Page:
    context = {
        "title": "Methods",
        "terms": TERMS,
        "sources": tables.sources,
        "checked": tables.percentages_checked,
        "outside": _outside(tables),
    }
    return Page("methods.html", "methods.html", context)


def _outside(tables: PublishedTables) -> int:
    return tables.faults.filter(pl.col("fault") == "percentage_outside_interval").height


def _figure_pages(tables: PublishedTables, by_period: Mapping[str, Totals]) -> list[Page]:
    meanings = {count.name: count.meaning for count in COUNTS}
    pages = [
        replace(page, context=page.context | {"counts": meanings, "sources": tables.sources})
        for page in figure_pages(by_period)
    ]
    listed = [
        (
            figure,
            [
                (f"{BASE_WORDS[base.name]}: {base.meaning}", figure_href(figure.name, base.name))
                for base in figure.bases
            ],
        )
        for figure in FIGURES
    ]
    return [
        Page("figures/index.html", "figures_index.html", {"title": "Every figure defined", "figures": listed}),
        *pages,
    ]


def _data_page(tables: PublishedTables, directory: Path) -> Page:
    files = [(name, holds, _size((directory / "data" / name).stat().st_size)) for name, holds in DESCRIPTIONS.items()]
    context = {
        "title": "Data",
        "files": files,
        "columns": COLUMN_MEANINGS,
        "sources": tables.sources,
        "not_read": tables.not_read,
    }
    assert {name for names, _ in COLUMN_MEANINGS for name in names.split(", ")} == set(FIGURE_COLUMNS)
    return Page("data.html", "data.html", context)


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.1f} MB" if size_bytes >= 1e5 else f"{size_bytes / 1e3:,.1f} kB"


def _faults_page(tables: PublishedTables) -> Page:
    kinds = []
    for kind in faults_of.KINDS:
        rows = tables.faults.filter(pl.col("fault") == kind.code)
        kinds.append((FAULT_TITLES[kind.code], kind, rows.height, rows.head(FAULTS_SHOWN).to_dicts()))
    context = {
        "title": "Faults in the data",
        "total": tables.faults.height,
        "kinds": kinds,
        "checked": tables.percentages_checked,
        "outside": _outside(tables),
    }
    return Page("faults.html", "faults.html", context)
