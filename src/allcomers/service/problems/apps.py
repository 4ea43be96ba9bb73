from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.problems"
    label = "problems"
