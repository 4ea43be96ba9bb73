from django.urls import path

from allcomers.service.messages import views

app_name = "messages"
urlpatterns = [
    path("undelivered/", views.undelivered, name="undelivered"),
    path("undelivered/<uuid:message_id>/", views.settle, name="settle"),
    path("of/<uuid:person_id>/", views.of_person, name="of_person"),
]
