"""Therapy types by intensity, how many courses hold them, and the codes by which a session records them.

A course's part at one intensity is one type throughout, except that one high-intensity part in five is shared by two.
Courses and sessions of each type are solved from the published numbers of courses finishing with it and of contacts.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from allcomers.synthetic.arrays import Floats
from allcomers.synthetic.targets import value

EMPLOYMENT_SUPPORT = "1098051000000103"


@dataclass(frozen=True, slots=True)
class Therapy:
    """One therapy type.

    `contacts` and `finishing` are the strata under which its contacts and its finished courses are published; empty
    where they are not.
    """

    name: str
    code: str
    high: bool
    contacts: str = ""
    finishing: str = ""
    other: float = 0.0
    """Courses of a type that is not published, a year in England (design value)."""


THERAPIES = (
    Therapy("guided self-help (book)", "748051000000105", False, "20_guided_self_help_book", "Guided Self Help (Book)"),
    Therapy(
        "non-guided self-help (book)",
        "748101000000105",
        False,
        "21_non_guided_self_help_book",
        "Non-guided Self Help (Book)",
    ),
    Therapy(
        "guided self-help (computer)",
        "748041000000107",
        False,
        "22_guided_self_help_computer",
        "Guided Self Help (Computer)",
    ),
    Therapy("non-guided self-help (computer)", "748091000000102", False, "23_non_guided_self_help_computer"),
    Therapy("structured physical activity", "748061000000108", False, "25_structured_physical_activity"),
    Therapy(
        "psychoeducational peer support",
        "702545008",
        False,
        "27_psychoeducational_peer_support",
        "Psychoeducational peer support",
    ),
    Therapy("other low intensity", "1026111000000108", False, other=1.0),
    Therapy("community signposting", "975131000000104", False, other=0.02),
    Therapy("applied relaxation", "1127281000000100", True, "40_applied_relaxation"),
    Therapy(
        "couple therapy for depression",
        "1129471000000105",
        True,
        "42_couples_therapy",
        "Couples Therapy for Depression",
    ),
    Therapy("collaborative care", "842901000000108", True, "43_collaborative_care", "Collaborative care"),
    Therapy(
        "counselling for depression",
        "286711000000107",
        True,
        "44_counselling_for_depression",
        "Counselling for Depression",
    ),
    Therapy(
        "brief psychodynamic psychotherapy",
        "314034001",
        True,
        "45_brief_psychodynamic_psychotherapy",
        "Brief psychodynamic psychotherapy",
    ),
    Therapy(
        "EMDR",
        "449030000",
        True,
        "46_eye_movement_desensitisation_reprocessing",
        "Eye Movement Desensitisation Reprocessing",
    ),
    Therapy("mindfulness-based therapy", "933221000000107", True, "47_mindfulness", "Mindfulness"),
    Therapy("other high intensity", "1026131000000100", True, other=1.0),
    Therapy(
        "cognitive behaviour therapy",
        "304891004",
        True,
        "50_cognitive_behavioural_therapy",
        "Cognitive Behaviour Therapy (CBT)",
    ),
    Therapy(
        "interpersonal psychotherapy",
        "443730003",
        True,
        "51_interpersonal_psychotherapy",
        "Interpersonal Psycho therapy (IPT)",
    ),
)
CODES = tuple(therapy.code for therapy in THERAPIES)
HIGH = np.array([therapy.high for therapy in THERAPIES])
UNCODED = len(THERAPIES)
"""Index of a session without a therapy code."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of finished courses at one intensity, a year in England: how many, and their mean sessions."""

    count: float
    sessions: float


def _published(therapy: Therapy) -> tuple[float, float]:
    contacts = value("therapy_contacts", therapy.contacts)
    stratum = f"Total / {therapy.finishing}"
    return contacts, value("prom_finishing", stratum) if therapy.finishing else contacts / 3


@cache
def type_shares(*, high: bool, long: Parts, short: Parts) -> tuple[Floats, Floats]:
    """P(type) of long parts and of short ones, over all types (0 at the other intensity).

    Of a type with so many courses and contacts, long parts are those that make up the contacts beyond one short part a
    course; types that are not published share what is left.
    """
    chosen = [i for i, therapy in enumerate(THERAPIES) if therapy.high == high]
    table = np.zeros((2, len(THERAPIES)))
    for i in chosen:
        if THERAPIES[i].contacts:
            contacts, courses = _published(THERAPIES[i])
            more = np.clip(
                (contacts - courses * short.sessions) / (long.sessions - short.sessions), 0, contacts / long.sessions
            )
            table[:, i] = more, max((contacts - more * long.sessions) / short.sessions, 0)
    others = np.array([THERAPIES[i].other for i in chosen])
    left = np.maximum(np.array([long.count, short.count]) - table.sum(axis=1), 0)
    table[:, chosen] += left[:, None] * (others / others.sum())[None, :]
    table /= table.sum(axis=1, keepdims=True)
    return table[0], table[1]
