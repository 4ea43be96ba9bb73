"""What each item says about somebody, in words. Only `disclosure` may ask: it looks for a ground first."""

from collections.abc import Callable

from allcomers.service.consents.models import Consent
from allcomers.service.look.environment import day
from allcomers.service.people.models import Person
from allcomers.service.questionnaires.models import Response
from allcomers.service.questionnaires.reading import Read, responses_read
from allcomers.service.referrals.models import Contact, Referral, Source

NOTHING = "Nothing is recorded."


def written(person: Person, items: list[str], consent: Consent | None) -> str:
    """The items in words, one under the other; nothing but them."""
    return "\n\n".join(_WRITERS[item](person, consent) for item in items)


def _name(person: Person, consent: Consent | None) -> str:
    return f"{person.full_name}, born {day(person.date_of_birth)}"


def _contact(person: Person, consent: Consent | None) -> str:
    hidden = [Contact.Channel.POST] if person.address_protected else []
    held = Contact.objects.filter(referral__person=person, withdrawn_at=None).exclude(channel__in=hidden)
    contacts = held.order_by("-entered_at", "channel")
    lines = {f"{one.get_channel_display().capitalize()}: {one.value}": None for one in contacts}
    return "\n".join(lines) or NOTHING


def _asked_for_work_help(person: Person, consent: Consent | None) -> str:
    return f"{person.known_as} would like help with work."


def _statement(person: Person, consent: Consent | None) -> str:
    assert consent is not None, "words are given as the person saw them, or not at all"
    return consent.statement


def _in_contact(person: Person, consent: Consent | None) -> str:
    first = Referral.objects.filter(person=person, withdrawn_at=None).order_by("received_at").first()
    since = first.received_at if first is not None else person.entered_at
    return f"In touch with our talking therapies service since {day(since)}."


def _progress(person: Person, consent: Consent | None) -> str:
    lines = []
    for name, series in _finished(person).items():
        ends = [series[0]] if len(series) == 1 else [series[0], series[-1]]
        lines += [f"{name}, {day(one.response.finished_at)}: {one.state}" for one in ends]
    return "\n".join(lines) or NOTHING


def _answers(person: Person, consent: Consent | None) -> str:
    parts = []
    for name, series in _finished(person).items():
        for one in series:
            rows = [f"{question}: {said}" for question, said in one.rows]
            parts.append("\n".join([f"{name}, {day(one.response.finished_at)}", *rows]))
    return "\n\n".join(parts) or NOTHING


def _own_words(person: Person, consent: Consent | None) -> str:
    referrals = Referral.objects.filter(person=person, source=Source.SELF, withdrawn_at=None).order_by("-received_at")
    said = [text for one in referrals for text in one.answers.get("words", {}).values() if text]
    return "\n\n".join(said) or NOTHING


def _finished(person: Person) -> dict[str, list[Read]]:
    """The finished questionnaires that stand, the earliest first, by name."""
    found: dict[str, list[Read]] = {}
    for one in reversed(responses_read(person)):
        if _stands(one.response):
            found.setdefault(one.name, []).append(one)
    return found


def _stands(response: Response) -> bool:
    return response.finished_at is not None and not response.withdrawn


_WRITERS: dict[str, Callable[[Person, Consent | None], str]] = {
    "name": _name,
    "contact": _contact,
    "asked_for_work_help": _asked_for_work_help,
    "statement": _statement,
    "in_contact": _in_contact,
    "progress": _progress,
    "answers": _answers,
    "own_words": _own_words,
}
