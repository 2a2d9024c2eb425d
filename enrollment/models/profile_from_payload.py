"""A profile of Apple's, as other tools write and Apple answers it, made settings of ours (DEV-4b, PROF import)."""

from collections.abc import Mapping
from typing import Any

from enrollment.models.profile_field import Affinity, AuthenticationMethod, Pairing
from enrollment.models.profile_settings import default_settings

# Apple's keys that a setting stands for, with the kind of their value.
TAKEN: Mapping[str, type] = {
    "profile_name": str,
    "url": str,
    "configuration_web_url": str,
    "department": str,
    "support_phone_number": str,
    "support_email_address": str,
    "is_supervised": bool,
    "is_mdm_removable": bool,
    "is_multi_user": bool,
    "await_device_configured": bool,
    "allow_pairing": bool,
    "is_return_to_service": bool,
    "do_not_use_profile_from_backup": bool,
    "supervising_host_certs": list,
    "anchor_certs": list,
    "skip_setup_items": list,
}
# Known, and rightly not taken over: ours to say, or Apple's own.
NOT_TAKEN = ("org_magic", "is_mandatory", "profile_uuid", "devices")


def settings_from_payload(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that make the same payload. What Apple is not told, such as the affinity, is told where it follows."""
    says = payload.get
    settings = default_settings(new=False)
    is_shared_ipad = says("is_multi_user", False)
    settings |= {
        "enrollment_url": says("url", ""),
        "department": says("department", ""),
        "department_phone": says("support_phone_number", ""),
        "support_email": says("support_email_address", ""),
        "is_supervised": says("is_supervised", False),
        "is_locked": not says("is_mdm_removable", True),
        "is_shared_ipad": is_shared_ipad,
        "await_configured": says("await_device_configured", False) and not is_shared_ipad,
        "anchor_certificates": list(says("anchor_certs", [])),
        "host_certificates": list(says("supervising_host_certs", [])),
        "return_to_service": says("is_return_to_service", False),
        "not_from_backup": says("do_not_use_profile_from_backup", False),
        "hidden_panes": list(says("skip_setup_items", [])),
    }
    if says("configuration_web_url"):
        settings |= {
            "affinity": Affinity.WITH.value,
            "method": AuthenticationMethod.MODERN.value,
            "web_url": says("configuration_web_url"),
        }
    elif is_shared_ipad:
        settings["affinity"] = Affinity.WITHOUT.value
    return settings | {"pairing": _pairing(payload).value}


def _pairing(payload: Mapping[str, Any]) -> Pairing:
    if payload.get("allow_pairing", True):
        return Pairing.ALLOW
    return Pairing.CERTIFICATE if payload.get("supervising_host_certs") else Pairing.DENY
