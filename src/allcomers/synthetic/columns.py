"""Arrow columns from arrays of numbers: identifiers, codes and dates, without a Python object a row."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from allcomers.synthetic.arrays import Bytes, Flags, Ints

MISSING = -1
"""A code index or a day that stands for nothing recorded."""


_FOUR_DIGITS = 4


@cache
def _groups_of_four() -> NDArray[np.uint32]:
    """The numbers 0 to 9999, each as the four bytes of its ASCII digits."""
    numbers = np.arange(10**_FOUR_DIGITS)[:, None]
    digits = numbers // 10 ** np.arange(_FOUR_DIGITS - 1, -1, -1) % 10 + ord("0")
    return digits.astype(np.uint8).view(np.uint32).ravel()


def identifiers(prefix: str, numbers: Ints, digits: int, counts: Ints | None = None) -> pa.Array:
    """`prefix` followed by the number with leading zeros; each `counts` times over."""
    letters = np.empty((len(numbers), len(prefix) + digits), dtype=np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    letters[:, len(prefix) :] = decimal_digits(numbers, digits)
    return texts(letters if counts is None else np.repeat(letters, counts, axis=0))


def decimal_digits(numbers: Ints, digits: int) -> Bytes:
    """Each number as ASCII digits: rows by `digits`."""
    groups = -(-digits // _FOUR_DIGITS)
    packed = np.empty((len(numbers), groups), dtype=np.uint32)
    left = numbers.astype(np.int64)
    for group in range(groups - 1, -1, -1):
        above = left // 10**_FOUR_DIGITS
        packed[:, group] = _groups_of_four()[left - above * 10**_FOUR_DIGITS]
        left = above
    return packed.view(np.uint8)[:, groups * _FOUR_DIGITS - digits :]


def texts(letters: Bytes, missing: Flags | None = None) -> pa.Array:
    """Text of one width from ASCII letters, rows by width."""
    rows, width = letters.shape
    ends = pa.py_buffer(np.arange(rows + 1, dtype=np.int32) * width)
    whole = pa.StringArray.from_buffers(rows, ends, pa.py_buffer(np.ascontiguousarray(letters).reshape(-1)))
    return whole if missing is None else pa.compute.if_else(pa.array(missing), pa.scalar(None, pa.string()), whole)


def coded(index: Ints, words: Sequence[str]) -> pa.DictionaryArray:
    """Text from a short list: `words[index]`, null where the index is MISSING."""
    narrow = np.int16 if len(words) < 2**15 else np.int32
    missing = index < 0
    small = index.astype(narrow)
    indices = pa.array(small, mask=missing) if missing.any() else pa.array(small)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


def same(word: str, rows: int) -> pa.DictionaryArray:
    """The same text in every row."""
    return coded(np.zeros(rows, dtype=np.int64), [word])


def blank(rows: int, kind: pa.DataType | None = None) -> pa.Array:
    """Nothing in every row."""
    return pa.nulls(rows, kind or pa.string())


def dates(days: Ints, *, complete: bool = False) -> pa.Array:
    """Dates from days since 1970; null where MISSING, unless they are `complete` (and may lie before 1970)."""
    small = days.astype(np.int32)
    missing = days == MISSING
    masked = missing.any() and not complete
    return (pa.array(small, mask=missing) if masked else pa.array(small)).cast(pa.date32())


def whole_numbers(values: Ints, missing: Flags | None = None) -> pa.Array:
    """Whole numbers, null where `missing`."""
    return pa.array(values.astype(np.int32), mask=missing) if missing is not None else pa.array(values.astype(np.int32))
