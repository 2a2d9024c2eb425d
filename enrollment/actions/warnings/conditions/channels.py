"""That nobody is told of warnings is a warning itself (WARN-3)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enrollment import limits
from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.unreached_people import MAILS_FAILING, unreached_people
from enrollment.actions.warnings.warning import Condition, StandingWarning
from enrollment.models import Channel, Permission, Person, Severity


class ChannelFailing(Condition):
    """Messages do not arrive at a channel, which is told to all others.

    Also when nothing waits for it any more: a test message would show whether all is well, and nobody has sent one.
    """

    id = "channel_failing"
    label = gettext_lazy("Channel that messages do not reach")
    watches = gettext_lazy("A channel has not taken any message for ten minutes.")
    needed = acts = Permission.MANAGE_ACCESS

    def find(self, look: Look) -> Iterator[StandingWarning]:
        if not look.sees_everything:
            return
        since = look.now - limits.CHANNEL_FAILING_FOR
        for channel in Channel.objects.filter(is_on=True, failing_since__lte=since).order_by("name"):
            yield StandingWarning(
                condition=self,
                severity=Severity.WARNING,
                channel=channel,
                details={"name": channel.name},
                since=channel.failing_since,
            )

    def sentence(self, warning: StandingWarning) -> str:
        return _("Messages do not reach the channel “%(name)s”.") % warning.details

    def remedy(self, warning: StandingWarning) -> str:
        channel = warning.channel
        reason = _(channel.trouble_sentence) % channel.trouble_details if channel and channel.trouble_sentence else ""
        return " ".join(
            filter(None, (reason, _("When it is mended, send a test message: what waits goes out with it.")))
        )

    def link(self, warning: StandingWarning) -> str:
        return reverse("channel-detail", args=[warning.channel.pk]) if warning.channel else reverse("channel-list")


class MailsFailing(Condition):
    """Mails to people do not leave, or not to all of them, though there is something to tell them."""

    id = MAILS_FAILING
    label = gettext_lazy("Mails that do not leave")
    watches = gettext_lazy("Mails to people cannot be sent.")
    needed = acts = Permission.MANAGE_ACCESS

    def find(self, look: Look) -> Iterator[StandingWarning]:
        if not look.sees_everything:
            return
        found = list(unreached_people().filter(failing_since__lte=look.now - limits.CHANNEL_FAILING_FOR))
        if found:
            yield StandingWarning(
                condition=self,
                severity=Severity.WARNING,
                details={"count": len(found), "name": str(found[0]), "last": found[-1]},
                since=found[0].failing_since,
            )

    def sentence(self, warning: StandingWarning) -> str:
        sentence = ngettext(
            "Mails about warnings do not reach %(name)s.",
            "Mails about warnings do not reach %(count)d people, %(name)s among them.",
            warning.details["count"],
        )
        return sentence % warning.details

    def remedy(self, warning: StandingWarning) -> str:
        last: Person = warning.details["last"]
        reason = _(last.trouble_sentence) % last.trouble_details if last.trouble_sentence else ""
        return " ".join(filter(None, (reason, _("It is tried again, the longer it lasts the more seldom."))))

    def link(self, warning: StandingWarning) -> str:
        return reverse("channel-list")
