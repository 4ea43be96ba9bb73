"""Answers for the whole page where a part of one asks: HTMX would put them into the part, a line of hint say."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget
from django_htmx.middleware import HtmxDetails


def address_of(request: HttpRequest) -> str:
    """The address of the page that somebody has before them, without parameters; of ours alone, whatever is said."""
    part = HtmxDetails(request)
    if not part:
        return request.path
    return urlsplit(part.current_url_abs_path or "").path or reverse("look:start")


def redirect_to(request: HttpRequest, address: str) -> HttpResponse:
    """The page goes to an address, whichever part of it asked."""
    return HttpResponseClientRedirect(address) if HtmxDetails(request) else HttpResponseRedirect(address)


def in_place_of_it(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    """The page is replaced. To a part it is said to be well, since HTMX shows nothing else."""
    if HtmxDetails(request):
        page.status_code = 200
        reswap(retarget(page, "body"), "innerHTML")
    return page
