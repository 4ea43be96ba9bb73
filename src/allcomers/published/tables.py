"""Published tables in one shape: a row an organisation, period and breakdown, with every count as an interval."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from allcomers.exceptions import AllcomersError, SeveralError
from allcomers.published import faults
from allcomers.published.figures import KEYS, bounds
from allcomers.published.intervals import count_interval
from allcomers.published.layouts import (
    ANNUAL,
    COUNTS,
    ENGLAND_CODE,
    LAYOUTS,
    LEVEL_OF_PUBLISHED_TYPE,
    MONTHLY,
    NOT_APPLICABLE,
    PERCENTAGES,
    TOTAL,
    WITHHELD,
    Layout,
    percent_column,
    plain,
)
from allcomers.published.source import Source, open_sources

FINANCIAL_YEAR = re.compile(r"(20\d\d)[-_ ]?(?:20)?(\d\d)(?!\d)")
MIN_NUMERIC_SHARE = 0.5
AS_PUBLISHED = "published: "


@dataclass(frozen=True)
class TableSource:
    """Where a table came from, and what was done with it."""

    file: str
    member: str
    sha256: str
    layout: str
    period: str
    rows: int
    unknown_columns: tuple[str, ...] = ()
    measures_not_used: int = 0
    rows_not_used: int = 0


@dataclass(frozen=True)
class PublishedTables:
    """Every table given, in one shape.

    counts : one row an organisation, period and breakdown; `KEYS`, `level`, `row_id`, `source` (index into `sources`),
        `row` (line of the file), three columns a count (`figures.bounds`), the published percentages, and as text the
        annual tables' columns that no layout names (`as_published`).
    faults : one row a fault (`faults.COLUMNS`); nothing is dropped because of one, except a row printed twice.
    sources : every table that was read. not_read : CSVs in the same files that are other tables.
    """

    counts: pl.DataFrame
    faults: pl.DataFrame
    sources: tuple[TableSource, ...]
    not_read: tuple[str, ...] = ()
    percentages_checked: int = 0
    synthetic: bool = False


@dataclass
class _Read:
    """What has been read so far."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    faults: list[pl.DataFrame] = field(default_factory=list)
    sources: list[TableSource] = field(default_factory=list)
    not_read: list[str] = field(default_factory=list)
    errors: list[AllcomersError] = field(default_factory=list)


def read_tables(paths: Sequence[Path], on_progress: Callable[[str], None] = lambda _: None) -> PublishedTables:
    """Read published tables, CSV or ZIP as downloaded.

    Returns
    -------
    PublishedTables, with periods in order.

    Raises
    ------
    AllcomersError, SeveralError : every file that cannot be used, at once; a period given twice; nothing to read.
    """
    read = _Read()
    for path in paths:
        on_progress(path.name)
        _read_file(path, read)
    read.errors.extend(_periods_given_twice(read.sources))
    if not read.errors and not read.frames:
        read.errors.append(AllcomersError(where="published tables", found="no file was given"))
    if len(read.errors) == 1:
        raise read.errors[0]
    if read.errors:
        raise SeveralError(read.errors)
    return _assemble(read)


def _read_file(path: Path, read: _Read) -> None:
    try:
        sources = open_sources(path)
        layouts = [(source, _recognise(source)) for source in sources]
        if not any(layout for _, layout in layouts):
            raise _not_ours(path, sources)
        for source, layout in layouts:
            if layout is None:
                read.not_read.append(source.name)
                continue
            frame, found, description = _READERS[layout.name](source, layout, len(read.sources))
            read.frames.append(frame)
            read.faults.extend(found)
            read.sources.append(description)
    except SeveralError as error:
        read.errors.extend(error.errors)
    except AllcomersError as error:
        read.errors.append(error)


def _heading(source: Source) -> set[str]:
    first_line = source.text.split("\n", 1)[0]
    return {plain(cell) for cell in first_line.split(",")}


def _recognise(source: Source) -> Layout | None:
    heading = _heading(source)
    return next((layout for layout in LAYOUTS if layout.is_shape_of(heading)), None)


def _not_ours(path: Path, sources: list[Source]) -> AllcomersError:
    expected = "; or ".join(f"{layout.description}, with {layout.wording}" for layout in LAYOUTS)
    return AllcomersError(
        where=str(path),
        found=f"{'it is' if len(sources) == 1 else 'it holds only'} a table of another publication or layout",
        expected=f"Expected {expected}",
        next_step="`allcomers published list` names the files that can be read",
    )


def _rename(source: Source, layout: Layout) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Columns under our names; those the layout does not know are kept `as_published`, and named."""
    frame = source.frame()
    spelt = {plain(name): name for name in reversed(frame.columns)}
    names: dict[str, str] = {}
    for column in layout.columns:
        # A table may print one count under two wordings; the first that the layout names is the one read.
        if wording := next((spelt[spelling] for spelling in column.spellings if spelling in spelt), None):
            names[wording] = column.name
    missing = [column for column in layout.columns if column.required and column.name not in names.values()]
    if missing:
        raise AllcomersError(
            where=source.name,
            found=f"missing columns: {', '.join(_official_spelling(column.name) for column in missing)}",
            expected=f"This is {layout.description} otherwise",
            next_step="Download the file again, unaltered",
        )
    unknown = tuple(name for name in frame.columns if name not in names and name != "row")
    return frame.rename({**{name: as_published(name) for name in unknown}, **names}), unknown


def as_published(name: str) -> str:
    """The name under which a column that no layout names is kept, so that it cannot be taken for one of ours."""
    return f"{AS_PUBLISHED}{name}"


def _official_spelling(name: str) -> str:
    annual = {count.name: count.annual[0] for count in COUNTS}
    return annual.get(name, name)


def _period_of_name(source: Source) -> str:
    """The financial year in the name of the table, else of the file: the annual table does not hold its own year."""
    for name in (source.member.rsplit("/", 1)[-1], source.file):
        for match in FINANCIAL_YEAR.finditer(name):
            if (int(match[1]) + 1) % 100 == int(match[2]):
                return f"{match[1]}-{match[2]}"
    raise AllcomersError(
        where=source.name,
        found="no financial year in the file's name, and the table itself does not say which year it is for",
        expected="A name such as psych-ther-ann-rep-csv-2023-24-main.csv",
        next_step="Rename the file so that its name holds the year",
    )


def _read_annual(source: Source, layout: Layout, index: int) -> tuple[pl.DataFrame, list[pl.DataFrame], TableSource]:
    frame, unknown = _rename(source, layout)
    period = _period_of_name(source)
    frame = frame.with_columns(pl.lit(period).alias("period"))
    wide, found = _normalise(frame, source, index)
    return wide, found, _described(source, layout, period, frame.height, unknown)


def _described(
    source: Source, layout: Layout, period: str, rows: int, unknown: tuple[str, ...], **extra: int
) -> TableSource:
    return TableSource(source.file, source.member, source.sha256, layout.name, period, rows, unknown, **extra)


def _read_monthly(source: Source, layout: Layout, index: int) -> tuple[pl.DataFrame, list[pl.DataFrame], TableSource]:
    frame, unknown = _rename(source, layout)
    period = _month(frame, source)
    single = frame.filter(_one_organisation(frame))
    is_used = pl.col("measure_id").is_in(list(_NAME_OF_MEASURE))
    used = single.filter(is_used)
    if used.is_empty():
        raise AllcomersError(
            where=source.name,
            found="none of the measures that figures are made of (M001, M076, M191, M193 …) is in it",
            next_step="`allcomers published list` names the files that can be read",
        )
    normalised, found = _normalise(_a_row_an_organisation(used, period), source, index)
    repeated = used.filter(pl.struct(*_ORGANISATION, "measure_id").is_duplicated())
    found.append(faults.repeated_measures(repeated, index, period))
    described = _described(
        source,
        layout,
        period,
        frame.height,
        unknown,
        measures_not_used=single.filter(~is_used)["measure_id"].n_unique(),
        rows_not_used=frame.height - used.height,
    )
    return normalised, found, described


_ORGANISATION = ("org_type", "org_code", "org_name")
_NAME_OF_MEASURE = {count.measure_id: count.name for count in COUNTS if count.measure_id} | {
    measure: percent_column(figure) for figure, (_, measure) in PERCENTAGES.items() if measure
}


def _a_row_an_organisation(used: pl.DataFrame, period: str) -> pl.DataFrame:
    """The monthly file's row a measure turned into the annual table's row an organisation, without breakdowns."""
    wide = used.with_columns(pl.col("measure_id").replace_strict(_NAME_OF_MEASURE).alias("count")).pivot(
        "count", index=_ORGANISATION, values="measure_value", aggregate_function="first"
    )
    rows = used.group_by(_ORGANISATION).agg(pl.col("row").min())
    return (
        wide.join(rows, on=_ORGANISATION)
        .sort("row")
        .with_columns(
            pl.lit(period).alias("period"),
            pl.lit(TOTAL).alias("variable_type"),
            *(pl.lit("").alias(name) for name in ("variable_a", "variable_b")),
        )
    )


def _one_organisation(frame: pl.DataFrame) -> pl.Expr:
    """Rows about one organisation, not about a pair (such as a provider within a sub-ICB)."""
    if "org_code_2" not in frame.columns:
        return pl.lit(True)
    return pl.col("org_code_2").str.to_uppercase().is_in([*NOT_APPLICABLE, "ALL"])


def _month(frame: pl.DataFrame, source: Source) -> str:
    start, end = (_first_date(frame[column]) for column in ("period_start", "period_end"))
    if start is None or end is None:
        raise AllcomersError(
            where=source.name,
            found="REPORTING_PERIOD_START and REPORTING_PERIOD_END do not hold one period of dates",
            expected="Dates such as 2025-04-01 or 01/04/2025, the same in every row",
        )
    return start[:7] if start[:7] == end[:7] else f"{start[:7]}..{end[:7]}"


def _first_date(column: pl.Series) -> str | None:
    """The one date of a column, as YYYY-MM-DD; None when it holds several or none."""
    values = column.unique()
    if len(values) != 1:
        return None
    text = str(values[0])
    if match := re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text):
        return f"{match[3]}-{match[2]}-{match[1]}"
    return text[:10] if re.match(r"\d{4}-\d\d-\d\d", text) else None


_READERS: dict[str, Callable[[Source, Layout, int], tuple[pl.DataFrame, list[pl.DataFrame], TableSource]]] = {
    ANNUAL.name: _read_annual,
    MONTHLY.name: _read_monthly,
}


def _normalise(frame: pl.DataFrame, source: Source, index: int) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Labels trimmed, levels named, every count an interval; cells that are not counts become faults and nulls."""
    level = {name: LEVEL_OF_PUBLISHED_TYPE.get(plain(name)) for name in frame["org_type"].unique()}
    frame = frame.with_columns(
        pl.lit(index).alias("source"),
        *(_blank_if_not_applicable(name) for name in ("variable_a", "variable_b")),
        pl.col("org_type").replace_strict(level, return_dtype=pl.String).alias("level"),
    )
    england = pl.col("level").eq("england").fill_null(False)
    cells = [faults.unusable_cells(frame, name, _is_unusable(name), source) for name in _present(frame)]
    _refuse_text_columns(frame, cells, source)
    wide = frame.select(
        *KEYS,
        "level",
        "source",
        pl.col("row").cast(pl.Int64),
        *(column for count in COUNTS for column in _count_columns(count.name, frame, exact=england)),
        *(_percentage(percent_column(figure), frame) for figure in PERCENTAGES),
        *(name for name in frame.columns if name.startswith(AS_PUBLISHED)),
    )
    # The annual table calls England "All" and the monthly file does not: one organisation, one code.
    return wide.with_columns(
        pl.when(england).then(pl.lit(ENGLAND_CODE)).otherwise(pl.col("org_code")).alias("org_code")
    ), cells


def _present(frame: pl.DataFrame) -> list[str]:
    return [count.name for count in COUNTS if count.name in frame.columns]


def _is_applicable(name: str) -> pl.Expr:
    return ~pl.col(name).str.to_uppercase().is_in(NOT_APPLICABLE)


def _is_count(name: str) -> pl.Expr:
    return pl.col(name).str.contains(r"^\d{1,15}$") | (pl.col(name) == WITHHELD)


def _is_unusable(name: str) -> pl.Expr:
    return _is_applicable(name) & ~_is_count(name)


def _count_columns(name: str, frame: pl.DataFrame, *, exact: pl.Expr) -> list[pl.Expr]:
    if name not in frame.columns:
        return [pl.lit(None, dtype=pl.Int64).alias(column) for column in bounds(name)]
    printed = pl.when(_is_applicable(name) & _is_count(name)).then(pl.col(name))
    interval = count_interval(printed, exact=exact)
    return [part.alias(column) for column, part in zip(bounds(name), interval, strict=True)]


def _percentage(name: str, frame: pl.DataFrame) -> pl.Expr:
    column = pl.col(name) if name in frame.columns else pl.lit(None)
    return column.cast(pl.Float64, strict=False).alias(name)


def _blank_if_not_applicable(name: str) -> pl.Expr:
    return (
        pl.when(pl.col(name).str.to_uppercase().is_in(NOT_APPLICABLE))
        .then(pl.lit(""))
        .otherwise(pl.col(name))
        .alias(name)
    )


def _refuse_text_columns(frame: pl.DataFrame, cells: list[pl.DataFrame], source: Source) -> None:
    """A few bad cells are kept and marked; a column that is mostly text is another column."""
    for name, found in zip(_present(frame), cells, strict=True):
        if found.height > MIN_NUMERIC_SHARE * frame.height:
            raise AllcomersError(
                where=source.name,
                found=f"column {_official_spelling(name)} holds {found.height:,} cells that are not counts, "
                f"the first at row {found['row'][0]:,}",
                expected="Whole numbers, `*` (withheld) or NULL (not applicable)",
                next_step="Download the file again, unaltered",
            )


def _periods_given_twice(sources: list[TableSource]) -> list[AllcomersError]:
    errors = []
    first: dict[tuple[str, str], TableSource] = {}
    for source in sources:
        earlier = first.setdefault((source.layout, source.period), source)
        if earlier is source:
            continue
        same = earlier.sha256 == source.sha256 and earlier.member == source.member
        errors.append(
            AllcomersError(
                where=f"{earlier.file} and {source.file}",
                found=f"{source.period} is given twice" + (", by the same file" if same else ""),
                expected="Each period once",
                next_step="Leave one of them out; a later revision replaces an earlier one",
            )
        )
    return errors


def _assemble(read: _Read) -> PublishedTables:
    counts = pl.concat(read.frames, how="diagonal").sort("period", maintain_order=True).with_row_index("row_id")
    unique, repeated = faults.without_repeated_rows(counts)
    members = [f"{source.file} › {source.member}" for source in read.sources]
    found = faults.concatenate([*read.faults, repeated, *faults.in_counts(unique)], read.sources)
    return PublishedTables(
        counts=unique,
        faults=found,
        sources=tuple(read.sources),
        not_read=tuple(read.not_read),
        percentages_checked=faults.percentages_checked(unique),
        synthetic=any("SYNTHETIC" in member.upper() for member in members),
    )
