"""Writing: what is written reads back the same, and a failure leaves nothing behind."""

import polars as pl
import pytest

from allcomers import dataset
from allcomers.exceptions import UnusableSourceError


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_what_is_written_reads_back_the_same(kind, valid_folder, tmp_path):
    with dataset.open(valid_folder) as original:
        dataset.write(original, tmp_path / "out", format=kind)
        with dataset.open(tmp_path / "out") as copy:
            assert dataset.check(copy).findings == ()
            assert {name: copy.frame(name) for name in copy.relations}.keys() == original.relations.keys()
            for name in original.relations:
                assert copy.frame(name).equals(original.frame(name)), name


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_tables_in_memory_are_written(kind, valid, tmp_path):
    dataset.write(valid, tmp_path / "out", format=kind)
    with dataset.open(tmp_path / "out") as opened:
        assert sum(opened.rows(name) for name in opened.relations) == 62


def test_a_folder_that_is_there_is_replaced_only_when_asked(valid, tmp_path):
    dataset.write(valid, tmp_path / "out")
    with pytest.raises(UnusableSourceError, match="there already"):
        dataset.write(valid, tmp_path / "out")
    dataset.write({"IDS000Header": valid["IDS000Header"]}, tmp_path / "out", replace=True)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["IDS000Header.parquet"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failure_leaves_nothing_behind(valid, tmp_path):
    with pytest.raises(KeyError):
        dataset.write({**valid, "NotATable": pl.DataFrame({"a": [1]})}, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
