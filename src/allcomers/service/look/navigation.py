"""Menus: the pages that the viewer's roles open, and those about the person that the relationship opens as well."""

from django.urls import reverse

from allcomers.service.governance import table
from allcomers.service.governance.decisions import Access, fitting_grant

Items = list[dict[str, str | bool]]


def staff_menu(access: Access | None) -> Items:
    """The pages of the menu that the viewer's roles open."""
    if access is None or not access.roles:
        return []
    entries = table.entries()
    return [
        {"href": reverse(place.name), "text": place.words, "current": place.name == access.name}
        for place in table.menu("MENU")
        if fitting_grant(entries[place.name], access.roles, frozenset())
    ]


def record_menu(access: Access | None) -> Items:
    """The pages about the person that the viewer may open."""
    if access is None or not access.roles or access.person is None:
        return []
    entries = table.entries()
    return [
        {
            "href": reverse(place.name, kwargs={"person_id": access.person.pk}),
            "text": place.words,
            "current": place.name == access.name,
        }
        for place in table.menu("RECORD_MENU")
        if fitting_grant(entries[place.name], access.roles, access.relationships)
    ]
