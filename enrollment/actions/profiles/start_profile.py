from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from enrollment.models import AuditEntry, Person, Platform, Profile, ProfileDraft, Token, TokenStatus
from enrollment.models.profile_settings import default_settings

READY = (TokenStatus.ACTIVE, TokenStatus.EXPIRES_SOON)


class TokenNotActive(Exception):
    """A profile cannot be made before its token is active."""

    sentence = gettext_noop("A profile can be made when the token is active.")


@dataclass(frozen=True)
class Beginning:
    """What a draft starts with instead of the defaults, and where that comes from, for the audit."""

    source: str
    settings: dict[str, Any]
    name: str = ""
    description: str = ""
    platform: str = Platform.IOS


def start_profile(token: Token, *, by: Person, beginning: Beginning | None = None) -> ProfileDraft:
    """A draft; TokenNotActive. With the defaults, and the enrollment URL of the token's last profile (PROF-28)."""
    if token.status not in READY:
        raise TokenNotActive
    beginning = beginning or Beginning("defaults", _defaults(token))
    with transaction.atomic():
        draft = ProfileDraft.objects.create(
            owner=by,
            token=token,
            name=beginning.name,
            description=beginning.description,
            platform=beginning.platform,
            settings=beginning.settings,
        )
        AuditEntry.record("profile_draft.started", draft, by=by, source=beginning.source)
    return draft


def _defaults(token: Token) -> dict[str, Any]:
    last = Profile.objects.filter(token=token, current__isnull=False).order_by("-created_at").first()
    return {**default_settings(new=True), "enrollment_url": last.settings["enrollment_url"] if last else ""}
