"""Answers fit to leave the service: small counts withheld, and with them whatever rests on them.

A table of England as a whole has no small count and is shown as it is. Every other table is rounded and withheld as the
national rule has it, and a sentence says which of its numbers are withheld.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from allcomers.analyses.answer import PER_CENT, REFERENCE, Answer, Column, Kind
from allcomers.analyses.finding import Inclusion
from allcomers.measures.disclosure import protected
from allcomers.measures.rounding import HALF_ROUNDING, ROUNDED_TO, SMALLEST_SHOWN

UNSAID = "The numbers that this rests on are too small to be shown."
INSTEAD = "(withheld)"
_WHOLE_PERCENT = 2
"""Digits of a share, 0–1, that is shown as a whole percentage."""


@dataclass(frozen=True, kw_only=True)
class Protected:
    """An answer fit to leave.

    Attributes
    ----------
    answer : with null where a value is withheld, shares in whole percent, counts rounded.
    inclusion : in words, how many rows came in, how many were used, and how many were not and why.
    withheld : for each column, which rows are null because they are withheld rather than because there is no value.
    parts : its parts, likewise.
    """

    answer: Answer
    inclusion: str
    withheld: Mapping[str, pl.Series] = field(default_factory=dict)
    parts: tuple["Protected", ...] = ()

    @property
    def n_withheld(self) -> int:
        """How many values are withheld, here and in the parts."""
        return sum(int(column.sum()) for column in self.withheld.values()) + sum(part.n_withheld for part in self.parts)


def fit_to_leave(answer: Answer, *, national: bool) -> Protected:
    """The answer after disclosure control.

    Parameters
    ----------
    national : it is about England as a whole, so that counts may stand exact as long as none is small.
    """
    parts = tuple(fit_to_leave(part, national=national) for part in answer.parts)
    counts = [column.name for column in answer.columns if column.kind is Kind.COUNT]
    if answer.table.is_empty() or not counts or (national and not _any_small(answer.table, counts)):
        return Protected(answer=answer, inclusion=_inclusion(answer.inclusion, rounded=not national), parts=parts)
    shown = _shown(answer, counts)
    withheld = {name: shown[name].is_null() & answer.table[name].is_not_null() for name in answer.table.columns}
    columns = tuple(_whole(column) for column in answer.columns)
    return Protected(
        answer=replace(answer, table=shown, columns=columns, sentence=_still_said(answer, withheld)),
        inclusion=_inclusion(answer.inclusion, rounded=True),
        withheld=withheld,
        parts=parts,
    )


def _inclusion(inclusion: Inclusion, *, rounded: bool) -> str:
    def count(number: int) -> str:
        if 0 < number < SMALLEST_SHOWN:
            return f"fewer than {SMALLEST_SHOWN}"
        return f"{(number + HALF_ROUNDING) // ROUNDED_TO * ROUNDED_TO if rounded else number:,}"

    left_out = "; ".join(
        f"{count(number)} left out: {reason}" for reason, number in sorted(inclusion.n_excluded.items())
    )
    about = "About " if rounded else ""
    return (
        f"{about}{count(inclusion.n_in)} came in, {count(inclusion.n_used)} used{f'; {left_out}' if left_out else ''}."
    )


def _any_small(table: pl.DataFrame, counts: Iterable[str]) -> bool:
    return any(bool(table[name].is_between(1, SMALLEST_SHOWN - 1).any()) for name in counts)


def _shown(answer: Answer, counts: list[str]) -> pl.DataFrame:
    """The table with counts protected, and null wherever a value rests on a count that is withheld."""
    table = answer.table
    exact = table.select(pl.col(name).fill_null(0).cast(pl.Int64) for name in counts)
    shares = {one.name: (one.of, one.among) for one in answer.columns if _is_part(one, exact)}
    totals = 1 if _begins_with_total(exact) else 0
    of_groups = "group" in table.columns and not table[totals:]["group"].is_unique().all()
    within = ["group"] if of_groups else []
    keyed = pl.concat([table.select(within), exact], how="horizontal")
    safe = pl.concat(
        protected(rows, counts=counts, shares=shares, within=within) for rows in (keyed[:totals], keyed[totals:])
    )
    return table.select(
        pl.when(_known(column, safe)).then(_rounded(column, safe)).otherwise(None).alias(column.name)
        for column in answer.columns
    )


def _begins_with_total(counts: pl.DataFrame) -> bool:
    """Whether the first row is the sum of the others, which is then no part of the whole that they make up."""
    return counts.height > 2 and counts[:1].equals(counts[1:].sum())


def _is_part(column: Column, counts: pl.DataFrame) -> bool:
    """Whether what a column rests on is a part and its whole, whose remainder has to be protected as well."""
    return bool(column.of and column.among and (counts[column.of] <= counts[column.among]).all())


def _known(column: Column, safe: pl.DataFrame) -> pl.Expr:
    """Whether a value may be shown: everything that it rests on is."""
    names = [column.name] if column.name in safe.columns and column.kind is not Kind.TEXT else []
    rests_on = [safe[name].is_not_null() for name in (*names, *filter(None, (column.of, column.among)))]
    return pl.all_horizontal(*rests_on) if rests_on else pl.lit(value=True)


def _rounded(column: Column, safe: pl.DataFrame) -> pl.Expr:
    if column.kind is Kind.COUNT:
        return pl.when(pl.col(column.name).is_not_null()).then(safe[column.name])
    if column.kind in PER_CENT:
        return pl.col(column.name).round(_WHOLE_PERCENT)
    return pl.col(column.name)


def _whole(column: Column) -> Column:
    return replace(column, digits=0) if column.kind in PER_CENT else column


def _still_said(answer: Answer, withheld: Mapping[str, pl.Series]) -> str:
    """The sentence with a word in place of each number withheld, or `UNSAID` where none is left."""
    kinds = {column.name: column.kind for column in answer.columns}
    numbers = [(name, row) for name, row in answer.cells if kinds[name] is not Kind.TEXT]
    if numbers and all(withheld[name][row] for name, row in numbers):
        return UNSAID
    return REFERENCE.sub(lambda cell: INSTEAD if withheld[cell[1]][int(cell[2])] else cell[0], answer.sentence)
