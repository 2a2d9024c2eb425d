"""What Apple accepts as a profile (apple-protocols.md 2.4 and 4.1)."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography import x509

LENGTHS = {
    "department": (125, "DEPARTMENT_INVALID"),
    "org_magic": (256, "MAGIC_INVALID"),
    "support_phone_number": (50, "SUPPORT_PHONE_INVALID"),
    "support_email_address": (250, "SUPPORT_EMAIL_INVALID"),
}
DEFAULTS: dict[str, Any] = {
    "is_supervised": False,
    "is_mandatory": False,
    "is_mdm_removable": True,
    "await_device_configured": False,
    "auto_advance_setup": False,
    "is_multi_user": False,
    "allow_pairing": True,
    "anchor_certs": [],
    "supervising_host_certs": [],
    "skip_setup_items": [],
}
BOOLEANS = [name for name, value in DEFAULTS.items() if isinstance(value, bool)] + [
    "is_return_to_service",
    "do_not_use_profile_from_backup",
]
CERTIFICATES = ("anchor_certs", "supervising_host_certs")
LISTS = [name for name, value in DEFAULTS.items() if isinstance(value, list)] + ["devices"]


def refusal(payload: Mapping[str, Any]) -> str:
    """Apple's code for the first thing wrong with a profile; "" when it is accepted."""
    return (
        _types(payload)
        or _name(payload.get("profile_name"))
        or _url(payload.get("url"))
        or _lengths(payload)
        or _flags(payload)
        or _locale(payload)
    )


def _types(payload: Mapping[str, Any]) -> str:
    wrong_flag = any(not isinstance(payload[name], bool) for name in BOOLEANS if name in payload)
    wrong_list = any(
        not isinstance(payload[name], list) or not all(isinstance(part, str) for part in payload[name])
        for name in LISTS
        if name in payload
    )
    return "MALFORMED_REQUEST_BODY" if wrong_flag or wrong_list or not _holds_certificates(payload) else ""


def _holds_certificates(payload: Mapping[str, Any]) -> bool:
    """Base64 of DER, without PEM headers and line breaks."""
    texts = [text for name in CERTIFICATES for text in payload.get(name, [])]
    try:
        for text in texts:
            x509.load_der_x509_certificate(base64.b64decode(text, validate=True))
    except ValueError:
        return False
    return True


def _name(name: object) -> str:
    if name is None:
        return "CONFIG_NAME_REQUIRED"
    return "" if isinstance(name, str) and 1 <= len(name) <= 125 else "CONFIG_NAME_INVALID"


def _url(url: object) -> str:
    if url is None:
        return "CONFIG_URL_REQUIRED"
    if not isinstance(url, str) or not _is_address(url) or len(quote(url, safe="%/:?#[]@!$&'()*+,;=")) > 2000:
        return "CONFIG_URL_INVALID"
    return ""


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and not any(c.isspace() for c in url)
    except ValueError:
        return False


def _lengths(payload: Mapping[str, Any]) -> str:
    for name, (longest, code) in LENGTHS.items():
        value = payload.get(name)
        if name in payload and not (isinstance(value, str) and 1 <= len(value) <= longest):
            return code
    web = payload.get("configuration_web_url")
    return "CONFIG_URL_INVALID" if web is not None and (not isinstance(web, str) or not _is_address(web)) else ""


def _flags(payload: Mapping[str, Any]) -> str:
    locked = payload.get("is_mdm_removable") is False
    both = payload.get("is_multi_user") is True and payload.get("is_return_to_service") is True
    return "FLAGS_INVALID" if (locked and payload.get("is_supervised") is not True) or both else ""


def _locale(payload: Mapping[str, Any]) -> str:
    language, region = payload.get("language"), payload.get("region")
    if language is None and region is None:
        return ""
    known = isinstance(language, str) and len(language) in (2, 3) and isinstance(region, str) and len(region) == 2
    return "" if known and str(region).isupper() else "LOCALE_INVALID"
