"""The organisations that have a page: who they are, where they are, where their page is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from allcomers.exceptions import AllcomersError
from allcomers.observatory.names import readable
from allcomers.published.layouts import LEVELS, TOTAL

LEVEL = {level.key: level for level in LEVELS}
REFERENCE_COLUMNS = ("org_code", "org_name")
OPTIONAL_COLUMNS = ("town", "postcode", "icb_code", "icb_name", "region_code", "region_name")


@dataclass(frozen=True)
class Place:
    """One organisation, under one code, over all periods.

    periods : those in which it was published, in order. names : every name it was published under.
    """

    level: str
    code: str
    name: str
    org_type: str
    periods: tuple[str, ...]
    names: tuple[str, ...] = ()
    town: str = ""
    postcode: str = ""
    icb_code: str = ""
    icb_name: str = ""
    region_code: str = ""
    region_name: str = ""

    @property
    def href(self) -> str:
        """Its page, from the top of the site."""
        return "england.html" if self.level == "england" else f"{self.level}/{safe(self.code)}.html"

    @property
    def level_name(self) -> str:
        return LEVEL[self.level].name

    @property
    def in_text(self) -> str:
        """Its name inside a sentence."""
        return f"the {self.name} region" if self.level == "region" and self.name != "Unknown" else self.name


def safe(code: str) -> str:
    """A code as a file name."""
    return "".join(character if character.isalnum() or character in "-_" else "-" for character in code)


def read_reference(path: Path) -> pl.DataFrame:
    """An organisation reference: org_code, org_name and, where known, town, postcode, ICB and region.

    Raises
    ------
    AllcomersError : the file cannot be read, or lacks org_code or org_name.
    """
    try:
        frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise AllcomersError(
            where=str(path),
            found=f"the organisation reference cannot be read ({type(error).__name__})",
            expected="A CSV or Parquet file with the columns org_code, org_name, town, postcode, icb_code, icb_name, "
            "region_code, region_name",
        ) from None
    missing = [name for name in REFERENCE_COLUMNS if name not in frame.columns]
    if missing:
        raise AllcomersError(
            where=str(path),
            found=f"the organisation reference has no column {' and no column '.join(missing)}",
            expected=f"Columns {', '.join((*REFERENCE_COLUMNS, *OPTIONAL_COLUMNS))}; only the first two are required",
        )
    kept = [name for name in (*REFERENCE_COLUMNS, *OPTIONAL_COLUMNS) if name in frame.columns]
    return frame.select(pl.col(kept).cast(pl.String).fill_null("")).unique(
        "org_code", keep="first", maintain_order=True
    )


def places(counts: pl.DataFrame, reference: pl.DataFrame | None) -> list[Place]:
    """Every organisation of a known level, by level and name; England first."""
    known = {row["org_code"]: row for row in reference.to_dicts()} if reference is not None else {}
    totals = counts.filter((pl.col("variable_type") == TOTAL) & pl.col("level").is_not_null()).sort(
        "period", maintain_order=True
    )
    grouped = totals.group_by("level", "org_code", maintain_order=True).agg(
        pl.col("org_name").last().alias("name"),
        pl.col("org_name").unique(maintain_order=True).alias("names"),
        pl.col("org_type").last(),
        pl.col("period").unique(maintain_order=True).alias("periods"),
    )
    found = [_place(row, known.get(row["org_code"], {})) for row in grouped.to_dicts()]
    order = {level.key: position for position, level in enumerate(LEVELS)}
    return sorted(found, key=lambda place: (order[place.level], place.name.casefold(), place.code))


def _place(row: Mapping[str, object], reference: Mapping[str, str]) -> Place:
    names = [str(name) for name in row["names"]]  # type: ignore[attr-defined]
    level, code = str(row["level"]), str(row["org_code"])
    name = "England" if level == "england" else readable(reference.get("org_name") or str(row["name"]))
    return Place(
        level=level,
        code=code,
        name=name,
        org_type=str(row["org_type"]),
        periods=tuple(row["periods"]),  # type: ignore[arg-type]
        names=tuple(names),
        **{column: reference.get(column, "") for column in OPTIONAL_COLUMNS},
    )
