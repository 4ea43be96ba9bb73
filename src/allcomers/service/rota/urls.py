from django.urls import path

from allcomers.service.rota import views

app_name = "rota"
urlpatterns = [
    path("teams/", views.teams, name="teams"),
    path("teams/add/", views.add_team, name="add_team"),
    path("teams/<int:team_id>/", views.team, name="team"),
    path("teams/<int:team_id>/change/", views.change_team, name="change_team"),
    path("teams/<int:team_id>/join/", views.join, name="join"),
    path("memberships/<int:membership_id>/", views.membership, name="membership"),
    path("duty/", views.duty, name="duty"),
    path("duty/plan/", views.plan, name="plan"),
    path("duty/<int:shift_id>/", views.shift, name="shift"),
    path("supervision/", views.supervisions, name="supervisions"),
    path("supervision/begin/", views.supervise, name="supervise"),
    path("supervision/<int:supervision_id>/", views.supervision, name="supervision"),
]
