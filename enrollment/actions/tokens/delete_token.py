from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext_noop

from enrollment.models import AuditEntry, Device, Person, Token


class Condition(StrEnum):
    """What a deletion asks for (DEL-1)."""

    NO_DEVICE = gettext_noop("No device is assigned to the token.")
    NO_DEVICE_OF_DEFAULT = gettext_noop("No device is assigned to the default profile.")
    NO_PROFILE = gettext_noop("No profile is left under the token.")


@dataclass(frozen=True)
class Held:
    """A condition, whether it holds, and how many are in its way."""

    condition: Condition
    count: int

    @property
    def holds(self) -> bool:
        return self.count == 0


class TokenInUse(Exception):
    """Something is left; `conditions` says how each of the three stands."""

    def __init__(self, conditions: list[Held]) -> None:
        super().__init__(", ".join(str(one.condition) for one in conditions if not one.holds))
        self.conditions = conditions


def deletion_conditions(token: Token) -> list[Held]:
    """How the three conditions stand; read by page and verb alike. Released devices do not count."""
    devices = Device.objects.filter(token=token).present()
    of_default = devices.filter(profile=token.default_profile).count() if token.default_profile_id else 0
    return [
        Held(Condition.NO_DEVICE, devices.count()),
        Held(Condition.NO_DEVICE_OF_DEFAULT, of_default),
        Held(Condition.NO_PROFILE, token.profiles.count()),
    ]


def delete_token(token: Token, *, by: Person | None) -> None:
    """Forget a token, its key and its history; TokenInUse while anything is left. Devices are not erased."""
    with transaction.atomic():
        conditions = deletion_conditions(token)
        if not all(one.holds for one in conditions):
            raise TokenInUse(conditions)
        before = {
            "apple_id": token.apple_id,
            "server": token.server_name,
            "expires": token.expires_at.isoformat(),
            "scope_tags": sorted(tag.name for tag in token.scope_tags.all()),
        }
        AuditEntry.record("token.deleted", token, by=by, before=before)
        token.delete()
