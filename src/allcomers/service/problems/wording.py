"""The words of the question, and what the numbers are and are not."""

from allcomers.service.problems.models import MOST, Rating

WORDS = "What troubles you most? In your own words"
HOW_MUCH = "How much has this troubled you in the last two weeks?"
WHAT_IT_IS = (
    f"Each number says how much something troubled somebody in the two weeks before, as they saw it: from 0 (not at "
    f"all) to {MOST} (as much as could be). This 0 to {MOST} scale is our own. It is no official score: it has no "
    "limit above which anybody is ill or below which anybody has recovered, and nobody has published how much of a "
    "change is more than chance."
)
WHAT_IT_IS_TO_YOU = (
    f"The number is yours. It says how much something troubled you in the two weeks before, from 0 (not at all) to "
    f"{MOST} (as much as could be). This 0 to {MOST} scale is our own. It is no official score. No number on it means "
    "that you are ill, or that you are well again, and nobody has worked out how much it has to change to mean "
    "something."
)
_ENDS = {0: "0, not at all", MOST: f"{MOST}, as much as could be"}
CHOICES = [(str(one), _ENDS.get(one, str(one))) for one in range(MOST + 1)]
CHOICES += [(one.value, str(one.label)) for one in (Rating.Said.DECLINED, Rating.Said.OVER)]
