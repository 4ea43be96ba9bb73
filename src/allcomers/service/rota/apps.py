from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.rota"
    label = "rota"

    def ready(self) -> None:
        from allcomers.service.look import first_steps, health
        from allcomers.service.rota import checks, steps

        first_steps.STEPS += steps.STEPS
        health.CHECKS["duty"] = checks.state
