from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment import limits
from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.warning import Condition, StandingWarning
from enrollment.models import Installation, Permission, Severity, Token


class ClockStopped(Condition):
    """Nobody looks for what is due: no sync starts by itself, nothing is assigned, and no warning is sent."""

    id = "clock_stopped"
    label = gettext_lazy("The clock has stopped")
    watches = gettext_lazy(
        "The program itself has not looked for what is due for ten minutes: nothing is synced, assigned or sent."
    )
    needed = acts = Permission.MANAGE_ACCESS

    def find(self, look: Look) -> Iterator[StandingWarning]:
        if not look.sees_everything:
            return
        looked_at = Installation.clock_looked_at()
        # Where it never ran, it is missed from the first token on.
        since = looked_at or Token.objects.order_by("created_at").values_list("created_at", flat=True).first()
        if since and look.now - since > limits.CLOCK_MAY_PAUSE:
            details = {"never": looked_at is None, "when": since}
            yield StandingWarning(condition=self, severity=Severity.UNHEALTHY, details=details, since=since)

    def sentence(self, warning: StandingWarning) -> str:
        if warning.details["never"]:
            return _("The clock has never run: nothing is synced, assigned or sent by itself.")
        when = date_format(localtime(warning.details["when"]), "j F Y, H:i")
        return _("The clock has stopped on %(when)s: nothing is synced, assigned or sent by itself.") % {"when": when}

    def remedy(self, warning: StandingWarning) -> str:
        return _(
            "On the server, see that the clock and the worker of short tasks run, and reach their queue: "
            "“manage.py serve” starts all of it. It then goes on where it stopped."
        )
