"""The national data set, version 2.1: what is in it, opening it, checking it, writing it.

>>> from allcomers import dataset
>>> with dataset.open("extract/") as opened:  # doctest: +SKIP
...     dataset.check(opened).rejected
0
"""

from allcomers.dataset.checking import check
from allcomers.dataset.checking.result import CheckResult, Finding
from allcomers.dataset.model import Field, Rule, Severity, Table
from allcomers.dataset.opened import HISTORY, SUBMISSIONS, Dataset, from_frames
from allcomers.dataset.opened import open_dataset as open  # noqa: A004 - read with its package, as `dataset.open()`
from allcomers.dataset.tables import BY_CODE, BY_NAME, TABLES
from allcomers.dataset.writing import write

__all__ = [
    "BY_CODE",
    "BY_NAME",
    "HISTORY",
    "SUBMISSIONS",
    "TABLES",
    "CheckResult",
    "Dataset",
    "Field",
    "Finding",
    "Rule",
    "Severity",
    "Table",
    "check",
    "from_frames",
    "open",
    "write",
]
