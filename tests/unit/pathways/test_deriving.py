"""Deriving a whole data set: from files to tables, and what happens when it cannot be done."""

from datetime import date

import polars as pl
import pytest
import typer
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from allcomers import dataset
from allcomers.cli.derive import derive, gigabytes
from allcomers.engine import Session
from allcomers.engine.running import DuckEngine
from allcomers.exceptions import AllcomersError, MeasureRequestError, UnusableSourceError
from allcomers.opened_dataset import OpenedDataset
from allcomers.pathways import deriving, folding, national, organisations, plan
from allcomers.pathways.derivations import Choices, Derivations
from allcomers.synthetic import Plan, write


@pytest.fixture(scope="module")
def app():
    made = typer.Typer()
    made.command()(derive)
    return made


@pytest.fixture(scope="module")
def derived(valid_folder):
    with OpenedDataset(valid_folder, memory_gb=1) as opened:
        yield opened


def by_id(frame: pl.DataFrame) -> dict[str, dict[str, object]]:
    return {row["pathway_id"].split(":")[1]: row for row in frame.to_dicts()}


def held_of(frames, **options):
    """Pathways of tables in memory, with the session that holds them."""
    session = Session(memory_gb=1, threads=1)
    opened = dataset.from_frames(frames, session=session)
    return session, opened, deriving.hold(opened, DuckEngine(session), **options)


def test_the_valid_submission(derived):
    """Worked by hand from tests/data/valid_submission."""
    pathways = by_id(derived.pathways())
    assert set(pathways) == {"R1", "R2", "R3", "R4"}
    two = pathways["R2"]
    # Two treatment contacts, PHQ-9 14 to 9 and GAD-7 15 to 7; F411 is primary.
    assert (two["treatment_count"], two["finished_course"], two["problem_descriptor"]) == (2, True, "F411")
    assert (two["phq9_first"], two["phq9_last"], two["gad7_first"], two["gad7_last"]) == (14, 9, 15, 7)
    assert (two["at_caseness"], two["recovered"], two["reliably_improved"]) == (True, True, True)
    # The employment support appointment is after discharge.
    assert str(two["first_employment_support_on"]) == "2025-04-30"
    one = pathways["R1"]
    # A contact on 7 April and a log from 20 April; WSAS work 9 is no score; open, so no last score.
    assert (one["treatment_count"], one["wsas_work_first"], one["phq9_last"]) == (2, None, None)
    # The score of 6 April with a date of its own comes before that of the contact.
    assert one["phq9_first"] == 18
    assert pathways["R3"]["contact_count"] == 1
    assert pathways["R4"]["contact_count"] == 0


def test_every_table_can_be_had(derived):
    assert all(derived.table(name).width for name in plan.TABLES)
    with pytest.raises(UnusableSourceError, match="One of: pathway"):
        derived.table("pathways")


def test_an_open_referral_sent_each_month_is_one_pathway(valid):
    """Refreshes replace their month, and the row last sent speaks: the referral that was open has ended."""
    months = {"1": "2025-04-01", "2": "2025-05-01", "3": "2025-05-01"}
    ends = {"1": "2025-04-30", "2": "2025-05-31", "3": "2025-05-31"}
    frames = {name: _in_submissions(name, frame, months, ends) for name, frame in valid.items()}
    frames["IDS101Referral"] = frames["IDS101Referral"].with_columns(
        ServDischDate=pl.when((pl.col("ServiceRequestId") == "R1") & (pl.col("UniqueSubmissionID") == "3"))
        .then(pl.lit("2025-05-20"))
        .otherwise(pl.col("ServDischDate"))
    )
    session, _, held = held_of(frames)
    with session:
        pathways = by_id(held.frame("pathway"))
        assert len(pathways) == 4
        assert str(pathways["R1"]["discharged_on"]) == "2025-05-20"
        # Its two contacts are in two files that count, so they are four: an identifier is one's own within its month.
        assert pathways["R2"]["treatment_count"] == 4
        assert held.frame("contact").filter(pl.col("contact_on") == pl.date(2025, 4, 7)).height == 2


MONTHS = {"1": "2025-04-01", "2": "2025-05-01", "3": "2025-06-01"}
MONTH_ENDS = {"1": "2025-04-30", "2": "2025-05-31", "3": "2025-06-30"}


def sent(valid, **left_out):
    """The valid submission sent in three months, less some rows: of a table, those of a submission and values."""
    frames = {name: _in_submissions(name, frame, MONTHS, MONTH_ENDS) for name, frame in valid.items()}
    for name, (number, column, values) in left_out.items():
        out = (pl.col("UniqueSubmissionID") == number) & pl.col(column).is_in(values)
        frames[name] = frames[name].filter(~out)
    return frames


def test_the_month_in_which_a_referral_was_last_sent_is_known(valid):
    session, _, held = held_of(sent(valid, IDS101Referral=("3", "ServiceRequestId", ["R1"])))
    with session:
        last = {name: str(row["reported_to_on"]) for name, row in by_id(held.frame("pathway")).items()}
    assert last == {"R1": "2025-05-31", "R2": "2025-06-30", "R3": "2025-06-30", "R4": "2025-06-30"}


def test_a_code_that_was_put_right_is_not_there_twice(valid):
    """Of what a person has several of, the last submission that says any speaks; the last for one is May's."""
    people = valid["IDS001MPI"]["LocalPatientId"].to_list()[:2]
    said = [("1", people[0], "ZZ"), ("2", people[0], "02"), ("2", people[0], "04"), ("1", people[1], "NN")]
    frames = sent(valid)
    frames["IDS007DisabilityType"] = pl.DataFrame(
        said, schema=["UniqueSubmissionID", "LocalPatientId", "DisabCode"], orient="row"
    )
    session, _, held = held_of(frames)
    with session:
        found = held.frame("disability")["disability_code"].unique().to_list()
    assert sorted(found) == ["02", "04", "NN"]


def test_unique_ids_are_compared_as_numbers_where_they_are_text(valid):
    """F320 comes with the higher number, which as text would be the lower."""
    complaints = valid["IDS603PresentingComplaints"].filter(pl.col("ServiceRequestId") == "R2").head(1)
    numbered = [("9", "F401"), ("10", "F320")]
    valid["IDS603PresentingComplaints"] = pl.concat(
        complaints.with_columns(UniqueID_IDS603=pl.lit(number), PresComp=pl.lit(code)) for number, code in numbered
    )
    session, _, held = held_of(valid)
    with session:
        assert by_id(held.frame("pathway"))["R2"]["problem_descriptor"] == "F320"


def _in_submissions(name, frame, months, ends):
    """The same records in several submissions, the second of which the third replaces."""
    parts = []
    for number in months:
        part = frame.with_columns(UniqueSubmissionID=pl.lit(number))
        if name == "IDS000Header":
            part = part.with_columns(
                ReportingPeriodStartDate=pl.lit(months[number]),
                ReportingPeriodEndDate=pl.lit(ends[number]),
                DateTimeDatSetCreate=pl.lit(f"2025-06-0{number}T09:00:00"),
            )
        parts.append(part)
    return pl.concat(parts)


def test_records_that_are_there_twice_are_refused(valid):
    valid["IDS201CareContact"] = pl.concat([valid["IDS201CareContact"], valid["IDS201CareContact"].head(2)])
    with pytest.raises(UnusableSourceError, match=r"2 records of IDS201CareContact .*`allcomers check`") as refused:
        held_of(valid)
    assert "C1" not in str(refused.value)


def test_without_referrals_there_is_no_pathway(valid):
    del valid["IDS101Referral"]
    with pytest.raises(UnusableSourceError, match="no IDS101Referral"):
        held_of(valid)


def test_without_optional_tables_columns_are_null_and_said_to_be(valid):
    for name in ("IDS202CareActivity", "IDS205InternetTherLog", "IDS004EmpStatus", "IDS607CodedScoreAssessmentAct"):
        del valid[name]
    session, _, held = held_of(valid)
    with session:
        pathways = held.frame("pathway")
        for name in ("mindfulness_count", "internet_therapy_count", "employment_status_count", "gad7_first"):
            assert pathways[name].null_count() == 4, name
        assert sorted(pathways["treatment_count"]) == [0, 0, 1, 2]
        assert [note.split()[0] for note in held.notes] == [
            "IDS202CareActivity",
            "IDS205InternetTherLog",
            "IDS004EmpStatus",
        ]
        assert all("not available" in note for note in held.notes)


def test_choices_move_what_they_say(valid):
    """Without single scores, a first score alone names no anxiety measure."""
    for choices, measure in ((Choices(), "GAD7"), (Choices(single_scores=False), None)):
        session, _, held = held_of(valid, choices=choices)
        with session:
            assert by_id(held.frame("pathway"))["R1"]["anxiety_measure"] == measure


def test_follow_up_scores_can_be_left_out(valid):
    valid["IDS201CareContact"] = valid["IDS201CareContact"].with_columns(
        AppType=pl.when(pl.col("CareContactId") == "C4").then(pl.lit("06")).otherwise(pl.col("AppType"))
    )
    for choices, last in ((Choices(), 9), (Choices(follow_up_scores=False), None)):
        session, _, held = held_of(valid, choices=choices)
        with session:
            assert by_id(held.frame("pathway"))["R2"]["phq9_last"] == last


def test_names_are_given_once():
    derivations = Derivations()
    names = [one.name for one in derivations if one.on not in ("activities_of_contact",)]
    assert len(names) == len(set(names))
    national_names = [one.national for one in derivations if one.national]
    assert len(national_names) == len(set(national_names))
    ids = [one.id for one in derivations if one.id]
    assert len(ids) == len(set(ids))


def test_every_derivation_is_made_and_traced():
    built = plan.build()
    for one in Derivations():
        assert one.name in built.columns(one.on), one.name
    assert "IDS201CareContact.PlannedCareContIndicator" in built.fields_used("pathway", "finished_course")


def test_organisations_are_found_by_commissioner_then_provider(valid):
    listed = pl.DataFrame(
        [
            {"kind": "sub-icb", "code": "36J", "icb_code": "QWO", "region_code": "Y63"},
            {"kind": "provider", "code": "ZX1", "icb_code": "QXX", "region_code": "Y00"},
        ]
    )
    columns = dict.fromkeys(("kind", "code", "name", "icb_code", "icb_name", "region_code", "region_name"), pl.String)
    valid["IDS101Referral"] = valid["IDS101Referral"].with_columns(
        OrgIDComm=pl.when(pl.col("ServiceRequestId") == "R1").then(None).otherwise(pl.col("OrgIDComm"))
    )
    listed = pl.concat([pl.DataFrame(schema=columns), listed], how="diagonal")
    session, _, held = held_of(valid, listed=listed)
    with session:
        pathways = by_id(held.frame("pathway"))
        assert [pathways[name]["icb_code"] for name in ("R1", "R2")] == ["QXX", "QWO"]


def test_derive_writes_every_table(app, valid_folder, tmp_path):
    out = tmp_path / "out"
    result = CliRunner().invoke(app, [str(valid_folder), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert {path.stem for path in out.iterdir()} == set(plan.TABLES)
    assert pl.read_parquet(out / "pathway.parquet").height == 4
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_the_same_bytes_come_out_however_the_work_is_shared(tmp_path):
    """With one thread and with four, and with too little memory to hold what is derived."""
    write(tmp_path / "data", Plan(referrals=3000, start=date(2024, 4, 1), months=12, seed=1))
    for name, threads, memory_gb in (("one", 1, 1.0), ("four", 4, 1.0), ("little", 2, 0.15)):
        (tmp_path / name).mkdir()
        with Session(threads=threads, memory_gb=memory_gb) as session:
            opened = dataset.open(tmp_path / "data", session=session)
            deriving.write(deriving.prepare(opened, DuckEngine(session)), tmp_path / name)
    for table in plan.TABLES:
        first, *others = [(tmp_path / name / f"{table}.parquet").read_bytes() for name in ("one", "four", "little")]
        assert all(other == first for other in others), table


@pytest.fixture(scope="module")
def several_providers(tmp_path_factory):
    """A data set in which some people were referred to two providers, and the list of its organisations."""
    folder = tmp_path_factory.mktemp("several")
    write(folder / "data", Plan(referrals=3000, start=date(2024, 4, 1), months=12, seed=1))
    patients = folder / "data" / "IDS001MPI.parquet"
    moved = pl.read_parquet(patients).with_row_index("at")
    everyone = moved["Person_ID"].to_list()
    # Every tenth patient is the same person as another, most likely of another provider.
    people = [everyone[at * 7 % len(everyone)] if at % 10 == 0 else one for at, one in enumerate(everyone)]
    moved.drop("at").with_columns(Person_ID=pl.Series(people)).write_parquet(patients)
    return folder / "data", organisations.read(None, beside=folder / "data")


def _of(held: deriving.Held, own: pl.DataFrame, table: str) -> pl.DataFrame:
    """The rows of a table that belong to some pathways, in one order."""
    key = "pathway_no" if "pathway_no" in held.plan.columns(table) else "pathway_id"
    return held.frame(table).join(own.select(key), on=key, how="semi").sort(pl.all())


@pytest.mark.parametrize("level", ["provider_code", "sub_icb_code", "icb_code", "region_code"])
def test_the_referrals_of_one_organisation_are_what_they_are_among_everyones(several_providers, level):
    """In every table, and whoever came back after having been elsewhere."""
    folder, listed = several_providers
    with Session(memory_gb=1) as all_session, Session(memory_gb=1) as own_session:
        everyone = deriving.hold(dataset.open(folder, session=all_session), DuckEngine(all_session), listed=listed)
        pathways = everyone.frame("pathway")
        code = pathways[level].drop_nulls().mode().sort()[0]
        opened = dataset.open(folder, session=own_session)
        narrowed = deriving.hold(opened, DuckEngine(own_session), listed=listed, organisation=code)
        own = pathways.filter(pl.col(level) == code)
        assert 0 < own.height < pathways.height
        assert narrowed.frame("pathway").height < pathways.height
        for table in plan.ASKED_FOR:
            if table != "employment_record":  # it is of people, with or without a referral
                assert_frame_equal(_of(narrowed, own, table), _of(everyone, own, table))
        assert _of(narrowed, own, "returned").height > 0


def test_an_organisation_that_nobody_was_referred_to_is_refused(several_providers):
    folder, listed = several_providers
    with Session(memory_gb=1) as session:
        opened = dataset.open(folder, session=session)
        with pytest.raises(MeasureRequestError, match="no referral has the organisation"):
            deriving.hold(opened, DuckEngine(session), listed=listed, organisation="it's none")


def test_nothing_is_left_behind_when_it_fails(app, valid_folder, tmp_path, monkeypatch):
    def failing(*_):
        raise AllcomersError(where="here", found="it failed")

    monkeypatch.setattr(deriving, "write", failing)
    result = CliRunner().invoke(app, [str(valid_folder), "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, AllcomersError)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten(app, valid_folder, tmp_path):
    (tmp_path / "kept.txt").write_text("mine")
    result = CliRunner().invoke(app, [str(valid_folder), "--out", str(tmp_path)])
    assert isinstance(result.exception, UnusableSourceError)
    assert (tmp_path / "kept.txt").read_text() == "mine"


def test_memory_is_read_in_the_usual_spellings():
    assert [gigabytes(text) for text in ("4", "4GB", "1.5 gb", "512MB")] == [4, 4, 1.5, 0.5]
    for text in ("", "four", "0", "-1"):
        with pytest.raises(typer.BadParameter):
            gigabytes(text)


def test_national_names(app, valid_folder, tmp_path):
    """SQL in the style of the published dashboards runs on what is written. Expected numbers as by hand above."""
    out = tmp_path / "national"
    result = CliRunner().invoke(app, [str(valid_folder), "--out", str(out), "--national-names"])
    assert result.exit_code == 0, result.output
    assert {path.stem for path in out.iterdir()} == {path.stem for path in valid_folder.iterdir()} | {national.LATEST}
    with Session(memory_gb=1, threads=1) as session:
        for path in out.iterdir():
            session.run(f"create view {path.stem} as select * from '{path}'")
        finished, recovered = session.row(
            """
            select count(distinct case when r.CompletedTreatment_Flag = 'True' then r.PathwayID end),
                   count(distinct case when r.CompletedTreatment_Flag = 'True' and r.Recovery_Flag = 'True'
                         then r.PathwayID end)
            from IDS101Referral r
            join IDS001MPI mpi on r.RecordNumber = mpi.RecordNumber
            join IsLatest_SubmissionID l on r.UniqueSubmissionID = l.UniqueSubmissionID and r.AuditId = l.AuditId
            where r.UsePathway_Flag = 'True' and l.IsLatest = 1
              and r.ServDischDate between l.ReportingPeriodStartDate and l.ReportingPeriodEndDate
            """
        )
        assert (finished, recovered) == (1, 1)
        support = session.row(
            """
            select count(distinct c.Unique_CareContactID) from IDS101Referral r
            join IDS201CareContact c on c.PathwayID = r.PathwayID and c.AuditId = r.AuditId
            join IDS202CareActivity a on a.PathwayID = c.PathwayID and a.Unique_CareContactID = c.Unique_CareContactID
            where r.UsePathway_Flag = 'True' and a.CodeProcAndProcStatus = '1098051000000103'
            """
        )
        assert support == (1,)
        flags = session.rows("select distinct NotCaseness_Flag from IDS101Referral")
        assert flags == [(None,)]
        assert session.row("select Unique_MonthID from IDS101Referral limit 1") == (1501,)


def test_in_one_history_an_open_referral_is_in_every_month(valid, tmp_path):
    """Received in March, discharged in April: in March it has neither discharge nor the flag of a finished course."""
    months = {"1": ("2025-02-01", "2025-02-28"), "2": ("2025-03-01", "2025-03-31"), "3": ("2025-04-01", "2025-04-30")}
    header = valid["IDS000Header"]
    valid["IDS000Header"] = pl.concat(
        [
            header.with_columns(
                UniqueSubmissionID=pl.lit(number),
                ReportingPeriodStartDate=pl.lit(starts),
                ReportingPeriodEndDate=pl.lit(ends),
            )
            for number, (starts, ends) in months.items()
        ]
    )
    for name in valid.keys() - {"IDS000Header"}:
        valid[name] = valid[name].with_columns(UniqueSubmissionID=pl.lit("3"))
    session = Session(memory_gb=1, threads=1)
    with session:
        opened = dataset.from_frames(valid, session=session, form=dataset.HISTORY)
        prepared = deriving.prepare(opened, DuckEngine(session))
        national.write(prepared, opened, tmp_path)
    rows = pl.read_parquet(tmp_path / "IDS101Referral.parquet").filter(pl.col("ServiceRequestId") == "R2")
    found = rows.sort("Unique_MonthID").select("Unique_MonthID", "CompletedTreatment_Flag", "UsePathway_Flag").rows()
    assert found == [(1500, None, "True"), (1501, "True", "True")]
    assert rows.sort("Unique_MonthID")["ServDischDate"].to_list()[0] is None
    assert rows.sort("Unique_MonthID")["TherapySession_FirstDate"].to_list()[0] is None


def test_sources_are_declared_as_the_data_set_declares_them():
    assert all(one.fields for one in folding.FOLDED)
    assert set(folding.SOURCES) == {one.table for one in folding.FOLDED}
