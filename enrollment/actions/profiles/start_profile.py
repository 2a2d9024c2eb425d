from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from enrollment.models import AuditEntry, Person, Profile, ProfileDraft, Token, TokenStatus
from enrollment.models.profile_settings import default_settings

READY = (TokenStatus.ACTIVE, TokenStatus.EXPIRES_SOON)


class TokenNotActive(Exception):
    """A profile cannot be made before its token is active."""

    sentence = gettext_noop("A profile can be made when the token is active.")


def start_profile(token: Token, *, by: Person) -> ProfileDraft:
    """A draft with the defaults; the enrollment URL is remembered from the last profile of the token (PROF-28)."""
    if token.status not in READY:
        raise TokenNotActive
    settings: dict[str, Any] = default_settings(new=True)
    last = Profile.objects.filter(token=token, current__isnull=False).order_by("-created_at").first()
    if last and last.current:
        settings["enrollment_url"] = last.current.settings.get("enrollment_url", "")
    with transaction.atomic():
        draft = ProfileDraft.objects.create(owner=by, token=token, settings=settings)
        AuditEntry.record("profile_draft.started", draft, by=by)
    return draft
