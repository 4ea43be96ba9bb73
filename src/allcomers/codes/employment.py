"""Employment status, benefits and employment support."""

from allcomers.codes.model import Code, CodeList, recalled
from allcomers.codes.sources import DASHBOARD, MONTHLY, RULES

EMPLOYMENT_STATUS = CodeList(
    name="EmployStatus",
    fields=("IDS004.EmployStatus",),
    versions=("2.0", "2.1"),
    sources=(DASHBOARD, RULES),
    codes=(
        Code("01", "employed"),
        Code("02", "unemployed and actively seeking work"),
        Code(
            "03",
            "student in full-time (16+ hours a week) or part-time education or training, not working or seeking work",
        ),
        Code("04", "long-term sick or disabled, receiving sickness or disability benefits"),
        Code("05", "homemaker, not working or seeking work"),
        Code("06", "not receiving sickness or disability benefits and not working or seeking work"),
        Code("07", "unpaid voluntary work, not working or seeking work"),
        Code("08", "retired"),
        Code("ZZ", "not stated (asked, declined)"),
    ),
)

WEEKLY_HOURS = CodeList(
    name="WeekHoursWorked",
    fields=("IDS004.WeekHoursWorked",),
    versions=("2.1",),
    sources=(DASHBOARD, RULES),
    codes=(
        Code("01", "30 hours or more"),
        Code("02", "16 to 29 hours"),
        Code("03", "5 to 15 hours"),
        Code("04", "1 to 4 hours"),
        Code("97", "not stated"),
        Code("98", "not applicable (not employed)"),
        Code("99", "hours not known"),
    ),
)

_YES_NO_OR_NOT_EMPLOYED = (
    Code("Y", "yes"),
    Code("N", "no"),
    recalled(
        "8",
        "not applicable (not employed)",
        note="8 is the expected SickAbsenceInd value when EmployStatus is 02-08 (EA053).",
    ),
    recalled("X", "not known"),
    recalled("Z", "not stated"),
)

SELF_EMPLOYED = CodeList(
    name="SelfEmployInd",
    fields=("IDS004.SelfEmployInd",),
    versions=("2.1",),
    sources=(RULES, f"{MONTHLY} EA050-EA057"),
    codes=_YES_NO_OR_NOT_EMPLOYED,
)

SICK_ABSENCE = CodeList(
    name="SickAbsenceInd",
    fields=("IDS004.SickAbsenceInd",),
    versions=("2.1",),
    sources=(RULES, f"{MONTHLY} EA050-EA057"),
    codes=_YES_NO_OR_NOT_EMPLOYED,
)

_YES_NO_OR_DEFAULT = (
    Code("Y", "yes"),
    Code("N", "no"),
    recalled("U", "not known (default value)"),
    recalled("Z", "not stated (default value)"),
)

STATUTORY_SICK_PAY = CodeList(
    name="SSPInd",
    fields=("IDS004.SSPInd",),
    versions=("2.1",),
    sources=(RULES, f"{MONTHLY} EA010-EA029"),
    codes=_YES_NO_OR_DEFAULT,
    note="U and Z are counted as default, not valid, in the data quality measures.",
)

BENEFITS = CodeList(
    name="BenefitRecInd",
    fields=("IDS004.BenefitRecInd",),
    versions=("2.1",),
    sources=(RULES, f"{MONTHLY} EA010-EA029"),
    codes=_YES_NO_OR_DEFAULT,
    note="U and Z are counted as default, not valid, in the data quality measures.",
)

EMPLOYMENT_SUPPORT_ALLOWANCE = CodeList(
    name="ESAInd",
    fields=("IDS004.ESAInd",),
    versions=("2.1",),
    sources=(RULES, f"{MONTHLY} EA010-EA029"),
    codes=_YES_NO_OR_DEFAULT,
    note="U and Z are counted as default, not valid, in the data quality measures.",
)

UNIVERSAL_CREDIT = CodeList(
    name="UCInd",
    fields=("IDS004.UCInd",),
    versions=("2.1",),
    sources=(RULES, f"{MONTHLY} EA010-EA029"),
    codes=_YES_NO_OR_DEFAULT,
    note="U and Z are counted as default, not valid, in the data quality measures.",
)

PERSONAL_INDEPENDENCE_PAYMENT = CodeList(
    name="PIPInd",
    fields=("IDS004.PIPInd",),
    versions=("2.1",),
    sources=(RULES, f"{MONTHLY} EA010-EA029"),
    codes=_YES_NO_OR_DEFAULT,
    note="U and Z are counted as default, not valid, in the data quality measures.",
)

EMPLOYMENT_SUPPORT_SUITABLE = CodeList(
    name="EmpSupportInd",
    fields=("IDS004.EmpSupportInd",),
    versions=("2.1",),
    sources=(RULES, f"{MONTHLY} EA127-EA130"),
    codes=(
        Code("Y", "suitable"),
        Code("N", "not suitable"),
        Code("NA", "not applicable (default value)"),
    ),
)
