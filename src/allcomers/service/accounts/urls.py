from django.urls import path

from allcomers.service.accounts import views

app_name = "accounts"
urlpatterns = [
    path("second-factor/", views.second_factor, name="second_factor"),
    path("staff/", views.staff, name="staff"),
    path("staff/add/", views.add_member, name="add_member"),
    path("staff/<uuid:user_id>/", views.member, name="member"),
]
