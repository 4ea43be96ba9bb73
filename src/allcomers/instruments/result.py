"""The shape of every judgement about a score: what it is, or why there is none, and whether to trust it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from allcomers.exceptions import UndefinedThresholdError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """A value, or the reason that there is none.

    Attributes
    ----------
    value : None if undefined.
    because : why it is undefined; empty if it is not.
    uses_unverified : the value rests on a threshold that no source confirms, and whoever shows it has to say so.
    """

    value: T | None
    because: str = ""
    uses_unverified: bool = False

    @property
    def defined(self) -> bool:
        """Whether there is a value."""
        return not self.because

    def require(self) -> T:
        """The value; raises `UndefinedThresholdError` with the reason if there is none."""
        if self.value is None:
            raise UndefinedThresholdError(where="instruments", found=self.because)
        return self.value


def undefined(because: str) -> "Result[T]":
    """No value, and why."""
    return Result(None, because)
