"""The settings of a profile, said once as data; form, cleaning, review, API, payload and linter read them.

What depends on another stands after it, so that one walk settles all.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from enrollment import limits
from enrollment.models.profile_field import Affinity, AuthenticationMethod, Field, Pairing, Section

_GRACE = (
    _("0: at once"),
    _("60: a minute"),
    _("300: 5 minutes"),
    _("900: 15 minutes"),
    _("3600: an hour"),
    _("14400: 4 hours"),
)

FIELDS: Mapping[str, Field] = {
    "enrollment_url": Field(
        "PROF-28",
        _("Enrollment URL"),
        "url",
        "url",
        Section.BASICS,
        "",
        is_required=True,
        help=_("Where devices ask for management: the ADE address of your MDM server, with https."),
    ),
    "department": Field(
        "PROF-25",
        _("Department"),
        "text",
        "department",
        Section.BASICS,
        "",
        longest=125,
        help=_("Shown under “About Configuration” while a device is set up."),
    ),
    "department_phone": Field(
        "PROF-26",
        _("Department phone"),
        "text",
        "support_phone_number",
        Section.BASICS,
        "",
        longest=50,
        help=_("Shown under “Need help” while a device is set up."),
    ),
    "support_email": Field(
        "PROF-27", _("Support e-mail"), "email", "support_email_address", Section.BASICS, "", longest=250
    ),
    "affinity": Field(
        "PROF-4",
        _("User affinity"),
        "choice",
        "local",
        Section.SIGN_IN,
        "",
        is_required=True,
        choices=Affinity.choices,
        choice_helps=(
            _("The device belongs to a user, who uses the Company Portal for services such as installing apps."),
            _("No single user and no local user data: kiosk, point of sale, shared utility."),
            _("Front-line workers sign in and out. Locked enrollment is recommended."),
        ),
    ),
    "method": Field(
        "PROF-7",
        _("Authentication method"),
        "choice",
        "local",
        Section.SIGN_IN,
        "",
        is_required=True,
        choices=AuthenticationMethod.choices,
        choice_helps=(
            _("Users sign in to the Company Portal after the device is set up. Modern authentication."),
            _("Users sign in during setup, without multi-factor authentication."),
            _("Recommended. Users sign in on a web page during setup. From version 13.0; older devices use legacy."),
        ),
    ),
    "web_url": Field(
        "PROF-29",
        _("Web authentication URL"),
        "url",
        "configuration_web_url",
        Section.SIGN_IN,
        "",
        is_required=True,
        minimum_os="13.0",
        help=_("Where users sign in; its host must share its last two labels with the enrollment URL."),
    ),
    "install_company_portal": Field(
        "PROF-8",
        _("Install Company Portal"),
        "bool",
        "mdm",
        Section.SIGN_IN,
        False,
        help=_("Its configuration is sent with it: do not deploy it by hand as well."),
    ),
    "company_portal_vpp": Field(
        "PROF-9",
        _("Install Company Portal with VPP"),
        "vpp",
        "mdm",
        Section.SIGN_IN,
        help=_(
            "The token whose device licences are used. Enrollment is blocked when it has expired or has no "
            "licences left."
        ),
    ),
    "single_app_mode": Field(
        "PROF-10",
        _("Run Company Portal in Single App Mode until authentication"),
        "bool",
        "mdm",
        Section.SIGN_IN,
        False,
        minimum_os="11.3.1",
        help=_("No multi-factor authentication on the locked device: the second factor must be on another one."),
    ),
    "is_supervised": Field(
        "PROF-11",
        _("Supervised"),
        "bool",
        "is_supervised",
        Section.MANAGEMENT,
        True,
        help=_(
            "More management, and Activation Lock off by default. “No” concerns only devices before 13.0: "
            "later ones are always supervised."
        ),
    ),
    "is_locked": Field(
        "PROF-12",
        _("Locked enrollment"),
        "bool",
        "is_mdm_removable",
        Section.MANAGEMENT,
        False,
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
        Section.SHARED_IPAD,
        False,
        minimum_os="13.4",
        help=_(
            "Several people use one iPad, each with a Managed Apple ID, a federated account or a temporary session. "
            "Never an iPhone; an older iPad that got such a profile must be erased."
        ),
    ),
    "temporary_only": Field(
        "PROF-17",
        _("Require Shared iPad temporary session only"),
        "bool",
        "mdm",
        Section.SHARED_IPAD,
        False,
        minimum_os="14.5",
        help=_(
            "Guests only; their data is erased at sign-out. Going back needs a full reset of the device and a new "
            "profile."
        ),
    ),
    "cached_users": Field(
        "PROF-14",
        _("Maximum cached users"),
        "integer",
        "mdm",
        Section.SHARED_IPAD,
        minimum_os="13.4",
        help=_("From 1 to 24. With few, users wait for their data; with many, the disk fills."),
    ),
    "passcode_grace": Field(
        "PROF-15",
        _("Maximum seconds after screen lock before password is required"),
        "integer_choice",
        "mdm",
        Section.SHARED_IPAD,
        minimum_os="13.0",
        choices=tuple(zip(limits.PASSCODE_GRACE_SECONDS, _GRACE, strict=True)),
    ),
    "user_timeout": Field(
        "PROF-16",
        _("Maximum seconds of inactivity until user session logs out"),
        "timeout",
        "mdm",
        Section.SHARED_IPAD,
        minimum_os="14.5",
        help=_("At least 30 seconds; empty or 0 means never."),
    ),
    "temporary_timeout": Field(
        "PROF-18",
        _("Maximum seconds of inactivity until temporary session logs out"),
        "timeout",
        "mdm",
        Section.SHARED_IPAD,
        minimum_os="14.5",
        help=_("At least 30 seconds; empty or 0 means never."),
    ),
    "pairing": Field(
        "PROF-19",
        _("Sync with computers"),
        "choice",
        "allow_pairing",
        Section.COMPUTERS,
        Pairing.ALLOW.value,
        is_required=True,
        choices=Pairing.choices,
        choice_helps=(
            "",
            _("The port is limited to charging; iTunes and Apple Configurator 2 are blocked."),
            _("Only Macs that have one of these certificates may connect; the port is limited for all others."),
        ),
    ),
    "host_certificates": Field(
        "PROF-20",
        _("Apple Configurator certificates"),
        "certificates",
        "supervising_host_certs",
        Section.COMPUTERS,
        (),
        most=limits.CONFIGURATOR_CERTIFICATES,
        is_required=True,
        help=_(
            "Up to 10 files (.cer, DER or PEM). Keep a local copy: an uploaded one can be removed, not changed. "
            "The same certificate must be on the Mac."
        ),
    ),
    "await_configured": Field(
        "PROF-21",
        _("Await final configuration"),
        "bool",
        "await_device_configured",
        Section.MANAGEMENT,
        True,
        minimum_os="13.0",
        help=_(
            "Holds the device just before its home screen, once per enrollment, until its policies are installed "
            "(not its apps). There is no limit of time; most devices are released within 15 minutes."
        ),
    ),
    "apply_name_template": Field(
        "PROF-22",
        _("Apply device name template"),
        "bool",
        "mdm",
        Section.NAME,
        False,
        makes_revision=False,
        help=_(
            "Applied at enrollment and at every check-in, without an erase; a name given by hand goes back to this."
        ),
    ),
    "name_template": Field(
        "PROF-22",
        _("Device name template"),
        "name_template",
        "mdm",
        Section.NAME,
        "",
        longest=limits.DEVICE_NAME_TEMPLATE_LENGTH,
        is_required=True,
        makes_revision=False,
        help=_("Up to 63 characters. {{DEVICETYPE}} and {{SERIAL}} stand for those of the device."),
    ),
    "activate_cellular": Field(
        "PROF-23",
        _("Activate cellular data plan"),
        "bool",
        "mdm",
        Section.CELLULAR,
        False,
        minimum_os="13.0",
        help=_("For devices with an eSIM that the carrier has provisioned."),
    ),
    "carrier_url": Field(
        "PROF-23",
        _("Carrier activation server URL"),
        "url",
        "mdm",
        Section.CELLULAR,
        "",
        is_required=True,
        help=_("From your carrier, with https."),
    ),
    "anchor_certificates": Field(
        "PROF-30",
        _("Anchor certificates"),
        "certificates",
        "anchor_certs",
        Section.ADVANCED,
        (),
        most=limits.ANCHOR_CERTIFICATES,
        help=_("Certificates that devices trust for the two URLs when theirs is not publicly trusted."),
    ),
    "return_to_service": Field(
        "PROF-30",
        _("Return to service"),
        "bool",
        "is_return_to_service",
        Section.ADVANCED,
        False,
        minimum_os="26.0",
        help=_("An erased device enrolls again by itself. Not together with Shared iPad."),
    ),
    "not_from_backup": Field(
        "PROF-30",
        _("Do not use the profile from a backup"),
        "bool",
        "do_not_use_profile_from_backup",
        Section.ADVANCED,
        False,
        minimum_os="26.0",
        help=_(
            "A device that is restored gets the current profile from Apple instead of the one in the backup. "
            "From 26.4 the restore also drops all configuration profiles."
        ),
    ),
    "hidden_panes": Field("4", _("Setup Assistant screens"), "panes", "skip_setup_items", Section.PANES, ()),
}


def default_settings(*, new: bool = True) -> dict[str, Any]:
    """What a profile starts with; an imported or earlier one does not await its configuration (PROF-21)."""
    settings = {
        name: list(one.default) if isinstance(one.default, tuple) else one.default for name, one in FIELDS.items()
    }
    return settings if new else {**settings, "await_configured": False}


def of_a_revision(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings a revision holds; the others take effect at the next check-in (PB-1)."""
    return {name: settings.get(name, one.default) for name, one in FIELDS.items() if one.makes_revision}
