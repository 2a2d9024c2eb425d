from collections.abc import Mapping
from typing import Any

from enrollment.models.profile_field import Affinity, AuthenticationMethod, Pairing

Payload = dict[str, Any]


def payload(settings: Mapping[str, Any], *, profile_name: str, org_magic: str) -> Payload:
    """Exactly what Apple gets for clean settings (apple-protocols.md 4.1). Empty strings are errors there: left out."""
    said: Payload = {
        "profile_name": profile_name,
        "url": settings["enrollment_url"],
        "org_magic": org_magic,
        "is_mandatory": True,
        "is_supervised": settings["is_supervised"],
        "is_mdm_removable": not (settings["is_locked"] and settings["is_supervised"]),
        "is_multi_user": settings["is_shared_ipad"],
        # A Shared iPad has to be held while its settings arrive, though the option is not offered (section 12).
        "await_device_configured": settings["await_configured"] or settings["is_shared_ipad"],
        "allow_pairing": settings["pairing"] == Pairing.ALLOW,
        "skip_setup_items": sorted(settings["hidden_panes"]),
    }
    optional = {
        "department": settings["department"],
        "support_phone_number": settings["department_phone"],
        "support_email_address": settings["support_email"],
        "configuration_web_url": settings["web_url"] if _signs_in_on_the_web(settings) else "",
        "supervising_host_certs": settings["host_certificates"] if settings["pairing"] == Pairing.CERTIFICATE else [],
        "anchor_certs": settings["anchor_certificates"],
        "is_return_to_service": settings["return_to_service"],
        "do_not_use_profile_from_backup": settings["not_from_backup"],
    }
    return said | {name: value for name, value in optional.items() if value}


def _signs_in_on_the_web(settings: Mapping[str, Any]) -> bool:
    return settings["affinity"] == Affinity.WITH and settings["method"] == AuthenticationMethod.MODERN
