"""Deprivation tenths read by their words, because tables number them in opposite directions.

The annual table prints "01 Least deprived … 10 Most deprived"; the record-level field and other tables have decile 1 as
the most deprived. A label is placed by what it says, never by its number alone.
"""

import re
from collections.abc import Collection

DEPRIVATION = "Indices of Deprivation Decile"
TENTHS = 10
_LABEL = re.compile(r"^\s*0*(\d+)\b.*?\b(least|less|more|most)\b", re.IGNORECASE)


def places_by_deprivation(labels: Collection[str]) -> dict[str, int]:
    """Each label's place from 1, the least deprived tenth, to 10, the most deprived.

    Returns
    -------
    Places of the labels that carry a number and a word. Empty when the words do not tell the direction, or contradict
    each other. Labels such as "Not stated" have no place.
    """
    found = {label: (int(match[1]), match[2].lower()) for label in labels if (match := _LABEL.match(label))}
    less = [number for number, word in found.values() if word in ("least", "less")]
    more = [number for number, word in found.values() if word in ("more", "most")]
    if not less or not more:
        return {}
    if max(less) < min(more):
        return {label: number for label, (number, _) in found.items()}
    if max(more) < min(less):
        return {label: TENTHS + 1 - number for label, (number, _) in found.items()}
    return {}
