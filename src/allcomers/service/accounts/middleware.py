"""Ends the session of whoever has been idle too long, or has left. Any session: who has not signed in may hold much."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from allcomers.service.accounts import sign_in

LAST_SEEN = "last_seen"
WRITE_EVERY_SECONDS = 30  # so that not every request writes a session
SIGNED_OUT = "You were signed out after {minutes} minutes without doing anything."
LEFT_ALONE = (
    "Nothing was done here for {minutes} minutes, so we closed what was open: nobody else can read it on this device. "
    "If you sent something just now, it did not reach us unless the page says so."
)


class SessionLimitsMiddleware:
    """Runs before anything that trusts `request.user`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = int(timezone.now().timestamp())
        if any(request.session.keys()):
            self._limit(request, now)
        return self.get_response(request)

    def _limit(self, request: HttpRequest, now: int) -> None:
        idle = now - request.session.get(LAST_SEEN, now)
        minutes = settings.ALLCOMERS.idle_minutes
        user = sign_in.user(request)
        if idle >= minutes * 60:
            logout(request)
            messages.info(request, (LEFT_ALONE if user is None else SIGNED_OUT).format(minutes=minutes))
        elif user is not None and not user.may_sign_in(timezone.localdate()):
            logout(request)
            messages.info(request, "This account is closed. Ask your service administrator if that is wrong.")
        elif LAST_SEEN not in request.session or idle >= WRITE_EVERY_SECONDS:
            request.session[LAST_SEEN] = now
