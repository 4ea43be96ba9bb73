from django.urls import path

from allcomers.service.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.quarantine, name="quarantine"),
    path("<uuid:row_id>/", views.row, name="row"),
]
