"""Referral: who sent a person, how the referral ended, where it went on to."""

from allcomers.codes.model import NO_LABEL, Code, CodeList, recalled, unlabelled
from allcomers.codes.sources import END_CODES, MONTHLY, OUTPUT_SPECIFICATION, RULES
from allcomers.instruments.model import Status

SOURCE_OF_REFERRAL = CodeList(
    name="SourceOfReferralIAPT",
    fields=("IDS101.SourceOfReferralIAPT",),
    versions=("2.1",),
    sources=(MONTHLY,),
    codes=(
        Code("A1", "GP practice", group="primary: general medical practice (M003)"),
        Code("A2", "health visitor", group="health visitor (M004)"),
        Code("A3", "other primary health care", group="other primary care (M005)"),
        Code("A4", "maternity service", group="maternity service (M345)"),
        Code("B1", "self", group="self-referral (M002)"),
        Code("B2", "carer or relative", group="carer (M006)"),
        recalled("C1", "social services", group="local authority (M007)"),
        recalled("C2", "education service", group="local authority (M007)"),
        recalled("C3", "housing service", group="local authority (M007)"),
        recalled("D1", "employer", group="employer (M008)"),
        recalled("D2", "employer, occupational health", group="employer (M008)"),
        recalled("E1", "police", group="justice system (M009)"),
        recalled("E2", "courts", group="justice system (M009)"),
        recalled("E3", "probation service", group="justice system (M009)"),
        recalled("E4", "prison", group="justice system (M009)"),
        recalled("E5", "court liaison and diversion", group="justice system (M009)"),
        recalled("E6", "youth offending team", group="justice system (M009)"),
        recalled("F1", "school nurse", group="child health (M010)"),
        recalled("F2", "hospital-based paediatrics", group="child health (M010)"),
        recalled("F3", "community-based paediatrics", group="child health (M010)"),
        recalled("G1", "independent sector, medium secure", group="independent or voluntary (M011)"),
        recalled("G2", "independent sector, low secure", group="independent or voluntary (M011)"),
        recalled("G3", "other independent sector mental health", group="independent or voluntary (M011)"),
        recalled("G4", "voluntary sector", group="independent or voluntary (M011)"),
        recalled("H1", "emergency department", group="acute secondary care (M012)"),
        recalled("H2", "other secondary care specialty", group="acute secondary care (M012)"),
        recalled("I1", "temporary transfer from another mental health trust", group="other mental health trust (M013)"),
        recalled("I2", "permanent transfer from another mental health trust", group="other mental health trust (M013)"),
        recalled("M1", "asylum services", group="other (M017)"),
        recalled("M2", "telephone or electronic access service", group="other (M017)"),
        recalled("M3", "out of area agency", group="other (M017)"),
        recalled("M4", "drug action team or drug misuse agency", group="other (M017)"),
        recalled("M5", "job centre", group="other (M017)"),
        recalled("M6", "other service or agency", group="other (M017)"),
        recalled("M7", "single point of access", group="other (M017)"),
        Code("M8", NO_LABEL, group="other (M017)", meaning_status=Status.NOT_FOUND),
        recalled("N1", "stepped up from a low-intensity service", group="NHS Talking Therapies (M018)"),
        recalled("N2", "stepped down from a high-intensity service", group="NHS Talking Therapies (M018)"),
        recalled("N4", "other talking therapies service", group="NHS Talking Therapies (M018)"),
        Code("P1", "internal", group="internal (M014)"),
        Code("Q1", "mental health drop-in service", group="mental health drop-in (M287)"),
    ),
)

_LATER_THAN_2_0 = ("N4", "Q1")

SOURCE_OF_REFERRAL_2_0 = CodeList(
    name="SourceOfReferralMH",
    fields=("IDS101.SourceOfReferralMH",),
    versions=("2.0",),
    sources=(RULES,),
    codes=tuple(code for code in SOURCE_OF_REFERRAL if code.code not in _LATER_THAN_2_0),
    note="The list of version 2.1 without the codes that came later. N3 is in neither.",
)

END_CODE = CodeList(
    name="EndCode",
    fields=("IDS101.EndCode",),
    versions=("2.0", "2.1"),
    sources=(END_CODES, f"{MONTHLY} M057-M072, M340-M344"),
    codes=(
        Code("50", "not assessed", group="not seen"),
        Code("10", "not suitable for the service, no action or returned to referrer", group="seen, not taken on"),
        Code("11", "not suitable for the service, signposted elsewhere by agreement", group="seen, not taken on"),
        Code("12", "discharged by agreement after advice and support", group="seen, not taken on"),
        Code("13", "referred to another therapy service by agreement", group="seen, not taken on"),
        Code("14", "suitable, but the patient declined the treatment offered", group="seen, not taken on"),
        Code("16", "incomplete assessment, patient dropped out", group="seen, not taken on"),
        Code("17", "died (seen, not taken on for treatment)", group="seen, not taken on"),
        Code("95", "not known (seen, not taken on for treatment)", group="seen, not taken on"),
        Code("46", "treatment completed by mutual agreement", group="seen and taken on"),
        Code("47", "treatment ended earlier than the professional planned", group="seen and taken on"),
        Code("48", "treatment ended earlier than the patient requested", group="seen and taken on"),
        Code("49", "died (taken on for treatment)", group="seen and taken on"),
        Code("96", "not known (taken on for treatment)", group="seen and taken on"),
    ),
)

RETIRED_END_CODE = CodeList(
    name="EndCode (retired v1.5 care spell end codes)",
    fields=("IDS101.EndCode",),
    versions=("1.5",),
    sources=(OUTPUT_SPECIFICATION,),
    codes=(
        Code("15", NO_LABEL, group="seen, not taken on", meaning_status=Status.NOT_FOUND),
        Code("97", NO_LABEL, group="seen, not taken on", meaning_status=Status.NOT_FOUND),
        Code("40", NO_LABEL, group="seen and taken on", meaning_status=Status.NOT_FOUND),
        Code("41", NO_LABEL, group="seen and taken on", meaning_status=Status.NOT_FOUND),
        Code("42", "completed scheduled treatment", group="seen and taken on"),
        Code("43", NO_LABEL, group="seen and taken on", meaning_status=Status.NOT_FOUND),
        Code("44", "referred to a non-IAPT service", group="seen and taken on"),
        Code("45", NO_LABEL, group="seen and taken on", meaning_status=Status.NOT_FOUND),
        Code("98", NO_LABEL, group="seen and taken on", meaning_status=Status.NOT_FOUND),
    ),
)

PREVIOUS_DIAGNOSIS = CodeList(
    name="PrevDiagCondInd",
    fields=("IDS101.PrevDiagCondInd",),
    versions=("2.1",),
    sources=(RULES,),
    codes=(
        Code("Y", "yes"),
        Code("N", "no"),
        recalled("U", "not known"),
        recalled("Z", "not stated"),
    ),
)

PAUSE_REASON = CodeList(
    name="PauseReason",
    fields=("IDS108.PauseReason",),
    versions=("2.1",),
    sources=(RULES,),
    codes=(*unlabelled("01 02 03"),),
)

ONWARD_REFERRAL_REASON = CodeList(
    name="OnwardReferReason",
    fields=("IDS105.OnwardReferReason",),
    versions=("2.1",),
    sources=(RULES,),
    codes=(*unlabelled("01 02 03 04 05 06 96 98 99"),),
)
