from allauth.mfa.models import Authenticator
from django.db import transaction

from enrollment.models.sealed_text import reseal

SEALED = ("secret", "seed")  # of an authenticator app, of recovery codes; passkeys hold nothing secret


def reseal_factors() -> int:
    """Seal the secrets of all second factors under the first key of the ring; how many there were. Safe to do again.

    Nothing anybody would see changes: it is not recorded. KeyMissing when one cannot be read.
    """
    sealed = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    keys = list(sealed.values_list("pk", flat=True))
    for key in keys:
        with transaction.atomic():
            # Codes are used up in the same column.
            if factor := sealed.select_for_update().filter(pk=key).first():
                factor.data |= {name: reseal(factor.data[name]) for name in SEALED if name in factor.data}
                factor.save(update_fields=["data"])
    return len(keys)
