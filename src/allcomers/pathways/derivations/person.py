"""Who the person is, as the breakdowns ask."""

from allcomers.codes.cleaning import normalise_sql
from allcomers.codes.person import ETHNIC_CATEGORY
from allcomers.pathways.derivations.derivation import LOAD, Derivation, Status

REFERRAL = "described_referral"


def age_in_years(born: str, on: str) -> str:
    """Completed years of age on a day, as an expression; someone born on 29 February comes of age on 1 March.

    Null where either day is, and where the birth is after the day.
    """
    before_birthday = f"(month({on}) * 100 + day({on}) < month({born}) * 100 + day({born}))"
    years = f"year({on}) - year({born}) - case when {before_birthday} then 1 else 0 end"
    return f"case when {born} <= {on} then {years} end"


DERIVATIONS = (
    Derivation(
        "ethnic_category",
        normalise_sql(ETHNIC_CATEGORY, "EthnicCategory"),
        on=REFERRAL,
        national="Validated_EthnicCategory",
        source=LOAD,
        status=Status.VERIFIED,
        why="Nothing, or 0, is -1; 9 and 99 are 99; what is in no list is -3.",
    ),
    Derivation(
        "age_received",
        age_in_years("PersonBirthDate", "ReferralRequestReceivedDate"),
        on=REFERRAL,
        national="Age_ReferralRequest_ReceivedDate",
        source=LOAD,
        status=Status.VERIFIED,
    ),
    Derivation(
        "age_discharged",
        age_in_years("PersonBirthDate", "ServDischDate"),
        on=REFERRAL,
        national="Age_ServiceDischarge_Date",
        source=LOAD,
        status=Status.VERIFIED,
    ),
)
