"""The words of the permission table: role × relationship × purpose, and who else may open a page.

Each app declares in its `access.py` an `Entry` for every URL name (`ENTRIES`) and the relationships that its own
facts give rise to (`RELATIONSHIPS`). `governance.table` collects them; `governance.decisions` alone reads them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, TextChoices

from allcomers.service.governance.viewers import Viewer

PersonIds = QuerySet[Any, Any]
"""A query of one column called `person`, the ids of people."""

if TYPE_CHECKING:
    from allcomers.service.people.models import Person


class Role(TextChoices):
    """What a member of staff is employed to do. One may hold several, each with dates."""

    PWP = "pwp", "psychological wellbeing practitioner"
    HIGH_INTENSITY = "high_intensity", "high-intensity therapist"
    COUNSELLOR = "counsellor", "counsellor"
    TRAINEE = "trainee", "trainee"
    SUPERVISOR = "supervisor", "supervisor"
    EMPLOYMENT_ADVISER = "employment_adviser", "employment adviser"
    ADMINISTRATOR = "administrator", "administrator"
    DUTY = "duty", "duty worker"
    CLINICAL_LEAD = "clinical_lead", "clinical lead"
    DATA_LEAD = "data_lead", "data lead"
    AUDITOR = "auditor", "auditor"
    SERVICE_ADMINISTRATOR = "service_administrator", "service administrator"
    COMMISSIONER = "commissioner", "commissioner"


TREATING = frozenset({Role.PWP, Role.HIGH_INTENSITY, Role.COUNSELLOR, Role.TRAINEE})
CLINICAL = TREATING | {Role.SUPERVISOR, Role.DUTY, Role.CLINICAL_LEAD}
STAFF = frozenset(Role)


class Purpose(TextChoices):
    """Why a record is opened: a closed list, without “other”."""

    DIRECT_CARE = "direct_care", "to care for you"
    EMPLOYMENT_HELP = "employment_help", "to help you with work, as you asked"
    SAFETY = "safety", "for somebody's safety"
    ADMINISTRATION = "administration", "to arrange your care"
    OVERSIGHT = "oversight", "to check that records are used properly"
    NATIONAL_RETURN = "national_return", "for the return that the law asks for"
    IMPROVEMENT = "improvement", "to make the service better"
    OWN_COPY = "own_copy", "your own copy"
    RUNNING = "running", "to run the service"


@dataclass(frozen=True)
class Relationship:
    """A legitimate relationship between a user and people, as facts with dates make it.

    Parameters
    ----------
    name : as the audit stores it.
    words : completes "This user …" for the person: "is your clinician".
    rule : the ids of the people to whom a viewer stands so, as a query of one column called `person`.
    everybody : whoever stands so to anybody stands so to everybody, so that lists need not look each person up.
    """

    name: str
    words: str
    rule: Callable[[Viewer], PersonIds]
    everybody: bool = False


NO_PERSON = "none"
"""The relationship of a page that is about nobody in particular."""
SELF = "self"
"""The relationship of a person to their own record."""
BREAK_GLASS = "break_glass"
UNRELATED = "unrelated"
"""Asks for no relationship, though the page is about a person: for the page that asks for access in an emergency."""
ALLOCATED, SUPERVISES, ON_DUTY, TEAM = "allocated", "supervises", "on_duty", "team"
CARING = frozenset({ALLOCATED, SUPERVISES, ON_DUTY, BREAK_GLASS})


@dataclass(frozen=True)
class Grant:
    """These roles, standing in one of these relationships, for this purpose."""

    roles: frozenset[Role]
    relationships: frozenset[str]
    purpose: Purpose


def grant(roles: Iterable[Role], relationships: str | Iterable[str], purpose: Purpose) -> Grant:
    named = {relationships} if isinstance(relationships, str) else set(relationships)
    return Grant(frozenset(roles), frozenset(named), purpose)


class Audience(TextChoices):
    PUBLIC = "public", "anyone"
    LINK = "link", "the person, by a link and a second fact"
    PERSON = "person", "the person, signed in"
    STAFF = "staff", "staff"
    SIGNED_IN = "signed_in", "whoever is signed in, about their own sign-in only"


@dataclass(frozen=True)
class Entry:
    """Who may open one URL, about whom, and how that is written down.

    Parameters
    ----------
    audience : who may come at all.
    grants : for staff, what is needed; the first that fits decides.
    reads : what opening it is called in the audit (`record.opened`); empty where nobody's data are shown.
    person : finds the person the page is about in the URL's parameters; None where there is none, and for PERSON and
        LINK pages, which are about whoever came. It returns None where nobody is found: the page is "not found".
    lists : whose people the view lists: those in a relationship that one of these grants gives a role of the viewer.
        It takes them from `request.access.visible_people()` and names those it shows with
        `request.access.shown(people)`; an answer without that is not sent.
    link : for LINK, the purpose a link must have been made for.
    rate : at most so many requests of one kind, `(30, 60)` is 30 in 60 seconds; None is no limit. Those of a LINK or
        PERSON page are counted by link or account, others by network address. What says danger has more room.
    rate_methods : the methods that count.
    rows : a relationship that comes of one row alone, such as a referral that waits, with what tells whether the row
        in the URL is one: another row of the same person then opens nothing.
    """

    audience: Audience
    grants: tuple[Grant, ...] = ()
    reads: str = ""
    person: "Callable[[Mapping[str, Any]], Person | None] | None" = None
    lists: tuple[Grant, ...] = ()
    link: str = ""
    rate: tuple[int, int] | None = None
    rate_methods: frozenset[str] = frozenset({"POST"})
    rows: tuple[tuple[str, "Callable[[Viewer, Mapping[str, Any]], bool]"], ...] = ()

    def __post_init__(self) -> None:
        if (self.audience == Audience.STAFF) != bool(self.grants):
            raise ValueError("grants are for STAFF, and STAFF needs them")
        if (self.person is not None or self.lists) and not self.reads:
            raise ValueError("a page that shows people says what opening it is called: reads=")
        if (self.audience == Audience.LINK) != bool(self.link):
            raise ValueError("a LINK page names the purpose of its link")
        needs_person = any(one.relationships != {NO_PERSON} for one in self.grants)
        if needs_person != (self.person is not None):
            raise ValueError("a page about a person grants by relationship, and any other by NO_PERSON")


def public(*, rate: tuple[int, int] | None = None, counts: Iterable[str] = ("POST",)) -> Entry:
    """A page for anyone, which shows nobody's data."""
    return Entry(Audience.PUBLIC, rate=rate, rate_methods=frozenset(counts))


def staff(roles: Iterable[Role], purpose: Purpose, *, lists: tuple[Grant, ...] = (), reads: str = "") -> Entry:
    """A page of the staff that is about nobody in particular, or lists people the viewer may see."""
    return Entry(Audience.STAFF, (grant(roles, NO_PERSON, purpose),), lists=lists, reads=reads)


def record(
    *grants: Grant,
    person: "Callable[[Mapping[str, Any]], Person | None]",
    reads: str,
    rows: "Mapping[str, Callable[[Viewer, Mapping[str, Any]], bool]] | None" = None,
) -> Entry:
    """A page of the staff about one person."""
    return Entry(Audience.STAFF, grants, person=person, reads=reads, rows=tuple((rows or {}).items()))


def own(reads: str = "", *, rate: tuple[int, int] | None = None) -> Entry:
    """A page of the signed-in person about themselves."""
    return Entry(Audience.PERSON, reads=reads, rate=rate)


def by_link(purpose: str, *, reads: str, rate: tuple[int, int] | None = (60, 60)) -> Entry:
    """A page of the person who came by a link of this purpose and gave the second fact."""
    return Entry(Audience.LINK, reads=reads, link=purpose, rate=rate)


@dataclass(frozen=True)
class Place:
    """A page in the staff's menu (`MENU` of an `access.py`) or in a record's (`RECORD_MENU`), by its URL's name.

    `waiting` is what the page lists for somebody to do, among the people whom the viewer may see in it.
    """

    name: str
    words: str
    order: int = 50
    waiting: Callable[[QuerySet[Any, Any]], QuerySet[Any, Any]] | None = None
