from django.db import transaction

from enrollment.models import AuditEntry, Person, Profile, VppToken


class VppTokenInUse(Exception):
    """Profiles install the Company Portal with it; `names` are theirs."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def profiles_with(token: VppToken) -> list[Profile]:
    """The profiles whose current revision names it; read by page and verb alike."""
    return list(Profile.objects.filter(current__settings__company_portal_vpp=token.pk))


def delete_vpp_token(token: VppToken, *, by: Person | None) -> None:
    """Forget a content token nobody uses; VppTokenInUse otherwise. In Apple's portal it stays as it is."""
    with transaction.atomic():
        if profiles := profiles_with(token):
            raise VppTokenInUse([profile.name for profile in profiles])
        AuditEntry.record("vpp_token.deleted", token, by=by)
        token.delete()
