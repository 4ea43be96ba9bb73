"""Organisation levels, and how the finest grain adds up to each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import polars as pl

from allcomers.exceptions import MeasureRequestError

PLACE = ("provider_code", "sub_icb_code", "icb_code", "region_code")
UNKNOWN = "UNKNOWN"
Leaf = tuple[str, str, str, str]
"""Codes of provider, sub-ICB area, ICB and region: what the finest grain tells apart."""


class Level(StrEnum):
    """A kind of organisation that figures are published for; the value is what a user types."""

    ENGLAND = "england"
    REGION = "region"
    ICB = "icb"
    SUB_ICB = "subicb"
    PROVIDER = "provider"
    SUB_ICB_PROVIDER = "subicb-provider"

    @property
    def columns(self) -> tuple[str, ...]:
        """The code columns that tell this level's organisations apart."""
        return _COLUMNS[self]

    @property
    def group_type(self) -> str:
        """What the official monthly file calls it."""
        return _GROUP_TYPES[self]


_COLUMNS: Mapping[Level, tuple[str, ...]] = {
    Level.ENGLAND: (),
    Level.REGION: ("region_code",),
    Level.ICB: ("icb_code",),
    Level.SUB_ICB: ("sub_icb_code",),
    Level.PROVIDER: ("provider_code",),
    Level.SUB_ICB_PROVIDER: ("sub_icb_code", "provider_code"),
}
_GROUP_TYPES: Mapping[Level, str] = {
    Level.ENGLAND: "England",
    Level.REGION: "CommissioningRegion",
    Level.ICB: "ICB",
    Level.SUB_ICB: "SubICB",
    Level.PROVIDER: "Provider",
    Level.SUB_ICB_PROVIDER: "SubICB-Provider",
}


@dataclass(frozen=True, slots=True)
class Node:
    """One organisation (or pair of them, or England) for which there are figures."""

    level: Level
    codes: tuple[str, ...]


class Organisations:
    """The organisations that have any row, as leaves and the nodes above them.

    Attributes
    ----------
    leaves : every combination of codes that occurs, in order.
    nodes : England first, then each level's, in order of code.
    """

    def __init__(self, leaves: Sequence[Leaf], levels: Sequence[Level]) -> None:
        self.leaves = sorted(leaves)
        self.levels = [level for level in Level if level in levels]
        self.nodes = [
            Node(level, codes)
            for level in self.levels
            for codes in sorted({_codes(leaf, level) for leaf in self.leaves} or ([()] if not level.columns else []))
        ]

    @cached_property
    def place(self) -> dict[Node, int]:
        """Where each node stands."""
        return {node: at for at, node in enumerate(self.nodes)}

    @cached_property
    def leaf_nodes(self) -> dict[Level, np.ndarray[tuple[int], np.dtype[np.intp]]]:
        """For each level, the place of the node that each leaf belongs to."""
        return {
            level: np.array([self.place[Node(level, _codes(leaf, level))] for leaf in self.leaves], dtype=np.intp)
            for level in self.levels
        }

    def below(self, whole: Level, part: Level) -> list[tuple[int, list[int]]]:
        """Each node of one level with the nodes of another whose rows make it up, where they do so exactly."""
        parts: dict[int, set[int]] = {}
        owners: dict[int, set[int]] = {}
        for above, under in zip(self.leaf_nodes[whole], self.leaf_nodes[part], strict=True):
            parts.setdefault(int(above), set()).add(int(under))
            owners.setdefault(int(under), set()).add(int(above))
        return [
            (above, sorted(under)) for above, under in parts.items() if all(len(owners[each]) == 1 for each in under)
        ]


def parse_levels(texts: Sequence[str]) -> list[Level]:
    """The levels named.

    Raises
    ------
    MeasureRequestError : one is no level.
    """
    unknown = [text for text in texts if text not in set(Level)]
    if unknown:
        raise MeasureRequestError(
            where="--by",
            found=f"there is no organisation level {', '.join(map(repr, unknown))}",
            expected=f"The levels are {', '.join(Level)}",
        )
    return [Level(text) for text in texts]


def check_known(leaves: Sequence[Leaf], levels: Sequence[Level]) -> None:
    """Refuse a level of which no organisation is known.

    Raises
    ------
    MeasureRequestError : regions or ICBs are asked for, and no row knows its own.
    """
    for level in levels:
        if level in (Level.REGION, Level.ICB) and leaves and {_codes(leaf, level) for leaf in leaves} == {(UNKNOWN,)}:
            raise MeasureRequestError(
                where=f"--by {level}",
                found=f"no {_GROUP_TYPES[level]} is known for any organisation in the data set",
                expected="a table of organisations that says to which ICB and region each belongs",
                next_step="Give one with --organisations FILE, or leave the level out",
            )


def check_listed(leaves: Sequence[Leaf], listed: pl.DataFrame) -> None:
    """Refuse providers of the data set that the list of organisations does not have.

    Parameters
    ----------
    listed : as `pathways.organisations.read` gives it; an empty one lists nothing and refuses nobody.

    Raises
    ------
    MeasureRequestError : it lacks a provider's code.
    """
    known = set(listed.filter(pl.col("kind") == "provider")["code"])
    missing = sorted({leaf[0] for leaf in leaves} - known - {UNKNOWN}) if known else []
    if missing:
        shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        raise MeasureRequestError(
            where="the list of organisations",
            found=f"it has no row for provider {shown}, which the data set has records of",
            expected="A row for every provider",
            next_step="Add them to the list, or leave it out: boards and regions are then unknown",
        )


def _codes(leaf: Leaf, level: Level) -> tuple[str, ...]:
    by_column = dict(zip(PLACE, leaf, strict=True))
    return tuple(by_column[column] for column in level.columns)
