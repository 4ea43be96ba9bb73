from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.consents"
    label = "consents"

    def ready(self) -> None:
        from allcomers.service.consents.actions import keep_contact_choices, keep_what_a_referral_says
        from allcomers.service.referrals import arrival

        arrival.WHEN_RECEIVED.append(keep_what_a_referral_says)
        arrival.WHEN_CONTACTS_CHANGED.append(keep_contact_choices)
