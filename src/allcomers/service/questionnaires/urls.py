from typing import Any

from django.urls import URLPattern, path

from allcomers.service.questionnaires import staff_views, views
from allcomers.service.questionnaires.risk import views as risk_views
from allcomers.service.questionnaires.ways import BY_LINK, BY_STAFF, Way


def _pages(start: str, way: Way) -> list[URLPattern]:
    """The pages of answering, which every way shares."""
    given: dict[str, Any] = {"way": way}
    place = f"{start}/<uuid:response_id>/"
    return [
        path(place, views.whole, given, name=f"{way.prefix}whole"),
        path(f"{place}question/<int:number>/", views.item, given, name=f"{way.prefix}item"),
        path(f"{place}help/", views.crisis, given, name=f"{way.prefix}crisis"),
        path(f"{place}finish/", views.finish, given, name=f"{way.prefix}finish"),
    ]


app_name = "questionnaires"
urlpatterns = [
    path("answer/", views.answer, name="answer"),
    *_pages("answer", BY_LINK),
    *_pages("key", BY_STAFF),
    path("of/<uuid:person_id>/", staff_views.record, name="record"),
    path("of/<uuid:person_id>/ask/", staff_views.ask, name="ask"),
    path("of/<uuid:person_id>/key/", staff_views.key, name="key"),
    path("alerts/", risk_views.alert_list, name="alerts"),
    path("alerts/<uuid:alert_id>/", risk_views.alert, name="alert"),
    path("alerts/<uuid:alert_id>/<str:step>/", risk_views.alert_step, name="alert_step"),
]
