from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.work"
    label = "work"

    def ready(self) -> None:
        from allcomers.service.look import health
        from allcomers.service.work.selectors import state

        health.CHECKS["work"] = state
