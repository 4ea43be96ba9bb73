"""The domain of each score concept, held against the accepted list and against boundaries written here by hand."""

import re

import pytest

from allcomers import codes
from allcomers.dataset.checking.identifiers import is_genuine
from allcomers.dataset.scores import score_domains

BY_KEY = {domain.key: domain for domain in score_domains()}


def test_every_accepted_concept_has_a_domain_and_no_other():
    accepted = {code.code for code in codes.get("CodedAssToolType").codes}
    assert {domain.code for domain in score_domains()} == accepted


@pytest.mark.parametrize(
    ("key", "accepted", "refused"),
    [
        ("PHQ9", ["0", "27"], ["28", "-1", "", "N"]),
        ("GAD7", ["0", "21"], ["22"]),
        ("PSWQ", ["16", "80"], ["15", "81"]),
        ("WSAS_Work", ["0", "8", "9"], ["10"]),
        ("WSAS_Relationships", ["8"], ["9"]),
        ("MI_alone", ["0.00", "5.00"], ["5.01"]),
        ("DDS", ["1", "6.0"], ["0.9", "17"]),
        ("IPCQ_q7", ["Y", "N"], ["NA", "1"]),
        ("PEQ_747951000000108", ["0", "4", "NA"], ["5", "Y"]),
    ],
)
def test_the_range_of_a_score(key, accepted, refused):
    assert all(BY_KEY[key].accepts(score) for score in accepted)
    assert not any(BY_KEY[key].accepts(score) for score in refused)


@pytest.mark.parametrize(
    ("key", "written", "wrong"),
    [
        ("PHQ9", ["5", "27", "99"], ["5.0", "100", "five", ""]),
        ("MI_alone", ["2.5", "2.85"], ["2", "2.855", "12.5"]),
        ("IBSSSS", ["500"], ["1000"]),
        ("PEQ_747881000000109", ["Y", "NA"], ["YES", "1"]),
        ("PEQ_747951000000108", ["4", "NA"], ["N", "44"]),
    ],
)
def test_how_a_score_is_written(key, written, wrong):
    assert all(re.fullmatch(BY_KEY[key].pattern, score) for score in written)
    assert not any(re.fullmatch(BY_KEY[key].pattern, score) for score in wrong)


@pytest.mark.parametrize("identifier", ["720433000", "83482000", "1098051000000103", " 304891004 |CBT| : 1 = 2"])
def test_snomed_identifiers_with_the_right_check_digit(identifier):
    assert is_genuine(identifier)


@pytest.mark.parametrize("identifier", ["720433001", "720343000", "12345", "F329", "", "1" * 19, "1098051000000000"])
def test_identifiers_with_a_wrong_check_digit(identifier):
    """Among them two digits exchanged, and a long number as a spreadsheet leaves it."""
    assert not is_genuine(identifier)


def test_every_snomed_code_of_our_lists_has_the_right_check_digit():
    numbers = {code.code for listed in codes.all() for code in listed.codes if re.fullmatch(r"[0-9]{6,18}", code.code)}
    assert len(numbers) > 50
    assert all(map(is_genuine, numbers))
