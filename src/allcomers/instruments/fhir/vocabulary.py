"""The names that the export writes and the import reads."""

from allcomers.instruments.model import Instrument

LOINC = "http://loinc.org"
SNOMED_CT = "http://snomed.info/sct"
ORDINAL_VALUE = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
MIN_VALUE = "http://hl7.org/fhir/StructureDefinition/minValue"
MAX_VALUE = "http://hl7.org/fhir/StructureDefinition/maxValue"
DECLINED = {
    "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
    "valueCode": "asked-declined",
}
"""The extension of a question that the person would rather not answer."""
TOTAL = "total"

_CANONICAL = "urn:allcomers:questionnaire:"
_ANSWERS = "urn:allcomers:answers:"


def canonical(instrument: Instrument) -> str:
    """The address by which a response names its questionnaire."""
    return _CANONICAL + instrument.key


def key_of(canonical_address: str) -> str | None:
    """The instrument's key in an address of ours; None in anyone else's."""
    address = canonical_address.partition("|")[0]
    return address.removeprefix(_CANONICAL) if address.startswith(_CANONICAL) else None


def answers_of(instrument: Instrument) -> str:
    """The code system of an instrument's answers where LOINC has none."""
    return _ANSWERS + instrument.key
