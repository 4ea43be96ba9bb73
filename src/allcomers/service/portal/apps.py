from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.portal"
    label = "portal"

    def ready(self) -> None:
        from allcomers.service.people import links
        from allcomers.service.portal.models import LINK_PURPOSE

        links.PAGES[LINK_PURPOSE] = "portal:join"
