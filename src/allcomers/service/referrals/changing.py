"""What the person does with a referral that was sent: writes more, gives other contacts or needs, cancels it.

Whatever they do, somebody of the staff looks at it again. Nothing of what was sent before is changed.
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.referrals import actions, arrival, wording
from allcomers.service.referrals.models import Addition, Referral

LINK_PURPOSE = "referral"
"""A link with this purpose is about one referral: its `about` is the referral's id."""
UNSAFE = "wrote later that they do not feel safe, or are not sure"


@action
def write_more(*, by: audit.Actor, referral: Referral, given: Mapping[str, Any], version: int) -> Referral:
    """The person wrote something more. One who does not feel safe is looked at today, whatever was decided."""
    addition = Addition.objects.create(referral=referral, kind=Addition.Kind.WORDS, said=dict(given))
    unsafe = given["safe_now"] in wording.NOT_SAFE
    if unsafe:
        referral.same_day = True
        referral.same_day_because = referral.same_day_because or UNSAFE
    _look_again(referral, UNSAFE if unsafe else "wrote more", version)
    audit.record("referral.added_to", by=by, person=referral.person_id, of=referral, same_day=unsafe)
    if unsafe:
        arrival.announce_unsafe(by, addition)
    return referral


@action
def change_contacts(*, by: audit.Actor, referral: Referral, given: Mapping[str, Any], version: int) -> Referral:
    """Other ways to be reached take the place of the former ones, which stay, struck through.

    That somebody else may see the telephone is kept beside them: once it was said, it holds.
    """
    actions.replace_contacts(by=by, referral=referral, given=given)
    if given.get("device_shared"):
        Addition.objects.create(referral=referral, kind=Addition.Kind.CONTACTS, said={"device_shared": True})
    return _look_again(referral, "gave other ways to be reached", version)


@action
def change_needs(*, by: audit.Actor, referral: Referral, given: Mapping[str, Any], version: int) -> Referral:
    Addition.objects.create(referral=referral, kind=Addition.Kind.NEEDS, said=dict(given))
    _look_again(referral, "said what would make it easier", version)
    audit.record("referral.needs_changed", by=by, person=referral.person_id, of=referral)
    return referral


@action
def cancel(*, by: audit.Actor, referral: Referral, words: str, version: int) -> Referral:
    """The person does not want it any more. It stays in the inbox until somebody of the staff has closed it.

    Raises
    ------
    ChangedMeanwhileError : it was changed since `version`, or somebody has decided already.
    """
    if referral.state != Referral.State.RECEIVED:
        raise ChangedMeanwhileError(Referral.objects.get(pk=referral.pk))
    referral.state, referral.cancelled_at, referral.cancelled_because = (
        Referral.State.CANCELLED,
        timezone.now(),
        words,
    )
    referral.save_version(version)
    audit.record("referral.cancelled", by=by, person=referral.person_id, of=referral, same_day=referral.same_day)
    return referral


@action
def reopen(*, by: audit.Actor, referral: Referral, words: str, version: int) -> Referral:
    """It is a new referral again, with the clock that it had: the person thought again, or never meant it."""
    if referral.state != Referral.State.CANCELLED or referral.closed:
        raise ChangedMeanwhileError(Referral.objects.get(pk=referral.pk))
    referral.state, referral.cancelled_at, referral.cancelled_because = Referral.State.RECEIVED, None, ""
    Addition.objects.create(referral=referral, kind=Addition.Kind.REOPENED, said={"because": words})
    referral.save_version(version)
    audit.record("referral.reopened", by=by, person=referral.person_id, of=referral)
    return referral


@action
def close_cancelled(*, by: audit.Actor, referral: Referral, words: str, version: int) -> Referral:
    """Somebody has looked at a referral that was cancelled, and says in words why nothing more is done."""
    if referral.state != Referral.State.CANCELLED or referral.closed:
        raise ChangedMeanwhileError(Referral.objects.get(pk=referral.pk))
    referral.decided_at, referral.decided_by_id, referral.decision_words = timezone.now(), by.user_id, words
    referral.look_again_at, referral.look_again_because = None, ""
    referral.save_version(version)
    audit.record("referral.closed", by=by, person=referral.person_id, of=referral)
    return referral


@action
def looked_again(*, by: audit.Actor, referral: Referral, version: int) -> Referral:
    """Somebody has seen what the person did since."""
    referral.look_again_at, referral.look_again_because = None, ""
    referral.save_version(version)
    audit.record("referral.looked_again", by=by, person=referral.person_id, of=referral)
    return referral


def _look_again(referral: Referral, because: str, version: int) -> Referral:
    """The oldest reason that nobody has looked at stays, but for one about safety."""
    if referral.look_again_at is None or because == UNSAFE:
        referral.look_again_because = because
    referral.look_again_at = referral.look_again_at or timezone.now()
    return referral.save_version(version)
