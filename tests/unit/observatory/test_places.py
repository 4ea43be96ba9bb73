"""Who has a page, under which name, and where it is."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from allcomers.exceptions import AllcomersError
from allcomers.observatory.places import Place, places, read_reference, safe
from allcomers.published.tables import PublishedTables, read_tables

Read = Callable[..., PublishedTables]


def test_england_first_then_levels_from_wide_to_narrow_then_names(read: Read) -> None:
    counts = read(
        {"OrgName": "ZEBRA", "OrgCode": "ZZP02"},
        {"OrgName": "ADDER"},
        {"OrgType": "SubICB", "OrgCode": "ZZS01", "OrgName": "NHS A - 01X"},
        {"OrgType": "ICB", "OrgCode": "ZZB01", "OrgName": "NHS A INTEGRATED CARE BOARD"},
        {"OrgType": "Commissioning Region", "OrgCode": "ZZR01", "OrgName": "A COMMISSIONING REGION"},
        {"OrgType": "England", "OrgCode": "All", "OrgName": "All"},
    ).counts
    found = places(counts, None)
    assert [place.name for place in found] == ["England", "A", "NHS A", "NHS A - 01X", "Adder", "Zebra"]
    assert [place.href for place in found] == [
        "england.html",
        "region/ZZR01.html",
        "icb/ZZB01.html",
        "sub-icb/ZZS01.html",
        "provider/ZZP01.html",
        "provider/ZZP02.html",
    ]


def test_an_organisation_keeps_every_name_and_is_shown_under_its_latest(table: Callable[..., Path]) -> None:
    paths = [
        table({"OrgName": "OLD NAME"}, period="2021-22"),
        table({"OrgName": "NEW NAME"}, period="2022-23"),
    ]
    (place,) = places(read_tables(paths).counts, None)
    assert place.name == "New Name"
    assert place.names == ("OLD NAME", "NEW NAME")
    assert place.periods == ("2021-22", "2022-23")


def test_a_breakdown_or_an_unknown_type_alone_makes_no_page(read: Read) -> None:
    counts = read({"VariableType": "Gender", "VariableA": "Female"}, {"OrgType": "Galaxy", "OrgCode": "X"}).counts
    assert places(counts, None) == []


def test_the_reference_gives_town_area_and_name(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "reference.csv"
    path.write_text(
        "org_code,org_name,town,postcode,icb_code,icb_name,region_code,region_name,status\n"
        "ZZP01,Vale Talking Therapies,DARTFORD,ZZ1 1ZZ,ZZB01,NHS Kent,ZZR01,South East,Active\n"
    )
    (place,) = places(read().counts, read_reference(path))
    assert (place.name, place.town, place.icb_name) == ("Vale Talking Therapies", "DARTFORD", "NHS Kent")
    assert place.names == ("EXAMPLE VALE TALKING THERAPIES",)


def test_csv_and_parquet_references_say_the_same_and_codes_stay_text(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"org_code": ["001", "001", "002"], "org_name": ["One", "Again", None], "town": ["A", "B", "C"]}
    )
    frame.write_csv(tmp_path / "r.csv")
    frame.write_parquet(tmp_path / "r.parquet")
    from_csv, from_parquet = read_reference(tmp_path / "r.csv"), read_reference(tmp_path / "r.parquet")
    assert from_csv.equals(from_parquet)
    assert from_csv.rows() == [("001", "One", "A"), ("002", "", "C")]


@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", b"org_code,nothing\n1,2\n", b"\xff\xfe\x00"])
@pytest.mark.parametrize("name", ["reference.csv", "reference.parquet"])
def test_an_unusable_reference_is_refused_by_name(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(AllcomersError, match=r"reference\.(csv|parquet)"):
        read_reference(path)


def test_a_reference_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AllcomersError, match="cannot be read"):
        read_reference(tmp_path / "nowhere.csv")


def test_a_code_becomes_a_file_name_that_stays_in_its_folder() -> None:
    assert safe("../../etc/passwd") == "------etc-passwd"
    assert Place("provider", "A/B", "", "Provider", ()).href == "provider/A-B.html"
