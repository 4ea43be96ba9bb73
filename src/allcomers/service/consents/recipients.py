"""To whom something may be given, as closed lists, and who is never given anything under whichever name.

A name can be written in a thousand ways, and no list knows them all. What holds is the kind, which has no “other”, and
that somebody reads to whom it goes before it goes; the names are there for what is typed in haste or in good faith.
"""

import re
import unicodedata
from collections.abc import Mapping

CARE: Mapping[str, str] = {
    "health": "a doctor, a hospital or another health team",
    "social": "a social worker or social care",
    "charity": "a charity or group that supports them",
    "carer": "a paid carer",
}
FAMILY: Mapping[str, str] = {
    "partner": "a partner",
    "relative": "somebody in the family",
    "friend": "a friend",
    "carer": "somebody unpaid who cares for them",
}
LEGAL: Mapping[str, str] = {
    "court": "a court, a tribunal or a coroner",
    "police": "the police",
    "emergency": "an emergency or crisis service",
    "safeguarding": "a safeguarding service or the local council",
}

TAKE_A_COPY = (
    "This is never given to an employer, an insurer, an employment adviser or an office that decides on benefits. "
    "If you want them to have it, take a copy of your record and give it to them yourself."
)

_NEVER = re.compile(
    r"""\b(
      dwp | department\ (for|of)\ work | dept\ (for|of)\ work | work\ (and\ )?pensions
    | job\ ?cent(re|er)\w* | (work|job|careers?|employment)\ (coach|advi[sc]\w*|specialist|support)
    | universal\ credit | benefits? | (pip|work\ capability|fitness\ for\ work)\ assess\w* | capita | maximus | serco
    | employers? | line\ manager | my\ (boss|manager|work|workplace) | hr | human\ resources | occupational\ health
    | insur(er|ers|ance)
    )\b""",
    re.VERBOSE,
)


def never_given_to(recipient: str) -> bool:
    """Whether a name is one of those who could use what somebody says here against them."""
    folded = unicodedata.normalize("NFKC", recipient).casefold()
    spoken = re.sub(r"[.'’]", "", folded)  # “D.W.P.” is one word
    return _NEVER.search(" ".join(re.findall(r"\w+", spoken))) is not None
