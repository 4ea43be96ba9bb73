"""Finding people by name: what the database reads to do so."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from allcomers.service.governance import audit
from allcomers.service.people import actions
from allcomers.service.people.models import Person
from allcomers.service.people.selectors import find

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such index")
def test_the_beginning_of_a_name_is_looked_up_and_not_looked_for(cast: Any) -> None:
    """The indexes are of the very expression that Django asks for."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")  # there are few people here
        plan = find(Person.objects.all(), "canary").explain()
    for name in ("given_name", "family_name", "preferred_name"):
        assert f"person_begins_{name}" in plan


def test_names_are_found_by_how_they_begin(cast: Any) -> None:
    people = Person.objects.all()
    assert list(find(people, "CANARY pat")) == [cast.patient]
    assert list(find(people, "bird")) == []
    assert list(find(people, "%")) == []


@pytest.mark.parametrize("words", ["ólafs", "ÓLAFS", "Ólafsdóttir élodie", "ÉLO", "ólafsdóttir (frá"])
def test_capitals_do_not_count_in_any_alphabet(cast: Any, words: str) -> None:
    known = actions.add_person(
        by=audit.SYSTEM,
        given_name="Élodie",
        family_name="Ólafsdóttir",
        preferred_name="(frá",
        date_of_birth=date(1990, 1, 1),
    )
    assert list(find(Person.objects.all(), words)) == [known]
