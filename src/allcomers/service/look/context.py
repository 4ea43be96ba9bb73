"""What every page is given: the service's name and contacts, and who is signed in."""

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest

from allcomers.service.look import navigation


def every_page(request: HttpRequest) -> dict[str, Any]:
    access = getattr(request, "access", None)
    return {
        "service": settings.ALLCOMERS,
        "access": access,
        "person": getattr(access, "person", None),
        "navigation": navigation.staff_menu(access),
        "here": navigation.record_menu(access),
        "notices": [str(message) for message in get_messages(request)],
        "csp_nonce": str(getattr(request, "csp_nonce", "")),  # asking for it is what makes it
    }
