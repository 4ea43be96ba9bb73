from django.conf import settings
from django.urls import path

from allcomers.service.look import views

app_name = "look"
urlpatterns = [
    path("", views.start, name="start"),
    path("health", views.health, name="health"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
if settings.ALLCOMERS.mode == "demo":
    urlpatterns.append(path("demo/", views.demo, name="demo"))
