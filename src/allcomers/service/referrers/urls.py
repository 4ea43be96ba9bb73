from django.urls import path

from allcomers.service.referrers import views

app_name = "referrers"
urlpatterns = [
    path("", views.receive, name="receive"),
    path("schema.json", views.schema, name="schema"),
]
