from collections.abc import Iterator

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.warning import Condition, StandingWarning
from enrollment.models import Operation, OperationStatus, Permission, Severity


class RulesStopped(Condition):
    """What the rules would do, and their brake has stopped (DEV-6)."""

    id = "rules_stopped"
    label = gettext_lazy("Rules stopped by their brake")
    watches = gettext_lazy("Assignment rules would move more devices at once than their brake allows.")
    needed, acts = Permission.READ_DEVICE, Permission.ASSIGN_PROFILE  # it counts devices, and leads to them

    def find(self, look: Look) -> Iterator[StandingWarning]:
        waiting = Operation.objects.filter(token__in=look.tokens, is_stopped=True, status=OperationStatus.PREVIEWED)
        for operation in waiting.select_related("token").order_by("token__name"):
            if operation.token:
                yield StandingWarning(
                    condition=self,
                    severity=Severity.WARNING,
                    token=operation.token,
                    part=f"operation-{operation.pk}",
                    details={"name": operation.token.name, "count": operation.gets, "operation": operation.pk},
                    since=operation.made_at,
                )

    def sentence(self, warning: StandingWarning) -> str:
        details = {**warning.details, "count": intcomma(warning.details["count"])}
        return _("The rules of “%(name)s” have stopped: they would move %(count)s devices at once.") % details

    def remedy(self, warning: StandingWarning) -> str:
        return _("Look at what waits, and confirm or discard it.")

    def link(self, warning: StandingWarning) -> str:
        return reverse("operation-detail", args=[warning.details["operation"]])
