from django.urls import path

from allcomers.service.portal import record_views, staff_views, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("waiting/", views.waiting, name="waiting"),
    path("worse/", views.worse, name="worse"),
    path("worse/sent/", views.worse_sent, name="worse_sent"),
    path("questionnaires/<uuid:request_id>/", views.questionnaires, name="questionnaires"),
    path("join/", views.join, name="join"),
    path("record/", record_views.record, name="record"),
    path("record/scores/", record_views.scores, name="scores"),
    path("record/messages/", record_views.messages, name="messages"),
    path("record/copy/", record_views.download, name="download"),
    path("record/copy/readable/", record_views.readable, name="readable"),
    path("record/copy/fhir/", record_views.fhir_copy, name="fhir"),
    path("record/wrong/", record_views.my_corrections, name="my_corrections"),
    path("record/wrong/ask/", record_views.ask_correction, name="ask_correction"),
    path("record/wrong/<uuid:correction_id>/disagree/", record_views.disagree, name="disagree"),
    path("invite/<uuid:person_id>/", staff_views.invite, name="invite"),
    path("corrections/", staff_views.corrections, name="corrections"),
    path("corrections/of/<uuid:person_id>/", staff_views.corrections_of, name="corrections_of"),
    path("corrections/<uuid:correction_id>/", staff_views.correction, name="correction"),
    path("waits/", staff_views.waits, name="waits"),
]
