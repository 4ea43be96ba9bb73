"""What the member of staff is qualified for."""

from allcomers.codes.model import Code, CodeList, recalled
from allcomers.codes.sources import ANNUAL, RULES

QUALIFICATION = CodeList(
    name="QualAttainLevelIAPT",
    fields=("IDS902.QualAttainLevelIAPT",),
    versions=("2.1",),
    sources=(f"{ANNUAL} (therapist role table)", RULES),
    codes=(
        Code("10", "Psychological Wellbeing Practitioner"),
        Code("11", "high-intensity CBT therapist"),
        Code("12", "counselling for depression therapist"),
        Code("13", "couple therapy for depression therapist"),
        Code("14", "dynamic interpersonal therapy therapist"),
        Code("15", "interpersonal psychotherapy therapist"),
        Code("16", "mindfulness-based cognitive therapy therapist"),
        Code("17", "EMDR therapist"),
        recalled("30", "employment adviser", note="Verified as a pair; which is senior is inferred."),
        recalled("31", "senior employment adviser", note="Verified as a pair; which is senior is inferred."),
    ),
)
