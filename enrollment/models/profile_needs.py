"""Which setting means something when (requirements.md section 3, "shown when"), said once as data."""

from collections.abc import Mapping, Sequence
from typing import Any

from enrollment.models.profile_field import Affinity, AuthenticationMethod, Pairing

SETUP_ASSISTANT_METHODS = (AuthenticationMethod.LEGACY, AuthenticationMethod.MODERN)
ANY = object()  # any value but none

# When a setting means something: one of the alternatives must hold. What is not named here always does.
NEEDS: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "method": [{"affinity": Affinity.WITH}],
    "web_url": [{"method": AuthenticationMethod.MODERN}],
    "install_company_portal": [{"method": SETUP_ASSISTANT_METHODS}],
    "company_portal_vpp": [{"install_company_portal": True}, {"method": AuthenticationMethod.COMPANY_PORTAL}],
    "single_app_mode": [{"company_portal_vpp": ANY}],
    "is_locked": [{"is_supervised": True}],
    "is_shared_ipad": [{"affinity": Affinity.WITHOUT, "is_supervised": True}],
    "temporary_only": [{"is_shared_ipad": True}],
    "cached_users": [{"is_shared_ipad": True, "temporary_only": False}],
    "passcode_grace": [{"is_shared_ipad": True, "temporary_only": False}],
    "user_timeout": [{"is_shared_ipad": True, "temporary_only": False}],
    "temporary_timeout": [{"temporary_only": True}],
    "host_certificates": [{"pairing": Pairing.CERTIFICATE}],
    "await_configured": [
        {"affinity": Affinity.WITH, "method": AuthenticationMethod.MODERN},
        {"affinity": Affinity.SHARED},
        {"affinity": Affinity.WITHOUT, "is_shared_ipad": False},
    ],
    "apply_name_template": [{"is_supervised": True}],
    "name_template": [{"apply_name_template": True}],
    "carrier_url": [{"activate_cellular": True}],
    # Apple takes one or the other (apple-protocols.md 4.1).
    "return_to_service": [{"is_shared_ipad": False}],
}


def is_shown(name: str, settings: Mapping[str, Any]) -> bool:
    """Whether a setting means something beside the others."""
    alternatives = NEEDS.get(name)
    return alternatives is None or any(
        all(_meets(settings.get(other), wanted) for other, wanted in needs.items()) for needs in alternatives
    )


def _meets(value: Any, wanted: Any) -> bool:
    if wanted is ANY:
        return value not in (None, "", False)
    if isinstance(wanted, tuple):
        return value in wanted
    return bool(value) is wanted if isinstance(wanted, bool) else value == wanted
