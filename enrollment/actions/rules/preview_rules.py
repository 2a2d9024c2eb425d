from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from enrollment.actions.devices.start_operation import note_counts
from enrollment.actions.rules.decide import decide
from enrollment.models import (
    AssignmentRule,
    Device,
    Operation,
    OperationDevice,
    OperationKind,
    OperationStatus,
    Person,
    RuleMode,
    RulesAbout,
    Token,
    Verdict,
    Wish,
    WishedBy,
)
from enrollment.models.device import DeviceQuerySet
from enrollment.models.insert_select import insert_select
from enrollment.models.rule_decision import judged


def preview_rules(
    token: Token, about: RulesAbout, *, by: Person | None, until: datetime | None = None, chosen_by: str = ""
) -> Operation:
    """Write down what the token's rules decide about its devices: the preview that is confirmed."""
    rules = list(token.rules.exclude(mode=RuleMode.OFF).select_related("profile__current"))
    with transaction.atomic():
        operation = Operation.objects.create(
            kind=OperationKind.ASSIGN,
            because=WishedBy.RULE,
            token=token,
            by=by,
            chosen_by=chosen_by,
            rules_about=about,
            rules_until=until,
        )
        _note(operation, decide(devices_about(token, about), rules, timezone.now()))
        for rule in rules:
            _judge(operation, rule)
        note_counts(operation)
        if operation.token_id is None:  # nothing is decided about any device
            operation.token = token
            operation.save(update_fields=["token"])
    return operation


def devices_about(token: Token, about: RulesAbout) -> DeviceQuerySet:
    """The devices the rules look at; which of them are left alone is judged one by one."""
    devices = Device.objects.filter(token=token).present()
    if about == RulesAbout.UNSAID:
        return devices.filter(wish=Wish.NOTHING_SAID)
    if about != RulesAbout.NEW:
        return devices
    # The watermark stays a little behind: who was decided about since is not decided about again.
    runs = Operation.objects.filter(
        token=token,
        rules_about=RulesAbout.NEW,
        status=OperationStatus.DONE,
        made_at__gte=token.rules_decided_until,
    )
    decided = OperationDevice.objects.filter(
        device=OuterRef("pk"), operation__in=runs, operation__made_at__gte=OuterRef("appeared_at")
    )
    return devices.filter(appeared_at__gte=token.rules_decided_until).exclude(Exists(decided))


def _note(operation: Operation, decided: DeviceQuerySet) -> None:
    """Each device with its rule. All rules in one look: what they decide is judged afterwards, rule by rule."""
    won = decided.annotate(by_rule=Coalesce("winner", "shadow_winner")).filter(by_rule__isnull=False)
    same = {"operation": operation.pk, "verdict": Verdict.GETS}
    insert_select(OperationDevice, won.values_list("pk", "serial", "by_rule"), ["device", "serial", "rule"], same)


def _judge(operation: Operation, rule: AssignmentRule) -> None:
    rows = operation.devices.filter(rule=rule.pk)
    devices = judged(Device.objects.filter(pk=OuterRef("device_id")), rule.profile, RulesAbout(operation.rules_about))
    said = Coalesce(Subquery(devices.values("said")), Value(Verdict.GONE.value))
    rows.update(profile=rule.profile_id, revision=rule.profile.current_id, verdict=said)
    if rule.mode == RuleMode.SHADOW:
        rows.exclude(verdict=Verdict.GETS).delete()
        rows.update(verdict=Verdict.SHADOW)
