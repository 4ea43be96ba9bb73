"""What may be given, to whom, and in which words a person is asked: closed lists, as data.

Two rules hold whatever anybody agreed to. For work (an employment adviser, an employer, a Jobcentre) nothing that says
anything about therapy may be given, but words that the person chose and saw; nor may it under the name of another
purpose. And to an employer or a Jobcentre the service sends nothing: what the person agreed to is handed to the person,
who may pass it on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from allcomers.service.consents.recipients import CARE, FAMILY

VERSION = "2026-11"
"""The version of these words. It is stored with every answer, and changes when any of them changes."""
LONGEST_DAYS = 182  # nothing that may be given to others is agreed to for longer without being asked again
NO_DIFFERENCE = "Saying no, or changing your mind, does not affect your treatment or your wait."


@dataclass(frozen=True)
class Item:
    """One thing that can be given.

    Parameters
    ----------
    about_therapy : it says something about therapy, or that there is any.
    """

    key: str
    words: str
    about_therapy: bool = True


ITEMS = {
    one.key: one
    for one in (
        Item("name", "name and date of birth", about_therapy=False),
        Item("contact", "contact details", about_therapy=False),
        Item("asked_for_work_help", "that help with work is wanted", about_therapy=False),
        Item("statement", "the words below, and nothing else", about_therapy=False),
        Item("in_contact", "being in touch with us, and since when"),
        Item("progress", "the first and latest score on each questionnaire"),
        Item("answers", "answers to questionnaires"),
        Item("own_words", "what was written in the referral"),
    )
}
NATIONAL_DATA_SET = "national_data_set"


class Group(Enum):
    CARE = "Other people who care for you"
    FAMILY = "Family and friends"
    WORK = "Help with work"
    RESEARCH = "Research"
    MESSAGES = "How we may reach you"


@dataclass(frozen=True)
class Purpose:
    """One thing somebody may agree to: asked by itself, with no answer beforehand, and no answer is a no.

    Parameters
    ----------
    recipient : who gets it; empty where the person names them.
    kinds : of which kinds that recipient may be; empty for work, where what is given goes by the person's hand.
    items : what may be given. Where the person chooses among them, `chooses` is true; otherwise all are meant.
    days : how long a yes holds; None until it is taken back, for how we reach somebody.
    work : nothing about therapy may be given.
    by_hand : nothing is sent: the person is handed what they agreed to.
    channel : the way of reaching somebody that a yes lets us leave messages on.
    """

    key: str
    group: Group
    title: str
    question: str
    recipient: str = ""
    items: tuple[str, ...] = ()
    chooses: bool = False
    days: int | None = LONGEST_DAYS
    work: bool = False
    by_hand: bool = False
    channel: str = ""
    more: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def names_recipient(self) -> bool:
        return not self.recipient

    @property
    def has_statement(self) -> bool:
        return "statement" in self.items


ADVISER, GP = "our employment adviser", "the GP practice"
HANDED = "We do not send anything. We give you the words on paper, and you decide whether to pass them on."

PURPOSES = {
    one.key: one
    for one in (
        Purpose("tell_gp", Group.CARE, "Tell your GP practice",
                "May we tell your GP practice that you contacted us, and how it goes?",
                GP, ("name", "in_contact", "progress")),
        Purpose("other_care", Group.CARE, "Share with somebody else who cares for you",
                "May we share what you tick here with the service or person you name?",
                kinds=CARE, items=("name", "in_contact", "progress", "answers", "own_words"), chooses=True,
                more="For example a hospital team, a social worker or a charity that helps you."),
        Purpose("family", Group.FAMILY, "Talk with family or a friend",
                "May we talk with the person you name about what you tick here?",
                kinds=FAMILY, items=("in_contact", "progress", "statement"), chooses=True),
        Purpose("employment_help", Group.WORK, "A call from our employment adviser",
                "May our employment adviser contact you about help with work? They cannot see your therapy notes or "
                "questionnaires.",
                ADVISER, ("name", "contact", "asked_for_work_help"), work=True),
        Purpose("employment_summary", Group.WORK, "Words for our employment adviser",
                "May our employment adviser read the words below? They see these words, and nothing else about your "
                "therapy.",
                ADVISER, ("statement",), work=True),
        Purpose("employer", Group.WORK, "Words for your employer",
                "Would you like a letter for your employer with the words below, and nothing else?",
                items=("name", "statement"), work=True, by_hand=True, more=HANDED),
        Purpose("jobcentre", Group.WORK, "Words for the Jobcentre or about benefits",
                "Would you like a letter for the office you name with the words below, and nothing else?",
                items=("name", "statement"), work=True, by_hand=True,
                more=HANDED + " You never have to have therapy, or show this, to get a benefit."),
        Purpose("research", Group.RESEARCH, "Being asked about research",
                "May we ask you later whether you would take part in research?",
                "our research team", ("name", "contact"),
                more="This lets the team ask you. It does not put anything about you into a study."),
        Purpose("messages_mobile", Group.MESSAGES, "Texts and voicemail on your mobile",
                "May we text you, and leave a message on your mobile phone?", "you", days=None, channel="mobile"),
        Purpose("messages_landline", Group.MESSAGES, "Messages on your landline",
                "May we leave a message on your landline?", "you", days=None, channel="landline"),
        Purpose("messages_email", Group.MESSAGES, "E-mail", "May we write to your e-mail address?", "you",
                days=None, channel="email"),
        Purpose("messages_post", Group.MESSAGES, "Letters", "May we send letters to your address?", "you",
                days=None, channel="post"),
    )
}  # fmt: skip

BY_LAW = {
    ("national_return", "NHS England", NATIONAL_DATA_SET): (
        "The law requires every service to send NHS England a record of each referral, in a set form. Nobody is asked "
        "to agree to it, and it may not be used to decide anything about you."
    )
}
"""Standing duties: purpose, recipient and item, and why no consent is asked. Whoever runs the service names the
instrument of law in its privacy notice."""


def recipient_matches(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
