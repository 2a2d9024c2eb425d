"""The settings of a profile, said once as data; form, cleaning, review, API, payload and linter read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment import limits

Text = str | Promise


class Affinity(models.TextChoices):
    WITH = "with", _("Enroll with user affinity")
    WITHOUT = "without", _("Enroll without user affinity")
    SHARED = "entra_shared", _("Enroll with Microsoft Entra ID shared mode")


class AuthenticationMethod(models.TextChoices):
    COMPANY_PORTAL = "company_portal", _("Company Portal")
    LEGACY = "legacy", _("Setup Assistant (legacy)")
    MODERN = "modern", _("Setup Assistant with modern authentication")


class Pairing(models.TextChoices):
    ALLOW = "allow", _("Allow all")
    DENY = "deny", _("Deny all")
    CERTIFICATE = "certificate", _("Allow Apple Configurator by certificate")


@dataclass(frozen=True)
class Field:
    """One setting. `goes_to` is a key of Apple's payload, or "mdm" for the enrollment service, or "local"."""

    prof: str
    label: Text
    kind: str
    goes_to: str
    step: str
    default: Any = None
    help: Text = ""
    choices: Sequence[tuple[Any, Text]] = field(default_factory=tuple)
    longest: int | None = None
    is_required: bool = False
    minimum_os: str = ""
    is_offered: bool = False  # by the wizard of today; the others come with the next issue


_BASICS, _MANAGEMENT, _PANES = "basics", "management", "setup_assistant"

FIELDS: Mapping[str, Field] = {
    "enrollment_url": Field(
        "PROF-28",
        _("Enrollment URL"),
        "url",
        "url",
        _BASICS,
        "",
        is_required=True,
        is_offered=True,
        help=_("Where devices ask for management: the ADE address of your MDM server, with https."),
    ),
    "department": Field(
        "PROF-25",
        _("Department"),
        "text",
        "department",
        _BASICS,
        "",
        longest=125,
        is_offered=True,
        help=_("Shown under “About Configuration” while a device is set up."),
    ),
    "department_phone": Field(
        "PROF-26",
        _("Department phone"),
        "text",
        "support_phone_number",
        _BASICS,
        "",
        longest=50,
        is_offered=True,
        help=_("Shown under “Need help” while a device is set up."),
    ),
    "support_email": Field(
        "PROF-27",
        _("Support e-mail"),
        "email",
        "support_email_address",
        _BASICS,
        "",
        longest=250,
        is_offered=True,
    ),
    "affinity": Field(
        "PROF-4",
        _("User affinity"),
        "choice",
        "local",
        _MANAGEMENT,
        "",
        is_required=True,
        is_offered=True,
        choices=Affinity.choices,
        help=_(
            "With: the device belongs to a user. Without: no single user, such as a kiosk. "
            "Shared mode: front-line workers sign in and out."
        ),
    ),
    "method": Field(
        "PROF-7",
        _("Authentication method"),
        "choice",
        "configuration_web_url",
        _MANAGEMENT,
        "",
        is_required=True,
        is_offered=True,
        choices=AuthenticationMethod.choices,
        help=_("Modern authentication is recommended and needs 13.0; older devices fall back to legacy."),
    ),
    "web_url": Field(
        "PROF-29",
        _("Web authentication URL"),
        "url",
        "configuration_web_url",
        _MANAGEMENT,
        "",
        is_required=True,
        is_offered=True,
        minimum_os="13.0",
        help=_("Where users sign in; its host must share its last two labels with the enrollment URL."),
    ),
    "install_company_portal": Field(
        "PROF-8",
        _("Install Company Portal"),
        "bool",
        "mdm",
        _MANAGEMENT,
        False,
    ),
    "company_portal_vpp": Field(
        "PROF-9",
        _("Install Company Portal with VPP"),
        "vpp",
        "mdm",
        _MANAGEMENT,
        None,
    ),
    "single_app_mode": Field(
        "PROF-10",
        _("Run Company Portal in Single App Mode until authentication"),
        "bool",
        "mdm",
        _MANAGEMENT,
        False,
        minimum_os="11.3.1",
        help=_("No multi-factor authentication on the locked device: the second factor must be on another one."),
    ),
    "is_supervised": Field(
        "PROF-11",
        _("Supervised"),
        "bool",
        "is_supervised",
        _MANAGEMENT,
        True,
        is_offered=True,
        help=_("“No” concerns only devices before 13.0: later ones are always supervised."),
    ),
    "is_locked": Field(
        "PROF-12",
        _("Locked enrollment"),
        "bool",
        "is_mdm_removable",
        _MANAGEMENT,
        False,
        is_offered=True,
        help=_(
            "Users cannot remove management. Devices added by Apple Configurator can do so for 30 days all the same. "
            "Recommended with shared mode."
        ),
    ),
    "is_shared_ipad": Field(
        "PROF-13",
        _("Shared iPad"),
        "bool",
        "is_multi_user",
        _MANAGEMENT,
        False,
        minimum_os="13.4",
    ),
    "temporary_only": Field(
        "PROF-17",
        _("Require Shared iPad temporary session only"),
        "bool",
        "mdm",
        _MANAGEMENT,
        False,
        minimum_os="14.5",
    ),
    "cached_users": Field(
        "PROF-14",
        _("Maximum cached users"),
        "integer",
        "mdm",
        _MANAGEMENT,
        None,
    ),
    "passcode_grace": Field(
        "PROF-15",
        _("Maximum seconds after screen lock before password is required"),
        "integer_choice",
        "mdm",
        _MANAGEMENT,
        None,
        minimum_os="13.0",
        choices=[(seconds, str(seconds)) for seconds in limits.PASSCODE_GRACE_SECONDS],
    ),
    "user_timeout": Field(
        "PROF-16",
        _("Maximum seconds of inactivity until user session logs out"),
        "timeout",
        "mdm",
        _MANAGEMENT,
        None,
        minimum_os="14.5",
    ),
    "temporary_timeout": Field(
        "PROF-18",
        _("Maximum seconds of inactivity until temporary session logs out"),
        "timeout",
        "mdm",
        _MANAGEMENT,
        None,
        minimum_os="14.5",
    ),
    "pairing": Field(
        "PROF-19",
        _("Sync with computers"),
        "choice",
        "allow_pairing",
        _MANAGEMENT,
        Pairing.ALLOW.value,
        choices=Pairing.choices,
    ),
    "host_certificates": Field(
        "PROF-20",
        _("Apple Configurator certificates"),
        "certificates",
        "supervising_host_certs",
        _MANAGEMENT,
        (),
        is_required=True,
    ),
    "await_configured": Field(
        "PROF-21",
        _("Await final configuration"),
        "bool",
        "await_device_configured",
        _MANAGEMENT,
        True,
        is_offered=True,
        minimum_os="13.0",
        help=_("Holds the device just before its home screen until its settings have arrived."),
    ),
    "activate_cellular": Field(
        "PROF-23",
        _("Activate cellular data plan"),
        "bool",
        "mdm",
        _MANAGEMENT,
        False,
        minimum_os="13.0",
    ),
    "carrier_url": Field(
        "PROF-23",
        _("Carrier activation server URL"),
        "url",
        "mdm",
        _MANAGEMENT,
        "",
        is_required=True,
    ),
    "anchor_certificates": Field(
        "PROF-30",
        _("Anchor certificates"),
        "certificates",
        "anchor_certs",
        _MANAGEMENT,
        (),
    ),
    "return_to_service": Field(
        "PROF-30",
        _("Return to service"),
        "bool",
        "is_return_to_service",
        _MANAGEMENT,
        False,
        minimum_os="26.0",
    ),
    "not_from_backup": Field(
        "PROF-30",
        _("Do not use the profile from a backup"),
        "bool",
        "do_not_use_profile_from_backup",
        _MANAGEMENT,
        False,
        minimum_os="26.0",
    ),
    "hidden_panes": Field(
        "4",
        _("Setup Assistant screens"),
        "panes",
        "skip_setup_items",
        _PANES,
        (),
        is_offered=True,
    ),
}


def default_settings(*, new: bool = True) -> dict[str, Any]:
    """What a profile starts with; an imported or earlier one does not await its configuration (PROF-21)."""
    settings = {
        name: list(one.default) if isinstance(one.default, tuple) else one.default for name, one in FIELDS.items()
    }
    return settings if new else {**settings, "await_configured": False}


def is_sent_to_apple(name: str) -> bool:
    """Whether a change of this setting changes what Apple has."""
    return FIELDS[name].goes_to not in ("mdm", "local")
