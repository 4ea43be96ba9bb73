"""Numbers and figures in plain words: one home for every sentence that a page says."""

from collections.abc import Callable
from math import ceil, floor

from allcomers.analyses.proportions import Interval
from allcomers.observatory.gaps import MIN_GROUP, Gap, GroupTable
from allcomers.observatory.headline import CountValue, Totals, Value
from allcomers.observatory.places import Place
from allcomers.observatory.standing import Position, Standing

WITHHELD = "too few to publish"
NOT_PUBLISHED = "not published"
NO_OFFICIAL_FIGURE = "no official figure"
NO_BREAK = "\u00a0"
PERIOD_RATIO = (
    "A period ratio: the referrals, and the courses that finished, in the same period. They are not all the same "
    "people, and someone referred twice is counted twice."
)


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}%"


def interval(value: Value | None) -> str:
    """A percentage with the range that rounding leaves open, or only the range where the count is withheld."""
    if value is None:
        return NOT_PUBLISHED
    if value.exact:
        return percent(value.value)
    if value.high is None:
        return WITHHELD
    low, high = _tenths(floor, value.low or 0), _tenths(ceil, value.high)
    if value.value is None:
        return f"between {low} and {high}%"
    return with_range(percent(value.value), low, high)


def with_range(estimate: str, low: str, high: str) -> str:
    """An estimate with its range in percent, which stays on one line."""
    return f"{estimate} ({low}{NO_BREAK}to{NO_BREAK}{high}%)"


def _tenths(outward: Callable[[float], int], percentage: float) -> str:
    """To one decimal, outward; the inner rounding keeps 1.1 × 10 from being more than 11."""
    return f"{outward(round(10 * percentage, 6)) / 10:.1f}"


def count(value: CountValue) -> str:
    if not value.published:
        return NOT_PUBLISHED
    return "fewer than 5" if value.value is None else number(value.value)


def of_100(value: Value | None) -> int | None:
    """A whole number of 100, None where it is withheld or passes 100."""
    if value is None or value.value is None or value.value > 100:
        return None
    return round(value.value)


def headline(place: Place, total: Totals) -> str:
    """The first sentence of a page."""
    finished = of_100(total.figures.get(("finished", "referred")))
    recovered = of_100(total.figures.get(("reliable_recovery", "referred")))
    if finished is None or recovered is None:
        return _no_headline(place, total)
    where = "in England" if place.level == "england" else f"to {place.in_text}"
    return (
        f"Of every 100 people referred {where}, {finished} finished a course of treatment "
        f"and {recovered} reliably recovered."
    )


def _no_headline(place: Place, total: Totals) -> str:
    referred, finished = total.counts["referred"].value, total.counts["finished"].value
    if referred is not None and finished is not None and finished > referred:
        return (
            f"{place.name} finished {number(finished)} courses of treatment in the period and received only "
            f"{number(referred)} referrals, so no figure of every 100 can be given: courses began in earlier periods."
        )
    return f"The numbers published for {place.name} are too small for a figure of every 100 people referred."


def official(total: Totals) -> str:
    """The official rates as printed."""
    recovery, reliable = total.printed_percent.get("recovery"), total.printed_percent.get("reliable_recovery")
    if recovery is None:
        return "No official recovery rate was printed: the numbers are too small."
    also = "" if reliable is None else f", and the reliable recovery rate {reliable:g}%"
    return f"The official recovery rate printed for this period is {recovery:g}%{also}."


def left_out(total: Totals) -> str:
    """Whom the official base leaves out."""
    base = total.figures.get(("recovery", "official"))
    referred = total.counts["referred"].value
    if base is None or base.denominator is None or not referred or base.denominator > referred:
        return "How many of those referred the official rate leaves out cannot be told from the published numbers."
    share = round(100 * (1 - base.denominator / referred))
    return (
        f"The official base is {number(base.denominator)} finished courses; {number(referred)} referrals were "
        f"received. The equivalent of {share} of every 100 referrals is not in it: people who were never seen, who "
        "came once, who left, who were still waiting or in treatment, or who scored below the cut-offs at the start."
    )


def position(place: Place, spot: Position, level_plural: str) -> str:
    """Where one organisation lies on one funnel."""
    where = {
        "within the limits": f"within the range usual among {level_plural}",
        "beyond 95 %": f"{spot.side} the 95% limit, as about 1 in 20 would be by chance",
        "beyond 99.8 %": f"{spot.side} the 99.8% limit, further than chance and ordinary variation explain",
    }[spot.category]
    doubt = " This depends on how its counts were rounded." if spot.depends_on_rounding else ""
    return f"{place.name} is {where}.{doubt}"


def rank(spot: Position, organisations: int) -> str:
    span = f"95% interval {spot.rank_low:.0f} to {spot.rank_high:.0f}"
    return f"about {spot.rank:.0f} of {organisations} from the highest ({span})"


WHY_NOT_COMPARED = {
    "official numerator missing": "how many reliably recovered is withheld, being too few",
    "official denominator missing": "how many finished a course is withheld, being too few",
    "official denominator zero": "nobody was in the official base",
    "official numerator above denominator": "rounded, more reliably recovered than were in the official base",
    "all comers denominator missing": "how many were referred is withheld, being too few",
    "all comers denominator zero": "nobody was referred in the period",
    "all comers numerator above denominator": "more reliably recovered in the period than were referred in it",
    "official denominator above the all-comers one": "more courses finished in the period than referrals were received",
}
"""Why an organisation has no place in a comparison: `standing.Standing.excluded`, in words."""


def why_not_compared(reason: str) -> str:
    return WHY_NOT_COMPARED.get(reason, reason)


def movement(standing: Standing) -> str:
    table = standing.movement
    if table.spearman_observed is None:
        return ""
    return (
        f"The rank correlation between the order by the official rate and the order among everyone referred is "
        f"{table.spearman_observed:.2f} (1 would be the same order, 0 no relation)."
    )


def gap(found: Gap) -> str:
    """A gap between two groups, and where it opens."""
    better, worse = found.better.everyone, found.worse.everyone
    if better is None or worse is None or better.value is None or worse.value is None:
        return ""
    ratio, before = found.decomposition.ratio, found.decomposition.share_before
    first = (
        f"Of every 100 referred, {better.value:.0f} reliably recovered among “{found.better.label}” and "
        f"{worse.value:.0f} among “{found.worse.label}”"
    )
    times = "" if ratio.estimate is None else f": {ratio.estimate:.2f} times as many{_limits(ratio)}"
    if before.estimate is None or before.low is None:
        return f"{first}{times}."
    if not 0 <= before.estimate <= 1:
        return f"{first}{times}. The steps before and after the official base begins pull in opposite directions."
    return (
        f"{first}{times}. {100 * before.estimate:.0f}%{_percent_limits(before)} of this gap, on the logarithmic scale, "
        "opens before the official rate begins to count, and cannot be seen in it."
    )


def _limits(interval: Interval) -> str:
    if interval.low is None or interval.high is None:
        return ""
    return f" (95% interval {interval.low:.2f} to {interval.high:.2f})"


def _percent_limits(share: Interval) -> str:
    if share.low is None or share.high is None:
        return ""
    return f" (95% interval {100 * share.low:.0f} to {100 * share.high:.0f}%)".replace("-", "−")


def slope(table: GroupTable) -> str:
    """The slope indices of deprivation, official and everyone."""
    if table.places is None:
        return ""
    if not table.places:
        return "The labels do not tell which end is the most deprived, so no slope is worked out."
    if table.slope_everyone is None or table.slope_official is None:
        return f"A tenth is missing, withheld or under {MIN_GROUP} referrals, so no slope is worked out."
    everyone, only_official = table.slope_everyone, table.slope_official
    if everyone.relative_index.estimate is None or only_official.relative_index.estimate is None:
        return "The line through the tenths falls to zero, so no relative index is given."
    return (
        f"From the least to the most deprived end, reliable recovery per 100 referred changes by "
        f"{_points(everyone.slope_index)}; the official rate by {_points(only_official.slope_index)}. The relative "
        f"index is {everyone.relative_index.estimate:.2f}{_limits(everyone.relative_index)} among everyone referred "
        f"and {only_official.relative_index.estimate:.2f}{_limits(only_official.relative_index)} by the official rate."
    )


def _points(found: Interval) -> str:
    assert found.estimate is not None
    assert found.low is not None
    assert found.high is not None
    return (
        f"{100 * found.estimate:+.1f} points (95% interval {100 * found.low:+.1f} to {100 * found.high:+.1f})".replace(
            "-", "−"
        )
    )
