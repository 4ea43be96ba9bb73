from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.messages"
    label = "outbox"  # Django's own `messages` has that name

    def ready(self) -> None:
        from datetime import timedelta

        from django.db.models.signals import post_save

        from allcomers.service.governance.models import BreakGlass
        from allcomers.service.imports import untold
        from allcomers.service.look import health
        from allcomers.service.messages import causes, delivery, selectors
        from allcomers.service.people import links, standing
        from allcomers.service.questionnaires import completion
        from allcomers.service.questionnaires.risk import paging
        from allcomers.service.referrals import arrival
        from allcomers.service.work import jobs

        arrival.WHEN_RECEIVED.append(causes.confirm_referral)
        links.WHEN_LOCKED.append(causes.tell_of_locked_link)
        completion.WHEN_ASKED.append(causes.send_request)
        completion.WHEN_COMPLETE.append(causes.cancel_reminders)
        standing.WHEN_DIED.append(causes.cancel_after_death)
        untold.WHEN_UNTOLD.append(causes.page_untold)
        paging.WHEN_RAISED.append(causes.page_raised)
        paging.WHEN_URGENT.append(causes.page_urgent)
        paging.WHEN_ESCALATED.append(causes.page_escalated)
        post_save.connect(causes.page_emergency, sender=BreakGlass, dispatch_uid="page the privacy officer")
        jobs.add(jobs.Job("deliver_messages", jobs.Every(timedelta(seconds=10)), delivery.deliver))
        health.CHECKS["messages"] = selectors.state
