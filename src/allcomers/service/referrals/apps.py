from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.referrals"
    label = "referrals"

    def ready(self) -> None:
        from allcomers.service.people import links
        from allcomers.service.referrals.changing import LINK_PURPOSE

        links.PAGES[LINK_PURPOSE] = "referrals:yours"
