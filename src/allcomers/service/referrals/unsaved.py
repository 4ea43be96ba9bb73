"""What of a form that could not be saved says that somebody may not be safe (`governance.danger`)."""

from functools import partial

from django.http import QueryDict

from allcomers.service.governance.danger import Heard
from allcomers.service.governance.tokens import FormToken
from allcomers.service.look.words import LONGEST_WORDS
from allcomers.service.referrals import changing, wording
from allcomers.service.referrals.models import Referral


def more(token: FormToken, sent: QueryDict) -> Heard | None:
    """Somebody added to their referral that they do not feel safe: all of it is kept, as if the form had been taken."""
    referral = Referral.objects.filter(pk=token.row, withdrawn_at=None).first() if token.row else None
    unsafe = wording.most_worrying(sent.get("safe_now", ""))
    if referral is None or not unsafe:
        return None
    given = {"words": sent.get("words", "").replace("\0", "").strip()[:LONGEST_WORDS], "safe_now": unsafe}
    return Heard(partial(changing.write_more, referral=referral, given=given), whole=True)
