"""The records that an analysis asks: derived tables of the pathways concerned, read column by column."""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import polars as pl

from allcomers.engine.binding import Columns
from allcomers.engine.plan import Plan
from allcomers.engine.running import run
from allcomers.engine.step import Join, Step
from allcomers.exceptions import MeasureRequestError, PeriodError
from allcomers.measures.levels import Level
from allcomers.measures.periods import Period, month, months_to
from allcomers.pathways import organisations
from allcomers.pathways.deriving import Held
from allcomers.pathways.folding import SOURCES

DEFAULT_SEED = 1
NOT_RECORDED = "not recorded"

GROUPS: Mapping[str, str] = {
    "provider": "pathway.provider_code",
    "subicb": "pathway.sub_icb_code",
    "icb": "pathway.icb_code",
    "region": "pathway.region_code",
    "gender": "pathway.gender",
    "ethnic_category": "pathway.ethnic_category",
    "deprivation_decile": "cast(pathway.deprivation_decile as varchar)",
    "problem": "pathway.problem",
    "source_of_referral": "pathway.source_of_referral",
    "employment": "pathway.employment_first",
}
"""What an analysis can be asked by, as an expression over `pathway`. Pathways without a value are a group of their own,
"not recorded"."""

_ROWS = "rows_of_group"
_LEVELS = (Level.PROVIDER, Level.SUB_ICB, Level.ICB, Level.REGION)


@dataclass(frozen=True, kw_only=True)
class Records:
    """Derived tables, the period asked about, and whose pathways they are.

    Attributes
    ----------
    held : the engine and its tables.
    period : the days asked about; `$period_start` and `$period_end` in expressions.
    data_end : the last day that the data tell of: what had not happened by then is censored.
    label : whom it is about, such as "England" or a provider's code.
    where : which pathways, as a predicate over `pathway`.
    level : what kind of organisation that is.
    by : a key of `GROUPS`, or None for all together.
    seed : of everything random.
    """

    held: Held
    period: Period
    data_end: dt.date
    label: str = "England"
    where: str = "true"
    level: Level = Level.ENGLAND
    by: str | None = None
    seed: int = DEFAULT_SEED

    def __post_init__(self) -> None:
        if self.by is not None and self.by not in GROUPS:
            raise MeasureRequestError(where="by", found=f'"{self.by}"', expected=f"One of: {', '.join(GROUPS)}")

    @property
    def is_national(self) -> bool:
        """Whether they tell of everyone together."""
        return self.level is Level.ENGLAND and self.by is None

    def grouped(self, by: str | None) -> "Records":
        """The same records, asked by something else."""
        return replace(self, by=by)

    def pathways(self, columns: Sequence[str] | Mapping[str, str], *, where: str = "true") -> pl.DataFrame:
        """One row a pathway.

        Parameters
        ----------
        columns : names of `pathway`'s columns, or name to SQL expression over them.
        where : which of them; `$period_start` and `$period_end` are the period's first and last day.

        Returns
        -------
        `group` (text), then the columns, in no order. Scores are 64-bit floats; null where not recorded.

        Raises
        ------
        DefinitionError : there is no such column, or types do not go together.
        """
        return self.rows("pathway", columns, where=where)

    def rows(self, table: str, columns: Sequence[str] | Mapping[str, str], *, where: str = "true") -> pl.DataFrame:
        """Rows of a derived table that has `pathway_no` (`plan.ASKED_FOR`: score, contact, session, pause, …).

        Parameters
        ----------
        columns : as for `pathways`, over the table and `pathway`. A name that both have is qualified
            ("contact.received_on"), unless it is `pathway_no`.
        where : which rows, over both tables.
        """
        return self._asked(table, {"group": self._group, **_expressions(columns)}, where)

    def totals(self, table: str, columns: Mapping[str, str], *, where: str = "true") -> pl.DataFrame:
        """Aggregates over rows of a derived table: one row a group, in order, and none where a group has no rows.

        Parameters
        ----------
        columns : name to aggregate, such as "count(*) filter (where attended)". where : as for `rows`.
        """
        counted = {**columns, _ROWS: "count(*)"}
        if self.by is None:
            found = self._asked(table, counted, where).select(pl.lit(self.label).alias("group"), pl.all())
        else:
            found = self._asked(table, {"group": self._group, **counted}, where, group_by=("group",)).sort("group")
        return found.filter(pl.col(_ROWS) > 0).drop(_ROWS)

    def _asked(
        self, table: str, columns: Mapping[str, str], where: str, group_by: tuple[str, ...] = ()
    ) -> pl.DataFrame:
        with ExitStack() as held:
            tables = dict.fromkeys((table, "pathway"))
            for name in tables:
                held.enter_context(self.held.made(name))
            step = Step(
                "asked",
                table,
                columns=columns,
                joins=(Join("pathway", ("pathway_no",), "inner"),) if table != "pathway" else (),
                where=f"({self.where}) and ({where})",
                group_by=group_by,
            )
            return self._made(step, {name: self.held.plan.columns(name) for name in tables})

    @property
    def _group(self) -> str:
        if self.by is None:
            return _literal(self.label)
        return f"coalesce({GROUPS[self.by]}, {_literal(NOT_RECORDED)})"

    def _made(self, step: Step, sources: Mapping[str, Columns]) -> pl.DataFrame:
        days = {"period_start": self.period.starts_on, "period_end": self.period.ends_on}
        made = run(self.held.engine, Plan([step], sources), [step.name], **days)[step.name]
        decimals = [name for name, kind in made.schema.items() if kind.is_decimal()]
        return made.with_columns(pl.col(decimals).cast(pl.Float64))


def records(
    held: Held,
    period: Period | None = None,
    *,
    organisation: str | None = None,
    by: str | None = None,
    seed: int = DEFAULT_SEED,
) -> Records:
    """What an analysis can ask.

    Parameters
    ----------
    period : the last 12 months of the data when None.
    organisation : code of a provider, sub-ICB location, ICB or region; everyone when None. Data of one provider only
        are that provider's: nothing of theirs passes as a national figure, which may be exact.
    by : a key of `GROUPS`. seed : of everything random.

    Raises
    ------
    PeriodError : the data end before the period does.
    MeasureRequestError : no pathway has such an organisation, or there is no such group.
    """
    data_end = _data_end(held)
    period = period or months_to(month(data_end.year, data_end.month), _MONTHS_OF_YEAR)
    if data_end < period.ends_on:
        raise PeriodError(
            where=period.label,
            found=f"the data end on {data_end}",
            expected=f"Data up to {period.ends_on}",
            next_step="Ask for an earlier period",
        )
    everyone = Records(held=held, period=period, data_end=data_end, by=by, seed=seed)
    code = organisation or _only_provider(everyone)
    return everyone if code is None else _of_organisation(everyone, code)


def _data_end(held: Held) -> dt.date:
    plan = Plan([_DATA_END], {"IDS101Referral": SOURCES["IDS101Referral"]})
    found: dt.date | None = run(held.engine, plan, [_DATA_END.name])[_DATA_END.name].item()
    if found is None:
        raise PeriodError(where="the data set", found="no submission says when it ends", expected="IDS000Header")
    return found


_MONTHS_OF_YEAR = 12
_DATA_END = Step("data_end", "IDS101Referral", columns={"data_end": "max(data_ended_on)"})


def _only_provider(everyone: Records) -> str | None:
    columns = {"first": "min(provider_code)", "last": "max(provider_code)"}
    found = everyone.grouped(None).totals("pathway", columns).to_dicts()
    return found[0]["first"] if found and found[0]["first"] == found[0]["last"] else None


def _of_organisation(everyone: Records, code: str) -> Records:
    for level in _LEVELS:
        where = f"pathway.{level.columns[0]} = {_literal(code)}"
        if not everyone.totals("pathway", {"n": "count(*)"}, where=where).is_empty():
            return replace(everyone, label=code, where=where, level=level)
    raise organisations.unknown(code)


def _expressions(columns: Sequence[str] | Mapping[str, str]) -> Mapping[str, str]:
    return columns if isinstance(columns, Mapping) else {name: name for name in columns}


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
