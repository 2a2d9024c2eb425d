"""Devices that do not get what they are to have, token by token (WARN-1)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enrollment.actions.warnings.device_figures import DeviceFigures
from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.warning import A_DAY, Condition, StandingWarning
from enrollment.models import AssignmentState, Permission, Severity
from enrollment.models.device_tally import Counts


class _Devices(Condition):
    """How many devices of a token something holds for; `filters` are the words of the device list that shows them."""

    needed, acts = Permission.READ_DEVICE, Permission.ASSIGN_PROFILE
    severity = Severity.WARNING
    grace = A_DAY
    filters: ClassVar[Mapping[str, str]]

    def counts(self, figures: DeviceFigures) -> Counts:
        raise NotImplementedError

    def find(self, look: Look) -> Iterator[StandingWarning]:
        counts = self.counts(look.devices)
        for key, token in look.counted_tokens.items() if counts else ():
            if key in counts:
                yield StandingWarning(
                    condition=self,
                    severity=self.severity,
                    token=token,
                    details={"name": token.name, "token": key, "count": counts[key], **self.more(look, key)},
                )

    def more(self, look: Look, key: int) -> dict[str, Any]:
        """What else the sentence says of a token's devices."""
        return {}

    def says(self, count: int) -> str:
        """The sentence with places for count and name."""
        raise NotImplementedError

    def sentence(self, warning: StandingWarning) -> str:
        count, day = warning.details["count"], warning.details.get("day")
        places = {"count": intcomma(count), "day": date_format(localtime(day), "j F Y") if day else ""}
        return self.says(count) % {**warning.details, **places}

    def link(self, warning: StandingWarning) -> str:
        return f"{reverse('device-list')}?{urlencode({'token': warning.details['token'], **self.filters})}"


class _Stuck(_Devices):
    """What is wanted does not arrive at Apple; `filters` names the state."""

    patience = timedelta(hours=2)  # it is tried again by itself after one

    def counts(self, figures: DeviceFigures) -> Counts:
        return figures.stuck.get(AssignmentState(self.filters["state"]), {})


class DevicesFailing(_Stuck):
    id = "devices_failing"
    label = gettext_lazy("Profile not assigned: failed")
    watches = gettext_lazy("Apple says no to the profile that is wanted for devices.")
    filters = {"state": AssignmentState.FAILED.value, "released": "false"}

    def says(self, count: int) -> str:
        return ngettext(
            "%(count)s device of “%(name)s” does not get the profile that is wanted: Apple says no.",
            "%(count)s devices of “%(name)s” do not get the profile that is wanted: Apple says no.",
            count,
        )

    def remedy(self, warning: StandingWarning) -> str:
        return _(
            "Their pages say why. A profile that Apple refuses must be changed; all else is tried again by itself, "
            "and Apple's support helps where it stays."
        )


class DevicesNotAccessible(_Stuck):
    id = "devices_not_accessible"
    label = gettext_lazy("Profile not assigned: not accessible")
    watches = gettext_lazy("Apple says that devices which are to get a profile are not on this server.")
    filters = {"state": AssignmentState.NOT_ACCESSIBLE.value, "released": "false"}

    def says(self, count: int) -> str:
        return ngettext(
            "%(count)s device of “%(name)s” does not get its profile: Apple says that it is not on this server.",
            "%(count)s devices of “%(name)s” do not get their profile: Apple says that they are not on this server.",
            count,
        )

    def remedy(self, warning: StandingWarning) -> str:
        return _("Look in Apple's portal to which MDM server they are assigned, and sync the token.")


class DevicesThrottled(_Stuck):
    id = "devices_throttled"
    label = gettext_lazy("Profile not assigned: throttled")
    watches = gettext_lazy("Apple asks to wait before devices get another profile.")
    filters = {"state": AssignmentState.THROTTLED.value, "released": "false"}

    def says(self, count: int) -> str:
        return ngettext(
            "%(count)s device of “%(name)s” waits for its profile: Apple was asked too often about it.",
            "%(count)s devices of “%(name)s” wait for their profile: Apple was asked too often about them.",
            count,
        )

    def remedy(self, warning: StandingWarning) -> str:
        return _(
            "Assign them to nothing else until Apple takes it, a day at the most. "
            "Look whether another tool assigns profiles to them, too."
        )


class DevicesWithoutProfile(_Devices):
    id = "devices_without_profile"
    label = gettext_lazy("Devices without a profile")
    watches = gettext_lazy("Devices that would not enroll if they were turned on now.")
    filters = {"without_profile": "true", "released": "false"}

    def counts(self, figures: DeviceFigures) -> Counts:
        return figures.without_profile

    def says(self, count: int) -> str:
        return ngettext(
            "%(count)s device of “%(name)s” has no profile: turned on, it would not enroll.",
            "%(count)s devices of “%(name)s” have no profile: turned on, they would not enroll.",
            count,
        )

    def remedy(self, warning: StandingWarning) -> str:
        if warning.token and warning.token.default_profile_id:
            return _("Assign a profile, or give the default profile on the page of the token.")
        return _("Assign a profile, and set a default profile for devices that come.")


class DevicesReleased(_Devices):
    """Nothing is wrong with that; but who did not mean it has time until then."""

    id = "devices_released"
    label = gettext_lazy("Released devices waiting for deletion")
    watches = gettext_lazy("Devices that left the server and are soon deleted here; worth knowing, and no trouble.")
    acts = Permission.DELETE_DEVICE
    severity = Severity.NOTICE
    filters = {"released": "true"}

    def counts(self, figures: DeviceFigures) -> Counts:
        return figures.released

    def more(self, look: Look, key: int) -> dict[str, Any]:
        return {"day": look.devices.first_release[key] + timedelta(days=settings.RELEASED_KEPT_DAYS)}

    def says(self, count: int) -> str:
        return ngettext(
            "%(count)s released device of “%(name)s” is deleted here on %(day)s.",
            "%(count)s released devices of “%(name)s” are deleted here, the first on %(day)s.",
            count,
        )

    def remedy(self, warning: StandingWarning) -> str:
        return _(
            "Nothing needs to be done. Those that left by mistake are assigned to the server again in Apple's portal."
        )
