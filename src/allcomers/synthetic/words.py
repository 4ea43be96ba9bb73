"""What life is like and what people say, in sentences from templates: an extra, no part of the national data set.

Nobody said these things. They are for testing how text is stored, searched, shown and kept apart, not for research.
"""

from functools import cache
from itertools import product

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from allcomers.synthetic.arrays import Flags, Ints
from allcomers.synthetic.columns import MISSING, coded
from allcomers.synthetic.pathways import Pathways

_PROBLEMS = (
    "rent arrears and a notice to leave",
    "damp in the flat that the landlord will not mend",
    "debts that grow faster than the pay",
    "hours at work that change every week",
    "a manager who shouts",
    "losing a job after a long time",
    "looking after a parent who is ill",
    "a child who is refused at school",
    "a partner who has left",
    "arguments at home most evenings",
    "pain that no one can explain",
    "waiting for an operation",
    "a benefit claim that was turned down",
    "being new in town and knowing nobody",
    "a death in the family in spring",
    "exams that I may not pass",
    "a baby who does not sleep",
    "an old injury from the service",
)
_SINCE = ("since last winter", "for about a year", "for as long as I can remember", "since the move", "on and off")
_HELPED = (
    "Being listened to helped more than the worksheets.",
    "The first call was quick, then nothing for weeks.",
    "I could not make the times that I was offered.",
    "I would have liked more sessions.",
    "I sleep better and I go out again.",
    "Nothing has changed at home, but I cope with it.",
    "It felt like being asked the same questions again and again.",
    "She remembered what I had said the week before.",
    "Online was easier than going into town.",
    "I stopped because I started a new job.",
)

STATED_SHARE, SAID_SHARE = 0.35, 0.15


@cache
def _life_problems() -> list[str]:
    return [f"{problem.capitalize()}, {since}." for problem, since in product(_PROBLEMS, _SINCE)]


def words_table(rng: Generator, pathways: Pathways, referral_ids: pa.Array, seen: Flags) -> pa.Table:
    """One row a pathway on which something was written down: life problems at assessment, a comment afterwards."""
    rows = len(pathways)
    stated = seen & (rng.random(rows) < STATED_SHARE)
    said = seen & (rng.random(rows) < SAID_SHARE)
    where = np.flatnonzero(stated | said)
    problem = _pick(rng, len(where), len(_life_problems()), stated[where])
    comment = _pick(rng, len(where), len(_HELPED), said[where])
    return pa.table(
        {
            "ServiceRequestId": referral_ids.take(pa.array(where)),
            "life_problems": coded(problem, _life_problems()),
            "own_words": coded(comment, _HELPED),
        }
    )


def _pick(rng: Generator, rows: int, choices: int, wanted: Flags) -> Ints:
    return np.where(wanted, rng.integers(0, choices, rows), MISSING)
