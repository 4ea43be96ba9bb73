"""What hangs on a person goes along when they are found to be somebody known, and comes back when that is undone.

Everything does, whichever app it is of, but for what `STAYS` names: a new kind of row is not left behind on a record
that nobody can open.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import IntegrityError
from django.db.models import ForeignObjectRel, Model
from simple_history.models import HistoricalChanges

from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.governance.records import Versioned
from allcomers.service.people import links
from allcomers.service.people.models import Person
from allcomers.service.referrals.models import Merge

STAYS = {
    "people.Allocation.person": "who is responsible is what the known record says",
    "people.PersonLink.person": "it asks for the facts that its holder gave; where it leads, `links.whose` knows",
    "governance.BreakGlass.person": "it was access to that record, and gives none to the known one",
    "referrals.Match.person": "it says who looked alike at that time",
    "referrals.Merge.from_person": "it says what was joined",
    "referrals.Merge.into_person": "it says what was joined",
}
HANGS_ON = {
    "questionnaires.Response.person": "request",
    "questionnaires.RiskAlert.person": "answer__response",
    "problems.Occasion.person": "request",
    "problems.Problem.person": "occasion",
}
"""What came since of a row that went along goes back with it: by which of its columns it is known."""

TWICE = (
    "Both records hold something of which a record has only one, such as what was said on one day. "
    "Accept them as a new person, and look at both records"
)
Moved = dict[str, list[str]]


class CannotJoinError(Exception):
    """Two records cannot be put together, and nothing was changed; the words say why, and what to do."""


def columns() -> Iterator[str]:
    """Every column that names a person, as `app.Model.column`."""
    for one in Person._meta.get_fields(include_hidden=True):
        if isinstance(one, ForeignObjectRel) and not issubclass(one.related_model, HistoricalChanges):
            yield f"{one.related_model._meta.label}.{one.field.name}"


@action
def take_along(*, by: audit.Actor, former: Person, known: Person) -> Moved:
    """Put everything that hangs on `former` to `known`: which rows it was.

    Again until nothing is left: what somebody was saving meanwhile on a row that moves is there once that row is ours.

    Raises
    ------
    CannotJoinError : something would be there twice.
    """
    moved: Moved = {}
    try:
        while found := {column: ids for column in _moving() if (ids := _move(column, former, known))}:
            for column, ids in found.items():
                moved[column] = moved.get(column, []) + ids
    except IntegrityError as error:
        raise CannotJoinError(TWICE) from error
    _record(by, "record.joined", former, known, moved)
    return moved


@action
def bring_back(*, by: audit.Actor, merge: Merge) -> Moved:
    """Put back what went along and is still there, and then what came of it since: which rows it was."""
    back, of = merge.from_person, links.who_is_now(merge.into_person) or merge.into_person
    went = {column: _move(column, of, back, pk__in=merge.moved.get(column, [])) for column in _moving()}
    for column, row in HANGS_ON.items():
        went[column] += _move(column, of, back, **{f"{row}__person": back})
    moved = {column: ids for column, ids in went.items() if ids}
    _record(by, "record.parted", back, of, moved)
    return moved


def _record(by: audit.Actor, event: str, one: Person, other: Person, moved: Moved) -> None:
    """Which kinds of rows it was is written down with how many, and never what they hold."""
    rows = ", ".join(f"{len(ids)} {column.split('.')[1]}" for column, ids in sorted(moved.items()))
    for person in (one, other):
        audit.record(event, by=by, person=person, of=person, rows=rows)


def _moving() -> list[str]:
    return [column for column in columns() if column not in STAYS]


def _move(column: str, of: Person, to: Person, **only: object) -> list[str]:
    model, _, name = column.rpartition(".")
    rows = apps.get_model(model)._base_manager.filter(**{name: of}, **only).select_for_update(of=("self",))
    return [str(_put(row, name, to).pk) for row in rows]


def _put(row: Model, name: str, to: Person) -> Model:
    setattr(row, name, to)
    if isinstance(row, Versioned):
        return row.save_version(row.version)
    row.save(update_fields=[name])
    return row
