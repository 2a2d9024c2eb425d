from django.utils import timezone

from enrollment.actions.rules.forget_previews import forget_previews
from enrollment.models import RuleMode, Token


def note_rules_changed(token: Token) -> None:
    """In the transaction of the change: what the rules said before and nobody confirmed is worth nothing.

    They speak of devices that appear from the time on at which the first of them takes part.
    """
    forget_previews(token)
    take_part = token.rules.exclude(mode=RuleMode.OFF).exists()
    tokens = Token.objects.filter(pk=token.pk)
    if not take_part:
        tokens.update(rules_decided_until=None)
    else:
        tokens.filter(rules_decided_until=None).update(rules_decided_until=timezone.now())
