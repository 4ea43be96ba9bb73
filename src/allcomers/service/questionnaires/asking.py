"""How one item of any instrument is asked, and how what came back is read: the words, the order, and who must look."""

from allcomers.instruments.model import Answer, Direction, Instrument, Item

DECLINED = "declined"
WORDS = {"Y": "Yes", "N": "No", "NA": "Does not apply to me"}
NOT_APPLICABLE = "Does not apply to me"
DECLINE = "I would rather not answer"


def items(instrument: Instrument) -> tuple[Item, ...]:
    """Everything on the form, in order: the scored items, then those that never count."""
    return instrument.items + instrument.further_items


def may_be_shown(instrument: Instrument) -> bool:
    """Whether the licence lets the wording stand on a page. Otherwise it is answered on the owner's paper."""
    return instrument.licence.reproduced and all(item.text for item in items(instrument))


def why_not_shown(instrument: Instrument) -> str:
    return f"The wording is not shown here, because of its licence: {instrument.licence.terms}."


def text(item: Item) -> str:
    """The question; or its place on the form, where the wording may not be reproduced, and what it is about."""
    about = f": about {item.about}" if item.about else ""
    return item.text or f"Question {item.number}, as printed on the form{about}"


def choices(instrument: Instrument, item: Item) -> list[tuple[str, str]]:
    """The answers offered, as posted and as read; the last is always the right not to answer."""
    offered = [(str(one), answer_words(instrument, item, one)) for one in _values(item)]
    return [*offered, (DECLINED, DECLINE)]


def answer_words(instrument: Instrument, item: Item, answer: Answer) -> str:
    """An answer as the person read it when they chose it."""
    if answer is None:
        return DECLINE
    if answer == item.not_applicable:
        return NOT_APPLICABLE
    label = next((option.label for option in instrument.options if option.value == answer), None)
    return label or WORDS.get(str(answer), str(answer))


def hint(instrument: Instrument, item: Item) -> str:
    """What the numbers mean, where the answers are numbers without words."""
    if instrument.options or item.choices:
        return ""
    better = " More is better." if instrument.direction is Direction.BETTER else ""
    return f"Answers go from {item.low} to {item.high}.{better}"


def read(item: Item, posted: str) -> Answer:
    """The answer that a posted choice stands for; None where the person would rather not answer."""
    if posted == DECLINED:
        return None
    return next(one for one in _values(item) if str(one) == posted)


def asks_for_help(item: Item, answer: Answer) -> bool:
    """Whether somebody must look at this answer: the instrument's declaration says from which on."""
    return item.asks_for_help(answer)


def _values(item: Item) -> list[int | str]:
    offered: list[int | str] = [*item.choices] if item.choices else [*range(item.low, item.high + 1)]
    return offered if item.not_applicable is None else [*offered, item.not_applicable]
