from django.urls import path

from allcomers.service.people import link_views, views

app_name = "people"
urlpatterns = [
    path("", views.search, name="search"),
    path("<uuid:person_id>/", views.person, name="person"),
    path("<uuid:person_id>/change/", views.change, name="change"),
    path("<uuid:person_id>/allocate/", views.allocate, name="allocate"),
    path("link/<str:token>/", link_views.open_link, name="open_link"),
    path("check/", link_views.link_check, name="link_check"),
    path("gone/", link_views.link_gone, name="link_gone"),
]
