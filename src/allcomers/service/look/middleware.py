"""Refuses a request that is too large before it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from allcomers.service.look.problems import problem


class RequestSizeMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length", "0")
        most = settings.ALLCOMERS.max_request_kb
        if not length.isdigit() or int(length) > most * 1024:
            response = _too_large(request, most)
            response.headers["Connection"] = "close"
            return response
        return self.get_response(request)


def _too_large(request: HttpRequest, most_kb: int) -> HttpResponse:
    """In the language of whoever sent it: a page, or problem details for a program."""
    if request.content_type == "application/json":
        return problem(413, f"a request has at most {most_kb} kilobytes")
    return render(request, "look/413.jinja", {"most_kb": most_kb}, status=413)
