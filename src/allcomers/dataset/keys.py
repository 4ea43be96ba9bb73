"""Which columns tie records together: as submitted, or, where an extract left those out, the national ones."""

from allcomers.dataset.tables import BY_NAME
from allcomers.engine import Relation

INSTEAD = {
    "LocalPatientId": ("RecordNumber", "Person_ID"),
    "ServiceRequestId": ("Unique_ServiceRequestID", "PathwayID"),
    "CareContactId": ("Unique_CareContactID",),
    "CareActId": ("Unique_CareActivityID",),
    "CarePersLocalId": ("Unique_CarePersonnelID_Local",),
}
"""For each local identifier, the derived fields that name the same thing in an extract as returned."""


def choose(relations: dict[str, Relation]) -> dict[str, str]:
    """The column to use for each local identifier: the same in every table, so that records meet."""
    return {local: _chosen(local, instead, relations) for local, instead in INSTEAD.items()}


def _chosen(local: str, instead: tuple[str, ...], relations: dict[str, Relation]) -> str:
    using = [relation for name, relation in relations.items() if local in BY_NAME[name].by_name]
    for candidate in (local, *instead):
        if using and all(relation.has(candidate) for relation in using):
            return candidate
    return local
