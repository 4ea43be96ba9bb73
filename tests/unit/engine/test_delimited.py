"""CSV as it comes: encodings, broken lines and rubbish are counted or refused; nothing crashes or goes missing."""

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allcomers.engine.delimited import LINE_BREAK, MALFORMED, NOT_UTF8, stage_csv
from allcomers.exceptions import UnusableSourceError


@pytest.fixture
def stage(tmp_path):
    def read(content: bytes) -> tuple[pl.DataFrame, dict[str, tuple[str, int, tuple[int, ...]]]]:
        (tmp_path / "in.csv").write_bytes(content)
        faults = stage_csv(
            tmp_path / "in.csv", tmp_path / "out.parquet", label="in.csv", file=0, is_header=lambda names: "a" in names
        )
        frame = pl.read_parquet(tmp_path / "out.parquet")
        return frame, {fault.kind: (fault.column, fault.count, fault.first_rows) for fault in faults}

    return read


def test_values_are_text_and_records_are_numbered(stage):
    frame, faults = stage(b"a,b\n1,x\n2,\n")
    assert frame.to_dict(as_series=False) == {"a": ["1", "2"], "b": ["x", None], "__line": [1, 2]}
    assert faults == {}


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfa,b\n1,\xc3\xa9\n", "a,b\n1,é\n".encode("utf-16")])
def test_a_byte_order_mark_is_no_part_of_the_first_name(stage, content):
    frame, faults = stage(content)
    assert frame.columns == ["a", "b", "__line"]
    assert frame["b"].to_list() == ["é"]
    assert faults == {}


def test_mixed_encodings_are_read_value_by_value_and_counted(stage):
    frame, faults = stage(b"a,b\n1,\xc3\xa9\n2,\xe9\n3,\x93q\x94\n")
    assert frame["b"].to_list() == ["é", "é", "“q”"]
    assert faults == {NOT_UTF8: ("b", 2, (2, 3))}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_recognised(stage, separator):
    frame, _ = stage(f"a{separator}b\n1{separator}2\n".encode())
    assert frame["b"].to_list() == ["2"]


def test_broken_lines_are_counted_and_the_others_keep_their_numbers(stage):
    frame, faults = stage(b"a,b\n1,1\n2\n3,3\n4,4,4\n\n6,6\n")
    assert frame["__line"].to_list() == [1, 3, 6]
    assert faults == {MALFORMED: ("", 2, (2, 4))}


def test_an_open_quotation_mark_is_told(stage):
    frame, faults = stage(b'a,b\n1,"x\n2,y\n3,z\n')
    assert len(frame) == 1
    assert faults[LINE_BREAK] == ("b", 1, (1,))


def test_a_column_named_twice_is_kept_twice(stage):
    frame, _ = stage(b"a,b,b\n1,2,3\n")
    assert frame.columns == ["a", "b", "b (2)", "__line"]


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"x,y\n1,2\n", b"a\0b,c\n", b"\x89PNG\r\n\x1a\n\0\0", b"a,b\n" + b"x" * 9_000_000]
)
def test_what_is_no_table_is_refused(stage, content):
    with pytest.raises(UnusableSourceError, match=r"in\.csv"):
        stage(content)


@pytest.mark.parametrize("good_lines", [0, 30_000])
def test_rubbish_under_a_header_is_given_up_on_soon(tmp_path, good_lines):
    """64 MB of every byte but a quotation mark, at once or after 120 KB of good lines: little of it is written."""
    source, staged = tmp_path / "in.csv", tmp_path / "out.parquet"
    with source.open("wb") as stream:
        stream.write(b"a,b\n" + b"1,2\n" * good_lines)
        for _ in range(64):
            stream.write(bytes(range(1, 34)) * 1000 + bytes(range(35, 256)) * 4000)
    with pytest.raises(UnusableSourceError):
        stage_csv(source, staged, label="in.csv", file=0, is_header=lambda names: "a" in names)
    assert not staged.exists() or staged.stat().st_size < 4 << 20


def test_row_numbers_hold_across_blocks(stage):
    """Every thousandth line is broken; lines are long enough for several blocks of 4 MB."""
    lines = [b"%d,%s" % (i, b"x" * 200) if i % 1000 else b"broken" for i in range(1, 60_001)]
    frame, faults = stage(b"a,b\n" + b"\n".join(lines) + b"\n")
    assert faults[MALFORMED][1] == 60
    assert frame["a"].cast(pl.Int64).equals(frame["__line"].alias("a"))
    assert len(frame) == 60_000 - 60


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.lists(st.binary(max_size=30).map(lambda raw: raw.replace(b"\0", b"")), max_size=20))
def test_any_bytes_are_read_or_refused(lines):
    """Whatever follows the header, reading never fails in any other way; broken lines and records add up."""
    with tempfile.TemporaryDirectory() as folder:
        source, staged = Path(folder) / "in.csv", Path(folder) / "out.parquet"
        source.write_bytes(b"a,b\n" + b"\n".join(lines))
        try:
            faults = stage_csv(source, staged, label="in.csv", file=0, is_header=lambda names: "a" in names)
        except UnusableSourceError:
            return
        read = pl.read_parquet(staged)
        broken = sum(fault.count for fault in faults if fault.kind == MALFORMED)
        assert len(read) + broken <= sum(line.count(b"\n") + line.count(b"\r") + 1 for line in lines)
        assert read["__line"].is_sorted()
