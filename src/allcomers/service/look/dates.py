"""A date as day, month and year in three boxes, the way the design system asks for one."""

from datetime import date
from typing import Any

from django import forms

PARTS = ("day", "month", "year")


class DayWidget(forms.MultiWidget):
    """Three text boxes, `<name>_day`, `<name>_month`, `<name>_year`."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS}, attrs)

    def decompress(self, value: Any) -> list[str]:
        return [str(value.day), str(value.month), str(value.year)] if isinstance(value, date) else ["", "", ""]


class DayField(forms.MultiValueField):
    """A date that was typed as three numbers. The messages say which rule was broken."""

    widget = DayWidget

    def __init__(self, *, required: bool = True, autocomplete: str = "", **kwargs: Any) -> None:
        """`autocomplete` is what a browser may fill in: `bday` for the reader's own date of birth."""
        fields = [forms.CharField(required=False, max_length=10) for _ in PARTS]
        kwargs.setdefault("error_messages", {"required": "Enter a date"})
        super().__init__(fields, required=required, require_all_fields=False, **kwargs)
        if autocomplete:
            self.widget.attrs["autocomplete"] = autocomplete

    def compress(self, values: list[str]) -> date | None:
        if not any(values):
            return None
        missing = [part for part, value in zip(PARTS, values, strict=True) if not value]
        if missing:
            raise forms.ValidationError(f"The date must include a {' and a '.join(missing)}")
        if not all(value.isascii() and value.isdigit() for value in values):
            raise forms.ValidationError("The date must be numbers, for example 27 3 1985")
        day, month, year = (int(value) for value in values)
        if year < 1000:
            raise forms.ValidationError("The year must have four numbers")
        try:
            return date(year, month, day)
        except ValueError:
            raise forms.ValidationError("The date must be a real date") from None
