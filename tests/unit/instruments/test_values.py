"""A site's own thresholds: used, named as local, and refused with every reason at once."""

from decimal import Decimal
from pathlib import Path

import pytest

from allcomers import instruments
from allcomers.exceptions import SeveralError, ValueFileError
from allcomers.instruments.model import Operator, Status
from allcomers.instruments.outcome import can_be_judged
from allcomers.instruments.values import load_values, with_values

GOOD = """
[BIQ.caseness]
value = 40
source = "Clinical lead, 3 March 2026"

[BIQ.reliable_change]
value = 9
operator = ">"
source = "Clinical lead, 3 March 2026"

[MI_alone.caseness]
value = 2.5
source = "Clinical lead, 3 March 2026"
"""


def test_a_sites_values_are_used_and_named_as_local(tmp_path: Path) -> None:
    path = tmp_path / "values.toml"
    path.write_text(GOOD)
    local = load_values(path)
    biq = local.get("BIQ")
    assert [instruments.at_caseness(biq, score).value for score in (39, 40)] == [False, True]
    assert instruments.change(biq, 20, 11).value is instruments.Change.UNCHANGED
    assert instruments.change(biq, 20, 10).value is instruments.Change.IMPROVED
    assert biq.caseness
    assert (biq.caseness.status, biq.caseness.source) == (Status.LOCAL, "Clinical lead, 3 March 2026")
    assert can_be_judged(biq)
    assert (
        local.get("MI_alone").caseness
        == with_values(
            {"MI_alone": {"caseness": {"value": Decimal("2.5"), "source": "Clinical lead, 3 March 2026"}}}, where="x"
        )
        .get("MI_alone")
        .caseness
    )


def test_the_national_values_never_change(tmp_path: Path) -> None:
    test_a_sites_values_are_used_and_named_as_local(tmp_path)
    assert not can_be_judged(instruments.get("BIQ"))


def test_json_is_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "values.json"
    path.write_text('{"MI_alone": {"caseness": {"value": 2.45, "operator": ">", "source": "us"}}}')
    found = load_values(path).get("MI_alone").caseness
    assert found
    assert (found.value, found.operator) == (Decimal("2.45"), Operator.ABOVE)


def test_reversed_items_let_an_instrument_be_scored() -> None:
    local = with_values({"BIQ": {"reversed_items": [2, 4]}}, where="values.toml")
    assert instruments.score(local.get("BIQ"), dict.fromkeys(range(1, 10), 8)).total == 56


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"PHQ8": {}}, "PHQ8: there is no such instrument. One of PHQ9"),
        ({"BIQ": 40}, "BIQ: this is no table of values"),
        ({"BIQ": {"cutoff": {}}}, "BIQ.cutoff: this is not something a site can set. Any of caseness"),
        ({"BIQ": {"caseness": 40}}, "BIQ.caseness: the entry is not complete"),
        ({"BIQ": {"caseness": {"value": 40}}}, "BIQ.caseness: the entry is not complete"),
        ({"BIQ": {"caseness": {"value": 40, "source": " "}}}, "the source is not a text"),
        ({"BIQ": {"caseness": {"value": 40, "source": "us", "op": ">"}}}, "holds more than it may"),
        ({"BIQ": {"caseness": {"value": 40, "source": "us", "operator": "<"}}}, "neither >= nor >"),
        ({"BIQ": {"caseness": {"value": "40", "source": "us"}}}, "not a number"),
        ({"BIQ": {"caseness": {"value": True, "source": "us"}}}, "not a number"),
        ({"BIQ": {"caseness": {"value": 73, "source": "us"}}}, "73 is not possible on this scale. From 0 to 72"),
        ({"BIQ": {"caseness": {"value": Decimal("40.5"), "source": "us"}}}, "not possible on this scale"),
        ({"BIQ": {"reliable_change": {"value": 0, "source": "us"}}}, "From 1 to 72 in steps of 1"),
        ({"MI_alone": {"caseness": {"value": Decimal("2.345"), "source": "us"}}}, "From 1.00 to 5.00 in steps of 0.01"),
        ({"BIQ": {"reversed_items": [10]}}, "From 1 to 9"),
        ({"BIQ": {"reversed_items": [True]}}, "not a list of the instrument's item numbers"),
    ],
)
def test_a_value_that_cannot_be_used_says_why(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueFileError) as caught:
        with_values(values, where="values.toml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("values.toml: ")


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(SeveralError) as caught:
        with_values({"PHQ8": {}, "BIQ": {"caseness": 1, "prompt": 2}}, where="values.toml")
    assert len(caught.value.errors) == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("values.toml", b"[BIQ"),
        ("values.json", b"{"),
        ("values.json", b"[]"),
        ("values.toml", b"\xff\xfe"),
    ],
)
def test_a_file_that_cannot_be_understood(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueFileError, match=name):
        load_values(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueFileError, match="the file cannot be read"):
        load_values(tmp_path / "values.toml")
