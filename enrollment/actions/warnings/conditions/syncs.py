"""Tokens whose devices are not brought up to date any more (WARN-1)."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enrollment import limits
from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.warning import A_DAY, Condition, StandingWarning
from enrollment.models import Permission, Severity, SyncRun, SyncStatus, TokenStatus

# Each has a warning of its own, which says what keeps it from being synced.
OTHER_CAUSES = (
    TokenStatus.NOT_VERIFIED,
    TokenStatus.EXPIRED,
    TokenStatus.REJECTED,
    TokenStatus.TERMS_NOT_SIGNED,
)


class NoSync(Condition):
    """No sync has come to its end for a day, or for three."""

    id = "no_sync"
    label = gettext_lazy("Not synced")
    watches = gettext_lazy("No sync has come to a good end for a day; after three days it is unhealthy.")
    acts = Permission.SYNC_DEVICE
    # A token that was renewed after a long time has yet to be synced. So `since` is the alert's to know, too.
    patience = timedelta(hours=1)

    def find(self, look: Look) -> Iterator[StandingWarning]:
        for token in look.troubled_tokens:
            last = token.synced_at or token.verified_at
            if last is None or token.status_now in OTHER_CAUSES or look.now - last < limits.SYNC_IS_LATE:
                continue
            is_too_late = look.now - last >= limits.SYNC_IS_TOO_LATE
            yield StandingWarning(
                condition=self,
                severity=Severity.UNHEALTHY if is_too_late else Severity.WARNING,
                token=token,
                step=str((limits.SYNC_IS_TOO_LATE if is_too_late else limits.SYNC_IS_LATE).days),
                details={"name": token.name, "days": (look.now - last).days, "was_synced": token.synced_at is not None},
            )

    def sentence(self, warning: StandingWarning) -> str:
        if warning.details["was_synced"]:
            sentence = ngettext(
                "“%(name)s” has not been synced for %(days)d day.",
                "“%(name)s” has not been synced for %(days)d days.",
                warning.details["days"],
            )
        else:
            sentence = ngettext(
                "“%(name)s” was connected %(days)d day ago and has never been synced to the end.",
                "“%(name)s” was connected %(days)d days ago and has never been synced to the end.",
                warning.details["days"],
            )
        return sentence % warning.details

    def remedy(self, warning: StandingWarning) -> str:
        return _("Its page tells what keeps its syncs from coming to an end. Until then no change at Apple is seen.")


class SyncFailed(Condition):
    """The last sync that came to an end, came to a bad one.

    One whose time ran out goes on in another run (SYNC-6).
    """

    id = "sync_failed"
    label = gettext_lazy("Sync failed")
    watches = gettext_lazy("The last sync of a token came to a bad end.")
    acts = Permission.SYNC_DEVICE
    patience = timedelta(minutes=30)  # a place in the list that Apple has forgotten is followed by a full sync at once
    grace = A_DAY

    def find(self, look: Look) -> Iterator[StandingWarning]:
        ended = SyncRun.objects.filter(finished_at__isnull=False, status__in=(SyncStatus.DONE, SyncStatus.FAILED))
        runs = ended.filter(token=OuterRef("pk")).order_by("-finished_at")
        last = look.tokens.order_by().annotate(last_run=Subquery(runs.values("pk")[:1])).values("last_run")
        failed = SyncRun.objects.filter(pk__in=last, status=SyncStatus.FAILED).select_related("token")
        others = {token.pk for token in look.troubled_tokens if token.status_now in OTHER_CAUSES}
        told = ("trouble_sentence", "trouble_advice", "trouble_details", "token__name")
        for run in failed.only(*told).order_by("token__name"):
            if run.token_id in others:
                continue
            yield StandingWarning(
                condition=self,
                severity=Severity.WARNING,
                token=run.token,
                details={
                    "name": run.token.name,
                    "run": run.pk,
                    "trouble": (run.trouble_sentence, run.trouble_advice, run.trouble_details),
                },
            )

    def sentence(self, warning: StandingWarning) -> str:
        said, _advice, details = warning.details["trouble"]
        why = _(said) % details if said else ""
        return (_("The last sync of “%(name)s” failed.") % warning.details + f" {why}").strip()

    def remedy(self, warning: StandingWarning) -> str:
        _said, advice, details = warning.details["trouble"]
        return (
            _(advice) % details if advice else _("It is tried again within the hour; its page tells how far it came.")
        )

    def link(self, warning: StandingWarning) -> str:
        return reverse("sync-run", args=[warning.details["run"]])
