from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.confirm_operation import ChangedMeanwhile, confirm_operation
from enrollment.actions.rules.forget_previews import forget_previews
from enrollment.actions.rules.preview_rules import devices_about, preview_rules
from enrollment.models import AuditEntry, Operation, RulesAbout, Token, Verdict

TRIES = 3
# Rows of a page that another worker has not committed yet carry the time before.
MARGIN: timedelta = limits.SYNC_LEASE
NOT_WORTH_A_ROW = {Verdict.HAS, Verdict.BY_PERSON}


def apply_rules(token: Token) -> Operation | None:
    """Let the rules decide about devices that appeared or came back since they last did; what was done, if anything.

    More than the brake allows is only previewed: it waits for somebody, or for the next run, which decides anew.
    Decision and watermark are one transaction, so that one who dies between them has done nothing.
    """
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                return _apply(token)
        except ChangedMeanwhile:  # somebody decided about one of these devices at the same moment
            continue
    return None


def _apply(token: Token) -> Operation | None:
    token = Token.objects.select_for_update().get(pk=token.pk)
    if token.rules_decided_until is None:
        return None
    was_stopped = forget_previews(token, only_stopped=True)
    if not devices_about(token, RulesAbout.NEW).exists():
        return None  # nothing to make a query of all rules for
    until = max(token.rules_decided_until, timezone.now() - MARGIN)
    operation = preview_rules(token, RulesAbout.NEW, by=None, until=until)
    if not set(operation.counts) - NOT_WORTH_A_ROW:
        operation.delete()
        Token.objects.filter(pk=token.pk).update(rules_decided_until=until)
        return None
    if operation.gets > token.rules_brake or operation.trouble_sentence:
        operation.is_stopped = True
        operation.save(update_fields=["is_stopped"])
        if not was_stopped:
            AuditEntry.record("rules.stopped", token, by=None, devices=operation.gets, brake=token.rules_brake)
    else:
        confirm_operation(operation, by=None)
    return operation
