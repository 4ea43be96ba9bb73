"""A data set from Python: `allcomers.open("extract/").pathways()`, `.measure("2025-04", by=["provider"])`."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from allcomers import dataset
from allcomers.analyses import catalogue
from allcomers.analyses.answer import Answer
from allcomers.analyses.records import DEFAULT_SEED, records
from allcomers.engine import Session
from allcomers.engine.running import DuckEngine
from allcomers.exceptions import UnusableSourceError
from allcomers.measures import run
from allcomers.measures.levels import Level, parse_levels
from allcomers.measures.periods import parse, run_of
from allcomers.pathways import deriving, organisations, plan
from allcomers.pathways.derivations import Choices
from allcomers.report.protecting import fit_to_leave


class OpenedDataset:
    """A data set whose pathways are derived when first asked for, and kept until it is closed.

    Parameters
    ----------
    source : a folder, ZIP, SQLite or DuckDB file, or an address `postgresql://user@host/database?schema=name`.
    organisation_list : CSV or Parquet with the board and region of each provider or sub-ICB location.
    form : "submissions" or "history"; recognised when None.
    choices : what the official wording leaves open; the national reading when None.
    memory_gb : most memory for queries; what exceeds it goes to disk.

    Raises
    ------
    UnusableSourceError, SeveralError : nothing can be read as a table; the message says what and why.
    """

    def __init__(
        self,
        source: str | Path,
        *,
        organisation_list: Path | None = None,
        form: str | None = None,
        choices: Choices | None = None,
        memory_gb: float = 4.0,
    ) -> None:
        self._session = Session(memory_gb=memory_gb)
        self._choices = choices
        try:
            self.dataset = dataset.open(source, session=self._session, form=form)
            beside = Path(source) if Path(source).is_dir() else None
            self._organisations = organisations.read(organisation_list, beside=beside)
        except BaseException:
            self._session.close()
            raise

    @cached_property
    def held(self) -> deriving.Held:
        """The derived tables, held by the engine."""
        engine = DuckEngine(self._session)
        return deriving.hold(self.dataset, engine, listed=self._organisations, choices=self._choices)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not available, and why."""
        return self.held.notes

    def pathways(self) -> pl.DataFrame:
        """One row a referral pathway, in the order of the data; docs/explanation/pathways.md tells what counts."""
        return self.table("pathway")

    def table(self, name: str) -> pl.DataFrame:
        """A derived table in memory.

        Raises
        ------
        UnusableSourceError : there is no table of that name.
        """
        if name not in plan.ASKED_FOR:
            raise UnusableSourceError(
                where=name, found="there is no such table", expected=f"One of: {', '.join(plan.ASKED_FOR)}"
            )
        return self.held.frame(name, order_by=("pathway_no",) if name == "pathway" else ())

    def measure(
        self,
        period: str,
        *,
        by: Sequence[str] = (Level.ENGLAND,),
        only: Sequence[str] = (),
        months: int = 1,
        breakdowns: bool = False,
        counterparts: bool = False,
    ) -> pl.DataFrame:
        """Official measures after disclosure control, as tidy rows.

        Parameters
        ----------
        period : "2025-04", "2025/26 Q1", "2025/26" or "12 months to 2025-04". months : so many, one after another.
        by : organisation levels, such as "england" and "provider". only : ids of measures; all when none is given.
        breakdowns : also by age, ethnic category, problem and so on.
        counterparts : after each measure, the same asked of everyone who came.

        Raises
        ------
        PeriodError, MeasureRequestError : the data set does not reach the period, or something asked for there is not.
        """
        result = run.run(
            self.held,
            run_of(parse(period), months),
            measures=run.chosen(only, counterparts=counterparts, breakdowns=breakdowns),
            levels=parse_levels(by),
            breakdowns=breakdowns,
            organisations=self._organisations,
            named=bool(only),
        )
        return pl.concat(result.frames, how="diagonal")

    def analyse(
        self,
        name: str,
        period: str | None = None,
        *,
        by: str | None = None,
        organisation: str | None = None,
        seed: int = DEFAULT_SEED,
        exact: bool = False,
        **options: object,
    ) -> Answer:
        """What an all-comers analysis answers: `.said`, `.table`, `.chart`, `.parts`, and what it assumes.

        Parameters
        ----------
        name : such as "bounds"; `allcomers.analyses.catalogue.by_name()` has them all.
        period : as for `measure`; the last 12 months of the data when None.
        by : a key of `allcomers.analyses.records.GROUPS`, such as "provider". organisation : the code of one.
        exact : counts as they are, for use inside the service; else they are rounded and withheld as for `measure`.
        options : those of the analysis.

        Raises
        ------
        PeriodError, MeasureRequestError : the data set does not reach the period, or something asked for there is not.
        """
        asked = records(self.held, parse(period) if period else None, organisation=organisation, by=by, seed=seed)
        answer = catalogue.named(name).ask(asked, **options)
        return answer if exact else fit_to_leave(answer, national=asked.is_national).answer

    def close(self) -> None:
        """Let memory and temporary files go."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
