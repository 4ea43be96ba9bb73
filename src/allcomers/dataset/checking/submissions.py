"""Whole submissions, or in a history whole providers: what each holds, counted, for the rules about files."""

from allcomers.dataset.model import Submission
from allcomers.dataset.opened import Dataset

_COUNTED = {"headers": "IDS000", "patients": "IDS001", "practices": "IDS002", "referrals": "IDS101"}
_DATED = {
    "IDS101": ("ReferralRequestReceivedDate", "ServDischDate"),
    "IDS105": ("OnwardReferDate",),
    "IDS201": ("CareContDate",),
    "IDS205": ("EndDateIntEnabledTherLog",),
    "IDS606": ("AssToolCompDate",),
}
"""The dates by which a submission shows that it is about its reporting period."""


def count(dataset: Dataset, rejecting: set[str]) -> None:
    """Make the table `submission_count`, one row for each submission (in a history, for each provider)."""
    parts = [
        f"select scope, '{what}' as what, count(*) as n from {code} t "
        "join submission s on s.sub = t.__sub group by scope"
        for what, code in _COUNTED.items()
    ]
    parts.append(_repeated_headers(dataset))
    parts += [_in_period(code, dates) for code, dates in _DATED.items()]
    parts += [
        f"select scope, '{what}', count(*) from rejected_{code} t join submission s on s.sub = t.__sub group by scope"
        for what, code in (("faulty_headers", "IDS000"), ("rejected_referrals", "IDS101"))
        if code in rejecting
    ]
    names = (*_COUNTED, "repeated_headers", "dated", "in_period", "faulty_headers", "rejected_referrals")
    columns = ", ".join(f"coalesce(sum(n) filter (where what = '{name}'), 0) as {name}" for name in names)
    dataset.session.run(
        "create or replace temp table submission_count as "
        "select *, referrals - rejected_referrals as accepted_referrals "
        f"from (select o.scope as __sub, {columns} from (select distinct scope from submission where sub > 0) o "
        f"left join ({' union all '.join(parts)}) using (scope) group by o.scope)"
    )


def _repeated_headers(dataset: Dataset) -> str:
    """Headers beyond the first of a submission; where they have no number, of a provider and month."""
    one = "1" if dataset.views.identified else "count(distinct (OrgIDProv, ReportingPeriodStartDate))"
    return (
        "select scope, 'repeated_headers', sum(extra) from ("
        f"select s.scope, t.__sub, greatest(count(*) - {one}, 0) as extra "
        "from IDS000 t join submission s on s.sub = t.__sub "
        "where t.__sub > 0 group by s.scope, t.__sub) group by scope"
    )


def _in_period(code: str, dates: tuple[str, ...]) -> str:
    dated = " or ".join(f'"{name}" is not null' for name in dates)
    within = " or ".join(f'"{name}" between "~start" and "~end"' for name in dates)
    return (
        f"select scope, unnest(['dated', 'in_period']), unnest([sum(case when {dated} then 1 else 0 end), "
        f"sum(case when {within} then 1 else 0 end)]) from {code} t join submission s on s.sub = t.__sub group by scope"
    )


def faulty(test: Submission) -> str:
    """SQL for the submissions that a rule finds at fault."""
    return f"select 0::bigint as __row, __sub from submission_count where {test.fault}"
