"""Scores and anxiety measures as codes: both lists are the instruments', under the names that the data set uses."""

from allcomers.codes.model import Code, CodeList
from allcomers.codes.sources import MONTHLY, OUTPUT_SPECIFICATION, SCALE_RULES, SCORE_MAPPING
from allcomers.instruments import catalogue
from allcomers.instruments.model import Instrument, Scale


def _range(scale: Scale) -> str:
    return f"{scale.low} to {scale.high}, {scale.rule}" if scale.high else str(scale.rule)


def _ranges(instrument: Instrument) -> str:
    """The answers or scores that each version accepts, read from the instrument's own scales."""
    if len(instrument.items) == 1:
        return f"Accepts {instrument.items[0].expected}."
    newest, *older = instrument.scales
    before = "".join(f"; in version {', '.join(scale.versions)} {_range(scale)}" for scale in older)
    return f"Accepts {_range(newest)}{before}."


SCORE = CodeList(
    name="CodedAssToolType",
    fields=("IDS606.CodedAssToolType", "IDS607.CodedAssToolType"),
    versions=("2.1",),
    sources=(SCALE_RULES, SCORE_MAPPING),
    codes=tuple(
        Code(one.snomed.code, one.name, note=_ranges(one), status=one.snomed.status)
        for one in catalogue.INSTRUMENTS
        if one.snomed
    ),
)

ANXIETY_MEASURE = CodeList(
    name="ADSM",
    fields=("IDS101.ADSM",),
    versions=("2.1",),
    sources=(f"{OUTPUT_SPECIFICATION} I101D90", f"{MONTHLY} M204"),
    codes=tuple(
        Code(one.adsm, one.name, note=f"Score fields {' and '.join(one.fields or ())}.", status=one.adsm_status)
        for one in catalogue.INSTRUMENTS
        if one.adsm
    ),
)
