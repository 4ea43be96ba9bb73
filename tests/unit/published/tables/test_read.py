"""Files as they arrive: well packed, oddly packed, and unusable with a message that says how to mend it."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from allcomers.exceptions import AllcomersError, SeveralError
from allcomers.published.tables import read_tables

MAIN = "psych-ther-ann-rep-csv-2023-24-main.csv"
WriteTable = Callable[..., Path]
Text = Callable[..., str]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_a_name_is_read_in_every_encoding_the_publisher_uses(
    tmp_path: Path, annual_text: Text, encoding: str, line_end: str
) -> None:
    name = "Café Wellbeing – St John’s"
    path = tmp_path / MAIN
    path.write_bytes(annual_text({"OrgName": name}).replace("\r\n", line_end).encode(encoding))
    tables = read_tables([path])
    assert tables.counts.select("org_type", "org_name").rows() == [("Provider", name)]
    assert tables.faults.is_empty()


def test_a_zip_with_folders_other_tables_and_what_a_mac_adds(zipped: Callable[..., Path], annual_text: Text) -> None:
    path = zipped(
        **{
            f"annual report/CSVs/{MAIN}": annual_text(),
            "annual report/CSVs/psych-ther-ann-rep-csv-2023-24-effect-size.csv": "OrgType,EffectSize\nEngland,1.4\n",
            "annual report/read me.txt": "hello",
            f"__MACOSX/annual report/CSVs/._{MAIN}": "\x00\x05\x16\x07",
        }
    )
    tables = read_tables([path])
    (source,) = tables.sources
    assert (source.file, source.member) == (path.name, f"annual report/CSVs/{MAIN}")
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert source.period == "2023-24"
    assert [name.rpartition("-")[2] for name in tables.not_read] == ["size.csv"]


def test_null_blank_and_withheld_are_three_things(annual: WriteTable) -> None:
    cells = {"Count_Recovery": "*", "Count_ReliableRecovery": "NULL", "Count_Deterioration": "", "VariableB": ""}
    row = read_tables([annual(cells)]).counts.row(0, named=True)
    assert [row[f"recovered{end}"] for end in ("_low", "", "_high")] == [0, None, 4]
    assert [row[f"reliably_recovered{end}"] for end in ("_low", "", "_high")] == [None] * 3
    assert [row[f"reliably_deteriorated{end}"] for end in ("_low", "", "_high")] == [None] * 3
    assert (row["variable_a"], row["variable_b"]) == ("", "")


def test_spaces_around_cells_and_blank_rows_do_not_matter(tmp_path: Path, annual_text: Text) -> None:
    heading, row = annual_text().splitlines()
    path = tmp_path / MAIN
    path.write_text("\n".join([heading.replace(",", " ,"), row.replace(",", " , "), "", "," * heading.count(","), row]))
    tables = read_tables([path])
    assert tables.counts["row"].to_list() == [2]
    assert tables.faults.select("row", "fault").rows() == [(5, "repeated_row")]


def test_a_year_written_in_full_is_a_year(annual: WriteTable) -> None:
    assert read_tables([annual({}, name="Annual report 2019-2020.csv")]).sources[0].period == "2019-20"


def test_the_year_may_be_the_zips(zipped: Callable[..., Path], annual_text: Text) -> None:
    path = zipped("psych-ther-2018-19.zip", **{"main.csv": annual_text()})
    assert read_tables([path]).sources[0].period == "2018-19"


def test_periods_come_in_order(annual: WriteTable) -> None:
    paths = [annual({}, name=f"{year}.csv") for year in ("2023-24", "2017-18", "2021-22")]
    seen: list[str] = []
    tables = read_tables(paths, on_progress=seen.append)
    assert tables.counts["period"].to_list() == ["2017-18", "2021-22", "2023-24"]
    assert seen == ["2023-24.csv", "2017-18.csv", "2021-22.csv"]
    assert not tables.synthetic


def _zip_bytes(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _many(text: str) -> str:
    heading, row = text.splitlines()
    return "\n".join([heading, *(row.replace("ZZP01", f"ZZ{number * 7919}") for number in range(500))])


def _truncated(text: str) -> bytes:
    whole = _zip_bytes(**{MAIN: _many(text)})
    return whole[: len(whole) // 2]


def _damaged(text: str) -> bytes:
    whole = bytearray(_zip_bytes(**{MAIN: _many(text)}))
    whole[300:500] = bytes(byte ^ 0xFF for byte in whole[300:500])
    return bytes(whole)


def _locked(text: str) -> bytes:
    whole = bytearray(_zip_bytes(**{MAIN: text}))
    whole[6] |= 1
    whole[whole.find(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


def _without_recovery(text: str) -> bytes:
    return text.replace("Count_Recovery", "Count_Other").encode()


def _short_row(text: str) -> bytes:
    return (text + "Provider,ZZP02,Cut o").encode()


def _long_row(text: str) -> bytes:
    return (text + text.splitlines()[1] + ",1\n").encode()


UNUSABLE = {
    "a truncated ZIP": ("2023-24.zip", _truncated, "was not downloaded to its end", "published fetch"),
    "a damaged ZIP": ("2023-24.zip", _damaged, "damaged", "published fetch"),
    "a locked ZIP": ("2023-24.zip", _locked, "locked", "Download it again"),
    "a ZIP without a CSV": ("2023-24.zip", lambda _: _zip_bytes(**{"a.txt": "a"}), "holds no CSV", "published list"),
    "an empty ZIP": ("2023-24.zip", lambda _: _zip_bytes(), "holds no CSV", "published list"),
    "an HTML page": (MAIN, lambda _: b"\n<!DOCTYPE html><html>404</html>", "a web page saved", "Download it again"),
    "an HTML page with a mark": (MAIN, lambda _: b"\xef\xbb\xbf<html>", "a web page saved", "Download it again"),
    "a page in a ZIP": (
        "2023-24.zip",
        lambda _: _zip_bytes(**{MAIN: "<html>"}),
        "a web page saved",
        "Download it again",
    ),
    "another publication": (MAIN, lambda _: b"a,b\n1,2\n", "another publication", "published list"),
    "a ZIP of others": (
        "2023-24.zip",
        lambda _: _zip_bytes(**{"a.csv": "a\n1", "b.csv": "b\n1"}),
        "only",
        "published list",
    ),
    "a missing column": (MAIN, _without_recovery, "missing columns: Count_Recovery", "unaltered"),
    "an empty file": (MAIN, lambda _: b"", "the file is empty", "Download it again"),
    "a file of blanks": (MAIN, lambda _: b"\r\n \n", "the file is empty", "Download it again"),
    "a heading alone": (MAIN, lambda text: text.splitlines()[0].encode(), "without rows", "Download it again"),
    "a RAR": ("2023-24.rar", lambda _: b"Rar!\x1a\x07\x01\x00", "RAR archive", "7-Zip"),
    "an xlsx": (
        "2023-24.xlsx",
        lambda _: _zip_bytes(**{"[Content_Types].xml": "", "xl/a": ""}),
        "Excel",
        "published list",
    ),
    "an xls": ("2023-24.xls", lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel", "published list"),
    "a row cut short": (MAIN, _short_row, "row 3 does not have the heading's 21 cells", "Download it again"),
    "a row too long": (MAIN, _long_row, "row 3 does not have the heading's 21 cells", "Download it again"),
    "no year in the name": ("main.csv", str.encode, "no financial year", "Rename the file"),
    "two years that do not follow": ("2023-25.csv", str.encode, "no financial year", "Rename the file"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path, annual_text: Text, case: str) -> None:
    name, make, found, remedy = UNUSABLE[case]
    path = tmp_path / name
    path.write_bytes(make(annual_text()))
    with pytest.raises(AllcomersError) as caught:
        read_tables([path])
    message = str(caught.value)
    assert name in message
    assert found in message
    assert remedy in message


def test_a_column_of_text_is_refused_with_its_first_row(annual: WriteTable) -> None:
    rows = [{"OrgCode": f"ZZ{number}", "Count_Recovery": "" if number == 0 else "many"} for number in range(4)]
    with pytest.raises(AllcomersError, match=r"main\.csv: column Count_Recovery holds 3 cells .* the first at row 3"):
        read_tables([annual(*rows)])


@pytest.mark.parametrize("same", [True, False])
def test_a_year_given_twice_is_refused_by_both_names(annual: WriteTable, same: bool) -> None:
    paths = [annual({}, name="2023-24.csv"), annual({} if same else {"OrgCode": "ZZ9"}, name="2023-24 revised.csv")]
    with pytest.raises(AllcomersError) as caught:
        read_tables(paths)
    assert "2023-24.csv and 2023-24 revised.csv: 2023-24 is given twice" in str(caught.value)
    assert "Leave one of them out" in str(caught.value)


def test_every_unusable_file_is_told_at_once(tmp_path: Path, annual: WriteTable) -> None:
    empty = tmp_path / "2021-22.csv"
    empty.touch()
    with pytest.raises(SeveralError) as caught:
        read_tables([empty, annual({}), tmp_path / "2019-20.zip", tmp_path])
    assert [str(error).partition(": ")[2].split(".")[0] for error in caught.value.errors] == [
        "the file is empty",
        "the file cannot be read (No such file or directory)",
        "the file cannot be read (Is a directory)",
    ]


def test_no_file_is_no_table() -> None:
    with pytest.raises(AllcomersError, match="no file was given"):
        read_tables([])


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"start": "April"}, "do not hold one period of dates"),
        ({"measure": "M999"}, "none of the measures"),
    ],
)
def test_a_monthly_file_that_cannot_be_used(monthly: WriteTable, options: dict[str, str], found: str) -> None:
    measure = options.pop("measure", "M001")
    with pytest.raises(AllcomersError, match=found) as caught:
        read_tables([monthly(("England", "All", "NULL", measure, "1"), **options)])
    assert "monthly.csv" in str(caught.value)


def test_england_has_one_code_however_it_is_printed(annual: WriteTable, monthly: WriteTable) -> None:
    """The annual table calls England All; a monthly file may call it ENG. One organisation, one page."""
    files = [annual({"OrgType": "England", "OrgCode": "All"}), monthly(("England", "ENG", "NULL", "M001", "1"))]
    counts = read_tables(files).counts
    assert set(counts.filter(counts["level"] == "england")["org_code"]) == {"All"}
