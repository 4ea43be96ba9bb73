from django.urls import path

from allcomers.service.referrals import inbox_views, views

app_name = "referrals"
urlpatterns = [
    path("", views.start, name="start"),
    path("safe/", views.gate, name="gate"),
    path("help-now/", views.danger, name="danger"),
    path("elsewhere/", views.elsewhere, name="elsewhere"),
    path("step/<slug:name>/", views.step, name="step"),
    path("check/", views.check, name="check"),
    path("done/", views.done, name="done"),
    path("come-back/", views.resume, name="resume"),
    path("leave/", views.leave, name="leave"),
    path("inbox/", inbox_views.inbox, name="inbox"),
    path("inbox/<uuid:referral_id>/", inbox_views.referral, name="referral"),
    path("of/<uuid:person_id>/", inbox_views.of_person, name="of_person"),
]
