from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.look"
    label = "look"

    def ready(self) -> None:
        from allcomers.service.config import checks  # noqa: F401 - registers them
