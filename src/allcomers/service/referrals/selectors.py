"""Reading referrals: those being filled in by whoever has their key, and the inbox by what the viewer may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, QuerySet
from django.utils import timezone

from allcomers.service.accounts.models import Team
from allcomers.service.governance.permissions import PersonIds
from allcomers.service.governance.viewers import Viewer
from allcomers.service.people.models import Person, PersonLink
from allcomers.service.referrals import clocks
from allcomers.service.referrals.models import UNDO_DAYS, Addition, Contact, Match, Merge, Referral, StartedReferral
from allcomers.service.rota import selectors as rota

MEASURED_DAYS = 28


def started_with_id(number: str | None, source: str) -> StartedReferral | None:
    """The referral that a session is filling in, unless its time is over or it was sent."""
    if not number:
        return None
    waiting = StartedReferral.objects.filter(source=source, expires_at__gt=timezone.now(), referral=None)
    return waiting.filter(pk=number).first()


def sent_with_id(number: str | None) -> Referral | None:
    return Referral.objects.filter(pk=number).first() if number else None


def handled_by(viewer: Viewer) -> PersonIds:
    """The ids of people whose referral awaits somebody, or was decided in the last day, or by the viewer in thirty.

    The day is for whoever was deciding at the same time: they are shown that somebody else did.
    """
    return _handled_by(viewer).values("person")


def handled_with_id(viewer: Viewer, referral_id: UUID) -> bool:
    """Whether this referral is one of them: another of the same person opens nothing here."""
    return _handled_by(viewer).filter(pk=referral_id).exists()


def _handled_by(viewer: Viewer) -> QuerySet[Referral]:
    waiting = awaits_somebody()
    just_now = Q(decided_at__gt=viewer.moment(ago=timedelta(days=1)))
    by_them = Q(decided_by=viewer.user(), decided_at__gt=viewer.moment(ago=timedelta(days=UNDO_DAYS)))
    return Referral.objects.filter(waiting | just_now | by_them, withdrawn_at=None)


def person_of(referral_id: UUID) -> Person | None:
    """For the permission table alone, which decides before anything is shown."""
    found = Referral.objects.filter(pk=referral_id, withdrawn_at=None).select_related("person").first()
    return None if found is None else found.person


def referral_of(person: Person, referral_id: UUID) -> Referral:
    """A referral of a person.

    Raises
    ------
    Referral.DoesNotExist : it is somebody else's.
    """
    return Referral.objects.select_related("person", "first_looked_by", "decided_by").get(pk=referral_id, person=person)


def referral_of_link(person: Person, link_id: UUID) -> Referral | None:
    """The referral that a link of this person is about."""
    about = PersonLink.objects.get(pk=link_id).about
    found = Referral.objects.filter(person=person, withdrawn_at=None).order_by("-received_at")
    return (found.filter(pk=about) if about else found).first()


def found_to_be(person: Person) -> Person | None:
    """Whom a person was found to be, unless that was undone."""
    merge = Merge.objects.filter(from_person=person, withdrawn_at=None).select_related("into_person").first()
    return None if merge is None else merge.into_person


def contacts_masked(referral: Referral) -> list[tuple[str, str]]:
    """The ways to reach somebody, with the end of each alone: enough to know it again, not to learn it."""
    held = _contacts_shown(referral).filter(withdrawn_at=None).order_by("channel")
    return [(one.get_channel_display(), f"ends in {one.value[-3:]}") for one in held]


def contacts_of(referral: Referral) -> list[Contact]:
    """Every way to reach somebody, those that hold first; former ones are struck through."""
    return sorted(_contacts_shown(referral), key=lambda one: (one.withdrawn, one.channel))


def _contacts_shown(referral: Referral) -> QuerySet[Contact]:
    """Without the postal address while it is protected."""
    hidden = [Contact.Channel.POST] if referral.hides_address else []
    return referral.contacts.exclude(channel__in=hidden)


def needs_of(referral: Referral) -> dict[str, Any]:
    """What would make it easier, as it was said last."""
    later = referral.additions.filter(kind=Addition.Kind.NEEDS, withdrawn_at=None).order_by("-entered_at").first()
    return dict(later.said if later is not None else referral.answers.get("needs", {}))


def additions_of(referral: Referral) -> list[Addition]:
    """What came after the referral was sent, the latest first."""
    return list(referral.additions.order_by("-entered_at", "pk"))


def referrals_of(person: Person) -> QuerySet[Referral]:
    return Referral.objects.filter(person=person).order_by("-received_at")


def awaits_somebody() -> Q:
    """Referrals for the inbox: new ones, those that were cancelled and not closed, and those to look at again."""
    undecided = Q(state__in=[Referral.State.RECEIVED, Referral.State.CANCELLED], decided_at=None)
    return undecided | Q(look_again_at__isnull=False)


def inbox(visible: QuerySet[Person]) -> QuerySet[Referral]:
    """What waits for somebody: those to be looked at today first, and then the oldest."""
    waiting = Referral.objects.filter(awaits_somebody(), person__in=visible.values("pk"), withdrawn_at=None)
    return waiting.select_related("person").annotate(alike=Count("matches")).order_by("-same_day", "received_at", "pk")


def first_look(now: datetime) -> clocks.FirstLook:
    """Hours to the first look, of all referrals of the last 28 days: counts of everybody, about nobody."""
    since = now - timedelta(days=MEASURED_DAYS)
    received = Referral.objects.filter(received_at__gte=since, withdrawn_at=None)
    found = received.aggregate(
        every=Count("pk"), looked_at=Count("first_looked_at"), oldest=Min("received_at", filter=Q(first_looked_at=None))
    )
    return clocks.FirstLook(
        received=found["every"],
        not_looked_at=found["every"] - found["looked_at"],
        median_hours=_median_hours(received, found["every"], found["looked_at"]),
        longest_waiting_hours=None if found["oldest"] is None else clocks.hours_between(found["oldest"], now),
    )


def _median_hours(received: QuerySet[Referral], every: int, looked_at: int) -> float | None:
    """The middle of all waits, the longest of which are those not over yet; None where it is one of these."""
    lower, upper = (every - 1) // 2, every // 2
    if upper >= looked_at:
        return None
    wait = ExpressionWrapper(F("first_looked_at") - F("received_at"), output_field=DurationField())
    waits = received.exclude(first_looked_at=None).annotate(wait=wait).order_by("wait").values_list("wait", flat=True)
    middle = list(waits[lower : upper + 1])
    seconds: float = sum(one.total_seconds() for one in middle)
    return seconds / len(middle) / 3600


def undoable_merge(referral: Referral) -> Merge | None:
    """The merge that can still be undone; None where there is none, or its thirty days are over."""
    merge = Merge.objects.filter(referral=referral, withdrawn_at=None).order_by("-merged_at").first()
    return merge if merge is not None and merge.can_be_undone(timezone.now()) else None


def matches_of(referral: Referral) -> list[Match]:
    """Those who may be the same person, the likeliest first, without records that were struck through since."""
    found = Match.objects.filter(referral=referral, person__withdrawn_at=None).exclude(person=referral.person_id)
    return list(found.select_related("person").order_by("-score", "pk"))


def teams() -> QuerySet[Team]:
    """The teams that somebody may be accepted into today."""
    return rota.open_teams(timezone.localdate())


def area_of(postcode: str) -> str:
    """Whether a postcode lies in the service's area: by the outward code, or its letters alone."""
    ours = settings.ALLCOMERS.area_postcodes
    if not postcode:
        return Referral.Area.UNKNOWN
    outward = postcode.split()[0]
    letters = outward[: 1 + outward[1].isalpha()]
    inside = not ours or outward in ours or letters in ours
    return Referral.Area.INSIDE if inside else Referral.Area.OUTSIDE


def another_service(given: Mapping[str, Any]) -> list[str]:
    """Why another service may be the right one, from a date of birth and a postcode: `age`, `area`, both or neither."""
    age = Person(date_of_birth=date.fromisoformat(given["date_of_birth"])).age()
    too_young = ["age"] if age < settings.ALLCOMERS.minimum_age else []
    return too_young + (["area"] if area_of(given["postcode"]) == Referral.Area.OUTSIDE else [])
