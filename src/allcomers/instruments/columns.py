"""The same judgements for whole columns, as SQL expressions in DuckDB's dialect.

Each function returns text, built from the declarations that `scoring` reads. The engine runs it as it is or translates
it; the generator turns it into a Polars expression with `polars.sql_expr`. An expression is null where a score is.
Columns hold scores that passed `valid_sql`; off-scale scores are not looked for again.
"""

from collections.abc import Iterable

from allcomers.instruments.model import CURRENT_VERSION, Direction, Instrument, Points, Rule, Scale, Threshold
from allcomers.instruments.registry import Registry, national
from allcomers.instruments.result import undefined
from allcomers.instruments.scoring import Change, threshold


def caseness_sql(instrument: Instrument, column: str) -> str:
    """Whether the score in `column` is at caseness: a boolean, null where the score is.

    Raises
    ------
    UndefinedThresholdError : the instrument has no caseness threshold, or none was found.
    """
    return _reaches(instrument.scale(), threshold(instrument, "caseness").require(), column)


def prompts_sql(instrument: Instrument, column: str) -> str:
    """Whether the answer in `column` asks a clinician to look further; raises as `caseness_sql`."""
    return _reaches(instrument.scale(), threshold(instrument, "prompt").require(), column)


def improved_sql(instrument: Instrument, first: str, last: str) -> str:
    """Whether the score improved by the reliable change or more; raises as `caseness_sql`."""
    better, worse = (last, first) if instrument.direction is Direction.WORSE else (first, last)
    fall = f"{_operand(worse)} - {_operand(better)}"
    return _reaches(instrument.scale(), threshold(instrument, "reliable_change").require(), fall)


def deteriorated_sql(instrument: Instrument, first: str, last: str) -> str:
    """Whether the score worsened by the reliable change or more; raises as `caseness_sql`."""
    return improved_sql(instrument, last, first)


def change_sql(instrument: Instrument, first: str, last: str) -> str:
    """The value of `scoring.Change` in words, null where either score is; raises as `caseness_sql`."""
    return (
        f"case when {_operand(first)} is null or {_operand(last)} is null then null"
        f" when {improved_sql(instrument, first, last)} then '{Change.IMPROVED}'"
        f" when {deteriorated_sql(instrument, first, last)} then '{Change.DETERIORATED}'"
        f" else '{Change.UNCHANGED}' end"
    )


def band_sql(instrument: Instrument, column: str) -> str:
    """The label of the severity band, null below the lowest band.

    Raises
    ------
    UndefinedThresholdError : the instrument has no bands.
    """
    if instrument.bands is None:
        undefined(f"{instrument.name} has no severity bands").require()
        raise AssertionError(instrument.key)
    score = _operand(column)
    whens = " ".join(f"when {score} >= {band.low} then '{band.label}'" for band in reversed(instrument.bands.bands))
    return f"case {whens} end"


def valid_sql(instrument: Instrument, column: str, *, version: str = CURRENT_VERSION) -> str:
    """Whether the text in `column` is a score of the instrument, on the scale of that version of the data set.

    `column` is as submitted, so text. An answer that means "not applicable" is no score.
    """
    scale = instrument.scale(version)
    answers = instrument.items[0].choices if scale.rule is Rule.COUNTED else ()
    if answers:
        return f"{_operand(column)} in ({_quoted(answers)})"
    return f"coalesce({_on_scale(scale, f'try_cast({_operand(column)} as decimal(18, 6))')}, false)"


def any_valid_sql(
    concept: str, column: str, *, version: str = CURRENT_VERSION, registry: Registry | None = None
) -> str:
    """`valid_sql` of whichever instrument the SNOMED CT code in `concept` names; false for any other code."""
    coded = [instrument for instrument in registry or national() if instrument.snomed]
    whens = " ".join(
        f"when '{instrument.snomed.code}' then {valid_sql(instrument, column, version=version)}"
        for instrument in coded
        if instrument.snomed
    )
    return f"case {_operand(concept)} {whens} else false end"


def _on_scale(scale: Scale, number: str) -> str:
    steps = _steps(scale, number)
    return f"({number} between {scale.low} and {scale.high} and {steps} = floor({steps}))"


def _reaches(scale: Scale, threshold: Threshold, expression: str) -> str:
    # On a scale with decimals the comparison is of whole steps: 3.03 - 2.30 as floats is not 0.73.
    assert threshold.value is not None, threshold
    if scale.decimals == 0:
        return f"{_operand(expression)} {threshold.operator} {threshold.value}"
    return f"round({_steps(scale, expression)}) {threshold.operator} {_in_steps(scale, threshold.value)}"


def _steps(scale: Scale, expression: str) -> str:
    return _operand(expression) if scale.decimals == 0 else f"{scale.steps_per_point} * {_operand(expression)}"


def _in_steps(scale: Scale, points: Points) -> int:
    return int(points * scale.steps_per_point)


def _operand(expression: str) -> str:
    return expression if all(part.isidentifier() for part in expression.split(".")) else f"({expression})"


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)
