"""England's talking-therapies programme as one open system, in which every figure is asked of everyone who came."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from allcomers.opened_dataset import OpenedDataset

__version__ = "0.1.0"


def open(source: str | Path, **options: Any) -> "OpenedDataset":  # noqa: A001 (as in `import allcomers as ac; ac.open(…)`)
    """Open a data set: `ac.open("extract/").pathways()`. The options are those of `OpenedDataset`."""
    from allcomers.opened_dataset import OpenedDataset  # only who opens a data set waits for the engine

    return OpenedDataset(source, **options)
