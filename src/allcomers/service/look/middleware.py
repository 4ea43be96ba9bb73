"""Refuses a request that is too large before it is read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class RequestSizeMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length", "0")
        most = settings.ALLCOMERS.max_request_kb
        if not length.isdigit() or int(length) > most * 1024:
            response = render(request, "look/413.jinja", {"most_kb": most}, status=413)
            response.headers["Connection"] = "close"
            return response
        return self.get_response(request)
