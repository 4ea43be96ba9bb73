"""Which board and region an organisation belongs to, from a list that the user gives.

The data set names the provider and the sub-ICB location that commissions, and nothing above them. A list is a CSV or
Parquet file with a column `code`, or `OrgIDProv` for providers, and any of `kind` ("provider" or "sub-icb"), `name`,
`icb_code`, `icb_name`, `region_code`, `region_name`. A synthetic data set brings its own, in `extra/`.
"""

from pathlib import Path

import polars as pl

from allcomers.exceptions import MeasureRequestError, UnusableSourceError
from allcomers.pathways.lookups import COLUMNS, ORGANISATION, frame

BROUGHT = Path("extra") / "organisations.parquet"
_SPELT = {"OrgIDProv": "code", "provider_name": "name", "sub_icb_code": "code", "sub_icb_name": "name"}


def read(path: Path | None, *, beside: Path | None = None) -> pl.DataFrame:
    """The list at a path; without one, the list that the data set brings; without that, none.

    Raises
    ------
    UnusableSourceError : the file cannot be read, or has no column of codes.
    """
    if path is None:
        path = beside / BROUGHT if beside is not None else None
        if path is None or not path.is_file():
            return frame(ORGANISATION, [])
    try:
        found = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _unusable(path, "it cannot be read as a table") from error
    return _in_our_words(found, path)


def within(listed: pl.DataFrame, code: str) -> frozenset[str]:
    """The codes of providers and sub-ICB locations that an organisation is or has below it, itself among them."""
    below = (pl.col("code") == code) | (pl.col("icb_code") == code) | (pl.col("region_code") == code)
    return frozenset([code, *listed.filter(below)["code"]])


def unknown(code: str) -> MeasureRequestError:
    """The error where no referral has an organisation."""
    return MeasureRequestError(
        where="--organisation",
        found=f'no referral has the organisation "{code}"',
        expected="The code of a provider, sub-ICB location, ICB or region that is in the data set",
        next_step="`allcomers measure … --by provider --only M001` lists the providers",
    )


def _in_our_words(found: pl.DataFrame, path: Path) -> pl.DataFrame:
    kind = "sub-icb" if "sub_icb_code" in found.columns else "provider"
    named = found.rename({name: ours for name, ours in _SPELT.items() if name in found.columns}, strict=False)
    if "code" not in named.columns:
        raise _unusable(path, "it has no column of codes")
    if "kind" not in named.columns:
        named = named.with_columns(kind=pl.lit(kind))
    wanted = COLUMNS[ORGANISATION]
    columns = [
        pl.col(name).cast(pl.String) if name in named.columns else pl.lit(None, pl.String).alias(name)
        for name in wanted
    ]
    listed = named.select(columns).drop_nulls("code")
    if listed.select(pl.struct("kind", "code").is_duplicated().any()).item():
        raise _unusable(path, "it lists a code twice")
    return listed


def _unusable(path: Path, found: str) -> UnusableSourceError:
    return UnusableSourceError(
        where=path.name,
        found=found,
        expected="A CSV or Parquet file with a row an organisation: code, kind, name, icb_code, region_code",
        next_step="Mend the list, or leave it out: boards and regions are then unknown",
    )
