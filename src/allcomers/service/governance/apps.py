from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.governance"
    label = "governance"

    def ready(self) -> None:
        from datetime import time

        from allcomers.service.governance.selectors import review_state
        from allcomers.service.look import health
        from allcomers.service.work import jobs

        health.CHECKS["emergency_access"] = review_state
        jobs.add(jobs.Job("tidy", jobs.Nightly(time(2, 30)), jobs.command("tidy")))
        jobs.add(jobs.Job("verify_audit", jobs.Nightly(time(3, 30)), jobs.command("verify_audit"), failures=1))
