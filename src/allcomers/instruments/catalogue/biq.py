"""Body Image Questionnaire, weekly. Caseness, reliable change and the reversed items were not found."""

from allcomers.instruments.model import Concept, Descriptor, Instrument, Licence, Rule, Scale, Status, numbered_items
from allcomers.instruments.sources import NATIONAL_OUTCOME, not_found

BIQ = Instrument(
    key="BIQ",
    name="Body Image Questionnaire, weekly",
    construct="body dysmorphic symptoms",
    items=numbered_items(9, high=8),
    items_status=Status.UNVERIFIED,
    scales=(Scale(Rule.SUM, 0, 72),),
    scoring_gap="two items are scored in reverse in the published form, and which two was not found",
    national_use="specific measure for body dysmorphic disorder since April 2022",
    problems="body dysmorphic disorder (SNOMED CT 83482000)",
    caseness=not_found("Candidate: 40."),
    reliable_change=not_found(),
    adsm="BIQ",
    descriptors=(Descriptor("83482000", prefix=False),),
    snomed=Concept("1128221000000100"),
    fields=("BIQ_FirstScore", "BIQ_LastScore"),
    licence=Licence("Veale; terms not found", Status.UNVERIFIED),
    sources=NATIONAL_OUTCOME,
)
