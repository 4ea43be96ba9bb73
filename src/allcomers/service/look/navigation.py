"""Menus: the pages that the viewer's roles open, and those about the person that the relationship opens as well."""

from django.urls import reverse

from allcomers.service.governance import table
from allcomers.service.governance.decisions import Access, fitting_grant
from allcomers.service.governance.permissions import Place

Items = list[dict[str, str | bool]]


def staff_menu(access: Access | None) -> Items:
    """The pages of the menu that the viewer's roles open."""
    if access is None or not access.roles:
        return []
    return [
        {"href": reverse(place.name), "text": place.words, "current": place.name == access.name}
        for place in _staff_places(access)
    ]


def what_waits(access: Access) -> dict[str, int]:
    """How much there is to do in each page of the staff's menu that lists what somebody has to do, by its address."""
    entries = table.entries()
    return {
        reverse(place.name): place.waiting(access.visible_in(entries[place.name])).count()
        for place in _staff_places(access)
        if place.waiting
    }


def _staff_places(access: Access) -> list[Place]:
    entries = table.entries()
    return [one for one in table.menu("MENU") if fitting_grant(entries[one.name], access.roles, frozenset())]


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
