from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.portal"
    label = "portal"

    def ready(self) -> None:
        from allcomers.service.governance import danger
        from allcomers.service.people import links
        from allcomers.service.portal.forms import WorseForm
        from allcomers.service.portal.models import LINK_PURPOSE
        from allcomers.service.questionnaires.risk import unsaved

        danger.READERS[WorseForm.name] = unsaved.worse
        links.PAGES[LINK_PURPOSE] = "portal:join"
