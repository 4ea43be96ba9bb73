"""Who may open the pages of accounts, and the relationships that supervision, duty and teams give rise to."""

from django.db.models import Exists, F

from allcomers.service.accounts.models import DutyShift, Supervision, TeamMembership, current
from allcomers.service.governance.permissions import (
    ON_DUTY,
    SUPERVISES,
    TEAM,
    Audience,
    Entry,
    PersonIds,
    Place,
    Purpose,
    Relationship,
    Role,
    public,
    staff,
)
from allcomers.service.governance.viewers import Viewer
from allcomers.service.people.models import Person
from allcomers.service.people.selectors import allocations_that_count


def _supervised(viewer: Viewer) -> PersonIds:
    supervisees = Supervision.objects.filter(current(viewer.day()), supervisor=viewer.user()).values("supervisee")
    return allocations_that_count(viewer).filter(user__in=supervisees).values("person")


def _everybody_while_on_duty(viewer: Viewer) -> PersonIds:
    now = viewer.moment()
    on_duty = DutyShift.objects.filter(user=viewer.user(), starts_at__lte=now, ends_at__gt=now)
    return Person.objects.filter(Exists(on_duty)).values(person=F("pk"))


def _of_their_teams(viewer: Viewer) -> PersonIds:
    teams = TeamMembership.objects.filter(current(viewer.day()), user=viewer.user()).values("team")
    return Person.objects.filter(team__in=teams).values(person=F("pk"))


RELATIONSHIPS = (
    Relationship(SUPERVISES, "supervises your clinician", _supervised),
    Relationship(ON_DUTY, "was on duty", _everybody_while_on_duty, everybody=True),
    Relationship(TEAM, "is in the team that arranges your care", _of_their_teams),
)

STARTS = (20, 300)  # what anybody may send before they have signed in
_OWN_SIGN_IN = Entry(Audience.SIGNED_IN)

ENTRIES = {
    "account_login": public(rate=STARTS),
    "account_logout": public(),
    "account_inactive": public(),
    "account_reauthenticate": _OWN_SIGN_IN,
    "account_change_password": _OWN_SIGN_IN,
    "account_reset_password": public(rate=STARTS),
    "account_reset_password_done": public(),
    "account_reset_password_from_key": public(rate=STARTS),
    "account_reset_password_from_key_done": public(),
    "mfa_index": _OWN_SIGN_IN,
    "mfa_authenticate": public(rate=STARTS),
    "mfa_reauthenticate": _OWN_SIGN_IN,
    "mfa_activate_totp": _OWN_SIGN_IN,
    "mfa_deactivate_totp": _OWN_SIGN_IN,
    "mfa_view_recovery_codes": _OWN_SIGN_IN,
    "mfa_generate_recovery_codes": _OWN_SIGN_IN,
    "mfa_list_webauthn": _OWN_SIGN_IN,
    "mfa_add_webauthn": _OWN_SIGN_IN,
    "mfa_remove_webauthn": _OWN_SIGN_IN,
    "mfa_edit_webauthn": _OWN_SIGN_IN,
    "mfa_reauthenticate_webauthn": _OWN_SIGN_IN,
    "mfa_login_webauthn": public(rate=STARTS),
    "accounts:second_factor": _OWN_SIGN_IN,
    "accounts:staff": staff({Role.SERVICE_ADMINISTRATOR}, Purpose.RUNNING),
    "accounts:add_member": staff({Role.SERVICE_ADMINISTRATOR}, Purpose.RUNNING),
    "accounts:member": staff({Role.SERVICE_ADMINISTRATOR}, Purpose.RUNNING),
}

MENU = (Place("accounts:staff", "Staff", 90),)
