"""Every list holds together, and holds what the reference in ../shared says when it is there."""

import csv
from pathlib import Path

import pytest

from allcomers import codes, instruments
from allcomers.codes import contact, problem, referral, therapy
from allcomers.codes.model import NO_LABEL, CodeList
from allcomers.codes.therapy import Intensity
from allcomers.instruments.model import Status

REFERENCE = Path(__file__).parents[4] / "shared" / "spec" / "codes.csv"
ALL = codes.all()

# Lists whose rows the reference writes as a sentence, a pattern or a label; each has a test of its own below.
WRITTEN_OTHERWISE = {
    "ADSM",
    "Age Group (publication)",
    "CodedAssToolType",
    "EndCode (retired v1.5 care spell end codes)",
    "IntEnabledTherProg grouping",
    "PresentingComplaint",
    "PresentingComplaintLowerCategory",
    "SourceOfReferralMH",
}

every_list = pytest.mark.parametrize("code_list", ALL, ids=lambda one: one.name)
needs_reference = pytest.mark.skipif(not REFERENCE.exists(), reason="../shared/spec is not beside this repository")


def reference(name: str | None = None) -> list[dict[str, str]]:
    with REFERENCE.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if name in (None, row["list"])]


@every_list
def test_a_list_names_its_fields_versions_and_sources_and_no_code_twice(code_list: CodeList) -> None:
    assert code_list.fields
    assert code_list.versions
    assert code_list.sources
    held = [code.code for code in code_list]
    assert held
    assert len(held) == len(set(held))


@every_list
def test_a_meaning_is_given_or_said_not_to_be_found(code_list: CodeList) -> None:
    for code in code_list:
        assert code.meaning
        assert (code.meaning == NO_LABEL) == (code.meaning_status is Status.NOT_FOUND)


def test_a_list_answers_for_its_codes() -> None:
    attendance = codes.get("AttendOrDNACode")
    assert "3" in attendance
    assert attendance.meaning("3") == "did not attend, no advance warning"
    assert (attendance.get("9"), attendance.meaning("9")) == (None, "not a known code")
    assert referral.END_CODE.in_group("not seen") == ("50",)


@needs_reference
def test_the_lists_are_those_of_the_reference() -> None:
    assert {one.name for one in ALL} == {row["list"] for row in reference()}


@needs_reference
@pytest.mark.parametrize(
    "code_list", [one for one in ALL if one.name not in WRITTEN_OTHERWISE], ids=lambda one: one.name
)
def test_codes_meanings_and_statuses_agree_with_the_reference(code_list: CodeList) -> None:
    rows = [row for row in reference(code_list.name) if row["code"] != "IET*"]
    stated = {
        row["code"]: (
            NO_LABEL if row["meaning"].startswith("label not") else row["meaning"],
            row["code_status"],
            _meaning_status(row),
        )
        for row in rows
    }
    assert {code.code: (code.meaning, code.status, code.meaning_status) for code in code_list} == stated


@needs_reference
@every_list
def test_fields_and_versions_agree_with_the_reference(code_list: CodeList) -> None:
    row = reference(code_list.name)[0]
    table, _, field = row["field"].partition(".")
    fields = tuple(f"{one}.{field}" for one in table.split("/")) if field else (row["field"],)
    assert code_list.fields == fields
    assert " and ".join(f"v{version}" for version in code_list.versions) == row["dataset_version"]


def _meaning_status(row: dict[str, str]) -> str:
    if row["meaning"].startswith("label not"):
        return Status.NOT_FOUND
    # A status with a reservation ("verified as a pair", "verified in part") counts as unverified here; one that only
    # says of what the label is ("verified (published grouping ...)") as verified.
    whole = row["meaning_status"] == "verified" or row["meaning_status"].startswith("verified (")
    return Status.VERIFIED if whole else Status.UNVERIFIED


@needs_reference
def test_the_referral_list_of_version_2_0_is_the_one_the_rule_states() -> None:
    stated = reference("SourceOfReferralMH")[0]["meaning"].removeprefix("v2.0 list: ")
    expected = []
    for part in stated.split(","):
        first, _, last = part.partition("-")
        expected += [f"{first[0]}{n}" for n in range(int(first[1]), int((last or first)[1]) + 1)]
    assert [code.code for code in referral.SOURCE_OF_REFERRAL_2_0] == expected


@needs_reference
def test_retired_end_codes_keep_their_groups() -> None:
    "The reference states the groups in one sentence: 15 and 97 were not taken on, the rest were."
    assert {code.code for code in referral.RETIRED_END_CODE} == {
        row["code"] for row in reference("EndCode (retired v1.5 care spell end codes)")
    }
    assert referral.RETIRED_END_CODE.in_group("seen, not taken on") == ("15", "97")


@needs_reference
@pytest.mark.parametrize("name", ["ADSM", "CodedAssToolType"])
def test_instruments_are_listed_under_their_national_codes(name: str) -> None:
    assert {code.code for code in codes.get(name)} == {row["code"] for row in reference(name)}


@needs_reference
def test_problems_agree_with_the_reference() -> None:
    written = {row["code"].removesuffix(" other").replace("*", ""): row for row in reference("PresentingComplaint")}
    held = {code.code.replace("F40, F41, F42, F43", "F40-F43"): code.meaning for code in problem.PROBLEM}
    assert held == {code: row["meaning"] for code, row in written.items()}
    labels = {row["code"].split(" (monthly)")[0] for row in reference("PresentingComplaintLowerCategory")}
    assert {code.code for code in problem.LOWER_CATEGORY} == labels


@needs_reference
def test_problems_call_for_the_measures_that_the_reference_names() -> None:
    "The choice stands once, with the instruments; here it is held against the list of problems."
    from allcomers.instruments.anxiety_measure import measure_for

    for row in reference("PresentingComplaint"):
        named = row["note"].partition("token: ")[2].split(" ")[0].strip(";")
        if named:
            assert measure_for(row["code"].rstrip("*")).adsm == named


@needs_reference
def test_therapies_agree_with_the_notes_of_the_reference() -> None:
    stated = {row["code"]: row for row in reference("CodeProcAndProcStatus")}
    for one in therapy.THERAPIES:
        note = stated[one.code]["note"]
        assert f"intensity: {one.intensity}" in note
        assert f"v1.5 code {one.old_code or 'none'}" in note
        assert f"count field {one.count_field}" in note
        assert one.measure in stated[one.code]["source"]


def test_the_therapies_that_the_measures_of_stages_know() -> None:
    "Derivations, section 12: nine high-intensity and eight low-intensity codes."
    known = [one for one in therapy.THERAPIES if one.in_stages]
    assert [sum(one.intensity is step for one in known) for step in (Intensity.HIGH, Intensity.LOW)] == [9, 8]


def test_roles_of_contact_codes_are_codes_of_their_lists() -> None:
    assert set(contact.ATTENDED) <= {code.code for code in contact.ATTENDANCE}
    roles = {*contact.ASSESSMENT_TYPES, *contact.TREATMENT_TYPES, contact.FOLLOW_UP_TYPE}
    assert {*roles, contact.EMPLOYMENT_SUPPORT_TYPE} <= {code.code for code in contact.APPOINTMENT_TYPE}
    assert contact.UNPLANNED in contact.PLANNED


def test_age_groups_leave_no_age_out() -> None:
    groups = list(codes.get("Age Group (publication)"))
    ends = [(group.low, group.high) for group in groups]  # type: ignore[attr-defined]
    assert ends[0][0] == 0
    assert [high + 1 for _, high in ends[:-1]] == [low for low, _ in ends[1:]]
    assert ends[-1][1] is None


def test_every_score_of_the_list_is_an_instrument() -> None:
    assert {code.code for code in codes.get("CodedAssToolType")} == {
        one.snomed.code for one in instruments.all() if one.snomed
    }
