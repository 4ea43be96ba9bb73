"""Our plain column names for national fields that come in families: therapy counts, first and last scores."""

import re

from allcomers.instruments.model import Instrument


def snake(name: str) -> str:
    """A national name in lower snake case.

    >>> snake("GuidedSelfHelp_Book_Count"), snake("WSAS_HomeManagement"), snake("MI_alone")
    ('guided_self_help_book_count', 'wsas_home_management', 'mi_alone')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def first_score(instrument: Instrument) -> str:
    """The column of a pathway's first score on an instrument."""
    return f"{snake(instrument.key)}_first"


def last_score(instrument: Instrument) -> str:
    """The column of a pathway's last score on an instrument."""
    return f"{snake(instrument.key)}_last"
