"""The words that people choose from, as data. What is stored is the code; a code is never given another meaning."""

from dataclasses import dataclass

Choices = tuple[tuple[str, str], ...]

RATHER_NOT = ("rather_not_say", "I would rather not say")
VERSION = "2026-11"
"""The version of these words. It is stored with every referral and consent, and changes when any of them changes."""

YES_NO: Choices = (("yes", "Yes"), ("no", "No"))
GATE: Choices = (("no", "No"), ("yes", "Yes"))

PRACTICE: Choices = (
    ("registered", "I am registered with a GP practice"),
    ("not_registered", "I am not registered with a GP practice"),
    ("not_known", "I do not know"),
)
FILLING_IN: Choices = (
    ("self", "I am, about myself"),
    ("with_help", "I am, with somebody helping me"),
    ("on_behalf", "I am somebody else, on their behalf"),
)
SAFE_NOW: Choices = (("safe", "Yes"), ("not_sure", "I am not sure"), ("not_safe", "No"), RATHER_NOT)
NOT_SAFE = ("not_safe", "not_sure")
"""The answers that somebody looks at today, the most worrying first."""


def most_worrying(*said: str) -> str:
    """Of some answers about safety the one that worries most; empty where none does."""
    return next((one for one in NOT_SAFE if one in said), "")


LIFE_PROBLEMS: Choices = (
    ("debt", "Money or debt"),
    ("housing", "Housing"),
    ("violence", "Violence or abuse"),
    ("caring", "Caring for somebody"),
    ("migration", "Moving country, immigration or asylum"),
    ("loneliness", "Loneliness"),
    ("discrimination", "Discrimination"),
    ("bereavement", "The death of somebody"),
    ("work", "Work, or not having work"),
    ("substance_use", "Alcohol or drugs"),
    RATHER_NOT,
)
NEEDS: Choices = (
    ("interpreter", "An interpreter"),
    ("hearing", "Help with hearing"),
    ("sight", "Help with sight"),
    ("reading", "Help with reading or writing"),
    ("mobility", "Help with getting about"),
    ("neurodivergence", "Changes because I am neurodivergent"),
    ("caring_duties", "Times that fit with caring for somebody"),
    ("long_term_condition", "I have a long-term physical health condition"),
    ("perinatal", "I am pregnant, or have a child under two"),
    ("veteran", "I have served in the armed forces"),
)
WAYS: Choices = (
    ("telephone", "Telephone"),
    ("video", "Video"),
    ("in_person", "In person"),
    ("typed", "Typed messages"),
    ("group", "A group or course"),
    ("digital", "An online programme, with support"),
)
DAYS: Choices = (
    ("mornings", "Weekday mornings"),
    ("afternoons", "Weekday afternoons"),
    ("evenings", "Evenings"),
    ("weekends", "Weekends"),
)
THERAPIST_GENDER: Choices = (("no_preference", "No preference"), ("woman", "A woman"), ("man", "A man"))

# Grouped as the categories of the national data set are, without its codes: a coded answer is asked by a person.
ETHNICITY: Choices = (
    ("asian", "Asian or Asian British"),
    ("black", "Black, Black British, Caribbean or African"),
    ("mixed", "Mixed or multiple ethnic groups"),
    ("white", "White"),
    ("other", "Another ethnic group"),
    RATHER_NOT,
)
GENDER: Choices = (
    ("woman", "Woman"),
    ("man", "Man"),
    ("non_binary", "Non-binary"),
    ("other", "In another way"),
    RATHER_NOT,
)
SAME_AS_AT_BIRTH: Choices = (*YES_NO, RATHER_NOT)
ORIENTATION: Choices = (
    ("heterosexual", "Heterosexual or straight"),
    ("gay_or_lesbian", "Gay or lesbian"),
    ("bisexual", "Bisexual"),
    ("other", "In another way"),
    RATHER_NOT,
)
RELIGION: Choices = (
    ("none", "No religion"),
    ("buddhist", "Buddhist"),
    ("christian", "Christian"),
    ("hindu", "Hindu"),
    ("jewish", "Jewish"),
    ("muslim", "Muslim"),
    ("sikh", "Sikh"),
    ("other", "Another religion"),
    RATHER_NOT,
)
DISABILITY: Choices = (*YES_NO, RATHER_NOT)

# What a professional is asked about somebody else. The codes are the ones above.
REFERRERS: Choices = (
    ("gp", "GP, or GP practice"),
    ("health", "Another health service"),
    ("maternity", "Midwife or health visitor"),
    ("social_care", "Social care"),
    ("school", "School, college or university"),
    ("work", "Occupational health"),
    ("voluntary", "Charity or community group"),
    ("other", "Another professional"),
)
THEIR_PRACTICE: Choices = (
    ("registered", "They are registered with a GP practice"),
    ("not_registered", "They are not registered with a GP practice"),
    ("not_known", "I do not know"),
)
THEIR_SAFETY: Choices = (("safe", "Yes"), ("not_sure", "I do not know"), ("not_safe", "No"))
THEIR_PROBLEMS: Choices = tuple(one for one in LIFE_PROBLEMS if one != RATHER_NOT)
THEIR_NEEDS: Choices = (
    *(one for one in NEEDS if " I " not in one[1]),
    ("neurodivergence", "Changes because they are neurodivergent"),
    ("long_term_condition", "They have a long-term physical health condition"),
    ("perinatal", "They are pregnant, or have a child under two"),
    ("veteran", "They have served in the armed forces"),
)
AGREED: Choices = (
    ("yes", "They know, and they agreed"),
    ("best_interests", "They cannot decide this now, and it is in their best interests"),
    ("no", "They do not know, or they did not agree"),
)


STATES = {
    "received": "We have it, and have not decided yet. We will tell you what we suggest.",
    "accepted": "We can see you. We will be in touch, or have been, about what comes next.",
    "merged": "We can see you. We will be in touch, or have been, about what comes next.",
    "signposted": "Another service is the right one for you. We told you which, or will.",
    "rejected": "We cannot help in the way you asked for. We told you why, or will.",
    "cancelled": "You cancelled it. We do nothing more with it unless you ask us to.",
}
"""How a referral stands, for the person."""


@dataclass(frozen=True)
class ConsentWords:
    """One thing somebody may agree to: each is asked by itself, nothing is ticked beforehand, and no answer is a no."""

    purpose: str
    recipient: str
    question: str
    answers: Choices = YES_NO
    days: int = 182  # no consent outlives six months without being asked again


CONSENTS = (
    ConsentWords(
        "tell_gp",
        "your GP practice",
        "May we tell your GP practice that you contacted us, and how it goes?",
        (("yes", "Yes"), ("no", "No"), ("ask", "Ask me first")),
    ),
    ConsentWords(
        "employment_help",
        "our employment adviser",
        "May our employment adviser contact you about help with work? They cannot see your therapy notes or "
        "questionnaires.",
    ),
    ConsentWords("research", "our research team", "May we ask you later whether you would take part in research?"),
)
