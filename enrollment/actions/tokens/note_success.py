from django.db.models import Case, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from enrollment.models import Token


def note_success(token: Token) -> None:
    """Apple answered: whatever was wrong is over. Whose token it is, is asked at once if nobody has (TOK-8)."""
    now = timezone.now()
    Token.objects.filter(pk=token.pk).update(
        verified_at=Coalesce("verified_at", now),
        rejected_at=None,
        terms_since=None,
        unreachable_since=None,
        next_probe_at=Case(When(verified_at=None, then=Value(now)), default=None),
        trouble_sentence="",
        trouble_advice="",
        trouble_details={},
    )
    token.refresh_from_db()
