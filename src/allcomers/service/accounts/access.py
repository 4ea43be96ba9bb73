"""Who may open the pages of accounts, and the relationships that supervision, duty and teams give rise to."""

from datetime import datetime

from django.db.models import Exists
from django.utils import timezone

from allcomers.service.accounts.models import DutyShift, Supervision, TeamMembership, User, current
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
from allcomers.service.people.models import Person
from allcomers.service.people.selectors import allocations_that_count


def _supervised(user: User, at: datetime) -> PersonIds:
    supervisees = Supervision.objects.filter(current(timezone.localdate(at)), supervisor=user).values("supervisee")
    return allocations_that_count(at).filter(user__in=supervisees).values("person")


def _everybody_while_on_duty(user: User, at: datetime) -> PersonIds:
    on_duty = DutyShift.objects.filter(user=user, starts_at__lte=at, ends_at__gt=at)
    return Person.objects.filter(Exists(on_duty)).values("pk")


def _of_their_teams(user: User, at: datetime) -> PersonIds:
    teams = TeamMembership.objects.filter(current(timezone.localdate(at)), user=user).values("team")
    return Person.objects.filter(team__in=teams).values("pk")


RELATIONSHIPS = (
    Relationship(SUPERVISES, "supervises your clinician", _supervised),
    Relationship(ON_DUTY, "was on duty", _everybody_while_on_duty),
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
