"""Every address of the service. Each name needs an entry in the permission table; `checks` refuses to start without."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import include, path, re_path

SIGN_IN = [
    path("", account.login, name="account_login"),
    path("out/", account.logout, name="account_logout"),
    path("closed/", account.account_inactive, name="account_inactive"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/forgotten/", account.password_reset, name="account_reset_password"),
    path("password/forgotten/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/set/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("second/", mfa.authenticate, name="mfa_authenticate"),
    path("second/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second/passkey-again/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second/all/", mfa.index, name="mfa_index"),
    path("second/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("second/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second/recovery/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second/recovery/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("second/passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("second/passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("second/passkeys/<int:pk>/name/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
]

urlpatterns = [
    path("", include("allcomers.service.look.urls")),
    path("sign-in/", include(SIGN_IN)),
    path("accounts/", include("allcomers.service.accounts.urls")),
    path("governance/", include("allcomers.service.governance.urls")),
    path("people/", include("allcomers.service.people.urls")),
    path("referrals/api/", include("allcomers.service.referrers.urls")),
    path("referrals/", include("allcomers.service.referrals.urls")),
    path("questionnaires/", include("allcomers.service.questionnaires.urls")),
    path("problems/", include("allcomers.service.problems.urls")),
    path("quarantine/", include("allcomers.service.imports.urls")),
    path("messages/", include("allcomers.service.messages.urls")),
    path("consents/", include("allcomers.service.consents.urls")),
    path("rota/", include("allcomers.service.rota.urls")),
    path("my/", include("allcomers.service.portal.urls")),
]

handler400 = "allcomers.service.look.errors.bad_request"
handler403 = "allcomers.service.look.errors.forbidden"
handler404 = "allcomers.service.look.errors.not_found"
handler500 = "allcomers.service.look.errors.failed"
