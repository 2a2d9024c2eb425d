"""The doctor's first questions: whether it is ours, where, and what Apple says of it now."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enrollment import limits
from enrollment.actions.diagnosis.ask_apple_now import LiveAnswer
from enrollment.actions.diagnosis.finding import Case, Check, Finding, note, ok, problem, unknown
from enrollment.models import AppleProfileStatus, Token, TokenStatus
from enrollment.models.serial_number import is_plausible

REMEDIES = {
    TokenStatus.EXPIRED: gettext_lazy(
        "Download a new token in the portal and renew it here. Devices and profiles stay."
    ),
    TokenStatus.NOT_VERIFIED: gettext_lazy("Apple is asked again by itself; look at the token's page."),
}


def when(moment: datetime | None) -> str:
    """A time within a sentence, which may end with it."""
    return date_format(localtime(moment), "j F Y, H:i")


class IsASerialNumber(Check):
    id = "serial-number"
    question = gettext_lazy("Is this a serial number?")

    def look(self, case: Case) -> Finding | None:
        if not is_plausible(case.serial):
            return problem(
                _("“%(typed)s” cannot be a serial number: it has letters A to Z and digits only.")
                % {"typed": case.typed.strip()[:60]},
                _("Type the number from the box, from Settings › General › About, or from the invoice."),
            )
        if case.serial != case.typed and not case.typed.upper().endswith(case.serial):
            return note(_("Read as %(serial)s.") % {"serial": case.serial})
        if len(case.typed.strip()) > len(case.serial):
            return note(
                _("Read as %(serial)s: the S at the beginning of a bar code is not part of the number.")
                % {"serial": case.serial}
            )
        return ok(_("%(serial)s can be one.") % {"serial": case.serial})


class IsInAToken(Check):
    id = "in-a-token"
    question = gettext_lazy("Is it in one of our tokens?")

    def look(self, case: Case) -> Finding | None:
        if not is_plausible(case.serial):
            return None
        if case.device is None:
            return self._not_here(case)
        names = {"token": case.device.token.name}
        present = [other for other in case.others if other.released_at is None]
        if present:
            return note(
                _("It is in several tokens: “%(token)s” and “%(others)s”. Apple has it on one server only.")
                % {**names, "others": "”, “".join(other.token.name for other in present)},
                _("Sync these tokens: the ones it has left then show it as released."),
                case.device.token,
            )
        left = [other for other in case.others if other.released_at]
        if left and case.device.released_at is None:
            details = {**names, "other": left[0].token.name, "when": when(left[0].released_at)}
            return note(
                _("It is in the token “%(token)s”. It left “%(other)s” on %(when)s.") % details,
                _(
                    "It gets the profiles of “%(token)s”. If it belongs to “%(other)s”, assign it to that MDM server "
                    "in the portal."
                )
                % details,
                case.device.token,
            )
        if case.device.released_at:
            return note(_("It was in the token “%(token)s”.") % names, about=case.device.token)
        return ok(_("It is in the token “%(token)s”.") % names, case.device.token)

    def _not_here(self, case: Case) -> Finding:
        if case.found_elsewhere:
            token = case.found_elsewhere[0]
            return problem(
                _("No device here has this number, but Apple has it on the server of “%(token)s”.")
                % {"token": token.name},
                _("Sync the token “%(token)s”.") % {"token": token.name},
                token,
            )
        return problem(
            _("No token that you may see has this serial number."),
            _(
                "Look it up in Apple Business Manager or School Manager: if it is there, assign it to an MDM server; "
                "if not, ask the reseller to add it, or add it with Apple Configurator."
            ),
        )


class HasItLeft(Check):
    id = "released"
    question = gettext_lazy("Has it left the server?")

    def look(self, case: Case) -> Finding | None:
        if case.device is None:
            return None
        if case.device.released_at is None:
            return ok(_("It is there since %(when)s.") % {"when": when(case.device.appeared_at)})
        details = {"token": case.device.token.name, "when": when(case.device.released_at)}
        if case.found_elsewhere:
            details["other"] = case.found_elsewhere[0].name
            return problem(
                _("It left “%(token)s” on %(when)s; Apple has it on the server of “%(other)s” now.") % details,
                _("Sync the token “%(other)s”.") % details,
                case.found_elsewhere[0],
            )
        if case.record:
            return problem(
                _("It left “%(token)s” on %(when)s, and Apple has it there again.") % details,
                _("Read it from Apple on its page."),
                case.device,
            )
        return problem(
            _("It left the server of “%(token)s” on %(when)s: it was unassigned, moved or released.") % details,
            _(
                "Assign it to the MDM server in the portal again, then sync. If it was released from the organisation, "
                "only the reseller or Apple Configurator can bring it back."
            ),
            case.device,
        )


class IsTheTokenHealthy(Check):
    id = "token"
    question = gettext_lazy("Is its token healthy?")

    def look(self, case: Case) -> Finding | None:
        token = case.token
        if token is None:
            return None
        status = TokenStatus(token.status)
        if status == TokenStatus.ACTIVE:
            return ok(_("“%(token)s” is active.") % {"token": token.name}, token)
        if status == TokenStatus.EXPIRES_SOON:
            text = ngettext(
                "“%(token)s” expires in %(days)d day.", "“%(token)s” expires in %(days)d days.", token.days_left
            )
            return note(text % {"token": token.name, "days": token.days_left}, _("Renew it in time."), token)
        said = _(token.trouble_sentence) % token.trouble_details if token.trouble_sentence else ""
        remedy = _(token.trouble_advice) % token.trouble_details if token.trouble_advice else ""
        found = _("“%(token)s”: %(status)s.") % {"token": token.name, "status": status.label}
        return problem(
            f"{found} {said}".strip(),
            str(REMEDIES.get(status, "")) or remedy or _("Look at the token's page."),
            token,
        )


class WasItSynced(Check):
    id = "synced"
    question = gettext_lazy("How old is what we know?")

    def look(self, case: Case) -> Finding | None:
        token = case.token
        if token is None:
            return None
        if token.synced_at is None:
            return note(_("The token was never synced to the end."), _("Wait for its first sync."), token)
        age, said = timezone.now() - token.synced_at, _("Last synced on %(when)s.") % {"when": when(token.synced_at)}
        if age > limits.SYNC_IS_TOO_LATE:
            return problem(said, _("See on the token's page why it is not synced any more."), token)
        return note(said, _("Sync the token."), token) if age > limits.SYNC_IS_LATE else ok(said, token)


class DoesAppleHaveIt(Check):
    id = "apple-now"
    question = gettext_lazy("Does Apple have it now?")

    def look(self, case: Case) -> Finding | None:
        if not is_plausible(case.serial):
            return None
        if not case.is_asked:
            return unknown(_("Apple was not asked: you have asked about many just now."), _("Ask again in a minute."))
        if case.device is None:
            return self._of_a_stranger(case)
        live = case.live
        if live is None or live.is_late or live.refusal:
            return self._no_answer(case, live)
        return self._missing(case, live.token) if live.record is None else self._compared(case)

    def _no_answer(self, case: Case, live: LiveAnswer | None) -> Finding:
        if case.token and case.found_elsewhere:
            return self._missing(case, case.token)
        if live is None:
            return unknown(_("Apple was not asked: it would refuse this token."))
        if live.refusal:
            said = {"said": _(live.refusal.sentence) % live.refusal.details}
            return unknown(_("Apple refused: %(said)s") % said, _(live.refusal.advice) % live.refusal.details)
        return unknown(_("Apple did not answer in time."), _("Ask again in a moment."))

    def _of_a_stranger(self, case: Case) -> Finding:
        asked = len(case.answers)
        if case.found_elsewhere:
            return ok(_("Yes, on the server of “%(token)s”.") % {"token": case.found_elsewhere[0].name})
        answered = sum(one.is_missing for one in case.answers)
        if not asked:
            return unknown(_("Apple was not asked: there is no token it would answer."))
        text = ngettext("Apple was asked as %(asked)d token; ", "Apple was asked as %(asked)d tokens; ", asked)
        if answered == asked:
            return problem(
                text % {"asked": asked} + _("no server has it."),
                _("It is assigned to none of these MDM servers in the portal."),
            )
        return unknown(
            text % {"asked": asked} + _("not all answered in time, and none has it."), _("Ask again in a moment.")
        )

    def _missing(self, case: Case, token: Token) -> Finding:
        if case.device and case.device.released_at:
            return ok(_("No, as we know already."))
        if case.found_elsewhere:
            other = case.found_elsewhere[0]
            return problem(
                _("No: Apple has it on the server of “%(other)s” now.") % {"other": other.name},
                _("Sync both tokens: it has been moved in the portal."),
                other,
            )
        return problem(
            _("No: Apple says it is not on the server of “%(token)s” any more.") % {"token": token.name},
            _("Read it from Apple on its page; then look in the portal which MDM server it is assigned to."),
            case.device,
        )

    def _compared(self, case: Case) -> Finding:
        record, device = case.record, case.device
        assert record is not None and device is not None  # noqa: S101, PT018 - the caller has looked
        label = str(AppleProfileStatus(record.profile_status).label).lower()
        said = _("Yes; profile status: %(status)s.") % {"status": label}
        same = (record.profile_status, record.profile_uuid) == (device.apple_profile_status, device.apple_profile_uuid)
        if device.released_at:
            return problem(
                said + " " + _("Here it is shown as released."), _("Read it from Apple on its page."), device
            )
        if not same:
            return note(
                said + " " + _("That is newer than what we know."), _("Read it from Apple on its page."), device
            )
        return ok(said)


CHECKS = (IsASerialNumber, IsInAToken, HasItLeft, IsTheTokenHealthy, WasItSynced, DoesAppleHaveIt)
