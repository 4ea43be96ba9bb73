"""Who says so. The worked contrast is methods (r): affiliated .90 (.05), independent .60 (.10)."""

import pytest

from allcomers.analyses import evidence


def test_worked_contrast():
    found = evidence.contrast(0.90, 0.05, 0.60, 0.10)
    assert found.difference == pytest.approx(0.30)
    assert found.standard_error == pytest.approx(0.1118, abs=5e-5)
    assert found.z == pytest.approx(2.6833, abs=5e-5)
    assert found.p_value == pytest.approx(0.0073, abs=5e-5)


def test_every_claim_says_what_is_known_of_it(records_of):
    answer = evidence.answer(records_of({}))
    assert answer.table.height == len(evidence.REGISTER)
    assert answer.table.null_count().sum_horizontal().item() == 0
    assert {*answer.table["registered"], *answer.table["checked"]} <= {"yes", "no", "not known"}
