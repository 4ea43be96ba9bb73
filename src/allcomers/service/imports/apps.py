from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.imports"
    label = "imports"

    def ready(self) -> None:
        from allcomers.service.imports.selectors import state
        from allcomers.service.look import health

        health.CHECKS["imports"] = state
