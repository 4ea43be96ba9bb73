"""Reading accounts."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from allcomers.service.accounts.models import User


def all_staff() -> QuerySet[User]:
    """Everybody who holds or held a role, by name, with the roles."""
    return User.objects.filter(roles_held__isnull=False).distinct().order_by("name").prefetch_related("roles_held")


def member_with_id(user_id: UUID) -> User | None:
    return all_staff().filter(pk=user_id).first()


def member_values(user: User) -> dict[str, object]:
    """What a member's form shows now."""
    return {"roles": [role.value for role in user.roles(timezone.localdate())], "leaves_on": user.leaves_on}


def address_taken(email: str) -> bool:
    return User.objects.filter(email=email.lower()).exists()


def anybody() -> bool:
    return User.objects.exists()
