"""Who may be the same person: points and reasons worked by hand from the table of `matching.REASONS`."""

from datetime import date
from typing import Any

import pytest

from allcomers.service.referrals.matching import Facts, best, plain_name, plain_phone, score

KNOWN = Facts(
    given_name="Siân",
    family_name="O’Brien",
    date_of_birth=date(1985, 3, 27),
    nhs_number="9990000018",
    postcode="ZZ99 3VZ",
    phones=frozenset({"07700900982"}),
    emails=frozenset({"sian@example.org"}),
)
NOBODY: dict[str, Any] = {"nhs_number": "", "postcode": "", "phones": frozenset(), "emails": frozenset()}
OTHER: dict[str, Any] = {"given_name": "Tomasz", "family_name": "Nowak", "date_of_birth": date(1979, 11, 30), **NOBODY}


@pytest.mark.parametrize(
    ("given", "points", "reasons"),
    [
        ({}, 0, []),
        ({"nhs_number": "9990000018"}, 60, ["same NHS number"]),
        ({"given_name": "sian", "family_name": "OBRIEN"}, 0, []),
        (
            {"given_name": "sian", "family_name": "OBRIEN", "date_of_birth": date(1985, 3, 27)},
            50,
            ["same name and date of birth"],
        ),
        (
            {"family_name": "o'brien", "date_of_birth": date(1985, 3, 27)},
            25,
            ["same family name and date of birth"],
        ),
        ({"date_of_birth": date(1985, 3, 27)}, 0, []),
        ({"phones": frozenset({"07700900982"})}, 20, ["same telephone number"]),
        ({"emails": frozenset({"sian@example.org"})}, 20, ["same e-mail address"]),
        ({"postcode": "ZZ99 3VZ"}, 10, ["same postcode"]),
        (
            {"postcode": "ZZ99 3VZ", "emails": frozenset({"sian@example.org"})},
            30,
            ["same e-mail address", "same postcode"],
        ),
        ({"nhs_number": "9990000026"}, 0, ["another NHS number"]),
    ],
)
def test_points_and_reasons(given: dict[str, Any], points: int, reasons: list[str]) -> None:
    assert score(Facts(**{**OTHER, **given}), KNOWN) == (points, reasons)


def test_all_facts_together() -> None:
    """60 + 50 + 20 + 20 + 10."""
    assert score(KNOWN, KNOWN)[0] == 160


def test_the_likeliest_is_first_and_a_neighbour_is_not_shown() -> None:
    same_house = Facts(**{**OTHER, "postcode": "ZZ99 3VZ"})
    same_phone = Facts(**{**OTHER, "phones": KNOWN.phones})
    found = best(KNOWN, [("house", same_house), ("phone", same_phone), ("self", KNOWN)])
    assert [whom for whom, _, _ in found] == ["self", "phone"]


@pytest.mark.parametrize(
    "number", ["07700 900982", "+44 7700 900982", "0044 7700 900 982", "+44 (0)7700 900982", "07700-900-982"]
)
def test_ways_to_write_a_telephone_number(number: str) -> None:
    assert plain_phone(number) == "07700900982"


@pytest.mark.parametrize(
    ("name", "plain"), [("Siân", "sian"), ("José María", "josemaria"), ("מרים", "מרים"), ("🙂", "")]
)
def test_ways_to_write_a_name(name: str, plain: str) -> None:
    assert plain_name(name) == plain
