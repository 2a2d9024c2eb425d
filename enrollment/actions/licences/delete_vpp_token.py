from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_noop

from enrollment.models import AuditEntry, Person, Profile, VppToken

_BY_NAME = gettext_noop("It is chosen by: %(names)s. Choose another there first.")
_UNSEEN = gettext_noop("It is chosen by profiles that you do not see.")


class VppTokenInUse(Exception):
    """Profiles install the Company Portal with it; `names` are of those the person sees."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names
        self.sentence = _BY_NAME if names else _UNSEEN
        self.details = {"names": ", ".join(names)}


def profiles_with(token: VppToken, *, seen_by: Person | None = None) -> list[Profile]:
    """The profiles whose current revision names it. None sees all of them."""
    return profiles_by_token([token], seen_by=seen_by)[token.pk]


def profiles_by_token(tokens: Collection[VppToken], *, seen_by: Person | None = None) -> dict[int, list[Profile]]:
    """The same of several, by their keys; read by page and verb alike."""
    found: dict[int, list[Profile]] = {token.pk: [] for token in tokens}
    profiles = Profile.objects.filter(current__settings__company_portal_vpp__in=list(found)).select_related("current")
    for profile in profiles.visible_to(seen_by) if seen_by else profiles:
        found[profile.settings["company_portal_vpp"]].append(profile)
    return found


def chosen_vpp_tokens(tokens: Collection[VppToken]) -> set[int]:
    """The keys of those that any profile has chosen, whoever sees it."""
    if not tokens:
        return set()
    keys = [token.pk for token in tokens]
    chosen = Profile.objects.filter(current__settings__company_portal_vpp__in=keys).order_by()
    return set(chosen.values_list("current__settings__company_portal_vpp", flat=True).distinct())


def delete_vpp_token(token: VppToken, *, by: Person | None) -> None:
    """Forget a content token nobody uses; VppTokenInUse otherwise. In Apple's portal it stays as it is."""
    with transaction.atomic():
        if profiles_with(token):
            raise VppTokenInUse([profile.name for profile in profiles_with(token, seen_by=by)])
        before = {
            "org_name": token.org_name,
            "expires": token.expires_at.isoformat(),
            "scope_tags": sorted(tag.name for tag in token.scope_tags.all()),
        }
        AuditEntry.record("vpp_token.deleted", token, by=by, before=before)
        token.delete()
