"""The request as views see it: with what was decided about it."""

from django.http import HttpRequest

from allcomers.service.governance.decisions import Access


class ServiceRequest(HttpRequest):
    """`request.access` is there for every view: a view without an entry in the permission table never runs."""

    access: Access
