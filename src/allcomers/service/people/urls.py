from django.urls import path

from allcomers.service.people import link_views, standing_views, views

app_name = "people"
urlpatterns = [
    path("", views.search, name="search"),
    path("<uuid:person_id>/", views.person, name="person"),
    path("<uuid:person_id>/change/", views.change, name="change"),
    path("<uuid:person_id>/allocate/", views.allocate, name="allocate"),
    path("<uuid:person_id>/death/", standing_views.death, name="death"),
    path("<uuid:person_id>/protect-address/", standing_views.protect_address, name="protect_address"),
    path("<uuid:person_id>/address/", standing_views.address, name="address"),
    path("<uuid:person_id>/address/stop-protecting/", standing_views.stop_protecting, name="stop_protecting"),
    path("link/<str:token>/", link_views.open_link, name="open_link"),
    path("check/", link_views.link_check, name="link_check"),
    path("gone/", link_views.link_gone, name="link_gone"),
]
