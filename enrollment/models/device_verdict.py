"""Whether a device may get a profile, lose it, or be acted upon: said once for preview, confirmation and rule."""

from django.db.models import Case, CharField, Q, Value, When

from enrollment.models.assignment import Wish
from enrollment.models.operation import OperationKind, Verdict
from enrollment.models.profile import FAMILIES, Platform, Profile


def verdict(kind: OperationKind, profile: Profile | None = None, *, of: str = "") -> Case:
    """Per device its Verdict (PROF-3, PB-3); `of` leads from the queryset's rows to the device, as "device__" does."""
    if profile is not None:
        return _of_assignment(profile, of)
    cases = []
    if kind != OperationKind.DELETE:
        cases.append(When(_q(of, released_at__isnull=False), then=Value(Verdict.RELEASED.value)))
    if kind == OperationKind.UNASSIGN:
        cases.append(When(_q(of, wish=Wish.NO_PROFILE), then=Value(Verdict.HAS.value)))
    return Case(*cases, default=Value(Verdict.GETS.value), output_field=CharField())


def _of_assignment(profile: Profile, of: str) -> Case:
    settings = profile.current.settings if profile.current else {}
    families = FAMILIES[Platform(profile.platform)]
    reasons = [
        (~_q(of, token_id=profile.token_id), Verdict.OTHER_TOKEN),
        (_q(of, released_at__isnull=False), Verdict.RELEASED),
        (~_q(of, family__in=families), Verdict.OTHER_PLATFORM),
    ]
    if settings.get("is_shared_ipad"):
        reasons.append((~_q(of, family="iPad"), Verdict.NOT_SHARED))
    reasons.append((_q(of, wish=Wish.PROFILE, profile=profile), Verdict.HAS))
    cases = [When(holds, then=Value(reason.value)) for holds, reason in reasons]
    return Case(*cases, default=Value(Verdict.GETS.value), output_field=CharField())


def _q(of: str, **conditions: object) -> Q:
    return Q(**{f"{of}{name}": value for name, value in conditions.items()})
