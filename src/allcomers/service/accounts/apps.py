from django.apps import AppConfig


class Config(AppConfig):
    name = "allcomers.service.accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.account.signals import password_reset
        from allauth.mfa.signals import authenticator_added

        from allcomers.service.accounts import sign_in, trace

        authenticator_added.connect(sign_in.count_as_given, dispatch_uid="second factor set up")
        password_reset.connect(sign_in.end_wait, dispatch_uid="a new password ends the wait")
        trace.connect()
