"""Words of one's own as a form field: how long they may be, and what is said of those that are longer."""

from typing import Any

from django import forms

LONGEST_WORDS = 2000


def too_long(most: int) -> str:
    """What is said of more letters than there may be. The form comes back with all of them."""
    return f"This must be {most:,} letters or fewer; nothing that you wrote is lost"


def words(label: str, most: int = LONGEST_WORDS, *, required: str = "", **more: Any) -> forms.CharField:
    """A box for words; `required` is what is said where there are none, and without it none are needed."""
    messages = {"max_length": too_long(most)}
    return forms.CharField(
        label=label,
        max_length=most,
        required=bool(required),
        widget=forms.Textarea,
        error_messages={**messages, "required": required} if required else messages,
        **more,
    )
