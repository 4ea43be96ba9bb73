"""Pages for what goes wrong: in plain words, with what to do next, and nothing about a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from allcomers.service.governance import danger


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "look/400.jinja", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "look/403.jinja", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "look/404.jinja", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Rendered without the database, which may be what failed."""
    return render(request, "look/500.jinja", status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django calls this where the hidden token of a form is missing or old. What says danger reaches staff even so.

    A form's own signed token, without which nothing is heard, is on no page but the form's.
    """
    return danger.told(request) or render(request, "look/csrf.jinja", status=403)
