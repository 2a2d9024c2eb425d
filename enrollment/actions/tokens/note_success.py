from django.db.models.functions import Coalesce
from django.utils import timezone

from enrollment.models import Token


def note_success(token: Token) -> None:
    """Apple answered: whatever was wrong with the token is over."""
    Token.objects.filter(pk=token.pk).update(
        verified_at=Coalesce("verified_at", timezone.now()),
        rejected_at=None,
        terms_since=None,
        unreachable_since=None,
        next_probe_at=None,
        trouble_sentence="",
        trouble_advice="",
        trouble_details={},
    )
    token.refresh_from_db()
