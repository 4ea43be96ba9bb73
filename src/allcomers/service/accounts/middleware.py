"""Ends the session of whoever has been idle too long, or has left."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from allcomers.service.accounts import sign_in

LAST_SEEN = "last_seen"
WRITE_EVERY_SECONDS = 30  # so that not every request writes a session


class SessionLimitsMiddleware:
    """Runs before anything that trusts `request.user`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = int(timezone.now().timestamp())
        if LAST_SEEN in request.session or "link" in request.session or sign_in.user(request):
            self._limit(request, now)
        return self.get_response(request)

    def _limit(self, request: HttpRequest, now: int) -> None:
        idle = now - request.session.get(LAST_SEEN, now)
        minutes = settings.ALLCOMERS.idle_minutes
        user = sign_in.user(request)
        if idle >= minutes * 60:
            logout(request)
            messages.info(request, f"You were signed out after {minutes} minutes without doing anything.")
        elif user is not None and not user.may_sign_in(timezone.localdate()):
            logout(request)
            messages.info(request, "This account is closed. Ask your service administrator if that is wrong.")
        elif LAST_SEEN not in request.session or idle >= WRITE_EVERY_SECONDS:
            request.session[LAST_SEEN] = now
