"""Employment records made in the period: answers, defaults, invalid codes and none (EA002-EA029, EA127-EA130)."""

from collections.abc import Iterator

from allcomers.codes import employment
from allcomers.codes.model import CodeList
from allcomers.measures.catalogue.terms import EMPLOYMENT_TABLE, all_of, codes_of, lacks, none_of, one_of
from allcomers.measures.measure import Count, Measure

KINDS = ("Valid", "Default", "Invalid", "Missing")


def records(*also: str) -> Count:
    """Employment records dated in the period."""
    return Count(table="employment_record", in_period="recorded_on", where=all_of(*also))


def _quality(number: int, name: str, column: str, code_list: CodeList, *, valid: int) -> Iterator[Measure]:
    """The four measures of one answer, whose ids follow one another; the first `valid` codes of its list are answers.

    The codes of "not known" and "not stated" that the source does not name as defaults are invalid here.
    """
    known = codes_of(code_list)
    tests = (one_of(column, known[:valid]), one_of(column, known[valid:]), none_of(column, known), lacks(column))
    for place, (kind, test) in enumerate(zip(KINDS, tests, strict=True)):
        yield Measure(
            f"EA{number + place:03}", f"Count_{name}{kind}", records(test), group="EA", optional=EMPLOYMENT_TABLE
        )


MEASURES = (
    *_quality(2, "EmployStatus", "employment_status", employment.EMPLOYMENT_STATUS, valid=8),
    *_quality(6, "WeeklyHoursWorked", "weekly_hours", employment.WEEKLY_HOURS, valid=4),
    *_quality(10, "BenefitRecInd", "receives_benefits", employment.BENEFITS, valid=2),
    *_quality(18, "ESAInd", "employment_and_support_allowance", employment.EMPLOYMENT_SUPPORT_ALLOWANCE, valid=2),
    *_quality(22, "UCInd", "universal_credit", employment.UNIVERSAL_CREDIT, valid=2),
    *_quality(26, "PIPInd", "personal_independence_payment", employment.PERSONAL_INDEPENDENCE_PAYMENT, valid=2),
    *_quality(127, "EmpSupportInd", "employment_support_suitable", employment.EMPLOYMENT_SUPPORT_SUITABLE, valid=2),
)
