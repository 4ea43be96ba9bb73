from django.urls import URLPattern, path

from allcomers.service.referrals import changing_views, inbox_views, views
from allcomers.service.referrals.paths import PROFESSIONAL, SELF, Path


def _pages(of: Path, folder: str = "") -> list[URLPattern]:
    """The pages that both paths have, under the names and addresses of one."""
    which, prefix = {"path": of}, of.prefix
    return [
        path(folder, views.start, which, name=f"{prefix}start"),
        path(f"{folder}safe/", views.gate, which, name=f"{prefix}gate"),
        path(f"{folder}help-now/", views.danger, which, name=f"{prefix}danger"),
        path(f"{folder}elsewhere/", views.elsewhere, which, name=f"{prefix}elsewhere"),
        path(f"{folder}step/<slug:name>/", views.step, which, name=f"{prefix}step"),
        path(f"{folder}check/", views.check, which, name=f"{prefix}check"),
        path(f"{folder}done/", views.done, which, name=f"{prefix}done"),
    ]


app_name = "referrals"
urlpatterns = [
    *_pages(SELF),
    *_pages(PROFESSIONAL, "professional/"),
    path("come-back/", views.resume, name="resume"),
    path("leave/", views.leave, name="leave"),
    path("send-now/", views.send_now, name="send_now"),
    path("yours/", changing_views.yours, name="yours"),
    path("yours/more/", changing_views.more, name="more"),
    path("yours/contact/", changing_views.contact, name="contact"),
    path("yours/needs/", changing_views.needs, name="needs"),
    path("yours/cancel/", changing_views.cancel, name="cancel"),
    path("yours/help-now/", changing_views.help_now, name="help_now"),
    path("inbox/", inbox_views.inbox, name="inbox"),
    path("inbox/<uuid:referral_id>/", inbox_views.referral, name="referral"),
    path("inbox/<uuid:referral_id>/since/", inbox_views.look_again, name="look_again"),
    path("of/<uuid:person_id>/", inbox_views.of_person, name="of_person"),
]
