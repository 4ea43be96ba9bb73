"""Outcomes by group: who finishes, who recovers, and how much of a gap opens before the official base begins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from allcomers.analyses.inequality import Decomposition, SlopeIndex, decompose_ratio, slope_index
from allcomers.observatory.headline import Value
from allcomers.published.deprivation import DEPRIVATION, TENTHS, places_by_deprivation
from allcomers.published.figures import FIGURE, KEYS, bounds


@dataclass(frozen=True)
class Breakdown:
    """A breakdown that is shown, in our words.

    reference : the group the others are set against, None where they are not.
    """

    variable_type: str
    title: str
    note: str = ""


BREAKDOWNS = (
    Breakdown(DEPRIVATION, "Deprivation of the area people live in"),
    Breakdown("Ethnic Group", "Ethnic group"),
    Breakdown("Age Group", "Age"),
    Breakdown("Gender", "Gender"),
    Breakdown("Disability Type", "Disability", "A person can have several, and is then counted in each."),
    Breakdown("Long Term Condition Status", "Long-term physical condition"),
    Breakdown("Sexual Orientation Type", "Sexual orientation"),
    Breakdown("Sexual Orientation", "Sexual orientation"),
    Breakdown("Religion", "Religion"),
    Breakdown(
        "Presenting Complaint",
        "Problem",
        "The problem is mostly recorded at assessment, so that many who leave before it have none.",
    ),
    Breakdown(
        "Problem Descriptor",
        "Problem",
        "The problem is mostly recorded at assessment, so that many who leave before it have none.",
    ),
)
SHOWN = {breakdown.variable_type: breakdown for breakdown in BREAKDOWNS}
STAGES = ("referred", "official", "reliably_recovered")
NOT_KNOWN = ("not stated", "not known", "invalid", "no code", "unknown")
MIN_GROUP = 100
"""Below this many referrals a group is shown, and no gap is worked out from it."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a breakdown: the figures shown of it, and the counts behind a gap (None where withheld)."""

    label: str
    known: bool
    referred: int | None
    finished: Value | None
    official: Value | None
    everyone: Value | None
    stages: Mapping[str, int | None]


@dataclass(frozen=True)
class Gap:
    """Two groups of a breakdown set against each other, the better-placed first."""

    better: Group
    worse: Group
    decomposition: Decomposition


@dataclass(frozen=True)
class GroupTable:
    """A breakdown of one organisation in one period."""

    breakdown: Breakdown
    groups: tuple[Group, ...]
    gap: Gap | None
    slope_everyone: SlopeIndex | None = None
    slope_official: SlopeIndex | None = None
    places: Mapping[str, int] | None = None


def group_tables(counts: pl.DataFrame, long: pl.DataFrame) -> dict[tuple[str, str], list[GroupTable]]:
    """The breakdowns of every organisation in one period: (organisation type, code) → tables in the order declared.

    Parameters
    ----------
    counts, long : published counts and figures of one period.
    """
    shown = pl.col("variable_type").is_in(list(SHOWN))
    values = _values(long.filter(shown & pl.col("figure").is_in(["finished", "reliable_recovery"])))
    found: dict[tuple[str, str], dict[str, list[Group]]] = {}
    for row in counts.filter(shown & pl.col("referred_low").is_not_null()).iter_rows(named=True):
        tables = found.setdefault((row["org_type"], row["org_code"]), {})
        tables.setdefault(row["variable_type"], []).append(_group(row, values))
    return {
        key: [_table(breakdown, tables[name]) for name, breakdown in SHOWN.items() if name in tables]
        for key, tables in found.items()
    }


def _values(long: pl.DataFrame) -> dict[tuple[str, ...], Value]:
    label = [name for name in KEYS if name not in ("period", "org_name")]
    rows = long.filter(pl.col("base").is_in(["official", "referred"])).select(
        *label, "figure", "base", "numerator", "denominator", "low", "value", "high"
    )
    width = len(label) + 2
    return {row[:width]: Value(*row[width:]) for row in rows.iter_rows()}


def _group(row: Mapping[str, object], values: Mapping[tuple[str, ...], Value]) -> Group:
    key = tuple(str(row[name]) for name in ("org_type", "org_code", "variable_type", "variable_a", "variable_b"))
    label = _label(str(row["variable_a"]), str(row["variable_b"]))
    return Group(
        label=label,
        known=not any(words in label.lower() for words in NOT_KNOWN),
        referred=_whole(row["referred"]),
        finished=values.get((*key, "finished", "referred")),
        official=values.get((*key, "reliable_recovery", "official")),
        everyone=values.get((*key, "reliable_recovery", "referred")),
        stages={
            "referred": _whole(row["referred"]),
            "official": _official_base(row),
            "reliably_recovered": _whole(row["reliably_recovered"]),
        },
    )


def _whole(value: object) -> int | None:
    assert value is None or isinstance(value, int)
    return value


def _official_base(row: Mapping[str, object]) -> int | None:
    base = FIGURE["reliable_recovery"].official
    assert base is not None
    plus, minus = (_whole(row[bounds(name)[1]]) for name in base.counts)
    return None if plus is None else plus - (minus or 0)


def _label(a: str, b: str) -> str:
    return f"{a}: {b}" if b and b not in ("All", a) else f"{a} (all)" if b == "All" else a


def _table(breakdown: Breakdown, groups: Iterable[Group]) -> GroupTable:
    groups = tuple(groups)
    if breakdown.variable_type == DEPRIVATION:
        return _deprivation_table(breakdown, groups)
    return GroupTable(breakdown, groups, _widest_gap(groups))


def _deprivation_table(breakdown: Breakdown, groups: tuple[Group, ...]) -> GroupTable:
    places = places_by_deprivation([group.label for group in groups])
    ordered = sorted(groups, key=lambda group: places.get(group.label, TENTHS + 1))
    ends = {places[group.label]: group for group in ordered if group.label in places}
    least, most = ends.get(1), ends.get(TENTHS)
    return GroupTable(
        breakdown,
        tuple(ordered),
        _gap(least, most) if least and most and _usable(least) and _usable(most) else None,
        slope_everyone=_slope(ordered, places, "referred"),
        slope_official=_slope(ordered, places, "official"),
        places=places,
    )


def _slope(groups: Iterable[Group], places: Mapping[str, int], base: str) -> SlopeIndex | None:
    """The slope over the tenths, on an axis of everyone referred; None where a tenth is missing or withheld."""
    tenths = [group for group in groups if group.label in places]
    complete = all(_usable(group) for group in tenths)
    if len(tenths) < TENTHS or not complete:
        return None
    return slope_index(
        [group.stages["reliably_recovered"] for group in tenths],
        [group.stages[base] for group in tenths],
        [places[group.label] for group in tenths],
        groups=[group.label for group in tenths],
        size=[group.stages["referred"] for group in tenths],
    )


def _usable(group: Group) -> bool:
    referred, official, recovered = (group.stages[name] for name in STAGES)
    if referred is None or official is None or recovered is None:
        return False
    return referred >= MIN_GROUP and referred > official > recovered > 0


def _widest_gap(groups: tuple[Group, ...]) -> Gap | None:
    usable = [group for group in groups if group.known and _usable(group) and "(all)" not in group.label]
    if len(usable) < 2:
        return None
    in_order = sorted(usable, key=_everyone_share)
    return _gap(in_order[-1], in_order[0])


def _everyone_share(group: Group) -> float:
    return (group.stages["reliably_recovered"] or 0) / (group.stages["referred"] or 1)


def _gap(better: Group, worse: Group) -> Gap:
    better, worse = sorted((better, worse), key=_everyone_share, reverse=True)
    return Gap(better, worse, decompose_ratio(better.stages, worse.stages, official_denominator="official"))
