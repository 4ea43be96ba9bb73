"""Writing a data set: a folder of Parquet or CSV, whole or not at all."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import polars as pl

from allcomers.dataset.opened import Dataset
from allcomers.dataset.tables import BY_NAME
from allcomers.exceptions import UnusableSourceError

Format = Literal["parquet", "csv"]


def write(
    data: Dataset | Mapping[str, pl.DataFrame],
    folder: str | Path,
    *,
    format: Format = "parquet",  # noqa: A002 - the word every writer uses
    replace: bool = False,
) -> Path:
    """Write tables to a folder, one file each, named nationally.

    Everything is written beside the folder first and then renamed, so that what is there is never half a data set.

    Parameters
    ----------
    data : an opened data set, or tables in memory by national name.
    format : "parquet" (types kept) or "csv" (UTF-8, dates YYYY-MM-DD, nothing for null).
    replace : let the folder take the place of one that is there.

    Raises
    ------
    UnusableSourceError : the folder is there already and `replace` was not asked for.
    KeyError : a table has no national name.
    """
    target = Path(folder)
    if target.exists() and not replace:
        raise UnusableSourceError(
            where=str(target), found="it is there already", next_step="Choose another folder, or ask to replace it"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        _write_tables(data, fresh, format)
        fresh.chmod(0o755)
        _put_in_place(fresh, target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return target


def _write_tables(data: Dataset | Mapping[str, pl.DataFrame], folder: Path, kind: Format) -> None:
    if isinstance(data, Dataset):
        write_one = data.session.write_parquet if kind == "parquet" else data.session.write_csv
        for name in data.relations:
            write_one(
                f"select * exclude (__row, __sub) from ({data.typed(name)}) order by __row", folder / f"{name}.{kind}"
            )
        return
    for name, frame in data.items():
        path = folder / f"{BY_NAME[name].name}.{kind}"
        if kind == "parquet":
            frame.write_parquet(path)
        else:
            frame.write_csv(path, date_format="%Y-%m-%d", datetime_format="%Y-%m-%dT%H:%M:%S")


def _put_in_place(fresh: Path, target: Path) -> None:
    if not target.exists():
        fresh.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
    target.rename(old / "old")
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
