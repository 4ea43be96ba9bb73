"""Names for the arrays that the generator passes about: one value a pathway, contact or person, in row order."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bytes: TypeAlias = NDArray[np.uint8]
Flags: TypeAlias = NDArray[np.bool_]


def ragged(counts: Ints) -> tuple[Ints, Ints]:
    """Owner and position of every element, when element counts differ by owner.

    Returns
    -------
    owner, position : for counts (2, 0, 1) these are (0, 0, 2) and (0, 1, 0).
    """
    owner = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - starts[owner]
