from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.referrals"
    label = "referrals"

    def ready(self) -> None:
        from allcomers.service.governance import danger
        from allcomers.service.people import links
        from allcomers.service.people.selectors import KNOWN_ADDRESSES
        from allcomers.service.referrals import protected, unsaved
        from allcomers.service.referrals.changing import LINK_PURPOSE
        from allcomers.service.referrals.changing_forms import MoreForm
        from allcomers.service.referrals.selectors import found_to_be

        danger.READERS[MoreForm.name] = unsaved.more
        KNOWN_ADDRESSES.append(protected.known)
        links.PAGES[LINK_PURPOSE] = "referrals:yours"
        links.FOUND_TO_BE.append(found_to_be)
