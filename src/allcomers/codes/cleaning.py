"""Submitted values made into codes: for one value, and for a column as a SQL expression in DuckDB's dialect.

Spaces at the ends always go. What a list says of stray spellings, of nothing and of unknown values is its `cleaning`.
A value in no list stays as it was submitted unless the list says otherwise: it is a category, not a gap.
"""

import re

from allcomers.codes.model import CodeList
from allcomers.codes.problem import INVALID

ICD_10 = "01"
SNOMED_CT = "04"

# A letter, two digits, perhaps a fourth and a fifth character, perhaps a dagger (D) or asterisk (A) mark. How the
# national look-up treats codes longer than four characters, and in what order marks go, is unverified.
_ICD_10_CODE = r"^([A-Z][0-9]{2}(?:[0-9X][0-9]?)?)[AD]?$"

# Categories of ICD-10 without subdivisions gain X; recalled, so unverified. Matching is by prefix and never sees it.
_UNDIVIDED = frozenset("F03 F04 F09 F21 F24 F28 F29 F39 F54 F59 F61 F69 F82 F83 F88 F89 F99".split())  # noqa: SIM905


def normalise(code_list: CodeList, value: str | None) -> str | None:
    """The code that a submitted value stands for; None for none, unless the list has a code for that."""
    cleaning = code_list.cleaning
    if value is None:
        return cleaning.missing
    trimmed = value.strip(" ")
    code = cleaning.spellings.get(trimmed, trimmed)
    known = code in code_list or code == cleaning.missing
    return code if known or cleaning.unknown is None else cleaning.unknown


def normalise_sql(code_list: CodeList, column: str) -> str:
    """`normalise` for a column of text."""
    cleaning, trimmed = code_list.cleaning, f"trim({column})"
    whens = [f"when '{stray}' then '{code}'" for stray, code in cleaning.spellings.items()]
    code = f"case {trimmed} {' '.join(whens)} else {trimmed} end" if whens else trimmed
    if cleaning.unknown is not None:
        known = ", ".join(f"'{one}'" for one in (*(code.code for code in code_list), cleaning.missing) if one)
        code = f"case when {code} in ({known}) then {code} else '{cleaning.unknown}' end"
    if cleaning.missing is not None:
        code = f"case when {column} is null then '{cleaning.missing}' else {code} end"
    return code


def clean_finding(scheme: str | None, code: str | None) -> str | None:
    """A coded finding as the national load cleans it: SNOMED CT untouched, ICD-10 upper-case with four characters.

    None without a scheme or a code; "-3" for what is neither. Whether an ICD-10 code exists is not looked up.
    """
    if scheme is None or code is None:
        return None
    if scheme == SNOMED_CT:
        return code
    found = re.match(_ICD_10_CODE, re.sub("[^A-Z0-9]", "", code.upper())) if scheme == ICD_10 else None
    if found is None:
        return INVALID
    stem = found[1]
    if len(stem) > len("F42"):
        return stem
    return f"{stem}X" if stem in _UNDIVIDED else f"{stem}9"


def clean_finding_sql(scheme: str, column: str) -> str:
    """`clean_finding` for two columns of text."""
    letters = f"regexp_replace(upper({column}), '[^A-Z0-9]', '', 'g')"
    stem = f"regexp_extract({letters}, '{_ICD_10_CODE}', 1)"
    undivided = ", ".join(f"'{code}'" for code in sorted(_UNDIVIDED))
    return (
        f"case when {scheme} is null or {column} is null then null"
        f" when {scheme} = '{SNOMED_CT}' then {column}"
        f" when {scheme} <> '{ICD_10}' or {stem} = '' then '{INVALID}'"
        f" when length({stem}) > 3 then {stem}"
        f" when {stem} in ({undivided}) then {stem} || 'X'"
        f" else {stem} || '9' end"
    )
