from django.urls import path

from allcomers.service.governance import views

app_name = "governance"
urlpatterns = [
    path("drafts/keep/", views.keep_draft, name="keep_draft"),
    path("drafts/<int:number>/drop/", views.drop_draft, name="drop_draft"),
    path("emergency/<uuid:person_id>/", views.break_glass, name="break_glass"),
    path("emergency/", views.break_glass_queue, name="break_glass_queue"),
    path("emergency/review/<uuid:number>/", views.review, name="review"),
    path("audit/", views.events, name="events"),
    path("opened/<uuid:person_id>/", views.opened, name="opened"),
    path("mine/", views.mine, name="mine"),
]
