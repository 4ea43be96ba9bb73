"""The forms by which a person changes or cancels what they sent, and staff answer to it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from allcomers.service.governance.forms import RecordForm
from allcomers.service.look.words import words
from allcomers.service.referrals import protected, wording
from allcomers.service.referrals.forms import ContactForm, NeedsForm, one_of
from allcomers.service.referrals.models import Addition
from allcomers.service.referrals.steps import Line, fields_in_words

REOPEN, CLOSE = "reopen", "close"


class MoreForm(RecordForm):
    """Words, or how safe somebody feels, or both: somebody who does not feel safe need not find words for it."""

    name: ClassVar[str] = "more of a referral"
    words = words("What would you like to add?")
    safe_now = one_of("Do you feel safe at the moment?", wording.SAFE_NOW)

    def clean(self) -> None:
        if not any(self.cleaned_data.get(name) or name in self.errors for name in ("words", "safe_now")):
            self.add_error("words", "Write what you would like to add")

    @property
    def unsafe(self) -> str:
        """What was said of safety, where it worries; also where the rest of the form cannot be taken."""
        return wording.most_worrying(self.cleaned_data.get("safe_now", ""))


class ChangeContactForm(RecordForm, ContactForm):
    """Every way to be reached, from now on: what is left empty is used no more."""

    name: ClassVar[str] = "contacts of a referral"


class ChangeNeedsForm(RecordForm, NeedsForm):
    name: ClassVar[str] = "needs of a referral"


class CancelForm(RecordForm):
    name: ClassVar[str] = "cancelling a referral"
    because = words("Would you like to tell us why?", 1000, help_text="You need not say.")


class CancelledForm(RecordForm):
    """What the staff do with a referral that was cancelled."""

    name: ClassVar[str] = "cancelled referral"
    what = one_of(
        "What happens with it now?",
        ((CLOSE, "Close it: nothing more needs to be done"), (REOPEN, "Open it again, as a new referral")),
        required="Choose what happens with it",
    )
    because = words("Why, in words the person may read", required="Say why, in words the person may read")

    def answers(self) -> dict[str, Any]:
        return {"words": self.cleaned_data["because"], "version": self.version}


class LookedForm(RecordForm):
    """One button: I have seen it."""

    name: ClassVar[str] = "looked at again"


_FORMS: Mapping[str, type[RecordForm]] = {
    Addition.Kind.WORDS: MoreForm,
    Addition.Kind.NEEDS: ChangeNeedsForm,
    Addition.Kind.CONTACTS: ChangeContactForm,
}


def in_words(added: Addition) -> list[Line]:
    """What came after a referral was sent, as people read it."""
    if added.kind == Addition.Kind.REOPENED:
        return [Line("Why", added.said["because"], own_words=True)]
    return fields_in_words(_FORMS[added.kind].base_fields, added.said, _hidden(added))


def _hidden(added: Addition) -> frozenset[str]:
    return protected.hidden(added.referral) if added.kind == Addition.Kind.CONTACTS else frozenset()
