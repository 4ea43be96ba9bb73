from django.urls import path

from allcomers.service.messages import locked_views, views

app_name = "messages"
urlpatterns = [
    path("undelivered/", views.undelivered, name="undelivered"),
    path("undelivered/<uuid:message_id>/", views.settle, name="settle"),
    path("locked/<uuid:person_id>/", locked_views.locked, name="locked"),
    path("of/<uuid:person_id>/", views.of_person, name="of_person"),
]
