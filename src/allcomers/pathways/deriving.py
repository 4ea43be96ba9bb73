"""From an opened data set to the named tables, held by an engine or written to a folder, whole or not at all."""

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from allcomers.dataset import Dataset
from allcomers.dataset.tables import TABLES as NATIONAL_TABLES
from allcomers.engine.plan import Plan
from allcomers.engine.running import Engine, ParquetFile
from allcomers.exceptions import UnusableSourceError
from allcomers.pathways import folding, lookups, narrowing, organisations, plan
from allcomers.pathways.derivations import Choices, Derivations
from allcomers.pathways.narrowing import Days

Telling = Callable[[str], None]
REQUIRED = ("IDS001MPI", "IDS101Referral", "IDS201CareContact")
CORE = ("pathway", "referral", "contact_facts", "contact_therapy", "session", "log_facts", "pathway_employment")
"""What the other tables are made from; made in one go."""


@dataclass(frozen=True)
class Prepared:
    """An engine that holds what the plan starts from, and the whole plan.

    Attributes
    ----------
    reach : from the first referral to the last event of the data set; None where there is no referral.
    within : the days for which what there is is enough; None where everyone is there.
    absent : the national tables that the data set does not have.
    notes : what a reader of the tables has to know, a sentence each.
    """

    engine: Engine
    plan: Plan
    reach: Days | None
    within: tuple[Days, ...] | None = None
    absent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Held:
    """The tables that an engine holds, and what was not available.

    Attributes
    ----------
    plan : the tables of `plan.ASKED_FOR`, as steps over those that are held: each is made when it is asked for.
    reach, within, absent, notes : as of `Prepared`.
    """

    engine: Engine
    plan: Plan
    reach: Days | None
    within: tuple[Days, ...] | None = None
    absent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    _looked_at: set[str] = field(default_factory=set, repr=False)

    @contextmanager
    def made(self, name: str) -> Iterator[str]:
        """A table for as long as it is looked at, by the name under which the engine holds it. It is made once for
        those who look at the same time."""
        if name in CORE or name in self._looked_at:
            yield name
            return
        self.engine.make(self.plan, [name], {})
        self._looked_at.add(name)
        try:
            yield name
        finally:
            self._looked_at.remove(name)
            self.engine.drop([name])

    def frame(self, name: str, order_by: Sequence[str] = ()) -> pl.DataFrame:
        """A table in memory."""
        with self.made(name) as held:
            return self.engine.frame(held, order_by)


def hold_sources(
    engine: Engine,
    dataset: Dataset,
    listed: pl.DataFrame,
    choices: Choices,
    *,
    organisation: str | None = None,
    days: Collection[Days] | None = None,
) -> Days | None:
    """Give an engine the folded data set and the look-up tables: all that the plan starts from. How far it reaches.

    Raises
    ------
    UnusableSourceError : records that others belong to are there twice.
    MeasureRequestError : no referral has the organisation.
    """
    session, folded = dataset.session, folding.fold(dataset)
    if organisation is not None:
        folded = narrowing.of_organisations(session, folded, organisations.within(listed, organisation))
        if not session.rows(f"select 1 from ({folded['IDS101Referral']}) limit 1"):
            raise organisations.unknown(organisation)
    _require_distinct(dataset, folded)
    reach = _reach(dataset, folded)
    if days is not None:
        folded = narrowing.of_days(session, folded, days)
    for name, sql in folded.items():
        engine.add_query(name, session, sql)
    engine.add(lookups.ORGANISATION, listed)
    engine.add(lookups.SCORE_SCALE, lookups.frame(lookups.SCORE_SCALE, lookups.score_scales(choices.registry)))
    engine.add(lookups.THERAPY_TYPE, lookups.frame(lookups.THERAPY_TYPE, lookups.therapy_types()))
    return reach


def _reach(dataset: Dataset, folded: Mapping[str, str]) -> Days | None:
    """From the first referral to the last thing that happened, whatever it was: a month without a referral may have
    contacts. Nothing happens after the last submission, whatever is written."""
    received, discharged = "ReferralRequestReceivedDate", "ServDischDate"
    first, *last, ended = dataset.session.row(
        f"select min({received}), max({received}), max({discharged}), max(data_ended_on) "
        f"from ({folded['IDS101Referral']})"
    )
    (contact,) = dataset.session.row(f"select max(CareContDate) from ({folded['IDS201CareContact']})")
    days = [day for day in (*last, contact if contact is None or ended is None else min(contact, ended)) if day]
    return Days(first, max(days)) if first and days else None


def absent(dataset: Dataset) -> tuple[str, ...]:
    """The national tables that the data set does not have."""
    return tuple(table.name for table in NATIONAL_TABLES if table.name not in dataset.relations)


def prepare(
    dataset: Dataset,
    engine: Engine,
    *,
    listed: pl.DataFrame | None = None,
    choices: Choices | None = None,
    organisation: str | None = None,
    days: Collection[Days] | None = None,
    tell: Telling = lambda _: None,
) -> Prepared:
    """Read what pathways are derived from.

    Parameters
    ----------
    engine : where to run; a DuckDB engine on the data set's own session reads the data where they lie.
    listed : organisations as `organisations.read` gives them; none when None.
    choices : what the official wording leaves open.
    organisation : code of the provider, sub-ICB location, ICB or region whose referrals are wanted. Others of the same
        people come with them; everyone's when None.
    days : only what happened on these is asked for, so that referrals without any of it are left out; none when None.
    tell : called with a few words as the work goes on.

    Raises
    ------
    UnusableSourceError : tables without which there is no pathway are not there, or `check` would reject the data.
    MeasureRequestError : no referral has the organisation.
    """
    choices = choices or Choices()
    require(dataset)
    tell("reading, and looking for records that are there twice")
    known = listed if listed is not None else lookups.frame(lookups.ORGANISATION, [])
    reach = hold_sources(engine, dataset, known, choices, organisation=organisation, days=days)
    missing = absent(dataset)
    return Prepared(
        engine,
        plan.build(choices, absent=missing),
        reach,
        within=None if days is None else tuple(days),
        absent=missing,
        notes=_notes(Derivations(choices), missing),
    )


def hold(
    dataset: Dataset,
    engine: Engine,
    *,
    listed: pl.DataFrame | None = None,
    choices: Choices | None = None,
    organisation: str | None = None,
    days: Collection[Days] | None = None,
    tell: Telling = lambda _: None,
) -> Held:
    """Derive every pathway, and hold the tables from which the others are made; parameters and errors as `prepare`."""
    prepared = prepare(dataset, engine, listed=listed, choices=choices, organisation=organisation, days=days, tell=tell)
    tell("deriving pathways")
    return made(prepared)


def made(prepared: Prepared) -> Held:
    """The tables of what was prepared."""
    whole = prepared.plan
    prepared.engine.make(whole, CORE, {})
    asked_for = whole.needed(plan.ASKED_FOR)
    rest = [bound.step for name, bound in whole.steps.items() if name in asked_for and name not in CORE]
    later = Plan(rest, {**whole.sources, **{name: whole.columns(name) for name in CORE}})
    return Held(prepared.engine, later, prepared.reach, prepared.within, prepared.absent, prepared.notes)


def _notes(derivations: Derivations, missing: Sequence[str]) -> tuple[str, ...]:
    unavailable = plan.not_available(derivations, missing)
    by_table: dict[str, list[str]] = {}
    for name, tables in unavailable.items():
        for table in tables:
            by_table.setdefault(table, []).append(name)
    return tuple(
        f"{table} is not in the data set, so these are not available: {', '.join(names)}."
        for table, names in by_table.items()
    )


def require(dataset: Dataset) -> None:
    """Refuse a data set without the tables of which pathways are made."""
    if missing := [name for name in REQUIRED if name not in dataset.relations]:
        raise UnusableSourceError(
            where=dataset.label,
            found=f"there is no {', no '.join(missing)}",
            expected="Patients, referrals and care contacts, without which there is no pathway",
            next_step="Add the tables; `allcomers check` says what else is missing",
        )


_KEYS = {
    "IDS001MPI": (folding.PROVIDER, "LocalPatientId"),
    "IDS101Referral": (folding.PROVIDER, "ServiceRequestId"),
    "IDS201CareContact": (folding.SUBMISSION, "CareContactId"),
    "IDS202CareActivity": (folding.SUBMISSION, "CareActId"),
}


def _require_distinct(dataset: Dataset, folded: Mapping[str, str]) -> None:
    """Refuse a data set in which records that others belong to are there twice: everything would be counted twice."""
    faults = []
    for table, key in _KEYS.items():
        rows, distinct = dataset.session.row(
            f"select count(*), count(distinct hash({', '.join(key)})) from ({folded[table]}) "
            f"where {' and '.join(f'{name} is not null' for name in key)}"
        )
        if rows != distinct:
            faults.append(f"{rows - distinct:,} records of {table} have the {key[1]} of another")
    if faults:
        raise UnusableSourceError(
            where=dataset.label,
            found="; ".join(faults),
            expected="One record for each, so that nothing is counted twice",
            next_step="`allcomers check` names the records and says what to do",
        )


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """A fresh folder that takes the name of `folder` once all is written in it, and is removed if it is not.

    Raises
    ------
    UnusableSourceError : something is there already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UnusableSourceError(
            where=str(folder), found="something is there already", next_step="Name a folder that does not exist"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield fresh
        if folder.exists():
            folder.rmdir()
        fresh.chmod(0o755)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def write(prepared: Prepared, folder: Path, tell: Telling = lambda _: None) -> None:
    """Derive every pathway, and write one Parquet file a table of `plan.TABLES`; the engine holds them all."""
    tell("deriving and writing pathways")
    files = {name: ParquetFile(folder / f"{name}.parquet", key) for name, key in plan.KEYS.items()}
    prepared.engine.make(prepared.plan, plan.TABLES, {}, files)
