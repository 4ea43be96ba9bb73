from django.urls import path

from allcomers.service.consents import own_views, views

app_name = "consents"
urlpatterns = [
    path("mine/", own_views.mine, name="mine"),
    path("mine/<slug:purpose>/", own_views.answer_mine, name="answer_mine"),
    path("mine/back/<uuid:consent_id>/", own_views.take_back_mine, name="take_back_mine"),
    path("adviser/", views.advised, name="advised"),
    path("of/<uuid:person_id>/", views.of_person, name="of_person"),
    path("of/<uuid:person_id>/ask/<slug:purpose>/", views.ask, name="ask"),
    path("of/<uuid:person_id>/back/<uuid:consent_id>/", views.take_back, name="take_back"),
    path("of/<uuid:person_id>/give/<uuid:consent_id>/", views.give, name="give"),
    path("of/<uuid:person_id>/given/<uuid:disclosure_id>/", views.given, name="given"),
    path("of/<uuid:person_id>/required/", views.without_agreement, name="without_agreement"),
    path("of/<uuid:person_id>/required/<uuid:basis_id>/", views.give_required, name="give_required"),
    path("of/<uuid:person_id>/adviser/", views.for_adviser, name="for_adviser"),
]
