"""What the person does with a referral that was sent: writes more, gives other contacts or needs, cancels it.

Whatever they do, somebody of the staff looks at it again. Nothing of what was sent before is changed; and nothing that
they say is refused because staff, or they themselves in another tab, did something with the referral meanwhile.
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from allcomers.service.governance import audit
from allcomers.service.governance.acting import action
from allcomers.service.governance.records import ChangedMeanwhileError
from allcomers.service.referrals import actions, safety, wording
from allcomers.service.referrals.models import Addition, Referral

LINK_PURPOSE = "referral"
"""A link with this purpose is about one referral: its `about` is the referral's id."""
UNSAFE = "wrote later that they do not feel safe, or are not sure"


@action
def write_more(*, by: audit.Actor, referral: Referral, given: Mapping[str, Any]) -> Referral:
    """The person wrote something more. One who does not feel safe is looked at today, whatever was decided."""
    referral = _locked(referral)
    Addition.objects.create(referral=referral, kind=Addition.Kind.WORDS, said=dict(given))
    unsafe = wording.most_worrying(given["safe_now"])
    if unsafe:
        referral.same_day = True
        referral.same_day_because = referral.same_day_because or UNSAFE
    _look_again(referral, UNSAFE if unsafe else "wrote more")
    audit.record("referral.added_to", by=by, person=referral.person_id, of=referral, same_day=bool(unsafe))
    if unsafe:
        safety.raise_alert(by, referral, said=unsafe, words=given["words"] or UNSAFE)
    return referral


@action
def change_contacts(*, by: audit.Actor, referral: Referral, given: Mapping[str, Any]) -> Referral:
    """Other ways to be reached take the place of the former ones, which stay, struck through.

    That somebody else may see the telephone is kept beside them: once it was said, it holds.
    """
    referral = _locked(referral)
    actions.replace_contacts(by=by, referral=referral, given=given)
    if given.get("device_shared"):
        Addition.objects.create(referral=referral, kind=Addition.Kind.CONTACTS, said={"device_shared": True})
    return _look_again(referral, "gave other ways to be reached")


@action
def change_needs(*, by: audit.Actor, referral: Referral, given: Mapping[str, Any]) -> Referral:
    referral = _locked(referral)
    Addition.objects.create(referral=referral, kind=Addition.Kind.NEEDS, said=dict(given))
    _look_again(referral, "said what would make it easier")
    audit.record("referral.needs_changed", by=by, person=referral.person_id, of=referral)
    return referral


@action
def cancel(*, by: audit.Actor, referral: Referral, words: str) -> Referral:
    """The person does not want it any more. It stays in the inbox until somebody of the staff has closed it.

    Raises
    ------
    ChangedMeanwhileError : somebody has decided already.
    """
    referral = _locked(referral)
    if referral.state != Referral.State.RECEIVED:
        raise ChangedMeanwhileError(referral)
    referral.state, referral.cancelled_at, referral.cancelled_because = (
        Referral.State.CANCELLED,
        timezone.now(),
        words,
    )
    referral.save_version(referral.version)
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


def _locked(referral: Referral) -> Referral:
    """The row as it is now. What the person says is added to it, and overwrites nothing: so no version is asked for."""
    return Referral.objects.select_for_update().get(pk=referral.pk)


def _look_again(referral: Referral, because: str) -> Referral:
    """The oldest reason that nobody has looked at stays, but for one about safety."""
    if referral.look_again_at is None or because == UNSAFE:
        referral.look_again_because = because
    referral.look_again_at = referral.look_again_at or timezone.now()
    return referral.save_version(referral.version)
