"""Slips in the official wording: each named, used, and offered as printed where its result differs."""

import pytest

from allcomers.measures import breakdowns, catalogue, defects


def test_every_slip_that_is_named_is_declared_and_the_other_way_round():
    named = {one.defect for one in (*catalogue.all(), *breakdowns.all())} - {""}
    assert named == set(defects.by_id())


@pytest.mark.parametrize("defect", [one for one in defects.DEFECTS if one.differs], ids=lambda one: one.id)
def test_a_form_as_printed_is_another_than_the_one_computed(defect):
    for id_, form in defect.measures.items():
        measure = catalogue.get(id_)
        assert measure.defect == defect.id
        assert defects.as_printed(measure).of == form != measure.of
    for variable, label in defect.categories:
        (category,) = [one for one in breakdowns.of(variable) if (one.b or one.a) == label]
        assert category.defect == defect.id
        assert defects.category_as_printed(category).where != category.where


@pytest.mark.parametrize("id_", ["M007", "M018", "M090", "M110", "M346"])
def test_a_list_without_brackets_is_named(id_):
    assert catalogue.get(id_).defect == "list-without-brackets"
    assert defects.as_printed(catalogue.get(id_)) is catalogue.get(id_)


def test_without_a_slip_nothing_changes():
    assert defects.as_printed(catalogue.get("M192")) is catalogue.get("M192")


def test_a_reading_of_our_own_is_never_marked_verified():
    touched = {id_ for one in defects.DEFECTS for id_ in one.measures}
    assert {catalogue.get(id_).status for id_ in touched} == {"reconstructed"}
