"""Finding an instrument by its key, its SNOMED CT code or the national token, with a site's own values laid over."""

from collections.abc import Iterable, Iterator
from functools import cache, cached_property

from allcomers.exceptions import UnknownInstrumentError
from allcomers.instruments.catalogue import INSTRUMENTS
from allcomers.instruments.model import Instrument


class Registry:
    """A set of instruments, each under one key.

    The national one is `national()`. A site's values make another (`values.load_values`); the national one never
    changes.
    """

    def __init__(self, instruments: Iterable[Instrument]) -> None:
        self._by_key = {instrument.key: instrument for instrument in instruments}

    def __iter__(self) -> Iterator[Instrument]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def get(self, key: str) -> Instrument:
        """The instrument with that key, as the national list spells it."""
        return _found(self._by_key, key, "instrument")

    def by_snomed(self, code: str) -> Instrument:
        """The instrument whose score has that SNOMED CT code."""
        return _found(self._by_snomed, code, "score with the SNOMED CT code")

    def by_adsm(self, token: str) -> Instrument:
        """The instrument that the national field ADSM calls `token`."""
        return _found(self._by_adsm, token, "anxiety measure with the token")

    def with_replaced(self, changed: Iterable[Instrument]) -> "Registry":
        """The same instruments, those in `changed` in place of their namesakes."""
        by_key = {instrument.key: instrument for instrument in changed}
        return Registry(by_key.get(instrument.key, instrument) for instrument in self)

    @cached_property
    def anxiety_measures(self) -> tuple[Instrument, ...]:
        """The instruments that can be the anxiety half of an outcome."""
        return tuple(self._by_adsm.values())

    @cached_property
    def _by_snomed(self) -> dict[str, Instrument]:
        return {instrument.snomed.code: instrument for instrument in self if instrument.snomed}

    @cached_property
    def _by_adsm(self) -> dict[str, Instrument]:
        return {instrument.adsm: instrument for instrument in self if instrument.adsm}


def _found(known: dict[str, Instrument], name: str, what: str) -> Instrument:
    try:
        return known[name]
    except KeyError:
        raise UnknownInstrumentError(
            where="instruments",
            found=f"there is no {what} {name!r}",
            expected=f"known: {', '.join(known)}",
        ) from None


@cache
def national() -> Registry:
    """Every instrument with the national values."""
    return Registry(INSTRUMENTS)
