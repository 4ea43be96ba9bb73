"""Questionnaires and their responses as FHIR R4 resources, out and in."""

from allcomers.instruments.fhir.export import questionnaire, response
from allcomers.instruments.fhir.reading import Fault, FaultKind, ScoredResponse, each_value_kept, read_response

__all__ = ["Fault", "FaultKind", "ScoredResponse", "each_value_kept", "questionnaire", "read_response", "response"]
