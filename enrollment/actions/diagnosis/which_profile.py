"""The doctor's later questions: which profile it is to have, whether Apple has it, whether the device took it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.actions.diagnosis.finding import Case, Check, Finding, note, ok, problem, unknown
from enrollment.actions.diagnosis.where_it_is import when
from enrollment.models import (
    Answer,
    AssignmentState,
    Device,
    ForeignProfile,
    Profile,
    VppToken,
    VppTokenStatus,
    Wish,
    WishedBy,
)
from enrollment.models.assignment import HAS_A_PROFILE
from enrollment.models.labelled import labelled
from enrollment.models.licence_stock import Supply, company_portal_stock
from enrollment.models.profile import FAMILIES, Platform, revision_at_apple

ON_THEIR_WAY = (AssignmentState.WAITING, AssignmentState.SENT)


class OfDevice(Check):
    """A question about a device that is here."""

    def look(self, case: Case) -> Finding | None:
        device = case.device
        return None if device is None or device.released_at else self.look_at(case, device)

    def look_at(self, case: Case, device: Device) -> Finding | None:
        raise NotImplementedError


class IsAProfileWanted(OfDevice):
    id = "wanted"
    question = gettext_lazy("Which profile is it to have?")

    def look_at(self, case: Case, device: Device) -> Finding:
        if device.wish == Wish.PROFILE:
            details = {"profile": device.profile, "because": self._because(device)}
            return ok(_("“%(profile)s”. %(because)s") % details, device.profile)
        if device.wish == Wish.NO_PROFILE:
            return problem(
                _("None. %(because)s") % {"because": self._because(device)}, _("Assign a profile to it."), device
            )
        if device.apple_profile_status in HAS_A_PROFILE:
            return note(_("Nobody has said anything; Apple's side is left as it is."))
        return self._nobody_said(device)

    def _because(self, device: Device) -> str:
        because = WishedBy(device.wished_because).label if device.wished_because else ""
        who = labelled(because, device.wished_by) if device.wished_by else str(because)
        return f"{who}, {when(device.wished_at)}." if device.wished_at else who

    def _nobody_said(self, device: Device) -> Finding:
        said, default = _("None: nobody has said which, and Apple has none."), device.token.default_profile
        if default is None:
            return problem(
                said + " " + _("The token has no default profile."),
                _("Assign a profile to it. Set a default profile, so that the next devices get one by themselves."),
                device,
            )
        return problem(
            said
            + " "
            + _("The default profile “%(profile)s” goes only to devices that appeared after it was set, on %(when)s.")
            % {"profile": default, "when": when(device.token.default_profile_since)},
            _("Assign a profile to it, or give the default profile to the devices that were there before."),
            device,
        )


class DidAppleTakeIt(OfDevice):
    id = "conversation"
    question = gettext_lazy("What did Apple answer?")

    def look_at(self, case: Case, device: Device) -> Finding | None:
        if device.wish == Wish.NOTHING_SAID:
            return None
        state = AssignmentState(device.state_now)
        return getattr(self, f"_{state.value}", self._waiting)(device)

    def _confirmed(self, device: Device) -> Finding:
        if device.confirmed_at:
            return ok(_("It took it; seen there on %(when)s.") % {"when": when(device.confirmed_at)})
        return ok(_("It has what is wanted."))

    def _sent(self, device: Device) -> Finding:
        return note(_("It accepted it; whether it shows is looked at in a moment."), _("Wait a few minutes."))

    def _throttled(self, device: Device) -> Finding:
        return problem(
            _("Apple holds this device back: it asks to wait until %(when)s.") % {"when": when(device.next_try_at)},
            _("Wait: Pomona asks again by itself. Assigning again would only make it longer."),
            device,
        )

    def _failed(self, device: Device) -> Finding:
        current = device.profile.current if device.profile else None
        if current and current.refusal_sentence:
            said = _(current.refusal_sentence) % current.refusal_details
            advice = _(current.refusal_advice) % current.refusal_details
            return problem(_("Apple refused the profile: %(said)s") % {"said": said}, advice, device.profile)
        if device.answer == Answer.NOT_SEEN:
            said = _("Apple accepted it, but never showed it.")
        else:
            said = _("Apple said that it failed for this device.")
        return problem(said, self._next_try(device), device)

    def _not_accessible(self, device: Device) -> Finding:
        return problem(
            _("Apple says the device is not on this server."),
            _("Look in the portal which MDM server it is assigned to, then sync."),
            device,
        )

    def _drifted(self, device: Device) -> Finding:
        return problem(
            _("Somebody else has changed the profile at Apple since."),
            _("Pomona puts it right once a day. Find out which other tool speaks for this MDM server."),
            device,
        )

    def _waiting(self, device: Device) -> Finding:
        if device.profile and device.profile.current and not device.profile.current.apple_uuid:
            return note(_("Apple does not have the profile yet; it is sent within a minute."), _("Wait a few minutes."))
        return note(_("Apple has not been asked yet; it is within a minute."), _("Wait a few minutes."))

    def _next_try(self, device: Device) -> str:
        if device.next_try_at is None:
            return _("Pomona asks again by itself.")
        return _("Pomona asks again on %(when)s. If it fails again, ask Apple.") % {"when": when(device.next_try_at)}


class DoesAppleHaveTheProfile(OfDevice):
    id = "at-apple"
    question = gettext_lazy("Which profile does Apple have for it?")

    def look_at(self, case: Case, device: Device) -> Finding:
        status, uuid = device.apple_profile_status, device.apple_profile_uuid
        if case.record:
            status, uuid = case.record.profile_status, case.record.profile_uuid
        if status not in HAS_A_PROFILE:
            if device.wish == Wish.NO_PROFILE:
                return ok(_("None, as wanted."))
            mark = note if device.state_now in ON_THEIR_WAY else problem
            return mark(
                _("None. A device that is turned on now does not enroll."),
                _("Turn the device on only when Apple has the profile."),
                device,
            )
        revision = revision_at_apple(device.token, uuid)
        if revision is None:
            return self._of_another_tool(device, uuid)
        details = {"profile": revision.profile, "number": revision.number}
        said = _("“%(profile)s”, revision %(number)d.") % details
        if device.wish == Wish.NO_PROFILE:
            return note(said + " " + _("It is to have none."), about=revision.profile)
        if device.wish == Wish.PROFILE and case.current and uuid != case.current.apple_uuid:
            return note(
                said + " " + _("That is not the one it is to have."), _("See the answers above."), revision.profile
            )
        return ok(said, revision.profile)

    def _of_another_tool(self, device: Device, uuid: str) -> Finding:
        foreign = ForeignProfile.objects.filter(token=device.token_id, apple_uuid=uuid).first()
        return note(
            _("One made by another tool: %(name)s. The device enrolls there.") % {"name": foreign or uuid},
            _("Assign a profile of ours, if it is to enroll here."),
            device,
        )


class WasItActivatedWithIt(OfDevice):
    id = "activated"
    question = gettext_lazy("Was it activated with that profile?")

    def look_at(self, case: Case, device: Device) -> Finding:
        if not device.given_at:
            return note(
                _("Apple has not handed it a profile yet: it has not been activated since."),
                _("Erase it if it is in use, then turn it on and connect it to a network."),
            )
        details = {"when": when(device.given_at)}
        if not device.needs_wipe:
            return ok(_("Yes, on %(when)s.") % details)
        given = revision_at_apple(device.token, device.given_uuid, until=device.given_at)
        if given and case.current and given.profile_id == device.profile_id:
            numbers = {"number": given.number, "current": case.current.number}
            said = _("On %(when)s it was given revision %(number)d; revision %(current)d is the current one.")
            said = said % {**details, **numbers}
        else:
            said = _("On %(when)s it was given another profile than the one it is to have.") % details
        return problem(
            said, _("Erase the device and activate it again: only then does it take what it is to have."), device
        )


class DoesTheProfileFit(OfDevice):
    id = "fits"
    question = gettext_lazy("Does the profile fit the device?")

    def look_at(self, case: Case, device: Device) -> Finding | None:
        if device.profile is None or case.current is None:
            return None
        if device.family not in FAMILIES[Platform(device.profile.platform)]:
            return problem(
                _("No: the profile is for %(platform)s, and this is of the family %(family)s.")
                % {"platform": device.profile.get_platform_display(), "family": device.family},
                _("Assign a profile that is made for it."),
                device,
            )
        if case.current.settings.get("is_shared_ipad") and device.family != "iPad":
            return problem(
                _("No: the profile sets up a Shared iPad, and this is no iPad."),
                _("Assign another profile. A device that was given this one has to be erased."),
                device,
            )
        return ok(_("Yes."))


class AreThereLicences(OfDevice):
    id = "licences"
    question = gettext_lazy("Can the Company Portal be installed?")

    def look_at(self, case: Case, device: Device) -> Finding | None:
        key = case.current.settings.get("company_portal_vpp") if case.current else None
        if not key:
            return None
        token = VppToken.objects.told_to(case.by, key)
        if token is None:
            return problem(
                _("The VPP token that the profile names has been deleted."),
                _("Choose another one in the profile: without licences the enrollment is blocked."),
                device.profile,
            )
        if token.status == VppTokenStatus.EXPIRED:
            return problem(
                _("The VPP token “%(token)s” has expired: the enrollment is blocked.") % {"token": token},
                _("Renew the VPP token."),
                _where(token, device),
            )
        if token.status == VppTokenStatus.REJECTED:
            return problem(
                _("Apple rejects the VPP token “%(token)s”: the enrollment is blocked.") % {"token": token},
                _("Renew the VPP token."),
                _where(token, device),
            )
        return self._left(token, device) or self._well(token, device)

    def _left(self, token: VppToken, device: Device) -> Finding | None:
        """From the counts that were last read; nothing where there is enough, or nothing was read yet.

        How many another part of the organisation has left is not told.
        """
        stock = company_portal_stock([token]).get(token.pk)
        supply = stock.supply if stock else Supply.GONE
        if token.read_at is None or supply == Supply.ENOUGH or (token.is_untold and supply == Supply.LOW):
            return None
        if stock and supply == Supply.LOW:
            details = {"token": token, "free": stock.free, "total": stock.owned}
            return note(
                _("Only %(free)d of %(total)d Company Portal licences are left in “%(token)s”.") % details,
                _("Buy more before the last one is used: then enrollment is blocked."),
                token,
            )
        return problem(
            _("No Company Portal licence is left in “%(token)s”: the enrollment is blocked.") % {"token": token},
            _("Buy licences, take back those of devices that are gone, or choose another VPP token in the profile."),
            _where(token, device),
        )

    def _well(self, token: VppToken, device: Device) -> Finding:
        if token.status == VppTokenStatus.EXPIRES_SOON:
            return note(
                _("The VPP token “%(token)s” expires soon.") % {"token": token},
                _("Renew the VPP token."),
                _where(token, device),
            )
        if token.status == VppTokenStatus.UNREACHABLE:
            return note(
                _("Apple cannot be reached for the VPP token “%(token)s”: its counts may be old.") % {"token": token},
                _("Apple is asked again by itself. Check that this server reaches Apple."),
                _where(token, device),
            )
        if token.read_at is None:
            return ok(_("The VPP token “%(token)s” is active.") % {"token": token})
        return ok(_("The VPP token “%(token)s” is active and has Company Portal licences left.") % {"token": token})


def _where(token: VppToken, device: Device) -> VppToken | Profile | None:
    """Where something is done about it; who does not see the VPP token can choose another one in the profile."""
    return device.profile if token.is_untold else token


class IsItBeingMoved(OfDevice):
    id = "migration"
    question = gettext_lazy("Is it being moved from another server?")

    def look_at(self, case: Case, device: Device) -> Finding | None:
        if device.migration_deadline is None:
            return None
        details = {"when": when(device.migration_deadline)}
        if case.current and not case.current.payload.get("await_device_configured"):
            return problem(
                _("Yes, until %(when)s; but its profile does not await the final configuration.") % details,
                _("Turn on “Await final configuration” in the profile."),
                device.profile,
            )
        return note(_("Yes, without an erase, until %(when)s.") % details)


class WhatCannotBeSeen(OfDevice):
    id = "beyond"
    question = gettext_lazy("What cannot be seen from here?")

    def look_at(self, case: Case, device: Device) -> Finding:
        return unknown(
            _(
                "Whether the device reaches Apple over its network, whether it was really erased, and what the MDM "
                "server does after that."
            ),
            _(
                "“Invalid profile” on the device: a platform restriction of the MDM server blocks iOS/iPadOS; block "
                "only personally owned devices. “The SCEP server returned an invalid response”: download management "
                "again within 15 minutes, after that reset the device."
            ),
        )


CHECKS = (
    IsAProfileWanted,
    DidAppleTakeIt,
    DoesAppleHaveTheProfile,
    WasItActivatedWithIt,
    DoesTheProfileFit,
    AreThereLicences,
    IsItBeingMoved,
    WhatCannotBeSeen,
)
