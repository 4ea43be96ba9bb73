from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.questionnaires"
    label = "questionnaires"

    def ready(self) -> None:
        from datetime import timedelta

        from allcomers.service.governance import danger
        from allcomers.service.look import health
        from allcomers.service.people import links
        from allcomers.service.questionnaires.forms import AnswerForm
        from allcomers.service.questionnaires.models import LINK_PURPOSE
        from allcomers.service.questionnaires.risk import unsaved
        from allcomers.service.questionnaires.risk.escalation import escalate_late
        from allcomers.service.questionnaires.risk.forms import FollowUpForm
        from allcomers.service.questionnaires.risk.selectors import escalation_state
        from allcomers.service.work import jobs

        links.PAGES[LINK_PURPOSE] = "questionnaires:answer"
        danger.READERS |= {AnswerForm.name: unsaved.answers, FollowUpForm.name: unsaved.follow_up}
        health.CHECKS["alerts"] = escalation_state
        jobs.add(jobs.Job("escalate_alerts", jobs.Every(timedelta(minutes=1)), escalate_late))
