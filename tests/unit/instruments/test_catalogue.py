"""The declarations hold together, and say what the reference in ../shared says when it is there."""

import csv
import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from allcomers import instruments
from allcomers.exceptions import UnknownInstrumentError
from allcomers.instruments.model import Instrument, Rule, Status

REFERENCE = Path(__file__).parents[4] / "shared" / "spec" / "instruments.csv"
ALL = instruments.all()

every_instrument = pytest.mark.parametrize("instrument", ALL, ids=lambda one: one.key)
needs_reference = pytest.mark.skipif(not REFERENCE.exists(), reason="../shared/spec is not beside this repository")


def reference() -> dict[str, dict[str, str]]:
    with REFERENCE.open(encoding="utf-8", newline="") as lines:
        return {row["key"]: row for row in csv.DictReader(lines)}


@every_instrument
def test_the_items_reach_both_ends_of_the_scale(instrument: Instrument) -> None:
    "The range of the total follows from the items: a slip in either shows here."
    for scale in instrument.scales:
        lowest = [item.low for item in instrument.items]
        highest = [item.high for item in instrument.items]
        if scale.rule is Rule.MEAN:
            assert {Decimal(low) for low in lowest} == {scale.low}
            assert {Decimal(high) for high in highest} == {scale.high}
        else:
            assert (sum(lowest), sum(highest)) == (scale.low, scale.high)


@every_instrument
def test_bands_follow_one_another_up_to_the_greatest_score(instrument: Instrument) -> None:
    bands = instrument.bands.bands if instrument.bands else ()
    assert all(lower.high + 1 == upper.low for lower, upper in pairwise(bands))
    assert not bands or bands[-1].high == instrument.scale().high


@every_instrument
def test_wording_is_here_only_if_its_licence_was_read_and_allows_it(instrument: Instrument) -> None:
    worded = any(item.text for item in (*instrument.items, *instrument.further_items))
    assert worded == instrument.licence.reproduced
    assert not worded or instrument.licence.status is Status.VERIFIED


@every_instrument
def test_every_threshold_is_on_the_scale_and_names_a_source(instrument: Instrument) -> None:
    scale = instrument.scale()
    for name, threshold in instrument.thresholds.items():
        low, high = (0, scale.high - scale.low) if name == "reliable_change" else (scale.low, scale.high)
        assert threshold.source
        assert threshold.value is None or low < threshold.value <= high


def test_options_cover_the_range_of_the_items() -> None:
    for instrument in ALL:
        offered = [option.value for option in instrument.options]
        assert all(offered == list(range(item.low, item.high + 1)) for item in instrument.items if offered)


def test_codes_tokens_and_keys_name_one_instrument_each() -> None:
    for names in (
        [one.key for one in ALL],
        [one.snomed.code for one in ALL if one.snomed],
        [one.adsm for one in ALL if one.adsm],
        [field for one in ALL for field in one.fields or ()],
    ):
        assert len(names) == len(set(names))


def test_an_instrument_is_found_by_key_code_and_token() -> None:
    phq15 = instruments.get("PHQ15")
    assert instruments.by_snomed("1065441000000103") is phq15
    assert instruments.by_adsm("MUS") is phq15


@pytest.mark.parametrize("find", [instruments.get, instruments.by_snomed, instruments.by_adsm])
def test_an_unknown_name_lists_the_known_ones(find: object) -> None:
    with pytest.raises(UnknownInstrumentError, match="known: "):
        find("PHQ8")  # type: ignore[operator]


@needs_reference
def test_every_row_of_the_reference_is_declared_and_no_other() -> None:
    assert [one.key for one in ALL] == list(reference())


@needs_reference
@every_instrument
def test_facts_agree_with_the_reference(instrument: Instrument) -> None:
    row = reference()[instrument.key]
    assert (instrument.name, instrument.construct) == (row["name"], row["construct"])
    assert len(instrument.items) == int(re.match(r"\d+", row["items"])[0])  # type: ignore[index]
    assert (instrument.snomed.code if instrument.snomed else "") == row["snomed_ct"]
    assert (instrument.loinc.code if instrument.loinc else "") == row["loinc"]
    assert instrument.loinc is None or instrument.loinc.status == row["loinc_status"]
    assert instrument.licence.status == row["copyright_status"]
    if row["adsm_token"]:
        assert instrument.adsm == row["adsm_token"].split(" ")[0]
    assert "; ".join(instrument.fields or ("none",)) in row["pathway_fields"] or not row["pathway_fields"]
    assert row["problem_descriptors"] == instrument.problems
    assert ("item" in row["range_status"]) <= (instrument.items_status is Status.UNVERIFIED)


@needs_reference
@every_instrument
def test_ranges_agree_with_the_reference(instrument: Instrument) -> None:
    low, high = _range(reference()[instrument.key]["total_range"])
    if (low, high) != (None, None):
        assert (instrument.scale().low, instrument.scale().high) == (low, high)


@needs_reference
@every_instrument
def test_thresholds_and_their_statuses_agree_with_the_reference(instrument: Instrument) -> None:
    row = reference()[instrument.key]
    cut_off = instrument.caseness or instrument.prompt
    change = instrument.reliable_change
    assert _value_and_status(cut_off) == _stated(row["caseness_threshold"], row["caseness_status"])
    assert _value_and_status(change) == _stated(row["reliable_change_points"], row["reliable_change_status"])
    if cut_off:
        assert cut_off.operator == row["caseness_operator"]


@needs_reference
@every_instrument
def test_bands_agree_with_the_reference(instrument: Instrument) -> None:
    stated = reference()[instrument.key]["severity_bands"]
    bands = instrument.bands.bands if instrument.bands else ()
    assert stated == "; ".join(f"{band.low}-{band.high} {band.label}" for band in bands)


def _range(words: str) -> tuple[Decimal | None, Decimal | None]:
    found = re.match(r"([\d.]+)-([\d.]+)", words)
    return (Decimal(found[1]), Decimal(found[2])) if found else (None, None)


def _value_and_status(threshold: object) -> tuple[Decimal | None, str] | None:
    if threshold is None:
        return None
    value = threshold.value  # type: ignore[attr-defined]
    status = threshold.status  # type: ignore[attr-defined]
    return (None if value is None else Decimal(value), str(status))


def _stated(value: str, status: str) -> tuple[Decimal | None, str] | None:
    """The reference leaves a cell empty where there is no value, and says `not found (candidate ...)` in its place."""
    if value.startswith("not found"):
        return None, "not found"
    if not value:
        return None
    return Decimal(value.split(" ")[0]), "unverified" if status == "unverified" else "verified"
