from django.urls import path

from allcomers.service.problems import views

app_name = "problems"
urlpatterns = [
    path("answer/", views.answer, name="answer"),
    path("mine/", views.mine, name="mine"),
    path("of/<uuid:person_id>/key/", views.key, name="key"),
    path("strike/<uuid:row_id>/", views.strike, name="strike"),
]
