"""Penn State Worry Questionnaire: collected, and no longer an outcome measure."""

from allcomers.instruments.model import Concept, Descriptor, Instrument, Licence, Rule, Scale, Status, numbered_items
from allcomers.instruments.sources import NATIONAL, RECALLED, recalled

PSWQ = Instrument(
    key="PSWQ",
    name="Penn State Worry Questionnaire",
    construct="worry",
    items=numbered_items(16, low=1, high=5),
    items_status=Status.UNVERIFIED,
    reversed_items=(1, 3, 8, 10, 11),
    reversed_status=Status.UNVERIFIED,
    scales=(Scale(Rule.SUM, 16, 80),),
    national_use="collected, first and last kept; not an outcome token in v2.1 (older guidance allowed it for GAD)",
    problems="generalised anxiety disorder (F41.1)",
    descriptors=(Descriptor("F411"),),
    caseness=recalled(45, note="Legacy."),
    snomed=Concept("446517006"),
    fields=("PSWQ_FirstScore", "PSWQ_LastScore"),
    licence=Licence("Meyer and colleagues; terms not found", Status.UNVERIFIED),
    sources=(*NATIONAL, f"threshold and the numbers of the five reversed items {RECALLED}"),
)
