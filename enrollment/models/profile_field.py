"""What one setting of a profile is made of; the settings themselves stand in profile_settings.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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


class Step(models.TextChoices):
    """The wizard's steps that ask for settings."""

    BASICS = "basics", _("Basics")
    MANAGEMENT = "management", _("Management settings")
    PANES = "setup-assistant", _("Setup Assistant")


class Section(models.TextChoices):
    """What belongs together on a step and on every page that shows settings."""

    BASICS = "basics", _("Basics")
    SIGN_IN = "sign_in", _("User affinity and authentication")
    MANAGEMENT = "management", _("Management")
    SHARED_IPAD = "shared_ipad", _("Shared iPad")
    COMPUTERS = "computers", _("Computers")
    NAME = "name", _("Device name")
    CELLULAR = "cellular", _("Cellular data plan")
    ADVANCED = "advanced", _("Advanced")
    PANES = "panes", _("Setup Assistant")

    @property
    def step(self) -> Step:
        return {Section.BASICS: Step.BASICS, Section.PANES: Step.PANES}.get(self, Step.MANAGEMENT)


@dataclass(frozen=True)
class Field:
    """One setting. `goes_to` is a key of Apple's payload, "mdm" for the enrollment service, or "local"."""

    prof: str
    label: Text
    kind: str
    goes_to: str
    section: Section
    default: Any = None
    help: Text = ""
    choices: Sequence[tuple[Any, Text]] = field(default_factory=tuple)
    choice_helps: Sequence[Text] = field(default_factory=tuple)
    longest: int | None = None
    most: int | None = None
    is_required: bool = False
    minimum_os: str = ""
    # What a device does with it at its next check-in needs no erase, and so no revision (PB-1).
    makes_revision: bool = True

    @property
    def step(self) -> Step:
        return self.section.step

    @property
    def is_applied_by_mdm(self) -> bool:
        """Only the enrollment service can apply it, not Apple."""
        return self.goes_to == "mdm"

    def empty(self) -> Any:
        """What is stored where the setting has no meaning or nothing was given."""
        if self.kind == "bool":
            return False
        if self.kind in ("certificates", "panes"):
            return []
        return "" if self.kind in ("choice", "url", "text", "email", "name_template") else None
